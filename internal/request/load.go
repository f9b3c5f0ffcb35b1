package request

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"neike/internal/access"
	"neike/internal/catalog"
	"neike/internal/kit/fault"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
)

// countHands keeps the work in hand, and how long services take, with what a verb changed.
func (s *Service) countHands(ctx context.Context, tx *sqldb.Tx, was, r Request) error {
	if err := addHands(ctx, tx, r.ID, handsMoved(was, r)); err != nil {
		return err
	}
	return addTook(ctx, tx, tookMoved(was, r))
}

// tookFor is how long it is remembered how long services take: one more case hardly moves a median. Of so few that it is not
// told, as before a history is imported, the count itself is told: it is looked at again soon.
const (
	tookFor    = 10 * time.Minute
	tookForFew = 10 * time.Second
)

// fresh says whether what is remembered still holds.
func (t tookTime) fresh(now time.Time) bool {
	most := tookFor
	if t.n < tellMost {
		most = tookForFew
	}
	return now.Sub(t.at) < most && !now.Before(t.at)
}

// tookTimes remembers how long services take.
type tookTimes struct {
	mu   sync.Mutex
	list map[int64]tookTime
}

type tookTime struct {
	n, median, p90 int64
	at             time.Time
}

// tooks is how long services take, counted anew where that is too long ago.
func (s *Service) tooks(ctx context.Context, rd sqldb.Reader, services []int64) (map[int64]tookTime, error) {
	now := rd.Instant()
	out := make(map[int64]tookTime, len(services))
	var missing []int64
	s.times.mu.Lock()
	for _, id := range services {
		if t, ok := s.times.list[id]; ok && t.fresh(now) {
			out[id] = t
		} else {
			missing = append(missing, id)
		}
	}
	s.times.mu.Unlock()
	if len(missing) == 0 {
		return out, nil
	}
	counts, err := tooksOf(ctx, rd, missing, weekOf(now)-tookWeeks)
	if err != nil {
		return nil, err
	}
	s.times.mu.Lock()
	defer s.times.mu.Unlock()
	if s.times.list == nil {
		s.times.list = map[int64]tookTime{}
	}
	for _, id := range missing {
		t := tookTime{at: now}
		t.n, t.median, t.p90 = usually(counts[id])
		s.times.list[id], out[id] = t, t
	}
	return out, nil
}

// loads fills the slot of the catalogue: what is in hand of services, and what that means for a request that is sent now.
func (s *Service) loads(ctx context.Context, services []*catalog.Service) (map[catalog.ID]catalog.Load, error) {
	out := make(map[catalog.ID]catalog.Load, len(services))
	var ids, units []int64
	for _, x := range services {
		ids, units = append(ids, x.ID), append(units, x.Unit)
	}
	units = unique(units)
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		hands, err := inHandOf(ctx, rd, handsOfService, ids)
		if err != nil {
			return err
		}
		tooks, err := s.tooks(ctx, rd, ids)
		if err != nil {
			return err
		}
		limits, err := limitsOfUnits(ctx, rd, units)
		if err != nil {
			return err
		}
		bounded := slices.DeleteFunc(units, func(u int64) bool { return limits[u].Work == 0 })
		all, err := inHandOf(ctx, rd, handsOfUnit, bounded)
		for _, x := range services {
			t := tooks[x.ID]
			l := loadOf(limitOf(x.Policy), hands[x.ID], limits[x.Unit].limit(), all[x.Unit])
			l.N, l.Median, l.P90 = t.n, t.median, t.p90
			out[x.ID] = l
		}
		return err
	})
	return out, err
}

// limitOf is the limit of a service.
func limitOf(p catalog.Policy) limit { return limit{p.WorkLimit, p.WhenFull} }

// loadOf is what a request that is sent now meets: the limit of the service, and that of its unit over all services.
func loadOf(own limit, hands inHand, whole limit, all inHand) catalog.Load {
	l := catalog.Load{Open: hands.open(), Waiting: hands.fresh, Limit: own.most}
	l.Full = own.full(hands) || whole.full(all)
	l.Refuses = own.refuses(hands) || whole.refuses(all)
	if l.Full {
		l.Place = max(own.place(hands, hands.fresh), whole.place(all, all.fresh))
	}
	return l
}

// admit refuses what is asked of hands that are full, where the service or its unit says so. Of two who ask for the last
// place at once exactly one gets it. What is urgent within its unit's share, what the quality office asks, what repeats
// a request that was not right, what an agent writes down and what an import brings is taken all the same.
func (s *Service) admit(ctx context.Context, tx *sqldb.Tx, o *order) error {
	r := &o.request
	if r.Imported || o.logged != nil || r.AgainOf != 0 || r.Priority == Urgent || o.asker.Has("quality") {
		return nil
	}
	limits, err := limitsOf(ctx, tx, r.Unit)
	if err != nil {
		return err
	}
	for _, g := range gates(r.Service, limitOf(o.service.Policy), r.Unit, limits.limit()) {
		if err := passGate(ctx, tx, g.subject); err != nil {
			return err
		}
		hands, err := inHandOf(ctx, tx, g.kind, []int64{g.subject})
		if err != nil {
			return err
		}
		if g.refuses(hands[g.subject]) {
			var f fault.Fields
			f.Add("service", "request.full", "name", o.service.Name.In(ctx), "limit", g.most)
			return f.Err()
		}
	}
	return nil
}

// gate is a limit that refuses, and of what.
type gate struct {
	limit
	kind, subject int64
}

