package relation

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/talk"
	"neike/internal/todo"
)

// ExpectKind is the subject kind of expectations in todos and events.
const ExpectKind = "expectation"

// verbAnswer is what the provider's head owes an expectation.
const verbAnswer = "expectation-answer"

// Expectation is what the customer of an edge expects of its provider.
type Expectation struct {
	ID                 ID
	Edge               ID
	Provider, Customer org.Unit
	Version            int // counts every change
	Text               string
	Importance         int // 1 … 5
	Kano               Kano
	Service            int64 // 0: none in particular
	By                 org.ID
	At                 time.Time

	State      ExpectState
	Answer     string    // kind of what answers it; "": nothing does
	Title      lang.Text // what it was called when it was pointed to
	Why        string    // no, because …
	AnsweredBy org.ID
	AnsweredAt time.Time
	Ground     Ground // what answers it, as it is now
	There      bool   // it is still there
	About      Ground // the service it is about

	MayWrite, MayAnswer bool // the reader, now
	Log                 []ExpectationChange
	People              map[org.ID]org.Person

	provider, customer org.ID
	kept               ExpectState
	target             int64
	targetVersion      int64
}

// AnswerInput is what a provider says to an expectation: what meets it, by kind and code, or why not. Version is the one that
// was read.
type AnswerInput struct {
	By      string // a kind of Grounds, or Refusal
	Code    string
	Why     string
	Version int
}

// Refusal is the answer that it will not be met, and why.
const Refusal = "refused"

// whyLongest is how long a reason may be, in characters.
const whyLongest = 500

// rights are what somebody may do about what one unit expects of another.
type rights struct{ see, write, answer bool }

// rightsOf says what the actor may do: who sees the numbers of an edge reads; agents and heads of the customer, and the quality
// office, write; the head of the provider answers.
func (s *Service) rightsOf(ctx context.Context, tree *org.Tree) func(provider, customer org.Unit) (rights, error) {
	a, now, is := actor.From(ctx), s.db.Now(), map[org.ID]access.Set{}
	see := visible(a, tree, s.org.Company(ctx).Switches.NumbersToAll)
	towards := func(unit org.ID) (access.Set, error) {
		set, known := is[unit]
		if known {
			return set, nil
		}
		set, err := s.access.Towards(ctx, a, unit)
		is[unit] = set
		return set, err
	}
	return func(provider, customer org.Unit) (rights, error) {
		r := rights{see: see(provider.ID, customer.ID)}
		serves, err := towards(provider.ID)
		if err != nil {
			return r, err
		}
		asks, err := towards(customer.ID)
		if err != nil || !provider.Valid(now) || !customer.Valid(now) || provider.ID == customer.ID {
			return r, err
		}
		r.write = r.see && access.May("expectation.write", asks|serves&access.Quality, false)
		r.answer = r.see && access.May("expectation.answer", serves&access.HeadServes, false)
		return r, nil
	}
}

// Expect writes down what the customer expects of the provider. Where nobody has said that the one serves the other, the head who
// writes says so with it, and the other side is asked to confirm.
// Errors: ErrNotFound for a unit that is not there and for who may not; Invalid; Conflict when the relation is not there and the
// actor cannot speak for it.
func (s *Service) Expect(ctx context.Context, provider, customer string, in ExpectationInput) (Expectation, error) {
	from, to, err := s.ends(ctx, provider, customer)
	if err != nil {
		return Expectation{}, err
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return Expectation{}, err
	}
	if may, err := s.rightsOf(ctx, tree)(from, to); err != nil || !may.write {
		return Expectation{}, notYours(err)
	}
	var bad fault.Fields
	in.check(&bad)
	service, err := s.serviceOf(ctx, in.Service, from.ID, to.ID, &bad)
	if err != nil {
		return Expectation{}, err
	}
	if err := bad.Err(); err != nil {
		return Expectation{}, err
	}
	sides, err := s.speakers(ctx)(from, to)
	if err != nil {
		return Expectation{}, err
	}
	var id ID
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		id, err = s.expect(ctx, tx, from, to, sides, in, service)
		return err
	})
	if err != nil {
		return Expectation{}, err
	}
	return s.Expectation(ctx, id)
}

