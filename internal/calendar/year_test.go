package calendar

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/web"
)

const notice2027 = `{"year":2027,"papers":["https://example.org"],"days":[
 {"name":"元旦","date":"2027-01-01","isOffDay":true},{"name":"元旦","date":"2026-12-27","isOffDay":false},
 {"name":"春节","date":"2027-02-05","isOffDay":true},{"name":"春节","date":"2027-02-06","isOffDay":true},{"name":"春节","date":"2027-02-13","isOffDay":false},
 {"name":"国庆节、中秋节","date":"2027-10-01","isOffDay":true}]}`

func TestNoticesAreReadInEveryForm(t *testing.T) {
	csv := "日期,名称,休/班\n2027/1/1,元旦,休\n2026-12-27,元旦,班\n20270205,春节,休\n2027年2月6日,春节,放假\n2027-02-13,春节,补班\n2027-10-01,\"国庆节、中秋节\",休\n"
	ics := "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270101\r\nSUMMARY:元旦（休）\r\nEND:VEVENT\r\n" +
		"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261227\r\nDTEND;VALUE=DATE:20261228\r\nSUMMARY:元旦（\r\n 班）\r\nEND:VEVENT\r\n" +
		"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270205\r\nDTEND;VALUE=DATE:20270207\r\nSUMMARY:春节 假期\r\nEND:VEVENT\r\n" +
		"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270213\r\nSUMMARY:春节 补班\r\nEND:VEVENT\r\n" +
		"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20271001\r\nSUMMARY:国庆节、中秋节 休\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	for name, text := range map[string]string{"json": notice2027, "list": "[" + notice2027 + "]", "csv": csv, "ics": ics} {
		var f fault.Fields
		list := readNotices(&f, text, 2027)
		if f.Len() > 0 || len(list) != 1 || list[0].Year != 2027 || len(list[0].Days) != 6 {
			t.Fatalf("%s: %+v %v", name, list, f.All())
		}
		days := list[0].Days
		if days[0].Date.String() != "2026-12-27" || days[0].Off || !days[2].Off || days[4].Off || days[4].Name != "春节" || days[5].Name != "国庆节、中秋节" {
			t.Errorf("%s: %+v", name, days)
		}
	}
	for text, key := range map[string]string{
		"": "calendar.year.nothing", "{": "calendar.year.unreadable", `{"year":2027,"days":[]}`: "calendar.year.no-days",
		"date,name\n2027-13-01,x,休": "calendar.year.line-date", "2027-01-01,元旦,maybe": "calendar.year.line-sort",
		"2027-01-01,元旦,休\n2027-01-01,元旦,班": "calendar.year.line-both", `{"year":2027,"days":[{"date":"2029-01-01","isOffDay":true}]}`: "calendar.year.line-far",
	} {
		var f fault.Fields
		readNotices(&f, text, 0)
		if f.Len() == 0 || f.All()[0].Key != key {
			t.Errorf("%q: %v, want %s", text, f.All(), key)
		}
	}
}

