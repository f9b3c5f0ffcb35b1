package org_test

import (
	"slices"
	"testing"

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
