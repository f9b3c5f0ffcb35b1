package importer

import (
	"context"
	"encoding/json"
	"time"

	"neike/internal/kit/sqldb"
)

// States of a run.
const (
	stateReading  = "reading"
	stateChecked  = "checked"  // may be applied
	stateRejected = "rejected" // has wrong rows
	stateApplying = "applying"
	stateDone     = "done"
	stateFailed   = "failed"
)

// Run is one import, running or past.
type Run struct {
	ID      int64
	Kind    string
	File    string
	Person  int64 // who began it; 0: the command line on an own database
	State   string
	SkipBad bool
	Total   int   // rows read
	Good    int   // rows without a problem
	Bad     int   // rows with one
	Planned Count // of the good rows
	Done    int   // rows applied
	Applied Count
	Ignored []string // headings that mean nothing here
	Failure *Problem // why it failed
	Began   time.Time
	Ended   time.Time
	atRank  int
	atN     int
}

const runColumns = `id, kind, file, person, state, skip_bad, total, good, bad, plan_create, plan_update, plan_unchanged,
  at_rank, at_n, done, created, updated, unchanged, ignored, failure, began_at, ended_at`

func scanRun(row sqldb.Row) (Run, error) {
	var r Run
	err := row.Scan(&r.ID, &r.Kind, &r.File, &r.Person, &r.State, &r.SkipBad, &r.Total, &r.Good, &r.Bad,
		&r.Planned.Created, &r.Planned.Updated, &r.Planned.Unchanged, &r.atRank, &r.atN, &r.Done,
		&r.Applied.Created, &r.Applied.Updated, &r.Applied.Unchanged, sqldb.JSON(&r.Ignored), sqldb.JSON(&r.Failure), &r.Began, &r.Ended)
	return r, err
}

func runByID(ctx context.Context, rd sqldb.Reader, id int64) (Run, error) {
	return sqldb.One(ctx, rd, scanRun, `select `+runColumns+` from import_run where id = $1`, id)
}

func lastRuns(ctx context.Context, rd sqldb.Reader, limit int) ([]Run, error) {
	return sqldb.All(ctx, rd, scanRun, `select `+runColumns+` from import_run order by began_at desc, id desc limit $1`, limit)
}

func insertRun(ctx context.Context, tx *sqldb.Tx, r Run) error {
	return tx.Insert(ctx, "import_run", "id, kind, file, person, state, skip_bad, ignored, began_at",
		[]any{r.ID, r.Kind, r.File, r.Person, r.State, r.SkipBad, "[]", tx.Now})
}

// updateRun writes everything that changes after the beginning.
func updateRun(ctx context.Context, tx *sqldb.Tx, r Run) error {
	var failure any
	if r.Failure != nil {
		failure = sqldb.JSON(r.Failure)
	}
	if r.Ignored == nil {
		r.Ignored = []string{}
	}
	_, err := tx.Exec(ctx, `
update import_run
set state = $2, skip_bad = $3, total = $4, good = $5, bad = $6, plan_create = $7, plan_update = $8, plan_unchanged = $9,
  at_rank = $10, at_n = $11, done = $12, created = $13, updated = $14, unchanged = $15, ignored = $16, failure = $17, ended_at = $18
where id = $1`,
		r.ID, r.State, r.SkipBad, r.Total, r.Good, r.Bad, r.Planned.Created, r.Planned.Updated, r.Planned.Unchanged,
		r.atRank, r.atN, r.Done, r.Applied.Created, r.Applied.Updated, r.Applied.Unchanged, sqldb.JSON(r.Ignored), failure, r.Ended)
	return err
}

// stagedRow is a row between reading and applying.
type stagedRow struct {
	Row
	n       int // place in the file, from 0
	place   int // rank
	good    bool
	plan    Plan
	label   string
	changes []Change
	kept    []Problem
}

func insertRows(ctx context.Context, tx *sqldb.Tx, run int64, list []stagedRow) error {
	values := make([][]any, len(list))
	for i, r := range list {
		cells, err := json.Marshal(r.Cells)
		if err != nil {
			return err
		}
		var body, changes, kept any
		if len(r.Body) > 0 {
			body = string(r.Body)
		}
		if len(r.changes) > 0 {
			changes = sqldb.JSON(r.changes)
		}
		if len(r.kept) > 0 {
			kept = sqldb.JSON(r.kept)
		}
		values[i] = []any{run, r.n, r.Line, r.good, string(r.plan), r.label, string(cells), body, changes, kept}
	}
	return tx.Insert(ctx, "import_row", "run, n, line, good, plan, label, cells, body, changes, kept", values...)
}

func insertProblems(ctx context.Context, tx *sqldb.Tx, run int64, from int, list []Problem) error {
	values := make([][]any, len(list))
	for i, p := range list {
		values[i] = []any{run, from + i, p.Line, sqldb.JSON(p)}
	}
	return tx.Insert(ctx, "import_problem", "run, n, line, problem", values...)
}

