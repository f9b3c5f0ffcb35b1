package directory_test

import (
	"os"
	"strings"
	"testing"

	"fmt"
	"iter"
	product "neike/internal/app/house"
)

func values(m map[string]any) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, v := range m {
			if !yield(fmt.Sprint(v)) {
				return
			}
		}
	}
}

// dump is every text that the house keeps of itself: what a copy of its database shows.
func dump(t *testing.T, h *product.House) string {
	t.Helper()
	if err := h.Catch(h.System()); err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, name := range []string{"", "-wal"} {
		data, err := os.ReadFile(h.DB.Path() + name)
		if err == nil {
			all.Write(data)
		}
	}
	if all.Len() < 10_000 {
		t.Fatal("there is no database to look at")
	}
	return all.String()
}
