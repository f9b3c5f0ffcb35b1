package insight

import (
	"context"
	"net/http"
	"time"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/kit/xlsx"
)

// Mount adds the pages and the call.
func (s *Service) Mount(m *web.Mux) {
	m.Page(
		web.Route{Pattern: "GET /insight/adoption", Action: "insight.adoption", Do: s.showAdoption},
		web.Route{Pattern: "GET /insight/adoption/export", Action: "insight.adoption", Do: s.showExport},
		web.Route{Pattern: "GET /insight/units", Action: "insight.adoption", Do: s.showUnits},
		web.Route{Pattern: "GET /insight/units/export", Action: "insight.adoption", Do: s.showUnitsExport},
		web.Route{Pattern: "GET /insight/cost", Action: "insight.adoption", Do: s.showCost},
		web.Route{Pattern: "GET /insight/cost/export", Action: "insight.adoption", Do: s.showCostExport},
		web.Route{Pattern: "GET /insight/cost/assumptions", Action: "insight.assume", Do: s.showAssume},
		web.Route{Pattern: "POST /insight/cost/assumptions", Action: "insight.assume", Do: s.submitAssume},
	)
	s.api(m)
	s.apiCost(m)
}

func read(r *http.Request) question {
	q := r.URL.Query()
	return question{Unit: q.Get("unit"), From: q.Get("from"), To: q.Get("to")}
}

func (s *Service) showAdoption(w http.ResponseWriter, r *http.Request) error {
	ctx, status := r.Context(), http.StatusOK
	v, err := s.adopt(ctx, read(r))
	if err != nil {
		labels := map[string]string{"from": lang.T(ctx, "insight.from"), "to": lang.T(ctx, "insight.to")}
		if v.Errors = ui.ErrorsOf(ctx, err, labels); len(v.Errors.Fields) == 0 {
			return err
		}
		status = http.StatusUnprocessableEntity
	}
	return web.Show(w, r, status, adoptionPage(v), adoptionContent(v))
}

// exportColumns are the headings of the file.
var exportColumns = []string{"code", "unit", "scope", "people", "can", "in7", "in30", "in90", "services", "own", "behalf", "program", "received"}

// showExport sends the unit and those below as a table, with the same counts hidden.
func (s *Service) showExport(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := s.adopt(ctx, read(r))
	if err != nil {
		return err
	}
	out, err := xlsx.Send(w, r.URL.Query().Get("format"), lang.T(ctx, "insight.adoption")+"_"+v.Unit.Code+"_"+v.From.Format("20060102")+"-"+v.To.Format("20060102"))
	if err != nil {
		return err
	}
	if err := out.Heading(ctx, "insight.column-", exportColumns); err != nil {
		return err
	}
	for _, l := range append([]line{v.Total}, v.Lines...) {
		if err := out.Row(exported(ctx, l)...); err != nil {
			return err
		}
	}
	return out.Close()
}

func exported(ctx context.Context, l line) []any {
	scope := "insight.scope-direct"
	if l.Whole {
		scope = "insight.scope-whole"
	}
	row := []any{l.Code, l.Name, lang.T(ctx, scope), l.People}
	for _, c := range []cell{l.Can, l.In7, l.In30, l.In90} {
		if c.mark == open {
			row = append(row, c.x)
		} else {
			row = append(row, c.mark.text(ctx))
		}
	}
	row = append(row, l.Services)
	if l.Requests != open {
		return append(row, l.Requests.text(ctx), l.Requests.text(ctx), l.Requests.text(ctx), l.Requests.text(ctx))
	}
	return append(row, l.Own, l.Behalf, l.Program, l.Received)
}

func columns(ctx context.Context) []ui.Column {
	t := func(id string) string { return lang.T(ctx, "insight."+id) }
	return []ui.Column{{Label: t("column-unit")}, {Label: t("column-people"), Numeric: true}, {Label: t("can"), Numeric: true},
		{Label: t("in7"), Numeric: true}, {Label: t("in30"), Numeric: true}, {Label: t("in90"), Numeric: true},
		{Label: t("column-services"), Numeric: true}, {Label: t("column-asked"), Numeric: true}, {Label: t("column-received"), Numeric: true}, {Label: t("state"), Hidden: true}}
}

func date(t time.Time) string { return t.Format(time.DateOnly) }
