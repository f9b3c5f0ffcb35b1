package relation

import (
	"context"
	"slices"
	"time"

	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Fact is one thing that happened on an edge, as the room that tallied it can still prove it from its own records. Day
// is a time whose own zone says the date, as for Tally.
type Fact struct {
	Provider, Customer org.ID
	Day                time.Time
	Delta              Delta
}

// Source proves the tallies: it gives every fact that is in them, in any order, several to an edge and day if it likes.
type Source interface {
	Facts(ctx context.Context, rd sqldb.Reader, fn func(Fact) error) error
	// FactsOn gives every fact of [from, to), and others if it likes.
	FactsOn(ctx context.Context, rd sqldb.Reader, from, to time.Time, fn func(Fact) error) error
}

// Sources are several that prove the tallies together: each gives what its own room has counted.
type Sources []Source

// Facts gives the facts of all.
func (list Sources) Facts(ctx context.Context, rd sqldb.Reader, fn func(Fact) error) error {
	for _, s := range list {
		if err := s.Facts(ctx, rd, fn); err != nil {
			return err
		}
	}
	return nil
}

// FactsOn gives the facts of a stretch of time of all.
func (list Sources) FactsOn(ctx context.Context, rd sqldb.Reader, from, to time.Time, fn func(Fact) error) error {
	for _, s := range list {
		if err := s.FactsOn(ctx, rd, from, to, fn); err != nil {
			return err
		}
	}
	return nil
}

// Difference is an edge and a day (20261121) or month (202611) whose tally is not what the facts add up to.
type Difference struct {
	Provider, Customer org.ID
	Edge               ID    // 0: there is no edge for the facts
	Day, Month         int64 // one of them
	Have, Want         Delta
}

type edgeDay struct {
	edge ID
	at   int64
}

// recount holds what the facts add up to.
type recount struct {
	days, months map[edgeDay]counters
	edges        map[[2]org.ID]ID
	pairs        map[ID][2]org.ID
	homeless     map[[2]org.ID]Delta // facts on edges that are not there
}

// Recount compares the tallies, per day and per month, with what the source proves. It reads everything once; an empty
// answer is the proof.
func (s *Service) Recount(ctx context.Context, rd sqldb.Reader, source Source) ([]Difference, error) {
	want, err := s.prove(ctx, rd, func(fn func(Fact) error) error { return source.Facts(ctx, rd, fn) })
	if err != nil {
		return nil, err
	}
	out := want.unhoused()
	compare := func(counted map[edgeDay]counters, month bool) func(tallyRow) error {
		return func(t tallyRow) error {
			key := edgeDay{t.edge, t.at}
			if counted[key] != t.c {
				out = append(out, want.difference(key, month, t.c, counted[key]))
			}
			delete(counted, key)
			return nil
		}
	}
	if err := eachDay(ctx, rd, compare(want.days, false)); err != nil {
		return nil, err
	}
	if err := eachMonth(ctx, rd, compare(want.months, true)); err != nil {
		return nil, err
	}
	for _, left := range []struct {
		counted map[edgeDay]counters
		month   bool
	}{{want.days, false}, {want.months, true}} {
		for key, c := range left.counted {
			if c != (counters{}) {
				out = append(out, want.difference(key, left.month, counters{}, c))
			}
		}
	}
	return out, nil
}

// prove adds up facts.
func (s *Service) prove(ctx context.Context, rd sqldb.Reader, facts func(func(Fact) error) error) (*recount, error) {
	r := &recount{days: map[edgeDay]counters{}, months: map[edgeDay]counters{}, edges: map[[2]org.ID]ID{},
		pairs: map[ID][2]org.ID{}, homeless: map[[2]org.ID]Delta{}}
	edges, err := allEdges(ctx, rd)
	if err != nil {
		return nil, err
	}
	for _, e := range edges {
		r.edges[[2]org.ID{e.Provider, e.Customer}], r.pairs[e.ID] = e.ID, [2]org.ID{e.Provider, e.Customer}
	}
	return r, facts(func(f Fact) error {
		pair := [2]org.ID{f.Provider, f.Customer}
		edge, known := r.edges[pair]
		if !known {
			r.homeless[pair] = r.homeless[pair].Plus(f.Delta)
			return nil
		}
		day, c := DayOf(f.Day), f.Delta.counters()
		add(r.days, edgeDay{edge, day}, c)
		add(r.months, edgeDay{edge, day / 100}, c)
		return nil
	})
}

// unhoused are the facts on edges that are not there.
func (r *recount) unhoused() []Difference {
	var out []Difference
	for pair, d := range r.homeless {
		if d != (Delta{}) {
			out = append(out, Difference{Provider: pair[0], Customer: pair[1], Want: d})
		}
	}
	return out
}

func add(to map[edgeDay]counters, key edgeDay, c counters) {
	sum := to[key]
	for i, n := range c {
		sum[i] += n
	}
	to[key] = sum
}

func (r *recount) difference(key edgeDay, month bool, have, want counters) Difference {
	d := Difference{Provider: r.pairs[key.edge][0], Customer: r.pairs[key.edge][1], Edge: key.edge, Have: have.delta(), Want: want.delta()}
	if month {
		d.Month = key.at
	} else {
		d.Day = key.at
	}
	return d
}

// Repair makes the tallies what the source proves, in one transaction per 500 rows, and says how many it changed.
// Edges that are missing are made. Work that goes on meanwhile is kept: what is written is the difference.
func (s *Service) Repair(ctx context.Context, source Source) (changed int, err error) {
	var diffs []Difference
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		diffs, err = s.Recount(ctx, rd, source)
		return err
	})
	if err != nil {
		return 0, err
	}
	missing := slices.ContainsFunc(diffs, func(d Difference) bool { return d.Edge == 0 })
	if changed, err = s.repairAll(ctx, diffs); err != nil || !missing {
		return changed, err
	}
	more, err := s.Repair(ctx, source) // the edges are there now, their tallies not yet
	return changed + more, err
}

func (s *Service) repairAll(ctx context.Context, diffs []Difference) (changed int, err error) {
	for part := range slices.Chunk(diffs, 500) {
		if err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return s.repair(ctx, tx, part) }); err != nil {
			return changed, err
		}
		changed += len(part)
	}
	return changed, nil
}

func (s *Service) repair(ctx context.Context, tx *sqldb.Tx, diffs []Difference) error {
	for _, d := range diffs {
		if d.Edge == 0 {
			if _, err := s.Edge(ctx, tx, d.Provider, d.Customer); err != nil {
				return err
			}
			continue
		}
		table, at := "tally_day", d.Day
		if d.Month != 0 {
			table, at = "tally_month", d.Month
		}
		if err := addTo(ctx, tx, table, d.Edge, at, d.Want.Minus(d.Have).counters()); err != nil {
			return err
		}
		month := d.Month + d.Day/100
		tx.OnCommit(func() { s.store.touch(month, d.Edge) })
	}
	return nil
}

// CatchUp proves all tallies once after they began to count something new, and puts right what differs: what was before is counted then.
// Otherwise it does nothing.
func (s *Service) CatchUp(ctx context.Context, source Source) error {
	var due bool
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		due, err = unproven(ctx, rd)
		return err
	})
	if err != nil || !due {
		return err
	}
	if _, err := s.Repair(ctx, source); err != nil {
		return err
	}
	return s.db.Write(ctx, proven)
}
