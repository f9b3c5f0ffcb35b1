package app

import (
	"net/http"
	"net/url"
	"strings"

	"neike/internal/access"
	"neike/internal/catalog"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// postered is how many services a poster lists: more would not be read from two steps away.
const postered = 14

// askPoster is a sheet for the wall: who scans it asks the unit for something.
type askPoster struct {
	Company, Unit, Mission string
	URL, Short             string
	Back                   string
	Warn                   *ui.NoteProps // the address will not work for others
	Services               []string
	More                   int // services that the sheet has no room for
}

func (a *App) posterRoutes() []web.Route {
	return []web.Route{{Pattern: "GET /units/{code}/poster", Action: "org.poster", Do: a.showAskPoster}}
}

// showAskPoster is the poster of a unit, with the services of the unit and those below it.
func (a *App) showAskPoster(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return err
	}
	u, ok := tree.ByCode(r.PathValue("code"))
	if !ok {
		return fault.ErrNotFound
	}
	set, err := a.Access.Towards(ctx, actor.From(ctx), u.ID)
	if err != nil {
		return err
	}
	if err := access.Allowed(ctx, "org.poster", set); err != nil {
		return err
	}
	snap, err := a.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	v := askPoster{Company: a.Org.Company(ctx).Name.In(ctx), Unit: u.Name.In(ctx), Mission: snap.Mission(u.ID).In(ctx), Back: "/org/units/" + url.PathEscape(u.Code),
		Warn: a.Org.AddressNote(r), URL: a.Org.AddressFor(r) + "/requests/new?provider=" + url.QueryEscape(u.Code)}
	_, v.Short, _ = strings.Cut(v.URL, "://")
	for _, s := range askable(snap, append(tree.Descendants(u.ID), u.ID)) {
		if len(v.Services) < postered {
			v.Services = append(v.Services, s.Name.In(ctx))
		} else {
			v.More++
		}
	}
	return web.Show(w, r, http.StatusOK, askPosterPage(v), nil)
}

// askable lists what people can ask of units, in the order of the catalogue.
func askable(snap *catalog.Snapshot, units []int64) []*catalog.Service {
	of := map[int64]bool{}
	for _, id := range units {
		of[id] = true
	}
	var out []*catalog.Service
	for _, s := range snap.All() {
		if of[s.Unit] && s.ForEverybody() {
			out = append(out, s)
		}
	}
	return out
}
