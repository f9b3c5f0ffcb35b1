package measure

import (
	"context"
	"strconv"
	"strings"
	"time"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// The actions of the room.
const (
	doList    = "measure.list"
	doNumbers = "measure.numbers"
	doDefine  = "measure.define"
	doEnter   = "measure.enter"
)

// Kind of subjects in events and the audit trail.
const Subject = "measure"

// Own is a measure that the company defined itself.
type Own struct {
	ID                   ID
	Code                 string
	Name, About, Formula lang.Text
	Kind                 Kind
	Unit                 Unit
	Direction            Direction
	ByUnit               bool // a value for each unit; otherwise one for the company
	Seen                 Seen
	Target               *float64 // in percent of a share, otherwise in its unit; nil: none
	RetiredAt            time.Time
	Revision             int
	By                   org.ID
	At                   time.Time
}

// Retired says that no values are taken any more.
func (o Own) Retired() bool { return !o.RetiredAt.IsZero() }

// ETag changes with every edit.
func (o Own) ETag() string { return web.ETag(Subject, o.ID, o.Revision) }

// Value is what was said of one month of a measure of the company's own, in one revision.
type Value struct {
	Measure  ID
	Unit     org.ID // 0: the company
	Month    int64
	Revision int
	Gone     bool
	Hits, N  int64
	Amount   float64
	Note     string
	By       org.ID
	At       time.Time
}

// measureOf puts a measure of the company's own into the registry.
func (s *Service) measureOf(o Own) Measure {
	m := Measure{Code: o.Code, Name: o.Name, About: o.About, Formula: o.Formula, Unit: o.Unit, Direction: o.Direction, Kind: o.Kind, Seen: o.Seen, Own: &o, Grains: []Grain{OfCompany}}
	switch {
	case o.ByUnit && o.Kind == Share: // shares add up
		m.Grains = []Grain{OfUnit, OfCompany}
	case o.ByUnit:
		m.Grains = []Grain{OfUnit}
	}
	m.series = func(ctx context.Context, at At, span Span) (Series, error) { return s.ownSeries(ctx, o, at, span) }
	return m
}

// ownSeries are the values of a unit or the company. A unit without a value of its own has that of the units below it, where values are
// shares.
func (s *Service) ownSeries(ctx context.Context, o Own, at At, span Span) (Series, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return Series{}, err
	}
	unit := at.Provider.ID
	if unit == 0 {
		unit = top(tree).ID
	}
	out := Series{Target: none}
	if out.Shown, err = s.sees(ctx, o.Seen, unit); err != nil || !out.Shown {
		return out, err
	}
	if o.Target != nil {
		if out.Target = *o.Target; o.Kind == Share {
			out.Target /= 100
		}
	}
	var values []Value
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		values, err = valuesIn(ctx, rd, o.ID, span)
		return err
	})
	byMonth := map[int64][]Value{}
	for _, v := range values {
		if !v.Gone {
			byMonth[v.Month] = append(byMonth[v.Month], v)
		}
	}
	for _, list := range byMonth {
		if mine := within(tree, list, at.Provider.ID, unit, o.Kind == Share && o.ByUnit); len(mine) > 0 {
			out.Points = append(out.Points, added(mine).point(o.Kind))
		}
	}
	return out, err
}

// within are the values of one month that make up that of a unit: its own, or those of the topmost units below it that have any.
func within(tree *org.Tree, list []Value, exact, unit org.ID, adds bool) (mine []Value) {
	has := map[org.ID]bool{}
	for _, v := range list {
		if has[v.Unit] = true; v.Unit == exact {
			return []Value{v}
		}
	}
	if !adds {
		return nil
	}
	for _, v := range list {
		if v.Unit == 0 || !tree.Under(v.Unit, unit) {
			continue
		}
		covered := false
		for _, above := range tree.Path(v.Unit) {
			covered = covered || above != v.Unit && has[above] && tree.Under(above, unit)
		}
		if !covered {
			mine = append(mine, v)
		}
	}
	return mine
}

// top is the unit above all others.
func top(tree *org.Tree) org.Unit {
	for _, u := range tree.All() {
		if u.Parent == 0 {
			return u
		}
	}
	return org.Unit{}
}

// sees says whether the reader may see the numbers of a unit.
func (s *Service) sees(ctx context.Context, seen Seen, unit org.ID) (bool, error) {
	if seen == Everybody || s.Org.Company(ctx).Switches.NumbersToAll {
		return actor.From(ctx).Known() || actor.From(ctx).System, nil
	}
	err := s.may(ctx, doNumbers, unit)
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	return err == nil, err
}

// may says whether the actor may do something about a unit.
func (s *Service) may(ctx context.Context, action string, unit org.ID) error {
	set, err := s.Access.Towards(ctx, actor.From(ctx), unit)
	if err != nil {
		return err
	}
	return access.Allowed(ctx, action, set)
}

