package org

import (
	"context"

	"neike/internal/kit/sqldb"
)

// eachMember reads all memberships that hold, those of one person together.
func eachMember(ctx context.Context, rd sqldb.Reader, fn func(person, unit ID, main bool)) error {
	return sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var person, unit ID
		var main bool
		err := row.Scan(&person, &unit, &main)
		if err == nil {
			fn(person, unit, main)
		}
		return err
	}, `select m.person, m.unit, m.main
from org_member m
join org_person p on p.id = m.person
where p.active and (m.until is null or m.until > $1)
order by m.person`, rd.Instant())
}

// allRoles reads the roles of everybody.
func allRoles(ctx context.Context, rd sqldb.Reader) (map[ID][]Role, error) {
	out := map[ID][]Role{}
	err := sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var person ID
		var r Role
		err := row.Scan(&person, &r.Code, &r.Scope, &r.Unit)
		out[person] = append(out[person], r)
		return err
	}, "select person, code, scope, unit from org_role order by person, code, scope")
	return out, err
}
