package request

import (
	"context"
	"slices"
	"sync"
	"time"

	"neike/internal/calendar"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
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
func (s *Service) lateToday(ctx context.Context, sc scope) (late []Line, err error) {
	sc.limit = lateCap - 1
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		rows, err := queued(ctx, rd, sc, thinColumns, scanThin)
		if err != nil {
			return err
		}
		late, err = s.judgeLate(ctx, rd, rows)
		return err
	})
	return late, err
}

// lateBeside counts what lateToday finds when the first page of the same queue, in the same order, has been read already:
// most queues are on that page as a whole.
func (s *Service) lateBeside(ctx context.Context, unit string, page web.Page[Line]) (int, error) {
	tonight := s.tonight(ctx)
	rows := make([]Line, 0, lateCap)
	for _, l := range page.Items {
		if l.NextDue.Before(tonight) && len(rows) < lateCap {
			rows = append(rows, l)
		}
	}
	sc, _, err := s.scopeOf(ctx, Filter{Unit: unit})
	if err == nil {
		err = s.aim(ctx, &sc, ViewLate)
	}
	if err != nil {
		return 0, err
	}
	n := 0
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		if page.NextCursor != "" && len(rows) == len(page.Items) && len(rows) < lateCap {
			last := rows[len(rows)-1]
			sc.after, sc.limit = []int64{last.NextDue.UnixMilli(), last.ID}, lateCap-len(rows)-1
			more, err := queued(ctx, rd, sc, thinColumns, scanThin)
			if err != nil {
				return err
			}
			rows = append(rows, more...)
		}
		late, err := s.judgeLate(ctx, rd, rows)
		n = len(late)
		return err
	})
	return n, err
}

// judgeLate leaves those of the rows, due by the end of the day, that are late or will be.
func (s *Service) judgeLate(ctx context.Context, rd sqldb.Reader, rows []Line) (late []Line, err error) {
	book, err := s.Calendar.Book(ctx)
	if err != nil {
		return nil, err
	}
	usual, err := s.usualOf(ctx, rd, rows)
	if err != nil {
		return nil, err
	}
	tables := map[[2]int64]*calendar.Table{}
	now := rd.Instant()
	for _, l := range rows {
		table, known := tables[[2]int64{l.Provider, l.Service}]
		if !known {
			if table, err = s.tableOf(ctx, book, l.Provider, l.Service); err != nil {
				return nil, err
			}
			tables[[2]int64{l.Provider, l.Service}] = table
		}
		if willBeLate(l, table, usual[l.Service], now) {
			late = append(late, l)
		}
	}
	return late, nil
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
