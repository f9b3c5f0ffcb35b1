package delivery

import (
	"context"
	"slices"
	"strings"
	"time"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// Filter chooses deliveries. Pages and API use the same names for the same things.
type Filter struct {
	View      string // bring: mine and my units' to deliver; receive: to me and my units; "" all one may see
	Provider  string // code; units below it count too
	Customer  string // code; units below it count too
	Service   string // code
	Standing  int64  // number of an arrangement
	State     string // a state, "open", or "" any
	Origin    string
	Q         string // a number, or part of the title
	DueFrom   time.Time
	DueBefore time.Time
	Outcome   string // met, breached, pending, excluded
	External  string
	Cursor    string
	Limit     int
}

// The views of the list.
const (
	ViewBring   = "bring"
	ViewReceive = "receive"
)

// scope is a Filter with codes turned into ids, and whose eyes read it.
type scope struct {
	Filter
	person    int64
	serves    []int64 // units whose deliveries the reader sees because they bring them
	asks      []int64 // and because they get them
	all       bool
	states    []string
	providers []int64
	customers []int64
	service   int64
	standing  int64
	number    int64
	after     []int64
	limit     int
	dueOrder  bool
	now       time.Time
}

// eyeOf works out whose list it is: it follows access, a list shows what access.Require lets through by unit and person.
func (s *Service) eyeOf(ctx context.Context) (scope, *org.Tree, error) {
	a := actor.From(ctx)
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return scope{}, nil, err
	}
	sc := scope{person: a.Person, all: access.SeesAll(a, "delivery.see")}
	shared := s.Org.Company(ctx).Switches.SharedInUnit
	for _, g := range a.Groups {
		switch g.Role {
		case "agent":
			sc.serves = append(sc.serves, g.ID)
		case "member":
			if shared {
				sc.asks = append(sc.asks, g.ID)
			}
		case "head", "quality":
			sc.serves = append(sc.serves, tree.Descendants(g.ID)...)
			sc.asks = append(sc.asks, tree.Descendants(g.ID)...)
		}
	}
	if tree.Reorganised() { // what units had when they ended is read by those who follow
		for _, list := range []*[]int64{&sc.serves, &sc.asks} {
			for _, id := range slices.Clone(*list) {
				*list = append(*list, tree.Forebears(id)...)
			}
		}
	}
	sc.serves, sc.asks = unique(sc.serves), unique(sc.asks)
	return sc, tree, nil
}

func (s *Service) scopeOf(ctx context.Context, f Filter) (scope, error) {
	sc, tree, err := s.eyeOf(ctx)
	if err != nil {
		return sc, err
	}
	sc.Filter, sc.limit = f, web.Paging{Limit: f.Limit}.Size()
	var bad fault.Fields
	unit := func(name, code string) []int64 {
		if code == "" {
			return nil
		}
		u, ok := tree.ByCode(code)
		if !ok {
			bad.Add(name, "delivery.unit-unknown", "unit", code)
		}
		return tree.Descendants(u.ID)
	}
	sc.providers, sc.customers = unit("provider", f.Provider), unit("customer", f.Customer)
	switch {
	case f.State == "" || f.State == "any":
	case f.State == "open":
		for _, st := range openStates {
			sc.states = append(sc.states, string(st))
		}
		sc.dueOrder = true
	case slices.Contains(States, State(f.State)):
		sc.states = []string{f.State}
	default:
		bad.Add("state", "delivery.state-unknown", "value", f.State)
	}
	known := func(name, value string, allowed ...string) {
		if value != "" && !slices.Contains(allowed, value) {
			bad.Add(name, "delivery.value-unknown", "value", value)
		}
	}
	known("view", f.View, ViewBring, ViewReceive)
	known("origin", f.Origin, string(Scheduled), string(Pushed), string(Fed))
	known("outcome", f.Outcome, "met", "breached", "pending", "excluded")
	if f.Service != "" {
		snap, err := s.Catalog.Snapshot(ctx)
		if err != nil {
			return sc, err
		}
		if service, ok := snap.ByCode(f.Service); ok {
			sc.service = service.ID
		} else {
			bad.Add("service", "delivery.service-unknown")
		}
	}
	sc.Q = strings.TrimSpace(f.Q)
	if number, err := ParseRef(sc.Q); err == nil {
		sc.number = number
	}
	if sc.after, err = web.ParseCursor(f.Cursor, 2); err != nil {
		if err := merge(&bad, err); err != nil {
			return sc, err
		}
	}
	return sc, bad.Err()
}

