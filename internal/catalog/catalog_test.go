package catalog

import (
	"context"
	"sync"
	"testing"
	"time"

	"neike/internal/calendar"
	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

func repair() Definition {
	std := standard()
	return Definition{
		Code: "finance.repair", Unit: "finance", Name: lang.Text{Zh: "修印机", En: "Printer repair"}, Kind: OnRequest, Standard: &std,
		Form: &form.Form{Fields: []form.Field{{Key: "place", Type: form.Text, Label: lang.Text{Zh: "地点", En: "Place"}, Required: true}}},
	}
}

func TestWritingAService(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		head := h.as("2001")
		s, created, err := h.Write(head, repair(), 0)
		must(t, err)
		if !created || s.State != Live || s.Version != 1 || s.Standard.Starting || !h.service("finance.repair").Askable() {
			t.Errorf("%v %+v", created, s)
		}
		_, created, err = h.Write(head, repair(), s.Revision)
		must(t, err)
		if again := h.service("finance.repair"); created || again.Revision != 1 {
			t.Errorf("the same again: created %v, revision %d", created, again.Revision)
		}
		d := repair()
		d.Form.Fields[0].Required = false
		s, _, err = h.Write(head, d, 1)
		must(t, err)
		if s.Version != 2 || s.Revision != 2 || len(s.Versions) != 2 || s.Versions[0].Form.Fields[0].Required != true {
			t.Errorf("%+v", s)
		}
		_, _, err = h.Write(head, d, 1)
		wants(t, err, fault.Precondition, "catalog.changed-meanwhile")
	})
}

func TestEverythingWrongComesAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		std := Standard{CompletionTarget: 3}
		_, _, err := h.Write(h.as("1001"), Definition{Code: "Finance", Unit: "nowhere", Kind: "odd", Standard: &std, Form: &form.Form{Fields: []form.Field{{Key: "A", Type: "x"}}}}, 0)
		finds(t, err, "code catalog.code", "kind catalog.kind", "unit catalog.unit-unknown-code", "name.zh form.required",
			"completion.value catalog.duration-missing", "completion_target catalog.share-range",
			"form.fields[0].key form.definition.key", "form.fields[0].type form.definition.type", "form.fields[0].label form.definition.label")
		d := repair()
		d.State, d.Standard = Draft, nil
		s, _, err := h.Write(h.as("2001"), d, 0)
		must(t, err)
		if s.State != Draft {
			t.Errorf("%+v", s)
		}
		_, err = h.Publish(h.as("2001"), d.Code)
		finds(t, err, "completion.value catalog.duration-missing", "completion_target catalog.share-missing")
	})
}

func TestWhoMayDoWhat(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		h.load("hr")
		d := repair()
		d.State = Draft
		_, _, err := h.Write(h.as("2001"), d, 0)
		must(t, err)
		must(t, h.org.SetRoles(h.ctx, "2002", []string{"owner@finance.pay"}, 0))
		must(t, h.org.SetRoles(h.ctx, "5001", []string{"executive"}, 0))
		std := standard()
		no := func(what string, err error) {
			t.Helper()
			if fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s: %v, want not found", what, err)
			}
		}
		for _, stranger := range []string{"4001", "3001", "5001"} {
			ctx := h.as(stranger)
			_, err := h.Visible(ctx, "finance.repair")
			no(stranger+" sees a draft", err)
			_, err = h.SetStandard(ctx, "finance.expense", std, 0)
			no(stranger+" sets a standard", err)
			_, err = h.Confirm(ctx, "finance.expense")
			no(stranger+" confirms", err)
			_, err = h.Retire(ctx, "finance.expense", "")
			no(stranger+" retires", err)
			_, err = h.Publish(ctx, "finance.repair")
			no(stranger+" publishes", err)
			_, err = h.ConfirmAll(ctx, "finance")
			no(stranger+" confirms all", err)
			_, _, err = h.Write(ctx, Definition{Code: "finance.x", Unit: "finance", Kind: OnRequest, Name: zhEn}, 0)
			wants(t, err, fault.Forbidden, "catalog.not-your-unit") // units are there for everybody to see
		}
		owner := h.as("2002")
		_, err = h.Visible(owner, "finance.repair") // somebody of the unit may propose it
		must(t, err)
		_, err = h.Publish(owner, "finance.repair")
		no("somebody of the unit publishes a draft", err)
		_, err = h.SetStandard(owner, "finance.expense", std, 0)
		no("the owner of another service sets a standard", err)
		_, err = h.SetStandard(owner, "finance.pay", std, 0)
		no("an owner changes what is promised", err)
		words := Definition{Code: "finance.pay", Name: zhEn}
		_, err = h.Describe(owner, words, 0)
		must(t, err)
		_, err = h.Confirm(owner, "finance.advance")
		no("an owner confirms a starting value", err)
		admin := h.as("1001")
		_, err = h.Visible(admin, "finance.repair")
		must(t, err)
		_, err = h.SetStandard(admin, "finance.expense", std, 0)
		no("administrator and quality office set a standard", err)
		_, err = h.Retire(admin, "finance.report", "")
		must(t, err)
		s, err := h.SetStandard(admin, "finance.repair", Standard{Completion: hours(8), CompletionTarget: 0.8}, 0)
		must(t, err)
		if !s.Standard.Starting {
			t.Error("the quality office promised for a unit")
		}
		head := h.as("2001")
		_, err = h.SetStandard(head, "hr.cert", std, 0)
		no("the head of another unit sets a standard", err)
		moved := repair()
		moved.Unit = "hr"
		_, _, err = h.Write(head, moved, 0)
		wants(t, err, fault.Forbidden, "catalog.not-your-unit")
	})
}

