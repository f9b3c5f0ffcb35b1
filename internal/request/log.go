package request

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/talk"
)

// How a logged request reached the agent.
const (
	ViaPhone   = "phone"
	ViaChat    = "chat"
	ViaCounter = "counter"
)

// Vias lists them.
var Vias = []string{ViaPhone, ViaChat, ViaCounter}

// What becomes of a logged request at once.
const (
	ThenTake    = "take"    // the agent works on it
	ThenQueue   = "queue"   // whoever comes first
	ThenDeliver = "deliver" // it was solved while they spoke
)

// Thens lists them, the usual one first.
var Thens = []string{ThenTake, ThenQueue, ThenDeliver}

// Call is what an agent writes down of a telephone call, a chat or a visit (代录): who wanted what. The colleague is the
// customer of the request and the only one; the agent is not.
type Call struct {
	Service string         // code of a service of a unit that the actor agents for
	For     string         // 工号 of the colleague
	Text    string         // what was said; the first message of the conversation
	Title   string         // "": the beginning of Text
	Via     string         // one of Vias; "" is ViaPhone
	Then    string         // one of Thens; "" is ThenTake
	Fields  map[string]any // answers of the form, as far as they are known; none is required
	Place   string         // code of the place that it is about; "": nowhere in particular
	Once    string         // pages only, as in Ask
}

// logging is what makes an order one that an agent writes down.
type logging struct {
	agent           actor.Actor
	via, then, text string
}

// Log files a request for a colleague who called. It counts once the colleague confirms it, by saying so or by going on
// with it; until then its clocks run but are excluded. What is wrong comes all at once, as fields.
func (s *Service) Log(ctx context.Context, c Call) (Request, error) {
	o, err := s.checkCall(ctx, c)
	if err != nil {
		return Request{}, spoken(ctx, err)
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return s.file(ctx, tx, &o) })
	return o.request, spoken(ctx, err)
}

func (s *Service) checkCall(ctx context.Context, c Call) (order, error) {
	var f fault.Fields
	agent := actor.From(ctx)
	l := &logging{agent: agent, via: c.Via, then: c.Then, text: need(&f, "text", c.Text)}
	if l.via == "" {
		l.via = ViaPhone
	}
	if l.then == "" {
		l.then = ThenTake
	}
	if !slices.Contains(Vias, l.via) {
		f.Add("via", "request.via-unknown", "values", strings.Join(Vias, ", "))
	}
	if !slices.Contains(Thens, l.then) {
		f.Add("then", "request.then-unknown", "values", strings.Join(Thens, ", "))
	}
	customer, err := s.caller(ctx, c.For, agent, &f)
	if err != nil {
		return order{}, err
	}
	o := order{asker: customer, logged: l, once: c.Once, people: map[int64]org.Person{}}
	r := &o.request
	r.OpenedAt, r.AskedBy, r.State, r.Customer = s.db.Now(), customer.Person, StateNew, customer.Unit
	r.LoggedBy, r.Via = agent.Person, l.via
	if r.Title = strings.TrimSpace(c.Title); r.Title == "" {
		r.Title = shortened(l.text)
	} else if n := utf8.RuneCountInString(r.Title); n > maxTitle {
		f.Add("title", "form.too-long", "max", maxTitle, "count", n)
	}
	if customer.Person != 0 && customer.Unit == 0 {
		f.Add("for", "request.no-unit")
	}
	if err := s.checkService(ctx, &o, Ask{Service: c.Service, Fields: c.Fields}, &f); err != nil {
		return o, err
	}
	if err := s.checkPlace(ctx, &o, c.Place, &f); err != nil {
		return o, err
	}
	if o.service != nil && !agent.In(r.Provider, "agent") && !agent.In(r.Provider, "head") {
		f.Add("service", "request.log-not-yours")
	}
	return o, f.Err()
}

