package agreement

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"time"

	"neike/internal/catalog"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
	"neike/internal/relation"
)

func (s *Service) routes() []web.Route {
	return []web.Route{
		{Pattern: "GET /agreements", Action: doList, Do: s.showList},
		{Pattern: "GET /agreements/new", Action: doDraft, Do: s.showNew},
		{Pattern: "POST /agreements", Action: doDraft, Do: s.submitNew},
		{Pattern: "GET /agreements/{number}", Action: doSee, Do: s.showOne},
		{Pattern: "GET /agreements/{number}/edit", Action: doDraft, Do: s.showEdit},
		{Pattern: "POST /agreements/{number}/edit", Action: doDraft, Do: s.submitEdit},
		{Pattern: "POST /agreements/{number}/sign", Action: doSign, Do: s.submitSign},
		{Pattern: "POST /agreements/{number}/object", Action: doSign, Do: s.submitObject},
		{Pattern: "POST /agreements/{number}/drop", Action: doDraft, Do: s.submitDrop},
		{Pattern: "POST /agreements/{number}/end", Action: doDraft, Do: s.submitEnd},
		{Pattern: "GET /agreements/{number}/print", Action: doSee, Do: s.showPrint},
		{Pattern: "GET /agreements/{number}/review", Action: doSee, Do: s.showReview},
		{Pattern: "POST /agreements/{number}/review", Action: doSign, Do: s.submitReview},
	}
}

// asking is what the address of the list says.
type asking struct {
	State  string `form:"state"`
	Unit   string `form:"unit"`
	Review string `form:"review"`
	Cursor string `form:"cursor"`
}

type listView struct {
	Filter  ui.FilterProps
	Problem string
	Rows    []listRow
	Pager   ui.PagerProps
	Narrow  bool
	Drafts  bool
}

type listRow struct {
	Ref, Title, Href, When, Review, Waits string
	State                                 ui.TagProps
}

