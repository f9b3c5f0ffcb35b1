package housed_test

import (
	"net/http"
	"strings"
	"testing"

	"neike/content"
	"neike/internal/app"
	"neike/internal/app/house"
	"neike/internal/kit/dbtest"
	"neike/internal/request"
)

func each(t *testing.T, fn func(t *testing.T, h *house.House)) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			c := app.Config{Data: t.TempDir(), Fast: true}
			if engine == "postgres" {
				c.DatabaseURL = dbtest.URL(t, app.Schemas()...)
			}
			h := house.With(t, c)
			h.Settle()
			data, _ := content.Pack("finance")
			if _, err := h.Catalog.Import(h.System(), "finance", data, false); err != nil {
				t.Fatal(err)
			}
			fn(t, h)
		})
	}
}

// From nothing to a rule in force, without a script: written, refused with all that is wrong, tried, put in force, and read on
// the request that it gave.
func TestRulesAreWrittenTriedAndPutInForce(t *testing.T) {
	each(t, func(t *testing.T, h *house.House) {
		ask := func() request.Request {
			t.Helper()
			r, err := h.Request.Open(h.As("3002"), request.Ask{Service: "finance.advance", Title: "备用金", Fields: map[string]any{"amount": "5000", "reason": "备用金", "due": "2027-12-01"}})
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		past := ask()
		head := h.SignedIn("2001")
		head.Get("/units/finance/routing").Is(200).Shows(".nk-empty", "还没有分派规则")
		bad := head.Form("/units/finance/routing/rule", "way", "turn", "people", "2002 9999", "customers", "nowhere", "services", "finance.advance").Is(422).Page()
		if n := bad.Find(".is-bad").Length(); n < 3 {
			t.Errorf("%d fields are marked: %s", n, bad.Find("#rule .nk-err").Text())
		}
		if v, _ := bad.Find("[name=people]").Attr("value"); !strings.Contains(v, "2002") || bad.Find("[name=services][checked]").Length() != 1 {
			t.Errorf("what was typed is lost: %q", v)
		}
		head.Form("/units/finance/routing/rule", "name", "大额给罗佳", "services", "finance.advance", "field", "finance.advance/amount", "op", "gte", "value", "3000",
			"way", "person", "people", "2003").Is(303)
		head.Form("/units/finance/routing/rule", "name", "其余轮流", "way", "turn", "people", "2002，2003").Is(303)
		page := head.Get("/units/finance/routing").Is(200).Page()
		rows := page.Find("#rules tbody tr")
		if rows.Length() != 3 || !strings.Contains(rows.Eq(0).Text(), "不小于") && !strings.Contains(rows.Eq(0).Text(), "3,000") {
			t.Errorf("rules: %s", rows.Text())
		}
		if r := ask(); r.Assignee != 0 {
			t.Error("a draft holds")
		}
		to, _ := head.Form("/units/finance/routing/dry-run", "from", "", "to", "").Is(303).Header["Location"]
		run := head.Get(to[0]).Is(200).Page()
		if text := run.Find("#by-rule tbody").Text(); !strings.Contains(text, "大额给罗佳") || run.Find("#by-person tbody tr").Length() == 0 {
			t.Errorf("dry run: %s", text)
		}
		cases, _ := run.Find("#by-rule a").First().Attr("href")
		head.Get(cases).Is(200).Shows("#cases", past.Ref())
		h.SignedIn("1001").Get(to[0]).Is(200).Shows("#dry-run", "只有本单位负责人看得到")
		head.Form("/units/finance/routing/dry-run", "from", "gestern", "to", "").Is(422)
		second, _ := page.Find("#rules input[name=id]").Eq(1).Attr("value")
		head.Form("/units/finance/routing", "do", "up", "id", second).Is(303)
		head.Form("/units/finance/routing", "do", "down", "id", second).Is(303)
		head.Form("/units/finance/routing", "do", "publish").Is(303)
		r := ask()
		h.SignedIn("2003").Get("/requests/"+r.Ref()).Is(200).Shows("#given", "大额给罗佳")
		if n := h.SignedIn("3002").Get("/requests/" + r.Ref()).Is(200).Page().Find("#given").Length(); n != 0 {
			t.Error("the customer reads by which rule")
		}
		h.SignedIn("2002").Get("/units/finance/routing").Is(200).Shows("#rules", "其余轮流")
		h.SignedIn("2002").Form("/units/finance/routing", "do", "drop", "id", second).Is(404)
		h.SignedIn("3002").Get("/units/finance/routing").Is(404)

		head.Form("/units/finance/routing/skills", "skills.2002", "SAP，合同").Is(303)
		head.Get("/units/finance/routing/skills").Is(200)
		head.Form("/units/finance/routing/skills", "skills.9999", "SAP").Is(422)

		api := h.TokenOf("2001")
		var j struct {
			Version int              `json:"version"`
			Rules   []map[string]any `json:"rules"`
		}
		answer := api.Get("/api/v1/units/finance/routing").Is(200)
		answer.Decode(&j)
		if j.Version != 1 || len(j.Rules) != 2 || j.Rules[0]["people"].([]any)[0] != "2003" {
			t.Errorf("%+v", j)
		}
		etag := answer.Header.Get("ETag")
		api.JSON(http.MethodPut, "/api/v1/units/finance/routing", map[string]any{"rules": []any{map[string]any{"name": "技能", "way": "skill", "skill": "SAP"}}}, "If-Match", etag).Is(200)
		api.JSON(http.MethodPut, "/api/v1/units/finance/routing", map[string]any{"rules": []any{}}, "If-Match", etag).Is(412)
		api.JSON(http.MethodPut, "/api/v1/units/finance/routing", map[string]any{"rules": []any{map[string]any{"name": "", "way": "person", "people": []string{"0"}, "services": []string{"x"}}}}).Is(422)
		if r := ask(); r.Assignee != h.ID("2002") {
			t.Errorf("by skill it went to %d", r.Assignee)
		}
		api.Post("/api/v1/units/finance/routing/dry-run", map[string]any{}).Is(200)
	})
}