// caller is the colleague who called: somebody who is there, and not the one who writes it down.
func (s *Service) caller(ctx context.Context, no string, agent actor.Actor, f *fault.Fields) (actor.Actor, error) {
	if strings.TrimSpace(no) == "" {
		f.Add("for", "request.need-caller")
		return actor.Actor{}, nil
	}
	p, err := s.activePerson(ctx, no)
	if err := missing(f, err, "for", "request.person-unknown"); err != nil || p.ID == 0 {
		return actor.Actor{}, err
	}
	if p.ID == agent.Person {
		f.Add("for", "request.log-not-self")
	}
	return s.Org.ActorOf(ctx, p.ID)
}

// shortened is the beginning of a text as a title.
func shortened(text string) string {
	line := []rune(strings.Join(strings.Fields(text), " "))
	if len(line) > 40 {
		line = append(line[:39], '…')
	}
	return string(line)
}

// logged continues the log of a request that an agent wrote down: what was said, and what the agent did at once.
func (s *Service) logged(ctx context.Context, tx *sqldb.Tx, r *Request, l *logging, first Event) ([]Event, error) {
	id, err := s.Talk.Post(ctx, tx, talk.Message{Subject: subject(r.ID), Person: l.agent.Person, Unit: r.Unit, Kind: talk.KindMessage, Text: l.text, At: r.OpenedAt, Quiet: true})
	if err != nil {
		return nil, err
	}
	log := []Event{first}
	add := func(v Verb, more func(*Event)) error {
		e := Event{Request: r.ID, N: len(log) + 1, At: r.OpenedAt, Kind: v, Actor: l.agent.Person, Side: ProviderSide, Unit: r.Unit}
		more(&e)
		log = append(log, e)
		return r.happen(e)
	}
	if err = add(VerbMessage, func(e *Event) { e.Message = id }); err != nil || l.then == ThenQueue {
		return log, err
	}
	if err = add(VerbTake, func(e *Event) { e.Person = l.agent.Person }); err != nil {
		return nil, err
	}
	if err = s.Talk.Watch(ctx, tx, subject(r.ID), l.agent.Person, access.WhyAssigned); err != nil || l.then == ThenTake {
		return log, err
	}
	return log, add(VerbDeliver, func(*Event) {})
}

// filedAs is what filing a request announces.
func filedAs(r Request, l *logging) []event.Event {
	if l == nil {
		return []event.Event{WasOpened{about(r, r.AskedBy, r.OpenedAt)}}
	}
	a := about(r, l.agent.Person, r.OpenedAt)
	list := []event.Event{WasOpened{a}}
	switch l.then {
	case ThenDeliver:
		return append(list, WasTaken{a}, WasDelivered{About: a})
	case ThenTake:
		list = append(list, WasTaken{a})
	}
	return append(list, WasLogged{a})
}

// Confirm says that the customer did ask for what an agent wrote down.
func (s *Service) Confirm(ctx context.Context, number int64, when When) (Request, error) {
	return s.turn(ctx, number, VerbConfirm, when, func(_ context.Context, _ *sqldb.Tx, t *turn) error {
		t.said = func(a About) event.Event { return WasConfirmed{a} }
		return unconfirmed(t.was)
	})
}

// Disown says that the customer did not ask for it, or not so: it ends, and counts for nobody.
func (s *Service) Disown(ctx context.Context, number int64, reason string, when When) (Request, error) {
	return s.turn(ctx, number, VerbDisown, when, func(_ context.Context, _ *sqldb.Tx, t *turn) error {
		if err := unconfirmed(t.was); err != nil {
			return err
		}
		var f fault.Fields
		t.event.Why = need(&f, "reason", reason)
		t.said = func(a About) event.Event { return WasDisowned{a} }
		return f.Err()
	})
}

// Unconfirmed says whether an agent wrote it down and its customer has not said a word about it.
func (r Request) Unconfirmed() bool { return r.LoggedBy != 0 && r.ConfirmedAt.IsZero() }

func unconfirmed(r Request) error {
	if r.Unconfirmed() {
		return nil
	}
	return fault.New(fault.Conflict, "request.nothing-to-confirm")
}

// confirmed notes the first sign of life of the customer of a request that an agent wrote down.
func (r *Request) confirmed(e Event) {
	if r.Unconfirmed() && e.Side == CustomerSide && e.Kind != VerbDisown {
		r.ConfirmedAt = e.At
	}
}
