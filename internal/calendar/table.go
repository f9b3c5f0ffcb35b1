package calendar

import (
	"fmt"
	"strconv"
	"time"
	_ "time/tzdata" // a machine without a zone database counts the same

	"neike/internal/kit/fault"
)

// Layer is a version's rules and the first day on which they hold.
type Layer struct {
	From  Date
	Rules Rules
}

// Always is the From of a layer without a beginning.
const Always Date = -1 << 31

// Table is a calendar compiled for counting. It is immutable and safe for concurrent use.
type Table struct {
	Code    string // "" for a table that is not stored
	Version int

	loc      *time.Location
	eras     eras
	days     []tableDay // one a civil day, and one more where the coverage ends
	segs     []seg      // openings of days; days that are alike share theirs
	plans    []plan     // by tableDay.plan
	first    Date       // civil day of days[0]
	standard time.Duration
	unsure   []stretch // provisional years
	outside  error
	always   bool   // 7×24: counts every instant, covers all
	even     *Table // the same days, counted 7×24
}

// tableDay is one civil day: 24 bytes.
type tableDay struct {
	start  int64 // ms
	worked int64 // ms worked since the beginning of the table
	seg    int32
	n      uint16
	plan   uint16
}

// seg is an opening, in ms since the start of its day.
type seg struct{ from, to int32 }

// stretch of instants in ms, half-open.
type stretch struct{ from, to int64 }

const dayMS = 24 * 3600 * 1000

// Compile makes a table of one set of rules for the years from to to, both included.
func Compile(r Rules, from, to int) (*Table, error) {
	return CompileLayers([]Layer{{Always, r}}, from, to)
}

// CompileLayers makes a table of versions laid over each other: a day follows the last layer that has begun by then.
// Zone and standard day are the last layer's. Rules must be valid (Validate).
func CompileLayers(layers []Layer, from, to int) (*Table, error) {
	if len(layers) == 0 || from > to {
		return nil, fmt.Errorf("compile calendar: nothing to compile for %d-%d", from, to)
	}
	last := &layers[len(layers)-1].Rules
	loc, err := time.LoadLocation(last.Zone)
	if err != nil {
		return nil, fmt.Errorf("compile calendar: %w", err)
	}
	t := &Table{loc: loc, first: NewDate(from, 1, 1), standard: last.standardDay()}
	end := NewDate(to+1, 1, 1)
	t.eras = erasOf(loc, int64(t.first)*86400-2*farthest, int64(end)*86400+2*farthest)
	t.outside = fault.New(fault.Invalid, "calendar.outside", "from", strconv.Itoa(from), "to", strconv.Itoa(to))
	t.even = always(loc)
	c := compiler{t: t, layers: layers, segsOf: map[uint16]int32{}}
	c.days(end)
	c.years(from, to)
	return t, nil
}

// always is the calendar of the elapsed units: every instant counts, days are those of the zone.
func always(loc *time.Location) *Table {
	t := &Table{loc: loc, always: true, standard: 24 * time.Hour}
	t.even = t
	return t
}

type compiler struct {
	t      *Table
	layers []Layer
	segsOf map[uint16]int32 // openings of a day of 24 hours, by plan
	total  int64
}

func (c *compiler) days(end Date) {
	t := c.t
	t.days = make([]tableDay, 0, int(end-t.first)+1)
	start := t.eras.instant(int64(t.first)*86400, false)
	for d := t.first; d < end; d++ {
		next := t.eras.instant((int64(d)+1)*86400, false)
		day := tableDay{start: start * 1000, worked: c.total}
		p := c.layerOn(d).on(d)
		day.plan = c.planID(p)
		if len(p.spans) > 0 {
			day.seg, day.n = c.openings(d, start, next, p, day.plan)
		}
		for _, s := range t.segs[day.seg : int(day.seg)+int(day.n)] {
			c.total += int64(s.to - s.from)
		}
		t.days = append(t.days, day)
		start = next
	}
	t.days = append(t.days, tableDay{start: start * 1000, worked: c.total})
}

func (c *compiler) layerOn(d Date) *Rules {
	for i := len(c.layers) - 1; i > 0; i-- {
		if c.layers[i].From <= d {
			return &c.layers[i].Rules
		}
	}
	return &c.layers[0].Rules
}

// planID keeps a plan; equal ones are one.
func (c *compiler) planID(p plan) uint16 {
	for id := len(c.t.plans) - 1; id >= 0; id-- {
		if q := &c.t.plans[id]; q.sort == p.sort && q.name == p.name && equalSpans(q.spans, p.spans) {
			return uint16(id)
		}
	}
	c.t.plans = append(c.t.plans, p)
	return uint16(len(c.t.plans) - 1)
}

// openings gives the openings of a day; a day on which clocks change gets its own.
func (c *compiler) openings(d Date, start, next int64, p plan, id uint16) (int32, uint16) {
	plain := next-start == 86400 && c.t.eras.steady(start, next)
	if at, ok := c.segsOf[id]; ok && plain {
		return at, uint16(len(p.spans))
	}
	at := int32(len(c.t.segs))
	done := int32(0) // nothing opens twice where a fold makes spans overlap
	for _, s := range p.spans {
		from := c.edge(d, s.Open, start, next, false)
		to := c.edge(d, s.Close, start, next, true)
		from = max(from, done)
		if to > from || plain {
			c.t.segs = append(c.t.segs, seg{from, to})
			done = to
		}
	}
	if plain {
		c.segsOf[id] = at
	}
	return at, uint16(int32(len(c.t.segs)) - at)
}

