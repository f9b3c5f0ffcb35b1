package measure

import (
	"encoding/json"
	"math"
	"os"
	"testing"
	"time"
)

// TestReferenceCases runs "sla.attainment", "sla.accuracy_rate", "slo.error_budget" and "slo.burn_threshold".
func TestReferenceCases(t *testing.T) {
	var doc struct {
		Cases []struct {
			ID, Function string
			Tolerance    float64
			Input        struct {
				Requests []struct {
					Due      time.Time
					Resolved *time.Time
					Excluded bool
				}
				Period     []time.Time
				Now        time.Time
				Correct    int64 `json:"correct_first_time"`
				Evaluated  int64
				Threshold  float64
				Confidence float64
				Fraction   float64 `json:"budget_fraction"`
				Window     float64 `json:"window_hours"`
				PeriodLong float64 `json:"period_hours"`
				SLO        float64
				Total, Bad int64
			}
			Expected map[string]any
		}
	}
	body, err := os.ReadFile("testdata/07-attainment.json")
	if err == nil {
		err = json.Unmarshal(body, &doc)
	}
	if err != nil || len(doc.Cases) < 6 {
		t.Fatal(len(doc.Cases), err)
	}
	for _, c := range doc.Cases {
		got := map[string]any{}
		switch c.Function {
		case "sla.attainment":
			var cases []Case
			for _, r := range c.Input.Requests {
				one := Case{Due: r.Due, Excluded: r.Excluded}
				if r.Resolved != nil {
					one.Done = *r.Resolved
				}
				cases = append(cases, one)
			}
			a := AttainmentOf(cases, c.Input.Period[0], c.Input.Period[1], c.Input.Now)
			got = map[string]any{"met": a.Met, "breached": a.Breached, "pending": a.Pending, "rate": a.Rate, "ci": []float64{a.Low, a.High}}
		case "sla.accuracy_rate":
			r := RateOf(c.Input.Correct, c.Input.Evaluated, c.Input.Threshold, c.Input.Confidence)
			got = map[string]any{"rate": r.Rate, "ci": []float64{r.Low, r.High}, "verdict": r.Verdict}
		case "slo.error_budget":
			b, ok := BudgetOf(c.Input.SLO, c.Input.Total, c.Input.Bad)
			if !ok {
				t.Errorf("%s: no budget", c.ID)
			}
			got = map[string]any{"allowed_bad": b.Allowed, "budget_spent": b.Spent, "budget_remaining": b.Left, "burn_rate": b.Burn, "exhausts_after_fraction_of_period": b.Lasts}
		case "slo.burn_threshold":
			got = map[string]any{"burn_rate": BurnThreshold(c.Input.Fraction, c.Input.Window, c.Input.PeriodLong)}
		default:
			t.Errorf("%s: nobody computes %s", c.ID, c.Function)
		}
		plain(t, got)
		for name, want := range c.Expected {
			near(t, c.ID+"."+name, got[name], want, c.Tolerance)
		}
	}
}

// plain makes of what was computed what a reader of JSON gets.
func plain(t *testing.T, got map[string]any) {
	t.Helper()
	body, err := json.Marshal(got)
	if err == nil {
		err = json.Unmarshal(body, &got)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func near(t *testing.T, at string, got, want any, tolerance float64) {
	t.Helper()
	switch want := want.(type) {
	case float64:
		have, ok := got.(float64)
		if !ok || math.Abs(have-want) > max(tolerance, tolerance*math.Abs(want)) {
			t.Errorf("%s: %v, want %v", at, got, want)
		}
	case []any:
		have, _ := got.([]any)
		if len(have) != len(want) {
			t.Errorf("%s: %v, want %v", at, got, want)
			return
		}
		for i := range want {
			near(t, at, have[i], want[i], tolerance)
		}
	default:
		if got != want {
			t.Errorf("%s: %v, want %v", at, got, want)
		}
	}
}
