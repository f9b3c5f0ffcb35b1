package insight

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/kit/xlsx"
)

func readCost(r *http.Request) costQuestion {
	q := r.URL.Query()
	return costQuestion{Unit: q.Get("unit"), Month: q.Get("month")}
}

func (s *Service) showCost(w http.ResponseWriter, r *http.Request) error {
	ctx, status := r.Context(), http.StatusOK
	v, err := s.cost(ctx, readCost(r))
	if err != nil {
		if v.Errors = ui.ErrorsOf(ctx, err, map[string]string{"month": lang.T(ctx, "insight.month")}); len(v.Errors.Fields) == 0 {
			return err
		}
		status = http.StatusUnprocessableEntity
	}
	return web.Show(w, r, status, costPage(v), costContent(v))
}

var costColumns = []string{"month", "code", "unit", "role", "act", "acts", "people-acted", "seconds", "basis", "minutes", "median", "tenth"}

// showCostExport sends what was asked in the month, by role and act, with the same numbers hidden.
func (s *Service) showCostExport(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := s.cost(ctx, readCost(r))
	if err != nil {
		return err
	}
	out, err := xlsx.Send(w, r.URL.Query().Get("format"), lang.T(ctx, "insight.cost")+"_"+v.Unit.Code+"_"+strconv.Itoa(int(v.Month)))
	if err != nil {
		return err
	}
	if err := out.Heading(ctx, "insight.column-", costColumns); err != nil {
		return err
	}
	for _, role := range v.Tally.Roles {
		if err := out.Row(v.exported(ctx, role, "")...); err != nil {
			return err
		}
		for _, a := range v.Tally.Acts {
			if a.Role != role.Role {
				continue
			}
			if err := out.Row(v.exported(ctx, a, a.name(ctx))...); err != nil {
				return err
			}
		}
	}
	return out.Close()
}

func (v costView) exported(ctx context.Context, a asking, name string) []any {
	row := []any{v.Month.text(), v.Unit.Code, v.Unit.Name.In(ctx), lang.T(ctx, "insight.role-"+string(a.Role)), name}
	if a.Mark != open {
		hidden := a.Mark.text(ctx)
		return append(row, hidden, hidden, hidden, "", hidden, hidden, hidden)
	}
	basis := "insight.basis-assumed"
	if a.Measured > 0 {
		basis = "insight.basis-measured"
	}
	row = append(row, a.N, a.People, a.Each, lang.T(ctx, basis), float64(a.Seconds)/60)
	for _, x := range []int{a.Median, a.Tenth} {
		if x < 0 {
			row = append(row, "")
		} else {
			row = append(row, float64(x)/60)
		}
	}
	return row
}

// assumeView is the form of the company's assumptions.
type assumeView struct {
	List   []Assumption
	Values map[string]string // as typed
	Errors ui.Errors
}

func (s *Service) showAssume(w http.ResponseWriter, r *http.Request) error {
	return s.assumePage(w, r, http.StatusOK, nil, nil)
}

func (s *Service) assumePage(w http.ResponseWriter, r *http.Request, status int, typed map[string]string, problem error) error {
	ctx := r.Context()
	if err := s.mayAssume(ctx); err != nil {
		return err
	}
	list, err := s.Assumptions(ctx)
	if err != nil {
		return err
	}
	v := assumeView{List: list, Values: typed}
	names := map[string]string{}
	for _, a := range list {
		names[a.Code] = a.label(ctx)
	}
	v.Errors = ui.ErrorsOf(ctx, problem, names)
	return web.Show(w, r, status, assumePage(v), assumeContent(v))
}

// label names an assumption: the act, or the budget.
func (a Assumption) label(ctx context.Context) string {
	if a.Role == "" {
		return lang.T(ctx, "insight."+strings.Replace(a.Code, ":", "-", 1))
	}
	return a.Name.In(ctx)
}

// value is what stands in the field: as it was typed, or as it holds.
func (v assumeView) value(a Assumption) string {
	if text, ok := v.Values[a.Code]; ok {
		return text
	}
	return strconv.Itoa(a.Seconds)
}

