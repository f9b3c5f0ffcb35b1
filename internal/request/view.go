package request

import (
	"context"
	"slices"
	"time"

	"neike/internal/access"
	"neike/internal/catalog"
	"neike/internal/clock"
	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// View is a request as one reader may see it.
type View struct {
	Request
	Set      access.Set // what the reader is to it
	Side     Side
	Log      []Event // notes left out where the reader may not know of them
	Clocks   []clock.State
	dues     map[int]string   // the sentences of due events, by their number
	Breaches []Breach         // late clocks with what is said of their causes
	Repeats  string           // the number of the request that it repeats; "" none
	Own      *Rating          // the reader's own rating
	Heard    []Rating         // what customers let the serving side read: reasons and comment, never the score
	Whole    *Linked          // what it is a part of; nil: nothing
	Split    []Linked         // what it was split into, as far as the reader may know of it
	Links    []Linked         // other requests that its log names
	Into     *Linked          // the request that it goes along with; nil: none
	Along    []Linked         // those that go along with it, as far as the reader may know of them
	Tied     []Tied           // what it is linked with, as far as the reader may see that
	Untied   []Tied           // and was
	WaitsFor int              // so many units have not done their part
	Named    []int64          // of a confidential request: who was named
	Verbs    []Verb           // what the reader may do now
	Away     bool             // the assignee is
	service  *catalog.Service // as it is now; nil: none
	Tree     *org.Tree
	People   map[int64]org.Person
}

// ByNumber is the request as the actor may see it; not found when not.
func (s *Service) ByNumber(ctx context.Context, number int64) (View, error) {
	var v View
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		v, err = s.view(ctx, rd, number)
		return err
	})
	return v, err
}

func (s *Service) view(ctx context.Context, rd sqldb.Reader, number int64) (View, error) {
	r, err := byNumber(ctx, rd, number)
	if err != nil {
		return View{}, err
	}
	set, err := s.Access.Require(ctx, rd, "request.see", subject(r.ID), r.Confidential)
	if err != nil {
		return View{}, err
	}
	log, err := eventsOf(ctx, rd, r.ID)
	if err != nil {
		return View{}, err
	}
	clocks, err := s.reclock(ctx, &r, log, rd.Instant())
	if err != nil {
		return View{}, err
	}
	v := s.shown(ctx, r, set, log, clocks)
	if _, replies := lastTurn(clocks); !r.Duplicate && (len(lateNow(r)) > 0 || replies) {
		if v.Breaches, err = breachesOf(ctx, rd, r.ID); err != nil {
			return View{}, err
		}
		v.Verbs = s.may(ctx, v)
	}
	if r.Rated && (set.Has(access.Asked) || v.Side == ProviderSide) {
		given, err := ratingsOf(ctx, rd, r.ID)
		if err != nil {
			return View{}, err
		}
		if v.Side == ProviderSide {
			v.Heard = heard(given, s.Org.Company(ctx).Switches.ReasonsToAgents)
		}
		v.Own = ownRating(given, actor.From(ctx).Person)
		if v.Own != nil {
			v.Verbs = slices.DeleteFunc(v.Verbs, func(x Verb) bool { return x == VerbRate })
		}
		if actor.From(ctx).Viewer != 0 { // an opinion is its giver's, whoever looks with the giver's eyes
			v.Own = nil
		}
	}
	if r.AgainOf != 0 {
		n, err := numberOfID(ctx, rd, r.AgainOf)
		if err != nil {
			return View{}, err
		}
		v.Repeats = Ref(n)
	}
	if err := s.family(ctx, rd, &v); err != nil {
		return View{}, err
	}
	if v.Tree, err = s.Org.Tree(ctx); err != nil {
		return View{}, err
	}
	away, err := s.Org.AbsentAt(ctx, rd, []int64{r.Assignee}, rd.Instant())
	if err != nil {
		return View{}, err
	}
	v.Away = len(away) > 0
	s.tellDues(ctx, &v)
	if v.People, err = s.Org.Names(ctx, rd, v.persons()); err == nil && v.orphaned() {
		v.Verbs = append(v.Verbs, VerbTakeOver)
	}
	return v, err
}

// shown is the request to somebody of the set, who may see it; what stands in other tables is not yet in it.
func (s *Service) shown(ctx context.Context, r Request, set access.Set, log []Event, clocks []clock.State) View {
	v := View{service: s.serviceNow(ctx, r.Service), Request: r, Set: set, Side: side(set), Log: log, Named: namedIn(log), Clocks: clocks}
	v.Verbs = s.may(ctx, v)
	if !access.May("request.note.see", set, r.Confidential) {
		v.Log = slices.DeleteFunc(v.Log, func(e Event) bool { return e.Kind == VerbNote })
	}
	if v.Side != ProviderSide && !set.Has(access.Quality) { // that others ask for the same is not told its customer, who knows what it asked for twice
		v.Log = slices.DeleteFunc(v.Log, func(e Event) bool { return (e.Kind == VerbTakeIn || e.Kind == VerbLetGo) && e.Code != codeDuplicate })
	}
	return v
}

