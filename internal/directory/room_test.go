package directory_test

import (
	"context"
	"slices"
	"testing"

	"neike/internal/directory"
	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/job"
	"neike/internal/kit/secret"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

var schemas = []sqldb.Schema{{Room: "event", FS: event.Schema}, {Room: "job", FS: job.Schema}, {Room: "org", FS: org.Schema}, {Room: "directory", FS: directory.Schema}}

// world is the room with the organisation below it.
type world struct {
	t    *testing.T
	db   *sqldb.DB
	bus  *event.Bus
	jobs *job.Queue
	org  *org.Service
	*directory.Service
}

func each(t *testing.T, fn func(w *world)) {
	t.Helper()
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) { fn(open(t, db)) })
}

func open(t *testing.T, db *sqldb.DB) *world {
	t.Helper()
	box, err := secret.New(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, db: db, bus: event.NewBus(db), jobs: job.New(db)}
	w.org = org.New(db, w.bus)
	w.Service = directory.New(db, w.bus, w.jobs, w.org, box)
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) ctx() context.Context { return w.t.Context() }

// unit makes a unit.
func (w *world) unit(code, name, parent string) {
	w.t.Helper()
	_, err := w.org.SaveUnit(w.ctx(), org.UnitInput{Code: code, NameZh: name, Parent: parent})
	w.must(err)
}

// person makes a person.
func (w *world) person(no, name, unit string) org.ID {
	w.t.Helper()
	p, err := w.org.SavePerson(w.ctx(), org.PersonInput{No: no, Name: name, Unit: unit})
	w.must(err)
	return p.ID
}

func (w *world) no(no string) org.Person {
	w.t.Helper()
	p, err := w.org.PersonByNo(w.ctx(), no)
	w.must(err)
	return p
}

// wecom makes a connection of that kind.
func (w *world) wecom(change func(*directory.ConnectionInput)) directory.Connection {
	w.t.Helper()
	in := directory.ConnectionInput{Kind: "wecom", NameZh: "企业微信", SignIn: true, Sync: true, Notify: true, Settings: map[string]string{"corp": "ww1", "app": "1000002"},
		Secrets: map[string]string{"secret": "hush-hush"}, Rules: directory.DefaultRules()}
	if change != nil {
		change(&in)
	}
	c, err := w.SaveConnection(w.ctx(), 0, in)
	w.must(err)
	return c
}

func (w *world) link(c directory.ID, subject string, person org.ID) error {
	return w.db.Write(w.ctx(), func(ctx context.Context, tx *sqldb.Tx) error { return w.Link(ctx, tx, c, subject, person) })
}

func (w *world) personOf(c directory.ID, subject string) (id org.ID) {
	w.t.Helper()
	w.must(w.db.Read(w.ctx(), func(ctx context.Context, rd sqldb.Reader) (err error) {
		id, _, err = w.PersonOf(ctx, rd, c, subject)
		return err
	}))
	return id
}

