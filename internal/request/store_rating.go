package request

import (
	"context"

	"neike/internal/disclose"
	"neike/internal/kit/sqldb"
)

// Ratings is the source of ratings of requests: confidential ones, and what was written down for somebody who has not confirmed it, never enter.
var Ratings = disclose.Source{Name: "request", Waiting: waitingRatings, Mark: markRatings, Marked: markedRatings}

func waitingRatings(ctx context.Context, rd sqldb.Reader) ([]disclose.Rating, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (disclose.Rating, error) {
		r := disclose.Rating{Source: "request"}
		return r, row.Scan(&r.Case, &r.Rater, &r.Provider, &r.Customer, &r.Score, &r.At)
	}, `
select g.request, g.person, e.provider, e.customer, g.score, g.at
from rating g
join request r on r.id = g.request
join edge_v e on e.id = r.edge
where g.released = false and r.confidential = false and (r.logged_by is null or r.confirmed_at is not null)`)
}

func markRatings(ctx context.Context, tx *sqldb.Tx, list []disclose.Rating) (marked int64, err error) {
	for _, r := range list {
		n, err := tx.Exec(ctx, `
update rating
set released = true
where request = $1 and person = $2 and released = false`, r.Case, r.Rater)
		if err != nil {
			return marked, err
		}
		marked += n
	}
	return marked, nil
}

func markedRatings(ctx context.Context, rd sqldb.Reader) (int64, error) {
	return sqldb.Value[int64](ctx, rd, "select count(*) from rating where released = true")
}
