package review

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"neike/internal/access"
	"neike/internal/catalog"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/request"
)

// planForm is a plan as it was typed.
type planForm struct {
	Active   bool   `form:"active"`
	Share    string `form:"share"`
	Most     string `form:"most"`
	First    string `form:"first"`
	Second   string `form:"second"`
	Revision int    `form:"revision"`
}

func formOf(p Plan) planForm {
	f := planForm{Active: p.Active, First: p.First, Second: strconv.Itoa(p.Second), Revision: p.Revision}
	if p.Share != 0 {
		f.Share = strconv.Itoa(p.Share)
	}
	if p.Most != 0 {
		f.Most = strconv.Itoa(p.Most)
	}
	return f
}

// plan reads what was typed: what is no whole number stands outside every range, so that all errors come at once.
func (in planForm) plan() Plan {
	number := func(text string, empty int) int {
		text = strings.TrimSuffix(strings.TrimSpace(text), "%")
		if text == "" {
			return empty
		}
		n, err := strconv.Atoi(text)
		if err != nil || n == 0 && empty == 0 && text != "0" {
			return -1
		}
		return n
	}
	p := Plan{Active: in.Active, Share: number(in.Share, -1), Most: number(in.Most, 0), First: in.First, Second: number(in.Second, 0)}
	if strings.TrimSpace(in.Most) != "" && p.Most == 0 {
		p.Most = -1 // none a month is said by switching it off
	}
	return p
}

type planView struct {
	Planned
	In       planForm
	Name     string
	Errors   ui.Errors
	Firsts   []ui.Choice
	Accuracy Accuracy
	Span     request.Span
	Quarter  string
}

func (s *Service) showPlan(w http.ResponseWriter, r *http.Request) error {
	return s.planPage(w, r, http.StatusOK, nil, nil)
}

func (s *Service) planPage(w http.ResponseWriter, r *http.Request, status int, in *planForm, cause error) error {
	ctx := r.Context()
	p, err := s.PlanOf(ctx, r.PathValue("code"))
	if err != nil {
		return err
	}
	v := planView{Planned: p, In: formOf(p.Plan), Name: p.On.Name.In(ctx), Errors: ui.ErrorsOf(ctx, cause, nil)}
	if in != nil {
		v.In = *in
		v.In.Revision = p.Revision
	}
	for _, x := range []string{ByCustomer, ByQuality} {
		v.Firsts = append(v.Firsts, ui.Choice{Value: x, Title: lang.T(ctx, "review.first."+x), Text: lang.T(ctx, "review.first-text."+x), Checked: v.In.First == x})
	}
	if v.Span, err = s.quarter(ctx); err != nil {
		return err
	}
	if v.Accuracy, err = s.AccuracyOf(ctx, p.On, v.Span); err != nil {
		return err
	}
	return web.Show(w, r, status, planPage(v), nil)
}

// quarter is this quarter, in the company's time.
func (s *Service) quarter(ctx context.Context) (request.Span, error) {
	return request.SpanIn("", "", s.db.Now().In(s.Org.Company(ctx).Location()))
}

func (s *Service) submitPlan(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	var in planForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	sv, err := s.Catalog.Visible(ctx, code)
	if err != nil {
		return err
	}
	_, err = s.SetPlan(ctx, code, in.plan(), web.IfMatch{IfMatch: Plan{Service: sv.ID, Revision: in.Revision}.etag()})
	switch fault.KindOf(err) {
	case fault.Invalid:
		return s.planPage(w, r, http.StatusUnprocessableEntity, &in, err)
	case fault.Precondition:
		return s.planPage(w, r, http.StatusPreconditionFailed, &in, err)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "review.plan-saved"), "")
	return web.See(w, r, "/services/"+code+"/review")
}

type accuracyRow struct {
	Accuracy
	Name, Href string
}

type accuracyView struct {
	By     string
	Rows   []accuracyRow
	Errors ui.Errors
	Tabs   []ui.TabProps
	Filter ui.FilterProps
	Sum    Accuracy // of all rows: for kappa over the whole
}

// showAccuracy is /reviews/accuracy: what samples say, by service, unit or edge.
func (s *Service) showAccuracy(w http.ResponseWriter, r *http.Request) error {
	ctx, q, status := r.Context(), r.URL.Query(), http.StatusOK
	v := accuracyView{By: q.Get("by"), Tabs: tabs(ctx, "accuracy")}
	if v.By == "" {
		v.By = request.ByService
	}
	span, err := request.SpanIn(q.Get("from"), q.Get("to"), s.db.Now().In(s.Org.Company(ctx).Location()))
	var rows []Accuracy
	if err == nil {
		rows, err = s.Accuracies(ctx, v.By, span)
	}
	if err != nil {
		if v.Errors = ui.ErrorsOf(ctx, err, nil); !v.Errors.Any() {
			return err
		}
		status = http.StatusUnprocessableEntity
		if v.Errors.At("by") != "" {
			v.By = request.ByService // what stands there is no heading
		}
	}
	for _, a := range rows {
		var j reviewAccuracyJSON
		list, err := s.nameRow(ctx, &j, a, v.By)
		if err != nil {
			return err
		}
		row := accuracyRow{Accuracy: a, Name: j.Name.In(ctx)}
		if v.By == request.ByService {
			row.Href = "/reviews?show=all&state=done&" + list.Encode()
		}
		v.Rows = append(v.Rows, row)
		for i := range a.Pairs {
			for k := range a.Pairs[i] {
				v.Sum.Pairs[i][k] += a.Pairs[i][k]
			}
		}
	}
	by := ui.Filter{Name: "by", Label: lang.T(ctx, "review.by"), On: v.By != request.ByService}
	for _, x := range []string{request.ByService, request.ByUnit, request.ByEdge} {
		by.Options = append(by.Options, ui.Option{Value: x, Text: lang.T(ctx, "review.by-"+x), Selected: x == v.By})
	}
	v.Filter = ui.FilterProps{Action: "/reviews/accuracy", Filters: []ui.Filter{by}, Clear: "/reviews/accuracy",
		Dates: []ui.FilterDate{{Name: "from", Label: lang.T(ctx, "review.from"), Value: q.Get("from")}, {Name: "to", Label: lang.T(ctx, "review.to"), Value: q.Get("to")}}}
	return web.Show(w, r, status, accuracyPage(v), nil)
}

// ServiceCard is what the page of a service says of its reviews, for whoever may see how they are drawn.
func (s *Service) ServiceCard(ctx context.Context, sv *catalog.Service) (templ.Component, error) {
	set, err := s.towards(ctx, sv)
	if err != nil || sv.Support() || sv.Kind != catalog.OnRequest || access.Allowed(ctx, doPlanSee, set) != nil {
		return nil, err
	}
	v := planView{Planned: Planned{On: sv}}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		v.Plan, err = planNow(ctx, rd, sv.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	v.Seed = ""
	if v.Span, err = s.quarter(ctx); err != nil {
		return nil, err
	}
	if v.Revision > 0 {
		v.Accuracy, err = s.AccuracyOf(ctx, sv, v.Span)
	}
	return serviceCard(v), err
}
