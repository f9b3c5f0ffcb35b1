package request

import (
	"context"
	"time"

	"neike/internal/clock"
	"neike/internal/kit/sqldb"
)

func scanID(row sqldb.Row) (int64, error) {
	var id int64
	err := row.Scan(&id)
	return id, err
}

func idsAfter(ctx context.Context, rd sqldb.Reader, after int64, limit int) ([]int64, error) {
	return sqldb.All(ctx, rd, scanID, `
select id
from request
where id > $1
order by id
limit $2`, after, limit)
}

func openAfter(ctx context.Context, rd sqldb.Reader, after int64, limit int) ([]int64, error) {
	return sqldb.All(ctx, rd, scanID, `
select id
from request
where id > $1 and closed_at is null
order by id
limit $2`, after, limit)
}

// markColumns are what a clock reads of an event.
const markColumns = `request, n, at, kind, side, unit, calendar, calendar_version, response_value, response_unit, completion_value, completion_unit, due_to, other, why,
response_calendar, response_version, completion_calendar, completion_version, clock, next_value, next_unit, message`

func scanMark(row sqldb.Row) (Event, error) {
	var e Event
	var kind, side string
	err := row.Scan(&e.Request, &e.N, &e.At, &kind, &side, &e.Unit, &e.Terms.Calendar, &e.Terms.Version, &e.Terms.Response.Value,
		&e.Terms.Response.Unit, &e.Terms.Completion.Value, &e.Terms.Completion.Unit, &e.DueTo, &e.Other, &e.Why,
		&e.Terms.ResponseIn.Calendar, &e.Terms.ResponseIn.Version, &e.Terms.CompletionIn.Calendar, &e.Terms.CompletionIn.Version, &e.Clock,
		&e.Terms.Next.Value, &e.Terms.Next.Unit, &e.Message)
	e.Kind, e.Side = Verb(kind), Side(side)
	return e, err
}

// collect turns events in the order of (request, n) into one history per id.
func collect(ids []int64, marks func([]Event) []clock.Mark, events func(fn func(Event)) error) ([]clock.History, error) {
	out := make([]clock.History, 0, len(ids))
	var log []Event
	flush := func() {
		if len(log) > 0 {
			out = append(out, clock.History{Subject: log[0].Request, Marks: marks(log)})
			log = log[:0]
		}
	}
	err := events(func(e Event) {
		if len(log) > 0 && log[0].Request != e.Request {
			flush()
		}
		log = append(log, e)
	})
	flush()
	return out, err
}

// historiesBetween reads one range of the log, in its own order: ids are all requests of that range.
func historiesBetween(ctx context.Context, rd sqldb.Reader, ids []int64) ([]clock.History, error) {
	return collect(ids, marks, func(fn func(Event)) error {
		return sqldb.Each(ctx, rd, func(row sqldb.Row) error {
			e, err := scanMark(row)
			fn(e)
			return err
		}, `
select `+sqldb.Pack(markColumns)+`
from request_event
where request >= $1 and request <= $2 and kind not in ('take', 'assign', 'note', 'rate', 'name', 'due',
	'split', 'part', 'part-again', 'take-in', 'let-go')
order by request, n`, ids[0], ids[len(ids)-1])
	})
}

func historiesIn(ctx context.Context, rd sqldb.Reader, ids []int64, marks func([]Event) []clock.Mark) ([]clock.History, error) {
	return collect(ids, marks, func(fn func(Event)) error {
		text, args := sqldb.Select("select "+sqldb.Pack(markColumns)+"\nfrom request_event").In("request", ids).OrderBy("request, n").SQL()
		return sqldb.Each(ctx, rd, func(row sqldb.Row) error {
			e, err := scanMark(row)
			fn(e)
			return err
		}, text, args...)
	})
}

