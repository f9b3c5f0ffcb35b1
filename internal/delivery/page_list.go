package delivery

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/a-h/templ"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// asking is what the address of a list says.
type asking struct {
	View      string `form:"view"`
	Provider  string `form:"provider"`
	Customer  string `form:"customer"`
	Service   string `form:"service"`
	Standing  string `form:"standing"`
	State     string `form:"state"`
	Origin    string `form:"origin"`
	Q         string `form:"q"`
	Outcome   string `form:"outcome"`
	DueFrom   string `form:"due_from"`
	DueBefore string `form:"due_before"`
	Cursor    string `form:"cursor"`
}

func (a asking) filter() (Filter, error) {
	return deliveriesInput{Paging: web.Paging{Cursor: a.Cursor}, View: a.View, Provider: a.Provider, Customer: a.Customer, Service: a.Service, Standing: a.Standing,
		State: a.State, Origin: a.Origin, Q: a.Q, Outcome: a.Outcome, DueFrom: a.DueFrom, DueBefore: a.DueBefore}.filter()
}

func (a asking) query() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"view": a.View, "provider": a.Provider, "customer": a.Customer, "service": a.Service, "standing": a.Standing,
		"state": a.State, "origin": a.Origin, "q": a.Q, "outcome": a.Outcome, "due_from": a.DueFrom, "due_before": a.DueBefore} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
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

// listView is a list of deliveries.
type listView struct {
	Tabs    []ui.TabProps
	Filter  ui.FilterProps
	Rows    []row
	Pager   ui.PagerProps
	File    string
	Empty   ui.EmptyProps
	Problem string
	MayPush bool
	Self    string
	Live    []string
	Views   templ.Component // the bar of views
}

// row is a delivery as the table shows it.
type row struct {
	Ref, Title, Href, Note string
	Between, Who           string
	Due, DueTitle, DueTone string
	State                  ui.TagProps
}

// liveMost is how many units a list hears of: a page listens to twenty topics at most, and the frame has its own.
const liveMost = 16

// showList is what one has to bring and what one is to get. Without a view it is what there is to bring for those who
// bring something, else what they get.
func (s *Service) showList(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if sent, err := s.View.Standard(w, r, listDeliveries); sent || err != nil {
		return err
	}
	var in asking
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	sc, tree, err := s.eyeOf(ctx)
	if err != nil {
		return err
	}
	if in.View == "" {
		in.View = ViewReceive
		if len(sc.serves) > 0 {
			in.View = ViewBring
		}
	}
	if in.View != ViewBring && in.View != ViewReceive {
		in.View = "all"
	}
	if in.State == "" {
		in.State = "open"
	}
	v := listView{MayPush: len(sc.serves) > 0, Self: in.href("/deliveries", "cursor", in.Cursor), File: in.href("/deliveries/export")}
	page, err := s.pageOf(ctx, in)
	if fault.KindOf(err) == fault.Invalid {
		v.Problem, err = ui.ErrorsOf(ctx, err, nil).Sentence(ctx), nil
	}
	if err != nil {
		return err
	}
	tab := func(view string) ui.TabProps {
		return ui.TabProps{Text: lang.T(ctx, "delivery.list."+view), Href: asking{View: view}.href("/deliveries"), On: in.View == view}
	}
	v.Tabs = []ui.TabProps{tab(ViewBring), tab(ViewReceive), tab("all"),
		{Text: lang.T(ctx, "delivery.list.month"), Href: "/deliveries/month"}, {Text: lang.T(ctx, "delivery.standing.title"), Href: "/deliveries/standing"}}
	for _, l := range page.Items {
		v.Rows = append(v.Rows, s.rowOf(ctx, tree, l))
	}
	for _, unit := range sc.serves { // who serves more sees the rest with the next look
		if v.Live = append(v.Live, topicOfUnit(unit)); len(v.Live) == liveMost {
			break
		}
	}
	if page.NextCursor != "" {
		v.Pager.NextHref = in.href("/deliveries", "cursor", page.NextCursor)
	}
	if in.Cursor != "" {
		v.Pager.PrevHref = in.href("/deliveries")
	}
	if v.Filter, err = s.filterBar(ctx, in, tree); err != nil {
		return err
	}
	if v.Views, err = s.View.Bar(ctx, listDeliveries, in.narrowed()); err != nil {
		return err
	}
	v.Empty = ui.EmptyProps{Icon: "package", Level: 2, Title: lang.T(ctx, "delivery.list.empty-"+in.View), Text: lang.T(ctx, "delivery.list.empty-hint")}
	if len(in.query()) > 2 || v.Problem != "" {
		v.Empty = ui.EmptyProps{Icon: "filter-off", Level: 2, Title: lang.T(ctx, "delivery.list.narrow"),
			Actions: ui.Button(ui.ButtonProps{Text: lang.T(ctx, "delivery.list.clear"), Href: asking{View: in.View}.href("/deliveries", "state", "any"), Small: true})}
	}
	return web.Show(w, r, http.StatusOK, listPage(v), listContent(v))
}

