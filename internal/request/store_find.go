package request

import (
	"context"
	"strings"
	"time"

	"neike/internal/kit/sqldb"
)

func requestsByID(ctx context.Context, rd sqldb.Reader, ids []int64) ([]Request, error) {
	return sqldb.AllQ(ctx, rd, scanRequest, sqldb.Select("select "+allOfRequest+"\nfrom request").In("id", ids))
}

// findableByID reads of requests what they are found by.
func findableByID(ctx context.Context, rd sqldb.Reader, ids []int64) ([]Request, error) {
	return sqldb.AllQ(ctx, rd, func(row sqldb.Row) (r Request, err error) {
		err = row.Scan(&r.ID, &r.Number, &r.Title, &r.External, &r.Provider, &r.Customer, &r.Service, &r.ServiceVersion, &r.Fields, &r.OpenedAt)
		return r, err
	}, sqldb.Select("select "+sqldb.Pack("id, number, title, external, provider, customer, service, service_version, fields, opened_at")+"\nfrom request").In("id", ids))
}

// linesByID reads those of the requests that the eye of sc sees, in no order.
func linesByID(ctx context.Context, rd sqldb.Reader, sc scope, ids []int64) ([]Line, error) {
	return sqldb.AllQ(ctx, rd, scanLine, sc.visible(sqldb.Select("select "+lineColumns+"\nfrom request r").In("r.id", ids), false))
}

// doneInPlaceOf lists what deputies did in a person's place, the newest first.
func doneInPlaceOf(ctx context.Context, rd sqldb.Reader, person int64, from, until time.Time, limit int) ([]doneFor, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (doneFor, error) {
		var d doneFor
		var kind string
		err := row.Scan(&d.Request, &d.N, &d.At, &kind, &d.Actor, &d.Unit, &d.Person, &d.For, &d.Why, &d.number, &d.title)
		d.Kind = Verb(kind)
		return d, err
	}, `
select e.request, e.n, e.at, e.kind, e.actor, e.unit, e.person, e.behalf, e.why, r.number, r.title
from request_event e
join request r on r.id = e.request
where e.behalf = $1 and e.at >= $2 and e.at < $3
order by e.at desc, e.request, e.n desc
limit $4`, person, from, until, limit)
}

// linesByNumber reads those of the requests that the eye of sc sees, in the order of their numbers.
func linesByNumber(ctx context.Context, rd sqldb.Reader, sc scope, numbers []int64) ([]Line, error) {
	return sqldb.AllQ(ctx, rd, scanLine, sc.visible(sqldb.Select("select "+lineColumns+"\nfrom request r").In("r.number", numbers), false).OrderBy("r.number").Limit(maxBulk))
}

var likeEscape = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

func likeText(q string) string { return likeEscape.Replace(strings.ToLower(q)) }
