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

// A service says for which of its promises the steps count; where it says nothing, for the completion alone.
func TestForWhichClocksALadderCounts(t *testing.T) {
	for text, want := range map[string]Ladder{
		"50:duty 75:head 100:heads 150:nobody":                              {Steps: [4]Rung{RungDuty, RungHead, RungHeads, RungNobody}},
		"50:duty 75:head 100:heads 150:nobody first_response":               {Steps: [4]Rung{RungDuty, RungHead, RungHeads, RungNobody}, Response: true},
		"50:duty 75:head 100:heads 150:nobody first_response next_response": {Steps: [4]Rung{RungDuty, RungHead, RungHeads, RungNobody}, Response: true, Next: true},
	} {
		got := Ladder{Response: true, Next: true}
		if got.read(text); got != want || got.text() != text {
			t.Errorf("%q is read as %+v, written as %q", text, got, got.text())
		}
	}
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		head := door(t, h).With("2001")
		const page, api = "/services/finance.advance/ladder", "/api/v1/services/finance.advance/ladder"
		must(t, second(h.SetStandard(h.as("2001"), "finance.advance", Standard{Response: hours(4), ResponseTarget: 0.9, Completion: hours(16), CompletionTarget: 0.9,
			NextResponse: hours(2), NextResponseTarget: 0.9}, 0)))
		if doc := head.Get(page).Is(200).Page(); doc.Find("table").Length() != 1 || doc.Find("[name=first_response][checked], [name=next_response][checked]").Length() != 0 {
			t.Error("the steps count for more than the completion")
		}
		steps := []string{"own", "yes", "step_50", "duty", "step_75", "head", "step_100", "head", "step_150", "heads"}
		head.Form(page, append(steps, "next_response", "true")...).Is(303)
		if l := h.service("finance.advance").Ladder; l.Response || !l.Next {
			t.Errorf("%+v", l)
		}
		doc := head.Get(page).Is(200).Page()
		if doc.Find("#ladder-next_response tbody tr").Length() != 4 || doc.Find("#ladder-first_response").Length() != 0 || doc.Find("[name=next_response][checked]").Length() != 1 {
			t.Errorf("the page shows %s", doc.Find("table").Text())
		}
		var j ladderJSON
		head.JSON(http.MethodPut, api, `{"steps":[{"percent":100,"to":"head"}],"urgent":false,"first_response":true,"next_response":true}`).Is(200).Decode(&j)
		if !*j.Response || !*j.Next || len(j.Further) != 2 || j.Further[0].Clock != "first_response" || len(j.Further[1].Steps) != 4 || !j.Further[1].Steps[2].At.Before(*j.Further[0].Steps[2].At) {
			t.Errorf("%+v", j)
		}
		head.JSON(http.MethodPut, api, `{"steps":[{"percent":100,"to":"head"}],"urgent":false}`).Is(200)
		if l := h.service("finance.advance").Ladder; l.Response || l.Next {
			t.Errorf("left out they still count: %+v", l)
		}
		bad := head.Form(page, "own", "yes", "step_50", "x", "step_75", "head", "step_100", "head", "step_150", "heads", "first_response", "true").Is(422).Page()
		if bad.Find("[name=first_response][checked]").Length() != 1 {
			t.Error("what was chosen is lost")
		}
		quality := door(t, h).With("1001")
		quality.Form("/standards/ladder", "step_50", "nobody", "step_75", "nobody", "step_100", "head", "step_150", "heads", "first_response", "true").Is(303)
		if l, _, err := h.CompanyLadder(h.ctx); err != nil || !l.Response || l.Next {
			t.Errorf("%+v %v", l, err)
		}
		if quality.Get("/standards/ladder").Is(200).Page().Find("[name=first_response][checked]").Length() != 1 {
			t.Error("the company's page does not say so")
		}
	})
}