func TestSettingAndConfirmingStandards(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		head := h.as("2001")
		before := h.service("finance.expense")
		dbtest.Clock(h.db).Advance(time.Hour)
		s, err := h.SetStandard(head, "finance.expense", before.Standard, before.Revision)
		must(t, err)
		if s.Version != 1 || s.Standard.Starting || s.Revision != before.Revision+1 {
			t.Errorf("setting what is promised already confirms it: %+v", s)
		}
		std := before.Standard
		std.Completion = hours(24)
		_, err = h.SetStandard(head, "finance.expense", std, before.Revision)
		wants(t, err, fault.Precondition, "catalog.changed-meanwhile")
		dbtest.Clock(h.db).Advance(time.Hour)
		s, err = h.SetStandard(head, "finance.expense", std, s.Revision)
		must(t, err)
		if s.Version != 2 || s.At(h.db.Now()).Standard.Completion != hours(24) || s.At(h.db.Now().Add(-time.Minute)).Standard.Completion.Value != 5 {
			t.Errorf("%+v", s)
		}
		_, err = h.Confirm(head, "finance.expense")
		wants(t, err, fault.Conflict, "catalog.already-confirmed")
		n, err := h.ConfirmAll(head, "finance")
		must(t, err)
		if n != 8 {
			t.Errorf("%d confirmed", n)
		}
		n, err = h.ConfirmAll(head, "finance")
		if n != 0 || err != nil {
			t.Errorf("again %d %v", n, err)
		}
		kinds := h.kinds()
		if kinds["catalog.standard-was-set"] != 10 || kinds["catalog.standard-was-confirmed"] != 9 || kinds["catalog.service-was-published"] != 9 {
			t.Errorf("%v", kinds)
		}
	})
}

func TestStatesOfAService(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		head := h.as("2001")
		_, err := h.Publish(head, "finance.pay")
		wants(t, err, fault.Conflict, "catalog.already-live")
		_, err = h.Retire(head, "finance.pay", "")
		must(t, err)
		_, err = h.Retire(head, "finance.pay", "")
		wants(t, err, fault.Conflict, "catalog.already-retired")
		_, err = h.SetStandard(head, "finance.pay", standard(), 0)
		wants(t, err, fault.Conflict, "catalog.already-retired")
		_, err = h.Confirm(head, "finance.pay")
		wants(t, err, fault.Conflict, "catalog.already-retired")
		if _, err := h.Visible(h.as("4001"), "finance.pay"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a retired service is seen: %v", err)
		}
		_, err = h.Publish(head, "finance.pay")
		must(t, err)
		if !h.service("finance.pay").Askable() {
			t.Error("published again it cannot be asked for")
		}
	})
}

// TestOneWinner fires each use case twice at once: exactly one wins, the other gets an answer with a sentence.
func TestOneWinner(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		head := h.as("2001")
		two := func(name string, do func() error) {
			t.Helper()
			var wg sync.WaitGroup
			errs := make([]error, 2)
			for i := range errs {
				wg.Go(func() { errs[i] = do() })
			}
			wg.Wait()
			won := 0
			for _, err := range errs {
				if err == nil {
					won++
				} else if k := fault.KindOf(err); k != fault.Conflict && k != fault.Precondition {
					t.Errorf("%s: the loser got %v", name, err)
				}
			}
			if won != 1 {
				t.Errorf("%s: %d won: %v", name, won, errs)
			}
		}
		two("retire", func() error { _, err := h.Retire(head, "finance.pay", ""); return err })
		two("publish", func() error { _, err := h.Publish(head, "finance.pay"); return err })
		two("confirm", func() error { _, err := h.Confirm(head, "finance.pay"); return err })
		revision := h.service("finance.expense").Revision
		std := standard()
		two("set", func() error { _, err := h.SetStandard(head, "finance.expense", std, revision); return err })
		if n := len(h.service("finance.expense").Versions); n != 2 {
			t.Errorf("%d versions", n)
		}
		d := repair()
		one, other := make(chan bool, 2), make(chan error, 2)
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				_, created, err := h.Write(head, d, 0)
				if err != nil {
					other <- err
				} else {
					one <- created
				}
			})
		}
		wg.Wait()
		close(one)
		close(other)
		made := 0
		for created := range one {
			if created {
				made++
			}
		}
		for err := range other {
			wants(t, err, fault.Conflict, "catalog.made-meanwhile")
		}
		if made != 1 {
			t.Errorf("made %d times", made)
		}
	})
}

