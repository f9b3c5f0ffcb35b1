package web

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
)

func TestDecode(t *testing.T) {
	type inner struct {
		Zh string `form:"zh"`
	}
	type form struct {
		Title  string                  `form:"title"`
		Count  int                     `form:"count"`
		Share  float64                 `form:"share"`
		Box    bool                    `form:"box"`
		People []int64                 `form:"people"`
		Codes  []string                `form:"code,each"`
		Day    time.Time               `form:"day"`
		Name   inner                   `form:"name"`
		Fields map[string][]string     `form:"fields"`
		Files  []*multipart.FileHeader `form:"files"`
		Hidden string
	}
	values := url.Values{"title": {"  甲\r\n乙 "}, "count": {"7"}, "share": {"x"}, "box": {"0", "on"}, "people": {"1", "", "2"}, "code": {"", " a ", ""},
		"day": {"2026-11-21"}, "name.zh": {"名"}, "fields.a": {"1", "2"}, "fields.b": {"y"}, "Hidden": {"z"}}
	r := httptest.NewRequest("POST", "/", strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var got form
	err := Decode(r, &got)
	want := form{Title: "甲\n乙", Count: 7, Box: true, People: []int64{1, 2}, Codes: []string{"", "a", ""}, Day: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC),
		Name: inner{"名"}, Fields: map[string][]string{"a": {"1", "2"}, "b": {"y"}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	if f, ok := fault.As(err); !ok || len(f.Fields) != 1 || f.Fields[0].Name != "share" {
		t.Errorf("wrong number: %v", err)
	}
	var body bytes.Buffer
	mp := multipart.NewWriter(&body)
	_ = mp.WriteField("title", "甲")
	part, _ := mp.CreateFormFile("files", "a.txt")
	_, _ = part.Write([]byte("abc"))
	_ = mp.Close()
	r = httptest.NewRequest("POST", "/", &body)
	r.Header.Set("Content-Type", mp.FormDataContentType())
	got = form{}
	if err := Decode(r, &got); err != nil || got.Title != "甲" || len(got.Files) != 1 || got.Files[0].Filename != "a.txt" {
		t.Errorf("%v %+v", err, got)
	}
}

func TestCursor(t *testing.T) {
	want := []int64{-5, 0, 1 << 52}
	got, err := ParseCursor(Cursor(want...), 3)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v %v", got, err)
	}
	if got, err := ParseCursor("", 3); got != nil || err != nil {
		t.Error("an empty cursor is the first page")
	}
	for _, bad := range []string{"%%", "AA", Cursor(1, 2), Cursor(1, 2, 3, 4)} {
		if _, err := ParseCursor(bad, 3); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
	p := Cut([]int{1, 2, 3}, 2, func(i int) string { return Cursor(int64(i)) })
	if len(p.Items) != 2 || p.NextCursor != Cursor(2) || Cut([]int(nil), 2, nil).Items == nil {
		t.Errorf("%+v", p)
	}
}

func TestLanguage(t *testing.T) {
	m := house(t, nil)
	for _, c := range []struct {
		name, asked, cookie string
		who                 actor.Actor
		want                string
	}{
		{"nothing said", "", "", actor.Actor{}, "zh"},
		{"the browser asks", "en-US,en;q=0.9", "", actor.Actor{}, "en"},
		{"the browser asks for neither", "fr", "", actor.Actor{}, "zh"},
		{"the browser's second choice", "fr, en;q=0.5", "", actor.Actor{}, "en"},
		{"the person counts more", "en", "", actor.Actor{Person: 1, Locale: "zh"}, "zh"},
		{"the choice of this browser counts most", "zh", "en", actor.Actor{Person: 1, Locale: "zh"}, "en"},
		{"a program gets what it asks", "en", "", actor.Actor{Person: 1, Token: 1, Locale: "zh"}, "en"},
		{"a program that asks nothing", "", "", actor.Actor{Person: 1, Token: 1, Locale: "en"}, "en"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		if c.asked != "" {
			r.Header.Set("Accept-Language", c.asked)
		}
		if c.cookie != "" {
			r.AddCookie(&http.Cookie{Name: "lang", Value: c.cookie})
		}
		if got := lang.Locale(m.words(r.Context(), r, c.who)); got != c.want {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}

func TestLocal(t *testing.T) {
	for to, want := range map[string]string{
		"/requests?a=1": "/requests?a=1", "": "/", "https://evil.example": "/", "//evil.example": "/", "/\\evil": "/",
		"requests": "/", "javascript:alert(1)": "/", "/a\r\nSet-Cookie: x": "/",
	} {
		if got := Local(to, "/"); got != want {
			t.Errorf("%q leads to %q", to, got)
		}
	}
}
