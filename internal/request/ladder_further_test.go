package request

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/clock"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/sqldb"
)

// stepsBy are who was told of which step of a clock: "next_response 2 75: 2002 assignee".
func (h house) stepsBy(id ID, kind string) []string {
	h.t.Helper()
	var out []string
	must(h.t, h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err := stepsOf(ctx, rd, id)
		for _, x := range list {
			if x.Clock == kind {
				p, err := h.Org.PersonIn(ctx, rd, x.Person)
				must(h.t, err)
				out = append(out, fmt.Sprintf("%d %d: %s %s", x.Turn, x.Percent, p.No, x.Role))
			}
		}
		return err
	}))
	return out
}

// The ladder counts for the first response and for each answer where its service says so: every step once for each clock and
// turn, in the calendar of that target, to the same people.
func TestTheLadderOfFurtherClocks(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		start, _ := time.Parse(time.RFC3339, "2026-11-24T09:00:00+08:00")
		dbtest.Clock(h.db).Set(start.AddDate(0, 0, -1))
		must(t, h.Calendar.Prepare(h.ctx))
		ten := calendar.Duration{Value: 10, Unit: calendar.ElapsedHours}
		h.standard(func(s *catalog.Standard) {
			s.Completion = calendar.Duration{Value: 1000, Unit: calendar.ElapsedHours}
			s.Response, s.ResponseTarget, s.NextResponse, s.NextResponseTarget = ten, 0.9, ten, 0.9
		})
		ladder := catalog.UsualLadder
		set := func(response, next bool) {
			t.Helper()
			ladder.Response, ladder.Next = response, next
			_, err := h.Catalog.SetLadder(h.ctx, "finance.advance", ladder, 0)
			must(t, err)
		}
		dbtest.Clock(h.db).Set(start)
		silent := h.open("3002") // as it comes: the steps count for the completion alone
		h.later(20 * time.Hour)
		h.tick()
		if got := h.steps(silent.ID); len(got) != 0 {
			t.Errorf("nobody asked for steps of the first response: %v", got)
		}

		set(true, false)
		r := h.open("3002")
		passes := func(hours float64) {
			t.Helper()
			h.later(time.Duration(hours * float64(time.Hour)))
			h.tick()
			h.tick()
		}
		is := func(kind string, want ...string) {
			t.Helper()
			if got := h.stepsBy(r.ID, kind); strings.Join(got, ", ") != strings.Join(want, ", ") {
				t.Errorf("%s: told %v, want %v", kind, got, want)
			}
		}
		passes(4.9)
		is(clock.FirstResponse)
		passes(0.2)
		must(t, second(h.Take(h.as("2002"), r.Number, When{})))
		passes(2.5)
		passes(2.5)
		is(clock.FirstResponse, "0 50: 2001 agent", "0 50: 2002 agent", "0 50: 2003 agent", "0 75: 2001 head", "0 100: 2002 assignee", "0 100: 2001 head")
		if h.presses("2001", r.ID) {
			t.Error("the head owes that a first response moves")
		}
		must(t, second(h.Message(h.as("2002"), r.Number, "收到", nil, When{})))
		passes(9)
		if got := len(h.stepsBy(r.ID, clock.FirstResponse)); got != 6 {
			t.Errorf("%d told after the response", got)
		}

		must(t, second(h.Message(h.as("3002"), r.Number, "还差什么", nil, When{})))
		passes(6)
		is(clock.NextResponse)
		set(true, true)
		passes(2)
		is(clock.NextResponse, "1 75: 2001 head")
		must(t, second(h.Message(h.as("2002"), r.Number, "不差了", nil, When{})))
		must(t, second(h.AskBack(h.as("2002"), r.Number, "哪个账户？", nil, When{})))
		h.later(time.Minute)
		must(t, second(h.Message(h.as("3002"), r.Number, "我找一下", nil, When{})))
		passes(5.1) // it waits for the customer, who waits for an answer
		passes(5)
		passes(5)
		is(clock.NextResponse, "2 50: 2002 assignee", "2 75: 2001 head", "2 100: 2002 assignee", "2 100: 2001 head", "2 150: 2002 assignee", "2 150: 2001 head", "2 150: 3001 head", "1 75: 2001 head")
		is(clock.Completion)
		lines := strings.Join(h.stepTexts(r.Number), "\n")
		if !strings.Contains(lines, "首次响应：已用 50%") || !strings.Contains(lines, "后续答复（第 2 次）：已用 100%") {
			t.Errorf("the page says %s", lines)
		}
		h.sound()
	})
}

// stepTexts are the steps as the page of a request says them.
func (h house) stepTexts(number int64) []string {
	h.t.Helper()
	m, err := h.gather(h.as("2002"), number)
	must(h.t, err)
	return stepLines(h.as("2002"), m.View, m.steps)
}
