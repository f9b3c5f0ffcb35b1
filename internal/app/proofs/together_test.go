package proofs_test

import (
	"bytes"
	"fmt"
	"sync"
	"testing"

	"neike/internal/app"
	"neike/internal/app/house"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/webtest"
	"neike/internal/org"
)

// onBoth runs fn on a small house of either engine.
func onBoth(t *testing.T, fn func(t *testing.T, h *house.House)) {
	t.Run("sqlite", func(t *testing.T) { fn(t, small(t, app.Config{Fast: true})) })
	t.Run("postgres", func(t *testing.T) {
		fn(t, small(t, app.Config{DatabaseURL: dbtest.URL(t, app.Schemas()...)}))
	})
}

// atOnce asks everything in the same moment.
func atOnce(asks ...func() *webtest.Answer) []*webtest.Answer {
	answers := make([]*webtest.Answer, len(asks))
	start := make(chan struct{})
	var all sync.WaitGroup
	for i, ask := range asks {
		all.Go(func() {
			<-start
			answers[i] = ask()
		})
	}
	close(start)
	all.Wait()
	return answers
}

type shot struct{ who, verb, body string }

var (
	take    = shot{"2002", "take", ""}
	deliver = shot{"2002", "deliver", `{"text":"a"}`}
	accept  = shot{"3002", "accept", ""}
)

// duels are two verbs at one request, of which one must win.
var duels = []struct {
	name   string
	before []shot
	shots  [2]shot
}{
	{"two agents take", nil, [2]shot{take, {"2003", "take", ""}}},
	{"one agent takes from two programs", nil, [2]shot{take, take}},
	{"the customer withdraws while an agent takes", nil, [2]shot{{"3002", "withdraw", ""}, take}},
	{"two agents decline to different units", nil, [2]shot{{"2002", "decline", `{"unit":"it","reason":"a"}`}, {"2003", "decline", `{"unit":"root","reason":"b"}`}}},
	{"two agents hand over", []shot{take}, [2]shot{{"2002", "hand-over", `{"unit":"root","reason":"a"}`}, {"2003", "hand-over", `{"unit":"root","reason":"b"}`}}},
	{"two deliver", []shot{take}, [2]shot{deliver, {"2003", "deliver", `{"text":"b"}`}}},
	{"the customer cancels while it is delivered", []shot{take}, [2]shot{{"3002", "cancel", `{"reason":"a"}`}, deliver}},
	{"accepted and returned", []shot{take, deliver}, [2]shot{accept, {"3002", "return", `{"reason":"b"}`}}},
	{"rated twice", []shot{take, deliver, accept}, [2]shot{{"3002", "rate", `{"score":5}`}, {"3002", "rate", `{"score":1}`}}},
}

// TestVerbsAtOnce fires two verbs at one request from two programs in the same moment: exactly one wins, the other is
// told why not, and what is derived stays right.
func TestVerbsAtOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house.House) {
		if _, err := h.Org.SavePerson(h.System(), org.PersonInput{No: "5001", Name: "孙息", Unit: "it"}); err != nil { // whom it can be declined to
			t.Fatal(err)
		}
		programs := map[string]*webtest.Client{}
		for _, no := range []string{"2002", "2003", "3002"} {
			programs[no] = h.TokenOf(no).For(t)
		}
		other := map[string]*webtest.Client{"2002": h.TokenOf("2002").For(t), "2003": programs["2003"], "3002": h.TokenOf("3002").For(t)}
		for _, d := range duels {
			for range 3 {
				var r brief
				programs["3002"].Post("/api/v1/requests", advance(d.name)).Is(201).Decode(&r)
				fire := func(from map[string]*webtest.Client, s shot) *webtest.Answer {
					return from[s.who].Post("/api/v1/requests/"+r.Number+"/"+s.verb, s.body)
				}
				for _, s := range d.before {
					fire(programs, s).Is(200)
				}
				got := atOnce(func() *webtest.Answer { return fire(programs, d.shots[0]) }, func() *webtest.Answer { return fire(other, d.shots[1]) })
				if got[0].Status != 200 {
					got[0], got[1] = got[1], got[0]
				}
				var p struct{ Key, Message string }
				got[1].Decode(&p)
				if got[0].Status != 200 || got[1].Status != 409 || p.Message == "" || p.Message == p.Key {
					t.Errorf("%s: %d and %d %s", d.name, got[0].Status, got[1].Status, got[1].Body)
				}
			}
		}
		if err := h.Catch(h.System()); err != nil {
			t.Fatal(err)
		}
		sound(t, h)
	})
}

// TestTheSameKeyAgain: what is repeated with its key is done once, whoever is faster, and every repetition gets the first
// answer; a key is one person's and one call's.
func TestTheSameKeyAgain(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house.House) {
		customer, other := h.TokenOf("3002").For(t), h.TokenOf("3003").For(t)
		ask := func(c *webtest.Client, title string) func() *webtest.Answer {
			return func() *webtest.Answer {
				return c.Post("/api/v1/requests", advance(title), "Idempotency-Key", "k-1")
			}
		}
		asks := make([]func() *webtest.Answer, 8)
		for i := range asks {
			asks[i] = ask(customer, "einmal")
		}
		made := 0
		for _, a := range atOnce(asks...) {
			switch replayed := a.Header.Get("Idempotency-Replayed") == "true"; {
			case a.Status == 201 && !replayed:
				made++
			case a.Status == 201:
			case a.Status != 409 || a.Key() != "web.key-running" || a.Header.Get("Retry-After") == "":
				t.Errorf("at once: %d %s", a.Status, a.Body)
			}
		}
		if made != 1 {
			t.Errorf("done %d times", made)
		}
		first := ask(customer, "einmal")().Is(201)
		again := ask(customer, "einmal")().Is(201)
		if !bytes.Equal(first.Body, again.Body) || again.Header.Get("Idempotency-Replayed") != "true" || first.Header.Get("ETag") != again.Header.Get("ETag") {
			t.Errorf("the answer again: %v %s\n%s", again.Header, first.Body, again.Body)
		}
		if a := ask(customer, "anders")(); a.Status != 422 || a.Key() != "web.key-other-body" {
			t.Errorf("the key with another body: %d %s", a.Status, a.Body)
		}
		if a := customer.Post("/api/v1/requests/R-1001/nudge", nil, "Idempotency-Key", "k-1"); a.Status != 422 {
			t.Errorf("the key for another call: %d", a.Status)
		}
		if a := ask(other, "einmal")().Is(201); a.Header.Get("Idempotency-Replayed") != "" {
			t.Error("somebody else gets the answer")
		}
		bad := func() *webtest.Answer {
			return customer.Post("/api/v1/requests/R-1001/accept", nil, "Idempotency-Key", "k-2")
		}
		if a, b := bad().Is(409), bad().Is(409); !bytes.Equal(a.Body, b.Body) {
			t.Errorf("a refusal again: %s\n%s", a.Body, b.Body)
		}
		customer.Post("/api/v1/requests", advance("x"), "Idempotency-Key", fmt.Sprintf("%0300d", 1)).Is(400)
		var page struct{ Items []brief }
		customer.Get("/api/v1/requests?mine=true").Is(200).Decode(&page)
		if len(page.Items) != 1 {
			t.Errorf("the customer has %d requests", len(page.Items))
		}
	})
}
