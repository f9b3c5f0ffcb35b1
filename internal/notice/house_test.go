package notice_test

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"neike/content"
	"neike/internal/app"
	"neike/internal/app/house"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/mail/mailtest"
	"neike/internal/kit/webtest"
	"neike/internal/notice"
	"neike/internal/org"
	"neike/internal/request"
)

// tested is a house of which nothing runs by itself: a test moves its clock and lets it catch up. People are those of
// house.Settle, all with a mail address NO@example.com; finance offers its services.
type tested struct {
	*house.House
	clock *hands
	mail  *mailtest.Server
}

// hands are a clock that a test moves.
type hands struct {
	mu  sync.Mutex
	now time.Time
}

func (c *hands) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *hands) set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
}

// monday is a working day, at ten in the morning in Shanghai.
var monday = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

func each(t *testing.T, fn func(t *testing.T, h *tested)) {
	t.Run("sqlite", func(t *testing.T) { fn(t, begin(t, app.Config{Data: t.TempDir()})) })
	t.Run("postgres", func(t *testing.T) {
		fn(t, begin(t, app.Config{Data: t.TempDir(), DatabaseURL: dbtest.URL(t, app.Schemas()...)}))
	})
}

func quick(t *testing.T) *tested { return begin(t, app.Config{Data: t.TempDir()}) }

func begin(t *testing.T, c app.Config) *tested {
	t.Helper()
	clock := &hands{now: monday}
	c.Now, c.URL = clock.Now, "https://neike.test"
	a, err := house.Built(t, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	h := &tested{House: &house.House{App: a, Client: webtest.Serve(t, a.Mux), T: t}, clock: clock, mail: mailtest.New(t)}
	h.Settle()
	pack, _ := content.Pack("finance")
	if _, err := h.Catalog.Import(h.System(), "finance", pack, false); err != nil {
		t.Fatal(err)
	}
	for _, no := range []string{"1001", "2001", "2002", "2003", "3001", "3002", "3003", "4001"} {
		p, err := h.Org.PersonByNo(t.Context(), no)
		if err != nil {
			t.Fatal(err)
		}
		tree, err := h.Org.Tree(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		u, _ := tree.ByID(p.Unit)
		if _, err := h.Org.SavePerson(h.System(), org.PersonInput{No: no, Name: p.Name, Unit: u.Code, Email: no + "@example.com", Revision: p.Revision}); err != nil {
			t.Fatal(err)
		}
	}
	h.catch()
	h.server(true)
	return h
}

// server sets the mail server of the test.
func (h *tested) server(active bool) {
	h.T.Helper()
	now, err := h.Notice.MailServer(h.System())
	if err != nil {
		h.T.Fatal(err)
	}
	err = h.Notice.SetMailServer(h.As("1001"), notice.MailServer{Active: active, Host: "127.0.0.1", Port: h.mail.Port(), Mode: "none", Sender: "neike@example.com", Revision: now.Revision})
	if err != nil {
		h.T.Fatal(err)
	}
}

// catch lets followers and jobs do what is due now.
func (h *tested) catch() {
	h.T.Helper()
	if err := h.Catch(h.T.Context()); err != nil {
		h.T.Fatal(err)
	}
}

// later moves the clock and lets everything that falls due happen.
func (h *tested) later(by time.Duration) {
	h.T.Helper()
	h.catch()
	h.clock.set(h.clock.Now().Add(by))
	h.catch()
	h.catch()
}

// ask makes a request of 3002 to finance.
func (h *tested) ask(title string) request.Request {
	h.T.Helper()
	return h.askAs(h.As("3002"), title, false)
}

func (h *tested) askAs(ctx context.Context, title string, confidential bool) request.Request {
	h.T.Helper()
	ask := request.Ask{Service: "finance.advance", Title: title, Confidential: confidential,
		Fields: map[string]any{"amount": "5000", "reason": "备用金", "due": "2026-12-01"}}
	r, err := h.Request.Open(ctx, ask)
	if err != nil {
		h.T.Fatal(err)
	}
	return r
}

func (h *tested) must(_ request.Request, err error) {
	h.T.Helper()
	if err != nil {
		h.T.Fatal(err)
	}
}

// mailed are the subjects of the mails somebody got.
func (h *tested) mailed(no string) []string {
	var out []string
	for _, m := range h.letters(no) {
		out = append(out, m.Header("Subject"))
	}
	return out
}

func (h *tested) letters(no string) []mailtest.Mail {
	var out []mailtest.Mail
	for _, m := range h.mail.Taken() {
		if strings.HasPrefix(m.To, no+"@") {
			out = append(out, m)
		}
	}
	return out
}

// unread are the sentences of the notices somebody has not read.
func (h *tested) unread(no string) []string {
	h.T.Helper()
	page, err := h.Notice.List(h.As(no), true, paging)
	if err != nil {
		h.T.Fatal(err)
	}
	var out []string
	for _, e := range page.Items {
		out = append(out, e.Text)
	}
	return out
}

// rewind lets the bus forget how far the room has followed, as after a crash before the cursor was saved.
func (h *tested) rewind() {
	h.T.Helper()
	if err := h.Notice.Again(h.System()); err != nil {
		h.T.Fatal(err)
	}
}

func habits(quiet string, from, to int) notice.Habits {
	return notice.Habits{Quiet: quiet, From: from, To: to, Digest: "daily"}
}

func choose(kind, channel, value string) []notice.Chosen {
	return []notice.Chosen{{Kind: kind, Channel: channel, Value: value}}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// away lets somebody be away from today on, with a deputy.
func (h *tested) away(no, deputy string) {
	h.T.Helper()
	if _, err := h.Org.SetAbsence(h.As(no), no, org.AbsenceInput{From: "2026-11-23", Until: "2026-11-27", Kind: "holiday", Deputy: deputy}); err != nil {
		h.T.Fatal(err)
	}
	h.later(2 * time.Minute)
}

// duty lets somebody be on duty for finance, today.
func (h *tested) duty(no string) {
	h.T.Helper()
	if _, err := h.Org.AddShift(h.As("1001"), "finance", org.ShiftInput{Person: no, From: "2026-11-23T00:00", Until: "2026-11-23T23:00"}); err != nil {
		h.T.Fatal(err)
	}
	if err := h.Notice.SetChoices(h.As("1001"), 0, choose("org.duty", notice.Mail, notice.Off)); err != nil { // that one is on duty is told, too
		h.T.Fatal(err)
	}
	h.catch()
	h.catch()
	h.TokenOf(no).Post("/api/v1/notices/read", map[string]any{})
}
