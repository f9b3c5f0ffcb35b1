package house

import (
	"net/http"
	"strings"
	"testing"

	"neike/content"
	"neike/internal/calendar"
	"neike/internal/relation"
)

// TestAStandardUncoversWhatItAnswered: an expectation answered by the standard of a service is owed a new answer when the standard is
// changed, not when it is confirmed, and again when the service is withdrawn. Who wrote it down is told when it is refused.
func TestAStandardUncoversWhatItAnswered(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		h.Settle()
		data, ok := content.Pack("finance")
		if !ok {
			t.Fatal("no pack")
		}
		if out, err := h.Catalog.Import(h.System(), "finance", data, false); err != nil || len(out.Problems) > 0 {
			t.Fatal(out.Problems, err)
		}
		head, customer := h.As("2001"), h.As("3001")
		x, err := h.Relation.Expect(customer, "finance", "project", relation.ExpectationInput{Text: "三个工作日内付款", Importance: 5, Service: "finance.expense"})
		if err != nil || x.About.Code != "finance.expense" {
			t.Fatalf("%+v, %v", x, err)
		}
		answered := func() {
			t.Helper()
			if x, err = h.Relation.AnswerExpectation(head, x.ID, relation.AnswerInput{By: relation.ByStandard, Code: "finance.expense"}); err != nil || x.State != relation.ExpectAnswered {
				t.Fatalf("%s, %v", x.State, err)
			}
			if err := h.Catch(h.System()); err != nil {
				t.Fatal(err)
			}
		}
		is := func(want relation.ExpectState) {
			t.Helper()
			if err := h.Catch(h.System()); err != nil {
				t.Fatal(err)
			}
			if x, err = h.Relation.Expectation(customer, x.ID); err != nil || x.State != want {
				t.Errorf("%s, want %s, %v", x.State, want, err)
			}
			owed := strings.Contains(h.SignedIn("2001").Get("/todos").Is(http.StatusOK).Text("main"), "三个工作日内付款")
			if owed != want.Uncovered() {
				t.Errorf("%s, and the head owes an answer: %v", want, owed)
			}
		}
		is(relation.ExpectOpen)
		answered()
		s, err := h.Catalog.Visible(head, "finance.expense")
		if err != nil {
			t.Fatal(err)
		}
		if s, err = h.Catalog.SetStandard(head, s.Code, s.Standard, s.Revision); err != nil {
			t.Fatal(err)
		}
		is(relation.ExpectAnswered)
		std := s.Standard
		std.Completion = calendar.Duration{Value: std.Completion.Value + 3, Unit: std.Completion.Unit}
		if _, err = h.Catalog.SetStandard(head, s.Code, std, s.Revision); err != nil {
			t.Fatal(err)
		}
		is(relation.ExpectLapsed)
		answered()
		is(relation.ExpectAnswered)
		if _, err := h.Catalog.Retire(head, s.Code, ""); err != nil {
			t.Fatal(err)
		}
		is(relation.ExpectLapsed)
		if x, err = h.Relation.AnswerExpectation(head, x.ID, relation.AnswerInput{By: relation.Refusal, Why: "这项服务停办了"}); err != nil {
			t.Fatal(err)
		}
		is(relation.ExpectRefused)
		if text := h.SignedIn("3001").Get("/inbox?only=notices").Is(http.StatusOK).Text("main"); !strings.Contains(text, "您写下的一条期望") {
			t.Errorf("who wrote it is not told: %s", text)
		}
	})
}
