package request

import (
	"context"
	"strings"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// stripes is over how many rows a count of work in hand is spread where several write at once.
const stripes = 8

// addHands changes the work in hand with a request.
func addHands(ctx context.Context, tx *sqldb.Tx, id ID, list []inHand) error {
	stripe := id % stripes
	if tx.Engine() == sqldb.SQLite { // one writer: nobody to keep waiting, and fewer pages
		stripe = 0
	}
	rows := make([][]any, len(list))
	for i, h := range list {
		rows[i] = []any{h.kind, h.subject, stripe, h.fresh, h.taken}
	}
	return tx.Upsert(ctx, "request_load", "kind, subject, stripe, fresh, taken", `
on conflict (kind, subject, stripe) do update
set fresh = request_load.fresh + excluded.fresh, taken = request_load.taken + excluded.taken`, nil, rows...)
}

// addTook changes how long a service takes.
func addTook(ctx context.Context, tx *sqldb.Tx, list []tookCount) error {
	for _, c := range list {
		if _, err := tx.Exec(ctx, `
insert into request_took (service, week, took, n)
values ($1, $2, $3, $4)
on conflict (service, week, took) do update
set n = request_took.n + excluded.n`, c.service, c.week, c.took, c.n); err != nil {
			return err
		}
	}
	return nil
}

// inHandOf is the work in hand of services, or of units, by id.
func inHandOf(ctx context.Context, rd sqldb.Reader, kind int64, subjects []int64) (map[int64]inHand, error) {
	out := make(map[int64]inHand, len(subjects))
	if len(subjects) == 0 {
		return out, nil
	}
	rows, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (h inHand, err error) {
		h.kind = kind
		return h, row.Scan(&h.subject, &h.fresh, &h.taken)
	}, sqldb.Select("select subject, sum(fresh), sum(taken)\nfrom request_load").Where("kind = ?", kind).In("subject", subjects).GroupBy("subject"))
	for _, h := range rows {
		out[h.subject] = h
	}
	return out, err
}

// tooksOf is how long services took in weeks from one on, the shortest first.
func tooksOf(ctx context.Context, rd sqldb.Reader, services []int64, week int64) (map[int64][]tookCount, error) {
	out := make(map[int64][]tookCount, len(services))
	rows, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (c tookCount, err error) {
		return c, row.Scan(&c.service, &c.took, &c.n)
	}, sqldb.Select("select service, took, sum(n)\nfrom request_took").Where("week >= ?", week).In("service", services).GroupBy("service, took").OrderBy("service, took"))
	for _, c := range rows {
		out[c.service] = append(out[c.service], c)
	}
	return out, err
}

// lineMost is where counting a line ends.
const lineMost = 1000

// beforeInLine is how many requests that nobody has taken were asked of the service, or of the unit, before this one; up to
// lineMost.
func beforeInLine(ctx context.Context, rd sqldb.Reader, kind, subject, number int64) (int, error) {
	return sqldb.Value[int](ctx, rd, lineText(kind), subject, number, lineMost)
}

func lineText(kind int64) string {
	of := "service"
	if kind == handsOfUnit {
		of = "unit"
	}
	return `
select count(*)
from (
	select number
	from request
	where ` + of + ` = $1 and closed_at is null and state = 'new' and number < $2
	limit $3) before`
}

// passGate lets one transaction after the other through the gate of a service, unit or person.
func passGate(ctx context.Context, tx *sqldb.Tx, id int64) error {
	_, err := tx.Exec(ctx, `
insert into request_gate (id, passed)
values ($1, 1)
on conflict (id) do update
set passed = request_gate.passed + 1`, id)
	return err
}

// limitsOf is what a unit says of the work in its hands; none of a unit that has said nothing.
func limitsOf(ctx context.Context, rd sqldb.Reader, unit int64) (Limits, error) {
	l, err := sqldb.One(ctx, rd, func(row sqldb.Row) (l Limits, err error) {
		return l, row.Scan(&l.Work, &l.WhenFull, &l.Hands, &l.Beyond, &l.Revision)
	}, `
select work, when_full, hands, beyond, revision
from request_limit
where unit = $1`, unit)
	if err != nil && fault.KindOf(err) == fault.NotFound {
		return Limits{WhenFull: "line", Beyond: BeyondWarn}, nil
	}
	return l, err
}

// limitsOfUnits is limitsOf of several units.
func limitsOfUnits(ctx context.Context, rd sqldb.Reader, units []int64) (map[int64]Limits, error) {
	out := make(map[int64]Limits, len(units))
	if len(units) == 0 {
		return out, nil
	}
	_, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (unit int64, err error) {
		var l Limits
		err = row.Scan(&unit, &l.Work, &l.WhenFull, &l.Hands, &l.Beyond, &l.Revision)
		out[unit] = l
		return unit, err
	}, sqldb.Select("select unit, work, when_full, hands, beyond, revision\nfrom request_limit").In("unit", units))
	return out, err
}

