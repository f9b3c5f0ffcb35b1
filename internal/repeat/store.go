package repeat

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"neike/internal/calendar"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

const templateColumns = `id, number, service, owner, unit, of_unit, title, fields, place, confidential, named, watchers, every, on_day, month, at_time, shift, step,
from_day, until_day, lead, catch_up, state, fault, next_at, through, revision, made_at, files`

func scanTemplate(row sqldb.Row) (Template, error) {
	var t Template
	var named, watchers, wrong, from, until string
	err := row.Scan(&t.ID, &t.Number, &t.Service, &t.Owner, &t.Unit, &t.OfUnit, &t.Title, &t.Fields, &t.Place, &t.Confidential, &named, &watchers,
		&t.Schedule.Every, &t.Schedule.On, &t.Schedule.Month, &t.Schedule.At, &t.Schedule.Shift, &t.Step, &from, &until, &t.Lead, &t.CatchUp, &t.State, &wrong,
		&t.NextAt, &t.Through, &t.Revision, &t.MadeAt, &t.Files)
	if err != nil {
		return t, err
	}
	for text, to := range map[string]any{named: &t.Named, watchers: &t.Watchers, wrong: &t.Fault} {
		if err := json.Unmarshal([]byte(text), to); err != nil {
			return t, fmt.Errorf("template %d: %w", t.Number, err)
		}
	}
	t.From, t.Until = dayOf(from), dayOf(until)
	return t, nil
}

func dayOf(text string) calendar.Date {
	d, err := calendar.ParseDate(text)
	if err != nil {
		return 0
	}
	return d
}

func dayText(d calendar.Date) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

func listText[T any](list []T) string {
	if list == nil {
		list = []T{}
	}
	b, _ := json.Marshal(list) // numbers and texts
	return string(b)
}

func columnsOf(t Template) []any {
	return []any{t.ID, t.Number, t.Service, t.Owner, t.Unit, t.OfUnit, t.Title, t.Fields, t.Place, t.Confidential, listText(t.Named), listText(t.Watchers),
		t.Schedule.Every, t.Schedule.On, t.Schedule.Month, t.Schedule.At, t.Schedule.Shift, t.Step, dayText(t.From), dayText(t.Until), t.Lead, t.CatchUp,
		t.State, listText(t.Fault), t.NextAt, t.Through.UnixMilli(), t.Revision, t.MadeAt, t.Files}
}

func insertTemplate(ctx context.Context, tx *sqldb.Tx, t Template) error {
	return tx.Insert(ctx, "repeat_template", templateColumns, columnsOf(t))
}

func updateTemplate(ctx context.Context, tx *sqldb.Tx, t Template) error {
	_, err := tx.Exec(ctx, `
update repeat_template
set number = $2, service = $3, owner = $4, unit = $5, of_unit = $6, title = $7, fields = $8, place = $9, confidential = $10, named = $11, watchers = $12,
	every = $13, on_day = $14, month = $15, at_time = $16, shift = $17, step = $18, from_day = $19, until_day = $20, lead = $21, catch_up = $22,
	state = $23, fault = $24, next_at = $25, through = $26, revision = $27, made_at = $28, files = $29
where id = $1`, columnsOf(t)...)
	return err
}

// filesHeld are the ids of files that templates hold which have not ended.
func filesHeld(ctx context.Context, rd sqldb.Reader) (map[int64]bool, error) {
	out := map[int64]bool{}
	err := sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var files string
		err := row.Scan(&files)
		for _, text := range strings.Fields(files) {
			if id, err := strconv.ParseInt(text, 10, 64); err == nil {
				out[id] = true
			}
		}
		return err
	}, `
select files
from repeat_template
where files <> '' and state <> $1`, Ended)
	return out, err
}

func byNumber(ctx context.Context, rd sqldb.Reader, number int64) (Template, error) {
	return sqldb.One(ctx, rd, scanTemplate, `
select `+templateColumns+`
from repeat_template
where number = $1`, number)
}

// lock loads a template for a change.
func lock(ctx context.Context, tx *sqldb.Tx, number int64) (Template, error) {
	t, err := byNumber(ctx, tx, number)
	if err != nil {
		return t, err
	}
	if err := tx.Lock(ctx, "repeat_template", t.ID); err != nil {
		return t, err
	}
	return byNumber(ctx, tx, number)
}

// ownedBy lists the templates of a person, the newest first.
func ownedBy(ctx context.Context, rd sqldb.Reader, person int64, limit int) ([]Template, error) {
	return sqldb.All(ctx, rd, scanTemplate, `
select `+templateColumns+`
from repeat_template
where owner = $1
order by id desc
limit $2`, person, limit)
}

// ofUnits lists the templates that units keep as such, the newest first.
func ofUnits(ctx context.Context, rd sqldb.Reader, units []int64, limit int) ([]Template, error) {
	if len(units) == 0 {
		return nil, nil
	}
	return sqldb.AllQ(ctx, rd, scanTemplate, sqldb.Select("select "+templateColumns+"\nfrom repeat_template").In("unit", units).Where("of_unit").OrderBy("id desc").Limit(limit))
}

