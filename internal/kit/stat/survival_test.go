package stat

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"testing"
)

// survivalCases runs "sla.km_percentiles" and "sla.resolution_percentiles". The cases are those of the literature: the 6-MP arm of Freireich 1963, the maintained arm of Miller's AML trial, and a
// queue with many open requests.
func survivalCases(t *testing.T) {
	var doc struct {
		Cases []struct {
			ID, Function string
			Input        struct {
				Duration []float64
				Hours    []float64 `json:"duration_hours"`
				Resolved []int
				Interval string `json:"conf_type"`
			}
			Expected struct {
				Table []struct {
					T, S, SE, Lo, Hi float64
					N, D             int64
				}
				Quantiles map[string]*float64
				Longest   float64  `json:"max_observed"`
				N         int64    `json:"n"`
				Open      int64    `json:"n_open"`
				P50       *float64 `json:"km_p50"`
				P90       *float64 `json:"km_p90"`
			}
		}
	}
	body, err := os.ReadFile("testdata/07-survival.json")
	if err == nil {
		err = json.Unmarshal(body, &doc)
	}
	if err != nil || len(doc.Cases) != 4 {
		t.Fatal(len(doc.Cases), err)
	}
	near := func(a, b float64) bool { return math.Abs(a-b) < 1e-9 }
	for _, k := range doc.Cases {
		if k.Function != "sla.km_percentiles" && k.Function != "sla.resolution_percentiles" {
			t.Errorf("%s: nobody computes %s", k.ID, k.Function)
		}
		var list []Lasted
		for i, at := range append(k.Input.Duration, k.Input.Hours...) {
			list = append(list, Lasted{Time: at, N: 1, Ended: k.Input.Resolved[i] == 1})
		}
		c := Survival(list)
		want := k.Expected.Quantiles
		if want == nil {
			want = map[string]*float64{"p50": k.Expected.P50, "p90": k.Expected.P90}
		} else if c.N != k.Expected.N || c.Open != k.Expected.Open || c.Longest != k.Expected.Longest || len(c.Drops) != len(k.Expected.Table) {
			t.Errorf("%s: %d things, %d open, up to %v, %d drops", k.ID, c.N, c.Open, c.Longest, len(c.Drops))
			continue
		}
		for i, w := range k.Expected.Table {
			d := c.Drops[i]
			if d.Time != w.T || d.AtRisk != w.N || d.Ended != w.D || !near(d.S, w.S) || !near(d.SE, w.SE) {
				t.Errorf("%s: %+v, want %+v", k.ID, d, w)
			}
			if k.Input.Interval == "loglog" && (!near(d.Low, w.Lo) || !near(d.High, w.Hi)) {
				t.Errorf("%s at %v: %v–%v, want %v–%v", k.ID, d.Time, d.Low, d.High, w.Lo, w.Hi)
			}
		}
		for name, p := range map[string]float64{"p25": .25, "p50": .5, "p75": .75, "p90": .9} {
			at, ok := c.Percentile(p)
			if w, asked := want[name]; asked && (ok != (w != nil) || ok && !near(at, *w)) {
				t.Errorf("%s: %s is %v, %v", k.ID, name, at, ok)
			}
		}
	}
}

func TestEdgesOfSurvival(t *testing.T) {
	for _, c := range []struct {
		name   string
		list   []Lasted
		median float64
		ok     bool
	}{
		{"of nothing there is no median", nil, 0, false},
		{"while all are open it is not reached", []Lasted{{3, 5, false}}, 0, false},
		{"when all have ended it is the middle one", []Lasted{{1, 1, true}, {2, 1, true}, {9, 1, true}}, 2, true},
		{"half ended, half open: between the end and the longest seen", []Lasted{{4, 1, true}, {9, 1, false}}, 6.5, true},
		{"one that ended when another was last seen ended before", []Lasted{{4, 1, false}, {4, 1, true}}, 4, true},
		{"many of one time are as many", []Lasted{{1, 10, true}, {5, 11, true}}, 5, true},
	} {
		got, ok := Survival(c.list).Percentile(.5)
		if ok != c.ok || ok && got != c.median {
			t.Errorf("%s: %v, %v", c.name, got, ok)
		}
	}
	low, high, lower, upper := Survival([]Lasted{{1, 4, true}, {2, 4, true}, {3, 4, true}, {4, 4, true}, {5, 4, false}}).Between(.5)
	if !lower || !upper || low != 2 || high != 4 {
		t.Errorf("the median is within %v–%v (%v, %v)", low, high, lower, upper)
	}
}

// TestAHistogramIsNearAndAddsUp: percentiles are within half a percent of the exact ones, and parts come to the whole.
func TestAHistogramIsNearAndAddsUp(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var list []Lasted
	for range 20_000 {
		list = append(list, Lasted{Time: math.Floor(math.Exp(r.NormFloat64()*2 + 8)), N: 1, Ended: r.IntN(4) > 0})
	}
	whole := Histogram(list, .01)
	if len(whole) > 3000 {
		t.Errorf("%d bars", len(whole))
	}
	exact, near := Survival(list), Survival(whole)
	parts := Survival(Histogram(append(Histogram(list[:7000], .01), Histogram(list[7000:], .01)...), .01))
	for _, p := range []float64{.1, .25, .5, .75, .9} {
		want, ok := exact.Percentile(p)
		got, reached := near.Percentile(p)
		sum, _ := parts.Percentile(p)
		if ok != reached || ok && math.Abs(got/want-1) > .006 || got != sum {
			t.Errorf("p%v: %v, exactly %v, by parts %v", 100*p, got, want, sum)
		}
	}
	if near.N != exact.N || near.Open != exact.Open {
		t.Errorf("%d of %d, exactly %d of %d", near.Open, near.N, exact.Open, exact.N)
	}
}
