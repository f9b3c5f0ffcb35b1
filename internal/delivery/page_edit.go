package delivery

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// editView is the editor of an arrangement.
type editView struct {
	Number    int64 // 0: a new one
	Title     string
	In        editForm
	Services  []ui.Option
	Customers []customerField
	Every, On []ui.Option
	Shift     []ui.Option
	Months    []ui.Option
	Words     string // of the schedule
	Dates     []dateLine
	Errors    ui.Errors
}

// customerField is one row of the editor's customers.
type customerField struct {
	Unit, Receiver string
	UnitOptions    []ui.Option
}

// editForm is the arrangement as it was typed.
type editForm struct {
	Service     string   `form:"service"`
	Deliverable string   `form:"deliverable"`
	Criterion   string   `form:"criterion"`
	Every       string   `form:"every"`
	On          string   `form:"on"`
	Month       int      `form:"month"`
	At          string   `form:"at"`
	Shift       string   `form:"shift"`
	Lead        int      `form:"lead"`
	AcceptDays  int      `form:"accept_days"`
	From        string   `form:"from"`
	Until       string   `form:"until"`
	Assignee    string   `form:"assignee"`
	Units       []string `form:"unit,each"`
	Receivers   []string `form:"receiver,each"`
	Revision    string   `form:"revision"`
	Print       string   `form:"print"` // only print the dates
}

// moreCustomers is how many empty rows for customers the editor offers.
const moreCustomers = 3

func (in editForm) arrangement() Arrangement {
	a := Arrangement{Service: in.Service, Deliverable: in.Deliverable, Criterion: in.Criterion, Lead: in.Lead, AcceptDays: in.AcceptDays, From: in.From, Until: in.Until,
		Assignee: in.Assignee, Schedule: Schedule{Every: in.Every, On: in.On, Month: in.Month, At: in.At, Shift: in.Shift}}
	if in.Every == "fed" || in.Every == "" {
		a.Schedule = Schedule{}
	}
	for i, u := range in.Units {
		if u = strings.TrimSpace(u); u == "" {
			continue
		}
		c := CustomerInput{Unit: u}
		if i < len(in.Receivers) {
			c.Receiver = strings.TrimSpace(in.Receivers[i])
		}
		a.Customers = append(a.Customers, c)
	}
	return a
}

func (s *Service) formOf(ctx context.Context, st Standing) (editForm, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return editForm{}, err
	}
	people, err := s.peopleOf(ctx, []Standing{st})
	if err != nil {
		return editForm{}, err
	}
	in := editForm{Deliverable: st.Deliverable, Criterion: st.Criterion, Every: st.Schedule.Every, On: st.Schedule.On, Month: st.Schedule.Month, At: st.Schedule.At,
		Shift: st.Schedule.Shift, Lead: st.Lead, AcceptDays: st.AcceptDays, From: st.From.String(), Until: dayText(st.Until), Assignee: people[st.Assignee].No, Revision: st.etag()}
	if in.Every == "" {
		in.Every = "fed"
	}
	for _, c := range st.Customers {
		if c.State != Gone {
			in.Units, in.Receivers = append(in.Units, unitCode(tree, c.Unit)), append(in.Receivers, people[c.Receiver].No)
		}
	}
	return in, nil
}

func (s *Service) showNew(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	own, err := s.mine(ctx)
	if err != nil {
		return err
	}
	in := editForm{Service: r.URL.Query().Get("service"), AcceptDays: acceptDays, Lead: 2, Shift: calendar.Before, From: calendar.DateOf(lang.Now(ctx).In(lang.Zone(ctx))).String()}
	if len(own) == 0 {
		in.Every, in.On = "month", "workday 3"
		return s.editPage(w, r, http.StatusOK, Standing{}, in, nil)
	}
	i := slices.IndexFunc(own, func(x *catalog.Service) bool { return x.Code == in.Service })
	if i < 0 {
		i, in.Service = 0, own[0].Code
	}
	sv := own[i]
	in.Deliverable, in.Criterion = sv.Deliverable.In(ctx), sv.Criterion.In(ctx)
	in.Every, in.On, in.At = sv.Schedule.Every, sv.Schedule.On, sv.Schedule.At
	return s.editPage(w, r, http.StatusOK, Standing{}, in, nil)
}

func (s *Service) submitNew(w http.ResponseWriter, r *http.Request) error {
	var in editForm
	if err := web.Decode(r, &in); err != nil && fault.KindOf(err) != fault.Invalid {
		return err
	} else if err != nil {
		return s.editPage(w, r, http.StatusUnprocessableEntity, Standing{}, in, err)
	}
	if in.Print != "" {
		return s.editPage(w, r, http.StatusOK, Standing{}, in, nil)
	}
	st, err := s.Arrange(r.Context(), in.arrangement())
	if fault.KindOf(err) == fault.Invalid && err != nil {
		return s.editPage(w, r, http.StatusUnprocessableEntity, Standing{}, in, err)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(r.Context(), "delivery.standing.arranged", "number", st.Ref()), "")
	return web.See(w, r, standingLink(st.Number))
}

// arrangement is the arrangement of the address, which the actor may change.
func (s *Service) ownStanding(r *http.Request) (Standing, error) {
	number, err := ParseStandingRef(r.PathValue("number"))
	if err != nil {
		return Standing{}, err
	}
	st, err := s.Standing(r.Context(), number)
	if err != nil {
		return st, err
	}
	return st, s.mayArrange(r.Context(), st.Provider, st.Service)
}

