package org

import (
	"context"

	"neike/internal/kit/actor"
	"neike/internal/kit/sqldb"
)

func unitByID(ctx context.Context, rd sqldb.Reader, id ID) (Unit, error) {
	return sqldb.One(ctx, rd, scanUnit, `select `+unitColumns+` from org_unit where id = $1`, id)
}

func countHeaded(ctx context.Context, rd sqldb.Reader, person ID) (int, error) {
	return sqldb.Value[int](ctx, rd, `select count(*) from org_unit where head = $1`, person)
}

func headedAfter(ctx context.Context, rd sqldb.Reader, person, after ID, limit int) ([]ID, error) {
	return sqldb.All(ctx, rd, scanID, `select id from org_unit where head = $1 and id > $2 order by id limit $3`, person, after, limit)
}

func countReports(ctx context.Context, rd sqldb.Reader, person ID) (int, error) {
	return sqldb.Value[int](ctx, rd, `select count(*) from org_person where manager = $1 and active`, person)
}

func reportsAfter(ctx context.Context, rd sqldb.Reader, person, after ID, limit int) ([]ID, error) {
	return sqldb.All(ctx, rd, scanID, `select id from org_person where manager = $1 and active and id > $2 order by id limit $3`, person, after, limit)
}

func setManager(ctx context.Context, tx *sqldb.Tx, person, manager ID) error {
	_, err := tx.Exec(ctx, `update org_person set manager = $2, manager_no = '', revision = revision + 1 where id = $1`, person, orNull(manager))
	return err
}

func countOwned(ctx context.Context, rd sqldb.Reader, person ID) (int, error) {
	return sqldb.Value[int](ctx, rd, `select count(*) from org_role where person = $1 and code = 'owner'`, person)
}

func countRoles(ctx context.Context, rd sqldb.Reader, person ID) (int, error) {
	return sqldb.Value[int](ctx, rd, `select count(*) from org_role where person = $1 and code <> 'owner'`, person)
}

// giveRole gives a role to somebody who may have it already.
func giveRole(ctx context.Context, tx *sqldb.Tx, person ID, r Role) error {
	_, err := tx.Exec(ctx, `
insert into org_role (person, code, scope, unit, given_by, given_at)
values ($1, $2, $3, $4, $5, $6)
on conflict (person, code, scope) do nothing`, person, r.Code, r.Scope, r.Unit, actor.From(ctx).Person, tx.Now)
	return err
}

func dropRole(ctx context.Context, tx *sqldb.Tx, person ID, r Role) error {
	_, err := tx.Exec(ctx, `delete from org_role where person = $1 and code = $2 and scope = $3`, person, r.Code, r.Scope)
	return err
}

func dropRolesIn(ctx context.Context, tx *sqldb.Tx, person, unit ID) (int64, error) {
	return tx.Exec(ctx, `delete from org_role where person = $1 and unit = $2`, person, unit)
}

func countOthers(ctx context.Context, rd sqldb.Reader, person ID) (int, error) {
	return sqldb.Value[int](ctx, rd, `select count(*) from org_member where person = $1 and not main`, person)
}

// dropGuest ends the memberships of a person but the main one.
func dropGuest(ctx context.Context, tx *sqldb.Tx, person ID) (int64, error) {
	return tx.Exec(ctx, `delete from org_member where person = $1 and not main`, person)
}

func countChildren(ctx context.Context, rd sqldb.Reader, unit ID) (int, error) {
	return sqldb.Value[int](ctx, rd, `select count(*) from org_unit where parent = $1 and (valid_to is null or valid_to > $2)`, unit, rd.Instant())
}

func childrenAfter(ctx context.Context, rd sqldb.Reader, unit, after ID, limit int) ([]ID, error) {
	return sqldb.All(ctx, rd, scanID, `
select id
from org_unit
where parent = $1 and (valid_to is null or valid_to > $2) and id > $3
order by id
limit $4`, unit, rd.Instant(), after, limit)
}

