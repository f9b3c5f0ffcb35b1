package request

import (
	"cmp"
	"slices"
	"time"

	"neike/internal/kit/sorting"
	"neike/internal/relation"
)

// What the time of a request is spent on.
const (
	spentWaiting = iota // nobody has taken it
	spentInHand         // somebody has it
	spentAlong          // it goes along with another one, which is worked on
	spentParts          // other units do their parts first
	spentPaused         // its customer was asked
	spentKinds
)

// spell is a stretch of a request that one unit holds and in which its time goes the same way.
type spell struct {
	unit     int64
	on       int
	from, to time.Time
	parts    []int64 // of spentParts: the units that it waits for
}

// passed is one time that a request went from one unit to another because people said so.
type passed struct {
	from, to int64
	declined bool // it was not theirs from the start
	back     bool // to a unit that had it before
}

// handled is what became of a request in the hands of units.
type handled struct {
	last    int64 // the unit that has it, or had it last
	had     []int64
	spells  []spell
	passes  []passed
	quality bool // it was handed over so often that the quality office was asked, or it decided
}

// handledOf reads off a log who had the request, on what its time went until it was delivered, or until now, and where it
// went. Between a delivery and what its customer says to it nobody has it. partUnit is the unit of each part. A question that
// was found not to be needed is time of the unit that asked it.
func handledOf(log []Event, partUnit map[ID]int64, now time.Time) (handled, error) {
	var h handled
	if len(log) == 0 {
		return h, nil
	}
	r := Request{ID: log[0].Request, State: StateNew, Unit: log[0].Unit, Provider: log[0].Unit, Events: 1, Hops: 1}
	void, needless := voided(log), false
	h.had = append(h.had, r.Unit)
	var open []ID
	from := log[0].At
	upTo := func(at time.Time) {
		on, counts := spentOn(r, needless)
		if counts && from.Before(at) {
			s := spell{unit: r.Unit, on: on, from: from, to: at}
			for _, p := range open {
				if u := partUnit[p]; on == spentParts && u != 0 {
					s.parts = append(s.parts, u)
				}
			}
			h.spells = append(h.spells, s)
		}
		from = at
	}
	for _, e := range log[1:] {
		upTo(e.At)
		was := r.Unit
		if err := r.happen(e); err != nil {
			return h, err
		}
		switch e.Kind {
		case VerbAsk:
			needless = void[int64(e.N)]
		case VerbSplit, VerbPartAgain:
			open = append(open, e.Other)
		case VerbPart:
			open = slices.DeleteFunc(open, func(id ID) bool { return id == e.Other })
		case VerbHandOver, VerbDecline, VerbSettle:
			h.quality = h.quality || unsettled(r.Passes) || e.Kind == VerbSettle
			if r.Unit != was {
				h.passes = append(h.passes, passed{from: was, to: r.Unit, declined: e.Kind == VerbDecline, back: slices.Contains(h.had, r.Unit)})
			}
		}
		if !slices.Contains(h.had, r.Unit) {
			h.had = append(h.had, r.Unit)
		}
	}
	upTo(now)
	h.last = r.Unit
	return h, nil
}

// spentOn says what the time of a request goes on as it stands; false when it is in nobody's hands.
func spentOn(r Request, needless bool) (on int, counts bool) {
	switch {
	case !r.State.Open() || r.State == StateDelivered:
		return 0, false
	case r.State == StateWaiting && !needless:
		return spentPaused, true
	case r.GoesAlong():
		return spentAlong, true
	case r.PartsOpen > 0:
		return spentParts, true
	case r.Assignee == 0:
		return spentWaiting, true
	}
	return spentInHand, true
}

// portion is what one unit has to do with the time of a request, in seconds of its own working time.
type portion struct {
	unit  int64
	spent [spentKinds]int64
	owed  float64 // of the time that the request was not paused: how much it had it, or its part of it
	after float64 // of that: after the due time
}

