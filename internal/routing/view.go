package routing

import (
	"context"
	"strconv"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/org"
)

func itoa(n int) string { return strconv.Itoa(n) }

func itoa64(n int64) string { return strconv.FormatInt(n, 10) }

func subCrumbs(ctx context.Context, u org.Unit, name, last string) []ui.Crumb {
	return []ui.Crumb{{Label: name, Href: "/org/units/" + u.Code}, {Label: lang.T(ctx, "routing.title"), Href: routingHref(u.Code)}, {Label: last}}
}

func rulesTitle(ctx context.Context, v rulesView) string {
	if v.Draft {
		return lang.T(ctx, "routing.draft")
	}
	return lang.T(ctx, "routing.in-force")
}

func rulesColumns(ctx context.Context, v rulesView) []ui.Column {
	list := []ui.Column{{Label: lang.T(ctx, "routing.name")}, {Label: lang.T(ctx, "routing.when")}, {Label: lang.T(ctx, "routing.to")}}
	if v.MaySet {
		list = append(list, ui.Column{Label: lang.T(ctx, "routing.acts"), Hidden: true})
	}
	return list
}

func ruleTitle(ctx context.Context, v ruleView) string {
	if v.New {
		return lang.T(ctx, "routing.new")
	}
	return v.In.Name
}
