package org

import (
	"context"
	"fmt"
	"time"

	"neike/internal/kit/sqldb"
)

// personalRows reads the rows of a kind, one more than a copy holds. Words are the person's own: to others they are nil.
func personalRows(ctx context.Context, rd sqldb.Reader, d PersonalData, person ID, own bool) ([]map[string]any, error) {
	columns := d.columns()
	rows, err := sqldb.All(ctx, rd, func(row sqldb.Row) (map[string]any, error) {
		cells := make([]any, len(columns))
		for i, c := range columns {
			switch c.Sort {
			case "time":
				cells[i] = new(time.Time)
			case "number":
				cells[i] = new(int64)
			case "bool":
				cells[i] = new(bool)
			default:
				cells[i] = new(string)
			}
		}
		if err := row.Scan(cells...); err != nil {
			return nil, err
		}
		out := make(map[string]any, len(columns))
		for i, c := range columns {
			out[c.Name] = personalCell(cells[i], c.Sort == "words" && !own)
		}
		return out, nil
	}, d.Read, person, PersonalMost+1)
	if err != nil {
		return nil, fmt.Errorf("copy %s: %w", d.Code, err)
	}
	return rows, nil
}

func personalCell(cell any, hidden bool) any {
	switch v := cell.(type) {
	case *time.Time:
		if v.IsZero() {
			return nil
		}
		return v.UTC()
	case *int64:
		return *v
	case *bool:
		return *v
	case *string:
		if !hidden {
			return *v
		}
	}
	return nil
}

func countPersonal(ctx context.Context, rd sqldb.Reader, d PersonalData, person ID) (int, error) {
	n, err := sqldb.Value[int](ctx, rd, `select count(*) from (`+d.Read+`) t`, person, PersonalMost+1)
	if err != nil {
		return 0, fmt.Errorf("count %s: %w", d.Code, err)
	}
	return n, nil
}

// ownPersonal is what org itself keeps about a person.
var ownPersonal = []PersonalData{
	{Code: "org.person", Label: "org.personal-person", Keeps: "org.personal-tombstone", Order: 10,
		Columns: "no name name-en phone email position unit manager locale active:bool",
		Read: `
select p.no, p.name, p.name_en, p.phone, p.email, p.position, u.name_zh, coalesce(m.name, ''), p.locale, p.active
from org_person p
join org_unit u on u.id = p.unit
left join org_person m on m.id = p.manager
where p.id = $1
limit $2`},
	{Code: "org.membership", Label: "org.personal-membership", Keeps: GoesWithPerson, Order: 20,
		Columns: "unit main:bool position until:time",
		Read: `
select u.name_zh, m.main, m.position, m.until
from org_member m
join org_unit u on u.id = m.unit
where m.person = $1
order by m.main desc, u.code
limit $2`,
		Wipe: []string{`
delete from org_member
where person = $1 and unit in (select unit from org_member where person = $1 and not main order by unit limit $2)`, `
update org_member
set position = ''
where person = $1 and unit in (select unit from org_member where person = $1 and position <> '' order by unit limit $2)`}},
	{Code: "org.dotted", Label: "org.dotted", Keeps: GoesWithPerson, Order: 30,
		Columns: "manager until:time",
		Read: `
select coalesce(m.name, d.manager_no), d.until
from org_dotted d
left join org_person m on m.id = d.manager
where d.person = $1
order by d.n
limit $2`,
		Wipe: []string{`
delete from org_dotted
where person = $1 and n in (select n from org_dotted where person = $1 order by n limit $2)`}},
	{Code: "org.role", Label: "org.roles", Keeps: GoesWithPerson, Order: 40,
		Columns: "role scope reason at:time until:time",
		Read: `
select code, scope, coalesce(reason, ''), given_at, until
from org_role
where person = $1
order by code, scope
limit $2`,
		Wipe: []string{`
delete from org_role
where person = $1 and (code, scope) in (select code, scope from org_role where person = $1 order by code, scope limit $2)`}},
	{Code: "org.absence", Label: "org.absence", Keeps: GoesWithPerson, Order: 50,
		Columns: "from:time until:time sort deputy note:words at:time",
		Read: `
select a.starts, a.ends, a.kind, coalesce(d.name, ''), a.note, a.made_at
from org_absence a
left join org_person d on d.id = a.deputy
where a.person = $1
order by a.starts desc
limit $2`,
		Wipe: []string{`
delete from org_absence
where id in (select id from org_absence where person = $1 order by id limit $2)`}},
	{Code: "org.acting", Label: "org.acting-head", Keeps: StaysWithRecord, Order: 60,
		Columns: "unit from:time until:time reason",
		Read: `
select u.name_zh, a.starts, a.ends, a.why
from org_acting a
join org_unit u on u.id = a.unit
where a.person = $1
order by a.starts desc
limit $2`},
	{Code: "org.shift", Label: "org.personal-shift", Keeps: "org.personal-shift-keeps", Order: 70,
		Columns: "unit from:time until:time task phone note",
		Read: `
select u.name_zh, s.starts, s.ends, s.task, s.phone, s.note
from org_shift s
join org_unit u on u.id = s.unit
where s.person = $1
order by s.starts desc
limit $2`,
		Wipe: []string{`
update org_shift
set phone = '', note = ''
where id in (select id from org_shift where person = $1 and (phone <> '' or note <> '') order by id limit $2)`}},
	{Code: "org.handover", Label: "org.personal-handover", Keeps: StaysWithRecord, Order: 75,
		Columns: "unit at:time words:words",
		Read: `
select u.name_zh, h.at, h.text
from org_handover h
join org_unit u on u.id = h.unit
where h.person = $1
order by h.at desc
limit $2`},
	{Code: "org.change", Label: "org.changes", Keeps: StaysWithRecord, Order: 80,
		Columns: "sort state at:time",
		Read: `
select kind, state, at
from org_change
where person = $1
order by id desc
limit $2`},
	{Code: "org.personal", Label: "org.personal-retention", Keeps: StaysWithRecord, Order: 990,
		Columns: "left-at:time held:bool reason began-at:time erased-at:time",
		Read: `
select left_at, held, held_why, began_at, erased_at
from org_personal
where person = $1
limit $2`},
}

