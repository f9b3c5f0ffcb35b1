package proofs_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"neike/internal/kit/sqldb"
)

// TestOtherSitesDoNothing sends every form and every call that changes something from other sites, with the cookies of an
// administrator: each is refused before anything is looked at.
func TestOtherSitesDoNothing(t *testing.T) {
	t.Parallel()
	s := raise(t, sqldb.SQLite)
	c := crawl{stage: s, every: 1}
	_, err := s.Jobs.RunDue(t.Context()) // what the clock brings is there before
	s.must(err)
	s.must(s.Bus.Drain(t.Context()))
	before, asked := s.digests(t), 0
	for _, r := range s.Mux.Routes() {
		method, _, named := strings.Cut(r.Pattern, " ")
		if !named || method == http.MethodGet || method == http.MethodHead {
			continue
		}
		places, err := c.places(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, origin := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"}} {
			asked++
			a := s.pages["1403"].JSON(method, places[0].path, "x=1", append(origin, "Content-Type", "application/x-www-form-urlencoded")...)
			if a.Status != http.StatusForbidden {
				t.Errorf("%s from %v: %d", r.Pattern, origin, a.Status)
			}
		}
	}
	s.must(s.Bus.Drain(t.Context()))
	now := s.digests(t)
	for table, was := range before {
		if table == "directory_run" || table == "directory_log" { // a sync that nobody answers is tried again meanwhile
			continue
		}
		if now[table] != was {
			t.Errorf("another site has changed %s", table)
		}
	}
	t.Logf("%d askings", asked)
}

// TestNobodyIsSentElsewhere: whatever stands where a page to go back to is named, the answer leads to this house.
func TestNobodyIsSentElsewhere(t *testing.T) {
	t.Parallel()
	s := raise(t, sqldb.SQLite)
	for _, to := range []string{"//evil.example", "https://evil.example", `/\evil.example`, "/\t/evil.example", "///evil.example", `\\evil.example`,
		"javascript:alert(1)", "/a\r\nSet-Cookie: neike=x", "https:evil.example", "/.//evil.example", "http://127.0.0.1@evil.example", "//evil.example/%2f.."} {
		fresh := s.Fresh()
		for _, where := range []struct {
			name   string
			answer func() (status int, header http.Header)
		}{
			{"after signing in", func() (int, http.Header) {
				a := fresh.Form("/signin", "login", "3002", "password", "ein Satz den man behält", "to", to)
				return a.Status, a.Header
			}},
			{"who is signed in already", func() (int, http.Header) {
				a := s.pages["3002"].Get("/signin?" + url.Values{"to": {to}, "next": {to}}.Encode())
				return a.Status, a.Header
			}},
			{"after news are read", func() (int, http.Header) {
				a := s.pages["3002"].Form("/me/news/1/read", "back", to)
				return a.Status, a.Header
			}},
			{"after choosing a look", func() (int, http.Header) {
				a := fresh.Form("/look", "locale", "zh", "back", to)
				return a.Status, a.Header
			}},
			{"after a role is given", func() (int, http.Header) {
				a := s.pages["1403"].Form("/settings/access/take", "person", "9999", "role", "agent", "unit", "finance", "reason", "x", "back", to)
				return a.Status, a.Header
			}},
		} {
			status, header := where.answer()
			if len(header.Values("Set-Cookie")) > 3 {
				t.Errorf("%s, %q: %v", where.name, to, header)
			}
			for _, name := range []string{"Location", "Hx-Location", "Hx-Redirect"} {
				base, _ := url.Parse(s.Base + "/signin")
				at, err := base.Parse(header.Get(name))
				if err != nil || at.Host != base.Host || strings.HasPrefix(header.Get(name), "//") {
					t.Errorf("%s, %q leads to %q (%d, %v)", where.name, to, header.Get(name), status, err)
				}
			}
		}
	}
}
