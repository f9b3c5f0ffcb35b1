package webtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Breaks lists where an answer differs from what the document of the API promises for the call: its status, its type of
// content, its schema. path is the call's, with its parameters in braces.
func (a *Answer) Breaks(api huma.API, method, path string) []string {
	item, ok := api.OpenAPI().Paths[path]
	if !ok {
		return []string{"no such path in the document"}
	}
	op := map[string]*huma.Operation{http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put,
		http.MethodPatch: item.Patch, http.MethodDelete: item.Delete}[method]
	if op == nil {
		return []string{"no such method in the document"}
	}
	promised, ok := op.Responses[strconv.Itoa(a.Status)]
	if !ok {
		if a.Status < 400 {
			return []string{fmt.Sprintf("status %d is not in the document", a.Status)}
		}
		if promised, ok = op.Responses["default"]; !ok {
			return []string{"the document promises no problem"}
		}
	}
	kind, _, _ := strings.Cut(a.Header.Get("Content-Type"), ";")
	if len(promised.Content) == 0 {
		if len(a.Body) > 0 {
			return []string{"a body where none is promised"}
		}
		return nil
	}
	media, ok := promised.Content[kind]
	if !ok {
		return []string{"content of type " + kind + " is not in the document"}
	}
	var v any
	if err := json.Unmarshal(a.Body, &v); err != nil {
		return []string{err.Error()}
	}
	var found huma.ValidateResult
	huma.Validate(api.OpenAPI().Components.Schemas, media.Schema, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, v, &found)
	var out []string
	for _, err := range found.Errors {
		out = append(out, err.Error())
	}
	return out
}
