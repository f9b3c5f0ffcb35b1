package signin

import (
	"context"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

func scanFactor(row sqldb.Row) (f Factor, err error) {
	var credential string
	err = row.Scan(&f.ID, &f.person, &f.Kind, &f.Name, &f.sealed, &credential, &f.step, &f.Made, &f.Used)
	f.credential = []byte(credential)
	return f, err
}

func factorsOf(ctx context.Context, rd sqldb.Reader, person ID) ([]Factor, error) {
	return sqldb.All(ctx, rd, scanFactor, `
		select id, person, kind, name, sealed, credential, step, made_at, used_at
		from signin_factor
		where person = $1
		order by id`, person)
}

func insertFactor(ctx context.Context, tx *sqldb.Tx, f Factor, handle string) error {
	var credential any
	if len(f.credential) > 0 {
		credential = string(f.credential)
	}
	return tx.Insert(ctx, "signin_factor", "id, person, kind, name, sealed, handle, credential, step, made_at",
		[]any{f.ID, f.person, f.Kind, f.Name, f.sealed, handle, credential, f.step, f.Made})
}

// deleteFactors removes one factor of a person, or with id 0 all; with codes also the recovery codes and what browsers
// were remembered.
func deleteFactors(ctx context.Context, tx *sqldb.Tx, person, id ID, codes bool) error {
	if _, err := tx.Exec(ctx, `
		delete from signin_factor
		where person = $1 and (id = $2 or $2 = 0)`, person, id); err != nil {
		return err
	}
	if !codes {
		return nil
	}
	if _, err := tx.Exec(ctx, `
		delete from signin_recovery
		where person = $1`, person); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
		update signin_device
		set factor_until = null
		where person = $1`, person)
	return err
}

// useStep notes the step of a code; false when that step or a later one was used already.
func useStep(ctx context.Context, tx *sqldb.Tx, id ID, step int64) (bool, error) {
	n, err := tx.Exec(ctx, `
		update signin_factor
		set step = $2, used_at = $3
		where id = $1 and step < $4`, id, step, tx.Now, step)
	return n == 1, err
}

func sawPasskey(ctx context.Context, tx *sqldb.Tx, person ID, handle string, credential []byte) error {
	n, err := tx.Exec(ctx, `
		update signin_factor
		set credential = $3, used_at = $4
		where person = $1 and handle = $2`, person, handle, string(credential), tx.Now)
	if err == nil && n == 0 {
		err = fault.ErrNotFound
	}
	return err
}

func countRecovery(ctx context.Context, rd sqldb.Reader, person ID) (int, error) {
	return sqldb.Value[int](ctx, rd, `
		select count(*)
		from signin_recovery
		where person = $1 and used_at is null`, person)
}

// recoverySet is a name of the recovery codes that a person has, used ones included; it says nothing of them.
func recoverySet(ctx context.Context, rd sqldb.Reader, person ID) (string, error) {
	least, err := sqldb.Value[string](ctx, rd, `
		select coalesce(min(print), '')
		from signin_recovery
		where person = $1`, person)
	return printOf(least)[:16], err
}

func saveRecovery(ctx context.Context, tx *sqldb.Tx, person ID, prints []string) error {
	if _, err := tx.Exec(ctx, `
		delete from signin_recovery
		where person = $1`, person); err != nil {
		return err
	}
	var rows [][]any
	for _, print := range prints {
		rows = append(rows, []any{person, print})
	}
	return tx.Insert(ctx, "signin_recovery", "person, print", rows...)
}

func useRecovery(ctx context.Context, tx *sqldb.Tx, person ID, print string) (bool, error) {
	n, err := tx.Exec(ctx, `
		update signin_recovery
		set used_at = $3
		where person = $1 and print = $2 and used_at is null`, person, print, tx.Now)
	return n == 1, err
}

func insertHalf(ctx context.Context, tx *sqldb.Tx, print string, person ID, how string, until time.Time) error {
	return tx.Insert(ctx, "signin_half", "print, person, how, until", []any{print, person, how, until})
}

// halfOf is whose first proof it is; Unauthenticated when it is too old, used, or was never given.
func halfOf(ctx context.Context, rd sqldb.Reader, print string) (person ID, how string, err error) {
	_, err = sqldb.One(ctx, rd, func(row sqldb.Row) (bool, error) { return true, row.Scan(&person, &how) }, `
		select person, how
		from signin_half
		where print = $1 and until > $2`, print, rd.Instant())
	if fault.KindOf(err) == fault.NotFound {
		err = fault.New(fault.Unauthenticated, "signin.half-late")
	}
	return person, how, err
}

func useHalf(ctx context.Context, tx *sqldb.Tx, print string) error {
	n, err := tx.Exec(ctx, `
		delete from signin_half
		where print = $1`, print)
	if err == nil && n == 0 {
		err = fault.New(fault.Unauthenticated, "signin.half-late")
	}
	return err
}

func isRemembered(ctx context.Context, rd sqldb.Reader, print string, person ID) (bool, error) {
	n, err := sqldb.Value[int](ctx, rd, `
		select count(*)
		from signin_device
		where print = $1 and person = $2 and factor_until > $3`, print, person, rd.Instant())
	return n > 0, err
}

func rememberDevice(ctx context.Context, tx *sqldb.Tx, print string, person ID, until time.Time) error {
	_, err := tx.Exec(ctx, `
		update signin_device
		set factor_until = $3
		where print = $1 and person = $2`, print, person, until)
	return err
}

func insertCeremony(ctx context.Context, tx *sqldb.Tx, print, kind string, person ID, content []byte, until time.Time) error {
	var of any
	if person != 0 {
		of = person
	}
	return tx.Insert(ctx, "signin_ceremony", "print, kind, person, content, until", []any{print, kind, of, string(content), until})
}

// takeCeremony gives the content once; person 0: of nobody yet.
func takeCeremony(ctx context.Context, tx *sqldb.Tx, print, kind string, person ID) ([]byte, error) {
	content, err := sqldb.Value[string](ctx, tx, `
		delete from signin_ceremony
		where print = $1 and kind = $2 and coalesce(person, 0) = $3 and until > $4
		returning content`, print, kind, person, tx.Now)
	if err == nil && content == "" {
		err = fault.ErrNotFound
	}
	return []byte(content), err
}

// makeBreakGlass turns an account into the emergency account, and every other one back.
func makeBreakGlass(ctx context.Context, tx *sqldb.Tx, person ID) error {
	_, err := tx.Exec(ctx, `
		update signin_account
		set break_glass = (person = $1)`, person)
	return err
}

func breakGlassOf(ctx context.Context, rd sqldb.Reader) (ID, error) {
	return sqldb.Value[ID](ctx, rd, `
		select person
		from signin_account
		where break_glass
		limit 1`)
}
