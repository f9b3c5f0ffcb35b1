package calendar

import "time"

// Workday says whether the calendar opens on a covered civil day. A day that is not covered is none.
func (t *Table) Workday(d Date) bool {
	if t.always {
		return true
	}
	i := int(d - t.first)
	return i >= 0 && i < len(t.days)-1 && t.days[i].n > 0
}

// Workdays counts the workdays of each month of a year. A year that is not covered is an error.
func (t *Table) Workdays(year int) ([12]int, error) {
	var months [12]int
	from, to := NewDate(year, 1, 1), NewDate(year+1, 1, 1)
	if !t.always && (from < t.first || int(to-t.first) > len(t.days)-1) {
		return months, t.outside
	}
	for d := from; d < to; d++ {
		if t.Workday(d) {
			months[d.Time().Month()-1]++
		}
	}
	return months, nil
}

// submission is the index of the workday that an instant belongs to: its own day before closing, else the next workday.
func (t *Table) submission(ms int64) (int, error) {
	if !t.covers(ms, ms) {
		return 0, t.outside
	}
	i := t.day(ms)
	if t.days[i].n > 0 && ms < t.closing(i) {
		return i, nil
	}
	return t.later(i, 1)
}

// later is the n-th workday after day i, n ≥ 0; 0 is i itself.
func (t *Table) later(i, n int) (int, error) {
	for n > 0 {
		if i++; i >= len(t.days)-1 {
			return 0, t.outside
		}
		if t.days[i].n > 0 {
			n--
		}
	}
	return i, nil
}

// closing is the end of the last opening of a workday.
func (t *Table) closing(i int) int64 {
	d := &t.days[i]
	return d.start + int64(t.segs[d.seg+int32(d.n)-1].to)
}

// closeOfWorkday is the close of the n-th workday after the workday of submission.
func (t *Table) closeOfWorkday(start time.Time, n int) (time.Time, error) {
	if t.always {
		return midnightAfter(start.In(t.loc), n), nil
	}
	i, err := t.submission(start.UnixMilli())
	if err == nil {
		i, err = t.later(i, n)
	}
	if err != nil {
		return time.Time{}, err
	}
	return time.UnixMilli(t.closing(i)).UTC(), nil
}

// sameTime is the first open instant from start on, moved n workdays later to the same time of day. A time that falls
// into a break of that day moves to its next opening, one after its last opening to its close.
func (t *Table) sameTime(start time.Time, n int) (time.Time, error) {
	if t.always {
		return start.In(t.loc).AddDate(0, 0, n).UTC(), nil
	}
	ms, err := t.AddMS(start.UnixMilli(), 0)
	if err != nil {
		return time.Time{}, err
	}
	i := t.day(ms)
	clock := t.wall(ms) - (int64(t.first)+int64(i))*dayMS
	if i, err = t.later(i, n); err != nil {
		return time.Time{}, err
	}
	if n > 0 {
		wall := (int64(t.first)+int64(i))*dayMS + clock
		sub := ((wall % 1000) + 1000) % 1000
		ms = t.eras.instant((wall-sub)/1000, false)*1000 + sub
	}
	d := &t.days[i]
	for _, s := range t.segs[d.seg : d.seg+int32(d.n)] {
		if ms < d.start+int64(s.to) {
			return time.UnixMilli(max(ms, d.start+int64(s.from))).UTC(), nil
		}
	}
	return time.UnixMilli(t.closing(i)).UTC(), nil
}

// wall is the wall-clock reading at an instant, in ms as if it were UTC.
func (t *Table) wall(ms int64) int64 {
	_, offset := time.UnixMilli(ms).In(t.loc).Zone()
	return ms + int64(offset)*1000
}

// midnightAfter is the end of the n-th day after t's day, in t's location.
func midnightAfter(at time.Time, n int) time.Time {
	d := DateOf(at) + Date(n) + 1
	wall := int64(d) * 86400
	return time.Unix(erasOf(at.Location(), wall-2*farthest, wall+2*farthest).instant(wall, false), 0).UTC()
}
