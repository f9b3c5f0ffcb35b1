package proofs_test

import (
	"fmt"
	"io"
	"log/slog"
	"syscall"
	"testing"
	"time"

	"neike/internal/app"
	"neike/internal/app/house"
	"neike/internal/kit/mail/mailtest"
	"neike/internal/notice"
	"neike/internal/org"
)

// TestKilledWhileMailsGoOut kills a serving process with -9 while it hands mails to a server: after it has started again
// everybody has got the mail, and at most the one that was on its way came twice, with the same Message-ID.
func TestKilledWhileMailsGoOut(t *testing.T) {
	t.Parallel()
	const people = 60
	dir, server := t.TempDir(), mailtest.New(t)
	owedMails(t, dir, server, people)
	p := serve(t, "--data", dir, "--url", "https://neike.test")
	within(t, 60*time.Second, "some mails have gone out", func() bool { return len(server.Taken()) >= people/4 })
	p.end(t, syscall.SIGKILL)
	if n := len(server.Taken()); n >= people {
		t.Fatalf("all %d mails had gone out: nothing was interrupted", n)
	}
	serve(t, "--data", dir, "--url", "https://neike.test")
	reached := func() map[string]map[string]int {
		got := map[string]map[string]int{}
		for _, m := range server.Taken() {
			if got[m.To] == nil {
				got[m.To] = map[string]int{}
			}
			got[m.To][m.Header("Message-ID")]++
		}
		return got
	}
	within(t, 90*time.Second, "everybody has got the mail", func() bool { return len(reached()) == people })
	doubles := 0
	for to, ids := range reached() {
		if len(ids) != 1 {
			t.Errorf("%s got mails of %d ids", to, len(ids))
		}
		for _, n := range ids {
			doubles += n - 1
		}
	}
	if doubles > 1 {
		t.Errorf("%d mails came twice", doubles)
	}
}

// owedMails leaves a house in dir that owes everybody a mail.
func owedMails(t *testing.T, dir string, server *mailtest.Server, people int) {
	t.Helper()
	before := func() time.Time { return time.Now().Add(-time.Hour) }
	a, err := app.New(t.Context(), app.Config{Data: dir, Now: before, URL: "https://neike.test", Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
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
