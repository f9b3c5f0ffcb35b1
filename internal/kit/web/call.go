package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"neike/internal/kit/fault"
)

// QueryFiller is an input that reads names of its own out of the address, beside those of its tags. FillQuery is called after
// them. OwnQuery says whether a name is of its own, and may be given more than once.
type QueryFiller interface {
	FillQuery(url.Values)
	OwnQuery(name string) bool
}

// calling is one call of the API: what its types say about the request and the answer. huma describes it (schemas,
// OpenAPI); reading and writing is done here, once for all calls, because huma's own registration is compiled anew for
// each pair of types (3.4 MB of code for two hundred calls).
type calling struct {
	in, out  reflect.Type
	do       func(ctx context.Context, in any) (any, error)
	params   []param
	body     []int // field of the document; nil: none
	raw      []int // field of the body as it came; nil: none
	required bool  // a body must be there

	status  int // of success
	setsIt  int // field of the output that says another; -1: none
	answer  int // field of the output that is written; -1: none
	headers []header
}

// param is a field of an input that comes from the path, the query or a header.
type param struct {
	field       []int
	in, name    string
	defaultText string
	rules       rules
}

// header is a field of an output that goes into a header.
type header struct {
	field []int
	name  string
}

// call describes the call to huma and adds its route.
func (m *Mux) call(h *huma.Operation, op Operation, in, out reflect.Type, do func(ctx context.Context, in any) (any, error)) {
	c := &calling{in: in, out: out, do: do, setsIt: -1, answer: -1}
	h.Responses = map[string]*huma.Response{}
	c.reads(m.api.OpenAPI().Components.Schemas, h)
	c.writes(m.api.OpenAPI().Components.Schemas, h)
	c.status = h.DefaultStatus
	m.api.OpenAPI().AddOperation(h)
	route := Route{Pattern: op.Method + " " + op.Path, Action: op.Action, MaxBody: op.MaxBody, Quiet: op.Quiet, Own: op.Own}
	route.Do = func(w http.ResponseWriter, r *http.Request) error {
		return m.keys.once(w, r, op.Secret, m.worded(c.serve))
	}
	m.mux.Handle(route.Pattern, m.door(route, op.Scope, true))
}

// reads learns the parameters and the body of the input and documents them.
func (c *calling) reads(schemas huma.Registry, h *huma.Operation) {
	c.parameters(schemas, h, c.in, nil)
	if f, ok := c.in.FieldByName("Body"); ok {
		c.body, c.required = f.Index, f.Type.Kind() != reflect.Pointer && f.Type.Kind() != reflect.Interface
		schema := huma.SchemaFromField(schemas, f, hint(c.in, "Body", h.OperationID+"Request"))
		h.RequestBody = &huma.RequestBody{Required: c.required, Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}}
	}
	if f, ok := c.in.FieldByName("RawBody"); ok {
		c.raw, c.required = f.Index, true
		h.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{f.Tag.Get("contentType"): {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}
	}
}

// parameters are the tagged fields of t and of what it embeds; at is the way to t.
func (c *calling) parameters(schemas huma.Registry, h *huma.Operation, t reflect.Type, at []int) {
	for i := range t.NumField() {
		f := t.Field(i)
		way := append(append([]int{}, at...), i)
		if f.Anonymous && f.Type.Kind() == reflect.Struct {
			c.parameters(schemas, h, f.Type, way)
			continue
		}
		for _, in := range []string{"path", "query", "header"} {
			name := f.Tag.Get(in)
			if name == "" {
				continue
			}
			c.params = append(c.params, param{way, in, name, f.Tag.Get("default"), rulesOf(f.Tag)})
			p := &huma.Param{Name: name, In: in, Required: in == "path" || f.Tag.Get("required") == "true", Schema: huma.SchemaFromField(schemas, f, "")}
			p.Description = p.Schema.Description
			if in == "query" {
				p.Explode = new(bool)
			}
			h.Parameters = append(h.Parameters, p)
		}
	}
}

