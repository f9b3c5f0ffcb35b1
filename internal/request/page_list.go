package request

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/a-h/templ"

	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// asking is what the address of a list says.
type asking struct {
	View         string `form:"view"`
	Unit         string `form:"unit"`
	Provider     string `form:"provider"`
	Below        string `form:"below"`
	OfferedBy    string `form:"offered_by"`
	Via          string `form:"via"`
	OpenedFrom   string `form:"opened_from"`
	OpenedBefore string `form:"opened_before"`
	DoneFrom     string `form:"done_from"`
	DoneBefore   string `form:"done_before"`
	Customer     string `form:"customer"`
	Service      string `form:"service"`
	State        string `form:"state"`
	Assignee     string `form:"assignee"`
	Q            string `form:"q"`
	Clock        string `form:"clock"`
	Cause        string `form:"cause"`
	CauseIs      string `form:"cause_state"`
	Outcome      string `form:"outcome"`
	Merged       string `form:"merged"`
	Raised       string `form:"raised"`
	Due          string `form:"due"`
	Place        string `form:"place"`
	DueFrom      string `form:"due_from"`
	DueBefore    string `form:"due_before"`
	Sort         string `form:"sort"`
	Look         string `form:"look"`
	Stage        string `form:"stage"`
	Group        string `form:"group"`
	Cursor       string `form:"cursor"`

	Columns []string            `form:"columns"`
	Fields  map[string][]string `form:"field"` // field.KEY, field.KEY.min, field.KEY.max
}

func (a asking) filter() (Filter, error) {
	return ListInput{Paging: web.Paging{Cursor: a.Cursor}, Unit: a.Unit, Provider: a.Provider, Below: a.Below == "true", OfferedBy: a.OfferedBy, Via: a.Via, OpenedFrom: a.OpenedFrom, OpenedBefore: a.OpenedBefore, DoneFrom: a.DoneFrom, DoneBefore: a.DoneBefore, Customer: a.Customer, Service: a.Service, State: a.State,
		Assignee: a.Assignee, Q: a.Q, Clock: a.Clock, Outcome: a.Outcome, Merged: a.Merged, Raised: a.Raised, Place: a.Place, Stage: a.Stage, Cause: a.Cause, CauseIs: a.CauseIs, Due: a.Due, DueFrom: a.DueFrom, DueBefore: a.DueBefore,
		Sort: a.Sort, Columns: a.Columns, fields: a.fields()}.filter()
}

// query is the address without its cursor.
func (a asking) query() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"view": a.View, "unit": a.Unit, "provider": a.Provider, "below": a.Below, "offered_by": a.OfferedBy, "via": a.Via, "opened_from": a.OpenedFrom, "opened_before": a.OpenedBefore, "done_from": a.DoneFrom, "done_before": a.DoneBefore, "customer": a.Customer, "service": a.Service,
		"state": a.State, "assignee": a.Assignee, "q": a.Q, "clock": a.Clock, "outcome": a.Outcome, "merged": a.Merged, "raised": a.Raised, "place": a.Place, "stage": a.Stage, "cause": a.Cause, "cause_state": a.CauseIs, "due": a.Due, "due_from": a.DueFrom, "due_before": a.DueBefore,
		"sort": a.Sort, "look": a.Look, "group": a.Group} {
		if value != "" {
			q.Set(name, value)
		}
	}
	for name, list := range a.fields() {
		q[fieldPrefix+name] = list
	}
	if len(a.Columns) > 0 {
		q["columns"] = a.Columns
	}
	return q
}

// fields are the conditions on form fields that say something.
func (a asking) fields() map[string][]string {
	named := make(map[string][]string, len(a.Fields))
	for name, list := range a.Fields {
		named[fieldPrefix+name] = list
	}
	return fieldsNamed(named)
}

