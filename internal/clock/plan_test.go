package clock

import (
	"context"
	"strings"
	"testing"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/sqldb"
)

// TestWhatIsToBeLookedAtIsTheBeginningOfAnIndex: of a million clocks only those whose moment has come are read, and in order.
func TestWhatIsToBeLookedAtIsTheBeginningOfAnIndex(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		// the outer update of breach looks its rows up by their key; what finds them is the same text
		for _, x := range []struct {
			text string
			args []any
		}{{breachText, []any{db.Now(), 10}}, {steppingText, []any{db.Now(), "request", 10}}} {
			explain := "explain query plan "
			if db.Engine() == sqldb.Postgres {
				explain = "explain "
			}
			err := db.Write(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
				if db.Engine() == sqldb.Postgres {
					for _, way := range []string{"seqscan", "bitmapscan", "sort"} { // the ways of an empty table
						if _, err := tx.Exec(ctx, "set local enable_"+way+" = off"); err != nil {
							return err
						}
					}
				}
				steps, err := sqldb.All(ctx, tx, func(row sqldb.Row) (step string, err error) {
					if db.Engine() == sqldb.Postgres {
						return step, row.Scan(&step)
					}
					var id, parent, unused int64
					return step, row.Scan(&id, &parent, &unused, &step)
				}, explain+x.text, x.args...)
				plan := strings.Join(steps, "; ")
				if !strings.Contains(plan, "clock_wake") || strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "Sort") {
					t.Error(plan)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
	})
}
