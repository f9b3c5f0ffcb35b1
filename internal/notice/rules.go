package notice

import (
	"cmp"
	"slices"
	"sort"
	"time"

	"neike/internal/calendar"
)

// How a person wants to be left alone.
const (
	QuietCalendar = "calendar" // outside the working time of the person's unit
	QuietHours    = "hours"    // outside hours the person named
	QuietNever    = "never"
)

// How often a digest comes.
const (
	Daily  = "daily"
	Weekly = "weekly"
)

// Habits are when a person wants to be told.
type Habits struct {
	Quiet    string // QuietCalendar, QuietHours, QuietNever
	From, To int    // minutes of the day between which messages come; From > To goes past midnight
	Digest   string // Daily or Weekly
	Revision int64
}

// usualHabits are those of everybody who has not chosen.
var usualHabits = Habits{Quiet: QuietCalendar, From: 8 * 60, To: 20 * 60, Digest: Daily}

// How long a message waits for company before it leaves: several events about one thing become one message.
const (
	mailWindow = time.Minute
	chatWindow = 15 * time.Second
)

func window(channel string) time.Duration {
	if channel == Mail {
		return mailWindow
	}
	return chatWindow
}

// choices are what a person, or the company, has chosen: kind, channel → value.
type choices map[[2]string]string

// want is what a channel does with a kind for somebody. Mail is what chat does, for those whom chat does not reach: so
// that nobody gets everything twice unless they ask for it.
func want(k Kind, as, channel string, own, company choices, hasChat bool) string {
	if k.Not == Now {
		return cmp.Or(digestOnly(own[[2]string{k.Code, channel}]), digestOnly(company[[2]string{k.Code, channel}]), fallback(channel, hasChat, k.usual(as)))
	}
	if !k.Fixed {
		if v := own[[2]string{k.Code, channel}]; v != "" {
			return v
		}
		if v := company[[2]string{k.Code, channel}]; v != "" {
			return v
		}
	}
	return fallback(channel, hasChat, k.usual(as))
}

// digestOnly: a rating is never told by itself, whatever somebody chose.
func digestOnly(v string) string {
	if v == Now {
		return Digest
	}
	return v
}

func fallback(channel string, hasChat bool, usual string) string {
	if channel == Mail && hasChat {
		return Off
	}
	return usual
}

// clockOf is what the rules ask of a calendar.
type clockOf interface {
	Location() *time.Location
	Add(time.Time, time.Duration) (time.Time, error)
}

var _ clockOf = (*calendar.Table)(nil)

// sendAt is when a message may leave: now, or when the person's time begins again.
func sendAt(now time.Time, urgent bool, h Habits, c clockOf) time.Time {
	if urgent || h.Quiet == QuietNever {
		return now
	}
	if h.Quiet == QuietHours {
		return nextHour(now.In(c.Location()), h.From, h.To).UTC()
	}
	at, err := c.Add(now, 0)
	if err != nil { // past the years that the calendar knows
		return now
	}
	return at
}

// dutyLead is how much of a person's time is left before a shift when it is told: the last hour in which the person reads
// it anyway.
const dutyLead = time.Hour

// dutyAt is when somebody is told of a shift: the last moment before it after which an hour of the person's time remains.
// That is an hour before a shift in working time, the afternoon before a night, and Friday for Monday's first hour. The
// person's time is the working time of the calendar, or the hours the person named.
func dutyAt(start time.Time, h Habits, c clockOf) time.Time {
	if h.Quiet == QuietHours {
		return lastHour(start.In(c.Location()), h.From, h.To).UTC()
	}
	first := start.Add(-dutyAhead)
	minutes := sort.Search(int(dutyAhead/time.Minute), func(i int) bool {
		at, err := c.Add(first.Add(time.Duration(i+1)*time.Minute), dutyLead)
		return err != nil || at.After(start)
	})
	if minutes == 0 { // no hour of work in three weeks, or years that the calendar does not know
		return start.Add(-dutyLead)
	}
	return first.Add(time.Duration(minutes) * time.Minute)
}

