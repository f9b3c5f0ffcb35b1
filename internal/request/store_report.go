package request

import (
	"context"
	"strconv"
	"strings"

	"neike/internal/catalog"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/stat"
)

// attained counts what was due in the span, per key, of these services: one scan of one range per service.
func attained(ctx context.Context, rd sqldb.Reader, c cohort) ([]Attainment, error) {
	counts, _ := c.text()
	return sqldb.All(ctx, rd, func(row sqldb.Row) (Attainment, error) {
		var a Attainment
		err := row.Scan(&a.Key, &a.Provider, &a.Customer, &a.Met, &a.Breached, &a.Pending, &a.Excluded,
			&a.Renegotiated, &a.AsAgreed, &a.ByOriginal, &a.Excused, &a.Done, &a.Silent, &a.Recurred, &a.Reopened, &a.Along, &a.Duplicates, &a.Paused, &a.Took)
		return a, err
	}, counts, c.Span.From, c.Span.To, rd.Instant())
}

// spellsIn reads how long what is closed took, per key: what ended, and what was withdrawn without an end.
func spellsIn(ctx context.Context, rd sqldb.Reader, c cohort) (map[int64][]stat.Lasted, error) {
	_, spells := c.text()
	out := map[int64][]stat.Lasted{}
	err := sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var key, took int64
		var x stat.Lasted
		err := row.Scan(&key, &took, &x.Ended, &x.N)
		x.Time = float64(took)
		out[key] = append(out[key], x)
		return err
	}, spells, c.Span.From, c.Span.To)
	return out, err
}

// openSpell is a request whose clock has not ended.
type openSpell struct{ key, request int64 }

// openIn lists those due in the span whose clock has not ended, in no order.
func openIn(ctx context.Context, rd sqldb.Reader, c cohort, limit int) ([]openSpell, error) {
	due, open := "r.due", "r.closed_at is null"
	if c.Clock == "first_response" { // nothing is due before it was opened: said so, the index with response_due is taken
		due, open = "r.response_due", "r.closed_at is null and r.responded_at is null and r.opened_at < $2"
	}
	from := "request r"
	if c.Clock == "next_response" {
		from, due, open = turnsJoined, "t.due_at", "t.ended_at is null"
	}
	return sqldb.All(ctx, rd, func(row sqldb.Row) (openSpell, error) {
		var o openSpell
		err := row.Scan(&o.key, &o.request)
		return o, err
	}, `
select `+reportKeys[c.By]+`, r.id
from `+from+`
where `+open+` and r.duplicate = false and `+c.within()+` and `+due+` >= $1 and `+due+` < $2
limit $3`, c.Span.From, c.Span.To, limit)
}

// turnsJoined are the turns of the customer's words with their requests.
const turnsJoined = "reply_turn t join request r on r.id = t.request"

// reportKeys is the column that a report goes by.
var reportKeys = map[string]string{ByService: "r.service", ByUnit: "r.provider", ByEdge: "r.edge"}

// within says which cases belong to a cohort, whenever they were due. What one unit did is looked for by the unit: by service would
// be to read what all did.
func (c cohort) within() string {
	service, by := "r.service", ""
	if c.Clock == "next_response" {
		service = "t.service"
	}
	if c.providers != nil {
		by = " and r.provider in (" + numbersFor(c.providers) + ")"
		if c.Clock == "completion" {
			service = "+" + service // not by its index
		}
	}
	if c.customers != nil {
		by += " and r.customer in (" + numbersFor(c.customers) + ")"
	}
	return service + " in (" + numbersFor(c.services) + ")" + by
}

