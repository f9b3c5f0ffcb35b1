package request

import (
	"cmp"
	"context"
	"slices"
	"time"

	"neike/internal/access"
	"neike/internal/catalog"
	"neike/internal/clock"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/todo"
)

// What somebody is told of a step as.
const (
	StepAssignee = "assignee"
	StepDuty     = "duty"
	StepAgent    = "agent"
	StepHead     = "head"
)

// Step is one person who was told that part of a clock's time is used.
type Step struct {
	Clock   string
	Turn    int // of next_response
	Percent int
	Person  int64
	Role    string
	At      time.Time
}

// mostCrew is how many agents are told one by one of a request that nobody has; of a larger unit the heads are.
const mostCrew = 30

// reached is a step of one clock of a request.
type reached struct {
	clock    string
	turn     int // of next_response
	percent  int
	calendar string // that the clock counts in: outside its hours nobody is told, unless the request is urgent
}

// whole is all of a clock's time.
func whole(e clock.WasBreached) reached {
	return reached{clock: e.Kind, percent: 100, calendar: e.Calendar}
}

// waited says whether the clock of a step still waits for the unit. A request that waits for its customer, or has ended,
// owes no completion; a first response, and an answer, are owed until they are given.
func (x reached) waited(r Request) bool {
	switch x.clock {
	case clock.FirstResponse:
		return r.State.Open() && r.RespondedAt.IsZero()
	case clock.NextResponse:
		return r.State.Open() && !r.ReplyDue.IsZero()
	}
	return r.State == StateNew || r.State == StateWorking
}

// used hears that part of a clock's time is used, and decides whom that is told.
func (s *Service) used(ctx context.Context, tx *sqldb.Tx, e clock.WasUsed) error {
	if e.Subject.Kind != Kind {
		return nil
	}
	r, err := byID(ctx, tx, e.Subject.ID)
	if err != nil {
		return err
	}
	return s.climb(ctx, tx, r, reached{cmp.Or(e.Kind, clock.Completion), e.Turn, e.Percent, e.Calendar})
}

