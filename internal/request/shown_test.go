package request

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/sqldb"
)

// TestTheFirstPageOfWhatWasShown: somebody to whom hundreds of requests of others were shown gets the same first page as if
// all of them were read, also when old ones were brought in after new ones.
func TestTheFirstPageOfWhatWasShown(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		r := h.open("3002")
		var columns string
		must(t, h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) error {
			columns = h.columns(ctx, rd, "id", "number", "opened_at", "external")
			return nil
		}))
		reader := actor.From(h.as("9001")).Person
		rnd := rand.New(rand.NewPCG(7, 7))
		for round := range 4 {
			must(t, h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
				for i := range 150 {
					h.later(time.Hour)
					id := tx.NewID()
					opened := sqldb.IDTime(id)
					if round%2 == 1 || rnd.IntN(10) == 0 { // told after the fact
						opened = opened.Add(-time.Duration(rnd.IntN(900)) * 24 * time.Hour)
					}
					if _, err := tx.Exec(ctx, "insert into request (id, number, opened_at, external"+columns+") select $1, $2, $3, $4"+columns+" from request where id = $5",
						id, 100_000+int64(round*1000+i), opened, "s"+idText(id), r.ID); err != nil {
						return err
					}
					if _, err := tx.Exec(ctx, "insert into access_grant (subject_kind, subject, holder_kind, holder, role, why, at) values ('request', $1, 1, $2, '', 'watches', $3)", id, reader, tx.Now); err != nil {
						return err
					}
				}
				return nil
			}))
			for _, limit := range []int{5, 50, 200} {
				eye := scope{eye: eye{person: reader}, limit: limit, now: h.db.Now()}
				must(t, h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) error {
					got, err := newest(ctx, rd, eye)
					must(t, err)
					want, err := eye.first(ctx, rd, lineColumns, scanLine, eye.newestParts(), "r.opened_at", true, func(q *sqldb.Query) *sqldb.Query { return q })
					must(t, err)
					if len(got) == 0 || !slices.EqualFunc(got, want, func(a, b Line) bool { return a.ID == b.ID }) {
						t.Errorf("round %d, limit %d: %d rows and %d", round, limit, len(got), len(want))
					}
					_, whole, err := eye.newestFew(ctx, rd, func(q *sqldb.Query) *sqldb.Query { return q })
					if many := round == 2 && limit == 5; many && !whole {
						t.Error("a short page of the newest reads all that was ever shown")
					}
					return err
				}))
			}
		}
	})
}

// columns lists those of a request but for some, each after a comma.
func (h house) columns(ctx context.Context, rd sqldb.Reader, but ...string) string {
	h.t.Helper()
	all, err := sqldb.All(ctx, rd, func(row sqldb.Row) (s string, err error) { return s, row.Scan(&s) }, columnsText[h.db.Engine()])
	must(h.t, err)
	var text string
	for _, c := range all {
		if !slices.Contains(but, c) {
			text += ", " + c
		}
	}
	return text
}

var columnsText = map[sqldb.Engine]string{
	sqldb.SQLite:   "select name from pragma_table_info('request')",
	sqldb.Postgres: "select column_name from information_schema.columns where table_schema = current_schema() and table_name = 'request'",
}
