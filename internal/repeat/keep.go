package repeat

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/request"
)

// Wanted is a template as it came through the door.
type Wanted struct {
	Service      string // code
	Title        string // may hold placeholders; "": as the service proposes
	Fields       map[string]any
	Customer     string // code of the unit it is asked for; "": the main unit of the actor
	Place        string // code; "": nowhere in particular
	OfUnit       bool   // the unit's: its head and its secretary keep it
	Confidential bool
	Named        []string // 工号
	Watchers     []string // 工号
	Schedule     calendar.Schedule
	Step         int
	From, Until  string // YYYY-MM-DD
	Lead         int
	CatchUp      string
}

// most is how many templates a person may have that are not ended.
const most = 100

// maxTitle and maxFields bound a template: characters, and bytes of JSON.
const (
	maxTitle  = 200
	maxFields = 64 << 10
)

// Make makes a template of the actor's: what is wrong comes all at once. It is asked in the actor's name.
func (s *Service) Make(ctx context.Context, w Wanted) (Template, error) {
	t, err := s.checked(ctx, w, Template{Owner: me(ctx)})
	if err != nil {
		return t, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		n, err := countOwned(ctx, tx, t.Owner)
		if err != nil {
			return err
		}
		if n >= most {
			return fault.New(fault.Conflict, "repeat.too-many", "max", most)
		}
		if t.Number, err = tx.Next(ctx, "repeat_number"); err != nil {
			return err
		}
		t.ID, t.MadeAt, t.Revision, t.State = tx.NewID(), tx.Now, 1, Saved
		if t.Repeats() {
			t.State, t.NextAt, t.Through = Active, tx.Now, tx.Now
		}
		if err := insertTemplate(ctx, tx, t); err != nil {
			return err
		}
		tx.OnCommit(s.expected.forget)
		return s.events.Emit(ctx, tx, WasMade{about(t)})
	})
	return t, err
}

// Change makes another one of a template; dates that have passed stay as they are. A stopped one goes on.
func (s *Service) Change(ctx context.Context, number int64, w Wanted, on web.IfMatch) (Template, error) {
	old, err := s.kept(ctx, number)
	if err != nil {
		return old, err
	}
	if _, gone := s.asOwner(ctx, old.Owner); fault.KindOf(gone) == fault.NotFound && gone != nil {
		old.Owner = me(ctx) // whoever mends what somebody left behind goes on with it
	}
	next, err := s.checked(ctx, w, old)
	if err != nil {
		return next, err
	}
	return s.turn(ctx, number, func(ctx context.Context, tx *sqldb.Tx, t *Template) (string, error) {
		if err := on.Check(t.etag()); err != nil {
			return "", err
		}
		if t.State == Ended {
			return "", fault.New(fault.Conflict, "repeat.ended")
		}
		through, state := t.Through, t.State
		id, n, revision, made := t.ID, t.Number, t.Revision, t.MadeAt
		*t = next
		t.ID, t.Number, t.Revision, t.MadeAt, t.Through, t.State = id, n, revision, made, through, state
		switch {
		case !t.Repeats():
			t.State = Saved
		case t.State == Saved:
			t.State, t.Through = Active, tx.Now
		case t.State == Stopped:
			t.State = Active
		}
		return "", s.mended(ctx, tx, t)
	})
}

// mended takes a template up again: at once what is due is looked at.
func (s *Service) mended(ctx context.Context, tx *sqldb.Tx, t *Template) error {
	t.Fault = nil
	if t.State == Active {
		t.NextAt = tx.Now
	}
	return s.Todo.Fulfil(ctx, tx, subject(t.ID), mend)
}

// etag is the state that a change is made on.
func (t Template) etag() string { return web.ETag(t.Ref(), t.Revision) }

// turn changes one template that the actor keeps: lock, decide, write, announce. decide may name the slot that it is about.
func (s *Service) turn(ctx context.Context, number int64, decide func(context.Context, *sqldb.Tx, *Template) (slot string, err error)) (Template, error) {
	if _, err := s.kept(ctx, number); err != nil {
		return Template{}, err
	}
	var t Template
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		if t, err = lock(ctx, tx, number); err != nil {
			return err
		}
		slot, err := decide(ctx, tx, &t)
		if err != nil {
			return err
		}
		t.Revision++
		if err := updateTemplate(ctx, tx, t); err != nil {
			return err
		}
		tx.OnCommit(s.expected.forget)
		return s.events.Emit(ctx, tx, WasChanged{about(t), t.State, slot})
	})
	return t, err
}

