package directory

import (
	"context"
	"maps"
	"slices"

	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

const connectionColumns = `id, kind, name_zh, name_en, signin, sync, notify, settings, secrets, rules, hook, due_at, next_at, tested_at, tested, month, calls, ended_at, revision`

func scanConnection(row sqldb.Row) (Connection, error) {
	var c Connection
	err := row.Scan(&c.ID, &c.Kind, &c.Name.Zh, &c.Name.En, &c.SignIn, &c.Sync, &c.Notify, sqldb.JSON(&c.Settings), sqldb.JSON(&c.secrets), sqldb.JSON(&c.Rules),
		&c.Hook, &c.Due, &c.Next, &c.Tested, sqldb.JSON(&c.Test), &c.Month, &c.Calls, &c.Ended, &c.Revision)
	c.Sealed = slices.Sorted(maps.Keys(c.secrets))
	c.Rules = c.Rules.filled()
	return c, err
}

func connectionByID(ctx context.Context, rd sqldb.Reader, id ID) (Connection, error) {
	return sqldb.One(ctx, rd, scanConnection, `select `+connectionColumns+` from directory_connection where id = $1`, id)
}

func connectionByHook(ctx context.Context, rd sqldb.Reader, hook string) (Connection, error) {
	return sqldb.One(ctx, rd, scanConnection, `select `+connectionColumns+` from directory_connection where hook = $1 and ended_at is null`, hook)
}

func allConnections(ctx context.Context, rd sqldb.Reader) ([]Connection, error) {
	return sqldb.All(ctx, rd, scanConnection, `select `+connectionColumns+` from directory_connection order by id`)
}

func insertConnection(ctx context.Context, tx *sqldb.Tx, c Connection) error {
	return tx.Insert(ctx, "directory_connection", "id, kind, name_zh, name_en, signin, sync, notify, settings, secrets, rules, hook, next_at",
		[]any{c.ID, c.Kind, c.Name.Zh, c.Name.En, c.SignIn, c.Sync, c.Notify, sqldb.JSON(c.Settings), sqldb.JSON(c.secrets), sqldb.JSON(c.Rules), c.Hook, c.Next})
}

// updateConnection writes what an administrator sets, and a new revision.
func updateConnection(ctx context.Context, tx *sqldb.Tx, c Connection) error {
	_, err := tx.Exec(ctx, `
update directory_connection
set name_zh = $2, name_en = $3, signin = $4, sync = $5, notify = $6, settings = $7, secrets = $8, rules = $9, next_at = $10, ended_at = $11, revision = revision + 1
where id = $1`, c.ID, c.Name.Zh, c.Name.En, c.SignIn, c.Sync, c.Notify, sqldb.JSON(c.Settings), sqldb.JSON(c.secrets), sqldb.JSON(c.Rules), c.Next, c.Ended)
	return err
}

func setDue(ctx context.Context, tx *sqldb.Tx, c Connection) error {
	_, err := tx.Exec(ctx, `update directory_connection set due_at = $2 where id = $1`, c.ID, c.Due)
	return err
}

func setNext(ctx context.Context, tx *sqldb.Tx, c Connection) error {
	_, err := tx.Exec(ctx, `update directory_connection set next_at = $2 where id = $1`, c.ID, c.Next)
	return err
}

func setTest(ctx context.Context, tx *sqldb.Tx, id ID, a Answer) error {
	_, err := tx.Exec(ctx, `update directory_connection set tested_at = $2, tested = $3 where id = $1`, id, tx.Now, sqldb.JSON(a))
	return err
}

// addCalls counts what was asked of a platform in a month.
func addCalls(ctx context.Context, tx *sqldb.Tx, id ID, month string, calls int) error {
	_, err := tx.Exec(ctx, `
update directory_connection
set calls = case when month = $2 then calls else 0 end + $3, month = $2
where id = $1`, id, month, calls)
	return err
}

const identityColumns = `id, connection, subject, union_id, person, why, stopped, linked_at`

func scanIdentity(row sqldb.Row) (Identity, error) {
	var i Identity
	err := row.Scan(&i.ID, &i.Connection, &i.Subject, &i.Union, &i.Person, &i.Why, &i.Stopped, &i.Linked)
	return i, err
}

func identityBySubject(ctx context.Context, rd sqldb.Reader, connection ID, key string) (Identity, error) {
	return sqldb.One(ctx, rd, scanIdentity, `select `+identityColumns+` from directory_identity where connection = $1 and subject_key = $2`, connection, key)
}

func identitiesBySubject(ctx context.Context, rd sqldb.Reader, connection ID, keys []string) (map[string]Identity, error) {
	out := make(map[string]Identity, len(keys))
	list, err := sqldb.AllQ(ctx, rd, scanIdentity, sqldb.Select(`select `+identityColumns+` from directory_identity`).Where("connection = ?", connection).In("subject_key", keys))
	for _, i := range list {
		out[subjectKey(i.Subject)] = i
	}
	return out, err
}

func identitiesByUnion(ctx context.Context, rd sqldb.Reader, connection ID, unions []string) (map[string]Identity, error) {
	out := make(map[string]Identity, len(unions))
	if len(unions) == 0 {
		return out, nil
	}
	list, err := sqldb.AllQ(ctx, rd, scanIdentity, sqldb.Select(`select `+identityColumns+` from directory_identity`).Where("connection = ?", connection).
		Where("union_id <> ''").In("union_id", unions))
	for _, i := range list {
		out[i.Union] = i
	}
	return out, err
}

func identitiesOfPeople(ctx context.Context, rd sqldb.Reader, connection ID, people []org.ID) ([]Identity, error) {
	return sqldb.AllQ(ctx, rd, scanIdentity, sqldb.Select(`select `+identityColumns+` from directory_identity`).Where("connection = ?", connection).In("person", people))
}

func identitiesOfPerson(ctx context.Context, rd sqldb.Reader, person org.ID) ([]Identity, error) {
	return sqldb.All(ctx, rd, scanIdentity, `select `+identityColumns+` from directory_identity where person = $1 order by connection`, person)
}

func countIdentities(ctx context.Context, rd sqldb.Reader, connection ID) (int, error) {
	return sqldb.Value[int](ctx, rd, `select count(*) from directory_identity where connection = $1`, connection)
}

func insertIdentities(ctx context.Context, tx *sqldb.Tx, list ...Identity) error {
	rows := make([][]any, len(list))
	for n, i := range list {
		rows[n] = []any{i.ID, i.Connection, i.Subject, subjectKey(i.Subject), i.Union, i.Person, i.Why, i.Stopped, tx.Now}
	}
	return tx.Insert(ctx, "directory_identity", "id, connection, subject, subject_key, union_id, person, why, stopped, linked_at", rows...)
}

// renameIdentity gives an account its new name at the platform.
func renameIdentity(ctx context.Context, tx *sqldb.Tx, id ID, subject, union string) error {
	_, err := tx.Exec(ctx, `update directory_identity set subject = $2, subject_key = $3, union_id = case when $4 = '' then union_id else $4 end where id = $1`,
		id, subject, subjectKey(subject), union)
	return err
}

func setStopped(ctx context.Context, tx *sqldb.Tx, id ID, stopped bool) error {
	_, err := tx.Exec(ctx, `update directory_identity set stopped = $2 where id = $1`, id, stopped)
	return err
}

func deleteIdentity(ctx context.Context, tx *sqldb.Tx, id ID) error {
	_, err := tx.Exec(ctx, `delete from directory_identity where id = $1`, id)
	return err
}
