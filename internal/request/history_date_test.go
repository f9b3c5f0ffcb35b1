package request

import (
	"testing"

	"neike/internal/app/importer"
)

// Another date that was proposed and agreed on, and a case that was taken up again, come in from either shape of file; what they
// count as is counted by hand here.
func TestDatesAndReopeningsOfThePast(t *testing.T) {
	const events = "case,event,at,by,service,asked_by,text,due\n" +
		"A,open,2026-01-05 09:00,,finance.advance,3002,,\n" +
		"A,take,2026-01-05 10:00,2002,,,,\n" +
		"A,propose-date,2026-01-05 11:00,2002,,,bank,2026-03-02 18:00\n" +
		"A,agree-date,2026-01-05 12:00,,,,,2026-03-02 18:00\n" +
		"A,deliver,2026-02-27 10:00,2002,,,,\n" +
		"A,accept,2026-02-27 11:00,,,,,\n" +
		"B,open,2026-01-05 09:00,,finance.advance,3002,,\n" +
		"B,take,2026-01-05 09:30,2002,,,,\n" +
		"B,deliver,2026-01-05 10:00,2002,,,,\n" +
		"B,accept,2026-01-05 11:00,,,,,\n" +
		"B,reopen,2026-01-06 09:00,,,,not quite,\n" +
		"B,deliver,2026-01-06 10:00,2002,,,,\n" +
		"B,accept,2026-01-06 11:00,,,,,\n" +
		"C,open,2026-01-05 09:00,,finance.advance,3002,,\n" +
		"C,take,2026-01-05 10:00,2002,,,,\n" +
		"C,propose-date,2026-01-05 11:00,2002,,,bank,2026-03-02 18:00\n" +
		"C,agree-date,2026-01-05 12:00,,,,,\n"
	const cases = "case,service,title,asked_by,assignee,opened_at,taken_at,agreed_at,agreed_due,delivered_at,accepted_at,reopened_at\n" +
		"A,finance.advance,a,3002,2002,2026-01-05 09:00,2026-01-05 10:00,2026-01-05 12:00,2026-03-02 18:00,2026-02-27 10:00,2026-02-27 11:00,\n" +
		"B,finance.advance,b,3002,2002,2026-01-05 09:00,2026-01-05 09:30,,,2026-01-05 10:00,2026-01-05 11:00,2026-01-06 09:00\n"
	for name, x := range map[string]struct {
		file           string
		n, agreed, met int
		again          State
	}{"a row for each event": {events, 3, 1, 2, StateDone}, "a row for each case": {cases, 2, 1, 1, StateWorking}} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, h house) {
				im := importer.New(h.db, h.jobs, h.Imports()...)
				if got := h.take(im, x.file, "", importer.Options{}); got.Created != x.n || len(got.Errors) > 0 {
					t.Fatalf("%+v", got)
				}
				page, err := h.List(h.as("1001"), Filter{Limit: 100, State: "any"})
				must(t, err)
				agreed, met := 0, 0
				for _, l := range page.Items {
					v, err := h.ByNumber(h.as("1001"), l.Number)
					must(t, err)
					agreed += v.Agreed
					if v.CompletionIs == Met {
						met++
					}
					switch v.External {
					case "A":
						if v.OriginalIs != Breached || v.CompletionIs != Met {
							t.Errorf("A: %s, by the first date %s", v.CompletionIs, v.OriginalIs)
						}
					case "B":
						if v.Reopens != 1 || v.State != x.again {
							t.Errorf("B: %s, reopened %d", v.State, v.Reopens)
						}
					case "C":
						if v.Agreed != 0 || !v.Proposed.IsZero() || v.CompletionIs == Met {
							t.Errorf("C: %+v", v.Request)
						}
					}
				}
				if agreed != x.agreed || met != x.met {
					t.Errorf("%d agreed, %d in time; by hand %d, %d", agreed, met, x.agreed, x.met)
				}
				h.prove(t)
			})
		})
	}
	h := quick(t)
	im := importer.New(h.db, h.jobs, h.Imports()...)
	const wrong = "case,event,at,by,service,asked_by,text,due\nD,open,2026-01-05 09:00,,finance.advance,3002,,\nD,take,2026-01-05 10:00,2002,,,,\nD,propose-date,2026-01-05 11:00,2002,,,bank,2026-01-01 18:00\n"
	if got := h.take(im, wrong, "", importer.Options{}); len(got.Errors) != 1 || got.Errors[0].Column != "due" {
		t.Errorf("%+v", got.Errors)
	}
}