// saveLimits writes what a unit says of the work in its hands.
func saveLimits(ctx context.Context, tx *sqldb.Tx, unit int64, l Limits) error {
	_, err := tx.Exec(ctx, `
insert into request_limit (unit, work, when_full, hands, beyond, revision)
values ($1, $2, $3, $4, $5, $6)
on conflict (unit) do update
set work = excluded.work, when_full = excluded.when_full, hands = excluded.hands, beyond = excluded.beyond, revision = excluded.revision`,
		unit, l.Work, string(l.WhenFull), l.Hands, l.Beyond, l.Revision)
	return err
}

// handsOfPeople is how many requests of a unit each person has in hand: what is not delivered and goes along with no other.
func handsOfPeople(ctx context.Context, rd sqldb.Reader, unit int64, people []int64) (map[int64]int, error) {
	return handsIn(ctx, rd, unit, people, handsQuery)
}

// handsTold is up to how many requests in hand a choice of colleagues counts.
const handsTold = 30

// handsUpTo is handsOfPeople where more than handsTold are not counted: those have handsTold + 1.
func handsUpTo(ctx context.Context, rd sqldb.Reader, unit int64, people []int64) (map[int64]int, error) {
	return handsIn(ctx, rd, unit, people, handsUpToQuery)
}

func handsIn(ctx context.Context, rd sqldb.Reader, unit int64, people []int64, query func(unit int64, people []int64) *sqldb.Query) (map[int64]int, error) {
	out := make(map[int64]int, len(people))
	if len(people) == 0 {
		return out, nil
	}
	_, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (person int64, err error) {
		var n int
		err = row.Scan(&person, &n)
		out[person] = n
		return person, err
	}, query(unit, people))
	return out, err
}

const handsCond = "r.closed_at is null and r.unit = ? and r.state in ('working', 'waiting')"

func handsQuery(unit int64, people []int64) *sqldb.Query {
	return sqldb.Select("select assignee, count(*)\nfrom request r").In("assignee", people).Where(handsCond, unit).Where(notAlong).GroupBy("assignee")
}

func handsUpToQuery(unit int64, people []int64) *sqldb.Query {
	count := "(\nselect count(*)\nfrom (\nselect 1\nfrom request r\nwhere r.assignee = p.person and " + handsCond + " and " + notAlong + "\nlimit ?) as few)"
	var args []any
	var list []string
	for _, id := range people {
		list, args = append(list, "select cast(? as bigint) as person"), append(args, id)
	}
	return sqldb.Select("select p.person, "+count+"\nfrom (\n"+strings.Join(list, " union all ")+") as p", append([]any{unit, handsTold + 1}, args...)...)
}

// countedHands counts the work in hand from the requests themselves; countedTook how long their services took.
func countedHands(ctx context.Context, rd sqldb.Reader) ([]inHand, error) {
	var out []inHand
	for _, of := range []struct {
		kind   int64
		column string
	}{{handsOfService, "service"}, {handsOfUnit, "unit"}} {
		rows, err := sqldb.All(ctx, rd, func(row sqldb.Row) (h inHand, err error) {
			h.kind = of.kind
			return h, row.Scan(&h.subject, &h.fresh, &h.taken)
		}, `
select `+of.column+`, sum(case when state = 'new' then 1 else 0 end), sum(case when state = 'new' then 0 else 1 end)
from request r
where closed_at is null and state <> 'delivered' and `+notAlong+`
group by `+of.column+`
order by 1`)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

// keptHands is the work in hand as it is kept.
func keptHands(ctx context.Context, rd sqldb.Reader) ([]inHand, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (h inHand, err error) {
		return h, row.Scan(&h.kind, &h.subject, &h.fresh, &h.taken)
	}, `
select kind, subject, sum(fresh), sum(taken)
from request_load
group by kind, subject
having sum(fresh) <> 0 or sum(taken) <> 0
order by kind, subject`)
}

// countedTook counts how long services took from the requests that were done from a moment on.
func countedTook(ctx context.Context, rd sqldb.Reader, from time.Time) ([]tookCount, error) {
	var out []tookCount
	at := map[tookCount]int{}
	_, err := sqldb.All(ctx, rd, func(row sqldb.Row) (struct{}, error) {
		r := Request{State: StateDone}
		err := row.Scan(&r.Service, &r.DoneAt, &r.CompletionTook, &r.Duplicate)
		if c, ok := tookOf(r); ok {
			key := c
			if i, known := at[key]; known {
				out[i].n++
			} else {
				at[key] = len(out)
				out = append(out, c)
			}
		}
		return struct{}{}, err
	}, `
select service, done_at, completion_took, duplicate
from request
where state = 'done' and done_at >= $1`, from)
	return out, err
}

// keptTook is how long services took as it is kept, from a week on.
func keptTook(ctx context.Context, rd sqldb.Reader, week int64) ([]tookCount, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (c tookCount, err error) {
		return c, row.Scan(&c.service, &c.week, &c.took, &c.n)
	}, `
select service, week, took, n
from request_took
where week >= $1 and n <> 0`, week)
}

// forgetLoad empties what is kept: hands, and how long services took from a week on.
func forgetLoad(ctx context.Context, tx *sqldb.Tx, week int64) error {
	if _, err := tx.Exec(ctx, "delete from request_load"); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "delete from request_took\nwhere week >= $1", week)
	return err
}
