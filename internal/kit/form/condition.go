package form

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// Condition says when something holds: all of its rules, or any of them; with Not, when these do not. A rule may be a group of
// rules, one level deep. The zero Condition always holds; a nil one is none.
type Condition struct {
	All []Rule `json:"all,omitempty" doc:"All of these hold"`
	Any []Rule `json:"any,omitempty" doc:"One of these holds"`
	Not bool   `json:"not,omitempty" doc:"The contrary"`
}

// Rule compares the answer of one field, or is a group (then Field is empty). Only a group is reversed by Not: a comparison has its
// own contrary.
type Rule struct {
	Field string  `json:"field,omitempty" doc:"Key of a field that stands before; empty: a group of rules"`
	Op    Op      `json:"op,omitempty" enum:"eq,ne,in,not_in,gt,gte,lt,lte,contains,filled,empty"`
	Value Operand `json:"value,omitempty" doc:"What the answer is compared with"`
	All   []Rule  `json:"all,omitempty"`
	Any   []Rule  `json:"any,omitempty"`
	Not   bool    `json:"not,omitempty"`
}

// group is a rule without a field as the condition that it is.
func (r Rule) group() *Condition { return &Condition{All: r.All, Any: r.Any, Not: r.Not} }

// Op is how a rule compares.
type Op string

// The operators. Of an answer that is missing only Empty, Not and NotIn hold.
const (
	Is       Op = "eq"       // equal; of a multi_select: chosen; of a cascade: the option or one below it
	Not      Op = "ne"       // the contrary
	In       Op = "in"       // Is one of several
	NotIn    Op = "not_in"   // the contrary
	Above    Op = "gt"       // numbers, days, months
	AtLeast  Op = "gte"      //
	Below    Op = "lt"       //
	AtMost   Op = "lte"      //
	Contains Op = "contains" // texts, without regard to case
	Filled   Op = "filled"   // there is an answer
	Empty    Op = "empty"    // there is none
)

// Operand is what an answer is compared with: one or several canonical values as texts. In JSON one stands alone; numbers and
// truth values are taken as their texts.
type Operand []string

// MarshalJSON writes one value alone and several as a list.
func (o Operand) MarshalJSON() ([]byte, error) {
	if len(o) == 1 {
		return json.Marshal(o[0])
	}
	return json.Marshal([]string(o))
}

// UnmarshalJSON reads either.
func (o *Operand) UnmarshalJSON(data []byte) error {
	dec := json.NewDecoder(strings.NewReader(string(data)))
	dec.UseNumber()
	var raw any
	if err := dec.Decode(&raw); err != nil {
		return err
	}
	list, ok := raw.([]any)
	if !ok {
		list = []any{raw}
	}
	*o = nil
	for _, x := range list {
		switch x := x.(type) {
		case nil:
		case string, json.Number, bool:
			*o = append(*o, fmt.Sprint(x))
		default:
			return fmt.Errorf("a value is a text, a number or a truth value, not %s", data)
		}
	}
	return nil
}

// operators by type, in the order in which a builder offers them.
func (f Field) operators() []Op {
	switch f.as() {
	case Text, LongText, Phone, EmailURL, AutoNumber:
		return []Op{Is, Not, Contains, Filled, Empty}
	case Number, Currency, Percent, Date, Month, Rating:
		return []Op{Is, Not, Above, AtLeast, Below, AtMost, Filled, Empty}
	case SingleSelect, MultiSelect, Cascade, Person, Department, Relation:
		return []Op{Is, Not, In, NotIn, Filled, Empty}
	case Checkbox:
		return []Op{Is}
	}
	return []Op{Filled, Empty}
}

// Operators are those that a condition on the field may use.
func (f Field) Operators() []Op { return f.operators() }

