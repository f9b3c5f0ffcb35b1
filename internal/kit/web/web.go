// Package web is the door: routes, errors as answers, forms, the JSON API, live pages.
package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"github.com/a-h/templ"
	"github.com/danielgtaylor/huma/v2"

	"neike/internal/kit/lang"
)

// Handler answers a request or returns the error to answer with.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Route is one address, the action of access/table it needs, and what it does.
type Route struct {
	Pattern string
	Action  string // row of access/table, or "public" / "signed-in"
	Do      Handler
}

// Gate is the coarse check by role; record checks happen in the room.
type Gate func(ctx context.Context, action string) error

// ErrorPage draws an error as a page.
type ErrorPage func(ctx context.Context, p Problem) (full, content templ.Component)

// Problem is an error as the reader gets it (RFC 9457).
type Problem struct {
	Type     string         `json:"type"`
	Title    string         `json:"title"`
	Status   int            `json:"status"`
	Detail   string         `json:"detail,omitempty"`
	Key      string         `json:"key"`
	Message  string         `json:"message"`
	Fields   []ProblemField `json:"fields,omitempty"`
	Instance string         `json:"instance,omitempty"`
}

// ProblemField is one wrong input.
type ProblemField struct {
	Name    string `json:"name"`
	Key     string `json:"key"`
	Message string `json:"message"`
}

// Options of New.
type Options struct {
	Gate   Gate
	Book   *lang.Book
	Errors ErrorPage
	Log    *slog.Logger
}

// Mux is the house's door.
type Mux struct{ live *Hub }

// New makes the door.
func New(o Options) *Mux { return &Mux{live: &Hub{}} }

// Page adds routes for people.
func (m *Mux) Page(routes ...Route) {}

// API is the JSON door.
func (m *Mux) API() huma.API { return nil }

// Live is the hub of live pages.
func (m *Mux) Live() *Hub { return m.live }

// Hub tells open pages what happened.
type Hub struct{}

// Publish sends to everybody who listens to the topic.
func (h *Hub) Publish(topic, event, data string) {}

// Operation is one call of the API.
type Operation struct {
	ID, Method, Path, Action, Summary, Tag string
	Status                                 int
	Scope                                  string // "read", "write", "import", "admin"
}

// Op adds a call.
func Op[I, O any](m *Mux, op Operation, fn func(ctx context.Context, in *I) (*O, error)) {}

// Show answers with a component: content to htmx, full to a browser.
func Show(w http.ResponseWriter, r *http.Request, status int, full, content templ.Component) error {
	return errors.New("not yet")
}

// See sends the browser on (303).
func See(w http.ResponseWriter, r *http.Request, url string) error { return errors.New("not yet") }

// Decode reads a form.
func Decode(r *http.Request, dst any) error { return errors.New("not yet") }

// Toast leaves a word for the next page.
func Toast(w http.ResponseWriter, r *http.Request, text string, undoURL string) {}

// Page is one page of a list.
type Page[T any] struct {
	Items      []T    `json:"items"`
	NextCursor string `json:"next_cursor,omitempty"`
}

// Cursor packs the last row's key.
func Cursor(parts ...int64) string { return "" }

// ParseCursor unpacks n parts.
func ParseCursor(s string, n int) ([]int64, error) { return nil, nil }
