package catalog

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"neike/internal/kit/form"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

func editHref(code string, l formLine) string {
	if l.Section {
		return "/services/" + code + "/form/section?at=" + url.QueryEscape(strings.TrimPrefix(l.Path, "#"))
	}
	return "/services/" + code + "/form/field?at=" + url.QueryEscape(l.Path)
}

// columnTypes are the types that a column of a table can have.
func columnTypes(types []ui.Option) []ui.Option {
	return slices.DeleteFunc(slices.Clone(types), func(o ui.Option) bool {
		return o.Value == "" || o.Value == string(form.Table) || o.Value == string(form.AutoNumber)
	})
}

func publishWord(ctx context.Context, v formView) string {
	if v.Overtaken {
		return lang.T(ctx, "catalog.form-publish-over")
	}
	return lang.T(ctx, "catalog.form-publish")
}

func publishValue(v formView) string {
	if v.Overtaken {
		return "publish:over"
	}
	return "publish"
}
