package delivery

import (
	"context"
	"slices"

	"neike/internal/access"
	"neike/internal/clock"
	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

type personNames = map[int64]org.Person

// View is a delivery as one reader may see it.
type View struct {
	Line
	Set    access.Set
	Side   Side
	Log    []Event
	Clocks []clock.State
	Own    *Rating  // the reader's own
	Heard  []Rating // what receivers let the provider read: comments, never scores
	Verbs  []Verb   // what the reader may do now
	Terms  *Standing
	Tree   *org.Tree
	People personNames
}

// ByNumber is the delivery as the actor may see it; not found when not.
func (s *Service) ByNumber(ctx context.Context, number int64) (View, error) {
	var v View
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		v, err = s.view(ctx, rd, number)
		return err
	})
	return v, err
}

func (s *Service) view(ctx context.Context, rd sqldb.Reader, number int64) (View, error) {
	d, set, err := s.one(ctx, rd, number)
	if err != nil {
		return View{}, err
	}
	v := View{Line: Line{Delivery: d}, Set: set, Side: side(set, VerbMessage)}
	if v.Log, err = eventsOf(ctx, rd, d.ID); err != nil {
		return v, err
	}
	if v.Clocks, err = s.reclock(ctx, &v.Delivery, v.Log, rd.Instant()); err != nil {
		return v, err
	}
	if d.Standing != 0 {
		st, err := standingByID(ctx, rd, d.Standing)
		if err != nil {
			return v, err
		}
		v.Terms = &st
	}
	if err := s.judged(ctx, rd, &v); err != nil {
		return v, err
	}
	for _, verb := range Possible(d) {
		if access.May(action(verb), set, false) && (verb != VerbRate || v.Own == nil) && (verb != VerbCancel || d.State != StateReturned || d.Origin != Scheduled) {
			v.Verbs = append(v.Verbs, verb)
		}
	}
	if v.Tree, err = s.Org.Tree(ctx); err != nil {
		return v, err
	}
	ids := []int64{d.Assignee, d.Receiver}
	for _, e := range v.Log {
		ids = append(ids, e.Actor, e.Person, e.For)
	}
	v.People, err = s.Org.Names(ctx, rd, unique(slices.DeleteFunc(ids, func(id int64) bool { return id == 0 })))
	v.Bringer, v.Taker = v.People[d.Assignee], v.People[d.Receiver]
	return v, err
}

// judged adds what was said of it, as far as the reader may know.
func (s *Service) judged(ctx context.Context, rd sqldb.Reader, v *View) error {
	if !v.Rated {
		return nil
	}
	list, err := ratingsOf(ctx, rd, v.ID)
	a := actor.From(ctx)
	for _, x := range list {
		if x.Person == a.Person && a.Viewer == 0 {
			v.Own = &x
		}
		if (x.Share || s.Org.Company(ctx).Switches.ReasonsToAgents) && x.Comment != "" && v.Side == ProviderSide {
			x.Score = 0
			v.Heard = append(v.Heard, x)
		}
	}
	return err
}

// May says whether the reader may do it now.
func (v View) May(verb Verb) bool { return slices.Contains(v.Verbs, verb) }

// Clock is the clock of the delivery; ok is false when it has no due time.
func (v View) Clock() (clock.State, bool) {
	for _, c := range v.Clocks {
		if c.Scope == clock.Customer && c.Kind == clock.Completion && c.HasTarget() {
			return c, true
		}
	}
	return clock.State{}, false
}

// doer is who did it, as a sentence says it: a deputy with the name of who is away.
func (v View) doer(ctx context.Context, e Event) string {
	if e.Actor == 0 {
		return lang.T(ctx, "delivery.by-the-house")
	}
	who := v.People[e.Actor].Display(ctx)
	if e.For == 0 {
		return who
	}
	return lang.T(ctx, "delivery.in-place-of", "who", who, "for", v.People[e.For].Display(ctx))
}
