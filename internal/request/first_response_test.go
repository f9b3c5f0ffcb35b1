package request

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"
)

// TestWhatEndsTheFirstResponse goes through the contract's rules of the first response, through the API: of what the
// holding unit and the customer do, which ends the clock, and in what state it then is.
func TestWhatEndsTheFirstResponse(t *testing.T) {
	d := quick(t).open4()
	type step struct{ who, verb, body string }
	take := step{"2002", "take", `{}`}
	for _, c := range []struct {
		name  string
		steps []step
		ends  bool
	}{
		{"taking alone does not", []step{take}, false},
		{"assigning does not", []step{{"2001", "assign", `{"person":"2002"}`}}, false},
		{"an internal note does not", []step{take, {"2002", "note", `{"text":"看一下"}`}}, false},
		{"a message of the customer does not", []step{{"3002", "message", `{"text":"在吗"}`}}, false},
		{"a nudge does not", []step{{"3002", "nudge", `{}`}}, false},
		{"the customer's urgency does not", []step{{"3002", "urgent", `{"reason":"明天开工"}`}}, false},
		{"another priority does not", []step{take, {"2002", "set-priority", `{"priority":"urgent","reason":"重要"}`}}, false},
		{"handing it over does not", []step{take, {"2002", "hand-over", `{"unit":"it","reason":"归信息技术部"}`}}, false},
		{"a message of the unit does", []step{{"2002", "message", `{"text":"收到"}`}}, true},
		{"a question does", []step{take, {"2002", "ask", `{"text":"金额多少"}`}}, true},
		{"a proposed date does", []step{take, {"2002", "propose-date", `{"due_at":"2026-12-09T17:00:00+08:00","reason":"缺货"}`}}, true},
		{"a decline does", []step{{"2002", "decline", `{"unit":"it","reason":"归信息技术部"}`}}, true},
		{"a delivery does", []step{take, {"2002", "deliver", `{"text":"好了"}`}}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			d.t = t
			d.on("2026-11-23 09:00")
			r := d.open("3002")
			for _, s := range c.steps {
				d.later(10 * time.Minute)
				w := d.send(s.who, http.MethodPost, "/api/v1/requests/"+r.Ref()+"/"+s.verb, "application/json", s.body)
				if w.Code != http.StatusOK {
					t.Fatalf("%s: %d %s", s.verb, w.Code, w.Body)
				}
			}
			d.later(time.Hour)
			var got struct {
				RespondedAt *time.Time `json:"responded_at"`
				Clocks      []struct {
					Kind, Scope, State string
					Paused             int64 `json:"paused_seconds"`
				}
			}
			w := d.get("3002", "/api/v1/requests/"+r.Ref())
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
				t.Fatal(err, w.Body)
			}
			for _, x := range got.Clocks {
				if x.Kind != "first_response" {
					continue
				}
				want := "running"
				if c.ends {
					want = "met"
				}
				if x.State != want || x.Paused != 0 {
					t.Errorf("first response is %s, paused %d s; want %s, never paused", x.State, x.Paused, want)
				}
			}
			if (got.RespondedAt != nil) != c.ends {
				t.Errorf("responded at %v", got.RespondedAt)
			}
		})
	}
}
