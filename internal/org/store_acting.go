package org

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
)

const actingColumns = `id, unit, person, starts, ends, why, made_by, made_at, stage, revision`

func scanActing(row sqldb.Row) (Acting, error) {
	var a Acting
	err := row.Scan(&a.ID, &a.Unit, &a.Person, &a.From, &a.Until, &a.Why, &a.By, &a.At, &a.stage, &a.Revision)
	return a, err
}

// openActing are all that are not known to be over, of people who work here.
func openActing(ctx context.Context, rd sqldb.Reader) ([]Acting, error) {
	return sqldb.All(ctx, rd, scanActing, `
select a.id, a.unit, a.person, a.starts, a.ends, a.why, a.made_by, a.made_at, a.stage, a.revision
from org_acting a
join org_person p on p.id = a.person
where a.stage < 2 and p.active`)
}

// actingOf lists who acts, or will, as head of a unit, the next first.
func actingOf(ctx context.Context, rd sqldb.Reader, unit ID, after time.Time, limit int) ([]Acting, error) {
	return sqldb.All(ctx, rd, scanActing, `
select `+actingColumns+`
from org_acting
where unit = $1 and (ends is null or ends > $2 and ends > starts)
order by starts
limit $3`, unit, after, limit)
}

func actingByID(ctx context.Context, rd sqldb.Reader, id ID) (Acting, error) {
	return sqldb.One(ctx, rd, scanActing, `select `+actingColumns+` from org_acting where id = $1`, id)
}

func insertActing(ctx context.Context, tx *sqldb.Tx, a Acting) error {
	return tx.Insert(ctx, "org_acting", actingColumns, []any{a.ID, a.Unit, a.Person, a.From, a.Until, a.Why, a.By, a.At, 0, 1})
}

func endActing(ctx context.Context, tx *sqldb.Tx, id ID, until time.Time) error {
	_, err := tx.Exec(ctx, `update org_acting set ends = $2, revision = revision + 1 where id = $1`, id, until)
	return err
}

func setActingStage(ctx context.Context, tx *sqldb.Tx, id ID, stage int) error {
	_, err := tx.Exec(ctx, `update org_acting set stage = $2 where id = $1`, id, stage)
	return err
}

// dueActing are some that have begun or are over, which has not been announced.
func dueActing(ctx context.Context, rd sqldb.Reader, now time.Time, limit int) ([]ID, error) {
	return sqldb.All(ctx, rd, scanID, `
select id
from org_acting
where stage < 2 and starts <= $1 and (stage = 0 or ends <= $1)
order by starts
limit $2`, now, limit)
}
