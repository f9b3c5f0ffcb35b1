package request

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/sqldb"
)

// TestWhatEverybodyAsksFor counts all of the last ninety days, confidential requests left out, and remembers it for a time.
func TestWhatEverybodyAsksFor(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		u := &usedServices{s: h.Service}
		used := func(want ...string) {
			t.Helper()
			ids, err := u.of(h.ctx, 0)
			must(t, err)
			snap, err := h.Catalog.Snapshot(h.ctx)
			must(t, err)
			var got []string
			for _, id := range ids {
				s, _ := snap.ByID(id)
				got = append(got, s.Code)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%v, want %v", got, want)
			}
		}
		ask := func(n int, confidential bool) {
			t.Helper()
			for range n {
				a := advance()
				a.Confidential = confidential
				_, err := h.Open(h.as("3002"), a)
				must(t, err)
			}
		}
		ask(2, false)
		ask(5, true)
		used() // twice is not often, and what is confidential counts for nothing
		ask(1, false)
		used()
		h.later(usedFor)
		used("finance.advance")
		for range 4 {
			_, err := h.Open(h.as("3002"), h.expense(h.as("3002")))
			must(t, err)
		}
		h.later(usedFor)
		used("finance.expense", "finance.advance")
		u.counting.Lock() // somebody else counts: the others take what is there
		h.later(usedWithin - 3*usedFor/2)
		used("finance.expense", "finance.advance")
		u.counting.Unlock()
		used("finance.expense") // what was asked for earlier has run out
		h.later(usedFor)
		used()
	})
}

// TestEverybodysIsCountedFromAnIndex: of a million requests no row is read.
func TestEverybodysIsCountedFromAnIndex(t *testing.T) {
	db := dbtest.Open(t, sqldb.SQLite, schemas)
	must(t, db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
		if plan := planOf(t, ctx, rd, usedByAllText, []any{time.Now()}); !strings.Contains(plan, "SEARCH request USING COVERING INDEX request_opened (opened_at>?)") {
			t.Error(plan)
		}
		return nil
	}))
}