func (s *Service) showEdit(w http.ResponseWriter, r *http.Request) error {
	st, err := s.ownStanding(r)
	if err != nil {
		return err
	}
	in, err := s.formOf(r.Context(), st)
	if err != nil {
		return err
	}
	return s.editPage(w, r, http.StatusOK, st, in, nil)
}

func (s *Service) submitEdit(w http.ResponseWriter, r *http.Request) error {
	st, err := s.ownStanding(r)
	if err != nil {
		return err
	}
	var in editForm
	if err := web.Decode(r, &in); err != nil && fault.KindOf(err) != fault.Invalid {
		return err
	} else if err != nil {
		return s.editPage(w, r, http.StatusUnprocessableEntity, st, in, err)
	}
	if in.Print != "" {
		return s.editPage(w, r, http.StatusOK, st, in, nil)
	}
	st2, err := s.Rearrange(r.Context(), st.Number, in.arrangement(), web.IfMatch{IfMatch: in.Revision})
	switch kind := fault.KindOf(err); {
	case err == nil:
		web.Toast(w, r, lang.T(r.Context(), "delivery.standing.changed", "number", st2.Ref()), "")
		return web.See(w, r, standingLink(st.Number))
	case kind == fault.Invalid:
		return s.editPage(w, r, http.StatusUnprocessableEntity, st, in, err)
	case kind == fault.Precondition:
		in.Revision = st.etag()
		return s.editPage(w, r, http.StatusPreconditionFailed, st, in, err)
	}
	return err
}

// showDates answers the editor's question: when would it be due.
func (s *Service) showDates(w http.ResponseWriter, r *http.Request) error {
	var in editForm
	if err := web.Decode(r, &in); err != nil && fault.KindOf(err) != fault.Invalid {
		return err
	}
	return s.editPage(w, r, http.StatusOK, Standing{}, in, nil)
}

// editPage shows the editor with what was typed and what is wrong, and the next due dates of the schedule as it stands.
func (s *Service) editPage(w http.ResponseWriter, r *http.Request, status int, st Standing, in editForm, problem error) error {
	ctx := r.Context()
	v := editView{Number: st.Number, In: in, Errors: ui.ErrorsOf(ctx, problem, labels(ctx))}
	own, err := s.mine(ctx)
	if err != nil {
		return err
	}
	provider := st.Provider
	for _, x := range own {
		v.Services = append(v.Services, ui.Option{Value: x.Code, Text: x.Name.In(ctx), Selected: x.Code == in.Service})
		if x.Code == in.Service || x.ID == st.Service {
			v.Title = x.Name.In(ctx)
			if provider == 0 {
				provider = x.Unit
			}
		}
	}
	v.options(ctx)
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	for i, code := range append(slices.Clone(in.Units), make([]string, moreCustomers)...) {
		c := customerField{Unit: code}
		if i < len(in.Receivers) {
			c.Receiver = in.Receivers[i]
		}
		if c.Unit == "" && i < len(in.Units) {
			continue
		}
		if u, ok := tree.ByCode(c.Unit); ok {
			c.UnitOptions = []ui.Option{{Value: u.Code, Text: u.Label(ctx), Selected: true}}
		}
		v.Customers = append(v.Customers, c)
	}
	var f fault.Fields
	sch := in.arrangement().Schedule
	if sch.Check(&f); f.Len() == 0 && sch.Every != "" && provider != 0 {
		v.Words = scheduleWords(ctx, sch)
		if v.Dates, err = s.dates(ctx, provider, sch); err != nil {
			return err
		}
	}
	return web.Show(w, r, status, editPage(v), nil)
}

// options are the choices of the schedule.
func (v *editView) options(ctx context.Context) {
	in := v.In
	for _, code := range append(slices.Clone(calendar.Everys), "fed") {
		v.Every = append(v.Every, ui.Option{Value: code, Text: lang.T(ctx, "delivery.every."+code), Selected: in.Every == code})
	}
	known := false
	add := func(group, code, text string) {
		known = known || in.On == code
		v.On = append(v.On, ui.Option{Group: lang.T(ctx, "delivery.on-group."+group), Value: code, Text: text, Selected: in.On == code})
	}
	add("day", "workdays", lang.T(ctx, "calendar.schedule.day-workdays"))
	add("day", "every_day", lang.T(ctx, "calendar.schedule.day-every_day"))
	for _, code := range calendar.Weekdays {
		add("week", code, lang.T(ctx, "calendar.schedule.weekday-"+code))
	}
	for n := 1; n <= 20; n++ {
		add("workday", "workday "+strconv.Itoa(n), lang.T(ctx, "delivery.on.nth", "n", n))
	}
	for n := 1; n <= 5; n++ {
		add("workday", "workday -"+strconv.Itoa(n), lang.T(ctx, "delivery.on.last", "n", n))
	}
	for n := 1; n <= 31; n++ {
		add("date", "day "+strconv.Itoa(n), lang.T(ctx, "delivery.on.date", "n", n))
	}
	add("date", "day -1", lang.T(ctx, "delivery.on.last-day"))
	if !known && in.On != "" {
		add("workday", in.On, in.On)
	}
	for _, code := range calendar.Shifts {
		v.Shift = append(v.Shift, ui.Option{Value: code, Text: lang.T(ctx, "delivery.shift."+code), Selected: in.Shift == code})
	}
	v.Months = []ui.Option{{Value: "0", Text: lang.T(ctx, "delivery.month.whole"), Selected: in.Month == 0}}
	for n := 1; n <= 12; n++ {
		v.Months = append(v.Months, ui.Option{Value: strconv.Itoa(n), Text: lang.T(ctx, "delivery.month.nth", "n", n), Selected: in.Month == n})
	}
}
