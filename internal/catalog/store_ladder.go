package catalog

import (
	"context"

	"neike/internal/kit/sqldb"
)

// setLadder stores the ladder of a service, or that it follows the company's.
func setLadder(ctx context.Context, tx *sqldb.Tx, s *Service) error {
	text := ""
	if s.OwnLadder {
		text = s.Ladder.text()
	}
	_, err := tx.Exec(ctx, `update catalog_service
set ladder = $2, ladder_urgent = $3
where id = $1`, s.ID, text, s.Ladder.Urgent)
	return err
}

// companyLadder is the ladder of services without one of their own, and its revision.
func companyLadder(ctx context.Context, rd sqldb.Reader) (l Ladder, revision int, err error) {
	type row struct {
		steps    string
		urgent   bool
		revision int
	}
	list, err := sqldb.All(ctx, rd, func(r sqldb.Row) (x row, err error) { return x, r.Scan(&x.steps, &x.urgent, &x.revision) }, `
select steps, urgent, revision
from catalog_ladder
where id = 1`)
	if err != nil || len(list) == 0 {
		return UsualLadder, 0, err
	}
	l.read(list[0].steps)
	l.Urgent = list[0].urgent
	return l, list[0].revision, nil
}

// setCompanyLadder replaces the company's ladder unless somebody else has changed it since the revision.
func setCompanyLadder(ctx context.Context, tx *sqldb.Tx, l Ladder, revision int) (won bool, err error) {
	n, err := tx.Exec(ctx, `insert into catalog_ladder (id, steps, urgent, revision, changed_at)
values (1, $1, $2, $3, $4)
on conflict (id) do update set steps = excluded.steps, urgent = excluded.urgent, revision = excluded.revision, changed_at = excluded.changed_at
where catalog_ladder.revision = $5`, l.text(), l.Urgent, revision+1, tx.Now, revision)
	return n == 1, err
}
