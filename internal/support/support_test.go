package support

import (
	"context"
	"strings"
	"testing"
	"time"

	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/secret"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

func TestTextsAreChecked(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a word is enough", " 你好 ", ""},
		{"space is no word", " \n ", "support.need-text"},
		{"four thousand characters fit", strings.Repeat("字", maxText), ""},
		{"one more does not", strings.Repeat("字", maxText+1), "form.too-long"},
	} {
		var f fault.Fields
		checkText(&f, c.text)
		got := ""
		for _, x := range f.All() {
			got += x.Key
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if day := time.Date(2026, 2, 1, 9, 0, 0, 0, time.UTC); !eraseAt(day, 30).Equal(day.AddDate(0, 0, 30)) {
		t.Error("thirty days are not thirty days")
	}
}

// TestACaseIsPassedAndEnds: whoever asked may choose another supporter; the one before does not read it any more, and of
// two who close at once exactly one does.
func TestACaseIsPassedAndEnds(t *testing.T) {
	schemas := []sqldb.Schema{{Room: "event", FS: event.Schema}, {Room: "org", FS: org.Schema}, {Room: "access", FS: access.Schema},
		{Room: "calendar", FS: calendar.Schema}, {Room: "catalog", FS: catalog.Schema}, {Room: "support", FS: Schema}}
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		s, as := furnished(t, db)
		asker, first, second := as("1"), as("2"), as("3")
		_, err := s.Ask(as("2"), "hr.talk", "2", "x")
		if f, ok := fault.As(err); !ok || len(f.Fields) != 1 || f.Fields[0].Name != "supporter" {
			t.Errorf("somebody supports themselves: %v", err)
		}
		c, err := s.Ask(asker, "hr.talk", "2", "想谈谈")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Pass(first, c.Ref, "3"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the supporter passes it on: %v", err)
		}
		if _, err := s.Pass(asker, c.Ref, "3"); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Case(first, c.Ref); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the one before still reads it: %v", err)
		}
		if _, words, err := s.Case(second, c.Ref); err != nil || len(words) != 1 || words[0].Text != "想谈谈" {
			t.Errorf("%v %v", words, err)
		}
		won := make(chan error, 2)
		for _, who := range []context.Context{asker, second} {
			go func() { _, err := s.Close(who, c.Ref); won <- err }()
		}
		if a, b := <-won, <-won; (a == nil) == (b == nil) {
			t.Errorf("%v and %v", a, b)
		}
		if _, err := s.Say(asker, c.Ref, "x"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("words after the end: %v", err)
		}
	})
}

// furnished is the room with a service that 2 and 3 support, and who asks by 工号.
func furnished(t *testing.T, db *sqldb.DB) (*Service, func(no string) context.Context) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	bus := event.NewBus(db)
	people := org.New(db, bus)
	services := catalog.New(db, bus, people, access.New(db, people), calendar.New(db, bus, people))
	book, err := lang.New(Locale, catalog.Locale)
	must(err)
	house := lang.With(actor.System(t.Context()), book, "zh", "Asia/Shanghai")
	_, err = people.SaveUnit(house, org.UnitInput{Code: "hr", NameZh: "人力资源部", Level: "department"})
	must(err)
	for _, no := range []string{"1", "2", "3"} {
		_, err := people.SavePerson(house, org.PersonInput{No: no, Name: "员工" + no, Unit: "hr"})
		must(err)
	}
	p := catalog.DefaultPolicy()
	p.Confidential, p.RetentionDays, p.Crisis = catalog.PrivacySupport, 30, lang.Text{Zh: "12356"}
	_, _, err = services.Write(house, catalog.Definition{Code: "hr.talk", Unit: "hr", Name: lang.Text{Zh: "谈话"}, Kind: catalog.OnRequest, State: catalog.Draft, Policy: &p}, 0)
	must(err)
	_, err = services.SetSupporters(house, "hr.talk", []string{"2", "3"})
	must(err)
	_, err = services.Publish(house, "hr.talk")
	must(err)
	box, err := secret.New([]byte(strings.Repeat("k", 32)))
	must(err)
	return New(db, people, services, box), func(no string) context.Context {
		p, err := people.PersonByNo(house, no)
		must(err)
		a, err := people.ActorOf(house, p.ID)
		must(err)
		return actor.With(house, a)
	}
}
