package article

import (
	"context"
	"encoding/json"
	"net/url"
	"time"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

// howTo is what the editor reminds of.
var howTo = []struct{ mark, word string }{
	{"# …", "heading"}, {"- …", "list"}, {"1. …", "steps"}, {"**…**", "strong"}, {"[…](https://…)", "link"}, {"| … | … |", "table"},
}

func emptyTitle(ctx context.Context, v listView) string {
	if v.Query != "" {
		return lang.T(ctx, "article.none-found", "query", v.Query)
	}
	return lang.T(ctx, "article.none")
}

func editTitle(ctx context.Context, v editView) string {
	if v.New {
		return lang.T(ctx, "article.new")
	}
	return lang.T(ctx, "article.edit-title", "ref", v.Ref())
}

func draftKey(v editView) string {
	if v.New {
		return "article"
	}
	return "article-" + v.Ref()
}

func publishWord(v articleView) string {
	if v.State == Retired {
		return "article.bring-back"
	}
	return "article.publish"
}

// mineWord is what the reader has said of this version.
func mineWord(ctx context.Context, r Rating) string {
	if r.Helpful {
		return lang.T(ctx, "article.you-said-helpful")
	}
	return lang.T(ctx, "article.you-said", "reason", lang.T(ctx, "article.reason."+r.Reason))
}

func reasonOptions(ctx context.Context, chosen string) []ui.Option {
	out := make([]ui.Option, len(Reasons))
	for i, r := range Reasons {
		out[i] = ui.Option{Value: r, Text: lang.T(ctx, "article.reason."+r), Selected: r == chosen}
	}
	return out
}

func reasonIcon(reason string) string {
	if owed(reason) {
		return "alert-triangle"
	}
	return "message"
}

// opinionNote says how many were helped; a share only from five on.
func opinionNote(ctx context.Context, o Opinion) string {
	if o.All < fewest {
		return lang.T(ctx, "article.opinions-few", "count", o.All)
	}
	return lang.T(ctx, "article.opinions-of", "helpful", o.Helpful, "count", o.All)
}

func aboutPairs(ctx context.Context, v articleView) []ui.Pair {
	pairs := []ui.Pair{{Term: lang.T(ctx, "article.number"), Text: v.Ref()}, {Term: lang.T(ctx, "article.unit"), Text: v.Unit, Href: v.UnitHref}}
	for i, s := range v.Services {
		p := ui.Pair{Text: s.Label, Href: s.Href}
		if i == 0 {
			p.Term = lang.T(ctx, "article.services")
		}
		pairs = append(pairs, p)
	}
	if v.Owner != "" {
		pairs = append(pairs, ui.Pair{Term: lang.T(ctx, "article.owner"), Text: v.Owner})
	}
	if v.Version.N > 0 {
		pairs = append(pairs, ui.Pair{Term: lang.T(ctx, "article.version"), Text: lang.T(ctx, "article.version-of", "n", v.Version.N, "when", lang.ShortDate(ctx, v.Version.At))})
	}
	if v.Version.Note != "" {
		pairs = append(pairs, ui.Pair{Term: lang.T(ctx, "article.note"), Text: v.Version.Note})
	}
	if !v.CheckBy.IsZero() && v.Keeps {
		pairs = append(pairs, ui.Pair{Term: lang.T(ctx, "article.check-by"), Text: lang.Date(ctx, v.CheckBy)})
	}
	return pairs
}

func historyNote(ctx context.Context, v articleView, x Version) string {
	out := v.People[x.WrittenBy].Display(ctx)
	if x.By != x.WrittenBy && v.People[x.By].ID != 0 {
		out = lang.T(ctx, "article.written-published", "writer", out, "by", v.People[x.By].Display(ctx))
	}
	if x.Note != "" {
		out += " · " + x.Note
	}
	return out
}

// nextCheck proposes a year from now, or what was typed.
func nextCheck(ctx context.Context, v articleView) string {
	if v.Next != "" {
		return v.Next
	}
	return lang.Now(ctx).In(lang.Zone(ctx)).AddDate(1, 0, 0).Format(time.DateOnly)
}

// pageFor is the page of an article for who reads without a script: it knows which form waits.
func pageFor(v beforeView, h *Head) string {
	return h.Link() + "?" + url.Values{"ask": {v.Code}, "key": {v.Key}, "read": v.Read}.Encode()
}

// keyVals is the key of the form as htmx sends it.
func keyVals(key string) string {
	b, err := json.Marshal(map[string]string{"key": key})
	if err != nil {
		return "{}" // a string cannot fail
	}
	return string(b)
}
