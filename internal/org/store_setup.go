package org

import (
	"context"

	"neike/internal/kit/sqldb"
)

func markSetup(ctx context.Context, tx *sqldb.Tx, step string, by ID) (int64, error) {
	return tx.Exec(ctx, `insert into org_setup (step, at, person) values ($1, $2, $3) on conflict (step) do nothing`, step, tx.Now, by)
}

func setupMarks(ctx context.Context, rd sqldb.Reader) ([]string, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (step string, err error) {
		err = row.Scan(&step)
		return step, err
	}, `select step from org_setup order by step`)
}
