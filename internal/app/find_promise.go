package app

import (
	"context"
	"slices"
	"strings"

	"neike/internal/kit/lang"
	"neike/internal/kit/search"
	"neike/internal/kit/web"
	"neike/internal/promise"
)

// promises finds the promises that the reader may see, newest first; the one of a number in front.
func (f finder) promises(ctx context.Context, cursor string, limit int) (group, error) {
	g := group{kind: promises}
	at, err := web.ParseCursor(cursor, 1)
	if err != nil {
		return g, err
	}
	var lines []promise.Line
	below, first := int64(0), int64(0)
	if at != nil {
		below = at[0]
	}
	if number, isOne := promiseIn(f.query); isOne && at == nil {
		l, ok, err := f.Promise.Exactly(ctx, number)
		if err != nil {
			return g, err
		}
		if ok {
			lines, first = append(lines, l), l.ID
		}
	}
	seen := map[int64]promise.Line{}
	keep := func(ctx context.Context, hits []search.Hit) ([]search.Hit, error) {
		ids := make([]int64, len(hits))
		for i, h := range hits {
			ids[i] = h.ID
		}
		mine, err := f.Promise.Seen(ctx, ids)
		for _, l := range mine {
			seen[l.ID] = l
		}
		return slices.DeleteFunc(hits, func(h search.Hit) bool { _, ok := seen[h.ID]; return !ok || h.ID == first }), err
	}
	hits, next, err := f.Search.FindBelow(ctx, f.query, []string{promises}, below, limit-len(lines), keep)
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
		tag := l.Tag(ctx, f.DB.Now())
		g.hits = append(g.hits, hit{kind: promises, ref: l.Ref(), title: l.What, short: l.Ref(), icon: "heart-handshake", href: "/promises/" + l.Ref(), state: &tag,
			note: lang.T(ctx, "app.found-promise", "ref", l.Ref(), "who", l.From.Display(ctx), "when", lang.At(ctx, l.MadeAt))})
	}
	return g, nil
}

// promiseIn is the number of a promise when the query is one: with its letter, P-1024 or P1024.
func promiseIn(query string) (int64, bool) {
	rest, ok := strings.CutPrefix(strings.ToUpper(query), "P")
	if !ok {
		return 0, false
	}
	n, err := promise.ParseRef("P-" + strings.TrimPrefix(rest, "-"))
	return n, err == nil
}
