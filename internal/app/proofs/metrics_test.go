package proofs_test

import (
	"bytes"
	"strings"
	"testing"

	"neike/internal/kit/sqldb"
)

// TestFiguresAreNotForEverybody: /metrics answers this machine and whoever may see the settings; to others it is an
// address that nobody made.
func TestFiguresAreNotForEverybody(t *testing.T) {
	t.Parallel()
	s := raise(t, sqldb.SQLite)
	far := []string{"X-Forwarded-For", "203.0.113.7"}
	nothing := s.tokens["5003"].Get("/nothing", far...)
	for _, no := range []string{"", "5003", "2001", "1406", "1402"} {
		if a := s.tokens[no].Get("/metrics", far...); a.Status != 404 || no == "5003" && !bytes.Equal(bytes.ReplaceAll(a.Body, []byte("/metrics"), []byte("/nothing")), nothing.Body) {
			t.Errorf("%q: %d %s", no, a.Status, clip(a.Body))
		}
	}
	for _, no := range []string{"1403", "1404", "1405"} {
		if a := s.tokens[no].Get("/metrics", far...); a.Status != 200 {
			t.Errorf("%s: %d", no, a.Status)
		}
	}
	text := string(s.Fresh().For(t).Get("/metrics").Is(200).Body)
	for _, name := range []string{"neike_write_queue ", "neike_writes_total ", "neike_commits_total ", "neike_commits_failed_total 0",
		`neike_jobs{state="ready"}`, `neike_jobs{state="planned"}`, `neike_jobs{state="dead"} 0`, `neike_follower_lag{follower="audit"}`} {
		if !strings.Contains(text, "\n"+name) {
			t.Errorf("no %s", name)
		}
	}
}
