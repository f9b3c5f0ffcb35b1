package place

import (
	"context"
	"maps"
	"slices"
	"strings"

	"neike/internal/app/importer"
	"neike/internal/catalog"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/xlsx"
	"neike/internal/org"
)

// columnsOfFile are the columns of a file of places, in and out.
var columnsOfFile = []string{"code", "name_zh", "name_en", "kind", "parent", "unit", "asset", "services", "state", "note"}

// Imports are the kinds of files that this room takes in.
func (s *Service) Imports() []importer.Kind {
	col := func(name, zh, en string, narrow bool, aliases ...string) importer.Column {
		return importer.Column{Name: name, Label: lang.Text{Zh: zh, En: en}, Aliases: aliases, Narrow: narrow, Hint: "place.import." + name}
	}
	code := col("code", "编码", "Code", true, "地点编码", "设备编码")
	code.Key, code.Required = true, true
	return []importer.Kind{{
		Name: "places", Title: lang.Text{Zh: "地点与设备", En: "Places and equipment"}, Place: "/places?state=any",
		Lead: lang.Text{Zh: "楼、房间、打印机、机台等，用于扫码报修", En: "buildings, rooms, printers, machines: for reporting by a scan"},
		Columns: []importer.Column{code, col("name_zh", "名称", "Name", false, "中文名称"), col("name_en", "英文名称", "English name", false), col("kind", "类型", "Kind", true),
			col("parent", "上级编码", "Parent code", true, "上级"), col("unit", "负责单位编码", "Unit code", true, "负责单位"), col("asset", "资产编号", "Asset number", true),
			col("services", "服务编码", "Service codes", true, "服务"), col("state", "状态", "State", true), col("note", "说明", "Note", false, "备注")},
		Check: func(context.Context) (importer.Checker, error) {
			return &checker{s: s, line: map[string]int{}, parent: map[string]string{}, bad: map[string]bool{}}, nil
		},
		Apply: s.applyRows,
	}}
}

// retiredWords and usedWords are how files say whether a place is in use.
var (
	retiredWords = []string{"retired", "停用", "已停用", "报废", "out of use", "no", "否"}
	usedWords    = []string{"", "in_use", "在用", "启用", "使用中", "in use", "yes", "是"}
)

// wanted is what one row makes of a place.
type wanted struct {
	in      Input
	retired bool
	changes []importer.Change
}

// wantOf lays a row over the place that is there; columns that the file does not have change nothing.
func (s *Service) wantOf(row importer.Row, old Place, tree *org.Tree, snap *catalog.Snapshot) wanted {
	w := wanted{in: Input{Code: row.Get("code")}, retired: old.Retired()}
	if old.ID != 0 {
		w.in = s.inputOf(old, tree, snap)
	}
	before := cellsOf(w.in, w.retired)
	for name, to := range map[string]*string{"name_zh": &w.in.NameZh, "name_en": &w.in.NameEn, "kind": &w.in.Kind, "parent": &w.in.Parent, "unit": &w.in.Unit, "asset": &w.in.Asset, "note": &w.in.Note} {
		if row.Has(name) {
			*to = row.Get(name)
		}
	}
	if row.Has("services") {
		w.in.Services = strings.FieldsFunc(row.Get("services"), func(r rune) bool { return strings.ContainsRune(";；,，、 \n", r) })
	}
	if row.Has("state") {
		w.retired = slices.Contains(retiredWords, strings.ToLower(row.Get("state")))
	}
	if w.in = w.in.trimmed(); w.in.Kind == "" {
		w.in.Kind = "other"
	}
	if old.ID == 0 {
		return w
	}
	now := cellsOf(w.in, w.retired)
	for i, name := range columnsOfFile {
		if before[i] != now[i] && (name != "unit" || now[i] != "") {
			w.changes = append(w.changes, importer.Change{Column: name, Old: before[i], New: now[i]})
		}
	}
	return w
}

// cellsOf is a place as a row of the file, in the order of columnsOfFile.
func cellsOf(in Input, retired bool) []string {
	state := "in_use"
	if retired {
		state = "retired"
	}
	return []string{in.Code, in.NameZh, in.NameEn, in.Kind, in.Parent, in.Unit, in.Asset, strings.Join(in.Services, ";"), state, in.Note}
}

