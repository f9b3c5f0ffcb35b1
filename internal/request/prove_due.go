package request

import (
	"context"
	"slices"
	"time"

	"neike/internal/clock"
	"neike/internal/kit/sqldb"
)

// What a row of request says of its clocks is a cache: lists and queues are ordered by its due times, reports count what it
// came to. It follows from the clocks, which are proven against the log by themselves; a row that differs from its clocks is
// replayed to know who is right.

// flawsIn names what of rows their logs do not come to, at most one of each. rows are all requests of their range.
func (s *Service) flawsIn(ctx context.Context, rd sqldb.Reader, rows []Request) ([]Flaw, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	first, last := rows[0].ID, rows[len(rows)-1].ID
	logs, err := logsBetween(ctx, rd, first, last)
	if err != nil {
		return nil, err
	}
	clocks, err := clockedBetween(ctx, rd, first, last)
	if err != nil {
		return nil, err
	}
	turns, err := turnsBetween(ctx, rd, first, last)
	if err != nil {
		return nil, err
	}
	var flaws []Flaw
	for _, r := range rows {
		f := unlike(r, logs[r.ID])
		if k := clocks[r.ID]; f.What == "" && (k.replies || len(turns[r.ID]) > 0) {
			if f, err = s.turnFlaw(ctx, rd, r, turns[r.ID]); err != nil {
				return flaws, err
			}
		}
		if f.What == "" && !clocks[r.ID].fit(r) {
			row, fold, _, err := s.replayed(ctx, rd, r.ID)
			if err != nil {
				return flaws, err
			}
			f = flawIn(fromClocks, row, fold)
		}
		if f.What != "" {
			flaws = append(flaws, f)
		}
	}
	return flaws, nil
}

// fit says whether a row says what its clocks say, as far as their rows tell: what agreed dates did is not in them.
func (k clocked) fit(r Request) bool {
	is := func(row Outcome, c clock.State) bool {
		return row == r.counting(c) || row == Pending && !c.Over() // late, and nobody has noticed yet
	}
	took := func(row, paused int64, c clock.State) bool {
		return !c.Over() || row == c.ElapsedSeconds() && paused == c.PausedSeconds()
	}
	return r.Agreed == 0 && r.OriginalDue.IsZero() && r.OriginalIs == Pending &&
		r.Due.Equal(k.completion.DueAt) && r.ResponseDue.Equal(k.response.DueAt) && r.NextDue.Equal(r.nextDue()) &&
		r.ReplySince.Equal(k.replySince) && r.ReplyDue.Equal(k.replyDue) &&
		(r.RespondedAt.Equal(k.response.EndedAt) || k.response.State == clock.Cancelled) &&
		is(r.ResponseIs, k.response) && is(r.CompletionIs, k.completion) &&
		took(r.ResponseTook, 0, clock.State{EndedAt: k.response.EndedAt, Elapsed: k.response.Elapsed}) && took(r.CompletionTook, r.PausedTook, k.completion)
}

// replayed is a request as its row is, and as its log makes it. What is fromClocks as of the last event is not compared while
// a clock runs, nor is that it is late before anybody noticed.
func (s *Service) replayed(ctx context.Context, rd sqldb.Reader, id ID) (row, fold Request, log []Event, err error) {
	if row, err = byID(ctx, rd, id); err != nil {
		return row, fold, nil, err
	}
	if log, err = eventsOf(ctx, rd, id); err != nil {
		return row, fold, nil, err
	}
	fold = row
	if of, flaw := foldOf(row, log); flaw.What == "" {
		fromLog.Take(&fold, of)
	}
	fold.OriginalDue, fold.OriginalIs = time.Time{}, Pending
	states, err := s.reclock(ctx, &fold, log, rd.Instant())
	for _, c := range states {
		switch {
		case c.Over() || c.Scope != clock.Customer:
		case c.Kind == clock.FirstResponse:
			fold.ResponseTook = row.ResponseTook
			if row.ResponseIs == Pending {
				fold.ResponseIs = Pending
			}
		case c.Kind == clock.Completion:
			fold.CompletionTook, fold.PausedTook = row.CompletionTook, row.PausedTook
			if row.CompletionIs == Pending {
				fold.CompletionIs = Pending
			}
			if row.OriginalIs == Pending {
				fold.OriginalIs = Pending
			}
		}
	}
	return row, fold, log, err
}

// repairChunk is how many requests one transaction of Repair takes.
const repairChunk = 100

// Repair writes every request that differs from its log anew, and what people owe by it. It gives how many there were. A log
// that no request can have is left for people to look at.
func (s *Service) Repair(ctx context.Context) (count int, err error) {
	for after, more := int64(0), true; more; {
		var wrong []ID
		err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
			rows, err := rowsAfter(ctx, rd, after, 2000)
			if err != nil || len(rows) == 0 {
				more = false
				return err
			}
			after = rows[len(rows)-1].ID
			flaws, err := s.flawsIn(ctx, rd, rows)
			for _, f := range flaws {
				if f.What == FlawField {
					wrong = append(wrong, f.id)
				}
			}
			return err
		})
		if err != nil {
			return count, err
		}
		for ids := range slices.Chunk(wrong, repairChunk) {
			n := 0
			err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
				n, err = s.repair(ctx, tx, ids)
				return err
			})
			if count += n; err != nil {
				return count, err
			}
		}
	}
	return count, nil
}

func (s *Service) repair(ctx context.Context, tx *sqldb.Tx, ids []ID) (n int, err error) {
	if err := tx.Lock(ctx, "request", ids...); err != nil {
		return 0, err
	}
	for _, id := range ids {
		row, r, log, err := s.replayed(ctx, tx, id)
		if err != nil {
			return n, err
		}
		turned, err := s.repairTurns(ctx, tx, r, log)
		if err != nil {
			return n, err
		}
		if !turned && flawIn(fromLog, row, r).What == "" && flawIn(fromClocks, row, r).What == "" {
			continue // mended since it was read
		}
		n++
		if err := updateRequest(ctx, tx, r); err != nil {
			return n, err
		}
		if err := beginsAnew(ctx, tx, r); err != nil {
			return n, err
		}
		if err := s.owe(ctx, tx, row, r, log); err != nil {
			return n, err
		}
	}
	return n, nil
}
