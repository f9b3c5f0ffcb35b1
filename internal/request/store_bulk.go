package request

import (
	"context"
	"encoding/json"
	"time"

	"neike/internal/kit/sqldb"
)

func insertBulk(ctx context.Context, tx *sqldb.Tx, b Bulk) error {
	rows, err := json.Marshal(b.Rows)
	if err != nil {
		return err
	}
	return tx.Insert(ctx, "request_bulk", "id, person, verb, at, undone, rows", []any{b.ID, b.Person, string(b.Verb), b.At, b.Undone, string(rows)})
}

func bulkByID(ctx context.Context, rd sqldb.Reader, id int64) (Bulk, error) {
	return sqldb.One(ctx, rd, func(row sqldb.Row) (Bulk, error) {
		var b Bulk
		var verb, rows string
		if err := row.Scan(&b.ID, &b.Person, &verb, &b.At, &b.Undone, &rows); err != nil {
			return b, err
		}
		b.Verb = Verb(verb)
		return b, json.Unmarshal([]byte(rows), &b.Rows)
	}, `
select id, person, verb, at, undone, rows
from request_bulk
where id = $1`, id)
}

func markUndone(ctx context.Context, tx *sqldb.Tx, id int64) error {
	_, err := tx.Exec(ctx, `update request_bulk set undone = true where id = $1`, id)
	return err
}

func forgetBulk(ctx context.Context, tx *sqldb.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, `delete from request_bulk where at < $1`, before)
	return err
}
