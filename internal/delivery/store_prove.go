package delivery

import (
	"context"
	"slices"
	"time"

	"neike/internal/clock"
	"neike/internal/kit/sqldb"
	"neike/internal/relation"
)

func idsAfter(ctx context.Context, rd sqldb.Reader, after int64, limit int) ([]int64, error) {
	return sqldb.All(ctx, rd, scanID, `
select id
from delivery
where id > $1
order by id
limit $2`, after, limit)
}

// collect turns events in the order of (delivery, n) into one history per delivery.
func collect(list []Event) []clock.History {
	var out []clock.History
	for from := 0; from < len(list); {
		to := from
		for to < len(list) && list[to].Delivery == list[from].Delivery {
			to++
		}
		out = append(out, clock.History{Subject: list[from].Delivery, Marks: marks(list[from:to])})
		from = to
	}
	return out
}

// historiesBetween reads one range of the log, in its own order.
func historiesBetween(ctx context.Context, rd sqldb.Reader, first, last int64) ([]clock.History, error) {
	list, err := logsBetween(ctx, rd, first, last)
	return collect(list), err
}

func logsBetween(ctx context.Context, rd sqldb.Reader, first, last int64) ([]Event, error) {
	return sqldb.All(ctx, rd, scanEvent, `
select `+eventColumns+`
from delivery_event
where delivery >= $1 and delivery <= $2
order by delivery, n`, first, last)
}

func historiesIn(ctx context.Context, rd sqldb.Reader, ids []int64) ([]clock.History, error) {
	list, err := sqldb.AllQ(ctx, rd, scanEvent, sqldb.Select("select "+eventColumns+"\nfrom delivery_event").In("delivery", ids).OrderBy("delivery, n"))
	return collect(list), err
}

// eachWithLog reads every delivery with its log, in the order of ids.
func eachWithLog(ctx context.Context, rd sqldb.Reader, fn func(Delivery, []Event) error) error {
	for after := int64(0); ; {
		rows, err := sqldb.All(ctx, rd, scanDelivery, `
select `+deliveryColumns+`
from delivery
where id > $1
order by id
limit 2000`, after)
		if err != nil || len(rows) == 0 {
			return err
		}
		after = rows[len(rows)-1].ID
		list, err := logsBetween(ctx, rd, rows[0].ID, after)
		if err != nil {
			return err
		}
		at := 0
		for _, d := range rows {
			for at < len(list) && list[at].Delivery < d.ID {
				at++
			}
			from := at
			for at < len(list) && list[at].Delivery == d.ID {
				at++
			}
			if err := fn(d, list[from:at]); err != nil {
				return err
			}
		}
	}
}

// eachNear reads the deliveries of which something may have counted in [from, to), with their logs: opened or due then, or open at some
// time in it.
func eachNear(ctx context.Context, rd sqldb.Reader, from, to time.Time, fn func(Delivery, []Event) error) error {
	rows, err := sqldb.All(ctx, rd, scanDelivery, `
select `+deliveryColumns+`
from delivery
where id in (
	select id from delivery where opened_at >= $1 and opened_at < $2
	union select id from delivery where due >= $1 and due < $2
	union select id from delivery where closed_at >= $1 and opened_at < $2
	union select id from delivery where closed_at is null and opened_at < $2)
order by id`, from, to)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(rows, 500) {
		ids := make([]int64, len(part))
		for i, d := range part {
			ids[i] = d.ID
		}
		list, err := sqldb.AllQ(ctx, rd, scanEvent, sqldb.Select("select "+eventColumns+"\nfrom delivery_event").In("delivery", ids).OrderBy("delivery, n"))
		if err != nil {
			return err
		}
		logs := map[int64][]Event{}
		for _, e := range list {
			logs[e.Delivery] = append(logs[e.Delivery], e)
		}
		for _, d := range part {
			if err := fn(d, logs[d.ID]); err != nil {
				return err
			}
		}
	}
	return nil
}

// pending counts the open deliveries that are due in [from, to) and not decided yet, per edge.
func pending(ctx context.Context, rd sqldb.Reader, from, to time.Time) ([]relation.Open, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (relation.Open, error) {
		var o relation.Open
		err := row.Scan(&o.Provider, &o.Customer, &o.Pending, &o.Oldest)
		return o, err
	}, `
select min(provider), min(customer), count(*), min(opened_at)
from delivery
where closed_at is null and completion_is = '' and state <> 'contested' and due >= $1 and due < $2
group by edge
limit 20000`, from, to)
}

// Numbers are the numbers of deliveries, by id.
func Numbers(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]int64, error) {
	return numbersOf(ctx, rd, "delivery", ids)
}

// StandingNumbers are the numbers of arrangements, by id.
func StandingNumbers(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]int64, error) {
	return numbersOf(ctx, rd, "standing", ids)
}

func numbersOf(ctx context.Context, rd sqldb.Reader, table string, ids []int64) (map[int64]int64, error) {
	rows, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (n [2]int64, err error) { return n, row.Scan(&n[0], &n[1]) },
		sqldb.Select("select id, number\nfrom "+table).In("id", ids))
	out := make(map[int64]int64, len(rows))
	for _, n := range rows {
		out[n[0]] = n[1]
	}
	return out, err
}

func standingsByIDs(ctx context.Context, rd sqldb.Reader, ids []int64) ([]Standing, error) {
	return sqldb.AllQ(ctx, rd, scanStanding, sqldb.Select("select "+standingColumns+"\nfrom standing").In("id", ids))
}
