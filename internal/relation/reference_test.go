package relation

import (
	"encoding/json"
	"math"
	"os"
	"testing"
	"time"
)

// TestReferenceCases runs "relationship.emotional_account" and "relationship.composite".
func TestReferenceCases(t *testing.T) {
	var doc struct {
		Cases []struct {
			ID, Function string
			Tolerance    float64
			Input        struct {
				Events []struct {
					At     time.Time
					Weight float64
					Kind   string
				}
				Now        time.Time
				Components []struct {
					Name      string
					Value, SE *float64
					Weight    float64
				}
			}
			Expected map[string]any
		}
	}
	body, err := os.ReadFile("testdata/reference-cases/10-relationship.json")
	if err == nil {
		err = json.Unmarshal(body, &doc)
	}
	if err != nil || len(doc.Cases) < 3 {
		t.Fatal(len(doc.Cases), err)
	}
	for _, c := range doc.Cases {
		got := map[string]any{}
		switch c.Function {
		case "relationship.emotional_account":
			var entries []Entry
			for _, e := range c.Input.Events {
				entries = append(entries, Entry{Happened{e.Kind, e.At, 1}, e.Weight})
			}
			b := balance(entries, c.Input.Now)
			got = map[string]any{"deposits": b.Deposits, "withdrawals": b.Withdrawals, "balance": b.Deposits - b.Withdrawals, "index": b.Index, "lo": b.Low, "hi": b.High, "evidence": b.Evidence, "status": "insufficient"}
			if b.Enough {
				got["status"] = "ok"
			}
		case "relationship.composite":
			var parts []Component
			for _, x := range c.Input.Components {
				p := Component{Name: x.Name, Weight: x.Weight, Missing: x.Value == nil}
				if x.Value != nil {
					p.Value, p.SE = *x.Value, *x.SE
				}
				parts = append(parts, p)
			}
			h, ok := health(parts)
			if !ok {
				t.Errorf("%s: no index", c.ID)
			}
			got = map[string]any{"score": h.Score, "se": h.SE, "lo": h.Low, "hi": h.High, "coverage": h.Coverage, "equal_weight_score": h.Equal, "min_component": h.Weakest}
		default:
			t.Errorf("%s: nobody computes %s", c.ID, c.Function)
		}
		for name, want := range c.Expected {
			if x, isNumber := want.(float64); isNumber {
				if have, ok := got[name].(float64); !ok || math.Abs(have-x) > max(c.Tolerance, c.Tolerance*math.Abs(x)) {
					t.Errorf("%s.%s: %v, want %v", c.ID, name, got[name], want)
				}
			} else if got[name] != want {
				t.Errorf("%s.%s: %v, want %v", c.ID, name, got[name], want)
			}
		}
	}
}

// TestAnAccountIsNotGuessed: of later events, of none, and of parts of which too little is known.
func TestAnAccountIsNotGuessed(t *testing.T) {
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	if b := balance([]Entry{{Happened{Late, now.Add(time.Hour), 1}, -1}}, now); b.Withdrawals != 0 || b.Enough || b.Index != 50 {
		t.Errorf("tomorrow's: %+v", b)
	}
	if b := balance([]Entry{{Happened{InTime, now.Add(-HalfLife), 6}, 1}}, now); math.Abs(b.Deposits-3) > 1e-12 || !b.Enough {
		t.Errorf("after a half-life: %+v", b)
	}
	if b := balance([]Entry{{Happened{InTime, now.Add(-time.Hour), 1}, 1}, {Happened{InTime, now, -3}, 1}}, now); b.Deposits != 0 || b.Enough {
		t.Errorf("corrected away: %+v", b)
	}
	if h, ok := health([]Component{{"in time", 90, 2, 59, false}, {"survey", 0, 0, 41, true}}); ok || h.Coverage != 0.59 {
		t.Errorf("of too little: %+v", h)
	}
	if _, ok := health(nil); ok {
		t.Error("of nothing")
	}
}
