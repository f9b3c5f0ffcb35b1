package calendar

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

func open(t *testing.T, r room, locale, path string) (int, *goquery.Document) {
	t.Helper()
	book, err := lang.New(Locale, web.Locale, ui.Locale)
	if err != nil {
		t.Fatal(err)
	}
	book.Clock = r.db.Now
	m := web.New(web.Options{Book: book, Locale: locale, Who: func(*http.Request) (actor.Actor, error) {
		return actor.Actor{Person: 1, Locale: locale, Zone: "Asia/Shanghai"}, nil
	}})
	r.Pages(m)
	rec := httptest.NewRecorder()
	m.ServeHTTP(rec, httptest.NewRequest("GET", path, nil))
	doc, err := goquery.NewDocumentFromReader(rec.Body)
	if err != nil {
		t.Fatal(err)
	}
	return rec.Code, doc
}

func TestPages(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		dbtest.Clock(r.db).Set(moment(t, "2026-10-09T10:24:00+08:00"))
		if err := r.Prepare(r.ctx); err != nil {
			t.Fatal(err)
		}
		status, doc := open(t, r, "zh", "/settings/calendars")
		if row := doc.Find("tbody tr").First().Text(); status != 200 || !strings.Contains(row, "公司日历") || !strings.Contains(row, "周一–周五 08:30–12:00, 13:30–18:00") {
			t.Errorf("%d %s", status, row)
		}
		status, doc = open(t, r, "en", "/settings/calendars/default?month=2026-10")
		if text := doc.Find("table.nk-table").Text(); status != 200 || !strings.Contains(text, "National Day") || !strings.Contains(text, "8:00") {
			t.Errorf("%d %s", status, text)
		}
		status, doc = open(t, r, "zh", "/settings/calendars/default?month=2026-10&start=2026-09-29T16:40&target.value=24&target.unit=working_hours")
		why := doc.Find("table.nk-why").Text()
		for _, want := range []string{"16:40–18:00", "1:20", "夜间", "午休", "全天", "国庆节", "24:00"} {
			if !strings.Contains(why, want) {
				t.Errorf("no %q in %s", want, why)
			}
		}
		if status != 200 || doc.Find("table.nk-why tr.day").Length() != 5 { // 29, 30, 1–7, 8, 9
			t.Errorf("%d, %d days: %s", status, doc.Find("table.nk-why tr.day").Length(), why)
		}
		status, doc = open(t, r, "zh", "/settings/calendars/default?start=x&target.value=4&target.unit=")
		if status != 422 || doc.Find("[data-errors]").Length() != 1 {
			t.Errorf("%d", status)
		}
		if status, _ = open(t, r, "zh", "/settings/calendars/moon"); status != 404 {
			t.Errorf("%d", status)
		}
	})
}

func TestWordsAreComplete(t *testing.T) {
	book, err := lang.New(Locale)
	if err != nil {
		t.Fatal(err)
	}
	if missing := book.Missing(); len(missing) > 0 {
		t.Error(missing)
	}
}

func TestLabels(t *testing.T) {
	cases := []struct {
		d      Duration
		zh, en string
	}{
		{Duration{4, WorkingHours}, "4 工作小时", "4 working hours"},
		{Duration{1, WorkingHours}, "1 工作小时", "1 working hour"},
		{Duration{2, WorkdaysEOD}, "2 个工作日（第 2 个工作日下班前）", "2 workdays (by the close of the last one)"},
		{Duration{0, WorkdaysEOD}, "当日下班前", "by the close of the same day"},
		{Duration{24, ElapsedHours}, "24 小时（自然时间）", "24 hours (elapsed)"},
		{Duration{}, "", ""},
	}
	for _, c := range cases {
		if zh, en := c.d.Label(inWords(t, "zh")), c.d.Label(inWords(t, "en")); zh != c.zh || en != c.en {
			t.Errorf("%v: %q, %q", c.d, zh, en)
		}
	}
	for _, u := range Units {
		if UnitLabel(inWords(t, "zh"), u) == "" {
			t.Error(u)
		}
	}
}
