package sqldb

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"
)

// What a statement took the last time says whether it is watched: a brisk one runs to its end, and one that was long is
// interrupted when its caller leaves.
func TestOnlyWhatTakesLongIsInterrupted(t *testing.T) {
	db, _ := openFile(t, Config{Readers: 1})
	count := func(ctx context.Context, to int) error {
		return db.Read(ctx, func(ctx context.Context, rd Reader) error {
			_, err := Value[int](ctx, rd, "with recursive c (i) as (select 1 union all select i + 1 from c where i < $1) select count(*) from c", to)
			return err
		})
	}
	leaving := func(to int) error {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		return count(ctx, to)
	}
	const long = 3_000_000 // some seconds
	if err := leaving(long); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("its first run: %v", err)
	}
	for range 100 { // until one is brisk on a busy machine, too
		if err := count(t.Context(), 10); err != nil {
			t.Fatal(err)
		}
	}
	if err := leaving(long); err != nil {
		t.Errorf("after a brisk one it runs to its end: %v", err)
	}
	if err := leaving(long); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("after a long one: %v", err)
	}
}

// Who reads many rows and leaves is seen to have left between them.
func TestOneLeavesBetweenRows(t *testing.T) {
	db, _ := openFile(t, Config{Readers: 1})
	const text = "with recursive c (i) as (select 1 union all select i + 1 from c where i < $1) select i from c"
	rows := func(ctx context.Context, to int, each func()) error {
		return db.Read(ctx, func(ctx context.Context, rd Reader) error {
			return Each(ctx, rd, func(Row) error { each(); return nil }, text, to)
		})
	}
	for range 100 {
		if err := rows(t.Context(), 10, func() {}); err != nil {
			t.Fatal(err)
		}
	}
	ctx, leave := context.WithCancel(t.Context())
	seen := 0
	err := rows(ctx, 1_000_000, func() {
		if seen++; seen == 1000 {
			leave()
		}
	})
	if !errors.Is(err, context.Canceled) || seen > 1000+rowsUnseen {
		t.Errorf("%d rows, %v", seen, err)
	}
}

// Readers that come one after the other work on one connection; a rush opens more, as many as there may be, and those
// wait for the next.
func TestTheReaderThatWorkedLastWorksNext(t *testing.T) {
	db, _ := openFile(t, Config{Readers: 3})
	l := db.backend.(*lite)
	look := func(inside func()) {
		if err := db.Read(t.Context(), func(context.Context, Reader) error { inside(); return nil }); err != nil {
			t.Error(err)
		}
	}
	for range 10 {
		look(func() {})
	}
	if n := len(l.idle.list); n != 1 {
		t.Errorf("%d connections for one reader at a time", n)
	}
	last := l.idle.list[0]
	in, out := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() { look(func() { in <- struct{}{}; <-out }) })
	}
	for range 3 {
		<-in
	}
	ctx, leave := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer leave()
	if err := db.Read(ctx, func(context.Context, Reader) error { return nil }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a fourth one: %v", err)
	}
	close(out)
	for range 2 {
		<-in
	}
	all.Wait()
	if n := len(l.idle.list); n != 3 || !slices.Contains(l.idle.list, last) {
		t.Errorf("%d connections wait after a rush", n)
	}
	next := l.idle.list[2]
	look(func() {
		if slices.Contains(l.idle.list, next) {
			t.Error("another than the last one works")
		}
	})
}
