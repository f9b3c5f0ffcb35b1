// Package sqldb is the one door to the database. It speaks one SQL text to two engines: SQLite embedded
// (modernc.org/sqlite, WAL, synchronous=FULL) and PostgreSQL (pgx).
//
//	err := db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { … })   // all or nothing
//	err := db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error { … }) // one snapshot, read-only
//
// # Writing
//
// On SQLite every Write is handed to one writer goroutine. Calls that wait at the same moment share one
// commit (up to 128 calls or 10 ms, never waiting for company), each after the first in a savepoint of its own, so that
// an error, a panic or a cancelled caller undoes that call alone. On PostgreSQL a Write is a plain transaction,
// run again after a serialisation failure or a deadlock: a closure can run twice and must not change
// anything outside the database. Because everybody waits for the one writer, a closure does no I/O, no
// password hashing and no rendering.
//
// What the caller may rely on, on both engines:
//
//   - nil means committed and durable; an error means not committed. The one exception is ErrUnknown: the
//     commit failed in a way that leaves the outcome open (a disk or a connection broke).
//   - A database that is away for now (a server that restarts, a file that another program holds, a full disk) is
//     fault.Unavailable. On PostgreSQL a Write whose connection breaks before the commit is run again.
//   - A caller whose context ends while the call waits in the queue gets the context's error and the closure
//     never runs; once it runs, the caller gets the true answer.
//   - After a statement of a transaction failed, the transaction refuses every further statement and is
//     rolled back even if the closure returns nil.
//   - A panic or a runtime.Goexit in the closure happens in the caller's goroutine; a panic as *Panic, which
//     keeps the value and the first stack.
//   - A Write inside a Write or a Read is refused with ErrNested. A Read inside a Write or a Read joins it and
//     sees what it sees.
//
// # Values
//
// Times are bigint unix milliseconds in UTC; the zero time is null. On PostgreSQL all processes follow the server's clock. Null scans to the zero value. JSON lives
// in jsonb columns and travels as text (see JSON). Ids are 53-bit integers made in Go (see Source).
// Allowed column types: bigint, integer, text, boolean, jsonb, bytea, double precision.
package sqldb
