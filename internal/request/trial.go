package request

import (
	"context"
	"fmt"
	"time"

	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/clock"
	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/job"
	"neike/internal/kit/sqldb"
)

const trialJob = "request.trial"

// A dry run of few requests is finished at once; of more it is a job that rests as long as a page took, so that nobody
// waits for it. It only reads until its end: cut off, it begins anew.
const (
	trialAtOnce = 1000
	trialPage   = 500
	trialKept   = 30 * 24 * time.Hour
)

// trials fills the slot of the catalogue.
type trials struct{ s *Service }

// Try begins a dry run.
func (x trials) Try(ctx context.Context, ask catalog.TrialAsk) (catalog.Trial, error) {
	s := x.s
	t := catalog.Trial{ID: s.db.NewID(), Service: ask.Service.ID, Standard: ask.Standard, At: s.db.Now(), From: ask.From, To: ask.To}
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if t.Total, err = countDueIn(ctx, rd, t.Service, Span{t.From, t.To}); err != nil {
			return err
		}
		open, err := countOpenOf(ctx, rd, t.Service)
		if err != nil {
			return err
		}
		turns, err := askingTurns(ctx, rd, t)
		t.Total += open + int64(len(turns))
		return err
	})
	if err != nil {
		return t, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if err := insertTrial(ctx, tx, t, actor.From(ctx).Person); err != nil || t.Total <= trialAtOnce {
			return err
		}
		return s.queue.Enqueue(ctx, tx, trialJob, t.ID)
	})
	if err != nil || t.Total > trialAtOnce {
		return t, err
	}
	if err := s.tryOut(ctx, t, false); err != nil {
		return t, err
	}
	return x.TrialOf(ctx, t.Service, t.ID)
}

// TrialOf is a dry run of a service.
func (x trials) TrialOf(ctx context.Context, service catalog.ID, id int64) (t catalog.Trial, err error) {
	err = x.s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		t, err = trialByID(ctx, rd, id)
		return err
	})
	if err == nil && t.Service != service {
		return catalog.Trial{}, fault.ErrNotFound
	}
	return t, err
}

// InHand counts the open requests of a service.
func (x trials) InHand(ctx context.Context, service catalog.ID) (n int64, err error) {
	err = x.s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		n, err = countOpenOf(ctx, rd, service)
		return err
	})
	return n, err
}

// CasesOf lists what is on the other side, as far as the actor may see it.
func (x trials) CasesOf(ctx context.Context, t catalog.Trial, ask catalog.TrialList) (catalog.TrialCases, error) {
	var out catalog.TrialCases
	list, err := x.casesOf(ctx, t, ask)
	if err != nil {
		return out, err
	}
	if len(list) > ask.Limit {
		list = list[:ask.Limit]
		last := list[ask.Limit-1]
		out.Next = catalog.TrialPlace{Request: last.id, Turn: last.n}
	}
	ids := make([]int64, 0, len(list))
	for _, c := range list {
		ids = append(ids, c.id)
	}
	rows, err := x.s.Seen(ctx, unique(ids))
	if err != nil {
		return out, err
	}
	tree, err := x.s.Org.Tree(ctx)
	if err != nil {
		return out, err
	}
	seen := make(map[int64]Line, len(rows))
	for _, l := range rows {
		seen[l.ID] = l
	}
	for _, c := range list {
		l, ok := seen[c.id]
		if !ok {
			out.Hidden++
			continue
		}
		out.Items = append(out.Items, catalog.TrialCase{Ref: l.Ref(), Link: link(l.Number), Title: l.Title, Customer: tree.FullName(ctx, l.Customer),
			Turn: c.n, Said: c.began, Due: c.due, Would: c.would})
	}
	return out, nil
}

// runTrial is the job of a dry run.
func (s *Service) runTrial(ctx context.Context, id int64) error {
	var t catalog.Trial
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		t, err = trialByID(ctx, rd, id)
		return err
	})
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return nil // forgotten meanwhile
	}
	if err != nil || t.Result != nil {
		return err
	}
	return s.tryOut(ctx, t, true)
}

// tryOut counts every request of the span, then what would become of the open ones, and writes what came out.
func (s *Service) tryOut(ctx context.Context, t catalog.Trial, rest bool) error {
	book, err := s.Calendar.Book(ctx)
	if err != nil {
		return err
	}
	run := trial{std: t.Standard, units: map[int64]*catalog.TrialUnit{}}
	if err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return forgetCases(ctx, tx, t.ID) }); err != nil {
		return err
	}
	var last trialRow
	for {
		began := time.Now()
		n, other, err := s.tryPage(ctx, book, &run, t, &last)
		if err != nil {
			return s.trialFailed(ctx, t, err)
		}
		run.done += int64(n)
		err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			if err := insertCases(ctx, tx, t.ID, other); err != nil || !rest {
				return err
			}
			return trialGoes(ctx, tx, t.ID, run.done)
		})
		if err != nil {
			return err
		}
		if n < trialPage {
			break
		}
		if rest {
			if err := job.Rest(ctx, time.Since(began)); err != nil {
				return err
			}
		}
	}
	result := run.result()
	if result.Next, err = s.tryTurns(ctx, book, t, rest, run.done); err != nil {
		return s.trialFailed(ctx, t, err)
	}
	if err := s.effects(ctx, book, t, result); err != nil {
		return s.trialFailed(ctx, t, err)
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return trialEnds(ctx, tx, t.ID, t.Total, result) })
}

