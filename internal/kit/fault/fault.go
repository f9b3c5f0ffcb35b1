// Package fault is the vocabulary of expected errors. A fault carries a kind (what happened to the
// caller), a key (a message of kit/lang) and, for a form, its fields. Everything else that a function
// returns as an error is Internal: the reader is told that something went wrong, and an id.
package fault

import (
	"errors"
	"net/http"
	"sort"
	"strings"
	"time"
)

// Kind says what happened from the caller's point of view. It decides the HTTP status and the exit code.
type Kind int

// The kinds. Denied looks like NotFound from outside, to the byte: not yours and not there are one answer.
const (
	Internal Kind = iota
	Invalid
	Unauthenticated
	NotFound
	Conflict
	Precondition
	TooLarge
	TooMany
	Unavailable
	Malformed
	Denied
	Forbidden // the door is closed to this way of asking, whoever asks: a token without the scope, another site
	Method    // the address is there, but not for this method
	Media     // a body of a kind that is not read here
	TooSlow   // what was announced did not come in time
)

var kinds = [...]struct {
	name   string
	status int
}{
	Internal:        {"internal", http.StatusInternalServerError},
	Invalid:         {"invalid", http.StatusUnprocessableEntity},
	Unauthenticated: {"unauthenticated", http.StatusUnauthorized},
	NotFound:        {"not-found", http.StatusNotFound},
	Conflict:        {"conflict", http.StatusConflict},
	Precondition:    {"precondition", http.StatusPreconditionFailed},
	TooLarge:        {"too-large", http.StatusRequestEntityTooLarge},
	TooMany:         {"too-many", http.StatusTooManyRequests},
	Unavailable:     {"unavailable", http.StatusServiceUnavailable},
	Malformed:       {"malformed", http.StatusBadRequest},
	Denied:          {"denied", http.StatusNotFound},
	Forbidden:       {"forbidden", http.StatusForbidden},
	Method:          {"method", http.StatusMethodNotAllowed},
	Media:           {"media", http.StatusUnsupportedMediaType},
	TooSlow:         {"too-slow", http.StatusRequestTimeout},
}

// String is the kind's short name, for logs and metrics.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kinds) {
		return "internal"
	}
	return kinds[k].name
}

// Status is the HTTP status of the kind.
func (k Kind) Status() int {
	if k < 0 || int(k) >= len(kinds) {
		return http.StatusInternalServerError
	}
	return kinds[k].status
}

// Field is one thing wrong with one input. Name is the path of the input as the caller wrote it,
// e.g. "fields.amount"; Key is a message id.
type Field struct {
	Name, Key string
	Args      map[string]any
}

// Sentence is the message id to show: what is missing and has no name of its own is pointed at, not named.
func (f Field) Sentence() string {
	if f.Key == "form.required" && f.Args["label"] == nil {
		return "form.required-here"
	}
	return f.Key
}

// Error is an expected error.
type Error struct {
	Kind       Kind
	Key        string // message id, e.g. "request.already-closed"
	Args       map[string]any
	Fields     []Field
	RetryAfter time.Duration // TooMany and Unavailable: when to come back; 0 says nothing
	cause      error
}

// ErrNotFound is the answer for what is not there and for what is not yours.
var ErrNotFound = New(NotFound, "not-found")

// New makes a fault. The args are name, value, name, value…
//
//go:noinline
func New(kind Kind, key string, args ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: pairs(args)}
}

// Wrap makes a fault that remembers the error behind it, which is logged and never shown.
//
//go:noinline
func Wrap(kind Kind, err error, key string, args ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: pairs(args), cause: err}
}

// Error is for logs and tests: kind, key, fields, cause.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Kind.String())
	b.WriteString(": ")
	b.WriteString(e.Key)
	for i, f := range e.Fields {
		if i == 0 {
			b.WriteString(" (")
		} else {
			b.WriteString(", ")
		}
		b.WriteString(f.Name + " " + f.Key)
	}
	if len(e.Fields) > 0 {
		b.WriteString(")")
	}
	if e.cause != nil {
		b.WriteString(": " + e.cause.Error())
	}
	return b.String()
}

// Unwrap is the cause given to Wrap.
func (e *Error) Unwrap() error { return e.cause }

// Is makes errors.Is(err, fault.ErrNotFound) true for every fault with the same kind and key.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Kind == e.Kind && t.Key == e.Key
}

// As finds the fault in a chain of errors.
func As(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// KindOf is the kind of the fault in the chain; Internal for every other error.
func KindOf(err error) Kind {
	if e, ok := As(err); ok {
		return e.Kind
	}
	return Internal
}

// Fields collects what is wrong with a form, so that all of it comes at once.
type Fields struct{ list []Field }

// Add notes one wrong input. The args are name, value, name, value…
//
//go:noinline
func (f *Fields) Add(name, key string, args ...any) {
	f.list = append(f.list, Field{Name: name, Key: key, Args: pairs(args)})
}

// Join takes over what another collector found, with prefix put before each name ("fields" → "fields.amount").
func (f *Fields) Join(prefix string, other Fields) {
	for _, x := range other.list {
		if prefix != "" {
			x.Name = prefix + "." + x.Name
		}
		f.list = append(f.list, x)
	}
}

// Len is the number of findings.
func (f *Fields) Len() int { return len(f.list) }

// All lists the findings in the order they were added.
func (f *Fields) All() []Field { return append([]Field(nil), f.list...) }

// Err is nil when nothing was found, and an Invalid fault with all findings otherwise.
//
//go:noinline
func (f *Fields) Err() error {
	if len(f.list) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Key: "form.invalid", Args: map[string]any{"count": len(f.list)}, Fields: f.All()}
}

// Flat gives the args of a fault back as name, value… in the order of the names, as kit/lang takes them.
func Flat(args map[string]any) []any {
	if len(args) == 0 {
		return nil
	}
	names := make([]string, 0, len(args))
	for name := range args {
		names = append(names, name)
	}
	sort.Strings(names)
	flat := make([]any, 0, 2*len(names))
	for _, name := range names {
		flat = append(flat, name, args[name])
	}
	return flat
}

func pairs(args []any) map[string]any {
	if len(args) == 0 {
		return nil
	}
	if len(args)%2 != 0 {
		panic("fault: args come in pairs of name and value")
	}
	m := make(map[string]any, len(args)/2)
	for i := 0; i < len(args); i += 2 {
		m[args[i].(string)] = args[i+1]
	}
	return m
}
