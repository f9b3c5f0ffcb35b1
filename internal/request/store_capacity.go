package request

import (
	"cmp"
	"context"
	"time"

	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
)

// narrowFlow adds what a filter says of whose services they are, of when requests came and were accepted, and through whose hands they went.
func (sc scope) narrowFlow(q *sqldb.Query) {
	if sc.services != nil {
		q.In(sqldb.Aside("r.service"), sc.services)
	}
	for _, x := range []struct {
		column string
		span   Span
	}{{"r.opened_at", sc.Opened}, {"r.done_at", sc.Done}} {
		if !x.span.From.IsZero() {
			q.Where(x.column+" >= ?", x.span.From)
		}
		if !x.span.To.IsZero() {
			q.Where(x.column+" < ?", x.span.To)
		}
	}
	if sc.via != 0 {
		q.Where("r.provider <> ?", sc.via).
			Where("(exists (select 1 from hop h where h.request = r.id and h.unit = ?) or r.parts > 0 and exists (select 1 from request c where c.parent = r.id and c.provider = ?))", sc.via, sc.via)
	}
}

// seenByService counts what a scope lists of what is open, by service.
func (sc scope) seenByService(ctx context.Context, rd sqldb.Reader) (map[int64]int, error) {
	out := map[int64]int{}
	_, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (service int64, err error) {
		var n int
		err = row.Scan(&service, &n)
		out[service] = n
		return service, err
	}, sc.narrow(sqldb.Select("select r.service, count(*)\nfrom request r").Where("r.closed_at is null"), false).GroupBy("r.service"))
	return out, err
}

// countOf counts what a scope lists; all: also what the reader may not see.
func (sc scope) countOf(ctx context.Context, rd sqldb.Reader, all bool) (int, error) {
	if all {
		sc.eye = eye{person: sc.person, all: true}
	}
	q := sqldb.Select("select count(*)\nfrom request r").In("r.service", sc.services) // by their index: narrow has them beside the order of a list
	if len(sc.states) > 0 {
		q.Where("r.closed_at is null")
	}
	if !sc.Opened.From.IsZero() {
		q.Where("(r.due >= ? or r.due is null)", sc.Opened.From)
	}
	if all {
		sc.narrowAll(q)
	} else {
		sc.narrow(q, false)
	}
	list, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (n int, err error) { return n, row.Scan(&n) }, q)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	return list[0], nil
}

// narrowAll is narrow without the reader's eye, for the scopes of capacity.
func (sc scope) narrowAll(q *sqldb.Query) {
	if len(sc.states) > 0 {
		q.In("r.state", sc.states)
	}
	if len(sc.customers) > 0 {
		q.In(sqldb.Aside("r.customer"), sc.customers)
	}
	if sc.Merged == "no" {
		q.Where("r.merged_into is null")
	}
	sc.narrowFlow(q)
}

// doneBy counts what was accepted of services in weeks since 1970, from one on.
func doneBy(ctx context.Context, rd sqldb.Reader, week int64) (map[int64]map[int64]int64, error) {
	out := map[int64]map[int64]int64{}
	_, err := sqldb.All(ctx, rd, func(row sqldb.Row) (service int64, err error) {
		var w, n int64
		if err = row.Scan(&service, &w, &n); err == nil {
			if out[service] == nil {
				out[service] = map[int64]int64{}
			}
			out[service][w] = n
		}
		return service, err
	}, `
select service, week, cast(sum(n) as bigint)
from request_took
where week >= $1
group by service, week`, week)
	return out, err
}

// cameTo counts what was asked of services in weeks since 1970. What was opened then is due then or later, or at no time.
func cameTo(ctx context.Context, rd sqldb.Reader, services []int64, since time.Time) (map[int64]int64, error) {
	out := map[int64]int64{}
	_, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (week int64, err error) {
		var n int64
		err = row.Scan(&week, &n)
		out[week] = n
		return week, err
	}, sqldb.Select("select r.opened_at / 604800000, count(*)\nfrom request r").In("r.service", services).
		Where("(r.due >= ? or r.due is null)", since).Where("r.opened_at >= ?", since).GroupBy("r.opened_at / 604800000"))
	return out, err
}

// openOf is what is open of services in all.
func openOf(ctx context.Context, rd sqldb.Reader) (map[int64]int, error) {
	out := map[int64]int{}
	_, err := sqldb.All(ctx, rd, func(row sqldb.Row) (service int64, err error) {
		var n int
		err = row.Scan(&service, &n)
		out[service] = n
		return service, err
	}, `
select subject, cast(sum(fresh + taken) as bigint)
from request_load
where kind = 1
group by subject`)
	return out, err
}

