package audit_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"neike/internal/kit/actor"
	"neike/internal/kit/audit"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
)

var schemas = []sqldb.Schema{{Room: "event", FS: event.Schema}, {Room: "audit", FS: audit.Schema}}

type wasSaid struct {
	Line int64
	Text string
}

func (wasSaid) EventKind() string               { return "line.said" }
func (e wasSaid) EventSubject() (string, int64) { return "line", e.Line }

// trail writes ten lines of 1 to 10.
func trail(t *testing.T, db *sqldb.DB) *audit.Trail {
	t.Helper()
	b := event.NewBus(db)
	trail := audit.New(db, b)
	for line := range int64(10) {
		ctx := actor.With(t.Context(), actor.Actor{Person: 3})
		err := db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			return b.Emit(ctx, tx, wasSaid{line + 1, "小<b>&"})
		})
		if err != nil {
			t.Fatal(err)
		}
		if line%4 == 3 { // several batches
			drain(t, b)
		}
	}
	drain(t, b)
	return trail
}

func drain(t *testing.T, b *event.Bus) {
	t.Helper()
	if err := b.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestAnUntouchedTrailIsSound(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		trail := trail(t, db)
		report, err := trail.Verify(t.Context())
		if err != nil || !report.Sound() || report.Rows != 10 || len(report.Head) != 64 {
			t.Errorf("got %+v, %v", report, err)
		}
		list, next, err := trail.List(t.Context(), audit.Filter{SubjectKind: "line", Subject: 3, Actor: 3})
		if err != nil || next != 0 || len(list) != 1 || list[0].N != 3 || list[0].Body != `{"Line":3,"Text":"小<b>&"}` {
			t.Errorf("got %+v, %v", list, err)
		}
	})
}

func TestVerifySaysWhatWasDone(t *testing.T) {
	exchange := func(a, b int) []string { // the rows of two places, wholly
		return []string{
			fmt.Sprintf("update audit set n = 99 where n = %d", a),
			fmt.Sprintf("update audit set n = %d where n = %d", a, b),
			fmt.Sprintf("update audit set n = %d where n = 99", b),
		}
	}
	shift := "update audit set n = n + 1000 where n > 5"
	back := "update audit set n = n - 999 where n > 1000"
	for _, c := range []struct {
		name string
		do   []string
		want []audit.Finding
	}{
		{"a text was changed", []string{"update audit set body = '{}' where n = 4"}, []audit.Finding{{4, 0, audit.Changed}}},
		{"an actor was changed", []string{"update audit set actor = 9 where n = 10"}, []audit.Finding{{10, 0, audit.Changed}}},
		{"a row was removed", []string{"delete from audit where n = 4"}, []audit.Finding{{4, 0, audit.Removed}}},
		{"the first row was removed", []string{"delete from audit where n = 1"}, []audit.Finding{{1, 0, audit.Removed}}},
		{"the last row was removed", []string{"delete from audit where n = 10"}, []audit.Finding{{10, 0, audit.Removed}}},
		{"a row was removed and the rest moved up", []string{"delete from audit where n = 5", shift,
			"update audit set n = n - 1001 where n > 1000", "update audit_head set n = 9"}, []audit.Finding{{5, 0, audit.Removed}}},
		{"a row was inserted", []string{shift, back,
			"insert into audit (n, seq, at, kind, subject_kind, subject, actor, via, body, prev, hash) " +
				"select 6, seq, at, kind, subject_kind, subject, actor, via, body, hash, 'forged' from audit where n = 5",
			"update audit_head set n = 11"}, []audit.Finding{{6, 0, audit.Changed}, {6, 0, audit.Inserted}}},
		{"a copy was inserted", []string{shift, back,
			"insert into audit (n, seq, at, kind, subject_kind, subject, actor, via, body, prev, hash) " +
				"select 6, seq, at, kind, subject_kind, subject, actor, via, body, prev, hash from audit where n = 2",
			"update audit_head set n = 11"}, []audit.Finding{{6, 0, audit.Inserted}}},
		{"a row was added at the end", []string{
			"insert into audit (n, seq, at, kind, subject_kind, subject, actor, via, body, prev, hash) " +
				"select 11, seq, at, kind, subject_kind, subject, actor, via, body, prev, hash from audit where n = 2"},
			[]audit.Finding{{11, 0, audit.Reordered}, {11, 0, audit.Inserted}}},
		{"neighbours changed places", exchange(4, 5), []audit.Finding{{4, 0, audit.Reordered}}},
		{"the last two changed places", exchange(9, 10), []audit.Finding{{9, 0, audit.Reordered}}},
		{"two rows far apart changed places", exchange(3, 8), []audit.Finding{{3, 0, audit.Reordered}, {4, 0, audit.Reordered},
			{8, 0, audit.Reordered}, {9, 0, audit.Removed}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
				trail := trail(t, db)
				err := db.Write(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
					for _, text := range c.do {
						if _, err := tx.Exec(ctx, text); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				report, err := trail.Verify(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				for i := range report.Findings {
					report.Findings[i].Seq = 0
				}
				if !slices.Equal(report.Findings, c.want) {
					t.Errorf("got %+v, want %+v", report.Findings, c.want)
				}
			})
		})
	}
}