// notYours is the answer to who may not: as if nothing were there.
func notYours(err error) error {
	if err != nil {
		return err
	}
	return fault.ErrNotFound
}

// expect writes an expectation into a transaction, and the edge where it is not on the map.
func (s *Service) expect(ctx context.Context, tx *sqldb.Tx, from, to org.Unit, sides []Side, in ExpectationInput, service int64) (ID, error) {
	a := actor.From(ctx)
	e, err := edgeOf(ctx, tx, from.ID, to.ID)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return 0, err
	}
	if err != nil || !onMap(e.Observed, e.Declared, e.Standing) {
		says := Yes
		switch {
		case slices.Contains(sides, Customer):
			sides = []Side{Customer}
		case slices.Contains(sides, Office):
			says = Asks
		default:
			return 0, fault.New(fault.Conflict, "relation.expect.no-relation")
		}
		if err := s.say(ctx, tx, a, from.ID, to.ID, sides, Saying{Says: says}); err != nil {
			return 0, err
		}
		if e, err = edgeOf(ctx, tx, from.ID, to.ID); err != nil {
			return 0, err
		}
	}
	x := Expectation{ID: tx.NewID(), Edge: e.ID, Version: 1, Text: in.Text, Importance: in.Importance, Kano: in.Kano, Service: service, kept: ExpectOpen,
		By: a.Person, At: tx.Now, provider: from.ID, customer: to.ID}
	if err := insertExpectation(ctx, tx, x); err != nil {
		return 0, err
	}
	if err := noteExpectation(ctx, tx, x, "written", a.Person, ""); err != nil {
		return 0, err
	}
	if err := s.oweAnswer(ctx, tx, x); err != nil {
		return 0, err
	}
	return x.ID, s.events.Emit(ctx, tx, WasExpected{s.about(ctx, x)})
}

// oweAnswer asks the head of the provider for an answer, or forgets that one is owed.
func (s *Service) oweAnswer(ctx context.Context, tx *sqldb.Tx, x Expectation) error {
	sub := access.Subject{Kind: ExpectKind, ID: x.ID}
	if !x.kept.Uncovered() {
		return s.todo.Fulfil(ctx, tx, sub, verbAnswer)
	}
	_, holds, err := s.org.HeadsFrom(ctx, tx, x.provider)
	if err != nil {
		return err
	}
	if holds == 0 { // nobody heads it: whoever does one day finds it
		holds = x.provider
	}
	return s.todo.Owe(ctx, tx, todo.Todo{Subject: sub, Verb: verbAnswer, For: x.By, Unit: x.customer, Title: brief(x.Text), Link: expectHref(x.ID),
		Holder: access.Holder{Kind: "unit", ID: holds, Role: "head"}})
}

// brief is the beginning of a text, for a list.
func brief(text string) string {
	const most = 60
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}

func expectHref(id ID) string { return "/expectations/" + strconv.FormatInt(id, 10) }

// lets says whether the actor may do something about an expectation, whatever its state.
func (s *Service) lets(ctx context.Context, x Expectation, may func(rights) bool) error {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return err
	}
	if can, err := s.rightsOf(ctx, tree)(x.Provider, x.Customer); err != nil || !may(can) {
		return notYours(err)
	}
	return nil
}

