package request

import (
	"context"
	"slices"
	"time"

	"neike/internal/kit/sqldb"
)

// grantsRead is how many of the requests that were shown to somebody are looked at for the first page of a list.
const grantsRead = 200

// newestFew reads the first page with the newest of what was shown to the reader, when that is much: a request is never
// opened after it got its id, so what has an older id than they is older than a page that ends before them. whole says
// that the page is right.
func (sc scope) newestFew(ctx context.Context, rd sqldb.Reader, after func(q *sqldb.Query) *sqldb.Query) (rows []Line, whole bool, err error) {
	if !slices.ContainsFunc(sc.newestParts(), func(p part) bool { return p.granted }) {
		return nil, false, nil
	}
	oldest, err := sqldb.All(ctx, rd, scanID, `
select g.subject
from access_grant_v g
where g.subject_kind = 'request' and g.holder_kind = 1 and g.holder = $1 and g.why not in ('asked', 'on-behalf', 'assigned')
order by g.subject desc
limit 1 offset $2`, sc.person, grantsRead)
	if err != nil || len(oldest) == 0 {
		return nil, false, err
	}
	sc.granted = oldest[0]
	rows, err = sc.first(ctx, rd, lineColumns, scanLine, sc.newestParts(), "r.opened_at", true, after)
	if err != nil || len(rows) <= sc.limit {
		return nil, false, err
	}
	return rows, rows[sc.limit].OpenedAt.After(sqldb.IDTime(sc.granted).Add(clocksDiffer)), nil
}

// clocksDiffer is how far the clocks of the machines of one house may be apart.
const clocksDiffer = time.Hour
