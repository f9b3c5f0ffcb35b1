package request

import (
	"fmt"
	"strings"
	"testing"

	"neike/internal/app/importer"
)

// TestTheSameExportAMonthLater takes in what happened to known cases since, from a full export and from one that only
// goes on, and proves that the house is as if all of it had come at once.
func TestTheSameExportAMonthLater(t *testing.T) {
	const head = "case,event,at,by,service,asked_by,unit,person,text,score\n"
	january := head +
		"E1,open,2026-01-05 09:00,,finance.advance,3002,,,,\n" +
		"E2,open,2026-01-06 09:00,,finance.advance,3002,,,,\n" +
		"E2,take,2026-01-06 10:00,2002,,,,,,\n" +
		"E2,ask,2026-01-06 11:00,2002,,,,,which account?,\n" +
		"E3,open,2026-01-07 09:00,,finance.advance,4001,,,,\n" +
		"E3,deliver,2026-01-07 10:00,2002,,,,,,\n"
	february := "E1,decline,2026-02-02 09:00,2002,,,it,,yours,\n" +
		"E1,deliver,2026-02-02 10:00,2102,,,,,done,\n" +
		"E1,return,2026-02-02 11:00,,,,,,wrong,\n" +
		"E2,answer,2026-02-03 09:00,,,,,,the second,\n" +
		"E2,assign,2026-02-03 09:30,2001,,,,2003,,\n" +
		"E2,deliver,2026-02-03 10:00,2003,,,,,,\n" +
		"E2,accept,2026-02-04 10:00,,,,,,,\n" +
		"E2,rate,2026-02-04 10:00,3002,,,,,,5\n" +
		"E3,return,2026-02-05 09:00,,,,,,wrong,\n" +
		"E3,cancel,2026-02-05 10:00,,,,,,too late,\n"
	for name, later := range map[string]string{"the whole log": january + february, "what is new": head + february} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, h house) {
				im := importer.New(h.db, h.jobs, h.Imports()...)
				if got := h.take(im, january, "", importer.Options{}); got.Created != 3 {
					t.Fatalf("january: %+v", got)
				}
				if got := h.take(im, later, "", importer.Options{DryRun: true}); got.Count != (importer.Count{Updated: 3}) {
					t.Fatalf("february, dry: %+v", got)
				}
				for _, want := range []importer.Count{{Updated: 3}, {Unchanged: 3}} {
					if got := h.take(im, later, "", importer.Options{}); got.Count != want || len(got.Errors)+len(got.Kept) > 0 {
						t.Fatalf("february: %+v, want %+v", got, want)
					}
				}
				seen := h.logs()
				h.prove(t)
				whole := quick(t)
				whole.take(importer.New(whole.db, whole.jobs, whole.Imports()...), january+february, "", importer.Options{})
				if want := whole.logs(); seen != want {
					t.Errorf("in two files:\n%s\nat once:\n%s", seen, want)
				}
			})
		})
	}
}

// logs tells all requests with what happened to them, and what their edges count.
func (h house) logs() string {
	h.t.Helper()
	page, err := h.List(h.as("1001"), Filter{Limit: 100})
	must(h.t, err)
	var b strings.Builder
	for _, line := range page.Items {
		v, err := h.ByNumber(h.as("1001"), line.Number)
		must(h.t, err)
		fmt.Fprintf(&b, "%s %s due %s %s took %d closed %s hops %d", v.External, v.State, v.Due, v.CompletionIs, v.CompletionTook, v.ClosedAt, v.Hops)
		for _, e := range v.Log {
			fmt.Fprintf(&b, "\n  %s %s %s message %v", e.At, e.Kind, e.Side, e.Message != 0)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// TestHistoryIsNotRewritten refuses what contradicts a known case, and leaves alone what went on here.
func TestHistoryIsNotRewritten(t *testing.T) {
	h := quick(t)
	im := importer.New(h.db, h.jobs, h.Imports()...)
	const head = "case,opened_at,taken_at,delivered_at,accepted_at,service,asked_by,assignee\n"
	h.take(im, head+"K1,2026-01-05 09:00,2026-01-05 10:00,,,finance.advance,3002,2002\nK2,2026-01-05 09:00,,,,finance.advance,3002,2002\n", "", importer.Options{})
	later := head + "K1,2026-01-05 09:00,2026-01-05 10:00,2026-01-05 09:30,,finance.advance,3002,2002\n"
	got := h.take(im, later, "", importer.Options{})
	if len(got.Errors) != 1 || got.Errors[0].Line != 2 || got.Errors[0].Column != "delivered_at" || got.Updated != 0 {
		t.Errorf("a delivery before what is known: %+v", got)
	}
	page, err := h.List(h.as("1001"), Filter{})
	must(t, err)
	for _, line := range page.Items {
		if line.State == StateNew {
			_, err = h.Take(h.as("2002"), line.Number, When{})
			must(t, err)
		}
	}
	got = h.take(im, head+"K2,2026-01-05 09:00,,2026-01-06 09:00,,finance.advance,3002,2002\n", "", importer.Options{})
	if len(got.Errors) != 0 || len(got.Kept) != 1 || got.Kept[0].Line != 2 || got.Count != (importer.Count{Unchanged: 1}) {
		t.Errorf("a request that went on here: %+v", got)
	}
	h.prove(t)
}

// TestALogThatTellsTheNewestFirst keeps the order of what happened in one second.
func TestALogThatTellsTheNewestFirst(t *testing.T) {
	h := quick(t)
	im := importer.New(h.db, h.jobs, h.Imports()...)
	file := "case,state,at,by,service,asked_by\n" +
		"N1,done,2026-01-05 10:00:00,,,\n" +
		"N1,delivered,2026-01-05 10:00:00,2002,,\n" +
		"N1,working,2026-01-05 09:30:00,2002,,\n" +
		"N1,new,2026-01-05 09:00:00,,finance.advance,3002\n"
	if got := h.take(im, file, "", importer.Options{}); got.Created != 1 || len(got.Errors) > 0 {
		t.Fatalf("%+v", got)
	}
	if log := h.logs(); strings.Count(log, "\n  ") != 4 || !strings.Contains(log, "N1 done") {
		t.Error(log)
	}
	h.prove(t)
}

// TestACaseLongerThanARequestMayBe is refused: nothing reads more than so many events.
func TestACaseLongerThanARequestMayBe(t *testing.T) {
	h := quick(t)
	im := importer.New(h.db, h.jobs, h.Imports()...)
	var b strings.Builder
	b.WriteString("case,event,at,by,service,asked_by\nL1,open,2026-01-05 09:00,,finance.advance,3002\nL1,take,2026-01-05 09:00,2002,,\n")
	for range maxEvents {
		b.WriteString("L1,message,2026-01-05 09:30,2002,,\n")
	}
	if got := h.take(im, b.String(), "", importer.Options{}); len(got.Errors) != 1 || got.Errors[0].Line != maxEvents+2 {
		t.Errorf("%+v", got)
	}
}
