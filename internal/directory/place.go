package directory

import (
	"cmp"
	"strings"

	"neike/internal/kit/chat"
	"neike/internal/kit/sorting"
	"neike/internal/org"
)

// What becomes of a department.
const (
	placeUnit   = "unit"   // it is a unit here
	placeCreate = "create" // it becomes one
	placeAsk    = "ask"    // nobody has said
	placeIgnore = "ignore" // its people belong to the one above
)

// placed is a department and what it is here.
type placed struct {
	chat.Department
	is      string
	code    string // of the unit; "" for an ask, and for an ignored one with no place above it
	parent  string // code of the unit above; "" at the top
	own     bool   // it has a unit of its own
	suggest string // an ask: code of the unit with the same name, for somebody to look at
	depth   int
}

// place says what every department of a directory is here: what was decided for it, the unit with its code, or what the
// rules say about new ones. No department is a unit because of its name. The list comes from the top down; a department
// whose parent is not in sight counts as a top one, and a circle is cut.
func place(c Connection, tree *org.Tree, valid func(org.Unit) bool, list []chat.Department, decided map[string]Placement) []placed {
	p := placer{c: c, tree: tree, valid: valid, decided: decided, at: map[string]int{}, taken: map[string]bool{}, held: map[ID]bool{}}
	empty := true
	for _, u := range tree.All() {
		p.taken[u.Code] = true
		empty = empty && !valid(u)
	}
	for _, d := range decided {
		if d.Choice == placeUnit {
			p.held[d.Unit] = true
			empty = false
		}
	}
	p.fresh = c.Rules.NewUnits
	if empty && p.fresh == placeAsk { // nothing here that it could be
		p.fresh = placeCreate
	}
	for i, d := range list {
		p.at[d.ID] = i
	}
	p.list = list
	order := p.order()
	out := make([]placed, 0, len(list))
	done := make(map[string]placed, len(list))
	for _, i := range order {
		one := p.one(list[i], done)
		done[one.ID] = one
		out = append(out, one)
	}
	sorting.Stable(out, func(a, b placed) int { return cmp.Compare(a.depth, b.depth) })
	return out
}

type placer struct {
	c       Connection
	tree    *org.Tree
	valid   func(org.Unit) bool
	decided map[string]Placement
	list    []chat.Department
	at      map[string]int
	taken   map[string]bool
	held    map[ID]bool
	fresh   string
}

// order is the departments from the top down, those of one parent in the platform's order.
func (p *placer) order() []int {
	below := map[string][]int{}
	var tops []int
	for i, d := range p.list {
		if _, known := p.at[d.Parent]; !known || d.Parent == d.ID {
			tops = append(tops, i)
			continue
		}
		below[d.Parent] = append(below[d.Parent], i)
	}
	byOrder := func(a, b int) int {
		return cmp.Or(cmp.Compare(p.list[a].Order, p.list[b].Order), cmp.Compare(p.list[a].ID, p.list[b].ID))
	}
	seen := make([]bool, len(p.list))
	var out []int
	var visit func(i int)
	visit = func(i int) {
		if seen[i] {
			return
		}
		seen[i] = true
		out = append(out, i)
		sorting.By(below[p.list[i].ID], byOrder)
		for _, j := range below[p.list[i].ID] {
			visit(j)
		}
	}
	sorting.By(tops, byOrder)
	for _, i := range tops {
		visit(i)
	}
	for i := range p.list { // a circle
		visit(i)
	}
	return out
}

func (p *placer) one(d chat.Department, done map[string]placed) placed {
	one := placed{Department: d}
	above, known := done[d.Parent]
	one.parent = p.c.Rules.Root
	if known {
		one.depth = above.depth + 1
		one.parent = above.code
		if above.code == "" && above.is == placeIgnore {
			one.parent = p.c.Rules.Root
		}
	}
	choice, wasDecided := p.decided[d.ID]
	if wasDecided && choice.Choice == placeUnit {
		if u, ok := p.tree.ByID(choice.Unit); ok && p.valid(u) {
			one.is, one.code, one.own = placeUnit, u.Code, true
			return one
		}
		return p.ended(one, choice.Unit)
	}
	if u, ok := p.tree.ByCode(plainCode(d.Code)); !wasDecided && d.Code != "" && ok && p.valid(u) && !p.held[u.ID] {
		p.held[u.ID] = true
		one.is, one.code, one.own = placeUnit, u.Code, true
		return one
	}
	one.is = p.fresh
	if wasDecided {
		one.is = choice.Choice
	}
	switch one.is {
	case placeCreate:
		if above.is == placeAsk {
			one.is = placeAsk // where it comes is not known yet
			break
		}
		one.code, one.own = unitCode(p.c.Kind, d, one.parent, func(code string) bool { return p.taken[code] }), true
		p.taken[one.code] = true
	case placeIgnore:
		one.code = one.parent
	}
	if one.is == placeAsk {
		one.suggest = p.alike(d)
	}
	return one
}

// ended places a department whose unit has ended here: what merged into one unit is that unit's, so that a sync does not
// undo a reorganisation. Anything else is for somebody to look at; it is never made again by itself.
func (p *placer) ended(one placed, unit ID) placed {
	if heirs := p.tree.Heirs(unit); len(heirs) == 1 {
		if u, ok := p.tree.ByID(heirs[0].Unit); ok && p.valid(u) {
			one.is, one.code = placeIgnore, u.Code
			return one
		}
	}
	one.is, one.suggest = placeAsk, p.alike(one.Department)
	return one
}

// labelOf is a department's code and name, once where they are the same.
func labelOf(d placed) string {
	if d.code == d.Name {
		return d.code
	}
	return strings.TrimSpace(d.code + " " + d.Name)
}

// pathOf names a department and those above it, from the top: of five called 质量部 each is told by them. "" for none.
func (p *planner) pathOf(department string) string {
	var names []string
	for range len(p.places) { // a circle ends
		d, there := p.places[department]
		if !there {
			break
		}
		names = append([]string{cmp.Or(d.Name, d.NameEn, d.ID)}, names...)
		department = d.Parent
	}
	return strings.Join(names, " / ")
}

// alike is the one valid unit here with the department's name that is no other department already.
func (p *placer) alike(d chat.Department) string {
	code := ""
	for _, u := range p.tree.All() {
		if d.Name == "" || u.Name.Zh != d.Name && u.Name.En != d.Name || !p.valid(u) || p.held[u.ID] {
			continue
		}
		if code != "" {
			return ""
		}
		code = u.Code
	}
	return code
}
