package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"sync"

	"neike/content"
	"neike/internal/app/importer"
	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// line is one service of a pack on its way through an import. Each carries what the pack says of the department itself, as any of
// them may be left out; the first one taken brings it in.
type line struct {
	Pack       string      `json:"pack"`
	Entry      Entry       `json:"entry"`
	Department *Department `json:"department,omitempty"`
	Customers  []Customer  `json:"customers,omitempty"`
}

// linesOf takes a pack apart.
func linesOf(p Pack, name string) []line {
	lines := make([]line, 0, len(p.Entries))
	for _, e := range p.Entries {
		lines = append(lines, line{Pack: name, Entry: e, Department: &p.Department, Customers: p.Customers})
	}
	return lines
}

// Kind is how service packs are imported: `neike import services hr.yaml`.
func (c *Catalog) Kind() importer.Kind {
	return importer.Kind{
		Name: "services", Title: lang.Text{Zh: "服务包", En: "Service packs"}, Lead: lang.Text{Zh: "一个部门的服务与标准（YAML）", En: "the services and standards of one department (YAML)"},
		Ready: packsAlong, Place: "/services",
		Read:  readPack,
		Check: func(context.Context) (importer.Checker, error) { return &checker{c: c}, nil },
		Apply: c.applyRows,
		Pick:  pickService,
	}
}

// packsAlong are the packs that come with Neike, by the names of their departments.
var packsAlong = sync.OnceValue(func() []importer.ReadyFile {
	var list []importer.ReadyFile
	for _, name := range content.Packs() {
		data, _ := content.Pack(name)
		p, _ := ParsePack(data) // they are without fault, as TestEveryPackReadsClean proves
		list = append(list, importer.ReadyFile{Name: name + ".yaml", Title: p.Department.Name, Data: data})
	}
	return list
})

// pickService is the code of the service in a row.
func pickService(row importer.Row) string {
	var l struct {
		Entry struct{ Code string } `json:"entry"`
	}
	if row.Body == nil || json.Unmarshal(row.Body, &l) != nil {
		return ""
	}
	return l.Entry.Code
}

func readPack(_ context.Context, src importer.Source, emit func(importer.Row) error) error {
	if src.Size > maxPack {
		return emit(importer.Row{Line: 1, Problems: []importer.Problem{importer.Wrong(1, "", "catalog.pack-too-big", "max", maxPack>>20)}})
	}
	data, err := io.ReadAll(io.NewSectionReader(src.Data, 0, src.Size))
	if err != nil {
		return fmt.Errorf("read the pack: %w", err)
	}
	p, problems := ParsePack(data)
	mapping, err := importer.ReadMapping(src.Mapping, []importer.Column{{Name: "unit"}})
	if err != nil {
		return err
	}
	p.settle(mapping.Values["unit"])
	rows := make([]importer.Row, 0, len(p.Entries))
	for _, l := range linesOf(p, packName(src.Name)) {
		body, err := json.Marshal(l)
		if err != nil {
			return fmt.Errorf("stage %s: %w", l.Entry.Code, err)
		}
		rows = append(rows, importer.Row{Line: l.Entry.Line, Body: body})
	}
	if len(rows) == 0 {
		rows = append(rows, importer.Row{Line: 1})
		if len(problems) == 0 {
			problems = append(problems, importer.Wrong(1, "services", "catalog.pack-no-services"))
		}
	}
	for _, p := range problems {
		at := 0
		for i := range rows {
			if rows[i].Line <= p.Line {
				at = i
			}
		}
		rows[at].Problems = append(rows[at].Problems, p)
	}
	for _, row := range rows {
		if err := emit(row); err != nil {
			return err
		}
	}
	return nil
}

func packName(file string) string {
	base := path.Base(strings.ReplaceAll(file, "\\", "/"))
	return strings.TrimSuffix(strings.TrimSuffix(base, path.Ext(base)), ".")
}

// checker judges one pack.
type checker struct {
	c       *Catalog
	current map[string]*Service
	tree    *org.Tree
	settled map[string]bool // departments that a line before brings in
	topics  topicList
}

func (k *checker) Rows(ctx context.Context, rd sqldb.Reader, rows []importer.Row) ([]importer.Verdict, error) {
	if k.current == nil {
		list, err := services(ctx, rd)
		if err != nil {
			return nil, err
		}
		k.current = index(list)
		if k.tree, err = k.c.org.Tree(ctx); err != nil {
			return nil, err
		}
		if k.topics, err = topicsIn(ctx, rd); err != nil {
			return nil, err
		}
	}
	verdicts := make([]importer.Verdict, 0, len(rows))
	for _, row := range rows {
		v := importer.Verdict{Line: row.Line, Plan: importer.Unchanged}
		if row.Body != nil && len(row.Problems) == 0 {
			var l line
			if err := json.Unmarshal(row.Body, &l); err != nil {
				return nil, fmt.Errorf("staged row of line %d: %w", row.Line, err)
			}
			one, err := k.verdict(ctx, rd, l)
			if err != nil {
				return nil, err
			}
			v = one
		}
		verdicts = append(verdicts, v)
	}
	return verdicts, nil
}

