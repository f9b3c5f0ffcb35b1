package todo

import (
	"slices"
	"testing"
)

// TestBothSidesAreOnTheHomePage: what one owes as a customer takes the place of the last lines of the other side.
func TestBothSidesAreOnTheHomePage(t *testing.T) {
	serving := func(ids ...ID) (list []Entry) {
		for _, id := range ids {
			list = append(list, Entry{Todo: Todo{ID: id}, Serving: true})
		}
		return list
	}
	served := func(ids ...ID) (list []Entry) {
		for _, id := range ids {
			list = append(list, Entry{Todo: Todo{ID: id}})
		}
		return list
	}
	for _, c := range []struct {
		name         string
		list, served []Entry
		want         []ID
	}{
		{"nothing is owed as a customer", serving(1, 2, 3), nil, []ID{1, 2, 3}},
		{"it stands there already", append(served(9), serving(1, 2)...), served(9), []ID{9, 1, 2}},
		{"one takes the last line", serving(1, 2, 3), served(9), []ID{1, 2, 9}},
		{"two take the last lines", serving(1, 2, 3), served(8, 9), []ID{1, 8, 9}},
		{"one stands there, one comes", append(serving(1, 2), served(8)...), served(8, 9), []ID{1, 8, 9}},
		{"a list of customers' lines alone is left whole", served(1, 2), served(3), []ID{1, 2, 3}},
	} {
		var got []ID
		for _, e := range bothSides(c.list, c.served) {
			got = append(got, e.ID)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
