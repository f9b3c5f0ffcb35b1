package request

import (
	"context"
	"slices"
	"sync"
	"time"

	"neike/internal/calendar"
	"neike/internal/kit/lang"
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

// late is, as a list shows it, the next page on which lateToday finds something.
func (s *Service) late(ctx context.Context, sc scope) (web.Page[Line], error) {
	page, err := s.lateToday(ctx, sc)
	for err == nil && len(page.Items) == 0 && page.NextCursor != "" {
		if sc.after, err = web.ParseCursor(page.NextCursor, 2); err == nil {
			page, err = s.lateToday(ctx, sc)
		}
	}
	found := page.Items
	if err != nil || len(found) == 0 {
		return page, err
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
	page.Items = rows
	return page, err
}

// lateToday lists what is late, and what is due by the end of the day and has less working time left than requests of
// its service usually still need: of as many as a page takes, the next due first. Only what the decision needs is filled in.
func (s *Service) lateToday(ctx context.Context, sc scope) (page web.Page[Line], err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		rows, err := queued(ctx, rd, sc, thinColumns, scanThin)
		if err != nil {
			return err
		}
		page = web.Cut(rows, sc.limit, byNextDue)
		page.Items, err = s.judgeLate(ctx, rd, page.Items)
		return err
	})
	return page, err
}

// byNextDue is where a page in the order of the queue ends.
func byNextDue(l Line) string { return web.Cursor(l.NextDue.UnixMilli(), l.ID) }

// Late is how much is late or will be by tonight, of what is due next in a queue.
type Late struct {
	N    int
	More bool // more is due by tonight than was looked at
}

func (l Late) words(ctx context.Context) string {
	if l.More {
		return lang.T(ctx, "request.queue.late-today-more", "count", l.N)
	}
	return lang.T(ctx, "request.queue.late-today", "count", l.N)
}

// lateBeside is what lateToday finds when the first page of the same queue, in the same order, has been read already.
func (s *Service) lateBeside(ctx context.Context, page web.Page[Line]) (Late, error) {
	tonight := s.tonight(ctx)
	rows := make([]Line, 0, len(page.Items))
	for _, l := range page.Items {
		if l.NextDue.Before(tonight) {
			rows = append(rows, l)
		}
	}
	out := Late{More: page.NextCursor != "" && len(rows) == len(page.Items)}
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		late, err := s.judgeLate(ctx, rd, rows)
		out.N = len(late)
		return err
	})
	return out, err
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
