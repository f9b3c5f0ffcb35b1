package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"

	"neike/internal/kit/sqldb"
)

// versions are the numbers of the migrations in a folder, or in the one folder it holds.
func versions(files fs.FS) (list []int64) {
	for _, pattern := range []string{"*.sql", "*/*.sql"} {
		names, err := fs.Glob(files, pattern)
		if err != nil { // the pattern is above
			panic(err)
		}
		for _, name := range names {
			number, _, _ := strings.Cut(path.Base(name), "_")
			if v, err := strconv.ParseInt(number, 10, 64); err == nil {
				list = append(list, v)
			}
		}
	}
	return list
}

// Schemas are the migrations of the whole house, for tests that prepare a database.
func Schemas() []sqldb.Schema { return schemas() }

// Migrate brings the database up to date without opening the house, and says how many steps that took. It refuses
// while another process has the data folder.
func Migrate(ctx context.Context, c Config) (applied int, err error) {
	conf := sqldb.Config{URL: c.DatabaseURL, Log: c.Log}
	if c.DatabaseURL == "" {
		if err := os.MkdirAll(c.Data, 0o700); err != nil {
			return 0, err
		}
		lock, err := hold(c.Data)
		if err != nil {
			return 0, err
		}
		defer func() { err = errors.Join(err, lock.Release()) }()
		if err := private(c.database()); err != nil {
			return 0, err
		}
		conf.Path = c.database()
	}
	db, err := sqldb.Open(ctx, conf)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return db.Migrate(ctx, schemas()...)
}