func TestAnAccountIsOnePerson(t *testing.T) {
	each(t, func(w *world) {
		w.unit("root", "华衡", "")
		zhou, lin := w.person("00123", "周敏", "root"), w.person("00124", "林晓", "root")
		c, other := w.wecom(nil), w.wecom(func(in *directory.ConnectionInput) { in.NameZh = "第二个" })
		w.must(w.link(c.ID, "ZhouMin", zhou))
		w.must(w.link(c.ID, "zhoumin", zhou))
		w.must(w.link(other.ID, "zhoumin", lin))
		if got := w.personOf(c.ID, " ZHOUMIN"); got != zhou {
			w.t.Errorf("ZHOUMIN is %d", got)
		}
		if got := w.personOf(c.ID, "nobody"); got != 0 {
			w.t.Errorf("nobody is %d", got)
		}
		for name, err := range map[string]error{
			"somebody else's account": w.link(c.ID, "ZHOUMIN", lin),
			"a second account":        w.link(c.ID, "zhou.min", zhou),
			"no account":              w.link(c.ID, " ", lin),
			"nobody":                  w.link(c.ID, "x", 99),
		} {
			if fault.KindOf(err) == fault.Internal {
				w.t.Errorf("%s: %v", name, err)
			}
		}
		w.must(w.db.Read(w.ctx(), func(ctx context.Context, rd sqldb.Reader) error {
			at, err := w.AddressesOf(ctx, rd, c.ID, []org.ID{zhou, lin})
			if err != nil || len(at) != 1 || at[zhou] != "ZhouMin" {
				w.t.Errorf("addresses %v, %v", at, err)
			}
			return nil
		}))
		w.must(w.Unlink(w.ctx(), c.ID, zhou))
		if got := w.personOf(c.ID, "zhoumin"); got != 0 {
			w.t.Errorf("unlinked, and still %d", got)
		}
		if err := w.Unlink(w.ctx(), c.ID, zhou); fault.KindOf(err) != fault.NotFound {
			w.t.Errorf("unlinked twice: %v", err)
		}
	})
}

func TestASecretStaysWhatItIs(t *testing.T) {
	each(t, func(w *world) {
		c := w.wecom(nil)
		if !slices.Equal(c.Sealed, []string{"secret"}) {
			w.t.Errorf("sealed %v", c.Sealed)
		}
		in := directory.ConnectionInput{NameZh: "企微", SignIn: true, Settings: map[string]string{"corp": "ww2", "app": "1"}, Rules: directory.DefaultRules(), Revision: c.Revision}
		next, err := w.SaveConnection(w.ctx(), c.ID, in)
		if err != nil || !slices.Equal(next.Sealed, []string{"secret"}) || next.Settings["corp"] != "ww2" || next.Kind != "wecom" {
			w.t.Errorf("%+v, %v", next, err)
		}
		if _, err := w.SaveConnection(w.ctx(), c.ID, in); fault.KindOf(err) != fault.Precondition {
			w.t.Errorf("saved over a newer state: %v", err)
		}
		_, err = w.SaveConnection(w.ctx(), 0, directory.ConnectionInput{Kind: "ldap", Notify: true, Settings: map[string]string{"url": "ftp://x", "corp": "y"}})
		f, _ := fault.As(err)
		if f == nil || len(f.Fields) < 6 {
			w.t.Errorf("not all at once: %v", err)
		}
	})
}

// system is the context of the house itself.
func (w *world) system() context.Context { return actor.System(w.t.Context()) }

// rule gives a connection other rules.
func (w *world) rule(c directory.Connection, rules directory.Rules) {
	w.t.Helper()
	_, err := w.SaveConnection(w.ctx(), c.ID, directory.ConnectionInput{NameZh: c.Name.Zh, SignIn: true, Sync: true, Notify: true, Settings: c.Settings, Rules: rules})
	w.must(err)
}

// move gives somebody another main unit, and no more than that.
func (w *world) move(no, unit string) {
	w.t.Helper()
	p := w.no(no)
	_, err := w.org.SavePerson(w.ctx(), org.PersonInput{No: no, Name: p.Name, Phone: p.Phone, Position: p.Position, Unit: unit, Revision: p.Revision})
	w.must(err)
}

// more gives somebody more units.
func (w *world) more(no string, units ...string) {
	w.t.Helper()
	p := w.no(no)
	tree, err := w.org.Tree(w.ctx())
	w.must(err)
	u, _ := tree.ByID(p.Unit)
	manager := ""
	if m, err := w.org.Person(w.ctx(), p.Manager); err == nil {
		manager = m.No
	}
	_, err = w.org.SavePerson(w.ctx(), org.PersonInput{No: no, Name: p.Name, Unit: u.Code, Position: p.Position, Manager: manager, More: units, Revision: p.Revision})
	w.must(err)
}
