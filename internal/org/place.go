package org

import (
	"time"

	"neike/internal/kit/lang"
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

// Zone is the time zone that counts at a unit: its site's, or the company's.
func (t *Tree) Zone(unit ID, company Company) *time.Location {
	if name := t.places[t.SiteOf(unit)].Zone; name != "" {
		if zone, err := time.LoadLocation(name); err == nil {
			return zone
		}
	}
	return company.Location()
}
