package article

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"neike/internal/catalog"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/prose"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
	"neike/internal/talk"
)

// Mount adds the pages and calls of the room.
func (s *Service) Mount(m *web.Mux) {
	m.Page(s.routes()...)
	s.api(m)
	s.missAPI(m)
}

func (s *Service) routes() []web.Route {
	const most = talk.MaxFile*4 + 1<<20
	return []web.Route{
		{Pattern: "GET /articles", Action: doSee, Do: s.showList},
		{Pattern: "GET /articles/new", Action: doWrite, Do: s.showNew},
		{Pattern: "POST /articles/new", Action: doWrite, Do: s.submitNew, MaxBody: most},
		{Pattern: "POST /articles/preview", Action: doKeep, Do: s.submitPreview, MaxBody: most},
		{Pattern: "GET /articles/report", Action: doReport, Do: s.showReport},
		{Pattern: "GET /articles/report/export", Action: doReport, Do: s.showReportExport},
		{Pattern: "GET /articles/{number}", Action: doSee, Do: s.showArticle},
		{Pattern: "GET /articles/{number}/edit", Action: doKeep, Do: s.showEdit},
		{Pattern: "POST /articles/{number}/edit", Action: doKeep, Do: s.submitEdit, MaxBody: most},
		{Pattern: "POST /articles/{number}/propose", Action: doKeep, Do: s.submitVerb(s.Propose, "article.done-proposed")},
		{Pattern: "POST /articles/{number}/publish", Action: doApprove, Do: s.submitVerb(s.Publish, "article.done-published")},
		{Pattern: "POST /articles/{number}/retire", Action: doApprove, Do: s.submitVerb(s.Retire, "article.done-retired")},
		{Pattern: "POST /articles/{number}/drop", Action: doKeep, Do: s.submitVerb(s.Drop, "article.done-dropped")},
		{Pattern: "POST /articles/{number}/send-back", Action: doApprove, Do: s.submitSendBack},
		{Pattern: "POST /articles/{number}/confirm", Action: doKeep, Do: s.submitConfirm},
		{Pattern: "POST /articles/{number}/rate", Action: doRate, Do: s.submitRate, Quiet: true},
		{Pattern: "POST /articles/{number}/solved", Action: doCount, Do: s.submitSolved, Quiet: true},
		{Pattern: "GET /search/misses", Action: doMisses, Do: s.showMisses},
		{Pattern: "POST /search/misses", Action: doMisses, Do: s.submitMisses},
		{Pattern: "GET /search/misses/find", Action: doMisses, Do: s.showTargets},
		{Pattern: "POST /services/{code}/articles", Action: doCount, Do: s.submitMatch, Quiet: true},
		{Pattern: "GET /services/{code}/articles/{number}", Action: doCount, Do: s.showRead, Quiet: true},
	}
}

func numberOf(r *http.Request) (int64, error) { return ParseRef(r.PathValue("number")) }

// line is an article in a list.
type line struct {
	*Head
	Note string
	Tags []ui.StatusProps
}

type listView struct {
	Lines  []line
	Filter ui.FilterProps
	Next   string
	First  string
	Query  string
	Write  bool // the reader may begin one
	Report bool
	Misses bool
	New    string // address of the form for a new one
}

func (s *Service) showList(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	f := Filter{Query: q.Get("q"), Unit: q.Get("unit"), Service: q.Get("service"), State: State(q.Get("state")), Mine: q.Get("mine") != "", Limit: web.DefaultLimit}
	if !slices.Contains(States, f.State) {
		f.State = ""
	}
	page, err := s.List(ctx, f, q.Get("cursor"))
	if err != nil {
		return err
	}
	v := listView{Query: f.Query, New: "/articles/new"}
	if v.Lines, err = s.lines(ctx, page.Items); err != nil {
		return err
	}
	units, err := s.unitsOf(ctx)
	if err != nil {
		return err
	}
	v.Write, v.Report = len(units) > 0, len(units) > 0 || actor.From(ctx).Has("executive")
	v.Misses = s.mayMisses(ctx) == nil
	if f.Service != "" {
		v.New += "?service=" + url.QueryEscape(f.Service)
	}
	if v.Filter, err = s.filters(ctx, f, v.Write); err != nil {
		return err
	}
	if page.NextCursor != "" {
		q.Set("cursor", page.NextCursor)
		v.Next = "/articles?" + q.Encode()
	}
	if q.Del("cursor"); r.URL.Query().Get("cursor") != "" {
		v.First = "/articles?" + q.Encode()
	}
	return web.Show(w, r, http.StatusOK, listPage(v), listContent(v))
}

// lines are articles with what a list says of them.
func (s *Service) lines(ctx context.Context, list []*Head) ([]line, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]line, len(list))
	for i, h := range list {
		out[i] = line{Head: h, Note: h.Ref() + " · " + tree.Name(ctx, h.Unit), Tags: s.standing(ctx, h)}
		if lead := h.Lead.In(ctx); lead != "" {
			out[i].Note += " · " + lead
		}
	}
	return out, nil
}

