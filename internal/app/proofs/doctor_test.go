package proofs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"neike/internal/app"
	"neike/internal/kit/sqldb"
)

// operator runs a command as the operator does.
func operator(s *stage, name, locale string, args any) (string, error) {
	raw, err := json.Marshal(args)
	s.must(err)
	var out bytes.Buffer
	err = s.App.Do(s.T.Context(), name, &app.Call{Args: raw, Locale: locale, Out: &out})
	return out.String(), err
}

// TestDoctorSpeaks breaks rows of every kind and reads what doctor says of them: sentences with the numbers people know,
// in both languages, the same as values for scripts, and nothing of how the program keeps them. Replay then mends what is
// derived.
func TestDoctorSpeaks(t *testing.T) {
	t.Parallel()
	for _, engine := range []sqldb.Engine{sqldb.SQLite, sqldb.Postgres} {
		t.Run(string(engine), func(t *testing.T) { doctorSpeaks(t, raise(t, engine)) })
	}
}

func doctorSpeaks(t *testing.T, s *stage) {
	if said, err := operator(s, "doctor", "en", app.ProofArgs{}); err != nil {
		t.Fatalf("a sound house: %v\n%s", err, said)
	}
	one := s.records[0]
	s.must(s.DB.Write(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		for _, text := range []string{
			"update clock set due_at = due_at + 60000 where subject_kind = 'request' and subject = $1 and kind = 'completion' and scope = 'customer'",
			"delete from clock where subject_kind = 'request' and subject = $1 and kind = 'first_response'",
			"update request set returns = returns + 7 where id = $1",
		} {
			if n, err := tx.Exec(ctx, text, one.ids[0]); err != nil || n != 1 {
				t.Errorf("%s: %d rows, %v", text, n, err)
			}
		}
		if _, err := tx.Exec(ctx, "update tally_day set opened = opened + 1"); err != nil {
			return err
		}
		return tx.Insert(ctx, "disclose_batch", "id, provider, customer, level, day, least, people, cases, ones, twos, threes, fours, fives",
			[]any{tx.NewID(), 1, 2, "", 20261101, 5, 5, 6, 0, 0, 1, 2, 3})
	}))
	for locale, want := range map[string][]string{
		"en": {one.working + ": due_at of the clock of its completion reads 20", "; its log makes it 20", one.working + ": the clock of its first response is missing",
			one.working + ": returns reads 7; its log comes to 0", "finance → project, 20", ": opened reads ", "; the requests come to ",
			"0 ratings are marked as released, the ledger of releases counts 6"},
		"zh": {one.working + ": 完成计时的 due_at 记为 20", "按事件应为 20", one.working + ": 缺少首次响应计时", one.working + ": returns 记为 7，按事件应为 0", "“提出”记为 ", "标为“已公布”的评价有 0 条，公布台账里却是 6 条"},
	} {
		said, err := operator(s, "doctor", locale, app.ProofArgs{})
		if err == nil {
			t.Error("a broken house passes")
		}
		for _, w := range want {
			if !strings.Contains(said, w) {
				t.Errorf("%s: no %q in\n%s", locale, w, said)
			}
		}
		if strings.ContainsAny(said, "{}") || strings.Contains(said, "app.doctor") || strings.Contains(said, "<no value>") {
			t.Errorf("%s: no sentence in\n%s", locale, said)
		}
	}
	said, _ := operator(s, "doctor", "en", app.ProofArgs{Only: []string{"requests"}, JSON: true})
	var checks []struct {
		Check    string
		Problems []app.Problem
	}
	s.must(json.Unmarshal([]byte(said), &checks))
	if len(checks) != 1 || len(checks[0].Problems) != 1 || checks[0].Problems[0].Field != "returns" || checks[0].Problems[0].Have != "7" || checks[0].Problems[0].Want != "0" || checks[0].Problems[0].Key != "request-field" {
		t.Errorf("for scripts: %s", said)
	}
	for range 6 {
		s.tokens["3002"].For(t).Post("/api/v1/requests", body{"service": "finance.advance", "title": "更多", "fields": body{"amount": "1", "reason": "r", "due": "2026-12-01"}}).Is(201)
	}
	s.must(s.DB.Write(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, "update clock set due_at = due_at + 1000 where due_at is not null")
		return err
	}))
	report, err := s.Clock.Check(t.Context(), nil)
	s.must(err)
	if said, err := operator(s, "doctor", "en", app.ProofArgs{Only: []string{"clocks"}}); err == nil || report.Wrong <= 20 ||
		err.Error() != fmt.Sprintf("%d problems found", report.Wrong) || !strings.Contains(said, fmt.Sprintf("and %d more", report.Wrong-20)) {
		t.Errorf("%d clocks are wrong; doctor says %v\n%s", report.Wrong, err, said)
	}
	if said, err := operator(s, "replay", "en", app.ProofArgs{}); err != nil {
		t.Fatalf("%v %s", err, said)
	}
	if said, err := operator(s, "doctor", "en", app.ProofArgs{Only: []string{"clocks", "tallies"}}); err != nil {
		t.Errorf("after replay: %v\n%s", err, said)
	}
}

// TestNamesOfProofs: the names that the command line offers are those of the checks.
func TestNamesOfProofs(t *testing.T) {
	t.Parallel()
	s := raise(t, sqldb.SQLite)
	for command, names := range map[string][]string{"doctor": app.Proofs, "replay": app.Replays} {
		said, err := operator(s, command, "en", app.ProofArgs{Only: names, JSON: true})
		s.must(err)
		var rows []struct{ Check, Name string }
		s.must(json.Unmarshal([]byte(said), &rows))
		var got []string
		for _, r := range rows {
			got = append(got, r.Check+r.Name)
		}
		if !slices.Equal(got, names) {
			t.Errorf("%s knows %v, the command line %v", command, got, names)
		}
	}
}
