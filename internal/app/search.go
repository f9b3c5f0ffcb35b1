package app

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"neike/internal/catalog"
	"neike/internal/kit/lang"
	"neike/internal/kit/search"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/request"
)

// What one answer of the search field shows of each kind, and a page of results.
const (
	fewHits  = 6
	manyHits = 50
)

// findable adds what can be found and starts the index.
func (a *App) findable(ctx context.Context) error {
	a.Search.Add(a.Request.Findable())
	return a.Search.Start(ctx)
}

// showSearch answers the search field (a fragment) and the page of all results.
func (a *App) showSearch(w http.ResponseWriter, r *http.Request) error {
	query := strings.TrimSpace(r.URL.Query().Get("q"))
	limit := manyHits
	if web.IsHTMX(r) {
		limit = fewHits
	}
	groups, err := a.find(r.Context(), query, limit)
	if err != nil {
		return err
	}
	list := ui.SearchList(ui.SearchProps{Query: query, Groups: groups, More: "/search?q=" + url.QueryEscape(query)})
	return web.Show(w, r, http.StatusOK, searchPage(query, groups), list)
}

// find gives what the reader may see, by kind: requests, services, people, units. An empty query finds nothing.
func (a *App) find(ctx context.Context, query string, limit int) (groups []ui.SearchGroup, err error) {
	if query == "" {
		return nil, nil
	}
	for _, kind := range []struct {
		label string
		find  func(context.Context, string, int) ([]ui.SearchHit, error)
	}{
		{"app.found-requests", a.findRequests}, {"app.found-services", a.findServices},
		{"app.found-people", a.findPeople}, {"app.found-units", a.findUnits},
	} {
		hits, err := kind.find(ctx, query, limit)
		if err != nil {
			return nil, err
		}
		if len(hits) > 0 {
			groups = append(groups, ui.SearchGroup{Label: lang.T(ctx, kind.label), Hits: hits})
		}
	}
	return groups, nil
}

func (a *App) findRequests(ctx context.Context, query string, limit int) (out []ui.SearchHit, err error) {
	hits, err := a.Search.Find(ctx, query, []string{request.Kind}, limit, a.seen)
	for _, h := range hits {
		out = append(out, ui.SearchHit{Icon: "send", Title: h.Title, Note: h.Ref, Href: h.Link})
	}
	return out, err
}

// seen keeps the hits that the reader may see.
func (a *App) seen(ctx context.Context, hits []search.Hit) ([]search.Hit, error) {
	ids := make([]int64, len(hits))
	for i, h := range hits {
		ids[i] = h.ID
	}
	lines, err := a.Request.Seen(ctx, ids)
	if err != nil {
		return nil, err
	}
	mine := make(map[int64]bool, len(lines))
	for _, l := range lines {
		mine[l.ID] = true
	}
	kept := hits[:0]
	for _, h := range hits {
		if mine[h.ID] {
			kept = append(kept, h)
		}
	}
	return kept, nil
}

func (a *App) findServices(ctx context.Context, query string, limit int) (out []ui.SearchHit, err error) {
	list, err := a.Catalog.List(ctx, catalog.Filter{Query: query, Limit: limit})
	if err != nil {
		return nil, err
	}
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		out = append(out, ui.SearchHit{Icon: "briefcase", Title: s.Name.In(ctx), Note: tree.Name(ctx, s.Unit), Href: "/services/" + s.Code})
	}
	return out, nil
}

func (a *App) findPeople(ctx context.Context, query string, limit int) (out []ui.SearchHit, err error) {
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	err = a.DB.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		people, err := a.Org.FindPeople(ctx, rd, query, limit)
		for _, p := range people {
			out = append(out, ui.SearchHit{Icon: "user", Title: p.Display(ctx), Note: tree.Name(ctx, p.Unit), Href: "/people/" + a.Org.Ref(ctx, p)})
		}
		return err
	})
	return out, err
}

func (a *App) findUnits(ctx context.Context, query string, limit int) (out []ui.SearchHit, err error) {
	units, err := a.Org.FindUnits(ctx, query, limit)
	for _, u := range units {
		out = append(out, ui.SearchHit{Icon: "sitemap", Title: u.Name.In(ctx), Href: "/org/units/" + u.Code})
	}
	return out, err
}
