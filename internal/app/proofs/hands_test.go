package proofs_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"neike/internal/app"
	"neike/internal/app/house"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// handed is what the example reads of a request.
type handed struct {
	Number, State string
	HoldingUnit   string `json:"holding_unit"`
	ProviderUnit  string `json:"provider_unit"`
	Clocks        []struct {
		Kind, Scope, Unit, State string
		DueAt                    *time.Time `json:"due_at"`
		TargetSeconds            *int64     `json:"target_seconds"`
		ElapsedSeconds           int64      `json:"elapsed_seconds"`
	}
}

// TestTheExampleOfTheContract: ten working hours, a make-up day, a week of holidays, a question, a hand-over. And what
// doctor and replay make of due times that somebody wrote over.
func TestTheExampleOfTheContract(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house.House) {
		if _, err := h.Org.SavePerson(h.System(), org.PersonInput{No: "5001", Name: "孙息", Unit: "it"}); err != nil {
			t.Fatal(err)
		}
		week := body{}
		for _, day := range []string{"mon", "tue", "wed", "thu", "fri"} {
			week[day] = [][]string{{"09:00", "12:00"}, {"13:30", "18:00"}}
		}
		h.TokenOf("1001", "read", "write", "admin").Post("/api/v1/calendars", body{"code": "default", "zone": "Asia/Shanghai", "hours": week, "statutory": "cn"}).Is(201)
		h.TokenOf("2001").Post("/api/v1/services", body{"code": "finance.example", "name": body{"zh": "举例", "en": "Example"},
			"standard": body{"completion": body{"value": 10, "unit": "working_hours"}, "completion_target": 0.9}}).Is(201)
		program := h.TokenOf("1001", "read", "write", "import")
		var r handed
		program.Post("/api/v1/requests", body{"service": "finance.example", "title": "国庆前后", "opened_at": "2025-09-26T16:00:00+08:00", "by": "3002"}).Is(201).Decode(&r)
		do := func(verb, at, by string, b body) {
			t.Helper()
			b["at"], b["by"] = at, by
			program.Post("/api/v1/requests/"+r.Number+"/"+verb, b).Is(200).Decode(&r)
		}
		do("take", "2025-09-26T16:30:00+08:00", "2002", body{})
		do("ask", "2025-09-28T10:00:00+08:00", "2002", body{"text": "还差什么"})
		do("answer", "2025-10-09T09:30:00+08:00", "3002", body{"text": "补了"})
		do("hand-over", "2025-10-09T11:00:00+08:00", "2002", body{"unit": "it", "reason": "要开权限"})
		if r.State != "working" || r.HoldingUnit != "it" || r.ProviderUnit != "finance" || len(r.Clocks) != 4 {
			t.Fatalf("handed over: %+v", r)
		}
		due := time.Date(2025, 10, 9, 18, 0, 0, 0, time.FixedZone("", 8*3600))
		for _, c := range r.Clocks {
			switch {
			case c.Scope == "customer" && c.Kind == "completion":
				if c.DueAt == nil || !c.DueAt.Equal(due) || c.TargetSeconds == nil || *c.TargetSeconds != 36000 {
					t.Errorf("the customer's clock %+v is due %v", c, c.DueAt)
				}
			case c.Scope == "hop" && c.Unit == "finance":
				if c.ElapsedSeconds != 16200 || c.DueAt != nil || c.TargetSeconds != nil || c.State != "met" {
					t.Errorf("the first hop %+v", c)
				}
			}
		}
		broken(t, h, r.Number)
	})
}

// broken writes over the due times of a request, in the clock and on its row, and expects to be told and helped.
func broken(t *testing.T, h *house.House, number string) {
	t.Helper()
	s := &stage{House: h}
	if said, err := operator(s, "doctor", "en", app.ProofArgs{}); err != nil {
		t.Fatalf("a sound house: %v\n%s", err, said)
	}
	for _, text := range []string{
		"update clock set due_at = due_at + 60000 where subject_kind = 'request' and kind = 'completion' and scope = 'customer'",
		"update request set due = due + 60000",
		"update request set next_due = next_due + 60000",
		"update request set unit = provider",
	} {
		if err := h.DB.Write(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, text)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if said, err := operator(s, "doctor", "en", app.ProofArgs{}); err == nil || !strings.Contains(said, number+": ") {
			t.Errorf("after %s doctor says %v\n%s", text, err, said)
		}
		if strings.Contains(text, "due") {
			if said, err := operator(s, "replay", "en", app.ProofArgs{}); err != nil {
				t.Fatalf("%v %s", err, said)
			}
			if said, err := operator(s, "doctor", "en", app.ProofArgs{}); err != nil {
				t.Errorf("after replay of %s: %v\n%s", text, err, said)
			}
		}
	}
}
