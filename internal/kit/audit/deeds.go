package audit

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
)

// Deed is who did what, without what it was done to.
type Deed struct {
	Kind  string
	Actor int64
	Body  string // of the kinds that are asked for with it; otherwise ""
}

// Deeds gives what people did in [from, until) by hand, through pages: nothing that programs, imports or the house did. Bodies are
// read of the kinds that want names alone, since they are most of the trail.
func Deeds(ctx context.Context, rd sqldb.Reader, from, until time.Time, want []string, fn func(Deed) error) error {
	low, high, err := between(ctx, rd, Filter{From: from, To: until})
	if err != nil || high <= low {
		return err
	}
	text := "select kind, actor, ''\nfrom audit"
	var args []any
	if len(want) > 0 {
		text = "select kind, actor, case when kind in ("
		for i, kind := range want {
			if i > 0 {
				text += ", "
			}
			text, args = text+"?", append(args, kind)
		}
		text += ") then body else '' end\nfrom audit"
	}
	statement, bound := sqldb.Select(text, args...).Where("n >= ?", low).Where("n < ?", high).Where("at >= ?", from).Where("at < ?", until).
		Where("via = ?", "web").Where("actor > 0").SQL()
	return sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var d Deed
		if err := row.Scan(&d.Kind, &d.Actor, &d.Body); err != nil {
			return err
		}
		return fn(d)
	}, statement, bound...)
}