// text are the two statements of a report: what was due in [$1, $2) as of $3, and how long what is closed of it took.
func (c cohort) text() (counts, spells string) {
	clock, from, within := c.Clock, "request r", c.within()
	key, provider, customer := reportKeys[c.By], "min(r.provider)", "min(0)"
	if c.By == ByEdge {
		customer = "min(r.customer)"
	}
	due, is, took, moved := "r.due", "r.completion_is", "r.completion_took", "r.agreed > 0"
	if clock == "first_response" { // no date is agreed on for it; nothing is due before it was opened, which names the index
		within += " and r.opened_at < $2"
		due, is, took, moved = "r.response_due", "r.response_is", "r.response_took", "r.agreed < 0"
	}
	turn, own := "", "r.duplicate = false and "
	once, ended, closed := "", "r.state = 'done'", "r.closed_at is not null"
	switch clock {
	case "first_response":
		ended = "r.responded_at is not null"
	case "next_response": // each turn is a case; what is counted of requests is not counted of it
		from, once = turnsJoined, "1 = 0 and "
		due, is, took, moved, turn = "t.due_at", "t.outcome", "t.took", "r.agreed < 0", " and b.turn = t.n"
		ended, closed = "t.ended_at is not null and t.outcome in ('met', 'breached')", "t.ended_at is not null"
	}
	late := "(" + is + " = 'breached' or " + is + " = '' and " + running(clock) + " and " + due + " < $3)"
	counts = `
select ` + key + `, ` + provider + `, ` + customer + `,
	cast(sum(case when ` + is + ` = 'met' then 1 else 0 end) as bigint),
	cast(sum(case when ` + late + ` then 1 else 0 end) as bigint),
	cast(sum(case when ` + is + ` = '' and not ` + late + ` then 1 else 0 end) as bigint),
	cast(sum(case when ` + is + ` = 'excluded' then 1 else 0 end) as bigint),
	cast(sum(case when ` + moved + ` then 1 else 0 end) as bigint),
	cast(sum(case when ` + moved + ` and ` + is + ` = 'met' then 1 else 0 end) as bigint),
	cast(sum(case when ` + moved + ` and ` + is + ` in ('met', 'breached') and r.original_is = 'met' then 1 else 0 end) as bigint),
	cast(sum(case when ` + is + ` = 'breached' and exists (
		select 1 from breach_cause b where b.request = r.id and b.clock = '` + clock + `'` + turn + ` and b.excused) then 1 else 0 end) as bigint),
	cast(sum(case when ` + once + own + `r.state = 'done' then 1 else 0 end) as bigint),
	cast(sum(case when ` + once + own + `r.state = 'done' and r.silent then 1 else 0 end) as bigint),
	cast(sum(case when ` + once + own + `r.recurs > 0 then 1 else 0 end) as bigint),
	cast(sum(case when ` + once + own + `r.reopens > 0 then 1 else 0 end) as bigint),
	cast(sum(case when ` + once + own + `r.merged_into is not null then 1 else 0 end) as bigint),
	cast(sum(case when r.duplicate and ` + is + ` = 'excluded' then 1 else 0 end) as bigint),
	cast(sum(case when ` + once + own + `1 = 1 then r.paused_took else 0 end) as bigint),
	cast(sum(case when ` + once + own + `1 = 1 then r.completion_took else 0 end) as bigint)
from ` + from + `
where ` + within + ` and ` + due + ` >= $1 and ` + due + ` < $2
group by ` + key + `
order by 1
limit 20000`
	spells = `
select ` + key + `, ` + took + `, ` + ended + `, count(*)
from ` + from + `
where ` + within + ` and ` + due + ` >= $1 and ` + due + ` < $2 and ` + own + `(` + ended + ` and ` + is + ` in ('met', 'breached') or ` + closed + ` and not (` + ended + `))
group by 1, 2, 3
order by 1, 2`
	return counts, spells
}

// numbersFor writes ids of our own into a statement: a list without an end would need as many statements as lengths.
func numbersFor(ids []int64) string {
	if len(ids) == 0 {
		return "0"
	}
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = strconv.FormatInt(id, 10)
	}
	return strings.Join(texts, ", ")
}

