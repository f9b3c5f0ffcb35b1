package calendar

import (
	"context"

	"neike/internal/kit/fault"
)

// Draft compiles what a calendar would become if the input were published now, beside what it is; before is nil for a
// new calendar. It writes nothing. All that is wrong with the input comes at once.
func (s *Service) Draft(ctx context.Context, in Input) (before, after *Table, err error) {
	s.complete(ctx, &in)
	b, err := s.Book(ctx)
	if err != nil {
		return nil, nil, err
	}
	var f fault.Fields
	draft := in.version(&f, 0)
	if err := f.Err(); err != nil {
		return nil, nil, err
	}
	list := b.calendars[in.Code]
	var last stored
	if n := len(list); n > 0 {
		last = stored{Version: list[n-1].Version, input: list[n-1].input}
		if before, err = b.Table(in.Code, 0); err != nil {
			return nil, nil, err
		}
	}
	if err := draft.follows(last, in.Replaces); err != nil {
		return nil, nil, err
	}
	draft.Number = last.Number + 1
	next := make([]*edition, 0, len(list)+1)
	for _, e := range list {
		next = append(next, &edition{Version: e.Version, input: e.input})
	}
	after, err = compileEditions(append(next, &edition{Version: draft.Version, input: draft.input}))
	return before, after, err
}

// change is a day on which two tables differ, or a day shown beside them.
type change struct {
	Date     Date
	Old, New *plan // Old is nil without a table before
	Differs  bool
}

// compare sets the days of two tables side by side, n of them from a day on. before may be nil.
func compare(before, after *Table, from Date, n int) []change {
	var out []change
	for d := from; d < from+Date(n); d++ {
		c := change{Date: d, New: after.planOn(d)}
		if c.New == nil {
			break
		}
		if before != nil {
			c.Old = before.planOn(d)
		}
		c.Differs = c.Old == nil || c.Old.sort != c.New.sort || c.Old.name != c.New.name || !equalSpans(c.Old.spans, c.New.spans)
		out = append(out, c)
	}
	return out
}

// planOn is what a table says of a date; nil outside of it.
func (t *Table) planOn(d Date) *plan {
	i := int(d - t.first)
	if i < 0 || i >= len(t.days)-1 {
		return nil
	}
	return &t.plans[t.days[i].plan]
}
