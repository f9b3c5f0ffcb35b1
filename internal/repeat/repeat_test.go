package repeat

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/org"
	"neike/internal/request"
	"neike/internal/todo"
)

func TestADateIsAskedAheadAndOnce(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		x := h.make("3002", monthly())
		h.due()
		h.is("nothing yet")
		h.on("2026-11-30 07:59") // needed on 3 December, three workdays ahead is 30 November
		h.due()
		h.is("a minute too early")
		h.on("2026-11-30 08:00")
		other := wire(t, h.db) // a second process
		var wg sync.WaitGroup
		for _, s := range []house{h, other, h, other} {
			wg.Go(func() {
				if err := s.OpenDue(h.ctx); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		h.is("asked once", "12 月备用金")
		h.on("2026-11-23 09:00") // the clock of the machine goes back
		h.due()
		h.on("2026-12-01 08:00")
		h.due()
		h.is("a clock that jumps asks nothing again", "12 月备用金")
		v, err := h.Template(h.as("3002"), x.Number)
		must(t, err)
		if len(v.Last) != 1 || v.Last[0].Slot != "2026-12" || v.Coming[0].Slot != "2027-01" {
			t.Errorf("its dates: %+v", v.Last)
		}
		r, err := h.Request.ByNumber(h.as("3002"), v.Last[0].Number)
		must(t, err)
		if !r.Wished.Equal(v.Last[0].Due) || !strings.Contains(r.Fields, "12 月现场备用金") {
			t.Errorf("wished %v, answers %s", r.Wished, r.Fields)
		}
	})
}

func TestADateAmongTheAnswersFollowsTheDayOfAsking(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		w := monthly()
		w.Fields["due"] = "{workday+5}"
		x := h.make("3002", w)
		h.on("2026-11-30 08:00") // a Monday
		h.due()
		v, err := h.Template(h.as("3002"), x.Number)
		must(t, err)
		r, err := h.Request.ByNumber(h.as("3002"), v.Last[0].Number)
		must(t, err)
		if !strings.Contains(r.Fields, `"due":"2026-12-07"`) {
			t.Errorf("answers %s", r.Fields)
		}
		_, err = h.ChangeDate(h.as("3002"), x.Number, "2027-01", "", map[string]any{"due": "{workday+9}", "amount": "9000"})
		must(t, err)
		_, err = h.ChangeDate(h.as("3002"), x.Number, "2027-02", "", map[string]any{"amount": "viel"})
		if e, ok := fault.As(err); !ok || e.Fields[0].Name != "fields.amount" {
			t.Errorf("an answer that cannot be asked: %v", err)
		}
		h.on("2026-12-31 08:00") // a Thursday before the New Year's holiday, 1 to 3 January
		h.due()
		v, err = h.Template(h.as("3002"), x.Number)
		must(t, err)
		r, err = h.Request.ByNumber(h.as("3002"), v.Last[0].Number)
		must(t, err)
		if !strings.Contains(r.Fields, `"due":"2027-01-14"`) || !strings.Contains(r.Fields, `"amount":"9000.00"`) {
			t.Errorf("answers of the changed one %s", r.Fields)
		}
		w.Fields["due"] = "{workday+251}"
		if _, err := h.Make(h.as("3002"), w); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a year and more: %v", err)
		}
	})
}

// weekdays is a calendar of Mondays to Fridays with one day off.
type weekdays struct{ calendar.Days }

func (weekdays) Location() *time.Location { return time.FixedZone("", 8*3600) }

func (weekdays) Workday(d calendar.Date) bool {
	w := d.Time().Weekday()
	return w != time.Saturday && w != time.Sunday && d.String() != "2026-12-03"
}

