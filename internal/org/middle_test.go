package org_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
	"neike/internal/org"

	"neike/internal/kit/dbtest"
)

// nos are the 工号 that a search finds.
func (h house) nos(q, unit string) []string {
	h.Helper()
	page, err := h.org.People(h.ctx, org.PeopleFilter{Q: q, Unit: unit, Limit: 20})
	if err != nil {
		h.Fatal(err)
	}
	var out []string
	for _, p := range page.Items {
		out = append(out, p.No)
	}
	slices.Sort(out)
	return out
}

// TestTheMiddleOfANameIsTrueAfterEveryChange: the book of names is read once; what changes is found, and not found, at
// once all the same, and also while more changes than are noted.
func TestTheMiddleOfANameIsTrueAfterEveryChange(t *testing.T) {
	each(t, func(h house) {
		if got := h.nos("芳", ""); !slices.Equal(got, []string{"00123"}) {
			h.Fatal(got)
		}
		save := func(no, name string, revision int64) {
			h.Helper()
			if _, err := h.org.SavePerson(h.ctx, org.PersonInput{No: no, Name: name, Unit: "it", Revision: revision}); err != nil {
				h.Fatal(err)
			}
		}
		save("B-1", "李芳菲", 0)
		if got := h.nos("芳", ""); !slices.Equal(got, []string{"00123", "B-1"}) {
			h.Error("after one came:", got)
		}
		save("B-1", "李莉莉", 1)
		if got := h.nos("芳", ""); !slices.Equal(got, []string{"00123"}) {
			h.Error("after another name:", got)
		}
		if got := h.nos("莉莉", ""); !slices.Equal(got, []string{"B-1"}) {
			h.Error("by the new name:", got)
		}
		if err := h.org.Deactivate(h.ctx, "B-1"); err != nil {
			h.Fatal(err)
		}
		if got := h.nos("莉莉", ""); len(got) != 0 {
			h.Error("after leaving:", got)
		}
		for i := range 210 {
			save(fmt.Sprintf("C-%d", i), fmt.Sprintf("赵某%c", rune(0x4e00+i)), 0)
		}
		if got := h.nos("某"+string(rune(0x4e00+209)), ""); !slices.Equal(got, []string{"C-209"}) {
			h.Error("the last of many:", got)
		}
	})
}

// TestAPersonIsFoundWithinAUnitHoweverManyShareTheName: the unit narrows the search before its limit does.
func TestAPersonIsFoundWithinAUnitHoweverManyShareTheName(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		h := house{t, context.Background(), db, org.New(db, event.NewBus(db))}
		h.fill(1_200, 12_000)
		all, err := h.org.People(h.ctx, org.PeopleFilter{Limit: 200})
		if err != nil {
			t.Fatal(err)
		}
		last := all.Items[179] // 徐霞三: after all others of the surname
		tree, err := h.org.Tree(h.ctx)
		if err != nil {
			t.Fatal(err)
		}
		unit, _ := tree.ByID(last.Unit)
		for _, q := range []string{string([]rune(last.Name)[:1]), string([]rune(last.Name)[1:])} {
			if got := h.nos(q, unit.Code); !slices.Contains(got, last.No) {
				t.Errorf("%q in %s finds %v, not %s %s", q, unit.Code, got, last.No, last.Name)
			}
		}
	})
}
