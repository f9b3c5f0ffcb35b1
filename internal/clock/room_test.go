package clock

import (
	"context"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"neike/internal/calendar"
	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/event"
	"neike/internal/kit/job"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

var schemas = []sqldb.Schema{
	{Room: "event", FS: event.Schema}, {Room: "job", FS: job.Schema}, {Room: "org", FS: org.Schema},
	{Room: "calendar", FS: calendar.Schema}, {Room: "clock", FS: Schema},
}

// room is the clocks of subjects whose marks lie in memory.
type room struct {
	*Service
	t         *testing.T
	db        *sqldb.DB
	jobs      *job.Queue
	calendars *calendar.Service
	ctx       context.Context
	breaches  *[]WasBreached
	uses      *[]WasUsed
	done      *[]WasRecomputed

	mu    *sync.Mutex
	marks map[int64][]Mark
}

func each(t *testing.T, fn func(r room)) {
	t.Helper()
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) { fn(build(t, db)) })
}

func build(t *testing.T, db *sqldb.DB) room {
	bus := event.NewBus(db)
	jobs := job.New(db)
	calendars := calendar.New(db, bus, org.New(db, bus))
	r := room{Service: New(db, bus, jobs, calendars), t: t, db: db, jobs: jobs, calendars: calendars,
		ctx: actor.System(context.Background()), breaches: new([]WasBreached), uses: new([]WasUsed), done: new([]WasRecomputed), mu: new(sync.Mutex), marks: map[int64][]Mark{}}
	r.Register(Source{Kind: "request", Marks: r.page, Of: r.of})
	event.Hear(bus, "test", func(_ context.Context, tx *sqldb.Tx, e WasBreached) error {
		tx.OnCommit(func() { r.heard(e) })
		return nil
	})
	event.Hear(bus, "test", func(_ context.Context, tx *sqldb.Tx, e WasUsed) error {
		tx.OnCommit(func() { *r.uses = append(*r.uses, e) })
		return nil
	})
	event.Hear(bus, "test", func(_ context.Context, tx *sqldb.Tx, e WasRecomputed) error {
		tx.OnCommit(func() { *r.done = append(*r.done, e) })
		return nil
	})
	if err := calendars.Prepare(r.ctx); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r room) page(_ context.Context, _ sqldb.Reader, after int64, limit int) ([]History, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []History
	for _, id := range slices.Sorted(maps.Keys(r.marks)) {
		if id > after && len(list) < limit {
			list = append(list, History{id, r.marks[id]})
		}
	}
	return list, nil
}

func (r room) of(_ context.Context, _ *sqldb.Tx, ids []int64) ([]History, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []History
	for _, id := range ids {
		if marks, ok := r.marks[id]; ok {
			list = append(list, History{id, marks})
		}
	}
	return list, nil
}

