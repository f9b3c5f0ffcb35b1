package request

import (
	"context"
	"slices"
	"testing"
	"time"

	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/clock"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/todo"
)

// steps are who was told of a request, by step: 工号 and role.
func (h house) steps(id ID) map[int][]string {
	h.t.Helper()
	out := map[int][]string{}
	must(h.t, h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err := stepsOf(ctx, rd, id)
		for _, x := range list {
			p, err := h.Org.PersonIn(ctx, rd, x.Person)
			must(h.t, err)
			out[x.Percent] = append(out[x.Percent], p.No+" "+x.Role)
		}
		return err
	}))
	for _, list := range out {
		slices.Sort(list)
	}
	return out
}

// tick lets the jobs of the clock run as often as they would in a while.
func (h house) tick() {
	h.t.Helper()
	must(h.t, h.Clock.Steps(h.ctx))
	must(h.t, h.Clock.Breach(h.ctx))
	must(h.t, h.Clock.Steps(h.ctx))
}

func TestTheLadderIsClimbedStepByStep(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		start, _ := time.Parse(time.RFC3339, "2026-11-24T09:00:00+08:00") // a Tuesday
		dbtest.Clock(h.db).Set(start.AddDate(0, 0, -1))
		must(t, h.Calendar.Prepare(h.ctx))
		h.standard(func(s *catalog.Standard) { s.Completion = calendar.Duration{Value: 10, Unit: calendar.ElapsedHours} })
		_, err := h.Org.AddShift(h.as("2001"), "finance", org.ShiftInput{Person: "2003", From: "2026-11-24T08:00", Until: "2026-11-24T20:00"})
		must(t, err)
		dbtest.Clock(h.db).Set(start)
		r := h.open("3002")
		_, err = h.Take(h.as("2002"), r.Number, When{})
		must(t, err)
		other := h.open("3002")
		_, err = h.Take(h.as("2002"), other.Number, When{})
		must(t, err)
		_, err = h.AskBack(h.as("2002"), other.Number, "哪个账户？", nil, When{})
		must(t, err)

		h.later(5*time.Hour - time.Second)
		h.tick()
		if got := h.steps(r.ID); len(got) != 0 {
			t.Errorf("a second before half: %v", got)
		}
		h.later(time.Second)
		h.tick()
		h.tick()
		h.later(2*time.Hour + 30*time.Minute)
		h.tick()
		want := map[int][]string{50: {"2002 assignee"}, 75: {"2003 duty"}}
		if got := h.steps(r.ID); !same(got, want) {
			t.Errorf("told %v, want %v", got, want)
		}
		h.later(2*time.Hour + 31*time.Minute)
		h.tick()
		want[100] = []string{"2001 head", "2002 assignee"}
		if got := h.steps(r.ID); !same(got, want) {
			t.Errorf("told %v, want %v", got, want)
		}
		if !h.presses("2001", r.ID) {
			t.Error("the head owes nothing")
		}
		h.later(5 * time.Hour)
		h.tick()
		want[150] = []string{"2001 head", "2002 assignee", "3001 head"}
		if got := h.steps(r.ID); !same(got, want) {
			t.Errorf("told %v, want %v", got, want)
		}
		if got := h.steps(other.ID); len(got) != 0 {
			t.Errorf("what waits for its customer was told: %v", got)
		}
		_, err = h.ProposeDate(h.as("2002"), r.Number, Date{To: h.db.Now().Add(24 * time.Hour), Reason: "在等银行"}, When{})
		must(t, err)
		if h.presses("2001", r.ID) {
			t.Error("it moves, and the head still owes it")
		}
		h.sound()
	})
}

// presses says whether the person is to see that the request moves.
func (h house) presses(no string, id ID) bool {
	h.t.Helper()
	page, err := h.Todo.Mine(h.as(no), todo.Filter{Holder: "unit"})
	must(h.t, err)
	for _, x := range page.Items {
		if x.Verb == "press" && x.Subject.ID == id {
			return true
		}
	}
	return false
}

