package request

import (
	"slices"
	"time"

	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/clock"
	"neike/internal/kit/sorting"
	"neike/internal/kit/stat"
)

// proposed are the marks of a request as if a standard had held when it was opened. Changes of its targets since then came
// from other standards and fall away; what both sides agreed on stays.
func proposed(marks []clock.Mark, std catalog.Standard) []clock.Mark {
	out := make([]clock.Mark, 0, len(marks))
	for _, m := range marks {
		switch m.Kind {
		case clock.Retarget:
			continue
		case clock.Open:
			m.Response, m.Completion, m.Next = std.Response, std.Completion, std.NextResponse
			m.ResponseIn, m.CompletionIn = clock.In{Calendar: std.ResponseCalendar}, clock.In{Calendar: std.CompletionCalendar}
		}
		out = append(out, m)
	}
	return out
}

// customerClocks are the first response and the completion among the clocks of a request.
func customerClocks(states []clock.State) (response, completion clock.State) {
	for _, c := range states {
		switch {
		case c.Scope != clock.Customer:
		case c.Kind == clock.FirstResponse:
			response = c
		case c.Kind == clock.Completion:
			completion = c
		}
	}
	return response, completion
}

// trialTally counts one clock in a dry run.
type trialTally struct {
	catalog.TrialSide
	took []int64 // counted seconds of those that have ended and are judged
}

func (t *trialTally) add(is Outcome, ended bool, took int64) {
	switch is {
	case Met:
		t.Met++
	case Breached:
		t.Breached++
	case Excluded:
		t.Excluded++
	default:
		t.Pending++
	}
	if ended && (is == Met || is == Breached) {
		t.took = append(t.took, took)
	}
}

// side is the tally with its percentiles: the values at ranks ⌈n/2⌉ and ⌈9n/10⌉.
func (t *trialTally) side() catalog.TrialSide {
	if n := len(t.took); n > 0 {
		slices.Sort(t.took)
		median, p90 := t.took[(n+1)/2-1], t.took[(n*9+9)/10-1]
		t.Median, t.P90 = &median, &p90
	}
	return t.TrialSide
}

// trial is a dry run while it counts.
type trial struct {
	std                catalog.Standard
	was, would         trialTally // completion
	wasResp, wouldResp trialTally
	units              map[int64]*catalog.TrialUnit
	better, worse      int64
	done               int64   // requests looked at
	open               []int64 // counted seconds of those that are still open under the proposed standard
}

// trialCase is a request in a dry run.
type trialCase struct {
	id, customer      int64
	urgent, duplicate bool
	marks             []clock.Mark
}

// is what a clock of it counts as, as in the report.
func (c trialCase) is(s clock.State) Outcome { return Request{Duplicate: c.duplicate}.counting(s) }

// changed is a case that would be on the other side: 1 in time, -1 late, 0 not.
type changed struct {
	id         int64
	side       int
	due, would time.Time
}

// count replays a case twice: as it was promised, and as it would have been.
func (t *trial) count(tables clock.Tables, c trialCase, now time.Time) (changed, error) {
	is, err := clock.Replay(tables, c.marks, now)
	if err != nil {
		return changed{}, err
	}
	becomes, err := clock.Replay(tables, proposed(c.marks, t.std.For(c.urgent)), now)
	if err != nil {
		return changed{}, err
	}
	response, completion := customerClocks(is)
	response2, completion2 := customerClocks(becomes)
	a, b := c.is(completion), c.is(completion2)
	t.was.add(a, completion.Over(), completion.ElapsedSeconds())
	t.would.add(b, completion2.Over(), completion2.ElapsedSeconds())
	t.wasResp.add(c.is(response), response.Over(), response.ElapsedSeconds())
	t.wouldResp.add(c.is(response2), response2.Over(), response2.ElapsedSeconds())
	if !completion2.Over() && b != Excluded {
		t.open = append(t.open, completion2.ElapsedSeconds())
	}
	u := t.units[c.customer]
	if u == nil {
		u = &catalog.TrialUnit{Unit: c.customer}
		t.units[c.customer] = u
	}
	countIn(&u.Was, a)
	countIn(&u.Would, b)
	out := changed{id: c.id, due: completion.DueAt, would: completion2.DueAt}
	switch {
	case a == Breached && b != Breached:
		out.side = 1
		t.better++
	case a != Breached && b == Breached:
		out.side = -1
		t.worse++
	}
	return out, nil
}

func countIn(s *catalog.TrialSide, is Outcome) {
	t := trialTally{TrialSide: *s}
	t.add(is, false, 0)
	*s = t.TrialSide
}

// customerRows is how many customer units a dry run shows one by one.
const customerRows = 5

// result sums up, but for the open requests.
func (t *trial) result() *catalog.TrialResult {
	out := &catalog.TrialResult{Better: t.better, Worse: t.worse, Enough: enough(t.std, t.would.took, t.open),
		Completion: catalog.TrialPair{Was: t.was.side(), Would: t.would.side()},
		Response:   catalog.TrialPair{Was: t.wasResp.side(), Would: t.wouldResp.side()}}
	list := make([]catalog.TrialUnit, 0, len(t.units))
	for _, u := range t.units {
		list = append(list, *u)
	}
	sorting.By(list, func(a, b catalog.TrialUnit) int {
		if a.Was.N() != b.Was.N() {
			return int(b.Was.N() - a.Was.N())
		}
		return int(a.Unit - b.Unit)
	})
	if len(list) > customerRows+1 {
		rest := catalog.TrialUnit{Others: int64(len(list) - customerRows)}
		for _, u := range list[customerRows:] {
			rest.Was, rest.Would = plus(rest.Was, u.Was), plus(rest.Would, u.Would)
		}
		list = append(list[:customerRows:customerRows], rest)
	}
	out.Units = list
	return out
}