func TestWorkdaysAfterADay(t *testing.T) {
	monday, _ := calendar.ParseDate("2026-11-30")
	for _, c := range []struct {
		name, answer, want string
	}{
		{"the day itself", "{workday+0}", "2026-11-30"},
		{"the next one", "{workday+1}", "2026-12-01"},
		{"a day off does not count", "{workday+3}", "2026-12-04"},
		{"over the weekend", "{工作日+4}", "2026-12-07"},
		{"with spaces around", " {workday+1} ", "2026-12-01"},
		{"a day is a day", "2027-01-01", "2027-01-01"},
		{"more than a year is left as it is, to be refused", "{workday+251}", "{workday+251}"},
		{"not backwards", "{workday-1}", "{workday-1}"},
	} {
		f := form.Form{Fields: []form.Field{{Key: "due", Type: form.Date}, {Key: "note", Type: form.Text}}}
		out := filledAnswers(f, map[string]any{"due": c.answer, "note": "{workday+1}"}, day{monday, monday, weekdays{}})
		if out["due"] != c.want || out["note"] != "{workday+1}" {
			t.Errorf("%s: %v, want %s", c.name, out, c.want)
		}
	}
}

func TestMonthsAndTimesAmongTheAnswersFollow(t *testing.T) {
	asked, _ := calendar.ParseDate("2026-11-30")
	planned, _ := calendar.ParseDate("2026-12-03")
	f := form.Form{Fields: []form.Field{{Key: "m", Type: form.Month}, {Key: "at", Type: form.DateTime}, {Key: "d", Type: form.Date}}}
	for _, c := range []struct{ key, answer, want string }{
		{"m", "{month}", "2026-12"}, {"m", "{月-1}", "2026-11"}, {"m", "{month+1}", "2027-01"}, {"m", "{month-12}", "2025-12"},
		{"m", "{上月}", "2026-11"}, {"m", " {this month} ", "2026-12"}, {"m", "{下月}", "2027-01"}, {"m", "2027-05", "2027-05"},
		{"m", "{month-13}", "{month-13}"}, {"m", "{workday+1}", "{workday+1}"},
		{"at", "{workday+1 14:00}", "2026-12-01T06:00:00Z"}, {"at", "{工作日+3  9:05}", "2026-12-04T01:05:00Z"}, {"at", "{workday+0 00:00}", "2026-11-29T16:00:00Z"},
		{"at", "{workday+1}", "{workday+1}"}, {"at", "{workday+1 24:00}", "{workday+1 24:00}"}, {"at", "{month}", "{month}"},
		{"d", "{workday+1 14:00}", "{workday+1 14:00}"},
	} {
		if out := filledAnswers(f, map[string]any{c.key: c.answer}, day{planned, asked, weekdays{}}); out[c.key] != c.want {
			t.Errorf("%s %s: %v, want %s", c.key, c.answer, out[c.key], c.want)
		}
	}
	for _, n := range []int{-12, -1, 0, 1, 12} {
		if w, ok := followed(form.Month, monthText(n)); !ok || w.n != n {
			t.Errorf("%d is written %s and read %d %t", n, monthText(n), w.n, ok)
		}
	}
}

// withMonths is a service that asks for a month and a moment.
const withMonths = `
schema: icm.template/v1
locale_order: [zh, en]
department: {code: finance, name: {zh: 财务部, en: Finance}}
services:
- code: finance.closing
  name: {zh: 结账数据, en: Closing figures}
  description: {zh: 按月取数, en: Figures of a month}
  kind: request
  form:
  - {key: period, type: month, label: {zh: 会计期间, en: Period}, required: true}
  - {key: pick, type: datetime, label: {zh: 取数时间, en: Time of fetching}, required: true}
  - {key: note, type: text, label: {zh: 说明, en: Note}}
  - key: items
    type: table
    label: {zh: 明细, en: Items}
    fields:
    - {key: name, type: text, label: {zh: 名称, en: Name}}
    - {key: photo, type: attachment, label: {zh: 照片, en: Photo}}
  standards:
    response: {value: 1, unit: workdays_eod}
    response_target_pct: 95
    completion: {value: 5, unit: workdays_eod}
    completion_target_pct: 90
    quality: {metric: {zh: 准确率, en: Right}, target_pct: 98}
`

