package clock

import (
	"context"
	"fmt"
	"math"
	"time"

	"neike/internal/kit/sqldb"
)

// Report of Check and Replay.
type Report struct {
	Subjects int
	Clocks   int          // with a target
	Wrong    int          // rows that differ from the replay, are missing, or belong to nothing
	Stale    int          // open clocks that wait for the recomputing after a publication; not wrong
	Moved    int          // of the stale ones: another due time or state
	Examples []Difference // the first 20
}

// Difference between a row and the replay.
type Difference struct {
	Subject     Subject
	Scope, Kind string
	Unit        int64
	What        string // "due_at", "state", …, "missing", "orphan"
	Row, Replay string
}

func (r *Report) add(o Report) {
	r.Subjects += o.Subjects
	r.Clocks += o.Clocks
	r.Wrong += o.Wrong
	r.Stale += o.Stale
	r.Moved += o.Moved
	for _, e := range o.Examples {
		if len(r.Examples) < 20 {
			r.Examples = append(r.Examples, e)
		}
	}
}

// Check compares every row with the replay of its subject. It only reads, in the order of the primary key. progress, if
// not nil, is told how many subjects were looked at.
func (s *Service) Check(ctx context.Context, progress func(subjects int)) (Report, error) {
	var total Report
	for _, source := range s.sources {
		for after, more := int64(0), true; more; {
			err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
				part, last, err := s.checkPage(ctx, rd, source, after)
				total.add(part)
				more, after = last != 0, last
				return err
			})
			if err != nil {
				return total, fmt.Errorf("check clocks of %s: %w", source.Kind, err)
			}
			if progress != nil {
				progress(total.Subjects)
			}
		}
	}
	return total, nil
}

// checkPage compares the subjects after one; last is 0 when there are no more.
func (s *Service) checkPage(ctx context.Context, rd sqldb.Reader, source Source, after int64) (part Report, last int64, err error) {
	const page = 2000
	histories, err := source.Marks(ctx, rd, after, page)
	if err != nil {
		return part, 0, err
	}
	upTo := int64(math.MaxInt64)
	if len(histories) == page {
		last = histories[page-1].Subject
		upTo = last
	}
	rows, err := between(ctx, rd, source.Kind, after, upTo)
	if err != nil {
		return part, 0, err
	}
	book, err := s.calendars.Book(ctx)
	if err != nil {
		return part, 0, err
	}
	part, _, _, err = compare(book, source.Kind, histories, rows, rd.Instant())
	return part, last, err
}

// Replay writes every row anew that differs from the replay of its subject, and removes rows that belong to nothing.
func (s *Service) Replay(ctx context.Context, progress func(subjects int)) (Report, error) {
	var total Report
	for _, source := range s.sources {
		for after, more := int64(0), true; more; {
			var ids []int64
			err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
				histories, err := source.Marks(ctx, rd, after, chunk)
				for _, h := range histories {
					ids = append(ids, h.Subject)
				}
				return err
			})
			if err != nil {
				return total, fmt.Errorf("replay clocks of %s: %w", source.Kind, err)
			}
			upTo := int64(math.MaxInt64)
			if more = len(ids) == chunk; more {
				upTo = ids[chunk-1]
			}
			err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
				rows, err := between(ctx, tx, source.Kind, after, upTo)
				if err != nil {
					return err
				}
				part, err := s.again(ctx, tx, source, ids, rows)
				tx.OnCommit(func() { total.add(part) })
				return err
			})
			if err != nil {
				return total, fmt.Errorf("replay clocks of %s: %w", source.Kind, err)
			}
			if after = upTo; progress != nil {
				progress(total.Subjects)
			}
		}
	}
	return total, nil
}