// mayDefine says whether the actor keeps the measures of the company.
func (s *Service) mayDefine(ctx context.Context) error {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	return s.may(ctx, doDefine, top(tree).ID)
}

func (o Own) tidied() Own {
	for _, text := range []*string{&o.Code, &o.Name.Zh, &o.Name.En, &o.About.Zh, &o.About.En, &o.Formula.Zh, &o.Formula.En} {
		*text = strings.TrimSpace(strings.ReplaceAll(*text, "\r\n", "\n"))
	}
	if o.Seen == "" {
		o.Seen = Concerned
	}
	return o
}

// Define makes a measure of the company's own, or changes the one with the code. The same again changes nothing. What values
// mean (kind, unit of measurement, whether by unit) can no longer change once there are some.
func (s *Service) Define(ctx context.Context, in Own, on web.IfMatch) (Own, error) {
	if err := s.mayDefine(ctx); err != nil {
		return Own{}, err
	}
	in = in.tidied()
	bad := in.check(s.Org.Company(ctx).Locale)
	for _, m := range s.house {
		if m.Code == in.Code {
			bad.Add("code", "measure.code-taken")
		}
	}
	if err := bad.Err(); err != nil {
		return Own{}, err
	}
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		was, err := lockOwn(ctx, tx, in.Code)
		fresh := fault.KindOf(err) == fault.NotFound
		if err != nil && !fresh {
			return err
		}
		if err := on.Check(was.ETag()); err != nil {
			return err
		}
		return s.define(ctx, tx, &in, was, fresh)
	})
	return in, err
}

func (s *Service) define(ctx context.Context, tx *sqldb.Tx, in *Own, was Own, fresh bool) error {
	if fresh {
		n, err := countOwn(ctx, tx)
		if err == nil && n >= mostMeasures {
			err = fault.New(fault.Conflict, "measure.too-many", "most", mostMeasures)
		}
		if err != nil {
			return err
		}
		in.ID = tx.NewID()
	} else {
		in.ID, in.Revision = was.ID, was.Revision
		used, err := hasValues(ctx, tx, was.ID)
		if err != nil {
			return err
		}
		var bad fault.Fields
		if in.fixed(was, &bad); used && bad.Err() != nil {
			return bad.Err()
		}
		if in.same(was) {
			*in = was
			return nil
		}
	}
	if in.Retired() {
		in.RetiredAt = tx.Now
		if was.Retired() {
			in.RetiredAt = was.RetiredAt
		}
	}
	in.Revision, in.By, in.At = in.Revision+1, actor.From(ctx).Person, tx.Now
	if err := putOwn(ctx, tx, *in, fresh); err != nil {
		return err
	}
	return s.events.Emit(ctx, tx, WasDefined{in.ID, in.Code, in.Revision, in.Retired()})
}

// same says whether two definitions say the same.
func (o Own) same(was Own) bool {
	if (o.Target == nil) != (was.Target == nil) || o.Target != nil && *o.Target != *was.Target || o.Retired() != was.Retired() {
		return false
	}
	return o.Name == was.Name && o.About == was.About && o.Formula == was.Formula && o.Kind == was.Kind && o.Unit == was.Unit &&
		o.Direction == was.Direction && o.ByUnit == was.ByUnit && o.Seen == was.Seen
}

// The plans for an entry.
const (
	Fresh   = "new"
	Changed = "changed"
	Same    = "same"
)

// Planned is an entry with what it would do.
type Planned struct {
	Entry Entry
	Unit  org.Unit // zero: the company
	Was   Value
	Now   Value
	Plan  string // Fresh, Changed, Same
	Bad   fault.Fields
}

// Recorded is what became, or would become, of entries.
type Recorded struct {
	Rows                 []Planned
	Fresh, Changed, Same int
	Wrong                int // rows with something wrong: then nothing was written
}

// Record takes values of a measure of the company's own. With something wrong in any of them none is taken: the fault names each field as
// items[i].name. dry only judges, and gives what is wrong with each row. A value that says the same again changes nothing; any
// other is a new revision, and what was said before is kept.
func (s *Service) Record(ctx context.Context, code string, entries []Entry, dry bool) (Recorded, error) {
	var out Recorded
	o, err := s.enterable(ctx, code)
	if err != nil {
		return out, err
	}
	if n := len(entries); n == 0 || n > mostEntries {
		return out, invalid("items", "measure.entries-range", "most", mostEntries)
	}
	if o.Retired() {
		return out, fault.New(fault.Conflict, "measure.retired-no-values")
	}
	if dry {
		err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
			out, err = s.plan(ctx, rd, o, entries)
			return err
		})
		return out, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		out, err = s.record(ctx, tx, o, entries)
		return err
	})
	return out, err
}

