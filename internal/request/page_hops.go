package request

import (
	"context"
	"time"

	"neike/internal/calendar"
	"neike/internal/clock"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

// stretch is one bar of the lanes: who had the request, and in what way.
type stretch struct {
	unit     int64
	customer bool
	from, to time.Time // to zero: it lasts
	kind     string    // of ui.HopSegment
	counts   bool      // the question was found not to be needed: its time is the unit's
}

// stretches reads the bars off the log: the unit holds it, the customer is waited for, the customer is to accept.
func stretches(r Request, log []Event) []stretch {
	var out []stretch
	end := func(at time.Time) {
		if n := len(out); n > 0 && out[n-1].to.IsZero() {
			out[n-1].to = at
		}
	}
	begin := func(at time.Time, unit int64, customer bool, kind string) {
		end(at)
		out = append(out, stretch{unit: unit, customer: customer, from: at, kind: kind})
	}
	void := voided(log)
	for _, e := range log {
		switch e.Kind {
		case VerbFollow:
			if n := len(out); e.Side == ProviderSide && n > 0 && !out[n-1].customer {
				begin(e.At, e.Unit, false, "held")
			}
		case VerbRoute:
			if n := len(out); n > 0 && !out[n-1].customer && out[n-1].unit != e.Unit {
				if out[n-1].from.Equal(e.At) { // sent on at once: nobody up there has seen it
					out = out[:n-1]
				}
				begin(e.At, e.Unit, false, "held")
			}
		case VerbHandOver, VerbSettle:
			if n := len(out); n > 0 && !out[n-1].customer && out[n-1].unit != e.Unit {
				begin(e.At, e.Unit, false, "held")
			}
		case VerbOpen, VerbDecline, VerbAnswer, VerbReturn, VerbReopen:
			begin(e.At, e.Unit, false, "held")
		case VerbAsk:
			begin(e.At, r.Customer, true, "paused")
			if void[int64(e.N)] {
				out[len(out)-1].kind, out[len(out)-1].counts = "waiting", true
			}
		case VerbDeliver:
			begin(e.At, r.Customer, true, "waiting")
		case VerbAccept, VerbWithdraw, VerbCancel:
			end(e.At)
		}
	}
	return out
}

// maxDays is how many days the lanes look at; of a longer request the last ones.
const maxDays = 1500

// hops draws who had the request when, over working time only.
func hops(ctx context.Context, m material) (ui.HopLaneProps, string) {
	var line clock.Line
	for _, l := range m.lines {
		if l.Scope == clock.Customer && l.Kind == clock.Completion {
			line = l
		}
	}
	if line.Table == nil || len(m.Log) < 2 {
		return ui.HopLaneProps{}, ""
	}
	now := lang.Now(ctx)
	until := now
	if !m.ClosedAt.IsZero() {
		until = m.ClosedAt
	}
	running := line.State.State == clock.Running && line.DueAt.After(now)
	if running && m.ClosedAt.IsZero() {
		until = line.DueAt
	}
	p := ui.HopLaneProps{ID: "hops", Days: hopDays(ctx, line.Table, m.OpenedAt, until), Quiet: func(days int) string {
		return lang.T(ctx, "request.hops.quiet", "count", days)
	}}
	if len(p.Days) == 0 {
		return ui.HopLaneProps{}, ""
	}
	p.Lanes = append(lanes(ctx, m, now, line.DueAt, running), partLanes(ctx, m, now)...)
	if m.ClosedAt.IsZero() {
		p.Now = &ui.HopFlag{At: now, Text: lang.T(ctx, "request.hops.now", "at", lang.Clock(ctx, now))}
		if running {
			p.Due = &ui.HopFlag{At: line.DueAt, Text: lang.T(ctx, "request.hops.due", "at", lang.Clock(ctx, line.DueAt))}
		}
	}
	title := lang.T(ctx, "request.hops.done")
	if m.State.Open() {
		title = lang.T(ctx, "request.hops.with", "unit", m.Tree.FullName(ctx, m.Unit))
		if m.State == StateWaiting || m.State == StateDelivered {
			title = lang.T(ctx, "request.hops.with", "unit", m.Tree.FullName(ctx, m.Customer))
		}
	}
	p.Label = title
	return p, title
}

// hopDays are the days from one moment to another with their working time; runs of closed days are one strip.
func hopDays(ctx context.Context, t *calendar.Table, from, to time.Time) []ui.HopDay {
	first := from.In(t.Location())
	start := time.Date(first.Year(), first.Month(), first.Day(), 0, 0, 0, 0, t.Location())
	last := to.In(t.Location())
	stop := time.Date(last.Year(), last.Month(), last.Day()+1, 0, 0, 0, 0, t.Location())
	list, err := t.Explain(start, stop)
	if err != nil {
		return nil // outside the years of the calendar there is nothing to draw
	}
	days := t.ByDay(list)
	if len(days) > maxDays {
		days = days[len(days)-maxDays:]
	}
	out := make([]ui.HopDay, 0, len(days))
	for _, d := range days {
		day := ui.HopDay{Start: midnight(t, d.Date), End: midnight(t, d.Last+1), Label: lang.MonthDay(ctx, midnight(t, d.Date)), Sub: weekday(ctx, t, d)}
		for _, in := range d.Intervals {
			if in.Kind == calendar.Counted {
				day.Open = append(day.Open, ui.TimeSpan{From: in.From, To: in.To})
			}
		}
		if d.Last != d.Date {
			day.Label += "–" + lang.MonthDay(ctx, midnight(t, d.Last))
		}
		out = append(out, day)
	}
	return out
}

func weekday(ctx context.Context, t *calendar.Table, d calendar.DayIntervals) string {
	if name := d.Name.Name.In(ctx); name != "" && d.Name.Key == calendar.FestiveAt {
		return name
	}
	day := lang.T(ctx, "request.weekday-"+midnight(t, d.Date).Format("Mon"))
	if d.Name.Key == calendar.MakeupDay {
		return lang.T(ctx, "request.makeup", "day", day)
	}
	if d.Last != d.Date {
		return lang.T(ctx, "request.closed-days")
	}
	return day
}

// partLanes is one lane per part that the request was split into: the stretch of its unit, with the time it has.
func partLanes(ctx context.Context, m material, now time.Time) []ui.HopLane {
	var out []ui.HopLane
	for _, l := range m.Split {
		lane := ui.HopLane{Unit: m.Tree.Name(ctx, l.Unit), Role: lang.T(ctx, "request.hops.part")}
		seg := ui.HopSegment{From: l.Opened, To: l.Done, Kind: "held", Text: l.Ref()}
		if l.Late {
			seg.Kind = "bad"
		}
		if seg.To.IsZero() {
			seg.To = now
		}
		lane.Segments = append(lane.Segments, seg)
		if l.Done.IsZero() && l.Due.After(now) {
			lane.Segments = append(lane.Segments, ui.HopSegment{From: now, To: l.Due, Kind: "planned"})
		}
		out = append(out, lane)
	}
	return out
}

// lanes are the customer's lane and one per unit that held the request.
func lanes(ctx context.Context, m material, now, due time.Time, running bool) []ui.HopLane {
	customer := ui.HopLane{Unit: m.Tree.Name(ctx, m.Customer), Role: lang.T(ctx, "request.hops.customer")}
	out := []ui.HopLane{customer}
	index := map[int64]int{}
	for _, s := range stretches(m.Request, m.Log) {
		lane := 0
		if !s.customer {
			at, known := index[s.unit]
			if !known {
				at = len(out)
				index[s.unit] = at
				out = append(out, ui.HopLane{Unit: m.Tree.Name(ctx, s.unit), Role: lang.T(ctx, "request.hops.provider")})
			}
			lane = at
		}
		seg := ui.HopSegment{From: s.from, To: s.to, Kind: s.kind}
		lasts := s.to.IsZero()
		if lasts {
			seg.To = now
		}
		switch {
		case s.counts:
			seg.Text = lang.T(ctx, "request.hops.void")
		case s.kind == "paused":
			seg.Text = lang.T(ctx, "request.hops.paused")
		case s.kind == "waiting":
			seg.Text = lang.T(ctx, "request.hops.to-accept")
		}
		out[lane].Segments = append(out[lane].Segments, seg)
		if lasts && running && !s.customer {
			out[lane].Segments = append(out[lane].Segments, ui.HopSegment{From: now, To: due, Kind: "planned"})
		}
	}
	return out
}
