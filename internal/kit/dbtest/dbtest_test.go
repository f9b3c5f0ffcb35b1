package dbtest

import (
	"context"
	"testing"
	"testing/fstest"
	"time"

	"neike/internal/kit/sqldb"
)

var notes = []sqldb.Schema{{Room: "note", FS: fstest.MapFS{"2026112199_note.sql": {Data: []byte(`
create table note (
  id bigint primary key,
  at bigint,
  ok boolean not null,
  body jsonb
);`)}}}}

func TestEachGivesAFreshDatabase(t *testing.T) {
	for range 2 {
		Each(t, notes, func(t *testing.T, db *sqldb.DB) {
			ctx := context.Background()
			Clock(db).Advance(time.Hour)
			err := db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
				if want := Start.Add(time.Hour); !tx.Now.Equal(want) {
					t.Errorf("the clock says %v, want %v", tx.Now, want)
				}
				return tx.Insert(ctx, "note", "id, at, ok, body", []any{1, tx.Now, true, `{"a": "b"}`})
			})
			if err != nil {
				t.Fatal(err)
			}
			other := Second(t, db)
			err = other.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
				n, err := sqldb.Value[int](ctx, rd, "select count(*) from note where ok and body->>'a' = 'b'")
				if n != 1 {
					t.Errorf("another process sees %d notes, want 1", n)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}
