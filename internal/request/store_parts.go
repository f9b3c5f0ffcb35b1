package request

import (
	"slices"

	"neike/internal/kit/sqldb"
)

// manyUnits is where one scan over all open or all newest rows becomes cheaper than one range per unit.
const manyUnits = 24

// part is one index range of a list: rows chosen by cond, in the list's order. seen says that the eye sees all of them
// that are not confidential, because of cond.
type part struct {
	cond    string
	args    []any
	seen    bool
	driven  bool // cond is the first condition on a form field already
	granted bool // cond reads what was shown to the reader
}

// newestParts chooses the index ranges of a list by opened_at.
func (sc scope) newestParts() []part {
	switch {
	case sc.number != 0:
		return []part{{cond: "r.number = ?", args: []any{sc.number}}}
	case sc.Mine:
		return sc.askedParts()
	case few(sc.customers) && (sc.all || allIn(sc.customers, sc.asks)): // few ask one unit, everybody asks the one that serves
		return ranges(nil, "r.customer = ?", sc.customers, true)
	case few(sc.units) && (sc.all || allIn(sc.units, sc.serves)):
		return ranges(nil, "r.unit = ?", sc.units, true)
	case sc.all:
		return sc.widest(part{})
	}
	return append(sc.personalParts(), sc.territory()...)
}

func few(units []int64) bool { return len(units) > 0 && len(units) <= manyUnits }

func allIn(some, all []int64) bool { return len(both(some, all)) == len(some) }

// both lists what stands in either list. The second is in ascending order.
func both(some, all []int64) []int64 {
	return slices.DeleteFunc(slices.Clone(some), func(id int64) bool {
		_, found := slices.BinarySearch(all, id)
		return !found
	})
}

func (sc scope) askedParts() []part {
	return []part{{cond: "r.asked_by = ?", args: []any{sc.person}, seen: true}, {cond: "r.for_person = ?", args: []any{sc.person}, seen: true}}
}

// personalParts are what the reader sees as a person, and in the place of others.
func (sc scope) personalParts() []part {
	parts := append(sc.askedParts(), part{cond: "r.assignee = ?", args: []any{sc.person}, seen: true}, part{cond: `r.id in (
	select g.subject
	from access_grant_v g
	where g.subject_kind = 'request' and g.holder_kind = 1 and g.holder = ? and g.why not in ('asked', 'on-behalf', 'assigned') and g.subject > ?)`,
		args: []any{sc.person, sc.granted}, seen: true, granted: true})
	for _, cond := range []string{"r.asked_by = ?", "r.for_person = ?", "r.assignee = ?"} {
		parts = ranges(parts, cond, sc.stands, true)
	}
	return parts
}

// territory is what the reader sees because of units that serve or asked. Of units that the filter names, and whose requests the
// reader sees only in part, either their ranges are read or those of the reader's own units: whichever are fewer.
func (sc scope) territory() []part {
	serves, asks := sc.serves, sc.asks
	many := len(serves)+len(asks) > manyUnits
	switch {
	case len(serves)+len(asks) == 0:
		return nil
	case few(sc.customers) && (many || len(sc.customers) <= 2*len(serves)):
		return sc.partly("r.customer = ?", sc.customers, asks, sc.ours("unit", "provider"))
	case few(sc.units) && (many || len(sc.units) <= len(serves)+len(asks)):
		return sc.partly("r.unit = ?", sc.units, serves, sc.ours("customer", "provider"))
	case many:
		return sc.widest(sc.ours("unit", "provider", "customer"))
	}
	held := serves
	if len(sc.units) > 0 {
		held = both(serves, sc.units)
	}
	if len(sc.customers) > 0 {
		asks = both(asks, sc.customers)
	}
	return ranges(ranges(ranges(nil, "r.unit = ?", held, true), "r.customer = ?", asks, true), "r.provider = ? and r.provider <> r.unit", serves, true)
}

// partly is one range per unit: whole where the reader sees all of it, and otherwise what else it sees there.
func (sc scope) partly(cond string, units, whole []int64, ours part) []part {
	var parts []part
	for _, id := range units {
		p := part{cond: cond, args: []any{id}, seen: true}
		if !allIn([]int64{id}, whole) {
			p.cond, p.args = p.cond+" and "+ours.cond, append(p.args, ours.args...)
		}
		parts = append(parts, p)
	}
	return parts
}

// ours says in SQL that one of these columns names a unit of the reader's. It is looked at beside the order of a list.
func (sc scope) ours(columns ...string) part {
	p := part{cond: "(1 = 0", seen: true}
	for _, c := range columns {
		list := padded(sc.serves)
		if c == "customer" {
			list = padded(sc.asks)
		}
		if len(list) > 0 {
			p.cond += " or " + sqldb.Aside("r."+c) + " in (" + marksFor(len(list)) + ")"
			p.args = append(p.args, list...)
		}
	}
	p.cond += ")"
	return p
}

// widest is one or two ranges for all units together; ours, unless it is empty, leaves what is the reader's.
func (sc scope) widest(ours part) []part {
	list := []part{{cond: "1 = 1"}}
	switch {
	case sc.service != 0:
		list = []part{{cond: "r.service = ?", args: []any{sc.service}}}
	case len(sc.services) > 0 && len(sc.services) <= manyUnits:
		list = ranges(nil, "r.service = ?", sc.services, true)
	case sc.provider != 0 && len(sc.providers) == 0: // what it has in hand, and what it has handed on
		list = []part{{cond: "r.unit = ?", args: []any{sc.provider}}, {cond: "r.provider = ? and r.provider <> r.unit", args: []any{sc.provider}}}
	}
	for i := range list {
		list[i].seen = true
		if ours.cond != "" {
			list[i].cond, list[i].args = list[i].cond+" and "+ours.cond, append(list[i].args, ours.args...)
		}
	}
	return list
}

// ranges adds one range per id.
func ranges(parts []part, cond string, ids []int64, seen bool) []part {
	for _, id := range ids {
		parts = append(parts, part{cond: cond, args: []any{id}, seen: seen})
	}
	return parts
}

// queueParts chooses the index ranges of the queue: what the reader has in hand, and one range per unit served.
func (sc scope) queueParts() []part {
	hand := part{cond: "r.assignee = ?", args: []any{sc.person}, seen: true}
	switch {
	case sc.assignee == sc.person && sc.person != 0:
		return []part{hand}
	case len(sc.serves) > manyUnits:
		list := padded(sc.serves)
		return []part{{cond: "r.unit in (" + marksFor(len(list)) + ")", args: list, seen: true}, hand}
	}
	parts := append(ranges(nil, "r.unit = ?", sc.serves, true), sc.handParts()...)
	if len(parts) == 0 {
		return []part{hand}
	}
	return parts
}

// handParts are what the reader, and those in whose place the reader is, have in hand, whatever unit holds it.
func (sc scope) handParts() []part {
	if len(sc.units) > 0 || sc.assignee != 0 {
		return nil
	}
	return ranges(ranges(nil, "r.assignee = ?", []int64{sc.person}, true), "r.assignee = ?", sc.stands, true)
}
