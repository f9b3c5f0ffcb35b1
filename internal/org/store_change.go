package org

import (
	"context"
	"strconv"
	"time"

	"neike/internal/kit/sqldb"
)

const changeColumns = `id, kind, state, at, person, plan, steps, made_by, made_at, began_at, ended_at, trouble, revision`

func uniqueOf(c Change) string { return strconv.FormatInt(c.ID, 10) }

func scanChange(row sqldb.Row) (Change, error) {
	var c Change
	err := row.Scan(&c.ID, &c.Kind, &c.State, &c.At, &c.Person, sqldb.JSON(&c.Plan), sqldb.JSON(&c.Steps), &c.By, &c.MadeAt, &c.BeganAt, &c.EndedAt, &c.Trouble, &c.Revision)
	return c, err
}

func insertChange(ctx context.Context, tx *sqldb.Tx, c Change) error {
	return tx.Insert(ctx, "org_change", changeColumns, []any{c.ID, c.Kind, c.State, c.At, orNull(c.Person), sqldb.JSON(c.Plan), sqldb.JSON(stages(c.Steps)),
		c.By, c.MadeAt, c.BeganAt, c.EndedAt, c.Trouble, c.Revision})
}

// stages writes an empty list as one.
func stages(list []Stage) []Stage {
	if list == nil {
		return []Stage{}
	}
	return list
}

func updateChange(ctx context.Context, tx *sqldb.Tx, c *Change) error {
	c.Revision++
	_, err := tx.Exec(ctx, `
update org_change
set state = $2, at = $3, steps = $4, began_at = $5, ended_at = $6, trouble = $7, revision = $8
where id = $1`, c.ID, c.State, c.At, sqldb.JSON(stages(c.Steps)), c.BeganAt, c.EndedAt, c.Trouble, c.Revision)
	return err
}

func changeByID(ctx context.Context, rd sqldb.Reader, id ID) (Change, error) {
	return sqldb.One(ctx, rd, scanChange, `select `+changeColumns+` from org_change where id = $1`, id)
}

func lockChange(ctx context.Context, tx *sqldb.Tx, id ID) (Change, error) {
	if _, err := changeByID(ctx, tx, id); err != nil {
		return Change{}, err
	}
	if err := tx.Lock(ctx, "org_change", id); err != nil {
		return Change{}, err
	}
	return changeByID(ctx, tx, id)
}

// changesOf lists the changes of a person, the latest first.
func changesOf(ctx context.Context, rd sqldb.Reader, person ID, limit int) ([]Change, error) {
	return sqldb.All(ctx, rd, scanChange, `select `+changeColumns+` from org_change where person = $1 order by id desc limit $2`, person, limit)
}

// changesBefore lists changes, the latest first; state "" means any.
func changesBefore(ctx context.Context, rd sqldb.Reader, state string, before ID, limit int) ([]Change, error) {
	q := sqldb.Select(`select ` + changeColumns + ` from org_change`).OrderBy("id desc").Limit(limit)
	if state != "" {
		q.Where("state = ?", state)
	}
	if before != 0 {
		q.Where("id < ?", before)
	}
	return sqldb.AllQ(ctx, rd, scanChange, q)
}

// openChanges are those that are planned or on their way.
func openChanges(ctx context.Context, rd sqldb.Reader) ([]Change, error) {
	return sqldb.All(ctx, rd, scanChange, `select `+changeColumns+` from org_change where state in ('planned', 'running') order by at, id limit 1000`)
}

// leftOver is a line of what a change could not move.
type leftOver struct {
	Holding string
	Left
}

func insertLeft(ctx context.Context, tx *sqldb.Tx, change ID, holding string, list []Left) error {
	if len(list) == 0 {
		return nil
	}
	n, err := sqldb.Value[int](ctx, tx, `select count(*) from org_change_left where change = $1`, change)
	if err != nil {
		return err
	}
	rows := make([][]any, len(list))
	for i, l := range list {
		rows[i] = []any{change, n + i + 1, holding, l.Title, l.Href, l.Why}
	}
	return tx.Insert(ctx, "org_change_left", "change, n, holding, title, href, why", rows...)
}