// checker judges a file. It keeps of each row what the whole tree needs.
type checker struct {
	s      *Service
	order  []string
	line   map[string]int
	parent map[string]string // by code, for rows of the file
	bad    map[string]bool
	known  map[string]Place // places around, named by the file or found on the way up
}

// Rows judges each place by itself.
func (c *checker) Rows(ctx context.Context, rd sqldb.Reader, rows []importer.Row) ([]importer.Verdict, error) {
	tree, err := c.s.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	snap, err := c.s.catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	known, err := byCodes(ctx, rd, codesIn(rows))
	if err != nil {
		return nil, err
	}
	out := make([]importer.Verdict, len(rows))
	for i, row := range rows {
		old := known[strings.ToLower(row.Get("code"))]
		w := c.s.wantOf(row, old, tree, snap)
		var f fault.Fields
		check(w.in, "", &f)
		if u, ok := tree.ByCode(w.in.Unit); w.in.Unit != "" && (!ok || !u.Valid(rd.Instant())) {
			f.Add("unit", "place.unit-unknown", "value", w.in.Unit)
		} else if w.in.Unit == "" && w.in.Parent == "" {
			f.Add("unit", "place.need-unit")
		}
		if _, err := c.s.servicesOf(ctx, w.in.Services, "services", &f); err != nil {
			return nil, err
		}
		if state := strings.ToLower(row.Get("state")); !slices.Contains(retiredWords, state) && !slices.Contains(usedWords, state) {
			f.Add("state", "place.state-unknown", "value", state)
		}
		out[i] = importer.Verdict{Line: row.Line, Key: strings.TrimSpace(w.in.Code + " " + w.in.NameZh), Plan: importer.Create, Changes: w.changes}
		if old.ID != 0 && len(w.changes) > 0 {
			out[i].Plan = importer.Update
		} else if old.ID != 0 {
			out[i].Plan = importer.Unchanged
		}
		for _, x := range fieldsOf(f) {
			out[i].Problems = append(out[i].Problems, importer.Wrong(row.Line, x.Name, x.Key, fault.Flat(x.Args)...))
		}
		if _, twice := c.line[w.in.Code]; !twice && w.in.Code != "" {
			c.order = append(c.order, w.in.Code)
			c.line[w.in.Code], c.parent[w.in.Code], c.bad[w.in.Code] = row.Line, w.in.Parent, len(out[i].Problems)+len(row.Problems) > 0
		}
	}
	return out, nil
}

func fieldsOf(f fault.Fields) []fault.Field {
	e, _ := fault.As(f.Err())
	if e == nil {
		return nil
	}
	return e.Fields
}

func codesIn(rows []importer.Row) []string {
	codes := make([]string, 0, 2*len(rows))
	for _, r := range rows {
		codes = append(codes, strings.ToLower(r.Get("code")), strings.ToLower(r.Get("parent")))
	}
	return codes
}

// up is the code of the place around after the import.
func (c *checker) up(code string) string {
	if parent, inFile := c.parent[code]; inFile {
		return parent
	}
	return c.known[code].Around()
}

// End judges the tree: places around that are nowhere, circles, and those whose place around is wrong itself. The rank is the
// depth, so that a place is there before what lies in it.
func (c *checker) End(ctx context.Context, rd sqldb.Reader) (importer.Conclusion, error) {
	end := importer.Conclusion{Rank: map[int]int{}}
	if err := c.lookUp(ctx, rd); err != nil {
		return end, err
	}
	blame := func(code, key string, args ...any) {
		c.bad[code] = true
		end.Problems = append(end.Problems, importer.Wrong(c.line[code], "parent", key, args...))
	}
	for _, code := range c.order {
		parent := c.parent[code]
		_, inFile := c.line[parent]
		_, exists := c.known[parent]
		switch {
		case parent == "" || parent == code:
		case !inFile && !exists:
			blame(code, "place.parent-unknown", "value", parent)
		case circle(code, c.up):
			blame(code, "place.parent-under-it", "value", parent)
		case c.depth(code) >= deepest:
			blame(code, "place.too-deep", "max", deepest)
		}
	}
	for again := true; again; {
		again = false
		for _, code := range c.order {
			parent := c.parent[code]
			if _, exists := c.known[parent]; !c.bad[code] && c.bad[parent] && !exists {
				blame(code, "place.parent-bad", "value", parent, "line", c.line[parent])
				again = true
			}
		}
	}
	for _, code := range c.order {
		if !c.bad[code] {
			end.Rank[c.line[code]] = c.depth(code)
		}
	}
	return end, nil
}