// climb takes a step of the ladder of the request's service, once for each clock and turn: it notes who is told and announces
// it. Of requests that go along with each other it is one piece of work: nobody is told twice of the same step, and the first
// to reach it is the one that is told of.
func (s *Service) climb(ctx context.Context, tx *sqldb.Tx, r Request, at reached) error {
	if !at.waited(r) || r.Duplicate {
		return nil
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	ladder := ladderOf(snap, r)
	if !ladder.Counts(at.clock) {
		return nil
	}
	before, err := stepsOf(ctx, tx, r.ID)
	if err != nil || slices.ContainsFunc(before, func(x Step) bool { return x.Clock == at.clock && x.Turn == at.turn && x.Percent >= at.percent }) {
		return err
	}
	all, err := oneWork(ctx, tx, r)
	if err != nil {
		return err
	}
	known, err := stepsOfOthers(ctx, tx, r.ID, all, at)
	if err != nil {
		return err
	}
	told, err := s.rung(ctx, tx, inHandsOf(r, all[0]), ladder.At(at.percent))
	told = untold(told, known)
	if err != nil || len(told) == 0 {
		return err
	}
	for i := range told {
		told[i].Clock, told[i].Turn, told[i].Percent, told[i].At = at.clock, at.turn, at.percent, tx.Now
	}
	if err := insertSteps(ctx, tx, r.ID, told); err != nil {
		return err
	}
	if at.clock == clock.Completion && at.percent >= 100 && len(known) == 0 && !r.Confidential && ladder.At(at.percent) != catalog.RungAssignee {
		if err := s.Todo.Owe(ctx, tx, owedPress(r, tx.Now)); err != nil {
			return err
		}
	}
	e := StepWasReached{About: about(r, 0, tx.Now), Clock: at.clock, Turn: at.turn, Percent: at.percent, Calendar: at.calendar, Urgent: r.Priority == Urgent && ladder.Urgent, Told: map[string][]int64{}}
	for _, t := range told {
		e.Told[t.Role] = append(e.Told[t.Role], t.Person)
	}
	return s.events.Emit(ctx, tx, e)
}

// ladderOf is the ladder of a request's service.
func ladderOf(snap *catalog.Snapshot, r Request) catalog.Ladder {
	if service, ok := snap.ByID(r.Service); ok {
		return service.Ladder
	}
	return catalog.UsualLadder
}

// comesBackLate takes the whole's step of a late request that is worked on again: what became late while its customer had
// it, as it went there, or as a duplicate, was told to nobody.
func (s *Service) comesBackLate(ctx context.Context, tx *sqldb.Tx, t *turn, clocks []clock.State) error {
	was, r := t.was.State, t.r
	if r.CompletionIs != Breached || (was == StateNew || was == StateWorking) && !lateAgain(t.was, r) || r.Imported || t.who.Import {
		return nil
	}
	i := slices.IndexFunc(clocks, func(c clock.State) bool { return c.Scope == clock.Customer && c.Kind == clock.Completion })
	if i < 0 {
		return nil
	}
	return s.climb(ctx, tx, r, reached{clock: clock.Completion, percent: 100, calendar: clocks[i].Calendar})
}

// owedPress is what the head of a unit owes the customer of a late request: to see that it moves, or to say what happens.
func owedPress(r Request, now time.Time) todo.Todo {
	return todo.Todo{Holder: access.Holder{Kind: "unit", ID: r.Unit, Role: "head"}, For: r.AskedBy, Unit: r.Customer, Subject: subject(r.ID), Verb: "press",
		Title: r.Title, Ref: r.Ref(), Link: link(r.Number), Since: now}
}

// stirs says whether an event is what the head of a late request is to see to: the request goes on, or its customer hears
// something.
func stirs(e Event) bool {
	switch e.Kind {
	case VerbTake, VerbAssign, VerbDecline, VerbAsk, VerbDeliver, VerbHandOver, VerbPropose, VerbCancel, VerbWithdraw, VerbSettle, VerbSplit, VerbMerge:
		return true
	case VerbMessage:
		return e.Side == ProviderSide
	}
	return false
}

// rung lists who is told at a step. Of a confidential request nobody but who has it: a grant for it is no matter of rank.
func (s *Service) rung(ctx context.Context, rd sqldb.Reader, r Request, rung catalog.Rung) ([]Step, error) {
	if rung == catalog.RungNobody {
		return nil, nil
	}
	if r.Confidential {
		if r.Assignee == 0 {
			return nil, nil
		}
		return []Step{{Person: r.Assignee, Role: StepAssignee}}, nil
	}
	has, err := s.having(ctx, rd, r)
	if err != nil || rung == catalog.RungAssignee {
		return has, err
	}
	if rung == catalog.RungDuty {
		duty, err := s.Org.OnDuty(ctx, rd, r.Unit, rd.Instant())
		if err != nil {
			return nil, err
		}
		if len(duty) > 0 {
			return as(nil, StepDuty, duty), nil
		}
	}
	heads, _, err := s.Org.HeadsFrom(ctx, rd, r.Unit)
	if err != nil {
		return nil, err
	}
	if rung == catalog.RungDuty {
		return as(nil, StepHead, heads), nil
	}
	out := as(has, StepHead, heads)
	if rung == catalog.RungHeads {
		others, _, err := s.Org.HeadsFrom(ctx, rd, r.Customer)
		if err != nil {
			return nil, err
		}
		out = as(out, StepHead, others)
	}
	return out, nil
}

// having is who has a request, or who may take it: those on duty, else the agents, of a large unit its heads.
func (s *Service) having(ctx context.Context, rd sqldb.Reader, r Request) ([]Step, error) {
	if r.Assignee != 0 {
		return []Step{{Person: r.Assignee, Role: StepAssignee}}, nil
	}
	duty, err := s.Org.OnDuty(ctx, rd, r.Unit, rd.Instant())
	if err != nil || len(duty) > 0 {
		return as(nil, StepDuty, duty), err
	}
	agents, err := s.Org.AgentsUpTo(ctx, rd, r.Unit, mostCrew+1)
	if err != nil {
		return nil, err
	}
	if len(agents) > 0 && len(agents) <= mostCrew {
		return as(nil, StepAgent, agents), nil
	}
	heads, _, err := s.Org.HeadsFrom(ctx, rd, r.Unit)
	return as(nil, StepHead, heads), err
}

// rungNow is whom a rung of a unit's ladder is now, of a request that nobody has taken. Who asks is not known yet.
func (s *Service) rungNow(ctx context.Context, rd sqldb.Reader, unit int64, rung catalog.Rung) ([]int64, error) {
	if rung == catalog.RungHeads {
		rung = catalog.RungHead
	}
	list, err := s.rung(ctx, rd, Request{Unit: unit}, rung)
	out := make([]int64, len(list))
	for i, x := range list {
		out[i] = x.Person
	}
	return out, err
}

// untold leaves out who was told of the same piece of work already.
func untold(list, known []Step) []Step {
	return slices.DeleteFunc(list, func(x Step) bool {
		return slices.ContainsFunc(known, func(k Step) bool { return k.Person == x.Person })
	})
}

// as adds people who are told as something and are not told already.
func as(list []Step, role string, people []int64) []Step {
	for _, p := range people {
		if !slices.ContainsFunc(list, func(x Step) bool { return x.Person == p }) {
			list = append(list, Step{Person: p, Role: role})
		}
	}
	return list
}

// stepLines are the steps of the ladder in words, for the page: 75 % of the time used: told Wang Fang (on duty), when.
func stepLines(ctx context.Context, v View, steps []Step) []string {
	var out []string
	for i := 0; i < len(steps); {
		j := i
		names := ""
		for ; j < len(steps) && steps[j].alike(steps[i]); j++ {
			if j > i {
				names += lang.T(ctx, "ui.comma")
			}
			names += lang.T(ctx, "request.step.as-"+steps[j].Role, "name", v.People[steps[j].Person].Display(ctx))
		}
		text := lang.T(ctx, "request.step.told", "percent", steps[i].Percent, "at", lang.Short(ctx, steps[i].At), "names", names)
		out = append(out, lang.T(ctx, "request.step.told-of", "clock", steps[i].of(ctx), "text", text))
		i = j
	}
	return out
}

// alike says whether two people were told of the same step.
func (s Step) alike(x Step) bool {
	return s.Clock == x.Clock && s.Turn == x.Turn && s.Percent == x.Percent
}

// of names the clock of a step, and which turn.
func (s Step) of(ctx context.Context) string {
	text := clock.KindLabel(ctx, s.Clock)
	if s.Turn > 0 {
		text += lang.T(ctx, "request.in-brackets", "text", lang.T(ctx, "request.clock.reply-turn", "n", s.Turn))
	}
	return text
}

// stepsShown are the steps of a request, with the names of who was told.
func (s *Service) stepsShown(ctx context.Context, rd sqldb.Reader, v View) ([]Step, error) {
	steps, err := stepsOf(ctx, rd, v.ID)
	if err != nil || len(steps) == 0 {
		return steps, err
	}
	var missing []int64
	for _, x := range steps {
		if v.People[x.Person].ID == 0 {
			missing = append(missing, x.Person)
		}
	}
	names, err := s.Org.Names(ctx, rd, unique(missing))
	for id, p := range names {
		v.People[id] = p
	}
	return steps, err
}
