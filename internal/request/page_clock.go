package request

import (
	"context"
	"slices"
	"strconv"
	"time"

	"neike/internal/calendar"
	"neike/internal/clock"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

// clockCards are the clocks in the order in which the reader asks: what the customer waits for, its completion, the stretches of the
// units, the first response.
func clockCards(ctx context.Context, m material) []ui.ClockProps {
	var completion, response, reply, hops []ui.ClockProps
	units := 0
	for _, c := range m.Clocks {
		if c.Scope == clock.HopScope {
			units++
		}
	}
	for _, c := range m.Clocks {
		switch {
		case c.Scope == clock.HopScope:
			if units > 1 || c.HasTarget() {
				hops = append(hops, clockCard(ctx, lang.T(ctx, "request.clock.hop", "unit", m.Tree.Name(ctx, c.Unit)), c))
			}
		case c.Kind == clock.FirstResponse:
			if c.HasTarget() {
				response = append(response, clockCard(ctx, lang.T(ctx, "request.clock.response"), c))
			}
		case c.Kind == clock.NextResponse:
			card := clockCard(ctx, lang.T(ctx, "request.clock.reply"), c)
			if !c.Over() {
				card.Due = lang.T(ctx, "request.clock.reply-due", "since", lang.Short(ctx, c.StartedAt), "at", lang.Short(ctx, c.DueAt))
			}
			if c.Turn > 1 {
				card.Title += lang.T(ctx, "request.in-brackets", "text", lang.T(ctx, "request.clock.reply-turn", "n", c.Turn))
			}
			reply = append(reply, card)
		default:
			card := clockCard(ctx, lang.T(ctx, "request.clock.completion"), c)
			card.Strong = true
			completion = append(completion, card)
		}
	}
	return slices.Concat(reply, completion, hops, response)
}

// soonLeft is the part of the budget below which a running clock is shown as soon due.
const soonUsed = 0.85

func clockCard(ctx context.Context, title string, c clock.State) ui.ClockProps {
	p := ui.ClockProps{Title: title, Used: c.Used(), DueTime: c.DueAt, NoBar: !c.HasTarget()}
	used := lang.WorkDuration(ctx, c.ElapsedSeconds())
	if !c.HasTarget() {
		p.Status = used
		return p
	}
	unit := "request.working-time"
	if c.Target.Elapsing() {
		unit = "request.elapsed-time"
	}
	args := []any{"used", used, "left", lang.WorkDuration(ctx, max(c.TargetSeconds()-c.ElapsedSeconds(), 0)),
		"over", lang.WorkDuration(ctx, max(c.ElapsedSeconds()-c.TargetSeconds(), 0)), "target", lang.WorkDuration(ctx, c.TargetSeconds()), "unit", lang.T(ctx, unit)}
	if !c.AgreedDue.IsZero() {
		title += lang.T(ctx, "request.in-brackets", "text", lang.T(ctx, "request.clock.agreed"))
		p.Title = title
	}
	switch c.State {
	case clock.Met:
		p.Tone, p.Status, p.NoBar = "good", clock.StateLabel(ctx, c.State), true
		p.Detail = lang.T(ctx, "request.clock.took", args...)
	case clock.Cancelled:
		p.Tone, p.Status, p.NoBar = "na", clock.StateLabel(ctx, c.State), true
	case clock.Breached:
		p.Tone, p.Status = "bad", clock.StateLabel(ctx, c.State)
		p.Due = lang.T(ctx, "request.clock.was-due", "at", lang.DateTime(ctx, c.DueAt))
		p.Detail = lang.T(ctx, "request.clock.over", args...)
		if c.ByChange {
			p.Detail = lang.T(ctx, "request.clock.by-change")
		}
	case clock.Paused:
		p.Paused, p.Status = true, clock.StateLabel(ctx, c.State)
		p.Detail = lang.T(ctx, "request.clock.left", args...)
	default:
		if c.Used() >= soonUsed {
			p.Tone = "warn"
		}
		key := "request.clock.due"
		if c.Provisional {
			key = "request.clock.due-expected"
		}
		p.Due = lang.T(ctx, key, "at", lang.DateTime(ctx, c.DueAt))
		p.Detail = lang.T(ctx, "request.clock.left", args...)
	}
	return p
}

// joined puts what lies ahead behind what has been; what does not count and goes on is one interval.
func joined(past, ahead []calendar.Interval) []calendar.Interval {
	n := len(past)
	list := past[:n:n]
	if n > 0 && len(ahead) > 0 && past[n-1].Kind != calendar.Counted && past[n-1].Kind == ahead[0].Kind && past[n-1].Reason == ahead[0].Reason {
		last := past[n-1]
		last.To = ahead[0].To
		return append(append(list[:n-1:n-1], last), ahead[1:]...)
	}
	return append(list, ahead...)
}

// dayLabel is 9月29日 周二, a run of days as 10月1日–7日, with what is special about the day and which one is today.
func dayLabel(ctx context.Context, t *calendar.Table, d calendar.DayIntervals) string {
	label := dayName(ctx, midnight(t, d.Date))
	if d.Last != d.Date {
		return label + "–" + dayName(ctx, midnight(t, d.Last))
	}
	if name := d.Name.In(ctx); name != "" {
		label += lang.T(ctx, "request.in-brackets", "text", name)
	}
	if calendar.DateOf(lang.Now(ctx).In(t.Location())) == d.Date {
		label += lang.T(ctx, "request.in-brackets", "text", lang.T(ctx, "lang.today"))
	}
	return label
}

// dayName is a day without its year: the page speaks of these weeks.
func dayName(ctx context.Context, t time.Time) string {
	if lang.Locale(ctx) == "en" {
		return t.Format("Mon 2 Jan")
	}
	return t.Format("1月2日 ") + lang.T(ctx, "request.weekday-"+t.Format("Mon"))
}

func midnight(t *calendar.Table, d calendar.Date) time.Time {
	day := d.Time()
	return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, t.Location())
}

func intervalRow(ctx context.Context, t *calendar.Table, d calendar.DayIntervals, in calendar.Interval) ui.IntervalRow {
	row := ui.IntervalRow{Span: clockSpan(t, in), Reason: in.Reason.In(ctx), Kind: in.Kind}
	if d.Last != d.Date || in.To.Sub(in.From) >= 24*time.Hour {
		row.Span = lang.T(ctx, "request.all-day")
	}
	amount := hoursMinutes(60 * in.Minutes)
	switch in.Kind {
	case calendar.Counted:
		row.Amount = amount
	case calendar.Paused, calendar.Delivered, calendar.OtherUnit, calendar.Restarted:
		row.Kind = "paused"
		row.Amount = lang.T(ctx, "request.why.paused", "amount", amount)
	default:
		row.Amount = lang.T(ctx, "request.why.skipped")
	}
	return row
}

func clockSpan(t *calendar.Table, in calendar.Interval) string {
	from, to := in.From.In(t.Location()), in.To.In(t.Location())
	end := to.Format("15:04")
	if end == "00:00" {
		end = "24:00"
	}
	return from.Format("15:04") + "–" + end
}

// hoursMinutes is 7:36.
func hoursMinutes(seconds int64) string {
	minutes := (seconds + 30) / 60
	rest := strconv.FormatInt(minutes%60, 10)
	if len(rest) == 1 {
		rest = "0" + rest
	}
	return strconv.FormatInt(minutes/60, 10) + ":" + rest
}
