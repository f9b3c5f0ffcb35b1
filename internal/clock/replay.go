package clock

import (
	"slices"
	"time"

	"neike/internal/calendar"
)

// Replay turns the marks of one subject, in the order of time, into the states of its clocks at now: the customer's
// first response and completion, then one per unit that held it, and the running or last turn of its words. Marks after now are for the caller to leave out. An
// error is a calendar that is not known or a time outside its years.
func Replay(tables Tables, marks []Mark, now time.Time) ([]State, error) {
	var r reel
	for _, m := range marks {
		r.feed(m)
	}
	tracks := r.tracks()
	return statesOf(tables, tracks, now)
}

// Turns are the turns of the customer's words in the order of time: each is a next_response of its own, of which Replay
// gives the last.
func Turns(tables Tables, marks []Mark, now time.Time) ([]State, error) {
	var r reel
	for _, m := range marks {
		r.feed(m)
	}
	return statesOf(tables, r.turns, now)
}

func statesOf(tables Tables, tracks []*track, now time.Time) ([]State, error) {
	states := make([]State, 0, len(tracks))
	for _, t := range tracks {
		c, err := count(tables, t, now)
		if err != nil {
			return nil, err
		}
		s, err := c.state()
		if err != nil {
			return nil, err
		}
		states = append(states, s)
	}
	return states, nil
}

// counter counts one track. Everything is in ms.
type counter struct {
	*track
	tables  Tables
	until   time.Time // end, or now while it runs
	phases  []phase   // the calendars it counts in, each in the version that it follows
	at      int       // the phase that it has come to
	table   *calendar.Table
	legs    []leg
	dropped []leg // what was counted before the target was set anew

	due      time.Time // zero: no target
	frozen   bool      // a stop that lasts holds the due time
	breached bool      // due has passed
	byChange bool
	target   calendar.Duration
	budget   time.Duration
	agreed   time.Time // the last date agreed on; zero: none
}

// leg is a stretch of a track counted with one table.
type leg struct {
	from  time.Time
	table *calendar.Table
}

// count replays a track. In each of its phases it follows the versions of the phase's calendar that were published in it,
// until it is breached; what was counted in an earlier phase stays as it was counted then.
func count(tables Tables, t *track, now time.Time) (*counter, error) {
	until := milli(now)
	if t.over() {
		until = t.end
	}
	c := &counter{track: t, tables: tables, until: until, phases: t.phases()}
	for k := range c.phases {
		p := &c.phases[k]
		if p.version == 0 { // the newest, whichever that is
			continue
		}
		last := until
		if k+1 < len(c.phases) && c.phases[k+1].from.Before(until) {
			last = c.phases[k+1].from
		}
		for _, pub := range tables.Later(p.calendar, p.version) {
			if !pub.At.After(p.from) {
				p.version = pub.Version // known before it began: the mark was recorded with an older one
				continue
			}
			if pub.At.After(last) {
				break
			}
			if end, err := c.follow(k, pub); end != nil || err != nil {
				return end, err
			}
		}
	}
	return c, c.run()
}

// follow lets a phase count in a version of its calendar that was published in it. A counter is given when that is the
// last word: the clock was breached by then, or the version itself made it late.
func (c *counter) follow(k int, pub calendar.Publication) (*counter, error) {
	before := &counter{track: c.track.before(pub.At), tables: c.tables, until: pub.At, phases: c.phases[:k+1]}
	if err := before.run(); err != nil {
		return nil, err
	}
	if before.breached {
		return c, c.run()
	}
	c.phases[k].version = pub.Version
	next := &counter{track: c.track, tables: c.tables, until: c.until, phases: c.phases}
	if err := next.run(); err != nil {
		return nil, err
	}
	if next.due.IsZero() || !next.due.Before(pub.At) {
		return nil, nil
	}
	before.breached = false
	if err := before.run(); err != nil {
		return nil, err
	}
	if !before.breached { // so a clock that waited at that moment: its due time is frozen
		return nil, nil
	}
	next.due, next.breached, next.byChange = pub.At, pub.At.Before(c.until), true
	return next, nil
}

// before is the track as it was at a moment.
func (t *track) before(at time.Time) *track {
	was := *t
	was.end = time.Time{}
	was.stops, was.changes = nil, nil
	for _, s := range t.stops {
		if !s.from.Before(at) {
			break
		}
		if s.to.After(at) {
			s.to = time.Time{}
		}
		was.stops = append(was.stops, s)
	}
	for _, c := range t.changes {
		if c.at.Before(at) {
			was.changes = append(was.changes, c)
		}
	}
	return &was
}

