package housed_test

import (
	"net/http"
	"testing"

	product "neike/internal/app/house"
	"neike/internal/org"
)

func TestDottedLinesOnPages(t *testing.T) {
	h := product.Start(t).Settle()
	admin := h.SignedIn("1001")
	revision, _ := admin.Get("/settings/org/people/3002").Is(http.StatusOK).Page().Find("#person-form input[name=revision]").Attr("value")
	form := []string{"name", "林晓", "unit", "project", "revision", revision, "dotted_manager", "9999", "dotted_until", ""}
	admin.Form("/settings/org/people/3002", form...).Is(http.StatusUnprocessableEntity).Shows("#person-form", "没有工号为“9999”的人员")
	form[7], form[9] = "2001", "2027-03-31"
	admin.Form("/settings/org/people/3002", form...).Leads("/settings/org/people/3002")
	if admin.Get("/settings/org/people/3002").Is(http.StatusOK).Page().Find("#person-form input[value='2027-03-31']").Length() != 1 {
		t.Error("the form does not show the last day")
	}
	h.SignedIn("2003").Get("/people/3002").Is(http.StatusOK).Shows("#work", "虚线上级许慧")
	var wire struct {
		Dotted []struct {
			No string `json:"employee_no"`
		} `json:"dotted_managers"`
	}
	if admin.Get("/api/v1/people/3002").Is(http.StatusOK).Decode(&wire); len(wire.Dotted) != 1 || wire.Dotted[0].No != "2001" {
		t.Errorf("%+v", wire)
	}
	c, _, err := h.Org.PlanPerson(h.As("1001"), "2001", org.ChangeInput{Kind: org.HandOver, To: map[string]string{"org.dotted": "2002"}}, true)
	if err != nil || len(c.Plan.To) != 1 {
		t.Errorf("not to be handed over: %+v %v", c.Plan, err)
	}
}
