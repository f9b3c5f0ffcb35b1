package catalog

import (
	"context"
	"encoding/json"
	"fmt"

	"neike/internal/kit/sqldb"
)

// rewordingOf is the prepared change of a service's words; ok is false when there is none.
func rewordingOf(ctx context.Context, rd sqldb.Reader, service ID) (r Rewording, ok bool, err error) {
	list, err := sqldb.All(ctx, rd, func(row sqldb.Row) (Rewording, error) {
		var r Rewording
		return r, row.Scan(sqldb.JSON(&r.Words), sqldb.JSON(&r.Base), &r.State, &r.Stamp, &r.By, &r.At, &r.ProposedBy, &r.ProposedAt, &r.SentBack)
	}, `
select words, base, state, stamp, changed_by, changed_at, proposed_by, proposed_at, sent_back
from catalog_rewording
where service = $1`, service)
	if err != nil || len(list) == 0 {
		return Rewording{}, false, err
	}
	return list[0], true, nil
}

func saveRewording(ctx context.Context, tx *sqldb.Tx, service ID, r Rewording) error {
	words, err := json.Marshal(r.Words)
	if err != nil {
		return fmt.Errorf("words of a service: %w", err)
	}
	base, err := json.Marshal(r.Base)
	if err != nil {
		return fmt.Errorf("words of a service: %w", err)
	}
	_, err = tx.Exec(ctx, `
insert into catalog_rewording (service, words, base, state, stamp, changed_by, changed_at, proposed_by, proposed_at, sent_back)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (service) do update
set words = excluded.words, base = excluded.base, state = excluded.state, stamp = excluded.stamp, changed_by = excluded.changed_by,
  changed_at = excluded.changed_at, proposed_by = excluded.proposed_by, proposed_at = excluded.proposed_at, sent_back = excluded.sent_back`,
		service, string(words), string(base), string(r.State), r.Stamp, r.By, r.At, nobody(r.ProposedBy), r.ProposedAt, r.SentBack)
	return err
}

func dropRewording(ctx context.Context, tx *sqldb.Tx, service ID) error {
	_, err := tx.Exec(ctx, "delete from catalog_rewording\nwhere service = $1", service)
	return err
}
