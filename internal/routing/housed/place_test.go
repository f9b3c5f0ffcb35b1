package housed_test

import (
	"net/http"
	"strings"
	"testing"

	"neike/internal/app/house"
	"neike/internal/place"
	"neike/internal/request"
)

// A rule of a place holds for what is asked from there and from what lies under it: on the page, by the API, in a dry run and in
// force.
func TestARuleNamesAPlace(t *testing.T) {
	each(t, func(t *testing.T, h *house.House) {
		for _, in := range []place.Input{
			{Code: "hq", NameZh: "大厦", NameEn: "Tower", Kind: "building", Unit: "finance", Services: []string{"finance.advance"}},
			{Code: "hq-3f", NameZh: "三层", Kind: "floor", Parent: "hq"},
			{Code: "hq-3f-pr", NameZh: "打印机", Kind: "printer", Parent: "hq-3f"},
			{Code: "hq2", NameZh: "二号楼", Kind: "building", Unit: "finance", Services: []string{"finance.advance"}},
		} {
			if _, _, err := h.Place.Save(h.System(), in, place.Fresh); err != nil {
				t.Fatal(err)
			}
		}
		ask := func(where string) request.Request {
			t.Helper()
			r, err := h.Request.Open(h.As("3002"), request.Ask{Service: "finance.advance", Title: "在" + where, Place: where, Fields: map[string]any{"amount": "5", "reason": "x", "due": "2027-12-01"}})
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		for _, where := range []string{"hq-3f-pr", "hq2", ""} {
			ask(where)
		}
		head := h.SignedIn("2001")
		bad := head.Form("/units/finance/routing/rule", "name", "三层", "places", "hq-3f nowhere", "way", "person", "people", "2003").Is(422).Page()
		if v, _ := bad.Find("[name=places]").Attr("value"); !strings.Contains(v, "hq-3f nowhere") || !strings.Contains(bad.Find("#rule .nk-err").Text(), "nowhere") {
			t.Errorf("what was typed is %q, the finding %q", v, bad.Find("#rule .nk-err").Text())
		}
		head.Form("/units/finance/routing/rule", "name", "三层给罗佳", "places", "hq-3f", "way", "person", "people", "2003").Is(303)
		page := head.Get("/units/finance/routing").Is(200).Shows("#rules", "地点在三层").Page()
		id, _ := page.Find("#rules input[name=id]").First().Attr("value")
		if v, _ := head.Get("/units/finance/routing/rule?at=" + id).Is(200).Page().Find("[name=places]").Attr("value"); strings.TrimSpace(v) != "hq-3f" {
			t.Errorf("the form shows %q", v)
		}
		api := h.TokenOf("2001")
		var run struct {
			Queue int64
			Rules []struct{ N int64 }
		}
		api.Post("/api/v1/units/finance/routing/dry-run", map[string]any{}).Is(200).Decode(&run)
		if len(run.Rules) != 1 || run.Rules[0].N != 1 || run.Queue != 2 {
			t.Errorf("dry run: %+v", run)
		}
		head.Form("/units/finance/routing", "do", "publish").Is(303)
		given := func(where string) bool { return ask(where).Assignee == h.ID("2003") }
		if !given("hq-3f") || !given("hq-3f-pr") || given("hq") || given("hq2") || given("") {
			t.Error("given by the rule of another place, or not by its own")
		}
		var j struct{ Rules []map[string]any }
		api.Get("/api/v1/units/finance/routing").Is(200).Decode(&j)
		if len(j.Rules) != 1 || j.Rules[0]["places"].([]any)[0] != "hq-3f" {
			t.Errorf("%+v", j)
		}
		put := func(codes ...string) map[string]any {
			return map[string]any{"rules": []any{map[string]any{"name": "大厦", "way": "person", "people": []string{"2003"}, "places": codes}}}
		}
		api.JSON(http.MethodPut, "/api/v1/units/finance/routing", put("nowhere")).Is(422)
		api.JSON(http.MethodPut, "/api/v1/units/finance/routing", put("hq")).Is(200)
		if !given("hq") || !given("hq-3f-pr") || given("hq2") {
			t.Error("hq2 is not under hq")
		}
	})
}
