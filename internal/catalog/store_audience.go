package catalog

import (
	"context"

	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

type audienceRow struct {
	service ID
	out     bool
	Whom
}

func scanAudience(row sqldb.Row) (audienceRow, error) {
	var a audienceRow
	var side string
	err := row.Scan(&a.service, &side, &a.Kind, &a.Unit, &a.Below, &a.Role)
	a.out = side == "out"
	return a, err
}

const selectAudience = `select service, side, kind, unit, below, role
from catalog_audience`

// audiences puts the rules of all services where they belong, or of one.
func audiences(ctx context.Context, rd sqldb.Reader, of map[ID]*Service, one ID) error {
	text, args := selectAudience+"\norder by service, n", []any(nil)
	if one != 0 {
		text, args = selectAudience+"\nwhere service = $1\norder by n", []any{one}
	}
	list, err := sqldb.All(ctx, rd, scanAudience, text, args...)
	for _, a := range list {
		s := of[a.service]
		switch {
		case s == nil:
		case a.out:
			s.Audience.Out = append(s.Audience.Out, a.Whom)
		default:
			s.Audience.In = append(s.Audience.In, a.Whom)
		}
	}
	return err
}

// replaceAudience writes who may know of a service.
func replaceAudience(ctx context.Context, tx *sqldb.Tx, service ID, a Audience) error {
	if _, err := tx.Exec(ctx, "delete from catalog_audience\nwhere service = $1", service); err != nil {
		return err
	}
	var rows [][]any
	add := func(side string, list []Whom) {
		for _, w := range list {
			rows = append(rows, []any{service, len(rows) + 1, side, string(w.Kind), nobody(w.Unit), w.Below, w.Role})
		}
	}
	add("in", a.In)
	add("out", a.Out)
	if len(rows) == 0 {
		return nil
	}
	return tx.Insert(ctx, "catalog_audience", "service, n, side, kind, unit, below, role", rows...)
}

// audiencesNaming lists the codes of the services whose audience names a unit.
func audiencesNaming(ctx context.Context, rd sqldb.Reader, unit org.ID) ([]string, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (code string, err error) { err = row.Scan(&code); return code, err },
		`select distinct s.code
from catalog_audience a
join catalog_service s on s.id = a.service
where a.unit = $1
order by s.code`, unit)
}
