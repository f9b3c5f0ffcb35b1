package delivery

import (
	"context"
	"fmt"
	"slices"
	"time"

	"neike/internal/calendar"
	"neike/internal/kit/sqldb"
)

const standingColumns = `id, number, service, provider, deliverable, criterion, every, due_on, due_month, due_at, shift, lead, accept_days, valid_from, valid_until,
assignee, state, revision, next_at, created_by, created_at, changed_at`

func scanStanding(row sqldb.Row) (Standing, error) {
	var s Standing
	var from, until string
	err := row.Scan(&s.ID, &s.Number, &s.Service, &s.Provider, &s.Deliverable, &s.Criterion, &s.Schedule.Every, &s.Schedule.On, &s.Schedule.Month,
		&s.Schedule.At, &s.Schedule.Shift, &s.Lead, &s.AcceptDays, &from, &until, &s.Assignee, &s.State, &s.Revision, &s.NextAt,
		&s.CreatedBy, &s.CreatedAt, &s.ChangedAt)
	if err != nil {
		return s, err
	}
	if s.From, err = dayOf(from); err == nil {
		s.Until, err = dayOf(until)
	}
	return s, err
}

// dayOf reads a civil day of a column; "" is none.
func dayOf(text string) (calendar.Date, error) {
	if text == "" {
		return 0, nil
	}
	return calendar.ParseDate(text)
}

func dayText(d calendar.Date) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

func insertStanding(ctx context.Context, tx *sqldb.Tx, s Standing) error {
	return tx.Insert(ctx, "standing", standingColumns, []any{s.ID, s.Number, s.Service, s.Provider, s.Deliverable, s.Criterion, s.Schedule.Every,
		s.Schedule.On, s.Schedule.Month, s.Schedule.At, s.Schedule.Shift, s.Lead, s.AcceptDays, dayText(s.From), dayText(s.Until), nobody(s.Assignee),
		s.State, s.Revision, s.NextAt, s.CreatedBy, s.CreatedAt, s.ChangedAt})
}

func updateStanding(ctx context.Context, tx *sqldb.Tx, s Standing) error {
	n, err := tx.Exec(ctx, `
update standing
set provider = $2, deliverable = $3, criterion = $4, every = $5, due_on = $6, due_month = $7, due_at = $8, shift = $9, lead = $10, accept_days = $11,
	valid_from = $12, valid_until = $13, assignee = $14, state = $15, revision = $16, next_at = $17, changed_at = $18
where id = $1`, s.ID, s.Provider, s.Deliverable, s.Criterion, s.Schedule.Every, s.Schedule.On, s.Schedule.Month, s.Schedule.At, s.Schedule.Shift, s.Lead,
		s.AcceptDays, dayText(s.From), dayText(s.Until), nobody(s.Assignee), s.State, s.Revision, s.NextAt, s.ChangedAt)
	if err == nil && n != 1 {
		err = fmt.Errorf("update standing %d: %d rows", s.ID, n)
	}
	return err
}

const customerColumns = `standing, customer, receiver, state, reason, said_by, said_at, since, opened`

func scanCustomer(row sqldb.Row) (Customer, error) {
	var c Customer
	err := row.Scan(&c.Standing, &c.Unit, &c.Receiver, &c.State, &c.Reason, &c.SaidBy, &c.SaidAt, &c.Since, &c.Opened)
	return c, err
}

// putCustomer writes what holds between an arrangement and one customer.
func putCustomer(ctx context.Context, tx *sqldb.Tx, c Customer) error {
	_, err := tx.Exec(ctx, `
insert into standing_customer (`+customerColumns+`)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (standing, customer) do update
set receiver = excluded.receiver, state = excluded.state, reason = excluded.reason, said_by = excluded.said_by, said_at = excluded.said_at,
	since = excluded.since, opened = excluded.opened`,
		c.Standing, c.Unit, nobody(c.Receiver), c.State, c.Reason, nobody(c.SaidBy), c.SaidAt, c.Since, c.Opened)
	return err
}

// withCustomers adds their customers to arrangements, by one statement.
func withCustomers(ctx context.Context, rd sqldb.Reader, list []Standing) ([]Standing, error) {
	ids := make([]int64, len(list))
	for i, s := range list {
		ids[i] = s.ID
	}
	rows, err := sqldb.AllQ(ctx, rd, scanCustomer, sqldb.Select("select "+customerColumns+"\nfrom standing_customer").In("standing", ids).OrderBy("standing, customer"))
	for _, c := range rows {
		for i := range list {
			if list[i].ID == c.Standing {
				list[i].Customers = append(list[i].Customers, c)
			}
		}
	}
	return list, err
}