// updatePlan writes what is to be done.
func updatePlan(ctx context.Context, tx *sqldb.Tx, c *Change) error {
	c.Revision++
	_, err := tx.Exec(ctx, `update org_change set plan = $2, revision = $3 where id = $1`, c.ID, sqldb.JSON(c.Plan), c.Revision)
	return err
}

func insertGave(ctx context.Context, tx *sqldb.Tx, change ID, list []gave) error {
	rows := make([][]any, len(list))
	for i, g := range list {
		rows[i] = []any{change, i + 1, g.Holding, g.To, g.Title, g.Href}
	}
	if len(rows) == 0 {
		return nil
	}
	return tx.Insert(ctx, "org_change_gave", "change, n, holding, receiver, title, href", rows...)
}

// keepNotGiven takes away what stayed with the person after all.
func keepNotGiven(ctx context.Context, tx *sqldb.Tx, change ID, holding string, list []Left) error {
	for _, l := range list {
		if _, err := tx.Exec(ctx, `delete from org_change_gave where change = $1 and holding = $2 and href = $3`, change, holding, l.Href); err != nil {
			return err
		}
	}
	return nil
}

func gaveOf(ctx context.Context, rd sqldb.Reader, change ID) ([]gave, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (gave, error) {
		var g gave
		err := row.Scan(&g.Holding, &g.To, &g.Title, &g.Href)
		return g, err
	}, `select holding, receiver, title, href from org_change_gave where change = $1 order by n`, change)
}

// forgetLeft forgets what could not be moved of a holding, which is tried again.
func forgetLeft(ctx context.Context, tx *sqldb.Tx, change ID) error {
	_, err := tx.Exec(ctx, `delete from org_change_left where change = $1`, change)
	return err
}

func leftOf(ctx context.Context, rd sqldb.Reader, change ID, limit int) ([]leftOver, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (leftOver, error) {
		var l leftOver
		err := row.Scan(&l.Holding, &l.Title, &l.Href, &l.Why)
		return l, err
	}, `select holding, title, href, why from org_change_left where change = $1 order by n limit $2`, change, limit)
}

// keepWas notes what a unit was until now, when its name, level or place is about to be another one.
func keepWas(ctx context.Context, tx *sqldb.Tx, u Unit) error {
	_, err := tx.Exec(ctx, `
insert into org_unit_was (unit, until, name_zh, name_en, short_zh, short_en, level, parent)
select id, cast($2 as bigint), name_zh, name_en, short_zh, short_en, level, parent
from org_unit
where id = $1
  and (name_zh <> $3 or name_en <> $4 or short_zh <> $5 or short_en <> $6 or level <> $7 or coalesce(parent, 0) <> $8)
on conflict (unit, until) do nothing`, u.ID, tx.Now, u.Name.Zh, u.Name.En, u.Short.Zh, u.Short.En, u.Level, u.Parent)
	return err
}

// past is what a unit was until a moment.
type past struct {
	Unit
	Until time.Time
}

func scanPast(row sqldb.Row) (past, error) {
	var p past
	err := row.Scan(&p.ID, &p.Until, &p.Name.Zh, &p.Name.En, &p.Short.Zh, &p.Short.En, &p.Level, &p.Parent)
	return p, err
}

// pastAt lists what units were at a moment, for those that are otherwise now: the earliest row after it counts.
func pastAt(ctx context.Context, rd sqldb.Reader, at time.Time) ([]past, error) {
	return sqldb.All(ctx, rd, scanPast, `
select w.unit, w.until, w.name_zh, w.name_en, w.short_zh, w.short_en, w.level, w.parent
from org_unit_was w
where w.until = (select min(x.until) from org_unit_was x where x.unit = w.unit and x.until > $1)`, at)
}

// pastsOf lists what a unit was, the latest first.
func pastsOf(ctx context.Context, rd sqldb.Reader, unit ID) ([]past, error) {
	return sqldb.All(ctx, rd, scanPast, `
select unit, until, name_zh, name_en, short_zh, short_en, level, parent
from org_unit_was
where unit = $1
order by until desc
limit 50`, unit)
}

func allLineage(ctx context.Context, rd sqldb.Reader) ([]Lineage, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (Lineage, error) {
		var l Lineage
		err := row.Scan(&l.From, &l.To, &l.At, &l.Share)
		return l, err
	}, `select from_unit, to_unit, at, share from org_lineage order by from_unit, share desc, to_unit`)
}
