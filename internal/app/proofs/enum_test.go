package proofs_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"neike/internal/kit/sqldb"
)

// shape is what is looked at of the schema of a body.
type shape struct {
	Ref                  string `json:"$ref"`
	Enum                 []any
	ReadOnly             bool
	Properties           map[string]*shape
	Items                *shape
	AdditionalProperties any
	AnyOf, OneOf         []*shape
}

// chosen is a value of a body that must be one of a list.
type chosen struct {
	at   []string // names, and "[]" for an entry of a list
	enum []any
}

// TestWhatIsNoneOfTheListIsRefused walks over the document of the API and puts, in each body that is written, a value that is
// none of its list in the place of each that must be one: it is refused, and named.
func TestWhatIsNoneOfTheListIsRefused(t *testing.T) {
	t.Parallel()
	s := raise(t, sqldb.SQLite)
	var d struct {
		Paths map[string]map[string]struct {
			RequestBody *struct {
				Content map[string]struct{ Schema *shape }
			}
		}
		Components struct{ Schemas map[string]*shape }
	}
	s.Get("/api/openapi.json").Is(200).Decode(&d)
	c, asked := crawl{stage: s}, 0
	for _, r := range inOrder(s.Mux.Routes()) {
		method, path, _ := strings.Cut(r.Pattern, " ")
		op, there := d.Paths[path][strings.ToLower(method)]
		if !there || op.RequestBody == nil {
			continue
		}
		if unreached[r.Pattern] {
			continue
		}
		list := enumsOf(op.RequestBody.Content["application/json"].Schema, d.Components.Schemas, nil, 0)
		if len(list) == 0 {
			continue
		}
		places, err := c.places(r)
		if err != nil {
			t.Fatalf("%s: %v", r.Pattern, err)
		}
		if strings.Contains(path, "/requests/{number}") {
			for i, one := range s.records {
				places[i].path = strings.ReplaceAll(path, "{number}", one.working)
			}
		}
		for _, one := range list {
			asked++
			if why := s.refuses(r.Pattern, method, places, one); why != "" {
				t.Errorf("%s: %s: %s", r.Pattern, strings.Join(one.at, "."), why)
			}
		}
	}
	if asked < 30 {
		t.Errorf("%d values of lists were found", asked)
	}
	t.Logf("%d values of lists", asked)
}

// enumsOf lists the values of a schema that must be one of a list.
func enumsOf(x *shape, all map[string]*shape, at []string, depth int) (out []chosen) {
	if x == nil || x.ReadOnly || depth > 6 {
		return nil
	}
	if x.Ref != "" {
		return enumsOf(all[strings.TrimPrefix(x.Ref, "#/components/schemas/")], all, at, depth+1)
	}
	if len(x.Enum) > 0 {
		return []chosen{{at, x.Enum}}
	}
	for _, name := range slices.Sorted(maps.Keys(x.Properties)) {
		out = append(out, enumsOf(x.Properties[name], all, append(slices.Clone(at), name), depth+1)...)
	}
	out = append(out, enumsOf(x.Items, all, append(slices.Clone(at), "[]"), depth+1)...)
	for _, one := range append(x.AnyOf, x.OneOf...) {
		out = append(out, enumsOf(one, all, at, depth+1)...)
	}
	return out
}

// nothingOfTheKind is none of any list.
const nothingOfTheKind = "nothing-of-the-kind"

// body is a body with nothing but the value in it.
func (x chosen) body(beside any) any {
	var v any = nothingOfTheKind
	if _, number := x.enum[0].(float64); number {
		v = 987654
	}
	for _, name := range slices.Backward(x.at) {
		if name == "[]" {
			v = []any{v}
		} else {
			v = map[string]any{name: v}
		}
	}
	return over(beside, v)
}

// over lays a value over another one: objects by their names, lists by their places.
func over(base, top any) any {
	switch top := top.(type) {
	case map[string]any:
		out := map[string]any{}
		if b, ok := base.(map[string]any); ok {
			maps.Copy(out, b)
		}
		for name, v := range top {
			out[name] = over(out[name], v)
		}
		return out
	case []any:
		if b, ok := base.([]any); ok && len(b) == 1 {
			return []any{over(b[0], top[0])}
		}
	}
	return top
}

// names says whether a field of a problem is that of the value: items[0].kind is items.[].kind. A page with the same field may
// call it by less than the whole way to it.
func (x chosen) names(field string) bool {
	if last := x.at[len(x.at)-1]; strings.HasPrefix(field, "form.") && strings.HasSuffix(field, "."+last) { // a definition comes whole, or as its fields
		return true
	}
	field = "." + strings.NewReplacer("[0]", ".[]", ".0.", ".[].").Replace(field)
	at := "." + strings.Join(x.at, ".")
	return strings.HasSuffix(at, field) || strings.HasPrefix(at, field+".[].") // or the list that it is in
}

// beside is what else a body needs before a value in it is looked at.
var beside = map[string]any{
	"POST /api/v1/repeats":                 jsonObject{"service": "finance.advance", "schedule": jsonObject{"every": "month", "on": "workday 3", "at": "17:00"}},
	"PUT /api/v1/repeats/{number}":         jsonObject{"service": "finance.advance", "schedule": jsonObject{"every": "month", "on": "workday 3", "at": "17:00"}},
	"POST /api/v1/articles/{number}/count": jsonObject{"service": "finance.expense"},
	"POST /api/v1/connections":             jsonObject{"kind": "ldap"},
	"PUT /api/v1/units/{code}/roles":       jsonObject{"reason": "r", "roles": []any{jsonObject{"person": "2002"}}},
}

type jsonObject = map[string]any

// unreached is what this stage has nothing of: no case that was drawn, no robot, nothing that is late.
var unreached = map[string]bool{"POST /api/v1/reviews/{id}/judge": true, "PUT /api/v1/notices/robots/{id}": true,
	"POST /api/v1/requests/{number}/cause": true, "POST /api/v1/requests/{number}/cause-decide": true}

// refuses says why a value that is none of the list was not refused as it should be; "" when it was.
func (s *stage) refuses(pattern, method string, places []place, x chosen) string {
	body, err := json.Marshal(x.body(beside[pattern]))
	if err != nil {
		return err.Error()
	}
	said := ""
	for _, at := range places {
		for _, no := range []string{"1403", "2001", "3002", "2002", "1406", "1404", "1405"} {
			if again := renew[pattern]; again != nil {
				again(s)
			}
			a := s.tokens[no].JSON(method, at.path, string(body))
			switch {
			case a.Status == http.StatusUnauthorized, a.Status == http.StatusForbidden, a.Status == http.StatusNotFound:
				continue
			case a.Status >= 500 || a.Status < 300:
				return clip(a.Body)
			}
			var p struct{ Fields []struct{ Name string } }
			a.Decode(&p)
			for _, f := range p.Fields {
				if x.names(f.Name) {
					return ""
				}
			}
			if a.Status == http.StatusUnprocessableEntity || said == "" {
				said = no + ": " + clip(a.Body)
			}
		}
	}
	if said == "" {
		return "nobody gets there"
	}
	return said
}
