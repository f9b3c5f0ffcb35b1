package clock

import (
	"context"
	"fmt"
	"slices"
	"time"

	"neike/internal/calendar"
	"neike/internal/kit/sqldb"
)

// page is how many subjects a preview replays between two looks at the database.
const page = 1000

// preview says which open deadlines of the calendars with these codes would be others in a book that is not published
// yet. It only reads, page by page, so nobody waits for it; what changes meanwhile may be in it or not.
func (s *Service) preview(ctx context.Context, next *calendar.Book, codes []string) (calendar.Moves, error) {
	var total calendar.Moves
	now, err := s.calendars.Book(ctx)
	if err != nil {
		return total, err
	}
	for _, source := range s.sources {
		if source.Read == nil {
			continue
		}
		for after, more := int64(0), true; more; {
			err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
				ids, err := open(ctx, rd, source.Kind, codes, after, page)
				if err != nil || len(ids) == 0 {
					more = false
					return err
				}
				after = ids[len(ids)-1]
				histories, err := source.Read(ctx, rd, ids)
				if err != nil {
					return err
				}
				moves, err := moved(now, next, histories, codes, rd.Instant())
				if err != nil {
					return err
				}
				return describe(ctx, rd, source, moves, &total)
			})
			if err != nil {
				return total, fmt.Errorf("preview clocks of %s: %w", source.Kind, err)
			}
		}
	}
	total.Sort()
	return total, nil
}

// moved replays histories in both books and pairs the due times of their open clocks.
func moved(now, next Tables, histories []History, codes []string, at time.Time) ([]calendar.Move, error) {
	var out []calendar.Move
	for _, h := range histories {
		is, err := Replay(now, h.Marks, at)
		if err != nil {
			return nil, err
		}
		becomes, err := Replay(next, h.Marks, at)
		if err != nil {
			return nil, err
		}
		for i := range is {
			a, b := &is[i], &becomes[i]
			if a.Over() || !a.HasTarget() || !slices.Contains(codes, a.Calendar) {
				continue
			}
			out = append(out, calendar.Move{Subject: h.Subject, Unit: a.Unit, Kind: a.Kind, Scope: a.Scope, Calendar: a.Calendar,
				From: a.DueAt, To: b.DueAt, Late: a.State != Breached && b.ByChange && b.State == Breached || lateAt(a, b, at)})
		}
	}
	return out, nil
}

// lateAt says whether a clock that is in time would be due no later than now: the change leaves it nothing.
func lateAt(is, becomes *State, at time.Time) bool {
	return is.State == Running && becomes.State == Running && becomes.DueAt.Before(is.DueAt) && !becomes.DueAt.After(at)
}

// describe adds what the room of the subjects says of those that move.
func describe(ctx context.Context, rd sqldb.Reader, source Source, moves []calendar.Move, total *calendar.Moves) error {
	var ids []int64
	for _, m := range moves {
		if !m.From.Equal(m.To) && (len(ids) == 0 || ids[len(ids)-1] != m.Subject) {
			ids = append(ids, m.Subject)
		}
	}
	about := map[int64]About{}
	if len(ids) > 0 {
		var err error
		if about, err = source.About(ctx, rd, ids); err != nil {
			return err
		}
	}
	for _, m := range moves {
		a := about[m.Subject]
		m.Ref, m.Link, m.Service = a.Ref, a.Link, a.Service
		if a.Unit != 0 {
			m.Unit = a.Unit
		}
		total.Add(m)
	}
	return nil
}
