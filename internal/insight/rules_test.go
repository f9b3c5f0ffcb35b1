package insight

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"neike/internal/disclose"
	"neike/internal/kit/lang"
)

// few is how many people a count is about at least in these tests.
const few = 5

func TestWhatACountShows(t *testing.T) {
	for _, x := range []struct {
		x, people int
		want      mark
	}{
		{0, 0, open}, {0, 4, fewer}, {4, 4, fewer}, {0, 100, fewer}, {4, 100, fewer}, {5, 100, open}, {95, 100, open}, {96, 100, nearly}, {100, 100, nearly}, {5, 9, nearly}, {5, 10, open},
	} {
		if got := first(x.x, x.people, few); got != x.want {
			t.Errorf("%d of %d: %s, want %s", x.x, x.people, markNames[got], markNames[x.want])
		}
	}
	for _, x := range []struct {
		a, b int
		want bool
	}{{10, 10, false}, {10, 9, true}, {6, 10, true}, {10, 5, false}} {
		if got := disclose.Cut(x.a, x.b, few); got != x.want {
			t.Errorf("%d and %d: %v", x.a, x.b, got)
		}
	}
}

func TestWhatIsHiddenCannotBeSubtracted(t *testing.T) {
	rows := func(pairs ...[2]int) (out []*cell) {
		for _, p := range pairs {
			out = append(out, &cell{x: p[0], rest: p[1] - p[0], mark: first(p[0], p[1], few)})
		}
		return out
	}
	marks := func(list []*cell) (out []mark) {
		for _, c := range list {
			out = append(out, c.mark)
		}
		return out
	}
	for name, x := range map[string]struct {
		total mark
		rows  []*cell
		want  []mark
	}{
		"nothing hidden":            {open, rows([2]int{20, 40}, [2]int{10, 30}), []mark{open, open}},
		"one small, the next goes":  {open, rows([2]int{2, 3}, [2]int{20, 40}, [2]int{10, 30}), []mark{fewer, open, withheld}},
		"two that are one person":   {open, rows([2]int{1, 3}, [2]int{0, 3}, [2]int{20, 40}, [2]int{10, 30}), []mark{fewer, fewer, open, withheld}},
		"two that are enough":       {open, rows([2]int{4, 12}, [2]int{3, 12}, [2]int{20, 40}), []mark{fewer, fewer, open}},
		"nobody there says nothing": {open, rows([2]int{0, 0}, [2]int{2, 3}, [2]int{20, 40}), []mark{open, fewer, withheld}},
		"the total is hidden":       {withheld, rows([2]int{20, 40}, [2]int{10, 30}), []mark{open, withheld}},
	} {
		veil(x.total, x.rows, few)
		if got := marks(x.rows); !slices.Equal(got, x.want) {
			t.Errorf("%s: %v, want %v", name, got, x.want)
		}
	}
}

// Of any total that is shown: what is left when the shown rows are taken away is about nobody, or about five or more on
// either side, in two rows or more.
func TestVeilHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var list []*cell
		x, people := 0, 0
		for range rapid.IntRange(1, 8).Draw(t, "rows") {
			n := rapid.IntRange(0, 30).Draw(t, "people")
			c := &cell{x: rapid.IntRange(0, n).Draw(t, "x")}
			c.rest, c.mark = n-c.x, first(c.x, n, few)
			x, people, list = x+c.x, people+n, append(list, c)
		}
		if first(x, people, few) != open { // a row with enough on both sides makes the total one that is shown
			c := &cell{x: rapid.IntRange(few, 30).Draw(t, "more x"), rest: rapid.IntRange(few, 30).Draw(t, "more rest")}
			c.mark = first(c.x, c.x+c.rest, few)
			x, people, list = x+c.x, people+c.x+c.rest, append(list, c)
		}
		total := first(x, people, few)
		if total != open {
			t.Fatalf("%d of %d are not shown", x, people)
		}
		veil(total, list, few)
		hidden, gone, rest := 0, x, people-x
		for _, c := range list {
			if c.mark != open {
				hidden++
				continue
			}
			gone, rest = gone-c.x, rest-c.rest
		}
		if hidden > 0 && (hidden < 2 || gone < few || rest < few) {
			t.Fatalf("%d rows hidden, %d and %d people", hidden, gone, rest)
		}
	})
}

func TestWhichWeeks(t *testing.T) {
	for _, x := range []struct {
		last  int
		weeks int64
		this  int
		want  []int
	}{
		{4, 1, 1, []int{0}}, {4, 0b101, 1, []int{0, 2}}, {4, 0b101, 3, []int{2, 4}}, {0, 0, 3, nil}, {4, 1, 60, nil},
	} {
		if got := came(x.last, x.weeks, x.this); !slices.Equal(got, x.want) {
			t.Errorf("%+v: %v", x, got)
		}
	}
	if !within(100, 100, 1) || within(93, 100, 7) || !within(94, 100, 7) {
		t.Error("the last seven days are today and six before")
	}
}

func TestWordsAreComplete(t *testing.T) {
	book, err := lang.New(Locale)
	if err != nil {
		t.Fatal(err)
	}
	if missing := book.Missing(); len(missing) > 0 {
		t.Error(missing)
	}
}
