package request

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/sqldb"
)

func scanAnswerDraft(row sqldb.Row) (AnswerDraft, error) {
	var d AnswerDraft
	var files string
	err := row.Scan(&d.Box, &d.Note, &d.Text, &d.Version, &d.Person, &d.From, &d.Unit, &d.BeganAt, &d.SavedAt, &files)
	for _, text := range strings.Fields(files) {
		if id, err := strconv.ParseInt(text, 10, 64); err == nil {
			d.Files = append(d.Files, id)
		}
	}
	return d, err
}

// filesText is how ids of files are kept: with spaces.
func filesText(ids []int64) string { return strings.Trim(fmt.Sprint(ids), "[]") }

// filesInAnswers are the ids of files that wait in drafts.
func filesInAnswers(ctx context.Context, rd sqldb.Reader) (map[int64]bool, error) {
	list, err := sqldb.All(ctx, rd, scanAnswerDraft, `
select `+answerDraftColumns+`
from request_answer_draft
where files <> ''`)
	out := map[int64]bool{}
	for _, d := range list {
		for _, id := range d.Files {
			out[id] = true
		}
	}
	return out, err
}

// draftsWithFile are the requests on which a file waits in a draft, and the units that had them in hand when it was written.
func draftsWithFile(ctx context.Context, rd sqldb.Reader, file int64) (map[ID]int64, error) {
	out := map[ID]int64{}
	err := sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var id, unit int64
		err := row.Scan(&id, &unit)
		out[id] = unit
		return err
	}, `
select request, unit
from request_answer_draft
where files <> '' and lower(' ' || files || ' ') like $1`, "% "+strconv.FormatInt(file, 10)+" %")
	return out, err
}

// answerDraftColumns are what scanAnswerDraft reads.
const answerDraftColumns = `box, note, text, version, person, coalesce(from_person, 0), unit, began_at, saved_at, files`

// answerDraftsOf are the drafts on a request, whoever has them; those who serve one request are few.
func answerDraftsOf(ctx context.Context, rd sqldb.Reader, request ID) ([]AnswerDraft, error) {
	return sqldb.All(ctx, rd, scanAnswerDraft, `
select `+answerDraftColumns+`
from request_answer_draft
where request = $1
order by box, person
limit 60`, request)
}

// insertAnswerDraft keeps a first draft; 0 when the person has one in that box already.
func insertAnswerDraft(ctx context.Context, tx *sqldb.Tx, request ID, d AnswerDraft) (int64, error) {
	return tx.Exec(ctx, `
insert into request_answer_draft (request, box, person, unit, note, text, version, from_person, began_at, saved_at, files)
values ($1, $2, $3, $4, $5, $6, $7, nullif(cast($8 as bigint), 0), $9, $10, $11)
on conflict (request, box, person) do nothing`,
		request, d.Box, d.Person, d.Unit, d.Note, d.Text, d.Version, d.From, d.BeganAt, d.SavedAt, filesText(d.Files))
}

// updateAnswerDraft writes new words over those of the version before; 0 when that is not what is there.
func updateAnswerDraft(ctx context.Context, tx *sqldb.Tx, request ID, d AnswerDraft) (int64, error) {
	return tx.Exec(ctx, `
update request_answer_draft
set unit = $4, note = $5, text = $6, version = $7, saved_at = $8, files = $10
where request = $1 and box = $2 and person = $3 and version = $9`,
		request, d.Box, d.Person, d.Unit, d.Note, d.Text, d.Version, d.SavedAt, d.Version-1, filesText(d.Files))
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
