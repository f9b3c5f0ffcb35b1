package stat

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Quantiles of Student's t as printed in tables to all their digits.
func TestTQuantile(t *testing.T) {
	for _, c := range []struct{ p, df, want float64 }{
		{0.975, 1, 12.706204736174705}, {0.975, 2, 4.302652729749462}, {0.975, 30, 2.0422724563012383}, {0.975, 1000, 1.9623390808264074},
		{0.995, 5, 4.032142983555227}, {0.9, 1, 3.0776835371752527}, {0.5, 7, 0}, {0.025, 8, -2.306004135204166}, {0.975, 1e7, 1.9599642}, {0.55, 3, 0.1365981},
	} {
		if got := TQuantile(c.p, c.df); math.Abs(got-c.want) > 1e-6*max(1, math.Abs(c.want)) {
			t.Errorf("t(%v, %v) = %v, want %v", c.p, c.df, got, c.want)
		}
	}
}

// What cannot be computed is said to be so, and nothing is NaN that can be.
func TestNothingIsGuessed(t *testing.T) {
	if _, ok := WilsonFinite(3, 5, 4, Confidence95); ok {
		t.Error("more were asked than there are")
	}
	if f, ok := WilsonFinite(0, 4, 10, Confidence95); !ok || f.Low != 0 || f.High <= 0 {
		t.Errorf("none of four: %+v", f)
	}
	for _, bad := range [][2]int64{{0, 0}, {3, 2}, {-1, 4}} {
		if i, centre := AgrestiCoull(bad[0], bad[1], Confidence95); i.Is() || !math.IsNaN(centre) || ClopperPearson(bad[0], bad[1], Confidence95).Is() {
			t.Errorf("%v has an interval", bad)
		}
	}
	if a, ok := Mean(nil, 0, Confidence95); ok || !math.IsNaN(a.Mean) {
		t.Errorf("nothing has a mean: %+v", a)
	}
	if a, ok := Mean([]float64{4, 4, 4}, 0, Confidence95); !ok || a.SD != 0 || a.Low != 4 || a.High != 4 {
		t.Errorf("all the same: %+v", a)
	}
	if _, ok := Mean([]float64{1, 2}, 1, Confidence95); ok {
		t.Error("two of one")
	}
	if a, _ := Mean([]float64{1, 2, 3}, 3, Confidence95); a.SE != 0 || a.Low != 2 {
		t.Errorf("everybody was asked: %+v", a)
	}
	if c := Compare(5, 5, 7, 7, Confidence95); !math.IsNaN(c.Z) || !math.IsNaN(c.P) || !c.Is() {
		t.Errorf("all of both: %+v", c)
	}
	if c := Compare(1, 2, 0, 0, Confidence95); c.Is() || !math.IsNaN(c.Difference) {
		t.Errorf("against nothing: %+v", c)
	}
	if _, ok := XmR([]float64{3}, 0, false); ok {
		t.Error("one point has limits")
	}
	if c, ok := XmR([]float64{1, 2, 1, 2, 1, 2, 9}, 6, false); !ok || c.Centre != 1.5 || !slices.Equal(c.Signals, []int{6}) {
		t.Errorf("limits of the first six: %+v", c)
	}
	if _, ok := P([]Count{{0, 0}}); ok {
		t.Error("nothing was counted")
	}
	if _, ok := P([]Count{{3, 2}}); ok {
		t.Error("more hits than cases")
	}
	if c, ok := P([]Count{{3, 6}, {0, 0}, {3, 6}}); !ok || c.Limits[1].Is() || len(c.Signals) != 0 {
		t.Errorf("a month without cases: %+v", c)
	}
	if c, ok := LaneyP([]Count{{4, 4}, {9, 9}}); !ok || !math.IsNaN(c.SigmaZ) || c.Limits[0] != (Interval{1, 1}) {
		t.Errorf("all in time: %+v", c)
	}
	if c, ok := LaneyP([]Count{{40, 50}, {41, 50}, {40, 50}}); !ok || c.SigmaZ != 1 {
		t.Errorf("less spread than by chance: %+v", c)
	}
	if _, ok := Runs(nil); ok {
		t.Error("no points have runs")
	}
	if r, ok := Runs([]float64{2, 2, 2}); ok || r.Centre != 2 {
		t.Errorf("all on the median: %+v", r)
	}
	if d, p, pr, missing, ok := NPSBins([]*int{new(11)}); ok {
		t.Error(d, p, pr, missing, "an answer of eleven")
	}
	if _, ok := NPS(0, 0, 0, 0, Confidence95); ok {
		t.Error("nobody answered")
	}
	if _, ok := CSAT([]*int{new(6)}, Scale{1, 5}, []int{4, 5}, 0, Confidence95); ok {
		t.Error("a six of five")
	}
	if s, ok := CSAT([]*int{nil, nil}, Scale{1, 5}, []int{4, 5}, 0, Confidence95); !ok || s.Missing != 2 || !math.IsNaN(s.Top) || s.TopInterval.Is() || !math.IsNaN(s.Median) {
		t.Errorf("nobody knows: %+v", s)
	}
	if e, ok := CES([]*int{nil}, 0, Confidence95); !ok || !math.IsNaN(e.Easy) {
		t.Errorf("no answer: %+v", e)
	}
	if _, ok := Bootstrap(1, func([]int) float64 { return 0 }, 9, 1, Confidence95); ok {
		t.Error("one respondent drawn again and again")
	}
	empty := NewNetwork(2, nil)
	if m := empty.Reciprocity(); !math.IsNaN(m.Reciprocity) || m.Density != 0 {
		t.Errorf("no ties: %+v", m)
	}
	if e := empty.EI([]int{0, 1}); !math.IsNaN(e.EI) || e.Expected != 1 {
		t.Errorf("no ties between groups of one: %+v", e)
	}
	if _, normalised := empty.Betweenness(true); !math.IsNaN(normalised[0]) {
		t.Error("nobody lies between two")
	}
}

