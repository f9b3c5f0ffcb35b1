package importer

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
)

func insertUndo(ctx context.Context, tx *sqldb.Tx, run int64, list []undoRow) error {
	rows := make([][]any, len(list))
	for i, u := range list {
		rows[i] = []any{run, u.N, u.Key, u.Label, u.Made, sqldb.JSON(u.Was), sqldb.JSON(u.Became), ""}
	}
	if len(rows) == 0 {
		return nil
	}
	return tx.Insert(ctx, "import_undo", "run, n, key, label, made, was, became, state", rows...)
}

// undoBefore are the next records to take back, the last written first.
func undoBefore(ctx context.Context, rd sqldb.Reader, run int64, before, limit int) ([]undoRow, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (undoRow, error) {
		var u undoRow
		return u, row.Scan(&u.N, &u.Key, &u.Label, &u.Made, sqldb.JSON(&u.Was), sqldb.JSON(&u.Became))
	}, `
select n, key, label, made, was, became
from import_undo
where run = $1 and n < $2
order by n desc
limit $3`, run, before, limit)
}

// saveUndo writes what became of records.
func saveUndo(ctx context.Context, tx *sqldb.Tx, run int64, rows []undoRow) error {
	for _, u := range rows {
		var why any
		if u.Why != nil {
			why = sqldb.JSON(u.Why)
		}
		if _, err := tx.Exec(ctx, `update import_undo set state = $3, why = $4 where run = $1 and n = $2`, run, u.N, u.State, why); err != nil {
			return err
		}
	}
	return nil
}

// keptUndo are records that were not taken back, or not wholly, the last written first.
func keptUndo(ctx context.Context, rd sqldb.Reader, run int64, limit int) ([]undoRow, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (undoRow, error) {
		var u undoRow
		return u, row.Scan(&u.N, &u.Key, &u.Label, &u.Made, &u.State, sqldb.JSON(&u.Why))
	}, `
select n, key, label, made, state, why
from import_undo
where run = $1 and state in ('kept', 'partly')
order by n desc
limit $2`, run, limit)
}

const backColumns = `run, person, state, at_n, undone, kept, began_at, ended_at`

func backOf(ctx context.Context, rd sqldb.Reader, run int64) (Back, error) {
	return sqldb.One(ctx, rd, func(row sqldb.Row) (Back, error) {
		var b Back
		return b, row.Scan(&b.Run, &b.Person, &b.State, &b.at, &b.Undone, &b.Kept, &b.Began, &b.Ended)
	}, `select `+backColumns+` from import_back where run = $1`, run)
}

func insertBack(ctx context.Context, tx *sqldb.Tx, b Back) error {
	return tx.Insert(ctx, "import_back", backColumns, []any{b.Run, b.Person, b.State, b.at, b.Undone, b.Kept, b.Began, b.Ended})
}

func updateBack(ctx context.Context, tx *sqldb.Tx, b Back) error {
	_, err := tx.Exec(ctx, `
update import_back
set state = $2, at_n = $3, undone = $4, kept = $5, ended_at = $6
where run = $1`, b.Run, b.State, b.at, b.Undone, b.Kept, b.Ended)
	return err
}

// forgetUndo takes away some of what runs that ended before a moment wrote; 0 means that none is left. What is being taken
// back stays.
func forgetUndo(ctx context.Context, tx *sqldb.Tx, before time.Time, limit int) (int64, error) {
	return tx.Exec(ctx, `
delete from import_undo
where (run, n) in (
  select u.run, u.n
  from import_undo u
  join import_run r on r.id = u.run
  where r.ended_at < $1 and not exists (select 1 from import_back b where b.run = u.run and b.state = 'undoing')
  limit $2)`, before, limit)
}

// What imports of people remember about somebody until they can no longer be taken back: $1 is the person, $2 the most rows.
const (
	PersonalRead = `
select r.file, r.began_at
from import_undo u
join import_run r on r.id = u.run
join org_person_v p on p.no = u.key
where p.id = $1 and r.kind = 'people'
order by r.began_at desc
limit $2`
	PersonalWipe = `
delete from import_undo
where (run, n) in (
  select u.run, u.n
  from import_undo u
  join import_run r on r.id = u.run
  join org_person_v p on p.no = u.key
  where p.id = $1 and r.kind = 'people'
  limit $2)`
)