func TestARequestIsFiledWithItsMonthAndItsTime(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.pack(withMonths)
		w := monthly()
		w.Service, w.Title, w.Fields = "finance.closing", "{上月} 月结账数据", map[string]any{"period": "{month-1}", "pick": "{workday+1 14:30}"}
		x := h.make("3002", w)
		if title, err := h.Heading(h.as("3002"), x); err != nil || title != "11 月结账数据" {
			t.Errorf("headed %q: %v", title, err)
		}
		h.on("2026-11-30 08:00")
		h.due()
		v, err := h.Template(h.as("3002"), x.Number)
		must(t, err)
		r, err := h.Request.ByNumber(h.as("3002"), v.Last[0].Number)
		must(t, err)
		if r.Title != "11 月结账数据" || !strings.Contains(r.Fields, `"period":"2026-11"`) || !strings.Contains(r.Fields, `"pick":"2026-12-01T06:30:00Z"`) {
			t.Errorf("%s: %s", r.Title, r.Fields)
		}
		if title, err := h.Heading(h.as("3002"), v.Template); err != nil || title != "12 月结账数据" {
			t.Errorf("headed %q after the first: %v", title, err)
		}
		w.Fields = map[string]any{"period": "{month+13}", "pick": "{workday+1}"}
		_, err = h.Make(h.as("3002"), w)
		if e, ok := fault.As(err); !ok || len(e.Fields) != 2 {
			t.Errorf("what does not follow is refused: %v", err)
		}
	})
}

func TestAKillInTheMiddleLosesNothingAndAsksNothingTwice(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		x := h.make("3002", monthly())
		h.on("2026-11-30 08:00")
		h.due()
		h.on("2026-12-31 08:00") // needed on 6 January
		st, due, err := h.nextStep(h.ctx, x.Number)
		must(t, err)
		if !due {
			t.Fatal("nothing is due")
		}
		owner, vetted, err := h.vet(h.ctx, st)
		must(t, err)
		killed := errors.New("killed")
		err = h.db.Write(owner, func(ctx context.Context, tx *sqldb.Tx) error {
			if err := h.deal(ctx, tx, st.t, st, Date{}, vetted); err != nil {
				return err
			}
			return killed
		})
		if !errors.Is(err, killed) {
			t.Fatal(err)
		}
		h.is("the request went with the row of its date", "12 月备用金")
		h.due()
		h.due()
		h.is("and came once", "12 月备用金", "1 月备用金")
	})
}

func TestAfterAStandstill(t *testing.T) {
	for _, c := range []struct {
		name, catchUp string
		want          string
	}{
		{"only the last one", CatchLast, "报 48 周|报 51 周|报 52 周"},
		{"all of them", CatchAll, "报 48 周|报 49 周|报 50 周|报 51 周|报 52 周"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := build(t, dbtest.Open(t, sqldb.SQLite, schemas))
			w := monthly()
			w.Title, w.Schedule, w.Lead, w.CatchUp = "报 {周} 周", calendar.Schedule{Every: "week", On: "fri", At: "17:00"}, 1, c.catchUp
			h.make("3002", w)
			h.on("2026-11-26 08:00")
			h.due()
			h.on("2026-12-24 09:00") // three Fridays have passed meanwhile, and the next one is tomorrow
			h.due()
			if got := strings.Join(h.titles("3002"), "|"); got != c.want {
				t.Errorf("asked %s, want %s", got, c.want)
			}
		})
	}
}

func TestOneDateIsSkippedOrChanged(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		x := h.make("3002", monthly())
		_, err := h.Skip(h.as("3002"), x.Number, "2026-12", true)
		must(t, err)
		_, err = h.ChangeDate(h.as("3002"), x.Number, "2027-01", "年初备用金", nil)
		must(t, err)
		_, err = h.Skip(h.as("3002"), x.Number, "2026-10", true)
		fails(t, err, fault.Conflict)
		h.on("2027-01-04 08:00")
		h.due()
		h.is("December was skipped, January is another", "年初备用金")
		_, err = h.Skip(h.as("3002"), x.Number, "2027-01", true)
		fails(t, err, fault.Conflict) // asked already
	})
}

func fails(t *testing.T, err error, kind fault.Kind) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind {
		t.Errorf("got %v, want %v", err, kind)
	}
}