// run counts with the versions of its phases.
func (c *counter) run() error {
	if err := c.enter(0); err != nil {
		return err
	}
	c.target = c.track.target
	c.legs, c.dropped = append(c.legs[:0], leg{c.start, c.table.For(c.target)}), nil
	if err := c.aim(c.table, c.start, c.target); err != nil {
		return err
	}
	for _, ch := range c.changes {
		if c.over() && ch.at.After(c.end) { // changed between the delivery that was accepted and its acceptance
			break
		}
		if err := c.change(ch); err != nil {
			return err
		}
	}
	c.breached = c.breached || c.late(c.until)
	return nil
}

// enter begins a phase.
func (c *counter) enter(k int) (err error) {
	c.at = k
	c.table, err = c.tables.Table(c.phases[k].calendar, c.phases[k].version)
	return err
}

// aim sets the due time of a target that begins at from, with the stops since then.
func (c *counter) aim(table *calendar.Table, from time.Time, target calendar.Duration) error {
	if target.IsZero() {
		return nil
	}
	due, err := table.Due(from, target)
	if err != nil {
		return err
	}
	t := table.For(target)
	if c.budget, err = t.Elapsed(from, due); err != nil {
		return err
	}
	return c.extend(t, from, due)
}

// extend moves a due time by the working time of every stop that begins before it. A stop that lasts freezes it.
func (c *counter) extend(t *calendar.Table, from, due time.Time) error {
	c.due, c.frozen = due, false
	for _, s := range c.stops {
		if !s.to.IsZero() && !s.to.After(from) {
			continue
		}
		if s.from.After(c.due) || s.from.Equal(c.due) && !s.to.IsZero() {
			return nil
		}
		if s.to.IsZero() { // also of what was delivered at the due moment itself: that is in time
			c.frozen = true
			return nil
		}
		lost, err := t.Elapsed(later(s.from, from), s.to)
		if err != nil {
			return err
		}
		if lost > 0 {
			if c.due, err = t.Add(c.due, lost); err != nil {
				return err
			}
		}
	}
	return nil
}

// late says whether the due time has passed at a moment.
func (c *counter) late(at time.Time) bool {
	return !c.due.IsZero() && !c.frozen && c.due.Before(at)
}

// change applies a new target. A breach before it stays, with its due time.
func (c *counter) change(ch change) error {
	if c.breached || c.late(ch.at) { // stops after the change move only a due time that is after it, too
		c.breached = true
		return nil
	}
	if !ch.due.IsZero() {
		return c.agree(ch)
	}
	if !c.agreed.IsZero() { // what both sides agreed on, no change of target moves
		return nil
	}
	if c.in(ch).Calendar != c.phases[c.at].calendar {
		if err := c.enter(c.at + 1); err != nil {
			return err
		}
	}
	t := c.table.For(ch.target)
	c.target = ch.target
	policy := ch.policy
	if ch.at.Equal(c.start) { // nothing is carried yet: the clock is one that began so, to the instant
		policy = FromStart
	}
	switch policy {
	case Restart:
		c.dropped = append(c.dropped, c.legs...)
		c.legs = append(c.legs[:0], leg{ch.at, t})
		return c.aim(c.table, ch.at, ch.target)
	case FromStart:
		c.dropped = nil
		c.legs = append(c.legs[:0], leg{c.start, t})
		err := c.aim(c.table, c.start, ch.target)
		c.byChange = c.late(ch.at)
		return err
	}
	if err := c.carry(c.table, t, ch); err != nil {
		return err
	}
	if last := c.legs[len(c.legs)-1]; last.table != t {
		c.legs = append(c.legs, leg{ch.at, t})
	}
	return nil
}

// agree makes the agreed date the due time, to the instant. The budget is what is used by then and the working time that is
// left; a stop that lasts, or comes, moves it by its working time from here on.
func (c *counter) agree(ch change) error {
	used, err := c.sum(ch.at, "")
	if err != nil {
		return err
	}
	t := c.legs[len(c.legs)-1].table
	left, err := t.Elapsed(ch.at, ch.due)
	if err != nil {
		return err
	}
	c.budget, c.agreed, c.byChange = used+left, ch.due, false
	return c.extend(t, ch.at, ch.due)
}

