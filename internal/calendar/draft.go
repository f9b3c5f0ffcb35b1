package calendar

import "context"

// Draft compiles what a calendar would become if the input were published now, beside what it is; before is nil for a
// new calendar. It writes nothing. All that is wrong with the input comes at once. The book is the one that publishing
// would lead to.
func (s *Service) Draft(ctx context.Context, in Input) (before, after *Table, book *Book, err error) {
	s.complete(ctx, &in)
	b, err := s.Book(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	next, _, err := b.draft(in, s.db.Now())
	if err != nil {
		return nil, nil, nil, err
	}
	if b.Has(in.Code) {
		if before, err = b.Table(in.Code, 0); err != nil {
			return nil, nil, nil, err
		}
	}
	after, err = next.Table(in.Code, 0)
	return before, after, next, err
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
