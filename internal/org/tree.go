package org

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
)

// Tree is a snapshot of all units. It never changes; take a new one for each piece of work (Service.Tree costs nothing
// when no unit has changed).
type Tree struct {
	units  []Unit // in pre-order: a unit, then everything below it
	end    []int  // index after the last descendant
	depth  []int
	up     []int // index of the parent, -1 for a root
	ids    []ID  // of units, for Descendants
	byID   map[ID]int
	byCode map[string]int
	agents map[ID]bool // units that name their agents
	places map[ID]Place
	at     time.Time // when it was read
	keys   func() []unitKey
	family family
}

// unitKey is the pinyin of a unit's name. Making it for thousands of units takes longer than a search may.
type unitKey struct{ full, initials string }

func (t *Tree) makeKeys() []unitKey {
	keys := make([]unitKey, len(t.units))
	for i, u := range t.units {
		keys[i].full, keys[i].initials = nameKeys(u.Name.Zh)
	}
	return keys
}

// unitMatches says whether a unit is found by a search key; units are few and are looked through in memory.
func unitMatches(u Unit, k unitKey, key string) bool {
	low := strings.ToLower(key)
	if strings.HasPrefix(strings.ToLower(u.Code), low) || strings.Contains(u.Name.Zh, key) || strings.Contains(strings.ToLower(u.Name.En), low) ||
		strings.Contains(u.Short.Zh, key) || u.Short.En != "" && strings.HasPrefix(strings.ToLower(u.Short.En), low) {
		return true
	}
	latin := latinKey(key)
	return latin != "" && (strings.HasPrefix(k.full, latin) || strings.HasPrefix(k.initials, latin))
}

// NewTree arranges units; children follow the order in which they were made, as the company lists them. A parent that is not among the units counts as none,
// and a circle (which the rules never let in) is cut at its first unit.
func NewTree(units []Unit, naming map[ID]bool) *Tree {
	t := &Tree{byID: make(map[ID]int, len(units)), byCode: make(map[string]int, len(units)), agents: naming}
	known := make(map[ID]bool, len(units))
	for _, u := range units {
		known[u.ID] = true
	}
	children := map[ID][]Unit{}
	for _, u := range units {
		parent := u.Parent
		if !known[parent] {
			parent = 0
		}
		children[parent] = append(children[parent], u)
	}
	for _, list := range children {
		sorting.By(list, func(a, b Unit) int {
			if a.Level != b.Level {
				return slices.Index(Levels, a.Level) - slices.Index(Levels, b.Level)
			}
			return cmp.Compare(a.ID, b.ID)
		})
	}
	var place func(u Unit, up, depth int)
	place = func(u Unit, up, depth int) {
		if _, placed := t.byID[u.ID]; placed {
			return
		}
		i := len(t.units)
		t.units, t.ids = append(t.units, u), append(t.ids, u.ID)
		t.end, t.up, t.depth = append(t.end, 0), append(t.up, up), append(t.depth, depth)
		t.byID[u.ID], t.byCode[u.Code] = i, i
		for _, c := range children[u.ID] {
			place(c, i, depth+1)
		}
		t.end[i] = len(t.units)
	}
	for _, u := range children[0] {
		place(u, -1, 0)
	}
	for _, u := range units {
		place(u, -1, 0)
	}
	t.keys = sync.OnceValue(t.makeKeys)
	return t
}

// ByID is the unit, and whether there is one.
func (t *Tree) ByID(id ID) (Unit, bool) {
	i, ok := t.byID[id]
	if !ok {
		return Unit{}, false
	}
	return t.units[i], true
}

// ByCode is the unit with the code.
func (t *Tree) ByCode(code string) (Unit, bool) {
	i, ok := t.byCode[code]
	if !ok {
		return Unit{}, false
	}
	return t.units[i], true
}

// Name is the unit's label in the reader's language, "" for an unknown one.
func (t *Tree) Name(ctx context.Context, id ID) string {
	u, _ := t.ByID(id)
	return u.Label(ctx)
}

