package request

import (
	"context"

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
	return historiesIn(ctx, tx, unique(ids))
}

// Tallies proves the tallies of relation from requests and their logs.
func (s *Service) Tallies() relation.Source { return tallies{s} }

type tallies struct{ *Service }

// Facts gives every fact that the tallies hold.
func (t tallies) Facts(ctx context.Context, rd sqldb.Reader, fn func(relation.Fact) error) error {
	zone := t.Org.Company(ctx).Location()
	edges, err := edgesByID(ctx, rd)
	if err != nil {
		return err
	}
	give := func(x entry) error {
		e := edges[x.edge]
		return fn(relation.Fact{Provider: e.provider, Customer: e.customer, Day: x.day.In(zone), Delta: x.Delta})
	}
	err = eachCounted(ctx, rd, func(r Request) error {
		for _, x := range counted(r) {
			if err := give(x); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return eachHappened(ctx, rd, func(customer, unit int64, returns int, e Event) error {
		if x, counts := happened(0, returns, e); counts {
			return fn(relation.Fact{Provider: unit, Customer: customer, Day: x.day.In(zone), Delta: x.Delta})
		}
		return nil
	})
}
