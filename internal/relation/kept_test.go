package relation_test

import (
	"context"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"neike/internal/kit/sqldb"
	"neike/internal/relation"
)

// TestNewCountersCatchUp: tallies from before are proven once, and not again.
func TestNewCountersCatchUp(t *testing.T) {
	each(t, func(h house) {
		day, err := time.ParseInLocation(time.DateOnly, "2026-11-02", h.zone)
		if err != nil {
			h.Fatal(err)
		}
		h.tally("finance", "sales", "2026-11-02", relation.Delta{Accepted: 2})
		facts := proof{{Provider: h.unit("finance").ID, Customer: h.unit("sales").ID, Day: day, Delta: relation.Delta{Accepted: 2, Ended: 2, Paused: 50, Worked: 60, Hops: 3}}}
		ended := func(want int64) {
			h.Helper()
			for _, span := range [][2]int64{{202611, 202611}, {201001, 203012}, {1, 1 << 60}} {
				run, err := h.rel.RunOf(h.as("1001", "quality"), h.unit("finance").ID, h.unit("sales").ID, span[0], span[1])
				if err != nil || len(run.Months) != 1 || run.Months[0].Ended != want {
					h.Fatalf("%v: %+v, %v", span, run, err)
				}
			}
		}
		if err := h.rel.CatchUp(h.ctx, facts); err != nil {
			h.Fatal(err)
		}
		ended(0) // of a new house nothing is to be caught up with
		if err := h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `insert into tally_unproven (since) values (1)`)
			return err
		}); err != nil {
			h.Fatal(err)
		}
		for range 2 {
			if err := h.rel.CatchUp(h.ctx, facts); err != nil {
				h.Fatal(err)
			}
			ended(2)
		}
		h.tally("finance", "sales", "2026-11-02", relation.Delta{Ended: 1})
		if err := h.rel.CatchUp(h.ctx, facts); err != nil {
			h.Fatal(err)
		}
		ended(3)
	})
}

// TestTheEdgesOfAUnitAreThoseOfTheMatrix: what the home page of a department reads are the very cells of the matrix, for whoever reads.
func TestTheEdgesOfAUnitAreThoseOfTheMatrix(t *testing.T) {
	each(t, func(h house) {
		seed := uint64(h.db.Now().UnixNano())
		draw := rand.New(rand.NewPCG(seed, 7))
		now := relation.CurrentPeriod(h.db.Now().In(h.zone))
		for range 60 {
			codes := []string{"finance", "pay", "purchasing", "sales"}
			n := int64(draw.IntN(50))
			day := []relation.Period{now, now.Before()}[draw.IntN(2)].Begin(h.zone).AddDate(0, 0, draw.IntN(60))
			h.tally(codes[draw.IntN(4)], codes[draw.IntN(4)], day.Format(time.DateOnly), relation.Delta{Opened: n, Met: n / 2, Breached: n - n/2, Accepted: n, RightFirst: n / 3, Returned: n / 4})
		}
		tree, err := h.org.Tree(h.ctx)
		if err != nil {
			h.Fatal(err)
		}
		for _, ctx := range []context.Context{h.as("1001", "quality"), h.as("2001", "head"), h.as("3001"), h.as("2003")} {
			m, err := relation.HomeMatrix(h.rel, ctx)
			if err != nil {
				h.Fatal(err)
			}
			for _, code := range []string{"finance", "purchasing", "sales"} {
				unit := h.unit(code).ID
				part, err := relation.EdgesOf(h.rel, ctx, tree, unit)
				if err != nil {
					h.Fatal(err)
				}
				var want []relation.Cell
				for _, c := range m.Cells {
					if m.Units[c.Provider].ID == unit || m.Units[c.Customer].ID == unit {
						want = append(want, c)
					}
				}
				if !reflect.DeepEqual(part.Cells, want) || len(want) == 0 {
					h.Errorf("seed %d: %s: %+v, the matrix has %+v", seed, code, part.Cells, want)
				}
			}
		}
	})
}
