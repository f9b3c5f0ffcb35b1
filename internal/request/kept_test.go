package request

import (
	"context"
	"strings"
	"testing"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/sqldb"
)

// TestWhatAServiceKeptIsReadFromTheIndex: the catalogue shows it for every service, so it must not touch the requests.
func TestWhatAServiceKeptIsReadFromTheIndex(t *testing.T) {
	db := dbtest.Open(t, sqldb.SQLite, schemas)
	must(t, db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
		text, args := keptQuery(rd, []int64{1, 2}, Span{From: db.Now(), To: db.Now()})
		plan, err := sqldb.All(ctx, rd, func(row sqldb.Row) (string, error) {
			var id, parent, unused int64
			var detail string
			err := row.Scan(&id, &parent, &unused, &detail)
			return detail, err
		}, "explain query plan "+text, args...)
		if got := strings.Join(plan, "; "); err != nil || !strings.Contains(got, "COVERING INDEX request_service") {
			t.Errorf("%s, %v", got, err)
		}
		return nil
	}))
}
