package catalog

import (
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"neike/internal/kit/form"
)

// formBody is a form on its way in: an object with fields, or the bare list of fields that service packs have.
type formBody struct{ fields []fieldJSON }

// UnmarshalJSON reads either.
func (b *formBody) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '[' {
		return json.Unmarshal(data, &b.fields)
	}
	var f formJSON
	err := json.Unmarshal(data, &f)
	b.fields = f.Fields
	return err
}

// Schema describes both for the documentation.
func (formBody) Schema(r huma.Registry) *huma.Schema {
	object := huma.SchemaFromType(r, reflect.TypeFor[formJSON]())
	list := huma.SchemaFromType(r, reflect.TypeFor[[]fieldJSON]())
	return &huma.Schema{OneOf: []*huma.Schema{object, list}}
}

func (b formBody) form() form.Form {
	var f form.Form
	for _, x := range b.fields {
		field := form.Field{Key: x.Key, Type: x.Type, Label: x.Label.text(), Required: x.Required}
		if x.Hint != nil {
			field.Hint = x.Hint.text()
		}
		for _, o := range x.Options {
			field.Options = append(field.Options, form.Option{Code: o.Code, Label: o.Label.text()})
		}
		f.Fields = append(f.Fields, field)
	}
	return f
}