func (k *checker) verdict(ctx context.Context, rd sqldb.Reader, l line) (importer.Verdict, error) {
	e := l.Entry
	v := importer.Verdict{Line: e.Line, Key: e.Code + " " + e.Name.In(ctx), Plan: importer.Unchanged}
	unit, ok := k.tree.ByCode(e.Unit)
	first := !k.settled[e.Unit]
	if k.settled == nil {
		k.settled = map[string]bool{}
	}
	k.settled[e.Unit] = true
	if !ok {
		if first && l.Department != nil {
			v.Problems = append(v.Problems, importer.Wrong(l.Department.Line, "department.code", "catalog.pack-department", "given", e.Unit))
		}
		return v, nil
	}
	st := judge(k.current[e.Code], e, unit.ID, l.Pack)
	if _, ok := k.topics.byCode(e.Topic); e.Topic != "" && !ok {
		st.problems = append(st.problems, importer.Wrong(e.Line, "topic", "catalog.topic-unknown", "given", clip(e.Topic, 40), "choices", strings.Join(k.topics.codes(), ", ")))
	}
	v.Plan, v.Changes, v.Kept, v.Problems = st.plan, st.changes, st.kept, st.problems
	if l.Department == nil || !first {
		return v, nil
	}
	change, err := departmentChange(ctx, rd, unit.ID, l)
	if err != nil {
		return v, err
	}
	if change != nil {
		v.Changes = append(v.Changes, *change)
		if v.Plan == importer.Unchanged {
			v.Plan = importer.Update
		}
	}
	return v, nil
}

// End finds nothing: what only the whole file shows was found while reading.
func (k *checker) End(context.Context, sqldb.Reader) (importer.Conclusion, error) {
	return importer.Conclusion{}, nil
}

func index(list []*Service) map[string]*Service {
	byCode := make(map[string]*Service, len(list))
	for _, s := range list {
		byCode[s.Code] = s
	}
	return byCode
}

// departmentChange tells how the declared customers or the mission of a unit differ from the pack; nil when not.
func departmentChange(ctx context.Context, rd sqldb.Reader, unit int64, l line) (*importer.Change, error) {
	have, err := customersOf(ctx, rd, unit)
	if err != nil {
		return nil, err
	}
	mission, err := missionOf(ctx, rd, unit)
	if err != nil {
		return nil, err
	}
	same := slices.EqualFunc(have, l.Customers, func(a, b Customer) bool {
		a.Line, b.Line = 0, 0
		return a == b
	})
	if same && mission == l.Department.Mission {
		return nil, nil
	}
	return &importer.Change{Column: "internal_customers", Old: codesOf(have), New: codesOf(l.Customers)}, nil
}

func codesOf(list []Customer) string {
	codes := make([]string, 0, len(list))
	for _, c := range list {
		codes = append(codes, c.Code)
	}
	return strings.Join(codes, ", ")
}

func (c *Catalog) applyRows(ctx context.Context, tx *sqldb.Tx, rows []importer.Row) (importer.Count, error) {
	lines := make([]line, 0, len(rows))
	for _, row := range rows {
		var l line
		if err := json.Unmarshal(row.Body, &l); err != nil {
			return importer.Count{}, fmt.Errorf("staged row of line %d: %w", row.Line, err)
		}
		lines = append(lines, l)
	}
	return c.apply(ctx, tx, lines)
}

// apply takes services in. It judges again: between the plan and now somebody may have changed one here.
func (c *Catalog) apply(ctx context.Context, tx *sqldb.Tx, lines []line) (importer.Count, error) {
	var n importer.Count
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return n, err
	}
	current, err := lockAll(ctx, tx, lines)
	if err != nil {
		return n, err
	}
	topics, err := lockTopics(ctx, tx)
	if err != nil {
		return n, err
	}
	var events []event.Event
	settled := map[string]bool{}
	for _, l := range lines {
		if _, ok := topics.byCode(l.Entry.Topic); !ok { // taken away since the plan: it is suggested again
			l.Entry.Topic = ""
		}
		if settled[l.Entry.Unit] {
			l.Department = nil
		}
		settled[l.Entry.Unit] = true
		unit, ok := tree.ByCode(l.Entry.Unit)
		if !ok {
			return n, fault.New(fault.Invalid, "catalog.pack-department", "given", l.Entry.Unit)
		}
		st := judge(current[l.Entry.Code], l.Entry, unit.ID, l.Pack)
		if len(st.problems) > 0 {
			return n, fault.New(fault.Conflict, st.problems[0].Key, fault.Flat(st.problems[0].Args)...)
		}
		more, err := takeOver(ctx, tx, current[l.Entry.Code], st)
		if err != nil {
			return n, fmt.Errorf("take over %s: %w", l.Entry.Code, err)
		}
		events = append(events, more...)
		declares, err := c.takeDepartment(ctx, tx, unit.ID, l)
		if err != nil {
			return n, fmt.Errorf("take over department %s: %w", l.Entry.Unit, err)
		}
		events = append(events, declares...)
		switch {
		case st.plan == importer.Create:
			n.Created++
		case st.plan == importer.Update || len(declares) > 0:
			n.Updated++
		default:
			n.Unchanged++
		}
	}
	return n, c.announce(ctx, tx, events...)
}