func (a asking) href(path string, changes ...string) string {
	q := a.query()
	for i := 0; i+1 < len(changes); i += 2 {
		if changes[i+1] == "" {
			q.Del(changes[i])
		} else {
			q.Set(changes[i], changes[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// listView is a list of requests, or the queue.
type listView struct {
	Routing  string // where the rules of the unit of the queue stand
	OnDuty   string // who is on duty in the unit of the queue
	Path     string
	Self     string // the address of this page
	Active   string
	Title    string
	Other    string      // what the column of the other unit is called
	Columns  []ui.Column // form fields, with the way to sort by them
	Lead     string
	Unsorted string // the address of the list in its own order, when it stands in another one
	Tabs     []ui.TabProps
	Filter   ui.FilterProps
	Looks    []ui.SegmentProps // the same as a list and as a board
	Board    *boardView
	Group    string          // what the columns of the board are
	Shift    *ui.NoteProps   // since when the duty lasts, and its note
	Views    templ.Component // the bar of views
	Rows     []row
	Pager    ui.PagerProps
	File     string // the address of the whole list as a file
	Empty    ui.EmptyProps
	Late     Late // will be late today
	LateAll  bool
	LateRef  string
	People   []ui.Option // whom one may assign to
	Among    string      // code of the unit whose people one may assign to, when they are too many for People
	Bulk     bool
	Live     []string
	Problem  string
}

// MayLoad says whether the reader may see what each has in hand.
func (v listView) MayLoad() bool {
	return v.Path == "/queue" && v.Bulk && len(v.People)+len(v.Among) > 0
}

// row is a request as the table shows it.
type row struct {
	Ref, Title, Href, Service string
	Place                     string // where it was asked from
	Other, Assignee           string // the unit on the other side; both where neither is the reader's
	Due, DueTitle, DueTone    string
	Left                      string
	Awaits                    string // since when the customer waits for an answer
	Bar                       *ui.BarProps
	State                     ui.TagProps
	Stage                     *ui.TagProps // of its service
	Answers                   []ui.Pair    // to the form fields that the list shows
	Unassigned                bool
	Confidential              bool
	Urgent                    bool
}

// showList is 'my requests': what the reader asked for, or with another view what the reader may see.
func (s *Service) showList(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in asking
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	if in.View == "" && in.State == "" {
		in.State = "open"
	}
	f, err := in.filter()
	if err != nil {
		return err
	}
	f.Mine = in.View == ""
	if in.View == "unit" {
		if f.Customer, err = s.myUnit(ctx); err != nil {
			return err
		}
	}
	page, err := s.List(ctx, f)
	v := listView{Path: "/requests", Active: "requests", Title: lang.T(ctx, "request.list.title"), Lead: lang.T(ctx, "request.list.lead")}
	if fault.KindOf(err) == fault.Invalid {
		v.Problem, err = ui.ErrorsOf(ctx, err, nil).Sentence(ctx), nil
	}
	if err != nil {
		return err
	}
	tab := func(key, view string) ui.TabProps {
		return ui.TabProps{Text: lang.T(ctx, "request.list."+key), Href: asking{View: view}.href("/requests"), On: in.View == view}
	}
	v.Tabs = []ui.TabProps{tab("mine", ""), tab("unit", "unit"), tab("all", "all")}
	v.Other = lang.T(ctx, "request.filter.provider")
	if in.View == "all" {
		v.Other = lang.T(ctx, "request.column.between")
	}
	if err := s.fill(ctx, &v, in, page); err != nil {
		return err
	}
	v.Empty = ui.EmptyProps{Icon: "send", Level: 2, Title: lang.T(ctx, "request.list.empty"), Text: lang.T(ctx, "request.list.empty-hint"),
		Actions: ui.Button(ui.ButtonProps{Text: lang.T(ctx, "request.list.ask"), Href: "/requests/new", Kind: "primary", Small: true})}
	if len(in.query()) > 1 || in.State != "open" && in.State != "" {
		v.Empty = ui.EmptyProps{Icon: "filter-off", Level: 2, Title: lang.T(ctx, "request.list.narrow"), Text: lang.T(ctx, "request.list.narrow-hint"),
			Actions: ui.Button(ui.ButtonProps{Text: lang.T(ctx, "request.list.clear"), Href: asking{View: in.View}.href("/requests", "state", "any"), Small: true})}
	}
	return web.Show(w, r, http.StatusOK, listPage(v), listContent(v))
}

// myUnit is the code of the reader's main unit.
func (s *Service) myUnit(ctx context.Context) (string, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return "", err
	}
	return unitCode(tree, actor.From(ctx).Unit), nil
}

// fill turns a page of lines into rows, with filter and pager.
func (s *Service) fill(ctx context.Context, v *listView, in asking, page web.Page[Line]) error {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	book, err := s.Calendar.Book(ctx)
	if err != nil {
		return err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	tables := map[[2]int64]*calendar.Table{}
	now := s.db.Now()
	for _, l := range page.Items {
		table, known := tables[[2]int64{l.Provider, l.Service}]
		if !known {
			if table, err = s.tableOf(ctx, book, l.Provider, l.Service); err != nil {
				return err
			}
			tables[[2]int64{l.Provider, l.Service}] = table
		}
		item := rowOf(ctx, tree, table, l, now)
		if service, ok := snap.ByID(l.Service); ok {
			item.Service = service.Name.In(ctx)
			item.Stage = stageTag(ctx, service, l.Stage, l.State)
		}
		if v.Path == "/requests" {
			item.asked(ctx, tree, in.View, l)
		}
		item.Answers = l.Answers
		v.Rows = append(v.Rows, item)
	}
	v.Self, v.File = in.href(v.Path, "cursor", in.Cursor), in.href(v.Path+"/export")
	v.Filter = s.filterBar(ctx, v.Path, in, tree)
	s.offerFields(ctx, v, in, snap)
	if err := s.chooseByPlace(ctx, v, in); err != nil {
		return err
	}
	s.sortByPlace(ctx, v, in, page.Items)
	if v.Views, err = s.View.Bar(ctx, map[string]string{"/queue": listQueue, "/requests": listRequests}[v.Path], in.narrowed(v.Path)); err != nil {
		return err
	}
	if page.NextCursor != "" {
		v.Pager.NextHref = in.href(v.Path, "cursor", page.NextCursor)
	}
	if in.Cursor != "" {
		v.Pager.PrevHref = in.href(v.Path)
	}
	return nil
}

// asked turns a row round for those who asked: they know who they are, and read who serves and what waits for them.
func (v *row) asked(ctx context.Context, tree *org.Tree, view string, l Line) {
	unit := tree.FullName(ctx, l.Unit)
	if view == "all" {
		unit = lang.T(ctx, "request.list.between", "customer", v.Other, "unit", unit)
	}
	v.Other = unit
	if l.State == StateDelivered && l.Duplicate {
		return
	}
	if view == "" && (l.State == StateWaiting || l.State == StateDelivered) {
		v.State.Text, v.State.Tone = lang.T(ctx, "request.list.yours-"+string(l.State)), "warn"
	}
}

// tableOf is the calendar in which the completion of a line's service counts: what the standard names, else that of the
// unit.
func (s *Service) tableOf(ctx context.Context, book *calendar.Book, unit, service int64) (*calendar.Table, error) {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	if x, ok := snap.ByID(service); ok && book.Has(x.Standard.CompletionCalendar) {
		return book.Table(x.Standard.CompletionCalendar, 0)
	}
	code, err := s.Calendar.CodeFor(ctx, unit)
	if err != nil {
		return nil, err
	}
	return book.Table(code, 0)
}

// unassigned says that it is in work and nobody has it in hand: new, put back or handed over.
func unassigned(l Line) bool {
	return l.Assignee == 0 && (l.State == StateNew || l.State == StateWorking && l.MergedInto == 0)
}

// rowOf is a line as the table shows it: what is due next, and how much working time is left until then.
func rowOf(ctx context.Context, tree *org.Tree, table *calendar.Table, l Line, now time.Time) row {
	v := row{Ref: l.Ref(), Title: l.Title, Href: link(l.Number), Other: tree.FullName(ctx, l.Customer), Assignee: l.Holder.Display(ctx),
		Unassigned: unassigned(l), State: stateTag(ctx, l.State), Confidential: l.Confidential, Urgent: l.Priority == Urgent && l.State.Open(), Place: l.Place.Name.In(ctx)}
	if l.MergedInto != 0 && (l.State == StateWorking || l.Duplicate && l.State == StateDelivered) {
		v.State.Text, v.State.Icon = mergedWord(ctx, l.Duplicate), "git-branch"
	}
	if !l.ReplySince.IsZero() {
		v.Awaits = lang.T(ctx, "request.reply.awaits", "since", lang.Short(ctx, l.ReplySince))
	}
	switch {
	case l.State == StateWaiting && l.ReplyDue.IsZero():
		v.Due, v.Bar = lang.T(ctx, "request.paused"), &ui.BarProps{Tone: "pause", Used: 0.5, Thin: true, Label: lang.T(ctx, "request.paused")}
	case !l.State.Open():
		v.Due = lang.Short(ctx, l.ClosedAt)
	case l.NextDue.Equal(never):
		v.Due = lang.T(ctx, "request.nothing-due")
	default:
		dueIn(ctx, &v, table, l, now)
	}
	return v
}

// dueIn adds the due time with its tone and bar.
func dueIn(ctx context.Context, v *row, table *calendar.Table, l Line, now time.Time) {
	v.Due, v.DueTitle = lang.Short(ctx, l.NextDue), lang.DateTime(ctx, l.NextDue)
	if now.After(l.NextDue) {
		v.DueTone = "bad"
		over, err := table.Elapsed(l.NextDue, now)
		if err == nil {
			v.Left = lang.T(ctx, "request.over", "time", lang.WorkDuration(ctx, int64(over.Seconds())))
		}
		v.Bar = &ui.BarProps{Tone: "bad", Used: 1, Thin: true, Label: v.Left}
		return
	}
	v.Due = expected(ctx, v.Due, table.Provisional(now, l.NextDue))
	left, err := table.Elapsed(now, l.NextDue)
	if err != nil {
		return
	}
	v.Left = lang.WorkDuration(ctx, int64(left.Seconds()))
	began := l.OpenedAt
	if !l.ReplySince.IsZero() && l.NextDue.Equal(l.ReplyDue) {
		began = l.ReplySince
	}
	budget, err := table.Elapsed(began, l.NextDue)
	if err != nil || budget <= 0 {
		return
	}
	used := 1 - float64(left)/float64(budget)
	v.Bar = &ui.BarProps{Used: used, Thin: true, Label: lang.T(ctx, "request.used", "share", lang.Percent(ctx, used, 0))}
	if used >= soonUsed {
		v.DueTone, v.Bar.Tone = "warn", "warn"
	}
}

// filterBar is the filter of a list: what is chosen stands in the address.
func (s *Service) filterBar(ctx context.Context, path string, in asking, tree *org.Tree) ui.FilterProps {
	choose := func(name, value string, options []ui.Option) ui.Filter {
		f := ui.Filter{Name: name, Label: lang.T(ctx, "request.filter."+name), Options: options}
		for i := range f.Options {
			f.Options[i].Selected = f.Options[i].Value == value
			f.On = f.On || f.Options[i].Selected && i > 0
		}
		return f
	}
	states := []ui.Option{{Value: "open", Text: lang.T(ctx, "request.state.open")}, {Value: "any", Text: lang.T(ctx, "request.state.any")}}
	for _, st := range States {
		states = append(states, ui.Option{Value: string(st), Text: lang.T(ctx, "request.state."+string(st))})
	}
	snap, err := s.Catalog.Snapshot(ctx)
	provides := func(u org.Unit) bool { return err != nil || len(snap.Of(u.ID)) > 0 }
	p := ui.FilterProps{Action: path, Target: "list", Hidden: map[string]string{}, Clear: asking{View: in.View}.href(path)}
	for name, value := range map[string]string{"view": in.View, "look": in.Look, "group": in.Group} {
		if value != "" {
			p.Hidden[name] = value
		}
	}
	p.Search = &ui.FilterSearch{Name: "q", Label: lang.T(ctx, "request.filter.q"), Value: in.Q}
	if path == "/queue" {
		p.Filters = append(p.Filters, choose("customer", in.Customer, s.unitChoices(ctx, tree, in.Customer, nil)))
	} else {
		p.Filters = append(p.Filters, choose("provider", in.Provider, s.unitChoices(ctx, tree, in.Provider, provides)))
		if in.View == "all" {
			p.Filters = append(p.Filters, choose("customer", in.Customer, s.unitChoices(ctx, tree, in.Customer, nil)))
		}
	}
	if services := s.serviceOptions(ctx, path, in); len(services) > 1 {
		p.Filters = append(p.Filters, choose("service", in.Service, services))
	}
	stages := false
	if err == nil {
		if x, ok := snap.ByCode(in.Service); ok {
			var f ui.Filter
			if f, stages = stageFilter(ctx, x, in.Stage); stages {
				p.Filters = append(p.Filters, f)
			}
		}
	}
	if !stages && in.Stage != "" {
		p.Hidden["stage"] = in.Stage
	}
	p.Filters = append(p.Filters, choose("state", in.State, states), choose("due", in.Due, dueOptions(ctx, in.Due)))
	for name, value := range map[string]string{"below": in.Below, "offered_by": in.OfferedBy, "via": in.Via, "opened_from": in.OpenedFrom, "opened_before": in.OpenedBefore, "done_from": in.DoneFrom, "done_before": in.DoneBefore, "clock": in.Clock, "outcome": in.Outcome, "merged": in.Merged, "raised": in.Raised, "place": in.Place, "due_from": in.DueFrom, "due_before": in.DueBefore, "assignee": in.Assignee, "unit": in.Unit} {
		if value != "" {
			p.Hidden[name] = value
		}
	}
	return p
}

// dueOptions are what a list may narrow its due times to.
func dueOptions(ctx context.Context, now string) []ui.Option {
	out := []ui.Option{{Text: lang.T(ctx, "request.filter.any")}}
	for _, x := range []string{"overdue", "today", "week"} {
		out = append(out, ui.Option{Value: x, Text: lang.T(ctx, "request.due."+x), Selected: x == now})
	}
	return out
}

// unitsOffered is how many units a select offers.
const unitsOffered = 100

// unitChoices are the units that a filter offers, with the one chosen. Of a large company they are those that it may
// name (only, when given), or the upper ones: a unit stands for those below it, too.
func (s *Service) unitChoices(ctx context.Context, tree *org.Tree, chosen string, only func(org.Unit) bool) []ui.Option {
	units := tree.All()
	if len(units) > unitsOffered && only != nil {
		units = slices.DeleteFunc(slices.Clone(units), func(u org.Unit) bool { return !only(u) })
	}
	if len(units) > unitsOffered {
		units = tree.Upper(s.db.Now(), unitsOffered)
	}
	if u, ok := tree.ByCode(chosen); ok && !slices.ContainsFunc(units, func(o org.Unit) bool { return o.ID == u.ID }) {
		units = append(slices.Clone(units), u)
	}
	out := []ui.Option{{Text: lang.T(ctx, "request.filter.any")}}
	for _, u := range units {
		out = append(out, ui.Option{Value: u.Code, Text: u.Label(ctx)})
	}
	return out
}

// servicesOffered is how many services a select offers.
const servicesOffered = 100

// serviceOptions are the services one may filter by: in the queue those of the reader's units. Of a large catalogue they
// are those of the provider chosen, and the one chosen.
func (s *Service) serviceOptions(ctx context.Context, path string, in asking) []ui.Option {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil // the list works without this filter
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil
	}
	a := actor.From(ctx)
	services := slices.DeleteFunc(slices.Clone(snap.All()), func(x *catalog.Service) bool {
		return !x.Askable() || path == "/queue" && !a.In(x.Unit)
	})
	if len(services) > servicesOffered {
		provider, _ := tree.ByCode(in.Provider)
		services = slices.DeleteFunc(services, func(x *catalog.Service) bool { return x.Unit != provider.ID && x.Code != in.Service })
	}
	out := []ui.Option{{Text: lang.T(ctx, "request.filter.any")}}
	for _, x := range services {
		out = append(out, ui.Option{Value: x.Code, Text: x.Name.In(ctx)})
	}
	return out
}

// listKeys are the keys of a list: what can be picked can be taken and given, too.
func listKeys(ctx context.Context, picks bool) []ui.KeyHint {
	keys := []ui.KeyHint{{Keys: "j k", Text: lang.T(ctx, "request.keys.move")}, {Keys: "Enter", Text: lang.T(ctx, "request.keys.open")}}
	if picks {
		keys = append(keys, ui.KeyHint{Keys: "x", Text: lang.T(ctx, "request.keys.pick")}, ui.KeyHint{Keys: "t", Text: lang.T(ctx, "request.verb.take")},
			ui.KeyHint{Keys: "a", Text: lang.T(ctx, "request.verb.assign")})
	}
	return keys
}
