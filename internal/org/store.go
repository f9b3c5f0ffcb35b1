package org

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
)

// orNull binds 0 as null.
func orNull(id ID) any {
	if id == 0 {
		return nil
	}
	return id
}

const unitColumns = `id, code, name_zh, name_en, short_zh, short_en, level, parent, head, site, calendar, valid_from, valid_to, revision`

func scanUnit(row sqldb.Row) (Unit, error) {
	var u Unit
	err := row.Scan(&u.ID, &u.Code, &u.Name.Zh, &u.Name.En, &u.Short.Zh, &u.Short.En, &u.Level, &u.Parent, &u.Head,
		&u.Site, &u.Calendar, &u.ValidFrom, &u.ValidTo, &u.Revision)
	return u, err
}

func scanID(row sqldb.Row) (ID, error) {
	var id ID
	err := row.Scan(&id)
	return id, err
}

func allUnits(ctx context.Context, rd sqldb.Reader) ([]Unit, error) {
	return sqldb.All(ctx, rd, scanUnit, `select `+unitColumns+` from org_unit order by code`)
}

// unitsNamingAgents: an agent who has left does not count.
func unitsNamingAgents(ctx context.Context, rd sqldb.Reader) (map[ID]bool, error) {
	ids, err := sqldb.All(ctx, rd, scanID, `
select distinct r.unit
from org_role r
join org_person p on p.id = r.person
where r.code = 'agent' and r.unit <> 0 and p.active`)
	if err != nil {
		return nil, err
	}
	naming := make(map[ID]bool, len(ids))
	for _, id := range ids {
		naming[id] = true
	}
	return naming, nil
}

func unitIDs(ctx context.Context, rd sqldb.Reader) ([]ID, error) {
	return sqldb.All(ctx, rd, scanID, `select id from org_unit`)
}

func unitByCode(ctx context.Context, rd sqldb.Reader, code string) (Unit, error) {
	return sqldb.One(ctx, rd, scanUnit, `select `+unitColumns+` from org_unit where code = $1`, code)
}

func insertUnits(ctx context.Context, tx *sqldb.Tx, units ...Unit) error {
	rows := make([][]any, len(units))
	for i, u := range units {
		rows[i] = []any{u.ID, u.Code, u.Name.Zh, u.Name.En, u.Short.Zh, u.Short.En, u.Level,
			orNull(u.Parent), orNull(u.Head), u.Site, u.Calendar, u.ValidFrom, u.ValidTo, 1}
	}
	return tx.Insert(ctx, "org_unit", `id, code, name_zh, name_en, short_zh, short_en, level, parent, head, site, calendar, valid_from, valid_to, revision`, rows...)
}

// updateUnit writes a unit; what it was called and where it stood until now is kept.
func updateUnit(ctx context.Context, tx *sqldb.Tx, u Unit) error {
	if err := keepWas(ctx, tx, u); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
update org_unit
set name_zh = $2, name_en = $3, short_zh = $4, short_en = $5, level = $6, parent = $7, head = $8,
  site = $9, calendar = $10, valid_from = $11, valid_to = $12, revision = revision + 1
where id = $1`,
		u.ID, u.Name.Zh, u.Name.En, u.Short.Zh, u.Short.En, u.Level, orNull(u.Parent), orNull(u.Head),
		u.Site, u.Calendar, u.ValidFrom, u.ValidTo)
	return err
}

func insertLineage(ctx context.Context, tx *sqldb.Tx, l Lineage) error {
	_, err := tx.Exec(ctx, `
insert into org_lineage (from_unit, to_unit, at, share)
values ($1, $2, $3, $4)
on conflict (from_unit, to_unit) do update set at = excluded.at, share = excluded.share`, l.From, l.To, l.At, l.Share)
	return err
}

func lineageOf(ctx context.Context, rd sqldb.Reader, unit ID) ([]Lineage, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (Lineage, error) {
		var l Lineage
		err := row.Scan(&l.From, &l.To, &l.At, &l.Share)
		return l, err
	}, `
select from_unit, to_unit, at, share
from org_lineage
where from_unit = $1 or to_unit = $1
order by at, to_unit`, unit)
}

// pendingHead is a unit that waits for a person of its file to exist.
type pendingHead struct {
	unit ID
	code string
	no   string
}

func pendingHeads(ctx context.Context, rd sqldb.Reader) ([]pendingHead, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (pendingHead, error) {
		var p pendingHead
		err := row.Scan(&p.unit, &p.code, &p.no)
		return p, err
	}, `select id, code, head_no from org_unit where head_no <> '' order by id`)
}

func setPendingHead(ctx context.Context, tx *sqldb.Tx, unit ID, no string) error {
	_, err := tx.Exec(ctx, `update org_unit set head_no = $2 where id = $1`, unit, no)
	return err
}

func setHead(ctx context.Context, tx *sqldb.Tx, unit, person ID) error {
	_, err := tx.Exec(ctx, `update org_unit set head = $2, head_no = '', revision = revision + 1 where id = $1`, unit, orNull(person))
	return err
}

func headedBy(ctx context.Context, rd sqldb.Reader, person ID) ([]ID, error) {
	return sqldb.All(ctx, rd, scanID, `select id from org_unit where head = $1`, person)
}

func usesOf(ctx context.Context, rd sqldb.Reader, unit ID, now time.Time) (children, members int, err error) {
	children, err = sqldb.Value[int](ctx, rd, `select count(*) from org_unit where parent = $1 and (valid_to is null or valid_to > $2)`, unit, now)
	if err != nil {
		return 0, 0, err
	}
	members, err = sqldb.Value[int](ctx, rd, `
select count(*)
from org_person
where unit = $1 and active`, unit)
	return children, members, err
}

func scanCompany(row sqldb.Row) (Company, error) {
	var c Company
	err := row.Scan(&c.Name.Zh, &c.Name.En, &c.Zone, &c.Locale, &c.URL, sqldb.JSON(&c.Switches), &c.Revision)
	return c, err
}

func loadCompany(ctx context.Context, rd sqldb.Reader) (Company, error) {
	return sqldb.One(ctx, rd, scanCompany, `select name_zh, name_en, zone, locale, url, switches, revision from org_company where id = 1`)
}

// saveCompany writes the settings over the revision they were made on; 0 rows when that is no longer the present one.
func saveCompany(ctx context.Context, tx *sqldb.Tx, c Company) (int64, error) {
	if c.Revision == 0 {
		return tx.Exec(ctx, `
insert into org_company (id, name_zh, name_en, zone, locale, url, switches, revision)
values (1, $1, $2, $3, $4, $5, $6, 1)
on conflict (id) do nothing`, c.Name.Zh, c.Name.En, c.Zone, c.Locale, c.URL, sqldb.JSON(c.Switches))
	}
	return tx.Exec(ctx, `
update org_company
set name_zh = $1, name_en = $2, zone = $3, locale = $4, url = $5, switches = $6, revision = revision + 1
where id = 1 and revision = $7`, c.Name.Zh, c.Name.En, c.Zone, c.Locale, c.URL, sqldb.JSON(c.Switches), c.Revision)
}

// unitsBelow are the units directly below one that are there at a moment.
func unitsBelow(ctx context.Context, rd sqldb.Reader, unit ID, now time.Time) ([]Unit, error) {
	return sqldb.All(ctx, rd, scanUnit, `select `+unitColumns+` from org_unit where parent = $1 and (valid_to is null or valid_to > $2) order by id`, unit, now)
}
