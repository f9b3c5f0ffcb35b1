package request

import (
	"context"
	"fmt"
	"time"

	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/kit/job"
	"neike/internal/kit/sqldb"
)

// askingTurns lists the requests whose turns a dry run looks at: none where nothing was and nothing would be promised of
// what customers say next.
func askingTurns(ctx context.Context, rd sqldb.Reader, t catalog.Trial) ([]trialRow, error) {
	if t.Standard.NextResponse.IsZero() {
		promised, err := hasTurns(ctx, rd, t.Service, t.From)
		if err != nil || !promised {
			return nil, err
		}
	}
	return openWithin(ctx, rd, t.Service, Span{t.From, t.To})
}

// tryTurns counts every turn that began in the span, page by page, after done requests; nil: there is nothing to say of them.
func (s *Service) tryTurns(ctx context.Context, book *calendar.Book, t catalog.Trial, rest bool, done int64) (*catalog.TrialNext, error) {
	var rows []trialRow
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		rows, err = askingTurns(ctx, rd, t)
		return err
	})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	run := trialTurns{std: t.Standard, span: Span{t.From, t.To}}
	for len(rows) > 0 {
		began := time.Now()
		n := min(len(rows), trialPage)
		other, err := s.tryTurnPage(ctx, book, &run, rows[:n], t.At)
		if err != nil {
			return nil, err
		}
		rows, done = rows[n:], done+int64(n)
		err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			if err := insertTurned(ctx, tx, t.ID, other); err != nil || !rest {
				return err
			}
			return trialGoes(ctx, tx, t.ID, done)
		})
		if err != nil {
			return nil, err
		}
		if !rest {
			continue
		}
		if err := job.Rest(ctx, time.Since(began)); err != nil {
			return nil, err
		}
	}
	return run.result(), nil
}

func (s *Service) tryTurnPage(ctx context.Context, book *calendar.Book, run *trialTurns, rows []trialRow, now time.Time) (other []turned, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		logs, err := logsOf(ctx, rd, rows)
		if err != nil {
			return err
		}
		for _, r := range rows {
			list, err := run.count(book, trialCase{r.id, r.customer, r.urgent, r.duplicate, logs[r.id]}, now)
			if err != nil {
				return fmt.Errorf("replay turns of request %d: %w", r.id, err)
			}
			other = append(other, list...)
		}
		return nil
	})
	return other, err
}

// casesOf lists what is on the other side, requests or turns, by ascending id.
func (x trials) casesOf(ctx context.Context, t catalog.Trial, ask catalog.TrialList) (list []turned, err error) {
	side := -1
	if ask.Better {
		side = 1
	}
	err = x.s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if ask.Turns {
			list, err = turnedOf(ctx, rd, t.ID, side, ask.After, ask.Limit+1)
			return err
		}
		cases, err := casesOf(ctx, rd, t.ID, side, ask.After.Request, ask.Limit+1)
		for _, c := range cases {
			list = append(list, turned{id: c.id, due: c.due, would: c.would})
		}
		return err
	})
	return list, err
}
