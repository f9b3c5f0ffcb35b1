package house

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"neike/content"
	"neike/internal/request"
)

type costed struct {
	Month string
	Total struct {
		People, Seconds struct {
			Count *int
			Shown string
		}
		Median *int `json:"median_seconds"`
	}
	Lines []struct {
		Role   string
		Act    *string
		People struct {
			Count *int
			Shown string
		}
		Acts, Seconds struct {
			Count *int
			Shown string
		}
		Each int `json:"seconds_each"`
		Of   int `json:"measured_of"`
	}
	Raising []struct {
		Service  *string
		Requests int
		Measured int
		Left     int
		Verdict  string
		Median   *struct{ Seconds int }
	}
	Hints []struct{ Kind, Service string }
}

// asking lets ten people of project raise three requests each, of which finance delivers and they accept.
func asking(t *testing.T, h *House) {
	t.Helper()
	staffed(t, h)
	serve(t, h)
	n := 0
	for p := range 10 {
		no := fmt.Sprint(5021 + p)
		for range 3 {
			n++
			ask := request.Ask{Service: "finance.advance", Title: "备用金", Fields: map[string]any{"amount": "5000", "reason": "备用金", "due": "2026-12-01"}}
			r, err := h.Request.Open(h.As(no), ask.Worked(time.Duration(60+n)*time.Second, n == 1))
			if err != nil {
				t.Fatal(err)
			}
			for _, step := range []func() error{
				func() error { _, err := h.Request.Take(h.As("2002"), r.Number, request.When{}); return err },
				func() error {
					_, err := h.Request.Deliver(h.As("2002"), r.Number, "开好了", nil, request.When{})
					return err
				},
				func() error { _, err := h.Request.Accept(h.As(no), r.Number, request.When{}); return err },
			} {
				if err := step(); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := h.Catch(h.System()); err != nil {
		t.Fatal(err)
	}
	if err := h.Insight.Recount(h.System()); err != nil {
		t.Fatal(err)
	}
}

func serve(t *testing.T, h *House) {
	t.Helper()
	data, _ := content.Pack("finance")
	if out, err := h.Catalog.Import(h.System(), "finance", data, false); err != nil || len(out.Problems) > 0 {
		t.Fatal(err, out)
	}
}

func TestCostIsCountedAndHidden(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		asking(t, h)
		api := h.TokenOf("4001", "read")
		month := h.DB.Now().In(h.Org.Company(h.System()).Location()).Format("2006-01")
		var whole costed
		api.Get("/api/v1/reports/cost?month=" + month).Is(200).Decode(&whole)
		if whole.Month != month || whole.Total.People.Count == nil || *whole.Total.People.Count != 11 || whole.Total.Median == nil {
			t.Errorf("the whole: %+v", whole.Total)
		}
		for _, l := range whole.Lines {
			switch {
			case l.Act == nil && l.Role == "agent": // one agent did it all
				if l.People.Count != nil || l.Acts.Count != nil || l.People.Shown != "fewer" {
					t.Errorf("one agent shows: %+v", l)
				}
			case l.Act == nil && l.Role == "customer": // and they alone are the total
				if l.Acts.Count == nil || *l.Acts.Count != 60 || l.Seconds.Count == nil || *l.Seconds.Count != *whole.Total.Seconds.Count {
					t.Errorf("customers: %+v, %+v", l, whole.Total)
				}
			case l.Act != nil && *l.Act == "raise":
				if l.Each < 70 || l.Of != 29 {
					t.Errorf("raising: %+v", l)
				}
			}
		}
		if len(whole.Raising) != 2 {
			t.Fatalf("%+v", whole.Raising)
		}
		one := whole.Raising[1]
		if one.Service == nil || *one.Service != "finance.advance" || one.Requests != 30 || one.Measured != 29 || one.Left != 1 || one.Verdict != "misses" || one.Median == nil {
			t.Errorf("%+v", one)
		}
		if len(whole.Hints) == 0 || whole.Hints[0].Kind != "form" || whole.Hints[0].Service != "finance.advance" {
			t.Errorf("%+v", whole.Hints)
		}
		// nothing of it is anybody's: what is kept says units and sums
		page := h.SignedIn("4001").Get("/insight/cost?month="+month).Is(200).Shows("#raising", "未达标").Shows("#hints", "精简表单").Shows("#role-agent", "人数少").Page().Text()
		for _, name := range []string{"员工1", "陈思远", "5021"} {
			if strings.Contains(page, name) {
				t.Errorf("the page names %s", name)
			}
		}
		// again from the same trail: the same
		if err := h.Insight.Recount(h.System()); err != nil {
			t.Fatal(err)
		}
		var again costed
		api.Get("/api/v1/reports/cost?month=" + month).Is(200).Decode(&again)
		if *again.Total.People.Count != *whole.Total.People.Count || *again.Total.Seconds.Count != *whole.Total.Seconds.Count {
			t.Errorf("counted again: %+v, was %+v", again.Total, whole.Total)
		}
		c := h.SignedIn("4001")
		for _, format := range []string{"csv", "xlsx"} {
			c.Get("/insight/cost/export?format=" + format).Is(200)
			c.Get("/insight/units/export?format=" + format).Is(200)
		}
		c.Get("/insight/cost?month=gestern").Is(422).Shows("#cost", "gestern")
		c.Get("/insight/cost?month=1999-01").Is(422)
		api.Get("/api/v1/reports/cost?month=2026-99").Is(422)
		api.Get("/api/v1/reports/cost?unit=nowhere").Is(404)
		h.SignedIn("3002").Get("/insight/cost").Is(404)
		h.SignedIn("2001").Get("/insight/cost?unit=project").Is(404)
		h.SignedIn("2001").Get("/insight/cost").Is(200)
	})
}

func TestTheCompanySaysWhatAnActTakes(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		asking(t, h)
		month := "?month=" + h.DB.Now().In(h.Org.Company(h.System()).Location()).Format("2006-01")
		api := h.TokenOf("4001", "read")
		var before, after costed
		api.Get("/api/v1/reports/cost" + month).Is(200).Decode(&before)
		office := h.TokenOf("1001", "read", "write")
		set := func(code string, seconds int, status int) {
			t.Helper()
			office.JSON("PUT", "/api/v1/reports/cost/assumptions", map[string]any{"items": []any{map[string]any{"code": code, "seconds": seconds}}}).Is(status)
		}
		set("act:accept", 65, 200)
		set("act:nothing", 5, 422)
		set("act:accept", 0, 422)
		set("budget:raise", 200, 200)
		if err := h.Catch(h.System()); err != nil {
			t.Fatal(err)
		}
		api.Get("/api/v1/reports/cost" + month).Is(200).Decode(&after)
		if got := *after.Total.Seconds.Count - *before.Total.Seconds.Count; got != 30*60 {
			t.Errorf("thirty acceptances of a minute more: %d s", got)
		}
		if *after.Total.Median-*before.Total.Median != 180 {
			t.Errorf("the median of a person: %d, was %d", *after.Total.Median, *before.Total.Median)
		}
		if after.Raising[1].Verdict != "meets" {
			t.Errorf("a budget of 200 s: %+v", after.Raising[1])
		}
		h.TokenOf("4001", "read", "write").JSON("PUT", "/api/v1/reports/cost/assumptions", map[string]any{"items": []any{}}).Is(404)
		h.SignedIn("4001").Get("/insight/cost/assumptions").Is(404)
		c := h.SignedIn("1001")
		c.Get("/insight/cost/assumptions").Is(200).Shows("#assume", "验收")
		c.Form("/insight/cost/assumptions", "act:accept", "x").Is(422).Shows("#assume", "整数")
		c.Form("/insight/cost/assumptions", "act:accept", "7").Is(303)
		c.Get("/insight/cost").Is(200).Shows("#assumed", "默认 5")
		if err := h.Org.SetRoles(h.System(), "3003", []string{"auditor"}, 0); err != nil {
			t.Fatal(err)
		}
		h.SignedIn("3003").Get("/settings/audit").Is(200).Shows("main", "设定了估算用时")
	})
}

