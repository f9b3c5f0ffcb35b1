package org

import (
	"cmp"
	"context"
	"slices"

	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
)

// Keeper is who holds something.
type Keeper string

// The keepers.
const (
	ByPerson Keeper = "person"
	ByUnit   Keeper = "unit"
)

// Holding is a kind of thing that people or units hold and that somebody has to have when they leave or end: a role, a
// request in work, a service. Rooms fill the slot through the app's wiring.
type Holding struct {
	Code  string // "request.assigned"; stands in addresses and in plans
	Label string // message id: what it is called, "经办中的请求"
	By    Keeper
	Order int
	Ends  bool // it goes to nobody: it ends with its keeper's time, as sessions and roles do

	// Count is how many the keeper holds now; it may stop at CountMost.
	Count func(ctx context.Context, rd sqldb.Reader, keeper ID) (int, error)
	// List names them by Key, those after a key, at most limit. What the reader of ctx may not open is Hidden, without words.
	List func(ctx context.Context, rd sqldb.Reader, keeper, after ID, limit int) ([]Held, error)
	// Hand gives some of them to their receivers in the transaction of a job: those after h.After, no more than h.Limit
	// looked at. It is called until Next is 0 and must bear that nothing is left to do.
	Hand func(ctx context.Context, tx *sqldb.Tx, h Handing) (Handed, error)
	// Weigh names what stands in the way or will be otherwise than somebody may think. Optional.
	Weigh func(ctx context.Context, rd sqldb.Reader, h Handing) ([]Remark, error)
	// Spread says how many of what h.From holds each of the units gets that it is split into. Without it h.To gets all.
	Spread func(ctx context.Context, rd sqldb.Reader, h Handing) (map[ID]int, error)
}

// CountMost is where counting may stop.
const CountMost = 100000

// Held is one thing held.
type Held struct {
	Key     ID // of the list; not always an id
	Title   string
	Note    string
	Href    string
	Hidden  bool // the reader may not open it
	Private bool // its words are kept nowhere else
}

// Share is a unit that follows another, and its part of it.
type Share struct {
	Unit  ID      `json:"unit"`
	Share float64 `json:"share"` // above 0, at most 1
}

// Handing says what goes from whom to whom.
type Handing struct {
	Change ID
	From   ID
	To     ID      // the receiver; of a split the unit with the largest share
	Shares []Share // of units: all that follow, the largest first
	Assign map[string]map[ID]ID
	After  ID // Next of the call before
	Limit  int
}

// Target is the unit that gets one part of a unit that is split: "person", "service" or "unit" with an id.
func (h Handing) Target(kind string, id ID) ID {
	if to, ok := h.Assign[kind][id]; ok {
		return to
	}
	return h.To
}

// Divide says how many things each of the units gets: n is how many belong to each "person", "service" or "unit".
func (h Handing) Divide(kind string, n map[ID]int) map[ID]int {
	out := map[ID]int{}
	for id, count := range n {
		out[h.Target(kind, id)] += count
	}
	return out
}

// ToEach says that every one of the units gets all n.
func (h Handing) ToEach(n int) map[ID]int {
	out := map[ID]int{}
	for _, s := range h.Shares {
		out[s.Unit] = n
	}
	return out
}

// SpreadBy is the Spread of a holding whose things go by one kind of id: ids lists these, as often as there are things.
func SpreadBy(kind string, ids func(ctx context.Context, rd sqldb.Reader, unit ID) ([]ID, error)) func(context.Context, sqldb.Reader, Handing) (map[ID]int, error) {
	return func(ctx context.Context, rd sqldb.Reader, h Handing) (map[ID]int, error) {
		list, err := ids(ctx, rd, h.From)
		n := map[ID]int{}
		for _, id := range list {
			n[id]++
		}
		return h.Divide(kind, n), err
	}
}

// Handed is what became of a chunk.
type Handed struct {
	Moved int
	Left  []Left
	Next  ID // where to go on; 0: there is no more
}

// Left is what could not be handed over: it stays where it was.
type Left struct {
	Title, Href string
	Why         string // message id
}

// Remark is a sentence about a change before it is made. Bad ones stand in its way.
type Remark struct {
	Key  string // message id
	Args []any
	Bad  bool
}

// AddHolding fills the slot of what people and units hold. Call it while wiring: two of one code would hand the same things
// over twice, which is a mistake in the wiring that the first start of the house, and every test, must stop at.
func (s *Service) AddHolding(list ...Holding) {
	for _, h := range list {
		if slices.ContainsFunc(s.holdings, func(o Holding) bool { return o.Code == h.Code }) {
			panic("org: two holdings " + h.Code)
		}
		s.holdings = append(s.holdings, h)
	}
	sorting.Stable(s.holdings, func(a, b Holding) int { return cmp.Compare(a.Order, b.Order) })
}

// Holdings lists the kinds of things that people or units hold, in their order.
func (s *Service) Holdings(by Keeper) []Holding {
	var out []Holding
	for _, h := range s.holdings {
		if h.By == by {
			out = append(out, h)
		}
	}
	return out
}

// holding is the kind with a code.
func (s *Service) holding(code string) (Holding, bool) {
	i := slices.IndexFunc(s.holdings, func(h Holding) bool { return h.Code == code })
	if i < 0 {
		return Holding{}, false
	}
	return s.holdings[i], true
}