func TestTheSnapshotFollows(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		old, err := h.Snapshot(h.ctx)
		must(t, err)
		same, err := h.Snapshot(h.ctx)
		must(t, err)
		if old != same {
			t.Error("nothing changed, and the snapshot was read again")
		}
		_, err = h.Retire(h.as("2001"), "finance.pay", "")
		must(t, err)
		if s, _ := old.ByCode("finance.pay"); s.State != Live {
			t.Error("an old snapshot changed")
		}
		if h.service("finance.pay").State != Retired {
			t.Error("the new snapshot did not follow")
		}
		// what a transaction sees is not kept
		err = h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			c := h.Catalog
			c.forget()
			if _, err := tx.Exec(ctx, "update catalog_service\nset name_zh = 'x'\nwhere code = 'finance.pay'"); err != nil {
				return err
			}
			if _, err := c.Snapshot(ctx); err != nil {
				return err
			}
			return errNone
		})
		if err == nil || h.service("finance.pay").Name.Zh != "对公付款" {
			t.Errorf("%v, %s", err, h.service("finance.pay").Name.Zh)
		}
	})
}

func TestAnotherProcessFollows(t *testing.T) {
	db := dbtest.Open(t, sqldb.Postgres, schemas)
	h := build(t, db)
	h.load("finance")
	other := rooms(t, dbtest.Second(t, db))
	if other.service("finance.pay").State != Live {
		t.Fatal("not live")
	}
	ctx, cancel := context.WithCancel(h.ctx)
	defer cancel()
	heard := make(chan string, 1000)
	other.bus.Live(func(r event.Record) { heard <- r.Kind })
	done := make(chan error, 1)
	go func() { done <- other.bus.Run(ctx) }()
	hears := func(kind string, within time.Duration) bool {
		late := time.After(within)
		for {
			select {
			case got := <-heard:
				if got == kind {
					return true
				}
			case <-late:
				return false
			}
		}
	}
	probe := CustomersWereDeclared{Unit: 1}
	listening := false
	for range 100 { // until the other process has begun to listen
		must(t, h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error { return h.bus.Emit(ctx, tx, probe) }))
		if listening = hears(probe.EventKind(), 100*time.Millisecond); listening {
			break
		}
	}
	if !listening {
		t.Fatal("the other process never listened")
	}
	_ = other.service("finance.pay")
	_, err := h.Retire(h.as("2001"), "finance.pay", "")
	must(t, err)
	if !hears(ServiceWasRetired{}.EventKind(), 10*time.Second) {
		t.Fatal("the other process heard nothing")
	}
	if other.service("finance.pay").State != Retired {
		t.Error("the other process did not follow")
	}
	cancel()
	<-done
}

func TestPromises(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		at := time.Date(2026, 9, 29, 8, 40, 0, 0, time.UTC) // Tuesday 16:40 in Shanghai, before the holidays
		p, err := h.Promise(h.ctx, h.service("finance.pay"), 0, at)
		must(t, err)
		if want := time.Date(2026, 10, 9, 10, 0, 0, 0, time.UTC); !p.Due.Equal(want) && p.Due.Before(at) {
			t.Errorf("due %v", p.Due)
		}
		if p.Calendar != calendar.Default || p.Response.IsZero() || p.Due.Before(p.Response) {
			t.Errorf("%+v", p)
		}
		if len(p.Special) == 0 || p.Special[0].Counts || p.Special[0].From.String() != "2026-10-01" {
			t.Errorf("the holidays are not told: %+v", p.Special)
		}
		words := specialWords(h.ctx, p.Special)
		if words[0] != "10月1日–10月7日 国庆节，不计" && words[0] != "10月1日–10月8日 国庆节，不计" {
			t.Errorf("%v", words)
		}
		list := examples(tableOf(h), at)
		if len(list) != 3 || list[0].Format("01-02 15:04") != "09-30 16:40" || list[1].Format("15:04") != "10:00" || list[2].Weekday() != time.Friday {
			t.Errorf("%v", list)
		}
		if hours := openingHours(h.ctx, tableOf(h), at); hours == "" {
			t.Error("no opening hours")
		}
	})
}

func tableOf(h house) *calendar.Table {
	t, err := h.calendars.Table(h.ctx, calendar.Default)
	must(h.t, err)
	return t
}

func BenchmarkServiceForARequest(b *testing.B) {
	db := dbtest.Open(b, sqldb.SQLite, schemas)
	t := &testing.T{}
	h := build(t, db)
	h.load("finance")
	ctx := actor.With(h.ctx, actor.Actor{Person: 1})
	b.ReportAllocs()
	for b.Loop() {
		snap, err := h.Snapshot(ctx)
		if err != nil {
			b.Fatal(err)
		}
		s, ok := snap.ByCode("finance.pay")
		if !ok || !s.Askable() || s.At(db.Now()).N != 1 {
			b.Fatal(s)
		}
	}
}
