package request

import (
	"context"
	"slices"
	"sync"
	"time"

	"neike/internal/calendar"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
)

// usualTime is how long requests of a service usually take: medians of counted seconds of the last 90 days; 0 without any.
type usualTime struct {
	response, completion int64
	at                   time.Time
}

// usualTimes remembers them: they change slowly.
type usualTimes struct {
	mu   sync.Mutex
	list map[int64]usualTime
}

const (
	usualFor  = 10 * time.Minute
	usualDays = 90
)

// lateCap bounds the banner and its list alike: the tile says what the list shows, and the list is a page.
const lateCap = 75

// late lists, as a list shows them, what lateToday finds.
func (s *Service) late(ctx context.Context, sc scope) ([]Line, error) {
	found, err := s.lateToday(ctx, sc)
	if err != nil || len(found) == 0 {
		return []Line{}, err
	}
	ids := make([]int64, 0, len(found))
	for _, l := range found {
		ids = append(ids, l.ID)
	}
	var rows []Line
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if rows, err = linesByID(ctx, rd, sc, ids); err != nil {
			return err
		}
		return s.nameRows(ctx, rd, rows)
	})
	sorting.By(rows, func(a, b Line) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	return rows, err
}

// lateToday lists what is late, and what is due by the end of the day and has less working time left than requests of
// its service usually still need. Only what the decision needs is filled in.
func (s *Service) lateToday(ctx context.Context, sc scope) ([]Line, error) {
	sc.limit = lateCap - 1
	book, err := s.Calendar.Book(ctx)
	if err != nil {
		return nil, err
	}
	var late []Line
	tables := map[[2]int64]*calendar.Table{}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		rows, err := queued(ctx, rd, sc, thinColumns, scanThin)
		if err != nil {
			return err
		}
		usual, err := s.usualOf(ctx, rd, rows)
		if err != nil {
			return err
		}
		now := rd.Instant()
		for _, l := range rows {
			table, known := tables[[2]int64{l.Provider, l.Service}]
			if !known {
				if table, err = s.tableOf(ctx, book, l.Provider, l.Service); err != nil {
					return err
				}
				tables[[2]int64{l.Provider, l.Service}] = table
			}
			if willBeLate(l, table, usual[l.Service], now) {
				late = append(late, l)
			}
		}
		return nil
	})
	return late, err
}

// usualOf gives the usual times of the services of some requests.
func (s *Service) usualOf(ctx context.Context, rd sqldb.Reader, rows []Line) (map[int64]usualTime, error) {
	now := rd.Instant()
	out := map[int64]usualTime{}
	s.usuals.mu.Lock()
	for _, l := range rows {
		if u, ok := s.usuals.list[l.Service]; ok && now.Sub(u.at) < usualFor {
			out[l.Service] = u
		}
	}
	s.usuals.mu.Unlock()
	var missing []int64
	for _, l := range rows {
		if _, known := out[l.Service]; !known {
			missing = append(missing, l.Service)
		}
	}
	missing = unique(missing)
	found, err := usualBy(ctx, rd, missing, Span{now.AddDate(0, 0, -usualDays), now})
	if err != nil || len(missing) == 0 {
		return out, err
	}
	s.usuals.mu.Lock()
	defer s.usuals.mu.Unlock()
	if s.usuals.list == nil {
		s.usuals.list = map[int64]usualTime{}
	}
	for _, id := range missing {
		u := found[id]
		u.at = now
		out[id], s.usuals.list[id] = u, u
	}
	return out, nil
}

// willBeLate decides for one open request whose next due time is today. What is due next is the first response until it
// is given; what is said next is thought to be answered as fast. A request that already takes longer than usual is thought to need a quarter of the usual time still.
func willBeLate(l Line, table *calendar.Table, usual usualTime, now time.Time) bool {
	if now.After(l.NextDue) {
		return true
	}
	left, err := table.Elapsed(now, l.NextDue)
	if err != nil {
		return false
	}
	whole, from, took := usual.completion, l.LastAt, l.Took
	if !l.ReplyDue.IsZero() && l.NextDue.Equal(l.ReplyDue) {
		whole, from, took = usual.response, l.ReplySince, 0
	}
	if l.RespondedAt.IsZero() && l.NextDue.Equal(l.ResponseDue) {
		whole, from, took = usual.response, l.OpenedAt, 0
	}
	if whole == 0 {
		return false
	}
	if more, err := table.Elapsed(from, now); err == nil {
		took += int64(more.Seconds())
	}
	return int64(left.Seconds()) < max(whole-took, whole/4)
}
