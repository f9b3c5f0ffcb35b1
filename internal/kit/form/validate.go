package form

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"

	"neike/internal/kit/fault"
)

// Ref is what an answer points at: a person by 工号, a unit by code, a file by id.
type Ref struct {
	Code   string
	Name   string
	Detail string // what tells two of the same name apart: "财务部 · 会计", "1.2 MB"
	Link   string // of a file: where it is downloaded
}

// Resolve finds what answers point at. A nil function accepts every well-formed answer as it is; that is for replays
// of old data, not for the doors.
type Resolve struct {
	// People finds by 工号, or by a name that only one person bears. At most a handful of answers.
	People func(ctx context.Context, text string) ([]Ref, error)
	// Units finds by code or by name.
	Units func(ctx context.Context, text string) ([]Ref, error)
	// Files finds the files that the reader may attach or see; what is missing in the answer is not there for him.
	Files func(ctx context.Context, ids []string) ([]Ref, error)
	// Of finds records of an entity that relations point at, by code or by name, for those whom the reader may see.
	Of map[string]func(ctx context.Context, text string) ([]Ref, error)
	// Given is what defaults and bounds fill in, see Places; "" is nothing. It is asked only when a form says so.
	Given func(ctx context.Context, place string) (string, error)
	// Before is the answers that were stored before: numbers stay, and what cannot be changed.
	Before Values
}

// Validate turns answers from either door into canonical values. Fields are judged in the order of the form: a condition or
// formula sees the answers before it. What is not asked is dropped, what cannot be changed is kept (Resolve.Before) or taken from its
// default, what is counted is counted here; answers sent for those are passed over, so that what the API gives can be posted back.
// Findings name the input ("fields.amount", "fields.items[2].amount"), all at once. Unknown keys are refused: a misspelt key would
// silently lose an answer. The error is for a look-up that failed.
func (f Form) Validate(ctx context.Context, find Resolve, raw map[string]any) (Values, fault.Fields, error) {
	j := f.judge(find)
	values := make(Values, len(f.Fields))
	err := j.fields(ctx, &answers{fields: f.Fields, values: values}, prefix, raw, find.Before)
	if err != nil {
		return nil, j.errs, err
	}
	if j.errs.Len() > 0 {
		return nil, j.errs, nil
	}
	if n := len(values.JSON()); n > MaxValues {
		j.errs.Add("fields", "form.too-big", "max", MaxValues/1024)
		return nil, j.errs, nil
	}
	return values, j.errs, nil
}

func (f Form) judge(find Resolve) judge {
	j := judge{find: find, hidden: map[string]*Condition{}}
	for _, s := range f.Sections {
		for _, key := range s.Fields {
			if s.VisibleIf != nil {
				j.hidden[key] = s.VisibleIf
			}
		}
	}
	return j
}

// outcome is what answers as they are now come to, whatever is wrong with them: for drawing the inputs.
func (f Form) outcome(ctx context.Context, raw map[string]any) (Values, map[string]state) {
	j := f.judge(Resolve{Before: raw})
	j.state = map[string]state{}
	values := Values{}
	if err := j.fields(ctx, &answers{fields: f.Fields, values: values}, prefix, raw, raw); err != nil {
		return Values{}, j.state // nothing is looked up, so nothing fails
	}
	return values, j.state
}

// judge collects what is wrong while it walks through a form.
type judge struct {
	find   Resolve
	hidden map[string]*Condition // of sections, by key of the field
	errs   fault.Fields
	state  map[string]state // by path, when somebody asks for it
}

// state is what the conditions of a field come to.
type state struct{ hidden, required, locked bool }

func (j *judge) note(at string, s state) {
	if j.state != nil {
		j.state[at] = s
	}
}

// fields judges the fields of a form or of one row, each at path + its key, and puts the canonical answers into a.values.
func (j *judge) fields(ctx context.Context, a *answers, path string, raw map[string]any, before Values) error {
	all := a.fields
	for i, f := range all {
		a.fields = all[:i] // conditions and formulas see what stands before
		if s := j.hidden[f.Key]; a.around == nil && s != nil && !s.holds(a) || f.VisibleIf != nil && !f.VisibleIf.holds(a) {
			j.note(path+f.Key, state{hidden: true})
			continue
		}
		value, err := j.field(ctx, f, a, path, raw[f.Key], before[f.Key])
		if err != nil {
			return fmt.Errorf("read field %s%s: %w", path, f.Key, err)
		}
		if value != nil {
			a.values[f.Key] = value
		}
	}
	a.fields = all
	j.refuseUnknown(all, path, raw)
	return nil
}

