package disclose

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"testing"
)

// TestReferenceCases runs "anonymity.audit_table", "anonymity.differencing" and "anonymity.plan_suppression".
func TestReferenceCases(t *testing.T) {
	var doc struct {
		Cases []struct {
			ID, Function string
			Input        struct {
				Table      [][]int64
				Suppressed []Place
				Groups     [][]ID `json:"published_groups"`
				K          int64
			}
			Expected struct {
				Ranges []struct {
					Row, Col int
					Min, Max int64
				}
				Exposed    [][3]int64
				Narrow     []Place
				Violations []any
				Primary    []Place
				Additional int `json:"min_additional"`
			}
		}
	}
	body, err := os.ReadFile("testdata/reference-cases/09-scorecard.json")
	if err == nil {
		err = json.Unmarshal(body, &doc)
	}
	if err != nil || len(doc.Cases) < 6 {
		t.Fatal(len(doc.Cases), err)
	}
	for _, c := range doc.Cases {
		in, want := c.Input, c.Expected
		switch c.Function {
		case "anonymity.audit_table":
			ranges, exposed, narrow := AuditTable(in.Table, in.Suppressed, in.K)
			for i, r := range want.Ranges {
				if got := (Range{Place{r.Row, r.Col}, r.Min, r.Max}); ranges[i] != got {
					t.Errorf("%s: %v, want %v", c.ID, ranges[i], got)
				}
			}
			var exact [][3]int64
			for _, r := range exposed {
				exact = append(exact, [3]int64{int64(r.Place[0]), int64(r.Place[1]), r.Min})
			}
			if len(ranges) != len(want.Ranges) || !slices.Equal(exact, want.Exposed) || !slices.Equal(narrow, want.Narrow) {
				t.Errorf("%s: exposed %v, narrow %v", c.ID, exact, narrow)
			}
		case "anonymity.differencing":
			var got []any
			for _, d := range Differences(in.Groups, int(in.K)) {
				var exposed []any
				for _, id := range d.Exposed {
					exposed = append(exposed, float64(id))
				}
				got = append(got, []any{float64(d.Subset), float64(d.Superset), exposed})
			}
			if !reflect.DeepEqual(got, want.Violations) {
				t.Errorf("%s: %v, want %v", c.ID, got, want.Violations)
			}
		case "anonymity.plan_suppression":
			primary, further, ok := PlanSuppression(in.Table, in.K)
			if !ok || !slices.Equal(primary, want.Primary) || len(further) < want.Additional || len(further) > want.Additional+2 {
				t.Errorf("%s: %v and %v, %v", c.ID, primary, further, ok)
			}
			ranges, _, _ := AuditTable(in.Table, slices.Concat(primary, further), in.K)
			for _, r := range ranges[:len(primary)] {
				if r.Max < in.K || r.Max-r.Min < in.K {
					t.Errorf("%s: %v can be worked out: %v", c.ID, r.Place, r)
				}
			}
		default:
			t.Errorf("%s: nobody runs %s", c.ID, c.Function)
		}
	}
}

func TestATableThatCannotBeProtected(t *testing.T) {
	if _, _, ok := PlanSuppression([][]int64{{2, 9, 9}}, 5); ok {
		t.Error("one row cannot be protected")
	}
	if primary, further, ok := PlanSuppression([][]int64{{0, 9}, {7, 8}}, 5); !ok || len(primary)+len(further) > 0 {
		t.Error("nothing is small, and something is hidden")
	}
}