// Operand reads what somebody typed into a builder of conditions: options by their labels, numbers and days as people write them; of
// In and NotIn several with commas. What is no answer of the field stays as it is, for Check to refuse.
func (f Field) Operand(text string, op Op) Operand {
	list := []string{text}
	if op == In || op == NotIn {
		list = strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",，、;；|", r) })
	}
	f.Pattern, f.Min = "", ""
	if f.Type == Formula {
		f.Type = f.as()
	}
	out := Operand{}
	for _, s := range list {
		s = trim(s)
		if f.Type.Selects() {
			if code, _ := f.find(s); code != "" {
				s = code
			}
		} else if value, bad, err := f.read(background, Resolve{}, s, nil); f.Type == Checkbox {
			s = fmt.Sprint(value == true)
		} else if bad == nil && err == nil && value != nil {
			if s = fmt.Sprint(value); f.Type == Currency {
				s = plain(s)
			}
		}
		out = append(out, s)
	}
	return out
}

// answers finds the field and the answer of a key: in a row first, then in the form around it.
type answers struct {
	fields []Field
	values Values
	around *answers
}

func (a *answers) find(key string) (Field, any) {
	for ; a != nil; a = a.around {
		for _, f := range a.fields {
			if f.Key == key {
				return f, a.values[key]
			}
		}
	}
	return Field{}, nil
}

// holds says whether a condition is true of the answers.
func (c *Condition) holds(a *answers) bool {
	if len(c.Any) > 0 {
		return slices.ContainsFunc(c.Any, func(r Rule) bool { return r.holds(a) }) != c.Not
	}
	return slices.ContainsFunc(c.All, func(r Rule) bool { return !r.holds(a) }) == c.Not
}

func (r Rule) holds(a *answers) bool {
	if r.Field == "" {
		return r.group().holds(a)
	}
	f, value := a.find(r.Field)
	switch r.Op {
	case Filled:
		return value != nil
	case Empty:
		return value == nil
	case Not, NotIn:
		return !f.among(value, r.Value)
	case Is, In:
		return f.among(value, r.Value)
	case Contains:
		text, _ := value.(string)
		return text != "" && len(r.Value) > 0 && strings.Contains(strings.ToLower(text), strings.ToLower(r.Value[0]))
	}
	return value != nil && len(r.Value) > 0 && ordered(r.Op, f.compare(value, r.Value[0]))
}

func ordered(op Op, sign int) bool {
	switch op {
	case Above:
		return sign > 0
	case AtLeast:
		return sign >= 0
	case Below:
		return sign < 0
	case AtMost:
		return sign <= 0
	}
	return false
}

// among says whether the answer is one of the wanted ones.
func (f Field) among(value any, wanted []string) bool {
	if f.Type == Checkbox {
		return slices.Contains(wanted, fmt.Sprint(value == true))
	}
	if value == nil {
		return false
	}
	given := []string{}
	switch x := value.(type) {
	case []string:
		given = x
	case string, json.Number:
		given = []string{fmt.Sprint(x)}
	}
	for _, g := range given {
		for _, w := range wanted {
			if f.Type.numeric() && f.compare(g, w) == 0 || g == w || f.Type == Cascade && strings.HasPrefix(g, w+"/") {
				return true
			}
		}
	}
	return false
}

// compare is -1, 0 or 1 for an answer below, at or above a value of its kind.
func (f Field) compare(value any, with string) int {
	text := fmt.Sprint(value)
	if !f.Type.numeric() {
		return strings.Compare(text, with)
	}
	a, okA := new(big.Rat).SetString(text)
	b, okB := new(big.Rat).SetString(with)
	if !okA || !okB {
		return strings.Compare(text, with)
	}
	return a.Cmp(b)
}

// fieldsOf lists the keys that a condition looks at.
func (c *Condition) fieldsOf() []string {
	if c == nil {
		return nil
	}
	var keys []string
	for _, r := range append(slices.Clone(c.All), c.Any...) {
		if r.Field != "" {
			keys = append(keys, r.Field)
			continue
		}
		keys = append(keys, r.group().fieldsOf()...)
	}
	return keys
}
