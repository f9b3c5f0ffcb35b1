package org

import (
	"context"
	"strings"

	"neike/internal/app/importer"
	"neike/internal/kit/sqldb"
)

// wantedUnit is what one row of the file makes of a unit: the unit with codes for what is not resolved yet.
type wantedUnit struct {
	Unit
	parent, head string // code, 工号
	fresh        bool
	changes      []importer.Change
}

// levelNames are the levels as people write them.
var levelNames = map[string]string{
	"公司": Entity, "法人": Entity, "集团": Entity, "实体": Entity, "company": Entity,
	"园区": Site, "地点": Site, "基地": Site, "工厂": Site, "厂区": Site, "分部": Site,
	"部门": Department, "部": Department, "单位": Department, "dept": Department,
	"组": Team, "小组": Team, "班组": Team, "团队": Team, "科": Team, "科室": Team,
}

// wantUnit lays a row over the unit that exists (the zero Unit when none does). Columns that the file does not have
// change nothing.
func wantUnit(row importer.Row, old Unit, tree *Tree, headNo string) wantedUnit {
	parent, _ := tree.ByID(old.Parent)
	w := wantedUnit{Unit: old, parent: parent.Code, head: headNo, fresh: old.ID == 0}
	w.Code = row.Get("code")
	if w.fresh {
		w.Level = Department
	}
	set := func(column string, to *string) {
		if !row.Has(column) {
			return
		}
		value := row.Get(column)
		if column == "level" {
			value = strings.ToLower(value)
			if level, ok := levelNames[value]; ok {
				value = level
			}
			if value == "" {
				value = Department
			}
		}
		if *to != value {
			if !w.fresh {
				w.changes = append(w.changes, importer.Change{Column: column, Old: *to, New: value})
			}
			*to = value
		}
	}
	set("name_zh", &w.Name.Zh)
	set("name_en", &w.Name.En)
	set("short_zh", &w.Short.Zh)
	set("short_en", &w.Short.En)
	set("level", &w.Level)
	set("parent", &w.parent)
	set("site", &w.Site)
	set("head", &w.head)
	set("calendar", &w.Calendar)
	return w
}

// unitsCheck judges a file of units. It keeps of each row what the whole tree needs: code, parent, line.
type unitsCheck struct {
	s        *Service
	tree     *Tree
	heads    map[ID]string // 工号 of heads, pending ones included
	order    []string      // codes in the order of the file
	line     map[string]int
	parent   map[string]string
	bad      map[string]bool
	calendar map[string]bool
}

func (s *Service) checkUnits(ctx context.Context) (importer.Checker, error) {
	c := &unitsCheck{s: s, line: map[string]int{}, parent: map[string]string{}, bad: map[string]bool{}, calendar: map[string]bool{}}
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		var err error
		if c.tree, err = TreeIn(ctx, rd); err != nil {
			return err
		}
		c.heads, err = s.headNos(ctx, rd, c.tree.All())
		return err
	})
	return c, err
}

// headNos gives the 工号 of the units' heads, those included that nobody has yet.
func (s *Service) headNos(ctx context.Context, rd sqldb.Reader, units []Unit) (map[ID]string, error) {
	ids := make([]ID, 0, len(units))
	for _, u := range units {
		ids = append(ids, u.Head)
	}
	people, err := s.Names(ctx, rd, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[ID]string, len(units))
	for _, u := range units {
		if u.Head != 0 {
			out[u.ID] = people[u.Head].No
		}
	}
	waiting, err := pendingHeads(ctx, rd)
	for _, w := range waiting {
		out[w.unit] = w.no
	}
	return out, err
}

// Rows judges each unit by itself.
func (c *unitsCheck) Rows(ctx context.Context, rd sqldb.Reader, rows []importer.Row) ([]importer.Verdict, error) {
	verdicts := make([]importer.Verdict, 0, len(rows))
	for _, row := range rows {
		old, _ := c.tree.ByCode(row.Get("code"))
		w := wantUnit(row, old, c.tree, c.heads[old.ID])
		found := checkUnit(w.Unit, "")
		ok, err := c.knowsCalendar(ctx, rd, w.Calendar)
		if err != nil {
			return nil, err
		}
		if !ok {
			found = append(found, wrong("calendar", "org.calendar-unknown", "value", w.Calendar))
		}
		if w.head != "" && !noOK(w.head) {
			found = append(found, wrong("head", "org.no-malformed", "value", w.head))
		}
		if _, twice := c.line[w.Code]; !twice && w.Code != "" {
			c.order = append(c.order, w.Code)
			c.line[w.Code], c.parent[w.Code] = row.Line, w.parent
			c.bad[w.Code] = len(found)+len(row.Problems) > 0
		}
		verdicts = append(verdicts, importer.Verdict{
			Line: row.Line, Key: strings.TrimSpace(w.Code + " " + w.Name.In(ctx)), Plan: plan(w.fresh, w.changes), Changes: w.changes,
			Problems: problems(row.Line, found),
		})
	}
	return verdicts, nil
}

func plan(fresh bool, changes []importer.Change) importer.Plan {
	switch {
	case fresh:
		return importer.Create
	case len(changes) > 0:
		return importer.Update
	}
	return importer.Unchanged
}

