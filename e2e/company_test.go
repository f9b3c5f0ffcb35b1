package e2e

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"neike/internal/app/demo"
	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/relation"
	"neike/internal/request"
)

// Those of the demo company whom the tests are. agent and colleague serve in Finance, whose head is head; customer asks from
// Projects I; recruiter handles what is confidential in Human Resources.
var (
	customer      = demo.People[0].No
	agent         = demo.People[1].No
	head          = demo.People[2].No
	executive     = demo.People[3].No
	administrator = demo.People[4].No
	colleague     = "1006"
	recruiter     = "1012"
	buyer         = "1015" // heads procurement
)

// ctx is the context of a person, as one of the house's doors would make it.
func (s *stage) ctx(t *testing.T, no string) context.Context {
	t.Helper()
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

// ask files a request for a cash advance with Finance, without a browser.
func (s *stage) ask(t *testing.T, no, title string) int64 {
	t.Helper()
	return s.open(t, no, request.Ask{Service: "finance.advance", Title: title, Fields: map[string]any{"amount": "12800", "reason": "现场 12 天，三人。", "due": "2026-11-30"}})
}

// secret files a confidential request with Human Resources that names the recruiter alone.
func (s *stage) secret(t *testing.T) int64 {
	t.Helper()
	return s.open(t, customer, request.Ask{Service: "hr.cert", Title: "落户用在职证明", Confidential: true, Named: []string{recruiter}, Fields: map[string]any{"certtype": "job", "reason": "落户窗口下周要。", "due": "2026-11-26"}})
}

func (s *stage) open(t *testing.T, no string, ask request.Ask) int64 {
	t.Helper()
	r, err := s.Request.Open(s.ctx(t, no), ask)
	if err != nil {
		t.Fatalf("ask for %s: %v", ask.Service, err)
	}
	return r.Number
}

// does is somebody's step on a request, without a browser.
func (s *stage) does(t *testing.T, no, verb string, number int64, text string) {
	t.Helper()
	ctx, when := s.ctx(t, no), request.When{}
	var err error
	switch request.Verb(verb) {
	case request.VerbTake:
		_, err = s.Request.Take(ctx, number, when)
	case request.VerbAsk:
		_, err = s.Request.AskBack(ctx, number, text, nil, when)
	case request.VerbAnswer:
		_, err = s.Request.Answer(ctx, number, text, nil, nil, when)
	case request.VerbDeliver:
		_, err = s.Request.Deliver(ctx, number, text, nil, when)
	case request.VerbReturn:
		_, err = s.Request.Return(ctx, number, text, when)
	case request.VerbAccept:
		_, err = s.Request.Accept(ctx, number, when)
	case request.VerbRate:
		_, err = s.Request.Rate(ctx, number, request.Rating{Score: 4, Comment: text}, when)
	case request.VerbMessage:
		_, err = s.Request.Message(ctx, number, text, nil, when)
	case request.VerbNote:
		_, err = s.Request.Note(ctx, number, text, nil, when)
	default:
		t.Fatalf("no verb %q", verb)
	}
	if err != nil {
		t.Fatalf("%s %s %s: %v", no, verb, ref(number), err)
	}
}

// link is an activation link for somebody.
func (s *stage) link(t *testing.T, no string) string {
	t.Helper()
	p, err := s.Org.PersonByNo(t.Context(), no)
	if err != nil {
		t.Fatal(err)
	}
	link, err := s.Signin.MakeLink(s.ctx(t, administrator), p.ID, s.base)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(link.URL, s.base)
}

func ref(number int64) string { return request.Ref(number) }

// wanted is an expectation of finance that waits for an answer, and the workshop of the house.
func (s *stage) wanted(t *testing.T) (expected, workshop string) {
	t.Helper()
	ctx := s.ctx(t, head)
	expects, err := s.Relation.Expectations(ctx, relation.ExpectFilter{Provider: "finance", State: relation.UncoveredWord, Limit: 1})
	if err != nil || len(expects.Items) == 0 {
		t.Fatalf("nothing is expected of finance: %v", err)
	}
	rounds, err := s.Relation.Workshops(ctx)
	if err != nil || len(rounds) == 0 {
		t.Fatalf("no workshop: %v", err)
	}
	return "/expectations/" + strconv.FormatInt(expects.Items[0].ID, 10), "/workshops/" + strconv.FormatInt(rounds[0].ID, 10)
}
