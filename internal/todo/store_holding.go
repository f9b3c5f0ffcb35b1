package todo

import (
	"context"

	"neike/internal/access"
	"neike/internal/kit/sqldb"
)

// What $1 holds: a person apart from requests, which bring theirs along, and from invitations; invitations; a unit.
const (
	ofPerson  = `holder_kind = 'person' and holder = $1 and subject_kind <> 'request' and until >= 4503599627370496`
	ofInvited = `holder_kind = 'person' and holder = $1 and until < 4503599627370496`
	ofUnit    = `holder_kind = 'unit' and holder = $1`
)

func countBy(ctx context.Context, rd sqldb.Reader, whose string, keeper ID) (int, error) {
	return sqldb.Value[int](ctx, rd, `select count(*) from todo where `+whose, keeper)
}

// owedAfter lists what is held, by id: what a line needs, and its key.
func owedAfter(ctx context.Context, rd sqldb.Reader, whose string, keeper, after ID, limit int) ([]Todo, error) {
	return sqldb.All(ctx, rd, func(r sqldb.Row) (Todo, error) {
		var t Todo
		err := r.Scan(&t.ID, &t.Holder.Kind, &t.Holder.ID, &t.Holder.Role, &t.Subject.Kind, &t.Subject.ID, &t.Verb, &t.Ref, &t.Link, &t.Since)
		return t, err
	}, `
		select id, holder_kind, holder, holder_role, subject_kind, subject, verb, ref, link, since
		from todo
		where `+whose+` and id > $2
		order by id
		limit $3`, keeper, after, limit)
}

// moveOne gives one entry to another holder; one that the other owes already is left alone.
func moveOne(ctx context.Context, tx *sqldb.Tx, t Todo, to access.Holder) error {
	_, err := tx.Exec(ctx, `
		delete from todo
		where id = $1 and exists (
		  select 1
		  from todo o
		  where o.subject_kind = $2 and o.subject = $3 and o.verb = $4 and o.holder_kind = $5 and o.holder = $6 and o.holder_role = $7)`,
		t.ID, t.Subject.Kind, t.Subject.ID, t.Verb, to.Kind, to.ID, to.Role)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		update todo
		set holder_kind = $2, holder = $3, holder_role = $4
		where id = $1`, t.ID, to.Kind, to.ID, to.Role)
	return err
}

func removeInvitations(ctx context.Context, tx *sqldb.Tx, person ID) (int64, error) {
	return tx.Exec(ctx, `
		delete from todo
		where holder_kind = 'person' and holder = $1 and until < 4503599627370496`, person)
}