func problemsOf(ctx context.Context, rd sqldb.Reader, run int64, after, limit int) ([]Problem, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (Problem, error) {
		var p Problem
		err := row.Scan(sqldb.JSON(&p))
		return p, err
	}, `select problem from import_problem where run = $1 and n > $2 order by n limit $3`, run, after, limit)
}

// choosableRows are the right rows of a run with all that a choice among them needs, in the order of the file.
func choosableRows(ctx context.Context, rd sqldb.Reader, run int64, limit int) ([]stagedRow, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (stagedRow, error) {
		var r stagedRow
		var plan, body string
		err := row.Scan(&r.n, &r.Line, &plan, &r.label, sqldb.JSON(&r.Cells), &body, sqldb.JSON(&r.changes))
		if r.plan = Plan(plan); body != "" {
			r.Body = json.RawMessage(body)
		}
		return r, err
	}, `
select n, line, plan, label, cells, body, changes
from import_row
where run = $1 and good
order by n
limit $2`, run, limit)
}

// leaveOut takes rows that were not chosen out of a run.
func leaveOut(ctx context.Context, tx *sqldb.Tx, run int64, places []int64) error {
	text, args := sqldb.Select("delete from import_row").Where("run = ?", run).In("n", places).SQL()
	_, err := tx.Exec(ctx, text, args...)
	return err
}

// setRank gives rows their place and marks the bad ones.
func setRank(ctx context.Context, tx *sqldb.Tx, run int64, rank int, lines []int64) error {
	text, args := sqldb.Select(`update import_row set rank = ?`, rank).Where("run = ?", run).In("line", lines).SQL()
	_, err := tx.Exec(ctx, text, args...)
	return err
}

func markBad(ctx context.Context, tx *sqldb.Tx, run int64, lines []int64) error {
	text, args := sqldb.Select(`update import_row set good = ?`, false).Where("run = ?", run).In("line", lines).SQL()
	_, err := tx.Exec(ctx, text, args...)
	return err
}

// goodRows are the next rows to apply, after the cursor.
func goodRows(ctx context.Context, rd sqldb.Reader, run int64, rank, n, limit int) ([]stagedRow, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (stagedRow, error) {
		var r stagedRow
		var body string
		err := row.Scan(&r.n, &r.Line, &r.place, sqldb.JSON(&r.Cells), &body)
		if body != "" {
			r.Body = json.RawMessage(body)
		}
		return r, err
	}, `
select n, line, rank, cells, body
from import_row
where run = $1 and good and (rank, n) > ($2, $3)
order by rank, n
limit $4`, run, rank, n, limit)
}

// shownRows are the rows of a plan for the page, in the order of the file.
func shownRows(ctx context.Context, rd sqldb.Reader, run int64, plan Plan, limit int) ([]stagedRow, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (stagedRow, error) {
		var r stagedRow
		var plan string
		err := row.Scan(&r.Line, &r.good, &plan, &r.label, sqldb.JSON(&r.changes))
		r.plan = Plan(plan)
		return r, err
	}, `
select line, good, plan, label, changes
from import_row
where run = $1 and good and plan = $2
order by n
limit $3`, run, string(plan), limit)
}

// keptRows are the rows of which something stays as it was changed here, in the order of the file.
func keptRows(ctx context.Context, rd sqldb.Reader, run int64, limit int) ([]stagedRow, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (stagedRow, error) {
		var r stagedRow
		return r, row.Scan(&r.Line, &r.label, sqldb.JSON(&r.kept))
	}, `
select line, label, kept
from import_row
where run = $1 and good and kept is not null
order by n
limit $2`, run, limit)
}

// badLabels names the bad rows as people call them, by line.
func badLabels(ctx context.Context, rd sqldb.Reader, run int64, limit int) (map[int]string, error) {
	out := map[int]string{}
	err := sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var line int
		var label string
		err := row.Scan(&line, &label)
		out[line] = label
		return err
	}, `select line, label from import_row where run = $1 and not good order by n limit $2`, run, limit)
	return out, err
}

// deleteRows takes away some staged rows of a run; 0 means that none are left.
func deleteRows(ctx context.Context, tx *sqldb.Tx, run int64, limit int) (int64, error) {
	return tx.Exec(ctx, `
delete from import_row
where run = $1 and n in (select n from import_row where run = $1 order by n limit $2)`, run, limit)
}

// staleRuns are runs whose staged rows nobody will want any more.
func staleRuns(ctx context.Context, rd sqldb.Reader, before time.Time) ([]int64, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (int64, error) {
		var id int64
		err := row.Scan(&id)
		return id, err
	}, `
select id
from import_run
where state <> 'applying' and began_at < $1
  and exists (select 1 from import_row r where r.run = import_run.id)
order by began_at
limit 100`, before)
}