// enterable is a measure of the company's own into which the actor may enter something.
func (s *Service) enterable(ctx context.Context, code string) (Own, error) {
	m, err := s.ByCode(ctx, code)
	if err != nil {
		return Own{}, err
	}
	if m.Own == nil {
		return Own{}, fault.ErrNotFound
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return Own{}, err
	}
	return *m.Own, s.may(ctx, doEnter, top(tree).ID)
}

// itemAt names an entry of a call, as a field has to.
func itemAt(i int) string { return "items[" + strconv.Itoa(i) + "]" }

func (s *Service) record(ctx context.Context, tx *sqldb.Tx, o Own, entries []Entry) (Recorded, error) {
	if err := tx.Lock(ctx, "measure_own", o.ID); err != nil {
		return Recorded{}, err
	}
	out, err := s.plan(ctx, tx, o, entries)
	if err != nil {
		return out, err
	}
	var bad fault.Fields
	for i, r := range out.Rows {
		bad.Join(itemAt(i), r.Bad)
	}
	if err := bad.Err(); err != nil {
		return out, err
	}
	var rows []Value
	e := ValuesWereRecorded{Measure: o.ID, Code: o.Code, Fresh: out.Fresh, Changed: out.Changed}
	for i := range out.Rows {
		r := &out.Rows[i]
		if r.Plan == Same {
			continue
		}
		r.Now.Measure, r.Now.Unit, r.Now.Revision, r.Now.By, r.Now.At = o.ID, r.Unit.ID, r.Was.Revision+1, actor.From(ctx).Person, tx.Now
		rows = append(rows, r.Now)
		if e.From == 0 || r.Now.Month < e.From {
			e.From = r.Now.Month
		}
		e.To = max(e.To, r.Now.Month)
	}
	if len(rows) == 0 {
		return out, nil
	}
	if err := insertValues(ctx, tx, rows); err != nil {
		return out, err
	}
	return out, s.events.Emit(ctx, tx, e)
}

// plan judges entries against what is there.
func (s *Service) plan(ctx context.Context, rd sqldb.Reader, o Own, entries []Entry) (Recorded, error) {
	var out Recorded
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return out, err
	}
	there, err := valuesOf(ctx, rd, o.ID, entries)
	if err != nil {
		return out, err
	}
	this, seen := s.month(ctx), map[[2]int64]bool{}
	for _, e := range entries {
		p := Planned{Entry: e, Plan: Fresh, Now: e.valueOf(), Bad: e.check(o, this)}
		if e.Unit != "" && o.ByUnit {
			var ok bool
			if p.Unit, ok = tree.ByCode(e.Unit); !ok {
				p.Bad.Add("unit", "measure.unit-unknown", "value", e.Unit)
			}
		}
		key := [2]int64{p.Unit.ID, e.Month}
		if p.Bad.Len() == 0 && seen[key] {
			p.Bad.Add("month", "measure.twice", "month", MonthText(e.Month))
		}
		seen[key] = true
		if was, known := there[key]; known {
			if p.Was, p.Plan = was, Changed; p.Now.says(was) {
				p.Plan = Same
			}
		} else if e.Gone && p.Bad.Len() == 0 {
			p.Plan = Same // nothing is there to go
		}
		switch {
		case p.Bad.Len() > 0:
			out.Wrong++
		case p.Plan == Fresh:
			out.Fresh++
		case p.Plan == Changed:
			out.Changed++
		default:
			out.Same++
		}
		out.Rows = append(out.Rows, p)
	}
	return out, nil
}

// month is the month that runs, in the company's time.
func (s *Service) month(ctx context.Context) int64 {
	y, m, _ := s.db.Now().In(s.Org.Company(ctx).Location()).Date()
	return int64(y)*100 + int64(m)
}

// Values are the values of a measure of the company's own in a span with all that was said before, newest month first, for whoever
// may see those of the unit (0: the company, and of one kept by unit all units that the reader sees).
func (s *Service) Values(ctx context.Context, m Measure, unit org.ID, span Span) ([]Value, error) {
	if m.Own == nil {
		return nil, fault.ErrNotFound
	}
	if n := span.Months(); n == 0 || n > mostMonths {
		return nil, invalid("to", "measure.span-range", "most", mostMonths)
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	var list []Value
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		list, err = revisionsIn(ctx, rd, m.Own.ID, span)
		return err
	})
	if err != nil {
		return nil, err
	}
	may := map[org.ID]bool{}
	var out []Value
	for _, v := range list {
		if unit != 0 && v.Unit != unit {
			continue
		}
		of := v.Unit
		if of == 0 {
			of = top(tree).ID
		}
		ok, known := may[of]
		if !known {
			if ok, err = s.sees(ctx, m.Seen, of); err != nil {
				return nil, err
			}
			may[of] = ok
		}
		if ok {
			out = append(out, v)
		}
	}
	return out, nil
}