// attainedBy counts what was due in the span for one service, and one customer unit when given. The median is that of
// what has ended.
func attainedBy(ctx context.Context, rd sqldb.Reader, service, customer int64, span Span) (Attainment, error) {
	a, err := sqldb.One(ctx, rd, func(row sqldb.Row) (Attainment, error) {
		var a Attainment
		err := row.Scan(&a.Met, &a.Breached, &a.Pending, &a.Excluded)
		return a, err
	}, `
select cast(coalesce(sum(case when completion_is = 'met' then 1 else 0 end), 0) as bigint),
	cast(coalesce(sum(case when completion_is = 'breached' or completion_is = '' and state in ('new', 'working') and due < $5 then 1 else 0 end), 0) as bigint),
	cast(coalesce(sum(case when completion_is = '' and not (state in ('new', 'working') and due < $5) then 1 else 0 end), 0) as bigint),
	cast(coalesce(sum(case when completion_is = 'excluded' then 1 else 0 end), 0) as bigint)
from request
where service = $1 and due >= $3 and due < $4 and (customer = $2 or $2 = 0)`, service, customer, span.From, span.To, rd.Instant())
	if err != nil || a.Met+a.Breached == 0 {
		return a, err
	}
	median, err := sqldb.Value[int64](ctx, rd, `
select t.took
from (
	select completion_took as took, row_number() over (order by completion_took) as place, count(*) over () as n
	from request
	where service = $1 and due >= $3 and due < $4 and (customer = $2 or $2 = 0) and state = 'done' and duplicate = false) t
where t.place = (t.n + 1) / 2`, service, customer, span.From, span.To)
	if median > 0 {
		a.Median = &median
	}
	return a, err
}

// keptOf counts by service what was due in a span: settled is what ended or is late, met what ended in time.
func keptOf(ctx context.Context, rd sqldb.Reader, services []int64, span Span) (map[int64]catalog.Kept, error) {
	out := make(map[int64]catalog.Kept, len(services))
	text, args := keptQuery(rd, services, span)
	err := sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var id, met, late int64
		err := row.Scan(&id, &met, &late)
		out[id] = catalog.Kept{Met: met, Settled: met + late}
		return err
	}, text, args...)
	return out, err
}

func keptQuery(rd sqldb.Reader, services []int64, span Span) (string, []any) {
	return sqldb.Select(`select service,
	cast(sum(case when completion_is = 'met' then 1 else 0 end) as bigint),
	cast(sum(case when completion_is = 'breached' or completion_is = '' and state in ('new', 'working') and due < ? then 1 else 0 end) as bigint)
from request`, rd.Instant()).In("service", services).Where("due >= ? and due < ?", span.From, span.To).GroupBy("service").SQL()
}

// usualBy gives the medians of what was due in the span and has ended, by service: two statements for all of them.
func usualBy(ctx context.Context, rd sqldb.Reader, services []int64, span Span) (map[int64]usualTime, error) {
	out := make(map[int64]usualTime, len(services))
	if len(services) == 0 {
		return out, nil
	}
	read := func(took, ended string, put func(u *usualTime, seconds int64)) error {
		text, args := sqldb.Select("select service, "+took+" as took, row_number() over (partition by service order by "+took+") as place, count(*) over (partition by service) as n\nfrom request").
			In("service", services).Where("due >= ? and due < ?", span.From, span.To).Where(ended).SQL()
		return sqldb.Each(ctx, rd, func(row sqldb.Row) error {
			var id, seconds int64
			err := row.Scan(&id, &seconds)
			u := out[id]
			put(&u, seconds)
			out[id] = u
			return err
		}, `
select t.service, t.took
from (
`+text+`) t
where t.place = (t.n + 1) / 2`, args...)
	}
	if err := read("completion_took", "state = 'done' and duplicate = false", func(u *usualTime, seconds int64) { u.completion = seconds }); err != nil {
		return nil, err
	}
	return out, read("response_took", "responded_at is not null and duplicate = false", func(u *usualTime, seconds int64) { u.response = seconds })
}

// firstTime looks at no more than the newest 20 000.
func firstTime(ctx context.Context, rd sqldb.Reader, service int64, span Span) (FirstTime, error) {
	return sqldb.One(ctx, rd, func(row sqldb.Row) (f FirstTime, err error) { return f, row.Scan(&f.Done, &f.Right) }, `
select count(*), cast(coalesce(sum(case when t.returns = 0 and t.reopens = 0 and t.recurs = 0 then 1 else 0 end), 0) as bigint)
from (
	select r.returns, r.reopens, r.recurs
	from request r
	where r.service = $1 and r.due >= $2 and r.due < $3 and r.state = 'done' and r.duplicate = false
	order by r.due desc
	limit 20000) t`, service, span.From, span.To)
}
