package app

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"neike/internal/article"
	"neike/internal/catalog"
	"neike/internal/delivery"
	"neike/internal/kit/lang"
	"neike/internal/kit/search"
	"neike/internal/kit/sorting"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
	"neike/internal/promise"
	"neike/internal/request"
)

// The kinds of what is found, in the order of the page. Commands are offered beside them.
const (
	people     = "person"
	unitKind   = "unit"
	services   = "service"
	articles   = article.Kind
	places     = "place"
	requests   = request.Kind
	deliveries = delivery.Kind
	promises   = promise.Kind
)

var kinds = []string{people, unitKind, services, articles, places, requests, deliveries, promises}

// How many of a kind are shown.
const (
	inField  = 4  // while one types
	inGroup  = 5  // on the page, beside other kinds
	inPage   = 20 // requests alone, page by page
	inKind   = 50 // another kind alone
	maxQuery = 100
)

// hit is something that was found, whatever its kind.
type hit struct {
	kind, ref   string
	title, note string
	short       string // the note beside the title in the field
	icon, href  string
	ask         string // of a service: where one asks for it
	state       *ui.TagProps
	action      *command // instead of href: a form to send
}

// group is the hits of one kind.
type group struct {
	kind string
	hits []hit
	next string // cursor of the next page
	more bool   // there are more than are shown
}

// finder answers one query for the reader of its context.
type finder struct {
	*App
	query string
	tree  *org.Tree
}

func (a *App) finderFor(ctx context.Context, query string) (finder, error) {
	tree, err := a.Org.Tree(ctx)
	return finder{a, clip(strings.TrimSpace(query), maxQuery), tree}, err
}

// findable adds what can be found in the index and starts it; people, units and services are found in memory.
func (a *App) findable(ctx context.Context) error {
	a.Search.Add(a.Request.Findable())
	a.Search.Add(a.Delivery.Findable())
	a.Search.Add(a.Promise.Findable())
	return a.Search.Start(ctx)
}

// clip cuts a text after n characters.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// of finds one kind, at most limit.
func (f finder) of(ctx context.Context, kind, cursor string, limit int) (group, error) {
	if f.query == "" {
		return group{kind: kind}, nil
	}
	switch kind {
	case people:
		return f.people(ctx, limit)
	case unitKind:
		return f.units(ctx, limit)
	case services:
		return f.services(ctx, limit)
	case articles:
		return f.articles(ctx, limit)
	case places:
		return f.places(ctx, limit)
	case deliveries:
		return f.deliveries(ctx, cursor, limit)
	case promises:
		return f.promises(ctx, cursor, limit)
	}
	return f.requests(ctx, cursor, limit)
}

// all finds a few of every kind; kinds without a hit are left out. A number leads, when it is one.
func (f finder) all(ctx context.Context, limit int) ([]group, error) {
	var out []group
	for _, kind := range kinds {
		g, err := f.of(ctx, kind, "", limit)
		if err != nil {
			return nil, err
		}
		if len(g.hits) == 0 {
			continue
		}
		if _, isNumber := numberIn(f.query); isNumber && kind == requests {
			out = slices.Insert(out, 0, g)
		} else {
			out = append(out, g)
		}
	}
	return out, nil
}

func (f finder) people(ctx context.Context, limit int) (group, error) {
	page, err := f.Org.People(ctx, org.PeopleFilter{Q: f.query, Limit: limit + 1})
	g := group{kind: people, more: len(page.Items) > limit || page.NextCursor != ""}
	for _, p := range page.Items[:min(limit, len(page.Items))] {
		unit := f.tree.Name(ctx, p.Unit)
		note := unit
		if p.Position != "" {
			note += " · " + p.Position
		}
		ref := f.Org.Ref(ctx, p)
		g.hits = append(g.hits, hit{kind: people, ref: ref, title: org.NameOf(ctx, p), note: note, short: unit, icon: "user", href: "/people/" + url.PathEscape(ref)})
	}
	return g, err
}

func (f finder) units(ctx context.Context, limit int) (group, error) {
	found, err := f.Org.FindUnits(ctx, f.query, limit+1)
	g := group{kind: unitKind, more: len(found) > limit}
	for _, u := range found[:min(limit, len(found))] {
		note := lang.T(ctx, "org.level-"+u.Level)
		if above, ok := f.tree.ByID(u.Parent); ok {
			note += " · " + above.Name.In(ctx)
		}
		g.hits = append(g.hits, hit{kind: unitKind, ref: u.Code, title: u.Name.In(ctx), note: note, short: lang.T(ctx, "org.level-"+u.Level),
			icon: "sitemap", href: "/org/units/" + url.PathEscape(u.Code)})
	}
	return g, err
}

