package web

import (
	"encoding/json"
	"net/http"
)

// Pick is one answer of a field that finds by typing: Value is what is sent, Text what is shown, Note where it belongs.
type Pick struct {
	Value string `json:"value"`
	Text  string `json:"text"`
	Note  string `json:"note"`
}

// Picks answers such a field: {"items": [{value, text, note}]}, kept by nobody on the way.
func Picks(w http.ResponseWriter, items []Pick) error {
	if items == nil {
		items = []Pick{}
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(map[string]any{"items": items})
}
