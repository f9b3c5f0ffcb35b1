package catalog

import (
	"encoding/json"
	"net/http"
	"strings"
)

// foundLimit is how many services a picker is offered at once.
const foundLimit = 20

// hit is one answer of a picker: value is the code.
type hit struct {
	Value string `json:"value"`
	Text  string `json:"text"`
	Note  string `json:"note"`
}

// showFind answers a picker of services: those that the reader may know of and that answer to q.
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
	hits := []hit{}
	for _, s := range snap.All() {
		if len(hits) < foundLimit && c.sees(ctx, s) && snap.matches(s, query) {
			hits = append(hits, hit{s.Code, s.Name.In(ctx), tree.Name(ctx, s.Unit)})
		}
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(map[string]any{"items": hits})
}
