package access

import (
	"context"
	"slices"

	"neike/internal/kit/sqldb"
)

func insertView(ctx context.Context, tx *sqldb.Tx, v View) error {
	return tx.Insert(ctx, "access_view", "id, session, viewer, person, reason, began_at, until", []any{v.ID, v.Session, v.Viewer, v.Person, v.Reason, v.Began, v.Until})
}

func endViews(ctx context.Context, tx *sqldb.Tx, session ID) error {
	_, err := tx.Exec(ctx, `update access_view set ended_at = $1 where session = $2 and until > $3 and ended_at is null`, tx.Now, session, tx.Now)
	return err
}

const viewColumns = `select id, session, viewer, person, reason, began_at, until, ended_at from access_view`

func scanView(row sqldb.Row) (v View, err error) {
	err = row.Scan(&v.ID, &v.Session, &v.Viewer, &v.Person, &v.Reason, &v.Began, &v.Until, &v.Ended)
	return v, err
}

// viewOf is the view that a session looks through now.
func viewOf(ctx context.Context, rd sqldb.Reader, session ID) (View, error) {
	return sqldb.One(ctx, rd, scanView, viewColumns+` where session = $1 and until > $2 and ended_at is null order by until desc limit 1`, session, rd.Instant())
}

func viewsBefore(ctx context.Context, rd sqldb.Reader, before ID, limit int) ([]View, error) {
	return sqldb.All(ctx, rd, scanView, viewColumns+` where id < $1 order by id desc limit $2`, before, limit)
}

func insertGlass(ctx context.Context, tx *sqldb.Tx, g Opening) error {
	return tx.Insert(ctx, "access_glass", "id, subject_kind, subject, ref, officer, reason, opened_at, until",
		[]any{g.ID, g.Subject.Kind, g.Subject.ID, g.Ref, g.Officer, g.Reason, g.Opened, g.Until})
}

func scanGlass(row sqldb.Row) (g Opening, err error) {
	err = row.Scan(&g.ID, &g.Subject.Kind, &g.Subject.ID, &g.Ref, &g.Officer, &g.Reason, &g.Opened, &g.Until)
	return g, err
}

const glassColumns = `select id, subject_kind, subject, ref, officer, reason, opened_at, until from access_glass`

// glassOpen says whether the officer has the record open now.
func glassOpen(ctx context.Context, rd sqldb.Reader, sub Subject, officer ID) (bool, error) {
	n, err := sqldb.Value[int](ctx, rd, `
select count(*)
from access_glass
where subject_kind = $1 and subject = $2 and officer = $3 and until > $4`, sub.Kind, sub.ID, officer, rd.Instant())
	return n > 0, err
}

// glassesOpen says which of the records of a kind the officer has open now.
func glassesOpen(ctx context.Context, rd sqldb.Reader, kind string, ids []ID, officer ID) (map[ID]bool, error) {
	out := map[ID]bool{}
	for chunk := range slices.Chunk(ids, 500) {
		open, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (id ID, err error) { return id, row.Scan(&id) },
			sqldb.Select("select subject\nfrom access_glass").Where("subject_kind = ? and officer = ? and until > ?", kind, officer, rd.Instant()).In("subject", chunk))
		if err != nil {
			return nil, err
		}
		for _, id := range open {
			out[id] = true
		}
	}
	return out, nil
}

func glassesOf(ctx context.Context, rd sqldb.Reader, sub Subject) ([]Opening, error) {
	return sqldb.All(ctx, rd, scanGlass, glassColumns+` where subject_kind = $1 and subject = $2 order by until desc limit 50`, sub.Kind, sub.ID)
}

func glassesBefore(ctx context.Context, rd sqldb.Reader, before ID, limit int) ([]Opening, error) {
	return sqldb.All(ctx, rd, scanGlass, glassColumns+` where id < $1 order by id desc limit $2`, before, limit)
}

func insertTold(ctx context.Context, tx *sqldb.Tx, t Told) error {
	return tx.Insert(ctx, "access_told", "id, person, what, by_person, reason, ref, at, until",
		[]any{tx.NewID(), t.Person, t.What, t.By, t.Reason, t.Ref, tx.Now, t.Until})
}

func noteTold(ctx context.Context, tx *sqldb.Tx, person ID) error {
	_, err := tx.Exec(ctx, `update access_told set noted_at = $1 where person = $2 and noted_at is null`, tx.Now, person)
	return err
}

func toldTo(ctx context.Context, rd sqldb.Reader, person ID, limit int) ([]Told, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (t Told, err error) {
		err = row.Scan(&t.ID, &t.Person, &t.What, &t.By, &t.Reason, &t.Ref, &t.At, &t.Until, &t.Noted)
		return t, err
	}, `
select id, person, what, by_person, reason, ref, at, until, noted_at
from access_told
where person = $1
order by id desc
limit $2`, person, limit)
}
