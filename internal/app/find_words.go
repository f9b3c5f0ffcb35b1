package app

import (
	"context"

	"github.com/a-h/templ"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

func findHeading(ctx context.Context, v findView) string {
	if v.Query == "" {
		return lang.T(ctx, "app.search")
	}
	return lang.T(ctx, "app.search-for", "query", v.Query)
}

func commandsTitle(ctx context.Context, v findView) string {
	if v.Query == "" {
		return lang.T(ctx, "app.commands")
	}
	return lang.T(ctx, "app.found.command")
}

// moreLink leads from a few hits of a kind to all of them.
func moreLink(ctx context.Context, v findView, g group) templ.Component {
	if v.Kind != "" || !g.more {
		return nil
	}
	return allLink(findHref(v.Query, g.kind, ""), lang.T(ctx, "app.found-all"))
}

func stateOf(h hit) templ.Component {
	if h.state == nil {
		return nil
	}
	return ui.Tag(*h.state)
}

func actOn(h hit) templ.Component {
	if h.ask == "" {
		return nil
	}
	return askButton(h)
}
