package form

import (
	"encoding/json"
	"math"
	"net/url"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// Posted takes the answers out of a posted HTML form: inputs named "fields.KEY", those of a table "fields.KEY[0].COLUMN", its rows
// in the order of their numbers, which may leave gaps. A field that takes several values gives a []string, a table a list of rows,
// all others one text. Blank answers are kept as "": Validate treats them as none.
func (f Form) Posted(posted url.Values) map[string]any {
	raw := map[string]any{}
	rows := map[string]map[int]map[string]any{}
	for name, list := range posted {
		key, ok := strings.CutPrefix(name, prefix)
		if !ok || len(list) == 0 {
			continue
		}
		if m := cellName.FindStringSubmatch(key); m != nil {
			field, known := f.Field(m[1])
			n, err := strconv.Atoi(m[2])
			if known && field.Type == Table && err == nil {
				if rows[m[1]] == nil {
					rows[m[1]] = map[int]map[string]any{}
				}
				if rows[m[1]][n] == nil {
					rows[m[1]][n] = map[string]any{}
				}
				column, _ := field.Column(m[3])
				rows[m[1]][n][m[3]] = column.posted(list)
				continue
			}
		}
		field, _ := f.Field(key)
		raw[key] = field.posted(list)
	}
	for key, list := range rows {
		raw[key] = inOrder(list)
	}
	return raw
}

var cellName = regexp.MustCompile(`^([a-z][a-z0-9_]*)\[(\d{1,4})\]\.([a-z][a-z0-9_]*)$`)

func inOrder(rows map[int]map[string]any) []any {
	at := make([]int, 0, len(rows))
	for n := range rows {
		at = append(at, n)
	}
	sort.Ints(at)
	out := make([]any, 0, len(rows))
	for _, n := range at {
		out = append(out, rows[n])
	}
	return out
}

// posted is the inputs of one name as a raw answer. Inputs that send nothing when nothing is chosen stand behind a blank one of
// the same name; so the last one counts.
func (f Field) posted(list []string) any {
	switch f.Type {
	case MultiSelect, Attachment:
		return append([]string(nil), list...)
	case Checkbox, Rating:
		return list[len(list)-1]
	}
	return list[0]
}

// TakesFiles says whether an input of that name takes files: of a field or of a column.
func (f Form) TakesFiles(name string) bool {
	key := strings.TrimPrefix(name, prefix)
	if m := cellName.FindStringSubmatch(key); m != nil {
		table, _ := f.Field(m[1])
		column, _ := table.Column(m[3])
		return column.Type == Attachment
	}
	field, _ := f.Field(key)
	return field.Type == Attachment
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
