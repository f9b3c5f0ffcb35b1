package form

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
)

// Check tells everything that is wrong with a definition. Names are paths in it: "fields[2].options[0].code".
func (f Form) Check() fault.Fields { return f.CheckIn("") }

// CheckIn is Check, with every name there in the company's main language.
func (f Form) CheckIn(main string) fault.Fields {
	c := checking{main: main}
	if n := count(f.Fields); n > MaxFields {
		c.errs.Add("fields", "form.definition.too-many-fields", "max", MaxFields, "count", n)
	}
	c.sections(f)
	c.fields(f, f.Fields, "", nil)
	return c.errs
}

func count(fields []Field) int {
	n := len(fields)
	for _, f := range fields {
		n += len(f.Fields)
	}
	return n
}

// background reads values of definitions, which are canonical and of no reader's zone.
var background = context.Background()

type checking struct {
	errs fault.Fields
	main string // language in which every name is there; "": one of them
}

// fields checks the fields of a form (around nil) or the columns of a table.
func (c *checking) fields(form Form, fields []Field, path string, around *answers) {
	seen := map[string]bool{}
	for i, x := range fields {
		at := fmt.Sprintf("%sfields[%d]", path, i)
		switch {
		case !keyPattern.MatchString(x.Key):
			c.errs.Add(at+".key", "form.definition.key", "key", x.Key)
		case seen[x.Key]:
			c.errs.Add(at+".key", "form.definition.key-twice", "key", x.Key)
		}
		seen[x.Key] = true
		if !x.Type.Known() {
			c.errs.Add(at+".type", "form.definition.type", "type", string(x.Type))
		}
		c.text(at+".label", x.Label, MaxLabel, true)
		c.text(at+".hint", x.Hint, MaxHint, false)
		c.options(at, x)
		before := &answers{fields: fields[:i], around: around}
		c.rules(at, x)
		c.conditions(at, x, before)
		c.kind(form, at, x, before, around != nil)
	}
}

// rules checks what bounds an answer.
func (c *checking) rules(at string, x Field) {
	for _, b := range [...]struct{ name, bound string }{{".min", x.Min}, {".max", x.Max}} {
		if b.bound != "" && x.Type.Known() && (!x.checkBound(b.bound) || x.Type == Rating && b.name == ".min") {
			c.errs.Add(at+b.name, "form.definition.bound", "given", clip(b.bound, 40), "type", string(x.Type))
		}
	}
	if x.crossed() {
		c.errs.Add(at+".max", "form.definition.crossed", "min", x.Min, "max", x.Max)
	}
	c.text(at+".pattern_text", x.PatternText, MaxHint, false)
	if x.Pattern != "" {
		_, err := regexp.Compile(x.Pattern)
		if err != nil || len(x.Pattern) > 200 || x.Type != Text && x.Type != LongText {
			c.errs.Add(at+".pattern", "form.definition.pattern", "given", clip(x.Pattern, 40))
		}
	}
	c.standard(at, x)
	if x.Indexed && (!x.Type.Indexable() || x.Sensitive) {
		c.errs.Add(at+".indexed", "form.definition.indexed", "type", string(x.Type))
	}
	if x.Required && !x.Type.Asks() {
		c.errs.Add(at+".required", "form.definition.not-asked", "type", string(x.Type))
	}
}

// standard checks a default: its places are known, and what it says is an answer of the field.
func (c *checking) standard(at string, x Field) {
	if x.Default == "" {
		return
	}
	if !x.Type.defaultable() || utf8.RuneCountInString(x.Default) > MaxHint {
		c.errs.Add(at+".default", "form.definition.default-unwanted", "type", string(x.Type))
		return
	}
	places := placePattern.FindAllStringSubmatch(x.Default, -1)
	for _, p := range places {
		if !knownPlace(p[1]) {
			c.errs.Add(at+".default", "form.definition.place", "given", clip(p[1], 40), "known", strings.Join(Places, ", "))
			return
		}
	}
	if len(places) > 0 || x.Type == Person || x.Type == Department || x.Type == Relation {
		return
	}
	if v, bad, _ := x.read(background, Resolve{}, x.split(x.Default), nil); bad != nil || v == nil {
		c.errs.Add(at+".default", "form.definition.default", "given", clip(x.Default, 40), "type", string(x.Type))
	}
}

// conditions checks those of a field. Only fields before it can be looked at.
func (c *checking) conditions(at string, x Field, before *answers) {
	c.condition(at+".visible_if", x.VisibleIf, before)
	c.condition(at+".required_if", x.RequiredIf, before)
	c.condition(at+".read_only_if", x.ReadOnlyIf, before)
	if !x.Type.Asks() {
		if x.RequiredIf != nil {
			c.errs.Add(at+".required_if", "form.definition.not-asked", "type", string(x.Type))
		}
		if x.ReadOnlyIf != nil {
			c.errs.Add(at+".read_only_if", "form.definition.not-asked", "type", string(x.Type))
		}
	}
}

