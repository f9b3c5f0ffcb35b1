package proofs_test

import (
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"neike/internal/app"
	"neike/internal/app/house"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/mail/mailtest"
	"neike/internal/notice"
	"neike/internal/org"
)

// TestKilledWhileMailsGoOut kills serving processes with -9, again and again and at any moment, while they hand mails to a
// server: in the end everybody has got the mail, and it came twice at most for as many as there were kills, with the same
// Message-ID.
func TestKilledWhileMailsGoOut(t *testing.T) {
	t.Parallel() // most of it waits for leases of the dead
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		killedWhileMailsGoOut(t, app.Config{Data: t.TempDir()})
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		killedWhileMailsGoOut(t, app.Config{Data: t.TempDir(), DatabaseURL: dbtest.URL(t, app.Schemas()...)})
	})
}

func killedWhileMailsGoOut(t *testing.T, conf app.Config) {
	const people, kills = 150, 3
	where := []string{"--data", conf.Data, "--url", "https://neike.test"}
	if conf.DatabaseURL != "" {
		where = append(where, "--database-url", conf.DatabaseURL)
	}
	server := mailtest.New(t)
	owedMails(t, conf, server, people)
	for range kills {
		p := serve(t, where...)
		stop := len(server.Taken()) + 1 + rand.IntN(people/(kills+1))
		within(t, 90*time.Second, "some mails have gone out", func() bool { return len(server.Taken()) >= stop })
		time.Sleep(time.Duration(rand.IntN(3000)) * time.Microsecond) // before, in or behind a letter
		p.end(t, syscall.SIGKILL)
		lapse(t, conf.DatabaseURL)
	}
	if n := len(server.Taken()); n >= people {
		t.Fatalf("all %d mails had gone out: nothing was interrupted", n)
	}
	serve(t, where...)
	within(t, 90*time.Second, "everybody has got the mail", func() bool { return len(reached(server)) == people })
	doubles := 0
	for to, ids := range reached(server) {
		if len(ids) != 1 {
			t.Errorf("%s got mails of %d ids", to, len(ids))
		}
		for _, n := range ids {
			doubles += n - 1
		}
	}
	if doubles > kills {
		t.Errorf("%d mails came twice after %d kills", doubles, kills)
	}
}

// TestTwoProcessesTellEverybodyOnce lets two processes of one PostgreSQL database deliver what waits: each mail goes once.
func TestTwoProcessesTellEverybodyOnce(t *testing.T) {
	t.Parallel()
	const people = 1000
	server := mailtest.New(t)
	conf := app.Config{Data: t.TempDir(), DatabaseURL: dbtest.URL(t, app.Schemas()...)}
	owedMails(t, conf, server, people)
	for range 2 {
		serve(t, "--database-url", conf.DatabaseURL, "--data", t.TempDir(), "--url", "https://neike.test")
	}
	within(t, 3*time.Minute, "everybody has got the mail", func() bool { return len(server.Taken()) >= people && len(reached(server)) == people })
	if n := len(server.Taken()); n != people {
		t.Errorf("%d mails for %d people", n, people)
	}
}

// reached is who got how many mails of which id.
func reached(server *mailtest.Server) map[string]map[string]int {
	got := map[string]map[string]int{}
	for _, m := range server.Taken() {
		if got[m.To] == nil {
			got[m.To] = map[string]int{}
		}
		got[m.To][m.Header("Message-ID")]++
	}
	return got
}

// lapse lets the leases of a dead process on PostgreSQL end now: a claimed post is left alone for five minutes there, since
// another process may have it.
func lapse(t *testing.T, databaseURL string) {
	t.Helper()
	if databaseURL == "" {
		return
	}
	db, err := sql.Open("pgx", databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, q := range []string{"update notice_post set due = 0 where state = 'sending' and due < 4503599627370496", "update job set until = 1 where state = 'running'"} {
		if _, err := db.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
}

// owedMails leaves a house that owes everybody a mail.
func owedMails(t *testing.T, conf app.Config, server *mailtest.Server, people int) {
	t.Helper()
	before := func() time.Time { return time.Now().Add(-time.Hour) }
	conf.Now, conf.URL, conf.Log = before, "https://neike.test", slog.New(slog.NewTextHandler(io.Discard, nil))
	a, err := app.New(t.Context(), conf)
	if err != nil {
		t.Fatal(err)
	}
	h := (&house.House{App: a, T: t}).Settle()
	for i := range people {
		no := fmt.Sprint(8000 + i)
		if _, err := a.Org.SavePerson(h.System(), org.PersonInput{No: no, Name: "收件人" + no, Unit: "project", Email: no + "@example.com"}); err != nil {
			t.Fatal(err)
		}
		if err := a.Notice.SetHabits(h.As(no), notice.Habits{Quiet: notice.QuietNever, Digest: notice.Daily}); err != nil {
			t.Fatal(err)
		}
	}
	admin := h.As("1001")
	if err := a.Notice.SetMailServer(admin, notice.MailServer{Active: true, Host: "127.0.0.1", Port: server.Port(), Mode: "none", Sender: "neike@example.com"}); err != nil {
		t.Fatal(err)
	}
	if err := a.Notice.SetChoices(admin, 0, []notice.Chosen{{Kind: "house.announced", Channel: notice.Mail, Value: notice.Now}}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Notice.Announce(admin, notice.Announcement{Title: "停机维护"}); err != nil {
		t.Fatal(err)
	}
	if err := a.Catch(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
}

func within(t *testing.T, most time.Duration, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(most); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", most, what)
		}
	}
}