// lookUp finds the places around that the file names, and those around them.
func (c *checker) lookUp(ctx context.Context, rd sqldb.Reader) error {
	var err error
	if c.known, err = byCodes(ctx, rd, slices.Collect(maps.Values(c.parent))); err != nil {
		return err
	}
	var wider []string
	for _, p := range c.known {
		wider = append(wider, above(p.Path)...)
	}
	more, err := byCodes(ctx, rd, wider)
	maps.Copy(c.known, more)
	return err
}

// depth is how many places lie around one; a circle counts as too deep.
func (c *checker) depth(code string) (n int) {
	for at := c.up(code); at != "" && n <= deepest; at = c.up(at) {
		n++
	}
	return n
}

// applyRows takes one chunk in. It judges again: between the check and now a unit or a service may have gone.
func (s *Service) applyRows(ctx context.Context, tx *sqldb.Tx, rows []importer.Row) (importer.Count, error) {
	var n importer.Count
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return n, err
	}
	snap, err := s.catalog.Snapshot(ctx)
	if err != nil {
		return n, err
	}
	known, err := byCodes(ctx, tx, codesIn(rows))
	if err != nil {
		return n, err
	}
	for _, row := range rows {
		code := strings.ToLower(row.Get("code"))
		old := known[code]
		wants := s.wantOf(row, old, tree, snap)
		if _, there := known[wants.in.Parent]; !there && wants.in.Parent != "" { // the file does not say it: it stays
			more, err := byCodes(ctx, tx, []string{wants.in.Parent})
			if err != nil {
				return n, err
			}
			maps.Copy(known, more)
		}
		var f fault.Fields
		check(wants.in, "", &f)
		w, err := s.want(ctx, wants.in, old, known, &f)
		if err != nil {
			return n, err
		}
		if err := f.Err(); err != nil {
			return n, err
		}
		if w.RetiredAt = old.RetiredAt; wants.retired != old.Retired() {
			if w.RetiredAt = noTime; wants.retired {
				w.RetiredAt = tx.Now
			}
		}
		now, err := s.put(ctx, tx, old, w)
		if err != nil {
			return n, err
		}
		switch {
		case old.ID == 0:
			n.Created++
		case now.Revision != old.Revision:
			n.Updated++
		default:
			n.Unchanged++
		}
		if known[code] = now; old.ID != 0 && old.Path != now.Path { // what lies under it has moved along
			if known, err = byCodes(ctx, tx, slices.Concat(slices.Collect(maps.Keys(known)), codesIn(rows))); err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

// exportChunk is how many places are read at once for a file.
const exportChunk = 500

// Export writes all places as import takes them: the heading and one row each, every place before what lies in it.
func (s *Service) Export(ctx context.Context, w *xlsx.Writer) error {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return err
	}
	snap, err := s.catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	if err := w.Row(anys(columnsOfFile)...); err != nil {
		return err
	}
	for path := ""; ; {
		var list []Place
		err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
			list, err = after(ctx, rd, path, exportChunk)
			return err
		})
		if err != nil {
			return err
		}
		for _, p := range list {
			if err := w.Row(anys(cellsOf(s.inputOf(p, tree, snap), p.Retired()))...); err != nil {
				return err
			}
			path = p.Path
		}
		if len(list) < exportChunk {
			return nil
		}
	}
}

func anys(cells []string) []any {
	out := make([]any, len(cells))
	for i, c := range cells {
		out[i] = c
	}
	return out
}
