package app

import (
	"io"
	"net/http"
	"slices"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/ui/design"
	"neike/internal/kit/web"
)

// patternRoutes is /design: every pattern of the interface with the data of a made-up company, for everybody.
func (a *App) patternRoutes() []web.Route {
	return []web.Route{
		{Pattern: "GET /design", Action: web.Public, Do: a.showPatterns},
		{Pattern: "GET /design/{name}", Action: web.Public, Do: a.showPatterns},
		{Pattern: "POST /design/{name}", Action: web.Public, Do: submitPattern},
	}
}

// showPatterns shows a page of samples in the made-up company's frame. theme and lang in the address count more than
// the reader's own choice.
func (a *App) showPatterns(w http.ResponseWriter, r *http.Request) error {
	ctx, q, theme := r.Context(), r.URL.Query(), web.Theme(r)
	if locale := q.Get("lang"); slices.Contains(lang.Locales, locale) {
		ctx = lang.With(ctx, a.Book, locale, lang.Zone(ctx).String())
	}
	if t := q.Get("theme"); t == "light" || t == "dark" {
		theme = t
	}
	switch name := r.PathValue("name"); name {
	case "people":
		w.Header().Set("Content-Type", "application/json")
		_, err := io.WriteString(w, design.People)
		return err
	case "search":
		return web.Show(w, r.WithContext(ctx), http.StatusOK, design.Found(ctx, q.Get("q")), nil)
	default:
		view := design.View(name)
		if view == nil {
			return fault.ErrNotFound
		}
		ctx = ui.With(ctx, design.Sample(ctx, r.URL.RequestURI(), theme))
		return web.Show(w, r.WithContext(ctx), http.StatusOK, view, nil)
	}
}

// submitPattern does nothing: a sample form comes back as it was.
func submitPattern(w http.ResponseWriter, r *http.Request) error {
	return web.See(w, r, web.Local(r.URL.Path, "/design"))
}
