package catalog

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
	"neike/internal/kit/web"
)

// formBody is a form on its way in: an object with fields and sections, or the bare list of fields that service packs have.
type formBody struct{ form.Form }

// UnmarshalJSON reads either. A key that a form does not have is refused: a misspelt rule would silently not hold.
func (b *formBody) UnmarshalJSON(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if len(data) > 0 && data[0] == '[' {
		return dec.Decode(&b.Fields)
	}
	return dec.Decode(&b.Form)
}

// Schema describes both for the documentation.
func (formBody) Schema(r huma.Registry) *huma.Schema {
	object := huma.SchemaFromType(r, reflect.TypeFor[form.Form]())
	list := huma.SchemaFromType(r, reflect.TypeFor[[]form.Field]())
	if rule := r.Map()["Rule"]; rule != nil { // a value stands alone or in a list
		text := huma.SchemaFromType(r, reflect.TypeFor[string]())
		rule.Properties["value"] = &huma.Schema{OneOf: []*huma.Schema{text, {Type: "array", Items: text}}}
	}
	example := []any{map[string]any{"key": "reason", "type": "text", "label": map[string]any{"zh": "事由", "en": "Reason"}, "required": true}}
	return &huma.Schema{OneOf: []*huma.Schema{object, list}, Examples: []any{map[string]any{"fields": example}}}
}

// form is the body without blanks around its words.
func (b formBody) form() form.Form {
	tidyFields(b.Fields)
	for i := range b.Sections {
		tidy(&b.Sections[i].Title)
		tidy(&b.Sections[i].Help)
	}
	return b.Form
}

func tidy(t *lang.Text) { t.Zh, t.En = strings.TrimSpace(t.Zh), strings.TrimSpace(t.En) }

func tidyFields(fields []form.Field) {
	for i := range fields {
		f := &fields[i]
		tidy(&f.Label)
		tidy(&f.Hint)
		tidy(&f.PatternText)
		tidyOptions(f.Options)
		tidyFields(f.Fields)
	}
}

func tidyOptions(options []form.Option) {
	for i := range options {
		tidy(&options[i].Label)
		tidyOptions(options[i].Options)
	}
}

// wireForm is a form as the interface gives it: an empty list is a list.
func wireForm(f form.Form) *form.Form {
	if f.Fields == nil {
		f.Fields = []form.Field{}
	}
	return &f
}

type formInput struct {
	Code    string `path:"code" doc:"Code of the service" example:"finance.travel"`
	Version int    `query:"version" doc:"A version of the service; default the one in force. A request keeps the version it was asked with"`
}

type formOutput struct {
	ETag string `header:"ETag"`
	Body formAnswer
}

type formAnswer struct {
	Version int        `json:"version" doc:"Version of the service that brought this form"`
	Form    *form.Form `json:"form"`
}

func (c *Catalog) getForm(ctx context.Context, in *formInput) (*formOutput, error) {
	s, err := c.Visible(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	n := s.Version
	if in.Version != 0 {
		n = in.Version
	}
	v, ok := s.Numbered(n)
	if !ok {
		return nil, fault.ErrNotFound
	}
	return &formOutput{ETag: etag(s), Body: formAnswer{Version: n, Form: wireForm(v.Form)}}, nil
}

type putFormInput struct {
	Code string `path:"code" doc:"Code of the service" example:"finance.travel"`
	web.IfMatch
	Body formBody
}

// putForm replaces the form: a new version, for requests opened from now on.
func (c *Catalog) putForm(ctx context.Context, in *putFormInput) (*formOutput, error) {
	s, err := c.Visible(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	revision := 0
	if in.IfMatch.IfMatch != "" {
		if err := in.Check(etag(s)); err != nil {
			return nil, err
		}
		revision = s.Revision
	}
	if s, err = c.SetForm(ctx, in.Code, in.Body.form(), revision); err != nil {
		return nil, err
	}
	return &formOutput{ETag: etag(s), Body: formAnswer{Version: s.Version, Form: wireForm(s.Form)}}, nil
}

// mountForm puts the calls about forms in.
func (c *Catalog) mountForm(m *web.Mux, tag string) {
	web.Op(m, web.Operation{ID: "get-form", Method: http.MethodGet, Path: "/api/v1/services/{code}/form", Action: doSee, Tag: tag,
		Summary: "The form of a service, now or of a version"}, c.getForm)
	web.Op(m, web.Operation{ID: "put-form", Method: http.MethodPut, Path: "/api/v1/services/{code}/form", Action: doEdit, Tag: tag, Scope: "write",
		Summary: "Replace the form of a service, for requests opened from now on. With If-Match nobody's change is lost"}, c.putForm)
}
