package request

import (
	"context"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/sqldb"
)

type storedDraft struct {
	service                     int64
	title, typed, fields, files string
	at                          time.Time
}

func scanDraft(row sqldb.Row) (storedDraft, error) {
	var d storedDraft
	err := row.Scan(&d.service, &d.title, &d.typed, &d.fields, &d.at)
	return d, err
}

func upsertDraft(ctx context.Context, tx *sqldb.Tx, person int64, d storedDraft) error {
	_, err := tx.Exec(ctx, `
insert into request_draft (person, service, title, typed, fields, files, saved_at)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (person, service) do update
set title = excluded.title, typed = excluded.typed, fields = excluded.fields, files = excluded.files, saved_at = excluded.saved_at`,
		person, d.service, d.title, d.typed, d.fields, d.files, d.at)
	return err
}

func draftsOf(ctx context.Context, rd sqldb.Reader, person int64) ([]storedDraft, error) {
	return sqldb.All(ctx, rd, scanDraft, `
select service, title, typed, fields, saved_at
from request_draft
where person = $1
order by saved_at desc, service
limit 20`, person)
}

func draftBy(ctx context.Context, rd sqldb.Reader, person, service int64) ([]storedDraft, error) {
	return sqldb.All(ctx, rd, scanDraft, `
select service, title, typed, fields, saved_at
from request_draft
where person = $1 and service = $2
limit 1`, person, service)
}

// countDrafts counts a person's drafts of other services.
func countDrafts(ctx context.Context, rd sqldb.Reader, person, but int64) (int, error) {
	return sqldb.Value[int](ctx, rd, `
select count(*)
from request_draft
where person = $1 and service <> $2`, person, but)
}

func deleteDraft(ctx context.Context, tx *sqldb.Tx, person, service int64) (int64, error) {
	return tx.Exec(ctx, `
delete from request_draft
where person = $1 and service = $2`, person, service)
}

func deleteOldDrafts(ctx context.Context, tx *sqldb.Tx, before time.Time, limit int) (int64, error) {
	return tx.Exec(ctx, `
delete from request_draft
where (person, service) in (
	select person, service
	from request_draft
	where saved_at < $1
	order by saved_at
	limit $2)`, before, limit)
}

// filesInDrafts are the ids of files that drafts point at.
func filesInDrafts(ctx context.Context, rd sqldb.Reader) (map[int64]bool, error) {
	out := map[int64]bool{}
	err := sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var files string
		if err := row.Scan(&files); err != nil {
			return err
		}
		for _, text := range strings.Fields(files) {
			if id, err := strconv.ParseInt(text, 10, 64); err == nil { // what is no number is no file
				out[id] = true
			}
		}
		return nil
	}, `
select files
from request_draft
where files <> ''`)
	return out, err
}
