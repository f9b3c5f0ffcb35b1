package signin

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
)

func lastSeen(ctx context.Context, rd sqldb.Reader, people []ID) (map[ID]time.Time, error) {
	out := make(map[ID]time.Time, len(people))
	if len(people) == 0 {
		return out, nil
	}
	type line struct {
		person ID
		at     time.Time
	}
	list, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (l line, err error) {
		err = row.Scan(&l.person, &l.at)
		return l, err
	}, sqldb.Select(`select person, last_at from signin_account`).Where("last_at is not null").In("person", people))
	for _, l := range list {
		out[l.person] = l.at
	}
	return out, err
}
