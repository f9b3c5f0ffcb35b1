package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
)

// Operation is one call of the JSON API.
type Operation struct {
	ID      string // unique, in kebab case: "take-request"
	Method  string
	Path    string // "/api/v1/requests/{number}/take"
	Action  string // row of access/table, or Public, or SignedIn
	Summary string // one line, English
	Detail  string // more, English
	Tag     string // group in the documentation: "Requests"
	Status  int    // of success; 0 means 200
	Scope   string // "read", "write", "import", "admin"; "" follows the method
	MaxBody int64  // bytes; 0 means 1 MB
	Quiet   bool   // no line in the access log
	Own     bool   // closed to who looks with another's eyes, as Route.Own
	Secret  bool   // the answer holds a secret: it is not remembered for an Idempotency-Key
}

// Op adds a call. In is decoded from path, query, header and body as huma's tags say and not checked:
// the room checks it, for both doors, so that all errors come at once. A fault becomes problem+json.
func Op[I, O any](m *Mux, op Operation, fn func(ctx context.Context, in *I) (*O, error)) {
	m.add(op, reflect.TypeFor[I](), reflect.TypeFor[O](), func(ctx context.Context, in any) (any, error) {
		out, err := fn(ctx, in.(*I))
		if out == nil {
			return nil, err
		}
		return out, err
	})
}

// add is Op without its types, so that it is compiled once.
func (m *Mux) add(op Operation, in, out reflect.Type, do func(ctx context.Context, in any) (any, error)) {
	if op.Scope == "" {
		op.Scope = "write"
		if op.Method == http.MethodGet {
			op.Scope = "read"
		}
	}
	if f := unfilled(in); f != "" {
		panic("web: " + op.ID + " embeds " + f + ", which is not exported: its parameters would never be read")
	}
	m.ops = append(m.ops, op)
	h := huma.Operation{
		OperationID: op.ID, Method: op.Method, Path: op.Path, Summary: op.Summary, Description: describe(op),
		DefaultStatus: op.Status, SkipValidateParams: true, SkipValidateBody: true,
		MaxBodyBytes: -1, // the door limits the body, and how long it may take
		Metadata:     map[string]any{"op": op},
	}
	if op.Tag != "" {
		h.Tags = []string{op.Tag}
	}
	if op.Action != Public {
		h.Security = []map[string][]string{{"token": {op.Scope}}}
	}
	if op.Method == http.MethodPost {
		h.Parameters = append(h.Parameters, &huma.Param{Name: "Idempotency-Key", In: "header",
			Description: "Makes a repeated call harmless: the same key and body get the first answer.",
			Schema:      &huma.Schema{Type: "string", MaxLength: ptr(maxKey)}})
	}
	m.call(&h, op, in, out, do)
	m.complete()
}

func ptr[T any](v T) *T { return &v }

func describe(op Operation) string {
	var b strings.Builder
	if op.Detail != "" {
		b.WriteString(op.Detail + "\n\n")
	}
	fmt.Fprintf(&b, "Action `%s`", op.Action)
	if op.Action != Public {
		fmt.Fprintf(&b, ", token scope `%s`", op.Scope)
	}
	b.WriteString(".")
	return b.String()
}

// unfilled names the embedded type of an input whose fields cannot be set.
func unfilled(t reflect.Type) string {
	if t.Kind() == reflect.Struct {
		for i := range t.NumField() {
			if f := t.Field(i); f.Anonymous && !f.IsExported() {
				return f.Name
			}
		}
	}
	return ""
}

// worded turns the error of a call into its answer before the key remembers it, unless it is our fault.
func (m *Mux) worded(run Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		err := run(w, r)
		if err == nil || ProblemOf(r.Context(), err).Status >= 500 {
			return err
		}
		m.fail(responseOf(w), r, err)
		return nil
	}
}

func init() {
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return &Problem{Type: "about:blank", Status: status, Message: msg} // huma reads its type for the schema
	}
}

