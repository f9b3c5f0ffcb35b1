package place

import (
	"strings"
	"testing"
)

func TestCodes(t *testing.T) {
	for _, c := range []struct {
		says, code string
		ok         bool
	}{
		{"letters, digits, dots and dashes", "hq-3f.02", true},
		{"one letter is enough", "a", true},
		{"capitals are not", "HQ", false},
		{"a slash would be a path", "hq/3f", false},
		{"it does not end in a dash", "hq-", false},
		{"it does not begin with a dot", ".hq", false},
		{"nor is it empty", "", false},
		{"Chinese is for the name", "三楼", false},
		{"forty characters", strings.Repeat("a", 40), true},
		{"and not one more", strings.Repeat("a", 41), false},
	} {
		if CodeOK(c.code) != c.ok {
			t.Errorf("%s: %q", c.says, c.code)
		}
	}
}

func TestWhatAPlaceOffers(t *testing.T) {
	room, floor, building := Place{Kind: "room"}, Place{Kind: "floor"}, Place{Kind: "building", Services: []int64{9}}
	own := Place{Kind: "printer", Services: []int64{1, 2}}
	byKind := map[string][]int64{"printer": {5}, "floor": {7}}
	for _, c := range []struct {
		says  string
		chain []Place
		want  int64
	}{
		{"its own services go first", []Place{own, floor, building}, 1},
		{"without any, those of its kind", []Place{{Kind: "printer"}, floor, building}, 5},
		{"without those, what the place around offers by its kind", []Place{room, floor, building}, 7},
		{"or by itself, further out", []Place{room, {Kind: "area"}, building}, 9},
		{"a place apart from all offers nothing", []Place{room}, 0},
	} {
		got := int64(0)
		if list := offered(c.chain, byKind); len(list) > 0 {
			got = list[0]
		}
		if got != c.want {
			t.Errorf("%s: %d", c.says, got)
		}
	}
}

func TestPaths(t *testing.T) {
	path := pathOf(pathOf(pathOf("", "hq"), "hq-3f"), "hq-3f-02")
	if path != "/hq/hq-3f/hq-3f-02/" || strings.Join(above(path), " ") != "hq hq-3f" {
		t.Errorf("%s: %v", path, above(path))
	}
	from, to := under("/hq/")
	for p, in := range map[string]bool{"/hq/": true, "/hq/hq-3f/": true, "/hq-2/": false, "/hq2/": false, "/h/": false, "/hr/": false} {
		if (p >= from && p < to) != in {
			t.Errorf("%s lies under /hq/: %v", p, !in)
		}
	}
	up := func(m map[string]string) func(string) string { return func(c string) string { return m[c] } }
	if circle("a", up(map[string]string{"a": "b", "b": "c"})) || !circle("a", up(map[string]string{"a": "b", "b": "a"})) || !circle("x", up(map[string]string{"x": "a", "a": "b", "b": "a"})) {
		t.Error("circles")
	}
}