func TestAYearIsBroughtInOnce(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		dbtest.Clock(r.db).Set(moment(t, "2026-11-05T10:00:00+08:00"))
		if err := r.Prepare(r.ctx); err != nil {
			t.Fatal(err)
		}
		for _, in := range []Input{{Code: "site", Base: Default, Shutdowns: []Stretch{{From: "2027-07-19", To: "2027-08-01"}}}, {Code: "line", Base: "site"},
			{Code: "rota", Zone: "Asia/Shanghai", Cycle: []Hours{{{"08:00", "20:00"}}, {}}, Anchor: "2026-11-01"}} {
			if _, err := r.Publish(r.ctx, in); err != nil {
				t.Fatal(err)
			}
		}
		if year, err := r.Missing(r.ctx); err != nil || year != 2027 {
			t.Fatalf("missing %d %v", year, err)
		}
		old, _ := r.Table(r.ctx, "line")
		in := YearInput{Text: notice2027, Source: "notice"}
		plan, err := r.PlanYear(r.ctx, in)
		if err != nil || !plan.Changes() || len(plan.Calendars) != 3 || len(plan.Settled) != 1 || plan.Settled[0] != 2027 {
			t.Fatalf("%+v %v", plan, err)
		}
		if b, _ := r.Book(r.ctx); b.newest(Default).Number != 1 {
			t.Fatal("a plan has written")
		}
		if plan, err = r.ImportYear(r.ctx, in); err != nil || len(plan.Calendars) != 3 {
			t.Fatalf("%+v %v", plan.Calendars, err)
		}
		again, err := r.ImportYear(r.ctx, in)
		if err != nil || again.Changes() {
			t.Fatalf("the same again changes %+v %v", again.Calendars, err)
		}
		if err := r.Prepare(r.ctx); err != nil {
			t.Fatal(err)
		}
		b, _ := r.Book(r.ctx)
		for code, want := range map[string]int{Default: 2, "site": 2, "line": 2, "rota": 1} {
			if n := b.newest(code).Number; n != want {
				t.Errorf("%s is at version %d, want %d", code, n, want)
			}
		}
		if e := b.newest("line"); e.base != 2 || e.Cause != "statutory:2027" {
			t.Errorf("line stands on version %d, %q", e.base, e.Cause)
		}
		now, _ := r.Table(r.ctx, "line")
		for date, want := range map[string][2]bool{"2027-02-13": {false, true}, "2026-12-27": {false, true}, "2027-02-08": {false, true}, "2027-07-20": {false, false}} {
			d, _ := ParseDate(date)
			if got := [2]bool{old.Workday(d), now.Workday(d)}; got != want {
				t.Errorf("%s: worked before and after %v, want %v", date, got, want)
			}
		}
		was, err := b.Table("line", 1)
		if d, _ := ParseDate("2027-02-13"); err != nil || was.Workday(d) {
			t.Error("version 1 does not count as it did")
		}
		if now.Provisional(moment(t, "2027-03-01T00:00:00Z"), moment(t, "2027-03-02T00:00:00Z")) {
			t.Error("2027 is still provisional")
		}
		if year, _ := r.Missing(r.ctx); year != 0 {
			t.Errorf("still missing %d", year)
		}
		if name := now.planOn(NewDate(2027, 10, 1)).name; name.En != "National Day, Mid-Autumn Festival" {
			t.Errorf("a day of two festivals is %+v", name)
		}
		for _, bad := range []YearInput{{Text: "x"}, {Text: notice2027, Country: "xx"}, {Text: notice2027, Year: 1900}, {Text: notice2027, Year: 2028}} {
			if _, err := r.PlanYear(r.ctx, bad); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%+v: %v", bad.Year, err)
			}
		}
	})
}

func TestANewVersionReachesHeirsInOrder(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		if err := r.Prepare(r.ctx); err != nil {
			t.Fatal(err)
		}
		for _, in := range []Input{{Code: "b", Base: Default}, {Code: "a", Base: "b"}} {
			if _, err := r.Publish(r.ctx, in); err != nil {
				t.Fatal(err)
			}
		}
		next, _ := BuiltIn(Default)
		next.Holidays, next.ValidFrom = []Day{{Date: "2027-03-05", Name: lang.Text{Zh: "公司日"}}}, "2027-03-01"
		plan, err := r.PlanCalendar(r.ctx, next)
		if err != nil || len(plan.Heirs) != 2 {
			t.Fatalf("%+v %v", plan.Heirs, err)
		}
		if _, err := r.Publish(r.ctx, next); err != nil {
			t.Fatal(err)
		}
		b, _ := r.Book(r.ctx)
		table, _ := b.Table("a", 0)
		if table.Workday(NewDate(2027, 3, 5)) || b.newest("a").Number != 2 || b.newest("a").base != 2 || b.newest("b").base != 2 {
			t.Errorf("a %d on %d, b on %d", b.newest("a").Number, b.newest("a").base, b.newest("b").base)
		}
		if old, _ := b.Table("a", 1); !old.Workday(NewDate(2027, 3, 5)) {
			t.Error("version 1 of the heir has changed")
		}
		if text := r.CauseOf(r.ctx, "a", 2); !strings.Contains(text, "b") {
			t.Errorf("the cause is %q", text)
		}
	})
}

func TestWhoeverIsRemindedAndWhen(t *testing.T) {
	settled := func(years ...int) func(int) bool {
		return func(y int) bool {
			for _, x := range years {
				if x == y {
					return true
				}
			}
			return false
		}
	}
	for _, c := range []struct {
		at   string
		have []int
		want int
	}{{"2026-10-31T23:59:00+08:00", []int{2026}, 0}, {"2026-11-01T00:00:00+08:00", []int{2026}, 2027}, {"2026-12-31T00:00:00+08:00", []int{2026, 2027}, 0}, {"2027-01-01T00:00:00+08:00", []int{2026}, 2027}} {
		if got := due(moment(t, c.at).In(time.FixedZone("", 8*3600)), settled(c.have...)); got != c.want {
			t.Errorf("%s with %v: %d, want %d", c.at, c.have, got, c.want)
		}
	}
}

