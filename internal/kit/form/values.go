package form

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"sort"
	"strconv"
	"strings"

	"neike/internal/kit/fault"
)

// Values are answers in canonical form, by key: string, json.Number or []string. A field without an answer is absent.
type Values map[string]any

// JSON is the values as one object with sorted keys: the same answers are the same bytes.
func (v Values) JSON() string {
	if len(v) == 0 {
		return "{}"
	}
	b, err := json.Marshal(map[string]any(v))
	if err != nil {
		panic(fmt.Sprintf("form: canonical values did not marshal: %v", err))
	}
	return string(b)
}

// ParseValues reads what JSON wrote.
func ParseValues(data string) (Values, error) {
	if data == "" {
		return Values{}, nil
	}
	dec := json.NewDecoder(strings.NewReader(data))
	dec.UseNumber()
	raw := map[string]any{}
	if err := dec.Decode(&raw); err != nil {
		return nil, fmt.Errorf("read form values: %w", err)
	}
	v := make(Values, len(raw))
	for key, x := range raw {
		if list, ok := x.([]any); ok {
			v[key] = texts(list)
			continue
		}
		v[key] = x
	}
	return v, nil
}

func texts(list []any) []string {
	out := make([]string, 0, len(list))
	for _, x := range list {
		out = append(out, fmt.Sprint(x))
	}
	return out
}

// String is the answer of a field that has one value; "" when there is none.
func (v Values) String(key string) string {
	switch x := v[key].(type) {
	case string:
		return x
	case json.Number:
		return x.String()
	}
	return ""
}

// List is the answer of a field that has several values.
func (v Values) List(key string) []string {
	list, _ := v[key].([]string)
	return list
}

// Cents is the answer of a currency field in minor units (fen); ok is false when there is none.
func (v Values) Cents(key string) (fen int64, ok bool) {
	whole, cents, found := strings.Cut(v.String(key), ".")
	if !found {
		return 0, false
	}
	n, err := strconv.ParseInt(whole+cents, 10, 64)
	return n, err == nil
}

// Files lists the ids of all files of all attachment fields, in the order of the form.
func (f Form) Files(v Values) []string {
	var ids []string
	for _, x := range f.Fields {
		if x.Type == Attachment {
			ids = append(ids, v.List(x.Key)...)
		}
	}
	return ids
}

// Posted takes the answers out of a posted HTML form: inputs named "fields.KEY". A field that takes several values
// gives a []string, all others the first value. Blank answers are kept as "": Validate treats them as none.
func (f Form) Posted(posted url.Values) map[string]any {
	raw := map[string]any{}
	for name, list := range posted {
		key, ok := strings.CutPrefix(name, prefix)
		if !ok || len(list) == 0 {
			continue
		}
		field, known := f.Field(key)
		if known && (field.Type == MultiSelect || field.Type == Attachment) {
			raw[key] = append([]string(nil), list...)
			continue
		}
		raw[key] = list[0]
	}
	return raw
}

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
}

// Validate turns answers from either door into canonical values. Findings name the input ("fields.amount"). Unknown
// keys are refused: a misspelt key would silently lose an answer. The error is for a look-up that failed.
func (f Form) Validate(ctx context.Context, find Resolve, raw map[string]any) (Values, fault.Fields, error) {
	var errs fault.Fields
	values := make(Values, len(f.Fields))
	for _, field := range f.Fields {
		value, bad, err := field.read(ctx, find, raw[field.Key])
		switch {
		case err != nil:
			return nil, errs, fmt.Errorf("read field %s: %w", field.Key, err)
		case bad != nil:
			errs.Add(field.Name(), bad.key, bad.args...)
		case value != nil:
			values[field.Key] = value
		case field.Required:
			errs.Add(field.Name(), field.Type.missing(), "label", field.Label.In(ctx))
		}
	}
	f.refuseUnknown(raw, &errs)
	if errs.Len() > 0 {
		return nil, errs, nil
	}
	if n := len(values.JSON()); n > MaxValues {
		errs.Add("fields", "form.too-big", "max", MaxValues/1024)
		return nil, errs, nil
	}
	return values, errs, nil
}

func (f Form) refuseUnknown(raw map[string]any, errs *fault.Fields) {
	var unknown []string
	for key := range raw {
		if _, ok := f.Field(key); !ok {
			unknown = append(unknown, key)
		}
	}
	sort.Strings(unknown)
	for _, key := range unknown {
		errs.Add(prefix+clip(key, 40), "form.unknown-field", "known", f.keys())
	}
}

func (f Form) keys() string {
	keys := make([]string, 0, len(f.Fields))
	for _, x := range f.Fields {
		keys = append(keys, x.Key)
	}
	return strings.Join(keys, ", ")
}

func (t Type) missing() string {
	switch t {
	case Attachment:
		return "form.required-file"
	case SingleSelect, MultiSelect, Person, Department, Date, DateTime, Month:
		return "form.required-choice"
	}
	return "form.required"
}

// bad is a finding of one field.
type bad struct {
	key  string
	args []any
}

func wrong(key string, args ...any) *bad { return &bad{key, args} }

// scalar is one answer as text. JSON numbers are accepted where a text is wanted (工号 1001), because whoever
// writes them means their digits.
func scalar(raw any) (string, *bad) {
	switch x := raw.(type) {
	case nil:
		return "", nil
	case string:
		return x, nil
	case json.Number:
		return x.String(), nil
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return "", wrong("form.one-value")
		}
		return strconv.FormatFloat(x, 'f', -1, 64), nil
	case int:
		return strconv.Itoa(x), nil
	case int64:
		return strconv.FormatInt(x, 10), nil
	case []string:
		if len(x) == 1 {
			return x[0], nil
		}
		if len(x) == 0 {
			return "", nil
		}
	case []any:
		if len(x) == 1 {
			return scalar(x[0])
		}
		if len(x) == 0 {
			return "", nil
		}
	}
	return "", wrong("form.one-value")
}

// several is one answer as a list of texts, blanks left out.
func several(raw any) ([]string, *bad) {
	var out []string
	switch x := raw.(type) {
	case []string:
		out = x
	case []any:
		for _, y := range x {
			s, bad := scalar(y)
			if bad != nil {
				return nil, wrong("form.list")
			}
			out = append(out, s)
		}
	case map[string]any, bool:
		return nil, wrong("form.list")
	default:
		s, bad := scalar(raw)
		if bad != nil {
			return nil, wrong("form.list")
		}
		out = []string{s}
	}
	kept := make([]string, 0, len(out))
	for _, s := range out {
		if s = strings.TrimSpace(s); s != "" {
			kept = append(kept, s)
		}
	}
	return kept, nil
}

// Decode reads a JSON object of answers without losing digits. Use it where the door does not decode itself.
func Decode(data []byte) (map[string]any, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	raw := map[string]any{}
	if err := dec.Decode(&raw); err != nil {
		return nil, fault.Wrap(fault.Malformed, err, "form.not-json")
	}
	return raw, nil
}