// held is how long a unit had requests, or parts of them, that another unit promised.
type held struct {
	unit int64
	n    int64 // requests
	ms   int64
}

// heldOf is how long a unit had one request, or parts of it, that another unit promised.
type heldOf struct{ request, service, customer, unit, ms int64 }

// heldElsewhere adds up how long other units had requests of the services, or parts of them, the longest first: of those opened since, of all
// customers or of some. Elapsed time, which every unit has alike.
func heldElsewhere(ctx context.Context, rd sqldb.Reader, services, customers []int64, since time.Time) ([]held, error) {
	list, err := heldEach(ctx, rd, services, customers, since)
	return heldByUnit(list), err
}

// heldByUnit adds up what units had, the longest first. A request that a unit had and a part of it are one.
func heldByUnit(list []heldOf) []held {
	byUnit, seen := map[int64]*held{}, map[[2]int64]bool{}
	for _, x := range list {
		h := byUnit[x.unit]
		if h == nil {
			h = &held{unit: x.unit}
			byUnit[x.unit] = h
		}
		if key := [2]int64{x.request, x.unit}; !seen[key] {
			seen[key] = true
			h.n++
		}
		h.ms += x.ms
	}
	out := make([]held, 0, len(byUnit))
	for _, h := range byUnit {
		out = append(out, *h)
	}
	sorting.By(out, func(a, b held) int { return cmp.Or(cmp.Compare(b.ms, a.ms), cmp.Compare(a.unit, b.unit)) })
	return out
}

// heldEach is heldElsewhere by request.
func heldEach(ctx context.Context, rd sqldb.Reader, services, customers []int64, since time.Time) ([]heldOf, error) {
	now := rd.Instant()
	count := func(text string, args ...any) *sqldb.Query {
		q := sqldb.Select(text, args...).In("r.service", services).Where("(r.due >= ? or r.due is null)", since).Where("r.opened_at >= ?", since)
		if len(customers) > 0 {
			q.In(sqldb.Aside("r.customer"), customers)
		}
		return q
	}
	scan := func(row sqldb.Row) (x heldOf, err error) {
		err = row.Scan(&x.request, &x.service, &x.customer, &x.unit, &x.ms)
		x.ms = max(x.ms, 0)
		return x, err
	}
	var out []heldOf
	for _, q := range []*sqldb.Query{
		count("select r.id, r.service, r.customer, h.unit, cast(sum(coalesce(h.to_at, r.delivered_at, r.closed_at, ?) - h.from_at) as bigint)\nfrom request r\njoin hop h on h.request = r.id and h.unit <> r.provider", now).
			Where("r.hops > 1").GroupBy("r.id, r.service, r.customer, h.unit"),
		count("select r.id, r.service, r.customer, c.provider, cast(sum(coalesce(c.delivered_at, c.closed_at, ?) - c.opened_at) as bigint)\nfrom request r\njoin request c on c.parent = r.id and c.provider <> r.provider", now).
			Where("r.parts > 0").GroupBy("r.id, r.service, r.customer, c.provider"),
	} {
		list, err := sqldb.AllQ(ctx, rd, scan, q)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// spentFor is how long requests of a service took that a unit asked for.
type spentFor struct{ service, customer, ms int64 }

// spentEach is spent by service and customer.
func spentEach(ctx context.Context, rd sqldb.Reader, services, customers []int64, since time.Time) ([]spentFor, error) {
	return sqldb.AllQ(ctx, rd, func(row sqldb.Row) (x spentFor, err error) { return x, row.Scan(&x.service, &x.customer, &x.ms) },
		sqldb.Select("select r.service, r.customer, cast(coalesce(sum(coalesce(r.delivered_at, r.closed_at, ?) - r.opened_at), 0) as bigint)\nfrom request r", rd.Instant()).
			In("r.service", services).In(sqldb.Aside("r.customer"), customers).Where("(r.due >= ? or r.due is null)", since).Where("r.opened_at >= ?", since).GroupBy("r.service, r.customer"))
}

// spent is how long requests of the services took from asking to delivery, or until now, in all.
func spent(ctx context.Context, rd sqldb.Reader, services, customers []int64, since time.Time) (held, error) {
	q := sqldb.Select("select count(*), cast(coalesce(sum(coalesce(r.delivered_at, r.closed_at, ?) - r.opened_at), 0) as bigint)\nfrom request r", rd.Instant()).
		In("r.service", services).Where("(r.due >= ? or r.due is null)", since).Where("r.opened_at >= ?", since)
	if len(customers) > 0 {
		q.In(sqldb.Aside("r.customer"), customers)
	}
	list, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (h held, err error) { return h, row.Scan(&h.n, &h.ms) }, q)
	if err != nil || len(list) == 0 {
		return held{}, err
	}
	return list[0], nil
}
