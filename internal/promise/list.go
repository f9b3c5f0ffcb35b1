package promise

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
	"neike/internal/talk"
)

// Filter chooses promises. Pages and API use the same names for the same things.
type Filter struct {
	View      string // given, received, unit (of units one heads); "" all one may see
	State     string // a state, "open", "overdue", or "" any
	Giver     string // code of the giver's unit; units below it count too
	Receiver  string // code of the receiver's unit; units below it count too
	About     string // number of a record
	Q         string // a number, or part of the words
	DueFrom   time.Time
	DueBefore time.Time
	Cursor    string
	Limit     int
}

// The views of the list.
const (
	ViewGiven    = "given"
	ViewReceived = "received"
	ViewUnit     = "unit"
)

// Views lists them.
var Views = []string{ViewGiven, ViewReceived, ViewUnit}

// scope is a Filter with codes turned into ids, and whose eyes read it.
type scope struct {
	Filter
	person    int64
	speaks    []int64 // units for which the reader says how it went, or of which the reader is a member
	asks      []int64 // units whose promises received the reader may see
	serves    []int64 // units whose promises given the reader may see
	all       bool
	states    []string
	givers    []int64
	receivers []int64
	about     access.Subject
	number    int64
	after     []int64
	limit     int
	dueOrder  bool
	now       time.Time
}

// eyeOf works out whose list it is: it follows access, a list shows what grants of units and persons let through.
func (s *Service) eyeOf(ctx context.Context) (scope, *org.Tree, error) {
	a := actor.From(ctx)
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return scope{}, nil, err
	}
	sc := scope{person: a.Person, all: access.SeesAll(a, "promise.see")}
	shared := s.Org.Company(ctx).Switches.SharedInUnit
	for _, g := range a.Groups {
		switch g.Role {
		case "secretary":
			sc.speaks = append(sc.speaks, g.ID)
		case "member":
			if shared {
				sc.asks, sc.speaks = append(sc.asks, g.ID), append(sc.speaks, g.ID)
			}
		case "head", "quality":
			sc.serves = append(sc.serves, tree.Descendants(g.ID)...)
			sc.asks = append(sc.asks, tree.Descendants(g.ID)...)
			if g.Role == "head" {
				sc.speaks = append(sc.speaks, g.ID)
			}
		}
	}
	if tree.Reorganised() { // what units had when they ended is read by those who follow
		for _, list := range []*[]int64{&sc.serves, &sc.asks} {
			for _, id := range slices.Clone(*list) {
				*list = append(*list, tree.Forebears(id)...)
			}
		}
	}
	sc.serves, sc.asks, sc.speaks = unique(sc.serves), unique(sc.asks), unique(sc.speaks)
	return sc, tree, nil
}

func unique(ids []int64) []int64 {
	slices.Sort(ids)
	return slices.Compact(ids)
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
			bad.Add(name, "promise.unit-unknown")
		}
		return tree.WithForebears(tree.Descendants(u.ID))
	}
	sc.givers, sc.receivers = unit("giver_unit", f.Giver), unit("receiver_unit", f.Receiver)
	switch {
	case f.State == "" || f.State == "any":
	case f.State == "open" || f.State == "overdue":
		for _, st := range openStates {
			sc.states = append(sc.states, string(st))
		}
		sc.dueOrder = true
	case slices.Contains(States, State(f.State)):
		sc.states = []string{f.State}
	default:
		bad.Add("state", "promise.value-unknown", "value", f.State)
	}
	if f.View != "" && !slices.Contains(Views, f.View) {
		bad.Add("view", "promise.value-unknown", "value", f.View)
	}
	sc.Q = strings.TrimSpace(f.Q)
	if number, err := ParseRef(sc.Q); err == nil {
		sc.number = number
	}
	if sc.after, err = web.ParseCursor(f.Cursor, 2); err != nil {
		bad.Add("cursor", "promise.value-unknown", "value", f.Cursor)
	}
	return sc, bad.Err()
}

// Line is a promise as a list shows it.
type Line struct {
	Promise
	From, To org.Person // To is zero for a unit as such
	Place    talk.About // where it was made; zero: by hand, or nothing the reader may see
}

// List is one page of the promises that the actor may see and the filter chooses: what is open by due time, everything else
// newest first. A page may hold fewer than asked for although there are more: of confidential records only those are shown
// that the reader may see.
func (s *Service) List(ctx context.Context, f Filter) (web.Page[Line], error) {
	sc, err := s.scopeOf(ctx, f)
	if err != nil {
		return web.Page[Line]{}, err
	}
	var page web.Page[Line]
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		sc.now = rd.Instant()
		if f.About != "" {
			o, err := s.origin(ctx, rd, f.About)
			if err != nil {
				var bad fault.Fields
				bad.Add("about", "promise.about-unknown", "ref", f.About)
				return bad.Err()
			}
			sc.about = o.Subject
		}
		rows, err := listed(ctx, rd, sc)
		if err != nil {
			return err
		}
		if len(rows) > sc.limit {
			rows = rows[:sc.limit]
			last := rows[sc.limit-1]
			at := last.MadeAt
			if sc.dueOrder {
				at = last.Due
			}
			page.NextCursor = web.Cursor(at.UnixMilli(), last.ID)
		}
		page.Items, err = s.lines(ctx, rd, rows)
		return err
	})
	return page, err
}

// lines adds names to promises and leaves out those about something confidential that the reader may not see.
func (s *Service) lines(ctx context.Context, rd sqldb.Reader, list []Promise) ([]Line, error) {
	places, err := s.originsOf(ctx, rd, list)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, p := range list {
		ids = append(ids, p.Giver, p.Receiver)
	}
	people, err := s.Org.Names(ctx, rd, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Line, 0, len(list))
	for _, p := range list {
		place, open := places[p.About]
		if p.Confidential && !open {
			continue
		}
		out = append(out, Line{p, people[p.Giver], people[p.Receiver], place})
	}
	return out, nil
}

// Exactly is the promise of a number, when the actor may see it.
func (s *Service) Exactly(ctx context.Context, number int64) (l Line, ok bool, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		p, _, err := s.one(ctx, rd, number)
		if err != nil {
			return err
		}
		lines, err := s.lines(ctx, rd, []Promise{p})
		if len(lines) > 0 {
			l, ok = lines[0], true
		}
		return err
	})
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return l, false, nil
	}
	return l, ok, err
}

// Seen lists those of the promises that the actor may see.
func (s *Service) Seen(ctx context.Context, ids []int64) (out []Line, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err := byIDs(ctx, rd, ids)
		if err != nil {
			return err
		}
		if list, err = s.among(ctx, rd, list); err != nil {
			return err
		}
		out, err = s.lines(ctx, rd, list)
		return err
	})
	return out, err
}