// markBreached notes on its request what the breach of a clock counts as, once. It gives the request's edge.
func markBreached(ctx context.Context, tx *sqldb.Tx, e clock.WasBreached, as Outcome) (edge int64, changed bool, err error) {
	text := `
update request
set completion_is = $3, due = $2
where id = $1 and completion_is = ''
returning edge`
	if e.Kind == clock.FirstResponse {
		text = `
update request
set response_is = $3, response_due = $2
where id = $1 and response_is = ''
returning edge`
	}
	edge, err = sqldb.Value[int64](ctx, tx, text, e.Subject.ID, e.DueAt, string(as))
	return edge, edge != 0, err
}

// eachDeadline reads of requests what a list of deadlines shows.
func eachDeadline(ctx context.Context, rd sqldb.Reader, ids []int64, fn func(Request)) error {
	text, args := sqldb.Select("select id, number, service, unit, confidential from request").In("id", ids).SQL()
	return sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var r Request
		err := row.Scan(&r.ID, &r.Number, &r.Service, &r.Unit, &r.Confidential)
		fn(r)
		return err
	}, text, args...)
}

// late is what a clock past its due time counts as: one that a change of calendar or target made late is left out, and one
// of a request that nobody confirmed.
func late(out bool) Outcome {
	if out {
		return Excluded
	}
	return Breached
}

type pair struct{ provider, customer int64 }

func edgesByID(ctx context.Context, rd sqldb.Reader) (map[int64]pair, error) {
	edges := map[int64]pair{}
	err := sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var id int64
		var p pair
		err := row.Scan(&id, &p.provider, &p.customer)
		edges[id] = p
		return err
	}, `select id, provider, customer from edge_v`)
	return edges, err
}

// nearby are the requests of which something may have counted in [from, to): opened or due then, or open at some time in it. nil: all.
type nearby struct {
	from, to time.Time
	services []int64 // all there are: what is due is found by service
}

// joined narrows a statement that reads of request r to those.
func (n *nearby) joined() (text string, args []any) {
	if n == nil {
		return "", nil
	}
	all := numbersFor(n.services)
	return `
join (
	select id from request where opened_at >= $1 and opened_at < $2
	union select id from request where service in (` + all + `) and due >= $1 and due < $2
	union select id from request where service in (` + all + `) and opened_at < $2 and response_due >= $1 and response_due < $2
	union select id from request where closed_at >= $1 and opened_at < $2
	union select id from request where closed_at is null and opened_at < $2) near on near.id = r.id`, []any{n.from, n.to}
}

// eachCounted reads of requests what their tallies come from.
func eachCounted(ctx context.Context, rd sqldb.Reader, near *nearby, fn func(Request) error) error {
	narrow, args := near.joined()
	return sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var r Request
		var response, completion, state string
		if err := row.Scan(&r.ID, &r.Edge, &r.OpenedAt, &r.Due, &completion, &r.ResponseDue, &response, &state, &r.DoneAt, &r.Duplicate, &r.Hops, &r.PausedTook, &r.CompletionTook); err != nil {
			return err
		}
		r.State, r.CompletionIs, r.ResponseIs = State(state), Outcome(completion), Outcome(response)
		return fn(r)
	}, `
select `+sqldb.Pack("r.id, r.edge, r.opened_at, r.due, r.completion_is, r.response_due, r.response_is, r.state, r.done_at, r.duplicate, r.hops, r.paused_took, r.completion_took")+`
from request r`+narrow, args...)
}

// eachHappened reads the events of requests that count in tallies: with the customer of its request, the unit that held it before
// the event, and how often it had been returned and reopened by the end.
func eachHappened(ctx context.Context, rd sqldb.Reader, near *nearby, fn func(customer, unit int64, r Request, e Event) error) error {
	narrow, args := near.joined()
	if near != nil {
		args, narrow = append(args, near.from, near.to), narrow+" and e.at >= $3 and e.at < $4"
	}
	return sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var e Event
		var kind string
		var customer, unit int64
		var r Request
		if err := row.Scan(&e.Request, &e.At, &kind, &e.Other, &e.Code, &unit, &customer, &r.Returns, &r.Reopens); err != nil {
			return err
		}
		e.Kind = Verb(kind)
		return fn(customer, unit, r, e)
	}, `
select e.request, e.at, e.kind, e.other, e.code,
	case when e.kind in ('decline', 'hand-over') then (
		select p.unit
		from request_event p
		where p.request = e.request and p.n = e.n - 1) else r.provider end,
	r.customer, r.returns, r.reopens
from request_event e
join request r on r.id = e.request`+narrow+`
where e.kind in ('deliver', 'accept', 'return', 'decline', 'hand-over', 'withdraw', 'cancel', 'disown')
	or e.kind = 'reopen' and e.code = 'apart' or e.kind = 'unmerge' and e.code = 'delivered'`, args...)
}

