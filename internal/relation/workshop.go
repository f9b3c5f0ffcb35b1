package relation

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/todo"
)

// The subject kinds of workshops and their sheets in todos and events.
const (
	WorkshopKind = "workshop"
	SheetKind    = "sheet"
)

// verbSheet is what the head of a unit owes a workshop.
const verbSheet = "workshop-sheet"

// Workshop is a round in which units say whom they serve, what they hand over and what is expected: 我的客户是谁.
type Workshop struct {
	ID       ID
	Name     string
	Until    int64 // the day until which the sheets are asked for, 20261231
	OpenedBy org.ID
	OpenedAt time.Time
	ClosedBy org.ID
	ClosedAt time.Time // zero: it is open
	Sheets   []Sheet   // in the order of the tree
}

// Closed says that no sheet changes any more.
func (w Workshop) Closed() bool { return !w.ClosedAt.IsZero() }

// Count is how many units are as far as that.
func (w Workshop) Count(state SheetState) (n int) {
	for _, s := range w.Sheets {
		if s.State == state {
			n++
		}
	}
	return n
}

// Sheet is what one unit says in a workshop.
type Sheet struct {
	ID, Workshop ID
	Unit         org.ID
	From         org.ID // the unit it came from with a change of the organisation; 0: none
	Version      int    // counts every time it was saved
	State        SheetState
	ChangedBy    org.ID
	ChangedAt    time.Time
	HandedBy     org.ID
	HandedAt     time.Time
	Lines        []SheetLine
}

// Of are the lines about the units that are customers, or providers.
func (s Sheet) Of(side Side) []SheetLine {
	var out []SheetLine
	for _, l := range s.Lines {
		if l.Side == side {
			out = append(out, l)
		}
	}
	return out
}

// WorkshopInput is what opens a workshop. Units are codes; Until is a date, 2026-12-31.
type WorkshopInput struct {
	Name, Until string
	Units       []string
}

// nameLongest is how long the name of a workshop may be, in characters; unitsMost how many units one has.
const (
	nameLongest = 60
	unitsMost   = 500
)

// check finds everything that is wrong with it.
func (in *WorkshopInput) check(tree *org.Tree, now time.Time) (day int64, units []org.Unit, err error) {
	var bad fault.Fields
	in.Name = strings.TrimSpace(in.Name)
	switch n := utf8.RuneCountInString(in.Name); {
	case n == 0:
		bad.Add("name", "relation.workshop.name-missing")
	case n > nameLongest:
		bad.Add("name", "web.too-long", "most", nameLongest, "count", n)
	}
	t, err := time.ParseInLocation(time.DateOnly, in.Until, now.Location())
	switch {
	case err != nil:
		bad.Add("until", "web.date")
	case DayOf(t) < DayOf(now):
		bad.Add("until", "relation.workshop.past")
	}
	for _, code := range in.Units {
		u, known := tree.ByCode(code)
		switch {
		case !known || !u.Valid(now):
			bad.Add("units", "relation.unknown-unit")
		case !slices.ContainsFunc(units, func(x org.Unit) bool { return x.ID == u.ID }):
			units = append(units, u)
		}
	}
	switch {
	case len(in.Units) == 0:
		bad.Add("units", "relation.workshop.units-missing")
	case len(units) > unitsMost:
		bad.Add("units", "relation.workshop.units-many", "most", unitsMost)
	}
	return DayOf(t), units, bad.Err()
}

