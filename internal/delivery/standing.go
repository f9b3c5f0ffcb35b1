package delivery

import (
	"context"
	"slices"
	"strings"
	"time"

	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/org"
	"neike/internal/todo"
)

// Arrangement is what somebody wants to arrange, as it came through the door.
type Arrangement struct {
	Service     string // code
	Deliverable string
	Criterion   string
	Schedule
	Lead       int
	AcceptDays int
	From       string // 2026-11-22; "": today
	Until      string // "": without end
	Assignee   string // 工号; "": the unit's agents
	Customers  []CustomerInput
}

// CustomerInput is one unit that is to get it.
type CustomerInput struct {
	Unit     string // code
	Receiver string // 工号; "": whoever heads the unit
}

// Bounds of an arrangement.
const (
	maxCustomers = 200
	maxLead      = 60
	maxAccept    = 60
)

// Arrange makes an arrangement. The head of the providing unit and the owner of the service may; the heads of its
// customers are told, and may object. What is wrong comes all at once.
func (s *Service) Arrange(ctx context.Context, in Arrangement) (Standing, error) {
	st, err := s.arranged(ctx, in, Standing{})
	if err != nil {
		return st, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		if st.Number, err = tx.Next(ctx, "standing_number"); err != nil {
			return err
		}
		st.ID, st.State, st.Revision, st.CreatedBy, st.CreatedAt, st.ChangedAt = tx.NewID(), Active, 1, actor.From(ctx).Person, tx.Now, tx.Now
		for i := range st.Customers {
			c := &st.Customers[i]
			c.Standing, c.State, c.Since = st.ID, Told, tx.Now
		}
		if st.NextAt, err = s.nextAt(ctx, st); err != nil {
			return err
		}
		if err = insertStanding(ctx, tx, st); err != nil {
			return err
		}
		if err = s.putCustomers(ctx, tx, st); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, WasArranged{aboutStanding(ctx, st, tx.Now)})
	})
	return st, err
}

// Rearrange changes an arrangement for what falls due from now on. What has opened stays as it was.
func (s *Service) Rearrange(ctx context.Context, number int64, in Arrangement, on web.IfMatch) (Standing, error) {
	was, err := s.Standing(ctx, number)
	if err != nil {
		return was, err
	}
	want, err := s.arranged(ctx, in, was)
	if err != nil {
		return was, err
	}
	return s.alter(ctx, number, on, func(ctx context.Context, tx *sqldb.Tx, st *Standing) (event.Event, error) {
		if st.State == Ended {
			return nil, fault.New(fault.Conflict, "delivery.standing-ended")
		}
		old := st.Customers
		st.Deliverable, st.Criterion, st.Schedule, st.Lead, st.AcceptDays = want.Deliverable, want.Criterion, want.Schedule, want.Lead, want.AcceptDays
		st.From, st.Until, st.Assignee, st.Customers = want.From, want.Until, want.Assignee, nil
		for _, c := range want.Customers {
			c.Standing, c.State, c.Since = st.ID, Told, tx.Now
			if i := slices.IndexFunc(old, func(o Customer) bool { return o.Unit == c.Unit }); i >= 0 && old[i].State != Gone {
				receiver := c.Receiver
				c = old[i]
				c.Receiver = receiver
			}
			st.Customers = append(st.Customers, c)
		}
		for _, o := range old {
			if !slices.ContainsFunc(want.Customers, func(c Customer) bool { return c.Unit == o.Unit }) {
				o.State = Gone
				st.Customers = append(st.Customers, o)
			}
		}
		return StandingWasChanged{aboutStanding(ctx, *st, tx.Now), "changed"}, nil
	})
}

// Rest lets an arrangement rest: nothing falls due until it goes on.
func (s *Service) Rest(ctx context.Context, number int64) (Standing, error) {
	return s.alter(ctx, number, web.IfMatch{}, func(ctx context.Context, tx *sqldb.Tx, st *Standing) (event.Event, error) {
		if st.State != Active {
			return nil, fault.New(fault.Conflict, "delivery.standing-not-active")
		}
		st.State = Paused
		return StandingWasChanged{aboutStanding(ctx, *st, tx.Now), "paused"}, nil
	})
}

// Resume lets an arrangement go on. What would have fallen due meanwhile is not made up for.
func (s *Service) Resume(ctx context.Context, number int64) (Standing, error) {
	return s.alter(ctx, number, web.IfMatch{}, func(ctx context.Context, tx *sqldb.Tx, st *Standing) (event.Event, error) {
		if st.State != Paused {
			return nil, fault.New(fault.Conflict, "delivery.standing-not-paused")
		}
		st.State = Active
		for i := range st.Customers {
			st.Customers[i].Since = tx.Now
		}
		return StandingWasChanged{aboutStanding(ctx, *st, tx.Now), "resumed"}, nil
	})
}