// TestADrawIsAsGoodAsEveryDraw: with chance the bootstrap comes near what every draw says, and is the same for one seed.
func TestADrawIsAsGoodAsEveryDraw(t *testing.T) {
	x := []float64{-2, -1, 0, -3, -1, 1, 2, -1, 0, -2, -4, 1, 0, -1, -2, -1}
	one, ok := Bootstrap(len(x), meanOf(x), 10_000, 42, Confidence95)
	again, _ := Bootstrap(len(x), meanOf(x), 10_000, 42, Confidence95)
	mean, _ := Mean(x, 0, Confidence95)
	wide := math.Sqrt(float64(len(x)-1) / float64(len(x)))
	if !ok || one != again || one.Exact || math.Abs(one.SE-mean.SE*wide) > 0.03*mean.SE || !(one.BCa.Low < mean.Mean && mean.Mean < one.BCa.High) {
		t.Errorf("%+v beside %+v", one, mean)
	}
}

// TestEIByChance: groups that keep to themselves are rare among those dealt out.
func TestEIByChance(t *testing.T) {
	var arcs [][2]int
	group := make([]int, 20)
	for i := range 20 {
		group[i] = i / 10
		for k := range 10 {
			if other := i/10*10 + k; other != i {
				arcs = append(arcs, [2]int{i, other})
			}
		}
	}
	low, high := NewNetwork(20, arcs).EIByChance(group, 2000, 7)
	if low > 0.01 || high < 0.99 {
		t.Errorf("two walled groups: as low by chance %v, as high %v", low, high)
	}
	dice := rand.New(rand.NewPCG(1, 2))
	arcs = nil
	for range 60 {
		arcs = append(arcs, [2]int{dice.IntN(20), dice.IntN(20)})
	}
	if low, high = NewNetwork(20, arcs).EIByChance(group, 2000, 7); low < 0.01 || high < 0.01 {
		t.Errorf("ties at random: %v, %v", low, high)
	}
}

// TestIntervalsHoldTheirEstimates: whatever the counts.
func TestIntervalsHoldTheirEstimates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 5000).Draw(t, "n")
		hits := rapid.Int64Range(0, n).Draw(t, "hits")
		N := n + rapid.Int64Range(0, 5000).Draw(t, "more")
		confidence := rapid.SampledFrom([]float64{0.8, 0.9, 0.95, 0.99}).Draw(t, "confidence")
		p := float64(hits) / float64(n)
		w, c := WilsonAt(hits, n, confidence), ClopperPearson(hits, n, confidence)
		f, ok := WilsonFinite(hits, n, N, confidence)
		const near = 1e-9
		for name, i := range map[string]Interval{"Wilson": w, "Clopper–Pearson": c, "finite": f.Interval, "worst": f.Worst} {
			if !ok || !(i.Low <= p+near && p <= i.High+near && i.Low >= 0 && i.High <= 1) {
				t.Fatalf("%s of %d in %d of %d: %v", name, hits, n, N, i)
			}
		}
		if f.High-f.Low > w.High-w.Low+near {
			t.Fatalf("a finite population is known less well: %v, %v", f.Interval, w)
		}
		if back := WilsonAt(n-hits, n, confidence); math.Abs(back.Low-(1-w.High)) > near {
			t.Fatalf("what misses is not what does not hit: %v, %v", back, w)
		}
	})
}
