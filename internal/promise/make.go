package promise

import (
	"context"
	"slices"
	"time"

	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/talk"
	"neike/internal/todo"
)

// Word is a promise as it came through the door.
type Word struct {
	Receiver string // 工号; or
	Unit     string // code of a unit as such
	What     string
	Due      string // a day, or a moment; see readDue
	About    string // number of the record it is made about, R-1024; "": none
	Message  int64  // of its conversation
	Workday  bool   // a day on which the giver's unit does not work is a wrong field
}

// Make gives a promise: the actor to a person or to a unit. Everything wrong comes back at once.
func (s *Service) Make(ctx context.Context, w Word) (Promise, error) {
	p, err := s.checked(ctx, w)
	if err != nil {
		return p, spoken(ctx, err)
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		fresh := p
		fresh.ID, fresh.MadeAt = tx.NewID(), tx.Now
		if key := checkDue(fresh.Due, tx.Now); key != "" {
			var f fault.Fields
			f.Add("due", key)
			return f.Err()
		}
		var err error
		if fresh.Number, err = tx.Next(ctx, "promise_number"); err != nil {
			return err
		}
		a := actor.From(ctx)
		e := Event{Promise: fresh.ID, N: 1, At: tx.Now, Kind: VerbMake, Actor: a.Person, Due: fresh.Due}
		fresh.happen(e, StateOpen)
		if err := s.planned(ctx, &fresh); err != nil {
			return err
		}
		if err := insertPromise(ctx, tx, fresh); err != nil {
			return err
		}
		if err := insertEvent(ctx, tx, e); err != nil {
			return err
		}
		if err := s.Access.Grant(ctx, tx, grants(fresh)...); err != nil {
			return err
		}
		if err := s.owe(ctx, tx, fresh); err != nil {
			return err
		}
		p = fresh
		return s.events.Emit(ctx, tx, WasMade{about(fresh, a.Person, 0, tx.Now)})
	})
	return p, err
}

// checked turns what came through the door into a promise, or says everything that is wrong with it.
func (s *Service) checked(ctx context.Context, w Word) (Promise, error) {
	a := actor.From(ctx)
	if a.Person == 0 {
		return Promise{}, fault.ErrNotFound
	}
	p := Promise{Giver: a.Person, FirstGiver: a.Person, GiverUnit: a.Unit, State: StateOpen}
	table, err := s.Calendar.TableFor(ctx, p.GiverUnit)
	if err != nil {
		return p, err
	}
	var f fault.Fields
	p.What = need(&f, "what", w.What)
	due(&f, "due", w.Due, w.Workday, table, s.db.Now(), &p.Due, &p.WholeDay)
	p.FirstDue = p.Due
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		if err := s.receiver(ctx, rd, &f, w, &p); err != nil {
			return err
		}
		return s.place(ctx, rd, &f, w, &p)
	})
	if err != nil {
		return p, err
	}
	return p, f.Err()
}

// due reads a date into a promise; workday says that a day off is refused.
func due(f *fault.Fields, name, text string, workday bool, table *calendar.Table, now time.Time, at *time.Time, whole *bool) {
	var key string
	if *at, *whole, key = readDue(text, table); key == "" {
		key = checkDue(*at, now)
	}
	if key != "" {
		f.Add(name, key)
		return
	}
	if day := calendar.DateOf(at.In(table.Location())); workday && !table.Workday(day) {
		f.Add(name, "promise.day-off", "day", *at)
	}
}

// receiver reads to whom it is given: a person at work here, or a unit; not to oneself.
func (s *Service) receiver(ctx context.Context, rd sqldb.Reader, f *fault.Fields, w Word, p *Promise) error {
	switch {
	case w.Receiver != "" && w.Unit != "":
		f.Add("unit", "promise.one-receiver")
	case w.Receiver != "":
		who, err := s.Org.PersonByNoIn(ctx, rd, w.Receiver)
		switch {
		case fault.KindOf(err) == fault.NotFound && err != nil, err == nil && !who.Active:
			f.Add("receiver", "promise.nobody")
		case err != nil:
			return err
		case who.ID == p.Giver:
			f.Add("receiver", "promise.to-oneself")
		default:
			p.Receiver, p.ReceiverUnit = who.ID, who.Unit
		}
	case w.Unit != "":
		tree, err := s.Org.Tree(ctx)
		if err != nil {
			return err
		}
		if u, ok := tree.ByCode(w.Unit); ok && u.Valid(rd.Instant()) {
			p.ReceiverUnit = u.ID
		} else {
			f.Add("unit", "promise.unit-unknown")
		}
	default:
		f.Add("receiver", "promise.no-receiver")
	}
	return nil
}

