package delivery

import (
	"context"

	"neike/internal/disclose"
	"neike/internal/kit/sqldb"
)

// Ratings is the source of ratings of deliveries.
var Ratings = disclose.Source{Name: "delivery", Waiting: waitingRatings, Mark: markRatings, Marked: markedRatings}

func waitingRatings(ctx context.Context, rd sqldb.Reader) ([]disclose.Rating, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (disclose.Rating, error) {
		r := disclose.Rating{Source: "delivery"}
		return r, row.Scan(&r.Case, &r.Rater, &r.Provider, &r.Customer, &r.Score, &r.At)
	}, `
select g.delivery, g.person, e.provider, e.customer, g.score, g.at
from delivery_rating g
join delivery d on d.id = g.delivery
join edge_v e on e.id = d.edge
where g.released = false`)
}

func markRatings(ctx context.Context, tx *sqldb.Tx, list []disclose.Rating) (marked int64, err error) {
	for _, r := range list {
		n, err := tx.Exec(ctx, `
update delivery_rating
set released = true
where delivery = $1 and person = $2 and released = false`, r.Case, r.Rater)
		if err != nil {
			return marked, err
		}
		marked += n
	}
	return marked, nil
}

func markedRatings(ctx context.Context, rd sqldb.Reader) (int64, error) {
	return sqldb.Value[int64](ctx, rd, "select count(*) from delivery_rating where released = true")
}
