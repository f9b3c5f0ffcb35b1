package dbtest

import (
	"testing"

	"neike/internal/kit/sqldb"
)

// URL is the address of a fresh PostgreSQL database with these schemas (none: an empty one), gone when the test ends:
// for programs that open it themselves.
func URL(t testing.TB, schemas ...sqldb.Schema) string {
	t.Helper()
	print, err := sqldb.Fingerprint(sqldb.Postgres, schemas...)
	if err != nil {
		t.Fatal(err)
	}
	return postgresDatabase(t, print, schemas)
}

// File is the content of a database file of SQLite with these schemas, for programs that open it themselves.
func File(t testing.TB, schemas ...sqldb.Schema) []byte {
	t.Helper()
	print, err := sqldb.Fingerprint(sqldb.SQLite, schemas...)
	if err != nil {
		t.Fatal(err)
	}
	return migrated(t, print, schemas)
}