// Pause holds a template: nothing is asked until it goes on.
func (s *Service) Pause(ctx context.Context, number int64) (Template, error) {
	return s.turn(ctx, number, func(_ context.Context, _ *sqldb.Tx, t *Template) (string, error) {
		if t.State != Active && t.State != Stopped {
			return "", fault.New(fault.Conflict, "repeat.not-active")
		}
		t.State = Paused
		return "", nil
	})
}

// Resume lets a paused or stopped template go on. What fell due while it was paused is left out; what fell due while it stood
// still by a fault is caught up with, as the template says.
func (s *Service) Resume(ctx context.Context, number int64) (Template, error) {
	return s.turn(ctx, number, func(ctx context.Context, tx *sqldb.Tx, t *Template) (string, error) {
		switch t.State {
		case Paused:
			if t.Through.Before(tx.Now) {
				t.Through = tx.Now
			}
		case Stopped:
		default:
			return "", fault.New(fault.Conflict, "repeat.not-paused")
		}
		t.State = Active
		return "", s.mended(ctx, tx, t)
	})
}

// End ends a template for good; what it has asked goes on.
func (s *Service) End(ctx context.Context, number int64) (Template, error) {
	return s.turn(ctx, number, func(ctx context.Context, tx *sqldb.Tx, t *Template) (string, error) {
		if t.State == Ended {
			return "", fault.New(fault.Conflict, "repeat.ended")
		}
		t.State = Ended
		return "", s.Todo.Fulfil(ctx, tx, subject(t.ID), mend)
	})
}

// Skip leaves one date out, or takes that back.
func (s *Service) Skip(ctx context.Context, number int64, slot string, skip bool) (Template, error) {
	return s.dated(ctx, number, slot, func(ctx context.Context, tx *sqldb.Tx, t *Template, d Date) error {
		if !skip {
			return dropDate(ctx, tx, t.ID, slot)
		}
		d.State, d.Title, d.Fields = DateSkipped, "", ""
		return putDate(ctx, tx, d)
	})
}

// ChangeDate gives one date another title or other answers, which are vetted as they would be asked today; both empty: it is again as
// the template says.
func (s *Service) ChangeDate(ctx context.Context, number int64, slot, title string, fields map[string]any) (Template, error) {
	title = strings.TrimSpace(title)
	var f fault.Fields
	if utf8.RuneCountInString(title) > maxTitle {
		f.Add("title", "form.too-long", "max", maxTitle, "count", utf8.RuneCountInString(title))
	}
	checkTitle(&f, title)
	answers := ""
	if len(fields) > 0 {
		b, err := json.Marshal(fields)
		if err != nil {
			return Template{}, err
		}
		if answers = string(b); len(b) > maxFields {
			f.Add("fields", "request.draft-too-large", "max", maxFields>>10)
			return Template{}, f.Err()
		}
		err = s.vetDate(ctx, number, Date{Title: title, Fields: answers})
		if e, ok := fault.As(err); ok && e.Kind == fault.Invalid {
			for _, x := range e.Fields {
				f.Add(x.Name, x.Key, fault.Flat(x.Args)...)
			}
		} else if err != nil {
			return Template{}, err
		}
	}
	if err := f.Err(); err != nil {
		return Template{}, err
	}
	return s.dated(ctx, number, slot, func(ctx context.Context, tx *sqldb.Tx, t *Template, d Date) error {
		if title == "" && answers == "" {
			return dropDate(ctx, tx, t.ID, slot)
		}
		d.State, d.Title, d.Fields = DateChanged, title, answers
		return putDate(ctx, tx, d)
	})
}

// vetDate decides whether a date could be asked as it is changed to, in the name of the owner of its template.
func (s *Service) vetDate(ctx context.Context, number int64, given Date) error {
	t, err := s.kept(ctx, number)
	if err != nil {
		return err
	}
	owner, err := s.asOwner(ctx, t.Owner)
	if err != nil {
		return err
	}
	ask, err := s.askOf(owner, t, given, calendar.Occurrence{Planned: s.today(ctx)})
	if err != nil {
		return err
	}
	_, err = s.Request.Vet(owner, ask)
	return err
}