// FullName is the unit's name as a sentence says it: not shortened. "" for an unknown one.
func (t *Tree) FullName(ctx context.Context, id ID) string {
	u, _ := t.ByID(id)
	return u.Name.In(ctx)
}

// All lists the units in pre-order. The slice is shared: do not change it.
func (t *Tree) All() []Unit { return t.units }

// Len is the number of units.
func (t *Tree) Len() int { return len(t.units) }

// Depth is 0 for a root.
func (t *Tree) Depth(id ID) int {
	if i, ok := t.byID[id]; ok {
		return t.depth[i]
	}
	return 0
}

// Path lists the ids from the root to the unit itself.
func (t *Tree) Path(id ID) []ID {
	i, ok := t.byID[id]
	if !ok {
		return nil
	}
	path := make([]ID, t.depth[i]+1)
	for n := t.depth[i]; i >= 0; n, i = n-1, t.up[i] {
		path[n] = t.ids[i]
	}
	return path
}

// Descendants lists the unit itself and everything below it. The slice is shared: do not change it.
func (t *Tree) Descendants(id ID) []ID {
	i, ok := t.byID[id]
	if !ok {
		return nil
	}
	return t.ids[i:t.end[i]:t.end[i]]
}

// Children lists the units directly below.
func (t *Tree) Children(id ID) []Unit {
	var out []Unit
	if id == 0 {
		for i := 0; i < len(t.units); i = t.end[i] {
			out = append(out, t.units[i])
		}
		return out
	}
	i, ok := t.byID[id]
	if !ok {
		return nil
	}
	for c := i + 1; c < t.end[i]; c = t.end[c] {
		out = append(out, t.units[c])
	}
	return out
}

// matching are those of some units of the tree that are there and are found by a search key; whose code or name it is come
// first, those that begin with it next. Without a key all are found.
func (t *Tree) matching(units []Unit, at time.Time, key string, most int) []Unit {
	keys, low := t.keys(), strings.ToLower(key)
	rank := func(u Unit) int {
		name, en, code := strings.ToLower(u.Name.Zh), strings.ToLower(u.Name.En), strings.ToLower(u.Code)
		switch {
		case code == low || name == low || en == low || u.Short.Zh == key || strings.EqualFold(u.Short.En, key):
			return 0
		case strings.HasPrefix(name, low) || strings.HasPrefix(en, low) || strings.HasPrefix(code, low):
			return 1
		}
		return 2
	}
	var by [3][]Unit
	for _, u := range units {
		if !u.Valid(at) || key != "" && !unitMatches(u, keys[t.byID[u.ID]], key) {
			continue
		}
		if i := rank(u); len(by[i]) < most {
			by[i] = append(by[i], u)
		}
	}
	found := slices.Concat(by[:]...)
	return found[:min(len(found), most)]
}

// Upper lists the units that are there at a moment from the top down to the depth that fits: what a page offers of a
// company that is too large to be shown whole. Where the second level does not fit, it is left out when there are several
// roots, so that all of these are there; below a single root its beginning is.
func (t *Tree) Upper(at time.Time, most int) []Unit {
	var perDepth []int
	for i, u := range t.units {
		for len(perDepth) <= t.depth[i] {
			perDepth = append(perDepth, 0)
		}
		if u.Valid(at) {
			perDepth[t.depth[i]]++
		}
	}
	deepest, sum := 0, 0
	for d, n := range perDepth {
		if sum += n; sum <= most || d == 1 && perDepth[0] <= 1 {
			deepest = max(deepest, d)
		}
	}
	var out []Unit
	for i, u := range t.units {
		if len(out) < most && t.depth[i] <= deepest && u.Valid(at) {
			out = append(out, u)
		}
	}
	return out
}

