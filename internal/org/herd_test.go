package org_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// TestManyWhoMissTheTreeReadItOnce: after a restart everybody asks at once, and each tree is megabytes.
func TestManyWhoMissTheTreeReadItOnce(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		h := house{t, context.Background(), db, org.New(db, event.NewBus(db))}
		h.fill(3_000, 0)
		var ready, done sync.WaitGroup
		trees := make([]*org.Tree, 40)
		ready.Add(len(trees))
		for i := range trees {
			done.Go(func() {
				ready.Done()
				ready.Wait()
				var err error
				if trees[i], err = h.org.Tree(h.ctx); err != nil {
					t.Error(err)
				}
			})
		}
		done.Wait()
		for _, tree := range trees[1:] {
			if tree != trees[0] {
				t.Fatal("it was read more than once")
			}
		}
	})
}

// TestATreeThatNeverCameToBeIsNotRemembered: a Write that asks for the tree after a change, and fails.
func TestATreeThatNeverCameToBeIsNotRemembered(t *testing.T) {
	each(t, func(h house) {
		failed := errors.New("failed")
		err := h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			if _, err := tx.Exec(ctx, `update org_unit set name_zh = '改名' where code = 'it'`); err != nil {
				return err
			}
			h.org.ForgetUnits()
			tree, err := h.org.Tree(ctx)
			if err != nil {
				return err
			}
			if u, _ := tree.ByCode("it"); u.Name.Zh != "改名" {
				h.Errorf("inside, the unit is called %q", u.Name.Zh)
			}
			return failed
		})
		if !errors.Is(err, failed) {
			h.Fatal(err)
		}
		tree, err := h.org.Tree(h.ctx)
		if err != nil {
			h.Fatal(err)
		}
		if u, _ := tree.ByCode("it"); u.Name.Zh == "改名" {
			h.Error("the tree has what was rolled back")
		}
	})
}
