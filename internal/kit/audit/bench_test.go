package audit_test

import (
	"context"
	"sync"
	"syscall"
	"testing"

	"neike/internal/kit/audit"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
)

// BenchmarkFollowed tells the processor time (cpu-ms/op) of a write of one event by 32 clients, with the audit
// trail and two other followers keeping up.
func BenchmarkFollowed(b *testing.B) {
	db := dbtest.Open(b, sqldb.SQLite, schemas)
	bus := event.NewBus(db)
	audit.New(db, bus)
	for _, name := range []string{"live", "notify"} {
		bus.Follow(name, func(context.Context, []event.Record) error { return nil })
	}
	ctx, stop := context.WithCancel(b.Context())
	var running sync.WaitGroup
	running.Go(func() { bus.Run(ctx) })
	used := func() int64 {
		var u syscall.Rusage
		syscall.Getrusage(syscall.RUSAGE_SELF, &u)
		return u.Utime.Nano() + u.Stime.Nano()
	}
	b.ResetTimer()
	began := used()
	work := make(chan struct{})
	var group sync.WaitGroup
	for range 32 {
		group.Go(func() {
			for range work {
				err := db.Write(b.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
					return bus.Emit(ctx, tx, wasSaid{1, "hello"})
				})
				if err != nil {
					b.Error(err)
				}
			}
		})
	}
	for range b.N {
		work <- struct{}{}
	}
	close(work)
	group.Wait()
	if err := bus.Drain(b.Context()); err != nil {
		b.Error(err)
	}
	b.ReportMetric(float64(used()-began)/1e6/float64(b.N), "cpu-ms/op")
	stop()
	running.Wait()
}
