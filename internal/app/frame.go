package app

import (
	"cmp"
	"context"
	"embed"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// Locale holds the words of the frame and of the composition.
//
//go:embed locale
var Locale embed.FS

// entry is one line of the rail; what its reader may not use is not there.
type entry struct {
	key, label, icon, href, action string // label: when it is not the key
	below                          []entry
}

// rail follows the loop. Only what exists is listed.
var rail = []entry{
	{key: "home", icon: "home", href: "/", action: "todo.see"},
	{key: "relations", icon: "topology-star-3", href: "/relations", action: "relation.see"},
	{key: "services", icon: "briefcase", href: "/services", action: "service.see", below: []entry{
		{key: "catalog", href: "/services", action: "service.see"},
		{key: "requests", href: "/requests", action: "request.see"},
		{key: "repeats", href: "/repeats", action: "repeat.list"},
		{key: "queue", href: "/queue", action: "request.queue"},
		{key: "problems", href: "/problems", action: "problem.see"},
		{key: "deliveries", href: "/deliveries", action: "delivery.list"},
		{key: "promises", href: "/promises", action: "promise.list"},
		{key: "articles", href: "/articles", action: "article.see"},
		{key: "standards", href: "/standards", action: "service.see"},
		{key: "place", href: "/places", action: "place.see"},
		{key: "reviews", href: "/reviews", action: "review.seed"},
		{key: "attainment", href: "/reports/attainment", action: "report.see"},
	}},
	{key: "measures", icon: "chart-line", href: "/measures", action: "measure.list"},
	{key: "insight", icon: "chart-bar", href: "/insight/adoption", action: "insight.adoption", below: []entry{
		{key: "adoption", href: "/insight/adoption", action: "insight.adoption"},
		{key: "cost", href: "/insight/cost", action: "insight.adoption"},
		{key: "capacity", href: "/capacity", action: "request.capacity"},
	}},
	{key: "org", icon: "sitemap", href: "/org", action: "org.see"},
	{key: "settings", icon: "settings", href: "/settings", action: "settings.list"},
}

// tabs are the places of the phone's bar; the frame adds 'more'. Of two with one label the first that the reader may
// use is shown.
var tabs = []entry{
	{key: "home", icon: "home", href: "/", action: "todo.see"},
	{key: "ask", icon: "plus", href: "/requests/new", action: "request.open"},
	{key: "queue", label: "tab-todo", icon: "list-check", href: "/queue", action: "request.queue"},
	{key: "todos", label: "tab-todo", icon: "list-check", href: "/todos", action: "todo.see"},
	{key: "inbox", icon: "inbox", href: "/inbox", action: "talk.inbox"},
}

// menu is what a person finds under the own name: what is daily.
var menu = []entry{
	{key: "me", icon: "user", href: "/me", action: "signin.own"},
	{key: "absence", icon: "calendar", href: "/me/absence", action: "person.absence.set"},
	{key: "notices", icon: "bell", href: "/me/notices", action: "notice.own"},
}

// dress puts into the context what the frame shows around a page. A fragment has no frame and costs nothing.
func (a *App) dress(ctx context.Context, w http.ResponseWriter, r *http.Request) context.Context {
	if web.IsHTMX(r) && r.Header.Get("HX-Boosted") != "true" && r.Header.Get("HX-Target") != "" {
		return ctx
	}
	who := actor.From(ctx)
	c := ui.Chrome{Theme: web.Theme(r), Locale: lang.Locale(ctx), Path: here(r), PrefsHref: "/look", Company: a.Org.Company(ctx).Name.In(ctx)}
	if !who.Known() {
		return ui.With(ctx, c)
	}
	c.Viewing = a.viewing(ctx, who)
	if strings.HasPrefix(r.URL.Path, "/settings/") && !strings.HasPrefix(r.URL.Path, firstRun) {
		c.Guide = a.guide(ctx)
	}
	standing := a.standingOf(ctx, who)
	c.Person = cmp.Or(standing.person.Display(ctx), who.Name)
	c.Role = a.roleOf(ctx, who, standing.person.Position)
	c.Nav = counted(a.places(ctx, rail), map[string]int{"requests": standing.mine, "queue": standing.queue})
	c.Menu = a.places(ctx, menu)
	c.AskHref, c.SearchHref, c.InboxHref, c.SignOutHref = "/requests/new", "/search", "/inbox", "/signout"
	if who.Viewer == 0 { // who looks with another's eyes does not count that person's inbox
		c.LiveHref, c.LiveTopic = "/live", "person:"+strconv.FormatInt(who.Person, 10)
		if n, err := a.Talk.Unread(ctx, who.Person); err == nil {
			c.Unread = n
		} else {
			a.Log.WarnContext(ctx, "count unread messages", "error", err)
		}
	}
	c.Tabs = counted(a.bar(ctx), map[string]int{"inbox": c.Unread})
	if r.Method == http.MethodGet {
		if f, ok := web.TakeToast(w, r); ok {
			c.Toast = &ui.ToastProps{Text: f.Text, UndoURL: f.Undo}
		}
	}
	return ui.With(ctx, c)
}

// here is the path and query of this page, where a switch of theme or language comes back to.
func here(r *http.Request) string {
	if r.Method != http.MethodGet {
		return cmp.Or(web.PageBefore(r), "/")
	}
	return r.URL.RequestURI()
}

// roleOf is the small line under the name: unit and position.
func (a *App) roleOf(ctx context.Context, who actor.Actor, position string) string {
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return position
	}
	u, ok := tree.ByID(who.Unit)
	switch {
	case !ok:
		return position
	case position == "":
		return u.Name.In(ctx)
	}
	return u.Name.In(ctx) + " · " + position
}

