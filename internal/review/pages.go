package review

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/kit/xlsx"
	"neike/internal/request"
)

func (s *Service) routes() []web.Route {
	return []web.Route{
		{Pattern: "GET /reviews", Action: doList, Do: s.showList},
		{Pattern: "GET /reviews/export", Action: doList, Do: s.showExport},
		{Pattern: "GET /reviews/accuracy", Action: "report.see", Do: s.showAccuracy},
		{Pattern: "GET /reviews/{id}", Action: doSee, Do: s.showCase},
		{Pattern: "POST /reviews/{id}", Action: doJudge, Do: s.submitCase},
		{Pattern: "GET /services/{code}/review", Action: doPlanSee, Do: s.showPlan},
		{Pattern: "POST /services/{code}/review", Action: doPlan, Do: s.submitPlan},
	}
}

func idOf(r *http.Request) (ID, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id <= 0 {
		return 0, fault.ErrNotFound
	}
	return id, nil
}

// caseForm is a judgement as it was sent.
type caseForm struct {
	Verdict string `form:"verdict"`
	Word    string `form:"word"`
	Share   bool   `form:"share"`
}

type caseView struct {
	View
	In      caseForm
	Title   string
	Service string
	Lead    string
	Made    request.Result
	Seen    bool // the reader may open the request
	Choices []ui.Choice
	Errors  ui.Errors
	Stands  ui.StatusProps
}

func (s *Service) showCase(w http.ResponseWriter, r *http.Request) error {
	return s.casePage(w, r, http.StatusOK, caseForm{}, nil)
}

func (s *Service) casePage(w http.ResponseWriter, r *http.Request, status int, in caseForm, cause error) error {
	ctx := r.Context()
	id, err := idOf(r)
	if err != nil {
		return err
	}
	c, err := s.ByID(ctx, id)
	if err != nil {
		return err
	}
	v := caseView{View: c, In: in, Title: lang.T(ctx, "review.case-of", "ref", c.Ref()), Errors: ui.ErrorsOf(ctx, cause, nil), Stands: stateOf(ctx, c.State)}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	if sv, ok := snap.ByID(c.Service); ok {
		v.Service = sv.Name.In(ctx)
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	v.Lead = lang.T(ctx, "review.case-lead", "service", v.Service, "provider", tree.FullName(ctx, c.Provider), "when", lang.At(ctx, c.AcceptedAt))
	v.Made, err = s.Request.ResultOf(ctx, c.Number)
	if v.Seen = err == nil; err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	for _, x := range Verdicts {
		v.Choices = append(v.Choices, ui.Choice{Value: string(x), Title: lang.T(ctx, "review.verdict."+string(x)), Text: lang.T(ctx, "review.verdict-text."+string(x)), Checked: in.Verdict == string(x)})
	}
	return web.Show(w, r, status, casePage(v), nil)
}

func (s *Service) submitCase(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := idOf(r)
	if err != nil {
		return err
	}
	var in caseForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	_, err = s.Judge(ctx, id, Judgement{Verdict: Verdict(in.Verdict), Word: in.Word, Share: in.Share})
	switch fault.KindOf(err) {
	case fault.Invalid:
		return s.casePage(w, r, http.StatusUnprocessableEntity, in, err)
	case fault.Conflict:
		if err != nil {
			return s.casePage(w, r, http.StatusConflict, in, err)
		}
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "review.thanks"), "")
	return web.See(w, r, link(id))
}

func stateOf(ctx context.Context, s State) ui.StatusProps {
	tone := map[State]string{Open: "warn", Split: "warn", Done: "good", Lapsed: "na", Dropped: "na"}[s]
	return ui.StatusProps{Text: lang.T(ctx, "review.state."+string(s)), Tone: tone}
}

type lineView struct {
	Line
	Service, Provider, Customer string
	Href                        string
}

type listView struct {
	Lines   []lineView
	Tabs    []ui.TabProps
	Filter  ui.FilterProps
	Errors  ui.Errors
	Next    string
	Query   string
	Quality bool
	Mine    bool
}

// read is the filter of an address. show is "" for what one judges, "all" for everything one may see.
func (s *Service) read(r *http.Request) (Filter, error) {
	q := r.URL.Query()
	f := Filter{Mine: q.Get("show") != "all", State: State(q.Get("state")), Service: q.Get("service"), Result: Verdict(q.Get("result")), Limit: web.DefaultLimit}
	if q.Get("from") == "" && q.Get("to") == "" {
		return f, nil
	}
	var err error
	f.Span, err = request.SpanIn(q.Get("from"), q.Get("to"), s.db.Now().In(s.Org.Company(r.Context()).Location()))
	if q.Get("from") == "" {
		f.Span.From = noTime
	}
	return f, err
}

