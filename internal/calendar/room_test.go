package calendar

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/org"
)

var schemas = []sqldb.Schema{{Room: "event", FS: event.Schema}, {Room: "org", FS: org.Schema}, {Room: "calendar", FS: Schema}}

type room struct {
	*Service
	db  *sqldb.DB
	bus *event.Bus
	org *org.Service
	ctx context.Context
}

func each(t *testing.T, fn func(t *testing.T, r room)) {
	t.Helper()
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		bus := event.NewBus(db)
		units := org.New(db, bus)
		fn(t, room{New(db, bus, units), db, bus, units, inWords(t, "zh")})
	})
}

func inWords(t testing.TB, locale string) context.Context {
	t.Helper()
	book, err := lang.New(Locale, web.Locale)
	if err != nil {
		t.Fatal(err)
	}
	return lang.With(actor.System(context.Background()), book, locale, "Asia/Shanghai")
}

func TestANewHouseHasACalendar(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		before, err := r.Table(r.ctx, Default)
		if err != nil || before.Version != 1 {
			t.Fatal(before, err)
		}
		for range 2 { // opening the house again changes nothing
			if err := r.Prepare(r.ctx); err != nil {
				t.Fatal(err)
			}
		}
		b, err := r.Book(r.ctx)
		if err != nil {
			t.Fatal(err)
		}
		v, ok := b.Current(Default)
		if !ok || v.Number != 1 || v.ID == 0 {
			t.Fatalf("%+v", v)
		}
	})
}

func TestPublish(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		in, _ := BuiltIn(Default)
		in.Hours = weekdaysOf(hours("09:00", "12:00", "13:00", "18:00"))
		v, err := r.Publish(r.ctx, in)
		if err != nil || v.Number != 2 {
			t.Fatal(v, err)
		}
		table, err := r.Table(r.ctx, Default)
		if err != nil || table.Version != 2 {
			t.Fatal(table, err)
		}
		a := moment(t, "2026-09-29T00:00:00+08:00")
		if got, _ := table.Elapsed(a, a.Add(24*time.Hour)); got != 8*time.Hour {
			t.Errorf("the new hours: %s", got)
		}
		in.ValidFrom, in.Hours = "2026-12-01", weekdaysOf(hours("10:00", "12:00"))
		if v, err = r.Publish(r.ctx, in); err != nil || v.Number != 3 {
			t.Fatal(v, err)
		}
		b, _ := r.Book(r.ctx)
		table, _ = b.Table(Default, 3)
		for date, want := range map[string]time.Duration{"2026-11-30": 8 * time.Hour, "2026-12-01": 2 * time.Hour} {
			a := moment(t, date+"T00:00:00+08:00")
			if got, err := table.Elapsed(a, a.Add(24*time.Hour)); got != want {
				t.Errorf("%s: %s, want %s (%v)", date, got, want, err)
			}
		}
		if later := b.Later(Default, 1); len(later) != 2 || later[0].Version != 2 || !later[0].At.Equal(r.db.Now()) {
			t.Errorf("later publications: %+v", later)
		}
		old, err := b.Table(Default, 1)
		if got, _ := old.Elapsed(a, a.Add(24*time.Hour)); err != nil || got != 8*time.Hour || old.standard != 8*time.Hour {
			t.Errorf("version 1 is kept: %s", got)
		}
	})
}

func TestPublishRefuses(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		bad := Input{
			Code: "Ω", Zone: "Mars/Olympus", ValidFrom: "yesterday", Statutory: "xx", StandardDaySeconds: 90_000, OfficialYears: []int{1815},
			Hours:    Week{Mon: hours("09:00", "08:00"), Tue: hours("09:00", "12:00", "11:00", "13:00"), Wed: Hours{{"9"}}, Thu: hours("09:00", "09:00")},
			Holidays: []Day{{Date: "2026-10-32"}, {Date: "2026-01-01"}, {Date: "2026-01-01"}},
			Special:  []Day{{Date: "1815-06-18"}},
		}
		_, err := r.Publish(r.ctx, bad)
		f, ok := fault.As(err)
		if !ok || f.Kind != fault.Invalid {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, field := range f.Fields {
			got[field.Name] = field.Key
		}
		for name, key := range map[string]string{
			"code": "calendar.code-malformed", "zone": "calendar.zone-unknown", "valid_from": "calendar.date-malformed",
			"hours.mon.0": "calendar.opening-over-midnight", "hours.tue": "calendar.openings-overlap", "hours.wed.0": "calendar.opening-malformed",
			"hours.thu.0": "calendar.opening-empty", "holidays.0.date": "calendar.date-malformed", "holidays.2.date": "calendar.date-twice",
			"special.0.date": "calendar.year-out-of-range", "statutory": "calendar.statutory-unknown",
			"standard_day_seconds": "calendar.standard-day-out-of-range", "official_years.0": "calendar.year-out-of-range",
		} {
			if got[name] != key {
				t.Errorf("%s: %q, want %q", name, got[name], key)
			}
		}
		in, _ := BuiltIn(Default)
		in.Replaces = 7
		if _, err := r.Publish(r.ctx, in); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a version that nobody has seen: %v", err)
		}
		in.Replaces, in.Zone, in.ValidFrom = 0, "Europe/Berlin", "2026-12-01"
		if _, err := r.Publish(r.ctx, in); fault.KindOf(err) != fault.Invalid {
			t.Errorf("another zone from a day on: %v", err)
		}
	})
}

