package app

import (
	"context"
	"errors"
	"os"

	"neike/internal/kit/sqldb"
)

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
