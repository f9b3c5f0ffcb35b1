package repeat

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/request"
	"neike/internal/todo"
)

// A round of OpenDue looks at so many templates, and deals with at most so many dates of each.
const (
	templatesAtOnce = 200
	datesAtOnce     = 60
)

// laterWhenFull is when a service is asked again whose hands are full.
const laterWhenFull = time.Hour

// OpenDue asks what falls due: one request per template and date, however often and in how many processes it runs.
func (s *Service) OpenDue(ctx context.Context) error {
	for {
		var due []int64
		err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
			due, err = dueNow(ctx, rd, rd.Instant(), templatesAtOnce)
			return err
		})
		if err != nil || len(due) == 0 {
			return err
		}
		for _, number := range due {
			for more, n := true, 0; more && n < datesAtOnce; n++ {
				if more, err = s.openNext(ctx, number); err != nil {
					return fmt.Errorf("ask %s: %w", Ref(number), err)
				}
			}
		}
	}
}

// step is what is to be done with the next date of a template.
type step struct {
	t      Template
	o      calendar.Occurrence
	given  Date // what was said of the date before
	opens  time.Time
	missed bool
	none   bool // there is no date any more
}

// openNext deals with the next date of one template; more: another one may be due.
func (s *Service) openNext(ctx context.Context, number int64) (more bool, err error) {
	st, due, err := s.nextStep(ctx, number)
	if err != nil || !due {
		return false, err
	}
	if st.none || st.opens.After(s.db.Now()) || st.missed || st.given.State == DateSkipped {
		return s.advance(ctx, st, nil)
	}
	owner, vetted, err := s.vet(ctx, st)
	if f, ok := fault.As(err); ok && (f.Kind == fault.Invalid || f.Kind == fault.NotFound) {
		return false, s.stop(ctx, st, f)
	}
	if err != nil {
		return false, err
	}
	more, err = s.advance(owner, st, vetted)
	if request.IsFull(err) {
		return false, s.postpone(ctx, st)
	}
	if f, ok := fault.As(err); ok && f.Kind == fault.Invalid {
		return false, s.stop(ctx, st, f)
	}
	return more, err
}

// nextStep reads what is next; due is false when there is nothing to look at.
func (s *Service) nextStep(ctx context.Context, number int64) (st step, due bool, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		if st.t, err = byNumber(ctx, rd, number); err != nil || st.t.State != Active || st.t.NextAt.After(rd.Instant()) {
			return err
		}
		due = true
		table, err := s.Calendar.TableFor(ctx, st.t.Unit)
		if err != nil {
			return err
		}
		list := st.t.after(table, st.t.Through, 2)
		if len(list) == 0 {
			st.none = true
			return nil
		}
		st.o, st.opens = list[0], st.t.opening(table, list[0])
		st.missed = missed(st.t.CatchUp, list[0], list[1:], rd.Instant())
		st.given, err = dateBy(ctx, rd, st.t.ID, st.o.Slot)
		return err
	})
	return st, due, err
}

// vet decides whether the date can be asked, in the name of the owner.
func (s *Service) vet(ctx context.Context, st step) (context.Context, *request.Vetted, error) {
	owner, err := s.asOwner(ctx, st.t.Owner)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		var f fault.Fields
		f.Add("owner", "repeat.owner-gone")
		return ctx, nil, f.Err()
	}
	if err != nil {
		return ctx, nil, err
	}
	ask, err := s.askOf(owner, st.t, st.given, st.o)
	if err != nil {
		return ctx, nil, err
	}
	vetted, err := s.Request.Vet(owner, ask)
	return owner, vetted, err
}

