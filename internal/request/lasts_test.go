package request

import (
	"math"
	"testing"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/stat"
)

// TestOpenOnesCountInHowLongItTakes: what has ended alone would say one hour. What is open counts with what it has used,
// what was withdrawn until then, and a pause not at all.
func TestOpenOnesCountInHowLongItTakes(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		agent, customer := h.as("2002"), h.as("3002")
		fast, gone, slow, paused, last := h.begun(), h.begun(), h.begun(), h.begun(), h.begun()
		done := func(r Request) {
			t.Helper()
			must(t, second(h.Deliver(agent, r.Number, "好了", nil, When{})))
			must(t, second(h.Accept(customer, r.Number, When{})))
		}
		report := func() Attainment {
			t.Helper()
			rows, err := h.Attained(h.as("1001"), Cohort{By: ByService, Clock: "completion", Span: Span{fast.OpenedAt, fast.OpenedAt.AddDate(0, 1, 0)}})
			must(t, err)
			if len(rows) != 1 {
				t.Fatalf("%+v", rows)
			}
			return rows[0]
		}
		const hour, nine2 = 3600, 3*3600 + 1800 // from 09:00 to 14:00 without the break of noon
		h.later(time.Hour)
		done(fast)
		h.later(time.Hour)
		must(t, second(h.Cancel(customer, gone.Number, "不用了", When{})))
		h.later(time.Hour)
		done(slow)
		must(t, second(h.AskBack(agent, paused.Number, "哪一天？", nil, When{})))
		h.later(2 * time.Hour)

		a := report()
		if *a.Median != hour || *a.P90 != 3*hour {
			t.Errorf("of the ended: %d, %d", *a.Median, *a.P90)
		}
		if l := a.Lasts; l.N != 5 || l.Open != 2 || l.Withdrawn != 1 || l.Longest != nine2 || l.Median != nil || l.P90 != nil || l.Between[0] == nil || *l.Between[0] != hour || l.Between[1] != nil {
			t.Errorf("with the open: %+v", l)
		}
		done(last)
		if l := report().Lasts; l.Open != 1 || l.Median == nil || *l.Median != nine2 || l.P90 == nil || *l.P90 != nine2 {
			t.Errorf("when the last but one has ended: %+v", l)
		}
		rows, err := h.Attained(h.as("1001"), Cohort{By: ByUnit, Clock: "first_response", Span: Span{fast.OpenedAt, fast.OpenedAt.AddDate(0, 1, 0)}})
		must(t, err)
		if len(rows) != 1 || rows[0].Lasts.N != 5 {
			t.Errorf("first response: %+v", rows)
		}
	})
}

// TestAReportOfOneUnit: of everything that was due, what one unit provided, for one unit, by one service; each row leads to a list of exactly its
// cases; codes that nobody knows are told together.
func TestAReportOfOneUnit(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		first, _ := h.begun(), h.begun()
		span := Span{first.OpenedAt, first.OpenedAt.AddDate(0, 1, 0)}
		tree, err := h.Org.Tree(h.ctx)
		must(t, err)
		provider, _ := tree.ByID(first.Provider)
		customer, _ := tree.ByID(first.Customer)
		snap, err := h.Catalog.Snapshot(h.ctx)
		must(t, err)
		service, _ := snap.ByID(first.Service)
		for _, clock := range []string{"completion", "first_response", "next_response"} {
			for _, x := range []struct {
				name string
				c    Cohort
				rows int
			}{
				{"its unit", Cohort{Provider: provider.Code}, 1}, {"its customer", Cohort{Customer: customer.Code}, 1},
				{"all of it", Cohort{Service: service.Code, Provider: provider.Code, Customer: customer.Code}, 1},
				{"the other way round", Cohort{Provider: customer.Code, Customer: provider.Code}, 0},
			} {
				for _, by := range []string{ByService, ByUnit, ByEdge} {
					x.c.By, x.c.Clock, x.c.Span = by, clock, span
					rows, err := h.Attained(h.as("1001"), x.c)
					must(t, err)
					want := x.rows
					if clock == "next_response" { // nobody has said anything
						want = 0
					}
					if len(rows) != want || want == 1 && rows[0].Met+rows[0].Breached+rows[0].Pending != 2 {
						t.Errorf("%s, %s by %s: %+v", x.name, clock, by, rows)
					}
				}
			}
		}
		_, err = h.Attained(h.as("1001"), Cohort{By: "day", Clock: "sun", Service: "nothing", Provider: "nowhere", Customer: "no-one"})
		if f, ok := fault.As(err); !ok || len(f.Fields) != 6 {
			t.Errorf("%v", err)
		}
	})
}

// TestManyCasesAreReckonedByHistogram, and the longest of them is told as it was.
func TestManyCasesAreReckonedByHistogram(t *testing.T) {
	var list []stat.Lasted
	for i := range exactly + 1 {
		list = append(list, stat.Lasted{Time: float64(1000 + i), N: 1, Ended: true})
	}
	if l := lastsOf(list[:exactly], nil); l.Rough || *l.Median != 1999 && *l.Median != 2000 {
		t.Errorf("exactly: %+v, %d", l, *l.Median)
	}
	l := lastsOf(list, nil)
	if off := float64(*l.Median)/2000 - 1; !l.Rough || math.Abs(off) > .006 || l.Longest != 1000+exactly || l.json().Method != "histogram" {
		t.Errorf("by histogram: %+v, off by %v", l, off)
	}
}
