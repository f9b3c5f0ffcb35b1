package request

import (
	"cmp"
	"context"
	"math"
	"net/url"
	"slices"
	"sync"
	"time"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/relation"
)

const week = 7 * 24 * time.Hour

// Counted is a number and the list of what it counts.
type Counted struct {
	N, Hidden int // Hidden: of N, what the list leaves out because the reader may not see it
	query     url.Values
}

// Href is the list as a page, API the same by API.
func (c Counted) Href() string { return pageOf(c.query) }

// pageOf is the page of everything that a query lists for its reader.
func pageOf(q url.Values) string { return "/requests?view=all&" + q.Encode() }

// API is the list by API.
func (c Counted) API() string { return "/api/v1/requests?" + c.query.Encode() }

// Capacity is what the services of a unit, and of those below it, have in hand against what gets done.
type Capacity struct {
	Unit org.Unit
	Open Counted
	capacity
	Ages   []Counted // asked within a week, within four, before
	Weeks  []CapacityWeek
	Waits  []Upstream
	Since  time.Time
	Opened int64 // requests opened since
}

// CapacityWeek is a whole week: weeks end as this moment's week does.
type CapacityWeek struct {
	From       time.Time
	Came, Done int64
	came, done url.Values
}

// Upstream is another unit that had the unit's requests, or parts of them, in hand.
type Upstream struct {
	Unit  org.Unit
	Cases Counted
	Time  time.Duration // elapsed, all requests together
	Share float64       // of the time that all requests of the period took
}

// picture of what gets done, kept for a moment: weeks that are over hardly change.
type donePicture struct {
	mu   sync.Mutex
	at   time.Time
	week int64
	done map[int64]map[int64]int64
}

const donePictureLasts = 10 * time.Second

// doneWeeks is what was accepted by service and week, of the last whole weeks.
func (s *Service) doneWeeks(ctx context.Context, rd sqldb.Reader) (map[int64]map[int64]int64, int64, error) {
	now := rd.Instant()
	this := weekOf(now)
	s.doneBy.mu.Lock()
	defer s.doneBy.mu.Unlock()
	if age := now.Sub(s.doneBy.at); s.doneBy.done != nil && s.doneBy.week == this && age >= 0 && age < donePictureLasts {
		return s.doneBy.done, this, nil
	}
	done, err := doneBy(ctx, rd, this-capacityWeeks)
	if err != nil {
		return nil, this, err
	}
	s.doneBy.at, s.doneBy.week, s.doneBy.done = now, this, done
	return done, this, nil
}

// mayCapacity is the unit of a code, for who may see what it has in hand and gets done.
func (s *Service) mayCapacity(ctx context.Context) func(org.ID) bool {
	who := actor.From(ctx)
	return func(unit org.ID) bool {
		if who.System {
			return true
		}
		set, err := s.Access.Towards(ctx, who, unit)
		return err == nil && access.May("request.capacity", set, false)
	}
}

// servicesUnder are the services of a unit and of those below it.
func (s *Service) servicesUnder(ctx context.Context, tree *org.Tree, unit org.ID) ([]int64, error) {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	var out []int64
	for _, x := range snap.All() {
		if tree.Under(x.Unit, unit) {
			out = append(out, x.ID)
		}
	}
	return out, nil
}

// aimOffered finds the services that a filter means by their unit.
func (s *Service) aimOffered(ctx context.Context, sc *scope, tree *org.Tree, bad *fault.Fields) (err error) {
	id := unitOf(tree, sc.OfferedBy, "offered_by", bad)
	if id == 0 {
		return nil
	}
	if sc.services, err = s.servicesUnder(ctx, tree, id); len(sc.services) == 0 {
		sc.services = []int64{0}
	}
	return err
}

