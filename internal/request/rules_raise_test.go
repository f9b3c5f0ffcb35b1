package request

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestTheWorkOnAForm(t *testing.T) {
	zero := time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)
	at := func(seconds int) time.Time { return zero.Add(time.Duration(seconds) * time.Second) }
	for name, x := range map[string]struct {
		seen  []int
		filed int // another request, before the last sight; 0: none
		took  int
		left  bool
	}{
		"sent at once":                    {[]int{12}, 0, 12, false},
		"refused twice":                   {[]int{30, 45, 60}, 0, 60, false},
		"ten minutes are work":            {[]int{600}, 0, 600, false},
		"more is a pause":                 {[]int{601}, 0, 0, true},
		"a pause after a draft":           {[]int{40, 4000, 4020}, 0, 60, true},
		"long, and kept meanwhile":        {[]int{500, 1000, 1200}, 0, 1200, false},
		"another was filed in the middle": {[]int{100, 160}, 120, 40, false},
		"another was filed, and a pause":  {[]int{100, 1000}, 120, 0, true},
		"the other's pause is not its":    {[]int{4000, 4060}, 4010, 50, false},
	} {
		s := begunAt(zero)
		for i, seconds := range x.seen {
			if i == len(x.seen)-1 && x.filed > 0 {
				s = s.after(at(x.filed))
			}
			s = s.seen(at(seconds))
		}
		if int(s.took.Seconds()) != x.took || s.left != x.left {
			t.Errorf("%s: %v, left %v; want %d s, %v", name, s.took, s.left, x.took, x.left)
		}
	}
	a := begunAt(zero).seen(at(10))
	if got := a.joined(begunAt(at(1))); got != a {
		t.Errorf("a draft of another form: %+v", got)
	}
	draft := begunAt(zero).seen(at(700))
	if got := a.joined(draft); !got.left || !got.last.Equal(at(700)) {
		t.Errorf("the draft knows more: %+v", got)
	}
}

func TestASealedFormIsOfOnePersonAndService(t *testing.T) {
	now := time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)
	good := stint{from: now.Add(-time.Hour), last: now.Add(-time.Minute), took: 40 * time.Second, left: true}
	if got, err := stintOf(good.text(7, 8), 7, 8, now); err != nil || got != good {
		t.Errorf("%+v, %v", got, err)
	}
	for name, text := range map[string]string{
		"another person": good.text(6, 8), "another service": good.text(7, 9), "nothing": "", "rubbish": "7 8 x",
		"the future": begunAt(now.Add(time.Second)).text(7, 8), "last year": begunAt(now.AddDate(-1, 0, 0)).text(7, 8),
	} {
		if got, err := stintOf(text, 7, 8, now); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// However a form is seen, its work is never longer than the time it was open, and never less than nothing; of two requests that one
// person files one after the other no second is counted twice.
func TestNoSecondIsCountedTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)
		start := now
		forms := []stint{begunAt(now), begunAt(now)}
		var filed time.Time
		total := time.Duration(0)
		for i := range forms {
			for range rapid.IntRange(1, 5).Draw(t, "sights") {
				now = now.Add(time.Duration(rapid.IntRange(0, 1500).Draw(t, "gap")) * time.Second)
				if !filed.IsZero() {
					forms[i] = forms[i].after(filed)
				}
				forms[i] = forms[i].seen(now)
			}
			if forms[i].took < 0 {
				t.Fatalf("%+v", forms[i])
			}
			filed = now
			total += forms[i].took
		}
		if total > now.Sub(start) {
			t.Fatalf("%v of %v", total, now.Sub(start))
		}
	})
}
