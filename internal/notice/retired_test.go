package notice_test

import (
	"slices"
	"strings"
	"testing"
)

func TestARetiredServiceTellsThoseWhoUsedIt(t *testing.T) {
	each(t, func(t *testing.T, h *tested) {
		h.ask("还在办的")
		head := h.SignedIn("2001")
		page := head.Get("/services/finance.advance/retire").Is(200).Page()
		if text := page.Find("#told").Text(); !strings.Contains(text, "1 位客户") || !strings.Contains(text, "1 个用过的单位") {
			t.Errorf("before: %q", text)
		}
		head.Form("/services/finance.advance/retire", "successor", "nothing").Is(422).Shows("#retiring", "nothing")
		var j struct {
			Open, Asked int64
			Units       []string
		}
		h.TokenOf("2001").Get("/api/v1/services/finance.advance/retire").Is(200).Decode(&j)
		if j.Open != 1 || j.Asked != 1 || !slices.Equal(j.Units, []string{"project"}) {
			t.Errorf("%+v", j)
		}
		h.SignedIn("3002").Get("/services/finance.advance/retire").Is(404)
		head.Form("/services/finance.advance/retire", "successor", "finance.expense").Is(303)
		h.catch()
		for _, no := range []string{"3002", "3001"} {
			if got := h.unread(no); !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, "停用了") }) {
				t.Errorf("%s reads %q", no, got)
			}
		}
		if got := h.unread("4001"); len(got) != 0 {
			t.Errorf("who never used it reads %q", got)
		}
		h.SignedIn("3002").Get("/inbox").Is(200).Shows("main", "请改用")
	})
}
