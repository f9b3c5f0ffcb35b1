package relation

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"time"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// SheetView is a sheet with what a reader may do about it.
type SheetView struct {
	Sheet
	Workshop          Workshop
	Unit              org.Unit
	From              org.Unit
	MayWrite, MayHand bool
	People            map[org.ID]org.Person
}

// HandOver is a thing that goes over an edge, in the words of one side.
type HandOver struct {
	Edge               ID
	Provider, Customer org.ID
	Side               Side
	N                  int
	Deliverable        string
	Frequency          string // of Frequencies
	Criterion          string
	Person             org.ID
	At                 time.Time
	From               org.ID // the unit it came from with a change of the organisation; 0: none
}

// Suggested is a unit that may be a customer, or a provider, of another.
type Suggested struct {
	Unit     org.Unit
	Requests int64 // opened in the last whole months and this one
	Standing Standing
	Known    bool // somebody has said so, or the catalogue
}

func sheetHref(workshop ID, unit string) string {
	return workshopHref(workshop) + "/sheets/" + url.PathEscape(unit)
}

// toSheet is what the actor is to the unit of a sheet.
func (s *Service) toSheet(ctx context.Context, unit org.ID) (see, write, hand bool, err error) {
	set, err := s.access.Towards(ctx, actor.From(ctx), unit)
	return access.May("sheet.see", set, false), access.May("sheet.write", set, false), access.May("sheet.hand-in", set, false), err
}

// SheetOf reads the sheet of a unit. Errors: ErrNotFound, also for who is not of the unit nor of the quality office.
func (s *Service) SheetOf(ctx context.Context, workshop ID, unit string) (SheetView, error) {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return SheetView{}, err
	}
	u, known := tree.ByCode(unit)
	if !known {
		return SheetView{}, fault.ErrNotFound
	}
	see, write, hand, err := s.toSheet(ctx, u.ID)
	if err != nil || !see {
		return SheetView{}, notYours(err)
	}
	v := SheetView{Unit: u}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if v.Workshop, err = workshopOf(ctx, rd, workshop); err != nil {
			return err
		}
		if v.Sheet, err = sheetOf(ctx, rd, workshop, u.ID); err != nil {
			return err
		}
		v.People, err = s.org.Names(ctx, rd, []org.ID{v.ChangedBy, v.HandedBy})
		return err
	})
	v.From, _ = tree.ByID(v.Sheet.From)
	open := !v.Workshop.Closed()
	v.MayWrite, v.MayHand = open && write && v.State != SheetHandedIn, open && hand
	return v, err
}

// SaveSheet makes the lines of one side of a sheet exactly these; version is the one that was read.
// Errors: ErrNotFound; Invalid, naming the lines by their place from 0; Conflict when it was saved meanwhile, handed in or closed.
func (s *Service) SaveSheet(ctx context.Context, workshop ID, unit string, version int, side Side, lines []SheetLine) (SheetView, error) {
	v, err := s.SheetOf(ctx, workshop, unit)
	if err != nil {
		return v, err
	}
	if _, write, _, err := s.toSheet(ctx, v.Unit.ID); err != nil || !write {
		return v, notYours(err)
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return v, err
	}
	var bad fault.Fields
	if side != Customer && side != Provider {
		bad.Add("side", "relation.sheet.side-unknown")
	}
	if len(lines) > linesMost {
		bad.Add("lines", "relation.sheet.lines-many", "most", linesMost)
	}
	for i := range lines {
		lines[i].Side = side
		lines[i].check(strconv.Itoa(i), v.Unit.ID, &bad)
		if u, known := tree.ByID(lines[i].Other); !known || !u.Valid(s.db.Now()) {
			bad.Add("other."+strconv.Itoa(i), "relation.unknown-unit")
		}
	}
	if err := bad.Err(); err != nil {
		return v, err
	}
	err = s.onSheet(ctx, v, version, func(_ context.Context, tx *sqldb.Tx, _ Workshop, x *Sheet) error {
		if x.State == SheetHandedIn {
			return fault.New(fault.Conflict, "relation.sheet.is-handed-in")
		}
		other := Provider
		if side == Provider {
			other = Customer
		}
		x.Lines = append(x.Of(other), tidied(lines)...)
		sorting.Stable(x.Lines, func(a, b SheetLine) int { return cmp.Compare(a.Side, b.Side) })
		x.State = SheetDraft
		return setLines(ctx, tx, x.ID, x.Lines)
	})
	if err != nil {
		return v, err
	}
	return s.SheetOf(ctx, workshop, unit)
}

