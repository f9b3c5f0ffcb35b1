package request

import (
	"testing"
	"time"

	"neike/internal/org"
	"neike/internal/relation"
)

// TestDelaysOfAllRelationsAtOnceAreThoseOfEach: the one reading for several relations says what the page of each relation does.
func TestDelaysOfAllRelationsAtOnceAreThoseOfEach(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		for i := range 7 {
			n := h.open("3002").Number
			must(t, second(h.Take(h.as("2002"), n, When{})))
			h.later(time.Duration(1+i) * time.Hour)
			if i == 6 {
				continue
			}
			must(t, second(h.HandOver(h.as("2002"), n, "it", "要开权限", "", When{})))
			must(t, second(h.Take(h.as("2102"), n, When{})))
			h.later(time.Duration(3+i) * time.Hour)
			if i%2 == 0 {
				must(t, second(h.HandOver(h.as("2102"), n, "finance", "开了", "", When{})))
				h.later(time.Hour)
				must(t, second(h.Deliver(h.as("2002"), n, "好了", nil, When{})))
			}
		}
		h.later(26 * time.Hour)
		ctx := h.as("1001")
		tree, err := h.Org.Tree(ctx)
		must(t, err)
		unit := func(code string) org.Unit {
			u, ok := tree.ByCode(code)
			if !ok {
				t.Fatal(code)
			}
			return u
		}
		pairs := [][2]org.Unit{{unit("finance"), unit("project")}, {unit("it"), unit("project")}, {unit("finance"), unit("it")}, {unit("project"), unit("finance")}}
		got, err := h.delaysOf(ctx, relation.Period{}, pairs)
		must(t, err)
		told := 0
		for _, p := range pairs {
			list, _, err := h.waitsFor(ctx, p[0], p[1])
			must(t, err)
			d, known := got[[2]org.ID{p[0].ID, p[1].ID}]
			if want := len(list) > 0 && list[0].Share >= 0.1 && list[0].Cases.N >= relation.Few; known != want {
				t.Errorf("%s for %s: told is %v, its page has %+v", p[0].Code, p[1].Code, known, list)
				continue
			}
			if !known {
				continue
			}
			told++
			if x := list[0]; d.Unit != x.Unit.ID || d.N != int64(x.Cases.N) || d.Share != x.Share || d.List != x.Cases.Href() {
				t.Errorf("%s for %s: %+v, its page has %+v: %s", p[0].Code, p[1].Code, d, x, x.Cases.Href())
			}
		}
		if told != 1 {
			t.Errorf("%d relations wait: %+v", told, got)
		}
	})
}