func lockAll(ctx context.Context, tx *sqldb.Tx, lines []line) (map[string]*Service, error) {
	list, err := services(ctx, tx)
	if err != nil {
		return nil, err
	}
	before := index(list)
	var ids []int64
	for _, l := range lines {
		if s := before[l.Entry.Code]; s != nil {
			ids = append(ids, s.ID)
		}
	}
	if len(ids) == 0 || tx.Engine() == sqldb.SQLite {
		return before, nil
	}
	if err := tx.Lock(ctx, "catalog_service", ids...); err != nil {
		return nil, err
	}
	list, err = services(ctx, tx)
	return index(list), err
}

// takeOver writes one step and tells what happened.
func takeOver(ctx context.Context, tx *sqldb.Tx, old *Service, st step) ([]event.Event, error) {
	s := st.next
	if s == nil {
		return nil, nil
	}
	s.Changed = tx.Now
	by := actor.From(ctx).Person
	if old == nil {
		s.ID = tx.NewID()
		came := []event.Event{ServiceWasDrafted{Service: s.ID, Code: s.Code, Unit: s.Unit}}
		if s.State == Live {
			s.Offered = tx.Now
			came = []event.Event{standardSet(s), ServiceWasPublished{Service: s.ID, Code: s.Code, Unit: s.Unit, Pack: s.Pack}}
		}
		if err := insertService(ctx, tx, s); err != nil {
			return nil, err
		}
		v := Version{N: 1, From: tx.Now, Form: s.Form, Standard: s.Standard}
		return came, insertVersion(ctx, tx, s.ID, v, by)
	}
	s.Revision = old.Revision + 1
	if slices.Contains(st.what, partForm) || slices.Contains(st.what, partStandard) {
		v := old.newVersion(s.Form, s.Standard, tx.Now)
		s.Version = v.N
		if err := insertVersion(ctx, tx, s.ID, v, by); err != nil {
			return nil, err
		}
	}
	events := []event.Event{ServiceWasChanged{Service: s.ID, Code: s.Code, What: st.what, Version: s.Version, Pack: s.Pack}}
	if slices.Contains(st.what, partStandard) {
		events = append(events, standardSet(s))
	}
	return events, updateService(ctx, tx, s)
}

// takeDepartment writes what the pack says of its department, if it differs.
func (c *Catalog) takeDepartment(ctx context.Context, tx *sqldb.Tx, unit int64, l line) ([]event.Event, error) {
	if l.Department == nil {
		return nil, nil
	}
	change, err := departmentChange(ctx, tx, unit, l)
	if err != nil || change == nil {
		return nil, err
	}
	if err := declare(ctx, tx, unit, l.Customers); err != nil {
		return nil, err
	}
	if err := setMission(ctx, tx, unit, l.Department.Mission); err != nil {
		return nil, err
	}
	e := CustomersWereDeclared{Unit: unit, Codes: []string{}}
	for _, customer := range l.Customers {
		e.Codes = append(e.Codes, customer.Code)
	}
	return []event.Event{e}, nil
}

// Outcome is what Import did or, in a dry run, would do.
type Outcome struct {
	importer.Count
	Verdicts []importer.Verdict
	Problems []importer.Problem // in the order of the file; with any, nothing was taken over
}

// Import takes a pack over in one transaction, or with dry only says what it would do. name is kept with the services
// it makes ("hr"). A pack with a problem changes nothing. For files of any size and with a protocol, see Kind.
func (c *Catalog) Import(ctx context.Context, name string, data []byte, dry bool) (Outcome, error) {
	var out Outcome
	p, problems := ParsePack(data)
	if len(problems) > 0 {
		return Outcome{Problems: problems}, nil
	}
	lines := linesOf(p, name)
	err := c.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		return c.plan(ctx, rd, lines, &out)
	})
	if err != nil || dry || len(out.Problems) > 0 {
		return out, err
	}
	err = c.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		var err error
		out.Count, err = c.apply(ctx, tx, lines)
		return err
	})
	return out, err
}

func (c *Catalog) plan(ctx context.Context, rd sqldb.Reader, lines []line, out *Outcome) error {
	list, err := services(ctx, rd)
	if err != nil {
		return err
	}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return err
	}
	topics, err := topicsIn(ctx, rd)
	if err != nil {
		return err
	}
	k := &checker{c: c, current: index(list), tree: tree, topics: topics}
	for _, l := range lines {
		v, err := k.verdict(ctx, rd, l)
		if err != nil {
			return err
		}
		out.Verdicts = append(out.Verdicts, v)
		out.Problems = append(out.Problems, v.Problems...)
		switch v.Plan {
		case importer.Create:
			out.Created++
		case importer.Update:
			out.Updated++
		default:
			out.Unchanged++
		}
	}
	return nil
}
