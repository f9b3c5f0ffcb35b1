package repeat

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
	"neike/internal/request"
)

// editForm is a template as it was typed, beside the service's own fields.
type editForm struct {
	Service      string `form:"service"`
	Title        string `form:"title"`
	Customer     string `form:"customer_unit"`
	Place        string `form:"place"`
	OfUnit       bool   `form:"of_unit"`
	Confidential bool   `form:"confidential"`
	Named        string `form:"named"`
	Watchers     string `form:"watchers"`
	Every        string `form:"every"`
	On           string `form:"on"`
	Month        string `form:"month"`
	At           string `form:"at"`
	Shift        string `form:"shift"`
	Step         string `form:"step"`
	From         string `form:"from"`
	Until        string `form:"until"`
	Lead         string `form:"lead"`
	CatchUp      string `form:"catch_up"`
	Revision     string `form:"revision"`
	Print        string `form:"print"` // only show the dates
}

// editView is the editor of a template.
type editView struct {
	Number            int64 // 0: a new one
	In                editForm
	Pick              bool // no service is chosen yet
	Name, Unit        string
	Inputs            form.InputsProps
	Follows           []followInput
	Units             []ui.Option
	Every, On, Shift  []ui.Option
	Months, CatchUp   []ui.Option
	Named, Watchers   []ui.Option
	Words             string
	Dates             []dateLine
	MaySecret, Always bool
	MayOfUnit         bool
	Errors            ui.Errors
}

func (in editForm) wanted(f *fault.Fields, fields map[string]any) Wanted {
	w := Wanted{Service: in.Service, Title: in.Title, Fields: fields, Customer: in.Customer, Place: in.Place, OfUnit: in.OfUnit, Confidential: in.Confidential, Named: many(in.Named),
		Watchers: many(in.Watchers), From: in.From, Until: in.Until, CatchUp: in.CatchUp}
	if in.Every != "" && in.Every != "saved" {
		w.Schedule = calendar.Schedule{Every: in.Every, On: in.On, Month: typedNumber(f, "month", in.Month), At: in.At, Shift: in.Shift}
		w.Step, w.Lead = typedNumber(f, "step", in.Step), typedNumber(f, "lead", in.Lead)
	}
	return w
}

func many(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",， ;；、", r) })
}

func typedNumber(f *fault.Fields, name, text string) int {
	if text = strings.TrimSpace(text); text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		f.Add(name, "repeat.not-a-number", "given", text)
	}
	return n
}

// showNew is the editor of a new template: empty, or with what a request asked (from).
func (s *Service) showNew(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	q := r.URL.Query()
	in := editForm{Service: q.Get("service"), Every: "month", On: "workday 3", At: "17:00", Shift: calendar.Before, Step: "1", Lead: "3", CatchUp: CatchLast,
		From: calendar.DateOf(lang.Now(ctx).In(lang.Zone(ctx))).String()}
	var answers map[string]any
	if ref := q.Get("from"); ref != "" {
		number, err := request.ParseRef(ref)
		if err != nil {
			return err
		}
		ask, service, err := s.Request.Copy(ctx, number)
		if err != nil {
			return err
		}
		in.Service, in.Title, in.Customer, in.Confidential, in.Named, answers = service.Code, ask.Title, ask.Customer, ask.Confidential, strings.Join(ask.Named, " "), ask.Fields
		in.Place = ask.Place
	}
	return s.editPage(w, r, http.StatusOK, Template{}, in, answers, nil)
}

func (s *Service) submitNew(w http.ResponseWriter, r *http.Request) error {
	return s.submit(w, r, Template{}, func(ctx context.Context, in editForm, want Wanted) (Template, error) { return s.Make(ctx, want) })
}

func (s *Service) showEdit(w http.ResponseWriter, r *http.Request) error {
	t, err := s.ownOf(r)
	if err != nil {
		return err
	}
	in, err := s.formOf(r.Context(), t)
	if err != nil {
		return err
	}
	return s.editPage(w, r, http.StatusOK, t, in, t.Answers(), nil)
}

func (s *Service) submitEdit(w http.ResponseWriter, r *http.Request) error {
	t, err := s.ownOf(r)
	if err != nil {
		return err
	}
	return s.submit(w, r, t, func(ctx context.Context, in editForm, want Wanted) (Template, error) {
		return s.Change(ctx, t.Number, want, web.IfMatch{IfMatch: in.Revision})
	})
}

func (s *Service) ownOf(r *http.Request) (Template, error) {
	number, err := numberOf(r)
	if err != nil {
		return Template{}, err
	}
	return s.kept(r.Context(), number)
}

