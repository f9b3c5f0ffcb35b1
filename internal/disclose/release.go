package disclose

import (
	"context"
	"errors"
	"time"

	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Release is the nightly job: it plans batches over all that waits, and writes them, each in a transaction of its own together with the marks of its
// ratings. Killed anywhere, what is written is whole and what is not waits for the next night.
func (s *Service) Release(ctx context.Context) error {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	var waiting []Rating
	var now time.Time
	least := UsualLeast
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if least, err = LeastIn(ctx, rd); err != nil {
			return err
		}
		waiting, now = nil, rd.Instant()
		for _, x := range s.sources {
			list, err := x.Waiting(ctx, rd)
			if err != nil {
				return err
			}
			waiting = append(waiting, list...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, p := range Plan(waiting, least, now, standsFor(tree)) {
		if err := s.write(ctx, p); err != nil && !errors.Is(err, errGone) {
			return err
		}
	}
	return nil
}

// errGone: a rating of the plan was released meanwhile, or more people are needed by now; the batch is left for another night.
var errGone = errors.New("disclose: not as it was planned")

// standsFor is the unit that stands for another at a level: that of its heir where there is one heir.
func standsFor(tree *org.Tree) func(level string, unit ID) ID {
	return func(level string, unit ID) ID {
		if at, ok := cell(tree, unit, level, false); ok {
			return at
		}
		if at := tree.At(level, unit); at != 0 {
			return at
		}
		return unit
	}
}

func (s *Service) write(ctx context.Context, p Planned) error {
	zone := s.Org.Company(ctx).Location()
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		least, err := LeastIn(ctx, tx)
		if err != nil {
			return err
		}
		if p.People < int64(least) {
			return errGone
		}
		for _, x := range s.sources {
			var own []Rating
			for _, r := range p.Ratings {
				if r.Source == x.Name {
					own = append(own, r)
				}
			}
			if len(own) == 0 {
				continue
			}
			n, err := x.Mark(ctx, tx, own)
			if err != nil {
				return err
			}
			if n != int64(len(own)) {
				return errGone
			}
		}
		b := Batch{ID: tx.NewID(), Day: dayOf(tx.Now.In(zone)), Least: least, Released: Released{Provider: p.Provider, Customer: p.Customer, Level: p.Level, Sum: p.Sum}}
		if err := putBatch(ctx, tx, b); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, WasReleased{Batch: b.ID, Provider: b.Provider, Customer: b.Customer, Level: b.Level, People: b.People, Cases: b.Cases})
	})
}

// Check compares what the sources have marked as released with what the ledger counts, for doctor: a rating that is marked and counts nowhere is lost, one
// that counts without its mark would count again.
func (s *Service) Check(ctx context.Context) (marked, counted int64, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		marked = 0
		for _, x := range s.sources {
			n, err := x.Marked(ctx, rd)
			if err != nil {
				return err
			}
			marked += n
		}
		_, counted, err = releasedWhole(ctx, rd)
		return err
	})
	return marked, counted, err
}

func dayOf(t time.Time) int64 {
	y, m, d := t.Date()
	return int64(y)*10000 + int64(m)*100 + int64(d)
}
