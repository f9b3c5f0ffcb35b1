package sqldb_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/sqldb"
)

// TestStatsCountWhatWasCommitted: a closure that fails is none, and many on SQLite share a commit.
func TestStatsCountWhatWasCommitted(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, db *sqldb.DB) {
		before := db.Stats()
		began, held := make(chan struct{}), make(chan struct{})
		var all sync.WaitGroup
		write := func(fn func()) {
			all.Go(func() {
				err := db.Write(t.Context(), func(context.Context, *sqldb.Tx) error {
					fn()
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		write(func() { close(began); <-held })
		<-began
		for range 4 {
			write(func() { <-held })
		}
		for db.Stats().Queue < 4 { // they stand in line, or are under way
			runtime.Gosched()
		}
		close(held)
		all.Wait()
		if err := db.Write(t.Context(), func(context.Context, *sqldb.Tx) error { return errors.New("no") }); err == nil {
			t.Error("a failed closure was committed")
		}
		after := db.Stats()
		writes, commits := after.Writes-before.Writes, after.Commits-before.Commits
		if writes != 5 || after.Failed != before.Failed || after.Queue != 0 {
			t.Errorf("before %+v, after %+v", before, after)
		}
		if db.Engine() == sqldb.SQLite && commits >= writes || db.Engine() == sqldb.Postgres && commits != writes {
			t.Errorf("%d writes took %d commits", writes, commits)
		}
	})
}
