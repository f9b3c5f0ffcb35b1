package stat

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"reflect"
	"testing"
)

// referenceCase is one computation with its result, of the literature or by two independent programs. The functions bear the names of the methods, not of the code.
type referenceCase struct {
	ID, Function, Source, Note string
	Input, Expected            map[string]any
	Tolerance                  float64
	Published                  map[string]any
	PublishedTolerance         any `json:"published_tolerance"`
}

func casesIn(t *testing.T, name string) []referenceCase {
	t.Helper()
	var doc struct{ Cases []referenceCase }
	body, err := os.ReadFile("testdata/" + name)
	if err == nil {
		err = json.Unmarshal(body, &doc)
	}
	if err != nil || len(doc.Cases) == 0 {
		t.Fatal(name, len(doc.Cases), err)
	}
	return doc.Cases
}

// check runs the adapters over the cases of a file: all that a case expects must be there.
func check(t *testing.T, name string, adapters map[string]func(in given) map[string]any) {
	t.Helper()
	for _, c := range casesIn(t, name) {
		adapter, known := adapters[c.Function]
		if !known {
			t.Errorf("%s: nobody computes %s", c.ID, c.Function)
			continue
		}
		// what was computed, as the door would tell it
		body, err := json.Marshal(told(adapter(c.Input)))
		if err != nil {
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		var got any
		if err := json.Unmarshal(body, &got); err != nil {
			t.Fatal(err)
		}
		same(t, c.ID, got, any(c.Expected), c.Tolerance)
	}
}

// told makes null of what could not be computed.
func told(v any) any {
	switch v := v.(type) {
	case float64:
		if math.IsNaN(v) {
			return nil
		}
	case Interval:
		return told([]float64{v.Low, v.High})
	case []float64:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = told(x)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k, x := range v {
			out[k] = told(x)
		}
		return out
	}
	return v
}

func same(t *testing.T, at string, got, want any, tolerance float64) {
	t.Helper()
	switch want := want.(type) {
	case map[string]any:
		have, ok := got.(map[string]any)
		if !ok {
			t.Errorf("%s: %v, want %v", at, got, want)
			return
		}
		for k, w := range want {
			same(t, at+"."+k, have[k], w, tolerance)
		}
	case []any:
		have, _ := got.([]any)
		if len(have) != len(want) {
			t.Errorf("%s: %v, want %v", at, got, want)
			return
		}
		for i := range want {
			same(t, fmt.Sprintf("%s[%d]", at, i), have[i], want[i], tolerance)
		}
	case float64:
		have, ok := got.(float64)
		if !ok || math.Abs(have-want) > max(tolerance, tolerance*math.Abs(want)) {
			t.Errorf("%s: %v, want %v", at, got, want)
		}
	default:
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", at, got, want)
		}
	}
}

// given is the input of a case.
type given map[string]any

func (g given) n(name string) int64 {
	v, _ := g[name].(float64)
	return int64(v)
}

func (g given) f(name string) float64 {
	v, _ := g[name].(float64)
	return v
}

func (g given) list(name string) []float64 {
	var out []float64
	for _, v := range g[name].([]any) {
		out = append(out, v.(float64))
	}
	return out
}

func (g given) ints(name string) []int {
	var out []int
	list, _ := g[name].([]any)
	for _, v := range list {
		out = append(out, int(v.(float64)))
	}
	return out
}

func (g given) answers(name string) []*int {
	var out []*int
	for _, v := range g[name].([]any) {
		if v == nil {
			out = append(out, nil)
			continue
		}
		out = append(out, new(int(v.(float64))))
	}
	return out
}

func (g given) counts() []Count {
	var out []Count
	n := g.list("n")
	for i, x := range g.list("x") {
		out = append(out, Count{int64(x), int64(n[i])})
	}
	return out
}

