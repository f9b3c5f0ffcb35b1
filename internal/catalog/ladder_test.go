package catalog

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"neike/internal/calendar"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

func TestWhenTheStepsOfALadderAreReached(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		h := rooms(t, db)
		start, _ := time.Parse(time.RFC3339, "2026-11-23T16:00:00+08:00") // a Monday
		dbtest.Clock(db).Set(start)
		must(t, h.calendars.Prepare(h.ctx))
		table, err := h.calendars.Table(h.ctx, "default") // from 8:30, until 18:00
		must(t, err)
		for _, c := range []struct {
			name   string
			d      calendar.Duration
			atOnce bool
			at     string // of 50, 75, 100, 150 %
			told   string
		}{
			{"working hours go on the next morning", hours(4), false, "23 18:00, 24 09:30, 24 10:30, 24 14:00", "24 08:30, 24 09:30, 24 10:30, 24 14:00"},
			{"what runs at night is told in the morning", calendar.Duration{Value: 8, Unit: calendar.ElapsedHours}, false,
				"23 20:00, 23 22:00, 24 00:00, 24 04:00", "24 08:30, 24 08:30, 24 08:30, 24 08:30"},
			{"urgent ones are told at night", calendar.Duration{Value: 8, Unit: calendar.ElapsedHours}, true,
				"23 20:00, 23 22:00, 24 00:00, 24 04:00", "23 20:00, 23 22:00, 24 00:00, 24 04:00"},
			{"a service without a time has no steps", calendar.Duration{}, false, "", ""},
		} {
			t.Run(c.name, func(t *testing.T) {
				var at, told []string
				for _, x := range climb(table, c.d, start, c.atOnce) {
					at, told = append(at, x.At.In(start.Location()).Format("02 15:04")), append(told, x.Told.In(start.Location()).Format("02 15:04"))
				}
				if got := strings.Join(at, ", "); got != c.at {
					t.Errorf("reached %s, want %s", got, c.at)
				}
				if got := strings.Join(told, ", "); got != c.told {
					t.Errorf("told %s, want %s", got, c.told)
				}
			})
		}
	})
}

func TestAServiceFollowsTheCompanysLadderUntilItHasItsOwn(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		if l := h.service("finance.expense"); l.OwnLadder || l.Ladder != UsualLadder {
			t.Fatalf("%+v", l.Ladder)
		}
		strict := Ladder{Steps: [4]Rung{RungDuty, RungHead, RungHeads, RungHeads}}
		wants(t, h.SetCompanyLadder(h.as("2001"), strict, 0), fault.NotFound, "not-found")
		must(t, h.SetCompanyLadder(h.as("1001"), strict, 0))
		wants(t, h.SetCompanyLadder(h.as("1001"), UsualLadder, 0), fault.Precondition, "catalog.ladder-changed")
		finds(t, h.SetCompanyLadder(h.as("1001"), Ladder{Steps: [4]Rung{"x", "nobody", "", "head"}}, 1), "step_50 catalog.rung-unknown", "step_100 catalog.rung-unknown")
		if l := h.service("finance.expense"); l.OwnLadder || l.Ladder != strict {
			t.Errorf("does not follow: %+v", l.Ladder)
		}
		_, err := h.SetLadder(h.as("2002"), "finance.expense", UsualLadder, 0)
		wants(t, err, fault.NotFound, "not-found")
		s, err := h.SetLadder(h.as("2001"), "finance.expense", UsualLadder, 0)
		must(t, err)
		if again, err := h.SetLadder(h.as("2001"), "finance.expense", UsualLadder, 0); err != nil || again.Revision != s.Revision {
			t.Error("said twice it counts twice")
		}
		must(t, h.SetCompanyLadder(h.as("1001"), Ladder{Steps: [4]Rung{RungNobody, RungNobody, RungNobody, RungNobody}}, 1))
		if l := h.service("finance.expense"); !l.OwnLadder || l.Ladder != UsualLadder {
			t.Errorf("its own is lost: %+v", l.Ladder)
		}
		_, err = h.SetLadder(h.as("2001"), "finance.expense", Ladder{}, 0)
		must(t, err)
		if l := h.service("finance.expense"); l.OwnLadder || l.Ladder.At(100) != RungNobody {
			t.Errorf("does not follow again: %+v", l.Ladder)
		}
		_, err = h.SetLadder(h.as("2001"), "finance.aging", UsualLadder, 0) // is owed without being asked
		wants(t, err, fault.NotFound, "not-found")
		if n := h.kinds(); n["catalog.ladder-was-set"] != 2 {
			t.Errorf("announced %v", n)
		}
	})
}

