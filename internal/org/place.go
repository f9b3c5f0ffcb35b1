package org

import (
	"context"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// Place is where a site or a legal entity is, and which legal entity a unit belongs to when the tree does not say it.
type Place struct {
	Unit      ID
	Address   lang.Text
	Zone      string // IANA; "" is that of the site above, or the company's
	LegalName string // of a legal entity, as registered
	LegalNo   string
	Entity    ID
	Revision  int64
}

// Place is where a unit is; the zero Place when nothing is known about it.
func (t *Tree) Place(unit ID) Place { return t.places[unit] }

// EntityOf is the legal entity that a unit belongs to: the one it names, or the nearest above that names one or is one;
// 0 when there is none.
func (t *Tree) EntityOf(unit ID) ID {
	for i, ok := t.byID[unit]; ok && i >= 0; i = t.up[i] {
		if e := t.places[t.ids[i]].Entity; e != 0 {
			return e
		}
		if t.units[i].Level == Entity {
			return t.ids[i]
		}
	}
	return 0
}

// SiteOf is the site that a unit is at: itself, the one it names, or that of a unit above; 0 when there is none.
func (t *Tree) SiteOf(unit ID) ID {
	if at := t.At(Site, unit); at != 0 {
		if u, _ := t.ByID(at); u.Level == Site {
			return at
		}
	}
	return 0
}

// Zone is the time zone that counts at a unit: its site's, its legal entity's, or the company's.
func (t *Tree) Zone(unit ID, company Company) *time.Location {
	for _, place := range []ID{t.SiteOf(unit), t.EntityOf(unit)} {
		if name := t.places[place].Zone; name != "" {
			if zone, err := time.LoadLocation(name); err == nil {
				return zone
			}
		}
	}
	return company.Location()
}

// PlaceInput is a place as a form or the API gives it.
type PlaceInput struct {
	AddressZh string `json:"address_zh,omitempty" form:"address_zh"`
	AddressEn string `json:"address_en,omitempty" form:"address_en"`
	Zone      string `json:"zone,omitempty" form:"zone" doc:"IANA; empty: the company's" example:"Europe/Berlin"`
	LegalName string `json:"legal_name,omitempty" form:"legal_name" doc:"Of a legal entity, as registered"`
	LegalNo   string `json:"legal_no,omitempty" form:"legal_no" doc:"Its registration number"`
	Entity    string `json:"entity,omitempty" form:"entity" doc:"Code of the legal entity the unit belongs to, when the tree does not say it"`
	Revision  int64  `json:"revision" form:"revision" doc:"Of what was shown; 0: nothing yet"`
}

// SavePlace says where a unit is and which legal entity it belongs to. Only administration may. A time zone belongs to a
// site, a registered name to a legal entity.
func (s *Service) SavePlace(ctx context.Context, code string, in PlaceInput) error {
	if a := actor.From(ctx); !a.System && !a.Has("admin") {
		return fault.ErrNotFound
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		u, err := unitByCode(ctx, tx, code)
		if err != nil {
			return err
		}
		if err := tx.Lock(ctx, "org_unit", u.ID); err != nil {
			return err
		}
		tree, err := TreeIn(ctx, tx)
		if err != nil {
			return err
		}
		if tree.Place(u.ID).Revision != in.Revision {
			return fault.New(fault.Precondition, "org.changed-meanwhile")
		}
		p := Place{Unit: u.ID, Address: lang.Text{Zh: clean(in.AddressZh), En: clean(in.AddressEn)}, Zone: clean(in.Zone), LegalName: clean(in.LegalName), LegalNo: clean(in.LegalNo), Revision: in.Revision + 1}
		f := all(checkPlace(p, u))
		if _, err := time.LoadLocation(p.Zone); err != nil || p.Zone == "Local" {
			f.Add("zone", "org.zone-unknown", "value", p.Zone)
		}
		if code := clean(in.Entity); code != "" {
			e, ok := tree.ByCode(code)
			if !ok || e.Level != Entity || !e.Valid(tx.Now) {
				f.Add("entity", "org.entity-unknown", "value", code)
			}
			p.Entity = e.ID
		}
		if err := f.Err(); err != nil {
			return err
		}
		if err := savePlace(ctx, tx, p); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, UnitWasChanged{Unit: u.ID, Code: u.Code, What: "changed"})
	})
}

// checkPlace says what is wrong with a place by itself.
func checkPlace(p Place, u Unit) []finding {
	var f []finding
	for _, t := range []struct{ field, value string }{{"address_zh", p.Address.Zh}, {"address_en", p.Address.En}, {"legal_name", p.LegalName}, {"legal_no", p.LegalNo}} {
		f = append(f, checkText(t.field, t.value, 200)...)
	}
	if p.Zone != "" && u.Level != Site && u.Level != Entity {
		f = append(f, wrong("zone", "org.zone-of-site"))
	}
	if (p.LegalName != "" || p.LegalNo != "") && u.Level != Entity {
		f = append(f, wrong("legal_name", "org.legal-of-entity"))
	}
	return f
}

// Located lists the units at a site, or of a legal entity, the place itself included, in the order of the tree.
func (t *Tree) Located(place ID, at time.Time) []Unit {
	u, ok := t.ByID(place)
	if !ok {
		return nil
	}
	of := t.SiteOf
	if u.Level == Entity {
		of = t.EntityOf
	}
	var out []Unit
	for _, x := range t.units {
		if x.Valid(at) && of(x.ID) == place {
			out = append(out, x)
		}
	}
	return out
}