// place reads what it is about. About something confidential it is given only to a person who may see that.
func (s *Service) place(ctx context.Context, rd sqldb.Reader, f *fault.Fields, w Word, p *Promise) error {
	if w.About == "" {
		return nil
	}
	o, err := s.origin(ctx, rd, w.About)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		f.Add("about", "promise.about-unknown", "ref", w.About)
		return nil
	}
	if err != nil {
		return err
	}
	p.About, p.Confidential = o.Subject, o.Confidential
	if w.Message != 0 {
		words, err := s.Talk.Words(ctx, rd, o.Subject, []int64{w.Message})
		if err != nil {
			return err
		}
		if _, known := words[w.Message]; known {
			p.Message = w.Message
		}
	}
	if !o.Confidential {
		return nil
	}
	if p.ToUnit() {
		if p.ReceiverUnit != 0 {
			f.Add("unit", "promise.confidential-to-unit")
		}
		return nil
	}
	open, err := s.seenBy(ctx, rd, p.Receiver, o.Subject)
	if err == nil && !open {
		f.Add("receiver", "promise.receiver-cannot-see")
	}
	return err
}

// seenBy says whether somebody may see a record.
func (s *Service) seenBy(ctx context.Context, rd sqldb.Reader, person int64, sub access.Subject) (bool, error) {
	who, err := s.Org.ActorOf(ctx, person)
	if kind := fault.KindOf(err); err != nil && (kind == fault.NotFound || kind == fault.Denied) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	found, err := s.Talk.AboutOf(actor.With(ctx, who), rd, sub.Kind, []int64{sub.ID})
	return len(found) > 0, err
}

// grants lists who may see a promise, and why. A confidential one is nobody's but theirs.
func grants(p Promise) []access.Grant {
	sub := subject(p.ID)
	list := []access.Grant{{Subject: sub, Holder: access.Person(p.Giver), Why: access.WhyAssigned}}
	if p.Receiver != 0 {
		list = append(list, access.Grant{Subject: sub, Holder: access.Person(p.Receiver), Why: access.WhyAsked})
	}
	if p.Confidential {
		return append(list, access.Grant{Subject: sub, Holder: access.Person(p.Giver), Why: access.WhyNamed})
	}
	return append(list, access.Grant{Subject: sub, Holder: access.Unit(p.GiverUnit), Why: access.WhyServes},
		access.Grant{Subject: sub, Holder: access.Unit(p.ReceiverUnit), Why: access.WhyAsks})
}

// planned sets the next step of the house.
func (s *Service) planned(ctx context.Context, p *Promise) error {
	give, get, err := s.tables(ctx, *p)
	if err != nil {
		return err
	}
	_, p.NextAt = plan(*p, give, get)
	return nil
}

// The verbs of todos that promises put on people. They lead to the promise's page.
const (
	todoKeep = "keep-promise" // the giver
	todoSay  = "say-promise"  // the receiver: was it kept?
	todoDate = "agree-date"   // the receiver: another date is proposed
)

// owe makes the todos of a promise what its state puts on people.
func (s *Service) owe(ctx context.Context, tx *sqldb.Tx, p Promise) error {
	if err := s.Todo.Fulfil(ctx, tx, subject(p.ID)); err != nil || !p.State.Open() {
		return err
	}
	put := func(h access.Holder, verb string, due time.Time, owedTo, unit int64) error {
		return s.Todo.Owe(ctx, tx, todo.Todo{Holder: h, For: owedTo, Unit: unit, Subject: subject(p.ID), Verb: verb, Title: p.What, Ref: p.Ref(),
			Link: link(p.Number), Due: due, Since: p.LastAt})
	}
	judges, err := s.receivers(ctx, tx, p)
	if err != nil {
		return err
	}
	first := p.Receiver
	if first == 0 && len(judges) > 0 {
		first = judges[0]
	}
	if p.State == StateOpen && p.AskedAt.IsZero() {
		if err := put(access.Person(p.Giver), todoKeep, p.Due, first, p.ReceiverUnit); err != nil {
			return err
		}
	}
	_, get, err := s.tables(ctx, p)
	if err != nil {
		return err
	}
	for _, j := range judges {
		if !p.Proposed.IsZero() {
			if err := put(access.Person(j), todoDate, p.Due, p.Giver, p.GiverUnit); err != nil {
				return err
			}
		}
		if !p.AskedAt.IsZero() {
			if err := put(access.Person(j), todoSay, lapses(p, get), p.Giver, p.GiverUnit); err != nil {
				return err
			}
		}
	}
	return nil
}

// suggested is whom the actor would promise something about a record, and the words of one of its messages.
func (s *Service) suggested(ctx context.Context, ref string, message int64) (o Origin, words string, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		if o, err = s.origin(ctx, rd, ref); err != nil || message == 0 {
			return err
		}
		var found map[int64]talk.Entry
		if found, err = s.Talk.Words(ctx, rd, o.Subject, []int64{message}); err != nil {
			return err
		}
		if e, ok := found[message]; ok && slices.Contains([]string{talk.KindMessage, talk.KindAsk, talk.KindAnswer}, e.Kind) {
			words = talk.Excerpt(e.Text, maxWhat, e.NamesIn(ctx))
		}
		return nil
	})
	return o, words, err
}
