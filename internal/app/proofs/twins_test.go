package proofs_test

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"neike/internal/app"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/event"
	"neike/internal/kit/job"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/webtest"
)

// soon is how late one process may notice what another has changed.
const soon = 5*time.Second + 500*time.Millisecond // and the asking itself

// TestTwins serves one PostgreSQL database from two processes: a session of one opens the other, what is changed on one
// is seen on the other within five seconds, and what happens on one is heard on the other.
func TestTwins(t *testing.T) {
	t.Parallel()
	url := dbtest.URL(t, app.Schemas()...)
	h := small(t, app.Config{DatabaseURL: url})
	customer, agent, admin := h.TokenOf("3002").Token, h.TokenOf("2002").Token, h.TokenOf("1001", "read", "write", "admin").Token
	head := h.TokenOf("2001").Token
	person := h.ID("3002")
	if err := h.Stop(); err != nil {
		t.Fatal(err)
	}
	a, b := serve(t, "--database-url", url, "--data", t.TempDir()), serve(t, "--database-url", url, "--data", t.TempDir())

	browser := a.Fresh()
	browser.Form("/signin", "login", "3002", "password", "ein Satz den man behält").Is(303)
	elsewhere := b.Fresh()
	elsewhere.SetCookie("neike", browser.Cookie("neike"))
	elsewhere.Get("/me").Is(200)

	hears := (&stage{House: h, pages: map[string]*webtest.Client{"3002": elsewhere}}).at(b.Base)
	l := hears.listen(t, "3002", fmt.Sprintf("person:%d", person))

	var r brief
	a.With(customer).Post("/api/v1/requests", advance("双活")).Is(201).Decode(&r)
	one := "/api/v1/requests/" + r.Number
	b.With(agent).Post(one+"/take", nil).Is(200)
	a.With(agent).Post(one+"/message", body{"text": "收到"}).Is(200)
	l.untilInbox(t, elsewhere)
	b.With(agent).Post(one+"/deliver", body{"text": "好了"}).Is(200)
	a.With(customer).Post(one+"/accept", nil).Is(200)

	service := "/api/v1/services/finance.advance"
	a.With(head).JSON("PUT", service+"/standard", body{"completion": body{"value": 7, "unit": "working_hours"}, "completion_target": 0.77}).Is(200)
	sees(t, "a standard", func() bool { return strings.Contains(string(b.With(customer).Get(service).Body), `0.77`) })
	a.With(admin).JSON("PUT", "/api/v1/people/2003", body{"employee_no": "2003", "name": "罗佳佳", "unit": "finance"}).Is(200)
	sees(t, "a name", func() bool {
		return strings.Contains(string(b.With(customer).Get("/api/v1/people/2003").Body), "罗佳佳")
	})
	b.With(admin).JSON("PUT", "/api/v1/people/3003/roles", body{"roles": []string{"agent@finance"}}).Is(200)
	a.With(customer).Post("/api/v1/requests", advance("给新同事")).Is(201).Decode(&r)
	newcomer := a.With(customer)
	newcomer.Token = ""
	newcomer.Form("/signin", "login", "3003", "password", "ein Satz den man behält").Is(303)
	sees(t, "a role", func() bool { return newcomer.Get("/requests/"+r.Number).Status == 200 })
	b.With(admin).JSON("PUT", "/api/v1/units/project", body{"code": "project", "name_zh": "项目一部", "name_en": "Project 1", "parent": "root"}).Is(200)
	sees(t, "a unit", func() bool {
		return strings.Contains(string(a.With(customer).Get("/api/v1/units/project").Body), "项目一部")
	})

	browser.Get("/me").Is(200) // and remembers for a while who that is
	elsewhere.Form("/signout").Is(303)
	sees(t, "the end of a session", func() bool { return browser.Get("/me").Status == 303 })
	b.With(admin).Post("/api/v1/people/2002/deactivate", nil).Is(200)
	sees(t, "that somebody has left", func() bool { return a.With(agent).Get("/api/v1/me").Status == 401 })

	a.end(t, syscall.SIGTERM)
	b.With(customer).Get("/api/v1/me").Is(200)
	b.end(t, syscall.SIGTERM)
	run(t, "doctor", "--database-url", url, "--data", t.TempDir())
	run(t, "verify", "--database-url", url, "--data", t.TempDir())
}

