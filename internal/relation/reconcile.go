package relation

import (
	"context"
	"maps"
	"slices"
	"time"

	"neike/internal/kit/sqldb"
)

// provenDays is how many days back a night's reconcile goes: what is wrong is found while it can still be explained.
const provenDays = 7

// Reconcile proves the tallies of the last days against the records that they count, puts right what differs, and tells it.
// Errors of the source are returned.
func (s *Service) Reconcile(ctx context.Context, source Source) (wrong int, err error) {
	for _, day := range s.lastDays(ctx) {
		n, err := s.ReconcileDay(ctx, source, day)
		if wrong += n; err != nil {
			return wrong, err
		}
	}
	return wrong, nil
}

// RecountDays compares the tallies of the last days with what the source proves.
func (s *Service) RecountDays(ctx context.Context, rd sqldb.Reader, source Source) ([]Difference, error) {
	var out []Difference
	for _, day := range s.lastDays(ctx) {
		diffs, err := s.RecountDay(ctx, rd, source, day)
		if err != nil {
			return nil, err
		}
		for _, d := range diffs {
			if d.Month == 0 || !slices.Contains(out, d) { // a month that is wrong is so on each of its days
				out = append(out, d)
			}
		}
	}
	return out, nil
}

// lastDays are the dates that a night proves, yesterday first.
func (s *Service) lastDays(ctx context.Context) (days []time.Time) {
	today := s.db.Now().In(s.org.Company(ctx).Location())
	for back := 1; back <= provenDays; back++ {
		days = append(days, today.AddDate(0, 0, -back))
	}
	return days
}

// ReconcileDay proves the tallies of one date, in the zone of day, and that its month is the sum of its days. It says how many rows it
// put right.
func (s *Service) ReconcileDay(ctx context.Context, source Source, day time.Time) (wrong int, err error) {
	var diffs []Difference
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		diffs, err = s.RecountDay(ctx, rd, source, day)
		return err
	})
	if err != nil || len(diffs) == 0 {
		return 0, err
	}
	if wrong, err = s.repairAll(ctx, diffs); err != nil {
		return wrong, err
	}
	return wrong, s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		return s.events.Emit(ctx, tx, TalliesWereWrong{Day: DayOf(day), Rows: wrong})
	})
}

// RecountDay compares the tallies of one date with what the source proves, and those of its month with the sum of their days.
func (s *Service) RecountDay(ctx context.Context, rd sqldb.Reader, source Source, day time.Time) ([]Difference, error) {
	y, m, d := day.Date()
	from := time.Date(y, m, d, 0, 0, 0, 0, day.Location())
	want, err := s.prove(ctx, rd, func(fn func(Fact) error) error {
		return source.FactsOn(ctx, rd, from, from.AddDate(0, 0, 1), func(f Fact) error {
			if DayOf(f.Day) != DayOf(day) {
				return nil
			}
			return fn(f)
		})
	})
	if err != nil {
		return nil, err
	}
	out, date := want.unhoused(), DayOf(day)
	rows, err := dayRows(ctx, rd, date, date, nil)
	if err != nil {
		return nil, err
	}
	have := map[ID]counters{}
	for _, t := range rows {
		have[t.edge] = t.c
	}
	month := date / 100
	if rows, err = dayRows(ctx, rd, month*100, month*100+99, nil); err != nil {
		return nil, err
	}
	sums := map[ID]counters{} // of the days of the month, as they should be
	for _, t := range rows {
		sums[t.edge] = t.c
	}
	proven := map[ID]counters{}
	for key, c := range want.days {
		proven[key.edge] = c
	}
	out = append(out, want.compared(date, false, have, proven)...)
	for _, d := range out {
		if d.Edge != 0 {
			sums[d.Edge] = sums[d.Edge].delta().Plus(d.Want).Minus(d.Have).counters()
		}
	}
	kept := map[ID]counters{}
	err = monthRows(ctx, rd, month, nil, func(t tallyRow) error {
		kept[t.edge] = t.c
		return nil
	})
	return append(out, want.compared(month, true, kept, sums)...), err
}

// compared lists the edges whose row of a day or month is not what it should be, in the order of their ids.
func (r *recount) compared(at int64, month bool, have, want map[ID]counters) []Difference {
	var out []Difference
	for _, edge := range slices.Sorted(maps.Keys(r.pairs)) {
		if have[edge] != want[edge] {
			out = append(out, r.difference(edgeDay{edge, at}, month, have[edge], want[edge]))
		}
	}
	return out
}

// TalliesWereWrong says that a night's reconcile put counters of a date right.
type TalliesWereWrong struct {
	Day  int64 `json:"day"` // 20261121
	Rows int   `json:"rows"`
}

// EventKind names the event.
func (TalliesWereWrong) EventKind() string { return "relation.tallies-were-wrong" }

// EventSubject is the company.
func (e TalliesWereWrong) EventSubject() (string, int64) { return "company", 1 }