// writes learns the headers and the body of the output and documents them.
func (c *calling) writes(schemas huma.Registry, h *huma.Operation) {
	if f, ok := c.out.FieldByName("Status"); ok {
		c.setsIt = f.Index[0]
	}
	if f, ok := c.out.FieldByName("Body"); ok {
		c.answer = f.Index[0]
		if h.DefaultStatus == 0 {
			h.DefaultStatus = http.StatusOK
		}
		h.Responses[strconv.Itoa(h.DefaultStatus)] = &huma.Response{Description: http.StatusText(h.DefaultStatus), Headers: map[string]*huma.Param{},
			Content: map[string]*huma.MediaType{"application/json": {Schema: huma.SchemaFromField(schemas, f, hint(c.out, "Body", h.OperationID+"Response"))}}}
	}
	if h.DefaultStatus == 0 {
		h.DefaultStatus = http.StatusNoContent
	}
	success := strconv.Itoa(h.DefaultStatus)
	if h.Responses[success] == nil {
		h.Responses[success] = &huma.Response{Description: http.StatusText(h.DefaultStatus)}
	}
	for i := range c.out.NumField() {
		f := c.out.Field(i)
		if f.Name == "Status" || f.Name == "Body" {
			continue
		}
		name := f.Tag.Get("header")
		if name == "" {
			name = f.Name
		}
		c.headers = append(c.headers, header{f.Index, name})
		if h.Responses[success].Headers == nil {
			h.Responses[success].Headers = map[string]*huma.Param{}
		}
		h.Responses[success].Headers[name] = &huma.Header{Schema: huma.SchemaFromField(schemas, f, hint(c.out, f.Name, h.OperationID+success+name))}
	}
	problem := reflect.TypeFor[Problem]()
	h.Responses["default"] = &huma.Response{Description: "Error", Content: map[string]*huma.MediaType{
		(&Problem{}).ContentType("application/json"): {Schema: schemas.Schema(problem, true, "Problem")}}}
}

// hint is the name of a schema without a name of its own.
func hint(t reflect.Type, field, other string) string {
	if t.Name() != "" {
		return t.Name() + field
	}
	return other
}

// serve reads the input, does the call and writes its output.
func (c *calling) serve(w http.ResponseWriter, r *http.Request) error {
	in := reflect.New(c.in)
	var wrong fault.Fields
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return fault.New(fault.Malformed, "web.query")
	}
	if err := c.fill(in.Elem(), r, query, &wrong); err != nil {
		return err
	}
	filler, _ := in.Interface().(QueryFiller)
	c.strangers(query, filler, &wrong)
	if wrong.Len() > 0 && r.Method != http.MethodGet {
		return wrong.Err()
	}
	if filler != nil {
		filler.FillQuery(query)
	}
	out, err := c.do(r.Context(), in.Interface())
	if wrong.Len() > 0 {
		return alsoWrong(wrong, err)
	}
	if err != nil {
		return err
	}
	return c.write(w, r, out)
}

// strangers are names in the address that the call does not know, and values of which only one can be meant: a list that took
// no notice of a misspelt condition would hold everything.
func (c *calling) strangers(query url.Values, filler QueryFiller, wrong *fault.Fields) {
	for _, name := range slices.Sorted(maps.Keys(query)) {
		known := slices.ContainsFunc(c.params, func(p param) bool { return p.in == "query" && p.name == name })
		switch values := query[name]; {
		case filler != nil && filler.OwnQuery(name):
		case !known:
			wrong.Add(name, "web.unknown-parameter")
		case slices.ContainsFunc(values, func(v string) bool { return v != values[0] }):
			wrong.Add(name, "web.given-twice")
		}
	}
}

// alsoWrong adds to the wrong parameters of a reading what its room finds wrong with the others, and keeps to what the
// room says of those who may not read at all.
func alsoWrong(wrong fault.Fields, err error) error {
	f, ok := fault.As(err)
	switch {
	case !ok:
		return wrong.Err()
	case f.Kind != fault.Invalid:
		return err
	}
	for _, x := range f.Fields {
		if !slices.ContainsFunc(wrong.All(), func(w fault.Field) bool { return w.Name == x.Name }) {
			wrong.Add(x.Name, x.Key, fault.Flat(x.Args)...)
		}
	}
	return wrong.Err()
}

