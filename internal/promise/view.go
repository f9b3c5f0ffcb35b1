package promise

import (
	"context"
	"slices"
	"strconv"
	"time"

	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// View is a promise as one reader may see it.
type View struct {
	Line
	Set    access.Set
	Side   Side
	Log    []Event
	Verbs  []Verb // what the reader may do now
	Tree   *org.Tree
	People map[int64]org.Person
	Day    calendar.DayFact // of the due day, by the giver's calendar
	Lapses time.Time        // when silence counts as unsaid
	Now    time.Time
}

// ByNumber is the promise as the actor may see it; not found when not.
func (s *Service) ByNumber(ctx context.Context, number int64) (View, error) {
	var v View
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		v, err = s.view(ctx, rd, number)
		return err
	})
	return v, err
}

func (s *Service) view(ctx context.Context, rd sqldb.Reader, number int64) (View, error) {
	p, set, err := s.one(ctx, rd, number)
	if err != nil {
		return View{}, err
	}
	v := View{Line: Line{Promise: p}, Set: set, Now: rd.Instant()}
	if v.Side, err = s.side(ctx, rd, p, set); err != nil {
		return v, err
	}
	if actor.From(ctx).Viewer == 0 && v.Side != NoSide {
		v.Verbs = possible(p, v.Side, v.Now)
	}
	if v.Log, err = eventsOf(ctx, rd, p.ID); err != nil {
		return v, err
	}
	if v.Tree, err = s.Org.Tree(ctx); err != nil {
		return v, err
	}
	give, get, err := s.tables(ctx, p)
	if err != nil {
		return v, err
	}
	v.Day, v.Lapses = dayOf(give, p.Due), lapses(p, get)
	ids := []int64{p.Giver, p.FirstGiver, p.Receiver}
	for _, e := range v.Log {
		ids = append(ids, e.Actor, e.For, e.Person)
	}
	if v.People, err = s.Org.Names(ctx, rd, ids); err != nil {
		return v, err
	}
	v.From, v.To = v.People[p.Giver], v.People[p.Receiver]
	places, err := s.originsOf(ctx, rd, []Promise{p})
	v.Place = places[p.About]
	return v, err
}

// dayOf is what a calendar says of the day of a moment; the zero value past the years it knows.
func dayOf(t *calendar.Table, at time.Time) calendar.DayFact {
	d := calendar.DateOf(at.In(t.Location()))
	for _, f := range t.Days(d, d) {
		return f
	}
	return calendar.DayFact{}
}

// May says whether the reader may do it now.
func (v View) May(verb Verb) bool { return slices.Contains(v.Verbs, verb) }

// To whom it was given, by name.
func (l Line) receiver(ctx context.Context, tree *org.Tree) string {
	if l.ToUnit() {
		return tree.FullName(ctx, l.ReceiverUnit)
	}
	return l.To.Display(ctx)
}

// doer is who did it, as a sentence says it: a deputy with the name of who is away.
func (v View) doer(ctx context.Context, e Event) string {
	if e.Actor == 0 {
		return lang.T(ctx, "promise.the-house")
	}
	who := v.People[e.Actor].Display(ctx)
	if e.For == 0 {
		return who
	}
	return lang.T(ctx, "promise.in-place-of", "who", who, "for", v.People[e.For].Display(ctx))
}

// dueWords is a due time in words: the day alone where a day was promised.
func dueWords(ctx context.Context, due time.Time, whole bool) string {
	if whole {
		return lang.ShortDate(ctx, due)
	}
	return lang.At(ctx, due)
}

// dayWords says what day it is by the giver's calendar: "工作日", "周末", the name of the day off.
func dayWords(ctx context.Context, f calendar.DayFact) string {
	if f.Sort == "" {
		return ""
	}
	if name := f.Name.In(ctx); name != "" {
		return lang.T(ctx, "promise.day."+f.Sort) + lang.T(ctx, "promise.day.named", "name", name)
	}
	return lang.T(ctx, "promise.day."+f.Sort)
}

// tag is a state as lists and pages show it: a shape, a word, a tone.
func (p Promise) tag(ctx context.Context, now time.Time) ui.TagProps {
	tone, icon, key := "", "progress", "promise.state."+string(p.State)
	switch {
	case p.Overdue(now):
		tone, icon, key = "bad", "clock-exclamation", "promise.state.overdue"
	case p.State == StateAsked:
		tone, icon = "accent", "message-question"
	case p.State == StateKept:
		tone, icon = "good", "circle-check"
	case p.State == StatePartly:
		tone, icon = "warn", "circle-minus"
	case p.State == StateBroken:
		tone, icon = "bad", "heart-broken"
	case p.State == StateUnsaid, p.State == StateWithdrawn:
		tone, icon = "na", "ban"
	}
	return ui.TagProps{Text: lang.T(ctx, key), Icon: icon, Tone: tone}
}

// Tag is how lists of other rooms show where it stands at a moment.
func (l Line) Tag(ctx context.Context, now time.Time) ui.TagProps { return l.tag(ctx, now) }

func etag(p Promise) string { return web.ETag(p.ID, p.Events) }

func idText(id int64) string { return strconv.FormatInt(id, 10) }
