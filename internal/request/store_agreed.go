package request

import (
	"context"

	"neike/internal/kit/sqldb"
)

// wordsBetween are the deeds of requests between units that were open at some time of the span, by request and in their order.
func wordsBetween(ctx context.Context, rd sqldb.Reader, providers, customers []int64, span Span) ([]betweenRow, error) {
	return sqldb.AllQ(ctx, rd, func(row sqldb.Row) (r betweenRow, err error) {
		var verb string
		err = row.Scan(&r.request, &r.at, &verb)
		r.verb = Verb(verb)
		return r, err
	}, sqldb.Select("select r.id, e.at, e.kind\nfrom request r\njoin request_event e on e.request = r.id").
		In("r.customer", customers).In(sqldb.Aside("r.provider"), providers).
		Where("r.opened_at < ?", span.To).Where("(r.closed_at is null or r.closed_at >= ?)", span.From).
		Where("r.duplicate = false").
		In("e.kind", []string{string(VerbOpen), string(VerbAsk), string(VerbAnswer), string(VerbDeliver), string(VerbAccept), string(VerbReturn), string(VerbWithdraw), string(VerbCancel)}).
		OrderBy("r.id, e.n"))
}

// servedTo counts what customers asked of a service and was due in the span, as attainedBy does.
func servedTo(ctx context.Context, rd sqldb.Reader, service int64, customers []int64, span Span) (Attainment, error) {
	return sqldb.OneQ(ctx, rd, func(row sqldb.Row) (a Attainment, err error) {
		return a, row.Scan(&a.Met, &a.Breached, &a.Pending, &a.Excluded)
	}, sqldb.Select(`select cast(coalesce(sum(case when completion_is = 'met' then 1 else 0 end), 0) as bigint),
	cast(coalesce(sum(case when completion_is = 'breached' or completion_is = '' and state in ('new', 'working') and due < ? then 1 else 0 end), 0) as bigint),
	cast(coalesce(sum(case when completion_is = '' and not (state in ('new', 'working') and due < ?) then 1 else 0 end), 0) as bigint),
	cast(coalesce(sum(case when completion_is = 'excluded' then 1 else 0 end), 0) as bigint)
from request`, rd.Instant(), rd.Instant()).
		Where("service = ?", service).Where("due >= ?", span.From).Where("due < ?", span.To).In(sqldb.Aside("customer"), customers))
}

// dueBetween are the newest requests of a service for customers that were due in the span, and how many there are.
func dueBetween(ctx context.Context, rd sqldb.Reader, service int64, customers []int64, span Span, limit int) ([]trialRow, int64, error) {
	where := func(q *sqldb.Query) *sqldb.Query {
		return q.Where("service = ?", service).Where("due >= ?", span.From).Where("due < ?", span.To).In(sqldb.Aside("customer"), customers)
	}
	n, err := sqldb.OneQ(ctx, rd, scanID, where(sqldb.Select("select count(*)\nfrom request")))
	if err != nil || n == 0 {
		return nil, n, err
	}
	rows, err := sqldb.AllQ(ctx, rd, scanTrialRow, where(sqldb.Select("select id, number, customer, coalesce(priority, ''), due, duplicate\nfrom request")).
		OrderBy("due desc, id desc").Limit(limit))
	return rows, n, err
}