func TestItStopsWhenItsServiceTakesItNoMoreAndGoesOnMended(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		x := h.make("3002", monthly())
		service, err := h.Catalog.Visible(h.as("2001"), "finance.advance")
		must(t, err)
		asked := service.Form
		asked.Fields = append(asked.Fields, form.Field{Key: "project", Type: form.Text, Label: lang.Text{Zh: "项目编号", En: "Project"}, Required: true})
		_, err = h.Catalog.SetForm(h.as("2001"), "finance.advance", asked, 0)
		must(t, err)
		h.on("2026-11-30 08:00")
		h.due()
		h.due()
		h.is("nothing was asked")
		v, err := h.Template(h.as("3002"), x.Number)
		must(t, err)
		if v.State != Stopped || len(v.Fault) != 1 || !strings.Contains(v.Fault[0].Field, "project") {
			t.Fatalf("%s: %+v", v.State, v.Fault)
		}
		if owed := h.owed("3002"); owed != 1 {
			t.Errorf("its owner owes %d", owed)
		}
		_, err = h.Resume(h.as("3002"), x.Number) // nothing is mended: it stops again
		must(t, err)
		h.due()
		h.is("still nothing")
		w := monthly()
		w.Fields["project"] = "N-12"
		_, err = h.Change(h.as("3002"), x.Number, w, web.IfMatch{})
		must(t, err)
		if owed := h.owed("3002"); owed != 0 {
			t.Errorf("after mending its owner owes %d", owed)
		}
		h.due()
		h.is("mended, the date that was left behind is asked", "12 月备用金")
	})
}

// owed is how many templates a person is asked to look at.
func (h house) owed(no string) (n int) {
	h.t.Helper()
	page, err := h.Todo.Mine(h.as(no), todo.Filter{})
	must(h.t, err)
	for _, e := range page.Items {
		if e.Verb == mend {
			n++
		}
	}
	return n
}

func TestWhatIsWrongComesAtOnce(t *testing.T) {
	h := build(t, dbtest.Open(t, sqldb.SQLite, schemas))
	w := monthly()
	w.Title, w.Fields = "{谁知道} 备用金", map[string]any{"amount": "abc"}
	w.Schedule, w.Step, w.Lead, w.Until, w.OfUnit, w.Watchers = calendar.Schedule{Every: "month", On: "mon", At: "25:00"}, 99, 99, "2020-01-01", true, []string{"9999"}
	_, err := h.Make(h.as("3002"), w)
	f, ok := fault.As(err)
	if !ok {
		t.Fatal(err)
	}
	var names []string
	for _, x := range f.Fields {
		names = append(names, x.Name)
	}
	for _, want := range []string{"on", "at", "step", "lead", "until", "title", "watchers", "of_unit", "fields.amount", "fields.reason"} {
		if !strings.Contains(" "+strings.Join(names, " ")+" ", " "+want+" ") {
			t.Errorf("%s is not among %v", want, names)
		}
	}
}

func TestWhoKeepsAndSees(t *testing.T) {
	h := build(t, dbtest.Open(t, sqldb.SQLite, schemas))
	own := h.make("3002", monthly())
	_, err := h.Template(h.as("3001"), own.Number)
	fails(t, err, fault.NotFound) // not even the head
	w := monthly()
	w.OfUnit = true
	unit := h.make("3001", w)
	v, err := h.Template(h.as("3002"), unit.Number)
	must(t, err)
	if v.May {
		t.Error("anybody may change the unit's")
	}
	_, err = h.Pause(h.as("3002"), unit.Number)
	fails(t, err, fault.NotFound)
	_, err = h.Template(h.as("4001"), unit.Number)
	fails(t, err, fault.NotFound)
	_, err = h.Pause(h.as("3001"), unit.Number)
	must(t, err)
	h.on("2026-12-10 08:00")
	h.due()
	_, err = h.Resume(h.as("3001"), unit.Number)
	must(t, err)
	h.due()
	if got := h.titles("3001"); len(got) != 0 {
		t.Errorf("what fell due while it was paused was asked: %v", got)
	}
	u, rows, err := h.Forecast(h.as("2002"), "finance")
	must(t, err)
	if u.Code != "finance" || len(rows) != 1 || rows[0].All() != 2 {
		t.Errorf("finance is to expect %+v", rows)
	}
	_, _, err = h.Forecast(h.as("3002"), "finance")
	fails(t, err, fault.NotFound)
}