func TestTheYearPage(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		dbtest.Clock(r.db).Set(moment(t, "2026-11-05T10:00:00+08:00"))
		if err := r.Prepare(r.ctx); err != nil {
			t.Fatal(err)
		}
		status, page := open(t, r, "zh", yearsPath)
		if status != 200 || !strings.Contains(page.Find("#years").Text(), "2027 年的放假安排还没有导入") {
			t.Fatal(status, page.Find("#years").Text())
		}
		status, _, page = send(t, r, yearsPath, url.Values{"text": {"2027-01-01,元旦,x"}, "do": {"preview"}})
		if status != 422 || !strings.Contains(page.Find("#e-text").Text(), "没有写明") {
			t.Fatal(status, page.Find("#e-text").Text())
		}
		status, _, page = send(t, r, yearsPath, url.Values{"text": {notice2027}, "do": {"preview"}})
		if status != 200 || page.Find("#plan tbody tr").Length() == 0 || page.Find("#moves").Length() != 1 || page.Find("button[value=apply]").Length() != 1 {
			t.Fatal(status, page.Find("#years").Text())
		}
		status, to, _ := send(t, r, yearsPath, url.Values{"text": {notice2027}, "do": {"apply"}})
		if status != http.StatusSeeOther || to != yearsPath {
			t.Fatal(status, to)
		}
		if _, page = open(t, r, "en", yearsPath); !strings.Contains(page.Find("#known tbody tr").First().Text(), "Official") {
			t.Error(page.Find("#known tbody tr").First().Text())
		}
		if status, _, _ = send(t, r, yearsPath, url.Values{"text": {notice2027}, "do": {"csv"}}); status != 200 {
			t.Error(status)
		}
	})
}

func TestTheTesterAndTheUnitPage(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		dbtest.Clock(r.db).Set(moment(t, "2026-11-27T16:30:00+08:00"))
		if err := r.Prepare(r.ctx); err != nil {
			t.Fatal(err)
		}
		in, _ := preset("big-small", "2026-11-25")
		in.Code, in.Zone = "plant", "Asia/Shanghai"
		if _, err := r.Publish(r.ctx, in); err != nil {
			t.Fatal(err)
		}
		status, page := open(t, r, "zh", "/settings/calendars/plant/test?start=2026-11-27T16:30&target.value=4&target.unit=working_hours&with=default&from=2026-11-27T00:00&to=2026-11-30T00:00")
		if status != 200 || page.Find("[data-side]").Length() != 2 || page.Find("#units tbody tr").Length() != 7 {
			t.Fatal(status, page.Find("[data-side]").Length(), page.Find("#units tbody tr").Length())
		}
		if text := page.Find("[data-side=plant]").Text(); !strings.Contains(text, "11月28日") || !strings.Contains(text, "16:00") {
			t.Errorf("the big Saturday: %s", text)
		}
		if text := page.Find("[data-side=default]").Text(); !strings.Contains(text, "11月30日") {
			t.Errorf("the office: %s", text)
		}
		if status, _ = open(t, r, "zh", "/settings/calendars/plant/test?start=soon&target.value=4&target.unit=days"); status != 422 {
			t.Error(status)
		}
		if status, _ = open(t, r, "zh", "/settings/calendars/moon/test"); status != 404 {
			t.Error(status)
		}
		status, page = open(t, r, "zh", "/calendars")
		if status != 200 || !strings.Contains(page.Find("#now").Text(), "现在上班") || page.Find("#week tbody tr").Length() != 7 || !strings.Contains(page.Find("#next").Text(), "预计") {
			t.Errorf("%d %s %s", status, page.Find("#now").Text(), page.Find("#next").Text())
		}
		if status, _ = open(t, r, "zh", "/calendars?unit=nowhere"); status != 404 {
			t.Error(status)
		}
		status, page = open(t, r, "zh", "/settings/calendars/plant")
		if status != 200 || !strings.Contains(page.Find("#facts").Text(), "2 周一轮") || page.Find("#versions tbody tr").Length() != 1 {
			t.Error(status, page.Find("#facts").Text())
		}
	})
}