func (s *Service) showList(w http.ResponseWriter, r *http.Request) error {
	ctx, status := r.Context(), http.StatusOK
	q := r.URL.Query()
	f, err := s.read(r)
	v := listView{Quality: actor.From(ctx).Has("quality"), Mine: f.Mine, Tabs: tabs(ctx, map[bool]string{true: "mine", false: "all"}[f.Mine])}
	var page web.Page[Line]
	if err == nil {
		page, err = s.List(ctx, f, q.Get("cursor"))
	}
	if err != nil {
		if v.Errors = ui.ErrorsOf(ctx, err, nil); !v.Errors.Any() {
			return err
		}
		status = http.StatusUnprocessableEntity
	}
	if v.Lines, err = s.named(ctx, page.Items); err != nil {
		return err
	}
	cursor := page.NextCursor
	q.Del("cursor")
	v.Query = q.Encode()
	if cursor != "" {
		q.Set("cursor", cursor)
		v.Next = "/reviews?" + q.Encode()
	}
	v.Filter = s.filters(ctx, r, f)
	return web.Show(w, r, status, listPage(v), nil)
}

// named are lines with the names of what they are about.
func (s *Service) named(ctx context.Context, list []Line) ([]lineView, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	out := make([]lineView, len(list))
	for i, l := range list {
		out[i] = lineView{Line: l, Provider: tree.FullName(ctx, l.Provider), Customer: tree.FullName(ctx, l.Customer)}
		if sv, ok := snap.ByID(l.Case.Service); ok {
			out[i].Service = sv.Name.In(ctx)
		}
		if l.Can {
			out[i].Href = link(l.ID)
		}
	}
	return out, err
}

func (s *Service) filters(ctx context.Context, r *http.Request, f Filter) ui.FilterProps {
	q := r.URL.Query()
	p := ui.FilterProps{Action: "/reviews", Hidden: map[string]string{"show": q.Get("show"), "service": q.Get("service")}, Clear: "/reviews?show=" + q.Get("show"),
		Dates: []ui.FilterDate{{Name: "from", Label: lang.T(ctx, "review.from"), Value: q.Get("from")}, {Name: "to", Label: lang.T(ctx, "review.to"), Value: q.Get("to")}}}
	states := ui.Filter{Name: "state", Label: lang.T(ctx, "review.state"), On: f.State != "", Options: []ui.Option{{Text: lang.T(ctx, "review.any-state")}}}
	for _, x := range DrawnStates {
		states.Options = append(states.Options, ui.Option{Value: string(x), Text: lang.T(ctx, "review.state."+string(x)), Selected: x == f.State})
	}
	p.Filters = append(p.Filters, states)
	if actor.From(ctx).Has("quality") {
		results := ui.Filter{Name: "result", Label: lang.T(ctx, "review.result"), On: f.Result != "", Options: []ui.Option{{Text: lang.T(ctx, "review.any-result")}}}
		for _, x := range Verdicts {
			results.Options = append(results.Options, ui.Option{Value: string(x), Text: lang.T(ctx, "review.verdict."+string(x)), Selected: x == f.Result})
		}
		p.Filters = append(p.Filters, results)
	}
	return p
}

func tabs(ctx context.Context, on string) []ui.TabProps {
	return []ui.TabProps{
		{Text: lang.T(ctx, "review.tab-mine"), Href: "/reviews", On: on == "mine"},
		{Text: lang.T(ctx, "review.tab-all"), Href: "/reviews?show=all", On: on == "all"},
		{Text: lang.T(ctx, "review.tab-accuracy"), Href: "/reviews/accuracy", On: on == "accuracy"},
	}
}

// mostExported is how many cases leave in one file.
const mostExported = 20_000

// showExport sends the list as a file, with the same things hidden.
func (s *Service) showExport(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	f, err := s.read(r)
	if err != nil {
		return err
	}
	f.Limit = web.MaxLimit
	page, err := s.List(ctx, f, "")
	if err != nil {
		return err
	}
	out, err := xlsx.Send(w, r.URL.Query().Get("format"), lang.T(ctx, "review.title"))
	if err != nil {
		return err
	}
	if err := out.Heading(ctx, "review.column-", []string{"request", "service", "provider", "customer", "accepted", "state", "result", "mine", "words"}); err != nil {
		return err
	}
	for sent := 0; ; {
		lines, err := s.named(ctx, page.Items)
		if err != nil {
			return err
		}
		for _, l := range lines {
			if err := out.Row(l.Ref(), l.Service, l.Provider, l.Customer, l.AcceptedAt, lang.T(ctx, "review.state."+string(l.State)),
				verdictWord(ctx, l.Result), verdictWord(ctx, l.Mine), strings.Join(l.Words, "\n")); err != nil {
				return err
			}
		}
		if sent += len(lines); page.NextCursor == "" || sent >= mostExported {
			return out.Close()
		}
		if page, err = s.List(ctx, f, page.NextCursor); err != nil {
			return err
		}
	}
}

func verdictWord(ctx context.Context, v Verdict) string {
	if v == "" {
		return ""
	}
	return lang.T(ctx, "review.verdict."+string(v))
}