func standingWhere(ctx context.Context, rd sqldb.Reader, cond string, arg any) (Standing, error) {
	s, err := sqldb.One(ctx, rd, scanStanding, "select "+standingColumns+"\nfrom standing\nwhere "+cond, arg)
	if err != nil {
		return s, err
	}
	list, err := withCustomers(ctx, rd, []Standing{s})
	return list[0], err
}

func standingByNumber(ctx context.Context, rd sqldb.Reader, number int64) (Standing, error) {
	return standingWhere(ctx, rd, "number = $1", number)
}

func standingByID(ctx context.Context, rd sqldb.Reader, id ID) (Standing, error) {
	return standingWhere(ctx, rd, "id = $1", id)
}

// lockStanding loads an arrangement to change it.
func lockStanding(ctx context.Context, tx *sqldb.Tx, number int64) (Standing, error) {
	s, err := standingByNumber(ctx, tx, number)
	if err != nil || tx.Engine() == sqldb.SQLite {
		return s, err
	}
	if err := tx.Lock(ctx, "standing", s.ID); err != nil {
		return s, err
	}
	return standingByID(ctx, tx, s.ID)
}

// standingsDue lists arrangements of which a delivery opens by now.
func standingsDue(ctx context.Context, rd sqldb.Reader, now time.Time, limit int) ([]int64, error) {
	return sqldb.All(ctx, rd, scanID, `
select number
from standing
where state = 'active' and next_at <= $1
order by next_at, id
limit $2`, now, limit)
}

// scheduledAfter lists active arrangements with a schedule, by id.
func scheduledAfter(ctx context.Context, rd sqldb.Reader, after int64, limit int) ([]Standing, error) {
	list, err := sqldb.All(ctx, rd, scanStanding, `
select `+standingColumns+`
from standing
where id > $1 and state = 'active' and every <> ''
order by id
limit $2`, after, limit)
	if err != nil || len(list) == 0 {
		return list, err
	}
	return withCustomers(ctx, rd, list)
}

// slotTaken says whether the delivery of a period is there.
func slotTaken(ctx context.Context, rd sqldb.Reader, standing, customer int64, slot string) (bool, error) {
	id, err := sqldb.Value[int64](ctx, rd, `
select id
from delivery
where standing = $1 and customer = $2 and slot = $3`, standing, customer, slot)
	return id != 0, err
}

// openOf lists the deliveries of an arrangement that are still to be delivered, for a customer; 0: for all of them.
func openOf(ctx context.Context, rd sqldb.Reader, standing, customer int64) ([]int64, error) {
	q := sqldb.Select("select number\nfrom delivery").Where("standing = ?", standing).Where("closed_at is null").In("state", []string{"due", "returned"})
	if customer != 0 {
		q.Where("customer = ?", customer)
	}
	return sqldb.AllQ(ctx, rd, scanID, q.OrderBy("id").Limit(500))
}

// term is a customer of a service, with the arrangement by which it is served.
type term struct {
	Standing
	customer Customer
}

// termsOf lists which of these customers are served by arrangements of a service, in the order of the arrangements; those come
// without their customers.
func termsOf(ctx context.Context, rd sqldb.Reader, service int64, customers []int64) ([]term, error) {
	rows, err := sqldb.AllQ(ctx, rd, scanCustomer, sqldb.Select("select "+customerColumns+"\nfrom standing_customer").In("customer", customers).
		Where("standing in (select id from standing where service = ? and state = 'active')", service).OrderBy("standing, customer"))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	ids := make([]int64, len(rows))
	for i, c := range rows {
		ids[i] = c.Standing
	}
	list, err := sqldb.AllQ(ctx, rd, scanStanding, sqldb.Select("select "+standingColumns+"\nfrom standing").In("id", slices.Compact(ids)))
	byID := map[int64]Standing{}
	for _, st := range list {
		byID[st.ID] = st
	}
	var out []term
	for _, c := range rows {
		if c.serves() {
			out = append(out, term{byID[c.Standing], c})
		}
	}
	return out, err
}