func (c *unitsCheck) knowsCalendar(ctx context.Context, rd sqldb.Reader, code string) (bool, error) {
	if code == "" || c.s.calendar == nil {
		return true, nil
	}
	ok, asked := c.calendar[code]
	if asked {
		return ok, nil
	}
	ok, err := c.s.calendar(ctx, rd, code)
	c.calendar[code] = ok
	return ok, err
}

// up is the parent's code after the import: the file's word, or what is so already.
func (c *unitsCheck) up(code string) string {
	if parent, inFile := c.parent[code]; inFile {
		return parent
	}
	u, _ := c.tree.ByCode(code)
	p, _ := c.tree.ByID(u.Parent)
	return p.Code
}

// End judges the tree: parents that are nowhere, circles, and (for files applied without their bad rows) parents whose
// row is bad. The rank is the depth, so that a parent is there before its children.
func (c *unitsCheck) End(ctx context.Context, rd sqldb.Reader) (importer.Conclusion, error) {
	var end importer.Conclusion
	blame := func(code, key string, args ...any) {
		c.bad[code] = true
		end.Problems = append(end.Problems, importer.Wrong(c.line[code], "parent", key, args...))
	}
	for _, code := range c.order {
		parent := c.parent[code]
		_, inFile := c.line[parent]
		u, exists := c.tree.ByCode(parent)
		switch {
		case parent == "":
		case !inFile && (!exists || !u.Valid(rd.Instant())):
			blame(code, "org.unit-unknown", "value", parent)
		default:
			if path, ok := circle(code, c.up); ok && path[0] == code {
				blame(code, "org.unit-circle", "value", strings.Join(append(path, code), " → "))
			}
		}
	}
	for again := true; again; {
		again = false
		for _, code := range c.order {
			parent := c.parent[code]
			_, exists := c.tree.ByCode(parent)
			if !c.bad[code] && c.bad[parent] && !exists {
				blame(code, "org.parent-bad", "value", parent, "line", c.line[parent])
				again = true
			}
		}
	}
	end.Rank = map[int]int{}
	for _, code := range c.order {
		if !c.bad[code] {
			end.Rank[c.line[code]] = c.depth(code)
		}
	}
	return end, nil
}

func (c *unitsCheck) depth(code string) int {
	n := 0
	for at := c.up(code); at != "" && n < 1000; at = c.up(at) {
		n++
	}
	return n
}

// applyUnits takes a chunk in; parents of a chunk's rows are in the database or before them in the chunk.
func (s *Service) applyUnits(ctx context.Context, tx *sqldb.Tx, rows []importer.Row) (importer.Count, error) {
	var count importer.Count
	if err := lockTree(ctx, tx); err != nil {
		return count, err
	}
	tree, err := TreeIn(ctx, tx)
	if err != nil {
		return count, err
	}
	heads, err := s.headNos(ctx, tx, tree.All())
	if err != nil {
		return count, err
	}
	made := map[string]ID{}
	var changed []wantedUnit
	for _, row := range rows {
		old, _ := tree.ByCode(row.Get("code"))
		w := wantUnit(row, old, tree, heads[old.ID])
		if w.fresh {
			w.ID, w.ValidFrom = tx.NewID(), tx.Now
			made[w.Code] = w.ID
		} else if len(w.changes) == 0 {
			count.Unchanged++
			continue
		}
		changed = append(changed, w)
	}
	if err := s.resolveWanted(ctx, tx, tree, made, changed); err != nil {
		return count, err
	}
	events := make([]UnitWasChanged, 0, len(changed))
	var fresh []Unit
	for _, w := range changed {
		e := UnitWasChanged{Unit: w.ID, Code: w.Code, What: "changed"}
		if w.fresh {
			e.What = "created"
			fresh = append(fresh, w.Unit)
		}
		events = append(events, e)
	}
	count.Created, count.Updated = len(fresh), len(changed)-len(fresh)
	if err := insertUnits(ctx, tx, fresh...); err != nil { // before the changes: a unit may move under a new one
		return count, err
	}
	for _, w := range changed {
		if w.fresh {
			continue
		}
		if err := updateUnit(ctx, tx, w.Unit); err != nil {
			return count, err
		}
	}
	for _, w := range changed {
		pending := ""
		if w.Head == 0 {
			pending = w.head
		}
		if w.fresh && pending == "" {
			continue
		}
		if err := setPendingHead(ctx, tx, w.ID, pending); err != nil {
			return count, err
		}
	}
	return count, emitAll(ctx, s, tx, events)
}

// resolveWanted turns parents and heads into ids. A head whom nobody is yet stays 0 and waits.
func (s *Service) resolveWanted(ctx context.Context, tx *sqldb.Tx, tree *Tree, made map[string]ID, list []wantedUnit) error {
	var nos []string
	for _, w := range list {
		if w.head != "" {
			nos = append(nos, w.head)
		}
	}
	people, err := s.PeopleByNo(ctx, tx, nos)
	if err != nil {
		return err
	}
	for i := range list {
		w := &list[i]
		w.Head = people[w.head].ID
		w.Parent = made[w.parent]
		if w.Parent == 0 {
			u, _ := tree.ByCode(w.parent)
			w.Parent = u.ID
		}
	}
	return nil
}
