package request

import (
	"context"
	"slices"

	"neike/internal/kit/sqldb"
)

// The due times on a row of request are a cache: lists and queues are ordered by them. They follow from the clocks, which
// are proven against the log by themselves; a row that differs from its clocks is replayed to know who is right.

// dueFlaws names the due times of rows that are not what the log comes to. rows are all requests of their range.
func (s *Service) dueFlaws(ctx context.Context, rd sqldb.Reader, rows []Request) ([]Flaw, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	clocks, err := duesBetween(ctx, rd, rows[0].ID, rows[len(rows)-1].ID)
	if err != nil {
		return nil, err
	}
	turns, err := turnsBetween(ctx, rd, rows[0].ID, rows[len(rows)-1].ID)
	if err != nil {
		return nil, err
	}
	var flaws []Flaw
	for _, r := range rows {
		c := clocks[r.ID]
		if c.replies || len(turns[r.ID]) > 0 {
			f, err := s.turnFlaw(ctx, rd, r, turns[r.ID])
			if err != nil {
				return flaws, err
			}
			if f.What != "" {
				flaws = append(flaws, f)
				continue
			}
		}
		next := r.nextDue()
		if r.Due.Equal(c.completion) && r.ResponseDue.Equal(c.response) && r.NextDue.Equal(next) && r.ReplySince.Equal(c.replySince) && r.ReplyDue.Equal(c.replyDue) {
			continue
		}
		f, err := s.dueFlaw(ctx, rd, r.ID)
		if err != nil {
			return flaws, err
		}
		if f.What != "" {
			flaws = append(flaws, f)
		}
	}
	return flaws, nil
}

// dueFlaw compares the due times of one request with the replay of its log.
func (s *Service) dueFlaw(ctx context.Context, rd sqldb.Reader, id ID) (Flaw, error) {
	row, fold, _, err := s.replayed(ctx, rd, id)
	if err != nil {
		return Flaw{}, err
	}
	f := Flaw{Number: row.Ref(), What: FlawField}
	switch {
	case !row.Due.Equal(fold.Due):
		f.Field, f.Row, f.Log = "due", written(row.Due), written(fold.Due)
	case !row.ResponseDue.Equal(fold.ResponseDue):
		f.Field, f.Row, f.Log = "response_due", written(row.ResponseDue), written(fold.ResponseDue)
	case !row.ReplySince.Equal(fold.ReplySince):
		f.Field, f.Row, f.Log = "reply_since", written(row.ReplySince), written(fold.ReplySince)
	case !row.ReplyDue.Equal(fold.ReplyDue):
		f.Field, f.Row, f.Log = "reply_due", written(row.ReplyDue), written(fold.ReplyDue)
	case !row.NextDue.Equal(fold.NextDue):
		f.Field, f.Row, f.Log = "next_due", written(row.NextDue), written(fold.NextDue)
	default:
		return Flaw{}, nil
	}
	return f, nil
}

// replayed is a request as its row is, and with the due times that its log comes to.
func (s *Service) replayed(ctx context.Context, rd sqldb.Reader, id ID) (row, fold Request, log []Event, err error) {
	if row, err = byID(ctx, rd, id); err != nil {
		return row, fold, nil, err
	}
	if log, err = eventsOf(ctx, rd, id); err != nil {
		return row, fold, nil, err
	}
	fold = row
	_, err = s.reclock(ctx, &fold, log, rd.Instant())
	return row, fold, log, err
}

// repairChunk is how many requests one transaction of Repair takes.
const repairChunk = 100

// Repair writes the due times of every request that differs from its log anew, and what people owe by them. It gives how
// many there were.
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
			flaws, err := s.dueFlaws(ctx, rd, rows)
			for _, f := range flaws {
				for _, r := range rows {
					if r.Ref() == f.Number {
						wrong = append(wrong, r.ID)
					}
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
				n, err = s.repairDues(ctx, tx, ids)
				return err
			})
			if count += n; err != nil {
				return count, err
			}
		}
	}
	return count, nil
}

func (s *Service) repairDues(ctx context.Context, tx *sqldb.Tx, ids []ID) (n int, err error) {
	if err := tx.Lock(ctx, "request", ids...); err != nil {
		return 0, err
	}
	for _, id := range ids {
		row, fold, log, err := s.replayed(ctx, tx, id)
		if err != nil {
			return n, err
		}
		r := row
		r.Due, r.ResponseDue, r.NextDue = fold.Due, fold.ResponseDue, fold.NextDue
		r.ReplySince, r.ReplyDue = fold.ReplySince, fold.ReplyDue
		turned, err := s.repairTurns(ctx, tx, r, log)
		if err != nil {
			return n, err
		}
		if r == row && !turned {
			continue
		}
		n++
		if err := updateRequest(ctx, tx, r); err != nil {
			return n, err
		}
		if err := s.owe(ctx, tx, row, r, log); err != nil {
			return n, err
		}
	}
	return n, nil
}
