package review

import (
	"context"

	"neike/internal/kit/sqldb"
	"neike/internal/request"
)

// scope is which cases a reader may know of.
type scope struct {
	all   bool
	me    int64
	units []int64 // whose edges the reader sees: there, only what is finished
}

// Filter narrows a list of cases.
type Filter struct {
	State    State  // "": all that were drawn
	Mine     bool   // what the reader judges or judged
	Service  string // code
	Provider string
	Customer string
	Result   Verdict
	Span     request.Span // of the acceptance; zero ends are open
	Before   []int64      // accepted_at and id of the last row of the page before
	Limit    int
}

// narrowed are the ids of a filter.
type narrowed struct {
	Filter
	service, provider, customer int64
}

// officeOwes are the cases in which a place of the quality office is free.
const officeOwes = `state = 'split'
	or state = 'open' and asker = 0 and not exists (select 1 from review_judgement j where j.review = review_case.id and j.place = 1)
	or state = 'open' and twice and not exists (select 1 from review_judgement j where j.review = review_case.id and j.place = 2)`

func listCases(ctx context.Context, rd sqldb.Reader, sc scope, f narrowed) ([]Case, error) {
	q := sqldb.Select("select " + caseColumns + "\nfrom review_case")
	if f.State != "" {
		q.Where("state = ?", string(f.State))
	} else {
		q.Where("state in ('open', 'split', 'done', 'lapsed', 'dropped')")
	}
	const own = "id in (select id from review_case where asker = ? and asker <> 0 union select review from review_judgement where person = ?)"
	switch {
	case f.Mine && sc.all:
		q.Where(own+" or served_by <> ? and ("+officeOwes+")", sc.me, sc.me, sc.me)
	case f.Mine:
		q.Where(own, sc.me, sc.me)
	case sc.all:
	case len(sc.units) == 0:
		q.Where(own, sc.me, sc.me)
	default:
		units := idList(sc.units)
		q.Where(own+" or state = 'done' and (provider in ("+units+") or customer in ("+units+"))", sc.me, sc.me)
	}
	for _, x := range []struct {
		column string
		id     int64
	}{{"service", f.service}, {"provider", f.provider}, {"customer", f.customer}} {
		if x.id != 0 {
			q.Where(x.column+" = ?", x.id)
		}
	}
	if f.Result != "" {
		q.Where("result = ?", string(f.Result))
	}
	span(q, f.Span)
	if len(f.Before) == 2 {
		q.Where("accepted_at < ? or accepted_at = ? and id < ?", f.Before[0], f.Before[0], f.Before[1])
	}
	return sqldb.AllQ(ctx, rd, scanCase, q.OrderBy("accepted_at desc, id desc").Limit(f.Limit))
}

func span(q *sqldb.Query, s request.Span) {
	if !s.From.IsZero() {
		q.Where("accepted_at >= ?", s.From)
	}
	if !s.To.IsZero() {
		q.Where("accepted_at < ?", s.To)
	}
}

// counted is a row of counts by state and result.
type counted struct {
	Key, Provider, Customer int64
	Service                 int64
	State                   State
	Result                  Verdict
	N                       int64
}

func keyOf(by string) string {
	switch by {
	case request.ByUnit:
		return "provider"
	case request.ByEdge:
		return "edge"
	}
	return "service"
}

// countCases counts every acceptance in a span by key, service, state and result; service 0: all.
func countCases(ctx context.Context, rd sqldb.Reader, by string, s request.Span, service int64) ([]counted, error) {
	key := keyOf(by)
	q := sqldb.Select("select c."+key+", max(c.provider), max(c.customer), c.service, c.state, c.result, count(*)\nfrom review_case c").
		Where("c.accepted_at >= ? and c.accepted_at < ?", s.From, s.To)
	if service != 0 {
		q.Where("c.service = ?", service)
	}
	cols := "c." + key + ", c.service, c.state, c.result"
	if key == "service" {
		cols = "c.service, c.state, c.result"
	}
	return sqldb.AllQ(ctx, rd, func(row sqldb.Row) (c counted, err error) {
		var state, result string
		err = row.Scan(&c.Key, &c.Provider, &c.Customer, &c.Service, &state, &result, &c.N)
		c.State, c.Result = State(state), Verdict(result)
		return c, err
	}, q.GroupBy(cols).OrderBy("1").Limit(50000))
}

// pair is how often two judges of the same case said what.
type pair struct {
	Key           int64
	First, Second Verdict
	N             int64
}

func countPairs(ctx context.Context, rd sqldb.Reader, by string, s request.Span, service int64) ([]pair, error) {
	key := "c." + keyOf(by)
	q := sqldb.Select("select "+key+`, a.verdict, b.verdict, count(*)
from review_case c
join review_judgement a on a.review = c.id and a.place = 1
join review_judgement b on b.review = c.id and b.place = 2`).
		Where("c.accepted_at >= ? and c.accepted_at < ?", s.From, s.To).Where("c.state in ('done', 'split')")
	if service != 0 {
		q.Where("c.service = ?", service)
	}
	return sqldb.AllQ(ctx, rd, func(row sqldb.Row) (p pair, err error) {
		var first, second string
		err = row.Scan(&p.Key, &first, &second, &p.N)
		p.First, p.Second = Verdict(first), Verdict(second)
		return p, err
	}, q.GroupBy(key+", a.verdict, b.verdict").OrderBy("1").Limit(50000))
}

// openAsked are the open cases that somebody is to judge and has not, in order of id.
func openAsked(ctx context.Context, rd sqldb.Reader, person, after int64, limit int) ([]Case, error) {
	return sqldb.All(ctx, rd, scanCase, `
select `+caseColumns+`
from review_case
where asker = $1 and asker <> 0 and state = 'open' and id > $2
  and not exists (select 1 from review_judgement j where j.review = review_case.id and j.person = $1)
order by id
limit $3`, person, after, limit)
}

func countAsked(ctx context.Context, rd sqldb.Reader, person int64, most int) (int, error) {
	list, err := openAsked(ctx, rd, person, 0, most)
	return len(list), err
}

// judgedIn counts what has a result, by month and edge.
func judgedIn(ctx context.Context, rd sqldb.Reader, from, to int64) ([]Judged, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (j Judged, err error) {
		return j, row.Scan(&j.Month, &j.Provider, &j.Customer, &j.Correct, &j.N)
	}, `
select in_month, provider, customer, sum(case when result = 'correct' then 1 else 0 end), count(*)
from review_case
where in_month between $1 and $2 and result <> ''
group by in_month, provider, customer
order by in_month, provider, customer`, from, to)
}
