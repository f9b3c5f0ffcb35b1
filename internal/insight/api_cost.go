package insight

import (
	"context"
	"net/http"
	"time"

	"neike/internal/kit/lang"
	"neike/internal/kit/web"
)

func (s *Service) apiCost(m *web.Mux) {
	web.Op(m, web.Operation{ID: "report-cost", Method: http.MethodGet, Path: "/api/v1/reports/cost", Action: "insight.adoption",
		Summary: "Minutes that the product asks of people in a month, by role and act, against the budgets; how long requests take to raise; what could be simpler", Tag: "Reports"}, s.getCost)
	web.Op(m, web.Operation{ID: "report-units", Method: http.MethodGet, Path: "/api/v1/reports/units", Action: "insight.adoption",
		Summary: "Which units are live, which offer services and do nothing, which offer none, which ask; and what each lacks", Tag: "Reports"}, s.getUnits)
	web.Op(m, web.Operation{ID: "list-cost-assumptions", Method: http.MethodGet, Path: "/api/v1/reports/cost/assumptions", Action: "insight.adoption",
		Summary: "Seconds that the company assumes of each act, and its budgets", Tag: "Reports"}, s.getAssumptions)
	web.Op(m, web.Operation{ID: "set-cost-assumptions", Method: http.MethodPut, Path: "/api/v1/reports/cost/assumptions", Action: "insight.assume",
		Summary: "Set seconds of acts and budgets; what is not named stays", Tag: "Reports"}, s.putAssumptions)
}

type costInput struct {
	Unit  string `query:"unit" doc:"Code; default: the highest unit whose numbers the caller may see"`
	Month string `query:"month" doc:"Of the last twelve and the running one; default the last whole one that was counted" example:"2026-10"`
}

type costLineJSON struct {
	Role    Role       `json:"role" enum:"customer,agent,head,office"`
	Act     *string    `json:"act" doc:"null: all acts of the role"`
	Name    *lang.Text `json:"name" doc:"Of the act"`
	People  countJSON  `json:"people" doc:"Who did it"`
	Acts    countJSON  `json:"acts"`
	Each    int        `json:"seconds_each" doc:"Of one act; of a role the mean"`
	Of      int        `json:"measured_of" doc:"Of how many acts that is measured; 0: assumed"`
	Seconds countJSON  `json:"seconds"`
	Median  *int       `json:"median_seconds" doc:"Of a person who acted; null below ten people"`
	Tenth   *int       `json:"highest_tenth_seconds" doc:"A tenth of them stay above; null below fifty people"`
	Budget  *int       `json:"budget_seconds" doc:"Of a person in a month; null: none"`
}

type costMonthJSON struct {
	Month   string    `json:"month" example:"2026-10"`
	Counted bool      `json:"counted"`
	Running bool      `json:"running"`
	Acts    countJSON `json:"acts"`
	Seconds countJSON `json:"seconds"`
	Median  *int      `json:"median_seconds"`
}

type costUnitJSON struct {
	Unit    string    `json:"unit" doc:"Code"`
	Name    lang.Text `json:"name"`
	People  countJSON `json:"people"`
	Acts    countJSON `json:"acts"`
	Seconds countJSON `json:"seconds"`
	Median  *int      `json:"median_seconds"`
}

type quantileJSON struct {
	Seconds int  `json:"seconds"`
	Low     *int `json:"low" doc:"Of the interval at 95 %; null: too few"`
	High    *int `json:"high"`
}

type raisingJSON struct {
	Service    *string       `json:"service" doc:"Code; null: all of them"`
	Requests   int           `json:"requests" doc:"Raised by hand, in three months"`
	Measured   int           `json:"measured"`
	Left       int           `json:"left" doc:"The form was left for more than ten minutes; not in the times"`
	Unmeasured int           `json:"unmeasured" doc:"By hand, but not measured: written down, repeated, or from before"`
	Program    int           `json:"by_program"`
	Imported   int           `json:"imported"`
	Median     *quantileJSON `json:"median" doc:"null: nothing measured, or of fewer people than the company’s least number"`
	Eighty     *quantileJSON `json:"four_fifths"`
	Verdict    string        `json:"verdict" enum:"meets,misses,undetermined,few" doc:"Of the median against the budget, by its interval"`
}

type hintJSON struct {
	Kind    string  `json:"kind" enum:"form,field,accept,urge"`
	Service string  `json:"service"`
	Field   *string `json:"field"`
	Hits    int     `json:"hits"`
	Of      int     `json:"of"`
	Saves   int     `json:"saves_seconds" doc:"A month, at most"`
	Text    string  `json:"text"`
}

