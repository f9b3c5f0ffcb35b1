package insight

import (
	"slices"
	"testing"
	"time"

	"neike/internal/kit/stat"
	"pgregory.net/rapid"
)

func TestPeopleEnoughForAFigure(t *testing.T) {
	list := func(n int) (out []int) {
		for i := range n {
			out = append(out, (i+1)*60)
		}
		return out
	}
	for _, x := range []struct{ people, median, tenth int }{{0, -1, -1}, {5, -1, -1}, {6, 210, -1}, {11, 360, -1}, {29, 900, -1}, {30, 930, 1620}, {50, 1530, 2700}, {100, 3030, 5400}} {
		median, tenth := spread(list(x.people))
		if median != x.median || tenth != x.tenth {
			t.Errorf("%d people: %d and %d, want %d and %d", x.people, median, tenth, x.median, x.tenth)
		}
	}
	for _, x := range []struct{ least, half, tenth int }{{3, 6, 30}, {5, 10, 50}, {7, 14, 70}, {20, 40, 200}} {
		if got := needed(half, x.least); got != x.half {
			t.Errorf("least %d: the median from %d", x.least, got)
		}
		if got := needed(tenthAbove, x.least); got != x.tenth {
			t.Errorf("least %d: the tenth from %d", x.least, got)
		}
		c := &costs{least: x.least}
		if median, tenth := c.figures(asked{people: x.half - 1, median: 7, tenth: 8}); median != -1 || tenth != -1 {
			t.Errorf("least %d: shown of %d", x.least, x.half-1)
		}
		if median, tenth := c.figures(asked{people: x.tenth, median: 7, tenth: 8}); median != 7 || tenth != 8 {
			t.Errorf("least %d: hidden of %d", x.least, x.tenth)
		}
	}
}

func TestHowLongFormsTake(t *testing.T) {
	l := last([]taken{{10, 5}, {20, 10}, {90, 5}})
	if l.N != 20 || l.Sum != 700 || l.Median != 20 || l.Eighty != 90 && l.Eighty != 20 || !l.MedianSays || !l.EightySays {
		t.Errorf("%+v", l)
	}
	if l.MedianLow != 20 || l.MedianHigh != 20 || l.verdict(20) != "meets" || l.verdict(19) != "misses" {
		t.Errorf("%+v", l)
	}
	if l := last([]taken{{30, 5}}); l.verdict(20) != "few" {
		t.Errorf("five: %+v", l)
	}
	if l := last([]taken{{10, 5}, {30, 5}}); l.verdict(20) != "undetermined" {
		t.Errorf("both: %+v", l)
	}
	if l := last(nil); l.N != 0 || l.verdict(20) != "few" {
		t.Errorf("none: %+v", l)
	}
}

// The figures of buckets are those of the values one by one.
func TestLastIsThatOfTheValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var list []taken
		var values []float64
		seconds := 0
		for range rapid.IntRange(1, 8).Draw(t, "buckets") {
			seconds += rapid.IntRange(1, 40).Draw(t, "step")
			n := rapid.IntRange(1, 9).Draw(t, "n")
			list = append(list, taken{seconds, n})
			for range n {
				values = append(values, float64(seconds))
			}
		}
		l := last(list)
		if float64(l.Median) != float64(int(stat.Median(values))) {
			t.Fatalf("median %d, of %v", l.Median, values)
		}
		want, ok := stat.MedianInterval(values)
		if ok != l.MedianSays || ok && (float64(l.MedianLow) != want.Low || float64(l.MedianHigh) != want.High) {
			t.Fatalf("%+v, want %v", l, want)
		}
	})
}

func TestHintsAreCertain(t *testing.T) {
	for _, x := range []struct {
		hits, n  int
		rare     bool
		frequent bool
	}{{0, 0, false, false}, {0, 10, false, false}, {0, 34, false, false}, {0, 35, true, false}, {1, 35, false, false}, {3, 100, true, false}, {30, 100, false, true}, {25, 100, false, false}} {
		if got := rare(x.hits, x.n, 0.1); got != x.rare {
			t.Errorf("%d of %d: rare %v", x.hits, x.n, got)
		}
		if got := frequent(x.hits, x.n, 0.2); got != x.frequent {
			t.Errorf("%d of %d: frequent %v", x.hits, x.n, got)
		}
	}
}

func TestMonths(t *testing.T) {
	for _, x := range []struct {
		m    month
		back int
		want month
	}{{202611, 0, 202611}, {202601, 1, 202512}, {202611, 12, 202511}, {202612, -1, 202701}} {
		if got := x.m.back(x.back); got != x.want {
			t.Errorf("%d back %d: %d", x.m, x.back, got)
		}
	}
	if m, ok := monthNamed("2026-10"); !ok || m != 202610 || m.text() != "2026-10" {
		t.Error(m, ok)
	}
	for _, text := range []string{"", "2026", "2026-13", "oct", "2026-10-01"} {
		if _, ok := monthNamed(text); ok {
			t.Error(text)
		}
	}
	if got := minutes(90); got != "1.5" {
		t.Error(got)
	}
	if got := minutes(6010); got != "100" {
		t.Error(got)
	}
}

func TestHowFarAUnitIs(t *testing.T) {
	people := func(n, can, in int, services int) *row {
		r := &row{people: n, services: services}
		r.cells[canSignIn] = cell{x: can, rest: n - can, mark: first(can, n, few)}
		r.cells[in30] = cell{x: in, rest: n - in, mark: first(in, n, few)}
		return r
	}
	for name, x := range map[string]struct {
		valid bool
		r     *row
		terms int
		done  bool
		state string
		lacks []string
	}{
		"live":                        {true, people(20, 12, 10, 2), 2, true, unitLive, nil},
		"nothing done":                {true, people(20, 12, 10, 2), 2, false, unitIdle, []string{lackDone}},
		"no terms":                    {true, people(20, 12, 10, 1), 0, true, unitLive, []string{lackTerms}},
		"no service, nobody signs in": {true, people(20, 0, 0, 0), 0, false, unitNone, []string{lackOffer, lackDoor}},
		"nobody came":                 {true, people(20, 12, 2, 0), 0, false, unitNone, []string{lackOffer, lackCame}},
		"of four nothing is said":     {true, people(4, 0, 0, 0), 0, false, unitNone, []string{lackOffer}},
		"nobody there":                {true, people(0, 0, 0, 0), 0, false, "", nil},
		"closed":                      {false, people(20, 12, 10, 2), 2, true, "", nil},
	} {
		got := stateOf(x.valid, x.r, x.terms, x.done, few)
		if got.state != x.state || !slices.Equal(got.lacks, x.lacks) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := dayNumber(time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)); got != 20261124 {
		t.Error(got)
	}
}
