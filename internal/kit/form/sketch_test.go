package form

import (
	"encoding/json"
	"net/url"
	"testing"
)

// TestASketchKeepsACondition: shown in the builder and sent untouched, every condition of the shared cases is the same to the byte.
func TestASketchKeepsACondition(t *testing.T) {
	c := readConditions(t)
	for _, x := range c.Cases {
		s := SketchOf(&x.When)
		posted := url.Values{"when.match": {s.Match}}
		post := func(at string, r SketchRule) {
			posted[at+".field"], posted[at+".op"], posted[at+".value"] = []string{r.Field}, []string{string(r.Op)}, r.Values
		}
		for n, r := range s.Rules {
			at := "when[" + string(rune('0'+n)) + "]"
			if r.Match == "" {
				post(at, r)
				continue
			}
			posted[at+".match"] = []string{r.Match}
			for k, inner := range r.Rules {
				post(at+"["+string(rune('0'+k))+"]", inner)
			}
		}
		was, _ := json.Marshal(x.When)
		if is, _ := json.Marshal(Posted("when", posted).Trimmed().Condition(c.Fields)); string(is) != string(was) {
			t.Errorf("%s became\n%s, was\n%s", x.Name, is, was)
		}
	}
}

func TestWhatTheButtonsOfABuilderDo(t *testing.T) {
	start := Sketch{Match: MatchAny, Rules: []SketchRule{{Field: "a"}, {Match: MatchAll, Rules: []SketchRule{{Field: "b"}, {Field: "c"}}}}}
	for _, c := range []struct{ name, do, want string }{
		{"a rule at the end", "rule", "a (b c) _"},
		{"a rule in a group", "rule:1", "a (b c _)"},
		{"a group has room for two", "group", "a (b c) (_ _)"},
		{"a rule goes", "out:0", "(b c)"},
		{"a group goes with its rules", "out:1", "a"},
		{"a rule of a group goes", "out:1.0", "a (c)"},
		{"nothing changes", "same", "a (b c)"},
		{"what is not there stays away", "out:9", "a (b c)"},
		{"nor what no number is", "out:x.y", "a (b c)"},
		{"nor what is below nothing", "out:-1", "a (b c)"},
		{"a group in a place that is none", "rule:7", "a (b c)"},
	} {
		if got := drawn(start.Do(c.do).Rules); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if got := drawn(start.Rules); got != "a (b c)" {
			t.Fatalf("%s changed what it began with: %s", c.name, got)
		}
	}
	blank := Sketch{Rules: []SketchRule{{}, {Match: MatchAll, Rules: []SketchRule{{}}}, {Match: MatchAny, Rules: []SketchRule{{}, {Field: "b"}}}}}
	if got := drawn(blank.Trimmed().Rules); got != "(b)" {
		t.Errorf("trimmed it is %s", got)
	}
	if (Sketch{Match: MatchAll}).Condition(nil) != nil || (Sketch{Match: MatchAlways}).Condition(nil) == nil {
		t.Error("no rules are no condition, but for always")
	}
}

func drawn(rules []SketchRule) string {
	out := ""
	for _, r := range rules {
		if out != "" {
			out += " "
		}
		switch {
		case r.Match != "":
			out += "(" + drawn(r.Rules) + ")"
		case r.Field == "":
			out += "_"
		default:
			out += r.Field
		}
	}
	return out
}
