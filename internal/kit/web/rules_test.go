package web

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"neike/internal/kit/fault"
)

type sorted struct {
	Paging
	Sort  string   `query:"sort" enum:"new,old" default:"new"`
	Kinds []string `query:"kinds" enum:"a,b"`
	Q     string   `query:"q" maxLength:"3"`
	From  string   `query:"from"`
}

// TestParametersKeepTheirRules: what the document says of a parameter is kept, and everything wrong comes at once, with
// what the room finds.
func TestParametersKeepTheirRules(t *testing.T) {
	m := house(t, nil)
	var got sorted
	Op(m, Operation{ID: "sort-things", Method: "GET", Path: "/api/v1/sorted", Action: Public, Summary: "Things", Tag: "Things"},
		func(_ context.Context, in *sorted) (*struct{ Body []string }, error) {
			got = *in
			var bad fault.Fields
			if in.From == "never" {
				bad.Add("from", "web.date")
			}
			if in.Q == "" {
				bad.Add("q", "web.date") // the door has said it already
			}
			return &struct{ Body []string }{[]string{}}, bad.Err()
		})
	for _, c := range []struct {
		query string
		wrong []string // name and key
		zh    string
	}{
		{"q=%E6%8A%A5%E9%94%80%E5%8D%95", nil, ""},
		{"q=a&sort=old&kinds=a,b&limit=200", nil, ""},
		{"q=a&sort=", nil, ""},
		{"q=a&sort=x", []string{"sort web.one-of"}, "只能是下列之一：new, old。"},
		{"q=a&kinds=a,x", []string{"kinds web.one-of"}, "只能是下列之一：a, b。"},
		{"q=abcd", []string{"q web.too-long"}, "最多 3 个字，现在有 4 个。"},
		{"q=a&limit=0", []string{"limit web.at-least"}, "至少为 1。"},
		{"q=a&limit=201", []string{"limit web.at-most"}, "最多为 200。"},
		{"q=a&kind=a", []string{"kind web.unknown-parameter"}, "这里没有这个参数。"},
		{"q=a&Sort=old&field.x=1", []string{"Sort web.unknown-parameter", "field.x web.unknown-parameter"}, ""},
		{"q=a&sort=old&sort=new", []string{"sort web.given-twice"}, "这里只能给一个值。"},
		{"q=a&sort=old&sort=old", nil, ""},
		{"from=never&q=abcd&limit=x&sort=x&kinds=c", []string{"from web.date", "kinds web.one-of", "limit web.unreadable", "q web.too-long", "sort web.one-of"}, ""},
	} {
		got = sorted{}
		w := call(t, m, "GET", "/api/v1/sorted?"+c.query, "", "Accept-Language", "zh")
		if c.wrong == nil {
			if w.Code != 200 || got.Sort == "" || got.Limit == 0 {
				t.Errorf("%s: %d %s, %+v", c.query, w.Code, w.Body, got)
			}
			continue
		}
		var p Problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		var wrong []string
		for _, f := range p.Fields {
			wrong = append(wrong, f.Name+" "+f.Key)
			if c.zh != "" && f.Message != c.zh {
				t.Errorf("%s: %s", c.query, f.Message)
			}
		}
		slices.Sort(wrong)
		if w.Code != 422 || !slices.Equal(wrong, c.wrong) {
			t.Errorf("%s: %d %v, want %v", c.query, w.Code, wrong, c.wrong)
		}
		if slices.Contains(c.wrong, "sort web.one-of") && got.Sort != "" {
			t.Errorf("%s: the room was given %q", c.query, got.Sort)
		}
	}
	if w := call(t, m, "GET", "/api/v1/sorted?q=%zz", ""); w.Code != 400 || !strings.Contains(w.Body.String(), "web.query") {
		t.Errorf("an address that cannot be read: %d %s", w.Code, w.Body)
	}
	if w := call(t, m, "GET", "/api/v1/sorted?q=a&sort=x", "", "Accept-Language", "en"); !strings.Contains(w.Body.String(), "It must be one of these: new, old.") {
		t.Error(w.Body)
	}
}

// TestKindsAreSaidInWords: the kinds of JSON are said in the words of the reader.
func TestKindsAreSaidInWords(t *testing.T) {
	m := house(t, nil)
	type one struct {
		Text   string   `json:"text"`
		Truth  bool     `json:"truth"`
		Whole  int64    `json:"whole"`
		Number float64  `json:"number"`
		List   []string `json:"list"`
		Object struct{} `json:"object"`
	}
	Op(m, Operation{ID: "say-things", Method: "POST", Path: "/api/v1/said", Action: Public, Summary: "Things", Tag: "Things"},
		func(context.Context, *struct{ Body one }) (*struct{ Body []string }, error) { return nil, nil })
	for body, want := range map[string][2]string{
		`{"text": 1}`:    {"这里要填文字。", "Text belongs here."},
		`{"truth": "x"}`: {"这里要填是或否（true 或 false）。", "Yes or no (true or false) belongs here."},
		`{"whole": 1.5}`: {"这里要填整数。", "A whole number belongs here."},
		`{"number": ""}`: {"这里要填数字。", "A number belongs here."},
		`{"list": 1}`:    {"这里要填列表。", "A list belongs here."},
		`{"object": []}`: {"这里要填对象。", "An object belongs here."},
	} {
		for i, lang := range []string{"zh", "en"} {
			var p Problem
			w := call(t, m, "POST", "/api/v1/said", body, "Accept-Language", lang, "Content-Type", "application/json")
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != 422 || len(p.Fields) != 1 || p.Fields[0].Key != wrongKind || p.Fields[0].Message != want[i] {
				t.Errorf("%s: %d %s", body, w.Code, w.Body)
			}
		}
	}
}