// onSheet runs a deed on a sheet of an open workshop, locked, in the version that was read.
func (s *Service) onSheet(ctx context.Context, v SheetView, version int, do func(ctx context.Context, tx *sqldb.Tx, w Workshop, x *Sheet) error) error {
	by := actor.From(ctx).Person
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		w, err := s.lockedWorkshop(ctx, tx, v.Workshop.ID)
		if err != nil {
			return err
		}
		if err := tx.Lock(ctx, "sheet", v.Sheet.ID); err != nil {
			return err
		}
		x, err := sheetOf(ctx, tx, v.Workshop.ID, v.Unit.ID)
		if err != nil {
			return err
		}
		if version != x.Version {
			return fault.New(fault.Conflict, "relation.sheet.saved-meanwhile")
		}
		x.Version++
		x.ChangedBy, x.ChangedAt = by, tx.Now
		if err := do(ctx, tx, w, &x); err != nil {
			return err
		}
		return updateSheet(ctx, tx, x)
	})
}

// HandIn hands a sheet in: the relations that it names are confirmed or proposed for this side, what goes over them is kept with
// them, and what the unit expects of its providers becomes expectations.
// Errors: ErrNotFound; Invalid with everything that the sheet lacks; Conflict as SaveSheet.
func (s *Service) HandIn(ctx context.Context, workshop ID, unit string, version int) (SheetView, error) {
	v, err := s.SheetOf(ctx, workshop, unit)
	if err != nil {
		return v, err
	}
	if _, _, hand, err := s.toSheet(ctx, v.Unit.ID); err != nil || !hand {
		return v, notYours(err)
	}
	if err := ready(v.Lines); err != nil {
		return v, err
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return v, err
	}
	err = s.onSheet(ctx, v, version, func(ctx context.Context, tx *sqldb.Tx, _ Workshop, x *Sheet) error {
		if x.State == SheetHandedIn {
			return fault.New(fault.Conflict, "relation.sheet.is-handed-in")
		}
		x.State, x.HandedBy, x.HandedAt = SheetHandedIn, x.ChangedBy, tx.Now
		for _, side := range []Side{Customer, Provider} {
			if err := s.handSide(ctx, tx, tree, v.Unit, side, x.Of(side)); err != nil {
				return err
			}
		}
		if err := s.todo.Fulfil(ctx, tx, access.Subject{Kind: SheetKind, ID: x.ID}, verbSheet); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, SheetWasHandedIn{x.ID, x.Workshop, x.Unit, x.HandedBy})
	})
	if err != nil {
		return v, err
	}
	return s.SheetOf(ctx, workshop, unit)
}

// handSide says of each unit on one side of a sheet that the relation is there, and keeps what goes over it.
func (s *Service) handSide(ctx context.Context, tx *sqldb.Tx, tree *org.Tree, unit org.Unit, side Side, lines []SheetLine) error {
	a := actor.From(ctx)
	byUnit, units := map[org.ID][]SheetLine{}, []org.ID{}
	for _, l := range lines {
		if byUnit[l.Other] == nil {
			units = append(units, l.Other)
		}
		byUnit[l.Other] = append(byUnit[l.Other], l)
	}
	slices.Sort(units) // everybody who hands in takes the edges in one order
	for _, id := range units {
		other, known := tree.ByID(id)
		if !known || !other.Valid(tx.Now) {
			continue
		}
		from, to, mine := unit, other, Provider
		if side == Provider {
			from, to, mine = other, unit, Customer
		}
		err := s.say(ctx, tx, a, from.ID, to.ID, []Side{mine}, Saying{Says: Yes})
		if err != nil && fault.KindOf(err) != fault.Conflict { // said before: it stands
			return err
		}
		e, err := edgeOf(ctx, tx, from.ID, to.ID)
		if err != nil {
			return err
		}
		var list []HandOver
		for _, l := range byUnit[id] {
			list = append(list, HandOver{Deliverable: l.Deliverable, Frequency: l.Frequency, Criterion: l.Criterion, Person: a.Person, At: tx.Now})
		}
		if err := setHandOvers(ctx, tx, e.ID, mine, list); err != nil {
			return err
		}
		if mine == Customer {
			if err := s.expectAll(ctx, tx, from, to, e.ID, byUnit[id]); err != nil {
				return err
			}
		}
	}
	return nil
}

// expectAll writes down what the lines expect of a provider and nobody has written down yet.
func (s *Service) expectAll(ctx context.Context, tx *sqldb.Tx, from, to org.Unit, edge ID, lines []SheetLine) error {
	have, err := expectations(ctx, tx, []ID{edge})
	if err != nil {
		return err
	}
	for _, l := range lines {
		if l.Expects == "" || slices.ContainsFunc(have, func(x Expectation) bool { return x.kept != ExpectWithdrawn && x.Text == l.Expects }) {
			continue
		}
		have = append(have, Expectation{Text: l.Expects})
		if _, err := s.expect(ctx, tx, from, to, []Side{Customer}, ExpectationInput{Text: l.Expects, Importance: l.Importance}, 0); err != nil {
			return err
		}
	}
	return nil
}

