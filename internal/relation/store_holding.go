package relation

import (
	"context"

	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

func countContacts(ctx context.Context, rd sqldb.Reader, person org.ID) (int, error) {
	return sqldb.Value[int](ctx, rd, `select count(*) from edge_contact where person = $1`, person)
}

func contactsAfter(ctx context.Context, rd sqldb.Reader, person, after ID, limit int) ([]edgeRow, error) {
	return sqldb.All(ctx, rd, scanEdge, `
		select e.id, e.provider, e.customer, e.observed_at, e.declared_at, e.standing
		from edge_contact c
		join edge e on e.id = c.edge
		where c.person = $1 and e.id > $2
		order by e.id
		limit $3`, person, after, limit)
}

// beContact makes somebody a contact of the edge who has not worked on it yet.
func beContact(ctx context.Context, tx *sqldb.Tx, edge ID, person org.ID) error {
	_, err := tx.Exec(ctx, `
		insert into edge_contact (edge, person, last_at, n)
		values ($1, $2, $3, 0)
		on conflict (edge, person) do nothing`, edge, person, tx.Now)
	return err
}

func countSpoken(ctx context.Context, rd sqldb.Reader, unit org.ID) (int, error) {
	return sqldb.Value[int](ctx, rd, `select count(*) from edge where (provider = $1 or customer = $1) and standing <> ''`, unit)
}

// spokenAfter lists the edges of a unit of which something has been said, in the order of their ids.
func spokenAfter(ctx context.Context, rd sqldb.Reader, unit, after ID, limit int) ([]edgeRow, error) {
	return sqldb.All(ctx, rd, scanEdge, `
		select `+edgeColumns+`
		from edge
		where (provider = $1 or customer = $1) and standing <> '' and id > $2
		order by id
		limit $3`, unit, after, limit)
}