// standing says in which state an article is, where it is not simply published, and that it should be looked at.
func (s *Service) standing(ctx context.Context, h *Head) (out []ui.StatusProps) {
	if h.State != Published {
		out = append(out, stateOf(ctx, h.State))
	}
	if h.Work != "" {
		out = append(out, ui.StatusProps{Text: lang.T(ctx, "article.work."+string(h.Work)), Tone: "warn", Icon: "pencil"})
	}
	if h.State == Published && !h.CheckBy.IsZero() && !h.CheckBy.After(lang.Now(ctx)) {
		out = append(out, ui.StatusProps{Text: lang.T(ctx, "article.to-check"), Tone: "warn", Icon: "refresh"})
	}
	return out
}

func stateOf(ctx context.Context, st State) ui.StatusProps {
	tone := map[State]string{Draft: "na", Proposed: "warn", Published: "good", Retired: "na"}[st]
	icon := map[State]string{Draft: "pencil", Proposed: "clipboard-check", Published: "circle-check", Retired: "archive"}[st]
	return ui.StatusProps{Text: lang.T(ctx, "article.state."+string(st)), Tone: tone, Icon: icon}
}

func (s *Service) filters(ctx context.Context, f Filter, keeps bool) (ui.FilterProps, error) {
	p := ui.FilterProps{Action: "/articles", Clear: "/articles", Hidden: map[string]string{"service": f.Service},
		Search: &ui.FilterSearch{Name: "q", Label: lang.T(ctx, "article.find"), Value: f.Query, Big: true}}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return p, err
	}
	sh, err := s.shelf(ctx)
	if err != nil {
		return p, err
	}
	has := map[org.ID]bool{}
	for _, h := range sh.all {
		if ok, err := s.reads(ctx, h); err != nil {
			return p, err
		} else if ok || keeps && s.keeps(ctx, h) {
			has[h.Unit] = true
		}
	}
	units := ui.Filter{Name: "unit", Label: lang.T(ctx, "article.unit"), On: f.Unit != "", Options: []ui.Option{{Text: lang.T(ctx, "article.any-unit")}}}
	for _, u := range tree.All() {
		if has[u.ID] {
			units.Options = append(units.Options, ui.Option{Value: u.Code, Text: u.Name.In(ctx), Selected: u.Code == f.Unit})
		}
	}
	p.Filters = append(p.Filters, units)
	if keeps {
		anyState := "article.any-state"
		if f.Mine { // one's own in every state
			anyState = "article.every-state"
		}
		states := ui.Filter{Name: "state", Label: lang.T(ctx, "article.state-label"), On: f.State != "", Options: []ui.Option{{Text: lang.T(ctx, anyState)}}}
		for _, st := range States {
			states.Options = append(states.Options, ui.Option{Value: string(st), Text: lang.T(ctx, "article.state."+string(st)), Selected: st == f.State})
		}
		p.Filters = append(p.Filters, states, ui.Filter{Name: "mine", Label: lang.T(ctx, "article.whose"), On: f.Mine,
			Options: []ui.Option{{Text: lang.T(ctx, "article.whose-all")}, {Value: "1", Text: lang.T(ctx, "article.whose-mine"), Selected: f.Mine}}})
	}
	return p, nil
}

// articleView is the page of one article.
type articleView struct {
	Shown
	Title, HTML, Preview string // Preview: the working text, where it is another one
	Unit, UnitHref       string
	Owner, Writer        string
	Services             []ui.Crumb
	Opinion              Opinion
	History              []Version
	People               map[org.ID]org.Person
	Asking               *askingView // opened from a form
	Rated                Rating
	Errors               ui.Errors
	Why, Next            string
	Old                  bool // an earlier version
	Rates                bool // the reader may say what it was worth
	Tags                 []ui.StatusProps
}

func (s *Service) showArticle(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	n, _ := strconv.Atoi(r.URL.Query().Get("version")) // anything else is the newest
	v, err := s.articleView(ctx, number, max(n, 0))
	if err != nil {
		return err
	}
	if v.Asking, err = s.askingFrom(r, v.Number); err != nil {
		return err
	}
	if v.Asking != nil {
		if err := s.WasOpened(ctx, v.Asking.form, v.Number); err != nil {
			return err
		}
	}
	return web.Show(w, r, http.StatusOK, articlePage(v), nil)
}

// again is the page with what was wrong with something that was sent from it.
func (s *Service) again(w http.ResponseWriter, r *http.Request, number int64, cause error, with func(v *articleView)) error {
	status := http.StatusUnprocessableEntity
	switch fault.KindOf(cause) {
	case fault.Invalid:
	case fault.Conflict:
		status = http.StatusConflict
	default:
		return cause
	}
	v, err := s.articleView(r.Context(), number, 0)
	if err != nil {
		return err
	}
	v.Errors = ui.ErrorsOf(r.Context(), cause, map[string]string{"why": lang.T(r.Context(), "article.why"), "reason": lang.T(r.Context(), "article.reason-label"), "next": lang.T(r.Context(), "article.check-by")})
	if with != nil {
		with(&v)
	}
	return web.Show(w, r, status, articlePage(v), nil)
}

