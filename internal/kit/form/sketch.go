package form

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Sketch is a condition while somebody puts it together by clicking: the one place where a rule may still lack its field. Builder
// draws it, Posted reads it, Condition makes of it what is stored.
type Sketch struct {
	Match string // how the rules are taken together, see Matches
	Rules []SketchRule
}

// SketchRule is a rule, or a group of rules when Match is set.
type SketchRule struct {
	Field  string
	Op     Op
	Values []string // as they were chosen or typed
	Match  string
	Rules  []SketchRule
}

// The ways of taking rules together. Always is a condition without rules that holds, where a builder offers that.
const (
	MatchAll    = "all"
	MatchAny    = "any"
	MatchNone   = "none"    // not any
	MatchNotAll = "not_all" // not all
	MatchAlways = "always"
)

// Matches are those that a builder offers everywhere.
var Matches = []string{MatchAll, MatchAny, MatchNone, MatchNotAll}

// SketchOf is a stored condition, to be changed.
func SketchOf(c *Condition) Sketch {
	if c == nil {
		return Sketch{Match: MatchAll}
	}
	if len(c.All)+len(c.Any) == 0 {
		return Sketch{Match: MatchAlways}
	}
	s := Sketch{Match: c.match()}
	for _, r := range c.rules() {
		if r.Field != "" {
			s.Rules = append(s.Rules, sketched(r))
			continue
		}
		g := SketchRule{Match: r.group().match()}
		for _, x := range r.group().rules() {
			g.Rules = append(g.Rules, sketched(x))
		}
		s.Rules = append(s.Rules, g)
	}
	return s
}

func sketched(r Rule) SketchRule {
	return SketchRule{Field: r.Field, Op: r.Op, Values: slices.Clone(r.Value)}
}

func (c *Condition) rules() []Rule {
	if len(c.Any) > 0 {
		return c.Any
	}
	return c.All
}

func (c *Condition) match() string {
	switch {
	case len(c.Any) > 0 && c.Not:
		return MatchNone
	case len(c.Any) > 0:
		return MatchAny
	case c.Not:
		return MatchNotAll
	}
	return MatchAll
}

func matched(match string, rules []Rule) *Condition {
	c := &Condition{Not: match == MatchNone || match == MatchNotAll}
	if match == MatchAny || match == MatchNone {
		c.Any = rules
	} else {
		c.All = rules
	}
	return c
}

// Condition is the sketch as it is stored, looking at the fields before; nil without rules. It takes what Trimmed gives: then
// findings about it bear the places of the sketch.
func (s Sketch) Condition(before []Field) *Condition {
	if len(s.Rules) == 0 {
		if s.Match == MatchAlways {
			return &Condition{}
		}
		return nil
	}
	var list []Rule
	for _, r := range s.Rules {
		if r.Match == "" {
			list = append(list, r.rule(before))
			continue
		}
		var inner []Rule
		for _, x := range r.Rules {
			inner = append(inner, x.rule(before))
		}
		c := matched(r.Match, inner)
		list = append(list, Rule{All: c.All, Any: c.Any, Not: c.Not})
	}
	return matched(s.Match, list)
}

func (r SketchRule) rule(before []Field) Rule {
	out := Rule{Field: r.Field, Op: r.Op}
	i := slices.IndexFunc(before, func(x Field) bool { return x.Key == r.Field })
	if i < 0 || r.Op == Filled || r.Op == Empty {
		return out
	}
	for _, v := range r.Values {
		if strings.TrimSpace(v) != "" {
			out.Value = append(out.Value, before[i].Operand(v, r.Op)...)
		}
	}
	return out
}

// Trimmed is the sketch without rules that look at no field, and without groups that hold none.
func (s Sketch) Trimmed() Sketch {
	rules := []SketchRule{}
	for _, r := range s.Rules {
		if r.Match != "" {
			r.Rules = slices.DeleteFunc(slices.Clone(r.Rules), func(x SketchRule) bool { return x.Field == "" })
			if len(r.Rules) == 0 {
				continue
			}
		} else if r.Field == "" {
			continue
		}
		rules = append(rules, r)
	}
	s.Rules = rules
	return s
}

var sketchName = regexp.MustCompile(`^\[(\d{1,2})\](?:\[(\d{1,2})\])?\.(field|op|value|match)$`)

// Posted reads the sketch of a name out of a posted page: "visible.match", "visible[0].field", "visible[1][0].value".
func Posted(name string, posted url.Values) Sketch {
	s := Sketch{Match: posted.Get(name + ".match")}
	rules, inner := map[int]*SketchRule{}, map[int]map[int]*SketchRule{}
	for key, list := range posted {
		rest, ok := strings.CutPrefix(key, name)
		m := sketchName.FindStringSubmatch(rest)
		if !ok || m == nil || len(list) == 0 {
			continue
		}
		n, _ := strconv.Atoi(m[1]) // the pattern has digits alone
		r := at(rules, n)
		if m[2] != "" {
			k, _ := strconv.Atoi(m[2])
			if inner[n] == nil {
				inner[n] = map[int]*SketchRule{}
			}
			r = at(inner[n], k)
		}
		r.take(m[3], list)
	}
	for n, r := range rules {
		r.Rules = listed(inner[n])
	}
	s.Rules = listed(rules)
	if !slices.Contains(append(Matches, MatchAlways), s.Match) {
		s.Match = MatchAll
	}
	return s
}

func (r *SketchRule) take(part string, list []string) {
	switch part {
	case "field":
		r.Field = list[0]
	case "op":
		r.Op = Op(list[0])
	case "value":
		r.Values = list
	case "match":
		if r.Match = list[0]; !slices.Contains(Matches, r.Match) {
			r.Match = MatchAll
		}
	}
}

func at(m map[int]*SketchRule, n int) *SketchRule {
	if m[n] == nil {
		m[n] = &SketchRule{}
	}
	return m[n]
}

func listed(m map[int]*SketchRule) []SketchRule {
	var out []SketchRule
	for n := range 100 {
		if m[n] != nil {
			out = append(out, *m[n])
		}
	}
	return out
}

// Do is what a button of the builder does: "rule" and "group" add one at the end, "rule:2" one to the third group, "out:1" and
// "out:1.0" take one away, "same" changes nothing (the page is drawn to what was chosen).
func (s Sketch) Do(what string) Sketch {
	what, place, _ := strings.Cut(what, ":")
	first, second, deep := strings.Cut(place, ".")
	n, err := strconv.Atoi(first)
	inside := err == nil && n >= 0 && n < len(s.Rules)
	s.Rules = slices.Clone(s.Rules)
	if (what == "rule" || what == "group") && s.Match == MatchAlways {
		s.Match = MatchAll
	}
	switch {
	case what == "rule" && place == "":
		s.Rules = append(s.Rules, SketchRule{})
	case what == "group":
		s.Rules = append(s.Rules, SketchRule{Match: MatchAny, Rules: []SketchRule{{}, {}}})
	case what == "rule" && inside:
		s.Rules[n].Rules = append(slices.Clone(s.Rules[n].Rules), SketchRule{})
	case what == "out" && inside && !deep:
		s.Rules = slices.Delete(s.Rules, n, n+1)
	case what == "out" && inside:
		if k, err := strconv.Atoi(second); err == nil && k >= 0 && k < len(s.Rules[n].Rules) {
			s.Rules[n].Rules = slices.Delete(slices.Clone(s.Rules[n].Rules), k, k+1)
		}
	}
	return s
}
