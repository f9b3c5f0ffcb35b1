package directory

import (
	"context"
	"encoding/json"
	"time"

	"neike/internal/kit/sqldb"
)

const runColumns = `id, connection, cause, person, state, whole, at_n, page, departments, users, calls, tries, planned, applied, total, done, linked, leaving, asks,
  guarded, stop, failure, began_at, read_at, ended_at`

func scanRun(row sqldb.Row) (Run, error) {
	var r Run
	err := row.Scan(&r.ID, &r.Connection, &r.Cause, &r.Person, &r.State, &r.Whole, &r.atN, &r.page, &r.Departments, &r.Users, &r.Calls, &r.tries,
		sqldb.JSON(&r.Planned), sqldb.JSON(&r.Applied), &r.Total, &r.Done, &r.Linked, &r.Leaving, &r.Asks, &r.Guarded, &r.Stop, sqldb.JSON(&r.Failure),
		&r.Began, &r.Read, &r.Ended)
	return r, err
}

func runByID(ctx context.Context, rd sqldb.Reader, id ID) (Run, error) {
	return sqldb.One(ctx, rd, scanRun, `select `+runColumns+` from directory_run where id = $1`, id)
}

// openRuns are the runs of a connection that have not ended.
func openRuns(ctx context.Context, rd sqldb.Reader, connection ID) ([]Run, error) {
	return sqldb.All(ctx, rd, scanRun, `
select `+runColumns+`
from directory_run
where connection = $1 and state in ('reading', 'planning', 'planned', 'applying')
order by began_at`, connection)
}

func lastRuns(ctx context.Context, rd sqldb.Reader, connection ID, before time.Time, limit int) ([]Run, error) {
	return sqldb.All(ctx, rd, scanRun, `
select `+runColumns+`
from directory_run
where connection = $1 and began_at < $2
order by began_at desc
limit $3`, connection, before, limit)
}

func insertRun(ctx context.Context, tx *sqldb.Tx, r Run) error {
	return tx.Insert(ctx, "directory_run", "id, connection, cause, person, state, planned, applied, stop, began_at",
		[]any{r.ID, r.Connection, r.Cause, r.Person, r.State, sqldb.JSON(r.Planned), sqldb.JSON(r.Applied), r.Stop, r.Began})
}

// updateRun writes everything that changes after the beginning.
func updateRun(ctx context.Context, tx *sqldb.Tx, r Run) error {
	var failure any
	if r.Failure != nil {
		failure = sqldb.JSON(r.Failure)
	}
	_, err := tx.Exec(ctx, `
update directory_run
set state = $2, whole = $3, at_n = $4, page = $5, departments = $6, users = $7, calls = $8, tries = $9, planned = $10, applied = $11, total = $12, done = $13,
  linked = $14, leaving = $15, asks = $16, guarded = $17, stop = $18, failure = $19, read_at = $20, ended_at = $21, person = $22
where id = $1`,
		r.ID, r.State, r.Whole, r.atN, r.page, r.Departments, r.Users, r.Calls, r.tries, sqldb.JSON(r.Planned), sqldb.JSON(r.Applied), r.Total, r.Done,
		r.Linked, r.Leaving, r.Asks, r.Guarded, r.Stop, failure, r.Read, r.Ended, r.Person)
	return err
}

// Entry is a line of a run's log.
type Entry struct {
	At time.Time
	Why
}

func insertLog(ctx context.Context, tx *sqldb.Tx, run ID, w *Why) error {
	n, err := sqldb.Value[int](ctx, tx, `select coalesce(max(n), 0) from directory_log where run = $1`, run)
	if err != nil {
		return err
	}
	return tx.Insert(ctx, "directory_log", "run, n, at, body", []any{run, n + 1, tx.Now, sqldb.JSON(w)})
}

func logOf(ctx context.Context, rd sqldb.Reader, run ID, limit int) ([]Entry, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (Entry, error) {
		var e Entry
		err := row.Scan(&e.At, sqldb.JSON(&e.Why))
		return e, err
	}, `select at, body from directory_log where run = $1 order by n desc limit $2`, run, limit)
}

// Item is one thing that a run would do, does or did, or lets be.
type Item struct {
	N     int
	Sort  string // unit, person, stop, close
	Plan  string // create, update, link, stop, close; ask, conflict, kept
	Label string // what people call it: "00123 王芳"
	State string // planned, done, skipped, failed; "" for what is only shown
	itemBody
}

