package clock

import (
	"sort"
	"time"

	"neike/internal/calendar"
)

// Span is a stretch of time; the zero To: it lasts.
type Span struct{ From, To time.Time }

// Evaluate is where one completion clock stands at now, from its start, its target, the pauses and the end (zero: it
// runs), all in one calendar. Pauses may overlap and come in any order; they are united. It answers 'what if this had
// been the target' for a past case. Source: methods §7.3–7.5.
func Evaluate(table *calendar.Table, start time.Time, target calendar.Duration, pauses []Span, end, now time.Time) (State, error) {
	t := &track{kind: Completion, scope: Customer, start: milli(start), target: target, stops: unite(pauses)}
	if !end.IsZero() {
		t.end = milli(end)
	}
	c, err := count(oneTable{table}, t, now)
	if err != nil {
		return State{}, err
	}
	return c.state()
}

// oneTable is the only calendar there is.
type oneTable struct{ table *calendar.Table }

// Table is the table, whatever is asked for.
func (t oneTable) Table(string, int) (*calendar.Table, error) { return t.table, nil }

// Later is nothing: one version.
func (t oneTable) Later(string, int) []calendar.Publication { return nil }

// unite makes stops of pauses: in order, apart from each other.
func unite(pauses []Span) []stop {
	sorted := append([]Span(nil), pauses...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].From.Before(sorted[j].From) })
	var stops []stop
	for _, p := range sorted {
		s := stop{from: milli(p.From), kind: calendar.Paused}
		if !p.To.IsZero() {
			if s.to = milli(p.To); !s.from.Before(s.to) {
				continue
			}
		}
		n := len(stops)
		switch {
		case n == 0 || !stops[n-1].to.IsZero() && stops[n-1].to.Before(s.from):
			stops = append(stops, s)
		case stops[n-1].to.IsZero():
			return stops // the last one lasts
		case s.to.IsZero() || s.to.After(stops[n-1].to):
			stops[n-1].to = s.to
		}
	}
	return stops
}

// milli is a time in whole milliseconds, UTC.
func milli(t time.Time) time.Time { return t.Truncate(time.Millisecond).UTC() }
