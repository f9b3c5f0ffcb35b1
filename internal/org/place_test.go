package org_test

import (
	"net/http"
	"slices"
	"testing"

	product "neike/internal/app/house"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

func TestPlacesHaveAZoneAndALegalEntity(t *testing.T) {
	each(t, func(h house) {
		h.unit(org.UnitInput{Code: "gmbh", NameZh: "德国公司", Level: org.Entity, Parent: "hq"})
		for code, in := range map[string]org.PlaceInput{
			"plant": {AddressZh: "慕尼黑", Zone: "Europe/Berlin", Entity: "gmbh"}, "gmbh": {LegalName: "Huaheng GmbH", LegalNo: "HRB 1"},
		} {
			if err := h.org.SavePlace(h.ctx, code, in); err != nil {
				h.Fatal(err)
			}
		}
		tree, err := h.org.Tree(h.ctx)
		if err != nil {
			h.Fatal(err)
		}
		company := h.org.Company(h.ctx)
		for code, want := range map[string][3]string{ // site, legal entity, zone
			"plant": {"plant", "gmbh", "Europe/Berlin"}, "it": {"plant", "hq", "Europe/Berlin"}, "hr": {"", "hq", "Asia/Shanghai"}, "gmbh": {"", "gmbh", "Asia/Shanghai"},
		} {
			id := h.code(code).ID
			site, _ := tree.ByID(tree.SiteOf(id))
			entity, _ := tree.ByID(tree.EntityOf(id))
			if got := [3]string{site.Code, entity.Code, tree.Zone(id, company).String()}; got != want {
				h.Errorf("%s: %v", code, got)
			}
		}
		var codes []string
		for _, u := range tree.Located(h.code("plant").ID, h.db.Now()) {
			codes = append(codes, u.Code)
		}
		if slices.Sort(codes); !slices.Equal(codes, []string{"it", "plant"}) {
			h.Errorf("at the plant: %v", codes)
		}
		h.at("2026-11-23 16:00") // 09:00 in Munich
		s := h.shift("it", "A-7", "2026-11-23T08:00", "2026-11-23T10:00")
		if got := h.onDuty("it"); len(got) != 1 {
			h.Errorf("a shift is in the time of its place: %v to %v", s.From, s.Until)
		}
		for _, c := range []struct {
			code string
			in   org.PlaceInput
			want []string
		}{
			{"hr", org.PlaceInput{Zone: "Mars/Base", LegalName: "x", Entity: "plant"}, []string{"zone org.zone-of-site", "legal_name org.legal-of-entity", "zone org.zone-unknown", "entity org.entity-unknown"}},
			{"gmbh", org.PlaceInput{Zone: "Local", Revision: 1}, []string{"zone org.zone-unknown"}},
		} {
			if err := h.org.SavePlace(h.ctx, c.code, c.in); !slices.Equal(fields(h.T, err), c.want) {
				h.Errorf("%s: %v", c.code, fields(h.T, err))
			}
		}
		if err := h.org.SavePlace(actor.With(h.ctx, h.actor("A-7")), "hr", org.PlaceInput{}); fault.KindOf(err) != fault.NotFound {
			h.Errorf("a member: %v", err)
		}
		got := twice(func() error { return h.org.SavePlace(h.ctx, "gmbh", org.PlaceInput{AddressZh: "柏林", Revision: 1}) })
		if (got[0] == nil) == (got[1] == nil) {
			h.Errorf("%v and %v", got[0], got[1])
		}
		h.read(func(rd sqldb.Reader) error { return nil })
	})
}

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
	one := "/api/v1/absences/" + org.IDText(made.ID)
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
	shift := "/api/v1/duty/" + org.IDText(made.ID)
	agent.JSON("PUT", shift+"/handover", map[string]any{"text": "x", "revision": 0}).Is(http.StatusUnprocessableEntity)
	deputy.Post(shift+"/handover/read", map[string]any{}).Is(http.StatusNotFound)
	agent.Get("/api/v1/units/finance/handovers").Is(http.StatusOK)
	stranger.Get("/api/v1/units/finance/handovers").Is(http.StatusNotFound)
	stranger.Post(shift+"/remove", map[string]any{}).Is(http.StatusNotFound)
	head.Post(shift+"/remove", map[string]any{}).Is(http.StatusNoContent)
	stranger.Get("/api/v1/todos?holder=deputy").Is(http.StatusOK)
	stranger.Get("/api/v1/todos?for=2002").Is(http.StatusUnprocessableEntity)
}
