package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"neike/internal/kit/fault"
)

// away says whether the database or the way to it is gone for now: a server that stops, starts or takes no more
// connections, a connection that breaks. Nothing is wrong with what was asked; it may be asked again.
func away(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return strings.HasPrefix(e.Code, "08") || strings.HasPrefix(e.Code, "57P") || e.Code == "53300"
	}
	var refused *pgconn.ConnectError
	var broken net.Error
	return pgconn.SafeToRetry(err) || errors.As(err, &refused) || errors.As(err, &broken) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
}

// hindered says the same of the file of a SQLite database: another program holds it, the disk is full or broken, or may
// not be written.
func hindered(err error) bool {
	switch liteCode(err) {
	case sqliteBusy, sqliteReadOnly, sqliteIOErr, sqliteFull, sqliteCantOpen, sqliteProtocol:
		return true
	}
	return false
}

// reachable makes an error that says that the database is out of reach one that may be tried again. A connection that the
// end of ctx broke says that ctx has ended.
func reachable(ctx context.Context, err error) error {
	if _, told := fault.As(err); told || !away(err) && !hindered(err) {
		return err
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	return unavailable(err)
}
