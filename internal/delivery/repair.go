package delivery

import (
	"context"

	"neike/internal/kit/sqldb"
)

// clockFlaw is what of a row its clock does not say, replayed from the log: the due time, or what it has come to. Whether an
// open delivery is late already is told by the job that notices it, and is no flaw before it does.
func (s *Service) clockFlaw(ctx context.Context, rd sqldb.Reader, d Delivery, log []Event) (field, row, replay string, next Delivery, err error) {
	next = d
	if _, err = s.reclock(ctx, &next, log, rd.Instant()); err != nil {
		return "", "", "", d, err
	}
	switch {
	case !next.Due.Equal(d.Due):
		return "due", written(d.Due), written(next.Due), next, nil
	case next.CompletionIs != d.CompletionIs && !(d.CompletionIs == Pending && d.State.Open()):
		return "completion_is", string(d.CompletionIs), string(next.CompletionIs), next, nil
	case !next.NextDue.Equal(d.NextDue):
		return "next_due", written(d.NextDue), written(next.NextDue), next, nil
	}
	return "", "", "", d, nil
}

// Repair makes of every delivery the cached due time and outcome what its log says, and says how many it changed.
// Tallies are rebuilt by themselves.
func (s *Service) Repair(ctx context.Context) (changed int, err error) {
	var wrong []int64
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		return eachWithLog(ctx, rd, func(d Delivery, log []Event) error {
			field, _, _, _, err := s.clockFlaw(ctx, rd, d, log)
			if field != "" {
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
			field, _, _, next, err := s.clockFlaw(ctx, tx, d, log)
			if err != nil || field == "" {
				return err
			}
			changed++
			return updateDelivery(ctx, tx, next)
		})
	}
	return changed, err
}
