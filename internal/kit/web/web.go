package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"

	"github.com/a-h/templ"
	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/time/rate"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// Handler answers a request or returns the error to answer with.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Actions that no row of the access table is needed for.
const (
	Public   = "public"    // anybody
	SignedIn = "signed-in" // anybody who is somebody
)

// Route is one address for people.
type Route struct {
	Pattern string // as http.ServeMux takes it: "POST /requests/{number}/take"
	Action  string // row of access/table, or Public, or SignedIn
	Do      Handler
	MaxBody int64 // bytes; 0 means 1 MB
	Quiet   bool  // no line in the access log: what was answered anonymously stays so
	Own     bool  // a page of what is nobody's business but one's own: closed to who looks with another's eyes
	Viewed  bool  // open also while one looks with another's eyes, although it writes
}

// Gate is the coarse check by role: nil when somebody like the actor may ever do the action. The room
// checks the record itself, in its transaction.
type Gate func(ctx context.Context, action string) error

// ErrorPage draws an error: full in the frame for a browser, content alone for htmx.
type ErrorPage func(ctx context.Context, p Problem) (full, content templ.Component)

// Options of New. Every one may be left out.
type Options struct {
	Gate   Gate
	Book   *lang.Book
	Errors ErrorPage
	Log    *slog.Logger
	DB     *sqldb.DB // keeps idempotency keys; without it they are ignored

	Who    func(r *http.Request) (actor.Actor, error)                                        // who asks; Unauthenticated for a bad token
	SignIn func(r *http.Request) string                                                      // where a page sends nobody to
	Dress  func(ctx context.Context, w http.ResponseWriter, r *http.Request) context.Context // what the frame shows
	Topic  func(ctx context.Context, topic string) error                                     // may the actor listen
	Frame  func(ctx context.Context, title string, c templ.Component) templ.Component        // for the pages of this package
	Left   func(r *http.Request, file string) error                                          // notes that a list leaves as a file, or refuses it
	Root   func(ctx context.Context, name string) (string, error)                            // a text file that others want to find at /NAME.txt; NotFound when there is none

	Locale, Zone string // of nobody: "zh", "Asia/Shanghai"

	Main      func(ctx context.Context) string // the company's main language; nil: Chinese
	URL       string                           // public address, "https://neike.example.com"; makes cookies Secure and Origin checks exact
	Version   string                           // in the OpenAPI document
	Proxies   []netip.Prefix
	TokenRate rate.Limit // calls per second and token; 0 means 5 000
	Observe   func(route string, status int, took time.Duration)
}

// Mux is the door: an http.Handler.
type Mux struct {
	o        Options
	mux      *http.ServeMux
	live     *Hub
	api      huma.API
	ops      []Operation
	routes   []Route
	quiet    []string // where paths hold what no log may have
	origin   *http.CrossOriginProtection
	tokens   *Limiter
	keys     *keys
	spec     atomic.Pointer[[]byte]
	secure   bool
	patience time.Duration   // for a small body
	whole    map[string]bool // schemas that are complete
}

// New makes the door with the pages of this package: /live, /look, /api/docs, /api/openapi.json.
func New(o Options) *Mux {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Locale == "" {
		o.Locale = lang.Locales[0]
	}
	if o.TokenRate == 0 {
		o.TokenRate = 5000
	}
	m := &Mux{
		o:        o,
		mux:      http.NewServeMux(),
		origin:   http.NewCrossOriginProtection(),
		whole:    map[string]bool{},
		tokens:   NewLimiter(o.TokenRate, int(o.TokenRate)*2),
		secure:   strings.HasPrefix(o.URL, "https://"),
		patience: time.Minute,
	}
	if o.URL != "" {
		if err := m.origin.AddTrustedOrigin(strings.TrimSuffix(o.URL, "/")); err != nil {
			o.Log.Warn("the public address is no origin", "url", o.URL, "err", err)
		}
	}
	if o.DB != nil {
		m.keys = &keys{db: o.DB}
	}
	m.live = newHub(o.Topic)
	m.live.who = m.who
	m.openAPI()
	m.Page(
		Route{Pattern: "GET /live", Action: SignedIn, Do: m.live.listen},
		Route{Pattern: "POST /look", Action: Public, Do: m.submitLook},
		Route{Pattern: "GET /api/openapi.json", Action: Public, Do: m.getSpec},
		Route{Pattern: "GET /api/docs", Action: Public, Do: m.showDocs},
		Route{Pattern: "GET /api/docs/{id}", Action: Public, Do: m.showDocsCall},
		Route{Pattern: "/", Action: Public, Do: m.nowhere},
	)
	return m
}

// Page adds routes for people. It panics on a pattern that collides, like http.ServeMux.
func (m *Mux) Page(routes ...Route) {
	for _, route := range routes {
		m.routes = append(m.routes, route)
		if _, at, _ := strings.Cut(route.Pattern, " "); route.Quiet && strings.Contains(at, "{") {
			m.quiet = append(m.quiet, at[:strings.IndexByte(at, '{')])
		}
		m.mux.Handle(route.Pattern, m.door(route, "", false))
	}
}

// Handle adds a plain handler that wants none of what the door does but request id, log and headers:
// assets, health, metrics.
func (m *Mux) Handle(pattern string, h http.Handler) { m.mux.Handle(pattern, h) }

// Routes lists all addresses with their actions: pages, and the calls of the API with their paths.
func (m *Mux) Routes() []Route {
	all := append([]Route(nil), m.routes...)
	for _, op := range m.ops {
		all = append(all, Route{Pattern: op.Method + " " + op.Path, Action: op.Action})
	}
	return all
}

// Live is the hub of live pages.
func (m *Mux) Live() *Hub { return m.live }