// OpenWorkshop opens one and asks the heads of its units for their sheets. The quality office of all units may.
// Errors: ErrNotFound for who may not; Invalid.
func (s *Service) OpenWorkshop(ctx context.Context, in WorkshopInput) (Workshop, error) {
	a := actor.From(ctx)
	if !a.System && !a.Has("quality") {
		return Workshop{}, fault.ErrNotFound
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return Workshop{}, err
	}
	day, units, err := in.check(tree, s.today(ctx))
	if err != nil {
		return Workshop{}, err
	}
	var w Workshop
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		w = Workshop{ID: tx.NewID(), Name: in.Name, Until: day, OpenedBy: a.Person, OpenedAt: tx.Now}
		if err := insertWorkshop(ctx, tx, w); err != nil {
			return err
		}
		for _, u := range units {
			sheet := Sheet{ID: tx.NewID(), Workshop: w.ID, Unit: u.ID, State: SheetWaiting}
			if err := insertSheet(ctx, tx, sheet); err != nil {
				return err
			}
			if err := s.oweSheet(ctx, tx, w, sheet, u); err != nil {
				return err
			}
		}
		return s.events.Emit(ctx, tx, WorkshopWasOpened{w.ID, len(units), a.Person})
	})
	if err != nil {
		return w, err
	}
	return s.Workshop(ctx, w.ID)
}

// oweSheet asks the head of a unit for its sheet.
func (s *Service) oweSheet(ctx context.Context, tx *sqldb.Tx, w Workshop, sheet Sheet, u org.Unit) error {
	_, holds, err := s.org.HeadsFrom(ctx, tx, u.ID)
	if err != nil {
		return err
	}
	if holds == 0 {
		holds = u.ID
	}
	day := Period{From: w.Until, To: w.Until}
	return s.todo.Owe(ctx, tx, todo.Todo{Subject: access.Subject{Kind: SheetKind, ID: sheet.ID}, Verb: verbSheet, For: w.OpenedBy, Title: w.Name,
		Link: sheetHref(w.ID, u.Code), Holder: access.Holder{Kind: "unit", ID: holds, Role: "head"}, Due: day.End(s.org.Company(ctx).Location())})
}

// CloseWorkshop ends one: sheets stay as they are, and nobody owes one any more. Errors: ErrNotFound; Conflict when it is closed.
func (s *Service) CloseWorkshop(ctx context.Context, id ID) (Workshop, error) {
	a := actor.From(ctx)
	if !a.System && !a.Has("quality") {
		return Workshop{}, fault.ErrNotFound
	}
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		w, err := s.lockedWorkshop(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := closeWorkshop(ctx, tx, w.ID, a.Person); err != nil {
			return err
		}
		sheets, err := sheetsOf(ctx, tx, []ID{id})
		if err != nil {
			return err
		}
		for _, sheet := range sheets {
			if err := s.todo.Fulfil(ctx, tx, access.Subject{Kind: SheetKind, ID: sheet.ID}, verbSheet); err != nil {
				return err
			}
		}
		return s.events.Emit(ctx, tx, WorkshopWasClosed{id, a.Person})
	})
	if err != nil {
		return Workshop{}, err
	}
	return s.Workshop(ctx, id)
}

// lockedWorkshop is one that is open, locked.
func (s *Service) lockedWorkshop(ctx context.Context, tx *sqldb.Tx, id ID) (Workshop, error) {
	if err := tx.Lock(ctx, "workshop", id); err != nil {
		return Workshop{}, err
	}
	w, err := workshopOf(ctx, tx, id)
	if err == nil && w.Closed() {
		err = fault.New(fault.Conflict, "relation.workshop.is-closed")
	}
	return w, err
}

// Workshops lists all of them, the newest first, with how far their sheets are and without what stands on them. Everybody may.
func (s *Service) Workshops(ctx context.Context) ([]Workshop, error) {
	var out []Workshop
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if out, err = workshops(ctx, rd); err != nil || len(out) == 0 {
			return err
		}
		at, ids := map[ID]int{}, make([]ID, len(out))
		for i, w := range out {
			at[w.ID], ids[i] = i, w.ID
		}
		sheets, err := sheetsOf(ctx, rd, ids)
		for _, x := range sheets {
			w := &out[at[x.Workshop]]
			w.Sheets = append(w.Sheets, x)
		}
		return err
	})
	return out, err
}

// Workshop reads one with how far its sheets are, in the order of the tree. Everybody may. Errors: ErrNotFound.
func (s *Service) Workshop(ctx context.Context, id ID) (Workshop, error) {
	var w Workshop
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if w, err = workshopOf(ctx, rd, id); err != nil {
			return err
		}
		w.Sheets, err = sheetsOf(ctx, rd, []ID{id})
		return err
	})
	if err != nil {
		return w, err
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return w, err
	}
	place := map[org.ID]int{}
	for i, u := range tree.All() {
		place[u.ID] = i
	}
	sorting.Stable(w.Sheets, func(a, b Sheet) int { return place[a.Unit] - place[b.Unit] })
	return w, nil
}

