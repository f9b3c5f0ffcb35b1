package request

import (
	"slices"
	"testing"
	"time"

	"neike/internal/kit/fault"
)

func TestWhatIsDue(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.on("2026-11-23 09:00") // a Monday
		old := h.open("3002")
		day := old.Due.Sub(h.db.Now())
		h.on("2026-11-26 09:00")
		fresh := h.open("3002")
		refs := func(due, state string) []int64 {
			page, err := h.List(h.as("3002"), Filter{Mine: true, Due: due, State: state})
			must(t, err)
			var out []int64
			for _, l := range page.Items {
				out = append(out, l.Number)
			}
			slices.Sort(out)
			return out
		}
		is := func(name string, got []int64, want ...int64) {
			t.Helper()
			if !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v (due %v after %v)", name, got, want, old.Due, day)
			}
		}
		h.on(old.Due.In(time.FixedZone("CST", 8*3600)).Format("2006-01-02") + " 08:00")
		is("on the day of the first", refs("today", ""), old.Number)
		is("nothing is late that morning", refs("overdue", ""))
		h.later(30 * time.Hour)
		is("a day later it is late", refs("overdue", ""), old.Number)
		is("and no longer of today", slices.DeleteFunc(refs("today", ""), func(n int64) bool { return n == fresh.Number }))
		h.on(fresh.Due.In(time.FixedZone("CST", 8*3600)).Format("2006-01-02") + " 08:00")
		if !slices.Contains(refs("week", ""), fresh.Number) {
			t.Error("what is due this week is not there")
		}
		_, err := h.Withdraw(h.as("3002"), fresh.Number, When{})
		must(t, err)
		if slices.Contains(refs("week", ""), fresh.Number) {
			t.Error("what was withdrawn is still due")
		}
		if !slices.Contains(refs("week", "withdrawn"), fresh.Number) {
			t.Error("a state that is asked for counts")
		}
		page, err := h.List(h.as("4001"), Filter{Due: "overdue"})
		must(t, err)
		is("a stranger sees none of it", func() (out []int64) {
			for _, l := range page.Items {
				out = append(out, l.Number)
			}
			return out
		}())
		_, err = h.List(h.as("3002"), Filter{Due: "someday"})
		fails(t, err, fault.Invalid, "")
		d := h.open4()
		if w := d.call("3002", "GET", "/api/v1/requests?due=overdue&mine=true", ""); w.Code != 200 {
			t.Errorf("by API: %d %s", w.Code, w.Body)
		}
		d.page(d.get("3002", "/requests?due=overdue"), 200)
	})
}
