package directory

import (
	"context"

	"neike/internal/kit/sqldb"
)

func proofs(ctx context.Context, rd sqldb.Reader) ([]Proof, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (Proof, error) {
		var p Proof
		return p, row.Scan(&p.ID, &p.Name, &p.Body)
	}, `select id, name, body from directory_proof order by name`)
}

func proofBody(ctx context.Context, rd sqldb.Reader, name string) (string, error) {
	return sqldb.Value[string](ctx, rd, `select body from directory_proof where name = $1`, name)
}

func putProof(ctx context.Context, tx *sqldb.Tx, p Proof) error {
	_, err := tx.Exec(ctx, `
insert into directory_proof (id, name, body, put_at)
values ($1, $2, $3, $4)
on conflict (name) do update set body = excluded.body, put_at = excluded.put_at`, p.ID, p.Name, p.Body, tx.Now)
	return err
}

func deleteProof(ctx context.Context, tx *sqldb.Tx, id ID) (int64, error) {
	return tx.Exec(ctx, `delete from directory_proof where id = $1`, id)
}
