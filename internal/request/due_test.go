package request

import (
	"strings"
	"testing"
	"time"

	"neike/internal/calendar"
	"neike/internal/clock"
	"neike/internal/kit/dbtest"
)

const newYear = `{"year":2027,"days":[{"name":"元旦","date":"2027-01-01","isOffDay":true},
 {"name":"春节","date":"2027-02-05","isOffDay":true},{"name":"春节","date":"2027-02-06","isOffDay":true},{"name":"春节","date":"2027-02-07","isOffDay":true},
 {"name":"春节","date":"2027-02-08","isOffDay":true},{"name":"春节","date":"2027-02-09","isOffDay":true},{"name":"春节","date":"2027-02-10","isOffDay":true},
 {"name":"春节","date":"2027-02-11","isOffDay":true}]}`

// settle lets followers and jobs run until nothing is left.
func (h house) settle() {
	h.t.Helper()
	for range 50 {
		must(h.t, h.bus.Drain(h.ctx))
		n, err := h.jobs.RunDue(h.ctx)
		must(h.t, err)
		if n == 0 {
			return
		}
	}
	h.t.Fatal("jobs beget jobs")
}

// sound says whether clocks, rows and tallies are what the logs say.
func (h house) sound() {
	h.t.Helper()
	report, err := h.Clock.Check(h.ctx, nil)
	must(h.t, err)
	if report.Wrong+report.Stale > 0 {
		h.t.Errorf("clocks: %+v", report)
	}
	flaws, n, err := h.Check(h.ctx)
	must(h.t, err)
	if n > 0 {
		h.t.Errorf("requests: %+v", flaws)
	}
	changed, err := h.Relation.Repair(h.ctx, h.Tallies())
	must(h.t, err)
	if changed > 0 {
		h.t.Errorf("%d tallies were wrong", changed)
	}
}

// dues are the due events of a request.
func dues(v View) (out []Event) {
	for _, e := range v.Log {
		if e.Kind == VerbDue {
			out = append(out, e)
		}
	}
	return out
}

func TestOpenDeadlinesFollowANewYear(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		start, _ := time.Parse(time.RFC3339, "2027-02-04T15:00:00+08:00")
		dbtest.Clock(h.db).Set(start)
		must(t, h.Calendar.Prepare(h.ctx))
		first, second := h.open("3002"), h.open("3003")
		if first.Due.IsZero() {
			t.Fatal("no due time")
		}
		h.later(time.Minute)
		in := calendar.YearInput{Text: newYear}
		plan, err := h.Calendar.PlanYear(h.as("1001"), in)
		must(t, err)
		if plan.Moves.Moved < 2 || plan.Moves.Late != 0 || len(plan.Moves.By) != 1 || plan.Moves.Earlier != 0 {
			t.Fatalf("%+v", plan.Moves)
		}
		if m := plan.Moves.List[0]; m.Ref == "" || m.Service.Empty() || m.Unit != first.Unit || !m.To.After(m.From) {
			t.Errorf("%+v", m)
		}
		_, err = h.Calendar.ImportYear(h.as("1001"), in)
		must(t, err)

		h.later(time.Minute)
		_, err = h.Take(h.as("2002"), second.Number, When{}) // before the job has told anybody
		must(t, err)
		h.settle()
		for _, was := range []Request{first, second} {
			v, err := h.ByNumber(h.as("3001"), was.Number)
			if err != nil {
				v, err = h.ByNumber(h.as("2002"), was.Number)
			}
			must(t, err)
			moves := dues(v)
			if len(moves) != 1 {
				t.Fatalf("%s: %d due events in %v", was.Ref(), len(moves), v.Log)
			}
			e := moves[0]
			if !e.DueFrom.Equal(was.Due) || !e.DueTo.Equal(v.Due) || !e.DueTo.After(e.DueFrom) || e.Terms.Version != 2 || e.Actor != 0 {
				t.Errorf("%+v, was %s, is %s", e, was.Due, v.Due)
			}
			for _, m := range plan.Moves.List {
				if m.Ref == was.Ref() && m.Kind == clock.Completion && m.Scope == clock.Customer && !m.To.Equal(v.Due) {
					t.Errorf("the plan said %s, it became %s", m.To, v.Due)
				}
			}
			if text := happenedText(h.ctx, v, e); !strings.Contains(text, "2027 年放假安排调整") || !strings.Contains(text, "→") {
				t.Errorf("the log says %q", text)
			}
			if v.CompletionIs != Pending {
				t.Errorf("%s counts as %q", v.Ref(), v.CompletionIs)
			}
		}
		h.sound()

		_, err = h.Calendar.ImportYear(h.as("1001"), in) // the same again
		must(t, err)
		h.settle()
		v, err := h.ByNumber(h.as("2002"), second.Number)
		must(t, err)
		if len(dues(v)) != 1 {
			t.Error("the same again is told again")
		}
	})
}

func TestAChangeOfTheCalendarMakesNobodyLate(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		start, _ := time.Parse(time.RFC3339, "2026-11-27T16:00:00+08:00") // a Friday
		dbtest.Clock(h.db).Set(start)
		must(t, h.Calendar.Prepare(h.ctx))
		r := h.open("3002")
		dbtest.Clock(h.db).Set(r.Due.Add(-time.Minute))
		in, ok := calendar.BuiltIn(calendar.Default)
		if !ok {
			t.Fatal("no default")
		}
		in.Hours.Sat, in.Hours.Sun = in.Hours.Fri, in.Hours.Fri // the weekend has been worked all the time
		in.Replaces = 1
		plan, err := h.Calendar.PlanCalendar(h.ctx, in)
		must(t, err)
		if plan.Moves.Late == 0 || plan.Moves.Earlier == 0 {
			t.Fatalf("%+v", plan.Moves)
		}
		_, err = h.Calendar.Publish(h.ctx, in)
		must(t, err)
		h.later(time.Second)
		h.settle()
		h.later(time.Minute)
		must(t, h.Clock.Breach(h.ctx))
		h.settle()
		v, err := h.ByNumber(h.as("3002"), r.Number)
		must(t, err)
		if v.CompletionIs != Excluded {
			t.Errorf("late by the change counts as %q", v.CompletionIs)
		}
		moves := dues(v)
		if len(moves) != 1 || !strings.Contains(happenedText(h.ctx, v, moves[0]), "不计入承办方") {
			t.Errorf("%+v", moves)
		}
		_, err = h.Take(h.as("2002"), r.Number, When{})
		must(t, err)
		_, err = h.Deliver(h.as("2002"), r.Number, "办好了", nil, When{})
		must(t, err)
		_, err = h.Accept(h.as("3002"), r.Number, When{})
		must(t, err)
		if v, err = h.ByNumber(h.as("3002"), r.Number); err != nil || v.CompletionIs != Excluded {
			t.Errorf("delivered, it counts as %q (%v)", v.CompletionIs, err)
		}
		h.settle()
		h.sound()
	})
}