func (s *Service) showList(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in asking
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	v := listView{Narrow: in.State+in.Unit+in.Review != "", Drafts: s.mayDraft(ctx)}
	f := Filter{State: State(in.State), Unit: in.Unit, Review: in.Review, Paging: web.Paging{Cursor: in.Cursor}}
	page, err := s.List(ctx, f)
	if err != nil && fault.KindOf(err) == fault.Invalid {
		v.Problem = ui.ErrorsOf(ctx, err, map[string]string{"unit": lang.T(ctx, "agreement.unit"), "state": lang.T(ctx, "agreement.state"), "cursor": lang.T(ctx, "agreement.page")}).Sentence(ctx)
		page, err = s.List(ctx, Filter{})
	}
	if err != nil {
		return err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	for _, l := range page.Items {
		row := listRow{Ref: l.Ref(), Title: title(ctx, tree, l.Agreement), Href: link(l.Number), State: stateTag(ctx, l.State), When: span(ctx, l.Now), Review: dayWords(ctx, l.Now.Review)}
		switch len(l.Waiting) {
		case 1:
			row.Waits = lang.T(ctx, "agreement.waits-for."+string(l.Waiting[0]))
		case 2:
			row.Waits = lang.T(ctx, "agreement.waits-for.both")
		}
		v.Rows = append(v.Rows, row)
	}
	if page.NextCursor != "" {
		next := r.URL.Query()
		next.Set("cursor", page.NextCursor)
		v.Pager.NextHref = "/agreements?" + next.Encode()
	}
	states := []ui.Option{{Text: lang.T(ctx, "agreement.state.any"), Selected: in.State == ""}}
	for _, x := range States {
		states = append(states, ui.Option{Value: string(x), Text: lang.T(ctx, "agreement.state."+string(x)), Selected: in.State == string(x)})
	}
	v.Filter = ui.FilterProps{Action: "/agreements", Clear: "/agreements", Filters: []ui.Filter{{Name: "state", Label: lang.T(ctx, "agreement.state"), Options: states},
		{Name: "review", Label: lang.T(ctx, "agreement.filter-review"), Options: []ui.Option{{Text: lang.T(ctx, "agreement.review-any"), Selected: in.Review == ""}, {Value: ReviewDue, Text: lang.T(ctx, "agreement.review-due"), Selected: in.Review == ReviewDue}}}}}
	if in.Unit != "" {
		v.Filter.Hidden = map[string]string{"unit": in.Unit}
	}
	return web.Show(w, r, http.StatusOK, listPage(v), listContent(v))
}

func stateTag(ctx context.Context, s State) ui.TagProps {
	return ui.TagProps{Text: lang.T(ctx, "agreement.state."+string(s)), Tone: tones[s]}
}

// mayDraft says whether the reader writes drafts of any unit.
func (s *Service) mayDraft(ctx context.Context) bool {
	a := actor.From(ctx)
	for _, g := range a.Groups {
		if g.Role == "head" || g.Role == "quality" {
			return true
		}
	}
	return a.Has("quality")
}

func numberOf(r *http.Request) (int64, error) { return ParseRef(r.PathValue("number")) }

type formView struct {
	In                 draftForm
	Errors             ui.Errors
	Action, Back       string
	Title              string
	Provider, Customer []ui.Option // chosen; of a new one
	New                bool
	Services           []ui.Option
	Rows               []targetRow
	Duties             []dutyRow
}

type targetRow struct {
	At                     string // targets.0
	Service                []ui.Option
	Completion, Response   ui.DurationProps
	CompletionT, ResponseT string
}

type dutyRow struct {
	Kind, Within, Target string
}

func (s *Service) showNew(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in draftForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	if !s.mayDraft(ctx) {
		return fault.ErrNotFound
	}
	today := s.db.Now().In(s.Org.Company(ctx).Location())
	next := time.Date(today.Year(), today.Month()+1, 1, 0, 0, 0, 0, time.UTC)
	in.From = cmp.Or(in.From, next.Format(time.DateOnly))
	in.To = cmp.Or(in.To, next.AddDate(1, 0, -1).Format(time.DateOnly))
	in.Review = cmp.Or(in.Review, next.AddDate(0, 3, 0).Format(time.DateOnly))
	return s.formPage(w, r, http.StatusOK, in, nil, nil)
}

// formPage shows the form of a draft: of a new agreement, or of a.
func (s *Service) formPage(w http.ResponseWriter, r *http.Request, status int, in draftForm, a *View, cause error) error {
	ctx := r.Context()
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	v := formView{In: in, New: a == nil, Action: "/agreements", Back: "/agreements", Title: lang.T(ctx, "agreement.new")}
	if a != nil {
		v.Action, v.Back, v.Title = link(a.Number)+"/edit", link(a.Number), lang.T(ctx, "agreement.edit", "ref", a.Ref())
		provider, _ := tree.ByID(a.Provider)
		customer, _ := tree.ByID(a.Customer)
		in.Provider, in.Customer = provider.Code, customer.Code
	}
	chosen := func(code string) []ui.Option {
		if u, known := tree.ByCode(code); known {
			return []ui.Option{{Value: u.Code, Text: u.Name.In(ctx), Selected: true}}
		}
		return nil
	}
	v.Provider, v.Customer = chosen(in.Provider), chosen(in.Customer)
	v.Errors = ui.ErrorsOf(ctx, cause, labels(ctx))
	from, _ := tree.ByCode(in.Provider)
	services := s.offered(ctx, tree, snap, from)
	for i := range in.rows() {
		row := targetRow{At: "targets." + strconv.Itoa(i), CompletionT: in.target(i, "completion_target"), ResponseT: in.target(i, "response_target")}
		chosen := in.target(i, "service")
		row.Service = []ui.Option{{Text: lang.T(ctx, "agreement.choose-service"), Selected: chosen == ""}}
		for _, x := range services {
			row.Service = append(row.Service, ui.Option{Value: x.Code, Text: x.Name.In(ctx) + "（" + x.Standard.Completion.Label(ctx) + "）", Selected: x.Code == chosen})
		}
		row.Completion = s.durationOf(ctx, v.Errors, in, i, "completion")
		row.Response = s.durationOf(ctx, v.Errors, in, i, "response")
		v.Rows = append(v.Rows, row)
	}
	for _, kind := range DutyKinds {
		v.Duties = append(v.Duties, dutyRow{kind, first(in.Duties[kind+".within"]), first(in.Duties[kind+".target"])})
	}
	return web.Show(w, r, status, formPage(v), formContent(v))
}

func (s *Service) durationOf(ctx context.Context, e ui.Errors, in draftForm, row int, name string) ui.DurationProps {
	at := "targets." + strconv.Itoa(row) + "." + name
	return ui.DurationProps{Name: at, Label: lang.T(ctx, "agreement."+name), Value: in.target(row, name+".value"), Unit: in.target(row, name+".unit"), Units: catalog.UnitOptions(ctx),
		Error: cmp.Or(e.At(at+".value"), e.At(at+".unit"))}
}

// offered are the services that a unit, and those below it, offer on request and the reader may know of.
func (s *Service) offered(ctx context.Context, tree *org.Tree, snap *catalog.Snapshot, from org.Unit) []*catalog.Service {
	var out []*catalog.Service
	if from.ID == 0 {
		return nil
	}
	for _, unit := range tree.Descendants(from.ID) {
		for _, x := range snap.Of(unit) {
			if x.Askable() && s.Catalog.Sees(ctx, x) {
				out = append(out, x)
			}
		}
	}
	return out
}

func labels(ctx context.Context) map[string]string {
	out := map[string]string{}
	for _, name := range []string{"provider", "customer", "from", "to", "review", "attainment", "right_first", "targets", "also", "exclusions", "purpose", "text", "why"} {
		out[name] = lang.T(ctx, "agreement.field."+name)
	}
	for i := range maxTargets {
		at := "targets." + strconv.Itoa(i) + "."
		row := lang.T(ctx, "agreement.row", "n", i+1)
		out[at+"service"] = row + lang.T(ctx, "agreement.service")
		for _, name := range []string{"completion", "response"} {
			out[at+name+".value"] = row + lang.T(ctx, "agreement."+name)
			out[at+name+".unit"] = row + lang.T(ctx, "agreement."+name)
			out[at+name+"_target"] = row + lang.T(ctx, "agreement."+name+"-target")
		}
	}
	for _, kind := range DutyKinds {
		out["duties."+kind+".target"] = lang.T(ctx, "agreement.duty."+kind)
		out["duties."+kind+".within"] = lang.T(ctx, "agreement.duty."+kind)
	}
	return out
}

func (s *Service) submitNew(w http.ResponseWriter, r *http.Request) error {
	return s.submitDraft(w, r, nil)
}

// submitDraft keeps a draft, or shows the form again: with one more row, or with what is wrong.
func (s *Service) submitDraft(w http.ResponseWriter, r *http.Request, a *View) error {
	ctx := r.Context()
	var in draftForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	if in.Do == "more" {
		return s.formPage(w, r, http.StatusOK, in, a, nil)
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	if a != nil {
		provider, _ := tree.ByID(a.Provider)
		customer, _ := tree.ByID(a.Customer)
		in.Provider, in.Customer = provider.Code, customer.Code
	}
	d, rows := in.draft(snap)
	bad := d.Unread
	for name, code := range map[string]string{"provider": in.Provider, "customer": in.Customer} {
		if _, ok := tree.ByCode(code); !ok {
			bad.Add(name, "agreement.unit-not-there")
		}
	}
	if bad.Len() > d.Unread.Len() { // no pair, no agreement
		return s.formPage(w, r, http.StatusUnprocessableEntity, in, a, asSent(bad.Err(), rows, d.Terms.Duties))
	}
	v, err := s.Write(ctx, in.Provider, in.Customer, d, in.match())
	switch fault.KindOf(err) {
	case fault.Invalid:
		return s.formPage(w, r, http.StatusUnprocessableEntity, in, a, asSent(err, rows, d.Terms.Duties))
	case fault.Conflict, fault.Precondition:
		if err != nil {
			return s.formPage(w, r, http.StatusConflict, in, a, err)
		}
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "agreement.kept", "ref", v.Ref()), "")
	return web.See(w, r, link(v.Number))
}

func (s *Service) showEdit(w http.ResponseWriter, r *http.Request) error {
	v, err := s.editable(r)
	if err != nil {
		return err
	}
	snap, err := s.Catalog.Snapshot(r.Context())
	if err != nil {
		return err
	}
	var in draftForm
	if len(v.Versions) > 0 {
		in = formOf(v.Versions[0], snap)
	}
	in.Revision = v.Revision
	return s.formPage(w, r, http.StatusOK, in, &v, nil)
}

// editable is the agreement of an address whose draft the reader may write.
func (s *Service) editable(r *http.Request) (View, error) {
	number, err := numberOf(r)
	if err != nil {
		return View{}, err
	}
	v, err := s.ByNumber(r.Context(), number)
	if err == nil && !v.Drafts {
		err = fault.ErrNotFound
	}
	return v, err
}

func (s *Service) submitEdit(w http.ResponseWriter, r *http.Request) error {
	v, err := s.editable(r)
	if err != nil {
		return err
	}
	return s.submitDraft(w, r, &v)
}

// wordForm is what is sent with a signature, an objection, an end.
type wordForm struct {
	Side     string `form:"side"`
	Text     string `form:"text"`
	Why      string `form:"why"`
	Quarter  string `form:"quarter"`
	Revision int    `form:"revision"`
}

func (in wordForm) match() web.IfMatch {
	return web.IfMatch{IfMatch: Agreement{Revision: in.Revision}.etag()}
}

// submit decodes a word, does something with it and goes back to the agreement, saying what was done; what is wrong is said there.
func (s *Service) submit(w http.ResponseWriter, r *http.Request, said string, do func(ctx context.Context, number int64, in wordForm) error) error {
	ctx := r.Context()
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	var in wordForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	err = do(ctx, number, in)
	if kind := fault.KindOf(err); err != nil && (kind == fault.Invalid || kind == fault.Conflict || kind == fault.Precondition) {
		status := http.StatusConflict
		if kind == fault.Invalid {
			status = http.StatusUnprocessableEntity
		}
		return s.onePage(w, r, status, number, in, err)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, said, "ref", Ref(number)), "")
	return web.See(w, r, link(number))
}