// askOf is what a date asks.
func (s *Service) askOf(ctx context.Context, t Template, given Date, o calendar.Occurrence) (request.Ask, error) {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return request.Ask{}, err
	}
	service, ok := snap.ByID(t.Service)
	if !ok {
		service = &catalog.Service{}
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return request.Ask{}, err
	}
	unit, _ := tree.ByID(t.Unit)
	answers := t.Answers()
	if given.Fields != "" {
		if err := json.Unmarshal([]byte(given.Fields), &answers); err != nil {
			return request.Ask{}, fmt.Errorf("answers of %s: %w", o.Slot, err)
		}
		for _, x := range service.Form.Fields { // a date has the files of its template, and the tables that hold some
			if x.HoldsFiles() {
				answers[x.Key] = t.Answers()[x.Key]
			}
		}
	}
	if answers, err = s.copied(ctx, service.Form, answers); err != nil {
		return request.Ask{}, err
	}
	title := t.Title
	if given.Title != "" {
		title = given.Title
	}
	table, err := s.Calendar.TableFor(ctx, t.Unit)
	if err != nil {
		return request.Ask{}, err
	}
	ask := request.Ask{Service: service.Code, Title: filled(title, o.Planned), Fields: filledAnswers(service.Form, answers, day{o.Planned, s.today(ctx), table}), Customer: unit.Code,
		Confidential: t.Confidential, Wished: o.At, Place: t.Place}
	people, err := s.peopleByID(ctx, t.Named)
	for _, id := range t.Named {
		if p := people[id]; p.Active {
			ask.Named = append(ask.Named, p.No)
		}
	}
	return ask, err
}

// advance writes what became of a date in one transaction with its request, if the template is still where it was read:
// whoever comes second does nothing.
func (s *Service) advance(ctx context.Context, st step, vetted *request.Vetted) (more bool, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		more = false
		t, err := lock(ctx, tx, st.t.Number)
		if err != nil || t.State != Active || t.Revision != st.t.Revision || !t.Through.Equal(st.t.Through) {
			return err
		}
		switch {
		case st.none:
			t.State, t.NextAt = Ended, time.Time{}
			if t.Until == 0 { // the calendar does not reach farther yet
				t.State, t.NextAt = Active, tx.Now.Add(24*time.Hour)
			}
			return updateTemplate(ctx, tx, t)
		case vetted == nil && st.opens.After(tx.Now):
			t.NextAt = st.opens
			return updateTemplate(ctx, tx, t)
		}
		given, err := dateBy(ctx, tx, t.ID, st.o.Slot)
		if err != nil {
			return err
		}
		more, t.Through, t.NextAt = true, st.o.At, tx.Now
		if err := s.deal(ctx, tx, t, st, given, vetted); err != nil {
			return err
		}
		return updateTemplate(ctx, tx, t)
	})
	return more, err
}

// deal writes the row of a date, and its request.
func (s *Service) deal(ctx context.Context, tx *sqldb.Tx, t Template, st step, given Date, vetted *request.Vetted) error {
	d := Date{Template: t.ID, Slot: st.o.Slot, Due: st.o.At, State: DateMissed, Title: given.Title, Fields: given.Fields, At: tx.Now}
	if given.State == DateOpened || given.State == DateSkipped || given.State == DateMissed {
		return nil
	}
	if vetted == nil {
		return putDate(ctx, tx, d)
	}
	r, err := vetted.Open(ctx, tx)
	if err != nil {
		return err
	}
	for _, p := range t.Watchers {
		if !t.Confidential {
			if err := s.Access.Grant(ctx, tx, access.Grant{Subject: access.Subject{Kind: request.Kind, ID: r.ID}, Holder: access.Person(p), Why: access.WhyWatches}); err != nil {
				return err
			}
			if err := s.Talk.Watch(ctx, tx, access.Subject{Kind: request.Kind, ID: r.ID}, p, access.WhyWatches); err != nil {
				return err
			}
		}
	}
	d.State, d.Request, d.Number = DateOpened, r.ID, r.Number
	if err := putDate(ctx, tx, d); err != nil {
		return err
	}
	return s.events.Emit(ctx, tx, WasOpened{about(t), d.Slot, r.ID})
}

