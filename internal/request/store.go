package request

import (
	"context"
	"fmt"
	"strings"

	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

const requestColumns = `id, number, service, service_version, edge, provider, customer, unit, asked_by, for_person, title, fields,
confidential, state, assignee, opened_at, responded_at, taken_at, delivered_at, done_at, closed_at, last_at, response_due, due, next_due, response_is, completion_is, response_took, completion_took,
events, hops, returns,
nudges, nudged_at, rated, imported, external, logged_by, via`

// promiseColumns are what becomes of a request's promises about time; a new request has none of it.
const promiseColumns = `proposed_due, agreed, original_due, original_is, reopens, recurs, again_of, silent, accept_by, accept_tell, paused_took, contest, priority,
confirmed_at, reply_since, reply_due`

// handColumns are what comes of a request that goes through several hands.
const handColumns = `hand_overs, came_back, passes, parent, depth, parts, parts_open, merged_into, duplicate, wished, stage, ` + placeColumns

// allOfRequest is what scanRequest reads.
var allOfRequest = sqldb.Pack(requestColumns + ", " + promiseColumns + ", " + handColumns)

func scanRequest(row sqldb.Row) (Request, error) {
	var r Request
	var state, response, completion, original string
	err := row.Scan(&r.ID, &r.Number, &r.Service, &r.ServiceVersion, &r.Edge, &r.Provider, &r.Customer, &r.Unit, &r.AskedBy,
		&r.For, &r.Title, &r.Fields, &r.Confidential, &state, &r.Assignee, &r.OpenedAt, &r.RespondedAt, &r.TakenAt, &r.DeliveredAt, &r.DoneAt,
		&r.ClosedAt, &r.LastAt, &r.ResponseDue, &r.Due, &r.NextDue, &response, &completion, &r.ResponseTook, &r.CompletionTook, &r.Events, &r.Hops, &r.Returns, &r.Nudges, &r.NudgedAt,
		&r.Rated, &r.Imported, &r.External, &r.LoggedBy, &r.Via,
		&r.Proposed, &r.Agreed, &r.OriginalDue, &original, &r.Reopens, &r.Recurs, &r.AgainOf, &r.Silent, &r.AcceptBy, &r.AcceptTell, &r.PausedTook, &r.Contest, &r.Priority, &r.ConfirmedAt, &r.ReplySince, &r.ReplyDue,
		&r.HandOvers, &r.CameBack, &r.Passes, &r.Parent, &r.Depth, &r.Parts, &r.PartsOpen, &r.MergedInto, &r.Duplicate, &r.Wished, &r.Stage,
		&r.Place.ID, &r.Place.Code, &r.Place.Name.Zh, &r.Place.Name.En)
	r.State, r.ResponseIs, r.CompletionIs, r.OriginalIs = State(state), Outcome(response), Outcome(completion), Outcome(original)
	return r, err
}

// nobody turns the zero id into null.
func nobody(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

func nothing(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// seconds is the work on a form as it is kept; nil: nobody measured it.
func (x *stint) seconds() any {
	if x == nil {
		return nil
	}
	return int64(x.took.Seconds())
}

func insertRequest(ctx context.Context, tx *sqldb.Tx, r Request) error {
	return tx.Insert(ctx, "request", requestColumns+", again_of, priority, parent, depth, hand_overs, came_back, passes, wished, door, raise_took, raise_left, "+placeColumns, []any{
		r.ID, r.Number, r.Service, r.ServiceVersion, r.Edge, r.Provider, r.Customer, r.Unit, r.AskedBy,
		nobody(r.For), r.Title, r.Fields, r.Confidential, string(r.State), nobody(r.Assignee), r.OpenedAt, r.RespondedAt, r.TakenAt,
		r.DeliveredAt, r.DoneAt, r.ClosedAt, r.LastAt, r.ResponseDue, r.Due, r.NextDue,
		string(r.ResponseIs), string(r.CompletionIs), r.ResponseTook, r.CompletionTook, r.Events, r.Hops, r.Returns,
		r.Nudges, r.NudgedAt, r.Rated, r.Imported, nothing(r.External), nobody(r.LoggedBy), nothing(r.Via), nobody(r.AgainOf), r.Priority,
		nobody(r.Parent), r.Depth, r.HandOvers, r.CameBack, r.Passes, r.Wished, r.door, r.raised.seconds(), r.raised != nil && r.raised.left,
		nobody(r.Place.ID), nothing(r.Place.Code), nothing(r.Place.Name.Zh), nothing(r.Place.Name.En),
	})
}

// updateRequest writes what a verb can change.
func updateRequest(ctx context.Context, tx *sqldb.Tx, r Request) error {
	n, err := tx.Exec(ctx, `
update request
set edge = $2, provider = $3, unit = $4, fields = $5, state = $6, assignee = $7, responded_at = $8, taken_at = $9,
	delivered_at = $10, done_at = $11, closed_at = $12, last_at = $13, response_due = $14, due = $15, next_due = $16,
	response_is = $17, completion_is = $18, events = $19, hops = $20, returns = $21, nudges = $22, nudged_at = $23, rated = $24,
	response_took = $25, completion_took = $26, proposed_due = $27, agreed = $28, original_due = $29, original_is = $30,
	reopens = $31, recurs = $32, silent = $33, accept_by = $34, accept_tell = $35, paused_took = $36, contest = $37, priority = $38,
	hand_overs = $39, came_back = $40, passes = $41, parts = $42, parts_open = $43, merged_into = $44, stage = $45, reply_since = $46, reply_due = $47, duplicate = $48
where id = $1`,
		r.ID, r.Edge, r.Provider, r.Unit, r.Fields, string(r.State), nobody(r.Assignee), r.RespondedAt, r.TakenAt,
		r.DeliveredAt, r.DoneAt, r.ClosedAt, r.LastAt, r.ResponseDue, r.Due, r.NextDue,
		string(r.ResponseIs), string(r.CompletionIs), r.Events, r.Hops, r.Returns, r.Nudges, r.NudgedAt, r.Rated, r.ResponseTook, r.CompletionTook,
		r.Proposed, r.Agreed, r.OriginalDue, string(r.OriginalIs), r.Reopens, r.Recurs, r.Silent, r.AcceptBy, r.AcceptTell, r.PausedTook, r.Contest, r.Priority,
		r.HandOvers, r.CameBack, r.Passes, r.Parts, r.PartsOpen, nobody(r.MergedInto), r.Stage, r.ReplySince, r.ReplyDue, r.Duplicate)
	if err == nil && n != 1 {
		err = fmt.Errorf("update request %d: %d rows", r.ID, n)
	}
	return err
}

// confirmedAt notes when the customer confirmed what an agent wrote down.
func confirmedAt(ctx context.Context, tx *sqldb.Tx, r Request) error {
	_, err := tx.Exec(ctx, `
update request
set confirmed_at = $2
where id = $1`, r.ID, r.ConfirmedAt)
	return err
}

// nextNumber takes the next number for people.
func nextNumber(ctx context.Context, tx *sqldb.Tx) (int64, error) {
	return tx.NextOf(ctx, "request_number", "request")
}

func byNumber(ctx context.Context, rd sqldb.Reader, number int64) (Request, error) {
	return sqldb.One(ctx, rd, scanRequest, `
select `+allOfRequest+`
from request
where number = $1`, number)
}

func byID(ctx context.Context, rd sqldb.Reader, id ID) (Request, error) {
	return sqldb.One(ctx, rd, scanRequest, `
select `+allOfRequest+`
from request
where id = $1`, id)
}

// head is what a line about a request needs.
type head struct {
	id, number   int64
	title        string
	confidential bool
}

func headsOf(ctx context.Context, rd sqldb.Reader, ids []int64) ([]head, error) {
	return sqldb.AllQ(ctx, rd, func(row sqldb.Row) (head, error) {
		var h head
		err := row.Scan(&h.id, &h.number, &h.title, &h.confidential)
		return h, err
	}, sqldb.Select("select id, number, title, confidential from request").In("id", ids))
}

func isConfidential(ctx context.Context, rd sqldb.Reader, id ID) (bool, error) {
	return sqldb.One(ctx, rd, func(row sqldb.Row) (bool, error) {
		var c bool
		err := row.Scan(&c)
		return c, err
	}, `
select confidential
from request
where id = $1`, id)
}

// lock loads a request to change it; two that do so wait for each other. What hears of the change is locked with it: the
// whole of a part, the request that it goes along with, and of what may deliver, send back or end it those that go along with it.
func lock(ctx context.Context, tx *sqldb.Tx, number int64, verb Verb) (Request, error) {
	r, err := byNumber(ctx, tx, number)
	if err != nil || tx.Engine() == sqldb.SQLite { // one writer: nobody else can be between
		return r, err
	}
	ids := []ID{r.ID}
	if r.Parent != 0 { // the whole hears when a part ends; it never changes whose part it is
		ids = append(ids, r.Parent)
	}
	if r.MergedInto != 0 {
		ids = append(ids, r.MergedInto)
	}
	if verb == VerbDeliver || verb == VerbAccept || verb == VerbReturn || verb == VerbWithdraw || verb == VerbCancel || verb == VerbDisown {
		of, err := mergedIDs(ctx, tx, r.ID)
		if err != nil {
			return r, err
		}
		ids = append(ids, of...)
	}
	if err := tx.Lock(ctx, "request", ids...); err != nil {
		return r, err
	}
	return byID(ctx, tx, r.ID)
}

const eventColumns = `request, n, at, kind, actor, side, unit, person, message, why, imported, behalf,
calendar, calendar_version, response_value, response_unit, completion_value, completion_unit, due_from, due_to, other, code, clock,
response_calendar, response_version, completion_calendar, completion_version, next_value, next_unit`

func scanEvent(row sqldb.Row) (Event, error) {
	var e Event
	var kind, side string
	err := row.Scan(&e.Request, &e.N, &e.At, &kind, &e.Actor, &side, &e.Unit, &e.Person, &e.Message, &e.Why, &e.Imported, &e.For,
		&e.Terms.Calendar, &e.Terms.Version, &e.Terms.Response.Value, &e.Terms.Response.Unit, &e.Terms.Completion.Value,
		&e.Terms.Completion.Unit, &e.DueFrom, &e.DueTo, &e.Other, &e.Code, &e.Clock,
		&e.Terms.ResponseIn.Calendar, &e.Terms.ResponseIn.Version, &e.Terms.CompletionIn.Calendar, &e.Terms.CompletionIn.Version,
		&e.Terms.Next.Value, &e.Terms.Next.Unit)
	e.Kind, e.Side = Verb(kind), Side(side)
	return e, err
}

func insertEvents(ctx context.Context, tx *sqldb.Tx, events ...Event) error {
	rows := make([][]any, 0, len(events))
	for _, e := range events {
		rows = append(rows, []any{e.Request, e.N, e.At, string(e.Kind), e.Actor, string(e.Side), e.Unit, nobody(e.Person),
			nobody(e.Message), nothing(e.Why), e.Imported, nobody(e.For), nothing(e.Terms.Calendar), nobody(int64(e.Terms.Version)),
			nobody(int64(e.Terms.Response.Value)), nothing(e.Terms.Response.Unit),
			nobody(int64(e.Terms.Completion.Value)), nothing(e.Terms.Completion.Unit), e.DueFrom, e.DueTo, nobody(e.Other), nothing(e.Code), nothing(e.Clock),
			nothing(e.Terms.ResponseIn.Calendar), nobody(int64(e.Terms.ResponseIn.Version)),
			nothing(e.Terms.CompletionIn.Calendar), nobody(int64(e.Terms.CompletionIn.Version)),
			nobody(int64(e.Terms.Next.Value)), nothing(e.Terms.Next.Unit)})
	}
	return tx.Insert(ctx, "request_event", eventColumns, rows...)
}

// maxEvents bounds what one request may gather; no page and no replay reads more.
const maxEvents = 2000

func eventsOf(ctx context.Context, rd sqldb.Reader, id ID) ([]Event, error) {
	return sqldb.All(ctx, rd, scanEvent, `
select `+sqldb.Pack(eventColumns)+`
from request_event
where request = $1
order by n
limit 2000`, id)
}

func insertHop(ctx context.Context, tx *sqldb.Tx, h Hop) error {
	return tx.Insert(ctx, "hop", "request, n, unit, from_at, to_at, why",
		[]any{h.Request, h.N, h.Unit, h.From, h.To, string(h.Why)})
}

// closeHop ends the hop that is open.
func closeHop(ctx context.Context, tx *sqldb.Tx, h Hop) error {
	_, err := tx.Exec(ctx, `
update hop
set to_at = $3
where request = $1 and n = $2 and to_at is null`, h.Request, h.N, h.To)
	return err
}

// reopenHop goes on with the last hop of a request that was closed.
func reopenHop(ctx context.Context, tx *sqldb.Tx, h Hop) error {
	_, err := tx.Exec(ctx, `
update hop
set to_at = null
where request = $1 and n = $2`, h.Request, h.N)
	return err
}

func scanHop(row sqldb.Row) (Hop, error) {
	var h Hop
	var why string
	err := row.Scan(&h.Request, &h.N, &h.Unit, &h.From, &h.To, &why)
	h.Why = Verb(why)
	return h, err
}

func hopsOf(ctx context.Context, rd sqldb.Reader, id ID) ([]Hop, error) {
	return sqldb.All(ctx, rd, scanHop, `
select request, n, unit, from_at, to_at, why
from hop
where request = $1
order by n
limit 200`, id)
}

func insertRating(ctx context.Context, tx *sqldb.Tx, x Rating) error {
	err := tx.Insert(ctx, "rating", "request, person, score, reasons, comment, share, at",
		[]any{x.Request, x.Person, x.Score, strings.Join(x.Reasons, " "), x.Comment, x.Share, x.At})
	if sqldb.IsUnique(err) {
		return fault.New(fault.Conflict, "request.already-rated")
	}
	return err
}

func scanRating(row sqldb.Row) (Rating, error) {
	var x Rating
	var reasons string
	err := row.Scan(&x.Request, &x.Person, &x.Score, &reasons, &x.Comment, &x.Share, &x.At)
	x.Reasons = strings.Fields(reasons)
	return x, err
}

// ratingsOf lists the ratings of one request: at most one of each customer.
func ratingsOf(ctx context.Context, rd sqldb.Reader, id ID) ([]Rating, error) {
	return sqldb.All(ctx, rd, scanRating, `
select request, person, score, reasons, comment, share, at
from rating
where request = $1
order by at
limit 20`, id)
}
