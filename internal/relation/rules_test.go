package relation

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestPeriods(t *testing.T) {
	for _, c := range []struct {
		code             string
		from, to         int64
		before           string
		beforeF, beforeT int64
	}{
		{"2026-11", 20261101, 20261130, "2026-10", 20261001, 20261031},
		{"2026-01", 20260101, 20260131, "2025-12", 20251201, 20251231},
		{"2028-02", 20280201, 20280229, "2028-01", 20280101, 20280131},
		{"2026-Q1", 20260101, 20260331, "2025-Q4", 20251001, 20251231},
		{"2026", 20260101, 20261231, "2025", 20250101, 20251231},
	} {
		t.Run(c.code, func(t *testing.T) {
			p, ok := ParsePeriod(c.code)
			if !ok || p != (Period{c.from, c.to}) || p.Code() != c.code {
				t.Fatalf("%v %v, code %q", p, ok, p.Code())
			}
			if b := p.Before(); b != (Period{c.beforeF, c.beforeT}) || b.Code() != c.before {
				t.Errorf("before: %v %q", b, b.Code())
			}
		})
	}
	for _, bad := range []string{"", "26", "2026-13", "2026-Q5", "2026-Q", "soon", "2026-11-21", "99999"} {
		if p, ok := ParsePeriod(bad); ok {
			t.Errorf("%q is %v", bad, p)
		}
	}
	if b := (Period{20261110, 20261119}).Before(); b != (Period{20261031, 20261109}) {
		t.Errorf("ten days before ten days: %v", b)
	}
}

func TestTheFirstMonthOfAQuarterShowsTheLastOne(t *testing.T) {
	for day, want := range map[string]string{"2026-10-09": "2026-Q3", "2026-11-01": "2026-Q4", "2026-01-31": "2025-Q4", "2026-12-31": "2026-Q4"} {
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		if got := CurrentPeriod(at).Code(); got != want {
			t.Errorf("%s: %s, want %s", day, got, want)
		}
	}
}

// TestSplit proves that months and days together are the period: each of its days once, nothing else.
func TestSplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 900).Draw(t, "start"))
		n := rapid.IntRange(1, 500).Draw(t, "days")
		p := Period{DayOf(start), DayOf(start.AddDate(0, 0, n-1))}
		var got []int64
		take := func(from, to int64) {
			for d := dateOf(from); DayOf(d) <= to; d = d.AddDate(0, 0, 1) {
				got = append(got, DayOf(d))
			}
		}
		months, rest := p.split()
		for _, m := range months {
			take(m*100+1, lastDay(m))
		}
		for _, r := range rest {
			take(r.From, r.To)
		}
		slices.Sort(got)
		var want []int64
		for i := range n {
			want = append(want, DayOf(start.AddDate(0, 0, i)))
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%v: months %v, rest %v", p, months, rest)
		}
		if len(rest) > 2 {
			t.Fatalf("%d stretches of days", len(rest))
		}
	})
}

func TestFactAndSignalAreJudgedApart(t *testing.T) {
	for _, c := range []struct {
		name          string
		hits, n       int64
		target        float64
		fact, capable string
		heat          string
	}{
		{"nothing due says nothing", 0, 0, 0.9, "", "", "none"},
		{"four cases are too few for a fact", 4, 4, 0.9, "few", "undetermined", "few"},
		{"five of five met as agreed, and prove nothing", 5, 5, 0.9, "met", "undetermined", "few"},
		{"18 of 20 is met, and undetermined", 18, 20, 0.9, "met", "undetermined", ""},
		{"17 of 20 is missed, and undetermined", 17, 20, 0.9, "missed", "undetermined", ""},
		{"94 of 126 misses for certain", 94, 126, 0.9, "missed", "misses", "lo3"},
		{"152 of 188 misses a little", 152, 188, 0.9, "missed", "misses", "lo1"},
		{"62 of 62 meets for certain", 62, 62, 0.9, "met", "meets", "hi2"},
		{"177 of 184 meets, not by much", 177, 184, 0.9, "met", "meets", "hi1"},
		{"two of nine is below target for certain, and too thin for a hue", 2, 9, 0.9, "missed", "misses", "few"},
		{"19 of 20 against 95 % is met to the last bit", 19, 20, 0.95, "met", "undetermined", ""},
		{"corrections that crossed a period's end stay a share", 7, 5, 0.9, "met", "undetermined", "few"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := judge(c.hits, c.n, c.target)
			if m.Fact != c.fact || m.Capable != c.capable || heat(m) != c.heat {
				t.Errorf("fact %q, capable %q, heat %q; %.4f–%.4f", m.Fact, m.Capable, heat(m), m.Low, m.High)
			}
		})
	}
}

func TestChangeIsSaidOnlyWhenTheIntervalSaysSo(t *testing.T) {
	now := judge(94, 126, 0.9)
	for _, c := range []struct {
		before Measure
		want   string
	}{{judge(118, 128, 0.9), "worse"}, {judge(96, 126, 0.9), "cannot_tell"}, {judge(40, 100, 0.9), "better"}, {judge(0, 0, 0.9), ""}} {
		if got := now.compared(c.before).Change; got != c.want {
			t.Errorf("against %d of %d: %q, want %q", c.before.Hits, c.before.N, got, c.want)
		}
	}
}

func TestAFigureIsNeverRoundedToAll(t *testing.T) {
	for _, c := range []struct {
		hits, n int64
		want    string
	}{{999, 1000, "99"}, {1000, 1000, "100"}, {1, 1000, "1"}, {0, 1000, "0"}, {94, 126, "75"}} {
		if got := figure(judge(c.hits, c.n, 0.9)); got != c.want {
			t.Errorf("%d of %d: %s, want %s", c.hits, c.n, got, c.want)
		}
	}
}

func TestCountersKeepTheirPlaces(t *testing.T) {
	var c counters
	for i := range c {
		c[i] = int64(i + 1)
	}
	if got := c.delta().counters(); got != c {
		t.Errorf("%v", got)
	}
	if d := c.delta(); d.Opened != 1 || d.Met != 2 || d.ResponseMet != 5 || d.RightFirst != 10 || d.Cancelled != 15 || d.Ended != 16 || d.Hops != 19 || counterColumns[inMatrix-1] != "cancelled" {
		t.Errorf("%+v", d)
	}
	if len(counterColumns) != len(c) {
		t.Error(fmt.Sprint(len(counterColumns), " columns"))
	}
}