func TestTwoPublishAtOnce(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		if err := r.Prepare(r.ctx); err != nil {
			t.Fatal(err)
		}
		in, _ := BuiltIn(Default)
		in.Replaces = 1
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for i := range errs {
			wg.Go(func() { _, errs[i] = r.Publish(r.ctx, in) })
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("exactly one wins: %v, %v", errs[0], errs[1])
		}
		for _, err := range errs {
			if err != nil && fault.KindOf(err) != fault.Conflict {
				t.Errorf("the other is told why: %v", err)
			}
		}
	})
}

func TestAUnitHasTheCalendarOfItsNearestParent(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		for range 2 { // the second time there is nothing to do
			if err := r.Install(r.ctx, "plant-2shift", "plant-3shift"); err != nil {
				t.Fatal(err)
			}
		}
		save := func(code, parent, calendar string) org.Unit {
			u, err := r.org.SaveUnit(r.ctx, org.UnitInput{Code: code, NameZh: code, Parent: parent, Calendar: calendar})
			if err != nil {
				t.Fatal(err)
			}
			return u
		}
		hq, works := save("hq", "", ""), save("works", "hq", "plant-3shift")
		line := save("line", "works", "")
		for unit, want := range map[org.ID]string{hq.ID: Default, works.ID: "plant-3shift", line.ID: "plant-3shift", 42: Default} {
			if code, err := r.CodeFor(r.ctx, unit); err != nil || code != want {
				t.Errorf("unit %d: %s, want %s (%v)", unit, code, want, err)
			}
		}
		if _, err := r.org.SaveUnit(r.ctx, org.UnitInput{Code: "lab", NameZh: "lab", Parent: "hq", Calendar: "moon"}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a calendar that was never published: %v", err)
		}
	})
}

func TestNewerStatutoryDaysArePublished(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		in, _ := BuiltIn(Default)
		var f fault.Fields
		v := in.version(&f, embedded)
		v.Number = 1
		old := *v.statutory
		old.Years = map[int]bool{2025: true, 2026: false}
		v.statutory = &old
		err := r.db.Write(r.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			v.ID, v.At = tx.NewID(), tx.Now
			return insert(ctx, tx, v)
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := r.Prepare(r.ctx); err != nil {
				t.Fatal(err)
			}
		}
		b, err := r.Book(r.ctx)
		if err != nil {
			t.Fatal(err)
		}
		if v, _ := b.Current(Default); v.Number != 2 || !v.Rules.official(2026) {
			t.Errorf("%+v", v.Number)
		}
	})
}

func call(t *testing.T, h http.Handler, method, path, body string) (int, map[string]any) {
	t.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, req)
	var out map[string]any
	if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil {
		t.Fatalf("%s %s: %d %s", method, path, rec.Code, rec.Body)
	}
	return rec.Code, out
}

func TestAPI(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		book, err := lang.New(Locale, web.Locale)
		if err != nil {
			t.Fatal(err)
		}
		m := web.New(web.Options{Book: book, Who: func(*http.Request) (actor.Actor, error) { return actor.From(r.ctx), nil }})
		r.API(m)
		status, got := call(t, m, "POST", "/api/v1/calendars", `{"code":"lab","name":"实验室","tz":"Asia/Shanghai",
			"hours":{"mon":[["09:00","12:00"],["13:00","18:00"]],"tue":[["09:00","12:00"]]},"holidays":["2026-11-23"],"make_up_workdays":{"2026-11-28":[["09:00","10:00"]]}}`)
		if status != 201 || got["version"] != 1.0 || got["standard_day_seconds"] != 28800.0 {
			t.Fatal(status, got)
		}
		status, got = call(t, m, "POST", "/api/v1/calendars/lab/explain", `{"start":"2026-11-20T10:00:00+08:00","target":{"value":4,"unit":"working_hours"}}`)
		if status != 200 || got["due_at"] != "2026-11-28T02:00:00Z" || got["provisional"] != false || got["target_seconds"] != 14400.0 || got["label"] != "4 工作小时" {
			t.Fatal(status, got)
		}
		sum := 0.0
		var reasons []string
		for _, in := range got["intervals"].([]any) {
			in := in.(map[string]any)
			if in["kind"] == "counted" {
				sum += in["seconds"].(float64)
			}
			reason, _ := in["reason"].(string)
			reasons = append(reasons, in["kind"].(string)+":"+reason)
		}
		if sum != 14400 {
			t.Errorf("counted seconds add up to %v", sum)
		}
		want := "off_hours:休息日 off_hours:周末 holiday:节假日 off_hours:夜间 counted: off_hours:夜间 off_hours:休息日 off_hours:夜间 counted:调休上班"
		if strings.Join(reasons, " ") != want {
			t.Errorf("intervals\n%s, want\n%s", strings.Join(reasons, " "), want)
		}
		status, got = call(t, m, "POST", "/api/v1/calendars/lab/explain", `{"start":"soon","target":{"value":0,"unit":"days"}}`)
		if fields, _ := got["fields"].([]any); status != 422 || len(fields) != 2 {
			t.Errorf("%d %v", status, got)
		}
		if status, _ = call(t, m, "GET", "/api/v1/calendars/moon", ""); status != 404 {
			t.Errorf("an unknown calendar: %d", status)
		}
		status, got = call(t, m, "GET", "/api/v1/calendars", "")
		if items, _ := got["items"].([]any); status != 200 || len(items) != 2 || items[0].(map[string]any)["code"] != "default" {
			t.Errorf("%d %v", status, got)
		}
	})
}
