package request

import (
	"context"
	"slices"
	"strings"

	"neike/internal/clock"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

var lineColumns = sqldb.Pack(`r.id, r.number, r.title, r.service, r.provider, r.unit, r.customer, r.asked_by, r.assignee, r.state,
r.confidential, r.opened_at, r.response_due, r.responded_at, r.due, r.next_due, r.closed_at, r.completion_is, r.completion_took, r.last_at, r.rated,
r.hops, r.hand_overs, r.came_back, r.parent, r.parts, r.priority, r.merged_into, r.duplicate, r.stage, r.place, r.place_code, r.place_zh, r.place_en,
r.reply_since, r.reply_due`)

func scanLine(row sqldb.Row) (Line, error) {
	var l Line
	var state, completion string
	err := row.Scan(&l.ID, &l.Number, &l.Title, &l.Service, &l.Provider, &l.Unit, &l.Customer, &l.AskedBy, &l.Assignee,
		&state, &l.Confidential, &l.OpenedAt, &l.ResponseDue, &l.RespondedAt, &l.Due, &l.NextDue, &l.ClosedAt, &completion, &l.Took, &l.LastAt, &l.Rated,
		&l.Hops, &l.HandOvers, &l.CameBack, &l.Parent, &l.Parts, &l.Priority, &l.MergedInto, &l.Duplicate, &l.Stage, &l.Place.ID, &l.Place.Code, &l.Place.Name.Zh, &l.Place.Name.En,
		&l.ReplySince, &l.ReplyDue)
	l.State, l.CompletionIs = State(state), Outcome(completion)
	return l, err
}

// first reads a page of a list as the union of index ranges: each in order and cut at the limit, merged by the database.
// key orders the list, then the id, descending if desc; after tells where the page begins.
func (sc scope) first(ctx context.Context, rd sqldb.Reader, columns string, scan func(sqldb.Row) (Line, error), parts []part, key string, desc bool, after func(q *sqldb.Query) *sqldb.Query) ([]Line, error) {
	order := key + ", r.id"
	if desc {
		order = key + " desc, r.id desc"
	}
	q := sqldb.Select("select " + columns + "\nfrom request r")
	if len(parts) == 1 {
		after(sc.narrowIn(q.Where(parts[0].cond, parts[0].args...), parts[0]))
	} else {
		ranges := make([]*sqldb.Query, len(parts))
		for i, p := range parts {
			q := sqldb.Select("select r.id as id, "+key+" as place\nfrom request r").Where(p.cond, p.args...)
			ranges[i] = after(sc.narrowIn(q, p)).OrderBy(order).Limit(sc.limit + 1)
		}
		q.InFirst("r.id", sc.limit+1, desc, ranges...)
	}
	return sqldb.AllQ(ctx, rd, scan, q.OrderBy(order).Limit(sc.limit+1))
}

// narrowIn is narrow for the rows of a part.
func (sc scope) narrowIn(q *sqldb.Query, p part) *sqldb.Query {
	sc.driven = p.driven
	return sc.narrow(q, p.seen)
}

// narrow adds the filter's conditions and what the eye may see.
func (sc scope) narrow(q *sqldb.Query, seen bool) *sqldb.Query {
	if sc.viewing {
		q.Where("r.confidential = false")
	}
	if len(sc.states) > 0 {
		q.In("r.state", sc.states)
	}
	if len(sc.units) > 0 {
		q.In(sqldb.Aside("r.unit"), sc.units)
	}
	if len(sc.providers) > 0 {
		q.In(sqldb.Aside("r.provider"), sc.providers)
	} else if sc.provider != 0 {
		q.Where(sqldb.Aside("r.provider")+" = ?", sc.provider)
	}
	if len(sc.customers) > 0 {
		q.In(sqldb.Aside("r.customer"), sc.customers)
	}
	switch {
	case sc.service != 0 && (len(sc.fields) > 0 || sc.sortBy != nil): // the plus keeps its index out: its rows are too many
		q.Where("+r.service = ?", sc.service)
	case sc.service != 0: // every range has it beside its order
		q.Where(sqldb.Aside("r.service")+" = ?", sc.service)
	}
	switch {
	case sc.assignee > 0:
		q.Where("r.assignee = ?", sc.assignee)
	case sc.assignee < 0:
		q.Where("r.assignee is null")
	}
	if sc.Mine {
		q.Where("(r.asked_by = ? or r.for_person = ?)", sc.person, sc.person)
	}
	if sc.Edge != 0 {
		q.Where("r.edge = ?", sc.Edge)
	}
	if !sc.since.IsZero() {
		q.Where("(r.opened_at >= ? or r.assignee is null)", sc.since)
	}
	switch sc.Stage {
	case "":
	case NoStage:
		q.Where("r.stage = ''")
	default:
		q.Where("r.stage = ?", sc.Stage)
	}
	sc.narrowFlow(q)
	if sc.Way != "" {
		q.Where("not r.confidential").Where("("+wayText+") = ?", sc.Way)
	}
	switch sc.Merged {
	case "yes":
		q.Where("r.merged_into is not null")
	case "no":
		q.Where("r.merged_into is null")
	case "duplicate":
		q.Where("r.merged_into is not null and r.duplicate")
	}
	sc.narrowTime(q)
	sc.narrowField(q)
	sc.narrowPlace(q)
	switch {
	case sc.number != 0:
		q.Where("r.number = ?", sc.number)
	case sc.Q != "":
		q.Where("lower(r.title) like ? escape '\\'", "%"+likeText(sc.Q)+"%")
	}
	return sc.visible(q, seen)
}

// narrowTime adds due times and outcomes of the clock that the filter reads.
func (sc scope) narrowTime(q *sqldb.Query) {
	if sc.Clock == clock.NextResponse {
		sc.narrowTurns(q)
		sc.narrowCause(q)
		return
	}
	due, is := "r.due", "r.completion_is"
	if sc.Clock == "first_response" {
		due, is = "r.response_due", "r.response_is"
	}
	if !sc.DueBefore.IsZero() { // nothing is due before it was opened: so much of a list by opened_at is left out at once
		q.Where(due+" < ?", sc.DueBefore).Where("r.opened_at < ?", sc.DueBefore)
	}
	if !sc.DueFrom.IsZero() {
		q.Where(due+" >= ?", sc.DueFrom)
	}
	sc.narrowCause(q)
	late := "(" + is + " = 'breached' or " + is + " = '' and " + running(sc.Clock) + " and " + due + " < ?)"
	switch sc.Outcome {
	case "met", "excluded":
		q.Where(is+" = ?", sc.Outcome)
	case "breached":
		q.Where(late, sc.now)
	case "pending":
		q.Where(is+" = '' and not "+late, sc.now)
	}
}

// narrowTurns keeps requests with a turn of the customer's words that is due then and came to that.
func (sc scope) narrowTurns(q *sqldb.Query) {
	if sc.DueBefore.IsZero() && sc.DueFrom.IsZero() && sc.Outcome == "" {
		return
	}
	text, args := "exists (select 1 from reply_turn t where t.request = r.id", []any{}
	if !sc.DueBefore.IsZero() {
		text, args = text+" and t.due_at < ?", append(args, sc.DueBefore)
	}
	if !sc.DueFrom.IsZero() {
		text, args = text+" and t.due_at >= ?", append(args, sc.DueFrom)
	}
	late := "(t.outcome = 'breached' or t.outcome = '' and t.ended_at is null and t.due_at < ?)"
	switch sc.Outcome {
	case "met", "excluded":
		text, args = text+" and t.outcome = ?", append(args, sc.Outcome)
	case "breached":
		text, args = text+" and "+late, append(args, sc.now)
	case "pending":
		text, args = text+" and t.outcome = '' and not "+late, append(args, sc.now)
	}
	q.Where(text+")", args...)
}

// running says in SQL that the clock counts at this moment: a breach that nobody has noticed yet is one.
func running(clock string) string {
	if clock == "first_response" {
		return "r.responded_at is null and r.closed_at is null"
	}
	if clock == "next_response" {
		return "t.ended_at is null"
	}
	return "r.state in ('new', 'working')"
}

// visible is the eye's view as a condition; lists whose ranges imply it ask nothing more of a row than these few columns.
func (sc scope) visible(q *sqldb.Query, seen bool) *sqldb.Query {
	if sc.all || seen {
		return q.Where("(r.confidential = false or "+own+")", sc.person, sc.person, sc.person)
	}
	var b strings.Builder
	var args []any
	b.WriteString("(r.confidential = false and (1 = 0")
	if len(sc.serves) > 0 {
		list := padded(sc.serves)
		marks := marksFor(len(list))
		b.WriteString(" or r.unit in (" + marks + ") or r.provider in (" + marks + ")")
		args = append(append(args, list...), list...)
	}
	if len(sc.asks) > 0 {
		list := padded(sc.asks)
		b.WriteString(" or r.customer in (" + marksFor(len(list)) + ")")
		args = append(args, list...)
	}
	if len(sc.stands) > 0 {
		list := padded(sc.stands)
		marks := marksFor(len(list))
		b.WriteString(" or r.asked_by in (" + marks + ") or r.for_person in (" + marks + ") or r.assignee in (" + marks + ")")
		args = append(append(append(args, list...), list...), list...)
	}
	b.WriteString(") or " + own + ")")
	return q.Where(b.String(), append(args, sc.person, sc.person, sc.person)...)
}

// own says in SQL that the row is the reader's own, or that a grant names the reader: on a confidential one a grant that
// makes the reader its customer or names the reader for it.
const own = `r.asked_by = ? or r.for_person = ? or exists (
	select 1
	from access_grant_v g
	where g.subject_kind = 'request' and g.subject = r.id and g.holder_kind = 1 and g.holder = ?
	and (r.confidential = false or g.why in ('asked', 'on-behalf', 'named')))`

func marksFor(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

// padded repeats the last id up to a power of two: heads of so many and so many units share few statements.
func padded(ids []int64) []any {
	out := make([]any, 0, 2*len(ids))
	for _, id := range ids {
		out = append(out, id)
	}
	for len(out)&(len(out)-1) != 0 {
		out = append(out, out[len(out)-1])
	}
	return out
}

// newest is a page of a list by opened_at, newest first.
func newest(ctx context.Context, rd sqldb.Reader, sc scope) ([]Line, error) {
	if sc.sortBy != nil {
		return byField(ctx, rd, sc, "service", sc.fieldIn)
	}
	if sc.byPlace {
		return byPlace(ctx, rd, sc, false)
	}
	sc.now = rd.Instant()
	after := func(q *sqldb.Query) *sqldb.Query {
		if sc.after == nil {
			return q
		}
		return q.Where("(r.opened_at, r.id) < (?, ?)", sc.after[0], sc.after[1])
	}
	sc, driven, err := sc.drive(ctx, rd, "service", sc.fieldIn)
	if err != nil {
		return nil, err
	}
	parts := sc.newestParts()
	if driven && !sc.Mine && sc.number == 0 {
		parts = []part{sc.drivenPart("service", sc.fieldIn, false)}
	} else if sc.spot.ID != 0 && sc.number == 0 {
		few, err := sc.fewAt(ctx, rd)
		if err != nil {
			return nil, err
		}
		if few {
			cond, args := sc.atPlace()
			parts, sc.placed = []part{{cond: cond, args: args}}, true
		}
	}
	if !driven && !sc.placed && sc.after == nil {
		if rows, whole, err := sc.newestFew(ctx, rd, after); err != nil || whole {
			return rows, err
		}
	}
	return sc.first(ctx, rd, lineColumns, scanLine, parts, "r.opened_at", true, after)
}

// thinColumns are what tells whether a request will be late: a banner that counts fetches no more.
const thinColumns = `r.id, r.service, r.provider, r.opened_at, r.response_due, r.responded_at, r.next_due, r.completion_took, r.last_at, r.reply_since, r.reply_due`

func scanThin(row sqldb.Row) (Line, error) {
	var l Line
	err := row.Scan(&l.ID, &l.Service, &l.Provider, &l.OpenedAt, &l.ResponseDue, &l.RespondedAt, &l.NextDue, &l.Took, &l.LastAt, &l.ReplySince, &l.ReplyDue)
	return l, err
}

// nextDueFirst is a page of what is open in the units that the eye serves, by next_due.
func nextDueFirst(ctx context.Context, rd sqldb.Reader, sc scope) ([]Line, error) {
	if sc.sortBy == nil && !sc.byPlace {
		return queued(ctx, rd, sc, lineColumns, scanLine)
	}
	sc, err := sc.busy(ctx, rd)
	if err != nil {
		return nil, err
	}
	if sc.byPlace {
		return byPlace(ctx, rd, sc, true)
	}
	return byField(ctx, rd, sc, "open_unit", sc.serves)
}

// queued reads the columns named of what is open, by next_due.
func queued(ctx context.Context, rd sqldb.Reader, sc scope, columns string, scan func(sqldb.Row) (Line, error)) ([]Line, error) {
	sc.now = rd.Instant()
	sc, err := sc.busy(ctx, rd)
	if err != nil {
		return nil, err
	}
	after := func(q *sqldb.Query) *sqldb.Query {
		q.Where("r.closed_at is null").Where(notAlong)
		if !sc.DueBefore.IsZero() {
			q.Where("r.next_due < ?", sc.DueBefore)
		}
		if sc.after == nil {
			return q
		}
		return q.Where("(r.next_due, r.id) > (?, ?)", sc.after[0], sc.after[1])
	}
	narrowed, driven, err := sc.drive(ctx, rd, "open_unit", sc.serves)
	if err != nil {
		return nil, err
	}
	narrowed.DueBefore = noTime // the queue's own due time is next_due
	parts := sc.queueParts()
	if driven && (sc.assignee != sc.person || sc.person == 0) {
		parts = append([]part{narrowed.drivenPart("open_unit", sc.serves, true)}, sc.handParts()...)
	}
	return narrowed.first(ctx, rd, columns, scan, parts, "r.next_due", false, after)
}

// busy leaves, to an eye that serves many units, those that hold something open: most of a large company's hold nothing.
func (sc scope) busy(ctx context.Context, rd sqldb.Reader) (scope, error) {
	if len(sc.serves) <= manyUnits {
		return sc, nil
	}
	holding, err := holdingUnits(ctx, rd)
	if err != nil {
		return sc, err
	}
	serves := sc.serves
	sc.serves = slices.DeleteFunc(holding, func(id int64) bool {
		_, served := slices.BinarySearch(serves, id)
		return !served
	})
	return sc, nil
}

// holdingUnits lists the units that hold open requests, by one step in the index from each to the next.
func holdingUnits(ctx context.Context, rd sqldb.Reader) ([]int64, error) {
	return sqldb.All(ctx, rd, scanID, `
with recursive holding (unit) as (
	select min(unit)
	from request
	where closed_at is null
	union all
	select (
		select min(r.unit)
		from request r
		where r.closed_at is null and r.unit > h.unit)
	from holding h
	where h.unit is not null)
select unit
from holding
where unit is not null`)
}

// nameRows adds the names that the lines show: one query for all of them. Who is on long leave is known without one.
func (s *Service) nameRows(ctx context.Context, rd sqldb.Reader, rows []Line) error {
	var ids []int64
	for _, l := range rows {
		ids = append(ids, l.AskedBy)
		if l.Assignee != 0 {
			ids = append(ids, l.Assignee)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	people, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (org.Person, error) {
		var p org.Person
		err := row.Scan(&p.ID, &p.No, &p.Name, &p.NameEn, &p.Active)
		return p, err
	}, sqldb.Select("select id, no, name, name_en, active from org_person_v").In("id", unique(ids)))
	if err != nil {
		return err
	}
	away, err := s.Org.AwayLong(ctx, rd)
	if err != nil {
		return err
	}
	byID := make(map[int64]org.Person, len(people))
	for _, p := range people {
		p.OnLeave = p.Active && away(p.ID)
		byID[p.ID] = p
	}
	for i := range rows {
		l := &rows[i]
		l.Asker, l.Holder = byID[l.AskedBy], byID[l.Assignee]
	}
	return nil
}

// lastServices lists the services of what the person asked for lately, newest first.
func lastServices(ctx context.Context, rd sqldb.Reader, person int64) ([]int64, error) {
	return sqldb.All(ctx, rd, scanID, `
select service
from request
where asked_by = $1
order by opened_at desc, id desc
limit 50`, person)
}

// lastServed lists the services of what the person served lately, newest first.
func lastServed(ctx context.Context, rd sqldb.Reader, person int64) ([]int64, error) {
	return sqldb.All(ctx, rd, scanID, `
select service
from request
where assignee = $1
order by opened_at desc, id desc
limit 50`, person)
}
