package housed_test

import (
	"net/http"
	"strconv"
	"testing"

	product "neike/internal/app/house"
)

func TestThePageOfAPlace(t *testing.T) {
	h := product.Start(t).Settle()
	admin, member := h.SignedIn("1001"), h.SignedIn("3002")
	if n := admin.Get("/settings/org/units/finance").Page().Find("input[name=site]").Length(); n != 1 {
		t.Errorf("%d fields for a site while there is none", n)
	}
	admin.Form("/settings/org/units/+", "code", "plant", "name_zh", "一厂", "parent", "root", "level", "site", "revision", "0").Leads("/settings/org/units/plant")
	admin.Get("/settings/org/units/finance").Shows("select[name=site]", "一厂").Shows("select[name=site] option[selected]", "随上级单位")
	admin.Form("/settings/org/places/plant", "address_zh", "无锡市新吴区 8 号", "zone", "Mars", "revision", "0").Is(http.StatusUnprocessableEntity).Shows("#place-form", "没有时区")
	admin.Form("/settings/org/places/plant", "address_zh", "无锡市新吴区 8 号", "zone", "Asia/Shanghai", "revision", "0").Leads("/org/units/plant")
	member.Get("/settings/org/places/plant").Is(http.StatusNotFound)
	member.Get("/org/units/plant").Shows("#facts", "无锡市新吴区")
	member.Get("/org/places").Is(http.StatusOK).Shows("#places", "一厂").Shows("#places", "华衡")
	member.Get("/org/places?kind=site").Is(http.StatusOK).Shows("#places", "Asia/Shanghai")
	member.Get("/org/places/plant").Is(http.StatusOK).Shows("#facts", "所属法人华衡").Shows("#facts", "1 个单位")
	member.Get("/org/places/finance").Is(http.StatusNotFound)
	api := h.TokenOf("1001", "read", "write", "admin")
	api.Get("/api/v1/units/finance/place").Is(http.StatusOK)
	api.JSON("PUT", "/api/v1/units/plant/place", map[string]any{"address_zh": "x", "revision": 0}).Is(http.StatusPreconditionFailed)
	api.JSON("PUT", "/api/v1/units/plant/place", map[string]any{"address_zh": "x", "revision": 1}).Is(http.StatusOK)
}

// TestTheCallsOfPeopleOverTime: absence, acting heads and duty by the API, with their refusals.
func TestTheCallsOfPeopleOverTime(t *testing.T) {
	h := product.Start(t).Settle()
	agent, deputy, head, stranger := h.TokenOf("2002", "read", "write"), h.TokenOf("2003", "read", "write"), h.TokenOf("2001", "read", "write"), h.TokenOf("3002", "read", "write")
	body := map[string]any{"from": "2030-01-07", "until": "2030-01-11", "kind": "trip", "deputy": "2003"}
	var made struct {
		ID              int64
		State, Deputy   string
		Revision        int64
		Person          string
		Items           []map[string]any
		Heads           []string
		Vacant          bool
		Copied          int
		Shift           int64
		Text, Name      string
		Read            []map[string]any
		EmployeeNo, Ref string
	}
	stranger.Post("/api/v1/people/2002/absences", body).Is(http.StatusNotFound)
	agent.Post("/api/v1/people/2002/absences", map[string]any{"kind": "x"}).Is(http.StatusUnprocessableEntity)
	agent.Post("/api/v1/people/2002/absences", body).Is(http.StatusCreated).Decode(&made)
	if made.State != "planned" || made.Deputy != "2003" || made.Person != "2002" {
		t.Errorf("%+v", made)
	}
	one := "/api/v1/absences/" + strconv.FormatInt(made.ID, 10)
	agent.Get("/api/v1/people/2002/absences").Is(http.StatusOK)
	stranger.Get("/api/v1/people/2002/absences").Is(http.StatusNotFound)
	head.Get(one).Is(http.StatusOK)
	stranger.Get(one).Is(http.StatusNotFound)
	deputy.Get(one + "/deeds").Is(http.StatusNotFound)
	agent.Get(one + "/deeds").Is(http.StatusOK)
	body["until"] = "2030-01-15"
	agent.JSON("PUT", one, body, "If-Match", `"stale"`).Is(http.StatusPreconditionFailed)
	agent.JSON("PUT", one, body).Is(http.StatusOK)
	agent.Post(one+"/end", map[string]any{}).Is(http.StatusOK).Decode(&made)
	if made.State != "over" {
		t.Errorf("ended: %+v", made)
	}
	stranger.Get("/api/v1/units/finance/heads").Is(http.StatusOK).Decode(&made)
	if len(made.Heads) != 1 || made.Heads[0] != "2001" || made.Vacant {
		t.Errorf("%+v", made)
	}
	head.Post("/api/v1/units/finance/heads/acting", map[string]any{"person": "2002"}).Is(http.StatusNotFound)
	stranger.Get("/api/v1/units/finance/duty").Is(http.StatusOK)
	stranger.Get("/api/v1/units/finance/duty?from=x").Is(http.StatusUnprocessableEntity)
	stranger.Get("/api/v1/units/finance/duty/now").Is(http.StatusOK)
	stranger.Post("/api/v1/units/finance/duty", map[string]any{"person": "2002"}).Is(http.StatusNotFound)
	head.Post("/api/v1/units/finance/duty", map[string]any{"person": "2002", "from": "2030-01-07T08:00", "until": "2030-01-07T20:00"}).Is(http.StatusCreated).Decode(&made)
	head.Post("/api/v1/units/finance/duty/copy", map[string]any{"week": "2030-01-14"}).Is(http.StatusOK).Decode(&made)
	if made.Copied != 1 {
		t.Errorf("copied %d", made.Copied)
	}
	shift := "/api/v1/duty/" + strconv.FormatInt(made.ID, 10)
	agent.JSON("PUT", shift+"/handover", map[string]any{"text": "x", "revision": 0}).Is(http.StatusUnprocessableEntity)
	deputy.Post(shift+"/handover/read", map[string]any{}).Is(http.StatusNotFound)
	agent.Get("/api/v1/units/finance/handovers").Is(http.StatusOK)
	stranger.Get("/api/v1/units/finance/handovers").Is(http.StatusNotFound)
	stranger.Post(shift+"/remove", map[string]any{}).Is(http.StatusNotFound)
	head.Post(shift+"/remove", map[string]any{}).Is(http.StatusNoContent)
	stranger.Get("/api/v1/todos?holder=deputy").Is(http.StatusOK)
	stranger.Get("/api/v1/todos?for=2002").Is(http.StatusUnprocessableEntity)
}