// gates are the limits that refuse, in the order in which their gates are passed.
func gates(service int64, own limit, unit int64, whole limit) []gate {
	list := []gate{{own, handsOfService, service}, {whole, handsOfUnit, unit}}
	list = slices.DeleteFunc(list, func(g gate) bool { return g.most == 0 || g.whenFull != catalog.FullRefuse })
	sorting.By(list, func(a, b gate) int { return cmp.Compare(a.subject, b.subject) })
	return list
}

// PlaceInLine is the place in line of a request that nobody has taken; 0 when it need not wait.
func (s *Service) PlaceInLine(ctx context.Context, rd sqldb.Reader, r Request) (int, error) {
	if r.State != StateNew {
		return 0, nil
	}
	policy, err := s.Catalog.PolicyOf(ctx, r.Service)
	if err != nil {
		return 0, err
	}
	limits, err := limitsOf(ctx, rd, r.Unit)
	if err != nil {
		return 0, err
	}
	place := 0
	for _, g := range []gate{{limitOf(policy), handsOfService, r.Service}, {limits.limit(), handsOfUnit, r.Unit}} {
		if g.most == 0 {
			continue
		}
		hands, err := inHandOf(ctx, rd, g.kind, []int64{g.subject})
		if err != nil {
			return 0, err
		}
		before, err := beforeInLine(ctx, rd, g.kind, g.subject, r.Number)
		if err != nil {
			return 0, err
		}
		place = max(place, g.place(hands[g.subject], before))
	}
	return place, nil
}

// roomInHand decides whether a person may have one more in hand. Where the unit's limit blocks, the head of the unit may
// all the same, with a reason, which stands in the log. Of two at once at the limit exactly one wins.
func (s *Service) roomInHand(ctx context.Context, tx *sqldb.Tx, t *turn, person int64, beyond string) error {
	if t.who.Import || person == t.was.Assignee {
		return nil
	}
	limits, err := limitsOf(ctx, tx, t.r.Unit)
	if err != nil || limits.Hands == 0 || limits.Beyond != BeyondBlock {
		return err
	}
	if err := passGate(ctx, tx, person); err != nil {
		return err
	}
	has, err := handsOfPeople(ctx, tx, t.r.Unit, []int64{person})
	if err != nil || !limits.blocks(has[person]) {
		return err
	}
	if beyond != "" && t.set.Has(access.HeadServes) {
		var f fault.Fields
		t.event.Why = need(&f, "beyond", beyond)
		return f.Err()
	}
	p, err := s.Org.PersonIn(ctx, tx, person)
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, "request.hands-full", "name", p.Display(ctx), "count", has[person], "limit", limits.Hands)
}

// LoadFlaw is a figure of the work in hand that is not what the requests say.
type LoadFlaw struct {
	Of   string // service, unit, took
	ID   int64
	Kept string
	True string
}

// CheckLoad compares what is kept of the work in hand, and of how long services take, with the requests themselves. At most
// 100 flaws are named.
func (s *Service) CheckLoad(ctx context.Context) (flaws []LoadFlaw, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		flaws, err = loadFlaws(ctx, rd)
		return err
	})
	return flaws[:min(len(flaws), 100)], err
}

func loadFlaws(ctx context.Context, rd sqldb.Reader) ([]LoadFlaw, error) {
	var out []LoadFlaw
	kept, err := keptHands(ctx, rd)
	if err != nil {
		return nil, err
	}
	counted, err := countedHands(ctx, rd)
	if err != nil {
		return nil, err
	}
	say := func(h inHand) string { return fmt.Sprintf("%d+%d", h.fresh, h.taken) }
	differ(kept, counted, func(h inHand) [2]int64 { return [2]int64{h.kind, h.subject} }, func(a, b inHand) {
		of := "service"
		if max(a.kind, b.kind) == handsOfUnit {
			of = "unit"
		}
		out = append(out, LoadFlaw{of, max(a.subject, b.subject), say(a), say(b)})
	})
	week := weekOf(rd.Instant()) - tookWeeks
	took, err := keptTook(ctx, rd, week)
	if err != nil {
		return nil, err
	}
	cases, err := countedTook(ctx, rd, time.UnixMilli(week*(7*24*time.Hour).Milliseconds()).UTC())
	differ(took, cases, func(c tookCount) [3]int64 { return [3]int64{c.service, c.week, c.took} }, func(a, b tookCount) {
		out = append(out, LoadFlaw{"took", max(a.service, b.service), fmt.Sprint(a.n), fmt.Sprint(b.n)})
	})
	return out, err
}

// differ calls fn for every key of which two lists do not say the same.
func differ[T comparable, K comparable](a, b []T, key func(T) K, fn func(a, b T)) {
	in := make(map[K]T, len(b))
	for _, x := range b {
		in[key(x)] = x
	}
	var none T
	for _, x := range a {
		if y := in[key(x)]; y != x {
			fn(x, y)
		}
		delete(in, key(x))
	}
	for _, y := range b {
		if _, left := in[key(y)]; left {
			fn(none, y)
		}
	}
}

// RepairLoad counts anew what is kept of the work in hand and of how long services take, and says how many figures were
// wrong.
func (s *Service) RepairLoad(ctx context.Context) (wrong int, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		flaws, err := loadFlaws(ctx, tx)
		if wrong = len(flaws); err != nil || wrong == 0 {
			return err
		}
		week := weekOf(tx.Now) - tookWeeks
		hands, err := countedHands(ctx, tx)
		if err != nil {
			return err
		}
		took, err := countedTook(ctx, tx, time.UnixMilli(week*(7*24*time.Hour).Milliseconds()).UTC())
		if err != nil {
			return err
		}
		if err := forgetLoad(ctx, tx, week); err != nil {
			return err
		}
		if err := addHands(ctx, tx, 0, hands); err != nil {
			return err
		}
		return addTook(ctx, tx, took)
	})
	return wrong, err
}
