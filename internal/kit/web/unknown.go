package web

import (
	"encoding"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// mostUnknown is how many names that a document should not have are told at once.
const mostUnknown = 20

// unknownNames lists the places of a document whose names the type does not have, as "form.fields[2].labl", in the order of
// the names. Inside a type that reads its own JSON nothing is looked at.
func unknownNames(data []byte, t reflect.Type) []string {
	var doc any
	if json.Unmarshal(data, &doc) != nil {
		return nil
	}
	var out []string
	strangers(doc, t, "", &out)
	return out
}

var ownJSON = []reflect.Type{reflect.TypeFor[json.Unmarshaler](), reflect.TypeFor[encoding.TextUnmarshaler]()}

func readsItself(t reflect.Type) bool {
	return slices.ContainsFunc(ownJSON, func(own reflect.Type) bool { return t.Implements(own) || reflect.PointerTo(t).Implements(own) })
}

func strangers(doc any, t reflect.Type, at string, out *[]string) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if len(*out) >= mostUnknown || readsItself(t) {
		return
	}
	switch doc := doc.(type) {
	case []any:
		if t.Kind() == reflect.Slice || t.Kind() == reflect.Array {
			for i, x := range doc {
				strangers(x, t.Elem(), at+"["+strconv.Itoa(i)+"]", out)
			}
		}
	case map[string]any:
		known := map[string]reflect.Type{}
		if t.Kind() == reflect.Struct {
			jsonNames(t, known)
		}
		for _, name := range slices.Sorted(maps.Keys(doc)) {
			place := strings.TrimPrefix(at+"."+name, ".")
			of, ok := known[strings.ToLower(name)]
			switch {
			case t.Kind() == reflect.Map:
				of = t.Elem()
			case t.Kind() != reflect.Struct:
				return
			case !ok:
				*out = append(*out, place)
				continue
			}
			strangers(doc[name], of, place, out)
		}
	}
}

// jsonNames adds the names that encoding/json finds in a struct, in small letters: it takes either.
func jsonNames(t reflect.Type, into map[string]reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		inner := f.Type
		for inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		switch {
		case name == "-" || !f.IsExported() && !f.Anonymous:
		case f.Anonymous && name == "" && inner.Kind() == reflect.Struct:
			jsonNames(inner, into)
		case name == "":
			into[strings.ToLower(f.Name)] = f.Type
		default:
			into[strings.ToLower(name)] = f.Type
		}
	}
}
