package todo

import (
	"context"
	"time"

	"neike/internal/access"
	"neike/internal/kit/sqldb"
)

const todoColumns = `id, holder_kind, holder, holder_role, subject_kind, subject, verb, for_person, for_unit, title, ref, link, due, since, until`

func scanTodo(r sqldb.Row) (Todo, error) {
	var t Todo
	var due, until int64
	err := r.Scan(&t.ID, &t.Holder.Kind, &t.Holder.ID, &t.Holder.Role, &t.Subject.Kind, &t.Subject.ID, &t.Verb, &t.For, &t.Unit,
		&t.Title, &t.Ref, &t.Link, &due, &t.Since, &until)
	t.Due, t.Until = timeOf(due), timeOf(until)
	return t, err
}

func onSubject(ctx context.Context, rd sqldb.Reader, sub access.Subject) ([]Todo, error) {
	return sqldb.All(ctx, rd, scanTodo, `
		select `+todoColumns+`
		from todo
		where subject_kind = $1 and subject = $2
		order by id`, sub.Kind, sub.ID)
}

// dueBetween reads by the index todo_of_due, which holds what has a due time.
func dueBetween(ctx context.Context, rd sqldb.Reader, from, to time.Time, after ID, limit int) ([]Todo, error) {
	return sqldb.All(ctx, rd, scanTodo, `
		select `+todoColumns+`
		from todo
		where due >= $1 and due < $2 and due < 4503599627370496 and id > $3 and until > $4
		order by id
		limit $5`, from, to, after, rd.Instant(), limit)
}
