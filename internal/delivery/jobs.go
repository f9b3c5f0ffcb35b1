package delivery

import (
	"context"
	"fmt"
	"time"

	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/clock"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/job"
	"neike/internal/kit/sqldb"
)

const replanJob = "delivery.replan"

// replan is the payload of replanJob: arrangements and open deliveries follow a new version of a calendar.
type replan struct {
	Code    string `json:"code"`
	Version int    `json:"version"`
}

func (s *Service) listen(bus *event.Bus, jobs *job.Queue) {
	event.Hear(bus, "delivery", s.breached)
	event.Hear(bus, "delivery", func(ctx context.Context, tx *sqldb.Tx, e calendar.WasPublished) error {
		return jobs.Enqueue(ctx, tx, replanJob, replan{e.Code, e.Version}, job.Unique(fmt.Sprintf("%s:%s:%d", replanJob, e.Code, e.Version)))
	})
	job.Handle(jobs, replanJob, func(ctx context.Context, p replan) error { return s.replan(ctx) }, job.Concurrency(1))
	jobs.Every("delivery.open", time.Minute, s.OpenDue)
	jobs.Every("delivery.lapse", time.Minute, s.Lapse)
}

// breached notes on the delivery, and on its edge's tallies, that its clock passed the due time.
func (s *Service) breached(ctx context.Context, tx *sqldb.Tx, e clock.WasBreached) error {
	if e.Subject.Kind != Kind || e.Scope != clock.Customer || e.Kind != clock.Completion {
		return nil
	}
	d, changed, err := markBreached(ctx, tx, e)
	if err != nil || !changed {
		return err
	}
	was := d
	was.CompletionIs = Pending
	return s.tally(ctx, tx, changes(counted(was, nil), counted(d, nil)))
}

// A round of OpenDue looks at so many arrangements, and opens at most so many due dates of each at once.
const (
	standingsAtOnce = 200
	opensAtOnce     = 60
)

// OpenDue opens what falls due: one delivery per arrangement, customer and due date, however often it runs. After a
// standstill the last due date that has passed is opened, late; those before it are noted as missed, which counts against
// nobody.
func (s *Service) OpenDue(ctx context.Context) error {
	for {
		var due []int64
		err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
			due, err = standingsDue(ctx, rd, rd.Instant(), standingsAtOnce)
			return err
		})
		if err != nil || len(due) == 0 {
			return err
		}
		for _, number := range due {
			if err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return s.openOne(ctx, tx, number) }); err != nil {
				return fmt.Errorf("open what is due of %s: %w", StandingRef(number), err)
			}
		}
	}
}

// openOne opens what is due of one arrangement, and says when to look again.
func (s *Service) openOne(ctx context.Context, tx *sqldb.Tx, number int64) error {
	st, err := lockStanding(ctx, tx, number)
	if err != nil || st.State != Active || st.NextAt.After(tx.Now) {
		return err
	}
	_, _, table, err := s.termsOf(ctx, st.Provider)
	if err != nil {
		return err
	}
	left := opensAtOnce
	for i := range st.Customers {
		c := &st.Customers[i]
		list := st.due(table, *c, left+1)
		last := -1 // of those that have passed
		for j, o := range list {
			if !o.At.After(tx.Now) {
				last = j
			}
		}
		for j, o := range list {
			if calendar.Ahead(table, o, st.Lead).After(tx.Now) || left == 0 {
				break
			}
			if err := s.openFor(ctx, tx, st, *c, o, table, j < last); err != nil {
				return err
			}
			c.Opened = o.At
			left--
		}
		if err := putCustomer(ctx, tx, *c); err != nil {
			return err
		}
	}
	if st.NextAt, err = s.nextAt(ctx, st); err != nil {
		return err
	}
	return updateStanding(ctx, tx, st)
}

