package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"neike/internal/app/importer"
	"neike/internal/kit/chat"
	"neike/internal/kit/fault"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// planner lays what a run has read over the organisation.
type planner struct {
	s       *Service
	c       Connection
	run     Run
	token   string // of this planner, in the run's cursor
	tree    *org.Tree
	zone    *time.Location
	units   importer.Kind
	people  importer.Kind
	places  map[string]placed    // by department
	decided map[string]Placement // by department
	seen    map[ID]bool          // units that a department of this run is
	unseen  map[ID]bool          // units whose department is out of sight: who belongs there belongs there still
	ruled   map[ID]bool          // units in which the directory says who belongs: those seen, of a whole directory also those that are gone
	keepers map[ID]bool          // administrators and security officers: no sync stops them
	renamed map[ID]bool          // identities whose account has another name now
	n       int                  // of the next item
	total   int                  // items to apply
	counts  Counts
	leaving int
	asks    int
}

var errDropped = errors.New("directory: the run is no longer being planned")

// plan compares and writes the items of a run. What a crash has left of an earlier try is written anew.
func (s *Service) plan(ctx context.Context, r Run) error {
	c, err := s.Connection(ctx, r.Connection)
	if err != nil {
		return err
	}
	p := &planner{s: s, c: c, run: r, token: newHook(), zone: s.org.Company(ctx).Location(), places: map[string]placed{}, seen: map[ID]bool{}, unseen: map[ID]bool{}, ruled: map[ID]bool{}, keepers: map[ID]bool{}, renamed: map[ID]bool{}}
	for _, k := range s.org.Imports() {
		switch k.Name {
		case "units":
			p.units = k
		case "people":
			p.people = k
		}
	}
	for _, step := range []func(context.Context) error{p.claim, p.sweep, p.look, p.planUnits, p.planPeople, p.planMissing, p.planClosing, p.finish} {
		if err := step(ctx); err != nil {
			if errors.Is(err, errDropped) {
				return err
			}
			return fmt.Errorf("plan run %d: %w", r.ID, err)
		}
	}
	return nil
}

// write runs fn in a transaction that holds the run, as long as it is being planned.
func (p *planner) write(ctx context.Context, fn func(ctx context.Context, tx *sqldb.Tx, r Run) error) error {
	return p.s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		r, err := lockRun(ctx, tx, p.run.ID)
		if err != nil {
			return err
		}
		if r.State != Planning || r.page != p.token {
			return errDropped
		}
		return fn(ctx, tx, r)
	})
}

// claim takes the run for this planner: whoever planned it before stops at the next step.
func (p *planner) claim(ctx context.Context) error {
	return p.s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		r, err := lockRun(ctx, tx, p.run.ID)
		if err != nil {
			return err
		}
		if r.State != Planning {
			return errDropped
		}
		r.page = p.token
		return updateRun(ctx, tx, r)
	})
}

