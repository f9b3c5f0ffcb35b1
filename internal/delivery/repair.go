package delivery

import (
	"context"

	"neike/internal/clock"
	"neike/internal/kit/fold"
	"neike/internal/kit/sqldb"
)

// proven compares a row with its log, and with its clock replayed from that. It gives what the row should be: the row as it
// is when broken says that no delivery can have such a log. Whether an open delivery is late already is told by the job that
// notices it, and is no flaw before it does; nor is the time taken, which is as of the last event, while its clock runs.
func (s *Service) proven(ctx context.Context, rd sqldb.Reader, d Delivery, log []Event) (is Delivery, flaw fold.Difference, broken bool, err error) {
	is = d
	f, flaw := foldOf(d, log)
	if flaw.Field != "" {
		return is, flaw, true, nil
	}
	fromLog.Take(&is, f)
	states, err := s.reclock(ctx, &is, log, rd.Instant())
	if err != nil {
		return is, flaw, false, err
	}
	for _, c := range states {
		if c.Over() || c.Scope != clock.Customer || c.Kind != clock.Completion {
			continue
		}
		is.Took = d.Took
		if d.CompletionIs == Pending {
			is.CompletionIs = Pending
		}
	}
	if flaw = fromLog.Differ(d, is); flaw.Field == "" {
		flaw = fromClock.Differ(d, is)
	}
	return is, flaw, false, nil
}

// Repair makes of every delivery what its log says, and says how many it changed. Tallies are rebuilt by themselves. A log
// that no delivery can have is left for people to look at.
func (s *Service) Repair(ctx context.Context) (changed int, err error) {
	var wrong []int64
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		return eachWithLog(ctx, rd, func(d Delivery, log []Event) error {
			_, flaw, broken, err := s.proven(ctx, rd, d, log)
			if flaw.Field != "" && !broken {
				wrong = append(wrong, d.Number)
			}
			return err
		})
	})
	for _, number := range wrong {
		if err != nil {
			break
		}
		err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			d, err := lock(ctx, tx, number)
			if err != nil {
				return err
			}
			log, err := eventsOf(ctx, tx, d.ID)
			if err != nil {
				return err
			}
			is, flaw, broken, err := s.proven(ctx, tx, d, log)
			if err != nil || flaw.Field == "" || broken {
				return err
			}
			changed++
			return updateDelivery(ctx, tx, is)
		})
	}
	return changed, err
}