// TakeBack makes a sheet that was handed in a draft again; what it has said of relations stands until it is handed in anew.
// Errors: ErrNotFound; Conflict.
func (s *Service) TakeBack(ctx context.Context, workshop ID, unit string, version int) (SheetView, error) {
	v, err := s.SheetOf(ctx, workshop, unit)
	if err != nil {
		return v, err
	}
	if _, _, hand, err := s.toSheet(ctx, v.Unit.ID); err != nil || !hand {
		return v, notYours(err)
	}
	err = s.onSheet(ctx, v, version, func(ctx context.Context, tx *sqldb.Tx, w Workshop, x *Sheet) error {
		if x.State != SheetHandedIn {
			return fault.New(fault.Conflict, "relation.sheet.not-handed-in")
		}
		x.State, x.HandedBy, x.HandedAt = SheetDraft, 0, time.Time{}
		if err := s.oweSheet(ctx, tx, w, *x, v.Unit); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, SheetWasTakenBack{x.ID, x.Workshop, x.Unit, x.ChangedBy})
	})
	if err != nil {
		return v, err
	}
	return s.SheetOf(ctx, workshop, unit)
}

// Suggestions lists the departments that work suggests as customers (or providers) of a unit, the most requests first, and those of
// which somebody has said so.
func (s *Service) Suggestions(ctx context.Context, unit org.Unit, side Side) ([]Suggested, error) {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	edges, err := s.spokenOf(ctx, tree, true)
	if err != nil {
		return nil, err
	}
	at := map[org.ID]int{}
	var out []Suggested
	for _, e := range edges {
		own, other := e.Provider, e.Customer
		if side == Provider {
			own, other = other, own
		}
		if !tree.Under(own, unit.ID) || tree.Under(other, unit.ID) || !onMap(e.Observed, e.Declared, e.Standing) {
			continue
		}
		exact := own == unit.ID && other == tree.At(org.Department, other)
		u, known := tree.ByID(tree.At(org.Department, other))
		if !known || tree.Under(unit.ID, u.ID) {
			continue
		}
		i, known := at[u.ID]
		if !known {
			i = len(out)
			at[u.ID] = i
			out = append(out, Suggested{Unit: u})
		}
		out[i].Requests += e.opened
		if exact {
			out[i].Standing, out[i].Known = e.Standing, e.Standing != Unspoken || e.Declared
		}
	}
	sorting.Stable(out, func(a, b Suggested) int { return cmp.Compare(b.Requests, a.Requests) })
	return out, nil
}

// HandOversOf lists what goes from one unit to another, in the words of both; what units below them hand over, too. Everybody who
// sees the numbers of the relation may: others get none.
func (s *Service) HandOversOf(ctx context.Context, provider, customer org.ID) ([]HandOver, error) {
	tree, err := s.org.Tree(ctx)
	if err != nil || !visible(actor.From(ctx), tree, s.org.Company(ctx).Switches.NumbersToAll)(provider, customer) {
		return nil, err
	}
	edges, err := s.edgesUnder(ctx, tree, provider, customer)
	if err != nil {
		return nil, err
	}
	var out []HandOver
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		for some := range slices.Chunk(edges, edgesAtOnce) {
			part, err := handOvers(ctx, rd, some)
			if err != nil {
				return err
			}
			out = append(out, part...)
		}
		return nil
	})
	return out, err
}

// SheetWasHandedIn says that a unit has handed in its sheet.
type SheetWasHandedIn struct {
	Sheet    ID     `json:"sheet"`
	Workshop ID     `json:"workshop"`
	Unit     org.ID `json:"unit"`
	By       org.ID `json:"by"`
}

// EventKind names the event.
func (SheetWasHandedIn) EventKind() string { return "relation.sheet-handed-in" }

// EventSubject is the sheet.
func (e SheetWasHandedIn) EventSubject() (string, int64) { return "sheet", e.Sheet }

// SheetWasTakenBack says that a unit works on its sheet again.
type SheetWasTakenBack struct {
	Sheet    ID     `json:"sheet"`
	Workshop ID     `json:"workshop"`
	Unit     org.ID `json:"unit"`
	By       org.ID `json:"by"`
}

// EventKind names the event.
func (SheetWasTakenBack) EventKind() string { return "relation.sheet-taken-back" }

// EventSubject is the sheet.
func (e SheetWasTakenBack) EventSubject() (string, int64) { return "sheet", e.Sheet }