func TestAPatternIsPublishedByForm(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		dbtest.Clock(r.db).Set(moment(t, "2026-11-27T16:30:00+08:00"))
		if err := r.Prepare(r.ctx); err != nil {
			t.Fatal(err)
		}
		_, page := open(t, r, "zh", "/settings/calendars/+/edit?preset=big-small")
		form := shownForm(page)
		if form.Get("pattern") != "weeks" || !strings.Contains(form.Get("weeks"), "周一–周六 08:30–12:00, 13:30–18:00\n周一–周五") {
			t.Fatalf("%v", form)
		}
		form.Set("code", "plant")
		form.Set("shutdowns", "2027-07-19 – 2027-08-01 暑期停产 / Summer shutdown\n2027-08-02至2027-08-31 夏令 07:00–11:00, 14:00–17:00\n2027-09-04 ~ 2027-09-05 加班 赶工")
		form.Set("do", "publish")
		bad := url.Values{}
		for k, v := range form {
			bad[k] = v
		}
		bad.Set("weeks", "周一–周五 八点\n周六 08:30–12:00")
		bad.Set("shutdowns", "2027-08-01 – 2027-07-01 倒着写")
		bad.Set("anchor", "")
		status, _, page := send(t, r, "/settings/calendars/+/edit", bad)
		if status != 422 || !strings.Contains(page.Find("#e-weeks").Text(), "第 1 行") || !strings.Contains(page.Find("#e-shutdowns").Text(), "之前") || page.Find("#e-anchor").Length() != 1 {
			t.Fatalf("%d %q %q", status, page.Find("#e-weeks").Text(), page.Find("#e-shutdowns").Text())
		}
		if status, to, page := send(t, r, "/settings/calendars/+/edit", form); status != http.StatusSeeOther || to != "/settings/calendars/plant" {
			t.Fatal(status, to, page.Find("[data-errors]").Text())
		}
		b, _ := r.Book(r.ctx)
		in, _ := b.Input("plant")
		if len(in.Weeks) != 2 || len(in.Shutdowns) != 3 || in.Shutdowns[0].Name.En != "Summer shutdown" || in.Shutdowns[1].Kind != HoursRange || in.Shutdowns[2].Kind != WorkingRange {
			t.Fatalf("%+v", in)
		}
		_, page = open(t, r, "en", "/settings/calendars/plant/edit")
		if text := page.Find("textarea[name=weeks]").Text(); !strings.HasPrefix(text, "Mon–Sat 08:30–12:00") {
			t.Errorf("weeks in English: %q", text)
		}
		again := shownForm(page)
		again.Set("do", "preview")
		if status, _, page = send(t, r, "/settings/calendars/plant/edit", again); status != 200 || page.Find("#preview .nk-tag").Length() != 0 || page.Find("#moves").Length() != 1 {
			t.Errorf("the form reads what it writes: %d, %s", status, page.Find("#preview").Text())
		}
		for _, name := range presets {
			_, page = open(t, r, "zh", "/settings/calendars/+/edit?preset="+name)
			form := shownForm(page)
			form.Set("code", "p-"+name)
			form.Set("do", "publish")
			if status, to, page := send(t, r, "/settings/calendars/+/edit", form); status != http.StatusSeeOther {
				t.Errorf("%s: %d %s %s", name, status, to, page.Find("[data-errors]").Text())
			}
		}
	})
}

func TestTheFeedIsFoldedAndEscaped(t *testing.T) {
	runs := []Run{{NewDate(2027, 2, 5), NewDate(2027, 2, 7), false, lang.Text{Zh: "春节, 停产; 维护\\保养" + strings.Repeat("长", 40)}, true}, {From: NewDate(2027, 2, 13), To: NewDate(2027, 2, 13), Work: true}}
	text := feed(inWords(t, "zh"), "plant", "工厂", runs, moment(t, "2026-11-05T02:00:00Z"))
	for _, line := range strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n") || !strings.HasPrefix(line, " ") && !strings.Contains(line, ":") {
			t.Errorf("line %q", line)
		}
	}
	whole := strings.ReplaceAll(text, "\r\n ", "")
	for _, want := range []string{"DTSTART;VALUE=DATE:20270205\r\nDTEND;VALUE=DATE:20270208\r\n", `SUMMARY:春节\, 停产\; 维护\\保养` + strings.Repeat("长", 40) + "（预计）", "STATUS:TENTATIVE", "UID:plant-2027-02-13-makeup@neike", "DTSTAMP:20261105T020000Z"} {
		if !strings.Contains(whole, want) {
			t.Errorf("no %q in\n%s", want, whole)
		}
	}
	var f fault.Fields
	if list := readNotices(&f, text, 2027); f.Len() > 0 || len(list) != 1 || len(list[0].Days) != 4 {
		t.Errorf("the feed cannot be read back: %v %v", list, f.All())
	}
	each(t, func(t *testing.T, r room) {
		if err := r.Prepare(r.ctx); err != nil {
			t.Fatal(err)
		}
		book, err := lang.New(Locale, web.Locale)
		if err != nil {
			t.Fatal(err)
		}
		m := web.New(web.Options{Book: book, Who: func(*http.Request) (actor.Actor, error) { return actor.From(r.ctx), nil }})
		r.Pages(m)
		rec := httptest.NewRecorder()
		m.ServeHTTP(rec, httptest.NewRequest("GET", "/calendars/default/days-off.ics", nil))
		if rec.Code != 200 || !strings.HasPrefix(rec.Header().Get("Content-Type"), "text/calendar") || !strings.Contains(rec.Body.String(), "BEGIN:VEVENT") {
			t.Errorf("%d %s", rec.Code, rec.Body)
		}
	})
}

