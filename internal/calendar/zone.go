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
	for at := time.Unix(from, 0).In(loc); ; {
		start, end := at.ZoneBounds()
		_, offset := at.Zone()
		e := era{from: farPast, to: farFuture, offset: int64(offset)}
		if !start.IsZero() && len(list) > 0 {
			e.from = list[len(list)-1].to
		}
		if !end.IsZero() {
			e.to = end.Unix()
		}
		list = append(list, e)
		if e.to > to {
			return list
		}
		at = time.Unix(e.to, 0).In(loc)
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
