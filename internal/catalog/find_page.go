package catalog

import (
	"net/http"
	"strings"

	"neike/internal/kit/web"
)

// foundLimit is how many services a picker is offered at once.
const foundLimit = 20

// showFind answers a picker of services: those that the reader may know of and that answer to q, of one unit or of
// all. Value is the code.
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
	unit := r.URL.Query().Get("unit") // of one unit only
	query := clip(strings.TrimSpace(r.URL.Query().Get("q")), 60)
	var hits []web.Pick
	for _, s := range snap.All() {
		if of, _ := tree.ByID(s.Unit); unit != "" && of.Code != unit {
			continue
		}
		if len(hits) < foundLimit && c.sees(ctx, s) && snap.matches(s, query) {
			hits = append(hits, web.Pick{Value: s.Code, Text: s.Name.In(ctx), Note: tree.Name(ctx, s.Unit)})
		}
	}
	return web.Picks(w, hits)
}