// API is the JSON door; rooms add to it by Op.
func (m *Mux) API() huma.API { return m.api }

// ServeHTTP answers one request.
func (m *Mux) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	res := newResponse(w, r)
	res.secure = m.secure
	defer m.finish(res, r)
	secureHeaders(w.Header(), m.secure)
	m.mux.ServeHTTP(res, r)
}

// door wraps a handler in everything that is the same for all.
func (m *Mux) door(route Route, scope string, api bool) http.Handler {
	limit := route.MaxBody
	if limit == 0 {
		limit = 1 << 20
	}
	if scope == "" {
		scope = "write"
		if method, _, ok := strings.Cut(route.Pattern, " "); ok && (method == "GET" || method == "HEAD") {
			scope = "read"
		}
	}
	name := route.Pattern
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		res := responseOf(w)
		res.route, res.quiet, res.left = name, route.Quiet, m.o.Left
		who, err := m.who(r)
		r = r.WithContext(m.words(actor.With(r.Context(), who), r, who))
		if r.Body != nil && r.ContentLength != 0 { // of the copy: the server looks at its own to see what was left unread
			r.Body = m.patiently(res, http.MaxBytesReader(res.ResponseWriter, r.Body, limit), limit)
		}
		res.asked = r
		if err == nil {
			err = m.enter(r, route, scope, who)
		}
		if err == nil && !api && m.o.Dress != nil {
			r = r.WithContext(m.o.Dress(r.Context(), w, r))
			res.asked = r
		}
		if err == nil {
			err = route.Do(w, r)
		}
		if err != nil {
			m.fail(res, r, err)
		}
	})
}

// methods a route may have.
var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

// nowhere answers an address that is not there, and one that is there for other methods. The addresses are no secret:
// they stand in the documentation. What is behind them is asked for by their own methods only.
func (m *Mux) nowhere(w http.ResponseWriter, r *http.Request) error {
	var allow []string
	for _, method := range methods {
		other := *r
		other.Method = method
		if _, pattern := m.mux.Handler(&other); pattern != "/" && pattern != "" {
			allow = append(allow, method)
		}
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	switch {
	case len(allow) == 0 && m.o.Root != nil && (r.Method == http.MethodGet || r.Method == http.MethodHead) && strings.HasSuffix(name, ".txt"):
		text, err := m.o.Root(r.Context(), name)
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, err = io.WriteString(w, text)
		return err
	case len(allow) == 0:
		return fault.ErrNotFound
	}
	list := strings.Join(append(allow, http.MethodOptions), ", ")
	w.Header().Set("Allow", list)
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return fault.New(fault.Method, "web.method", "method", r.Method, "allow", list)
}

func (m *Mux) who(r *http.Request) (actor.Actor, error) {
	if m.o.Who == nil {
		return actor.From(r.Context()), nil
	}
	return m.o.Who(r)
}

// enter decides whether this way of asking is open at all: other sites, rate, scope, action.
func (m *Mux) enter(r *http.Request, route Route, scope string, who actor.Actor) error {
	action := route.Action
	if err := m.origin.Check(r); err != nil {
		return fault.Wrap(fault.Forbidden, err, "web.other-site")
	}
	if who.Token != 0 {
		if wait := m.tokens.Take(who.Token); wait > 0 {
			return &fault.Error{Kind: fault.TooMany, Key: "web.too-many", RetryAfter: wait}
		}
	}
	if who.Viewer != 0 && !route.Viewed && (scope != "read" || route.Own) { // also where the door is open to everybody
		return fault.New(fault.Forbidden, "web.viewing")
	}
	if action == Public {
		return nil
	}
	if !who.Known() {
		return fault.New(fault.Unauthenticated, "web.sign-in")
	}
	if !who.Allows(scope) {
		return fault.New(fault.Forbidden, "web.scope", "scope", scope)
	}
	if action == SignedIn || m.o.Gate == nil {
		return nil
	}
	return m.o.Gate(r.Context(), action)
}

// finish runs when the handler is done, also after a panic: it sends what was collected and writes the log.
func (m *Mux) finish(res *response, r *http.Request) {
	if p := recover(); p != nil {
		if p == http.ErrAbortHandler {
			res.release()
			panic(p)
		}
		m.panicked(res, r, p)
	}
	res.send()
	took := time.Since(res.start)
	if m.o.Observe != nil {
		m.o.Observe(res.route, res.status, took)
	}
	if !res.quiet && res.route != "" {
		m.logRequest(res, r, took)
	}
	res.release()
}

// pathOf is the path as the log may have it: below a Quiet route nothing is written, by whatever method or with whatever
// was added behind it. Office programs send OPTIONS to links before they open them.
func (m *Mux) pathOf(r *http.Request) string {
	for _, quiet := range m.quiet {
		if len(r.URL.Path) > len(quiet) && strings.EqualFold(r.URL.Path[:len(quiet)], quiet) {
			return quiet + "…"
		}
	}
	return r.URL.Path
}

func (m *Mux) logRequest(res *response, r *http.Request, took time.Duration) {
	level := slog.LevelDebug
	switch {
	case took > time.Second && !res.streaming:
		level = slog.LevelWarn // slow
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		level = slog.LevelInfo
	}
	ctx := res.asked.Context()
	if !m.o.Log.Enabled(ctx, level) {
		return
	}
	who := actor.From(ctx)
	m.o.Log.LogAttrs(ctx, level, "request",
		slog.String("id", res.id), slog.String("route", res.route), slog.String("path", m.pathOf(r)),
		slog.Int("status", res.status), slog.Int64("bytes", res.sent),
		slog.Float64("ms", float64(took.Microseconds())/1000), slog.String("who", who.No))
}
