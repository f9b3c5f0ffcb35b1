package directory

import (
	"context"
	"encoding/json"
	"time"

	"neike/internal/kit/chat"
	"neike/internal/kit/sqldb"
)

func insertDepartments(ctx context.Context, tx *sqldb.Tx, run ID, from int, list []chat.Department) error {
	rows := make([][]any, len(list))
	for i, d := range list {
		body, err := json.Marshal(d)
		if err != nil {
			return err
		}
		rows[i] = []any{run, from + i, d.ID, string(body)}
	}
	return tx.Insert(ctx, "directory_department", "run, n, department, body", rows...)
}

func deleteDepartments(ctx context.Context, tx *sqldb.Tx, run ID) error {
	_, err := tx.Exec(ctx, `delete from directory_department where run = $1`, run)
	return err
}

func departmentsOf(ctx context.Context, rd sqldb.Reader, run ID) ([]chat.Department, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (chat.Department, error) {
		var d chat.Department
		err := row.Scan(sqldb.JSON(&d))
		return d, err
	}, `select body from directory_department where run = $1 order by n`, run)
}

func departmentAt(ctx context.Context, rd sqldb.Reader, run ID, n int) (string, error) {
	return sqldb.Value[string](ctx, rd, `select department from directory_department where run = $1 and n = $2`, run, n)
}

func scanUser(row sqldb.Row) (chat.User, error) {
	var u chat.User
	err := row.Scan(sqldb.JSON(&u))
	return u, err
}

func usersByKey(ctx context.Context, rd sqldb.Reader, run ID, keys []string) (map[string]chat.User, error) {
	list, err := sqldb.AllQ(ctx, rd, scanUser, sqldb.Select(`select body from directory_user`).Where("run = ?", run).In("subject_key", keys))
	out := make(map[string]chat.User, len(list))
	for _, u := range list {
		out[subjectKey(u.ID)] = u
	}
	return out, err
}

// usersAfter are the accounts of a run after a key.
func usersAfter(ctx context.Context, rd sqldb.Reader, run ID, after string, limit int) ([]chat.User, error) {
	return sqldb.All(ctx, rd, scanUser, `select body from directory_user where run = $1 and subject_key > $2 order by subject_key limit $3`, run, after, limit)
}

// stagedUser is an account and the 工号 it is known by.
type stagedUser struct {
	chat.User
	no string
}

func putUsers(ctx context.Context, tx *sqldb.Tx, run ID, list []stagedUser) error {
	keys := make([]string, len(list))
	rows := make([][]any, len(list))
	for i, u := range list {
		body, err := json.Marshal(u.User)
		if err != nil {
			return err
		}
		keys[i] = subjectKey(u.ID)
		rows[i] = []any{run, keys[i], u.no, string(body)}
	}
	text, args := sqldb.Select(`delete from directory_user`).Where("run = ?", run).In("subject_key", keys).SQL()
	if _, err := tx.Exec(ctx, text, args...); err != nil {
		return err
	}
	return tx.Insert(ctx, "directory_user", "run, subject_key, no, body", rows...)
}

// shared says which 工号 of some several accounts of a run have.
func shared(ctx context.Context, rd sqldb.Reader, run ID, nos []string) (map[string]bool, error) {
	out := map[string]bool{}
	if len(nos) == 0 {
		return out, nil
	}
	list, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (no string, err error) { return no, row.Scan(&no) },
		sqldb.Select(`select no from directory_user`).Where("run = ?", run).Where("no <> ''").In("no", nos).GroupBy("no having count(*) > 1"))
	for _, no := range list {
		out[no] = true
	}
	return out, err
}

func putLeads(ctx context.Context, tx *sqldb.Tx, run ID, list []chat.User) error {
	for _, u := range list {
		for _, d := range u.Leads {
			if _, err := tx.Exec(ctx, `insert into directory_lead (run, department, subject_key) values ($1, $2, $3) on conflict (run, department, subject_key) do nothing`,
				run, d, subjectKey(u.ID)); err != nil {
				return err
			}
		}
	}
	return nil
}

// leadsOf are the accounts that say of themselves that they head a department, by department.
func leadsOf(ctx context.Context, rd sqldb.Reader, run ID) (map[string][]string, error) {
	out := map[string][]string{}
	err := sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var department, key string
		err := row.Scan(&department, &key)
		out[department] = append(out[department], key)
		return err
	}, `select department, subject_key from directory_lead where run = $1 order by department, subject_key`, run)
	return out, err
}

// missingAfter are the identities of a connection, after one, whose account a run has not seen.
func missingAfter(ctx context.Context, rd sqldb.Reader, connection, run, after ID, limit int) ([]Identity, error) {
	return sqldb.All(ctx, rd, scanIdentity, `
select `+identityColumns+`
from directory_identity
where connection = $1 and id > $3
  and not exists (select 1 from directory_user u where u.run = $2 and u.subject_key = directory_identity.subject_key)
order by id
limit $4`, connection, run, after, limit)
}

// deleteStaged takes away some of what a run has read; 0 means that none is left.
func deleteStaged(ctx context.Context, tx *sqldb.Tx, run ID, limit int) (int64, error) {
	n, err := tx.Exec(ctx, `delete from directory_user where run = $1 and subject_key in (select subject_key from directory_user where run = $1 limit $2)`, run, limit)
	if err != nil || n > 0 {
		return n, err
	}
	if _, err := tx.Exec(ctx, `delete from directory_lead where run = $1`, run); err != nil {
		return 0, err
	}
	return 0, deleteDepartments(ctx, tx, run)
}

// Placement is what a department of a connection is here.
type Placement struct {
	Department string
	Unit       ID
	Choice     string // unit, create, ignore
}

func placementsOf(ctx context.Context, rd sqldb.Reader, connection ID) (map[string]Placement, error) {
	list, err := sqldb.All(ctx, rd, func(row sqldb.Row) (Placement, error) {
		var p Placement
		err := row.Scan(&p.Department, &p.Unit, &p.Choice)
		return p, err
	}, `select department, unit, choice from directory_unit where connection = $1 order by department`, connection)
	out := make(map[string]Placement, len(list))
	for _, p := range list {
		out[p.Department] = p
	}
	return out, err
}

func putPlacement(ctx context.Context, tx *sqldb.Tx, connection ID, p Placement) error {
	var unit any
	if p.Unit != 0 {
		unit = p.Unit
	}
	_, err := tx.Exec(ctx, `
insert into directory_unit (connection, department, unit, choice)
values ($1, $2, $3, $4)
on conflict (connection, department) do update set unit = excluded.unit, choice = excluded.choice`, connection, p.Department, unit, p.Choice)
	return err
}

// hear keeps a callback; false for one that was heard before.
func hear(ctx context.Context, tx *sqldb.Tx, connection ID, event string) (bool, error) {
	n, err := tx.Exec(ctx, `insert into directory_heard (connection, event, at) values ($1, $2, $3) on conflict (connection, event) do nothing`, connection, event, tx.Now)
	return n > 0, err
}

func forgetHeard(ctx context.Context, tx *sqldb.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, `delete from directory_heard where at < $1`, before)
	return err
}