// edge is a wall-clock minute of the day in ms since its start.
func (c *compiler) edge(d Date, minute int, start, next int64, closing bool) int32 {
	at := next
	if minute < 24*60 {
		at = c.t.eras.instant(int64(d)*86400+int64(minute)*60, closing)
	}
	return int32((min(max(at, start), next) - start) * 1000)
}

// years notes the provisional ones, neighbours joined.
func (c *compiler) years(from, to int) {
	for y := from; y <= to; y++ {
		if c.layerOn(NewDate(y, 12, 31)).official(y) {
			continue
		}
		s := stretch{c.t.startOf(NewDate(y, 1, 1)), c.t.startOf(NewDate(y+1, 1, 1))}
		if n := len(c.t.unsure); n > 0 && c.t.unsure[n-1].to == s.from {
			c.t.unsure[n-1].to = s.to
		} else {
			c.t.unsure = append(c.t.unsure, s)
		}
	}
}

// startOf is the ms at which a covered civil day begins.
func (t *Table) startOf(d Date) int64 { return t.days[d-t.first].start }

// Location is the calendar's zone.
func (t *Table) Location() *time.Location { return t.loc }

// StandardDay is the length of a workday for workdays_length.
func (t *Table) StandardDay() time.Duration { return t.standard }

// covers says whether both instants lie in the years of the table; its end is in.
func (t *Table) covers(a, b int64) bool {
	return t.days[0].start <= a && b <= t.days[len(t.days)-1].start
}

// day is the index of the day that holds the covered instant.
func (t *Table) day(ms int64) int {
	i := min(int((ms-t.days[0].start)/dayMS), len(t.days)-2)
	for i > 0 && t.days[i].start > ms {
		i--
	}
	for i < len(t.days)-2 && t.days[i+1].start <= ms {
		i++
	}
	return i
}

// worked is the ms of open time from the beginning of the table to the covered instant.
func (t *Table) worked(ms int64) int64 {
	d := &t.days[t.day(ms)]
	sum, off := d.worked, int32(ms-d.start)
	for _, s := range t.segs[d.seg : d.seg+int32(d.n)] {
		if off <= s.from {
			break
		}
		sum += int64(min(off, s.to) - s.from)
	}
	return sum
}

// ElapsedMS is the open time between two instants, all in ms; 0 when b is not after a. Instants outside the covered
// years are an error. No allocation.
func (t *Table) ElapsedMS(a, b int64) (int64, error) {
	if t.always {
		return max(b-a, 0), nil
	}
	if !t.covers(min(a, b), max(a, b)) {
		return 0, t.outside
	}
	if b <= a {
		return 0, nil
	}
	return t.worked(b) - t.worked(a), nil
}

// Elapsed is the open time in [a, b); 0 when b is not after a. Instants outside the covered years are an error.
func (t *Table) Elapsed(a, b time.Time) (time.Duration, error) {
	ms, err := t.ElapsedMS(a.UnixMilli(), b.UnixMilli())
	return time.Duration(ms) * time.Millisecond, err
}

// AddMS is the first instant not before a by which d of open time has passed since a, all in ms: a budget that ends at
// closing ends at closing, and d = 0 is the first open instant from a on. It never goes back: a negative d counts as 0.
// Leaving the covered years is an error. No allocation.
func (t *Table) AddMS(a, d int64) (int64, error) {
	d = max(d, 0)
	if t.always {
		return a + d, nil
	}
	if !t.covers(a, a) {
		return 0, t.outside
	}
	i := t.day(a)
	if d == 0 {
		return t.open(i, a)
	}
	want := t.worked(a) + d
	if want > t.days[len(t.days)-1].worked {
		return 0, t.outside
	}
	i = t.reach(i, want)
	day := &t.days[i]
	left := want - day.worked
	for _, s := range t.segs[day.seg : day.seg+int32(day.n)] {
		length := int64(s.to - s.from)
		if left <= length {
			return day.start + int64(s.from) + left, nil
		}
		left -= length
	}
	return 0, t.outside // not reached: want lies within the day
}

// reach is the day, from i on, during which the table's open time reaches want: near ones are found near.
func (t *Table) reach(i int, want int64) int {
	step, last := 1, len(t.days)-2
	lo := i // t.days[lo].worked < want
	hi := min(i+step, last+1)
	for t.days[hi].worked < want {
		lo = hi
		step *= 2
		hi = min(hi+step, last+1)
	}
	for hi-lo > 1 {
		mid := int(uint(lo+hi) / 2)
		if t.days[mid].worked < want {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}

// open is the first open instant from ms on; i is its day.
func (t *Table) open(i int, ms int64) (int64, error) {
	for ; i < len(t.days)-1; i++ {
		d := &t.days[i]
		for _, s := range t.segs[d.seg : d.seg+int32(d.n)] {
			if from := d.start + int64(s.from); ms < d.start+int64(s.to) {
				return max(ms, from), nil
			}
		}
	}
	return 0, t.outside
}

// Add is the first instant not before a by which d of open time has passed since a (see AddMS).
func (t *Table) Add(a time.Time, d time.Duration) (time.Time, error) {
	ms, err := t.AddMS(a.UnixMilli(), d.Milliseconds())
	if err != nil {
		return time.Time{}, err
	}
	return time.UnixMilli(ms).UTC(), nil
}

// Provisional says whether [a, b] touches a year whose days are not settled.
func (t *Table) Provisional(a, b time.Time) bool {
	from, to := a.UnixMilli(), b.UnixMilli()
	for _, s := range t.unsure {
		if from < s.to && to >= s.from {
			return true
		}
	}
	return false
}