// End ends an arrangement. What has opened is still owed.
func (s *Service) End(ctx context.Context, number int64) (Standing, error) {
	return s.alter(ctx, number, web.IfMatch{}, func(ctx context.Context, tx *sqldb.Tx, st *Standing) (event.Event, error) {
		if st.State == Ended {
			return nil, fault.New(fault.Conflict, "delivery.standing-ended")
		}
		st.State = Ended
		return StandingHasEnded{aboutStanding(ctx, *st, tx.Now)}, nil
	})
}

// alter is the frame of every change of an arrangement by its provider.
func (s *Service) alter(ctx context.Context, number int64, on web.IfMatch, decide func(context.Context, *sqldb.Tx, *Standing) (event.Event, error)) (Standing, error) {
	var st Standing
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		if st, err = lockStanding(ctx, tx, number); err != nil {
			return err
		}
		if err = s.mayArrange(ctx, st.Provider, st.Service); err != nil {
			return err
		}
		if on.IfMatch != "" {
			if err = on.Check(st.etag()); err != nil {
				return err
			}
		}
		said, err := decide(ctx, tx, &st)
		if err != nil {
			return err
		}
		return s.keep(ctx, tx, &st, said)
	})
	return st, err
}

// keep writes a changed arrangement with what follows from it.
func (s *Service) keep(ctx context.Context, tx *sqldb.Tx, st *Standing, said event.Event) (err error) {
	st.Revision++
	st.ChangedAt = tx.Now
	if st.NextAt, err = s.nextAt(ctx, *st); err != nil {
		return err
	}
	if err = updateStanding(ctx, tx, *st); err != nil {
		return err
	}
	if err = s.putCustomers(ctx, tx, *st); err != nil {
		return err
	}
	return s.events.Emit(ctx, tx, said)
}

// Say is the word of a customer's head on an arrangement: confirmed, or objected to with a reason. After an objection
// nothing falls due for this customer, and what is still to be delivered is left out.
func (s *Service) Say(ctx context.Context, number int64, unit string, agree bool, reason string) (Standing, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return Standing{}, err
	}
	var st Standing
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		if st, err = lockStanding(ctx, tx, number); err != nil {
			return err
		}
		c, err := s.speaker(ctx, tree, st, unit)
		if err != nil {
			return err
		}
		var f fault.Fields
		c.Reason = atMost(&f, "reason", reason, maxText)
		if !agree && c.Reason == "" {
			f.Add("reason", "form.required")
		}
		if err = f.Err(); err != nil {
			return err
		}
		if st.State == Ended {
			return fault.New(fault.Conflict, "delivery.standing-ended")
		}
		return s.said(ctx, tx, &st, c, agree)
	})
	return st, err
}

// speaker is the customer of an arrangement for which the actor speaks: the one named, or the only one whose head the actor
// is.
func (s *Service) speaker(ctx context.Context, tree *org.Tree, st Standing, unit string) (*Customer, error) {
	var mine []*Customer
	heads := 0
	for i := range st.Customers {
		c := &st.Customers[i]
		if c.State == Gone || s.maySay(ctx, c.Unit) != nil {
			continue
		}
		heads++
		if u, _ := tree.ByID(c.Unit); unit == "" || u.Code == unit {
			mine = append(mine, c)
		}
	}
	var f fault.Fields
	switch {
	case heads == 0:
		return nil, fault.ErrNotFound
	case len(mine) == 1:
		return mine[0], nil
	case unit != "":
		f.Add("unit", "delivery.unit-unknown", "unit", unit)
	default:
		f.Add("unit", "form.required")
	}
	return nil, f.Err()
}

// maySay says whether the actor speaks for a customer: its head, or the head of a unit above it.
func (s *Service) maySay(ctx context.Context, unit int64) error {
	set, err := s.Access.Towards(ctx, actor.From(ctx), unit)
	if err != nil {
		return err
	}
	if set.Has(access.HeadServes) { // heads it, and the unit asks
		set |= access.HeadAsks
	}
	return access.Allowed(ctx, "delivery.agree", set)
}