type costOutput struct {
	Body struct {
		Unit    string          `json:"unit"`
		Month   string          `json:"month"`
		Running bool            `json:"running" doc:"The month is not over"`
		At      *time.Time      `json:"counted_at" doc:"null: it was not counted yet"`
		Total   costTotalJSON   `json:"total" doc:"Customers, agents and heads; the quality office stands apart"`
		Lines   []costLineJSON  `json:"lines"`
		Months  []costMonthJSON `json:"months" doc:"Newest first"`
		Units   []costUnitJSON  `json:"units"`
		Raising []raisingJSON   `json:"raising" doc:"Three months until this one; first all services"`
		Hints   []hintJSON      `json:"hints" doc:"What saves most first"`
	}
}

type costTotalJSON struct {
	People  countJSON `json:"people"`
	Acts    countJSON `json:"acts"`
	Seconds countJSON `json:"seconds"`
	Median  *int      `json:"median_seconds"`
	Tenth   *int      `json:"highest_tenth_seconds"`
}

// shownSeconds are seconds of people, where they are shown.
func shownSeconds(n int, m mark) *int {
	if m != open || n < 0 {
		return nil
	}
	return &n
}

func (s *Service) getCost(ctx context.Context, in *costInput) (*costOutput, error) {
	v, err := s.cost(ctx, costQuestion(*in))
	if err != nil {
		return nil, err
	}
	out := &costOutput{}
	b := &out.Body
	b.Unit, b.Month, b.Running = v.Unit.Code, v.Month.text(), v.Running
	if !v.At.IsZero() {
		at := v.At.UTC()
		b.At = &at
	}
	t := v.Tally.Total
	b.Total = costTotalJSON{plain(t.People, t.Mark), plain(t.N, t.Mark), plain(t.Seconds, t.Mark), shownSeconds(t.Median, t.Mark), shownSeconds(t.Tenth, t.Mark)}
	b.Lines, b.Months, b.Units, b.Raising, b.Hints = []costLineJSON{}, []costMonthJSON{}, []costUnitJSON{}, []raisingJSON{v.All.wire()}, []hintJSON{}
	for _, a := range append(v.Tally.Roles, v.Tally.Acts...) {
		b.Lines = append(b.Lines, a.wire())
	}
	for _, m := range v.Year {
		b.Months = append(b.Months, costMonthJSON{m.Month.text(), m.Known, m.Running, plain(m.N, m.Mark), plain(m.Seconds, m.Mark), shownSeconds(m.Median, m.Mark)})
	}
	for _, x := range v.Branches {
		b.Units = append(b.Units, costUnitJSON{x.Unit.Code, x.Unit.Name, plain(x.People, x.Mark), plain(x.N, x.Mark), plain(x.Seconds, x.Mark), shownSeconds(x.Median, x.Mark)})
	}
	for _, r := range v.Services {
		b.Raising = append(b.Raising, r.wire())
	}
	for _, h := range v.Hints {
		j := hintJSON{Kind: h.Kind, Service: h.Service.Code, Hits: h.Hits, Of: h.N, Saves: h.Saves, Text: h.text(ctx)}
		if h.Field != "" {
			j.Field = &h.Field
		}
		b.Hints = append(b.Hints, j)
	}
	return out, nil
}

func (a asking) wire() costLineJSON {
	j := costLineJSON{Role: a.Role, People: plain(a.People, a.Mark), Acts: plain(a.N, a.Mark), Seconds: plain(a.Seconds, a.Mark), Of: a.Measured,
		Median: shownSeconds(a.Median, a.Mark), Tenth: shownSeconds(a.Tenth, a.Mark)}
	if a.Mark == open || a.Act.Code != "" { // the mean of a role says how many of which acts there were
		j.Each = a.Each
	}
	if a.Act.Code != "" {
		j.Act, j.Name = &a.Act.Code, &a.Act.Name
	}
	if a.Budget > 0 {
		j.Budget = &a.Budget
	}
	return j
}

func (r raising) wire() raisingJSON {
	j := raisingJSON{Requests: r.Requests, Measured: r.Lasting.N, Left: r.Left, Unmeasured: r.Without, Program: r.Program, Imported: r.Import, Verdict: "few"}
	if r.Service != nil {
		j.Service = &r.Service.Code
	}
	if l := r.Lasting; r.shown() && l.N > 0 {
		j.Verdict = r.Verdict
		j.Median, j.Eighty = &quantileJSON{Seconds: l.Median}, &quantileJSON{Seconds: l.Eighty}
		if l.MedianSays {
			j.Median.Low, j.Median.High = &l.MedianLow, &l.MedianHigh
		}
		if l.EightySays {
			j.Eighty.Low, j.Eighty.High = &l.EightyLow, &l.EightyHigh
		}
	}
	return j
}

