package clock

import (
	"time"

	"neike/internal/calendar"
)

// track is what the marks say of one clock, before any counting.
type track struct {
	kind, scope string
	unit        int64
	turn        int       // of the customer's words, from 1; 0: no such clock
	start, end  time.Time // end zero: not over
	cancelled   bool
	calendar    string
	version     int
	target      calendar.Duration
	stops       []stop // in order, apart from each other; the last one may be open
	changes     []change
}

// stop is a stretch that does not count; to zero: it lasts.
type stop struct {
	from, to time.Time
	kind     string // calendar.Paused, Delivered or OtherUnit
}

// change of a target under way.
type change struct {
	at       time.Time
	calendar string
	version  int
	target   calendar.Duration
	policy   string
	due      time.Time // agreed on; zero: a new target
}

// phase is a stretch of a track that counts in one calendar.
type phase struct {
	from     time.Time
	calendar string
	version  int // known when it began, then the last that it follows; 0: the newest
}

// phases are the calendars that a track counts in: the one it began with, then each that a change of target leads it into.
// After a date that both sides agreed on no target changes any more.
func (t *track) phases() []phase {
	list := []phase{{t.start, t.calendar, t.version}}
	for _, ch := range t.changes {
		if !ch.due.IsZero() {
			break
		}
		if in := t.in(ch); in.Calendar != list[len(list)-1].calendar {
			list = append(list, phase{ch.at, in.Calendar, in.Version})
		}
	}
	return list
}

// in is the calendar that a change of target counts in: without one of its own, that which the track began with.
func (t *track) in(ch change) In {
	if ch.calendar == "" {
		return In{t.calendar, t.version}
	}
	return In{ch.calendar, ch.version}
}

func (t *track) over() bool { return !t.end.IsZero() }

func (t *track) stop(kind string, at time.Time) {
	if !t.over() {
		t.stops = append(t.stops, stop{from: at, kind: kind})
	}
}

// resume ends the stop that lasts.
func (t *track) resume(at time.Time) {
	if n := len(t.stops); n > 0 && t.stops[n-1].to.IsZero() {
		t.stops[n-1].to = at
	}
}

func (t *track) finish(at time.Time) {
	if !t.over() {
		t.resume(at)
		t.end = at
	}
}

// finishDelivered ends the clock at the delivery that it waits on.
func (t *track) finishDelivered() {
	if n := len(t.stops); !t.over() && n > 0 && t.stops[n-1].to.IsZero() {
		t.end = t.stops[n-1].from
		t.stops = t.stops[:n-1]
	}
}

// again takes up a clock that was over: the time since its end was a stop.
func (t *track) again(kind string, at time.Time) {
	if t.over() && !t.cancelled {
		t.stops = append(t.stops, stop{from: t.end, to: at, kind: kind})
		t.end = time.Time{}
	}
}

func (t *track) cancel(at time.Time) {
	if !t.over() {
		t.finish(at)
		t.cancelled = true
	}
}

// reel turns the marks of a subject into tracks.
type reel struct {
	response, completion *track
	hops                 []*track
	holder               *track
	turns                []*track // of the customer's words; the last one may run
	next                 track    // what the next turn is like; without a target there is none
	waiting              string   // "", calendar.Paused or calendar.Delivered
	accepted             bool
}

// responds is a word of the unit to the customer.
func (r *reel) responds(at time.Time) {
	r.response.finish(at)
	if t := r.turn(); t != nil {
		t.finish(at)
	}
}

// turn is the last one; nil: there was none.
func (r *reel) turn() *track {
	if len(r.turns) == 0 {
		return nil
	}
	return r.turns[len(r.turns)-1]
}

// word begins a turn when the first response was given, the subject is not over, and nothing else waits for an answer.
func (r *reel) word(at time.Time) {
	t := r.turn()
	if r.next.target.IsZero() || !r.response.over() || r.completion.over() || t != nil && !t.over() {
		return
	}
	begun := r.next
	begun.start, begun.turn = at, len(r.turns)+1
	r.turns = append(r.turns, &begun)
}

// moot ends a turn that nobody has to answer any more.
func (r *reel) moot(at time.Time) {
	if t := r.turn(); t != nil {
		t.cancel(at)
	}
}