const leaverColumns = `l.person, l.left_at, l.held, l.held_why, l.held_by, l.held_at, l.began_at, l.began_by, l.step, l.counts, l.erased_at`

func scanLeaver(row sqldb.Row) (Leaver, error) {
	var l Leaver
	err := row.Scan(&l.Person, &l.Left, &l.Held, &l.HeldWhy, &l.HeldBy, &l.HeldAt, &l.Began, &l.BeganBy, &l.step, sqldb.JSON(&l.Counts), &l.Erased)
	return l, err
}

// leaverOf is the note about a person; fault.ErrNotFound when there is none.
func leaverOf(ctx context.Context, rd sqldb.Reader, person ID) (Leaver, error) {
	return sqldb.One(ctx, rd, scanLeaver, `select `+leaverColumns+` from org_personal l where l.person = $1`, person)
}

func saveLeaver(ctx context.Context, tx *sqldb.Tx, l Leaver) error {
	if l.Counts == nil {
		l.Counts = map[string]int{}
	}
	_, err := tx.Exec(ctx, `
insert into org_personal (person, left_at, held, held_why, held_by, held_at, began_at, began_by, step, counts, erased_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (person) do update
set left_at = excluded.left_at, held = excluded.held, held_why = excluded.held_why, held_by = excluded.held_by, held_at = excluded.held_at,
  began_at = excluded.began_at, began_by = excluded.began_by, step = excluded.step, counts = excluded.counts, erased_at = excluded.erased_at`,
		l.Person, l.Left, l.Held, l.HeldWhy, l.HeldBy, l.HeldAt, l.Began, l.BeganBy, l.step, sqldb.JSON(l.Counts), l.Erased)
	return err
}

// gonePeople are people who have left and of whom that is not noted.
func gonePeople(ctx context.Context, rd sqldb.Reader, limit int) ([]ID, error) {
	return sqldb.All(ctx, rd, scanID, `
select p.id
from org_person p
left join org_personal l on l.person = p.id
where not p.active and l.left_at is null and l.erased_at is null
order by p.id
limit $1`, limit)
}

// backPeople are people who are noted as having left and are here.
func backPeople(ctx context.Context, rd sqldb.Reader, limit int) ([]ID, error) {
	return sqldb.All(ctx, rd, scanID, `
select l.person
from org_personal l
join org_person p on p.id = l.person
where p.active and l.left_at is not null
order by l.person
limit $1`, limit)
}

// duePeople have left before a moment, are not held, and are not erased; those included whose erasing has begun.
func duePeople(ctx context.Context, rd sqldb.Reader, before time.Time, after ID, limit int) ([]ID, error) {
	return sqldb.All(ctx, rd, scanID, `
select person
from org_personal
where erased_at is null and person > $3 and (began_at is not null or left_at is not null and left_at <= $1 and not held)
order by person
limit $2`, before, limit, after)
}

// leavers lists notes of a state after a key, newest first by person.
func leavers(ctx context.Context, rd sqldb.Reader, state string, before ID, limit int) ([]Leaver, error) {
	q := sqldb.Select(`select ` + leaverColumns + ` from org_personal l`)
	switch state {
	case "held":
		q.Where("l.held and l.erased_at is null")
	case "erased":
		q.Where("l.erased_at is not null")
	default:
		q.Where("l.left_at is not null and not l.held and l.erased_at is null")
	}
	if before != 0 {
		q.Where("l.person < ?", before)
	}
	return sqldb.AllQ(ctx, rd, scanLeaver, q.OrderBy("l.person desc").Limit(limit))
}

// leaverCounts is how many have left, are held, and are erased.
func leaverCounts(ctx context.Context, rd sqldb.Reader) (RetentionCounts, error) {
	return sqldb.One(ctx, rd, func(row sqldb.Row) (c RetentionCounts, err error) {
		err = row.Scan(&c.Left, &c.Held, &c.Erased)
		return c, err
	}, `
select coalesce(sum(case when left_at is not null and not held and erased_at is null then 1 else 0 end), 0),
  coalesce(sum(case when held and erased_at is null then 1 else 0 end), 0),
  coalesce(sum(case when erased_at is not null then 1 else 0 end), 0)
from org_personal`)
}

// wipe runs one statement of a kind and says how many rows it found.
func wipe(ctx context.Context, tx *sqldb.Tx, text string, person ID, limit int) (int, error) {
	n, err := tx.Exec(ctx, text, person, limit)
	return int(n), err
}

// bury makes the record of a person one of nobody: names and contact go, the number becomes one that nobody can type.
// What waited for the number elsewhere waits no longer.
func bury(ctx context.Context, tx *sqldb.Tx, p Person) error {
	for _, text := range []string{
		`update org_person set manager_no = '' where manager_no = $1`,
		`update org_unit set head_no = '' where head_no = $1`,
		`update org_dotted set manager_no = '' where manager_no = $1`,
	} {
		if _, err := tx.Exec(ctx, text, p.No); err != nil {
			return err
		}
	}
	return updatePerson(ctx, tx, Person{ID: p.ID, No: erasedNo(p.ID), Unit: p.Unit}, "")
}
