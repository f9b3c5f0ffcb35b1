package web

import (
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

const schemas = "#/components/schemas/"

// complete makes the schemas of the calls so far say what encoding/json writes where huma's do not: the fields of
// embedded types that are not exported, null for a pointer to an object, text for a number with ",string".
func (m *Mux) complete() {
	registry := m.api.OpenAPI().Components.Schemas
	for more := true; more; { // a schema brings others along
		more = false
		for name, s := range registry.Map() {
			if m.whole[name] {
				continue
			}
			m.whole[name], more = true, true
			if t := object(registry.TypeFromRef(schemas + name)); t != nil {
				fill(registry, s, t)
				s.PrecomputeMessages()
			}
		}
	}
}

// object is the struct behind a type, or nil.
func object(t reflect.Type) reflect.Type {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil || t.Kind() != reflect.Struct || t == timeType {
		return nil
	}
	return t
}

func fill(registry huma.Registry, s *huma.Schema, t reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag := f.Tag.Get("json")
		if f.Anonymous && tag == "" && object(f.Type) != nil {
			if !f.IsExported() {
				join(s, huma.SchemaFromType(registry, object(f.Type)))
			}
			fill(registry, s, object(f.Type))
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		p := s.Properties[name]
		switch {
		case p == nil || !f.IsExported():
		case strings.Contains(","+options+",", ",string,"):
			p.Type, p.Format = huma.TypeString, ""
		case f.Type.Kind() == reflect.Pointer && p.Ref != "" && !strings.Contains(options, "omit"):
			s.Properties[name] = &huma.Schema{Description: p.Description, AnyOf: []*huma.Schema{{Ref: p.Ref}, {Type: "null", Enum: []any{nil}}}}
		}
	}
}

// join adds the properties of an embedded type; the outer ones stay.
func join(s, inner *huma.Schema) {
	if s.Properties == nil {
		s.Properties = map[string]*huma.Schema{}
	}
	for name, p := range inner.Properties {
		if _, there := s.Properties[name]; there {
			continue
		}
		s.Properties[name] = p
		if slices.Contains(inner.Required, name) {
			s.Required = append(s.Required, name)
		}
	}
	slices.Sort(s.Required)
}
