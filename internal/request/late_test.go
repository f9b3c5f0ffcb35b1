package request

import (
	"testing"
	"time"
)

// TestThePageOfTheQueueTellsWhatWillBeLate: the banner is counted from the page where it can be, and says what the list of
// it shows.
func TestThePageOfTheQueueTellsWhatWillBeLate(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		agent := h.as("2002")
		for _, n := range []int{0, 3, 60, 40} { // 0, 3, 63, 103 open
			for i := range n {
				h.open("3002")
				if i%7 == 0 {
					h.later(20 * time.Minute)
				}
			}
			for range 3 {
				h.later(17 * time.Hour)
				page, err := h.Queue(agent, ViewUnit, Filter{})
				must(t, err)
				list, err := h.Queue(agent, ViewLate, Filter{})
				must(t, err)
				want, err := h.Late(agent, Filter{})
				must(t, err)
				got, err := h.lateBeside(agent, page)
				must(t, err)
				if got.N != want.N || want.More && !got.More || want.N != len(list.Items) || want.More != (list.NextCursor != "") {
					t.Errorf("%d more: the page says %+v late, the count %+v, the list %d", n, got, want, len(list.Items))
				}
				found := map[ID]bool{}
				for cursor := ""; ; {
					part, err := h.Queue(agent, ViewLate, Filter{Cursor: cursor, Limit: 20})
					must(t, err)
					for _, l := range part.Items {
						if found[l.ID] {
							t.Fatalf("%s is listed twice", Ref(l.Number))
						}
						found[l.ID] = true
					}
					if cursor = part.NextCursor; cursor == "" {
						break
					}
				}
				if len(found) < want.N || !want.More && len(found) != want.N {
					t.Errorf("page by page %d are late, the first page has %+v", len(found), want)
				}
			}
		}
	})
}
