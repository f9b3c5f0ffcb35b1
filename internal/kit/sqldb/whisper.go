package sqldb

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// whispers is who overhears what is said between the processes of a house.
type whispers struct {
	mu  sync.Mutex
	fns []func(text string)
}

func (w *whispers) say(text string) {
	w.mu.Lock()
	fns := w.fns
	w.mu.Unlock()
	for _, fn := range fns {
		fn(text)
	}
}

// whisperChannel is the channel of PostgreSQL; every database has its own of each name.
const whisperChannel = "neike_whisper"

// whisperPause is how long a process waits before it listens again after the server went away.
const whisperPause = time.Second

// Overhear calls fn with what any process of the house whispers, its own included. fn must be quick. Register before Listen.
func (db *DB) Overhear(fn func(text string)) {
	db.whispers.mu.Lock()
	defer db.whispers.mu.Unlock()
	db.whispers.fns = append(db.whispers.fns, fn)
}

// Whisper tells every process of the house something that is worth nothing in a few seconds: it is written nowhere, and who
// does not listen now never hears it. At most 7 KB. Not to be called inside a transaction.
func (db *DB) Whisper(ctx context.Context, text string) error {
	if db.engine == SQLite { // one process has the file
		db.whispers.say(text)
		return nil
	}
	_, err := db.backend.pool().ExecContext(ctx, "select pg_notify($1, $2)", whisperChannel, text)
	return err
}

// Listen hears what other processes whisper until ctx ends; on PostgreSQL by a connection of its own.
func (db *DB) Listen(ctx context.Context) error {
	for db.engine == Postgres && ctx.Err() == nil {
		if err := db.listen(ctx); err != nil && ctx.Err() == nil {
			db.log.WarnContext(ctx, "listen to the other processes", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(whisperPause):
		}
	}
	<-ctx.Done()
	return ctx.Err()
}

func (db *DB) listen(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, db.config.URL)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "listen "+whisperChannel); err != nil {
		return err
	}
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		db.whispers.say(n.Payload)
	}
}