type liveInput struct {
	Unit  string `query:"unit" doc:"Code; default: the highest unit whose numbers the caller may see"`
	State string `query:"state" enum:"live,idle,none,asks" doc:"live: delivered something in 28 days; idle: offers a service and delivered nothing; none: offers none; asks: asked for something, whatever else it is"`
}

type liveUnitJSON struct {
	Unit     string    `json:"unit" doc:"Code"`
	Name     lang.Text `json:"name"`
	State    string    `json:"state" enum:"live,idle,none"`
	Asks     bool      `json:"asks"`
	Services int       `json:"live_services"`
	Lacks    []string  `json:"lacks" doc:"offer: no service; done: nothing delivered in 28 days; terms: no standard that its head confirmed; door: fewer can sign in than the company’s least number of people; came: fewer came in 30 days. The last two are said of units with that many people or more"`
}

type liveOutput struct {
	Body struct {
		At    time.Time      `json:"at"`
		Live  int            `json:"live"`
		Idle  int            `json:"idle"`
		None  int            `json:"none"`
		Asks  int            `json:"asks"`
		Items []liveUnitJSON `json:"items"`
	}
}

func (s *Service) getUnits(ctx context.Context, in *liveInput) (*liveOutput, error) {
	v, err := s.units(ctx, in.Unit, in.State)
	if err != nil {
		return nil, err
	}
	p, err := s.picture(ctx)
	if err != nil {
		return nil, err
	}
	out := &liveOutput{}
	b := &out.Body
	b.At, b.Items = v.Adoption.At, []liveUnitJSON{}
	top := v.Adoption.Unit.ID
	b.Live, b.Idle, b.None, b.Asks = len(p.units(top, unitLive)), len(p.units(top, unitIdle)), len(p.units(top, unitNone)), len(p.units(top, unitAsks))
	for _, r := range v.Rows {
		u, _ := p.tree.ByCode(r.Code)
		lacks := r.names
		if lacks == nil {
			lacks = []string{}
		}
		b.Items = append(b.Items, liveUnitJSON{r.Code, u.Name, r.State, r.Asks, r.Services, lacks})
	}
	return out, nil
}

type assumptionJSON struct {
	Code    string     `json:"code" example:"act:accept"`
	Name    *lang.Text `json:"name" doc:"Of the act; null of a budget"`
	Role    *Role      `json:"role" doc:"customer, agent, head or office; null of a budget"`
	Seconds int        `json:"seconds"`
	Usual   int        `json:"usual_seconds" doc:"What the house assumes while the company says nothing"`
	SetAt   *time.Time `json:"set_at"`
}

type assumptionsOutput struct {
	Body struct {
		Items []assumptionJSON `json:"items"`
	}
}

func (s *Service) getAssumptions(ctx context.Context, _ *struct{}) (*assumptionsOutput, error) {
	if _, _, _, err := s.look(ctx, ""); err != nil {
		return nil, err
	}
	return s.wireAssumptions(ctx)
}

func (s *Service) wireAssumptions(ctx context.Context) (*assumptionsOutput, error) {
	list, err := s.Assumptions(ctx)
	if err != nil {
		return nil, err
	}
	out := &assumptionsOutput{}
	out.Body.Items = []assumptionJSON{}
	for _, a := range list {
		j := assumptionJSON{Code: a.Code, Seconds: a.Seconds, Usual: a.Usual}
		if a.Role != "" {
			j.Name, j.Role = &a.Name, &a.Role
		}
		if a.Set {
			at := a.At.UTC()
			j.SetAt = &at
		}
		out.Body.Items = append(out.Body.Items, j)
	}
	return out, nil
}

type assumeInput struct {
	Body struct {
		Items []assumeItemJSON `json:"items" nullable:"false"`
	}
}

type assumeItemJSON struct {
	Code    string `json:"code" example:"act:accept"`
	Seconds int    `json:"seconds" example:"5"`
}

func (s *Service) putAssumptions(ctx context.Context, in *assumeInput) (*assumptionsOutput, error) {
	values := map[string]int{}
	for _, x := range in.Body.Items {
		values[x.Code] = x.Seconds
	}
	if err := s.Assume(ctx, values); err != nil {
		return nil, err
	}
	return s.wireAssumptions(ctx)
}