// portions shares the time of a request among the units that had it or did a part of it. worked is the working time of a
// unit between two moments. A stretch in which several parts were open is shared evenly.
func portions(h handled, due time.Time, worked func(unit int64, from, to time.Time) int64) []portion {
	var out []portion
	of := func(unit int64) *portion {
		i := slices.IndexFunc(out, func(p portion) bool { return p.unit == unit })
		if i < 0 {
			i = len(out)
			out = append(out, portion{unit: unit})
		}
		return &out[i]
	}
	for _, unit := range h.had {
		of(unit)
	}
	owe := func(unit int64, s spell, among int) {
		p := of(unit)
		p.owed += float64(worked(unit, s.from, s.to)) / float64(among)
		if from := later(s.from, due); !due.IsZero() && from.Before(s.to) {
			p.after += float64(worked(unit, from, s.to)) / float64(among)
		}
	}
	for _, s := range h.spells {
		of(s.unit).spent[s.on] += worked(s.unit, s.from, s.to)
		switch {
		case s.on == spentPaused:
		case len(s.parts) > 0:
			for _, u := range s.parts {
				owe(u, s, len(s.parts))
			}
		default:
			owe(s.unit, s, 1)
		}
	}
	return out
}

// delays is what share of the lateness of a request each unit has: as large as its share of the time that the request was not
// paused. A unit that has it in the last hour before it is late has not caused the nine days before. It adds up to 1; where
// no time was counted it is the unit's that has it last.
func delays(list []portion, last int64) map[int64]float64 {
	total := 0.0
	for _, p := range list {
		total += p.owed
	}
	if total == 0 {
		return map[int64]float64{last: 1}
	}
	out := map[int64]float64{}
	for _, p := range list {
		if p.owed > 0 {
			out[p.unit] = p.owed / total
		}
	}
	return out
}

// quantile is the value at rank ⌈n·p⌉; the list is put in order.
func quantile(list []int64, p float64) (int64, bool) {
	if len(list) == 0 {
		return 0, false
	}
	slices.Sort(list)
	i := int(float64(len(list))*p+0.999999) - 1
	return list[min(max(i, 0), len(list)-1)], true
}

// fewLate is with how few late requests it is not said whose the lateness is.
const fewLate = relation.Few

// Handled is how requests went through the hands of a unit, or of a service.
type Handled struct {
	Key      int64 // unit or service
	Requests int64 // that it had in hand
	Sent     int64 // handed over, or sent on by the quality office, to another
	Declined int64 // declined: not theirs from the start
	Got      int64 // came from another in one of these ways
	Back     int64 // of Got: had been there before

	Waiting int64 // counted seconds until somebody took it
	InHand  int64
	Parts   int64 // others did their parts first
	Paused  int64

	Late  int64   // requests of it that are late and that it had in hand, or had a part in
	Owed  float64 // how many of these it delayed: the sum of its shares
	Delay int64   // counted seconds of lateness that are its own

	inHand []int64
}

// Spent is what all of its time comes to.
func (h Handled) Spent() int64 { return h.Waiting + h.InHand + h.Parts + h.Paused }

// Share is how much of the time spent goes one way; ok is false when there is none.
func (h Handled) Share(part int64) (share float64, ok bool) {
	if h.Spent() == 0 {
		return 0, false
	}
	return float64(part) / float64(h.Spent()), true
}

// OwnShare is how much of the lateness of the requests that it had is its own; ok is false when they are too few to tell.
func (h Handled) OwnShare() (share float64, ok bool) {
	if h.Late < fewLate {
		return 0, false
	}
	return h.Owed / float64(h.Late), true
}

// Median is within what half of its requests were in hand, in counted seconds; ok is false when they are too few to tell.
func (h Handled) Median() (seconds int64, ok bool) {
	if len(h.inHand) < tellMedian {
		return 0, false
	}
	return quantile(h.inHand, .5)
}

// Way is how often requests went from one unit to another.
type Way struct {
	From, To int64
	HandOver int64
	Declined int64
	Back     int64 // of both: to a unit that had it before
}

// handledCase is what the report reads of a request.
type handledCase struct {
	id      ID
	service int64
	late    bool
	along   bool
	hops    int64
	log     handled
	shares  []portion
}

// handlingSum adds cases up.
type handlingSum struct {
	by     string
	seen   func(unit int64) bool // whose numbers the reader sees
	rows   map[int64]*Handled
	ways   map[[2]int64]*Way
	hops   []int64
	totals HandlingTotals
}

