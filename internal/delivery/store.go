package delivery

import (
	"context"
	"fmt"
	"time"

	"neike/internal/clock"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

const deliveryColumns = `id, number, standing, slot, origin, service, edge, provider, customer, receiver, assignee, title, state, before, quantity, calendar, version,
opened_at, due, next_due, delivered_at, accepted_at, closed_at, accept_by, last_at, completion_is, took, events, returns, skip_asked, rated, imported, external`

func scanDelivery(row sqldb.Row) (Delivery, error) {
	var d Delivery
	var origin, state, before, completion string
	err := row.Scan(&d.ID, &d.Number, &d.Standing, &d.Slot, &origin, &d.Service, &d.Edge, &d.Provider, &d.Customer, &d.Receiver, &d.Assignee,
		&d.Title, &state, &before, &d.Quantity, &d.Calendar, &d.Version, &d.OpenedAt, &d.Due, &d.NextDue, &d.DeliveredAt, &d.AcceptedAt,
		&d.ClosedAt, &d.AcceptBy, &d.LastAt, &completion, &d.Took, &d.Events, &d.Returns, &d.SkipAsked, &d.Rated, &d.Imported, &d.External)
	d.Origin, d.State, d.Before, d.CompletionIs = Origin(origin), State(state), State(before), Outcome(completion)
	return d, err
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

func insertDeliveries(ctx context.Context, tx *sqldb.Tx, list ...Delivery) error {
	rows := make([][]any, 0, len(list))
	for _, d := range list {
		rows = append(rows, []any{d.ID, d.Number, nobody(d.Standing), nothing(d.Slot), string(d.Origin), nobody(d.Service), d.Edge, d.Provider, d.Customer,
			nobody(d.Receiver), nobody(d.Assignee), d.Title, string(d.State), string(d.Before), d.Quantity, d.Calendar, d.Version, d.OpenedAt, d.Due, d.NextDue,
			d.DeliveredAt, d.AcceptedAt, d.ClosedAt, d.AcceptBy, d.LastAt, string(d.CompletionIs), d.Took, d.Events, d.Returns, d.SkipAsked, d.Rated, d.Imported,
			nothing(d.External)})
	}
	return tx.Insert(ctx, "delivery", deliveryColumns, rows...)
}

// updateDelivery writes what an event can change.
func updateDelivery(ctx context.Context, tx *sqldb.Tx, d Delivery) error {
	n, err := tx.Exec(ctx, `
update delivery
set edge = $2, provider = $3, customer = $4, receiver = $5, assignee = $6, state = $7, before = $8, quantity = $9, due = $10, next_due = $11,
	delivered_at = $12, accepted_at = $13, closed_at = $14, accept_by = $15, last_at = $16, completion_is = $17, took = $18, events = $19,
	returns = $20, skip_asked = $21, rated = $22, opened_at = $23
where id = $1`,
		d.ID, d.Edge, d.Provider, d.Customer, nobody(d.Receiver), nobody(d.Assignee), string(d.State), string(d.Before), d.Quantity, d.Due, d.NextDue,
		d.DeliveredAt, d.AcceptedAt, d.ClosedAt, d.AcceptBy, d.LastAt, string(d.CompletionIs), d.Took, d.Events,
		d.Returns, d.SkipAsked, d.Rated, d.OpenedAt)
	if err == nil && n != 1 {
		err = fmt.Errorf("update delivery %d: %d rows", d.ID, n)
	}
	return err
}

func byNumber(ctx context.Context, rd sqldb.Reader, number int64) (Delivery, error) {
	return sqldb.One(ctx, rd, scanDelivery, `
select `+deliveryColumns+`
from delivery
where number = $1`, number)
}

func byID(ctx context.Context, rd sqldb.Reader, id ID) (Delivery, error) {
	return sqldb.One(ctx, rd, scanDelivery, `
select `+deliveryColumns+`
from delivery
where id = $1`, id)
}

// byIDs reads several deliveries at once; what is not there is left out.
func byIDs(ctx context.Context, rd sqldb.Reader, ids []int64) ([]Delivery, error) {
	return sqldb.AllQ(ctx, rd, scanDelivery, sqldb.Select("select "+deliveryColumns+"\nfrom delivery").In("id", ids))
}

// lock loads a delivery to change it; two that do so wait for each other.
func lock(ctx context.Context, tx *sqldb.Tx, number int64) (Delivery, error) {
	d, err := byNumber(ctx, tx, number)
	if err != nil || tx.Engine() == sqldb.SQLite { // one writer: nobody else can be between
		return d, err
	}
	if err := tx.Lock(ctx, "delivery", d.ID); err != nil {
		return d, err
	}
	return byID(ctx, tx, d.ID)
}

const eventColumns = `delivery, n, at, kind, actor, side, unit, person, message, why, quantity, imported, behalf, calendar, version, due, due_from`

func scanEvent(row sqldb.Row) (Event, error) {
	var e Event
	var kind, side string
	err := row.Scan(&e.Delivery, &e.N, &e.At, &kind, &e.Actor, &side, &e.Unit, &e.Person, &e.Message, &e.Why, &e.Quantity, &e.Imported, &e.For,
		&e.Calendar, &e.Version, &e.Due, &e.DueFrom)
	e.Kind, e.Side = Verb(kind), Side(side)
	return e, err
}

func insertEvents(ctx context.Context, tx *sqldb.Tx, events ...Event) error {
	rows := make([][]any, 0, len(events))
	for _, e := range events {
		rows = append(rows, []any{e.Delivery, e.N, e.At, string(e.Kind), e.Actor, string(e.Side), e.Unit, nobody(e.Person), nobody(e.Message),
			nothing(e.Why), nothing(e.Quantity), e.Imported, nobody(e.For), nothing(e.Calendar), nobody(int64(e.Version)), e.Due, e.DueFrom})
	}
	return tx.Insert(ctx, "delivery_event", eventColumns, rows...)
}

// maxEvents bounds what one delivery may gather; no page and no replay reads more.
const maxEvents = 1000

func eventsOf(ctx context.Context, rd sqldb.Reader, id ID) ([]Event, error) {
	return sqldb.All(ctx, rd, scanEvent, `
select `+eventColumns+`
from delivery_event
where delivery = $1
order by n
limit 1000`, id)
}

func insertRating(ctx context.Context, tx *sqldb.Tx, x Rating) error {
	err := tx.Insert(ctx, "delivery_rating", "delivery, person, score, comment, share, at",
		[]any{x.Delivery, x.Person, x.Score, x.Comment, x.Share, x.At})
	if sqldb.IsUnique(err) {
		return fault.New(fault.Conflict, "delivery.already-rated")
	}
	return err
}

func ratingsOf(ctx context.Context, rd sqldb.Reader, id ID) ([]Rating, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (Rating, error) {
		var x Rating
		err := row.Scan(&x.Delivery, &x.Person, &x.Score, &x.Comment, &x.Share, &x.At)
		return x, err
	}, `
select delivery, person, score, comment, share, at
from delivery_rating
where delivery = $1
order by at
limit 50`, id)
}

// markBreached notes the breach of its clock on a delivery, once, and gives the delivery as it is then.
func markBreached(ctx context.Context, tx *sqldb.Tx, e clock.WasBreached) (d Delivery, changed bool, err error) {
	is := Breached
	if e.ByChange {
		is = Excluded
	}
	n, err := tx.Exec(ctx, `
update delivery
set completion_is = $3, due = $2
where id = $1 and completion_is = ''`, e.Subject.ID, e.DueAt, string(is))
	if err != nil || n == 0 {
		return d, false, err
	}
	d, err = byID(ctx, tx, e.Subject.ID)
	return d, true, err
}

func scanID(row sqldb.Row) (int64, error) {
	var id int64
	err := row.Scan(&id)
	return id, err
}

// lapsing lists deliveries that count as accepted by now.
func lapsing(ctx context.Context, rd sqldb.Reader, now time.Time, limit int) ([]int64, error) {
	return sqldb.All(ctx, rd, scanID, `
select number
from delivery
where accept_by is not null and accept_by <= $1
order by accept_by, id
limit $2`, now, limit)
}

// openScheduled lists open deliveries of arrangements that are still to be delivered, after an id.
func openScheduled(ctx context.Context, rd sqldb.Reader, after int64, limit int) ([]Delivery, error) {
	return sqldb.All(ctx, rd, scanDelivery, `
select `+deliveryColumns+`
from delivery
where id > $1 and closed_at is null and standing is not null and state in ('due', 'returned')
order by id
limit $2`, after, limit)
}

// byExternal reads deliveries by their numbers in another system.
func byExternal(ctx context.Context, rd sqldb.Reader, service int64, externals []string) ([]Delivery, error) {
	return sqldb.AllQ(ctx, rd, scanDelivery, sqldb.Select("select "+deliveryColumns+"\nfrom delivery").Where("service = ?", service).In("external", externals).Where("external is not null"))
}

// openBetween lists what of arrangements of a service is still to be delivered to customers, due from one moment on and
// before another, and has no number in another system.
func openBetween(ctx context.Context, rd sqldb.Reader, service int64, customers []int64, from, to time.Time) ([]Delivery, error) {
	return sqldb.AllQ(ctx, rd, scanDelivery, sqldb.Select("select "+deliveryColumns+"\nfrom delivery").
		Where("service = ?", service).In("customer", customers).Where("due >= ?", from).Where("due < ?", to).
		Where("origin = 'schedule' and external is null and closed_at is null").In("state", []string{"due", "returned"}).OrderBy("due, id"))
}

// nameExternal remembers the number in another system of a delivery that has none.
func nameExternal(ctx context.Context, tx *sqldb.Tx, id ID, external string) (int64, error) {
	return tx.Exec(ctx, `
update delivery
set external = $2
where id = $1 and external is null`, id, external)
}
