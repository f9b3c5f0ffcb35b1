package house

import (
	"slices"
	"testing"

	"neike/internal/access"
	"neike/internal/kit/web"
)

// TestWordsAreComplete holds Chinese and English equal over the whole house.
func TestWordsAreComplete(t *testing.T) {
	h := Start(t)
	for _, m := range h.Book.Missing() {
		t.Error(m)
	}
	if n := len(h.Book.IDs()); n < 500 {
		t.Errorf("only %d words: a room's are not loaded", n)
	}
}

// TestEveryRouteNamesAnAction holds the doors to the table of access.
func TestEveryRouteNamesAnAction(t *testing.T) {
	actions := append(access.Actions(), web.Public, web.SignedIn)
	for _, r := range Start(t).Mux.Routes() {
		if !slices.Contains(actions, r.Action) {
			t.Errorf("%s names the action %q, which has no row in access/table.go", r.Pattern, r.Action)
		}
	}
}