// arcs are the ties between nodes 0, 1 …, and the groups of the nodes by number, with their names.
func (g given) network() (net *Network, group []int, names []string) {
	at := map[any]int{}
	for i, v := range g["nodes"].([]any) {
		at[v] = i
	}
	var arcs [][2]int
	for _, v := range g["edges"].([]any) {
		ends := v.([]any)
		arcs = append(arcs, [2]int{at[ends[0]], at[ends[1]]})
	}
	number := map[string]int{}
	list, _ := g["group"].([]any)
	for _, v := range list {
		name := fmt.Sprint(v)
		if _, known := number[name]; !known {
			number[name] = len(names)
			names = append(names, name)
		}
		group = append(group, number[name])
	}
	return NewNetwork(len(at), arcs), group, names
}

// TestReferenceCases: intervals, charts and networks and curves of survival.
func TestReferenceCases(t *testing.T) {
	t.Run("intervals", intervalCases)
	t.Run("charts", chartCases)
	t.Run("networks", networkCases)
	t.Run("survival", survivalCases)
}

func averaged(a Averaged) map[string]any {
	return map[string]any{"n": a.N, "mean": a.Mean, "sd": a.SD, "se": a.SE, "lo": a.Low, "hi": a.High}
}

func intervalCases(t *testing.T) {
	check(t, "03-intervals.json", map[string]func(in given) map[string]any{
		"stats.wilson": func(in given) map[string]any {
			i := WilsonAt(in.n("x"), in.n("n"), in.f("confidence"))
			return map[string]any{"lower": i.Low, "upper": i.High}
		},
		"stats.proportion_intervals": func(in given) map[string]any {
			x, n, c := in.n("x"), in.n("n"), in.f("confidence")
			i, centre := AgrestiCoull(x, n, c)
			return map[string]any{"p": float64(x) / float64(n), "wilson": WilsonAt(x, n, c), "agresti_coull": i, "ac_center": centre, "clopper_pearson": ClopperPearson(x, n, c)}
		},
		"stats.wilson_fpc": func(in given) map[string]any {
			f, _ := WilsonFinite(in.n("x"), in.n("n"), in.n("N"), in.f("confidence"))
			return map[string]any{"lower": f.Low, "upper": f.High, "n_effective": f.Effective, "manski_lower": f.Worst.Low, "manski_upper": f.Worst.High, "response_rate": f.Answered}
		},
		"stats.mean_t": func(in given) map[string]any {
			a, _ := Mean(in.list("x"), in.n("N"), in.f("confidence"))
			return averaged(a)
		},
		"stats.sample_size_proportion": func(in given) map[string]any {
			n, unlimited := SampleSize(in.n("N"), in.f("p"), in.f("margin"), in.f("confidence"))
			return map[string]any{"n": n, "n0": unlimited}
		},
		"stats.bootstrap_mean_exact": func(in given) map[string]any {
			x := in.list("respondent_gaps")
			b, _ := Bootstrap(len(x), meanOf(x), 0, 0, Confidence95)
			return map[string]any{"replicates": b.Replicates, "mean": b.Mean, "boot_se": b.SE, "percentile95": b.Percentile, "z0": b.Z0, "acceleration": b.Acceleration, "bca_alpha": b.Alpha, "bca95": b.BCa}
		},
		"survey.csat": func(in given) map[string]any {
			scale := in.ints("scale")
			s, _ := CSAT(in.answers("answers"), Scale{scale[0], scale[1]}, in.ints("top"), in.n("N"), Confidence95)
			counts := map[string]any{}
			for a, n := range s.Counts {
				counts[fmt.Sprint(a)] = n
			}
			return map[string]any{"n": s.N, "missing": s.Missing, "mean": s.Averaged.Mean, "t2b": s.Top, "t2b_ci": s.TopInterval, "b2b": s.Bottom, "counts": counts, "median": s.Median}
		},
		"survey.nps": func(in given) map[string]any {
			s, _ := NPS(in.n("detractors"), in.n("passives"), in.n("promoters"), in.n("N"), in.f("confidence"))
			return map[string]any{"n": s.N, "nps": s.Score, "var": s.Variance, "se": s.SE, "moe": s.Margin, "wald": s.Wald, "adjusted": s.Adjusted, "adjusted_point": s.Point}
		},
		"survey.nps_bins": func(in given) map[string]any {
			d, p, pr, missing, _ := NPSBins(in.answers("scores"))
			return map[string]any{"detractors": d, "passives": p, "promoters": pr, "missing": missing}
		},
		"survey.ces": func(in given) map[string]any {
			e, _ := CES(in.answers("answers"), in.n("N"), Confidence95)
			out := averaged(e.Averaged)
			out["share_easy"], out["share_easy_ci"] = e.Easy, e.EasyInterval
			return out
		},
	})
}