func (r *reel) feed(m Mark) {
	at := milli(m.At)
	if r.completion == nil && m.Kind != Open {
		return // nothing has begun
	}
	switch m.Kind {
	case Open:
		r.open(m, at)
	case Respond:
		r.responds(at)
	case Word:
		r.word(at)
	case Pause:
		r.responds(at)
		if r.waiting == "" {
			r.wait(calendar.Paused, at)
		}
	case Resume:
		if r.waiting == calendar.Paused {
			r.goOn(at)
		}
	case Deliver:
		r.responds(at)
		if r.waiting != calendar.Delivered {
			r.goOn(at)
			r.wait(calendar.Delivered, at)
		}
	case Return:
		if r.waiting == calendar.Delivered {
			r.goOn(at)
		}
	case Accept:
		r.accept(at)
	case Reopen:
		r.reopen(at)
	case Cancel:
		r.response.cancel(at)
		r.completion.cancel(at)
		r.holder.cancel(at)
		r.moot(at)
	case Hop:
		r.hop(m, at)
	case Retarget:
		r.retarget(m, at)
	case Agree:
		if due := milli(m.Due); !r.completion.over() && due.After(at) {
			r.completion.changes = append(r.completion.changes, change{at: at, due: due})
		}
	}
}

func (r *reel) open(m Mark, at time.Time) {
	if r.completion != nil {
		return
	}
	customer := track{scope: Customer, unit: m.Unit, start: at, calendar: m.Calendar, version: m.Version}
	response, completion := customer, customer
	response.kind, response.target = FirstResponse, m.Response
	completion.kind, completion.target = Completion, m.Completion
	response.counts(m.ResponseIn)
	completion.counts(m.CompletionIn)
	r.response, r.completion = &response, &completion
	r.next = customer
	r.next.kind, r.next.target = NextResponse, m.Next
	r.next.counts(m.ResponseIn)
	r.hold(m, at)
}

// counts gives the track a calendar of its own.
func (t *track) counts(in In) {
	if in.Calendar != "" {
		t.calendar, t.version = in.Calendar, in.Version
	}
}

func (r *reel) hold(m Mark, at time.Time) {
	for _, t := range r.hops {
		if t.unit == m.Unit {
			t.again(calendar.OtherUnit, at)
			r.holder = t
			return
		}
	}
	r.holder = &track{kind: Completion, scope: HopScope, unit: m.Unit, start: at, calendar: m.Calendar, version: m.Version, target: m.Hop}
	r.hops = append(r.hops, r.holder)
}

func (r *reel) wait(kind string, at time.Time) {
	r.waiting = kind
	r.completion.stop(kind, at)
	r.holder.stop(kind, at)
}

func (r *reel) goOn(at time.Time) {
	r.waiting = ""
	r.completion.resume(at)
	r.holder.resume(at)
}

func (r *reel) accept(at time.Time) {
	r.response.finish(at)
	if r.waiting == calendar.Delivered {
		r.completion.finishDelivered()
		r.holder.finishDelivered()
	}
	r.completion.finish(at)
	r.holder.finish(at)
	r.moot(at)
	r.waiting, r.accepted = "", true
}

func (r *reel) reopen(at time.Time) {
	if r.accepted {
		r.completion.again(calendar.Delivered, at)
		r.holder.again(calendar.Delivered, at)
		r.accepted = false
	}
}

func (r *reel) hop(m Mark, at time.Time) {
	if r.holder.unit == m.Unit {
		return
	}
	r.holder.finish(at)
	r.hold(m, at)
	if r.waiting != "" {
		r.holder.stop(r.waiting, at)
	}
}

func (r *reel) retarget(m Mark, at time.Time) {
	alter := func(t *track, target calendar.Duration, in In) {
		if t.over() || target.IsZero() {
			return
		}
		c := change{at: at, calendar: m.Calendar, version: m.Version, target: target, policy: m.Policy}
		if c.policy == "" {
			c.policy = Carry
		}
		if in.Calendar != "" {
			c.calendar, c.version = in.Calendar, in.Version
		}
		t.changes = append(t.changes, c)
	}
	alter(r.response, m.Response, m.ResponseIn)
	alter(r.completion, m.Completion, m.CompletionIn)
	alter(r.holder, m.Hop, In{})
	if m.Next.IsZero() {
		return
	}
	r.next.target, r.next.calendar, r.next.version = m.Next, r.response.calendar, r.response.version
	r.next.counts(In{m.Calendar, m.Version})
	r.next.counts(m.ResponseIn)
	if t := r.turn(); t != nil {
		alter(t, m.Next, In{r.next.calendar, r.next.version})
	}
}

// tracks of a subject: first response, completion, then the hops in the order in which units came to hold it, and the last
// turn.
func (r *reel) tracks() []*track {
	if r.completion == nil {
		return nil
	}
	list := append([]*track{r.response, r.completion}, r.hops...)
	if t := r.turn(); t != nil {
		list = append(list, t)
	}
	return list
}
