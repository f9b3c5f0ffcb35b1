package promise

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"neike/internal/calendar"
	"neike/internal/kit/fault"
)

// State is where a promise stands. The wire and the table carry the word itself.
type State string

// The states; doc.go draws the way between them.
const (
	StateOpen      State = "open"  // given
	StateAsked     State = "asked" // the giver says it is done; the receiver is asked
	StateKept      State = "kept"
	StatePartly    State = "partly"
	StateBroken    State = "broken"
	StateUnsaid    State = "unsaid" // the receiver said nothing in time
	StateWithdrawn State = "withdrawn"
)

// States lists every state in the order of the way.
var States = []State{StateOpen, StateAsked, StateKept, StatePartly, StateBroken, StateUnsaid, StateWithdrawn}

var openStates = []State{StateOpen, StateAsked}

// Open says whether somebody still owes something.
func (s State) Open() bool { return slices.Contains(openStates, s) }

// Verb is what happens to a promise: the last part of the route and the kind of the event.
type Verb string

// The verbs. Those after VerbWithdraw are the house's own.
const (
	VerbMake     Verb = "make"
	VerbDone     Verb = "done"    // the giver: it is done
	VerbNotYet   Verb = "not-yet" // the receiver: no, but there is time left
	VerbKept     Verb = "kept"
	VerbPartly   Verb = "partly"
	VerbBroken   Verb = "broken"
	VerbPropose  Verb = "propose" // the giver: another date
	VerbAgree    Verb = "agree"
	VerbRefuse   Verb = "refuse"
	VerbWithdraw Verb = "withdraw"
	VerbNear     Verb = "near"    // it is due tomorrow
	VerbDue      Verb = "due"     // it fell due; the receiver is asked
	VerbAgain    Verb = "again"   // the receiver is asked again
	VerbLapse    Verb = "lapse"   // the receiver said nothing
	VerbSucceed  Verb = "succeed" // somebody else answers for it, or hears of it, from now on
	VerbFollow   Verb = "follow"  // it goes along with a unit that ends
)

// Verbs lists what people do, in the order of the way.
var Verbs = []Verb{VerbDone, VerbKept, VerbPartly, VerbBroken, VerbNotYet, VerbPropose, VerbAgree, VerbRefuse, VerbWithdraw}

// Side says for whom an actor acts.
type Side string

// The sides.
const (
	GiverSide    Side = "giver"
	ReceiverSide Side = "receiver"
	HouseSide    Side = "house"
	NoSide       Side = "" // reads alone
)

// move is one row of the state machine: whose verb it is, the states in which it is allowed, and the one it leads to ("" stays).
type move struct {
	side Side
	from []State
	to   State
}

var sayable = []State{StateOpen, StateAsked, StateUnsaid}

var ways = map[Verb]move{
	VerbDone:     {GiverSide, []State{StateOpen}, StateAsked},
	VerbNotYet:   {ReceiverSide, []State{StateAsked}, StateOpen},
	VerbKept:     {ReceiverSide, sayable, StateKept},
	VerbPartly:   {ReceiverSide, sayable, StatePartly},
	VerbBroken:   {ReceiverSide, sayable, StateBroken},
	VerbPropose:  {GiverSide, []State{StateOpen}, ""},
	VerbAgree:    {ReceiverSide, openStates, ""},
	VerbRefuse:   {ReceiverSide, openStates, ""},
	VerbWithdraw: {GiverSide, openStates, StateWithdrawn},
	VerbNear:     {HouseSide, []State{StateOpen}, ""},
	VerbDue:      {HouseSide, []State{StateOpen}, ""},
	VerbAgain:    {HouseSide, openStates, ""},
	VerbLapse:    {HouseSide, openStates, StateUnsaid},
	VerbSucceed:  {HouseSide, openStates, ""},
	VerbFollow:   {HouseSide, openStates, ""},
}

