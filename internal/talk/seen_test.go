package talk

import (
	"slices"
	"testing"

	"neike/internal/access"
)

// Marks of two sources are counted together: what is seen is asked for once, what is hidden twice a page at most, each source has pages of its own, and what may not
// be seen is not counted.
func TestMarksOfTwoSourcesAreCountedTogether(t *testing.T) {
	source := func(n int, subject access.Subject) func(before ID) ([]Mark, error) {
		return func(before ID) (marks []Mark, err error) {
			for id := ID(n); id > 0 && len(marks) < MarkPage; id-- {
				if before == 0 || id < before {
					marks = append(marks, Mark{ID: id, Subject: subject})
				}
			}
			return marks, nil
		}
	}
	seen, hidden := access.Subject{Kind: "request", ID: 1}, access.Subject{Kind: "request", ID: 2}
	asked := 0
	about := func(kind string, ids []int64) (map[int64]About, error) {
		asked++
		out := map[int64]About{}
		if slices.Contains(ids, seen.ID) {
			out[seen.ID] = About{}
		}
		return out, nil
	}
	for _, c := range []struct {
		messages, notices int
		of, by            access.Subject
		want, asked       int
	}{
		{messages: 3, notices: 4, of: seen, by: seen, want: 7, asked: 1},
		{messages: 3, notices: 4, of: hidden, by: seen, want: 4, asked: 1},
		{messages: 3, notices: 4, of: seen, by: access.Subject{}, want: 7, asked: 1},
		{messages: MarkPage + 7, notices: 2, of: hidden, by: seen, want: 2, asked: 3},
		{messages: MarkPage + 7, notices: 2*MarkPage + 5, of: hidden, by: hidden, want: 0, asked: 5},
		{messages: MarkPage + 7, notices: 1, of: seen, by: seen, want: unreadCap, asked: 1},
		{},
	} {
		asked = 0
		n, err := countSeen(unreadCap, about, []func(ID) ([]Mark, error){source(c.messages, c.of), source(c.notices, c.by)})
		if err != nil || n != c.want || asked != c.asked {
			t.Errorf("%+v: %d, asked %d times, %v", c, n, asked, err)
		}
	}
}
