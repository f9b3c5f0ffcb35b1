package promise

import (
	"context"
	"fmt"
	"time"

	"neike/internal/access"
	"neike/internal/kit/sqldb"
)

const columns = `id, number, giver, first_giver, giver_unit, receiver, receiver_unit, what, due, whole_day, first_due, moves, proposed, proposed_day, state, step,
next_at, asked_at, about_kind, about_id, message, confidential, made_at, last_at, closed_at, events`

func scan(row sqldb.Row) (Promise, error) {
	var p Promise
	var state string
	err := row.Scan(&p.ID, &p.Number, &p.Giver, &p.FirstGiver, &p.GiverUnit, &p.Receiver, &p.ReceiverUnit, &p.What, &p.Due, &p.WholeDay, &p.FirstDue, &p.Moves,
		&p.Proposed, &p.ProposedDay, &state, &p.Step, &p.NextAt, &p.AskedAt, &p.About.Kind, &p.About.ID, &p.Message, &p.Confidential, &p.MadeAt, &p.LastAt,
		&p.ClosedAt, &p.Events)
	p.State = State(state)
	return p, err
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

func insertPromise(ctx context.Context, tx *sqldb.Tx, p Promise) error {
	return tx.Insert(ctx, "promise", columns, []any{p.ID, p.Number, p.Giver, p.FirstGiver, p.GiverUnit, nobody(p.Receiver), p.ReceiverUnit, p.What, p.Due, p.WholeDay,
		p.FirstDue, p.Moves, p.Proposed, p.ProposedDay, string(p.State), p.Step, p.NextAt, p.AskedAt, nothing(p.About.Kind), nobody(p.About.ID), nobody(p.Message),
		p.Confidential, p.MadeAt, p.LastAt, p.ClosedAt, p.Events})
}

// updatePromise writes what an event can change; the words are not among it.
func updatePromise(ctx context.Context, tx *sqldb.Tx, p Promise) error {
	n, err := tx.Exec(ctx, `
update promise
set giver = $2, giver_unit = $3, receiver = $4, receiver_unit = $5, due = $6, whole_day = $7, moves = $8, proposed = $9, proposed_day = $10, state = $11,
	step = $12, next_at = $13, asked_at = $14, last_at = $15, closed_at = $16, events = $17
where id = $1`,
		p.ID, p.Giver, p.GiverUnit, nobody(p.Receiver), p.ReceiverUnit, p.Due, p.WholeDay, p.Moves, p.Proposed, p.ProposedDay, string(p.State), p.Step, p.NextAt,
		p.AskedAt, p.LastAt, p.ClosedAt, p.Events)
	if err == nil && n != 1 {
		err = fmt.Errorf("update promise %d: %d rows", p.ID, n)
	}
	return err
}

func byNumber(ctx context.Context, rd sqldb.Reader, number int64) (Promise, error) {
	return sqldb.One(ctx, rd, scan, `
select `+columns+`
from promise
where number = $1`, number)
}

func byID(ctx context.Context, rd sqldb.Reader, id ID) (Promise, error) {
	return sqldb.One(ctx, rd, scan, `
select `+columns+`
from promise
where id = $1`, id)
}

// byIDs reads several at once; what is not there is left out.
func byIDs(ctx context.Context, rd sqldb.Reader, ids []int64) ([]Promise, error) {
	return sqldb.AllQ(ctx, rd, scan, sqldb.Select("select "+columns+"\nfrom promise").In("id", ids))
}

// lock loads a promise to change it; two that do so wait for each other.
func lock(ctx context.Context, tx *sqldb.Tx, number int64) (Promise, error) {
	p, err := byNumber(ctx, tx, number)
	if err != nil || tx.Engine() == sqldb.SQLite { // one writer: nobody else can be between
		return p, err
	}
	if err := tx.Lock(ctx, "promise", p.ID); err != nil {
		return p, err
	}
	return byID(ctx, tx, p.ID)
}

// aboutMost is how many promises a record shows.
const aboutMost = 50

// madeAbout lists the promises made in the course of a record, oldest first.
func madeAbout(ctx context.Context, rd sqldb.Reader, about access.Subject) ([]Promise, error) {
	return sqldb.All(ctx, rd, scan, `
select `+columns+`
from promise
where about_kind = $1 and about_id = $2
order by id
limit $3`, about.Kind, about.ID, aboutMost)
}

// dueSteps lists the numbers of promises for which the house has something to do by now.
func dueSteps(ctx context.Context, rd sqldb.Reader, now time.Time, limit int) ([]int64, error) {
	return sqldb.All(ctx, rd, scanID, `
select number
from promise
where next_at is not null and next_at <= $1
order by next_at, id
limit $2`, now, limit)
}

func scanID(row sqldb.Row) (int64, error) {
	var id int64
	err := row.Scan(&id)
	return id, err
}

func idsAfter(ctx context.Context, rd sqldb.Reader, after int64, limit int) ([]int64, error) {
	return sqldb.All(ctx, rd, scanID, `
select id
from promise
where id > $1
order by id
limit $2`, after, limit)
}

const eventColumns = `promise, n, at, kind, actor, behalf, why, due, due_from, person, unit`

func scanEvent(row sqldb.Row) (Event, error) {
	var e Event
	var kind string
	err := row.Scan(&e.Promise, &e.N, &e.At, &kind, &e.Actor, &e.For, &e.Why, &e.Due, &e.DueFrom, &e.Person, &e.Unit)
	e.Kind = Verb(kind)
	return e, err
}

func insertEvent(ctx context.Context, tx *sqldb.Tx, e Event) error {
	return tx.Insert(ctx, "promise_event", eventColumns, []any{e.Promise, e.N, e.At, string(e.Kind), e.Actor, nobody(e.For), nothing(e.Why), e.Due, e.DueFrom,
		nobody(e.Person), nobody(e.Unit)})
}

// maxEvents bounds what one promise may gather; no page reads more.
const maxEvents = 300

func eventsOf(ctx context.Context, rd sqldb.Reader, id ID) ([]Event, error) {
	return sqldb.All(ctx, rd, scanEvent, `
select `+eventColumns+`
from promise_event
where promise = $1
order by n
limit 300`, id)
}

// Numbers are the numbers of promises, for the audit trail.
func Numbers(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]int64, error) {
	out := make(map[int64]int64, len(ids))
	list, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) ([2]int64, error) {
		var pair [2]int64
		err := row.Scan(&pair[0], &pair[1])
		return pair, err
	}, sqldb.Select("select id, number\nfrom promise").In("id", ids))
	for _, p := range list {
		out[p[0]] = p[1]
	}
	return out, err
}
