package agreement

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/kit/fault"
	"neike/internal/relation"
)

// Limits of what an agreement says, in characters, and how much of it there may be.
const (
	maxText    = 2000
	maxWord    = 1000
	maxTargets = 30
	maxWithin  = 240
)

// Draft is a version as somebody wants it.
type Draft struct {
	Terms            Terms
	From, To, Review int64        // days; To 0: until it is ended
	Unread           fault.Fields // what was sent and could not be read
}

// check tells everything that is wrong with a draft. offers says of a service whether the provider offers it on request;
// names of findings are those of the form and of the JSON: targets.0.completion.value.
func (d Draft) check(bad *fault.Fields, offers func(catalog.ID) bool) {
	bad.Join("", d.Unread)
	t := d.Terms
	if len(t.Targets) == 0 && len(t.Duties) == 0 && t.Attainment == 0 && t.RightFirst == 0 {
		bad.Add("targets", "agreement.says-nothing")
	}
	if len(t.Targets) > maxTargets {
		bad.Add("targets", "agreement.too-many", "most", maxTargets)
	}
	catalog.CheckShare(bad, "attainment", t.Attainment, false)
	catalog.CheckShare(bad, "right_first", t.RightFirst, false)
	var seen []catalog.ID
	for i, x := range t.Targets[:min(len(t.Targets), maxTargets)] {
		at := fmt.Sprintf("targets.%d.", i)
		switch {
		case x.Service == 0 || !offers(x.Service):
			bad.Add(at+"service", "agreement.service-unknown")
		case slices.Contains(seen, x.Service):
			bad.Add(at+"service", "agreement.service-twice")
		}
		seen = append(seen, x.Service)
		if len(d.Unread.All()) == 0 && x.Completion.IsZero() && x.Response.IsZero() && x.CompletionTarget == 0 && x.ResponseTarget == 0 {
			bad.Add(at+"completion.value", "agreement.target-empty")
		}
		catalog.CheckDuration(bad, at+"completion", x.Completion, false)
		catalog.CheckDuration(bad, at+"response", x.Response, false)
		catalog.CheckShare(bad, at+"completion_target", x.CompletionTarget, false)
		catalog.CheckShare(bad, at+"response_target", x.ResponseTarget, false)
	}
	for i, x := range t.Duties {
		at := fmt.Sprintf("duties.%d.", i)
		if !slices.Contains(DutyKinds, x.Kind) {
			bad.Add(at+"kind", "agreement.duty-unknown", "known", strings.Join(DutyKinds, ", "))
			continue
		}
		if slices.ContainsFunc(t.Duties[:i], func(y Duty) bool { return y.Kind == x.Kind }) {
			bad.Add(at+"kind", "agreement.duty-twice")
		}
		catalog.CheckShare(bad, at+"target", x.Target, !d.unread("duties."+x.Kind+".target"))
		if x.Kind != DutyComplete && !d.unread("duties."+x.Kind+".within") && (x.Within < 1 || x.Within > maxWithin) {
			bad.Add(at+"within", "agreement.within-range", "most", maxWithin)
		}
	}
	for name, text := range map[string]string{"also": t.Also, "exclusions": t.Exclusions, "purpose": t.Purpose} {
		if n := utf8.RuneCountInString(text); n > maxText {
			bad.Add(name, "web.too-long", "most", maxText, "count", n)
		}
	}
	d.checkDays(bad)
}

// unread says that something under the name could not be read: nothing more is said of it.
func (d Draft) unread(name string) bool {
	return slices.ContainsFunc(d.Unread.All(), func(f fault.Field) bool { return f.Name == name })
}

func (d Draft) checkDays(bad *fault.Fields) {
	if !isDay(d.From) && !d.unread("from") {
		bad.Add("from", "agreement.day-missing")
	}
	switch {
	case d.To == 0:
	case !isDay(d.To):
		bad.Add("to", "agreement.day-missing")
	case d.To < d.From:
		bad.Add("to", "agreement.ends-before")
	}
	switch {
	case d.unread("review"), d.unread("from"), d.unread("to"):
	case !isDay(d.Review):
		bad.Add("review", "agreement.review-missing")
	case d.Review < d.From, d.To != 0 && d.Review > d.To:
		bad.Add("review", "agreement.review-outside")
	}
}

// isDay says whether 20261201 is a day of the calendar.
func isDay(day int64) bool {
	if day < 19700101 || day > 22001231 {
		return false
	}
	return relation.DayOf(dateOf(day)) == day
}

// dateOf is the day at midnight UTC.
func dateOf(day int64) time.Time {
	return time.Date(int(day/10000), time.Month(day/100%100), int(day%100), 0, 0, 0, 0, time.UTC)
}