func meanOf(x []float64) func([]int) float64 {
	return func(drawn []int) float64 {
		sum := 0.0
		for _, i := range drawn {
			sum += x[i]
		}
		return sum / float64(len(drawn))
	}
}

func chartCases(t *testing.T) {
	shares := func(c Shares) map[string]any {
		var low, high []float64
		for _, l := range c.Limits {
			low, high = append(low, l.Low), append(high, l.High)
		}
		return map[string]any{"center": c.Centre, "sigma_z": c.SigmaZ, "lcl": low, "ucl": high, "signals": append([]int{}, c.Signals...)}
	}
	compared := func(in given) map[string]any {
		c := Compare(in.n("x1"), in.n("n1"), in.n("x2"), in.n("n2"), in.f("confidence"))
		return map[string]any{"diff": c.Difference, "lower": c.Low, "upper": c.High, "z": c.Z, "p_value": c.P}
	}
	check(t, "06-charts.json", map[string]func(in given) map[string]any{
		"spc.xmr": func(in given) map[string]any {
			screen, _ := in["screen"].(bool)
			c, _ := XmR(in.list("x"), int(in.n("baseline")), screen)
			return map[string]any{"center": c.Centre, "mr_bar": c.MeanRange, "sigma": c.Sigma, "ucl": c.High, "lcl": c.Low, "mr_ucl": c.RangeHigh, "signals": append([]int{}, c.Signals...)}
		},
		"spc.p": func(in given) map[string]any {
			c, _ := P(in.counts(), in.ints("exclude")...)
			return shares(c)
		},
		"spc.laney_p": func(in given) map[string]any {
			c, _ := LaneyP(in.counts())
			plain, _ := P(in.counts())
			return map[string]any{"laney": shares(c), "ordinary_p_signals": append([]int{}, plain.Signals...)}
		},
		"spc.runs_anhoej": func(in given) map[string]any {
			r, _ := Runs(in.list("x"))
			return map[string]any{"center": r.Centre, "n_useful": r.Useful, "longest_run": r.Longest, "longest_run_max": r.LongestMost, "crossings": r.Crossings, "crossings_min": r.CrossingLeast, "signal": r.Signal}
		},
		"stats.newcombe_diff":   compared,
		"stats.compare_periods": compared,
		"stats.p_adjust": func(in given) map[string]any {
			a := Adjust(in.list("p"))
			rejected := func(list []float64) (n int) {
				for _, p := range list {
					if p <= 0.05 {
						n++
					}
				}
				return n
			}
			return map[string]any{"bonferroni": a.Bonferroni, "holm": a.Holm, "bh": a.BH, "rejected_bonferroni": rejected(a.Bonferroni), "rejected_holm": rejected(a.Holm), "rejected_bh": rejected(a.BH)}
		},
	})
}

func networkCases(t *testing.T) {
	check(t, "10-network.json", map[string]func(in given) map[string]any{
		"network.betweenness": func(in given) map[string]any {
			net, _, _ := in.network()
			directed, _ := in["directed"].(bool)
			raw, normalised := net.Betweenness(directed)
			return map[string]any{"raw": raw, "normalized": normalised}
		},
		"network.ei_index": func(in given) map[string]any {
			net, group, names := in.network()
			e := net.EI(group)
			groups := map[string]any{}
			for i, g := range e.Groups {
				groups[names[i]] = map[string]any{"E": g.External, "I": g.Internal, "EI": g.EI}
			}
			return map[string]any{"E": e.External, "I": e.Internal, "EI": e.EI, "expected_EI": e.Expected, "group": groups}
		},
		"network.reciprocity": func(in given) map[string]any {
			net, _, _ := in.network()
			m := net.Reciprocity()
			return map[string]any{"arcs": m.Arcs, "reciprocity": m.Reciprocity, "dyad_ratio": m.Dyads, "density": m.Density}
		},
	})
}
