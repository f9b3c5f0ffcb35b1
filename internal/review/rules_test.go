package review

import (
	"math"
	"slices"
	"testing"
	"time"
)

func TestADrawIsRecomputedFromItsSeed(t *testing.T) {
	p := Plan{Active: true, Share: 20, Second: 50, Seed: "00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff"}
	drawn, twice := 0, 0
	for n := int64(1); n <= 20000; n++ {
		one, two := p.Draws(n)
		if again, _ := p.Draws(n); again != one {
			t.Fatalf("R-%d is drawn otherwise the second time", n)
		}
		if one {
			drawn++
		}
		if two {
			twice++
		}
		if two && !one {
			t.Fatalf("R-%d is judged twice and not drawn", n)
		}
	}
	// 20 000 draws at 20 %: 4000 with a standard deviation of 57; half of them twice, 32.
	if math.Abs(float64(drawn)-4000) > 230 || math.Abs(float64(twice)-float64(drawn)/2) > 130 {
		t.Errorf("%d drawn, %d of them twice", drawn, twice)
	}
	if one, _ := (Plan{Share: 100, Seed: p.Seed}).Draws(1); one {
		t.Error("a plan that is off draws")
	}
	all := Plan{Active: true, Share: 100, Second: 100, Seed: p.Seed}
	if one, two := all.Draws(7); !one || !two {
		t.Error("a share of all leaves one out")
	}
	if a, b := uniform("aa", "R-1"), uniform("ab", "R-1"); a == b || a < 0 || a >= 1 {
		t.Errorf("two seeds give %v and %v", a, b)
	}
	if got, want := uniform("aa", "R-1"), 0.6397421782728016; math.Abs(got-want) > 1e-15 { // from Python's hmac
		t.Errorf("uniform is %.17f, want %.17f", got, want)
	}
}

func TestWhoMayJudge(t *testing.T) {
	const asker, server, q1, q2, q3 = 1, 2, 11, 12, 13
	office := []int64{q1, q2, q3}
	said := func(place int, person int64) Judgement {
		return Judgement{Place: place, Person: person, Verdict: Correct}
	}
	for _, c := range []struct {
		name  string
		c     Case
		given []Judgement
		want  map[int][]int64
	}{
		{"the customer judges first", Case{State: Open, Asker: asker}, nil, map[int][]int64{1: {asker}}},
		{"the quality office judges second, blind", Case{State: Open, Asker: asker, Twice: true}, nil, map[int][]int64{1: {asker}, 2: office}},
		{"once is enough", Case{State: Open, Asker: asker, Twice: true}, []Judgement{said(1, asker)}, map[int][]int64{2: office}},
		{"nobody of the office judges twice", Case{State: Open, Twice: true}, []Judgement{said(1, q1)}, map[int][]int64{2: {q2, q3}}},
		{"nobody judges the own work", Case{State: Open, Server: q2}, nil, map[int][]int64{1: {q1, q3}}},
		{"a customer of the office is not the second judge as well", Case{State: Open, Asker: q1, Twice: true}, nil, map[int][]int64{1: {q1}, 2: {q2, q3}}},
		{"a third person decides", Case{State: Split}, []Judgement{said(1, q1), said(2, q2)}, map[int][]int64{3: {q3}}},
		{"where nobody else is left, one of the two decides", Case{State: Split, Server: q3}, []Judgement{said(1, q1), said(2, q2)}, map[int][]int64{3: {q1, q2}}},
		{"what is done is judged by nobody", Case{State: Done, Asker: asker, Twice: true}, nil, map[int][]int64{}},
		{"what was dropped is judged by nobody", Case{State: Dropped, Asker: asker}, nil, map[int][]int64{}},
	} {
		got := seats(c.c, c.given, office)
		for place := 1; place <= 3; place++ {
			if !slices.Equal(got[place], c.want[place]) {
				t.Errorf("%s: place %d is for %v, want %v", c.name, place, got[place], c.want[place])
			}
		}
	}
}

func TestWhatJudgementsComeTo(t *testing.T) {
	say := func(verdicts ...Verdict) (out []Judgement) {
		for i, v := range verdicts {
			if v != "" {
				out = append(out, Judgement{Place: i + 1, Person: int64(i + 1), Verdict: v})
			}
		}
		return out
	}
	for _, c := range []struct {
		name   string
		c      Case
		given  []Judgement
		lapse  bool
		state  State
		result Verdict
	}{
		{"one judge is enough", Case{State: Open}, say(Wrong), false, Done, Wrong},
		{"the first of two waits", Case{State: Open, Twice: true}, say(Correct), false, Open, ""},
		{"so does the second", Case{State: Open, Twice: true}, say("", Correct), false, Open, ""},
		{"two who agree", Case{State: Open, Twice: true}, say(Partly, Partly), false, Done, Partly},
		{"two who differ", Case{State: Open, Twice: true}, say(Correct, Partly), false, Split, ""},
		{"the third decides, even against both", Case{State: Split, Twice: true}, say(Correct, Partly, Wrong), false, Done, Wrong},
		{"nobody answered", Case{State: Open, Twice: true}, nil, true, Lapsed, ""},
		{"one of two answered", Case{State: Open, Twice: true}, say(Correct), true, Done, Correct},
		{"only the second answered", Case{State: Open, Twice: true}, say("", Wrong), true, Done, Wrong},
	} {
		got := settle(c.c, c.given, time.Unix(1, 0), c.lapse)
		if got.State != c.state || got.Result != c.result || got.ClosedAt.IsZero() == (c.state == Done || c.state == Lapsed) {
			t.Errorf("%s: %s %q, closed %v", c.name, got.State, got.Result, got.ClosedAt)
		}
	}
}