// services finds by name before it finds by description.
func (f finder) services(ctx context.Context, limit int) (group, error) {
	found, err := f.Catalog.List(ctx, catalog.Filter{Query: f.query, Limit: 200})
	sorting.Stable(found, func(a, b *catalog.Service) int { return f.nearness(a) - f.nearness(b) })
	g := group{kind: services, more: len(found) > limit}
	for _, s := range found[:min(limit, len(found))] {
		unit := f.tree.Name(ctx, s.Unit)
		h := hit{kind: services, ref: s.Code, title: s.Name.In(ctx), note: unit, short: unit, icon: "briefcase", href: "/services/" + url.PathEscape(s.Code)}
		if text := s.Description.In(ctx); text != "" {
			h.note += " · " + text
		}
		h.ask = s.AskAt()
		g.hits = append(g.hits, h)
	}
	return g, err
}

func (f finder) nearness(s *catalog.Service) int {
	q := strings.ToLower(f.query)
	zh, en := strings.ToLower(s.Name.Zh), strings.ToLower(s.Name.En)
	switch {
	case zh == q || en == q || s.Code == q:
		return 0
	case strings.HasPrefix(zh, q) || strings.HasPrefix(en, q):
		return 1
	case strings.Contains(zh, q) || strings.Contains(en, q):
		return 2
	}
	return 3
}

// requests finds the requests that the reader may see, newest first; the one of a number in front. Nothing that is
// answered here depends on those that the reader may not see.
func (f finder) requests(ctx context.Context, cursor string, limit int) (group, error) {
	g := group{kind: requests}
	at, err := web.ParseCursor(cursor, 1)
	if err != nil {
		return g, err
	}
	var lines []request.Line
	var first int64
	if number, err := request.ParseRef(ref(f.query)); err == nil {
		l, ok, err := f.Request.Exactly(ctx, number)
		if err != nil {
			return g, err
		}
		if first = l.ID; ok && at == nil {
			lines = append(lines, l)
		}
	}
	below := int64(0)
	if at != nil {
		below = at[0]
	}
	seen := map[int64]request.Line{}
	keep := func(ctx context.Context, hits []search.Hit) ([]search.Hit, error) {
		ids := make([]int64, len(hits))
		for i, h := range hits {
			ids[i] = h.ID
		}
		mine, err := f.Request.Seen(ctx, ids)
		for _, l := range mine {
			seen[l.ID] = l
		}
		return slices.DeleteFunc(hits, func(h search.Hit) bool { _, ok := seen[h.ID]; return !ok || h.ID == first }), err
	}
	hits, next, err := f.Search.FindBelow(ctx, f.query, []string{requests}, below, limit-len(lines), keep)
	if err != nil {
		return g, err
	}
	for _, h := range hits {
		lines = append(lines, seen[h.ID])
	}
	if next != 0 {
		g.next, g.more = web.Cursor(next), true
	}
	for _, l := range lines {
		tag := l.State.Tag(ctx)
		g.hits = append(g.hits, hit{kind: requests, ref: l.Ref(), title: l.Title, short: l.Ref(), icon: "file-invoice", href: "/requests/" + l.Ref(), state: &tag,
			note: lang.T(ctx, "app.found-line", "ref", l.Ref(), "provider", f.tree.Name(ctx, l.Unit), "customer", f.tree.Name(ctx, l.Customer),
				"who", l.Asker.Display(ctx), "when", lang.At(ctx, l.OpenedAt))})
	}
	return g, nil
}

// ref writes a number with the letter that people leave out or put right before it: R1024.
func ref(query string) string {
	if rest, ok := strings.CutPrefix(strings.ToUpper(query), "R"); ok && !strings.HasPrefix(rest, "-") {
		return "R-" + rest
	}
	return query
}

// numberIn is the number of a request when the query is one and nothing else can be meant: with its letter.
func numberIn(query string) (int64, bool) {
	if !strings.HasPrefix(strings.ToUpper(query), "R") {
		return 0, false
	}
	n, err := request.ParseRef(ref(query))
	return n, err == nil
}

// commands are the hits of commands.
func (f finder) commands(ctx context.Context, limit int) []hit {
	var out []hit
	for _, c := range f.commandsFor(ctx, f.query, limit) {
		h := hit{kind: "command", title: c.title(ctx), icon: c.icon, href: c.href}
		if c.post != "" {
			h.action = &c
		}
		out = append(out, h)
	}
	return out
}