func same(a, b map[int][]string) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if !slices.Equal(v, b[k]) {
			return false
		}
	}
	return true
}

func TestTheLadderTellsOnlyTheHighestStepAfterANight(t *testing.T) {
	h := quick(t)
	start, _ := time.Parse(time.RFC3339, "2026-11-24T09:00:00+08:00")
	dbtest.Clock(h.db).Set(start.AddDate(0, 0, -1))
	must(t, h.Calendar.Prepare(h.ctx))
	h.standard(func(s *catalog.Standard) { s.Completion = calendar.Duration{Value: 10, Unit: calendar.ElapsedHours} })
	_, err := h.Catalog.SetLadder(h.ctx, "finance.advance", catalog.Ladder{Steps: [4]catalog.Rung{"assignee", "nobody", "duty", "heads"}}, 0)
	must(t, err)
	if _, err := h.Catalog.SetLadder(h.ctx, "finance.advance", catalog.Ladder{Steps: [4]catalog.Rung{"x", "nobody", "duty", "heads"}}, 0); err == nil {
		t.Error("a step for nobody there is")
	}
	dbtest.Clock(h.db).Set(start)
	r := h.open("3002")
	h.later(8 * time.Hour) // nothing ran meanwhile
	h.tick()
	if got := h.steps(r.ID); len(got) != 0 {
		t.Errorf("three quarters are told to nobody, the half is past: %v", got)
	}
	h.later(3 * time.Hour)
	h.tick()
	if got := h.steps(r.ID); !same(got, map[int][]string{100: {"2001 head"}}) {
		t.Errorf("nobody is on duty, the head is told: %v", got)
	}
	h.later(24 * time.Hour)
	must(t, h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error { // as an older version has left it
		_, err := tx.Exec(ctx, "update clock set step = -1, step_at = 0 where kind = 'completion'")
		return err
	}))
	h.tick()
	if got := h.steps(r.ID); len(got) != 1 {
		t.Errorf("what was reached before is told: %v", got)
	}
	if s, err := h.Clock.States(h.ctx, marks(must2(h.ByNumber(h.as("3002"), r.Number)).Log), h.db.Now()); err != nil || s[1].State != clock.Breached {
		t.Errorf("%v %v", s, err)
	}
}

func must2(v View, err error) View {
	if err != nil {
		panic(err)
	}
	return v
}

func TestAVerbBetweenTheDueTimeAndTheRoundOfTheClocksTakesNoStepAway(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		verbs := map[string]func(Request) error{
			"a note": func(r Request) error { return second(h.Note(h.as("2002"), r.Number, "银行还没回", nil, When{})) },
			"a question that is answered": func(r Request) error {
				if err := second(h.AskBack(h.as("2002"), r.Number, "哪个账户？", nil, When{})); err != nil {
					return err
				}
				h.tick()
				return second(h.Answer(h.as("3002"), r.Number, "基本户", nil, nil, When{}))
			},
			"a delivery that is returned": func(r Request) error {
				if err := second(h.Deliver(h.as("2002"), r.Number, "已打款", nil, When{})); err != nil {
					return err
				}
				h.tick()
				return second(h.Return(h.as("3002"), r.Number, "没有到账", When{}))
			},
		}
		for name, verb := range verbs {
			r := h.begun()
			must(t, second(h.Message(h.as("2002"), r.Number, "在办", nil, When{})))
			dbtest.Clock(h.db).Set(r.Due.Add(time.Second)) // the round has not come yet
			must(t, verb(r))
			h.tick()
			h.tick()
			if got := h.steps(r.ID)[100]; !slices.Equal(got, []string{"2001 head", "2002 assignee"}) {
				t.Errorf("%s: told of the whole %v", name, got)
			}
			if !h.presses("2001", r.ID) {
				t.Errorf("%s: the head owes nothing", name)
			}
			if list := h.breaches(r.Number); len(list) != 1 || list[0].State != CauseAsked {
				t.Errorf("%s: causes %+v", name, list)
			}
		}
		h.sound()
	})
}