// rowsAfter reads of requests what follows from their log, and what that takes.
func rowsAfter(ctx context.Context, rd sqldb.Reader, after int64, limit int) ([]Request, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (Request, error) {
		var r Request
		var state, response, completion, original string
		err := row.Scan(&r.ID, &r.Number, &r.Service, &r.AskedBy, &r.For, &r.LoggedBy, &state, &r.Unit, &r.Assignee, &r.Events, &r.Hops, &r.Returns, &r.Nudges, &r.Rated,
			&r.OpenedAt, &r.TakenAt, &r.DeliveredAt, &r.DoneAt, &r.ClosedAt, &r.LastAt, &r.ConfirmedAt,
			&r.Proposed, &r.Agreed, &r.Reopens, &r.Recurs, &r.Silent, &r.Contest,
			&r.RespondedAt, &r.ResponseDue, &r.Due, &r.NextDue, &r.ReplySince, &r.ReplyDue,
			&response, &completion, &r.ResponseTook, &r.CompletionTook, &r.PausedTook, &r.OriginalDue, &original,
			&r.Provider, &r.HandOvers, &r.CameBack, &r.Passes, &r.Parent, &r.Parts, &r.PartsOpen, &r.MergedInto, &r.Duplicate, &r.Stage)
		r.State, r.ResponseIs, r.CompletionIs, r.OriginalIs = State(state), Outcome(response), Outcome(completion), Outcome(original)
		return r, err
	}, `
select `+sqldb.Pack(`id, number, service, asked_by, for_person, logged_by, state, unit, assignee, events, hops, returns, nudges, rated, opened_at, taken_at, delivered_at,
	done_at, closed_at, last_at, confirmed_at,
	proposed_due, agreed, reopens, recurs, silent, contest,
	responded_at, response_due, due, next_due, reply_since, reply_due,
	response_is, completion_is, response_took, completion_took, paused_took, original_due, original_is,
	provider, hand_overs, came_back, passes, parent, parts, parts_open, merged_into, duplicate, stage`)+`
from request
where id > $1
order by id
limit $2`, after, limit)
}

// beginsAnew writes what of a request is its log's first word, and when its customer confirmed it: no verb changes that.
func beginsAnew(ctx context.Context, tx *sqldb.Tx, r Request) error {
	_, err := tx.Exec(ctx, `
update request
set opened_at = $2, parent = $3, confirmed_at = $4
where id = $1`, r.ID, r.OpenedAt, nobody(r.Parent), r.ConfirmedAt)
	return err
}

// logsBetween reads one range of the log: what a fold needs of each event.
func logsBetween(ctx context.Context, rd sqldb.Reader, first, last int64) (map[int64][]Event, error) {
	logs := map[int64][]Event{}
	err := sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var e Event
		var kind, side string
		err := row.Scan(&e.Request, &e.N, &e.At, &kind, &side, &e.Actor, &e.Unit, &e.Person, &e.DueTo, &e.Other, &e.Code)
		e.Kind, e.Side = Verb(kind), Side(side)
		logs[e.Request] = append(logs[e.Request], e)
		return err
	}, `
select request, n, at, kind, side, actor, unit, person, due_to, other, code
from request_event
where request >= $1 and request <= $2
order by request, n`, first, last)
	return logs, err
}
