package clock

import (
	"slices"
	"time"

	"neike/internal/calendar"
)

// Line is a clock with what it counted and did not, in order and without a hole.
type Line struct {
	State
	Intervals []calendar.Interval // from the start to the end or now; the counted ones add up to ElapsedSeconds
	Ahead     []calendar.Interval // from now to the due time of a clock that runs
	Table     *calendar.Table     // the calendar counted with, for grouping by its local days (ByDay)
}

// Reasons of the intervals that a clock adds to those of its calendar.
const (
	WaitingReason   = "clock.reason.waiting"
	DeliveredReason = "clock.reason.delivered"
	OtherUnitReason = "clock.reason.other-unit"
	RestartedReason = "clock.reason.restarted"
)

var reasonOf = map[string]calendar.Reason{
	calendar.Paused:    {Key: WaitingReason},
	calendar.Delivered: {Key: DeliveredReason},
	calendar.OtherUnit: {Key: OtherUnitReason},
}

// Explain is Replay with the intervals of every clock.
func Explain(tables Tables, marks []Mark, now time.Time) ([]Line, error) {
	var r reel
	for _, m := range marks {
		r.feed(m)
	}
	return linesOf(tables, r.tracks(), now)
}

// ExplainTurns is Turns with the intervals of every turn.
func ExplainTurns(tables Tables, marks []Mark, now time.Time) ([]Line, error) {
	var r reel
	for _, m := range marks {
		r.feed(m)
	}
	return linesOf(tables, r.turns, now)
}

func linesOf(tables Tables, tracks []*track, now time.Time) ([]Line, error) {
	lines := make([]Line, 0, len(tracks))
	for _, t := range tracks {
		c, err := count(tables, t, now)
		if err != nil {
			return nil, err
		}
		line, err := c.line()
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}

func (c *counter) line() (Line, error) {
	state, err := c.state()
	if err != nil {
		return Line{}, err
	}
	line := Line{State: state, Table: c.legs[len(c.legs)-1].table}
	legs := slices.Concat(c.dropped, c.legs)
	for i, l := range legs {
		to := c.until
		if i+1 < len(legs) && legs[i+1].from.Before(to) {
			to = legs[i+1].from
		}
		list, err := l.table.Explain(l.from, to)
		if err != nil {
			return Line{}, err
		}
		if i < len(c.dropped) {
			line.Intervals = append(line.Intervals, restarted(list)...)
		} else {
			line.Intervals = append(line.Intervals, c.overlay(list)...)
		}
	}
	line.Intervals = calendar.WithSeconds(line.Intervals)
	if state.State == Running && state.DueAt.After(c.until) {
		line.Ahead, err = line.Table.Explain(c.until, state.DueAt)
	}
	return line, err
}

// restarted is what was counted before the target was set anew: nothing of it counts any more.
func restarted(list []calendar.Interval) []calendar.Interval {
	for i := range list {
		if list[i].Kind == calendar.Counted {
			list[i].Kind, list[i].Reason = calendar.Restarted, calendar.Reason{Key: RestartedReason}
		}
	}
	return list
}

// overlay cuts the stops out of the counted intervals; what does not count anyway stays as it is.
func (c *counter) overlay(list []calendar.Interval) []calendar.Interval {
	if len(c.stops) == 0 {
		return list
	}
	out := make([]calendar.Interval, 0, len(list)+2*len(c.stops))
	for _, in := range list {
		if in.Kind != calendar.Counted {
			out = append(out, in)
			continue
		}
		for _, s := range c.stops {
			to := in.To
			if !s.to.IsZero() && s.to.Before(to) {
				to = s.to
			}
			from := later(s.from, in.From)
			if !from.Before(to) {
				continue
			}
			if in.From.Before(from) {
				head := in
				head.To = from
				out = append(out, head)
			}
			out = append(out, calendar.Interval{From: from, To: to, Kind: s.kind, Reason: reasonOf[s.kind]})
			in.From = to
		}
		if in.From.Before(in.To) {
			out = append(out, in)
		}
	}
	return out
}
