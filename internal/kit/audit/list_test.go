package audit_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/audit"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
)

type wasFiled struct{ Line int64 }

func (wasFiled) EventKind() string               { return "file.filed" }
func (e wasFiled) EventSubject() (string, int64) { return "line", e.Line }

// TestListNarrows: twelve events, two kinds, two people, an hour apart by hand.
func TestListNarrows(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		b := event.NewBus(db)
		trail := audit.New(db, b)
		for i := range int64(12) {
			ctx := actor.With(t.Context(), actor.Actor{Person: 3 + i%2})
			err := db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
				if i%3 == 0 {
					return b.Emit(ctx, tx, wasFiled{i})
				}
				return b.Emit(ctx, tx, wasSaid{i, "x"})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		drain(t, b)
		start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		for n := range int64(12) {
			exec(t, db, "update audit set at = $1 where n = $2", start.Add(time.Duration(n)*time.Hour).UnixMilli(), n+1)
		}
		for _, c := range []struct {
			name   string
			filter audit.Filter
			want   string
			next   int64
		}{
			{"everything, newest first", audit.Filter{}, "[12 11 10 9 8 7 6 5 4 3 2 1]", 0},
			{"a page", audit.Filter{Limit: 5}, "[12 11 10 9 8]", 8},
			{"the page after", audit.Filter{Limit: 5, Before: 8}, "[7 6 5 4 3]", 3},
			{"the last page", audit.Filter{Limit: 5, Before: 3}, "[2 1]", 0},
			{"a kind", audit.Filter{Kind: "file.filed"}, "[10 7 4 1]", 0},
			{"kinds that begin so", audit.Filter{Kind: "line."}, "[12 11 9 8 6 5 3 2]", 0},
			{"not what only looks so", audit.Filter{Kind: "lin."}, "[]", 0},
			{"somebody's", audit.Filter{Actor: 3}, "[11 9 7 5 3 1]", 0},
			{"somebody's of a kind", audit.Filter{Actor: 3, Kind: "file."}, "[7 1]", 0},
			{"of a record", audit.Filter{SubjectKind: "line", Subject: 4}, "[5]", 0},
			{"from an hour on", audit.Filter{From: start.Add(9 * time.Hour)}, "[12 11 10]", 0},
			{"before an hour", audit.Filter{To: start.Add(2 * time.Hour)}, "[2 1]", 0},
			{"between two", audit.Filter{From: start.Add(90 * time.Minute), To: start.Add(4 * time.Hour)}, "[4 3]", 0},
			{"a time without events", audit.Filter{From: start.Add(40 * time.Hour)}, "[]", 0},
		} {
			list, next, err := trail.List(t.Context(), c.filter)
			got := []int64{}
			for _, e := range list {
				got = append(got, e.N)
			}
			if err != nil || fmt.Sprint(got) != c.want || next != c.next {
				t.Errorf("%s: got %v and %d, %v; want %s and %d", c.name, got, next, err, c.want, c.next)
			}
		}
	})
}

// TestListOfARareKindIsBounded: a page that finds nothing in what it may look through says where to go on.
func TestListOfARareKindIsBounded(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		trail := trail(t, db)
		exec(t, db, "update audit set n = n + 30000 where n > 1")
		exec(t, db, "update audit set kind = 'file.filed' where n = 1")
		exec(t, db, "update audit_head set n = 30010")
		filter := audit.Filter{Kind: "file.filed"}
		list, next, err := trail.List(t.Context(), filter)
		if err != nil || len(list) != 0 || next == 0 {
			t.Fatalf("first page: %v, next %d, %v", list, next, err)
		}
		filter.Before = next
		if list, next, err = trail.List(t.Context(), filter); err != nil || len(list) != 1 || next != 0 {
			t.Errorf("second page: %v, next %d, %v", list, next, err)
		}
	})
}

func exec(t *testing.T, db *sqldb.DB, text string, args ...any) {
	t.Helper()
	err := db.Write(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, text, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
