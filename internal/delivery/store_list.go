package delivery

import (
	"context"
	"strings"
	"time"

	"neike/internal/kit/sqldb"
)

// listed is a page of a list: one more than the limit.
func listed(ctx context.Context, rd sqldb.Reader, sc scope) ([]Delivery, error) {
	q := sqldb.Select("select " + deliveryColumns + "\nfrom delivery")
	sc.narrow(q)
	if sc.dueOrder {
		q.Where("closed_at is null")
		if sc.after != nil {
			q.Where("(next_due, id) > (?, ?)", sc.after[0], sc.after[1])
		}
		q.OrderBy("next_due, id")
	} else {
		if sc.after != nil {
			q.Where("(opened_at, id) < (?, ?)", sc.after[0], sc.after[1])
		}
		q.OrderBy("opened_at desc, id desc")
	}
	return sqldb.AllQ(ctx, rd, scanDelivery, q.Limit(sc.limit+1))
}

// countListed is how many deliveries there are of the scope.
func countListed(ctx context.Context, rd sqldb.Reader, sc scope) (int, error) {
	q := sqldb.Select("select count(*)\nfrom delivery")
	sc.narrow(q)
	list, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (n int, err error) { return n, row.Scan(&n) }, q)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	return list[0], nil
}

// narrow adds the filter's conditions and what the eye may see.
func (sc scope) narrow(q *sqldb.Query) {
	if len(sc.states) > 0 {
		q.In("state", sc.states)
	}
	if len(sc.providers) > 0 {
		q.In("provider", sc.providers)
	}
	if len(sc.customers) > 0 {
		q.In("customer", sc.customers)
	}
	for _, c := range []struct {
		column string
		value  int64
	}{{"service", sc.service}, {"standing", sc.standing}, {"number", sc.number}} {
		if c.value != 0 {
			q.Where(c.column+" = ?", c.value)
		}
	}
	if sc.Origin != "" {
		q.Where("origin = ?", sc.Origin)
	}
	if sc.External != "" {
		q.Where("external = ?", sc.External)
	}
	if sc.Q != "" && sc.number == 0 {
		q.Where("lower(title) like ? escape '\\'", "%"+likeEscape.Replace(strings.ToLower(sc.Q))+"%")
	}
	if !sc.DueFrom.IsZero() {
		q.Where("due >= ?", sc.DueFrom)
	}
	if !sc.DueBefore.IsZero() {
		q.Where("due < ?", sc.DueBefore)
	}
	sc.narrowOutcome(q)
	sc.visible(q)
}

// lateNow says in SQL that the clock runs and is over at this moment: a breach that nobody has noticed yet is one.
const lateNow = "(completion_is = 'breached' or completion_is = '' and state in ('due', 'returned') and due < ?)"

func (sc scope) narrowOutcome(q *sqldb.Query) {
	if sc.Outcome == "" {
		return
	}
	q.Where("due is not null").Where("state not in ('contested', 'dropped')")
	switch sc.Outcome {
	case "met", "excluded":
		q.Where("completion_is = ?", sc.Outcome)
	case "breached":
		q.Where(lateNow, sc.now)
	case "pending":
		q.Where("completion_is = '' and not "+lateNow, sc.now)
	}
}

// visible is the eye's view as a condition.
func (sc scope) visible(q *sqldb.Query) {
	var parts []string
	var args []any
	in := func(column string, ids []int64) {
		if len(ids) > 0 {
			list := padded(ids)
			parts = append(parts, column+" in ("+strings.TrimSuffix(strings.Repeat("?, ", len(list)), ", ")+")")
			args = append(args, list...)
		}
	}
	bring := func() {
		in("provider", sc.serves)
		parts, args = append(parts, "assignee = ?"), append(args, sc.person)
	}
	receive := func() {
		in("customer", sc.asks)
		parts, args = append(parts, "receiver = ?"), append(args, sc.person)
	}
	switch {
	case sc.View == ViewBring:
		bring()
	case sc.View == ViewReceive:
		receive()
	case sc.all:
		return
	default:
		bring()
		receive()
	}
	q.Where("("+strings.Join(parts, " or ")+")", args...)
}

// padded repeats the last id up to a power of two: heads of so many and so many units share few statements.
func padded(ids []int64) []any {
	out := make([]any, 0, 2*len(ids))
	for _, id := range ids {
		out = append(out, id)
	}
	for len(out)&(len(out)-1) != 0 {
		out = append(out, out[len(out)-1])
	}
	return out
}

var likeEscape = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

func standingsListed(ctx context.Context, rd sqldb.Reader, sc standingScope) ([]Standing, error) {
	q := sqldb.Select("select " + standingColumns + "\nfrom standing s")
	if len(sc.providers) > 0 {
		q.In("provider", sc.providers)
	}
	if len(sc.customers) > 0 {
		list := padded(sc.customers)
		q.Where("exists (select 1 from standing_customer c where c.standing = s.id and c.state <> 'gone' and c.customer in ("+
			strings.TrimSuffix(strings.Repeat("?, ", len(list)), ", ")+"))", list...)
	}
	if sc.service != 0 {
		q.Where("service = ?", sc.service)
	}
	switch sc.state {
	case "any":
	case "":
		q.Where("state <> 'ended'")
	default:
		q.Where("state = ?", sc.state)
	}
	if sc.after != nil {
		q.Where("number > ?", sc.after[0])
	}
	list, err := sqldb.AllQ(ctx, rd, scanStanding, q.OrderBy("number").Limit(sc.limit+1))
	if err != nil || len(list) == 0 {
		return list, err
	}
	return withCustomers(ctx, rd, list)
}

// waitedFor lists what the person, or a unit that the person heads, is to get next, the next due first.
func waitedFor(ctx context.Context, rd sqldb.Reader, person int64, heads []int64, until time.Time, limit int) ([]Delivery, error) {
	q := sqldb.Select("select "+deliveryColumns+"\nfrom delivery").Where("closed_at is null").In("state", []string{"due", "returned"})
	if len(heads) == 0 {
		q.Where("receiver = ?", person)
	} else {
		list := padded(heads)
		q.Where("(receiver = ? or receiver is null and customer in ("+strings.TrimSuffix(strings.Repeat("?, ", len(list)), ", ")+"))", append([]any{person}, list...)...)
	}
	return sqldb.AllQ(ctx, rd, scanDelivery, q.Where("next_due < ?", until).OrderBy("next_due, id").Limit(limit))
}
