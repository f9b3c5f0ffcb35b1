package relation

import (
	"math"
	"slices"
	"testing"
	"time"

	"neike/internal/kit/lang"
	"neike/internal/org"
)

// netOf is a network of edges.
func netOf(n int, edges ...WallEdge) network {
	net := network{n: n, edges: edges, at: map[[2]int]int{}}
	for i, e := range edges {
		net.at[[2]int{e.Provider, e.Customer}] = i
		net.edges[i].InTime = judge(e.Met, e.Met+e.Breached, 0.9)
	}
	return net
}

func asked(p, c int, n int64) WallEdge {
	return WallEdge{Provider: p, Customer: c, Delta: Delta{Opened: n}}
}

func TestWhatIsAWall(t *testing.T) {
	mapped := asked(0, 1, 1)
	mapped.Mapped = true
	silent := asked(0, 1, 20)
	silent.ResponseMet, silent.ResponseBreached = 3, 17
	unsure := asked(0, 1, 20)
	unsure.ResponseMet, unsure.ResponseBreached = 8, 12
	late, back, fine := asked(0, 1, 20), asked(1, 0, 20), asked(1, 0, 20)
	late.Met, late.Breached = 10, 10
	back.Met, back.Breached = 12, 8
	fine.Met = 20
	one := asked(0, 1, 6)
	one.Breached = 6
	for _, c := range []struct {
		name string
		net  network
		want []string
	}{
		{"two cases are no wall", netOf(2, WallEdge{Provider: 0, Customer: 1, Delta: Delta{Opened: 2}, Mapped: true}), nil},
		{"a relation on the map with one case", netOf(2, mapped), []string{WallNothing}},
		{"one case that nobody expected", netOf(2, asked(0, 1, 1)), nil},
		{"busy with everybody else, and not with each other", netOf(4, asked(0, 2, 60), asked(0, 3, 60), asked(2, 1, 60), asked(3, 1, 60)), []string{WallNothing}},
		{"certainly less than half answered in time", netOf(2, silent), []string{WallUnanswered}},
		{"perhaps half", netOf(2, unsure), nil},
		{"both late", netOf(2, late, back), []string{WallLate}},
		{"one late, the other not", netOf(2, late, fine), nil},
		{"one late, the other silent", netOf(2, one), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, w := range c.net.walls() {
				if w.A == 0 && w.B == 1 {
					got = w.Kinds
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%v, not %v", got, c.want)
			}
		})
	}
}

func TestWhatHasGoneQuietOrIsTooMuch(t *testing.T) {
	strong, weak, busy := asked(0, 1, 3), asked(1, 0, 1), asked(1, 2, 40)
	strong.Usual, weak.Usual, busy.Usual, busy.Now = 6, 4.9, 20, 1
	net := netOf(3, strong, weak, busy)
	if got := net.quiet(1.5); len(got) != 1 || got[0].Usual != 6 || math.Abs(got[0].Chance-math.Exp(-9)) > 1e-12 {
		t.Errorf("quiet: %+v", got)
	}
	full, stuck, quick, few := asked(0, 1, 20), asked(1, 0, 20), asked(1, 2, 20), asked(2, 1, 20)
	full.Open, full.PerWeek = 12, 3
	stuck.Open = 10
	quick.Open, quick.PerWeek = 39, 10
	few.Open = 9
	got := netOf(3, full, stuck, quick, few).overloaded()
	if len(got) != 2 || got[0].Open != 10 || !math.IsInf(got[0].Weeks(), 1) || got[1].Weeks() != 4 {
		t.Errorf("overloaded: %+v", got)
	}
}

// TestPoissonAtMost compares with values of R's ppois.
func TestPoissonAtMost(t *testing.T) {
	for _, c := range []struct {
		k        int64
		expected float64
		want     float64
	}{{0, 7, 0.000911881965554516}, {1, 7, 0.00729505572443613}, {1, 0, 1}, {3, 2.5, 0.757576133133066}} {
		if got := poissonAtMost(c.k, c.expected); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%d of %v: %v, not %v", c.k, c.expected, got, c.want)
		}
	}
}

// TestOnWhomOthersHang: 0 supplies 1 alone, 1 gives 2 half of what it asks for, and 3 asks for too little to say anything.
func TestOnWhomOthersHang(t *testing.T) {
	got := netOf(4, asked(0, 1, 30), asked(1, 2, 10), asked(3, 2, 10), asked(0, 3, 4), asked(2, 0, 5)).pillars()
	if got[0].Unit != 0 && got[0].Unit != 1 {
		t.Fatalf("%+v", got)
	}
	for _, p := range got {
		switch p.Unit {
		case 0:
			if p.Reach != 1.5 || !slices.Equal(p.Sole, []int{1}) {
				t.Errorf("%+v", p)
			}
		case 1:
			if p.Reach != 0.5 || !slices.Equal(p.Sole, []int{2}) {
				t.Errorf("%+v", p)
			}
		case 2:
			if p.Reach != 0 {
				t.Errorf("%+v: 0 asks for five cases alone", p)
			}
		}
	}
}

func TestAFewPeopleAreAddedToTheUnitAbove(t *testing.T) {
	tree := org.NewTree([]org.Unit{{ID: 1, Code: "hq", Name: lang.Text{Zh: "总部"}, Level: org.Entity}, {ID: 2, Code: "a", Level: org.Department, Parent: 1}, {ID: 3, Code: "b", Level: org.Department, Parent: 1},
		{ID: 4, Code: "b1", Level: org.Team, Parent: 3}}, nil)
	sizes := map[org.ID]int{1: 12, 2: 4, 3: 7, 4: 2}
	for id, want := range map[org.ID]org.ID{1: 1, 2: 1, 3: 3, 4: 3} {
		if got := folded(tree, sizes, id); got != want {
			t.Errorf("unit %d stands as %d, not %d", id, got, want)
		}
	}
	if got := folded(tree, map[org.ID]int{}, 4); got != 1 {
		t.Errorf("of a company of nobody: %d", got)
	}
}

// BenchmarkWalls judges 500 units and 5 000 edges, which happens once a day.
func BenchmarkWalls(b *testing.B) {
	tree, v, months := company(500, 5000)
	edges, _ := v.list()
	r := newRollup(org.Department, AsItIs, tree, edges)
	sums := r.add(v.sum(months, nil))
	people := map[org.ID]int{}
	for _, u := range tree.All() {
		people[u.ID] = 20
	}
	for b.Loop() {
		w := &Walls{Level: org.Department, At: time.Unix(0, 0)}
		n := foldedNetwork(tree, r, people, w)
		for i := range r.cells {
			if e := n.of(int32(i)); e != nil {
				e.Delta = sums[i].delta()
				e.InTime = judge(e.Met, e.Met+e.Breached, .9)
			}
		}
		w.judge(tree, n.network, 1.5)
	}
}
