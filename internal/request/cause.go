package request

import (
	"context"
	"slices"
	"strings"

	"neike/internal/access"
	"neike/internal/clock"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/todo"
)

// CauseSaid is what somebody says of a cause, as it came through the door.
type CauseSaid struct {
	Clock string // completion, first_response, next_response, next_response:2; "": the first that waits for this
	Cause Cause
	Unit  string // code, of CauseThird
	Text  string
}

// StateCause says why a clock was late. Unless it was the unit itself, the customer accepts or disputes it.
func (s *Service) StateCause(ctx context.Context, number int64, said CauseSaid, when When) (Request, error) {
	return s.turnCause(ctx, number, VerbCause, said, when)
}

// AgreeCause accepts the cause that the provider stated.
func (s *Service) AgreeCause(ctx context.Context, number int64, said CauseSaid, when When) (Request, error) {
	return s.turnCause(ctx, number, VerbCauseAgree, said, when)
}

// DisputeCause contests it, with the reason; the quality office decides.
func (s *Service) DisputeCause(ctx context.Context, number int64, said CauseSaid, when When) (Request, error) {
	return s.turnCause(ctx, number, VerbCauseDispute, said, when)
}

// DecideCause says what a disputed cause was, with the reason: it is settled by that.
func (s *Service) DecideCause(ctx context.Context, number int64, said CauseSaid, when When) (Request, error) {
	return s.turnCause(ctx, number, VerbCauseDecide, said, when)
}

func (s *Service) turnCause(ctx context.Context, number int64, verb Verb, said CauseSaid, when When) (Request, error) {
	return s.turn(ctx, number, verb, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		var list []Breach
		var err error
		if !t.r.Duplicate {
			list, err = breachesOf(ctx, tx, t.r.ID)
		}
		if err != nil {
			return err
		}
		b, err := pickBreach(list, verb, said.Clock)
		if err != nil {
			return err
		}
		if verb == VerbCauseDecide {
			if err := mayJudge(t.r, t.set, t.who.Person); err != nil {
				return err
			}
		}
		third, err := s.checkCause(ctx, t, verb, said)
		if err != nil {
			return err
		}
		next := b.after(verb, said.Cause, third)
		t.event.Code, t.event.Clock, t.event.Other = string(next.Cause), b.name(), next.Third
		t.said = func(a About) event.Event {
			return CauseMoved{About: a, Clock: b.Clock, Turn: b.Turn, State: next.State, Cause: string(next.Cause), Excused: next.Excused}
		}
		if err := putBreach(ctx, tx, next); err != nil {
			return err
		}
		return s.oweCauses(ctx, tx, t.r, list, replaced(list, next))
	})
}

// checkCause tells all that is wrong with what is said, and gives the third unit.
func (s *Service) checkCause(ctx context.Context, t *turn, verb Verb, said CauseSaid) (third int64, err error) {
	var f fault.Fields
	if verb == VerbCause || verb == VerbCauseDecide {
		switch {
		case said.Cause == "":
			f.Add("cause", "form.required")
		case !slices.Contains(Causes, said.Cause):
			f.Add("cause", "request.cause-unknown", "value", string(said.Cause))
		}
		if said.Cause == CauseThird {
			tree, err := s.Org.Tree(ctx)
			if err != nil {
				return 0, err
			}
			u, known := tree.ByCode(said.Unit)
			switch {
			case said.Unit == "":
				f.Add("unit", "request.need-unit")
			case !known:
				f.Add("unit", "request.unit-unknown")
			case u.ID == t.r.Unit || u.ID == t.r.Customer:
				f.Add("unit", "request.cause-not-third")
			}
			third = u.ID
		}
	}
	if verb != VerbCauseAgree {
		t.event.Why = need(&f, "text", said.Text)
	}
	return third, f.Err()
}

func replaced(list []Breach, b Breach) []Breach {
	out := slices.Clone(list)
	for i := range out {
		if out[i].Clock == b.Clock && out[i].Turn == b.Turn {
			out[i] = b
		}
	}
	return out
}