// itemBody is what of an item nobody asks the database for.
type itemBody struct {
	Code       string            `json:"code,omitempty"` // of the unit, or the 工号
	Department string            `json:"department,omitempty"`
	Subject    string            `json:"subject,omitempty"`
	Union      string            `json:"union,omitempty"`
	Person     ID                `json:"person,omitempty"`
	Link       string            `json:"link,omitempty"`    // why the account is the person; "": it is linked
	Renames    ID                `json:"renames,omitempty"` // the identity of which Subject is the new name
	Cells      map[string]string `json:"cells,omitempty"`
	Changes    []Change          `json:"changes,omitempty"`
	Why        *Why              `json:"why,omitempty"`
	Failure    *Why              `json:"failure,omitempty"`
	Place      string            `json:"place,omitempty"`   // in the directory: the departments above, or somebody's, from the top
	Suggest    string            `json:"suggest,omitempty"` // code of the unit of the same name, for an ask
}

// Change is one value that would be another.
type Change struct {
	Column string `json:"column"`
	Old    string `json:"old"`
	New    string `json:"new"`
}

func scanItem(row sqldb.Row) (Item, error) {
	var i Item
	err := row.Scan(&i.N, &i.Sort, &i.Plan, &i.Label, &i.State, sqldb.JSON(&i.itemBody))
	return i, err
}

func insertItems(ctx context.Context, tx *sqldb.Tx, run ID, list []Item) error {
	rows := make([][]any, len(list))
	for n, i := range list {
		body, err := json.Marshal(i.itemBody)
		if err != nil {
			return err
		}
		rows[n] = []any{run, i.N, i.Sort, i.Plan, i.Label, string(body), i.State}
	}
	return tx.Insert(ctx, "directory_item", "run, n, sort, plan, label, body, state", rows...)
}

// nextItems are the items to apply after a place.
func nextItems(ctx context.Context, rd sqldb.Reader, run ID, after, limit int) ([]Item, error) {
	return sqldb.All(ctx, rd, scanItem, `
select n, sort, plan, label, state, body
from directory_item
where run = $1 and n > $2 and state = 'planned'
order by n
limit $3`, run, after, limit)
}

// shownItems are items for the page: of a sort and a plan ("" any), after a place.
func shownItems(ctx context.Context, rd sqldb.Reader, run ID, sort, plan, state string, after, limit int) ([]Item, error) {
	q := sqldb.Select(`select n, sort, plan, label, state, body from directory_item`).Where("run = ?", run).Where("n > ?", after).OrderBy("n").Limit(limit)
	if sort != "" {
		q.Where("sort = ?", sort)
	}
	if plan != "" {
		q.Where("plan = ?", plan)
	}
	if state != "" {
		q.Where("state = ?", state)
	}
	return sqldb.AllQ(ctx, rd, scanItem, q)
}

func setItems(ctx context.Context, tx *sqldb.Tx, run ID, from, to int, state string) error {
	_, err := tx.Exec(ctx, `update directory_item set state = $4 where run = $1 and n >= $2 and n <= $3 and state = 'planned'`, run, from, to, state)
	return err
}

func setItemFailed(ctx context.Context, tx *sqldb.Tx, run ID, i Item) error {
	_, err := tx.Exec(ctx, `update directory_item set state = 'failed', body = $3 where run = $1 and n = $2`, run, i.N, sqldb.JSON(i.itemBody))
	return err
}

// deleteItems takes away some items of a run; 0 means that none are left.
func deleteItems(ctx context.Context, tx *sqldb.Tx, run ID, limit int) (int64, error) {
	return tx.Exec(ctx, `delete from directory_item where run = $1 and n in (select n from directory_item where run = $1 order by n limit $2)`, run, limit)
}

func deleteLog(ctx context.Context, tx *sqldb.Tx, run ID) error {
	_, err := tx.Exec(ctx, `delete from directory_log where run = $1`, run)
	return err
}

// staleRuns are runs that ended before a time and still have items.
func staleRuns(ctx context.Context, rd sqldb.Reader, before time.Time) ([]Run, error) {
	return sqldb.All(ctx, rd, scanRun, `
select `+runColumns+`
from directory_run
where state in ('done', 'failed', 'dropped') and ended_at < $1
  and exists (select 1 from directory_item i where i.run = directory_run.id)
order by ended_at
limit 50`, before)
}
