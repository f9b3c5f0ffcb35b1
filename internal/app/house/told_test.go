package house

import (
	"net/http"
	"strings"
	"testing"

	"neike/internal/relation"
)

// TestHeadsAreTold: who is asked about a relation is told, and the office where the two sides differ.
func TestHeadsAreTold(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		h.Settle()
		say := func(who string, says relation.Says, note string) {
			t.Helper()
			if _, err := h.Relation.Say(h.As(who), "finance", "project", relation.Saying{Says: says, Note: note}); err != nil {
				t.Fatal(err)
			}
			if err := h.Catch(h.System()); err != nil {
				t.Fatal(err)
			}
		}
		told := func(who, words string, want bool) {
			t.Helper()
			text := h.SignedIn(who).Get("/inbox?only=notices").Is(http.StatusOK).Text("main")
			if strings.Contains(text, words) != want {
				t.Errorf("%s is told %q: %v; %s", who, words, !want, text)
			}
		}
		say("2001", relation.Yes, "月度经营数据")
		told("3001", "请确认或提出异议", true)
		told("2001", "请确认或提出异议", false)
		told("1001", "请裁定", false)
		say("3001", relation.No, "不需要")
		told("1001", "请裁定", true)
	})
}