const maxRules = 20 // of a condition

func (c *checking) condition(at string, cond *Condition, before *answers) {
	if cond == nil {
		return
	}
	if len(cond.All) > 0 && len(cond.Any) > 0 {
		c.errs.Add(at, "form.definition.all-any")
	}
	if cond.Not && len(cond.All)+len(cond.Any) == 0 {
		c.errs.Add(at, "form.definition.not-nothing")
	}
	if len(cond.fieldsOf()) > maxRules {
		c.errs.Add(at, "form.definition.too-many-rules", "max", maxRules)
	}
	c.group(at, cond.All, cond.Any, func(at string, r Rule) {
		if r.Field != "" || len(r.All)+len(r.Any) == 0 {
			c.rule(at, r, before)
			return
		}
		if len(r.All) > 0 && len(r.Any) > 0 {
			c.errs.Add(at, "form.definition.all-any")
		}
		c.group(at, r.All, r.Any, func(at string, r Rule) { c.rule(at, r, before) })
	})
}

func (c *checking) group(at string, all, some []Rule, check func(at string, r Rule)) {
	for i, r := range all {
		check(fmt.Sprintf("%s.all[%d]", at, i), r)
	}
	for i, r := range some {
		check(fmt.Sprintf("%s.any[%d]", at, i), r)
	}
}

func (c *checking) rule(at string, r Rule, before *answers) {
	f, _ := before.find(r.Field)
	switch {
	case len(r.All)+len(r.Any) > 0:
		c.errs.Add(at, "form.definition.nested")
		return
	case r.Not:
		c.errs.Add(at, "form.definition.not-rule")
		return
	case f.Key == "":
		c.errs.Add(at+".field", "form.definition.rule-field", "given", clip(r.Field, 40))
		return
	case !slices.Contains(f.operators(), r.Op):
		c.errs.Add(at+".op", "form.definition.rule-op", "given", clip(string(r.Op), 20), "field", f.Key, "known", f.operatorNames())
		return
	}
	needs := r.Op != Filled && r.Op != Empty
	if !needs && len(r.Value) > 0 || needs && len(r.Value) == 0 || len(r.Value) > 1 && r.Op != In && r.Op != NotIn {
		c.errs.Add(at+".value", "form.definition.rule-value", "op", string(r.Op))
		return
	}
	for _, v := range r.Value {
		if !f.comparable(v) {
			c.errs.Add(at+".value", "form.definition.rule-answer", "given", clip(v, 40), "field", f.Key)
		}
	}
}

func (f Field) operatorNames() string {
	var names []string
	for _, o := range f.operators() {
		names = append(names, string(o))
	}
	return strings.Join(names, ", ")
}

// comparable says whether a value can be an answer of the field, in canonical form.
func (f Field) comparable(v string) bool {
	f.Pattern, f.Min = "", ""
	if f.Type == Formula {
		f.Type = f.as()
	}
	switch f.Type {
	case Checkbox:
		return v == "true" || v == "false"
	case SingleSelect, MultiSelect, Cascade:
		return len(f.path(v)) > 0
	case Text, LongText, Phone, EmailURL, AutoNumber:
		return trim(v) != ""
	}
	value, bad, _ := f.read(background, Resolve{}, v, nil)
	return bad == nil && value != nil && (f.Type.numeric() || texted(value) == v)
}

// kind checks what belongs to one type alone.
func (c *checking) kind(form Form, at string, x Field, before *answers, inTable bool) {
	unwanted := func(name string, there bool, types ...Type) {
		if there && !slices.Contains(types, x.Type) {
			c.errs.Add(at+"."+name, "form.definition.unwanted", "given", name, "type", string(x.Type))
		}
	}
	unwanted("accept", x.Accept != "", Attachment, EmailURL)
	unwanted("of", x.Of != "", Relation)
	unwanted("formula", x.Formula != "", Formula)
	unwanted("as", x.As != "", Formula)
	unwanted("decimals", x.Decimals != nil, Formula)
	unwanted("number", x.Number != "", AutoNumber)
	unwanted("fields", len(x.Fields) > 0, Table)
	if x.Sum && (!inTable || !x.Type.numeric() || x.Type == Rating) {
		c.errs.Add(at+".sum", "form.definition.sum")
	}
	switch x.Type {
	case Attachment:
		c.oneOf(at+".accept", x.Accept, "", "image")
	case EmailURL:
		c.oneOf(at+".accept", x.Accept, "", "email", "url")
	case Relation:
		if !keyPattern.MatchString(x.Of) {
			c.errs.Add(at+".of", "form.definition.of")
		}
	case AutoNumber:
		if !checkNumber(x.Number) || inTable {
			c.errs.Add(at+".number", "form.definition.number", "given", clip(x.Number, 60))
		}
	case Formula:
		c.formula(at, x, before)
	case Table:
		switch {
		case inTable:
			c.errs.Add(at+".type", "form.definition.table-in-table")
		case len(x.Fields) == 0:
			c.errs.Add(at+".fields", "form.definition.no-columns")
		default:
			c.fields(form, x.Fields, at+".", before)
		}
	}
}