// allowed decides whether the promise permits the verb now and gives the state it leads to. Otherwise a Conflict whose key
// says what is the matter.
func allowed(p Promise, v Verb, now time.Time) (State, error) {
	m, known := ways[v]
	if !known {
		return p.State, fault.ErrNotFound
	}
	refuse := func(key string) (State, error) {
		return p.State, fault.New(fault.Conflict, key, "verb", string(v), "state", string(p.State))
	}
	early := p.State == StateOpen && !now.After(p.Due)
	switch {
	case !slices.Contains(m.from, p.State) && !p.State.Open():
		return refuse("promise.already-" + string(p.State))
	case !slices.Contains(m.from, p.State) && p.State == StateAsked:
		return refuse("promise.waits-for-receiver")
	case !slices.Contains(m.from, p.State):
		return refuse("promise.not-claimed")
	case (v == VerbPartly || v == VerbBroken) && early:
		return refuse("promise.still-time")
	case v == VerbNotYet && now.After(p.Due):
		return refuse("promise.time-is-up")
	case v == VerbWithdraw && now.After(p.Due):
		return refuse("promise.too-late-to-withdraw")
	case (v == VerbAgree || v == VerbRefuse) && p.Proposed.IsZero():
		return refuse("promise.nothing-proposed")
	case m.to == "":
		return p.State, nil
	}
	return m.to, nil
}

// possible lists the verbs of a side that the promise permits now.
func possible(p Promise, side Side, now time.Time) []Verb {
	var out []Verb
	for _, v := range Verbs {
		if _, err := allowed(p, v, now); err == nil && ways[v].side == side {
			out = append(out, v)
		}
	}
	return out
}

// needsWhy says which verbs take a reason: what was not as promised is said in words.
func needsWhy(v Verb) bool {
	return v == VerbPartly || v == VerbBroken || v == VerbNotYet || v == VerbWithdraw || v == VerbPropose || v == VerbRefuse
}

// happen changes the promise by an event. It does not ask whether the event is allowed.
func (p *Promise) happen(e Event, to State) {
	p.State, p.LastAt, p.Events = to, e.At, e.N
	switch e.Kind {
	case VerbDone:
		p.AskedAt, p.Step, p.Proposed = e.At, stepAsked, time.Time{}
	case VerbNotYet:
		p.AskedAt, p.Step = time.Time{}, stepNone
	case VerbPropose:
		p.Proposed = e.Due
	case VerbAgree:
		p.Due, p.WholeDay, p.Moves = p.Proposed, p.ProposedDay, p.Moves+1
		p.Proposed, p.AskedAt, p.Step = time.Time{}, time.Time{}, stepNone
	case VerbRefuse:
		p.Proposed = time.Time{}
	case VerbNear:
		p.Step = stepNear
	case VerbDue:
		p.Step, p.AskedAt = stepAsked, e.At
	case VerbAgain:
		p.Step = stepAgain
	}
	if !to.Open() {
		p.ClosedAt, p.NextAt, p.Proposed = e.At, time.Time{}, time.Time{}
	}
}

// The steps of reminding. Each is done once per due time.
const (
	stepNone  = iota
	stepNear  // the giver knows that it is due tomorrow
	stepAsked // the receiver is asked whether it was kept
	stepAgain // and was asked again
)

// After how many workdays of the receiver a silent one is reminded, and after how many the promise counts as unsaid.
const (
	againDays = 3
	unsaidIn  = 5
)

// plan is the next step of the house and when: give and get are the calendars of giver and receiver. A zero time: none.
func plan(p Promise, give, get *calendar.Table) (Verb, time.Time) {
	switch {
	case !p.State.Open():
		return "", time.Time{}
	case p.Step == stepNone && p.State == StateOpen:
		if at := dayBefore(give, p.Due); at.After(p.LastAt) {
			return VerbNear, at
		}
		return VerbDue, p.Due
	case p.Step == stepNear && p.State == StateOpen:
		return VerbDue, p.Due
	case p.Step == stepAgain:
		return VerbLapse, workdaysAfter(get, p.AskedAt, unsaidIn)
	}
	return VerbAgain, workdaysAfter(get, p.AskedAt, againDays)
}

