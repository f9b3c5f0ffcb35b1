package request

import (
	"context"
	"net/url"

	"neike/internal/calendar"
	"neike/internal/clock"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

// whyView is the panel 'why this deadline': one clock, interval by interval, and which others can be looked at.
type whyView struct {
	ui.IntervalsProps
	Clocks  []ui.SegmentProps // empty: there is only one
	Earlier []whyTurn         // further turns of what the customer said, when one is looked at
}

// whyTurn is a turn in the list of them.
type whyTurn struct {
	Text, Href string
	On         bool
}

// why explains the deadline of the clock that the address names, otherwise of the customer's completion.
func why(ctx context.Context, m material) whyView {
	var v whyView
	named := explainable(m.lines, m.turns, m.Tree)
	if len(named) == 0 {
		return v
	}
	chosen, ok := pick(named, m.clock)
	if !ok {
		chosen, _ = pick(named, "")
	}
	v.IntervalsProps = whyIntervals(ctx, m, chosen.Line)
	for _, c := range named {
		last := c.Kind == clock.NextResponse && c.Turn == lastOf(named)
		if c.Kind != clock.NextResponse || last {
			v.Clocks = append(v.Clocks, ui.SegmentProps{Text: c.title(ctx, m), Href: whyHref(m, c.group()), On: c.group() == chosen.group()})
		}
		if c.Kind == clock.NextResponse && chosen.Kind == clock.NextResponse {
			v.Earlier = append(v.Earlier, whyTurn{c.turnText(ctx), whyHref(m, c.Name), c.Turn == chosen.Turn})
		}
	}
	if len(v.Clocks) == 1 {
		v.Clocks = nil
	}
	if len(v.Earlier) == 1 {
		v.Earlier = nil
	}
	return v
}

// whyHref is the address of the page with a clock in the panel.
func whyHref(m material, name string) string {
	q := url.Values{"clock": {name}}
	if m.show != "" {
		q.Set("show", m.show)
	}
	return link(m.Number) + "?" + q.Encode() + "#why"
}

// lastOf is the number of the last turn.
func lastOf(list []namedLine) int {
	n := 0
	for _, c := range list {
		n = max(n, c.Turn)
	}
	return n
}

// title is the name of a clock in the choice.
func (c namedLine) title(ctx context.Context, m material) string {
	if c.Scope == clock.HopScope {
		return lang.T(ctx, "request.clock.hop", "unit", m.Tree.Name(ctx, c.Unit))
	}
	return clock.KindLabel(ctx, c.Kind)
}

// turnText says of a turn when it began, by when it was to be answered, and what became of it.
func (c namedLine) turnText(ctx context.Context) string {
	return lang.T(ctx, "request.why.turn", "n", c.Turn, "since", lang.Short(ctx, c.StartedAt), "due", lang.Short(ctx, c.DueAt), "state", clock.StateLabel(ctx, c.State.State))
}

// whyIntervals are the intervals of a clock by day, what lies ahead of one that runs among them.
func whyIntervals(ctx context.Context, m material, l clock.Line) ui.IntervalsProps {
	p := ui.IntervalsProps{Caption: lang.T(ctx, "request.why.caption"), Legend: true, Lead: whyLead(ctx, m, l)}
	sum := int64(0)
	days := l.Table.ByDay(joined(l.Intervals, l.Ahead))
	for n, d := range days {
		day := ui.IntervalDay{Label: dayLabel(ctx, l.Table, d)}
		for k, in := range d.Intervals {
			if in.Kind == calendar.Counted {
				sum += in.To.Sub(in.From).Milliseconds()
			}
			row := intervalRow(ctx, l.Table, d, in)
			switch {
			case n == 0 && k == 0 && row.Reason == "" && in.Kind == calendar.Counted:
				row.Reason = lang.T(ctx, whyKey(l, "begins"))
			case len(l.Ahead) > 0 && in.Kind == calendar.Counted && in.To.Equal(l.Ahead[0].From):
				row.Reason = lang.T(ctx, "request.why.so-far", "used", hoursMinutes(sum/1000))
			}
			day.Rows = append(day.Rows, row)
		}
		p.Days = append(p.Days, day)
	}
	p.Sum = hoursMinutes(sum / 1000)
	return p
}

// whyKey is the key of words that are said of each kind of clock.
func whyKey(l clock.Line, key string) string {
	switch {
	case l.Scope == clock.HopScope:
		return "request.why." + key + "-hop"
	case l.Kind == clock.Completion:
		return "request.why." + key
	}
	return "request.why." + key + "-" + l.Kind
}

// whyLead is what the deadline comes from: the standard and its calendar, and the date that both sides agreed on; then, of
// a clock that is over, when it ended. Of the completion that stands elsewhere.
func whyLead(ctx context.Context, m material, l clock.Line) string {
	lead := ""
	if !l.Target.IsZero() {
		lead = lang.T(ctx, whyKey(l, "lead"), "target", l.Target.Label(ctx), "calendar", calendarName(ctx, m, l.Calendar))
		if l.Scope == clock.Customer {
			lead += whyRetargeted(ctx, m.Log, l)
		}
	}
	if l.Kind != clock.Completion || l.Scope != clock.Customer {
		lead += whyOutcome(ctx, l)
	}
	switch {
	case l.AgreedDue.IsZero():
		return lead
	case l.OriginalDue.IsZero():
		return lead + lang.T(ctx, "request.why.agreed-first", "to", lang.DateTime(ctx, l.AgreedDue))
	}
	return lead + lang.T(ctx, "request.why.agreed", "from", lang.DateTime(ctx, l.OriginalDue), "to", lang.DateTime(ctx, l.AgreedDue))
}

// whyOutcome says by when the clock is due, and when it ended.
func whyOutcome(ctx context.Context, l clock.Line) string {
	due := lang.T(ctx, "request.why.due", "at", lang.DateTime(ctx, l.DueAt))
	switch {
	case !l.Over():
		return due
	case l.State.State == clock.Cancelled:
		return due + lang.T(ctx, "request.why.moot", "at", lang.DateTime(ctx, l.EndedAt))
	}
	return due + lang.T(ctx, "request.why.ended", "at", lang.DateTime(ctx, l.EndedAt))
}

// retargets says whether an event changed the target of a clock.
func retargets(e Event, l clock.Line) bool {
	if !l.EndedAt.IsZero() && e.At.After(l.EndedAt) {
		return l.Kind == clock.Completion
	}
	switch l.Kind {
	case clock.FirstResponse:
		return !e.Terms.Response.IsZero()
	case clock.NextResponse:
		return !e.Terms.Next.IsZero()
	}
	return e.Kind == VerbRetarget || !e.Terms.Response.IsZero() || !e.Terms.Completion.IsZero()
}

func calendarName(ctx context.Context, m material, code string) string {
	if name := m.calendars[code]; name != "" {
		return name
	}
	return code
}