// Capacities are the units that the reader may see and that offer something, those with most weeks of work first; who cannot tell comes
// last, in the order of the tree.
func (s *Service) Capacities(ctx context.Context) ([]Capacity, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	sc, _, err := s.scopeOf(ctx, Filter{State: InHandWord, Merged: "no"})
	if err != nil {
		return nil, err
	}
	may := s.mayCapacity(ctx)
	at := map[org.ID]int{}
	var out []Capacity
	var flows [][]flow
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		done, this, err := s.doneWeeks(ctx, rd)
		if err != nil {
			return err
		}
		open, err := openOf(ctx, rd)
		if err != nil {
			return err
		}
		sc.now = rd.Instant()
		seen, err := sc.seenByService(ctx, rd)
		if err != nil {
			return err
		}
		out, flows = nil, nil
		for _, u := range tree.All() {
			if u.Level == org.Department && may(u.ID) {
				at[u.ID] = len(out)
				out, flows = append(out, Capacity{Unit: u, Open: Counted{query: inHandQuery(u)}}), append(flows, make([]flow, capacityWeeks))
			}
		}
		offers := make([]bool, len(out))
		for _, x := range snap.All() {
			i, known := at[tree.At(org.Department, x.Unit)]
			if !known {
				continue
			}
			offers[i] = true
			out[i].Open.N += open[x.ID]
			out[i].Open.Hidden += open[x.ID] - seen[x.ID]
			for w := range flows[i] {
				flows[i][w].done += done[x.ID][this-capacityWeeks+int64(w)]
			}
		}
		for i := range out {
			out[i].capacity = capacityOf(out[i].Open.N, flows[i], false)
			if !offers[i] || out[i].Open.N == 0 && out[i].Done == 0 {
				out[i].Unit = org.Unit{}
			}
		}
		return nil
	})
	out = slices.DeleteFunc(out, func(c Capacity) bool { return c.Unit.ID == 0 })
	sorting.Stable(out, func(a, b Capacity) int { return cmp.Compare(placeOf(b), placeOf(a)) })
	return out, err
}

// inHandQuery lists what the services of a unit, and of those below it, have in hand.
func inHandQuery(u org.Unit) url.Values {
	return url.Values{"offered_by": {u.Code}, "state": {InHandWord}, "merged": {"no"}}
}

func placeOf(c Capacity) float64 {
	if !c.tells() {
		return math.Inf(-1)
	}
	return c.Load
}

// Capacity is one unit. Errors: ErrNotFound for a unit that is not there or not the reader's.
func (s *Service) Capacity(ctx context.Context, code string) (Capacity, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return Capacity{}, err
	}
	u, ok := tree.ByCode(code)
	if !ok || !s.mayCapacity(ctx)(u.ID) {
		return Capacity{}, fault.ErrNotFound
	}
	c := Capacity{Unit: u}
	base := Filter{OfferedBy: code, State: InHandWord, Merged: "no"}
	sc, _, err := s.scopeOf(ctx, base)
	if err != nil {
		return c, err
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		now := rd.Instant()
		sc.now = now
		query := func(more ...string) url.Values {
			q := url.Values{"offered_by": {code}}
			for i := 0; i < len(more); i += 2 {
				q.Set(more[i], more[i+1])
			}
			return q
		}
		inHand := []string{"state", InHandWord, "merged", "no"}
		if c.Open, err = countBoth(ctx, rd, sc, query(inHand...)); err != nil {
			return err
		}
		minute := now.Truncate(time.Minute)
		bounds := []time.Time{{}, minute.Add(-4 * week), minute.Add(-week), {}}
		c.Ages = nil
		for i := 3; i > 0; i-- {
			aged := sc
			aged.Opened = Span{bounds[i-1], bounds[i]}
			more := slices.Clone(inHand)
			if !bounds[i-1].IsZero() {
				more = append(more, "opened_from", bounds[i-1].Format(time.RFC3339))
			}
			if !bounds[i].IsZero() {
				more = append(more, "opened_before", bounds[i].Format(time.RFC3339))
			}
			n, err := countBoth(ctx, rd, aged, query(more...))
			if err != nil {
				return err
			}
			c.Ages = append(c.Ages, n)
		}
		return s.fillCapacity(ctx, rd, &c, tree, sc, query)
	})
	return c, err
}