// pageOf is a page of what the address asks for; 'all' is no view of the API.
func (s *Service) pageOf(ctx context.Context, in asking) (web.Page[Line], error) {
	if in.View == "all" {
		in.View = ""
	}
	f, err := in.filter()
	if err != nil {
		return web.Page[Line]{}, err
	}
	return s.List(ctx, f)
}

func (s *Service) rowOf(ctx context.Context, tree *org.Tree, l Line) row {
	v := row{Ref: l.Ref(), Title: l.Title, Href: link(l.Number), Note: l.Ref(), State: stateTag(ctx, l.State),
		Between: lang.T(ctx, "delivery.between", "provider", tree.FullName(ctx, l.Provider), "customer", tree.FullName(ctx, l.Customer))}
	if l.Quantity != "" {
		v.Note += " · " + lang.T(ctx, "delivery.quantity-of", "n", l.Quantity)
	}
	v.Who = l.Bringer.Display(ctx)
	switch {
	case !l.ClosedAt.IsZero():
		v.Due = lang.Short(ctx, l.ClosedAt)
	case l.State == StateDelivered:
		v.Due = lang.Short(ctx, l.DeliveredAt)
		v.Who = l.Taker.Display(ctx)
	case l.Due.IsZero():
		v.Due = lang.T(ctx, "delivery.no-due")
	default:
		v.Due, v.DueTitle = lang.Short(ctx, l.Due), lang.DateTime(ctx, l.Due)
		now := s.db.Now()
		if now.After(l.Due) {
			v.DueTone = "bad"
		} else if l.Due.Sub(now) < 24*time.Hour {
			v.DueTone = "warn"
		}
	}
	return v
}

// unitsOffered is how many units a select offers.
const unitsOffered = 100

func (s *Service) filterBar(ctx context.Context, in asking, tree *org.Tree) (ui.FilterProps, error) {
	p := ui.FilterProps{Action: "/deliveries", Target: "list", Hidden: map[string]string{"view": in.View}, Clear: asking{View: in.View}.href("/deliveries")}
	choose := func(name, value string, options []ui.Option) {
		f := ui.Filter{Name: name, Label: lang.T(ctx, "delivery.filter."+name), Options: options}
		for i := range f.Options {
			f.Options[i].Selected = f.Options[i].Value == value
			f.On = f.On || f.Options[i].Selected && i > 0
		}
		p.Filters = append(p.Filters, f)
	}
	p.Search = &ui.FilterSearch{Name: "q", Label: lang.T(ctx, "delivery.filter.q"), Value: in.Q}
	if in.View != ViewBring {
		choose("provider", in.Provider, s.unitChoices(ctx, tree, in.Provider))
	}
	if in.View != ViewReceive {
		choose("customer", in.Customer, s.unitChoices(ctx, tree, in.Customer))
	}
	services, err := s.serviceChoices(ctx, in.Service)
	if err != nil {
		return p, err
	}
	choose("service", in.Service, services)
	states := []ui.Option{{Value: "open", Text: lang.T(ctx, "delivery.state.open")}, {Value: "any", Text: lang.T(ctx, "delivery.state.any")}}
	for _, st := range States {
		states = append(states, ui.Option{Value: string(st), Text: lang.T(ctx, "delivery.state."+string(st))})
	}
	choose("state", in.State, states)
	for name, value := range map[string]string{"outcome": in.Outcome, "due_from": in.DueFrom, "due_before": in.DueBefore, "standing": in.Standing, "origin": in.Origin} {
		if value != "" {
			p.Hidden[name] = value
		}
	}
	return p, nil
}

func (s *Service) unitChoices(ctx context.Context, tree *org.Tree, chosen string) []ui.Option {
	units := tree.Upper(s.db.Now(), unitsOffered)
	out := []ui.Option{{Text: lang.T(ctx, "delivery.filter.any")}}
	known := chosen == ""
	for _, u := range units {
		known = known || u.Code == chosen
		out = append(out, ui.Option{Value: u.Code, Text: u.Label(ctx)})
	}
	if u, ok := tree.ByCode(chosen); !known && ok {
		out = append(out, ui.Option{Value: u.Code, Text: u.Label(ctx)})
	}
	return out
}

// servicesOffered is how many services a select offers.
const servicesOffered = 200

func (s *Service) serviceChoices(ctx context.Context, chosen string) ([]ui.Option, error) {
	list, err := s.standingServices(ctx)
	out := []ui.Option{{Text: lang.T(ctx, "delivery.filter.any")}}
	for i, sv := range list {
		if i < servicesOffered || sv.Code == chosen {
			out = append(out, ui.Option{Value: sv.Code, Text: sv.Name.In(ctx)})
		}
	}
	return out, err
}