func plus(a, b catalog.TrialSide) catalog.TrialSide {
	a.Met, a.Breached, a.Pending, a.Excluded = a.Met+b.Met, a.Breached+b.Breached, a.Pending+b.Pending, a.Excluded+b.Excluded
	return a
}

// enough are the least times, in the unit of the standard, with which the target would have been kept as a count, and
// with which the interval would allow to say so. Only where the time is an amount, not a moment of the calendar. Who is
// still open counts as late once more than the time is used, as in the dry run itself.
func enough(std catalog.Standard, took, open []int64) []catalog.TrialEnough {
	var unit int64
	switch std.Completion.Unit {
	case calendar.WorkingHours, calendar.ElapsedHours:
		unit = 3600
	case calendar.WorkingMinutes, calendar.ElapsedMinutes:
		unit = 60
	}
	if unit == 0 || std.CompletionTarget == 0 || len(took) == 0 || std.Urgent != (catalog.Urgent{}) {
		return nil
	}
	ended, waiting := slices.Sorted(slices.Values(took)), slices.Sorted(slices.Values(open))
	longest := int((ended[len(ended)-1] + unit - 1) / unit)
	at := func(value int) (met, n int64) {
		budget := int64(value) * unit
		m, _ := slices.BinarySearch(ended, budget+1)
		in, _ := slices.BinarySearch(waiting, budget+1)
		return int64(m), int64(len(ended) + len(waiting) - in)
	}
	least := func(keeps func(met, n int64) bool) (catalog.TrialEnough, bool) {
		low, high := 1, longest
		if met, n := at(high); !keeps(met, n) {
			return catalog.TrialEnough{}, false
		}
		for low < high {
			mid := (low + high) / 2
			if met, n := at(mid); keeps(met, n) {
				high = mid
			} else {
				low = mid + 1
			}
		}
		met, n := at(low)
		return catalog.TrialEnough{Value: low, Met: met, N: n}, true
	}
	var out []catalog.TrialEnough
	if e, ok := least(func(met, n int64) bool { return float64(met) >= std.CompletionTarget*float64(n) }); ok {
		out = append(out, e)
	}
	if e, ok := least(func(met, n int64) bool {
		low, _ := stat.Wilson(met, n)
		return n >= std.Least() && low >= std.CompletionTarget
	}); ok {
		e.Sure = true
		out = append(out, e)
	}
	return out
}

// countEffect adds what becomes of one open request if its clocks are aimed anew.
func countEffect(tables clock.Tables, marks []clock.Mark, std catalog.Standard, own calendarNow, policy string, now time.Time, o *catalog.TrialOpen) error {
	is, err := clock.Replay(tables, marks, now)
	if err != nil {
		return err
	}
	becomes, err := clock.Replay(tables, append(marks[:len(marks):len(marks)], reaim(is, std, own, policy, now)), now)
	if err != nil {
		return err
	}
	response, completion := customerClocks(is)
	response2, completion2 := customerClocks(becomes)
	turn, _ := lastTurn(is)
	turn2, _ := lastTurn(becomes)
	countMoved(&o.TrialMoved, completion, completion2, now)
	countMoved(&o.Response, response, response2, now)
	countMoved(&o.Next, turn, turn2, now)
	return nil
}

// countMoved adds what becomes of one clock. What was due at no time and is now is due earlier.
func countMoved(o *catalog.TrialMoved, is, becomes clock.State, now time.Time) {
	switch {
	case becomes.DueAt.Equal(is.DueAt):
	case is.DueAt.IsZero(), becomes.DueAt.Before(is.DueAt):
		o.Earlier++
	default:
		o.Later++
	}
	if is.State != clock.Breached && (becomes.State == clock.Breached || becomes.State == clock.Running && !becomes.DueAt.IsZero() && !becomes.DueAt.After(now)) {
		o.Late++
	}
}

// reaim is the mark that lets a standard hold for a request that is open: calendars only where the clock began with
// another.
func reaim(states []clock.State, std catalog.Standard, own calendarNow, policy string, at time.Time) clock.Mark {
	response, completion := customerClocks(states)
	return clock.Mark{At: at, Kind: clock.Retarget, Policy: policy, Response: std.Response, Completion: std.Completion, Next: std.NextResponse,
		ResponseIn: own.in(std.ResponseCalendar, response.Began), CompletionIn: own.in(std.CompletionCalendar, completion.Began)}
}

// calendarNow gives the newest version of a calendar by code, "" being the providing unit's.
type calendarNow struct {
	unit string
	book *calendar.Book
}

func (c calendarNow) in(code, began string) clock.In {
	if code == "" {
		code = c.unit
	}
	v, known := c.book.Current(code)
	if !known || code == began {
		return clock.In{}
	}
	return clock.In{Calendar: code, Version: v.Number}
}

// ranSoFar is for how many counted seconds the first response or the completion has run by now.
func ranSoFar(tables clock.Tables, kind string, marks []clock.Mark, now time.Time) (int64, error) {
	states, err := clock.Replay(tables, marks, now)
	if err != nil {
		return 0, err
	}
	response, completion := customerClocks(states)
	switch kind {
	case clock.FirstResponse:
		return response.ElapsedSeconds(), nil
	case clock.NextResponse:
		turn, _ := lastTurn(states)
		return turn.ElapsedSeconds(), nil
	}
	return completion.ElapsedSeconds(), nil
}
