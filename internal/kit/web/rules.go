package web

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"neike/internal/kit/fault"
)

// rules are what the tags of a parameter say about its values; huma documents them, the door keeps them.
type rules struct {
	oneOf      []string // of a list: each of its values
	least      *int64
	most       *int64
	characters int // at most; 0: any number
}

func rulesOf(tag reflect.StructTag) rules {
	var r rules
	if list := tag.Get("enum"); list != "" {
		r.oneOf = strings.Split(list, ",")
	}
	number := func(name string) *int64 {
		text, there := tag.Lookup(name)
		if !there {
			return nil
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			panic("web: " + name + " of a parameter is " + text)
		}
		return &n
	}
	r.least, r.most = number("minimum"), number("maximum")
	if n := number("maxLength"); n != nil {
		r.characters = int(*n)
	}
	for _, unkept := range []string{"minLength", "pattern", "multipleOf", "minItems", "maxItems", "exclusiveMinimum", "exclusiveMaximum"} {
		if tag.Get(unkept) != "" {
			panic("web: the door does not keep the " + unkept + " of parameters")
		}
	}
	return r
}

// check says whether the value that a parameter came with keeps the rules, and adds what is wrong. That it must come is
// for its room to say.
func (r rules) check(name, text string, v reflect.Value, wrong *fault.Fields) bool {
	before := wrong.Len()
	switch n := utf8.RuneCountInString(text); {
	case r.characters > 0 && n > r.characters:
		wrong.Add(name, "web.too-long", "max", r.characters, "count", n)
	case r.least != nil && v.Int() < *r.least:
		wrong.Add(name, "web.at-least", "least", *r.least)
	case r.most != nil && v.Int() > *r.most:
		wrong.Add(name, "web.at-most", "most", *r.most)
	case r.oneOf != nil && !r.allows(v):
		wrong.Add(name, "web.one-of", "options", strings.Join(r.oneOf, ", "))
	}
	return wrong.Len() == before
}

// allows says whether a text, or each text of a list, is one of those that may be.
func (r rules) allows(v reflect.Value) bool {
	if v.Kind() != reflect.Slice {
		return slices.Contains(r.oneOf, v.String())
	}
	for i := range v.Len() {
		if !slices.Contains(r.oneOf, v.Index(i).String()) {
			return false
		}
	}
	return true
}
