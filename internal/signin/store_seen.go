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

func sawPerson(ctx context.Context, tx *sqldb.Tx, person ID, day int) error {
	_, err := tx.Exec(ctx, `
		insert into signin_seen (person, day, weeks)
		values ($1, $2, 1)
		on conflict (person) do update
		set day = excluded.day,
			weeks = case
				when (excluded.day + 3) / 7 - (signin_seen.day + 3) / 7 >= 53 then 1
				else ((signin_seen.weeks << ((excluded.day + 3) / 7 - (signin_seen.day + 3) / 7)) & 9007199254740991) | 1
			end
		where excluded.day > signin_seen.day`, person, day)
	return err
}
