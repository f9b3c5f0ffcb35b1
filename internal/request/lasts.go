package request

import (
	"context"
	"fmt"
	"math"
	"slices"

	"neike/internal/kit/sqldb"
	"neike/internal/kit/stat"
)

// Lasts is how long the clocks of a report take, in counted seconds, when those that still run are reckoned in: the
// percentiles of what has ended alone are too short while the slow ones are open (methods §7.10).
type Lasts struct {
	Median, P90 *int64    // nil: not reached, longer than Longest
	Between     [2]*int64 // 95 % interval of the median; an end is nil when it cannot be told
	Longest     int64     // that was seen
	Open        int64     // still running, as long as they have run by now
	Withdrawn   int64     // closed without an end, as long as they ran
	N           int64     // with those
	TooMany     bool      // more are open than openReplayed: nothing was reckoned
	Rough       bool      // more than exactly: times are those of a histogram, within half a percent
}

// exactly is how many cases are reckoned one by one; of more a histogram is made whose bars are 1 % wide.
const (
	exactly  = 2000
	barWidth = .01
)

// openReplayed is how many running clocks a report replays.
const openReplayed = 10_000

// lasting fills in the percentiles of the rows of a report.
func (s *Service) lasting(ctx context.Context, c cohort, rows []Attainment) error {
	at := make(map[int64]*Attainment, len(rows))
	for i := range rows {
		at[rows[i].Key] = &rows[i]
	}
	if len(at) == 0 {
		return nil
	}
	var spells map[int64][]stat.Lasted
	var open []openSpell
	running := map[int64][]stat.Lasted{}
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if spells, err = spellsIn(ctx, rd, c); err != nil {
			return err
		}
		if open, err = openIn(ctx, rd, c, openReplayed+1); err != nil {
			return err
		}
		if len(open) > openReplayed {
			return nil
		}
		open = slices.DeleteFunc(open, func(o openSpell) bool { return at[o.key] == nil })
		return s.elapsedOf(ctx, rd, c.Clock, open, running)
	})
	if err != nil {
		return err
	}
	for key, a := range at {
		a.Median, a.P90 = ranked(spells[key])
		if len(open) > openReplayed {
			a.Lasts = Lasts{TooMany: true}
			continue
		}
		a.Lasts = lastsOf(spells[key], running[key])
	}
	return nil
}

// elapsedOf adds to the lists, by key, how long the clocks of some open requests have run by now.
func (s *Service) elapsedOf(ctx context.Context, rd sqldb.Reader, kind string, open []openSpell, to map[int64][]stat.Lasted) error {
	if len(open) == 0 {
		return nil
	}
	book, err := s.Calendar.Book(ctx)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(open, trialPage) {
		ids := make([]trialRow, len(part))
		for i, o := range part {
			ids[i] = trialRow{id: o.request}
		}
		logs, err := logsOf(ctx, rd, ids)
		if err != nil {
			return err
		}
		for _, o := range part {
			took, err := ranSoFar(book, kind, logs[o.request], rd.Instant())
			if err != nil {
				return fmt.Errorf("replay request %d: %w", o.request, err)
			}
			to[o.key] = append(to[o.key], stat.Lasted{Time: float64(took), N: 1})
		}
	}
	return nil
}

// lastsOf reckons percentiles from what is closed and what runs.
func lastsOf(closed, running []stat.Lasted) Lasts {
	all, n, longest := slices.Concat(closed, running), int64(0), 0.0
	for _, x := range all {
		n, longest = n+x.N, max(longest, x.Time)
	}
	if n > exactly {
		all = stat.Histogram(all, barWidth)
	}
	curve := stat.Survival(all)
	l := Lasts{Rough: n > exactly, Longest: int64(longest), N: curve.N, Open: int64(len(running)), Withdrawn: curve.Open - int64(len(running))}
	whole := func(v float64, ok bool) *int64 {
		if !ok {
			return nil
		}
		n := int64(math.Round(v))
		return &n
	}
	l.Median, l.P90 = whole(curve.Percentile(.5)), whole(curve.Percentile(.9))
	low, high, lower, upper := curve.Between(.5)
	l.Between = [2]*int64{whole(low, lower), whole(high, upper)}
	return l
}

// ranked are the values at ranks ⌈n/2⌉ and ⌈9n/10⌉ of those that ended; the list is in order of time.
func ranked(list []stat.Lasted) (median, p90 *int64) {
	var n, seen int64
	for _, x := range list {
		if x.Ended {
			n += x.N
		}
	}
	for _, x := range list {
		if !x.Ended {
			continue
		}
		seen += x.N
		took := int64(x.Time)
		if median == nil && seen >= (n+1)/2 {
			median = &took
		}
		if p90 == nil && seen >= (n*9+9)/10 {
			p90 = &took
		}
	}
	return median, p90
}

// lastsJSON is Lasts on the wire.
type lastsJSON struct {
	Median    *int64    `json:"median_seconds" doc:"null: so many are still open that it is longer than longest_seconds, or there are none"`
	P90       *int64    `json:"p90_seconds"`
	Between   [2]*int64 `json:"median_interval" doc:"95 % interval; an end that cannot be told is null"`
	Longest   int64     `json:"longest_seconds" doc:"Seen so far"`
	N         int64     `json:"n"`
	Open      int64     `json:"open" doc:"Of n: still running"`
	Withdrawn int64     `json:"withdrawn" doc:"Of n: closed without an end; taken as if that had nothing to do with how long it took"`
	Method    string    `json:"method" enum:"exact,histogram" doc:"histogram: of more than 2000 cases, every time within half a percent"`
	Reason    string    `json:"reason,omitempty" enum:"none,too_many_open,not_reached" doc:"Why a percentile is null"`
}

func (l Lasts) json() lastsJSON {
	j := lastsJSON{Median: l.Median, P90: l.P90, Between: l.Between, Longest: l.Longest, N: l.N, Open: l.Open, Withdrawn: l.Withdrawn}
	if j.Method = "exact"; l.Rough {
		j.Method = "histogram"
	}
	switch {
	case l.TooMany:
		j.Reason = "too_many_open"
	case l.N == 0:
		j.Reason = "none"
	case l.P90 == nil:
		j.Reason = "not_reached"
	}
	return j
}
