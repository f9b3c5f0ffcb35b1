package org

import (
	"context"
	"net/url"

	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

func clearHref(q string) string {
	if q == "" {
		return ""
	}
	return "/org"
}

func clearAdmin(t adminTab) string {
	switch {
	case t.Q == "":
		return ""
	case t.OnUnits:
		return "/settings/org/units"
	}
	return "/settings/org"
}

func importHref(t adminTab) string {
	if t.OnUnits {
		return "/settings/import?kind=units"
	}
	return "/settings/import?kind=people"
}

// companyHint says who gives roles of the whole company, to a reader who may not.
func companyHint(ctx context.Context) string {
	if actor.From(ctx).Has("security") {
		return ""
	}
	return lang.T(ctx, "org.roles-by-security")
}

// unitRolesHint says how to fill in a line, or who does.
func unitRolesHint(ctx context.Context) string {
	if !canUnitRoles(ctx) {
		return lang.T(ctx, "org.roles-by-admin")
	}
	return lang.T(ctx, "org.roles-unit-hint")
}

func hiddenNote(ctx context.Context, v orgView) string {
	if !v.Hidden {
		return ""
	}
	return lang.T(ctx, "org.shown-of", "shown", len(v.Units), "all", v.UnitCount)
}

// peopleColumns: within one unit there is less room, and the unit goes without saying.
func peopleColumns(ctx context.Context, unit bool) []ui.Column {
	c := []ui.Column{{Label: lang.T(ctx, "org.person")}}
	if unit {
		c = append(c, ui.Column{Label: lang.T(ctx, "org.unit")})
	}
	c = append(c, ui.Column{Label: lang.T(ctx, "org.position")}, ui.Column{Label: lang.T(ctx, "org.phone"), Width: "m"})
	if unit {
		c = append(c, ui.Column{Label: lang.T(ctx, "org.email")})
	}
	return append(c, ui.Column{Label: lang.T(ctx, "org.no")})
}

func servicesHref(u Unit) string { return "/services?unit=" + url.QueryEscape(u.Code) }

// localeOptions are the languages; a person may leave it to the company.
func localeOptions(ctx context.Context, now string, company bool) []ui.Option {
	var out []ui.Option
	if company {
		out = append(out, ui.Option{Text: lang.T(ctx, "org.locale-company"), Selected: now == ""})
	}
	return append(out, ui.Option{Value: "zh", Text: "中文", Selected: now == "zh"}, ui.Option{Value: "en", Text: "English", Selected: now == "en"})
}

// toggleText is what opens the units below one in the tree, or closes them.
func toggleText(ctx context.Context, u unitLine) string {
	if u.Open {
		return lang.T(ctx, "org.fold")
	}
	return lang.T(ctx, "org.unfold", "count", u.Below)
}

func toggleLabel(ctx context.Context, u unitLine) string {
	return u.Name + " · " + toggleText(ctx, u)
}