// submit keeps what was typed, or shows it again with everything that is wrong.
func (s *Service) submit(w http.ResponseWriter, r *http.Request, t Template, keep func(context.Context, editForm, Wanted) (Template, error)) error {
	ctx := r.Context()
	var in editForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	values, files, err := web.Input(r)
	if err != nil {
		return err
	}
	service, err := s.Catalog.Visible(ctx, in.Service)
	if err != nil {
		return s.editPage(w, r, http.StatusUnprocessableEntity, t, in, nil, notOffered())
	}
	answers, problem := s.Request.FormAnswers(ctx, service.Form, values, files)
	if answers == nil {
		answers = service.Form.Posted(values)
	}
	var f fault.Fields
	follow(&f, service.Form, values, answers)
	if in.Print != "" {
		return s.editPage(w, r, http.StatusOK, t, in, answers, nil)
	}
	want := in.wanted(&f, answers)
	if problem == nil {
		problem = f.Err()
	}
	var after Template
	if problem == nil {
		after, problem = keep(ctx, in, want)
	}
	switch kind := fault.KindOf(problem); {
	case problem == nil:
		web.Toast(w, r, lang.T(ctx, "repeat.done.kept", "number", after.Ref()), "")
		return web.See(w, r, link(after.Number))
	case kind == fault.Invalid || kind == fault.TooLarge:
		return s.editPage(w, r, http.StatusUnprocessableEntity, t, in, answers, problem)
	case kind == fault.Precondition:
		in.Revision = t.etag()
		return s.editPage(w, r, http.StatusPreconditionFailed, t, in, answers, problem)
	case kind == fault.Conflict:
		return s.editPage(w, r, http.StatusConflict, t, in, answers, problem)
	}
	return problem
}

func notOffered() error {
	var f fault.Fields
	f.Add("service", "request.service-unknown")
	return f.Err()
}

// formOf is a template as its editor shows it.
func (s *Service) formOf(ctx context.Context, t Template) (editForm, error) {
	people, err := s.peopleByID(ctx, append(slices.Clone(t.Named), t.Watchers...))
	if err != nil {
		return editForm{}, err
	}
	j, err := s.wire(ctx, t, people)
	if err != nil {
		return editForm{}, err
	}
	in := editForm{Service: j.Service, Title: t.Title, Place: t.Place, Customer: j.CustomerUnit, OfUnit: t.OfUnit, Confidential: t.Confidential, Named: strings.Join(j.Named, " "),
		Watchers: strings.Join(j.Watchers, " "), Every: t.Schedule.Every, On: t.Schedule.On, Month: strconv.Itoa(t.Schedule.Month), At: t.Schedule.At, Shift: t.Schedule.Shift,
		Step: strconv.Itoa(t.Step), From: dayText(t.From), Until: dayText(t.Until), Lead: strconv.Itoa(t.Lead), CatchUp: t.CatchUp, Revision: t.etag()}
	if in.Every == "" {
		in.Every = "saved"
	}
	return in, nil
}

// editPage shows the editor with what was typed and what is wrong, and the dates of the schedule as it stands.
func (s *Service) editPage(w http.ResponseWriter, r *http.Request, status int, t Template, in editForm, answers map[string]any, problem error) error {
	ctx := r.Context()
	v := editView{Number: t.Number, In: in}
	service, err := s.Catalog.Visible(ctx, in.Service)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	if err != nil || !service.Askable() || service.Support() {
		if v.Pick = true; in.Service != "" && problem == nil {
			problem, status = notOffered(), http.StatusUnprocessableEntity
		}
		v.Errors = ui.ErrorsOf(ctx, problem, nil)
		return web.Show(w, r, status, editPage(v), nil)
	}
	v.Errors = ui.ErrorsOf(ctx, problem, request.FormLabels(ctx, service.Form, problem))
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	v.Name, v.Unit = service.Name.In(ctx), tree.FullName(ctx, service.Unit)
	if answers == nil {
		answers = map[string]any{}
	}
	if v.Inputs, v.Follows, err = s.inputs(ctx, service.Form, answers, v.Errors); err != nil {
		return err
	}
	v.Always = service.Policy.Confidential == catalog.PrivacyAlways
	v.MaySecret = v.Always || service.Policy.Confidential == catalog.PrivacyCustomer
	unit := v.units(ctx, tree)
	if v.Named, err = s.options(ctx, in.Named); err != nil {
		return err
	}
	if v.Watchers, err = s.options(ctx, in.Watchers); err != nil {
		return err
	}
	v.choices(ctx)
	if err := s.printDates(ctx, &v, unit); err != nil {
		return err
	}
	return web.Show(w, r, status, editPage(v), nil)
}