func TestThePageOfALadder(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		luo, err := h.org.PersonByNo(h.ctx, "2002")
		must(t, err)
		h.LadderBy(func(_ context.Context, _ sqldb.Reader, _ int64, r Rung) ([]int64, error) {
			if r == RungDuty {
				return []int64{luo.ID}, nil
			}
			return nil, nil
		})
		c := door(t, h)
		head := c.With("2001")
		rows := head.Get("/services/finance.expense/ladder").Is(200).Page().Find("#ladder-example tbody tr")
		if rows.Length() != 4 || !strings.Contains(rows.Eq(1).Text(), "今天是罗佳") || !strings.Contains(rows.Eq(3).Text(), "客户单位的负责人") {
			t.Errorf("example: %q", rows.Text())
		}
		bad := head.Form("/services/finance.expense/ladder", "own", "yes", "step_50", "x", "step_75", "duty", "step_100", "y", "step_150", "heads").Is(422).Page()
		if n := bad.Find(".nk-field.is-bad").Length(); n != 2 {
			t.Errorf("%d fields are marked", n)
		}
		if v, _ := bad.Find("[name=step_150] option[selected]").Attr("value"); v != "heads" {
			t.Errorf("what was chosen is lost: %q", v)
		}
		head.Form("/services/finance.expense/ladder", "own", "yes", "step_50", "nobody", "step_75", "duty", "step_100", "head", "step_150", "heads").Is(303)
		if l := h.service("finance.expense"); !l.OwnLadder || l.Ladder.Steps[0] != RungNobody || l.Ladder.Urgent {
			t.Errorf("%+v", l.Ladder)
		}
		head.Form("/services/finance.expense/ladder", "own", "yes", "step_50", "head", "step_75", "duty", "step_100", "head", "step_150", "heads", "revision", "1").Is(412)
		var j ladderJSON
		head.Get("/api/v1/services/finance.expense/ladder").Is(200).Decode(&j)
		if j.Own == nil || !*j.Own || len(j.Steps) != 4 || j.Steps[1].People[0] != "2002" || j.Steps[2].At == nil || j.Opened == nil {
			t.Errorf("%+v", j)
		}
		head.JSON(http.MethodPut, "/api/v1/services/finance.expense/ladder", map[string]any{"own": false, "steps": []any{}, "urgent": true}).Is(200)
		if h.service("finance.expense").OwnLadder {
			t.Error("still its own")
		}
		c.With("4001").Get("/services/finance.expense/ladder").Is(404)
		head.Get("/standards/ladder").Is(404)
		quality := c.With("1001")
		if text := quality.Get("/standards/ladder").Is(200).Page().Find(".nk-lead").Text(); !strings.Contains(text, "0 项自己规定") {
			t.Errorf("%q", text)
		}
		quality.Form("/standards/ladder", "step_50", "nobody", "step_75", "nobody", "step_100", "head", "step_150", "heads", "urgent", "true").Is(303)
		j = ladderJSON{}
		quality.Get("/api/v1/ladder").Is(200).Decode(&j)
		if j.Own != nil || j.Steps[0].To != "nobody" || !j.Urgent {
			t.Errorf("%+v", j)
		}
		quality.JSON(http.MethodPut, "/api/v1/ladder", map[string]any{"steps": []map[string]any{{"percent": 100, "to": "everyone"}}, "urgent": true}).Is(422)
	})
}
