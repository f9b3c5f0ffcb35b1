package request

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"neike/internal/kit/sqldb"
)

// What of a row follows from its log is named by doctor whoever wrote over it, column by column, and is healed by replay.
func TestEveryColumnThatFollowsFromTheLogIsProven(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		other := h.open("3002")
		h.later(time.Minute)
		done, open := h.finished(), h.begun()
		h.later(time.Minute)
		if _, err := h.Clock.Check(h.ctx, nil); err != nil {
			t.Fatal(err)
		}
		h.sound()
		spoils := map[string]string{
			"state": "'withdrawn'", "contest": "'head'", "stage": "'waiting'", "rated": "not rated", "silent": "not silent", "duplicate": "not duplicate",
			"unit": fmt.Sprint(other.Customer), "provider": fmt.Sprint(other.Customer), "assignee": fmt.Sprint(h.id("2001")),
			"parent": fmt.Sprint(other.ID), "merged_into": fmt.Sprint(other.ID),
			"response_is": "'breached'", "completion_is": "'breached'", "original_is": "'breached'",
		}
		running := []string{"response_took", "completion_took", "paused_took"} // as of the last event: not compared while it runs
		for _, c := range slices.Concat(fromLog, fromClocks) {
			value, special := spoils[c.Name]
			if !special {
				value = fmt.Sprintf("coalesce(%s, 0) + 1000", c.Name)
			}
			for _, r := range []Request{done, open} {
				if r.ID == open.ID && slices.Contains(running, c.Name) {
					continue
				}
				before := h.row(r.Number)
				must(t, h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
					_, err := tx.Exec(ctx, "update request set "+c.Name+" = "+value+" where id = $1", r.ID)
					return err
				}))
				flaws, n, err := h.Check(h.ctx)
				must(t, err)
				if n != 1 || flaws[0].Number != r.Ref() || flaws[0].What != FlawField || flaws[0].Field != c.Name || flaws[0].Row == flaws[0].Log {
					t.Errorf("%s of %s: doctor says %+v", c.Name, r.Ref(), flaws)
				}
				if n, err = h.Repair(h.ctx); err != nil || n != 1 {
					t.Errorf("%s of %s: %d healed, %v", c.Name, r.Ref(), n, err)
				}
				if after := h.row(r.Number); flawIn(fromLog, after, before).What != "" || flawIn(fromClocks, after, before).What != "" || after.Edge != before.Edge || after.Fields != before.Fields {
					t.Errorf("%s of %s is not what it was: %+v, %+v", c.Name, r.Ref(), flawIn(fromLog, after, before), flawIn(fromClocks, after, before))
				}
				if n, err = h.Repair(h.ctx); err != nil || n != 0 {
					t.Errorf("%s of %s: %d healed again, %v", c.Name, r.Ref(), n, err)
				}
			}
		}
		h.prove(t)

		must(t, h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, "update request_event set n = 90 where request = $1 and n = 2", done.ID)
			return err
		}))
		flaws, n, err := h.Check(h.ctx)
		must(t, err)
		if n != 1 || flaws[0].What != FlawOrder || flaws[0].Number != done.Ref() {
			t.Errorf("a gap in the log: %+v", flaws)
		}
		if n, err = h.Repair(h.ctx); err != nil || n != 0 {
			t.Errorf("a log with a gap heals nothing: %d, %v", n, err)
		}
	})
}