func (s *Service) submitSign(w http.ResponseWriter, r *http.Request) error {
	return s.submit(w, r, "agreement.said.signed", func(ctx context.Context, number int64, in wordForm) error {
		_, err := s.Sign(ctx, number, Side(in.Side), in.match())
		return err
	})
}

func (s *Service) submitObject(w http.ResponseWriter, r *http.Request) error {
	return s.submit(w, r, "agreement.said.objected", func(ctx context.Context, number int64, in wordForm) error {
		_, err := s.Object(ctx, number, Side(in.Side), in.Text, in.match())
		return err
	})
}

func (s *Service) submitDrop(w http.ResponseWriter, r *http.Request) error {
	return s.submit(w, r, "agreement.said.dropped", func(ctx context.Context, number int64, in wordForm) error {
		_, err := s.Drop(ctx, number, in.match())
		return err
	})
}

func (s *Service) submitEnd(w http.ResponseWriter, r *http.Request) error {
	return s.submit(w, r, "agreement.said.ended", func(ctx context.Context, number int64, in wordForm) error {
		_, err := s.End(ctx, number, in.Why, in.match())
		return err
	})
}

// quarterIn is the quarter that an address names, or the last whole one.
func (s *Service) quarterIn(ctx context.Context, text string) (Quarter, bool) {
	if q, ok := parseQuarter(text); ok {
		return q, true
	}
	return QuarterOf(s.db.Now().In(s.Org.Company(ctx).Location())).back(1), text == ""
}

func edgeHref(tree *org.Tree, a Agreement) string {
	provider, _ := tree.ByID(a.Provider)
	customer, _ := tree.ByID(a.Customer)
	return "/relations/" + provider.Code + "/" + customer.Code
}

// few is from how many cases on a share is judged.
const few = relation.Few
