package request

import (
	"context"
	"time"

	"neike/internal/clock"
	"neike/internal/kit/sqldb"
	"neike/internal/relation"
)

// histories gives clock the logs of requests in the order of ids.
func (s *Service) histories(ctx context.Context, rd sqldb.Reader, after int64, limit int) ([]clock.History, error) {
	ids, err := idsAfter(ctx, rd, after, limit)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	return historiesBetween(ctx, rd, ids)
}

// historiesOf locks requests and gives their logs.
func (s *Service) historiesOf(ctx context.Context, tx *sqldb.Tx, ids []int64) ([]clock.History, error) {
	if err := tx.Lock(ctx, "request", ids...); err != nil {
		return nil, err
	}
	return historiesIn(ctx, tx, unique(ids), marks)
}

// historiesRead gives the logs of requests without locks.
func (s *Service) historiesRead(ctx context.Context, rd sqldb.Reader, ids []int64) ([]clock.History, error) {
	return historiesIn(ctx, rd, ids, marks)
}

// deadlinesOf says what a list of deadlines shows of requests. A confidential one is counted, not named.
func (s *Service) deadlinesOf(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]clock.About, error) {
	services, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]clock.About, len(ids))
	err = eachDeadline(ctx, rd, ids, func(r Request) {
		a := clock.About{Unit: r.Unit}
		if sv, ok := services.ByID(r.Service); ok {
			a.Service = sv.Name
		}
		if !r.Confidential {
			a.Ref, a.Link = r.Ref(), link(r.Number)
		}
		out[r.ID] = a
	})
	return out, err
}

// Tallies proves the tallies of relation from requests and their logs.
func (s *Service) Tallies() relation.Source { return tallies{s} }

type tallies struct{ *Service }

// Facts gives every fact that the tallies hold.
func (t tallies) Facts(ctx context.Context, rd sqldb.Reader, fn func(relation.Fact) error) error {
	return t.facts(ctx, rd, nil, fn)
}

// FactsOn gives the facts of [from, to), and others of the requests that it looks at.
func (t tallies) FactsOn(ctx context.Context, rd sqldb.Reader, from, to time.Time, fn func(relation.Fact) error) error {
	services, err := t.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	near := &nearby{from: from, to: to}
	for _, service := range services.All() {
		near.services = append(near.services, service.ID)
	}
	return t.facts(ctx, rd, near, fn)
}

func (t tallies) facts(ctx context.Context, rd sqldb.Reader, near *nearby, fn func(relation.Fact) error) error {
	zone := t.Org.Company(ctx).Location()
	edges, err := edgesByID(ctx, rd)
	if err != nil {
		return err
	}
	err = eachCounted(ctx, rd, near, func(r Request) error {
		for _, x := range counted(r) {
			e := edges[x.edge]
			if err := fn(relation.Fact{Provider: e.provider, Customer: e.customer, Day: x.day.In(zone), Delta: x.Delta}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return eachHappened(ctx, rd, near, func(customer, unit int64, r Request, e Event) error {
		if x, counts := happened(0, r, e); counts {
			return fn(relation.Fact{Provider: unit, Customer: customer, Day: x.day.In(zone), Delta: x.Delta})
		}
		return nil
	})
}

// Flaw is a request whose row is not what its log says.
type Flaw struct {
	id     ID
	Number string // "R-1024"
	What   string // one of those below; "" when there is none
	Field  string // of FlawField, or the number of the event
	Row    string // what the row says, or what is said to have happened
	Log    string // what the log comes to, or the state before
}

// What a Flaw is.
const (
	FlawStart = "start" // the log does not begin with the opening
	FlawOrder = "order" // an event is missing, or earlier than the one before
	FlawEvent = "event" // an event that cannot happen in the state before
	FlawField = "field" // the row says something else
)

// Refs are the numbers of requests, for doctor.
func (s *Service) Refs(ctx context.Context, ids []int64) (map[int64]string, error) {
	refs := map[int64]string{}
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err := requestsByID(ctx, rd, ids)
		for _, r := range list {
			refs[r.ID] = r.Ref()
		}
		return err
	})
	return refs, err
}

// Check folds the log of every request anew and compares it with the row, in the order of the primary keys, and what the row
// says of its clocks with those. It only reads. At most 100 flaws are named; count is how many requests have one.
func (s *Service) Check(ctx context.Context) (flaws []Flaw, count int, err error) {
	for after, more := int64(0), true; more; {
		err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
			rows, err := rowsAfter(ctx, rd, after, 2000)
			if err != nil || len(rows) == 0 {
				more = false
				return err
			}
			after = rows[len(rows)-1].ID
			found, err := s.flawsIn(ctx, rd, rows)
			count += len(found)
			flaws = append(flaws, found[:max(0, min(len(found), 100-len(flaws)))]...)
			return err
		})
		if err != nil {
			return flaws, count, err
		}
	}
	return flaws, count, nil
}
