package relation_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/relation"
)

// TestTheUpperUnitsOfALargeCompanyHaveAPage: between them lie more edges than a statement takes arguments; everything is
// added up all the same, and the list of edges stays a page.
func TestTheUpperUnitsOfALargeCompanyHaveAPage(t *testing.T) {
	h := quick(t)
	const units = 130
	ids := make([]org.ID, units)
	for i := range ids {
		_, err := h.org.SaveUnit(h.ctx, org.UnitInput{Code: fmt.Sprintf("d%03d", i), NameZh: fmt.Sprintf("第%d部", i), Parent: "hq"})
		if err != nil {
			t.Fatal(err)
		}
		ids[i] = h.unit(fmt.Sprintf("d%03d", i)).ID
	}
	people := map[string]org.ID{}
	for _, no := range []string{"2001", "2002"} {
		p, err := h.org.PersonByNo(h.ctx, no)
		if err != nil {
			t.Fatal(err)
		}
		people[no] = p.ID
	}
	day := time.Date(2026, 10, 9, 10, 0, 0, 0, h.zone)
	err := h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		for i, from := range ids {
			for j, to := range ids {
				edge, err := h.rel.Edge(ctx, tx, from, to)
				if err != nil {
					return err
				}
				if i == j {
					if err := h.rel.Tally(ctx, tx, edge, day, relation.Delta{Opened: 1, Met: 1}); err != nil {
						return err
					}
					if err := h.rel.Contact(ctx, tx, edge, people["2001"], day.Add(time.Duration(i)*time.Minute)); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	h.as("1001", "quality")
	d, err := h.rel.Direction(h.as("1001", "quality"), "hq", "hq", period(h, "2026"))
	if err != nil {
		t.Fatal(err)
	}
	if d.Opened != units || len(d.Months) != 1 || d.Months[0].Opened != units {
		t.Errorf("opened %d in %d months", d.Opened, len(d.Months))
	}
	if len(d.Contacts) != 1 || d.Contacts[0].N != units || !d.Contacts[0].LastAt.Equal(day.Add((units-1)*time.Minute)) {
		t.Errorf("contacts %+v", d.Contacts)
	}
	list := h.get("/relations?view=list")
	if size := list.Body.Len(); list.Code != 200 || size > 100<<10 {
		t.Errorf("the list: %d, %d bytes", list.Code, size)
	}
	if !strings.Contains(list.Body.String(), "其余 16700 段在导出的表里") {
		t.Error("the list does not say what is not in it")
	}
}
