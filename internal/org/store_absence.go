package org

import (
	"context"
	"slices"
	"time"

	"neike/internal/kit/sqldb"
)

const absenceColumns = `id, person, starts, ends, kind, deputy, note, made_by, made_at, ended_by, ended_at, stage, revision, change`

func scanAbsence(row sqldb.Row) (Absence, error) {
	var a Absence
	err := row.Scan(&a.ID, &a.Person, &a.From, &a.Until, &a.Kind, &a.Deputy, &a.Note, &a.By, &a.At, &a.EndedBy, &a.EndedAt, &a.stage, &a.Revision, &a.Change)
	return a, err
}

func insertAbsence(ctx context.Context, tx *sqldb.Tx, a Absence) error {
	return tx.Insert(ctx, "org_absence", absenceColumns,
		[]any{a.ID, a.Person, a.From, a.Until, a.Kind, orNull(a.Deputy), a.Note, a.By, a.At, a.EndedBy, a.EndedAt, 0, 1, orNull(a.Change)})
}

func updateAbsence(ctx context.Context, tx *sqldb.Tx, a Absence) error {
	_, err := tx.Exec(ctx, `
update org_absence
set starts = $2, ends = $3, kind = $4, deputy = $5, note = $6, ended_by = $7, ended_at = $8, revision = revision + 1
where id = $1`, a.ID, a.From, a.Until, a.Kind, orNull(a.Deputy), a.Note, a.EndedBy, a.EndedAt)
	return err
}

func setAbsenceStage(ctx context.Context, tx *sqldb.Tx, id ID, stage int) error {
	_, err := tx.Exec(ctx, `update org_absence set stage = $2 where id = $1`, id, stage)
	return err
}

func absenceByID(ctx context.Context, rd sqldb.Reader, id ID) (Absence, error) {
	return sqldb.One(ctx, rd, scanAbsence, `select `+absenceColumns+` from org_absence where id = $1`, id)
}

// absenceOfChange is the absence that a change brought.
func absenceOfChange(ctx context.Context, rd sqldb.Reader, change ID) (Absence, error) {
	return sqldb.One(ctx, rd, scanAbsence, `select `+absenceColumns+` from org_absence where change = $1`, change)
}

// absencesOf lists a person's absences that end after a moment, the next first.
func absencesOf(ctx context.Context, rd sqldb.Reader, person ID, after time.Time, limit int) ([]Absence, error) {
	return sqldb.All(ctx, rd, scanAbsence, `
select `+absenceColumns+`
from org_absence
where person = $1 and (ends is null or ends > $2 and ends > starts)
order by starts
limit $3`, person, after, limit)
}

// newestAbsences lists a person's absences, the latest first.
func newestAbsences(ctx context.Context, rd sqldb.Reader, person ID, limit int) ([]Absence, error) {
	return sqldb.All(ctx, rd, scanAbsence, `
select `+absenceColumns+`
from org_absence
where person = $1
order by starts desc, id desc
limit $2`, person, limit)
}

// absentAt asks for many people at once, a chunk at a time.
func absentAt(ctx context.Context, rd sqldb.Reader, people []ID, at time.Time) (map[ID]Absence, error) {
	out := map[ID]Absence{}
	for some := range slices.Chunk(people, 500) {
		list, err := sqldb.AllQ(ctx, rd, scanAbsence, sqldb.Select(`select `+absenceColumns+` from org_absence`).In("person", some).
			Where("starts <= ?", at).Where("(ends is null or ends > ?)", at))
		if err != nil {
			return nil, err
		}
		for _, a := range list {
			out[a.Person] = a
		}
	}
	return out, nil
}

// openAbsences are all that are not known to be over, of people who work here, and with a deputy who does.
func openAbsences(ctx context.Context, rd sqldb.Reader) ([]Absence, error) {
	return sqldb.All(ctx, rd, scanAbsence, `
select a.id, a.person, a.starts, a.ends, a.kind, case when d.active then a.deputy else null end, '', a.made_by, a.made_at, a.ended_by,
	a.ended_at, a.stage, a.revision, a.change
from org_absence a
join org_person p on p.id = a.person
left join org_person d on d.id = a.deputy
where a.stage < 2 and p.active`)
}

// dueAbsences are some that have begun or are over, which has not been announced.
func dueAbsences(ctx context.Context, rd sqldb.Reader, now time.Time, limit int) ([]ID, error) {
	return sqldb.All(ctx, rd, scanID, `
select id
from org_absence
where stage < 2 and starts <= $1 and (stage = 0 or ends <= $1)
order by starts
limit $2`, now, limit)
}