// postpone looks again later at a date whose service takes nothing now.
func (s *Service) postpone(ctx context.Context, st step) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		t, err := lock(ctx, tx, st.t.Number)
		if err != nil || t.State != Active || !t.Through.Equal(st.t.Through) {
			return err
		}
		t.NextAt = tx.Now.Add(laterWhenFull)
		return updateTemplate(ctx, tx, t)
	})
}

// stop stops a template that cannot be asked as it is: nothing is lost, and its owner, or the head of the unit when the owner
// has left, owes a look at it.
func (s *Service) stop(ctx context.Context, st step, why *fault.Error) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		t, err := lock(ctx, tx, st.t.Number)
		if err != nil || t.State != Active || t.Revision != st.t.Revision || !t.Through.Equal(st.t.Through) {
			return err
		}
		t.State, t.Fault = Stopped, nil
		for _, x := range why.Fields {
			t.Fault = append(t.Fault, Wrong{x.Name, x.Key, plain(x.Args)})
		}
		told, err := s.mender(ctx, tx, t)
		if err != nil {
			return err
		}
		if told != t.Owner && !t.Confidential { // so that the head can mend it
			t.OfUnit = true
		}
		if told != t.Owner && t.Confidential { // nobody else may read it; whoever takes over for its owner gets it
			told = 0
		}
		if err := updateTemplate(ctx, tx, t); err != nil {
			return err
		}
		if told != 0 {
			err := s.Todo.Owe(ctx, tx, todo.Todo{Holder: access.Person(told), Subject: subject(t.ID), Verb: mend, Title: filled(t.Title, st.o.Planned), Ref: t.Ref(), Link: link(t.Number)})
			if err != nil {
				return err
			}
		}
		return s.events.Emit(ctx, tx, HasStopped{about(t), told})
	})
}

// mender is who looks after a stopped template: its owner, or else the first head of the unit.
func (s *Service) mender(ctx context.Context, tx *sqldb.Tx, t Template) (int64, error) {
	p, err := s.Org.PersonIn(ctx, tx, t.Owner)
	if err == nil && p.Active {
		return p.ID, nil
	}
	heads, err := s.Org.Heads(ctx, tx, t.Unit)
	if err != nil || len(heads) == 0 {
		return 0, err
	}
	return heads[0], nil
}

// plain keeps of the arguments of a finding what JSON can hold.
func plain(args map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range args {
		switch v.(type) {
		case string, int, int64, float64, bool:
			out[k] = v
		}
	}
	return out
}

// Ask asks a template by hand, now: one click. once is the key of the form that was pressed, which asks once.
func (s *Service) Ask(ctx context.Context, number int64, once string) (request.Request, error) {
	t, _, err := s.seen(ctx, number)
	if err != nil {
		return request.Request{}, err
	}
	ask, err := s.askOf(ctx, t, Date{}, calendar.Occurrence{Planned: s.today(ctx)})
	if err != nil {
		return request.Request{}, err
	}
	ask.Once = once
	if t.Owner != me(ctx) {
		ask.Customer = ""
	}
	vetted, err := s.Request.Vet(ctx, ask)
	if err != nil {
		return request.Request{}, err
	}
	var r request.Request
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		r, err = vetted.Open(ctx, tx)
		return err
	})
	return r, err
}

// origin fills the slot of request: which template asked it.
func (s *Service) origin(ctx context.Context, rd sqldb.Reader, id int64) ([]ui.Pair, error) {
	t, err := originOf(ctx, rd, id)
	if err != nil || t.ID == 0 {
		return nil, err
	}
	p := ui.Pair{Term: lang.T(ctx, "repeat.origin"), Text: t.Ref()}
	if sees, _, _ := s.relates(ctx, t); sees {
		p.Href = link(t.Number)
	}
	return []ui.Pair{p}, nil
}