func countPeople(ctx context.Context, rd sqldb.Reader, unit ID) (int, error) {
	return sqldb.Value[int](ctx, rd, `select count(*) from org_person where unit = $1 and active`, unit)
}

func mainsAfter(ctx context.Context, rd sqldb.Reader, unit, after ID, limit int) ([]ID, error) {
	return sqldb.All(ctx, rd, scanID, `select id from org_person where unit = $1 and active and id > $2 order by id limit $3`, unit, after, limit)
}

// moveMain writes the main unit and the position of a person; a membership in that unit that was not the main one becomes it.
func moveMain(ctx context.Context, tx *sqldb.Tx, p Person) error {
	if _, err := tx.Exec(ctx, `delete from org_member where person = $1 and (main or unit = $2)`, p.ID, p.Unit); err != nil {
		return err
	}
	if err := insertMemberships(ctx, tx, []Membership{{Person: p.ID, Unit: p.Unit, Main: true, Position: p.Position}}); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `update org_person set unit = $2, position = $3, revision = revision + 1 where id = $1`, p.ID, p.Unit, p.Position)
	return err
}

func countGuests(ctx context.Context, rd sqldb.Reader, unit ID) (int, error) {
	return sqldb.Value[int](ctx, rd, `
select count(*)
from org_member m
join org_person p on p.id = m.person
where m.unit = $1 and not m.main and p.active`, unit)
}

func guestsAfter(ctx context.Context, rd sqldb.Reader, unit, after ID, limit int) ([]ID, error) {
	return sqldb.All(ctx, rd, scanID, `
select m.person
from org_member m
join org_person p on p.id = m.person
where m.unit = $1 and not m.main and p.active and m.person > $2
order by m.person
limit $3`, unit, after, limit)
}

// moveGuest moves a membership that is not the main one.
func moveGuest(ctx context.Context, tx *sqldb.Tx, person, from, to ID) error {
	_, err := tx.Exec(ctx, `
insert into org_member (person, unit, main, position, until)
select person, cast($3 as bigint), false, position, until
from org_member
where person = $1 and unit = $2
on conflict (person, unit) do nothing`, person, from, to)
	if err != nil {
		return err
	}
	if _, err = tx.Exec(ctx, `delete from org_member where person = $1 and unit = $2 and not main`, person, from); err != nil {
		return err
	}
	return touchPerson(ctx, tx, person)
}

func countScoped(ctx context.Context, rd sqldb.Reader, unit ID) (int, error) {
	return sqldb.Value[int](ctx, rd, `select count(*) from org_role where unit = $1`, unit)
}

// scopedPeople are those who have roles in a unit, as often as they have one.
func scopedPeople(ctx context.Context, rd sqldb.Reader, unit ID) ([]ID, error) {
	return sqldb.All(ctx, rd, scanID, `select person from org_role where unit = $1`, unit)
}

// scopedAfter lists the roles in a unit by person; who has several is not cut in two.
func scopedAfter(ctx context.Context, rd sqldb.Reader, unit, after ID, limit int) ([]heldRole, error) {
	people, err := sqldb.All(ctx, rd, scanID, `select distinct person from org_role where unit = $1 and person > $2 order by person limit $3`, unit, after, limit)
	if err != nil || len(people) == 0 {
		return nil, err
	}
	roles, err := rolesOf(ctx, rd, people)
	if err != nil {
		return nil, err
	}
	var out []heldRole
	for _, id := range people {
		for _, r := range roles[id] {
			if r.Unit == unit {
				out = append(out, heldRole{id, r})
			}
		}
	}
	return out, nil
}

// managersByNo is who leads whom, by 工号.
func managersByNo(ctx context.Context, rd sqldb.Reader) (map[string]string, error) {
	above := map[string]string{}
	err := sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var no, manager string
		err := row.Scan(&no, &manager)
		above[no] = manager
		return err
	}, `select p.no, m.no from org_person p join org_person m on m.id = p.manager`)
	return above, err
}
