package app

import (
	"context"
	"slices"
	"strings"

	"neike/internal/delivery"
	"neike/internal/kit/lang"
	"neike/internal/kit/search"
	"neike/internal/kit/web"
)

// deliveries finds the deliveries that the reader may see, newest first; the one of a number in front.
func (f finder) deliveries(ctx context.Context, cursor string, limit int) (group, error) {
	g := group{kind: deliveries}
	at, err := web.ParseCursor(cursor, 1)
	if err != nil {
		return g, err
	}
	var lines []delivery.Line
	below, first := int64(0), int64(0)
	if at != nil {
		below = at[0]
	}
	if number, isOne := deliveryIn(f.query); isOne && at == nil {
		l, ok, err := f.Delivery.Exactly(ctx, number)
		if err != nil {
			return g, err
		}
		if ok {
			lines, first = append(lines, l), l.ID
		}
	}
	seen := map[int64]delivery.Line{}
	keep := func(ctx context.Context, hits []search.Hit) ([]search.Hit, error) {
		ids := make([]int64, len(hits))
		for i, h := range hits {
			ids[i] = h.ID
		}
		mine, err := f.Delivery.Seen(ctx, ids)
		for _, l := range mine {
			seen[l.ID] = l
		}
		return slices.DeleteFunc(hits, func(h search.Hit) bool { _, ok := seen[h.ID]; return !ok || h.ID == first }), err
	}
	hits, next, err := f.Search.FindBelow(ctx, f.query, []string{deliveries}, below, limit-len(lines), keep)
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
		g.hits = append(g.hits, hit{kind: deliveries, ref: l.Ref(), title: l.Title, short: l.Ref(), icon: "package", href: "/deliveries/" + l.Ref(), state: &tag,
			note: lang.T(ctx, "app.found-delivery", "ref", l.Ref(), "provider", f.tree.Name(ctx, l.Provider), "customer", f.tree.Name(ctx, l.Customer),
				"when", lang.At(ctx, l.OpenedAt))})
	}
	return g, nil
}

// deliveryIn is the number of a delivery when the query is one: with its letter, D-1024 or D1024.
func deliveryIn(query string) (int64, bool) {
	rest, ok := strings.CutPrefix(strings.ToUpper(query), "D")
	if !ok {
		return 0, false
	}
	n, err := delivery.ParseRef("D-" + strings.TrimPrefix(rest, "-"))
	return n, err == nil
}
