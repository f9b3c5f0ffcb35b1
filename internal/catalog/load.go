package catalog

import (
	"context"

	"neike/internal/kit/lang"
)

// Load is how much of a service is in hand, as whoever thinks of asking for it is told. What the unit's other work comes to
// is in Full, Refuses and Place, where the unit has a limit of its own.
type Load struct {
	Open    int  // requests on which the unit still owes something: neither delivered nor ended
	Waiting int  // of these nobody has taken: all of them come before one that is sent now
	Limit   int  // of work in hand; 0: none
	Full    bool // the limit is reached
	Refuses bool // full, and what is asked now is taken only when it is urgent
	Place   int  // in line, of one sent now; 0: it need not wait
	// N is how many were done in the last twelve weeks. Median and P90 are the counted seconds that they took until they were
	// delivered; 0: too few to tell.
	N, Median, P90 int64
}

// LoadBy fills the slot through which the room of requests tells what is in hand. Without it nothing is shown of it. Call it
// while wiring.
func (c *Catalog) LoadBy(find func(ctx context.Context, services []*Service) (map[ID]Load, error)) {
	c.load = find
}

// loads are those of services that can be asked for; none where nothing fills the slot.
func (c *Catalog) loads(ctx context.Context, list []*Service) (map[ID]Load, error) {
	var asked []*Service
	for _, s := range list {
		if s.Askable() && !s.Support() {
			asked = append(asked, s)
		}
	}
	if c.load == nil || len(asked) == 0 {
		return nil, nil
	}
	return c.load(ctx, asked)
}

// LoadView is a Load in words. The zero value shows nothing.
type LoadView struct {
	Open, Ahead, Takes string
	Full               string // that the limit is reached, and what follows; empty: it is not
	Brief              string // in one line of a list
	Refuses            bool
}

// Words puts the load into words. due is until when one sent now is due, in a sentence; empty: nothing is promised.
func (l Load) Words(ctx context.Context, due string) LoadView {
	v := LoadView{Open: lang.T(ctx, "catalog.load.open", "count", l.Open), Ahead: lang.T(ctx, "catalog.load.ahead", "count", l.Waiting), Refuses: l.Refuses,
		Takes: few(ctx, l.N), Brief: lang.T(ctx, "catalog.load.brief", "count", l.Open)}
	if l.Limit > 0 {
		v.Open = lang.T(ctx, "catalog.load.open-of", "count", l.Open, "limit", l.Limit)
	}
	if l.Median > 0 {
		v.Takes = lang.T(ctx, "catalog.load.takes", "median", lang.WorkDuration(ctx, l.Median), "n", l.N)
		v.Brief += lang.T(ctx, "catalog.load.brief-takes", "median", lang.WorkDuration(ctx, l.Median))
	}
	if l.P90 > 0 {
		v.Takes = lang.T(ctx, "catalog.load.takes-most", "median", lang.WorkDuration(ctx, l.Median), "most", lang.WorkDuration(ctx, l.P90), "n", l.N)
	}
	switch {
	case l.Refuses:
		v.Full = lang.T(ctx, "catalog.load.refuses")
	case l.Full && due != "":
		v.Full = lang.T(ctx, "catalog.load.line-due", "place", l.Place, "due", due)
	case l.Full:
		v.Full = lang.T(ctx, "catalog.load.line", "place", l.Place)
	}
	return v
}

// loadJSON is a Load on the wire.
type loadJSON struct {
	Open          int    `json:"open" doc:"Requests on which the unit still owes something"`
	Waiting       int    `json:"waiting" doc:"Of these nobody has taken: they come before one that is sent now"`
	Limit         *int   `json:"limit" doc:"Of work in hand; null: none"`
	Full          bool   `json:"full"`
	Refuses       bool   `json:"refuses" doc:"Full, and only what is urgent is taken"`
	Place         *int   `json:"place" doc:"In line, of one sent now; null: it need not wait"`
	Done          int64  `json:"done_12_weeks" doc:"How many were done in the last twelve weeks"`
	MedianSeconds *int64 `json:"median_seconds" doc:"Of working time until they were delivered; null: too few to tell"`
	P90Seconds    *int64 `json:"p90_seconds" doc:"Nine of ten; null: too few to tell"`
}

// wireLoad is what is in hand of a service; nil where nothing is known of it.
func (c *Catalog) wireLoad(ctx context.Context, s *Service) (*loadJSON, error) {
	loads, err := c.loads(ctx, []*Service{s})
	l, ok := loads[s.ID]
	if err != nil || !ok {
		return nil, err
	}
	j := &loadJSON{Open: l.Open, Waiting: l.Waiting, Full: l.Full, Refuses: l.Refuses, Done: l.N}
	if l.Limit > 0 {
		j.Limit = &l.Limit
	}
	if l.Place > 0 {
		j.Place = &l.Place
	}
	if l.Median > 0 {
		j.MedianSeconds = &l.Median
	}
	if l.P90 > 0 {
		j.P90Seconds = &l.P90
	}
	return j, nil
}

// few says that too few were done to tell how long one takes.
func few(ctx context.Context, n int64) string {
	if n == 0 {
		return lang.T(ctx, "catalog.load.none")
	}
	return lang.T(ctx, "catalog.load.few", "count", n)
}