// mark adds a mark to a subject at its time, as a use case does.
func (r room) mark(id int64, m Mark) {
	r.t.Helper()
	dbtest.Clock(r.db).Set(m.At)
	err := r.db.Write(r.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		r.mu.Lock()
		r.marks[id] = append(r.marks[id], m)
		marks := r.marks[id]
		r.mu.Unlock()
		states, err := r.States(ctx, marks, tx.Now)
		if err != nil {
			return err
		}
		return r.Save(ctx, tx, Subject{"request", id}, states)
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r room) rows(id int64) map[string]Row {
	r.t.Helper()
	found := map[string]Row{}
	err := r.db.Read(r.ctx, func(ctx context.Context, rd sqldb.Reader) error {
		rows, err := Rows(ctx, rd, Subject{"request", id})
		for _, row := range rows {
			found[row.Scope+" "+row.Kind] = row
		}
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return found
}

func (r room) check() Report {
	r.t.Helper()
	report, err := r.Check(r.ctx, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return report
}

func (r room) breach() {
	r.t.Helper()
	if err := r.Breach(r.ctx); err != nil {
		r.t.Fatal(err)
	}
}

func TestRowsFollowTheMarks(t *testing.T) {
	each(t, func(r room) {
		r.mark(1, asked())
		rows := r.rows(1)
		if len(rows) != 2 { // the hop has no target
			r.t.Fatalf("%d rows", len(rows))
		}
		if c := rows["customer completion"]; c.State.State != Running || !c.DueAt.Equal(at("10-09 16:40")) || c.targetSeconds != 24*3600 {
			r.t.Errorf("%+v", c)
		}
		r.mark(1, do(Pause, "09-30 16:20"))
		if c := r.rows(1)["customer completion"]; c.State.State != Paused || !c.PausedAt.Equal(at("09-30 16:20")) {
			r.t.Errorf("%+v", c)
		}
		r.mark(1, do(Resume, "10-08 09:40"))
		r.mark(1, do(Deliver, "10-09 09:00"))
		r.mark(1, do(Accept, "10-09 10:00"))
		if c := r.rows(1)["customer completion"]; c.State.State != Met || !c.EndedAt.Equal(at("10-09 09:00")) || c.elapsedSeconds != 15*3600 || c.pausedSeconds != 170*60 {
			r.t.Errorf("%+v", c)
		}
		if report := r.check(); report.Wrong != 0 || report.Clocks != 2 || report.Subjects != 1 {
			r.t.Errorf("%+v", report)
		}
	})
}

func TestABreachIsAnnouncedOnce(t *testing.T) {
	each(t, func(r room) {
		r.mark(1, asked())
		dbtest.Clock(r.db).Set(at("09-30 11:10"))
		r.breach()
		if len(*r.breaches) != 0 {
			r.t.Fatal("equality is met")
		}
		dbtest.Clock(r.db).Advance(time.Second)
		r.breach()
		r.breach()
		if len(*r.breaches) != 1 || (*r.breaches)[0].Kind != FirstResponse || (*r.breaches)[0].Subject != (Subject{"request", 1}) || !(*r.breaches)[0].DueAt.Equal(at("09-30 11:10")) {
			r.t.Fatalf("%+v", *r.breaches)
		}
		if row := r.rows(1)["customer first_response"]; row.State.State != Breached || !row.BreachedAt.Equal(at("09-30 11:10")) {
			r.t.Errorf("%+v", row)
		}
		r.mark(1, do(Respond, "09-30 14:00")) // late: the row is written again
		r.breach()
		if len(*r.breaches) != 1 {
			r.t.Errorf("announced again: %+v", *r.breaches)
		}
		if report := r.check(); report.Wrong != 0 {
			r.t.Errorf("%+v", report)
		}
	})
}

func TestALateEndBeforeTheJobIsAnnouncedToo(t *testing.T) {
	each(t, func(r room) {
		r.mark(1, asked())
		r.mark(1, do(Respond, "09-30 11:11"))
		r.breach()
		if len(*r.breaches) != 1 {
			r.t.Errorf("%+v", *r.breaches)
		}
		if report := r.check(); report.Wrong != 0 {
			r.t.Errorf("%+v", report)
		}
	})
}

func TestManyBreachesComeInChunks(t *testing.T) {
	each(t, func(r room) {
		var args []any
		for id := range int64(chunk + 20) {
			marks := []Mark{asked()}
			r.marks[id+1] = marks
			states, err := r.States(r.ctx, marks, at("09-29 16:40"))
			if err != nil {
				r.t.Fatal(err)
			}
			args = states[0].row(args, Subject{"request", id + 1})
			args = states[1].row(args, Subject{"request", id + 1})
		}
		dbtest.Clock(r.db).Set(at("09-30 12:00"))
		if err := r.db.Write(r.ctx, func(ctx context.Context, tx *sqldb.Tx) error { return saveRows(ctx, tx, args) }); err != nil {
			r.t.Fatal(err)
		}
		r.breach()
		if len(*r.breaches) != chunk+20 {
			r.t.Errorf("%d breaches", len(*r.breaches))
		}
		if report := r.check(); report.Wrong != 0 || report.Subjects != chunk+20 {
			r.t.Errorf("%+v", report)
		}
	})
}

func TestOpenClocksFollowAPublication(t *testing.T) {
	each(t, func(r room) {
		r.mark(1, asked())
		r.mark(2, asked())
		r.mark(2, do(Cancel, "09-29 17:00"))
		dbtest.Clock(r.db).Set(at("09-29 17:30"))
		in, _ := calendar.BuiltIn("default")
		in.Holidays = []calendar.Day{{Date: "2026-10-09"}}
		if _, err := r.calendars.Publish(r.ctx, in); err != nil {
			r.t.Fatal(err)
		}
		if report := r.check(); report.Wrong != 0 || report.Stale != 2 {
			r.t.Errorf("before the job: %+v", report)
		}
		if _, err := r.jobs.RunDue(r.ctx); err != nil {
			r.t.Fatal(err)
		}
		if c := r.rows(1)["customer completion"]; c.Version != 2 || !c.DueAt.Equal(at("10-10 16:40")) {
			r.t.Errorf("%+v", c)
		}
		if c := r.rows(2)["customer completion"]; c.Version != 1 {
			r.t.Errorf("a clock that has ended: %+v", c)
		}
		if len(*r.done) != 1 || (*r.done)[0].Clocks != 2 || (*r.done)[0].Moved != 1 || (*r.done)[0].Version != 2 {
			r.t.Errorf("%+v", *r.done)
		}
		if report := r.check(); report.Wrong != 0 || report.Stale != 0 {
			r.t.Errorf("after it: %+v", report)
		}
	})
}

func TestReplayMendsWhatCheckFinds(t *testing.T) {
	each(t, func(r room) {
		for id := range int64(5) {
			r.mark(id+1, asked())
		}
		err := r.db.Write(r.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			for _, text := range []string{
				`update clock set due_at = due_at + 1 where subject = 1 and kind = 'completion'`,
				`update clock set state = 'met' where subject = 2 and kind = 'completion'`,
				`delete from clock where subject = 3`,
				`update clock set subject = 9 where subject = 4 and kind = 'completion'`,
				`update clock set scope = 'hop' where subject = 5 and kind = 'completion'`,
			} {
				if _, err := tx.Exec(ctx, text); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			r.t.Fatal(err)
		}
		report := r.check()
		what := map[string]int{}
		for _, d := range report.Examples {
			what[d.What]++
		}
		if report.Wrong != 8 || what["due_at"] != 1 || what["state"] != 1 || what["missing"] != 4 || what["orphan"] != 2 {
			r.t.Errorf("check: %+v", report)
		}
		mended, err := r.Service.Replay(r.ctx, nil)
		if err != nil || mended.Wrong != 8 {
			r.t.Errorf("replay: %+v %v", mended, err)
		}
		if report := r.check(); report.Wrong != 0 {
			r.t.Errorf("after replay: %+v", report)
		}
	})
}

func BenchmarkSave(b *testing.B) {
	for _, engine := range []sqldb.Engine{sqldb.SQLite} {
		b.Run(string(engine), func(b *testing.B) {
			db := dbtest.Open(b, engine, schemas)
			tables := company(b)
			states, err := Replay(tables, []Mark{asked()}, at("09-29 16:40"))
			if err != nil {
				b.Fatal(err)
			}
			ctx := context.Background()
			id := int64(0)
			b.ReportAllocs()
			for b.Loop() {
				err := db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
					for range 100 {
						id++
						if err := save(ctx, tx, Subject{"request", id}, states); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(id), "ns/save")
		})
	}
}

func TestTwoProcessesAnnounceABreachOnce(t *testing.T) {
	each(t, func(r room) {
		for id := range int64(40) {
			r.mark(id+1, asked())
		}
		dbtest.Clock(r.db).Set(at("09-30 12:00"))
		var wg sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			wg.Go(func() { errs[i] = r.Breach(r.ctx) })
		}
		wg.Wait()
		for _, err := range errs {
			if err != nil {
				r.t.Error(err)
			}
		}
		if len(*r.breaches) != 40 {
			r.t.Errorf("%d breaches of 40", len(*r.breaches))
		}
	})
}

// BenchmarkCheck is doctor's pass over subjects with six marks each, without the reading of the marks.
func BenchmarkCheck(b *testing.B) {
	const subjects = 20_000
	db := dbtest.Open(b, sqldb.SQLite, schemas)
	bus := event.NewBus(db)
	s := New(db, bus, job.New(db), calendar.New(db, bus, org.New(db, bus)))
	ctx := actor.System(context.Background())
	marks := []Mark{asked(), do(Respond, "09-30 09:12"), do(Pause, "09-30 16:20"), do(Resume, "10-08 09:40"), do(Deliver, "10-09 09:00"), do(Accept, "10-09 10:00")}
	s.Register(Source{Kind: "request", Marks: func(_ context.Context, _ sqldb.Reader, after int64, limit int) ([]History, error) {
		var list []History
		for id := after + 1; id <= subjects && len(list) < limit; id++ {
			list = append(list, History{id, marks})
		}
		return list, nil
	}})
	states, err := s.States(ctx, marks, at("10-10 09:00"))
	if err != nil {
		b.Fatal(err)
	}
	for from := int64(1); from <= subjects; from += chunk {
		var args []any
		for id := from; id < from+chunk; id++ {
			args = states[1].row(states[0].row(args, Subject{"request", id}), Subject{"request", id})
		}
		if err := db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return saveRows(ctx, tx, args) }); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		report, err := s.Check(ctx, nil)
		if err != nil || report.Wrong != 0 || report.Subjects != subjects {
			b.Fatal(report, err)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/subjects*1e6, "s/million")
}

func (r room) heard(e WasBreached) {
	r.mu.Lock()
	defer r.mu.Unlock()
	*r.breaches = append(*r.breaches, e)
}