func (p *planner) sweep(ctx context.Context) error {
	for {
		var n int64
		err := p.write(ctx, func(ctx context.Context, tx *sqldb.Tx, _ Run) (err error) {
			n, err = deleteItems(ctx, tx, p.run.ID, 500)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

// look reads what every item is compared with.
func (p *planner) look(ctx context.Context) error {
	return p.s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err := departmentsOf(ctx, rd, p.run.ID)
		if err != nil {
			return err
		}
		if p.tree, err = org.TreeIn(ctx, rd); err != nil { // no remembered one: another process may just have made the units
			return err
		}
		if p.decided, err = placementsOf(ctx, rd, p.c.ID); err != nil {
			return err
		}
		now := rd.Instant()
		for _, one := range place(p.c, p.tree, func(u org.Unit) bool { return u.Valid(now) }, list, p.decided) {
			p.places[one.ID] = one
		}
		for _, role := range []string{"admin", "security"} {
			ids, err := p.s.org.Holders(ctx, rd, role)
			if err != nil {
				return err
			}
			for _, id := range ids {
				p.keepers[id] = true
			}
		}
		p.run.Linked, err = countIdentities(ctx, rd, p.c.ID)
		return err
	})
}

// ordered lists the departments from the top down.
func (p *planner) ordered() []placed {
	out := make([]placed, 0, len(p.places))
	for _, one := range p.places {
		out = append(out, one)
	}
	sorting.By(out, func(a, b placed) int {
		if a.depth != b.depth {
			return a.depth - b.depth
		}
		if a.Order != b.Order {
			return a.Order - b.Order
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out
}

// planUnits makes the items of units.
func (p *planner) planUnits(ctx context.Context) error {
	list := p.ordered()
	for _, d := range p.decided {
		if _, inSight := p.places[d.Department]; d.Unit != 0 && p.run.Whole {
			p.ruled[d.Unit] = true
		} else if d.Unit != 0 && !inSight {
			p.unseen[d.Unit] = true
		}
	}
	heads, err := p.heads(ctx, list)
	if err != nil {
		return err
	}
	rows := make([]importer.Row, 0, len(list))
	byLine := map[int]placed{}
	for i, d := range list {
		if u, ok := p.tree.ByCode(d.code); ok && d.own {
			p.seen[u.ID], p.ruled[u.ID] = true, true
		}
		if d.own {
			rows = append(rows, importer.Row{Line: i + 1, Cells: p.unitCells(d, heads[d.ID])})
			byLine[i+1] = d
		}
	}
	check, err := p.units.Check(ctx)
	if err != nil {
		return err
	}
	verdicts, end, err := p.judge(ctx, check, rows)
	if err != nil {
		return err
	}
	bad := map[int]importer.Problem{}
	for _, x := range end.Problems {
		bad[x.Line] = x
	}
	var items []Item
	for i, v := range verdicts {
		if len(v.Problems) > 0 {
			bad[v.Line] = v.Problems[0]
		}
		items = append(items, p.unitItem(byLine[v.Line], rows[i].Cells, v, bad[v.Line]))
	}
	sorting.Stable(items, func(a, b Item) int { return end.Rank[a.N] - end.Rank[b.N] }) // a parent before what is below it
	for _, d := range list {
		if d.is == placeAsk {
			p.asks++
			items = append(items, Item{Sort: "unit", Plan: "ask", Label: d.Name, itemBody: itemBody{Department: d.ID, Suggest: d.suggest, Place: p.pathOf(d.Parent), Why: why("directory.why-ask")}})
		}
	}
	return p.put(ctx, slices.DeleteFunc(items, func(i Item) bool { return i.Plan == "" }))
}

func (p *planner) judge(ctx context.Context, check importer.Checker, rows []importer.Row) (verdicts []importer.Verdict, end importer.Conclusion, err error) {
	err = p.s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		for chunk := range slices.Chunk(rows, importer.ChunkRows) {
			part, err := check.Rows(ctx, rd, chunk)
			if err != nil {
				return err
			}
			verdicts = append(verdicts, part...)
		}
		end, err = check.End(ctx, rd)
		return err
	})
	return verdicts, end, err
}

// unitCells are what the directory decides about a unit; an empty value decides nothing.
func (p *planner) unitCells(d placed, head string) map[string]string {
	cells := map[string]string{"code": d.code}
	fresh := d.is == placeCreate
	set := func(column, value, owned string) {
		if value != "" && (fresh || p.c.Rules.owns(owned)) {
			cells[column] = value
		}
	}
	set("name_zh", d.Name, "unit_name")
	set("name_en", d.NameEn, "unit_name")
	set("parent", d.parent, "unit_parent")
	set("head", head, "unit_head")
	if fresh && d.parent == "" && len(p.tree.All()) == 0 {
		cells["level"] = org.Entity
	}
	return cells
}

// unitItem is the item of a unit; one without a plan is not worth a line.
func (p *planner) unitItem(d placed, cells map[string]string, v importer.Verdict, problem importer.Problem) Item {
	i := Item{N: v.Line, Sort: "unit", Label: labelOf(d), State: Planned, itemBody: itemBody{Code: d.code, Department: d.ID, Cells: cells, Place: p.pathOf(d.Parent)}}
	known, _ := p.tree.ByCode(d.code)
	for _, c := range v.Changes {
		i.Changes = append(i.Changes, Change(c))
	}
	switch {
	case problem.Key != "":
		i.Plan, i.State, i.Why = "conflict", "", &Why{problem.Key, problem.Args}
		p.counts.Conflicts++
	case d.is == placeCreate:
		i.Plan, i.Why = "create", why("directory.why-new-unit")
		p.counts.UnitsNew++
	case len(i.Changes) > 0:
		i.Plan, i.Why = "update", unitChange(i.Changes)
		p.counts.UnitsChanged++
	default:
		p.counts.Unchanged++
		if p.linksNow(d, known) {
			i.Plan, i.Why = "link", why("directory.why-unit-code")
			p.counts.Linked++
		}
	}
	return i
}

// linksNow says that a department is a unit by its code and that nobody has written this down yet.
func (p *planner) linksNow(d placed, u org.Unit) bool {
	return d.is == placeUnit && u.ID != 0 && !p.decidedFor(d.ID)
}

func (p *planner) decidedFor(department string) bool {
	_, ok := p.decided[department]
	return ok
}

// unitChange names what a change of a unit is, by what people would call it.
func unitChange(changes []Change) *Why {
	for _, c := range changes {
		switch c.Column {
		case "parent":
			return why("directory.why-unit-moved")
		case "name_zh", "name_en":
			return why("directory.why-unit-renamed")
		}
	}
	return why("directory.why-unit-head")
}

// heads gives the 工号 of the heads of departments: whom the department names, else who says so.
func (p *planner) heads(ctx context.Context, list []placed) (map[string]string, error) {
	out := map[string]string{}
	if !p.c.Rules.owns("unit_head") {
		return out, nil
	}
	return out, p.s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		leads, err := leadsOf(ctx, rd, p.run.ID)
		if err != nil {
			return err
		}
		of := map[string][]string{}
		var keys []string
		for _, d := range list {
			for _, id := range d.Heads {
				of[d.ID] = append(of[d.ID], subjectKey(id))
			}
			of[d.ID] = together(of[d.ID], leads[d.ID])
			keys = append(keys, of[d.ID]...)
		}
		nos, err := p.numbers(ctx, rd, keys)
		if err != nil {
			return err
		}
		for department, candidates := range of {
			for _, key := range candidates {
				if nos[key] != "" {
					out[department] = nos[key]
					break
				}
			}
		}
		return nil
	})
}

// numbers gives the 工号 under which accounts are known here after this run, by key. Who is not in sight, has left, or
// could not be told from somebody else is not in the map.
func (p *planner) numbers(ctx context.Context, rd sqldb.Reader, keys []string) (map[string]string, error) {
	keys = slices.Clone(keys)
	slices.Sort(keys)
	keys = slices.Compact(keys)
	out := make(map[string]string, len(keys))
	for chunk := range slices.Chunk(keys, 500) {
		found, err := usersByKey(ctx, rd, p.run.ID, chunk)
		if err != nil {
			return nil, err
		}
		users := make([]chat.User, 0, len(found))
		for _, key := range chunk {
			if u, ok := found[key]; ok && u.State != chat.Left && u.State != chat.Disabled {
				users = append(users, u)
			}
		}
		known, err := p.recognise(ctx, rd, users)
		if err != nil {
			return nil, err
		}
		for i, k := range known {
			if k.problem == nil && k.no != "" {
				out[subjectKey(users[i].ID)] = k.no
			}
		}
	}
	return out, nil
}

// put writes items with their numbers.
func (p *planner) put(ctx context.Context, items []Item) error {
	for chunk := range slices.Chunk(items, 500) {
		for i := range chunk {
			chunk[i].N = p.n
			p.n++
			if chunk[i].State == Planned {
				p.total++
			}
		}
		err := p.write(ctx, func(ctx context.Context, tx *sqldb.Tx, _ Run) error { return insertItems(ctx, tx, p.run.ID, chunk) })
		if err != nil {
			return err
		}
	}
	return nil
}

// finish says what the run has come to. With nothing to do it is over; a scheduled one that nobody has to look at goes on
// by itself.
func (p *planner) finish(ctx context.Context) error {
	return p.write(ctx, func(ctx context.Context, tx *sqldb.Tx, r Run) error {
		r.Planned, r.Total, r.Linked, r.Leaving, r.Asks = p.counts, p.total, p.run.Linked, p.leaving, p.asks
		r.Guarded = needsHuman(p.leaving, p.run.Linked, p.c.Rules.Percent, r.Whole)
		r.State, r.atN, r.page, r.Done, r.tries = Planned, -1, "", 0, 0
		byItself := (r.Cause == "schedule" || r.Cause == "callback") && p.c.Rules.Apply && !r.Guarded && r.Asks == 0
		if r.Total == 0 && r.Asks == 0 {
			r.State, r.Ended = Done, tx.Now
		}
		if err := updateRun(ctx, tx, r); err != nil {
			return err
		}
		if err := note(ctx, tx, r.ID, why("directory.log-planned", "count", r.Total, "conflicts", r.Planned.Conflicts)); err != nil {
			return err
		}
		if r.State == Done {
			return p.s.events.Emit(ctx, tx, SyncWasApplied{Connection: r.Connection, Run: r.ID})
		}
		if err := p.s.events.Emit(ctx, tx, SyncWasPlanned{Connection: r.Connection, Run: r.ID, Changes: r.Total, Leaving: r.Leaving, Asks: r.Asks, Waits: !byItself}); err != nil {
			return err
		}
		if byItself {
			return p.s.beginApply(ctx, tx, r, true)
		}
		return nil
	})
}

// Place says what departments of a run are here: a unit by its code, "create" or "ignore". The run is compared anew.
func (s *Service) Place(ctx context.Context, run ID, choices map[string]string) error {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		r, err := lockRun(ctx, tx, run)
		if err != nil {
			return err
		}
		if r.State != Planned {
			return fault.New(fault.Conflict, "directory.run-not-ready")
		}
		list, err := departmentsOf(ctx, tx, run)
		if err != nil {
			return err
		}
		var f fault.Fields
		held := map[ID]string{}
		decided, err := placementsOf(ctx, tx, r.Connection)
		if err != nil {
			return err
		}
		for department, d := range decided {
			if _, anew := choices[department]; !anew && d.Choice == placeUnit {
				held[d.Unit] = department
			}
		}
		for department, choice := range choices {
			p := Placement{Department: department, Choice: choice}
			if !slices.ContainsFunc(list, func(d chat.Department) bool { return d.ID == department }) {
				f.Add("place."+department, "directory.department-unknown")
				continue
			}
			switch code, isUnit := strings.CutPrefix(choice, "unit:"); {
			case isUnit:
				u, ok := tree.ByCode(strings.TrimSpace(code))
				if !ok || !u.Valid(tx.Now) {
					f.Add("place."+department, "directory.unit-unknown", "value", code)
					continue
				}
				if held[u.ID] != "" {
					f.Add("place."+department, "directory.unit-twice", "value", code)
					continue
				}
				held[u.ID] = department
				p.Choice, p.Unit = placeUnit, u.ID
			case choice != placeCreate && choice != placeIgnore:
				f.Add("place."+department, "directory.choice-unknown", "value", choice)
				continue
			}
			if err := putPlacement(ctx, tx, r.Connection, p); err != nil {
				return err
			}
		}
		if err := f.Err(); err != nil {
			return err
		}
		r.State = Planning
		if err := updateRun(ctx, tx, r); err != nil {
			return err
		}
		if err := note(ctx, tx, run, why("directory.log-placed", "count", len(choices))); err != nil {
			return err
		}
		return s.goOn(ctx, tx, run, tx.Now)
	})
}