// inHandNow counts what a scope lists, in a reading of its own.
func (s *Service) inHandNow(ctx context.Context, sc scope) (n Counted, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		sc.now = rd.Instant()
		n, err = countBoth(ctx, rd, sc, nil)
		return err
	})
	return n, err
}

// countBoth counts what a scope lists, and what it leaves out.
func countBoth(ctx context.Context, rd sqldb.Reader, sc scope, q url.Values) (Counted, error) {
	all, err := sc.countOf(ctx, rd, true)
	if err != nil {
		return Counted{}, err
	}
	seen, err := sc.countOf(ctx, rd, false)
	return Counted{N: all, Hidden: all - seen, query: q}, err
}

// fillCapacity reads the weeks, and who else had the unit's work.
func (s *Service) fillCapacity(ctx context.Context, rd sqldb.Reader, c *Capacity, tree *org.Tree, sc scope, query func(...string) url.Values) error {
	done, this, err := s.doneWeeks(ctx, rd)
	if err != nil {
		return err
	}
	moment := func(w int64) time.Time { return time.UnixMilli(w * week.Milliseconds()).UTC() }
	c.Since = moment(this - capacityWeeks)
	came, err := cameTo(ctx, rd, sc.services, c.Since)
	if err != nil {
		return err
	}
	c.Weeks = nil
	flows := make([]flow, capacityWeeks)
	for i := range flows {
		w := this - capacityWeeks + int64(i)
		flows[i].came = came[w]
		for _, id := range sc.services {
			flows[i].done += done[id][w]
		}
		from, to := moment(w).Format(time.RFC3339), moment(w+1).Format(time.RFC3339)
		c.Weeks = append(c.Weeks, CapacityWeek{From: moment(w), Came: flows[i].came, Done: flows[i].done,
			came: query("opened_from", from, "opened_before", to), done: query("state", string(StateDone), "done_from", from, "done_before", to)})
	}
	slices.Reverse(c.Weeks)
	c.capacity = capacityOf(c.Open.N, flows, true)
	waits, all, err := s.upstream(ctx, rd, tree, c.Unit.ID, sc, nil, c.Since, query)
	c.Waits, c.Opened = waits, all
	return err
}

// upstream is who else than the own unit, and those below it, had the work of the scope's services in hand, the longest first, of requests of
// all customers or of some.
func (s *Service) upstream(ctx context.Context, rd sqldb.Reader, tree *org.Tree, own org.ID, sc scope, customers []int64, since time.Time, query func(...string) url.Values) ([]Upstream, int64, error) {
	list, err := heldElsewhere(ctx, rd, sc.services, customers, since)
	if err != nil {
		return nil, 0, err
	}
	all, err := spent(ctx, rd, sc.services, customers, since)
	if err != nil {
		return nil, 0, err
	}
	var out []Upstream
	for _, h := range list {
		u, known := tree.ByID(h.unit)
		if !known || tree.Under(h.unit, own) {
			continue
		}
		if len(out) == upstreamMost {
			break
		}
		x := Upstream{Unit: u, Time: time.Duration(h.ms) * time.Millisecond}
		if all.ms > 0 {
			x.Share = float64(h.ms) / float64(all.ms)
		}
		through := sc
		through.Filter, through.states, through.customers, through.via = Filter{Opened: Span{From: since}}, nil, customers, h.unit
		if x.Cases, err = countBoth(ctx, rd, through, query("via", u.Code, "opened_from", since.Format(time.RFC3339))); err != nil {
			return nil, 0, err
		}
		out = append(out, x)
	}
	return out, all.n, nil
}

// upstreamMost is how many other units a page names.
const upstreamMost = 12

