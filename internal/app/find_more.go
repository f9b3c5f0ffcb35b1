package app

import (
	"context"
	"net/url"
	"strings"

	"neike/internal/place"
)

// articles finds what units have written down, the nearest first.
func (f finder) articles(ctx context.Context, limit int) (group, error) {
	found, err := f.Article.Found(ctx, f.query, limit+1)
	g := group{kind: articles, more: len(found) > limit}
	for _, a := range found[:min(limit, len(found))] {
		unit := f.tree.Name(ctx, a.Unit)
		h := hit{kind: articles, ref: a.Ref(), title: a.Title.In(ctx), note: unit, short: unit, icon: "book", href: a.Link()}
		if lead := a.Lead.In(ctx); lead != "" {
			h.note += " · " + lead
		}
		g.hits = append(g.hits, h)
	}
	return g, err
}

// places finds rooms, machines and printers that are in use, by name, code, pinyin or asset number.
func (f finder) places(ctx context.Context, limit int) (group, error) {
	page, err := f.Place.List(ctx, place.Filter{Q: f.query, Limit: limit + 1})
	g := group{kind: places, more: len(page.Items) > limit || page.NextCursor != ""}
	for _, p := range page.Items[:min(limit, len(page.Items))] {
		unit := f.tree.Name(ctx, p.Unit)
		g.hits = append(g.hits, hit{kind: places, ref: p.Code, title: p.Name.In(ctx), note: strings.Trim(p.Code+" · "+unit, " ·"), short: unit, icon: "building", href: "/places/" + url.PathEscape(p.Code)})
	}
	return g, err
}

// askInstead is whom one asks when nothing is found: the front desk, or the people of the quality office.
type askInstead struct {
	Href, Unit string
	People     []hit
	Misses     bool // the reader may let the words lead somewhere
}

// instead says whom to ask, and counts that the search missed.
func (f finder) instead(ctx context.Context, everything bool) (askInstead, error) {
	var out askInstead
	if everything {
		if err := f.Article.Missed(ctx, f.query); err != nil {
			return out, err
		}
	}
	out.Misses = f.allows(ctx, "search.misses")
	desk, err := f.Article.Desk(ctx)
	if err != nil {
		return out, err
	}
	if desk != nil {
		out.Unit = f.tree.FullName(ctx, desk.Unit)
		out.Href = desk.AskAt() + "?" + url.Values{"title": {f.query}}.Encode()
		return out, nil
	}
	nos, names, err := f.Article.Office(ctx)
	for i, no := range nos {
		out.People = append(out.People, hit{title: names[i], href: "/people/" + url.PathEscape(no)})
	}
	return out, err
}