func (s *Service) submitAssume(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := s.mayAssume(ctx); err != nil {
		return err
	}
	posted, _, err := web.Input(r)
	if err != nil {
		return err
	}
	typed, values := map[string]string{}, map[string]int{}
	var f fault.Fields
	for code := range s.usualSeconds() {
		if _, ok := posted[code]; !ok {
			continue
		}
		text := strings.TrimSpace(posted.Get(code))
		typed[code] = text
		n, err := strconv.Atoi(text)
		if err != nil {
			f.Add(code, "insight.seconds-range", "most", mostSeconds)
			continue
		}
		values[code] = n
	}
	problem := f.Err()
	if problem == nil {
		problem = s.Assume(ctx, values)
	}
	if problem != nil {
		if fault.KindOf(problem) != fault.Invalid {
			return problem
		}
		return s.assumePage(w, r, http.StatusUnprocessableEntity, typed, problem)
	}
	web.Toast(w, r, lang.T(ctx, "insight.assumed"), "")
	return web.See(w, r, "/insight/cost")
}

// unitsView is a list of units that are so far.
type unitsView struct {
	Adoption adoption
	State    string
	Rows     []unitRowView
	Tabs     []ui.TabProps
}

type unitRowView struct {
	Code, Name, Path string
	State            string
	Asks             bool
	Lacks            []string
	names            []string
	People, Services int
	Href             string
}

// units answers which units of a branch are so far.
func (s *Service) units(ctx context.Context, unit, state string) (unitsView, error) {
	v := unitsView{State: state}
	var bad fault.Fields
	if state != "" && !slices.Contains(unitStates, state) {
		bad.Add("state", "insight.state-unknown", "value", state)
		v.State = ""
	}
	p, u, mine, err := s.look(ctx, unit)
	if err != nil {
		return v, err
	}
	v.Adoption = adoption{Question: question{Unit: unit}, At: p.at, Unit: u, Least: p.least}
	v.Adoption.Title = lang.T(ctx, "insight.units-title", "unit", u.Label(ctx))
	v.Adoption.name(ctx, p, mine, s.mayLook(ctx))
	v.Adoption.Title = lang.T(ctx, "insight.units-title", "unit", u.Label(ctx))
	for _, name := range append([]string{""}, unitStates...) {
		v.Tabs = append(v.Tabs, ui.TabProps{Text: lang.T(ctx, "insight.units-"+orAll(name)), Count: strconv.Itoa(len(p.units(u.ID, name))), Href: unitsHref(u.Code, name), On: name == v.State})
	}
	for _, x := range p.units(u.ID, v.State) {
		st, r := p.states[x.ID], p.direct[x.ID]
		v.Rows = append(v.Rows, unitRowView{Code: x.Code, Name: x.Name.In(ctx), Path: p.tree.FullName(ctx, x.ID), State: st.state, Asks: st.asks, Lacks: lacking(ctx, st, p.least), names: st.lacks,
			People: r.people, Services: r.services, Href: "/insight/adoption" + question{}.query(x.Code)})
	}
	return v, bad.Err()
}

func orAll(state string) string {
	if state == "" {
		return "all"
	}
	return state
}

func unitsHref(unit, state string) string {
	href := "/insight/units" + question{}.query(unit)
	if state != "" {
		href += "&state=" + state
	}
	return href
}

func (s *Service) showUnits(w http.ResponseWriter, r *http.Request) error {
	q, status := r.URL.Query(), http.StatusOK
	v, err := s.units(r.Context(), q.Get("unit"), q.Get("state"))
	if err != nil {
		if v.Adoption.Errors = ui.ErrorsOf(r.Context(), err, map[string]string{"state": lang.T(r.Context(), "insight.state")}); len(v.Adoption.Errors.Fields) == 0 {
			return err
		}
		status = http.StatusUnprocessableEntity
	}
	return web.Show(w, r, status, unitsPage(v), unitsContent(v))
}

var unitColumns = []string{"code", "unit", "state", "asks", "people", "services", "lacks"}

func (s *Service) showUnitsExport(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	v, err := s.units(ctx, q.Get("unit"), q.Get("state"))
	if err != nil {
		return err
	}
	out, err := xlsx.Send(w, q.Get("format"), lang.T(ctx, "insight.units-list")+"_"+v.Adoption.Unit.Code)
	if err != nil {
		return err
	}
	if err := out.Heading(ctx, "insight.column-", unitColumns); err != nil {
		return err
	}
	for _, x := range v.Rows {
		asks := ""
		if x.Asks {
			asks = lang.T(ctx, "insight.units-asks")
		}
		if err := out.Row(x.Code, x.Path, lang.T(ctx, "insight.units-"+x.State), asks, x.People, x.Services, strings.Join(x.Lacks, lang.T(ctx, "insight.and"))); err != nil {
			return err
		}
	}
	return out.Close()
}
