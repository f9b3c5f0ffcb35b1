package insight

import (
	"context"

	"neike/internal/kit/sqldb"
)

// presence is what is known of one active person: whether a password or an account at a connection lets them in, the
// last day they came, and the weeks.
type presence struct {
	unit  ID
	can   bool
	day   int
	weeks int64
}

func presences(ctx context.Context, rd sqldb.Reader) ([]presence, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (p presence, err error) {
		err = row.Scan(&p.unit, &p.can, &p.day, &p.weeks)
		return p, err
	}, `
		select p.unit,
			case
				when a.person is not null and (a.until is null or a.until > $1) then true
				else exists (select 1 from directory_identity_v i where i.person = p.id)
			end,
			coalesce(s.day, 0), coalesce(s.weeks, 0)
		from org_person_v p
		left join signin_account_v a on a.person = p.id
		left join signin_seen_v s on s.person = p.id
		where p.active`, rd.Instant())
}