// fill reads parameters and body; wrong parameters are named together, and stay empty.
func (c *calling) fill(in reflect.Value, r *http.Request, query url.Values, wrong *fault.Fields) error {
	for _, p := range c.params {
		var text string
		switch p.in {
		case "path":
			text = r.PathValue(p.name)
		case "query":
			text = query.Get(p.name)
		default:
			text = r.Header.Get(p.name)
		}
		if text == "" {
			text = p.defaultText
		}
		field := in.FieldByIndex(p.field)
		switch {
		case text != "" && !put(field, text):
			if p.in == "path" {
				return fault.ErrNotFound
			}
			wrong.Add(p.name, "web.unreadable")
		case text != "" && p.in != "path" && !p.rules.check(p.name, text, field, wrong):
			field.SetZero()
		}
	}
	if c.body == nil && c.raw == nil {
		return nil
	}
	document, err := io.ReadAll(r.Body)
	switch {
	case err != nil:
		return stranger(err)
	case len(document) == 0 && c.required:
		return fault.New(fault.Malformed, "web.no-body")
	case len(document) == 0:
		return nil
	case c.raw != nil:
		in.FieldByIndex(c.raw).SetBytes(document)
		return nil
	case !isJSON(r.Header.Get("Content-Type")):
		return fault.New(fault.Media, "web.media")
	}
	return decodeJSON(document, in.FieldByIndex(c.body).Addr().Interface())
}

// isJSON says whether a body that calls itself so is read as JSON; one that says nothing is.
func isJSON(contentType string) bool {
	if contentType == "" {
		return true
	}
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && (kind == "application/json" || strings.HasSuffix(kind, "+json"))
}

// put gives a field the value that the text says; false: it says none of its kind.
func put(f reflect.Value, text string) bool {
	switch f.Kind() {
	case reflect.String:
		f.SetString(text)
	case reflect.Int, reflect.Int64:
		n, err := strconv.ParseInt(text, 10, f.Type().Bits())
		if err != nil {
			return false
		}
		f.SetInt(n)
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return false
		}
		f.SetBool(b)
	case reflect.Slice:
		f.Set(reflect.ValueOf(strings.Split(text, ",")))
	default:
		panic("web: no parameter can be a " + f.Type().String())
	}
	return true
}

// answers are buffers of documents: whole before the first byte leaves, so that a fault is an answer of its own.
var answers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// write sends headers, status and document of an output; nil: the status alone.
func (c *calling) write(w http.ResponseWriter, r *http.Request, out any) error {
	if out == nil {
		w.WriteHeader(c.status)
		return nil
	}
	v, status := reflect.ValueOf(out).Elem(), c.status
	for _, h := range c.headers {
		if err := send(w.Header(), h.name, v.FieldByIndex(h.field)); err != nil {
			return err
		}
	}
	if c.setsIt >= 0 {
		status = int(v.Field(c.setsIt).Int())
	}
	if c.answer < 0 || status == http.StatusNoContent || status == http.StatusNotModified {
		w.WriteHeader(status)
		return nil
	}
	doc := answers.Get().(*bytes.Buffer)
	defer answers.Put(doc)
	doc.Reset()
	enc := json.NewEncoder(doc)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v.Field(c.answer).Interface()); err != nil {
		return fmt.Errorf("answer of %s: %w", r.Pattern, err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, err := w.Write(doc.Bytes())
	return err
}

// send sets a header to the text of a field; an empty text is none.
func send(to http.Header, name string, f reflect.Value) error {
	switch f.Kind() {
	case reflect.String:
		if f.String() != "" {
			to.Set(name, f.String())
		}
	case reflect.Int, reflect.Int64:
		to.Set(name, strconv.FormatInt(f.Int(), 10))
	default:
		return fmt.Errorf("web: no header can be a %s", f.Type())
	}
	return nil
}