// dated does something with a date that is still to come.
func (s *Service) dated(ctx context.Context, number int64, slot string, do func(context.Context, *sqldb.Tx, *Template, Date) error) (Template, error) {
	return s.turn(ctx, number, func(ctx context.Context, tx *sqldb.Tx, t *Template) (string, error) {
		table, err := s.Calendar.TableFor(ctx, t.Unit)
		if err != nil {
			return "", err
		}
		for _, o := range t.after(table, t.Through, ahead) {
			if o.Slot != slot {
				continue
			}
			was, err := dateBy(ctx, tx, t.ID, slot)
			if err != nil {
				return "", err
			}
			if was.State == DateOpened || was.State == DateMissed {
				break
			}
			t.NextAt = tx.Now
			return slot, do(ctx, tx, t, Date{Template: t.ID, Slot: slot, Due: o.At, Person: me(ctx), At: tx.Now})
		}
		return "", fault.New(fault.Conflict, "repeat.date-gone", "slot", slot)
	})
}

// ahead is how far dates may be changed: as many as are shown, and more.
const ahead = 60

// checked decides whether what is wanted can be kept; was is what it changes, zero but its owner for a new one.
func (s *Service) checked(ctx context.Context, w Wanted, was Template) (Template, error) {
	var f fault.Fields
	t := was
	t.Schedule, t.Step, t.Lead, t.CatchUp, t.OfUnit, t.Confidential, t.Place = w.Schedule, max(w.Step, 0), w.Lead, w.CatchUp, w.OfUnit, w.Confidential, strings.TrimSpace(w.Place)
	if t.Step == 0 {
		t.Step = 1
	}
	if t.CatchUp == "" {
		t.CatchUp = CatchLast
	}
	if t.Schedule.Shift == "" {
		t.Schedule.Shift = calendar.Before
	}
	t.From, t.Until = typedDay(&f, "from", w.From), typedDay(&f, "until", w.Until)
	checkPlan(&f, t)
	if t.Repeats() && t.From == 0 && w.From == "" {
		f.Add("from", "form.required")
	}
	checkTitle(&f, w.Title)
	service, err := s.Catalog.Visible(ctx, strings.TrimSpace(w.Service))
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return t, err
	}
	if err != nil || !service.Askable() || service.Support() {
		f.Add("service", "request.service-unknown")
		return t, f.Err()
	}
	t.Service, t.Title = service.ID, strings.TrimSpace(w.Title)
	if service.Policy.Confidential == catalog.PrivacyAlways {
		t.Confidential = true
	}
	if err := s.checkAsk(ctx, service, w, &t, &f); err != nil {
		return t, err
	}
	return t, f.Err()
}

func typedDay(f *fault.Fields, name, text string) calendar.Date {
	if text = strings.TrimSpace(text); text == "" {
		return 0
	}
	d, err := calendar.ParseDate(text)
	if err != nil {
		f.Add(name, "repeat.not-a-day", "given", text)
	}
	return d
}

// checkAsk vets what the next date would ask, as its owner, and keeps the answers as they were typed.
func (s *Service) checkAsk(ctx context.Context, service *catalog.Service, w Wanted, t *Template, f *fault.Fields) error {
	answers := kept(service.Form, w.Fields)
	b, err := json.Marshal(answers)
	if err != nil {
		return err
	}
	if t.Fields = string(b); len(b) > maxFields {
		f.Add("fields", "request.draft-too-large", "max", maxFields>>10)
		return nil
	}
	if t.Title == "" {
		t.Title = request.ProposedTitle(service.Name.In(ctx), service.Form, answers)
	}
	for _, list := range []struct {
		name string
		nos  []string
		to   *[]int64
	}{{"named", w.Named, &t.Named}, {"watchers", w.Watchers, &t.Watchers}} {
		if *list.to, err = s.people(ctx, list.name, list.nos, f); err != nil {
			return err
		}
	}
	if t.Confidential && len(t.Named) == 0 {
		f.Add("named", "request.need-named")
	}
	owner, err := s.asOwner(ctx, t.Owner)
	if err != nil {
		return err
	}
	if err := s.checkUnit(ctx, w, t, f); err != nil {
		return err
	}
	today := s.today(ctx)
	table, err := s.Calendar.TableFor(ctx, t.Unit)
	if err != nil {
		return err
	}
	if known, err := s.holdFiles(ctx, service.Form, answers, t, f); err != nil || !known {
		return err
	}
	vetted, err := s.copied(owner, service.Form, answers)
	if err != nil {
		return err
	}
	_, err = s.Request.Vet(owner, request.Ask{Service: service.Code, Title: filled(t.Title, today), Fields: filledAnswers(service.Form, vetted, day{today, today, table}), Customer: w.Customer,
		Confidential: t.Confidential, Named: w.Named, Place: t.Place})
	if e, ok := fault.As(err); ok && e.Kind == fault.Invalid {
		for _, x := range e.Fields {
			f.Add(x.Name, x.Key, fault.Flat(x.Args)...)
		}
		return nil
	}
	return err
}