// decodeJSON reads one document into v, which is a pointer; unknown names and anything after it are faults.
func decodeJSON(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(plainTexts(data)))
	dec.DisallowUnknownFields()
	err := dec.Decode(v)
	if err == nil {
		if _, more := dec.Token(); more == io.EOF {
			return nil
		}
		return fault.New(fault.Malformed, "web.malformed")
	}
	var kind *json.UnmarshalTypeError
	var date *time.ParseError
	var carried *fault.Error
	switch {
	case errors.As(err, &kind):
		return unreadable(kind.Field, wrongKind, wanted(kind.Type))
	case errors.As(err, &date):
		return fault.New(fault.Malformed, "web.date")
	case errors.As(err, &carried):
		return fault.New(fault.Malformed, carried.Key)
	case strings.HasPrefix(err.Error(), "json: unknown field "):
		var wrong fault.Fields
		for _, name := range unknownNames(data, reflect.TypeOf(v)) {
			wrong.Add(name, "web.unknown-field")
		}
		if wrong.Err() != nil {
			return wrong.Err()
		}
		name := strings.Trim(strings.TrimPrefix(err.Error(), "json: unknown field "), `"`)
		return unreadable(name, "web.unknown-field", "")
	default:
		return fault.New(fault.Malformed, "web.malformed")
	}
}

// unreadable is the fault of one place in a document; of the document when the place has no name.
func unreadable(name, key, want string) error {
	if name == "" {
		return fault.New(fault.Malformed, "web.malformed")
	}
	var wrong fault.Fields
	wrong.Add(name, key, "want", want)
	return wrong.Err()
}

// plainTexts makes the texts of a document plain, as forms do.
func plainTexts(data []byte) []byte {
	if !bytes.Contains(data, []byte(`\u`)) && lang.PlainAlready(string(data)) {
		return data
	}
	out := make([]byte, 0, len(data))
	for len(data) > 0 {
		from := bytes.IndexByte(data, '"')
		if from < 0 {
			break
		}
		to := endOfText(data, from)
		out = append(out, data[:from]...)
		out = append(out, plainText(data[from:to])...)
		data = data[to:]
	}
	return append(out, data...)
}

// endOfText is where the text that begins at a quotation mark ends; the end of the document when it does not.
func endOfText(data []byte, from int) int {
	for i := from + 1; i < len(data); i++ {
		switch data[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(data)
}

// plainText is a text of a document with its quotation marks; what is no text stays as it is.
func plainText(quoted []byte) []byte {
	var text string
	if json.Unmarshal(quoted, &text) != nil || lang.PlainAlready(text) {
		return quoted
	}
	plain, err := json.Marshal(lang.Plain(text))
	if err != nil {
		return quoted
	}
	return plain
}

// wrongKind is the fault of a value of another kind than its place; web.kind.… say in words which it wants.
const wrongKind = "web.wrong-kind"

// wanted is the kind of value that a place wants.
func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "truth"
	case reflect.Slice, reflect.Array:
		return "list"
	case reflect.Struct, reflect.Map:
		return "object"
	case reflect.Float32, reflect.Float64:
		return "number"
	default:
		return "whole-number"
	}
}

func (m *Mux) openAPI() {
	m.api = huma.NewAPI(huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{Title: "Neike", Version: m.o.Version,
				Description: "Internal customer management. Bearer tokens; RFC 9457 problems; cursors; Idempotency-Key on POST.",
				License:     &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry(schemas, schemaName),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"token": {Type: "http", Scheme: "bearer", Description: "A token nk_… made on the page of one's account or by `neike token create`."},
				},
			},
		},
	}, nil)
}

// schemaName names a type after its room, so that two rooms may have types of one name: todo.personJSON is TodoPerson,
// request.requestJSON is Request.
func schemaName(t reflect.Type, hint string) string {
	name := strings.ReplaceAll(huma.DefaultSchemaNamer(t, hint), "JSON", "")
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	room := path.Base(t.PkgPath())
	if t.Name() == "" || t.PkgPath() == "" || room == "web" || room == "lang" {
		return name
	}
	room = strings.ToUpper(room[:1]) + room[1:]
	if strings.HasPrefix(name, room) {
		return name
	}
	return room + name
}

// Spec is the OpenAPI document.
func (m *Mux) Spec() ([]byte, error) {
	if doc := m.spec.Load(); doc != nil {
		return *doc, nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(m.api.OpenAPI()); err != nil {
		return nil, fmt.Errorf("openapi: %w", err)
	}
	doc := b.Bytes()
	m.spec.Store(&doc)
	return doc, nil
}

func (m *Mux) getSpec(w http.ResponseWriter, r *http.Request) error {
	doc, err := m.Spec()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("ETag", ETag(string(doc)))
	_, err = w.Write(doc)
	return err
}

// Titled is the name of a kind of problem, for other doors.
func Titled(ctx context.Context, kind fault.Kind) string {
	return lang.T(ctx, "web.title."+kind.String())
}
