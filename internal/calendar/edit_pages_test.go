package calendar

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// send posts a form as the administrator and gives the page, or where it leads.
func send(t *testing.T, r room, path string, form url.Values) (int, string, *goquery.Document) {
	t.Helper()
	book, err := lang.New(Locale, web.Locale, ui.Locale)
	if err != nil {
		t.Fatal(err)
	}
	book.Clock = r.db.Now
	m := web.New(web.Options{Book: book, Locale: "zh", Who: func(*http.Request) (actor.Actor, error) {
		return actor.Actor{Person: 1, Roles: []string{"admin"}, Locale: "zh", Zone: "Asia/Shanghai"}, nil
	}})
	r.Pages(m)
	rec := httptest.NewRecorder()
	req := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	m.ServeHTTP(rec, req)
	doc, err := goquery.NewDocumentFromReader(rec.Body)
	if err != nil {
		t.Fatal(err)
	}
	return rec.Code, rec.Header().Get("Location"), doc
}

// shownForm is the form of a page as a browser would send it.
func shownForm(doc *goquery.Document) url.Values {
	values := url.Values{}
	doc.Find("#calendar input, #calendar textarea").Each(func(_ int, in *goquery.Selection) {
		name, _ := in.Attr("name")
		value, _ := in.Attr("value")
		if kind, _ := in.Attr("type"); kind == "radio" && in.Is(":not([checked])") {
			return
		}
		if goquery.NodeName(in) == "textarea" {
			value = in.Text()
		}
		values.Set(name, value)
	})
	doc.Find("#calendar select").Each(func(_ int, in *goquery.Selection) {
		name, _ := in.Attr("name")
		value, _ := in.Find("option[selected]").Attr("value")
		values.Set(name, value)
	})
	return values
}

func TestAVersionIsPublishedByForm(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		dbtest.Clock(r.db).Set(moment(t, "2026-12-21T10:24:00+08:00"))
		if err := r.Prepare(r.ctx); err != nil {
			t.Fatal(err)
		}
		const path = "/settings/calendars/default/edit"
		status, page := open(t, r, "zh", path)
		form := shownForm(page)
		if status != 200 || form.Get("hours.mon") != "08:30–12:00, 13:30–18:00" || form.Get("hours.sun") != "" || form.Get("valid_from") != "2026-12-22" || form.Get("statutory") != "cn" {
			t.Fatalf("%d %v", status, form)
		}

		bad := url.Values{"hours.mon": {"8:30-12:00, nine"}, "hours.tue": {"09:00–12:00, 11:00–13:00"}, "zone": {"Mars"}, "valid_from": {"soon"}, "replaces": {"1"},
			"holidays": {"2026-12-31 公司年会\n2026-13-01 没有这天"}, "special": {"2026-12-30 盘点 9:00–25:00"}, "standard_day": {"x"}, "do": {"publish"}}
		status, _, page = send(t, r, path, bad)
		if status != 422 {
			t.Fatal(status)
		}
		for id, words := range map[string]string{"e-hours.mon": "时间写成", "e-hours.tue": "不能重叠", "e-zone": "Mars", "e-valid_from": "soon",
			"e-holidays": "第 2 行：", "e-special": "第 1 行：", "e-standard_day": "24"} {
			if text := page.Find("[id='" + id + "']").Text(); !strings.Contains(text, words) {
				t.Errorf("%s says %q", id, text)
			}
		}
		if text := page.Find("textarea[name=holidays]").Text(); !strings.Contains(text, "2026-13-01 没有这天") {
			t.Errorf("what was typed is lost: %q", text)
		}

		form.Set("holidays", "2026-12-31 公司年会 / Annual meeting")
		form.Set("special", "2026-12-26 调休 年会\n2026-12-30 盘点 9:00–12:00")
		form.Set("do", "preview")
		status, _, page = send(t, r, path, form)
		if status != 200 || page.Find("#preview tbody tr").Length() != 14 || page.Find("#preview .nk-tag").Length() != 3 {
			t.Fatalf("%d, %d rows, %d changed", status, page.Find("#preview tbody tr").Length(), page.Find("#preview .nk-tag").Length())
		}
		preview := page.Find("#preview").Text()
		for _, words := range []string{"有 3 天改变", "公司年会", "09:00–12:00（盘点）", "没有其他改变"} {
			if !strings.Contains(preview, words) {
				t.Errorf("no %q in %s", words, preview)
			}
		}
		if b, _ := r.Book(r.ctx); b.calendars[Default][0].Number != 1 || len(b.calendars[Default]) != 1 {
			t.Fatal("the preview has published")
		}

		form = shownForm(page)
		form.Set("do", "publish")
		status, to, _ := send(t, r, path, form)
		if status != http.StatusSeeOther || to != "/settings/calendars/default" {
			t.Fatal(status, to)
		}
		b, err := r.Book(r.ctx)
		if err != nil {
			t.Fatal(err)
		}
		in, _ := b.Input(Default)
		if in.ValidFrom != "2026-12-22" || len(in.Holidays) != 1 || in.Holidays[0].Name.En != "Annual meeting" || len(in.Special) != 2 || !in.Special[0].Makeup || in.Special[0].Hours != nil {
			t.Errorf("%+v", in)
		}
		if status, _, page = send(t, r, path, form); status != http.StatusConflict || page.Find("[data-errors]").Length() != 1 {
			t.Errorf("two published over each other: %d", status)
		}
		_, page = open(t, r, "en", path)
		if text := page.Find("textarea[name=special]").Text(); text != "2026-12-26 make-up 年会\n2026-12-30 盘点 09:00–12:00" {
			t.Errorf("special days %q", text)
		}
	})
}

func TestANewCalendarIsMadeByForm(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		if err := r.Prepare(r.ctx); err != nil {
			t.Fatal(err)
		}
		const path = "/settings/calendars/+/edit"
		_, page := open(t, r, "zh", path)
		form := shownForm(page)
		form.Set("do", "publish")
		form.Set("code", "default")
		if status, _, page := send(t, r, path, form); status != 422 || !strings.Contains(page.Find("#e-code").Text(), "default") {
			t.Errorf("%d %s", status, page.Find("#e-code").Text())
		}
		form.Set("code", "lab")
		form.Set("name_zh", "实验室")
		if status, to, _ := send(t, r, path, form); status != http.StatusSeeOther || to != "/settings/calendars/lab" {
			t.Error(status, to)
		}
		if status, page := open(t, r, "zh", "/settings/calendars/lab"); status != 200 || page.Find("h1").First().Text() != "实验室" {
			t.Error(status, page.Find("h1").Text())
		}
	})
}