func (a *App) places(ctx context.Context, list []entry) []ui.NavItem {
	var out []ui.NavItem
	for _, p := range list {
		if !a.allows(ctx, p.action) {
			continue
		}
		label := p.label
		if label == "" {
			label = p.key
		}
		out = append(out, ui.NavItem{Key: p.key, Label: lang.T(ctx, "app.nav."+label), Icon: p.icon, Href: p.href, Sub: a.places(ctx, p.below)})
	}
	return out
}

func (a *App) bar(ctx context.Context) []ui.NavItem {
	var out []ui.NavItem
	for _, item := range a.places(ctx, tabs) {
		if len(out) == 0 || out[len(out)-1].Label != item.Label {
			out = append(out, item)
		}
		if item.Key == "inbox" {
			out[len(out)-1].Live = "unread"
		}
	}
	return out
}

// counted puts counts beside entries, by key.
func counted(items []ui.NavItem, counts map[string]int) []ui.NavItem {
	for i := range items {
		items[i].Count = counts[items[i].Key]
		counted(items[i].Sub, counts)
	}
	return items
}

// allows says whether the reader could be allowed the action on some record.
func (a *App) allows(ctx context.Context, action string) bool {
	return a.Access.Gate()(ctx, action) == nil
}

// framed is a page of the kit in the house's frame.
func framed(_ context.Context, title string, c templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return ui.Page(ui.PageProps{Title: title, Narrow: true}).Render(templ.WithChildren(ctx, c), w)
	})
}

// problemPage is an error as a page and as a fragment.
func problemPage(ctx context.Context, p web.Problem) (full, content templ.Component) {
	e := ui.ErrorProps{Status: p.Status, Title: p.Title, Text: p.Message, ID: p.Instance}
	if p.Plain != "" { // an address: what is wrong in it is told by its parts, and there is a way on
		e.Text = wrongParts(p).Sentence(ctx)
		e.Actions = ui.Button(ui.ButtonProps{Text: lang.T(ctx, "app.without-filter"), Href: p.Plain, Icon: "filter-off"})
	}
	inner := ui.Error(e)
	page := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if !actor.From(ctx).Known() {
			return ui.Bare(ui.BareProps{Title: p.Title}).Render(templ.WithChildren(ctx, inner), w)
		}
		return ui.Page(ui.PageProps{Title: p.Title, NoHead: true}).Render(templ.WithChildren(ctx, inner), w)
	})
	return page, inner
}

// wrongParts names each wrong part of an address with what is wrong in it.
func wrongParts(p web.Problem) (e ui.Errors) {
	for _, f := range p.Fields {
		e.Fields = append(e.Fields, ui.FieldError{Label: f.Name, Text: f.Message})
	}
	return e
}

// listens says whether the reader may hear a topic of live pages: the person's own, or a record that may be seen.
func (a *App) listens(ctx context.Context, topic string) error {
	who := actor.From(ctx)
	kind, id, ok := strings.Cut(topic, ":")
	n, err := strconv.ParseInt(id, 10, 64)
	if !ok || err != nil || !who.Known() {
		return fault.ErrNotFound
	}
	switch kind {
	case "person":
		if n == who.Person {
			return nil
		}
	case "unit":
		if set, err := a.Access.Towards(ctx, who, n); err == nil && set&(access.Agent|access.Head|access.Quality) != 0 {
			return nil
		}
	case "line": // that something moved in the unit, and no more
		return nil
	case "problems": // that some known problem changed, and no more
		return nil
	case "request", "notes":
		return a.Request.MayListen(ctx, n, kind == "notes")
	case "delivery":
		return a.Delivery.MayListen(ctx, n)
	case "promise":
		return a.Promise.MayListen(ctx, n)
	case "promises":
		if n == who.Person {
			return nil
		}
	case "deliveries":
		if set, err := a.Access.Towards(ctx, who, n); err == nil && set&(access.Agent|access.Head|access.Quality) != 0 {
			return nil
		}
	}
	return fault.ErrNotFound
}
