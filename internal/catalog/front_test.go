package catalog

import (
	"testing"

	"neike/internal/org"
)

func TestPagesOfTheCatalogue(t *testing.T) {
	make500 := func() ([]org.Unit, map[int64][]*Service) {
		units, found := []org.Unit{{ID: 1}, {ID: 2}, {ID: 3}}, map[int64][]*Service{}
		for i := range 500 {
			found[int64(1+i%2)] = append(found[int64(1+i%2)], &Service{ID: int64(i)})
		}
		return units, found
	}
	seen, from := map[ID]bool{}, 0
	for pages := 0; ; pages++ {
		units, found := make500()
		next := paged(units, found, from)
		n := 0
		for _, u := range units {
			for _, s := range found[u.ID] {
				if seen[s.ID] {
					t.Fatalf("%d comes twice", s.ID)
				}
				seen[s.ID] = true
				n++
			}
		}
		if n > inPage {
			t.Fatalf("%d on a page", n)
		}
		if next == 0 {
			break
		}
		if from = next; pages > 20 {
			t.Fatal("pages without end")
		}
	}
	if len(seen) != 500 {
		t.Errorf("%d of 500", len(seen))
	}
	units, found := make500()
	if next := paged(units, found, 100_000); next != 0 || len(found[1])+len(found[2]) != 0 {
		t.Error("past the end there is something")
	}
	for text, want := range map[string]int{"": 0, "40": 40, "-3": 0, "x": 0, "99999999": 0} {
		if got := pageFrom(text); got != want {
			t.Errorf("%q: %d", text, got)
		}
	}
}