// today is the day it is in the company.
func (s *Service) today(ctx context.Context) calendar.Date {
	return calendar.DateOf(s.db.Now().In(s.Org.Company(ctx).Location()))
}

// checkUnit decides for which unit it is asked, and whether the actor may keep templates of the unit.
func (s *Service) checkUnit(ctx context.Context, w Wanted, t *Template, f *fault.Fields) error {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	if u, ok := tree.ByCode(w.Customer); ok {
		t.Unit = u.ID
	} else if t.Unit == 0 {
		t.Unit = actor.From(ctx).Unit
	}
	if !t.OfUnit {
		return nil
	}
	set, err := s.Access.Towards(ctx, actor.From(ctx), t.Unit)
	if err == nil && !access.May("repeat.unit", set, false) {
		f.Add("of_unit", "repeat.not-of-unit")
	}
	return err
}

// people are the colleagues of the 工号.
func (s *Service) people(ctx context.Context, name string, nos []string, f *fault.Fields) ([]int64, error) {
	var out []int64
	for _, no := range nos {
		p, err := s.Org.PersonByNo(ctx, strings.TrimSpace(no))
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return nil, err
		}
		if err != nil || !p.Active {
			f.Add(name, "request.person-unknown")
			continue
		}
		if !slices.Contains(out, p.ID) {
			out = append(out, p.ID)
		}
	}
	return out, nil
}

// asOwner is the context of the person in whose name a template is asked; not found when that person has left.
func (s *Service) asOwner(ctx context.Context, owner int64) (context.Context, error) {
	if owner == me(ctx) {
		return ctx, nil
	}
	p, err := s.Org.Person(ctx, owner)
	if err != nil || !p.Active {
		return ctx, fault.ErrNotFound
	}
	a, err := s.Org.ActorOf(ctx, owner)
	if err != nil {
		return ctx, err
	}
	a.Unasked = actor.From(ctx).System // on its date, by the house: nobody's time
	return actor.With(ctx, a), nil
}

// kept is a template that the actor may change: the own, or one of the unit whose head or secretary the actor is.
func (s *Service) kept(ctx context.Context, number int64) (Template, error) {
	t, may, err := s.seen(ctx, number)
	if err == nil && !may {
		err = fault.ErrNotFound
	}
	return t, err
}

// seen is a template that the actor may read, and whether it may be changed: one of a unit is read by its people, unless it
// is confidential.
func (s *Service) seen(ctx context.Context, number int64) (t Template, may bool, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		t, err = byNumber(ctx, rd, number)
		return err
	})
	if err != nil {
		return t, false, err
	}
	sees, may, err := s.relates(ctx, t)
	if err == nil && !sees {
		err = fault.ErrNotFound
	}
	if err != nil {
		return Template{}, false, err
	}
	return t, may, nil
}

// relates says whether the actor may read a template, and change it.
func (s *Service) relates(ctx context.Context, t Template) (sees, may bool, err error) {
	a := actor.From(ctx)
	if t.Owner == a.Person {
		return true, true, nil
	}
	if !t.OfUnit || t.Confidential {
		return false, false, nil
	}
	set, err := s.Access.Towards(ctx, a, t.Unit)
	may = access.May("repeat.unit", set, false)
	return may || a.In(t.Unit), may, err
}
