package request

import (
	"context"

	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// notAlong leaves out of a queue what goes along with another request.
const notAlong = "(r.merged_into is null or r.state <> 'working')"

// mergedInto lists the requests that go, or went, along with another, the oldest first.
func mergedInto(ctx context.Context, rd sqldb.Reader, into ID) ([]Request, error) {
	return sqldb.All(ctx, rd, scanRequest, `
select `+allOfRequest+`
from request
where merged_into = $1
order by id
limit 200`, into)
}

// mergedIDs are the ids of mergedInto.
func mergedIDs(ctx context.Context, rd sqldb.Reader, into ID) ([]ID, error) {
	return sqldb.All(ctx, rd, scanID, `
select id
from request
where merged_into = $1
order by id
limit 200`, into)
}

const linkColumns = "id, request, other, kind, by_person, at, ended_at, ended_by"

func scanLink(row sqldb.Row) (Link, error) {
	var l Link
	var kind string
	err := row.Scan(&l.ID, &l.Request, &l.Other, &kind, &l.By, &l.At, &l.EndedAt, &l.EndedBy)
	l.Kind = LinkKind(kind)
	return l, err
}

func insertLink(ctx context.Context, tx *sqldb.Tx, l Link) error {
	err := tx.Insert(ctx, "request_link", linkColumns, []any{l.ID, l.Request, l.Other, string(l.Kind), l.By, l.At, l.EndedAt, nobody(l.EndedBy)})
	if sqldb.IsUnique(err) {
		return fault.New(fault.Conflict, "request.linked-already")
	}
	return err
}

// linksOf lists what a request was ever linked with, the oldest first.
func linksOf(ctx context.Context, rd sqldb.Reader, id ID) ([]Link, error) {
	return sqldb.All(ctx, rd, scanLink, `
select `+linkColumns+`
from request_link
where id in (
	select id from request_link where request = $1
	union all
	select id from request_link where other = $1)
order by id
limit 500`, id)
}

// endLink takes a link back; it says whether it was still there.
func endLink(ctx context.Context, tx *sqldb.Tx, l Link) (bool, error) {
	n, err := tx.Exec(ctx, `
update request_link
set ended_at = $2, ended_by = $3
where id = $1 and ended_at is null`, l.ID, l.EndedAt, l.EndedBy)
	return n == 1, err
}

// likeIt lists open requests of a unit for the same service, the newest first: what one may be the same as.
func likeIt(ctx context.Context, rd sqldb.Reader, r Request, limit int) ([]Request, error) {
	return sqldb.All(ctx, rd, scanRequest, `
select `+allOfRequest+`
from request
where unit = $1 and closed_at is null and service = $2 and id <> $3 and confidential = false and merged_into is null
	and parent is null and parts = 0 and state in ('new', 'working', 'waiting')
order by opened_at desc, id desc
limit $4`, r.Unit, r.Service, r.ID, limit)
}
