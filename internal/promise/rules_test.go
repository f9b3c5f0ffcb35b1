package promise

import (
	"testing"
	"time"

	"neike/internal/calendar"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
)

// workWeek is Monday to Friday, 09:00–12:00 and 13:30–18:00, in Shanghai.
func workWeek(t *testing.T) *calendar.Table {
	t.Helper()
	hours := calendar.Hours{{"09:00", "12:00"}, {"13:30", "18:00"}}
	in := calendar.Input{Code: "week", Name: lang.Text{Zh: "周", En: "week"}, Zone: "Asia/Shanghai",
		Hours: calendar.Week{Mon: hours, Tue: hours, Wed: hours, Thu: hours, Fri: hours}}
	table, err := in.Compile(2026, 2027)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func at(t *testing.T, text string) time.Time {
	t.Helper()
	out, err := time.ParseInLocation("2006-01-02 15:04", text, time.FixedZone("CST", 8*3600))
	if err != nil {
		t.Fatal(err)
	}
	return out.UTC()
}

func TestWhatIsPossible(t *testing.T) {
	t.Parallel()
	due := at(t, "2026-11-27 18:00")
	before, after := due.Add(-time.Hour), due.Add(time.Hour)
	for _, c := range []struct {
		name string
		p    Promise
		verb Verb
		now  time.Time
		want string // a state, or the key of a refusal
	}{
		{"the giver says it is done", Promise{State: StateOpen}, VerbDone, before, "asked"},
		{"and says so once", Promise{State: StateAsked}, VerbDone, before, "promise.waits-for-receiver"},
		{"the receiver may be quicker than the giver", Promise{State: StateOpen}, VerbKept, before, "kept"},
		{"nobody has broken it while there is time", Promise{State: StateOpen}, VerbBroken, before, "promise.still-time"},
		{"what the giver calls done may be called broken", Promise{State: StateAsked}, VerbBroken, before, "broken"},
		{"afterwards it is broken", Promise{State: StateOpen}, VerbBroken, after, "broken"},
		{"there is time left for what is not done yet", Promise{State: StateAsked}, VerbNotYet, before, "open"},
		{"there is no time left", Promise{State: StateAsked}, VerbNotYet, after, "promise.time-is-up"},
		{"it is taken back before it is due", Promise{State: StateOpen}, VerbWithdraw, before, "withdrawn"},
		{"and not after", Promise{State: StateOpen}, VerbWithdraw, after, "promise.too-late-to-withdraw"},
		{"silence is not kept", Promise{State: StateAsked}, VerbLapse, after, "unsaid"},
		{"after silence the receiver may still speak", Promise{State: StateUnsaid}, VerbKept, after, "kept"},
		{"but the giver may not", Promise{State: StateUnsaid}, VerbDone, after, "promise.already-unsaid"},
		{"what is said is said", Promise{State: StateBroken}, VerbKept, after, "promise.already-broken"},
		{"a date is agreed to", Promise{State: StateOpen, Proposed: after}, VerbAgree, before, "open"},
		{"that was proposed", Promise{State: StateOpen}, VerbAgree, before, "promise.nothing-proposed"},
		{"what is not claimed cannot be denied", Promise{State: StateOpen}, VerbNotYet, before, "promise.not-claimed"},
	} {
		c.p.Due = due
		to, err := allowed(c.p, c.verb, c.now)
		got := string(to)
		if f, ok := fault.As(err); ok {
			got = f.Key
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestWhenTheHouseReminds(t *testing.T) {
	t.Parallel()
	week := workWeek(t)
	made := at(t, "2026-11-23 10:00") // a Monday
	for _, c := range []struct {
		name string
		p    Promise
		verb Verb
		want string
	}{
		{"in the last hours of the workday before", Promise{State: StateOpen, Due: at(t, "2026-11-27 18:00")}, VerbNear, "2026-11-26 16:00"},
		{"which for a Monday is Friday", Promise{State: StateOpen, Due: at(t, "2026-11-30 18:00")}, VerbNear, "2026-11-27 16:00"},
		{"not when it is due today", Promise{State: StateOpen, Due: at(t, "2026-11-23 18:00")}, VerbDue, "2026-11-23 18:00"},
		{"then when it falls due", Promise{State: StateOpen, Step: stepNear, Due: at(t, "2026-11-27 18:00")}, VerbDue, "2026-11-27 18:00"},
		{"the silent receiver after three workdays", Promise{State: StateOpen, Step: stepAsked, AskedAt: at(t, "2026-11-27 17:00")}, VerbAgain, "2026-12-02 18:00"},
		{"and after five it is not said", Promise{State: StateAsked, Step: stepAgain, AskedAt: at(t, "2026-11-27 17:00")}, VerbLapse, "2026-12-04 18:00"},
	} {
		c.p.LastAt = made
		verb, when := plan(c.p, week, week)
		if verb != c.verb || !when.Equal(at(t, c.want)) {
			t.Errorf("%s: %s at %s, want %s at %s", c.name, verb, when, c.verb, at(t, c.want))
		}
	}
	if verb, when := plan(Promise{State: StateKept}, week, week); verb != "" || !when.IsZero() {
		t.Errorf("a kept one is left alone: %s %s", verb, when)
	}
}

func TestADueDate(t *testing.T) {
	t.Parallel()
	week := workWeek(t)
	for _, c := range []struct {
		name, text, want string
		whole            bool
	}{
		{"a day ends with the working time", "2026-11-27", "2026-11-27 18:00", true},
		{"a day off ends at six", "2026-11-28", "2026-11-28 18:00", true},
		{"a moment is a moment", "2026-11-27T15:30", "2026-11-27 15:30", false},
		{"of any zone", "2026-11-27T07:30:00Z", "2026-11-27 15:30", false},
		{"nothing is missing", "", "form.required", false},
		{"words are no date", "周五", "promise.not-a-date", false},
	} {
		got, whole, key := readDue(c.text, week)
		if key != "" {
			if key != c.want {
				t.Errorf("%s: %s, want %s", c.name, key, c.want)
			}
			continue
		}
		if !got.Equal(at(t, c.want)) || whole != c.whole {
			t.Errorf("%s: %s %v, want %s %v", c.name, got, whole, c.want, c.whole)
		}
	}
}

func TestOnlyWhatWasJudgedIsInTheRate(t *testing.T) {
	t.Parallel()
	var r Rate
	for _, c := range []countRow{{"kept", 6, 1, 6}, {"partly", 1, 0, 1}, {"broken", 2, 2, 2}, {"unsaid", 5, 0, 5}, {"withdrawn", 3, 0, 0}, {"open", 4, 0, 1}, {"asked", 1, 0, 1}} {
		r.add(c)
	}
	if want := (Rate{Kept: 6, Partly: 1, Broken: 2, Unsaid: 5, Withdrawn: 3, Open: 5, Overdue: 2, Moved: 3}); r != want || r.N() != 9 {
		t.Errorf("%+v n=%d, want %+v n=9", r, r.N(), want)
	}
}