// openFor opens the delivery of a due date for one customer, or notes that it was missed.
func (s *Service) openFor(ctx context.Context, tx *sqldb.Tx, st Standing, c Customer, o Occurrence, table *calendar.Table, missed bool) error {
	taken, err := slotTaken(ctx, tx, st.ID, c.Unit, o.Slot)
	if err != nil || taken {
		return err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	service, ok := snap.ByID(st.Service)
	if !ok {
		return nil
	}
	d := Delivery{Standing: st.ID, Slot: o.Slot, Origin: Scheduled, Service: st.Service, Provider: st.Provider, Customer: c.Unit, Receiver: c.Receiver,
		Assignee: st.Assignee, Title: titleOf(ctx, service.Name, o.Slot), OpenedAt: calendar.Ahead(table, o, st.Lead)}
	if c.Since.After(d.OpenedAt) {
		d.OpenedAt = c.Since
	}
	d.OpenedAt = whole(d.OpenedAt, o.At)
	log := []Event{{Side: HouseSide, Due: o.At}}
	if missed {
		log = append(log, Event{Kind: VerbMiss, At: tx.Now, Side: HouseSide})
	}
	if err := s.file(ctx, tx, &d, log); err != nil {
		return err
	}
	if err := s.tally(ctx, tx, counted(d, log)); err != nil {
		return err
	}
	a := about(d, 0, tx.Now)
	if missed {
		return s.events.Emit(ctx, tx, WasMissed{a})
	}
	return s.events.Emit(ctx, tx, WasOpened{a})
}

// Lapse accepts what the customers have said nothing about in time.
func (s *Service) Lapse(ctx context.Context) error {
	for {
		var due []int64
		err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
			due, err = lapsing(ctx, rd, rd.Instant(), 100)
			return err
		})
		if err != nil || len(due) == 0 {
			return err
		}
		for _, number := range due {
			err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
				t, err := s.house(ctx, tx, number, VerbLapse)
				if fault.KindOf(err) == fault.Conflict && err != nil || err == nil && (t.d.AcceptBy.IsZero() || t.d.AcceptBy.After(tx.Now)) {
					return nil // somebody was quicker
				}
				if err != nil {
					return err
				}
				t.said = func(a About) event.Event { return WasAccepted{a, true} }
				_, err = s.finish(ctx, tx, t)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
}

// replan lets arrangements and open deliveries follow the calendars as they are now: due times that have not passed move.
func (s *Service) replan(ctx context.Context) error {
	for after := int64(0); ; {
		var list []Standing
		err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
			list, err = scheduledAfter(ctx, rd, after, 100)
			return err
		})
		if err != nil {
			return err
		}
		if len(list) == 0 {
			break
		}
		after = list[len(list)-1].ID
		err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			for _, x := range list {
				st, err := lockStanding(ctx, tx, x.Number)
				if err != nil {
					return err
				}
				at := st.NextAt
				if st.NextAt, err = s.nextAt(ctx, st); err != nil {
					return err
				}
				if !at.Equal(st.NextAt) {
					if err := updateStanding(ctx, tx, st); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return s.moveDue(ctx)
}

// moveDue moves the due times of open deliveries that their arrangement puts on another moment now.
func (s *Service) moveDue(ctx context.Context) error {
	for after := int64(0); ; {
		var list []Delivery
		err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
			list, err = openScheduled(ctx, rd, after, 100)
			return err
		})
		if err != nil || len(list) == 0 {
			return err
		}
		after = list[len(list)-1].ID
		for _, d := range list {
			if err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return s.moveOne(ctx, tx, d.Number) }); err != nil {
				return err
			}
		}
	}
}

func (s *Service) moveOne(ctx context.Context, tx *sqldb.Tx, number int64) error {
	t, err := s.house(ctx, tx, number, VerbDue)
	if fault.KindOf(err) == fault.Conflict && err != nil {
		return nil // it has gone on meanwhile
	}
	if err != nil {
		return err
	}
	st, err := standingByID(ctx, tx, t.d.Standing)
	if err != nil {
		return err
	}
	code, version, table, err := s.termsOf(ctx, st.Provider)
	if err != nil {
		return err
	}
	was := dueIn(t.log)
	next, found := st.Schedule.Slot(table, t.d.Slot, was)
	if !found || next.At.Equal(was) || !was.After(tx.Now) || len(t.log) >= maxEvents-1 {
		return nil
	}
	t.event.Due, t.event.DueFrom, t.event.Calendar, t.event.Version = next.At, was, code, version
	t.said = func(a About) event.Event { return DueMoved{a, was, next.At} }
	_, err = s.finish(ctx, tx, t)
	return err
}

// dueIn is the due time that a log says last, before what returns add to it.
func dueIn(log []Event) time.Time {
	at := noTime
	for _, e := range log {
		if e.Kind == VerbOpen || e.Kind == VerbDue {
			at = e.Due
		}
	}
	return at
}

// AccessKind is how the access pages find a delivery: by its number.
func (s *Service) AccessKind() access.Kind {
	return access.Kind{Name: Kind, Example: "D-1024", Find: func(ctx context.Context, rd sqldb.Reader, text string) (access.Found, error) {
		if len(text) < 2 || text[0] != 'D' && text[0] != 'd' {
			return access.Found{}, fault.ErrNotFound
		}
		number, err := ParseRef(text)
		if err != nil {
			return access.Found{}, fault.ErrNotFound
		}
		d, err := byNumber(ctx, rd, number)
		return access.Found{Subject: subject(d.ID), Ref: Ref(number), Href: link(number), Title: d.Title}, err
	}}
}