func (j *judge) field(ctx context.Context, f Field, a *answers, path string, raw, before any) (any, error) {
	at := path + f.Key
	locked, required := f.ReadOnlyIf != nil && f.ReadOnlyIf.holds(a), f.Required || f.RequiredIf != nil && f.RequiredIf.holds(a)
	j.note(at, state{required: required, locked: locked})
	switch {
	case f.Type == Formula:
		return f.count(a), nil
	case f.Type == AutoNumber:
		return before, nil
	case locked:
		if before != nil {
			return before, nil
		}
		if f.Default == "" {
			return nil, nil
		}
		text, err := filledIn(ctx, j.find, f.Default)
		if err != nil {
			return nil, err
		}
		raw = f.split(text)
	}
	var value any
	var bad *bad
	var err error
	if found := j.errs.Len(); f.Type == Table {
		if value, bad, err = j.table(ctx, f, a, at, raw, before); err == nil && bad == nil && j.errs.Len() > found {
			return value, nil
		}
	} else {
		value, bad, err = f.read(ctx, j.find, raw, before)
	}
	if err == nil && bad == nil && value != nil && !f.stood(value, before) {
		bad, err = f.bounds(ctx, j.find, value)
	}
	switch {
	case err != nil:
		return nil, err
	case bad != nil:
		j.errs.Add(at, bad.key, bad.args...)
	case value == nil && required:
		j.errs.Add(at, f.Type.missing(), "label", f.Label.In(ctx))
	}
	return value, nil
}

// table judges the rows of a table. Rows without any answer are left out; a finding names the row as it was sent.
func (j *judge) table(ctx context.Context, f Field, a *answers, at string, raw, before any) (any, *bad, error) {
	given, bad := rowsOf(raw)
	if bad != nil {
		return nil, bad, nil
	}
	if len(given) > 10*MaxRows {
		return nil, wrong("form.too-many-rows", "max", MaxRows, "count", len(given)), nil
	}
	old, _ := before.([]Values)
	var rows []Values
	for i, row := range given {
		if blank(f.Fields, row) {
			continue
		}
		var kept Values
		if len(rows) < len(old) {
			kept = old[len(rows)]
		}
		values := make(Values, len(f.Fields))
		inner := &answers{fields: f.Fields, values: values, around: a}
		if err := j.fields(ctx, inner, fmt.Sprintf("%s[%d].", at, i), row, kept); err != nil {
			return nil, nil, err
		}
		rows = append(rows, values)
	}
	if rows == nil {
		return nil, nil, nil
	}
	if len(rows) > MaxRows {
		return nil, wrong("form.too-many-rows", "max", MaxRows, "count", len(rows)), nil
	}
	return rows, nil, nil
}

// rowsOf is a raw answer as rows.
func rowsOf(raw any) ([]map[string]any, *bad) {
	switch x := raw.(type) {
	case nil:
		return nil, nil
	case string:
		if trim(x) == "" {
			return nil, nil
		}
	case []Values:
		out := make([]map[string]any, 0, len(x))
		for _, row := range x {
			out = append(out, row)
		}
		return out, nil
	case []any:
		out := make([]map[string]any, 0, len(x))
		for _, y := range x {
			row, ok := y.(map[string]any)
			if !ok {
				return nil, wrong("form.rows")
			}
			out = append(out, row)
		}
		return out, nil
	case []string:
		if len(x) == 0 {
			return nil, nil
		}
	}
	return nil, wrong("form.rows")
}

// blank says whether a row holds no answer. What is counted is none; an unknown key is one, to be refused.
func blank(columns []Field, row map[string]any) bool {
	for key, v := range row {
		i := slices.IndexFunc(columns, func(f Field) bool { return f.Key == key })
		if i >= 0 && !columns[i].Type.Asks() {
			continue
		}
		if b, ok := v.(bool); ok && !b {
			continue
		}
		list, bad := several(v)
		if bad != nil || len(list) > 0 {
			return false
		}
	}
	return true
}

func (j *judge) refuseUnknown(fields []Field, path string, raw map[string]any) {
	var unknown []string
	for key := range raw {
		if !slices.ContainsFunc(fields, func(f Field) bool { return f.Key == key }) {
			unknown = append(unknown, key)
		}
	}
	sort.Strings(unknown)
	for _, key := range unknown {
		j.errs.Add(path+clip(key, 40), "form.unknown-field", "known", keysOf(fields))
	}
}

func keysOf(fields []Field) string {
	keys := make([]string, 0, len(fields))
	for _, x := range fields {
		keys = append(keys, x.Key)
	}
	return strings.Join(keys, ", ")
}

func (t Type) missing() string {
	switch t {
	case Attachment:
		return "form.required-file"
	case Checkbox:
		return "form.required-tick"
	case Table:
		return "form.required-row"
	case SingleSelect, MultiSelect, Cascade, Rating, Person, Department, Relation, Date, DateTime, Month:
		return "form.required-choice"
	}
	return "form.required"
}

// matches holds a text against the pattern of its field.
func (f Field) matches(ctx context.Context, text string) *bad {
	if f.Pattern == "" {
		return nil
	}
	pattern, err := regexp.Compile(`^(?:` + f.Pattern + `)$`)
	if err != nil || pattern.MatchString(text) {
		return nil
	}
	if own := f.PatternText.In(ctx); own != "" {
		return wrong("form.pattern-own", "text", own)
	}
	return wrong("form.pattern", "given", clip(text, 40))
}
