package house

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"neike/internal/app"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/relation"
	"neike/internal/request"
)

// over waits until a change is over.
func over(t *testing.T, h *House, id org.ID) org.Change {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		c, err := h.Org.Change(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if c.State != org.ChangePlanned && c.State != org.ChangeRunning && rests(t, h) {
			return c
		}
		if time.Now().After(end) {
			t.Fatalf("the change stands still: %+v", c)
		}
	}
}

// rests says that no job is at work: what the last one committed is not only to be read, its process has also forgotten
// what it knew before.
func rests(t *testing.T, h *House) bool {
	t.Helper()
	states, err := h.Jobs.States(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return states["running"] == 0
}

// sound lets doctor look at what is derived.
func sound(t *testing.T, h *House) {
	t.Helper()
	if err := h.Bus.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := h.App.Do(h.System(), "doctor", &app.Call{Args: []byte(`{"Only":["clocks","requests","tallies"]}`), Locale: "en", Out: &out}); err != nil {
		t.Errorf("%v\n%s", err, out.String())
	}
}

// assigned makes requests of project to finance in every state that is open, worked on by 2002.
func assigned(t *testing.T, h *House) []int64 {
	t.Helper()
	asked(t, h)
	must := func(_ request.Request, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(h.Request.Take(h.As("2002"), 1001, request.When{}))
	must(h.Request.Take(h.As("2002"), 1002, request.When{}))
	must(h.Request.AskBack(h.As("2002"), 1002, "哪一天？", nil, request.When{}))
	must(h.Request.Take(h.As("2002"), 1003, request.When{}))
	must(h.Request.Deliver(h.As("2002"), 1003, "核算完了", nil, request.When{}))
	must(h.Request.Return(h.As("3002"), 1003, "少了一项", request.When{}))
	must(h.Request.Deliver(h.As("2002"), 1003, "补上了", nil, request.When{}))
	return []int64{1001, 1002, 1003}
}

func TestWhoLeavesHandsEverythingOver(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		numbers := assigned(t, h)
		key := h.TokenOf("2002")
		if _, _, err := h.Org.PlanPerson(h.As("3003"), "2002", org.ChangeInput{Kind: org.Leaving, Receiver: "2003"}, false); fault.KindOf(err) != fault.NotFound {
			t.Fatalf("a colleague of another unit may: %v", err)
		}
		in := org.ChangeInput{Kind: org.Leaving, Receiver: "2003"}
		_, f, err := h.Org.PlanPerson(h.As("2001"), "2002", in, true)
		if err != nil {
			t.Fatal(err)
		}
		if n := stageOf(f.Stages, "request.assigned").Total; n != 3 {
			t.Errorf("forecast: %d requests", n)
		}
		c, _, err := h.Org.PlanPerson(h.As("2001"), "2002", in, false)
		if err != nil {
			t.Fatal(err)
		}
		if c = over(t, h, c.ID); c.State != org.ChangeDone {
			t.Fatalf("%+v", c)
		}
		for _, n := range numbers {
			r, err := h.Request.ByNumber(h.System(), n)
			if err != nil || r.Assignee != h.ID("2003") {
				t.Errorf("R-%d is with %d: %v", n, r.Assignee, err)
			}
		}
		for _, kind := range h.Org.Holdings(org.ByPerson) {
			if kind.Code == "relation.contacts" {
				continue // who worked where is history
			}
			if n := held(t, h, kind, h.ID("2002")); n != 0 {
				t.Errorf("still holds %d of %s", n, kind.Code)
			}
		}
		if p, _ := h.Org.PersonByNo(h.System(), "2002"); p.Active {
			t.Error("is still active")
		}
		key.Get("/api/v1/me").Is(401)
		sound(t, h)
		if _, err := h.Request.Deliver(h.As("2003"), 1001, "好了", nil, request.When{}); err != nil {
			t.Errorf("the receiver cannot go on: %v", err)
		}
	})
}

func TestWhatAReceiverMayNotHaveStaysAndSaysWhy(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		assigned(t, h)
		c, _, err := h.Org.PlanPerson(h.As("1001"), "2002", org.ChangeInput{Kind: org.HandOver, Receiver: "3002"}, false)
		if err != nil {
			t.Fatal(err)
		}
		c = over(t, h, c.ID)
		s := stageOf(c.Steps, "request.assigned")
		if s.Left != 3 || s.Moved != 0 {
			t.Errorf("%+v", s)
		}
		if r, _ := h.Request.ByNumber(h.System(), 1001); r.Assignee != h.ID("2002") {
			t.Error("it went to its own customer")
		}
		sound(t, h)
	})
}

