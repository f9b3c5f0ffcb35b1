package web

import (
	"context"
	"encoding/json"
	"testing"
)

type base struct {
	At string `json:"at" doc:"When"`
}

type part struct {
	N int64 `json:"n,string"`
}

type whole struct {
	base
	Part *part `json:"part"`
	Rest *part `json:"rest,omitempty"`
}

// TestTheDocumentSaysWhatIsWritten: embedded fields, null for what may be missing, numbers written as text.
func TestTheDocumentSaysWhatIsWritten(t *testing.T) {
	m := New(Options{})
	Op(m, Operation{ID: "get-whole", Method: "GET", Path: "/api/v1/whole", Action: Public, Summary: "A whole"},
		func(context.Context, *struct{}) (*struct{ Body whole }, error) { return nil, nil })
	doc, err := m.Spec()
	if err != nil {
		t.Fatal(err)
	}
	type property struct {
		Type  any
		Ref   string `json:"$ref"`
		AnyOf []struct {
			Type any
			Ref  string `json:"$ref"`
		}
	}
	var d struct {
		Components struct {
			Schemas map[string]struct {
				Properties map[string]property
				Required   []string
			}
		}
	}
	if err := json.Unmarshal(doc, &d); err != nil {
		t.Fatal(err)
	}
	got := d.Components.Schemas["Whole"].Properties
	if got["at"].Type != "string" || len(got["part"].AnyOf) != 2 || got["part"].AnyOf[1].Type != "null" || got["rest"].Ref == "" {
		t.Errorf("the whole is %+v", got)
	}
	if n := d.Components.Schemas["Part"].Properties["n"]; n.Type != "string" {
		t.Errorf("a number written as text is %+v", n)
	}
	if required := d.Components.Schemas["Whole"].Required; len(required) != 2 || required[0] != "at" {
		t.Errorf("required are %v", required)
	}
}
