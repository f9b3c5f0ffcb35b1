package review

import (
	"context"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

const planColumns = "service, revision, active, share, most, first_by, second_share, seed, by_person, at"

func scanPlan(row sqldb.Row) (p Plan, err error) {
	return p, row.Scan(&p.Service, &p.Revision, &p.Active, &p.Share, &p.Most, &p.First, &p.Second, &p.Seed, &p.By, &p.At)
}

func insertPlan(ctx context.Context, tx *sqldb.Tx, p Plan) error {
	return tx.Insert(ctx, "review_plan", planColumns, []any{p.Service, p.Revision, p.Active, p.Share, p.Most, p.First, p.Second, p.Seed, p.By, p.At})
}

// planNow is the newest revision; without any, a plan that draws nothing.
func planNow(ctx context.Context, rd sqldb.Reader, service int64) (Plan, error) {
	p, err := sqldb.One(ctx, rd, scanPlan, `
select `+planColumns+`
from review_plan
where service = $1
order by revision desc
limit 1`, service)
	return orNone(p, err, service)
}

// planAt is the revision that counted at a moment.
func planAt(ctx context.Context, rd sqldb.Reader, service int64, at time.Time) (Plan, error) {
	p, err := sqldb.One(ctx, rd, scanPlan, `
select `+planColumns+`
from review_plan
where service = $1 and at <= $2
order by revision desc
limit 1`, service, at)
	return orNone(p, err, service)
}

func orNone(p Plan, err error, service int64) (Plan, error) {
	if fault.KindOf(err) == fault.NotFound {
		return Plan{Service: service, First: ByCustomer}, nil
	}
	return p, err
}

const caseColumns = "id, request, number, service, edge, provider, customer, revision, state, first_by, asker, served_by, twice, result, in_month, accepted_at, drawn_at, lapse_at, closed_at"

func scanCase(row sqldb.Row) (c Case, err error) {
	var state, result string
	var drawn, lapse, closed int64
	err = row.Scan(&c.ID, &c.Request, &c.Number, &c.Service, &c.Edge, &c.Provider, &c.Customer, &c.Revision, &state, &c.First, &c.Asker, &c.Server,
		&c.Twice, &result, &c.Month, &c.AcceptedAt, &drawn, &lapse, &closed)
	c.State, c.Result = State(state), Verdict(result)
	c.DrawnAt, c.LapseAt, c.ClosedAt = timeOf(drawn), timeOf(lapse), timeOf(closed)
	return c, err
}

// timeOf reads a moment; 0 is none.
func timeOf(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func msOf(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// insertCase says whether the acceptance had no case yet.
func insertCase(ctx context.Context, tx *sqldb.Tx, c Case) (fresh bool, err error) {
	n, err := tx.Exec(ctx, `
insert into review_case (`+caseColumns+`)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
on conflict (request, accepted_at) do nothing`, c.ID, c.Request, c.Number, c.Service, c.Edge, c.Provider, c.Customer, c.Revision, string(c.State), c.First,
		c.Asker, c.Server, c.Twice, string(c.Result), c.Month, c.AcceptedAt, msOf(c.DrawnAt), msOf(c.LapseAt), msOf(c.ClosedAt))
	return n > 0, err
}

func updateCase(ctx context.Context, tx *sqldb.Tx, c Case) error {
	_, err := tx.Exec(ctx, `
update review_case
set state = $2, first_by = $3, asker = $4, result = $5, closed_at = $6
where id = $1`, c.ID, string(c.State), c.First, c.Asker, string(c.Result), msOf(c.ClosedAt))
	return err
}

func caseByID(ctx context.Context, rd sqldb.Reader, id ID) (Case, error) {
	return sqldb.One(ctx, rd, scanCase, `
select `+caseColumns+`
from review_case
where id = $1`, id)
}

func casesByID(ctx context.Context, rd sqldb.Reader, ids []int64) ([]Case, error) {
	return sqldb.AllQ(ctx, rd, scanCase, sqldb.Select("select "+caseColumns+"\nfrom review_case").In("id", ids))
}

// openOf are the cases of a request accepted up to a moment that wait for somebody.
func openOf(ctx context.Context, tx *sqldb.Tx, request int64, at time.Time) ([]Case, error) {
	return sqldb.All(ctx, tx, scanCase, `
select `+caseColumns+`
from review_case
where request = $1 and accepted_at <= $2 and state in ('open', 'split')
limit 100`, request, at)
}

// drawnIn counts what was drawn of a service in a month.
func drawnIn(ctx context.Context, tx *sqldb.Tx, service int64, month int) (int, error) {
	return sqldb.Value[int](ctx, tx, `
select count(*)
from review_case
where service = $1 and in_month = $2 and state not in ('passed', 'over')`, service, month)
}

func lapsing(ctx context.Context, rd sqldb.Reader, now time.Time, limit int) ([]ID, error) {
	return sqldb.All(ctx, rd, scanID, `
select id
from review_case
where state = 'open' and lapse_at <= $1
order by lapse_at, id
limit $2`, now, limit)
}

func scanID(row sqldb.Row) (id ID, err error) { return id, row.Scan(&id) }

func insertJudgement(ctx context.Context, tx *sqldb.Tx, j Judgement) error {
	return tx.Insert(ctx, "review_judgement", "review, place, person, verdict, word, shared, at",
		[]any{j.Case, j.Place, j.Person, string(j.Verdict), j.Word, j.Share, j.At})
}

func scanJudgement(row sqldb.Row) (j Judgement, err error) {
	var verdict string
	err = row.Scan(&j.Case, &j.Place, &j.Person, &verdict, &j.Word, &j.Share, &j.At)
	j.Verdict = Verdict(verdict)
	return j, err
}

func judgementsOf(ctx context.Context, rd sqldb.Reader, ids ...ID) ([]Judgement, error) {
	return sqldb.AllQ(ctx, rd, scanJudgement, sqldb.Select("select review, place, person, verdict, word, shared, at\nfrom review_judgement").
		In("review", ids).OrderBy("review, place"))
}
