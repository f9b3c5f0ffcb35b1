package web

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"neike/internal/kit/fault"
)

func TestEveryUnknownNameIsToldWithItsPlace(t *testing.T) {
	type inner struct {
		Key  string         `json:"key"`
		Any  map[string]any `json:"any"`
		Deep *inner         `json:"deep"`
	}
	type base struct {
		ID string `json:"id"`
	}
	type outer struct {
		base
		When   time.Time        `json:"when"`
		Fields []inner          `json:"fields"`
		By     map[string]inner `json:"by"`
		Hidden string           `json:"-"`
		Plain  int
	}
	for text, want := range map[string][]string{
		`{"id":"1","when":"2026-11-23T00:00:00Z","fields":[{"key":"a","any":{"x":1}}],"PLAIN":1}`: nil,
		`{"idd":"1","fields":[{"key":"a"},{"kee":"b","deep":{"deep":{"labl":1}}}],"Hidden":"x"}`:  {"Hidden", "fields[1].deep.deep.labl", "fields[1].kee", "idd"},
		`{"by":{"it":{"wrong":1}},"fields":{"key":1}}`:                                            {"by.it.wrong"},
		`{"fields":["text"],"when":{"a":1}}`:                                                      nil,
	} {
		var v outer
		if got := unknownNames([]byte(text), reflect.TypeOf(&v)); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	var v outer
	err := decodeJSON([]byte(`{"a":1,"b":2}`), &v)
	f, ok := fault.As(err)
	if whole, is := fault.As(decodeJSON([]byte(`[]`), &v)); !is || whole.Key != "web.malformed" {
		t.Errorf("a list instead of a document: %v", whole)
	}
	if !ok || len(f.Fields) != 2 || f.Fields[0].Name != "a" || f.Fields[1].Name != "b" {
		t.Errorf("told %v", err)
	}
}
