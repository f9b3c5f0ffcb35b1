package org

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
)

const shiftColumns = `id, unit, person, starts, ends, task, phone, note, made_by, made_at, revision`

func scanShift(row sqldb.Row) (Shift, error) {
	var h Shift
	err := row.Scan(&h.ID, &h.Unit, &h.Person, &h.From, &h.Until, &h.Task, &h.Phone, &h.Note, &h.By, &h.At, &h.Revision)
	return h, err
}

// longestShift bounds a shift, so that those around a moment are found in a short range of the index.
const longestShift = 8 * 24 * time.Hour

// shiftsAt are the shifts of a unit that hold at a moment, of people who work here.
func shiftsAt(ctx context.Context, rd sqldb.Reader, unit ID, at time.Time) ([]Shift, error) {
	return sqldb.All(ctx, rd, scanShift, `
select h.id, h.unit, h.person, h.starts, h.ends, h.task, h.phone, h.note, h.made_by, h.made_at, h.revision
from org_shift h
join org_person p on p.id = h.person
where h.unit = $1 and h.ends > $2 and h.ends <= $3 and h.starts <= $2 and p.active
order by h.starts, h.id
limit 100`, unit, at, at.Add(longestShift))
}