func TestUnitsMergeWithEverythingTheyHold(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		assigned(t, h)
		if _, err := h.Org.SaveUnit(h.System(), org.UnitInput{Code: "cash", NameZh: "出纳组", Parent: "finance", Level: "team"}); err != nil {
			t.Fatal(err)
		}
		in := org.ReorganiseInput{Kind: org.Merge, From: []string{"finance", "project"}, Into: []org.IntoInput{{Code: "centre", NameZh: "共享中心"}}}
		c, f, err := h.Org.PlanUnits(h.As("1001"), in, true)
		if err != nil || len(f.Stages) == 0 {
			t.Fatal(c, err)
		}
		if c, _, err = h.Org.PlanUnits(h.As("1001"), in, false); err != nil {
			t.Fatal(err)
		}
		if c = over(t, h, c.ID); c.State != org.ChangeDone {
			t.Fatalf("%+v", c)
		}
		tree, err := h.Org.Tree(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		centre, _ := tree.ByCode("centre")
		for _, code := range []string{"finance", "project"} {
			u, _ := tree.ByCode(code)
			if u.Valid(h.DB.Now()) {
				t.Errorf("%s goes on", code)
			}
			if heirs := tree.Heirs(u.ID); len(heirs) != 1 || heirs[0] != (org.Share{Unit: centre.ID, Share: 1}) {
				t.Errorf("%s is followed by %v", code, heirs)
			}
			for _, kind := range h.Org.Holdings(org.ByUnit) {
				if n := held(t, h, kind, u.ID); n != 0 {
					t.Errorf("%s still holds %d of %s", code, n, kind.Code)
				}
			}
		}
		for n := int64(1001); n <= 1003; n++ {
			if r, err := h.Request.ByNumber(h.System(), n); err != nil || r.Unit != centre.ID || r.Provider != centre.ID || r.Customer != centre.ID {
				t.Errorf("R-%d: %+v %v", n, r, err)
			}
		}
		if cash, _ := tree.ByCode("cash"); cash.Parent != centre.ID {
			t.Errorf("cash stands under %d", cash.Parent)
		}
		sound(t, h)
		if _, err := h.Request.Deliver(h.As("2002"), 1001, "好了", nil, request.When{}); err != nil {
			t.Errorf("work stops: %v", err)
		}
		if _, err := h.Request.Answer(h.As("3002"), 1002, "周五", nil, nil, request.When{}); err != nil {
			t.Errorf("the customer cannot answer: %v", err)
		}
		sound(t, h)
	})
}

func TestAPlannedChangeMayBeTakenBackUntilItBegins(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		h.Settle()
		day := h.DB.Now().AddDate(0, 0, 3).Format("2006-01-02")
		c, _, err := h.Org.PlanPerson(h.As("1001"), "2002", org.ChangeInput{Kind: org.Leaving, Date: day, Receiver: "2003"}, false)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.Org.PlanPerson(h.As("1001"), "2002", org.ChangeInput{Kind: org.Leaving, Date: day}, false); fault.KindOf(err) != fault.Conflict {
			t.Errorf("planned twice: %v", err)
		}
		if _, err := h.Org.Cancel(h.As("1001"), c.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Org.Cancel(h.As("1001"), c.ID); fault.KindOf(err) != fault.Conflict {
			t.Errorf("taken back twice: %v", err)
		}
		c, _, err = h.Org.PlanPerson(h.As("1001"), "3002", org.ChangeInput{Kind: org.Transfer, Unit: "finance", EndRoles: true}, false)
		if err != nil {
			t.Fatal(err)
		}
		over(t, h, c.ID)
		if _, err := h.Org.Cancel(h.As("1001"), c.ID); fault.KindOf(err) != fault.Conflict {
			t.Errorf("taken back after the fact: %v", err)
		}
		tree, _ := h.Org.Tree(t.Context())
		if p, _ := h.Org.PersonByNo(h.System(), "3002"); tree.Name(h.System(), p.Unit) != "财务部" {
			t.Errorf("transferred to %d", p.Unit)
		}
	})
}

func stageOf(list []org.Stage, holding string) org.Stage {
	for _, s := range list {
		if s.Holding == holding {
			return s
		}
	}
	return org.Stage{Total: -1}
}