func TestATemplateGoesToWhoeverTakesOver(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		x := h.make("3002", monthly())
		p, err := h.Org.PersonByNo(h.ctx, "3003")
		must(t, err)
		for _, hold := range h.Holdings() {
			from, to := x.Owner, p.ID
			if hold.Code == "repeat.unit" {
				from, to = x.Unit, x.Unit
			}
			must(t, h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
				done, err := hold.Hand(ctx, tx, org.Handing{From: from, To: to, Limit: 10})
				if done.Moved != 1 || done.Next != 0 {
					t.Errorf("%s moved %d", hold.Code, done.Moved)
				}
				return err
			}))
		}
		h.on("2026-11-30 08:00")
		h.due()
		h.is("not in the old name")
		if got := h.titles("3003"); len(got) != 1 {
			t.Errorf("in the new name: %v", got)
		}
	})
}

func TestAFullServiceIsAskedAgainLater(t *testing.T) {
	h := build(t, dbtest.Open(t, sqldb.SQLite, schemas))
	p := catalog.DefaultPolicy()
	p.WorkLimit, p.WhenFull = 1, catalog.FullRefuse
	_, err := h.Catalog.SetPolicy(h.as("2001"), "finance.advance", p, 0)
	must(t, err)
	first, err := h.Request.Open(h.as("4001"), request.Ask{Service: "finance.advance", Title: "先来的", Fields: map[string]any{"amount": "1", "reason": "先来的", "due": "2027-01-01"}})
	must(t, err)
	x := h.make("3002", monthly())
	h.on("2026-11-30 08:00")
	h.due()
	h.is("the service takes nothing")
	v, err := h.Template(h.as("3002"), x.Number)
	must(t, err)
	if v.State != Active {
		t.Fatalf("it is %s", v.State)
	}
	_, err = h.Request.Withdraw(h.as("4001"), first.Number, request.When{})
	must(t, err)
	dbtest.Clock(h.db).Advance(laterWhenFull)
	h.due()
	h.is("an hour later there is room", "12 月备用金")
}

func TestTitles(t *testing.T) {
	t.Parallel()
	day := calendar.NewDate(2027, 1, 6)
	for text, want := range map[string]string{
		"{年} 年 {月} 月报": "2027 年 1 月报", "{上月} 月的账": "12 月的账", "Q{quarter} {year}": "Q1 2027", "第 {周} 周": "第 1 周", "{日期} 盘点": "2027-01-06 盘点", "没有": "没有", "{别的}": "{别的}",
	} {
		if got := filled(text, day); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// TestATitleNamesWhatItDoesNotKnow: words of both languages are taken, however they are typed; of all others every one is named.
func TestATitleNamesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	day := calendar.NewDate(2027, 1, 6)
	for _, c := range []struct{ text, unknown, filled string }{
		{"RP-101 {月}", "", "RP-101 1"},
		{"RP-101 {month} {year}", "", "RP-101 1 2027"},
		{"RP-101 {Month} {LAST  month} { 年 }", "", "RP-101 1 12 2027"},
		{"RP-101 ｛上月｝", "", "RP-101 12"},
		{"RP-101 {月", "{", "RP-101 {月"},
		{"RP-101 月}", "}", "RP-101 月}"},
		{"{谁} {月} {moon} {} ｛日｝ {谁}", "{谁}, {moon}, {}, ｛日｝", "{谁} 1 {moon} {} ｛日｝ {谁}"},
		{"{{月}}", "{, }", "{1}"},
		{"没有", "", "没有"},
	} {
		var f fault.Fields
		checkTitle(&f, c.text)
		got := ""
		if e, ok := fault.As(f.Err()); ok {
			got = fmt.Sprint(e.Fields[0].Args["given"])
			if len(e.Fields) != 1 || e.Fields[0].Name != "title" {
				t.Errorf("%s: %+v", c.text, e.Fields)
			}
		}
		if got != c.unknown {
			t.Errorf("%s: unknown %q, want %q", c.text, got, c.unknown)
		}
		if out := filled(c.text, day); out != c.filled {
			t.Errorf("%s: filled %q, want %q", c.text, out, c.filled)
		}
	}
}
