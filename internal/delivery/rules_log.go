package delivery

import (
	"fmt"
	"time"

	"neike/internal/calendar"
	"neike/internal/clock"
	"neike/internal/kit/fold"
	"neike/internal/relation"
)

// happen makes the delivery what it is after the event: the fold of a log is its row. What the clock says is not in it.
func (d *Delivery) happen(e Event) error {
	to, err := allowed(*d, e.Kind)
	if err != nil {
		return err
	}
	was := d.State
	d.State, d.Events, d.LastAt = to, e.N, e.At
	switch e.Kind {
	case VerbDeliver:
		d.DeliveredAt = e.At
		if e.Quantity != "" {
			d.Quantity = e.Quantity
		}
	case VerbReturn:
		d.Returns++
		d.DeliveredAt = time.Time{}
	case VerbAccept, VerbLapse:
		d.AcceptedAt = e.At
	case VerbRate:
		d.Rated = true
	case VerbAskSkip:
		d.SkipAsked = true
	case VerbSkip, VerbRefuseSkip:
		d.SkipAsked = false
	case VerbContest:
		d.Before = was
	case VerbUphold, VerbDrop:
		d.Before = ""
	case VerbSucceed:
		if e.Side == ProviderSide {
			d.Assignee = e.Person
		} else {
			d.Receiver = e.Person
		}
	case VerbFollow:
		if e.Side == ProviderSide {
			d.Provider = e.Unit
		}
	}
	if !d.State.Open() && d.ClosedAt.IsZero() {
		d.ClosedAt = e.At
	}
	return nil
}

// Outcome is what the clock of a delivery counts as. Pending: it has not ended, and nobody has noticed yet that it is
// late.
type Outcome string

// The outcomes.
const (
	Pending  Outcome = ""
	Met      Outcome = "met"
	Breached Outcome = "breached"
	Excluded Outcome = "excluded"
)

// outcome reads off the clock what it counts as.
func outcome(c clock.State) Outcome {
	switch {
	case !c.HasTarget():
		return Pending
	case c.State == clock.Cancelled, c.State == clock.Breached && c.ByChange: // a change made it late, not who delivers
		return Excluded
	case c.State == clock.Breached:
		return Breached
	case c.State == clock.Met:
		return Met
	}
	return Pending
}

// copyClock writes onto the delivery what lists and tallies read off its clock.
func copyClock(d *Delivery, states []clock.State) {
	for _, c := range states {
		if c.Scope == clock.Customer && c.Kind == clock.Completion {
			d.Due, d.CompletionIs, d.Took = c.DueAt, outcome(c), c.ElapsedSeconds()
		}
	}
	d.NextDue = nextDue(d.State, d.Due)
}

// span is the time from the opening to the due moment as a target of clock: minutes, day and night, because the due moment
// is a moment of the calendar already.
func span(from, due time.Time) calendar.Duration {
	if due.IsZero() {
		return calendar.Duration{}
	}
	return calendar.Duration{Value: int(max(due.Sub(from), 0) / time.Minute), Unit: calendar.ElapsedMinutes}
}

// whole moves the opening back to a whole number of minutes before the due moment, so that span names that moment exactly.
func whole(opened, due time.Time) time.Time {
	if due.IsZero() || !opened.Before(due) {
		return opened
	}
	return due.Add(-((due.Sub(opened) + time.Minute - 1) / time.Minute * time.Minute))
}

// marks turns the log of a delivery into what its clock cares about, in order.
func marks(log []Event) []clock.Mark {
	out := make([]clock.Mark, 0, len(log))
	opened := time.Time{}
	for _, e := range log {
		m := clock.Mark{At: e.At, Unit: e.Unit, Calendar: e.Calendar, Version: e.Version}
		switch e.Kind {
		case VerbOpen:
			opened = e.At
			m.Kind, m.Completion = clock.Open, span(opened, e.Due)
		case VerbDue:
			m.Kind, m.Completion, m.Policy = clock.Retarget, span(opened, e.Due), clock.FromStart
		case VerbFollow:
			if e.Side != ProviderSide {
				continue
			}
			m.Kind = clock.Hop
		case VerbDeliver:
			m.Kind = clock.Deliver
		case VerbReturn:
			m.Kind = clock.Return
		case VerbAccept, VerbLapse:
			m.Kind = clock.Accept
		case VerbSkip, VerbCancel, VerbDrop, VerbMiss:
			m.Kind = clock.Cancel
		case VerbContest:
			m.Kind = clock.Pause
		case VerbUphold:
			m.Kind = clock.Resume
		default: // words, opinions and names stop and start nothing
			continue
		}
		out = append(out, m)
	}
	return out
}