// Opened adds to the upper units those directly below units that were opened, in the order of the tree; no more than most
// below each.
func (t *Tree) Opened(upper []Unit, at time.Time, open []ID, most int) []Unit {
	if len(open) == 0 {
		return upper
	}
	shown := make(map[ID]bool, len(upper))
	for _, u := range upper {
		shown[u.ID] = true
	}
	var out []Unit
	below := map[ID]int{}
	for i, u := range t.units {
		if !shown[u.ID] && u.Valid(at) && t.up[i] >= 0 {
			up := t.ids[t.up[i]]
			shown[u.ID] = shown[up] && slices.Contains(open, up) && below[up] < most
			below[up]++
		}
		if shown[u.ID] {
			out = append(out, u)
		}
	}
	return out
}

// Under says whether unit is top or below it. It does not allocate.
func (t *Tree) Under(unit, top ID) bool {
	u, ok := t.byID[unit]
	if !ok {
		return false
	}
	i, ok := t.byID[top]
	return ok && i <= u && u < t.end[i]
}

// At is the ancestor (or the unit itself) of a level, or the nearest one above the unit that is at least as high as
// the level; a unit that is higher than the level stands for itself. A unit that names its site is there for "site".
func (t *Tree) At(level string, id ID) ID {
	i, ok := t.byID[id]
	if !ok {
		return 0
	}
	want := slices.Index(Levels, level)
	if level == Site {
		for j := i; j >= 0; j = t.up[j] {
			if s, ok := t.byCode[t.units[j].Site]; ok && t.units[j].Site != "" {
				return t.ids[s]
			}
		}
	}
	for j := i; j >= 0; j = t.up[j] {
		if slices.Index(Levels, t.units[j].Level) <= want {
			return t.ids[j]
		}
	}
	return t.ids[i]
}

// NamesAgents says whether the unit names its agents; otherwise all its members are.
func (t *Tree) NamesAgents(id ID) bool { return t.agents[id] }

// Valid says whether the unit exists at a moment.
func (u Unit) Valid(at time.Time) bool {
	return !at.Before(u.ValidFrom) && (u.ValidTo.IsZero() || at.Before(u.ValidTo))
}

// Tree is the present snapshot. Of many who miss it at once, as after a restart, one reads it and the others wait: it is
// megabytes in a company of thousands of units. Inside a Write it is what the transaction sees, and remembered only when
// that has come to be.
func (s *Service) Tree(ctx context.Context) (*Tree, error) {
	if t := s.present(); t != nil {
		return t, nil
	}
	var t *Tree
	keep := func(rd sqldb.Reader) { s.generation.Keep(rd, func() { s.tree.Store(t) }) }
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if tx, inWrite := rd.(*sqldb.Tx); inWrite {
			t, err = TreeIn(ctx, tx)
			keep(tx)
			return err
		}
		s.treeRead.Lock() // only here, with a connection in hand: who waits for one holds nobody up
		defer s.treeRead.Unlock()
		if t = s.present(); t != nil {
			return nil
		}
		if t, err = TreeIn(ctx, rd); err == nil {
			keep(rd)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return t, nil
}

// present is the snapshot when there is one to be believed.
func (s *Service) present() *Tree {
	if t := s.tree.Load(); t != nil && time.Since(t.at) < cachedFor {
		return t
	}
	return nil
}

// TreeIn reads the tree as the transaction sees it. Use it after changing units in the same transaction.
func TreeIn(ctx context.Context, rd sqldb.Reader) (*Tree, error) {
	units, err := allUnits(ctx, rd)
	if err != nil {
		return nil, err
	}
	naming, err := unitsNamingAgents(ctx, rd)
	if err != nil {
		return nil, err
	}
	t := NewTree(units, naming)
	if t.places, err = allPlaces(ctx, rd); err != nil {
		return nil, err
	}
	became, err := allLineage(ctx, rd)
	if err != nil {
		return nil, err
	}
	t.family = newFamily(became)
	t.at = time.Now()
	return t, nil
}