func (s *Service) said(ctx context.Context, tx *sqldb.Tx, st *Standing, c *Customer, agree bool) error {
	was := c.State
	c.SaidBy, c.SaidAt = actor.From(ctx).Person, tx.Now
	a := aboutStanding(ctx, *st, tx.Now)
	a.Customers = []int64{c.Unit}
	if agree {
		c.State = Agreed
		if was == Objected {
			c.Since = tx.Now
		}
		return s.keep(ctx, tx, st, WasAgreed{a})
	}
	c.State = Objected
	open, err := openOf(ctx, tx, st.ID, c.Unit)
	if err != nil {
		return err
	}
	for _, n := range open {
		t, err := s.house(ctx, tx, n, VerbSkip)
		if err != nil {
			return err
		}
		t.event.Side, t.event.Why = CustomerSide, c.Reason
		t.said = func(a About) event.Event { return WasSkipped{a} }
		if _, err := s.finish(ctx, tx, t); err != nil {
			return err
		}
	}
	return s.keep(ctx, tx, st, WasObjected{a})
}

// putCustomers writes the customers of an arrangement and asks the heads of those who have not said anything yet.
func (s *Service) putCustomers(ctx context.Context, tx *sqldb.Tx, st Standing) error {
	if err := s.Todo.Fulfil(ctx, tx, standingSubject(st.ID)); err != nil {
		return err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	title := ""
	if service, ok := snap.ByID(st.Service); ok {
		title = service.Name.In(ctx)
	}
	for _, c := range st.Customers {
		if err := putCustomer(ctx, tx, c); err != nil {
			return err
		}
		if _, err := s.Relation.Edge(ctx, tx, st.Provider, c.Unit); err != nil {
			return err
		}
		if c.State != Told || st.State == Ended {
			continue
		}
		err := s.Todo.Owe(ctx, tx, todo.Todo{Holder: access.Holder{Kind: "unit", ID: c.Unit, Role: "head"}, For: st.CreatedBy, Unit: st.Provider,
			Subject: standingSubject(st.ID), Verb: todoAgree, Title: title, Ref: st.Ref(), Link: standingLink(st.Number), Since: st.ChangedAt})
		if err != nil {
			return err
		}
	}
	return nil
}

// mayArrange says whether the actor may arrange what a unit brings: its head, or the owner of the service.
func (s *Service) mayArrange(ctx context.Context, provider, service int64) error {
	a := actor.From(ctx)
	set, err := s.Access.Towards(ctx, a, provider)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(a.Groups, func(g actor.Group) bool { return g.Role == "owner" && g.ID == service }) {
		set |= access.Owner
	}
	return access.Allowed(ctx, "delivery.arrange", set)
}

// nextAt is when the next delivery of an arrangement opens; never when none does.
func (s *Service) nextAt(ctx context.Context, st Standing) (time.Time, error) {
	next := never
	if st.State != Active && st.State != "" {
		return next, nil
	}
	_, _, table, err := s.termsOf(ctx, st.Provider)
	if err != nil {
		return next, err
	}
	for _, c := range st.Customers {
		if list := st.due(table, c, 1); len(list) > 0 {
			if at := calendar.Ahead(table, list[0], st.Lead); at.Before(next) {
				next = at
			}
		}
	}
	return next, nil
}

// due lists the due dates of an arrangement that are still to be opened for a customer.
func (st Standing) due(table *calendar.Table, c Customer, limit int) []Occurrence {
	if !c.serves() {
		return nil
	}
	from := c.Since
	if c.Opened.After(from) {
		from = c.Opened
	}
	if first := calendar.Moment(st.From, "00:00", table.Location()).Add(-time.Millisecond); first.After(from) {
		from = first
	}
	return st.Schedule.Between(table, from, st.Until, limit)
}

// Upcoming lists the next due dates of a schedule in the calendar of a unit, from now on.
func (s *Service) Upcoming(ctx context.Context, provider int64, sch Schedule, n int) ([]Occurrence, *calendar.Table, error) {
	_, _, table, err := s.termsOf(ctx, provider)
	if err != nil {
		return nil, nil, err
	}
	return sch.Between(table, s.db.Now(), 0, n), table, nil
}

// Standing is an arrangement with its customers. Everybody may know what units bring each other.
func (s *Service) Standing(ctx context.Context, number int64) (Standing, error) {
	var st Standing
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		st, err = standingByNumber(ctx, rd, number)
		return err
	})
	return st, err
}

func (st Standing) etag() string { return web.ETag(StandingKind, st.ID, st.Revision) }

// aboutStanding is what an event says; the customers it is news for are those who get it.
func aboutStanding(ctx context.Context, st Standing, at time.Time) AboutStanding {
	a := AboutStanding{Standing: st.ID, Number: st.Number, Service: st.Service, Provider: st.Provider, By: actor.From(ctx).Person, At: at}
	for _, c := range st.Customers {
		if c.State != Gone {
			a.Customers = append(a.Customers, c.Unit)
		}
	}
	return a
}

// titleOf is what a delivery of a service is called: the service's name and the period it is for.
func titleOf(ctx context.Context, name lang.Text, slot string) string {
	return strings.TrimSpace(name.In(ctx) + " " + slot)
}