func TestThePatternAPI(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		dbtest.Clock(r.db).Set(moment(t, "2026-11-05T10:00:00+08:00"))
		if err := r.Prepare(r.ctx); err != nil {
			t.Fatal(err)
		}
		book, err := lang.New(Locale, web.Locale)
		if err != nil {
			t.Fatal(err)
		}
		m := web.New(web.Options{Book: book, Who: func(*http.Request) (actor.Actor, error) { return actor.From(r.ctx), nil }})
		r.API(m)
		status, got := call(t, m, "POST", "/api/v1/calendars", `{"code":"plant","name":"工厂","tz":"Asia/Shanghai","anchor":"2026-11-23","statutory":"cn",
			"weeks":[{"mon":[["08:00","17:00"]],"sat":[["08:00","12:00"]]},{"mon":[["08:00","17:00"]]}],"shutdowns":[{"from":"2027-07-19","to":"2027-08-01","name":"停产"}]}`)
		if status != 201 || got["version"] != 1.0 {
			t.Fatal(status, got)
		}
		if status, got = call(t, m, "POST", "/api/v1/calendars", `{"code":"site","base":"plant"}`); status != 201 {
			t.Fatal(status, got)
		}
		status, got = call(t, m, "GET", "/api/v1/calendars/site/days?from=2026-11-28&to=2026-11-30", "")
		items, _ := got["items"].([]any)
		if status != 200 || len(items) != 3 || items[0].(map[string]any)["seconds"] != 14400.0 || items[1].(map[string]any)["kind"] != "weekend" {
			t.Fatal(status, got)
		}
		if status, _ = call(t, m, "GET", "/api/v1/calendars/site/days?from=2026-11-28&to=2036-11-30", ""); status != 422 {
			t.Error(status)
		}
		status, got = call(t, m, "POST", "/api/v1/calendars/site/elapsed", `{"from":"2026-11-28T08:00:00+08:00","to":"2026-11-30T09:00:00+08:00"}`)
		if status != 200 || got["seconds"] != 18000.0 {
			t.Error(status, got)
		}
		if status, got = call(t, m, "POST", "/api/v1/calendars/site/elapsed", `{"from":"x","to":"y"}`); status != 422 || len(got["fields"].([]any)) != 2 {
			t.Error(status, got)
		}
		status, got = call(t, m, "POST", "/api/v1/calendars/plant/plan", `{"code":"plant","zone":"Asia/Shanghai","cycle":[[["08:00","20:00"]],[]],"anchor":"2026-11-23"}`)
		if calendars, _ := got["calendars"].([]any); status != 200 || len(calendars) != 2 {
			t.Error(status, got)
		}
		text := strings.ReplaceAll(strings.ReplaceAll(notice2027, `"`, `\"`), "\n", " ")
		status, got = call(t, m, "POST", "/api/v1/calendar-years/plan", `{"text":"`+text+`"}`)
		if calendars, _ := got["calendars"].([]any); status != 200 || got["changes"] != true || len(calendars) != 3 {
			t.Error(status, got)
		}
		if status, got = call(t, m, "POST", "/api/v1/calendar-years", `{"text":"`+text+`"}`); status != 200 || got["changes"] != true {
			t.Error(status, got)
		}
		status, got = call(t, m, "GET", "/api/v1/calendar-years", "")
		if items, _ := got["items"].([]any); status != 200 || items[0].(map[string]any)["status"] != "official" || items[0].(map[string]any)["imported"] != true {
			t.Error(status, got)
		}
		if status, _ = call(t, m, "GET", "/api/v1/units/nowhere/working-time", ""); status != 404 {
			t.Error(status)
		}
	})
}