// over is the standard with what is agreed laid over it. Times of urgent requests stay unless the agreed ones are as short.
func (t Target) over(std catalog.Standard) catalog.Standard {
	if !t.Completion.IsZero() {
		std.Completion = t.Completion
		std.Urgent.Completion = urgent(std.Urgent.Completion, t.Completion)
	}
	if t.CompletionTarget > 0 {
		std.CompletionTarget = t.CompletionTarget
	}
	if !t.Response.IsZero() {
		std.Response = t.Response
		std.Urgent.Response = urgent(std.Urgent.Response, t.Response)
	}
	if t.ResponseTarget > 0 {
		std.ResponseTarget = t.ResponseTarget
	}
	return std
}

// urgent is the time of urgent requests beside an agreed one: none of its own where it is not shorter for certain.
func urgent(of, agreed calendar.Duration) calendar.Duration {
	if of.Unit != agreed.Unit || of.Value >= agreed.Value {
		return calendar.Duration{}
	}
	return of
}

// holds says whether the version is in force at a moment in a zone; a newer one may be, too.
func (v Version) holds(a Agreement, at time.Time, zone *time.Location) bool {
	if v.SignedAt.IsZero() || at.Before(v.SignedAt) || !a.EndedAt.IsZero() && !at.Before(a.EndedAt) {
		return false
	}
	day := relation.DayOf(at.In(zone))
	return day >= v.From && (v.To == 0 || day <= v.To)
}

// State is what an agreement is at a moment.
type State string

// The states of an agreement.
const (
	Drafted  State = "draft"    // nothing was signed by both yet
	Coming   State = "coming"   // signed, its first day is to come
	InForce  State = "in-force" //
	Expired  State = "expired"  // its last day is over
	Finished State = "ended"    // somebody ended it
)

// States in the order of lists.
var States = []State{InForce, Drafted, Coming, Expired, Finished}

// stateAt reads the state off the versions, the newest first.
func stateAt(a Agreement, versions []Version, at time.Time, zone *time.Location) State {
	if !a.EndedAt.IsZero() {
		return Finished
	}
	state := Drafted
	for _, v := range versions {
		if v.SignedAt.IsZero() {
			continue
		}
		if v.holds(a, at, zone) {
			return InForce
		}
		if state == Drafted {
			if state = Expired; relation.DayOf(at.In(zone)) < v.From {
				state = Coming
			}
		}
	}
	return state
}

// Quarter is a quarter of a year: 20264 is the last of 2026.
type Quarter int

// QuarterOf is the quarter of a local time.
func QuarterOf(t time.Time) Quarter { return Quarter(t.Year()*10 + (int(t.Month())+2)/3) }

// valid says whether there is such a quarter.
func (q Quarter) valid() bool { return q%10 >= 1 && q%10 <= 4 && q/10 >= 1970 && q/10 <= 2200 }

// back is the quarter n before.
func (q Quarter) back(n int) Quarter {
	months := int(q/10)*4 + int(q%10) - 1 - n
	return Quarter(months/4*10 + months%4 + 1)
}

// Period is its days.
func (q Quarter) Period() relation.Period {
	return relation.MonthsPeriod(int64(q/10)*100+int64(q%10)*3-2, 3)
}

// Code is the quarter as addresses write it: 2026-Q4.
func (q Quarter) Code() string { return fmt.Sprintf("%d-Q%d", q/10, q%10) }

// parseQuarter reads 2026-Q4.
func parseQuarter(text string) (Quarter, bool) {
	var year, n int
	if _, err := fmt.Sscanf(text, "%4d-Q%1d", &year, &n); err != nil {
		return 0, false
	}
	q := Quarter(year*10 + n)
	return q, q.valid() && q.Code() == text
}

// Kept is what became of a duty: a fact, judged from few on as everywhere.
type Kept struct {
	Duty    Duty
	Met, N  int64
	Pending int64 // still within the time, or open
}

// Verdict is met, missed, few or none.
func (k Kept) Verdict() string { return verdict(k.Met, k.N, k.Duty.Target) }

// verdict judges a complete count against a share that was agreed on.
func verdict(met, n int64, target float64) string {
	switch {
	case n == 0:
		return "none"
	case n < relation.Few:
		return "few"
	case float64(met) >= target*float64(n)-1e-9:
		return "met"
	}
	return "missed"
}

// counted measures a duty. due gives the end of the time that the customer has; false where no calendar reaches so far.
func (d Duty) counted(h Happened, now time.Time, due func(since time.Time, d calendar.Duration) (time.Time, bool)) Kept {
	k := Kept{Duty: d}
	if d.Kind == DutyComplete {
		k.N, k.Met = h.Opened, h.Opened-h.AskedBack
		return k
	}
	waits, within := h.Questions, calendar.Duration{Value: d.Within, Unit: calendar.WorkingHours}
	if d.Kind == DutyAccept {
		waits, within = h.Results, calendar.Duration{Value: d.Within, Unit: calendar.WorkdaysSameTime}
	}
	for _, w := range waits {
		end, ok := due(w.Since, within)
		switch {
		case !ok:
			k.Pending++
		case !w.Until.IsZero() && !w.Until.After(end):
			k.Met, k.N = k.Met+1, k.N+1
		case w.Until.IsZero() && now.Before(end):
			k.Pending++
		default:
			k.N++
		}
	}
	return k
}
