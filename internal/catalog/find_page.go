package catalog

import (
	"net/http"
	"strings"

	"neike/internal/kit/web"
)

// foundLimit is how many services a picker is offered at once.
const foundLimit = 20

// showFind answers a picker of services: those that the reader may know of and that answer to q. Value is the code.
func (c *Catalog) showFind(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return err
	}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return err
	}
	query := clip(strings.TrimSpace(r.URL.Query().Get("q")), 60)
	var hits []web.Pick
	for _, s := range snap.All() {
		if len(hits) < foundLimit && c.sees(ctx, s) && snap.matches(s, query) {
			hits = append(hits, web.Pick{Value: s.Code, Text: s.Name.In(ctx), Note: tree.Name(ctx, s.Unit)})
		}
	}
	return web.Picks(w, hits)
}
