package catalog

import (
	"context"
	"errors"
	"testing"

	"neike/content"
	"neike/internal/access"
	"neike/internal/app/importer"
	"neike/internal/calendar"
	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// house is a small company: a head office with the departments of all packs, and people.
type house struct {
	*Catalog
	t   *testing.T
	db  *sqldb.DB
	bus *event.Bus
	org *org.Service
	ctx context.Context // nobody: the house itself
}

var schemas = []sqldb.Schema{
	{Room: "event", FS: event.Schema}, {Room: "org", FS: org.Schema}, {Room: "access", FS: access.Schema},
	{Room: "calendar", FS: calendar.Schema}, {Room: "catalog", FS: Schema},
}

func each(t *testing.T, fn func(t *testing.T, h house)) {
	t.Helper()
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) { fn(t, build(t, db)) })
}

func build(t *testing.T, db *sqldb.DB) house {
	t.Helper()
	h := rooms(t, db)
	must(t, save(h, "hq", "总部", "entity", "", ""))
	for _, name := range content.Packs() {
		data, _ := content.Pack(name)
		p, problems := ParsePack(data)
		if len(problems) > 0 {
			t.Fatal(name, problems)
		}
		must(t, save(h, p.Department.Code, p.Department.Name.Zh, "department", "hq", ""))
	}
	for _, p := range []org.PersonInput{
		{No: "1001", Name: "周敏", Unit: "hq"}, {No: "2001", Name: "陈思远", Unit: "finance"}, {No: "2002", Name: "罗佳", Unit: "finance"},
		{No: "3001", Name: "王芳", Unit: "hr"}, {No: "4001", Name: "李雷", Unit: "sales"}, {No: "5001", Name: "总经理", Unit: "hq"},
	} {
		if _, err := h.org.SavePerson(h.ctx, p); err != nil {
			t.Fatal(err)
		}
	}
	unit, _ := unitOf(h, "finance")
	if _, err := h.org.SaveUnit(h.ctx, org.UnitInput{Code: "finance", NameZh: "财务部", NameEn: "Finance", Parent: "hq", Head: "2001", Revision: unit.Revision}); err != nil {
		t.Fatal(err)
	}
	must(t, h.org.SetRoles(h.ctx, "1001", []string{"admin", "quality"}, 0))
	return h
}

// rooms wires the room to its neighbours on a database.
func rooms(t *testing.T, db *sqldb.DB) house {
	t.Helper()
	bus := event.NewBus(db)
	units := org.New(db, bus)
	may := access.New(db, units)
	cal := calendar.New(db, bus, units)
	c := New(db, bus, units, may, cal)
	units.ServicesBy(c.IDByCode)
	book, err := lang.New(Locale, calendar.Locale, form.Locale, importer.Locale)
	if err != nil {
		t.Fatal(err)
	}
	book.Clock = db.Now
	ctx := lang.With(actor.System(context.Background()), book, "zh", "Asia/Shanghai")
	return house{Catalog: c, t: t, db: db, bus: bus, org: units, ctx: ctx}
}

func save(h house, code, name, level, parent, head string) error {
	_, err := h.org.SaveUnit(h.ctx, org.UnitInput{Code: code, NameZh: name, Level: level, Parent: parent, Head: head})
	return err
}

func unitOf(h house, code string) (org.Unit, bool) {
	tree, err := h.org.Tree(h.ctx)
	must(h.t, err)
	return tree.ByCode(code)
}

// as is the context of a person.
func (h house) as(no string) context.Context {
	h.t.Helper()
	p, err := h.org.PersonByNo(h.ctx, no)
	must(h.t, err)
	a, err := h.org.ActorOf(h.ctx, p.ID)
	must(h.t, err)
	return actor.With(h.ctx, a)
}

// load takes over a pack that comes with Neike.
func (h house) load(name string) Outcome {
	h.t.Helper()
	data, ok := content.Pack(name)
	if !ok {
		h.t.Fatalf("no pack %s", name)
	}
	out, err := h.Import(h.ctx, name, data, false)
	must(h.t, err)
	if len(out.Problems) > 0 {
		h.t.Fatal(out.Problems)
	}
	return out
}

func (h house) service(code string) *Service {
	h.t.Helper()
	snap, err := h.Snapshot(h.ctx)
	must(h.t, err)
	s, ok := snap.ByCode(code)
	if !ok {
		h.t.Fatalf("no service %s", code)
	}
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wants asserts the kind and key of a fault.
func wants(t *testing.T, err error, kind fault.Kind, key string) {
	t.Helper()
	f, ok := fault.As(err)
	if !ok || f.Kind != kind || f.Key != key {
		t.Fatalf("got %v, want %s %s", err, kind, key)
	}
}

// finds asserts the fields of an invalid form.
func finds(t *testing.T, err error, want ...string) {
	t.Helper()
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.Invalid {
		t.Fatalf("got %v, want findings %v", err, want)
	}
	got := []string{}
	for _, x := range f.Fields {
		got = append(got, x.Name+" "+x.Key)
	}
	if len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
}

var hours = func(n int) calendar.Duration { return calendar.Duration{Value: n, Unit: calendar.WorkingHours} }

var errNone = errors.New("none")

// kinds lists the kinds of events since the beginning.
func (h house) kinds() map[string]int {
	h.t.Helper()
	got := map[string]int{}
	err := h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) error {
		return sqldb.Each(ctx, rd, func(row sqldb.Row) error {
			var kind string
			var n int
			if err := row.Scan(&kind, &n); err != nil {
				return err
			}
			got[kind] = n
			return nil
		}, "select kind, count(*)\nfrom outbox\ngroup by kind")
	})
	must(h.t, err)
	return got
}