// lapses is when silence counts as unsaid; zero while nobody is asked.
func lapses(p Promise, get *calendar.Table) time.Time {
	if !p.State.Open() || p.AskedAt.IsZero() {
		return time.Time{}
	}
	return workdaysAfter(get, p.AskedAt, unsaidIn)
}

func workdaysAfter(t *calendar.Table, from time.Time, n int) time.Time {
	at, err := t.Due(from, calendar.Duration{Value: n, Unit: calendar.WorkdaysEOD})
	if err != nil { // past the years that the calendar knows
		return from.AddDate(0, 0, n*7/5+1)
	}
	return at
}

// lastHours is how long before the end of the workday before the due day a giver is reminded.
const lastHours = 2 * time.Hour

// farthest is how many days back a workday is looked for: longer than any run of days off.
const farthest = 21

// dayBefore is the moment in the last working hours of the workday before the due day; zero when there is none.
func dayBefore(t *calendar.Table, due time.Time) time.Time {
	day := calendar.DateOf(due.In(t.Location()))
	for d := day - 1; d > day-farthest; d-- {
		if open, end, ok := hours(t, d); ok {
			if at := end.Add(-lastHours); at.After(open) {
				return at
			}
			return open
		}
	}
	return time.Time{}
}

// hours are the first opening and the last closing of a day; ok is false on a day off.
func hours(t *calendar.Table, d calendar.Date) (open, end time.Time, ok bool) {
	for _, f := range t.Days(d, d) {
		if n := len(f.Hours); n > 0 {
			return clockOn(t, d, f.Hours[0].Open), clockOn(t, d, f.Hours[n-1].Close), true
		}
	}
	return open, end, false
}

// clockOn is a minute of a civil day in the calendar's zone.
func clockOn(t *calendar.Table, d calendar.Date, minute int) time.Time {
	day := d.Time()
	return time.Date(day.Year(), day.Month(), day.Day(), 0, minute, 0, 0, t.Location()).UTC()
}

// dayEnds is the minute at which a promised day ends where the calendar is closed all day: 18:00.
const dayEnds = 18 * 60

// The most a promise may say, and how far ahead it may be due.
const (
	maxWhat  = 500
	maxYears = 2
)

// readDue reads a day (2026-11-27), which ends with the working time of the calendar, or a moment: RFC 3339, or local as a
// form sends it (2026-11-27T15:00).
func readDue(text string, t *calendar.Table) (at time.Time, whole bool, key string) {
	text = strings.TrimSpace(text)
	if text == "" {
		return at, false, "form.required"
	}
	if d, err := calendar.ParseDate(text); err == nil {
		if _, end, ok := hours(t, d); ok {
			return end, true, ""
		}
		return clockOn(t, d, dayEnds), true, ""
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if at, err := time.ParseInLocation(layout, text, t.Location()); err == nil {
			return at.UTC().Truncate(time.Minute), false, ""
		}
	}
	return at, false, "promise.not-a-date"
}

// checkDue tells what is wrong with a due time; "": nothing.
func checkDue(due, now time.Time) string {
	switch {
	case !due.After(now):
		return "promise.due-passed"
	case due.After(now.AddDate(maxYears, 0, 0)):
		return "promise.due-far"
	}
	return ""
}

// need reads words that must be there and may not be too long.
func need(f *fault.Fields, name, text string) string {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	if text == "" {
		f.Add(name, "form.required")
	}
	if utf8.RuneCountInString(text) > maxWhat {
		f.Add(name, "form.too-long", "max", maxWhat, "count", utf8.RuneCountInString(text))
	}
	return text
}

// Rate is how many promises of a set were kept, of those that the receiver has judged.
type Rate struct {
	Kept, Partly, Broken int64
	Unsaid, Withdrawn    int64
	Open, Overdue, Moved int64
}

// N is how many were judged.
func (r Rate) N() int64 { return r.Kept + r.Partly + r.Broken }
