package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"sort"
	"strings"

	"github.com/a-h/templ"
	"github.com/danielgtaylor/huma/v2"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sorting"
)

// docsView is the contents of the API as people read it: one group per tag.
type docsView struct{ Groups []docsGroup }

type docsGroup struct {
	Name  string
	Calls []docsLine
}

// docsLine is a call in the contents.
type docsLine struct{ ID, Method, Path, Summary string }

// docsCall is a call on its own page, and those before and behind it in the contents.
type docsCall struct {
	docsLine
	Group        string
	Detail       []string
	Params       []docsField
	Body, Answer []docsField
	Status       string
	Example      string // a call for the command line
	Prev, Next   docsLine
}

type docsField struct {
	Name, Kind, Text string
	Required         bool
}

func (m *Mux) showDocs(w http.ResponseWriter, r *http.Request) error {
	v, _ := m.docs()
	return m.showDoc(w, r, lang.T(r.Context(), "web.docs.title"), docsPage(v))
}

func (m *Mux) showDocsCall(w http.ResponseWriter, r *http.Request) error {
	v, operations := m.docs()
	var lines []docsLine
	for _, g := range v.Groups {
		lines = append(lines, g.Calls...)
	}
	i := slices.IndexFunc(lines, func(l docsLine) bool { return l.ID == r.PathValue("id") })
	if i < 0 {
		return fault.ErrNotFound
	}
	op := operations[lines[i].ID]
	c := docsOf(m.api.OpenAPI().Components.Schemas, lines[i], op)
	if i > 0 {
		c.Prev = lines[i-1]
	}
	if i+1 < len(lines) {
		c.Next = lines[i+1]
	}
	return m.showDoc(w, r, c.Summary, docsOne(c))
}

func (m *Mux) showDoc(w http.ResponseWriter, r *http.Request, title string, content templ.Component) error {
	full := content
	if m.o.Frame != nil {
		full = m.o.Frame(r.Context(), title, content)
	}
	return Show(w, r, http.StatusOK, full, content)
}

// docs is the contents, groups and the calls of each in order, and the operations by id.
func (m *Mux) docs() (docsView, map[string]*huma.Operation) {
	groups, operations := map[string][]docsLine{}, map[string]*huma.Operation{}
	for path, item := range m.api.OpenAPI().Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil {
				continue
			}
			groups[groupOf(op)] = append(groups[groupOf(op)], docsLine{op.OperationID, op.Method, path, op.Summary})
			operations[op.OperationID] = op
		}
	}
	var v docsView
	for name, calls := range groups {
		sorting.By(calls, func(a, b docsLine) int { return strings.Compare(a.Path+a.Method, b.Path+b.Method) })
		v.Groups = append(v.Groups, docsGroup{name, calls})
	}
	sorting.By(v.Groups, func(a, b docsGroup) int { return strings.Compare(a.Name, b.Name) })
	return v, operations
}

// groupID is where a group stands in the contents.
func groupID(name string) string {
	return "group-" + strings.ToLower(strings.ReplaceAll(name, " ", "-"))
}

func groupOf(op *huma.Operation) string {
	if len(op.Tags) > 0 {
		return op.Tags[0]
	}
	return "Neike"
}

func docsOf(schemas huma.Registry, line docsLine, op *huma.Operation) docsCall {
	c := docsCall{docsLine: line, Group: groupOf(op)}
	for line := range strings.SplitSeq(op.Description, "\n") {
		if line != "" {
			c.Detail = append(c.Detail, strings.ReplaceAll(line, "`", ""))
		}
	}
	for _, p := range op.Parameters {
		c.Params = append(c.Params, docsField{p.Name, kindOf(schemas, p.Schema), p.Description, p.Required})
	}
	var example any
	if op.RequestBody != nil {
		if media := op.RequestBody.Content["application/json"]; media != nil {
			c.Body = fieldsOf(schemas, media.Schema, "", 0)
			example = exampleOf(schemas, media.Schema, 0)
		}
	}
	for status, answer := range op.Responses {
		if media := answer.Content["application/json"]; media != nil && status < "3" {
			c.Status = status
			c.Answer = fieldsOf(schemas, media.Schema, "", 0)
		}
	}
	c.Example = command(line.Method, line.Path, example)
	return c
}

// command is the call as one types it.
func command(method, path string, body any) string {
	var b strings.Builder
	b.WriteString("curl -H \"Authorization: Bearer $TOKEN\"")
	if method != http.MethodGet {
		b.WriteString(" -X " + method)
	}
	if body != nil {
		var doc bytes.Buffer
		enc := json.NewEncoder(&doc)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(body); err == nil {
			b.WriteString(" \\\n  --json '" + strings.ReplaceAll(strings.TrimSpace(doc.String()), "'", `'\''`) + "'")
		}
	}
	b.WriteString(" \\\n  $NEIKE" + path)
	return b.String()
}

func resolve(schemas huma.Registry, s *huma.Schema) *huma.Schema {
	for s != nil && (s.Ref != "" || len(s.AnyOf) > 0) {
		if s.Ref == "" { // an object or null
			s = s.AnyOf[0]
			continue
		}
		s = schemas.SchemaFromRef(s.Ref)
	}
	return s
}

func kindOf(schemas huma.Registry, s *huma.Schema) string {
	s = resolve(schemas, s)
	switch {
	case s == nil:
		return ""
	case len(s.Enum) > 0:
		var values []string
		for _, v := range s.Enum {
			raw, _ := json.Marshal(v) // values of a schema
			values = append(values, string(raw))
		}
		return strings.Join(values, " | ")
	case s.Type == "array":
		return "[" + kindOf(schemas, s.Items) + "]"
	case s.Format != "":
		return s.Type + " (" + s.Format + ")"
	default:
		return s.Type
	}
}

// fieldsOf flattens an object to paths, three levels deep.
func fieldsOf(schemas huma.Registry, s *huma.Schema, prefix string, depth int) []docsField {
	s = resolve(schemas, s)
	if s == nil || depth > 3 {
		return nil
	}
	if s.Type == "array" {
		return fieldsOf(schemas, s.Items, prefix+"[]", depth)
	}
	var out []docsField
	for _, name := range propertiesOf(s) {
		p := s.Properties[name]
		path := name
		if prefix != "" {
			path = prefix + "." + name
		}
		inner := resolve(schemas, p)
		out = append(out, docsField{path, kindOf(schemas, p), textOf(p, inner), slices.Contains(s.Required, name)})
		out = append(out, fieldsOf(schemas, p, path, depth+1)...)
	}
	return out
}

func textOf(p, inner *huma.Schema) string {
	if p.Description != "" || inner == nil {
		return p.Description
	}
	return inner.Description
}

func propertiesOf(s *huma.Schema) []string {
	names := make([]string, 0, len(s.Properties))
	for name := range s.Properties {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func exampleOf(schemas huma.Registry, s *huma.Schema, depth int) any {
	s = resolve(schemas, s)
	switch {
	case s == nil || depth > 4:
		return nil
	case len(s.Examples) > 0:
		return s.Examples[0]
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Type == "object":
		o := map[string]any{}
		for name, p := range s.Properties {
			o[name] = exampleOf(schemas, p, depth+1)
		}
		return o
	case s.Type == "array":
		return []any{exampleOf(schemas, s.Items, depth+1)}
	case s.Type == "boolean":
		return false
	case s.Type == "integer", s.Type == "number":
		return 1
	case s.Format == "date-time":
		return "2026-11-21T06:30:00Z"
	default:
		return "…"
	}
}
