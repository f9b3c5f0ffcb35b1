package delivery

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"neike/internal/catalog"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// standingServices are the standing services on offer, by name of their unit.
func (s *Service) standingServices(ctx context.Context) ([]*catalog.Service, error) {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(snap.All()), func(x *catalog.Service) bool { return x.Kind != catalog.Standing || x.State != catalog.Live }), nil
}

// mine are the standing services that the actor may arrange.
func (s *Service) mine(ctx context.Context) ([]*catalog.Service, error) {
	list, err := s.standingServices(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(x *catalog.Service) bool { return s.mayArrange(ctx, x.Unit, x.ID) != nil }), nil
}

// standingRow is an arrangement as lists show it.
type standingRow struct {
	Ref, Title, Href, Note string
	Customers              string
	Schedule, Next         string
	State                  ui.TagProps
}

// standingsView is the list of arrangements.
type standingsView struct {
	Tabs    []ui.TabProps
	Filter  ui.FilterProps
	Rows    []standingRow
	Pager   ui.PagerProps
	Problem string // what is wrong with the address
	File    string
	MayNew  bool
	Views   templ.Component // the bar of views
}

// standingPath is where the list of arrangements stands.
const standingPath = "/deliveries/standing"

// standingAsking is what the address of the list says.
type standingAsking struct {
	Provider string `form:"provider"`
	Customer string `form:"customer"`
	Service  string `form:"service"`
	State    string `form:"state"`
	Cursor   string `form:"cursor"`
}

func (a standingAsking) filter() StandingFilter {
	return StandingFilter{Provider: a.Provider, Customer: a.Customer, Service: a.Service, State: a.State, Cursor: a.Cursor}
}

func (a standingAsking) query() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"provider": a.Provider, "customer": a.Customer, "service": a.Service, "state": a.State} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

