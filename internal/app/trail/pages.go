package trail

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"neike/internal/kit/audit"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/kit/xlsx"
)

// Routes are the pages.
func (r *Reader) Routes() []web.Route {
	return []web.Route{
		{Pattern: "GET /settings/audit", Action: "audit.read", Do: r.showTrail},
		{Pattern: "GET /settings/audit/export", Action: "audit.read", Do: r.showExport},
		{Pattern: "POST /settings/audit/verify", Action: "audit.verify", Do: r.submitVerify},
		{Pattern: "GET /me/activity", Action: "audit.own", Do: r.showOwn, Own: true},
	}
}

// Mount adds the pages and the API.
func (r *Reader) Mount(m *web.Mux) {
	m.Page(r.Routes()...)
	r.api(m)
}

// trailView is a page of the trail.
type trailView struct {
	Question question
	Page     web.Page[entry]
	Report   *audit.Report // of a check just made
	Errors   ui.Errors
}

// Path of the page.
func (v trailView) Path() string {
	if v.Question.Own {
		return "/me/activity"
	}
	return "/settings/audit"
}

// Query is the address of the same question on another page of it.
func (v trailView) Query(cursor string) string {
	q := url.Values{}
	for name, value := range map[string]string{"person": v.Question.Person, "kind": v.Question.Kind, "record": v.Question.Record,
		"from": v.Question.From, "to": v.Question.To, "cursor": cursor} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// Filtered says whether anything narrows the list.
func (v trailView) Filtered() bool {
	q := v.Question
	return q.Person+q.Kind+q.Record+q.From+q.To != ""
}

func read(req *http.Request, own bool) question {
	q := req.URL.Query()
	return question{Person: strings.TrimSpace(q.Get("person")), Kind: q.Get("kind"), Record: strings.TrimSpace(q.Get("record")),
		From: q.Get("from"), To: q.Get("to"), Cursor: q.Get("cursor"), Own: own}
}

func (r *Reader) showTrail(w http.ResponseWriter, req *http.Request) error {
	return r.show(w, req, trailView{Question: read(req, false)})
}

func (r *Reader) showOwn(w http.ResponseWriter, req *http.Request) error {
	return r.show(w, req, trailView{Question: read(req, true)})
}

func (r *Reader) show(w http.ResponseWriter, req *http.Request, v trailView) error {
	ctx := req.Context()
	status := http.StatusOK
	var err error
	if v.Page, err = r.list(ctx, v.Question); err != nil {
		v.Errors = ui.ErrorsOf(ctx, err, labels(ctx))
		if len(v.Errors.Fields) == 0 {
			return err
		}
		status = http.StatusUnprocessableEntity
	}
	return web.Show(w, req, status, trailPage(v), trailContent(v))
}

func labels(ctx context.Context) map[string]string {
	out := map[string]string{}
	for _, name := range []string{"person", "kind", "record", "from", "to"} {
		out[name] = lang.T(ctx, "trail.field-"+name)
	}
	return out
}

// submitVerify checks the whole chain and shows what it found. It changes nothing, so that sending it twice is harmless.
func (r *Reader) submitVerify(w http.ResponseWriter, req *http.Request) error {
	report, err := r.trail.Verify(req.Context())
	if err != nil {
		return err
	}
	return r.show(w, req, trailView{Report: &report})
}

// exported is how many rows one file holds at most; whoever wants more asks for less time at once.
const exported = 50_000

// showExport sends what the question finds as a table.
func (r *Reader) showExport(w http.ResponseWriter, req *http.Request) error {
	ctx := req.Context()
	q := read(req, false)
	q.Limit = 500
	first, err := r.list(ctx, q)
	if err != nil {
		return err
	}
	out, err := xlsx.Send(w, req.URL.Query().Get("format"), lang.T(ctx, "trail.title"))
	if err != nil {
		return err
	}
	if err := out.Heading(ctx, "trail.column-", []string{"n", "at", "who", "via", "what", "kind", "subject", "subject_kind", "subject_id", "body", "hash"}); err != nil {
		return err
	}
	for page, n := first, 0; ; {
		for _, e := range page.Items {
			if err := out.Row(e.N, lang.ISO(e.At), e.Who.Text, e.Via, e.What, e.Kind, e.Subject.Text, e.SubjectKind, e.Entry.Subject, e.Body, e.Hash); err != nil {
				return err
			}
		}
		if n += len(page.Items); page.NextCursor == "" || n >= exported {
			return out.Close()
		}
		q.Cursor = page.NextCursor
		if page, err = r.list(ctx, q); err != nil {
			return err
		}
	}
}

// kindOptions are the choices of the filter.
func kindOptions(ctx context.Context, chosen string) []ui.Option {
	out := []ui.Option{{Value: "", Text: lang.T(ctx, "trail.everything"), Selected: chosen == ""}}
	known := chosen == ""
	for _, room := range rooms {
		out = append(out, ui.Option{Value: room + ".", Text: lang.T(ctx, "trail.room-"+room), Selected: chosen == room+"."})
		known = known || chosen == room+"."
	}
	if !known {
		out = append(out, ui.Option{Value: chosen, Text: word(ctx, "trail.kind."+chosen, chosen), Selected: true})
	}
	return out
}
