package request

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
)

func scanAnswerDraft(row sqldb.Row) (AnswerDraft, error) {
	var d AnswerDraft
	err := row.Scan(&d.Box, &d.Note, &d.Text, &d.Version, &d.Person, &d.From, &d.Unit, &d.BeganAt, &d.SavedAt)
	return d, err
}

// answerDraftsOf are the drafts on a request, whoever has them; those who serve one request are few.
func answerDraftsOf(ctx context.Context, rd sqldb.Reader, request ID) ([]AnswerDraft, error) {
	return sqldb.All(ctx, rd, scanAnswerDraft, `
select box, note, text, version, person, coalesce(from_person, 0), unit, began_at, saved_at
from request_answer_draft
where request = $1
order by box, person
limit 60`, request)
}

// insertAnswerDraft keeps a first draft; 0 when the person has one in that box already.
func insertAnswerDraft(ctx context.Context, tx *sqldb.Tx, request ID, d AnswerDraft) (int64, error) {
	return tx.Exec(ctx, `
insert into request_answer_draft (request, box, person, unit, note, text, version, from_person, began_at, saved_at)
values ($1, $2, $3, $4, $5, $6, $7, nullif(cast($8 as bigint), 0), $9, $10)
on conflict (request, box, person) do nothing`,
		request, d.Box, d.Person, d.Unit, d.Note, d.Text, d.Version, d.From, d.BeganAt, d.SavedAt)
}

// updateAnswerDraft writes new words over those of the version before; 0 when that is not what is there.
func updateAnswerDraft(ctx context.Context, tx *sqldb.Tx, request ID, d AnswerDraft) (int64, error) {
	return tx.Exec(ctx, `
update request_answer_draft
set unit = $4, note = $5, text = $6, version = $7, saved_at = $8
where request = $1 and box = $2 and person = $3 and version = $9`,
		request, d.Box, d.Person, d.Unit, d.Note, d.Text, d.Version, d.SavedAt, d.Version-1)
}

// deleteAnswerDraft takes a draft away when it is of that version; of any when the version is 0.
func deleteAnswerDraft(ctx context.Context, tx *sqldb.Tx, request ID, box Box, person, version int64) (int64, error) {
	return tx.Exec(ctx, `
delete from request_answer_draft
where request = $1 and box = $2 and person = $3 and (version = $4 or cast($4 as bigint) = 0)`, request, box, person, version)
}

func deleteOldAnswerDrafts(ctx context.Context, tx *sqldb.Tx, before time.Time, limit int) (int64, error) {
	return tx.Exec(ctx, `
delete from request_answer_draft
where (request, box, person) in (
	select request, box, person
	from request_answer_draft
	where saved_at < $1
	order by saved_at
	limit $2)`, before, limit)
}
