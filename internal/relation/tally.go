package relation

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Delta is what happened on an edge on a day: a change of its counters. Corrections are negative.
type Delta struct {
	Opened           int64 // requests, on the day they were opened
	Met              int64 // completion in time, on the day it was due
	Breached         int64 // completion late, on the day it was due
	Excluded         int64 // withdrawn, cancelled or a duplicate: not in the rate, shown beside it; on the day it was due
	ResponseMet      int64 // first response in time, on the day it was due
	ResponseBreached int64
	ResponseExcluded int64
	Delivered        int64 // deliveries, on the day of each
	Accepted         int64 // requests, on the day of acceptance
	RightFirst       int64 // of those: never returned
	Returned         int64 // returns, on the day of each
	Declined         int64 // on the day, on the edge of the unit that declined
	HandedOver       int64 // on the day, on the edge of the unit that handed over
	Withdrawn        int64 // on the day
	Cancelled        int64 // on the day
	Ended            int64 // accepted requests that have not gone on since, and no duplicates: on the day of acceptance
	Paused           int64 // of those: counted seconds that the completion was paused
	Worked           int64 // of those: counted seconds that it was not
	Hops             int64 // of those: stretches that units had them
}

// counters is a Delta as a row: the order of the columns.
type counters [19]int64

// inMatrix is how many of the counters, the first ones, the matrix is made of: they are kept in memory. The others are read of an edge.
const inMatrix = 15

var counterColumns = [...]string{"opened", "met", "breached", "excluded", "response_met", "response_breached", "response_excluded",
	"delivered", "accepted", "right_first", "returned", "declined", "handed_over", "withdrawn", "cancelled", "ended", "paused", "worked", "hops"}

func (d Delta) counters() counters {
	return counters{d.Opened, d.Met, d.Breached, d.Excluded, d.ResponseMet, d.ResponseBreached, d.ResponseExcluded,
		d.Delivered, d.Accepted, d.RightFirst, d.Returned, d.Declined, d.HandedOver, d.Withdrawn, d.Cancelled,
		d.Ended, d.Paused, d.Worked, d.Hops}
}

func (c counters) delta() Delta {
	return Delta{c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10], c[11], c[12], c[13], c[14], c[15], c[16], c[17], c[18]}
}

// Plus adds two deltas.
func (d Delta) Plus(o Delta) Delta {
	a, b := d.counters(), o.counters()
	for i := range a {
		a[i] += b[i]
	}
	return a.delta()
}

// Minus takes one delta from another: Delta{}.Minus(d) takes d back.
func (d Delta) Minus(o Delta) Delta {
	a, b := d.counters(), o.counters()
	for i := range a {
		a[i] -= b[i]
	}
	return a.delta()
}

// Tally adds the delta to the edge's counters of the day and of its month. day is a time whose own zone says which
// date it is: tx.Now.In(company zone), or the due time there. Nothing to add writes nothing.
func (s *Service) Tally(ctx context.Context, tx *sqldb.Tx, edge ID, day time.Time, d Delta) error {
	if d == (Delta{}) {
		return nil
	}
	date := DayOf(day)
	if err := addTally(ctx, tx, edge, date, d.counters()); err != nil {
		return err
	}
	tx.OnCommit(func() { s.store.touch(date/100, edge) })
	return nil
}

// DayOf is the date of t in its own zone as a number, 20261121.
func DayOf(t time.Time) int64 {
	y, m, d := t.Date()
	return int64(y)*10000 + int64(m)*100 + int64(d)
}

// DeliveredSince are the units that delivered something to somebody since a day (20261121).
func (s *Service) DeliveredSince(ctx context.Context, day int64) (out map[org.ID]bool, err error) {
	out = map[org.ID]bool{}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err := deliveredSince(ctx, rd, day)
		for _, unit := range list {
			out[unit] = true
		}
		return err
	})
	return out, err
}