// original is the clock as it would be if nobody had agreed on another date.
func (c *counter) original() (*counter, error) {
	plain := *c.track
	plain.changes = slices.DeleteFunc(slices.Clone(plain.changes), func(ch change) bool { return !ch.due.IsZero() })
	return count(c.tables, &plain, c.until)
}

// carry lets what is used count toward the new target; the rest is measured in the new calendar.
func (c *counter) carry(table, t *calendar.Table, ch change) error {
	used, err := c.sum(ch.at, "")
	if err != nil {
		return err
	}
	budget, err := table.Budget(c.legs[0].from, ch.target)
	if err != nil {
		return err
	}
	c.budget = budget
	if used > budget {
		c.due, c.frozen, c.byChange, c.breached = ch.at, false, true, true
		return nil
	}
	due, err := t.Add(ch.at, budget-used)
	switch {
	case err != nil:
		return err
	case used == budget:
		return c.usedUp(t, due)
	}
	return c.extend(t, ch.at, due)
}

// usedUp is a change that leaves nothing: due is the first open instant from it on that no stop covers.
func (c *counter) usedUp(t *calendar.Table, open time.Time) (err error) {
	c.due, c.frozen = open, false
	for _, s := range c.stops {
		switch {
		case s.from.After(c.due):
			return nil
		case s.to.IsZero():
			c.frozen = true
			return nil
		case s.to.After(c.due):
			if c.due, err = t.Add(s.to, 0); err != nil {
				return err
			}
		}
	}
	return nil
}

// sum is the open time until a moment that stops of a kind take, or with kind "" that no stop takes: each leg by its
// table.
func (c *counter) sum(to time.Time, kind string) (time.Duration, error) {
	var total time.Duration
	for i, l := range c.legs {
		a, b := l.from, to
		if i+1 < len(c.legs) && c.legs[i+1].from.Before(b) {
			b = c.legs[i+1].from
		}
		if !a.Before(b) {
			continue
		}
		if kind == "" {
			d, err := l.table.Elapsed(a, b)
			if err != nil {
				return 0, err
			}
			total += d
		}
		for _, s := range c.stops {
			d, err := l.overlap(s, a, b)
			if err != nil {
				return 0, err
			}
			switch {
			case kind == "":
				total -= d
			case kind == s.kind:
				total += d
			}
		}
	}
	return total, nil
}

func (l leg) overlap(s stop, a, b time.Time) (time.Duration, error) {
	from, to := later(s.from, a), b
	if !s.to.IsZero() && s.to.Before(b) {
		to = s.to
	}
	if !from.Before(to) {
		return 0, nil
	}
	return l.table.Elapsed(from, to)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// state sums up.
func (c *counter) state() (State, error) {
	s := State{
		Kind: c.kind, Scope: c.scope, Unit: c.unit, Calendar: c.phases[c.at].calendar, Version: c.table.Version, Began: c.calendar, Target: c.target, Turn: c.turn,
		StartedAt: c.start, DueAt: c.due, EndedAt: c.end, Budget: c.budget, ByChange: c.byChange,
	}
	if c.breached {
		s.BreachedAt = c.due
	}
	if n := len(c.stops); n > 0 && c.stops[n-1].to.IsZero() {
		s.PausedAt = c.stops[n-1].from
	}
	s.State = c.reads(s)
	if !c.due.IsZero() && !c.target.Elapsing() {
		s.Provisional = c.legs[len(c.legs)-1].table.Provisional(c.start, c.due)
	}
	var err error
	if !c.agreed.IsZero() {
		o, err := c.original()
		if err != nil {
			return s, err
		}
		s.AgreedDue, s.OriginalDue = c.agreed, o.due
		s.OriginalState = o.reads(State{EndedAt: s.EndedAt, PausedAt: s.PausedAt})
	}
	if s.Elapsed, err = c.sum(c.until, ""); err != nil {
		return s, err
	}
	c.step(&s)
	if len(c.stops) == 0 {
		return s, nil
	}
	if s.Paused, err = c.sum(c.until, calendar.Paused); err != nil {
		return s, err
	}
	s.Delivered, err = c.sum(c.until, calendar.Delivered)
	return s, err
}

// reads is the word for a clock.
func (c *counter) reads(s State) string {
	switch {
	case c.cancelled && !(c.kind == NextResponse && c.breached): // what was owed and not said in time was not said in time
		return Cancelled
	case c.breached:
		return Breached
	case s.Over():
		return Met
	case !s.PausedAt.IsZero():
		return Paused
	}
	return Running
}
