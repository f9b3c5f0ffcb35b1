package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
)

// Problem is an error as the reader gets it (RFC 9457). Pages draw the same struct.
type Problem struct {
	Type     string         `json:"type" doc:"Always about:blank; the key says what happened" example:"about:blank"`
	Title    string         `json:"title" doc:"What kind of problem, in the asked language" example:"Something does not fit"`
	Status   int            `json:"status" doc:"HTTP status" example:"422"`
	Detail   string         `json:"detail,omitempty" doc:"The sentence for people; the same as message"`
	Key      string         `json:"key" doc:"What happened, for programs; stable" example:"form.invalid"`
	Message  string         `json:"message" doc:"The sentence for people, in the asked language"`
	Fields   []ProblemField `json:"fields,omitempty" doc:"Everything wrong with the input, at once"`
	Instance string         `json:"instance,omitempty" doc:"The request, for a question to the administrator; only when it is our fault"`

	Plain string `json:"-"` // of a page whose address asks for something wrong: the same page without that
}

// ProblemField is one wrong input.
type ProblemField struct {
	Name    string `json:"name" doc:"Path of the input" example:"fields.amount"`
	Key     string `json:"key" example:"form.required"`
	Message string `json:"message"`
}

// Of is the message beside the input with this name; "" when nothing is wrong with it.
func (p Problem) Of(name string) string {
	for _, f := range p.Fields {
		if f.Name == name {
			return f.Message
		}
	}
	return ""
}

// ProblemOf puts an error into the reader's words. Not found and not yours come out the same, and an
// unexpected error says nothing about itself.
func ProblemOf(ctx context.Context, err error) Problem {
	f, ok := fault.As(err)
	if !ok {
		f = stranger(err)
	}
	if f.Kind == fault.Denied || f.Kind == fault.NotFound {
		f = fault.ErrNotFound
	}
	if f.Kind == fault.Internal {
		f = fault.New(fault.Internal, "web.internal")
	}
	p := Problem{
		Type:    "about:blank",
		Title:   lang.T(ctx, "web.title."+f.Kind.String()),
		Status:  f.Kind.Status(),
		Key:     f.Key,
		Message: lang.T(ctx, f.Key, fault.Flat(f.Args)...),
	}
	p.Detail = p.Message
	for _, x := range f.Fields {
		args := fault.Flat(x.Args)
		if x.Key == wrongKind {
			args = []any{"want", lang.T(ctx, fmt.Sprint("web.kind.", x.Args["want"]))}
		}
		p.Fields = append(p.Fields, ProblemField{x.Name, x.Key, lang.T(ctx, x.Sentence(), args...)})
	}
	return p
}

// stranger finds the meaning of errors that are nobody's fault.
func stranger(err error) *fault.Error {
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return fault.New(fault.TooLarge, "web.too-large", "limit", size(large.Limit))
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fault.New(fault.TooSlow, "web.too-slow")
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fault.New(fault.Unavailable, "web.unavailable")
	default:
		return fault.New(fault.Internal, "web.internal")
	}
}

func size(n int64) string {
	if n >= 1<<20 {
		return strconv.FormatInt(n>>20, 10) + " MB"
	}
	return strconv.FormatInt(n>>10, 10) + " KB"
}

// fail answers with an error instead of what was collected.
func (m *Mux) fail(res *response, r *http.Request, err error) {
	ctx := r.Context()
	p := ProblemOf(ctx, err)
	if p.Status >= 500 {
		level := slog.LevelError
		if ctx.Err() != nil {
			level = slog.LevelDebug // the reader went away
		}
		m.o.Log.Log(ctx, level, "request failed", "id", res.id, "route", res.route, "err", err)
		p.Instance = "urn:neike:request:" + res.id
	}
	if !res.reset() {
		return
	}
	if f, ok := fault.As(err); ok && f.RetryAfter > 0 {
		res.Header().Set("Retry-After", strconv.Itoa(int(f.RetryAfter.Seconds())+1))
	}
	if forPrograms(r) {
		m.problemJSON(res, p)
		return
	}
	if p.Status == http.StatusUnauthorized && m.o.SignIn != nil && r.Header.Get("Authorization") == "" {
		m.sendToSignIn(res, r)
		return
	}
	m.problemPage(res, r, p)
}