// trialFailed notes a dry run that cannot be counted, such as one past the years of a calendar; it is not tried again.
func (s *Service) trialFailed(ctx context.Context, t catalog.Trial, cause error) error {
	if fault.KindOf(cause) == fault.Internal {
		return cause
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return trialFails(ctx, tx, t.ID, cause.Error()) })
}

func (s *Service) tryPage(ctx context.Context, book *calendar.Book, run *trial, t catalog.Trial, last *trialRow) (n int, other []changed, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		rows, err := casesDueIn(ctx, rd, t.Service, Span{t.From, t.To}, *last, trialPage)
		if err != nil || len(rows) == 0 {
			return err
		}
		n, *last = len(rows), rows[len(rows)-1]
		histories, err := logsOf(ctx, rd, rows)
		if err != nil {
			return err
		}
		for _, r := range rows {
			c, err := run.count(book, trialCase{r.id, r.customer, r.urgent, r.duplicate, histories[r.id]}, t.At)
			if err != nil {
				return fmt.Errorf("replay request %d: %w", r.id, err)
			}
			if c.side != 0 {
				other = append(other, c)
			}
		}
		return nil
	})
	return n, other, err
}

// logsOf are the marks of requests by id.
func logsOf(ctx context.Context, rd sqldb.Reader, rows []trialRow) (map[int64][]clock.Mark, error) {
	ids := make([]int64, 0, len(rows))
	for _, r := range rows {
		ids = append(ids, r.id)
	}
	list, err := historiesIn(ctx, rd, ids, allMarks)
	out := make(map[int64][]clock.Mark, len(list))
	for _, h := range list {
		out[h.Subject] = h.Marks
	}
	return out, err
}

// effects counts what would become of the open requests.
func (s *Service) effects(ctx context.Context, book *calendar.Book, t catalog.Trial, out *catalog.TrialResult) error {
	own, err := s.ownCalendar(ctx, book, t.Service)
	if err != nil {
		return err
	}
	for after, more := int64(0), true; more; {
		err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
			rows, err := openOfService(ctx, rd, t.Service, after, trialPage)
			if err != nil || len(rows) == 0 {
				more = false
				return err
			}
			after, more = rows[len(rows)-1].number, len(rows) == trialPage
			logs, err := logsOf(ctx, rd, rows)
			if err != nil {
				return err
			}
			for _, r := range rows {
				if r.duplicate {
					continue
				}
				out.Open++
				std := t.Standard.For(r.urgent)
				for policy, o := range map[string]*catalog.TrialOpen{clock.Carry: &out.Carry, clock.FromStart: &out.FromStart} {
					if err := countEffect(book, logs[r.id], std, own, policy, rd.Instant(), o); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// ownCalendar says in which calendar the clocks of a service count where its standard names none.
func (s *Service) ownCalendar(ctx context.Context, book *calendar.Book, service int64) (calendarNow, error) {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return calendarNow{}, err
	}
	x, ok := snap.ByID(service)
	if !ok {
		return calendarNow{}, fault.ErrNotFound
	}
	code, err := s.Calendar.CodeFor(ctx, x.Unit)
	return calendarNow{unit: code, book: book}, err
}

// forgetTrials takes away what nobody looks at any more.
func (s *Service) forgetTrials(ctx context.Context) error {
	for {
		n := 0
		err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			ids, err := oldTrials(ctx, tx, tx.Now.Add(-trialKept), 20)
			if err != nil {
				return err
			}
			n = len(ids)
			for _, id := range ids {
				if err := forgetTrial(ctx, tx, id); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || n < 20 {
			return err
		}
	}
}

// tryWork registers the jobs of dry runs and of standards for open requests.
func (s *Service) tryWork(bus *event.Bus, jobs *job.Queue) {
	job.Handle(jobs, trialJob, s.runTrial, job.Concurrency(1), job.Timeout(time.Hour))
	job.Handle(jobs, retargetJob, s.retarget, job.Concurrency(1), job.Timeout(time.Hour))
	jobs.Every("request.forget-trials", 24*time.Hour, s.forgetTrials)
	event.Hear(bus, "request", s.standardSet)
	event.Hear(bus, "request", s.used)
}