func TestWhatASampleSays(t *testing.T) {
	a := func(correct, wrong int64, target float64) Accuracy {
		return Accuracy{Accepted: 100, Correct: correct, Wrong: wrong, Target: target}
	}
	for _, c := range []struct {
		name   string
		a      Accuracy
		signal string
	}{
		{"below five nothing is told", a(4, 0, 0.5), ""},
		{"without a target there is nothing to meet", a(20, 0, 0), ""},
		{"18 of 20 does not say whether 90 % is kept", a(18, 2, 0.9), Undetermined},
		{"60 of 60 keeps 90 %", a(60, 0, 0.9), Meets},
		{"10 of 20 misses 90 %", a(10, 10, 0.9), Misses},
	} {
		if got := c.a.Signal(); got != c.signal {
			t.Errorf("%s: %q", c.name, got)
		}
	}
	rate, low, high, ok := a(18, 2, 0.9).Rate()
	if !ok || rate != 0.9 || math.Abs(low-0.6990) > 1e-3 || math.Abs(high-0.9721) > 1e-3 {
		t.Errorf("18 of 20 is %v, %v–%v", rate, low, high)
	}
	if share, _ := a(18, 2, 0).Fraction(); share != 0.2 {
		t.Errorf("20 of 100 is a fraction of %v", share)
	}
	few := Accuracy{Pairs: [3][3]int64{{10, 1, 0}, {1, 3, 0}, {0, 0, 2}}}
	many := Accuracy{Pairs: [3][3]int64{{20, 1, 0}, {1, 6, 0}, {0, 0, 4}}}
	alike := Accuracy{Pairs: [3][3]int64{{40, 0, 0}}}
	if few.Agreement() != "cannot-tell" || many.Agreement() != "good" || alike.Agreement() != "cannot-tell" {
		t.Errorf("agreement of 17: %s; of 32: %s; all in one cell: %s", few.Agreement(), many.Agreement(), alike.Agreement())
	}
}

func TestCountsFoldIntoRows(t *testing.T) {
	rows := fold([]counted{
		{Key: 7, Provider: 1, Service: 70, State: Passed, N: 80}, {Key: 7, Provider: 1, Service: 70, State: Over, N: 2},
		{Key: 7, Provider: 1, Service: 70, State: Done, Result: Correct, N: 9}, {Key: 7, Provider: 1, Service: 71, State: Done, Result: Wrong, N: 3},
		{Key: 7, Provider: 1, Service: 70, State: Split, N: 1}, {Key: 7, Provider: 1, Service: 70, State: Lapsed, N: 4}, {Key: 7, Provider: 1, Service: 70, State: Dropped, N: 1},
		{Key: 3, Provider: 1, Service: 70, State: Open, N: 5},
	}, []pair{{7, Correct, Wrong, 2}, {7, Correct, Correct, 4}, {99, Wrong, Wrong, 1}}, func(id int64) float64 { return float64(id) / 100 })
	want := Accuracy{Key: 7, Provider: 1, Accepted: 100, Drawn: 18, Open: 1, Lapsed: 4, Dropped: 1, Correct: 9, Wrong: 3, Differ: true, Pairs: [3][3]int64{{4, 0, 2}}}
	if len(rows) != 2 || rows[1] != want || rows[0].Target != 0.7 || rows[0].Open != 5 {
		t.Errorf("%+v", rows)
	}
}

func TestPlansAndJudgementsAreCheckedWhole(t *testing.T) {
	if f := (Plan{Share: 101, Most: -1, First: "x", Second: 200}).check(); f.Len() != 4 {
		t.Errorf("%d findings", f.Len())
	}
	if f := (Plan{Share: 1, First: ByQuality}).check(); f.Len() != 0 {
		t.Errorf("a good plan is refused: %v", f.Err())
	}
	for word, ok := range map[string]bool{"": false, "  ": false, "型号不对": true} {
		j := Judgement{Verdict: Partly, Word: word}
		if err := j.check(); (err == nil) != ok {
			t.Errorf("partly with %q: %v", word, err)
		}
	}
	if err := (&Judgement{Verdict: Correct}).check(); err != nil {
		t.Error(err)
	}
	if err := (&Judgement{}).check(); err == nil {
		t.Error("no verdict passes")
	}
}
