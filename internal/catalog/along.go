package catalog

import (
	"slices"

	"neike/internal/kit/lang"
)

// settle puts the company's units in place of the departments of a pack: code of a department → code of a unit. The codes
// of services stay.
func (p *Pack) settle(units map[string]string) {
	if unit := units[p.Department.Code]; unit != "" {
		p.Department.Code = unit
		for i := range p.Entries {
			p.Entries[i].Unit = unit
		}
	}
	kept := p.Customers[:0]
	for _, c := range p.Customers {
		if unit := units[c.Code]; unit != "" && c.Kind == "unit" {
			c.Code = unit
		}
		twice := slices.ContainsFunc(kept, func(have Customer) bool { return have.Code == c.Code })
		if c.Code != p.Department.Code && !twice {
			kept = append(kept, c)
		}
	}
	p.Customers = kept
}

// Along is a pack that comes with Neike.
type Along struct {
	Code     string // of the department
	Name     lang.Text
	Services int
	File     string
	Data     []byte
	Entries  []AlongEntry
}

// AlongEntry is one service of such a pack.
type AlongEntry struct {
	Code string
	Name lang.Text
}

// PacksAlong lists the packs that come with Neike.
func PacksAlong() []Along {
	var list []Along
	for _, f := range packsAlong() {
		p, _ := ParsePack(f.Data)
		a := Along{Code: p.Department.Code, Name: p.Department.Name, Services: len(p.Entries), File: f.Name, Data: f.Data}
		for _, e := range p.Entries {
			a.Entries = append(a.Entries, AlongEntry{e.Code, e.Name})
		}
		list = append(list, a)
	}
	return list
}
