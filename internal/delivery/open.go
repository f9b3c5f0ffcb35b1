package delivery

import (
	"context"
	"slices"
	"strings"
	"time"

	"neike/internal/access"
	"neike/internal/catalog"
	"neike/internal/clock"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// file writes a new delivery with its log, of which the first event opens it, and what follows in the lower rooms. The
// row is what the log folds to. Tallies and contacts are the caller's: a chunk of many adds them up.
func (s *Service) file(ctx context.Context, tx *sqldb.Tx, d *Delivery, log []Event) error {
	states, err := s.fold(ctx, tx, d, log)
	if err != nil {
		return err
	}
	if err := insertDeliveries(ctx, tx, *d); err != nil {
		return err
	}
	if err := insertEvents(ctx, tx, log...); err != nil {
		return err
	}
	return s.filed(ctx, tx, *d, states)
}

// fold gives a new delivery its number, its edge, and what its log and its clock come to.
func (s *Service) fold(ctx context.Context, tx *sqldb.Tx, d *Delivery, log []Event) ([]clock.State, error) {
	var err error
	if d.Number, err = tx.Next(ctx, "delivery_number"); err != nil {
		return nil, err
	}
	d.ID = tx.NewID()
	if d.Edge, err = s.Relation.Edge(ctx, tx, d.Provider, d.Customer); err != nil {
		return nil, err
	}
	code, version, _, err := s.termsOf(ctx, d.Provider)
	if err != nil {
		return nil, err
	}
	d.Calendar, d.Version, d.State, d.Events, d.LastAt, d.NextDue = code, version, StateDue, 1, d.OpenedAt, never
	for i := range log {
		e := &log[i]
		e.Delivery, e.N, e.Unit = d.ID, i+1, d.Provider
		if i == 0 {
			e.Kind, e.At, e.Calendar, e.Version = VerbOpen, d.OpenedAt, code, version
			continue
		}
		if err := d.happen(*e); err != nil {
			return nil, err
		}
	}
	states, err := s.reclock(ctx, d, log, tx.Now)
	if err != nil {
		return nil, err
	}
	return states, s.expire(ctx, tx, d)
}

// filed writes the clock, the grants and the todos of a delivery that was just written.
func (s *Service) filed(ctx context.Context, tx *sqldb.Tx, d Delivery, states []clock.State) error {
	if err := s.Clock.Save(ctx, tx, clock.Subject{Kind: Kind, ID: d.ID}, states); err != nil {
		return err
	}
	if err := s.Access.Grant(ctx, tx, grants(d)...); err != nil {
		return err
	}
	if !d.State.Open() {
		return nil
	}
	return s.owe(ctx, tx, d, d.LastAt)
}

// grants lists who may see a new delivery, and why.
func grants(d Delivery) []access.Grant {
	sub := subject(d.ID)
	list := []access.Grant{{Subject: sub, Holder: access.Unit(d.Provider), Why: access.WhyServes}, {Subject: sub, Holder: access.Unit(d.Customer), Why: access.WhyAsks}}
	if d.Receiver != 0 {
		list = append(list, access.Grant{Subject: sub, Holder: access.Person(d.Receiver), Why: access.WhyAsked})
	}
	if d.Assignee != 0 {
		list = append(list, access.Grant{Subject: sub, Holder: access.Person(d.Assignee), Why: access.WhyAssigned})
	}
	return list
}

// Push is a delivery that the provider brings without being asked, as it came through the door.
type Push struct {
	Provider string // code; "": the unit of the service, or the actor's own
	Customer string // code
	Service  string // code; may be empty
	Title    string
	Receiver string // 工号; "": whoever heads the customer
	Goods
}

// Push brings something unasked. It is delivered at once; the customer accepts, returns or contests it.
func (s *Service) Push(ctx context.Context, in Push) (Delivery, error) {
	d, log, text, err := s.pushed(ctx, in)
	if err != nil {
		return d, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		d.OpenedAt = tx.Now
		log[1].At = tx.Now
		entries := slices.Clone(log)
		fresh := d
		states, err := s.fold(ctx, tx, &fresh, entries)
		if err != nil {
			return err
		}
		if err := insertDeliveries(ctx, tx, fresh); err != nil {
			return err
		}
		t := &turn{who: actor.From(ctx), side: ProviderSide, d: fresh, event: entries[1]}
		if err := s.speak(ctx, tx, t, text, in.Files); err != nil {
			return err
		}
		entries[1].Message = t.event.Message
		if err := insertEvents(ctx, tx, entries...); err != nil {
			return err
		}
		if err := s.filed(ctx, tx, fresh, states); err != nil {
			return err
		}
		if err := s.tally(ctx, tx, counted(fresh, entries)); err != nil {
			return err
		}
		if err := s.Relation.Contact(ctx, tx, fresh.Edge, t.who.Person, tx.Now); err != nil {
			return err
		}
		a := about(fresh, t.who.Person, tx.Now)
		d = fresh
		return s.events.Emit(ctx, tx, WasOpened{a}, WasDelivered{a})
	})
	return d, err
}

// pushed checks a push.
func (s *Service) pushed(ctx context.Context, in Push) (d Delivery, log []Event, text string, err error) {
	var f fault.Fields
	a := actor.From(ctx)
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return d, nil, "", err
	}
	d = Delivery{Origin: Pushed, Provider: a.Unit, Title: atMost(&f, "title", in.Title, maxTitle)}
	if in.Service != "" {
		snap, err := s.Catalog.Snapshot(ctx)
		if err != nil {
			return d, nil, "", err
		}
		if service, ok := snap.ByCode(in.Service); ok && service.State == catalog.Live {
			d.Service, d.Provider = service.ID, service.Unit
			if d.Title == "" {
				d.Title = service.Name.In(ctx)
			}
		} else {
			f.Add("service", "delivery.service-unknown")
		}
	} else if in.Provider != "" {
		u, ok := tree.ByCode(in.Provider)
		if !ok || !u.Valid(s.db.Now()) {
			f.Add("provider", "delivery.unit-unknown", "unit", in.Provider)
		}
		d.Provider = u.ID
	}
	set, err := s.Access.Towards(ctx, a, d.Provider)
	if err != nil {
		return d, nil, "", err
	}
	if f.Len() == 0 && access.Allowed(ctx, "delivery.push", set) != nil {
		f.Add("provider", "delivery.not-your-unit")
	}
	if d.Title == "" {
		f.Add("title", "form.required")
	}
	u, ok := tree.ByCode(in.Customer)
	switch {
	case in.Customer == "":
		f.Add("customer_unit", "form.required")
	case !ok || !u.Valid(s.db.Now()):
		f.Add("customer_unit", "delivery.unit-unknown", "unit", in.Customer)
	case u.ID == d.Provider:
		f.Add("customer_unit", "delivery.unit-itself")
	}
	d.Customer = u.ID
	if strings.TrimSpace(in.Receiver) != "" {
		err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
			p, err := s.personNamed(ctx, rd, in.Receiver, "receiver", &f)
			d.Receiver = p.ID
			return err
		})
		if err != nil {
			return d, nil, "", err
		}
	}
	text = atMost(&f, "text", in.Text, maxText)
	q := quantity(&f, "quantity", in.Quantity)
	log = []Event{
		{Actor: a.Person, Side: ProviderSide},
		{Kind: VerbDeliver, Actor: a.Person, Side: ProviderSide, Quantity: q},
	}
	return d, log, text, f.Err()
}

var noTime time.Time