// printDates shows the next dates of the schedule as it stands; nothing while it is not whole.
func (s *Service) printDates(ctx context.Context, v *editView, unit int64) error {
	var f fault.Fields
	want := v.In.wanted(&f, nil)
	t := Template{Schedule: want.Schedule, Step: max(want.Step, 1), Lead: want.Lead, CatchUp: CatchLast, Title: v.In.Title, Unit: unit, Service: 1,
		From: typedDay(&f, "from", want.From), Until: typedDay(&f, "until", want.Until)}
	if checkPlan(&f, t); f.Len() > 0 || !t.Repeats() || unit == 0 {
		return nil
	}
	v.Words = t.words(ctx)
	list, table, err := s.Preview(ctx, t, s.db.Now())
	for _, c := range list {
		v.Dates = append(v.Dates, lineOf(ctx, table, c, false))
	}
	return err
}

// units fills in the units for which the reader may ask, and gives the chosen one.
func (v *editView) units(ctx context.Context, tree *org.Tree) int64 {
	a := actor.From(ctx)
	chosen := a.Unit
	if u, ok := tree.ByCode(v.In.Customer); ok {
		chosen = u.ID
	}
	add := func(id int64) {
		if u, ok := tree.ByID(id); ok && !slices.ContainsFunc(v.Units, func(o ui.Option) bool { return o.Value == u.Code }) {
			v.Units = append(v.Units, ui.Option{Value: u.Code, Text: u.Name.In(ctx), Selected: id == chosen})
		}
	}
	add(a.Unit)
	for _, g := range a.Groups {
		add(g.ID)
		v.MayOfUnit = v.MayOfUnit || g.Role == "head" || g.Role == "secretary"
	}
	return chosen
}

// options are the people of a picker by their 工号.
func (s *Service) options(ctx context.Context, nos string) ([]ui.Option, error) {
	var out []ui.Option
	for _, no := range many(nos) {
		p, err := s.Org.PersonByNo(ctx, no)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return nil, err
		}
		if err == nil {
			out = append(out, ui.Option{Value: p.No, Text: org.NameOf(ctx, p)})
		}
	}
	return out, nil
}

// choices are what the selects of the schedule offer.
func (v *editView) choices(ctx context.Context) {
	in := v.In
	for _, code := range []string{"week", "month", "quarter", "year", "day", "saved"} {
		v.Every = append(v.Every, ui.Option{Value: code, Text: lang.T(ctx, "repeat.every."+code), Selected: in.Every == code})
	}
	add := func(group, code, text string) {
		v.On = append(v.On, ui.Option{Group: lang.T(ctx, "repeat.on.group-"+group), Value: code, Text: text, Selected: in.On == code})
	}
	for n := 1; n <= 20; n++ {
		add("month", "workday "+strconv.Itoa(n), lang.T(ctx, "repeat.on.nth", "n", n))
	}
	for n := 1; n <= 5; n++ {
		add("month", "workday -"+strconv.Itoa(n), lang.T(ctx, "repeat.on.last", "n", n))
	}
	for n := 1; n <= 31; n++ {
		add("date", "day "+strconv.Itoa(n), lang.T(ctx, "repeat.on.day", "n", n))
	}
	add("date", "day -1", lang.T(ctx, "repeat.on.last-day"))
	for _, code := range calendar.Weekdays {
		add("week", code, lang.T(ctx, "calendar.schedule.weekday-"+code))
	}
	add("day", "workdays", lang.T(ctx, "calendar.schedule.day-workdays"))
	for _, code := range calendar.Shifts {
		v.Shift = append(v.Shift, ui.Option{Value: code, Text: lang.T(ctx, "repeat.shift."+code), Selected: in.Shift == code})
	}
	v.Months = []ui.Option{{Value: "0", Text: lang.T(ctx, "repeat.month.whole"), Selected: in.Month == "0" || in.Month == ""}}
	for n := 1; n <= 12; n++ {
		v.Months = append(v.Months, ui.Option{Value: strconv.Itoa(n), Text: lang.T(ctx, "repeat.month.nth", "n", n), Selected: in.Month == strconv.Itoa(n)})
	}
	for _, code := range CatchUps {
		v.CatchUp = append(v.CatchUp, ui.Option{Value: code, Text: lang.T(ctx, "repeat.catch-up."+code), Selected: in.CatchUp == code})
	}
}

// filedAt is where the request stands that the same form has opened before.
func filedAt(err error) (string, bool) {
	if err == nil {
		return "", false
	}
	return request.Filed(err)
}

func editTitle(ctx context.Context, v editView) string {
	if v.Number != 0 {
		return lang.T(ctx, "repeat.edit.title", "number", Ref(v.Number))
	}
	return lang.T(ctx, "repeat.new")
}

func editAction(v editView) string {
	if v.Number != 0 {
		return link(v.Number) + "/edit"
	}
	return "/repeats"
}

// weekKey is the name of a week of the forecast in message ids.
func weekKey(i int) string { return strconv.Itoa(i) }
