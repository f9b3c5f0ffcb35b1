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

func insertShifts(ctx context.Context, tx *sqldb.Tx, list ...Shift) error {
	rows := make([][]any, len(list))
	for i, h := range list {
		rows[i] = []any{h.ID, h.Unit, h.Person, h.From, h.Until, h.Task, h.Phone, h.Note, h.By, h.At, 1}
	}
	return tx.Insert(ctx, "org_shift", shiftColumns, rows...)
}

func shiftByID(ctx context.Context, rd sqldb.Reader, id ID) (Shift, error) {
	return sqldb.One(ctx, rd, scanShift, `select `+shiftColumns+` from org_shift where id = $1`, id)
}

func endShift(ctx context.Context, tx *sqldb.Tx, id ID, at time.Time) error {
	_, err := tx.Exec(ctx, `update org_shift set ends = $2, revision = revision + 1 where id = $1`, id, at)
	return err
}

func deleteShift(ctx context.Context, tx *sqldb.Tx, id ID) error {
	_, err := tx.Exec(ctx, `delete from org_shift where id = $1`, id)
	return err
}

// changeShift writes what an import says of a shift that is known.
func changeShift(ctx context.Context, tx *sqldb.Tx, h Shift) error {
	_, err := tx.Exec(ctx, `update org_shift set ends = $2, task = $3, phone = $4, note = $5, revision = revision + 1 where id = $1`,
		h.ID, h.Until, h.Task, h.Phone, h.Note)
	return err
}

// shiftsOf are a person's shifts for a unit that touch [from, until).
func shiftsOf(ctx context.Context, rd sqldb.Reader, unit, person ID, from, until time.Time) ([]Shift, error) {
	return sqldb.All(ctx, rd, scanShift, `
select `+shiftColumns+`
from org_shift
where person = $1 and ends > $2 and starts < $3 and unit = $4
order by starts
limit 100`, person, from, until, unit)
}

// shiftsIn are the shifts of a unit that touch [from, until), the first first.
func shiftsIn(ctx context.Context, rd sqldb.Reader, unit ID, from, until time.Time) ([]Shift, error) {
	return sqldb.All(ctx, rd, scanShift, `
select `+shiftColumns+`
from org_shift
where unit = $1 and ends > $2 and ends <= $4 and starts < $3
order by starts, id
limit 1000`, unit, from, until, until.Add(longestShift))
}

// shiftsBegun are the shifts of a unit that begin in [from, until).
func shiftsBegun(ctx context.Context, rd sqldb.Reader, unit ID, from, until time.Time) ([]Shift, error) {
	return sqldb.All(ctx, rd, scanShift, `
select `+shiftColumns+`
from org_shift
where unit = $1 and ends > $2 and ends <= $4 and starts >= $2 and starts < $3
order by starts, id
limit 1000`, unit, from, until, until.Add(longestShift))
}

// knownShifts are the shifts of persons that begin in [from, until), for an import.
func knownShifts(ctx context.Context, rd sqldb.Reader, people []ID, from, until time.Time) ([]Shift, error) {
	if len(people) == 0 {
		return nil, nil
	}
	return sqldb.AllQ(ctx, rd, scanShift, sqldb.Select(`select `+shiftColumns+` from org_shift`).In("person", people).
		Where("ends > ?", from).Where("starts < ?", until))
}

// unitsOnDuty are the units of which a shift begins in [from, until).
func unitsOnDuty(ctx context.Context, rd sqldb.Reader, from, until time.Time) ([]ID, error) {
	return sqldb.All(ctx, rd, scanID, `
select distinct unit
from org_shift
where ends > $1 and starts >= $1 and starts < $2
order by unit`, from, until)
}

// unitsOfDuty are the units that a person has a shift for which is not over.
func unitsOfDuty(ctx context.Context, rd sqldb.Reader, person ID, at time.Time) ([]ID, error) {
	return sqldb.All(ctx, rd, scanID, `
select distinct unit
from org_shift
where person = $1 and ends > $2
order by unit`, person, at)
}

// noteBefore is the shift of the latest hand-over note of a unit that was written by whoever began before a moment; 0 is
// none.
func noteBefore(ctx context.Context, rd sqldb.Reader, unit ID, from time.Time) (ID, error) {
	ids, err := sqldb.All(ctx, rd, scanID, `
select n.shift
from org_handover n
join org_shift h on h.id = n.shift
where n.unit = $1 and h.starts < $2
order by n.at desc, n.shift desc
limit 1`, unit, from)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return ids[0], nil
}

func scanHandover(row sqldb.Row) (Handover, error) {
	var n Handover
	err := row.Scan(&n.Shift, &n.Unit, &n.Person, &n.Text, &n.At, &n.Revision)
	return n, err
}

func handoverOf(ctx context.Context, rd sqldb.Reader, shift ID) (Handover, error) {
	return sqldb.One(ctx, rd, scanHandover, `select shift, unit, person, text, at, revision from org_handover where shift = $1`, shift)
}

// saveHandover writes a note; who had read it before has not read this one.
func saveHandover(ctx context.Context, tx *sqldb.Tx, n Handover) error {
	_, err := tx.Exec(ctx, `
insert into org_handover (shift, unit, person, text, at, revision)
values ($1, $2, $3, $4, $5, $6)
on conflict (shift) do update set person = excluded.person, text = excluded.text, at = excluded.at, revision = excluded.revision`,
		n.Shift, n.Unit, n.Person, n.Text, n.At, n.Revision)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `delete from org_handover_read where shift = $1`, n.Shift)
	return err
}

// confirmHandover notes that somebody has read it; fresh is false when it was noted already.
func confirmHandover(ctx context.Context, tx *sqldb.Tx, shift, person ID) (fresh bool, err error) {
	n, err := tx.Exec(ctx, `
insert into org_handover_read (shift, person, at)
values ($1, $2, $3)
on conflict (shift, person) do nothing`, shift, person, tx.Now)
	return n > 0, err
}

// handoversOf are the latest notes of a unit with who has read them.
func handoversOf(ctx context.Context, rd sqldb.Reader, unit ID, limit int) ([]Handover, error) {
	notes, err := sqldb.All(ctx, rd, scanHandover, `
select shift, unit, person, text, at, revision
from org_handover
where unit = $1
order by at desc, shift desc
limit $2`, unit, limit)
	if err != nil || len(notes) == 0 {
		return notes, err
	}
	at := make(map[ID]int, len(notes))
	ids := make([]ID, len(notes))
	for i, n := range notes {
		at[n.Shift], ids[i] = i, n.Shift
	}
	type read struct {
		shift ID
		Reading
	}
	list, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (read, error) {
		var r read
		err := row.Scan(&r.shift, &r.Person, &r.At)
		return r, err
	}, sqldb.Select(`select shift, person, at from org_handover_read`).In("shift", ids).OrderBy("at, person"))
	for _, r := range list {
		notes[at[r.shift]].Read = append(notes[at[r.shift]].Read, r.Reading)
	}
	return notes, err
}
