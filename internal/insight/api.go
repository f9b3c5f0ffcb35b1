package insight

import (
	"context"
	"net/http"
	"time"

	"neike/internal/kit/web"
)

type adoptionInput struct {
	Unit string `query:"unit" doc:"Code; default: the highest unit whose numbers the caller may see"`
	From string `query:"from" doc:"A day of the first week; default eleven weeks before the last" example:"2026-09-07"`
	To   string `query:"to" doc:"A day of the last week; default this week" example:"2026-11-22"`
}

type countJSON struct {
	Count *int   `json:"count" doc:"null where it is not shown"`
	Shown string `json:"shown" enum:"yes,fewer,nearly,withheld" doc:"fewer: about fewer people than the rule of disclosure asks; nearly: all but fewer than that; withheld: it would give another count away"`
}

type unitJSON struct {
	Unit         string    `json:"unit" doc:"Code"`
	Name         string    `json:"name"`
	Scope        string    `json:"scope" enum:"whole,direct" doc:"whole: with everything below; direct: only the people directly in it"`
	People       int       `json:"people" doc:"Active ones"`
	CanSignIn    countJSON `json:"can_sign_in"`
	SignedIn7    countJSON `json:"signed_in_7_days"`
	SignedIn30   countJSON `json:"signed_in_30_days"`
	SignedIn90   countJSON `json:"signed_in_90_days"`
	LiveServices int       `json:"live_services"`
	Own          countJSON `json:"requests_own"`
	Behalf       countJSON `json:"requests_on_behalf"`
	Program      countJSON `json:"requests_by_program"`
	Received     countJSON `json:"requests_received"`
}

type weekJSON struct {
	From     string    `json:"from" doc:"Monday"`
	SignedIn countJSON `json:"signed_in"`
	Own      countJSON `json:"requests_own"`
	Behalf   countJSON `json:"requests_on_behalf"`
	Program  countJSON `json:"requests_by_program"`
}

type adoptionOutput struct {
	Body struct {
		At                time.Time  `json:"at" doc:"When it was counted"`
		From              string     `json:"from"`
		To                string     `json:"to"`
		Total             unitJSON   `json:"total"`
		Units             []unitJSON `json:"units" doc:"Those below, and the people directly in the unit"`
		Weeks             []weekJSON `json:"weeks" doc:"Newest first"`
		UnitsInAll        int        `json:"units_in_all"`
		UnitsWithServices int        `json:"units_with_services"`
	}
}

func (s *Service) api(m *web.Mux) {
	web.Op(m, web.Operation{ID: "report-adoption", Method: http.MethodGet, Path: "/api/v1/reports/adoption", Action: "insight.adoption",
		Summary: "Who can sign in, who did, who asks and who serves, by unit; counts about fewer people than the rule of disclosure asks are not shown", Tag: "Reports"}, s.getAdoption)
}

func (s *Service) getAdoption(ctx context.Context, in *adoptionInput) (*adoptionOutput, error) {
	v, err := s.adopt(ctx, question(*in))
	if err != nil {
		return nil, err
	}
	out := &adoptionOutput{}
	b := &out.Body
	b.At, b.From, b.To, b.UnitsInAll, b.UnitsWithServices = v.At, date(v.From), date(v.To), v.Units, v.Live
	b.Total, b.Units, b.Weeks = v.Total.wire(), []unitJSON{}, []weekJSON{}
	for _, l := range v.Lines {
		b.Units = append(b.Units, l.wire())
	}
	for _, w := range v.Weeks {
		b.Weeks = append(b.Weeks, weekJSON{date(w.From), w.Came.wire(), plain(w.Own, v.Total.Requests), plain(w.Behalf, v.Total.Requests), plain(w.Program, v.Total.Requests)})
	}
	return out, nil
}

func (c cell) wire() countJSON { return plain(c.x, c.mark) }

func plain(n int, m mark) countJSON {
	if m != open {
		return countJSON{Shown: markNames[m]}
	}
	return countJSON{Count: &n, Shown: markNames[m]}
}

func (l line) wire() unitJSON {
	scope := "direct"
	if l.Whole {
		scope = "whole"
	}
	return unitJSON{Unit: l.Code, Name: l.Name, Scope: scope, People: l.People, CanSignIn: l.Can.wire(), SignedIn7: l.In7.wire(), SignedIn30: l.In30.wire(),
		SignedIn90: l.In90.wire(), LiveServices: l.Services, Own: plain(l.Own, l.Requests), Behalf: plain(l.Behalf, l.Requests), Program: plain(l.Program, l.Requests), Received: plain(l.Received, l.Requests)}
}
