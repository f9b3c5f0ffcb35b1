package org

import (
	"context"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/sqldb"
)

// replaceRoles gives a person exactly these roles, by whoever does it; those that stay keep their story.
func replaceRoles(ctx context.Context, tx *sqldb.Tx, person ID, list []Role) error {
	held, err := rolesOf(ctx, tx, []ID{person})
	if err != nil {
		return err
	}
	keep := make(map[Role]bool, len(list))
	for _, r := range list {
		keep[r] = true
	}
	for _, r := range held[person] {
		if keep[r] {
			delete(keep, r)
			continue
		}
		if err := deleteRole(ctx, tx, person, r); err != nil {
			return err
		}
	}
	for _, r := range list {
		if !keep[r] {
			continue
		}
		if err := insertGiven(ctx, tx, Given{Person: person, Role: r, By: actor.From(ctx).Person}); err != nil {
			return err
		}
	}
	return nil
}

func deleteRole(ctx context.Context, tx *sqldb.Tx, person ID, r Role) error {
	_, err := tx.Exec(ctx, `delete from org_role where person = $1 and code = $2 and scope = $3`, person, r.Code, r.Scope)
	return err
}

func insertGiven(ctx context.Context, tx *sqldb.Tx, g Given) error {
	_, err := tx.Exec(ctx, `
insert into org_role (person, code, scope, unit, reason, given_by, given_at, until)
values ($1, $2, $3, $4, $5, $6, $7, $8)`, g.Person, g.Role.Code, g.Role.Scope, g.Role.Unit, g.Reason, g.By, tx.Now, g.Until)
	return err
}

func scanGiven(row sqldb.Row) (Given, error) {
	var g Given
	err := row.Scan(&g.Person, &g.Role.Code, &g.Role.Scope, &g.Role.Unit, &g.Reason, &g.By, &g.At, &g.Until)
	return g, err
}

const givenColumns = `select r.person, r.code, r.scope, r.unit, r.reason, r.given_by, r.given_at, r.until from org_role r`

// givenAfter are the holdings of people in the order of their ids; a person's come together.
func givenAfter(ctx context.Context, rd sqldb.Reader, f GivenFilter, units []ID, after ID, limit int) ([]Given, error) {
	q := sqldb.Select(givenColumns).Where("r.person > ?", after)
	if f.Code != "" {
		q.Where("r.code = ?", f.Code)
	}
	if f.Wide {
		q.Where("r.scope = ''")
	}
	if f.Scoped {
		q.Where("r.scope <> ''")
	}
	if len(units) > 0 {
		q.In("r.unit", units)
	}
	if f.People != nil {
		q.In("r.person", f.People)
	}
	return sqldb.AllQ(ctx, rd, scanGiven, q.OrderBy("r.person, r.code, r.scope").Limit(limit))
}

// heldUntil says whether a person holds a role with just this last day.
func heldUntil(ctx context.Context, rd sqldb.Reader, g Given) (bool, error) {
	list, err := sqldb.All(ctx, rd, scanGiven, givenColumns+`
where r.person = $1 and r.code = $2 and r.scope = $3`, g.Person, g.Role.Code, g.Role.Scope)
	return len(list) > 0 && list[0].Until.Equal(g.Until), err
}

// namedIn are the agents and secretaries of a unit, by role and person; those who have left are not among them.
func namedIn(ctx context.Context, rd sqldb.Reader, unit ID) ([]Given, error) {
	return sqldb.AllQ(ctx, rd, scanGiven, sqldb.Select(givenColumns+`
join org_person p on p.id = r.person`).Where("r.unit = ?", unit).Where("p.active").In("r.code", namedRoles).OrderBy("r.code, r.person"))
}

func endedRoles(ctx context.Context, rd sqldb.Reader, now time.Time, limit int) ([]Given, error) {
	return sqldb.All(ctx, rd, scanGiven, givenColumns+`
where r.until is not null and r.until <= $1
order by r.until
limit $2`, now, limit)
}

func insertCompanyChange(ctx context.Context, tx *sqldb.Tx, c CompanyChange) error {
	_, err := tx.Exec(ctx, `insert into org_company_log (id, at, person, changes) values ($1, $2, $3, $4)`, tx.NewID(), tx.Now, c.Person, sqldb.JSON(c.Changes))
	return err
}

func companyChanges(ctx context.Context, rd sqldb.Reader, limit int) ([]CompanyChange, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (CompanyChange, error) {
		var c CompanyChange
		err := row.Scan(&c.At, &c.Person, sqldb.JSON(&c.Changes))
		return c, err
	}, `select at, person, changes from org_company_log order by id desc limit $1`, limit)
}