func (c *checking) oneOf(at, given string, known ...string) {
	if !slices.Contains(known, given) {
		c.errs.Add(at, "form.definition.one-of", "given", clip(given, 40), "known", strings.Join(known[1:], ", "))
	}
}

func (c *checking) formula(at string, x Field, before *answers) {
	c.oneOf(at+".as", string(x.As), "", string(Number), string(Currency), string(Percent))
	if x.Decimals != nil && (*x.Decimals < 0 || *x.Decimals > maxDecimals) {
		c.errs.Add(at+".decimals", "form.definition.decimals", "max", maxDecimals)
	}
	n, bad := compiled(x.Formula)
	if bad == nil {
		var kind string
		if kind, bad = n.check(before); bad == nil && kind != aNumber {
			bad = wrong("form.formula.no-number")
		}
	}
	if bad != nil {
		c.errs.Add(at+".formula", bad.key, bad.args...)
	}
}

// sections checks that each has a title and fields, that no field is in two, and that they follow the order of the form.
func (c *checking) sections(f Form) {
	if len(f.Sections) > MaxSections {
		c.errs.Add("sections", "form.definition.too-many-sections", "max", MaxSections, "count", len(f.Sections))
	}
	place := map[string]int{}
	for i, x := range f.Fields {
		place[x.Key] = i
	}
	seen, taken, last := map[string]bool{}, map[string]bool{}, -1
	for i, s := range f.Sections {
		at := fmt.Sprintf("sections[%d]", i)
		if !keyPattern.MatchString(s.Key) || seen[s.Key] {
			c.errs.Add(at+".key", "form.definition.section-key", "key", s.Key)
		}
		seen[s.Key] = true
		c.text(at+".title", s.Title, MaxLabel, true)
		c.text(at+".help", s.Help, MaxHint, false)
		if s.Columns < 0 || s.Columns > 2 {
			c.errs.Add(at+".columns", "form.definition.columns")
		}
		first := len(f.Fields)
		for k, key := range s.Fields {
			to := fmt.Sprintf("%s.fields[%d]", at, k)
			n, known := place[key]
			switch {
			case !known:
				c.errs.Add(to, "form.definition.section-field", "key", clip(key, 40))
				continue
			case taken[key]:
				c.errs.Add(to, "form.definition.section-twice", "key", key)
			case n != last+1 && (k > 0 || last >= 0) || n <= last:
				c.errs.Add(to, "form.definition.section-order", "key", key)
			}
			taken[key], last, first = true, n, min(first, n)
		}
		c.condition(at+".visible_if", s.VisibleIf, &answers{fields: f.Fields[:first]})
	}
	if last >= 0 && last != len(f.Fields)-1 {
		c.errs.Add("sections", "form.definition.section-rest", "key", f.Fields[len(f.Fields)-1].Key)
	}
}

func (c *checking) text(at string, t lang.Text, limit int, required bool) {
	switch l := t.Lacks(c.main); {
	case !required || l == "":
	case t.Empty():
		c.errs.Add(at, "form.definition.label")
	default:
		c.errs.Add(at+"."+l, "form.definition.label-"+l)
	}
	for _, s := range [...]string{t.Zh, t.En} {
		if n := utf8.RuneCountInString(s); n > limit {
			c.errs.Add(at, "form.too-long", "max", limit, "count", n)
		}
	}
}

func (c *checking) options(at string, x Field) {
	if !x.Type.Selects() {
		if len(x.Options) > 0 {
			c.errs.Add(at+".options", "form.definition.options-unwanted", "type", string(x.Type))
		}
		return
	}
	if n := countOptions(x.Options); n > MaxOptions {
		c.errs.Add(at+".options", "form.definition.too-many-options", "max", MaxOptions, "count", n)
	}
	c.level(at, x, x.Options, 1)
}

func countOptions(options []Option) int {
	n := len(options)
	for _, o := range options {
		n += countOptions(o.Options)
	}
	return n
}

func (c *checking) level(at string, x Field, options []Option, level int) {
	if len(options) == 0 {
		c.errs.Add(at+".options", "form.definition.options-missing")
	}
	seen := map[string]bool{}
	for j, o := range options {
		to := fmt.Sprintf("%s.options[%d]", at, j)
		switch {
		case !codePattern.MatchString(o.Code):
			c.errs.Add(to+".code", "form.definition.code", "code", o.Code)
		case seen[o.Code]:
			c.errs.Add(to+".code", "form.definition.code-twice", "code", o.Code)
		}
		seen[o.Code] = true
		c.text(to+".label", o.Label, MaxLabel, true)
		switch {
		case len(o.Options) == 0:
		case x.Type != Cascade || level == MaxDepth:
			c.errs.Add(to+".options", "form.definition.too-deep", "max", MaxDepth)
		default:
			c.level(to, x, o.Options, level+1)
		}
	}
}
