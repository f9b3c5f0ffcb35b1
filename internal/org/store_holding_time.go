package org

import (
	"context"

	"neike/internal/kit/sqldb"
)

// What holds or comes, by its keeper: a column of the table, "person" or "unit".

func countActingOf(keeper string) func(context.Context, sqldb.Reader, ID) (int, error) {
	return func(ctx context.Context, rd sqldb.Reader, id ID) (int, error) {
		return sqldb.Value[int](ctx, rd, `select count(*) from org_acting where `+keeper+` = $1 and (ends is null or ends > $2 and ends > starts)`, id, rd.Instant())
	}
}

func actingAfter(ctx context.Context, rd sqldb.Reader, keeper string, id, after ID, limit int) ([]Acting, error) {
	return sqldb.All(ctx, rd, scanActing, `
select `+actingColumns+`
from org_acting
where `+keeper+` = $1 and (ends is null or ends > $2 and ends > starts) and id > $3
order by id
limit $4`, id, rd.Instant(), after, limit)
}

func countShiftsOf(keeper string) func(context.Context, sqldb.Reader, ID) (int, error) {
	return func(ctx context.Context, rd sqldb.Reader, id ID) (int, error) {
		return sqldb.Value[int](ctx, rd, `select count(*) from org_shift where `+keeper+` = $1 and ends > $2`, id, rd.Instant())
	}
}

func shiftsAfter(ctx context.Context, rd sqldb.Reader, keeper string, id, after ID, limit int) ([]Shift, error) {
	return sqldb.All(ctx, rd, scanShift, `
select `+shiftColumns+`
from org_shift
where `+keeper+` = $1 and ends > $2 and id > $3
order by id
limit $4`, id, rd.Instant(), after, limit)
}

// peopleOnShifts are those on a unit's duty list from now on, as often as they stand there.
func peopleOnShifts(ctx context.Context, rd sqldb.Reader, unit ID) ([]ID, error) {
	return sqldb.All(ctx, rd, scanID, `select person from org_shift where unit = $1 and ends > $2`, unit, rd.Instant())
}

func countDeputed(ctx context.Context, rd sqldb.Reader, person ID) (int, error) {
	return sqldb.Value[int](ctx, rd, `select count(*) from org_absence where deputy = $1 and (ends is null or ends > $2 and ends > starts)`, person, rd.Instant())
}

// deputedAfter are the absences in which a person stands in, now or later.
func deputedAfter(ctx context.Context, rd sqldb.Reader, person, after ID, limit int) ([]Absence, error) {
	return sqldb.All(ctx, rd, scanAbsence, `
select `+absenceColumns+`
from org_absence
where deputy = $1 and (ends is null or ends > $2 and ends > starts) and id > $3
order by id
limit $4`, person, rd.Instant(), after, limit)
}

func countAway(ctx context.Context, rd sqldb.Reader, person ID) (int, error) {
	return sqldb.Value[int](ctx, rd, `select count(*) from org_absence where person = $1 and (ends is null or ends > $2 and ends > starts)`, person, rd.Instant())
}

func awayAfter(ctx context.Context, rd sqldb.Reader, person, after ID, limit int) ([]Absence, error) {
	return sqldb.All(ctx, rd, scanAbsence, `
select `+absenceColumns+`
from org_absence
where person = $1 and (ends is null or ends > $2 and ends > starts) and id > $3
order by id
limit $4`, person, rd.Instant(), after, limit)
}