// countOwned counts the templates of a person that are not ended.
func countOwned(ctx context.Context, rd sqldb.Reader, person int64) (int, error) {
	return sqldb.Value[int](ctx, rd, `
select count(*)
from repeat_template
where owner = $1 and state <> 'ended'`, person)
}

// dueNow lists the numbers of the templates to look at, the longest waiting first.
func dueNow(ctx context.Context, rd sqldb.Reader, now time.Time, limit int) ([]int64, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (n int64, err error) { return n, row.Scan(&n) }, `
select number
from repeat_template
where state = 'active' and next_at is not null and next_at <= $1
order by next_at, id
limit $2`, now, limit)
}

// askedOf lists the active templates of services.
func askedOf(ctx context.Context, rd sqldb.Reader, services []int64, limit int) ([]Template, error) {
	if len(services) == 0 {
		return nil, nil
	}
	return sqldb.AllQ(ctx, rd, scanTemplate, sqldb.Select("select "+templateColumns+"\nfrom repeat_template").In("service", services).Where("state = 'active'").OrderBy("id").Limit(limit))
}

// held lists templates by who keeps them, after an id; column is owner or unit.
func held(ctx context.Context, rd sqldb.Reader, column string, keeper, after int64, limit int) ([]Template, error) {
	return sqldb.All(ctx, rd, scanTemplate, `
select `+templateColumns+`
from repeat_template
where `+column+` = $1 and id > $2 and state <> 'ended'
order by id
limit $3`, keeper, after, limit)
}

func countHeld(ctx context.Context, rd sqldb.Reader, column string, keeper int64) (int, error) {
	return sqldb.Value[int](ctx, rd, `
select count(*)
from repeat_template
where `+column+` = $1 and state <> 'ended'`, keeper)
}

const dateColumns = "template, slot, due, state, request, number, title, fields, person, at"

func scanDate(row sqldb.Row) (Date, error) {
	var d Date
	return d, row.Scan(&d.Template, &d.Slot, &d.Due, &d.State, &d.Request, &d.Number, &d.Title, &d.Fields, &d.Person, &d.At)
}

func or(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func orNobody(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

// putDate writes what was done with a date.
func putDate(ctx context.Context, tx *sqldb.Tx, d Date) error {
	_, err := tx.Exec(ctx, `
insert into repeat_date (template, slot, due, state, request, number, title, fields, person, at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (template, slot) do update
set due = excluded.due, state = excluded.state, request = excluded.request, number = excluded.number, title = excluded.title, fields = excluded.fields,
	person = excluded.person, at = excluded.at`, d.Template, d.Slot, d.Due, d.State, orNobody(d.Request), orNobody(d.Number), or(d.Title), or(d.Fields), d.Person, d.At)
	return err
}

func dropDate(ctx context.Context, tx *sqldb.Tx, template ID, slot string) error {
	_, err := tx.Exec(ctx, "delete from repeat_date\nwhere template = $1 and slot = $2", template, slot)
	return err
}

// dateBy is what was done with a date; nothing: the zero Date.
func dateBy(ctx context.Context, rd sqldb.Reader, template ID, slot string) (Date, error) {
	d, err := sqldb.One(ctx, rd, scanDate, `
select `+dateColumns+`
from repeat_date
where template = $1 and slot = $2`, template, slot)
	if err != nil && fault.KindOf(err) == fault.NotFound {
		return Date{}, nil
	}
	return d, err
}

// datesFrom lists the dates of a template with which something was done, from a moment on, by slot.
func datesFrom(ctx context.Context, rd sqldb.Reader, template ID, from time.Time) (map[string]Date, error) {
	rows, err := sqldb.All(ctx, rd, scanDate, `
select `+dateColumns+`
from repeat_date
where template = $1 and due >= $2
order by due
limit 400`, template, from)
	out := make(map[string]Date, len(rows))
	for _, d := range rows {
		out[d.Slot] = d
	}
	return out, err
}

// lastDates lists the last dates of a template with which something was done, the newest first.
func lastDates(ctx context.Context, rd sqldb.Reader, template ID, limit int) ([]Date, error) {
	return sqldb.All(ctx, rd, scanDate, `
select `+dateColumns+`
from repeat_date
where template = $1 and state in ('opened', 'missed')
order by due desc
limit $2`, template, limit)
}

// originOf is the template that a request comes from; zero: from none.
func originOf(ctx context.Context, rd sqldb.Reader, request int64) (Template, error) {
	list, err := sqldb.All(ctx, rd, scanTemplate, `
select `+templateColumns+`
from repeat_template
where id in (select template from repeat_date where request = $1)`, request)
	if err != nil || len(list) == 0 {
		return Template{}, err
	}
	return list[0], nil
}

// Numbers are the numbers of templates by id, for the audit trail.
func Numbers(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]int64, error) {
	rows, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (n [2]int64, err error) { return n, row.Scan(&n[0], &n[1]) },
		sqldb.Select("select id, number\nfrom repeat_template").In("id", ids))
	out := make(map[int64]int64, len(rows))
	for _, n := range rows {
		out[n[0]] = n[1]
	}
	return out, err
}