// compare replays histories, ordered by subject, against their rows, ordered by subject, scope, kind and unit. It gives
// the rows to write as arguments of saveRows, and the rows that belong to nothing.
func compare(tables Tables, kind string, histories []History, rows []Row, now time.Time) (report Report, args []any, orphans []Row, err error) {
	orphan := func(r Row) {
		report.Wrong++
		orphans = append(orphans, r)
		report.example(Difference{Subject: r.Subject, Scope: r.Scope, Kind: r.Kind, Unit: r.Unit, What: "orphan", Row: r.State.State})
	}
	for _, h := range histories {
		for len(rows) > 0 && rows[0].Subject.ID < h.Subject {
			orphan(rows[0])
			rows = rows[1:]
		}
		n := 0
		for n < len(rows) && rows[n].Subject.ID == h.Subject {
			n++
		}
		mine := rows[:n]
		rows = rows[n:]
		states, err := Replay(tables, h.Marks, now)
		if err != nil {
			return report, nil, nil, fmt.Errorf("%s %d: %w", kind, h.Subject, err)
		}
		report.Subjects++
		subject := Subject{kind, h.Subject}
		used := 0
		for i := range states {
			st := &states[i]
			if !st.HasTarget() {
				continue
			}
			report.Clocks++
			row := find(mine, st)
			if row != nil {
				used++
			}
			if report.judge(subject, row, st) {
				args = st.row(args, subject)
			}
		}
		for _, r := range mine {
			if used < len(mine) && !has(states, r) {
				orphan(r)
			}
		}
	}
	for _, r := range rows {
		orphan(r)
	}
	return report, args, orphans, nil
}

func find(rows []Row, s *State) *Row {
	for i := range rows {
		if r := &rows[i]; r.Kind == s.Kind && r.Scope == s.Scope && r.Unit == s.Unit {
			return r
		}
	}
	return nil
}

func has(states []State, r Row) bool {
	for _, s := range states {
		if s.HasTarget() && r.Kind == s.Kind && r.Scope == s.Scope && r.Unit == s.Unit {
			return true
		}
	}
	return false
}

// judge compares a row with the replay, notes a difference, and says whether the row is to be written.
func (r *Report) judge(subject Subject, row *Row, s *State) (write bool) {
	d := Difference{Subject: subject, Scope: s.Scope, Kind: s.Kind, Unit: s.Unit}
	if row == nil {
		d.What, d.Replay = "missing", s.State
		r.Wrong++
		r.example(d)
		return true
	}
	if row.Calendar == s.Calendar && row.Version < s.Version && row.EndedAt.IsZero() {
		r.Stale++
		if !row.DueAt.Equal(s.DueAt) || row.State.State != s.State {
			r.Moved++
		}
		return true
	}
	d.What, d.Row, d.Replay = row.differs(s)
	if d.What == "" {
		return false
	}
	r.Wrong++
	r.example(d)
	return true
}

func (r *Report) example(d Difference) {
	if len(r.Examples) < 20 {
		r.Examples = append(r.Examples, d)
	}
}

// differs names the first thing in which a row is not what the replay says. What grows while a clock runs is looked at
// only when it has ended; a row still running whose breach is about to be announced is right.
func (r *Row) differs(s *State) (what, row, replay string) {
	times := []struct {
		name string
		a, b time.Time
	}{
		{"started_at", r.StartedAt, s.StartedAt}, {"due_at", r.DueAt, s.DueAt}, {"ended_at", r.EndedAt, s.EndedAt}, {"paused_at", r.PausedAt, s.PausedAt},
	}
	for _, t := range times {
		if !t.a.Equal(t.b) {
			return t.name, t.a.Format(time.RFC3339Nano), t.b.Format(time.RFC3339Nano)
		}
	}
	if r.State.State != s.State && !(r.State.State == Running && s.State == Breached && !r.announceAt.IsZero()) {
		return "state", r.State.State, s.State
	}
	numbers := []struct {
		name string
		a, b any
		skip bool
	}{
		{"target", r.Target, s.Target, false},
		{"target_seconds", r.targetSeconds, s.TargetSeconds(), false},
		{"calendar", r.Calendar, s.Calendar, false},
		{"version", r.Version, s.Version, false},
		{"provisional", r.Provisional, s.Provisional, false},
		{"by_change", r.ByChange, s.ByChange, false},
		{"elapsed_seconds", r.elapsedSeconds, s.ElapsedSeconds(), !s.Over()},
		{"paused_seconds", r.pausedSeconds, s.PausedSeconds(), !s.Over()},
	}
	for _, n := range numbers {
		if !n.skip && n.a != n.b {
			return n.name, fmt.Sprint(n.a), fmt.Sprint(n.b)
		}
	}
	return "", "", ""
}