// may lists what the reader may do in this state.
func (s *Service) may(ctx context.Context, v View) []Verb {
	a := actor.From(ctx)
	me := a.Person
	if v.Set.Has(access.DeputyServes) && slices.Contains(a.StandsFor, v.Assignee) {
		me = v.Assignee // what was assigned to who is away may be confirmed
	}
	var out []Verb
	for _, verb := range Possible(v.State) {
		switch {
		case !access.May(action(verb), v.Set, v.Confidential):
		case verb == VerbTake && taken(v.State, v.Assignee, v.TakenAt, me) != nil:
		case allowedMerged(v.Request, verb) != nil:
		case verb == VerbStandDown && len(standIns(v.Log)) == 0:
		case verb == VerbStandIn && v.Confidential:
		case verb == VerbTakeOver && (v.Confidential || !v.Set.Has(access.Asked|access.HeadAsks)):
		case verb == VerbMerge && (v.Confidential || v.Parent != 0 || v.Parts > 0):
		case verb == VerbUnmerge && s.unmergeNow(ctx, v) != nil:
		case verb == VerbNudge && v.Nudges >= maxNudges:
		case verb == VerbName && !v.Confidential:
		case (verb == VerbConfirm || verb == VerbDisown) && !v.Unconfirmed():
		case verb == VerbStage && (v.service == nil || len(v.service.Stages()) == 0 && v.Stage == ""):
		case verb == VerbAgree && v.Proposed.IsZero():
		case verb == VerbUrgent && v.Priority != Usual, verb == VerbGrant && v.Priority != Wanted:
		case causeVerbs[verb] != nil && !v.causeIn(causeVerbs[verb]):
		case verb == VerbContest && !v.mayContest(s.db.Now()):
		case (verb == VerbAppeal || verb == VerbVoid || verb == VerbKeep) && mayContest(verb, v.Contest, v.Set) != nil:
		case verb == VerbSettle && !v.Unsettled():
		case verb == VerbPutBack && putBack(v.Request) != nil:
		case (verb == VerbHandOver || verb == VerbDeliver) && v.PartsOpen > 0:
		case verb == VerbSplit && (v.Depth >= maxDepth || v.Parts >= maxParts):
		default:
			out = append(out, verb)
		}
	}
	return out
}

// orphaned says that its customer has left and the reader, a colleague, may take it over.
func (v View) orphaned() bool {
	gone := slices.ContainsFunc(v.customers(), func(c int64) bool { p, there := v.People[c]; return there && !p.Active })
	return gone && v.State.Open() && !v.Confidential && v.Set.Has(access.SameUnit) && !v.May(VerbTakeOver)
}

// again lists the numbers of the requests that repeat it.
func (v View) again() []string {
	var out []string
	for _, e := range v.Log {
		if e.Kind == VerbRecur {
			out = append(out, Ref(e.Other))
		}
	}
	return out
}

// causeIn says whether the cause of a late clock is in one of the states.
func (v View) causeIn(states []string) bool {
	return slices.ContainsFunc(v.Breaches, func(b Breach) bool { return slices.Contains(states, b.State) })
}

// mayContest says whether the last pause is worth a button: it is over, not contested yet, and not long ago.
func (v View) mayContest(now time.Time) bool {
	p, err := contestable(v.Log, v.Contest, 0)
	return err == nil && now.Sub(p.to) < 14*24*time.Hour
}

// May says whether the reader may do it now.
func (v View) May(verb Verb) bool { return slices.Contains(v.Verbs, verb) }

func ownRating(given []Rating, person int64) *Rating {
	for _, g := range given {
		if g.Person == person {
			return &g
		}
	}
	return nil
}

// heard is what the serving side may read of ratings: the words of those who allow it, or of all where the company has
// decided so; never a score.
func heard(given []Rating, all bool) []Rating {
	var out []Rating
	for _, g := range given {
		if (g.Share || all) && (len(g.Reasons) > 0 || g.Comment != "") {
			g.Score = 0
			out = append(out, g)
		}
	}
	return out
}

// persons lists everybody whom the view names.
func (v View) persons() []int64 {
	ids := []int64{v.AskedBy}
	add := func(id int64) {
		if id != 0 && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	add(v.For)
	add(v.LoggedBy)
	add(v.Assignee)
	for _, t := range append(v.Tied[:len(v.Tied):len(v.Tied)], v.Untied...) {
		add(t.By)
		add(t.EndedBy)
	}
	for _, e := range v.Log {
		add(e.Actor)
		add(e.Person)
		add(e.For)
	}
	return ids
}

// doer is who did it, as a sentence says it: a deputy with the name of who is away.
func (v View) doer(ctx context.Context, e Event) string {
	who := v.People[e.Actor].Display(ctx)
	if e.For == 0 {
		return who
	}
	return lang.T(ctx, "request.in-place-of", "who", who, "for", v.People[e.For].Display(ctx))
}

// NotesHidden says whether the reader must not know of internal notes.
func (v View) NotesHidden() bool { return !access.May("request.note.see", v.Set, v.Confidential) }

// Clock is the customer's clock of a kind.
func (v View) Clock(kind string) (clock.State, bool) {
	for _, c := range v.Clocks {
		if c.Scope == clock.Customer && c.Kind == kind {
			return c, true
		}
	}
	return clock.State{}, false
}
