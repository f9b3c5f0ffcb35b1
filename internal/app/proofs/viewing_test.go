package proofs_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
)

// ofTheHouse are the tables that the house itself writes while somebody reads: when a session was seen, what a job does.
var ofTheHouse = []string{"signin_session", "signin_seen", "signin_seen_week", "job", "kit_job", "schema", "search", "goose"}

// TestAViewWritesNothing looks at every page and every answer with each of some people's eyes, and holds every table
// against what it was: nothing is read, counted, kept or begun in the name of whom an officer looks as.
func TestAViewWritesNothing(t *testing.T) {
	t.Parallel()
	s := raise(t, sqldb.SQLite)
	s.must(s.Bus.Drain(t.Context()))
	officer := s.pages["1404"]
	c := crawl{stage: s, every: 1}
	for _, no := range []string{"3002", "2002", "2001", "1406"} {
		officer.Form("/settings/access/view", "person", no, "reason", "核对").Is(303)
		s.must(s.Bus.Drain(t.Context()))
		look := func() map[string]bool {
			before := s.digests(t)
			for _, r := range inOrder(s.Mux.Routes()) {
				method, pattern, _ := strings.Cut(r.Pattern, " ")
				if method != http.MethodGet || pattern == "/live" {
					continue
				}
				places, err := c.places(r)
				if err != nil {
					t.Fatal(err)
				}
				for _, at := range places {
					a := officer.Get(at.path, "Sec-Fetch-Site", "same-origin")
					if r.Own && r.Action != web.Public && a.Status != http.StatusForbidden {
						t.Errorf("%s is one's own, and answers %d to who looks with another's eyes", r.Pattern, a.Status)
					}
					for _, one := range s.records {
						if one.kind == veiled && strings.Contains(string(a.Body), one.title) {
							t.Errorf("%s shows a confidential title to who looks as %s", at.path, no)
						}
					}
				}
			}
			s.must(s.Bus.Drain(t.Context()))
			now, changed := s.digests(t), map[string]bool{}
			for table, was := range before {
				changed[table] = now[table] != was
			}
			return changed
		}
		changed := look()
		delete(changed, "directory_run") // a sync that nobody answers is tried again meanwhile
		delete(changed, "directory_log")
		if slices.Contains(slices.Collect(maps.Values(changed)), true) { // by a job whose minute it was, or by looking: then by looking again
			again := look()
			for table, was := range changed {
				if was && again[table] {
					t.Errorf("looking as %s has changed %s", no, table)
				}
			}
		}
		officer.Form("/settings/access/view/stop").Is(303)
	}
	before := s.digests(t)
	s.must(s.Org.SetLocale(s.System(), s.ID("3002"), "en"))
	if now := s.digests(t); len(before) < 60 || now["org_person"] == before["org_person"] {
		t.Errorf("the sums of %d tables do not see that one has changed", len(before))
	}
	s.must(s.Bus.Drain(t.Context()))
	if told := string(s.tokens["3002"].Get("/api/v1/me/access").Is(200).Body); !strings.Contains(told, "核对") {
		t.Errorf("the person is not told: %s", told)
	}
	if trail := string(s.tokens["1405"].Get("/api/v1/audit?limit=200").Is(200).Body); strings.Count(trail, "access.was-viewed-as") != 4 || strings.Count(trail, "access.view-has-ended") != 4 {
		t.Errorf("the trail does not have four views and their ends: %s", trail)
	}
}

// digests is what stands in each table, as one sum.
func (s *stage) digests(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	s.must(s.DB.Read(s.System(), func(ctx context.Context, rd sqldb.Reader) error {
		text := func(r sqldb.Row) (v string, err error) { return v, r.Scan(&v) }
		tables, err := sqldb.All(ctx, rd, text, `select name from sqlite_master where type = 'table' and name not like 'sqlite_%'`)
		if err != nil {
			return err
		}
		for _, table := range tables {
			if ofHouse(table) {
				continue
			}
			columns, err := sqldb.All(ctx, rd, text, `select 'quote("' || name || '")' from pragma_table_info($1) order by cid`, table)
			if err != nil {
				return err
			}
			rows, err := sqldb.All(ctx, rd, text, `select `+strings.Join(columns, " || ',' || ")+` as line from "`+table+`" order by line`)
			if err != nil {
				return err
			}
			out[table] = fmt.Sprintf("%d %x", len(rows), sha256.Sum256([]byte(strings.Join(rows, "\n"))))
		}
		return nil
	}))
	return out
}

func ofHouse(table string) bool {
	for _, name := range ofTheHouse {
		if table == name || strings.HasPrefix(table, name+"_") {
			return true
		}
	}
	return false
}