// Each number of units leads to exactly these units, on the page and by program.
func TestUnitsLiveAreTheirList(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		asking(t, h)
		api := h.TokenOf("4001", "read")
		var all struct {
			Live, Idle, None, Asks int
			Items                  []struct {
				Unit, State string
				Asks        bool
				Lacks       []string
			}
		}
		api.Get("/api/v1/reports/units").Is(200).Decode(&all)
		states := map[string]string{}
		asks := map[string]bool{}
		for _, x := range all.Items {
			states[x.Unit], asks[x.Unit] = x.State, x.Asks
		}
		if states["finance"] != "live" || states["project"] != "none" || all.Live != 1 || all.Idle != 0 || asks["finance"] {
			t.Errorf("%+v", all)
		}
		page := h.SignedIn("4001").Get("/insight/units").Is(200).Page()
		for state, n := range map[string]int{"live": all.Live, "idle": all.Idle, "none": all.None, "asks": all.Asks} {
			var some struct{ Items []struct{ Unit string } }
			api.Get("/api/v1/reports/units?state=" + state).Is(200).Decode(&some)
			rows := h.SignedIn("4001").Get("/insight/units?state=" + state).Is(200).Page().Find("#unit-list tbody tr").Length()
			if len(some.Items) != n || rows != n {
				t.Errorf("%s: %d counted, %d by program, %d on the page", state, n, len(some.Items), rows)
			}
		}
		if page.Find("#live-project").Length() != 1 {
			t.Error("the list of all lacks project")
		}
		api.Get("/api/v1/reports/units?state=dead").Is(422)
		h.SignedIn("4001").Get("/insight/units?state=dead").Is(422)
	})
}
