package org_test

import (
	"context"
	"testing"

	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// TestPeopleAreCountedOnceUntilSomebodyChanges: counting 100 000 people is no part of drawing a page.
func TestPeopleAreCountedOnceUntilSomebodyChanges(t *testing.T) {
	each(t, func(h house) {
		count := func() (n int) {
			h.Helper()
			h.read(func(rd sqldb.Reader) (err error) {
				n, err = h.org.CountActive(h.ctx, rd)
				return err
			})
			return n
		}
		before := count()
		err := h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `update org_person set active = false where no = '00123'`) // behind the room's back
			return err
		})
		if err != nil {
			h.Fatal(err)
		}
		if n := count(); n != before {
			h.Errorf("counted again: %d, not %d", n, before)
		}
		if _, err := h.org.SavePerson(h.ctx, org.PersonInput{No: "N-1", Name: "新人", Unit: "it"}); err != nil {
			h.Fatal(err)
		}
		if n := count(); n != before { // one gone, one come
			h.Errorf("%d after a change, not %d", n, before)
		}
		if _, err := h.org.SavePerson(h.ctx, org.PersonInput{No: "N-2", Name: "又一人", Unit: "it"}); err != nil {
			h.Fatal(err)
		}
		if n := count(); n != before+1 {
			h.Errorf("%d after another, not %d", n, before+1)
		}
	})
}