// lastHour is an hour before a start that lies between the minutes from and to of a day, or else before the last end of
// these hours.
func lastHour(start time.Time, from, to int) time.Time {
	at := start.Add(-dutyLead)
	if nextHour(at, from, to).Equal(at) {
		return at
	}
	end := atMinute(at, to)
	if end.After(at) {
		end = atMinute(at.AddDate(0, 0, -1), to)
	}
	return end.Add(-dutyLead)
}

// nextHour is now, or the next moment that lies between the minutes from and to of a day; from 22:00 to 6:00 is a night.
func nextHour(now time.Time, from, to int) time.Time {
	minute := now.Hour()*60 + now.Minute()
	inside := from <= minute && minute < to
	if from > to {
		inside = from <= minute || minute < to
	}
	switch {
	case inside:
		return now
	case minute < from:
		return atMinute(now, from)
	}
	return atMinute(now.AddDate(0, 0, 1), from)
}

func atMinute(day time.Time, minute int) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d, minute/60, minute%60, 0, 0, day.Location())
}

// digestAt is when the next digest leaves: at the beginning of the person's next working day, or of the first one of next
// week. Whoever works round the clock gets it at nine. A few seconds by person spread what would leave at once.
func digestAt(now time.Time, person int64, h Habits, c clockOf) time.Time {
	local := now.In(c.Location())
	y, m, d := local.Date()
	today := time.Date(y, m, d, 0, 0, 0, 0, local.Location())
	spread := time.Duration(person%180+1) * time.Second
	if h.Digest == Weekly {
		monday := today.AddDate(0, 0, -(int(today.Weekday())+6)%7)
		if at := opening(monday, c); at.After(now) { // this week's has not left: it begins later, or on a holiday
			return at.Add(spread)
		}
		return opening(monday.AddDate(0, 0, 7), c).Add(spread)
	}
	if at := opening(today, c); at.After(now) {
		return at.Add(spread)
	}
	return opening(today.AddDate(0, 0, 1), c).Add(spread)
}

// opening is the first moment of work from a midnight on.
func opening(midnight time.Time, c clockOf) time.Time {
	at, err := c.Add(midnight, 0)
	if err != nil || at.Equal(midnight) {
		return atMinute(midnight, 9*60).UTC()
	}
	return at
}

// strongest is the one of several reasons that counts when one person is told of one event for more than one.
func strongest(list []Told) []Told {
	rank := []string{AsNamed, AsSelf, AsAssignee, AsCustomer, AsDuty, AsAgent, AsHead, AsAdmin, AsWatcher}
	place := func(t Told) int {
		if t.For != 0 {
			return len(rank) + 1
		}
		if i := slices.Index(rank, t.As); i >= 0 {
			return i
		}
		return len(rank)
	}
	var out []Told
	at := map[int64]int{}
	for _, t := range list {
		i, known := at[t.Person]
		switch {
		case !known:
			at[t.Person] = len(out)
			out = append(out, t)
		case place(t) < place(out[i]):
			out[i] = t
		}
	}
	return out
}

// tries is how often a post is tried before it is dead; pauses double from half a minute to two hours.
const tries = 10

// unsureTries is how often a post is handed over without hearing whether it arrived, before a human decides: one double at most.
const unsureTries = 2

// pause is how long a post waits after its n-th failure.
func pause(n int) time.Duration {
	d := 30 * time.Second << min(n-1, 12)
	return min(d, 2*time.Hour)
}

// outage is how long a channel rests after its n-th failure in a row.
func outage(n int) time.Duration { return min(10*time.Second<<min(n-1, 12), 15*time.Minute) }

// enoughRatings is how many ratings a digest needs to say how many there were: of fewer a person could tell who gave them.
const enoughRatings = 5
