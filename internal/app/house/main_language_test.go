package house

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// TestNamesAreInTheMainLanguage: what must have a name has one in the company's main language, by form and by program alike;
// the other language is optional, and the error stands at the field that is lacking.
func TestNamesAreInTheMainLanguage(t *testing.T) {
	h := Start(t).Settle()
	for _, main := range []string{"zh", "en"} {
		c := h.Org.Company(h.System())
		c.Locale = main
		if err := h.Org.SetCompany(h.System(), c); err != nil {
			t.Fatal(err)
		}
		other := map[string]string{"zh": "en", "en": "zh"}[main]
		for _, x := range []struct {
			what, by, path, body, field string // body and field say LANG for the language of the name
			good                        int
		}{
			{"a service", "2001", "/api/v1/services", `{"code": "finance.main-CODE", "state": "draft", "name": {"LANG": "X"}}`, "name.LANG", 201},
			{"a place", "1001", "/api/v1/places", `{"code": "main-CODE", "kind": "room", "unit": "finance", "name": {"LANG": "X"}}`, "name.LANG", 201},
			{"a phrase", "2002", "/api/v1/units/finance/phrases", `{"name": "X CODE", "text_LANG": "X"}`, "text_LANG", 201},
			{"a topic", "1001", "/api/v1/topics", `{"code": "main-CODE", "name": {"LANG": "X CODE"}}`, "name.LANG", 201},
			{"a known problem", "2001", "/api/v1/problems", `{"services": ["finance.nothing"], "title": {"LANG": "X"}, "words": {"LANG": "X"}}`, "title.LANG", 422}, // it is nobody's service: the language is not what is wrong then
		} {
			body := func(in string) json.RawMessage {
				return json.RawMessage(strings.NewReplacer("LANG", in, "CODE", main).Replace(x.body))
			}
			client := h.TokenOf(x.by, "read", "write")
			if got, want := refusedFields(client.Post(x.path, body(other)).Is(422).Body), strings.ReplaceAll(x.field, "LANG", main); !slices.Contains(got, want) {
				t.Errorf("%s in %s only, where the main language is %s: %v, want %s", x.what, other, main, got, want)
			}
			if got := refusedFields(client.Post(x.path, body(main)).Is(x.good).Body); slices.Contains(got, strings.ReplaceAll(x.field, "LANG", main)) {
				t.Errorf("%s in %s, the main language, is refused: %v", x.what, main, got)
			}
		}
		page := h.SignedIn("2001")
		form := page.Get("/services/new").Is(200).Page()
		if form.Find(`[name="name.`+main+`"][required]`).Length() != 1 || form.Find(`[name="name.`+other+`"][required]`).Length() != 0 {
			t.Errorf("the form of a service asks for another language than %s", main)
		}
		refused := page.Form("/services/new", "unit", "finance", "word", "page-"+main, "kind", "request", "name."+other, "X").Is(422).Page()
		if refused.Find(`.is-bad [name="name.`+main+`"]`).Length() != 1 || refused.Find(`[name="name.`+other+`"]`).AttrOr("value", "") != "X" {
			t.Errorf("the form of a service does not say that %s is lacking, or lost what was typed", main)
		}
		page.Form("/services/new", "unit", "finance", "word", "page-"+main, "kind", "request", "name."+main, "X").Is(303)
		field := page.Get("/services/finance.page-" + main + "/form/field?type=text").Is(200).Page()
		if field.Find(`[name="fields.label_`+main+`"]`).Length() != 1 || field.Find(`[name="fields.label_`+other+`"][required]`).Length() != 0 {
			t.Errorf("the editor of a field asks for another language than %s", main)
		}
	}
}

// refusedFields are the names of the fields of a refused call.
func refusedFields(body []byte) (out []string) {
	var p struct {
		Fields []struct {
			Field, Name string
		} `json:"fields"`
	}
	_ = json.Unmarshal(body, &p)
	for _, f := range p.Fields {
		out = append(out, f.Field+f.Name)
	}
	return out
}