// Line is a delivery as a list shows it.
type Line struct {
	Delivery
	Bringer, Taker org.Person // zero: nobody named
}

// List is one page of the deliveries that the actor may see and the filter chooses: what is open by due time, everything
// else newest first.
func (s *Service) List(ctx context.Context, f Filter) (web.Page[Line], error) {
	sc, err := s.scopeOf(ctx, f)
	if err != nil {
		return web.Page[Line]{}, err
	}
	var lines []Line
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		sc.now = rd.Instant()
		if f.Standing != 0 {
			st, err := standingByNumber(ctx, rd, f.Standing)
			if err != nil {
				return err
			}
			sc.standing = st.ID
		}
		rows, err := listed(ctx, rd, sc)
		if err != nil {
			return err
		}
		lines, err = s.named(ctx, rd, rows)
		return err
	})
	return web.Cut(lines, sc.limit, func(l Line) string {
		if sc.dueOrder {
			return web.Cursor(l.NextDue.UnixMilli(), l.ID)
		}
		return web.Cursor(l.OpenedAt.UnixMilli(), l.ID)
	}), err
}

// named adds the names of the people.
func (s *Service) named(ctx context.Context, rd sqldb.Reader, rows []Delivery) ([]Line, error) {
	var ids []int64
	for _, d := range rows {
		ids = append(ids, d.Assignee, d.Receiver)
	}
	people, err := s.Org.Names(ctx, rd, unique(slices.DeleteFunc(ids, func(id int64) bool { return id == 0 })))
	lines := make([]Line, len(rows))
	for i, d := range rows {
		lines[i] = Line{d, people[d.Assignee], people[d.Receiver]}
	}
	return lines, err
}

// StandingFilter chooses arrangements.
type StandingFilter struct {
	Provider, Customer, Service string // codes
	State                       string // active, paused, ended; "" what has not ended; "any"
	Cursor                      string
	Limit                       int
}

// Standings is one page of arrangements, by number.
func (s *Service) Standings(ctx context.Context, f StandingFilter) (web.Page[Standing], error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return web.Page[Standing]{}, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return web.Page[Standing]{}, err
	}
	var bad fault.Fields
	sc := standingScope{state: f.State, limit: web.Paging{Limit: f.Limit}.Size()}
	unit := func(name, code string) []int64 {
		if code == "" {
			return nil
		}
		u, ok := tree.ByCode(code)
		if !ok {
			bad.Add(name, "delivery.unit-unknown", "unit", code)
		}
		return tree.Descendants(u.ID)
	}
	sc.providers, sc.customers = unit("provider", f.Provider), unit("customer", f.Customer)
	if f.Service != "" {
		service, ok := snap.ByCode(f.Service)
		if !ok {
			bad.Add("service", "delivery.service-unknown")
		} else {
			sc.service = service.ID
		}
	}
	if !slices.Contains([]string{"", "any", Active, Paused, Ended}, f.State) {
		bad.Add("state", "delivery.state-unknown", "value", f.State)
	}
	if sc.after, err = web.ParseCursor(f.Cursor, 1); err != nil {
		if err := merge(&bad, err); err != nil {
			return web.Page[Standing]{}, err
		}
	}
	if err := bad.Err(); err != nil {
		return web.Page[Standing]{}, err
	}
	var rows []Standing
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		rows, err = standingsListed(ctx, rd, sc)
		return err
	})
	return web.Cut(rows, sc.limit, func(st Standing) string { return web.Cursor(st.Number) }), err
}

type standingScope struct {
	providers, customers []int64
	service              int64
	state                string
	after                []int64
	limit                int
}