// waitsFor is whom the requests of an edge waited for in the last weeks.
func (s *Service) waitsFor(ctx context.Context, provider, customer org.Unit) ([]Upstream, int64, error) {
	sc, tree, err := s.scopeOf(ctx, Filter{OfferedBy: provider.Code, Customer: customer.Code})
	if err != nil {
		return nil, 0, err
	}
	var out []Upstream
	var n int64
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		sc.now = rd.Instant()
		since := time.UnixMilli((weekOf(sc.now) - capacityWeeks) * week.Milliseconds()).UTC()
		out, n, err = s.upstream(ctx, rd, tree, provider.ID, sc, sc.customers, since, func(more ...string) url.Values {
			q := url.Values{"offered_by": {provider.Code}, "customer": {customer.Code}}
			for i := 0; i < len(more); i += 2 {
				q.Set(more[i], more[i+1])
			}
			return q
		})
		return err
	})
	return out, n, err
}

// delaysOf fills the slot of what edges wait for: the unit that had most of it, where it is a tenth of the time or more and few cases
// do not speak. All edges are read at once.
func (s *Service) delaysOf(ctx context.Context, _ relation.Period, pairs [][2]org.Unit) (map[[2]org.ID]relation.Delay, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	edges := make([]edgeWork, len(pairs))
	var services, customers []int64
	for i, p := range pairs {
		if edges[i].services, err = s.servicesUnder(ctx, tree, p[0].ID); err != nil {
			return nil, err
		}
		edges[i].customers = tree.Descendants(p[1].ID)
		services, customers = append(services, edges[i].services...), append(customers, edges[i].customers...)
	}
	services, customers = unique(services), unique(customers)
	if len(services) == 0 || len(customers) == 0 {
		return nil, nil
	}
	var elsewhere []heldOf
	var all []spentFor
	var since time.Time
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		since = time.UnixMilli((weekOf(rd.Instant()) - capacityWeeks) * week.Milliseconds()).UTC()
		if elsewhere, err = heldEach(ctx, rd, services, customers, since); err != nil || len(elsewhere) == 0 {
			return err
		}
		all, err = spentEach(ctx, rd, services, customers, since)
		return err
	})
	out := map[[2]org.ID]relation.Delay{}
	for i, p := range pairs {
		if d, ok := edges[i].delay(tree, p[0].ID, elsewhere, all); ok && d.Share >= 0.1 && d.N >= relation.Few {
			via, _ := tree.ByID(d.Unit)
			d.List = pageOf(url.Values{"offered_by": {p[0].Code}, "customer": {p[1].Code}, "via": {via.Code}, "opened_from": {since.Format(time.RFC3339)}})
			out[[2]org.ID{p[0].ID, p[1].ID}] = d
		}
	}
	return out, err
}

// edgeWork are the services of an edge, and the units that ask for them.
type edgeWork struct{ services, customers []int64 }

func (e edgeWork) has(service, customer int64) bool {
	return slices.Contains(e.services, service) && slices.Contains(e.customers, customer)
}

// delay is the unit, outside the own one, that had most of the edge's work; ok is false where nobody else had any.
func (e edgeWork) delay(tree *org.Tree, own org.ID, elsewhere []heldOf, all []spentFor) (d relation.Delay, ok bool) {
	var mine []heldOf
	for _, h := range elsewhere {
		if _, known := tree.ByID(h.unit); known && !tree.Under(h.unit, own) && e.has(h.service, h.customer) {
			mine = append(mine, h)
		}
	}
	var total int64
	for _, x := range all {
		if e.has(x.service, x.customer) {
			total += x.ms
		}
	}
	list := heldByUnit(mine)
	if len(list) == 0 || total <= 0 {
		return d, false
	}
	return relation.Delay{Unit: list[0].unit, Share: float64(list[0].ms) / float64(total), N: list[0].n}, true
}
