package proofs_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"neike/internal/catalog"
	"neike/internal/directory"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/request"
)

// hostile is a name that breaks out of text, of an attribute in either quotes, of a script and of an address, if anything
// lets it; it also begins as a formula does.
const hostile = `=1+1'"><b class=xss>&</script><b class=xss>{{7}}`

// TestNamesAreWords gives everything that has a name a hostile one, and opens every page, fragment, answer and file as
// people of all kinds: nowhere does a name become a tag, a formula or a header.
func TestNamesAreWords(t *testing.T) {
	t.Parallel()
	s := raise(t, sqldb.SQLite)
	s.nameHostile(t)
	c := crawl{stage: s, every: 1}
	seen, sheets := 0, 0
	for _, r := range inOrder(s.Mux.Routes()) {
		method, pattern, _ := strings.Cut(r.Pattern, " ")
		if method != http.MethodGet || pattern == "/live" || strings.Contains(pattern, "/assets/") {
			continue
		}
		places, err := c.places(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range places {
			for _, no := range []string{"1403", "1406", "2001", "2002", "3002"} {
				path := at.path
				if strings.HasSuffix(path, "/export") {
					path += "?format=csv&view=unit"
				}
				a := s.pages[no].Get(path, "Sec-Fetch-Site", "same-origin", "Accept-Encoding", "identity")
				kind := a.Header.Get("Content-Type")
				switch {
				case a.Status >= 500:
					t.Errorf("%s for %s: %d", at.path, no, a.Status)
				case strings.HasPrefix(kind, "text/html") || strings.Contains(kind, "svg"):
					if bytes.Contains(a.Body, []byte("<b class=xss")) {
						t.Errorf("%s shows %s a tag: %s", at.path, no, around(a.Body, "<b class=xss"))
					}
				case strings.HasPrefix(kind, "text/csv"):
					if bytes.Contains(a.Body, []byte("class=xss")) {
						sheets++
					}
					for line := range strings.SplitSeq(string(a.Body), "\n") {
						for cell := range strings.SplitSeq(line, ",") {
							if strings.HasPrefix(strings.TrimPrefix(strings.TrimPrefix(cell, "\ufeff"), `"`), "=") {
								t.Errorf("%s gives %s a formula: %s", at.path, no, line)
							}
						}
					}
				}
				if bytes.Contains(a.Body, []byte("class=xss")) {
					seen++
				}
				for name := range a.Header {
					if strings.Contains(strings.ToLower(name), "xss") {
						t.Errorf("%s: a name became the header %s", at.path, name)
					}
				}
			}
		}
	}
	if seen < 200 || sheets < 4 {
		t.Errorf("the name was on %d answers and in %d sheets only: this proves little", seen, sheets)
	}
	t.Logf("the name stands harmless on %d answers, and in %d sheets", seen, sheets)
}

// nameHostile renames units, people, services, connections, the company; asks, says, announces and uploads under that name.
func (s *stage) nameHostile(t *testing.T) {
	t.Helper()
	ctx, keeper := s.System(), s.As("1403")
	for _, u := range []org.UnitInput{{Code: "finance", Parent: "money"}, {Code: "project", Parent: "field"}, {Code: "spare", Parent: "hq"}} {
		one, ok := s.unitNow(u.Code)
		if !ok {
			t.Fatal(u.Code)
		}
		u.NameZh, u.NameEn, u.Revision = hostile, hostile, one.Revision
		s.must(second(s.Org.SaveUnit(ctx, u)))
	}
	for no, unit := range map[string]string{"2009": "finance", "3002": "project", "2002": "finance"} {
		p, err := s.Org.PersonByNo(ctx, no)
		s.must(err)
		s.must(second(s.Org.SavePerson(ctx, org.PersonInput{No: no, Name: hostile, NameEn: hostile, Unit: unit, Position: hostile, Revision: p.Revision})))
	}
	company := s.Org.Company(ctx)
	company.Name = lang.Text{Zh: hostile, En: hostile}
	s.must(s.Org.SetCompany(ctx, company))
	old, err := s.Directory.Connection(ctx, s.made["connection"])
	s.must(err)
	s.must(second(s.Directory.SaveConnection(keeper, old.ID, directory.ConnectionInput{Kind: "wecom", NameZh: hostile, NameEn: hostile, Sync: true, SignIn: true,
		Settings: map[string]string{"corp": "ww1", "app": "1", "api": "http://127.0.0.1:9", "private": "true"}, Revision: old.Revision})))
	_, _, err = s.Catalog.Write(ctx, catalog.Definition{Code: "finance.draft", Unit: "finance", Name: lang.Text{Zh: hostile, En: hostile},
		Description: lang.Text{Zh: hostile, En: hostile}, Kind: catalog.OnRequest, State: catalog.Draft}, 0)
	s.must(err)
	r, err := s.Request.Open(s.As("3002"), request.Ask{Service: "finance.advance", Title: hostile, Fields: map[string]any{"amount": "5000", "reason": hostile, "due": "2026-12-01"}})
	s.must(err)
	s.must(second(s.Request.Take(s.As("2002"), r.Number, request.When{})))
	file, err := s.Talk.Upload(s.As("2002"), "名"+strings.ReplaceAll(hostile, "/", "")+".html", strings.NewReader("<b class=xss>"))
	s.must(err)
	s.must(second(s.Request.Message(s.As("2002"), r.Number, hostile, []int64{file.ID}, request.When{})))
	s.records[0].working = r.Ref()
	s.must(s.Bus.Drain(t.Context()))
	a := s.pages["3002"].Get(file.Href())
	if a.Status != 200 || !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment") || !strings.Contains(a.Header.Get("Content-Security-Policy"), "sandbox") ||
		a.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("a page that somebody uploaded is shown as ours: %d %v", a.Status, a.Header)
	}
}

func (s *stage) unitNow(code string) (org.Unit, bool) {
	tree, err := s.Org.Tree(s.System())
	s.must(err)
	return tree.ByCode(code)
}
