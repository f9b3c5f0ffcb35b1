package e2e

import (
	"context"
	"net/http"
	"regexp"
	"strconv"
	"testing"
	"time"

	"neike/internal/app"
	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/mail/mailtest"
	"neike/internal/notice"
	"neike/internal/org"
	"neike/internal/request"
)

// announced is the page of the company's latest announcement.
func announced(t *testing.T, s *stage) string {
	t.Helper()
	var list struct {
		Items []struct {
			ID int64 `json:"id"`
		} `json:"items"`
	}
	s.as(t, administrator).Get("/api/v1/announcements?limit=1").Is(http.StatusOK).Decode(&list)
	if len(list.Items) == 0 {
		t.Fatal("no announcement")
	}
	return "/announcements/" + strconv.FormatInt(list.Items[0].ID, 10)
}

var oneTime = regexp.MustCompile(`/n/[A-Za-z0-9_-]{40,}`)

// TestAMailIsAnsweredWithOneTap: what an agent delivers reaches the customer's mail server, and the link in the mail
// accepts it in a browser in which nobody is signed in: not by opening it, but by pressing the button.
func TestAMailIsAnsweredWithOneTap(t *testing.T) {
	t.Parallel()
	house(t) // for the browser
	s, err := raise(app.Config{Data: t.TempDir()}, 20)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.end(); err != nil {
			t.Errorf("the house did not stop: %v", err)
		}
	})
	as := func(no string) context.Context {
		p, err := s.Org.PersonByNo(t.Context(), no)
		if err != nil {
			t.Fatal(err)
		}
		who, err := s.Org.ActorOf(t.Context(), p.ID)
		if err != nil {
			t.Fatal(err)
		}
		return lang.With(actor.With(t.Context(), who), s.Book, "zh", "")
	}
	server := mailtest.New(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	p, err := s.Org.PersonByNo(t.Context(), customer)
	must(err)
	tree, err := s.Org.Tree(t.Context())
	must(err)
	unit, _ := tree.ByID(p.Unit)
	_, err = s.Org.SavePerson(as(administrator), org.PersonInput{No: p.No, Name: p.Name, Unit: unit.Code, Position: p.Position, Email: "customer@example.com", Revision: p.Revision})
	must(err)
	must(s.Notice.SetMailServer(as(administrator), notice.MailServer{Active: true, Host: "127.0.0.1", Port: server.Port(), Mode: "none", Sender: "neike@example.com"}))
	must(s.Notice.SetChoices(as(customer), p.ID, []notice.Chosen{{Kind: "request.delivered", Channel: notice.Mail, Value: notice.Now}})) // chat reaches the customer, too
	r, err := s.Request.Open(as(customer), request.Ask{Service: "finance.advance", Title: "邮件里验收", Fields: map[string]any{"amount": "5000", "reason": "备用金", "due": "2026-12-01"}})
	must(err)
	_, err = s.Request.Take(as(agent), r.Number, request.When{})
	must(err)
	_, err = s.Request.Deliver(as(agent), r.Number, "已转账，请查收。", nil, request.When{})
	must(err)
	link := ""
	for end := time.Now().Add(time.Minute); link == "" && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		s.later(time.Second) // a mail waits a minute for what else there is to say
		for _, m := range server.Taken() {
			if m.To == "customer@example.com" {
				link = oneTime.FindString(m.Text())
			}
		}
	}
	if link == "" {
		t.Fatalf("no mail with a link came; %d mails", len(server.Taken()))
	}
	reader := s.visit(t, "", look{phone: true, stranger: true, locale: "zh"}).opens(link).sees("h1", "验收").sees("body", "邮件里验收")
	if v, err := s.Request.ByNumber(as(customer), r.Number); err != nil || v.State != request.StateDelivered {
		t.Fatalf("opening the link changed it to %s, %v", v.State, err)
	}
	reader.clicks("form#deed button").sees("h1", "已验收")
	if v, err := s.Request.ByNumber(as(customer), r.Number); err != nil || v.State != request.StateDone {
		t.Errorf("the button left it %s, %v", v.State, err)
	}
}

// drawn is the page of a request that was drawn for review and waits for the quality office.
func drawn(t *testing.T, s *stage) string {
	t.Helper()
	s.as(t, administrator).JSON("PUT", "/api/v1/services/finance.advance/review-plan", map[string]any{"active": true, "share": 100, "first": "quality"}).Is(http.StatusOK)
	n := s.ask(t, customer, "合肥调试备用金")
	s.does(t, agent, "take", n, "")
	s.does(t, agent, "deliver", n, "已付款，请查收。")
	s.does(t, customer, "accept", n, "")
	if err := s.Bus.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	var list struct {
		Items []struct {
			ID int64 `json:"id"`
		} `json:"items"`
	}
	s.as(t, administrator).Get("/api/v1/reviews?service=finance.advance&limit=1").Is(http.StatusOK).Decode(&list)
	if len(list.Items) == 0 {
		t.Fatal("nothing was drawn")
	}
	return "/reviews/" + strconv.FormatInt(list.Items[0].ID, 10)
}