// onExpectation runs a deed on one expectation: locked, for who may, in the version that was read (0: whatever it is).
func (s *Service) onExpectation(ctx context.Context, id ID, version int, may func(rights) bool,
	do func(ctx context.Context, tx *sqldb.Tx, x *Expectation, by org.ID) (what, words string, said event.Event, err error)) (Expectation, error) {
	before, err := s.Expectation(ctx, id)
	if err != nil {
		return before, err
	}
	if err := s.lets(ctx, before, may); err != nil {
		return before, err
	}
	by := actor.From(ctx).Person
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if err := tx.Lock(ctx, "expectation", id); err != nil {
			return err
		}
		x, err := expectationOf(ctx, tx, id)
		if err != nil {
			return err
		}
		switch {
		case x.kept == ExpectWithdrawn:
			return fault.New(fault.Conflict, "relation.expect.is-withdrawn")
		case version != 0 && version != x.Version:
			return fault.New(fault.Conflict, "relation.expect.has-changed")
		}
		what, words, said, err := do(ctx, tx, &x, by)
		if err != nil {
			return err
		}
		if err := updateExpectation(ctx, tx, x); err != nil {
			return err
		}
		if err := noteExpectation(ctx, tx, x, what, by, words); err != nil {
			return err
		}
		if before.State == ExpectLapsed && x.kept == ExpectAnswered && what == "changed" { // the answer is owed as it was
			return s.events.Emit(ctx, tx, said)
		}
		if err := s.oweAnswer(ctx, tx, x); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, said)
	})
	if err != nil {
		return before, err
	}
	return s.Expectation(ctx, id)
}

// Reword changes an expectation. Other words, or another service, make it open again. version is the one that was read; 0 is
// whatever it is. Errors: ErrNotFound, Invalid, Conflict when it has changed meanwhile, is withdrawn or stays as it was.
func (s *Service) Reword(ctx context.Context, id ID, version int, in ExpectationInput) (Expectation, error) {
	x, err := s.Expectation(ctx, id)
	if err != nil {
		return x, err
	}
	if err := s.lets(ctx, x, func(r rights) bool { return r.write }); err != nil {
		return x, err
	}
	var bad fault.Fields
	in.check(&bad)
	service := x.Service
	if in.Service != x.About.Code || x.Service == 0 {
		if service, err = s.serviceOf(ctx, in.Service, x.Provider.ID, x.Customer.ID, &bad); err != nil {
			return x, err
		}
	}
	if err := bad.Err(); err != nil {
		return x, err
	}
	return s.onExpectation(ctx, id, version, func(r rights) bool { return r.write }, func(ctx context.Context, _ *sqldb.Tx, x *Expectation, _ org.ID) (string, string, event.Event, error) {
		if !in.changes(*x, service) {
			return "", "", nil, fault.New(fault.Conflict, "relation.expect.same")
		}
		if in.reopens(*x, service) {
			x.unanswered(ExpectOpen)
		}
		x.Text, x.Importance, x.Kano, x.Service = in.Text, in.Importance, in.Kano, service
		x.Version++
		return "changed", "", ExpectationWasChanged{s.about(ctx, *x)}, nil
	})
}

// unanswered forgets the answer.
func (x *Expectation) unanswered(state ExpectState) {
	x.kept, x.Answer, x.target, x.targetVersion, x.Title, x.Why, x.AnsweredBy, x.AnsweredAt = state, "", 0, 0, lang.Text{}, "", 0, time.Time{}
}

// WithdrawExpectation ends an expectation; it stays readable. Errors: ErrNotFound; Conflict when it is withdrawn already.
func (s *Service) WithdrawExpectation(ctx context.Context, id ID) (Expectation, error) {
	return s.onExpectation(ctx, id, 0, func(r rights) bool { return r.write }, func(ctx context.Context, _ *sqldb.Tx, x *Expectation, _ org.ID) (string, string, event.Event, error) {
		x.kept = ExpectWithdrawn
		x.Version++
		return "withdrawn", "", ExpectationWasWithdrawn{s.about(ctx, *x)}, nil
	})
}

// AnswerExpectation says what meets an expectation, or why it will not be met; it may be said anew.
// Errors: ErrNotFound; Invalid; Conflict when it has changed meanwhile or is withdrawn.
func (s *Service) AnswerExpectation(ctx context.Context, id ID, in AnswerInput) (Expectation, error) {
	x, err := s.Expectation(ctx, id)
	if err != nil {
		return x, err
	}
	if err := s.lets(ctx, x, func(r rights) bool { return r.answer }); err != nil {
		return x, err
	}
	in.Why = strings.TrimSpace(in.Why)
	ground, err := s.checkAnswer(ctx, x, in)
	if err != nil {
		return x, err
	}
	return s.onExpectation(ctx, id, in.Version, func(r rights) bool { return r.answer }, func(ctx context.Context, tx *sqldb.Tx, x *Expectation, by org.ID) (string, string, event.Event, error) {
		x.unanswered(ExpectRefused)
		x.AnsweredBy, x.AnsweredAt = by, tx.Now
		x.Version++
		if in.By == Refusal {
			x.Why = in.Why
			return "refused", in.Why, ExpectationWasRefused{s.about(ctx, *x), x.By}, nil
		}
		x.kept, x.Answer, x.target, x.targetVersion, x.Title = ExpectAnswered, in.By, ground.ID, ground.Version, ground.Title
		return "answered", ground.Title.In(ctx), ExpectationWasAnswered{s.about(ctx, *x)}, nil
	})
}

