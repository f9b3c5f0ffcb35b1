package request

import (
	"context"
	"fmt"
	"strings"
	"time"

	"neike/internal/catalog"
	"neike/internal/clock"
	"neike/internal/kit/sqldb"
)

// addAgreed adds the agreement that the targets of a request come from: OLA-12/3 is the number and the version.
func addAgreed(add func(term, text, href string), log []Event) {
	if len(log) == 0 || log[0].Code == "" {
		return
	}
	number, _, _ := strings.Cut(log[0].Code, "/")
	add("request.fact.agreement", log[0].Code, "/agreements/"+number)
}

// Waited is a stretch in which a provider waited for its customer. Until zero: it still does.
type Waited struct{ Since, Until time.Time }

// Between is what happened between a provider and a customer in a span, as the duties of the customer need it.
type Between struct {
	Opened    int64    // requests opened in the span
	AskedBack int64    // of them those in which something had to be asked before the first delivery
	Questions []Waited // asked in the span
	Results   []Waited // delivered in the span
}

// HappenedBetween reads what happened on the requests that customers (units) asked of providers (units). Requests that go along with
// another do not count. providers and customers are not empty.
func HappenedBetween(ctx context.Context, rd sqldb.Reader, providers, customers []int64, span Span) (Between, error) {
	var out Between
	rows, err := wordsBetween(ctx, rd, providers, customers, span)
	if err != nil {
		return out, err
	}
	for _, of := range byRequest(rows) {
		out.add(of, span)
	}
	return out, nil
}

// betweenRow is one deed of a request between two units: open, ask, answer, deliver, accept, return.
type betweenRow struct {
	request int64
	at      time.Time
	verb    Verb
}

// byRequest cuts rows that are in the order of their requests.
func byRequest(rows []betweenRow) (out [][]betweenRow) {
	for from, i := 0, 0; i < len(rows); i++ {
		if i+1 == len(rows) || rows[i+1].request != rows[from].request {
			out = append(out, rows[from:i+1])
			from = i + 1
		}
	}
	return out
}

// add counts the deeds of one request, in their order.
func (b *Between) add(deeds []betweenRow, span Span) {
	in := func(at time.Time) bool { return !at.Before(span.From) && at.Before(span.To) }
	var opened, asked, delivered bool
	var question, result time.Time
	end := func(since *time.Time, list *[]Waited, until time.Time) {
		if !since.IsZero() && in(*since) {
			*list = append(*list, Waited{*since, until})
		}
		*since = time.Time{}
	}
	for _, d := range deeds {
		switch d.verb {
		case VerbOpen:
			opened = in(d.at)
		case VerbAsk:
			asked = asked || !delivered
			end(&question, &b.Questions, d.at)
			question = d.at
		case VerbDeliver:
			delivered = true
			end(&question, &b.Questions, d.at) // it could be done without the answer
			end(&result, &b.Results, d.at)
			result = d.at
		case VerbAnswer:
			end(&question, &b.Questions, d.at)
		case VerbAccept, VerbReturn:
			end(&result, &b.Results, d.at)
		case VerbWithdraw, VerbCancel:
			question, result = time.Time{}, time.Time{}
		}
	}
	end(&question, &b.Questions, time.Time{})
	end(&result, &b.Results, time.Time{})
	if opened {
		b.Opened++
		if asked {
			b.AskedBack++
		}
	}
}

// ServedTo counts what customers asked of a service and was due in the span.
func ServedTo(ctx context.Context, rd sqldb.Reader, service catalog.ID, customers []int64, span Span) (Attainment, error) {
	return servedTo(ctx, rd, service, customers, span)
}

// TriedBetween is a dry run of a standard over what customers asked.
type TriedBetween struct {
	N, Was, Would int64 // decided; in time as promised then; in time by the standard
	Left          int64 // more than triedMost: not counted
}

// triedMost is how many cases a dry run between two units counts at once: the newest.
const triedMost = 2000

// TryBetween counts the newest requests for a service that customers asked for and that were due in the span, as they were promised and as if
// the standard had held when they were opened.
func (s *Service) TryBetween(ctx context.Context, service catalog.ID, std catalog.Standard, customers []int64, span Span) (TriedBetween, error) {
	book, err := s.Calendar.Book(ctx)
	if err != nil {
		return TriedBetween{}, err
	}
	var out TriedBetween
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		out = TriedBetween{}
		rows, n, err := dueBetween(ctx, rd, service, customers, span, triedMost)
		if err != nil {
			return err
		}
		out.Left = n - int64(len(rows))
		for len(rows) > 0 {
			some := rows[:min(len(rows), trialPage)]
			rows = rows[len(some):]
			logs, err := logsOf(ctx, rd, some)
			if err != nil {
				return err
			}
			for _, r := range some {
				if err := out.count(book, trialCase{r.id, r.customer, r.urgent, r.duplicate, logs[r.id]}, std, rd.Instant()); err != nil {
					return fmt.Errorf("replay request %d: %w", r.id, err)
				}
			}
		}
		return nil
	})
	return out, err
}

func (t *TriedBetween) count(tables clock.Tables, c trialCase, std catalog.Standard, now time.Time) error {
	is, err := clock.Replay(tables, c.marks, now)
	if err != nil {
		return err
	}
	would, err := clock.Replay(tables, proposed(c.marks, std.For(c.urgent)), now)
	if err != nil {
		return err
	}
	_, was := customerClocks(is)
	_, then := customerClocks(would)
	before, after := c.is(was), c.is(then)
	if before != Met && before != Breached || after != Met && after != Breached {
		return nil
	}
	t.N++
	if before == Met {
		t.Was++
	}
	if after == Met {
		t.Would++
	}
	return nil
}