func (s *Service) articleView(ctx context.Context, number int64, n int) (articleView, error) {
	var v articleView
	var err error
	if v.Shown, err = s.ByNumber(ctx, number, n); err != nil {
		return v, err
	}
	v.Title, v.Old = v.Version.Title.In(ctx), v.Version.N != 0 && v.Version.N != v.Article.Version
	if v.HTML, err = prose.HTML(v.Version.Body.In(ctx)); err != nil {
		return v, err
	}
	if v.Keeps && v.Work != "" && !v.Old {
		if v.Preview, err = prose.HTML(v.Body.In(ctx)); err != nil {
			return v, err
		}
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return v, err
	}
	unit, _ := tree.ByID(v.Article.Unit)
	v.Unit, v.UnitHref = unit.Name.In(ctx), "/articles?unit="+url.QueryEscape(unit.Code)
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return v, err
	}
	for _, id := range v.Version.Services {
		if sv, ok := snap.ByID(id); ok && s.Catalog.Sees(ctx, sv) {
			v.Services = append(v.Services, ui.Crumb{Label: sv.Name.In(ctx), Href: "/services/" + sv.Code})
		}
	}
	sh, err := s.shelf(ctx)
	if err != nil {
		return v, err
	}
	if h := sh.byNumber[number]; h != nil && v.Keeps {
		v.Tags = s.standing(ctx, h)
	}
	if v.Opinion, err = s.Opinions(ctx, v.Article); err != nil {
		return v, err
	}
	v.Rates = v.Article.Owner != actor.From(ctx).Person
	if v.Opinion.Mine != nil {
		v.Rated = *v.Opinion.Mine
	}
	return v, s.people(ctx, &v)
}

// people adds the names, and the history for those who keep the article.
func (s *Service) people(ctx context.Context, v *articleView) error {
	return s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		ids := []org.ID{v.Article.Owner, v.Article.ProposedBy, v.Version.WrittenBy}
		if v.Keeps {
			if v.History, err = versionsOf(ctx, rd, v.ID); err != nil {
				return err
			}
			for _, x := range v.History {
				ids = append(ids, x.WrittenBy, x.By)
			}
		}
		v.People, err = s.Org.Names(ctx, rd, ids)
		if p, ok := v.People[v.Article.Owner]; ok {
			v.Owner = p.Display(ctx)
		}
		return err
	})
}

// submitVerb is a deed without words.
func (s *Service) submitVerb(do func(context.Context, int64) (Article, error), done string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		number, err := numberOf(r)
		if err != nil {
			return err
		}
		a, err := do(r.Context(), number)
		if err != nil {
			return s.again(w, r, number, err, nil)
		}
		web.Toast(w, r, lang.T(r.Context(), done, "ref", a.Ref()), "")
		return web.See(w, r, link(number))
	}
}

func (s *Service) submitSendBack(w http.ResponseWriter, r *http.Request) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	var in struct {
		Why string `form:"why"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	a, err := s.SendBack(r.Context(), number, in.Why)
	if err != nil {
		return s.again(w, r, number, err, func(v *articleView) { v.Why = in.Why })
	}
	web.Toast(w, r, lang.T(r.Context(), "article.done-sent-back", "ref", a.Ref()), "")
	return web.See(w, r, link(number))
}

func (s *Service) submitConfirm(w http.ResponseWriter, r *http.Request) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	var in struct {
		Next string `form:"check_by"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	a, err := s.Confirm(r.Context(), number, in.Next)
	if err != nil {
		return s.again(w, r, number, err, func(v *articleView) { v.Next = in.Next })
	}
	web.Toast(w, r, lang.T(r.Context(), "article.done-confirmed", "ref", a.Ref()), "")
	return web.See(w, r, link(number))
}

func (s *Service) submitRate(w http.ResponseWriter, r *http.Request) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	var in struct {
		Helpful string `form:"helpful"`
		Reason  string `form:"reason"`
		Words   string `form:"words"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	if err := s.Rate(r.Context(), number, in.Helpful == "yes", in.Reason, in.Words); err != nil {
		return s.again(w, r, number, err, func(v *articleView) { v.Rated = Rating{Reason: in.Reason, Words: in.Words} })
	}
	web.Toast(w, r, lang.T(r.Context(), "article.done-rated"), "")
	return web.See(w, r, link(number)+"#rate")
}

// ServiceCard is the card of articles on the page of a service; nil when there is none and the reader writes none.
func (s *Service) ServiceCard(ctx context.Context, sv *catalog.Service) (templ.Component, error) {
	list, err := s.Of(ctx, sv.ID, "", mostShown)
	if err != nil {
		return nil, err
	}
	writes, err := s.writesFor(ctx, sv)
	if err != nil || len(list) == 0 && !writes {
		return nil, err
	}
	return serviceCard(sv.Code, list, writes), nil
}