// checkAnswer finds what is pointed to, and everything that is wrong with an answer.
func (s *Service) checkAnswer(ctx context.Context, x Expectation, in AnswerInput) (Ground, error) {
	var bad fault.Fields
	_, known := s.groundsOf(in.By)
	n := utf8.RuneCountInString(in.Why)
	switch {
	case in.By == Refusal && n == 0:
		bad.Add("why", "relation.expect.why-missing")
	case in.By != Refusal && !known:
		bad.Add("by", "relation.expect.by-missing")
	}
	if n > whyLongest {
		bad.Add("why", "web.too-long", "most", whyLongest, "count", n)
	}
	ground, there, err := s.offered(ctx, in.By, in.Code, x.Provider.ID, x.Customer.ID)
	if err != nil {
		return ground, err
	}
	if known && !there {
		bad.Add("code", "relation.expect.ground-missing")
	}
	return ground, bad.Err()
}

// Expectation reads one, with its history. Errors: ErrNotFound, also for who may not see the relation's numbers.
func (s *Service) Expectation(ctx context.Context, id ID) (Expectation, error) {
	var x Expectation
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if x, err = expectationOf(ctx, rd, id); err != nil {
			return err
		}
		if x.Log, err = expectationLog(ctx, rd, id); err != nil {
			return err
		}
		people := []org.ID{x.By, x.AnsweredBy}
		for _, c := range x.Log {
			people = append(people, c.Person)
		}
		x.People, err = s.org.Names(ctx, rd, people)
		return err
	})
	if err != nil {
		return x, err
	}
	list, _, err := s.completed(ctx, []Expectation{x})
	if err != nil || len(list) == 0 {
		return Expectation{}, notYours(err)
	}
	return list[0], nil
}

// AboutExpectations names those that the reader may see, for notices.
func (s *Service) AboutExpectations(ctx context.Context, rd sqldb.Reader, ids []ID) (map[ID]talk.About, error) {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	list, err := expectationsByID(ctx, rd, ids)
	see, out := visible(actor.From(ctx), tree, s.org.Company(ctx).Switches.NumbersToAll), map[ID]talk.About{}
	for _, x := range list {
		if see(x.provider, x.customer) {
			out[x.ID] = talk.About{Title: brief(x.Text), Link: expectHref(x.ID)}
		}
	}
	return out, err
}

// completed leaves what the reader may see and adds what is known of it: units, what answers it now, what the reader may do.
func (s *Service) completed(ctx context.Context, list []Expectation) (out []Expectation, hidden int, err error) {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return nil, 0, err
	}
	may := s.rightsOf(ctx, tree)
	for _, x := range list {
		x.Provider, _ = tree.ByID(x.provider)
		x.Customer, _ = tree.ByID(x.customer)
		can, err := may(x.Provider, x.Customer)
		if err != nil {
			return nil, 0, err
		}
		if !can.see {
			hidden++
			continue
		}
		x.MayWrite, x.MayAnswer = can.write && x.kept != ExpectWithdrawn, can.answer && x.kept != ExpectWithdrawn
		out = append(out, x)
	}
	found, err := s.holding(ctx, out)
	for i := range out {
		x := &out[i]
		x.Ground, x.There = found[x.Answer][x.target]
		x.About = found[ByStandard][x.Service]
		x.State = stateOf(x.kept, x.targetVersion, x.Ground, x.There)
	}
	return out, hidden, err
}
