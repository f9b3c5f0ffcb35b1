package request

import (
	"context"
	"fmt"

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

// Flaw is a request whose row is not what its log says.
type Flaw struct{ Number, What string }

// Check folds the log of every request anew and compares it with the row, in the order of the primary keys. It only
// reads. At most 100 flaws are named; the last then says how many there are.
func (s *Service) Check(ctx context.Context) ([]Flaw, error) {
	var flaws []Flaw
	count := 0
	for after, more := int64(0), true; more; {
		err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
			rows, err := rowsAfter(ctx, rd, after, 2000)
			if err != nil || len(rows) == 0 {
				more = false
				return err
			}
			after = rows[len(rows)-1].ID
			logs, err := logsBetween(ctx, rd, rows[0].ID, after)
			if err != nil {
				return err
			}
			for _, r := range rows {
				if what := unlike(r, logs[r.ID]); what != "" {
					if count++; count <= 100 {
						flaws = append(flaws, Flaw{r.Ref(), what})
					}
				}
			}
			return nil
		})
		if err != nil {
			return flaws, err
		}
	}
	if count > len(flaws) {
		flaws = append(flaws, Flaw{"", fmt.Sprintf("%d requests in all", count)})
	}
	return flaws, nil
}