// entry is a change of an edge's counters on a day.
type entry struct {
	edge int64
	day  time.Time
	relation.Delta
}

// counted lists what a delivery counts as on its edge: the day it was opened, what its clock has come to on the day it was
// due, and every deed on its day. What is contested, or was dropped, counts as nothing.
func counted(d Delivery, log []Event) []entry {
	if d.ID == 0 || d.State == StateContested || d.State == StateDropped {
		return nil
	}
	list := []entry{{d.Edge, d.OpenedAt, relation.Delta{Opened: 1}}}
	switch d.CompletionIs {
	case Met:
		list = append(list, entry{d.Edge, d.Due, relation.Delta{Met: 1}})
	case Breached:
		list = append(list, entry{d.Edge, d.Due, relation.Delta{Breached: 1}})
	case Excluded:
		list = append(list, entry{d.Edge, d.Due, relation.Delta{Excluded: 1}})
	}
	for _, e := range log {
		x := entry{edge: d.Edge, day: e.At}
		switch e.Kind {
		case VerbDeliver:
			x.Delivered = 1
		case VerbReturn:
			x.Returned = 1
		case VerbAccept, VerbLapse:
			x.Accepted = 1
			if d.Returns == 0 {
				x.RightFirst = 1
			}
		case VerbSkip, VerbCancel:
			x.Cancelled = 1
		default:
			continue
		}
		list = append(list, x)
	}
	return list
}

// fromLog are the columns that the fold of a log gives, fromClock those that its clock does.
var (
	fromLog = fold.Columns[Delivery]{
		fold.Of("state", func(d *Delivery) *State { return &d.State }),
		fold.Of("before", func(d *Delivery) *State { return &d.Before }),
		fold.Of("provider", func(d *Delivery) *int64 { return &d.Provider }),
		fold.Of("events", func(d *Delivery) *int { return &d.Events }),
		fold.Of("returns", func(d *Delivery) *int { return &d.Returns }),
		fold.Of("rated", func(d *Delivery) *bool { return &d.Rated }),
		fold.Of("skip_asked", func(d *Delivery) *bool { return &d.SkipAsked }),
		fold.Of("quantity", func(d *Delivery) *string { return &d.Quantity }),
		fold.Time("opened_at", func(d *Delivery) *time.Time { return &d.OpenedAt }),
		fold.Time("delivered_at", func(d *Delivery) *time.Time { return &d.DeliveredAt }),
		fold.Time("accepted_at", func(d *Delivery) *time.Time { return &d.AcceptedAt }),
		fold.Time("closed_at", func(d *Delivery) *time.Time { return &d.ClosedAt }),
		fold.Time("last_at", func(d *Delivery) *time.Time { return &d.LastAt }),
	}
	fromClock = fold.Columns[Delivery]{
		fold.Time("due", func(d *Delivery) *time.Time { return &d.Due }),
		fold.Of("completion_is", func(d *Delivery) *Outcome { return &d.CompletionIs }),
		fold.Of("took", func(d *Delivery) *int64 { return &d.Took }),
		fold.Time("next_due", func(d *Delivery) *time.Time { return &d.NextDue }),
	}
)

// foldOf is what a log comes to, with what of the row no event can change; broken says where no delivery can have it.
func foldOf(d Delivery, log []Event) (f Delivery, broken fold.Difference) {
	if len(log) == 0 || log[0].Kind != VerbOpen {
		return f, fold.Difference{Field: "open", Row: "-", Log: "-"}
	}
	f = Delivery{ID: d.ID, Origin: d.Origin, State: StateDue, OpenedAt: log[0].At, LastAt: log[0].At, Events: 1, Provider: log[0].Unit,
		Receiver: d.Receiver, Assignee: d.Assignee}
	for i, e := range log[1:] {
		if e.N != i+2 || e.At.Before(f.LastAt) {
			return f, fold.Difference{Field: "order", Row: fmt.Sprint(e.N), Log: "-"}
		}
		if err := f.happen(e); err != nil {
			return f, fold.Difference{Field: "event", Row: fmt.Sprint(e.N) + " " + string(e.Kind), Log: string(f.State)}
		}
	}
	return f, broken
}
