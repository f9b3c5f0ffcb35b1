package proofs_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"neike/internal/kit/sqldb"
	"neike/internal/kit/webtest"
)

// TestASummaryNamesFieldsAsTheyAreNamed sends every form of every page empty, and with rubbish in it: what the summary of a
// refused form calls a field is what stands over that field, and its link leads there.
func TestASummaryNamesFieldsAsTheyAreNamed(t *testing.T) {
	t.Parallel()
	s := raise(t, sqldb.SQLite)
	c := crawl{stage: s}
	said, refused := map[string]bool{}, 0
	judge := func(what string, a *webtest.Answer) {
		for _, wrong := range misnamed(a) {
			if !said[wrong] {
				said[wrong] = true
				t.Errorf("%s: %s", what, wrong)
			}
		}
	}
	sent := map[string]bool{}
	for _, r := range inOrder(s.Mux.Routes()) {
		path, ok := strings.CutPrefix(r.Pattern, "GET ")
		if !ok || strings.HasPrefix(path, "/api/") || path == "/live" {
			continue
		}
		places, err := c.places(r)
		if err != nil {
			t.Fatalf("%s: %v", r.Pattern, err)
		}
		for _, at := range places[:min(len(places), 2)] {
			for _, no := range []string{"3002", "2002", "2001", "1403", "1406"} {
				page := s.pages[no].Get(at.path)
				if page.Status != http.StatusOK || !strings.Contains(page.Header.Get("Content-Type"), "html") {
					continue
				}
				page.Page().Find("form").Each(func(_ int, form *goquery.Selection) {
					to := form.AttrOr("action", at.path)
					if !strings.EqualFold(form.AttrOr("method", "get"), "post") || !strings.HasPrefix(to, "/") || strings.Contains(to, "sign") || sent[no+to+r.Pattern] {
						return
					}
					sent[no+to+r.Pattern] = true
					for _, text := range []string{"", " ", strings.Repeat("长", 9000)} {
						a := s.pages[no].JSON(http.MethodPost, to, filledWith(form, text).Encode(), "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin")
						if a.Status == http.StatusUnprocessableEntity {
							refused++
							judge(r.Pattern+" to "+to+" as "+no, a)
						}
					}
				})
			}
		}
	}
	if refused < 100 {
		t.Errorf("%d forms were refused", refused)
	}
	t.Logf("%d forms were refused", refused)
}

// filledWith is a form as it would be sent with a text in each of its fields; what is hidden, and the revision in it, stays.
func filledWith(form *goquery.Selection, text string) url.Values {
	values := url.Values{}
	form.Find("input[name], textarea[name], select[name]").Each(func(_ int, x *goquery.Selection) {
		name := x.AttrOr("name", "")
		switch {
		case x.AttrOr("type", "") == "hidden":
			values.Add(name, x.AttrOr("value", ""))
		case x.Is("[type=file]"), x.Is("[type=checkbox]"), x.Is("[type=radio]"):
		case x.Is("select") && text != "":
			values.Add(name, "nothing of the list")
		default:
			values.Set(name, text)
		}
	})
	return values
}

// misnamed says what is wrong with the summary of a refused form.
func misnamed(a *webtest.Answer) (out []string) {
	doc := a.Page()
	doc.Find("[data-errors] a").Each(func(_ int, link *goquery.Selection) {
		id, name := strings.TrimPrefix(link.AttrOr("href", ""), "#"), strings.TrimSpace(link.Text())
		field := doc.Find(`[id="` + id + `"]`)
		if field.Length() == 0 {
			out = append(out, "“"+name+"” leads to "+id+", which is not there")
			return
		}
		if label := labelOf(doc, id, field); label != name && !field.Is("p") { // the words about a group stand where no field does
			out = append(out, id+" is “"+name+"” in the summary, and “"+label+"” where it stands")
		}
	})
	return out
}

// bare is a label without the mark that it may be left empty.
func bare(label *goquery.Selection) string {
	label = label.Clone()
	label.Find(".nk-opt").Remove()
	return strings.Join(strings.Fields(label.Text()), " ")
}

// labelOf is what stands over a field, without the mark of what must be filled in.
func labelOf(doc *goquery.Document, id string, field *goquery.Selection) string {
	label := doc.Find(`label[for="` + id + `"]`).First()
	if label.Length() == 0 {
		label = field.Closest("label.nk-checkrow").Find("span").First()
	}
	if label.Length() == 0 {
		label = field.Find("legend, .nk-label").First()
	}
	if label.Length() == 0 {
		label = field.Closest(".nk-field").Find("legend, .nk-label").First()
	}
	name := bare(label)
	if set := field.Closest("fieldset.nk-rows"); set.Length() > 0 && !field.Is("fieldset") { // one of several that make one answer
		name = bare(set.Find("legend").First()) + " · " + name
	}
	return name
}
