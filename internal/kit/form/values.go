package form

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"neike/internal/kit/fault"
)

// Values are answers in canonical form, by key: string, json.Number, true, []string, or []Values for the rows of a table. A field
// without an answer is absent.
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
	return stored(raw), nil
}

// stored gives what JSON decoded its types back: rows of a table, lists of texts.
func stored(raw map[string]any) Values {
	v := make(Values, len(raw))
	for key, x := range raw {
		list, ok := x.([]any)
		if !ok {
			v[key] = x
			continue
		}
		var rows []Values
		texts := make([]string, 0, len(list))
		for _, y := range list {
			if row, ok := y.(map[string]any); ok {
				rows = append(rows, stored(row))
				continue
			}
			texts = append(texts, fmt.Sprint(y))
		}
		if v[key] = texts; rows != nil {
			v[key] = rows
		}
	}
	return v
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

// Rows are the answers of a table.
func (v Values) Rows(key string) []Values {
	rows, _ := v[key].([]Values)
	return rows
}

// Files lists the ids of all files of all attachment fields, in the order of the form.
func (f Form) Files(v Values) []string { return files(f.Fields, v) }

func files(fields []Field, v Values) []string {
	var ids []string
	for _, x := range fields {
		switch x.Type {
		case Attachment:
			ids = append(ids, v.List(x.Key)...)
		case Table:
			for _, row := range v.Rows(x.Key) {
				ids = append(ids, files(x.Fields, row)...)
			}
		}
	}
	return ids
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
