package directory_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"neike/internal/directory"
	"neike/internal/kit/chat"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// large is a company of so many people, thirty to a department.
func large(people int) *company {
	c := &company{departments: []chat.Department{{ID: "1", Name: "集团"}}, page: 100}
	for i := range people {
		d := fmt.Sprintf("d%d", i/30)
		if i%30 == 0 {
			c.departments = append(c.departments, chat.Department{ID: d, Parent: "1", Name: "部门" + d, Heads: []string{fmt.Sprintf("u%05d", i)}, Order: i})
		}
		u := chat.User{ID: fmt.Sprintf("u%05d", i), No: fmt.Sprintf("%06d", i), Name: fmt.Sprintf("员工%d", i), Departments: []string{d}, Position: "工程师"}
		if i%30 > 0 {
			u.Manager = fmt.Sprintf("u%05d", i/30*30)
		}
		c.users = append(c.users, u)
	}
	return c
}

// A reader that dies after any question goes on where it stopped: no page is asked twice that was kept.
func TestReadingGoesOn(t *testing.T) {
	each(t, func(w *world) {
		c := w.wecom(nil)
		there := large(95)
		died := errors.New("the process died")
		there.page = 20
		there.fail = func(asked int) error {
			if asked%3 == 0 {
				return died
			}
			return nil
		}
		w.of(there)
		r, err := w.Begin(w.ctx(), c.ID, "hand")
		w.must(err)
		deaths := 0
		for {
			r, err = w.Work(w.ctx(), r.ID)
			if err == nil {
				break
			}
			if !errors.Is(err, died) {
				w.t.Fatal(err)
			}
			if deaths++; deaths > 20 {
				w.t.Fatal("it never ends")
			}
		}
		if r.State != directory.Planned || r.Users != 95 || r.Planned.PeopleNew != 95 || there.asked-deaths != r.Calls {
			w.t.Errorf("%+v after %d questions and %d deaths", r, there.asked, deaths)
		}
	})
}

// An apply that is cut off in the middle leaves whole chunks, and goes on; two at once take nobody in twice.
func TestApplyingGoesOnAndTwoAtOnceAreOne(t *testing.T) {
	each(t, func(w *world) {
		c := w.wecom(nil)
		w.of(large(1200))
		r := w.sync(c)
		w.must(w.Apply(w.ctx(), r.ID, true, 0))
		ctx, cut := context.WithCancel(w.ctx())
		stop := make(chan struct{})
		go func() { // the process dies once the first people are in
			defer close(stop)
			for {
				now, err := w.Run(w.ctx(), r.ID)
				if err != nil || now.Done > 100 || now.State == directory.Done {
					cut()
					return
				}
				time.Sleep(time.Millisecond)
			}
		}()
		_, err := w.Work(ctx, r.ID)
		<-stop
		half, again := w.Run(w.ctx(), r.ID)
		w.must(again)
		if half.State == directory.Applying && err == nil {
			w.t.Error("cut off, and nobody was told")
		}
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				if _, err := w.Work(w.ctx(), r.ID); err != nil {
					w.t.Error(err)
				}
			})
		}
		both.Wait()
		r, err = w.Run(w.ctx(), r.ID)
		w.must(err)
		if r.State != directory.Done || r.Applied.PeopleNew != 1200 || r.Applied.Linked != 1200 || r.Applied.UnitsNew != 41 || r.Applied.Failed != 0 || r.Done != r.Total {
			w.t.Errorf("%+v", r)
		}
		w.must(w.db.Read(w.ctx(), func(ctx context.Context, rd sqldb.Reader) error {
			n, err := w.org.CountActive(ctx, rd)
			if n != 1200 {
				w.t.Errorf("%d people are here", n)
			}
			return err
		}))
		if again := w.sync(c); again.Total != 0 {
			w.t.Errorf("the run after it changes %d\n%s", again.Total, strings.Join(w.items(again)[:5], "\n"))
		}
	})
}

// Of two who begin at once one does.
func TestTwoBeginAtOnce(t *testing.T) {
	each(t, func(w *world) {
		c := w.wecom(nil)
		w.of(small())
		var mu sync.Mutex
		began := 0
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				_, err := w.Begin(w.ctx(), c.ID, "hand")
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					began++
				} else if fault.KindOf(err) != fault.Conflict {
					w.t.Error(err)
				}
			})
		}
		all.Wait()
		if began != 1 {
			w.t.Errorf("%d began", began)
		}
	})
}

// A platform that is slow is asked again later; one that refuses ends the run with its reason.
func TestPlatformsThatFail(t *testing.T) {
	each(t, func(w *world) {
		c := w.wecom(nil)
		there := small()
		w.of(there)
		there.fail = func(int) error {
			return &chat.Error{Platform: "wecom", Code: "60020", Text: "not allow to access from your ip, ip: 203.0.113.7", Reason: chat.Refused}
		}
		r := w.sync(c)
		if r.State != directory.Failed || r.Failure.Key != "directory.why-address" || r.Failure.Args["address"] != "203.0.113.7" {
			w.t.Errorf("%+v", r)
		}
		there.fail = func(int) error {
			return &chat.Error{Platform: "wecom", Code: "45009", Text: "too fast", Reason: chat.Slow, After: time.Minute}
		}
		there.asked = 0
		if r = w.sync(c); r.State != directory.Reading || there.asked != 1 {
			w.t.Errorf("asked %d times at once: %+v", there.asked, r)
		}
		there.fail = nil
		r, err := w.Work(w.ctx(), r.ID)
		if err != nil || r.State != directory.Planned {
			w.t.Errorf("%+v, %v", r, err)
		}
	})
}

// The clock of a schedule: a sync begins when it is due, and applies itself when nothing needs a person.
func TestScheduled(t *testing.T) {
	each(t, func(w *world) {
		rules := directory.DefaultRules()
		rules.Every, rules.Apply, rules.NewUnits = "day", true, "create"
		c := w.wecom(func(in *directory.ConnectionInput) { in.Rules = rules })
		w.of(small())
		if c.Next.IsZero() {
			w.t.Fatal("no next run")
		}
		dbtest.Clock(w.db).Set(c.Next.Add(time.Minute))
		w.must(w.Schedule(w.ctx()))
		runs, err := w.Runs(w.ctx(), c.ID, time.Time{}, 5)
		w.must(err)
		if len(runs) != 1 || runs[0].Cause != "schedule" {
			w.t.Fatalf("%+v", runs)
		}
		r, err := w.Work(w.ctx(), runs[0].ID)
		w.must(err)
		if r.State != directory.Done || r.Applied.PeopleNew != 4 {
			w.t.Errorf("%+v", r)
		}
		w.must(w.Schedule(w.ctx()))
		if runs, _ = w.Runs(w.ctx(), c.ID, time.Time{}, 5); len(runs) != 1 {
			w.t.Errorf("begun again at once: %d", len(runs))
		}
	})
}