// findView is the page of results.
type findView struct {
	Query    string
	Kind     string
	Tabs     []ui.TabProps
	Commands []hit
	Groups   []group
	Next     string // address of the next page of one kind
	First    string // address of the first page, when this is another one
	Ask      askInstead
}

// showSearch is /search?q=: a list below the field for htmx, otherwise a page. The number of a request leads to it.
func (a *App) showSearch(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	f, err := a.finderFor(ctx, q.Get("q"))
	if err != nil {
		return err
	}
	if web.IsHTMX(r) && r.Header.Get("HX-Target") == "nk-found" {
		return a.showFound(w, r, f)
	}
	if number, ok := numberIn(f.query); ok {
		l, found, err := a.Request.Exactly(ctx, number)
		if err != nil {
			return err
		}
		if found {
			return web.See(w, r, "/requests/"+l.Ref())
		}
	}
	if number, ok := deliveryIn(f.query); ok {
		if l, found, err := a.Delivery.Exactly(ctx, number); err != nil {
			return err
		} else if found {
			return web.See(w, r, "/deliveries/"+l.Ref())
		}
	}
	if number, ok := promiseIn(f.query); ok {
		if l, found, err := a.Promise.Exactly(ctx, number); err != nil {
			return err
		} else if found {
			return web.See(w, r, "/promises/"+l.Ref())
		}
	}
	v, err := f.view(ctx, q.Get("kind"), q.Get("cursor"))
	if err != nil {
		return err
	}
	if v.Query != "" && len(v.Commands)+len(v.Groups) == 0 {
		if v.Ask, err = f.instead(ctx, v.Kind == ""); err != nil {
			return err
		}
	}
	return web.Show(w, r, http.StatusOK, findPage(v), findContent(v))
}

// showFound is what the field shows while one types.
func (a *App) showFound(w http.ResponseWriter, r *http.Request, f finder) error {
	ctx := r.Context()
	p := ui.SearchProps{Query: f.query, More: findHref(f.query, "", "")}
	commands := f.commands(ctx, inField)
	if f.query != "" {
		groups, err := f.all(ctx, inField)
		if err != nil {
			return err
		}
		for _, g := range groups {
			p.Groups = append(p.Groups, inList(lang.T(ctx, "app.found."+g.kind), g.hits))
		}
	}
	if len(commands) > 0 {
		at := 0
		if _, isNumber := numberIn(f.query); isNumber {
			at = min(1, len(p.Groups))
		}
		p.Groups = slices.Insert(p.Groups, at, inList(lang.T(ctx, "app.found.command"), commands))
	}
	return web.Show(w, r, http.StatusOK, ui.SearchList(p), nil)
}

func inList(label string, hits []hit) ui.SearchGroup {
	g := ui.SearchGroup{Label: label}
	for _, h := range hits {
		s := ui.SearchHit{Icon: h.icon, Title: h.title, Note: h.short, Href: h.href}
		if h.action != nil {
			s.Post, s.Name, s.Value = h.action.post, h.action.name, h.action.value
		}
		g.Hits = append(g.Hits, s)
	}
	return g
}

func (f finder) view(ctx context.Context, kind, cursor string) (findView, error) {
	v := findView{Query: f.query}
	if slices.Contains(kinds, kind) {
		v.Kind = kind
	}
	for _, k := range append([]string{""}, kinds...) {
		word := k
		if word == "" {
			word = "all"
		}
		v.Tabs = append(v.Tabs, ui.TabProps{Text: lang.T(ctx, "app.found."+word), Href: findHref(f.query, k, ""), On: k == v.Kind})
	}
	if v.Kind == "" {
		v.Commands = f.commands(ctx, len(commands))
		var err error
		v.Groups, err = f.all(ctx, inGroup)
		return v, err
	}
	limit := inKind
	if v.Kind == requests {
		limit = inPage
	}
	g, err := f.of(ctx, v.Kind, cursor, limit)
	if len(g.hits) > 0 {
		v.Groups = []group{g}
	}
	if g.next != "" {
		v.Next = findHref(f.query, v.Kind, g.next)
	}
	if cursor != "" {
		v.First = findHref(f.query, v.Kind, "")
	}
	return v, err
}

func findHref(query, kind, cursor string) string {
	q := url.Values{}
	for name, value := range map[string]string{"q": query, "kind": kind, "cursor": cursor} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return "/search"
	}
	return "/search?" + q.Encode()
}