func (a standingAsking) href(path, cursor string) string {
	q := a.query()
	if cursor != "" {
		q.Set("cursor", cursor)
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func (s *Service) showStandings(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if sent, err := s.View.Standard(w, r, listStandings); sent || err != nil {
		return err
	}
	var in standingAsking
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	problem := ""
	page, err := s.Standings(ctx, in.filter())
	if fault.KindOf(err) == fault.Invalid {
		problem, err = ui.ErrorsOf(ctx, err, nil).Sentence(ctx), nil
	}
	if err != nil {
		return err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	const path = standingPath
	v := standingsView{Problem: problem, File: in.href(path+"/export", ""), Tabs: []ui.TabProps{
		{Text: lang.T(ctx, "delivery.list."+ViewBring), Href: "/deliveries?view=" + ViewBring}, {Text: lang.T(ctx, "delivery.list."+ViewReceive), Href: "/deliveries?view=" + ViewReceive},
		{Text: lang.T(ctx, "delivery.list.all"), Href: "/deliveries?view=all"}, {Text: lang.T(ctx, "delivery.list.month"), Href: "/deliveries/month"},
		{Text: lang.T(ctx, "delivery.standing.title"), Href: path, On: true}}}
	if v.Rows, err = s.standingRows(ctx, tree, page.Items); err != nil {
		return err
	}
	if page.NextCursor != "" {
		v.Pager.NextHref = in.href(path, page.NextCursor)
	}
	if in.Cursor != "" {
		v.Pager.PrevHref = in.href(path, "")
	}
	own, err := s.mine(ctx)
	if err != nil {
		return err
	}
	v.MayNew = len(own) > 0
	v.Filter = ui.FilterProps{Action: path, Target: "list", Clear: path}
	choose := func(name, value string, options []ui.Option) {
		f := ui.Filter{Name: name, Label: lang.T(ctx, "delivery.filter."+name), Options: options}
		for i := range f.Options {
			f.Options[i].Selected = f.Options[i].Value == value
			f.On = f.On || f.Options[i].Selected && i > 0
		}
		v.Filter.Filters = append(v.Filter.Filters, f)
	}
	choose("provider", in.Provider, s.unitChoices(ctx, tree, in.Provider))
	choose("customer", in.Customer, s.unitChoices(ctx, tree, in.Customer))
	states := []ui.Option{{Text: lang.T(ctx, "delivery.standing.state.running")}, {Value: "any", Text: lang.T(ctx, "delivery.state.any")}}
	for _, st := range []string{Active, Paused, Ended} {
		states = append(states, ui.Option{Value: st, Text: lang.T(ctx, "delivery.standing.state."+st)})
	}
	choose("state", in.State, states)
	if in.Service != "" {
		v.Filter.Hidden = map[string]string{"service": in.Service}
	}
	if v.Views, err = s.View.Bar(ctx, listStandings, in.query()); err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, standingsPage(v), standingsContent(v))
}

func (s *Service) standingRows(ctx context.Context, tree *org.Tree, list []Standing) ([]standingRow, error) {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	var out []standingRow
	for _, st := range list {
		row := standingRow{Ref: st.Ref(), Href: standingLink(st.Number), Schedule: scheduleWords(ctx, st.Schedule), State: standingTag(ctx, st.State)}
		if sv, ok := snap.ByID(st.Service); ok {
			row.Title = sv.Name.In(ctx)
		}
		row.Note = st.Ref() + " · " + tree.FullName(ctx, st.Provider)
		var names []string
		for _, c := range st.Customers {
			if c.State == Gone {
				continue
			}
			name := tree.FullName(ctx, c.Unit)
			if c.State == Objected {
				name += lang.T(ctx, "delivery.standing.objected-note")
			}
			names = append(names, name)
		}
		row.Customers = strings.Join(names, lang.T(ctx, "ui.comma"))
		if next, _, err := s.Upcoming(ctx, st.Provider, st.Schedule, 1); err != nil {
			return nil, err
		} else if len(next) > 0 && st.State == Active {
			row.Next = lang.Short(ctx, next[0].At)
		}
		out = append(out, row)
	}
	return out, nil
}

func standingTag(ctx context.Context, state string) ui.TagProps {
	tone, icon := "good", "refresh"
	switch state {
	case Paused:
		tone, icon = "warn", "player-pause"
	case Ended:
		tone, icon = "na", "ban"
	}
	return ui.TagProps{Text: lang.T(ctx, "delivery.standing.state."+state), Icon: icon, Tone: tone}
}

// dateLine is one due date of a schedule as pages print it.
type dateLine struct {
	When, Period, Moved string
	Provisional         bool
}

// dates are the next twelve due dates of a schedule.
func (s *Service) dates(ctx context.Context, provider int64, sch Schedule) ([]dateLine, error) {
	list, table, err := s.Upcoming(ctx, provider, sch, 12)
	if err != nil {
		return nil, err
	}
	var out []dateLine
	for _, o := range list {
		l := dateLine{When: lang.DateTime(ctx, o.At), Period: o.Slot, Provisional: table.Provisional(s.db.Now(), o.At)}
		if o.Moved() {
			l.Moved = movedText(ctx, table, o)
		}
		out = append(out, l)
	}
	return out, nil
}

// standingView is the page of one arrangement.
type standingView struct {
	Standing
	Title, Line string // Line is below the title
	Tag         ui.TagProps
	Facts       []ui.Pair
	Dates       []dateLine
	Customers   []customerLine
	Recent      []row
	MayChange   bool
	Problem     string
}

// customerLine is one customer of an arrangement.
type customerLine struct {
	Code, Name, Receiver, Reason string
	Tag                          ui.TagProps
	MaySay                       bool // the reader heads the unit
	Agreed, Objected             bool
}

func (s *Service) showStanding(w http.ResponseWriter, r *http.Request) error {
	return s.standingPage(w, r, http.StatusOK, nil)
}

func (s *Service) standingPage(w http.ResponseWriter, r *http.Request, status int, problem error) error {
	ctx := r.Context()
	number, err := ParseStandingRef(r.PathValue("number"))
	if err != nil {
		return err
	}
	st, err := s.Standing(ctx, number)
	if err != nil {
		return err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	people, err := s.peopleOf(ctx, []Standing{st})
	if err != nil {
		return err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	v := standingView{Standing: st, Tag: standingTag(ctx, st.State), MayChange: s.mayArrange(ctx, st.Provider, st.Service) == nil && st.State != Ended}
	if problem != nil {
		errs := ui.ErrorsOf(ctx, problem, labels(ctx))
		if v.Problem = errs.Form; len(errs.Fields) > 0 {
			v.Problem = errs.Fields[0].Text
		}
	}
	v.Line = lang.T(ctx, "delivery.standing.lead", "provider", tree.FullName(ctx, st.Provider), "schedule", scheduleWords(ctx, st.Schedule))
	sv, ok := snap.ByID(st.Service)
	if ok {
		v.Title = sv.Name.In(ctx)
	}
	v.facts(ctx, people, sv)
	if st.State == Active {
		if v.Dates, err = s.dates(ctx, st.Provider, st.Schedule); err != nil {
			return err
		}
	}
	for _, c := range st.Customers {
		if c.State == Gone {
			continue
		}
		u, _ := tree.ByID(c.Unit)
		line := customerLine{Code: u.Code, Name: tree.FullName(ctx, c.Unit), Receiver: people[c.Receiver].Display(ctx), Reason: c.Reason,
			Tag: customerTag(ctx, c.State), MaySay: st.State != Ended && s.maySay(ctx, c.Unit) == nil, Agreed: c.State == Agreed, Objected: c.State == Objected}
		if line.Receiver == "" {
			line.Receiver = lang.T(ctx, "delivery.standing.head-receives")
		}
		v.Customers = append(v.Customers, line)
	}
	page, err := s.List(ctx, Filter{Standing: number, Limit: 8})
	if err != nil {
		return err
	}
	for _, l := range page.Items {
		v.Recent = append(v.Recent, s.rowOf(ctx, tree, l))
	}
	return web.Show(w, r, status, standingPage(v), standingContent(v))
}

func customerTag(ctx context.Context, state string) ui.TagProps {
	tone, icon := "line", "clock"
	switch state {
	case Agreed:
		tone, icon = "good", "circle-check"
	case Objected:
		tone, icon = "warn", "alert-triangle"
	}
	return ui.TagProps{Text: lang.T(ctx, "delivery.customer."+state), Icon: icon, Tone: tone}
}

func (v *standingView) facts(ctx context.Context, people personNames, sv *catalog.Service) {
	add := func(term, text, href string) {
		if text != "" {
			v.Facts = append(v.Facts, ui.Pair{Term: lang.T(ctx, term), Text: text, Href: href})
		}
	}
	add("delivery.field.deliverable", v.Deliverable, "")
	add("delivery.field.criterion", v.Criterion, "")
	if sv != nil {
		add("delivery.field.service", sv.Name.In(ctx), "/services/"+sv.Code)
	}
	add("delivery.fact.schedule", scheduleWords(ctx, v.Schedule), "")
	if v.Schedule.Every != "" {
		add("delivery.field.lead", lang.T(ctx, "delivery.workdays-before", "n", v.Lead), "")
	}
	accept := lang.T(ctx, "delivery.accept-never")
	if v.AcceptDays > 0 {
		accept = lang.T(ctx, "delivery.accept-after", "n", v.AcceptDays)
	}
	add("delivery.field.accept_days", accept, "")
	add("delivery.field.assignee", people[v.Assignee].Display(ctx), "")
	valid := lang.T(ctx, "delivery.valid-from", "from", lang.Date(ctx, v.From.Time()))
	if v.Until != 0 {
		valid = lang.T(ctx, "delivery.valid-until", "from", lang.Date(ctx, v.From.Time()), "until", lang.Date(ctx, v.Until.Time()))
	}
	add("delivery.fact.valid", valid, "")
}

// submitState lets an arrangement rest, go on, or end.
func (s *Service) submitState(w http.ResponseWriter, r *http.Request) error {
	st, err := s.ownStanding(r)
	if err != nil {
		return err
	}
	var in struct {
		To string `form:"to"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	do := map[string]func(context.Context, int64) (Standing, error){"pause": s.Rest, "resume": s.Resume, "end": s.End}[in.To]
	if do == nil {
		var f fault.Fields
		f.Add("to", "form.required")
		return s.standingPage(w, r, http.StatusUnprocessableEntity, f.Err())
	}
	if _, err := do(r.Context(), st.Number); fault.KindOf(err) == fault.Conflict && err != nil {
		return s.standingPage(w, r, http.StatusConflict, err)
	} else if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(r.Context(), "delivery.standing.done-"+in.To, "number", st.Ref()), "")
	return web.See(w, r, standingLink(st.Number))
}

// submitSay is the word of a customer's head.
func (s *Service) submitSay(w http.ResponseWriter, r *http.Request) error {
	number, err := ParseStandingRef(r.PathValue("number"))
	if err != nil {
		return err
	}
	var in struct {
		Unit   string `form:"unit"`
		Agree  bool   `form:"agree"`
		Reason string `form:"reason"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	_, err = s.Say(r.Context(), number, in.Unit, in.Agree, in.Reason)
	switch fault.KindOf(err) {
	case fault.Invalid:
		return s.standingPage(w, r, http.StatusUnprocessableEntity, err)
	case fault.Conflict:
		return s.standingPage(w, r, http.StatusConflict, err)
	}
	if err != nil {
		return err
	}
	word := "objected"
	if in.Agree {
		word = "agreed"
	}
	web.Toast(w, r, lang.T(r.Context(), "delivery.standing.said-"+word), "")
	return web.See(w, r, standingLink(number))
}
