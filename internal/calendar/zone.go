package calendar

import (
	"sort"
	"time"
)

// era is a stretch of instants (seconds, half-open) with one offset from UTC.
type era struct{ from, to, offset int64 }

// eras is the clock changes of a zone between two instants, ascending and without a hole.
type eras []era

const (
	farPast   = -1 << 62
	farFuture = 1 << 62
	// No zone was ever farther than 16 h from UTC, so a wall-clock time and its instant lie within this window.
	farthest = 26 * 3600
)

// erasOf reads the zone's clock changes from the instant from to the instant to (seconds).
func erasOf(loc *time.Location, from, to int64) eras {
	var list eras
	for at := from; ; {
		t := time.Unix(at, 0).In(loc)
		_, offset := t.Zone()
		end := int64(farFuture)
		if _, bound := t.ZoneBounds(); !bound.IsZero() {
			end = bound.Unix()
		}
		switch n := len(list); {
		case n == 0:
			list = append(list, era{farPast, end, int64(offset)})
		case list[n-1].offset == int64(offset): // a bound at which clocks do not change
			list[n-1].to = end
		default:
			list = append(list, era{list[n-1].to, end, int64(offset)})
		}
		if end > to {
			return list
		}
		// On the last day of a leap year after the zone's table ends, ZoneBounds names an end that has passed (Go 1.26,
		// Berlin 2040-12-31). No zone's rule changes clocks on that day.
		if end <= at {
			end = at + 3600
			list[len(list)-1].to = end
		}
		at = end
	}
}

// instant turns a wall-clock time, given in seconds as if it were UTC, into the instant (seconds) at which the clocks
// show it. A time that clocks skip is the instant at which the gap ends. Of a time that they show twice it is the last
// occurrence if last is set, and the first otherwise.
func (z eras) instant(wall int64, last bool) int64 {
	i := sort.Search(len(z), func(i int) bool { return z[i].to > wall-farthest })
	found, ok := int64(0), false
	for j := i; j < len(z) && z[j].from <= wall+farthest; j++ {
		at := wall - z[j].offset
		if at < z[j].from || at >= z[j].to {
			continue
		}
		if !last {
			return at
		}
		found, ok = at, true
	}
	if ok {
		return found
	}
	for j := i; j+1 < len(z); j++ {
		change := z[j].to
		if wall-z[j].offset >= change && wall-z[j+1].offset < change {
			return change
		}
	}
	return wall - z[len(z)-1].offset
}

// steady says whether clocks do not change between two instants (seconds), both included.
func (z eras) steady(from, to int64) bool {
	i := sort.Search(len(z), func(i int) bool { return z[i].to > from })
	return z[i].to > to
}