// untilInbox listens until what is told of the unread is what the inbox of the same reader lists, and more than nothing:
// a message and what the house says of it may come one after the other.
func (l *stream) untilInbox(t *testing.T, reader *webtest.Client) {
	t.Helper()
	for {
		heard := l.until(t, "unread", 1) // fails when nothing more is told
		_, told, _ := strings.Cut(heard[strings.LastIndex(heard, "event: unread"):], "data: ")
		told, _, _ = strings.Cut(told, "\n")
		listed := reader.Get("/inbox").Is(200).Page().Find("#inbox .nk-line").Length()
		if listed > 0 && told == strconv.Itoa(listed) {
			return
		}
		t.Logf("told %s, listed %d: there is more to be told", told, listed)
	}
}

// at is the stage at another address.
func (s *stage) at(base string) *stage {
	h := *s.House
	h.Client = webtest.New(h.T, base)
	return &stage{House: &h, pages: s.pages}
}

// sees waits until the other process knows.
func sees(t *testing.T, what string, yes func() bool) {
	t.Helper()
	began := time.Now()
	for !yes() {
		if time.Since(began) > soon {
			t.Errorf("%s is not seen by the other process within %s", what, soon)
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Logf("%s is seen after %s", what, time.Since(began).Round(time.Millisecond))
}

type tick struct{ N int }

// TestTwinsShareTheWork gives two houses on one database the same jobs, schedule and follower: a job runs once, an event
// is followed once and in order.
func TestTwinsShareTheWork(t *testing.T) {
	t.Parallel()
	url := dbtest.URL(t, app.Schemas()...)
	h := small(t, app.Config{DatabaseURL: url})
	customer := h.TokenOf("3002").Token
	if err := h.Stop(); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	ran, by, seqs := map[int]int{}, map[string]int{}, []int64{}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	houses := map[string]*app.App{}
	var all sync.WaitGroup
	for _, name := range []string{"a", "b"} {
		one, err := app.New(t.Context(), app.Config{Data: t.TempDir(), DatabaseURL: url, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		houses[name] = one
		job.Handle(one.Jobs, "proofs.tick", func(_ context.Context, x tick) error {
			mu.Lock()
			defer mu.Unlock()
			ran[x.N]++
			by[name]++
			return nil
		})
		one.Bus.Follow("proofs.follow", func(_ context.Context, batch []event.Record) error {
			mu.Lock()
			defer mu.Unlock()
			for _, r := range batch {
				seqs = append(seqs, r.Seq)
			}
			return nil
		}, "request.opened")
		all.Go(func() {
			if err := one.Work(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	const jobs, asks = 200, 40
	var load sync.WaitGroup
	for i, name := range []string{"a", "b"} {
		web := webtest.Serve(t, houses[name].Mux).With(customer)
		load.Go(func() {
			for n := range asks / 2 {
				web.Post("/api/v1/requests", advance(fmt.Sprintf("%s %d", name, n)))
			}
		})
		load.Go(func() {
			for n := range jobs / 2 {
				err := houses[name].DB.Write(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
					return houses[name].Jobs.Enqueue(ctx, tx, "proofs.tick", tick{n*2 + i})
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	load.Wait()
	sees(t, "all work", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(ran) == jobs && len(seqs) >= asks
	})
	stop()
	all.Wait()
	for n, times := range ran {
		if times != 1 {
			t.Errorf("job %d ran %d times", n, times)
		}
	}
	for i := range seqs[1:] {
		if seqs[i+1] <= seqs[i] {
			t.Errorf("event %d was followed after %d", seqs[i+1], seqs[i])
		}
	}
	if len(seqs) != asks {
		t.Errorf("%d events were followed, %d happened", len(seqs), asks)
	}
	t.Logf("jobs by process: %v", by)
	for _, one := range houses {
		if err := one.Close(); err != nil {
			t.Error(err)
		}
	}
}