// HandlingTotals are of all the requests that a reader's units had in hand.
type HandlingTotals struct {
	Requests  int64
	Passed    int64 // handed over or declined at least once
	CameBack  int64 // at least once
	Quality   int64 // so often that the quality office was asked
	Along     int64 // went along with another: in the delays, not in the time spent
	Median    int64 // units one after the other that had it, 1: only one
	P90, Most int64
}

func (x *handlingSum) row(key int64) *Handled {
	h := x.rows[key]
	if h == nil {
		h = &Handled{Key: key}
		x.rows[key] = h
	}
	return h
}

// add takes one case in.
func (x *handlingSum) add(c handledCase) {
	if !slices.ContainsFunc(c.shares, func(p portion) bool { return x.seen(p.unit) }) {
		return
	}
	x.totals.Requests++
	x.hops = append(x.hops, c.hops)
	for _, b := range []struct {
		is bool
		to *int64
	}{{len(c.log.passes) > 0, &x.totals.Passed}, {slices.ContainsFunc(c.log.passes, func(p passed) bool { return p.back }), &x.totals.CameBack},
		{c.log.quality, &x.totals.Quality}, {c.along, &x.totals.Along}} {
		if b.is {
			*b.to++
		}
	}
	for _, p := range c.log.passes {
		x.pass(c.service, p)
	}
	if x.by == ByService {
		h := x.row(c.service)
		h.Requests++
		spend(h, c.along, c.shares...)
		if c.late {
			h.Late, h.Owed = h.Late+1, h.Owed+1
			h.Delay += int64(afterOf(c.shares))
		}
		return
	}
	for _, p := range c.shares {
		h := x.row(p.unit)
		h.Requests++
		spend(h, c.along, p)
	}
	if !c.late {
		return
	}
	after := afterOf(c.shares)
	for unit, share := range delays(c.shares, c.log.last) {
		h := x.row(unit)
		h.Late++
		h.Owed += share
		h.Delay += int64(share * after)
	}
}

// pass counts one time that a request went on.
func (x *handlingSum) pass(service int64, p passed) {
	w := x.ways[[2]int64{p.from, p.to}]
	if w == nil {
		w = &Way{From: p.from, To: p.to}
		x.ways[[2]int64{p.from, p.to}] = w
	}
	one, next := service, service
	if x.by == ByUnit {
		one, next = p.from, p.to
	}
	from, to := x.row(one), x.row(next)
	to.Got++
	if p.declined {
		w.Declined++
		from.Declined++
	} else {
		w.HandOver++
		from.Sent++
	}
	if p.back {
		w.Back++
		to.Back++
	}
}

// afterOf is by how much a request is late, in seconds of the working time of those who had it.
func afterOf(list []portion) (after float64) {
	for _, p := range list {
		after += p.after
	}
	return after
}

// spend adds the time of one request. What went along with another was not worked on by itself.
func spend(h *Handled, along bool, list ...portion) {
	if along {
		return
	}
	var in int64
	for _, p := range list {
		h.Waiting += p.spent[spentWaiting]
		h.Parts += p.spent[spentParts]
		h.Paused += p.spent[spentPaused]
		in += p.spent[spentInHand]
	}
	h.InHand += in
	h.inHand = append(h.inHand, in)
}

// total sums up.
func (x *handlingSum) total() HandlingTotals {
	t := x.totals
	t.Median, _ = quantile(x.hops, .5)
	t.P90, _ = quantile(x.hops, .9)
	t.Most, _ = quantile(x.hops, 1)
	return t
}

// list gives the rows that the reader may see, those with the most requests first.
func (x *handlingSum) list(may func(key int64) bool) []Handled {
	out := make([]Handled, 0, len(x.rows))
	for key, h := range x.rows {
		if may(key) {
			out = append(out, *h)
		}
	}
	sorting.By(out, func(a, b Handled) int { return cmp.Or(cmp.Compare(b.Requests, a.Requests), cmp.Compare(a.Key, b.Key)) })
	return out
}

// between gives the ways of which the reader sees an end, the most used first, no more than most of them.
func (x *handlingSum) between(most int) []Way {
	var out []Way
	for _, w := range x.ways {
		if x.seen(w.From) || x.seen(w.To) {
			out = append(out, *w)
		}
	}
	sorting.By(out, func(a, b Way) int {
		return cmp.Or(cmp.Compare(b.HandOver+b.Declined, a.HandOver+a.Declined), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return out[:min(len(out), most)]
}
