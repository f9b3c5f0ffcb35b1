package delivery

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"neike/internal/kit/fold"
	"neike/internal/kit/sqldb"
)

// What of a row follows from its log is named by doctor whoever wrote over it, column by column, and is healed by replay.
func TestEveryColumnThatFollowsFromTheLogIsProven(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h house) {
		st := h.arrange()
		h.later(st.NextAt.Sub(h.db.Now()))
		h.work()
		list := h.deliveries()
		_, err := h.Deliver(h.as("2002"), list[0].Number, Goods{Quantity: "3"}, When{})
		must(t, err)
		h.later(14 * 24 * hour) // one counts as accepted by itself, the other is late
		h.work()
		h.work()
		h.sound()
		spoils := map[string]string{
			"state": "'cancelled'", "before": "'due'", "provider": fmt.Sprint(h.unit("sales")), "rated": "not rated", "skip_asked": "not skip_asked",
			"quantity": "'7'", "completion_is": "'excluded'",
		}
		for _, c := range slices.Concat(fromLog, fromClock) {
			value, special := spoils[c.Name]
			if !special {
				value = fmt.Sprintf("coalesce(%s, 0) + 60000", c.Name)
			}
			for _, d := range h.deliveries() {
				if c.Name == "took" && d.State.Open() { // as of the last event: not compared while it runs
					continue
				}
				must(t, h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
					_, err := tx.Exec(ctx, "update delivery set "+c.Name+" = "+value+" where id = $1", d.ID)
					return err
				}))
				flaws, n, err := h.Check(h.ctx)
				must(t, err)
				if n != 1 || flaws[0].Number != d.Ref() || flaws[0].Field != c.Name || flaws[0].Row == flaws[0].Log {
					t.Errorf("%s of %s: doctor says %+v", c.Name, d.Ref(), flaws)
				}
				if n, err = h.Repair(h.ctx); err != nil || n != 1 {
					t.Errorf("%s of %s: %d healed, %v", c.Name, d.Ref(), n, err)
				}
				after := h.byRef(d.Number)
				if x, y := fromLog.Differ(after, d), fromClock.Differ(after, d); x != (fold.Difference{}) || y != (fold.Difference{}) {
					t.Errorf("%s of %s is not what it was: %+v, %+v", c.Name, d.Ref(), x, y)
				}
			}
		}
		h.sound()

		must(t, h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, "update delivery_event set n = 90 where delivery = $1 and n = 2", list[0].ID)
			return err
		}))
		flaws, n, err := h.Check(h.ctx)
		must(t, err)
		if n != 1 || flaws[0].Field != "order" {
			t.Errorf("a gap in the log: %+v", flaws)
		}
		if n, err = h.Repair(h.ctx); err != nil || n != 0 {
			t.Errorf("a log with a gap heals nothing: %d, %v", n, err)
		}
	})
}