// Faced is what two units say, with the edge as it stands.
type Faced struct {
	Facing
	From, To org.Unit
	Standing Standing
	Expected []string // what the customer has really written down of it
}

// Settled says that a conflict has been decided: both agree now, or the office has ruled.
func (f Faced) Settled() bool {
	return f.Agreement.Conflict() && (f.Standing == Confirmed || f.Standing == Ended)
}

// Merge puts the sheets of a workshop that were handed in face to face: what has to be settled first. hidden counts the pairs of
// units whose numbers the reader does not see.
func (s *Service) Merge(ctx context.Context, id ID) (out []Faced, hidden int, err error) {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return nil, 0, err
	}
	see := visible(actor.From(ctx), tree, s.org.Company(ctx).Switches.NumbersToAll)
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		sheets, err := sheetsOf(ctx, rd, []ID{id})
		if err != nil || len(sheets) == 0 {
			return err
		}
		ids := make([]ID, len(sheets))
		for i, x := range sheets {
			ids[i] = x.ID
		}
		lines, err := linesOf(ctx, rd, ids)
		if err != nil {
			return err
		}
		for i := range sheets {
			sheets[i].Lines = lines[sheets[i].ID]
		}
		edges, err := allEdges(ctx, rd)
		if err != nil {
			return err
		}
		standing := map[[2]org.ID]edgeRow{}
		for _, e := range edges {
			standing[[2]org.ID{e.Provider, e.Customer}] = e
		}
		var shown []ID
		for _, f := range faced(sheets) {
			if !see(f.Provider, f.Customer) {
				hidden++
				continue
			}
			e := standing[[2]org.ID{f.Provider, f.Customer}]
			one := Faced{Facing: f, Standing: e.Standing}
			one.From, _ = tree.ByID(f.Provider)
			one.To, _ = tree.ByID(f.Customer)
			out, shown = append(out, one), append(shown, e.ID)
		}
		return s.addExpected(ctx, rd, out, shown)
	})
	return out, hidden, err
}

// addExpected adds what customers have written down.
func (s *Service) addExpected(ctx context.Context, rd sqldb.Reader, list []Faced, edges []ID) error {
	if len(list) == 0 {
		return nil
	}
	texts := map[[2]org.ID][]string{}
	for some := range slices.Chunk(edges, edgesAtOnce) {
		all, err := expectations(ctx, rd, some)
		if err != nil {
			return err
		}
		for _, x := range all {
			if x.kept != ExpectWithdrawn {
				key := [2]org.ID{x.provider, x.customer}
				texts[key] = append(texts[key], x.Text)
			}
		}
	}
	for i := range list {
		list[i].Expected = texts[[2]org.ID{list[i].Provider, list[i].Customer}]
	}
	return nil
}

func workshopHref(id ID) string { return "/workshops/" + strconv.FormatInt(id, 10) }

// WorkshopWasOpened says that the quality office asks units for their sheets.
type WorkshopWasOpened struct {
	Workshop ID     `json:"workshop"`
	Units    int    `json:"units"`
	By       org.ID `json:"by"`
}

// EventKind names the event.
func (WorkshopWasOpened) EventKind() string { return "relation.workshop-opened" }

// EventSubject is the workshop.
func (e WorkshopWasOpened) EventSubject() (string, int64) { return "workshop", e.Workshop }

// WorkshopWasClosed says that no sheet changes any more.
type WorkshopWasClosed struct {
	Workshop ID     `json:"workshop"`
	By       org.ID `json:"by"`
}

// EventKind names the event.
func (WorkshopWasClosed) EventKind() string { return "relation.workshop-closed" }

// EventSubject is the workshop.
func (e WorkshopWasClosed) EventSubject() (string, int64) { return "workshop", e.Workshop }