// forPrograms says whether the answer is JSON. A stream is for programs too.
func forPrograms(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/api/") && r.URL.Path != "/api/docs" && !strings.HasPrefix(r.URL.Path, "/api/docs/") || r.URL.Path == "/live" ||
		strings.Contains(r.Header.Get("Accept"), "application/problem+json")
}

func (m *Mux) problemJSON(res *response, p Problem) {
	body, err := marshal(p)
	if err != nil { // a Problem is strings and numbers
		panic(err)
	}
	if p.Status == http.StatusUnauthorized {
		res.Header().Set("WWW-Authenticate", "Bearer")
	}
	res.Header().Set("Content-Type", "application/problem+json")
	res.WriteHeader(p.Status)
	_, _ = res.Write(body) // collected in memory
}

func (m *Mux) problemPage(res *response, r *http.Request, p Problem) {
	if m.o.Dress != nil {
		r = r.WithContext(m.o.Dress(r.Context(), res, r))
	}
	draw := m.o.Errors
	if draw == nil {
		draw = plainError
	}
	p.Plain = plainOf(r, p)
	full, content := draw(r.Context(), p)
	if err := Show(res, r, p.Status, full, content); err != nil && r.Context().Err() == nil { // or the caller is gone
		m.o.Log.Error("the error page failed", "id", res.id, "err", err)
		res.reset()
		http.Error(res, p.Message, p.Status)
	}
}

// plainOf is the page without what its address asks for wrongly; "" when that is not what is wrong.
func plainOf(r *http.Request, p Problem) string {
	at := r.URL
	if IsHTMX(r) {
		if u, err := url.Parse(r.Header.Get("HX-Current-URL")); err == nil {
			at = u
		}
	}
	if r.Method != http.MethodGet || len(p.Fields) == 0 || at.RawQuery == "" || !strings.HasPrefix(at.Path, "/") {
		return ""
	}
	return (&url.URL{Path: at.Path}).RequestURI()
}

func (m *Mux) sendToSignIn(res *response, r *http.Request) {
	to := m.o.SignIn(r)
	if back := backTo(r); back != "" && back != "/" && strings.HasPrefix(to, "/signin") {
		to += "?to=" + url.QueryEscape(back)
	}
	if IsHTMX(r) {
		res.Header().Set("HX-Redirect", to)
		res.WriteHeader(http.StatusOK)
		return
	}
	res.Header().Set("Location", to)
	res.WriteHeader(http.StatusSeeOther)
}

// backTo is the page to return to after signing in.
func backTo(r *http.Request) string {
	if IsHTMX(r) {
		if u, err := url.Parse(r.Header.Get("HX-Current-URL")); err == nil {
			return u.RequestURI()
		}
		return ""
	}
	if r.Method == http.MethodGet {
		return r.URL.RequestURI()
	}
	return PageBefore(r)
}

func (m *Mux) panicked(res *response, r *http.Request, p any) {
	m.o.Log.Error("panic", "id", res.id, "route", res.route, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	defer func() {
		if again := recover(); again != nil && res.reset() { // the error page panics too
			http.Error(res, "something went wrong, "+res.id, http.StatusInternalServerError)
		}
	}()
	m.fail(res, res.asked, fmt.Errorf("panic: %v", p))
}

func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return b.Bytes(), err
}

// GetStatus makes Problem an error that huma answers with.
func (p *Problem) GetStatus() int { return p.Status }

// Error is the key and the sentence.
func (p *Problem) Error() string { return p.Key + ": " + p.Message }

// ContentType is the one of RFC 9457.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

var _ huma.StatusError = (*Problem)(nil)