func held(t *testing.T, h *House, kind org.Holding, keeper org.ID) (n int) {
	t.Helper()
	err := h.DB.Read(h.System(), func(ctx context.Context, rd sqldb.Reader) (err error) {
		n, err = kind.Count(ctx, rd, keeper)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestAfterAnyReorganisation: whatever units merge, split, move and are renamed, the tree is a tree, nobody holds anything
// at a unit that ended, and the figures come to the same either way.
func TestAfterAnyReorganisation(t *testing.T) {
	for seed := range uint64(4) {
		Each(t, func(t *testing.T, h *House) {
			t.Logf("seed %d", seed)
			assigned(t, h)
			timed(t, h)
			for _, u := range []org.UnitInput{{Code: "a", NameZh: "甲组", Parent: "finance", Level: "team"}, {Code: "b", NameZh: "乙组", Parent: "project", Level: "team"}} {
				if _, err := h.Org.SaveUnit(h.System(), u); err != nil {
					t.Fatal(err)
				}
			}
			r := rand.New(rand.NewPCG(seed, 7))
			done := 0
			for n := 0; n < 14; n++ {
				c, _, err := h.Org.PlanUnits(h.As("1001"), anyChange(t, h, r, n), false)
				if f, ok := fault.As(err); ok && (f.Kind == fault.Invalid || f.Kind == fault.Conflict) {
					continue // not possible with these units
				}
				if err != nil {
					t.Fatal(err)
				}
				if c = over(t, h, c.ID); c.State != org.ChangeDone {
					t.Fatalf("%+v", c)
				}
				done++
				whole(t, h)
			}
			if done < 3 {
				t.Fatalf("only %d changes were possible", done)
			}
			agrees(t, h)
			sound(t, h)
		})
	}
}

// anyChange draws a change of the units there are.
func anyChange(t *testing.T, h *House, r *rand.Rand, n int) org.ReorganiseInput {
	t.Helper()
	tree, err := h.Org.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, u := range tree.All() {
		if u.Valid(h.DB.Now()) && u.Code != "root" {
			codes = append(codes, u.Code)
		}
	}
	pick := func() string { return codes[r.IntN(len(codes))] }
	fresh := func(k int) org.IntoInput {
		return org.IntoInput{Code: fmt.Sprintf("n%d-%d", n, k), NameZh: fmt.Sprintf("新%d-%d", n, k), Percent: float64(30 + 40*k)}
	}
	switch r.IntN(4) {
	case 0:
		return org.ReorganiseInput{Kind: org.Merge, From: []string{pick(), pick()}, Into: []org.IntoInput{{Code: pick()}}}
	case 1:
		return org.ReorganiseInput{Kind: org.Split, From: []string{pick()}, Into: []org.IntoInput{fresh(0), fresh(1)}}
	case 2:
		return org.ReorganiseInput{Kind: org.Move, From: []string{pick()}, Parent: pick()}
	}
	return org.ReorganiseInput{Kind: org.Rename, From: []string{pick()}, NameZh: fmt.Sprintf("改名%d", n)}
}

// whole proves the tree and that ended units are empty, and that figures are the same in either organisation.
func whole(t *testing.T, h *House) {
	t.Helper()
	if err := h.Bus.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	tree, err := h.Org.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range tree.All() {
		if path := tree.Path(u.ID); len(path) == 0 || path[len(path)-1] != u.ID {
			t.Errorf("%s has no way to the top: %v", u.Code, path)
		}
		if u.Valid(h.DB.Now()) {
			if parent, ok := tree.ByID(u.Parent); ok && !parent.Valid(h.DB.Now()) {
				t.Errorf("%s stands below %s, which has ended", u.Code, parent.Code)
			}
			continue
		}
		for _, kind := range h.Org.Holdings(org.ByUnit) {
			if n := held(t, h, kind, u.ID); n != 0 {
				t.Errorf("%s has ended and holds %d of %s", u.Code, n, kind.Code)
			}
		}
	}
	var sums [2]int64
	for i, as := range []relation.As{relation.AsItIs, relation.AsItWas} {
		m, err := h.Relation.MatrixAs(h.System(), relation.CurrentPeriod(h.DB.Now()), org.Department, as)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range m.Cells {
			sums[i] += c.Opened
		}
	}
	if sums[0] != sums[1] || sums[0] == 0 {
		t.Errorf("as it is %d, as it was %d", sums[0], sums[1])
	}
}