// askCauses notes the clocks of a request that became late, and asks its unit for the cause; what is not late any more is
// forgotten. History is not asked.
func (s *Service) askCauses(ctx context.Context, tx *sqldb.Tx, was, r Request) error {
	before, after := lateNow(was), lateNow(r)
	if r.Duplicate {
		return s.restCauses(ctx, tx, was, r)
	}
	if slices.Equal(before, after) && !was.Duplicate || r.Imported {
		return nil
	}
	list, err := breachesOf(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	owed := list
	if was.Duplicate { // they waited for nobody
		owed = nil
	}
	kept := func(b Breach) bool { return b.Turn > 0 || slices.Contains(after, b.Clock) } // turns have their own way
	next := slices.DeleteFunc(slices.Clone(list), func(b Breach) bool { return !kept(b) })
	for _, b := range list {
		if !kept(b) {
			if err := dropBreach(ctx, tx, r.ID, b.Clock); err != nil {
				return err
			}
		}
	}
	for _, c := range after {
		if slices.ContainsFunc(list, func(b Breach) bool { return b.Clock == c }) {
			continue
		}
		b := Breach{Request: r.ID, Clock: c, Unit: r.Unit, State: CauseAsked}
		if err := putBreach(ctx, tx, b); err != nil {
			return err
		}
		next = append(next, b)
	}
	return s.oweCauses(ctx, tx, r, owed, next)
}

// restCauses lets the causes of a duplicate rest: nobody is asked for them, and they are there again when it goes on by itself.
func (s *Service) restCauses(ctx context.Context, tx *sqldb.Tx, was, r Request) error {
	if was.Duplicate {
		return nil
	}
	return s.Todo.Fulfil(ctx, tx, subject(r.ID), "cause", "cause-answer", "cause-decide")
}

// askTurn notes that a turn of the customer's words was answered late, or is not yet, and asks for the cause. History is not
// asked. What was late stays late, so nothing is taken back.
func (s *Service) askTurn(ctx context.Context, tx *sqldb.Tx, r Request, t Turn) error {
	if t.Is != Breached || r.Imported {
		return nil
	}
	list, err := breachesOf(ctx, tx, r.ID)
	if err != nil || slices.ContainsFunc(list, func(b Breach) bool { return b.Clock == clock.NextResponse && b.Turn == t.N }) {
		return err
	}
	b := Breach{Request: r.ID, Clock: clock.NextResponse, Turn: t.N, Unit: r.Unit, State: CauseAsked}
	if err := putBreach(ctx, tx, b); err != nil {
		return err
	}
	return s.oweCauses(ctx, tx, r, list, append(slices.Clone(list), b))
}

// owedForCauses lists who owes a word about the causes of breaches. judges are those who decide.
func owedForCauses(r Request, list []Breach, judges []int64) []due {
	var out []due
	add := func(d due) {
		if !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	for _, b := range list {
		switch b.State {
		case CauseAsked:
			switch {
			case r.Assignee != 0:
				add(due{access.Person(r.Assignee), "cause", noTime, r.AskedBy, r.Customer})
			case !r.Confidential:
				add(due{access.Holder{Kind: "unit", ID: b.Unit, Role: "agent"}, "cause", noTime, r.AskedBy, r.Customer})
			}
		case CauseStated:
			for _, c := range r.customers() {
				add(due{access.Person(c), "cause-answer", noTime, r.Assignee, r.Unit})
			}
		case CauseDisputed:
			for _, q := range judges {
				add(due{access.Person(q), "cause-decide", noTime, r.AskedBy, r.Customer})
			}
		}
	}
	return out
}

// oweCauses writes what changed in that. Nobody is reminded: an entry lapses after the days of an invitation.
func (s *Service) oweCauses(ctx context.Context, tx *sqldb.Tx, r Request, before, after []Breach) error {
	judges, err := s.judges(ctx, tx, r)
	if err != nil {
		return err
	}
	was, now := owedForCauses(r, before, judges), owedForCauses(r, after, judges)
	if slices.Equal(was, now) && len(before) > 0 {
		return nil
	}
	if err := s.Todo.Fulfil(ctx, tx, subject(r.ID), "cause", "cause-answer", "cause-decide"); err != nil || len(now) == 0 {
		return err
	}
	table, err := s.Calendar.TableFor(ctx, r.Unit)
	if err != nil {
		return err
	}
	until, err := table.Due(tx.Now, invitation)
	if err != nil {
		until = tx.Now.AddDate(0, 0, 14)
	}
	for _, a := range now {
		owed := todo.Todo{Holder: a.holder, For: a.owedTo, Unit: a.unit, Subject: subject(r.ID), Verb: a.verb, Title: r.Title, Ref: r.Ref(), Link: link(r.Number), Until: until}
		if a.verb == "cause-decide" {
			owed = asJudge(r, owed)
		}
		err := s.Todo.Owe(ctx, tx, owed)
		if err != nil {
			return err
		}
	}
	return nil
}

// causeText is what somebody said of a cause in one sentence.
func causeText(ctx context.Context, v View, e Event) string {
	cause := lang.T(ctx, "request.cause."+e.Code)
	if e.Other != 0 {
		cause += lang.T(ctx, "request.in-brackets", "text", v.Tree.FullName(ctx, e.Other))
	}
	text := lang.T(ctx, "request.did."+string(e.Kind), "who", v.doer(ctx, e), "cause", cause, "clock", lateClock(ctx, e.Clock))
	if e.Why != "" {
		text += lang.T(ctx, "request.because", "why", e.Why)
	}
	return text
}

// lateClock names a late clock, and which turn.
func lateClock(ctx context.Context, name string) string {
	kind, turn, of := strings.Cut(name, ":")
	text := lang.T(ctx, "request.cause.clock-"+kind)
	if of {
		text += lang.T(ctx, "request.in-brackets", "text", lang.T(ctx, "request.clock.reply-turn", "n", turn))
	}
	return text
}

// breachTags are the late clocks of a request, each with where its cause stands; of the turns those that somebody still has
// to say something of, and the last.
func breachTags(ctx context.Context, list []Breach) []ui.TagProps {
	var out []ui.TagProps
	for i, b := range list {
		if b.Turn > 0 && b.State == CauseSettled && i < len(list)-1 {
			continue
		}
		out = append(out, causeTag(ctx, b))
	}
	return out
}

// causeTag is a late clock with where its cause stands: a shape, a word, a tone.
func causeTag(ctx context.Context, b Breach) ui.TagProps {
	p := ui.TagProps{Icon: "clock-exclamation", Tone: "line", Text: lang.T(ctx, "request.cause-state."+b.State)}
	if b.Cause != "" {
		p.Text = lang.T(ctx, "request.cause."+string(b.Cause)) + " · " + p.Text
	}
	if b.Excused {
		p.Icon, p.Text = "circle-check", lang.T(ctx, "request.cause.excused", "cause", lang.T(ctx, "request.cause."+string(b.Cause)))
	}
	if b.Clock != clock.Completion {
		p.Text = lateClock(ctx, b.name()) + " · " + p.Text
	}
	return p
}

// lateOptions are the late clocks that a verb can do something with; who answers reads what was said of each.
func lateOptions(ctx context.Context, list []Breach, verb Verb) []ui.Option {
	var out []ui.Option
	for _, b := range list {
		if !slices.Contains(causeVerbs[verb], b.State) {
			continue
		}
		o := ui.Option{Value: b.name(), Text: lateClock(ctx, b.name())}
		if verb != VerbCause {
			o.Text += " · " + lang.T(ctx, "request.cause."+string(b.Cause))
		}
		out = append(out, o)
	}
	return out
}
