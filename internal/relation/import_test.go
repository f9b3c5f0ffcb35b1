package relation_test

import (
	"context"
	"strings"
	"testing"

	"neike/internal/app/importer"
	"neike/internal/kit/sqldb"
	"neike/internal/relation"
)

func relationRows(lines ...string) (rows []importer.Row) {
	for i, line := range lines {
		cells := strings.Split(line, ",")
		rows = append(rows, importer.Row{Line: i + 2, Cells: map[string]string{"provider": cells[0], "customer": cells[1], "note": cells[2]}})
	}
	return rows
}

// TestAFileAsksBothSides: what it names is proposed, once; what somebody has spoken of stays; all that is wrong is said with its line.
func TestAFileAsksBothSides(t *testing.T) {
	each(t, func(h house) {
		t := h.T
		speak(h)
		kind := h.rel.Imports()[0]
		h.tally("pay", "sales", "2026-10-09", relation.Delta{Opened: 1})
		if _, err := h.rel.Say(h.as("2001", "head"), "finance", "sales", relation.Saying{Says: relation.Yes}); err != nil {
			t.Fatal(err)
		}
		check := func(rows []importer.Row) []importer.Verdict {
			t.Helper()
			c, err := kind.Check(h.ctx)
			if err != nil {
				t.Fatal(err)
			}
			var out []importer.Verdict
			err = h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
				out, err = c.Rows(ctx, rd, rows)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		apply := func(rows []importer.Row) importer.Count {
			t.Helper()
			var n importer.Count
			err := h.db.Write(h.as("1001", "quality"), func(ctx context.Context, tx *sqldb.Tx) (err error) {
				n, err = kind.Apply(ctx, tx, rows)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		rows := relationRows("purchasing,finance,月结对账单", "pay,sales,", "finance,sales,")
		var plans []importer.Plan
		for _, v := range check(rows) {
			if len(v.Problems) > 0 {
				t.Error(v.Problems)
			}
			plans = append(plans, v.Plan)
		}
		if len(plans) != 3 || plans[0] != importer.Create || plans[1] != importer.Update || plans[2] != importer.Unchanged {
			t.Error(plans)
		}
		if n := apply(rows); n != (importer.Count{Created: 1, Updated: 1, Unchanged: 1}) {
			t.Errorf("taken in: %+v", n)
		}
		if n := apply(rows); n != (importer.Count{Unchanged: 3}) {
			t.Errorf("again: %+v", n)
		}
		v, err := h.rel.Stand(h.as("1001", "quality"), "purchasing", "finance")
		if err != nil || v.Standing != relation.Proposed || v.Words[0].Side != relation.Office || v.Words[0].Note != "月结对账单" {
			t.Errorf("%+v, %v", v, err)
		}
		bad := check(relationRows("nobody,sales,", "finance,finance,", "sales,purchasing,"+strings.Repeat("长", 600), "sales,pay,", "sales,pay,", "nobody,nothing,"))
		for i, want := range []int{1, 1, 1, 0, 1, 2} {
			if len(bad[i].Problems) != want {
				t.Errorf("line %d: %+v", bad[i].Line, bad[i].Problems)
			}
		}
	})
}
