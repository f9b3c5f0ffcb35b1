package request

import (
	"context"
	"fmt"
	"time"

	"neike/internal/calendar"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// awaitAcceptance notes on a request that is delivered when the house accepts it, and when its customer is told of that;
// on any other one nothing.
func (s *Service) awaitAcceptance(ctx context.Context, t *turn) error {
	r := &t.r
	if !r.awaitsAcceptance() {
		r.AcceptBy, r.AcceptTell = noTime, noTime
		return nil
	}
	if t.was.awaitsAcceptance() {
		return nil
	}
	var err error
	r.AcceptBy, r.AcceptTell, err = s.acceptance(ctx, *r)
	return err
}

// acceptance is when the house accepts what was delivered: at the close of the last of the service's working days, in the
// customer's calendar. Its customer is told a working day before; of a single day the delivery itself tells. Zero: never.
func (s *Service) acceptance(ctx context.Context, r Request) (by, tell time.Time, err error) {
	policy, err := s.Catalog.PolicyOf(ctx, r.Service)
	if err != nil || policy.AcceptDays == 0 {
		return noTime, noTime, err
	}
	table, err := s.Calendar.TableFor(ctx, r.Customer)
	if err != nil {
		return noTime, noTime, err
	}
	if by, err = table.Due(r.DeliveredAt, calendar.Duration{Value: policy.AcceptDays, Unit: calendar.WorkdaysEOD}); err != nil {
		return noTime, noTime, nil //nolint:nilerr // past the years that the calendar knows nobody promises anything
	}
	if policy.AcceptDays == 1 {
		return by, noTime, nil
	}
	tell, err = table.Due(r.DeliveredAt, calendar.Duration{Value: policy.AcceptDays - 1, Unit: calendar.WorkdaysSameTime})
	return by, tell, err
}

// acceptChunk is how many deliveries are looked at in one run of the job; the next run goes on.
const acceptChunk = 500

// AcceptSilent tells customers that the house will accept what was delivered to them, and accepts what nobody has said a
// word about since. Each in a transaction of its own, where the rule of the service and the calendar are read once more.
func (s *Service) AcceptSilent(ctx context.Context) error {
	ctx = actor.System(ctx)
	for _, step := range []struct {
		find func(context.Context, sqldb.Reader, time.Time, int) ([]int64, error)
		do   func(context.Context, *sqldb.Tx, int64) error
	}{{toTell, s.tellAcceptance}, {toAccept, s.acceptOne}} {
		var numbers []int64
		err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
			numbers, err = step.find(ctx, rd, rd.Instant(), acceptChunk)
			return err
		})
		if err != nil {
			return fmt.Errorf("find deliveries nobody spoke of: %w", err)
		}
		for _, n := range numbers {
			if err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return step.do(ctx, tx, n) }); err != nil {
				return fmt.Errorf("accept %s for its customer: %w", Ref(n), err)
			}
		}
	}
	return nil
}

// tellAcceptance tells the customer once. Told late, the customer still gets a working day.
func (s *Service) tellAcceptance(ctx context.Context, tx *sqldb.Tx, number int64) error {
	r, err := lock(ctx, tx, number, VerbAccept)
	if err != nil || r.State != StateDelivered || r.AcceptTell.IsZero() || r.AcceptTell.After(tx.Now) {
		return err
	}
	by, tell, err := s.acceptance(ctx, r)
	if err != nil {
		return err
	}
	if by.IsZero() || tell.After(tx.Now) { // the rule or the calendar is another one by now
		return putAcceptance(ctx, tx, r.ID, by, tell)
	}
	table, err := s.Calendar.TableFor(ctx, r.Customer)
	if err != nil {
		return err
	}
	if least, err := table.Due(tx.Now, calendar.Duration{Value: 1, Unit: calendar.WorkdaysSameTime}); err == nil && by.Before(least) {
		by = least
	}
	if err := putAcceptance(ctx, tx, r.ID, by, noTime); err != nil {
		return err
	}
	return s.events.Emit(ctx, tx, AcceptanceNears{about(r, 0, tx.Now), by})
}

// acceptOne accepts a delivery in the name of nobody.
func (s *Service) acceptOne(ctx context.Context, tx *sqldb.Tx, number int64) error {
	t, err := s.begin(ctx, tx, number, VerbAccept, When{})
	if fault.KindOf(err) == fault.Conflict && err != nil { // somebody was quicker
		return nil
	}
	if err != nil || t.r.AcceptBy.IsZero() || t.r.AcceptBy.After(tx.Now) || !t.r.AcceptTell.IsZero() {
		return err
	}
	by, _, err := s.acceptance(ctx, t.r)
	if err != nil {
		return err
	}
	if by.IsZero() || by.After(tx.Now) {
		return putAcceptance(ctx, tx, t.r.ID, by, noTime)
	}
	t.event.Side = HouseSide
	t.accepts()
	var after Request
	return s.finish(ctx, tx, t, &after)
}
