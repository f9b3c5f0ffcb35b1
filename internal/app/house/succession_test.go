package house

import (
	"slices"
	"strings"
	"testing"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/org"
	"neike/internal/request"
)

// agrees holds what lists show against what the law lets through, of every person and every request. It gives who sees
// which, by 工号.
func agrees(t *testing.T, h *House) map[string][]int64 {
	t.Helper()
	var ids []int64
	numbers := map[int64]int64{}
	for n := int64(1001); ; n++ {
		r, err := h.Request.ByNumber(h.System(), n)
		if fault.KindOf(err) == fault.NotFound && err != nil {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		ids, numbers[r.ID] = append(ids, r.ID), n
	}
	people, err := h.Org.People(h.System(), org.PeopleFilter{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]int64{}
	for _, p := range people.Items {
		if !p.Active {
			continue
		}
		ctx := h.As(p.No)
		lines, err := h.Request.Seen(ctx, ids)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			err := h.Request.MayListen(ctx, id, false)
			if err != nil && fault.KindOf(err) != fault.NotFound {
				t.Fatal(err)
			}
			listed := slices.ContainsFunc(lines, func(l request.Line) bool { return l.ID == id })
			if listed != (err == nil) {
				t.Errorf("%s: R-%d is listed: %v, and open: %v", p.No, numbers[id], listed, err == nil)
			}
			if err == nil {
				out[p.No] = append(out[p.No], numbers[id])
			}
		}
	}
	return out
}

// changed plans a change of a person and waits for it.
func (h *House) changed(t *testing.T, by, no string, in org.ChangeInput) {
	t.Helper()
	c, _, err := h.Org.PlanPerson(h.As(by), no, in, false)
	if err != nil {
		t.Fatal(err)
	}
	if c = over(t, h, c.ID); c.State != org.ChangeDone {
		t.Fatalf("%+v", c)
	}
}

// TestWhoIsTransferredLeavesTheRecordsBehind: what somebody served goes to the receiver, and the eyes with it.
func TestWhoIsTransferredLeavesTheRecordsBehind(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		assigned(t, h)
		if got := agrees(t, h)["2002"]; len(got) != 3 {
			t.Fatalf("before: %v", got)
		}
		key := h.TokenOf("2002")
		h.changed(t, "1001", "2002", org.ChangeInput{Kind: org.Transfer, Unit: "root", Receiver: "2003", EndRoles: true})
		sees := agrees(t, h)
		if len(sees["2002"]) != 0 || len(sees["2003"]) != 3 {
			t.Errorf("2002 sees %v, who follows sees %v", sees["2002"], sees["2003"])
		}
		key.Get("/api/v1/requests/R-1001").Is(404)
		key.Post("/api/v1/requests/R-1001/deliver", map[string]any{"text": "x"}).Is(404)
		h.TokenOf("2003").Post("/api/v1/requests/R-1001/deliver", map[string]any{"text": "好了"}).Is(200)
	})
}

// TestWhoFollowsACustomerIsTheCustomer: the receiver accepts what the one who left had asked for.
func TestWhoFollowsACustomerIsTheCustomer(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		assigned(t, h)
		key := h.TokenOf("3002")
		h.changed(t, "3001", "3002", org.ChangeInput{Kind: org.Leaving, Receiver: "3003"})
		agrees(t, h)
		key.Get("/api/v1/requests/R-1003").Is(401)
		h.TokenOf("3001").Post("/api/v1/requests/R-1003/accept", map[string]any{}).Is(404) // the head reads, and is not the customer
		h.TokenOf("3003").Post("/api/v1/requests/R-1003/accept", map[string]any{}).Is(200)
	})
}

// TestWhatAUnitLeftIsReadByItsHeirs: closed work stays with a unit that ended, and opens to those who follow it and to
// nobody else, after a merge and after a split of what came of it.
func TestWhatAUnitLeftIsReadByItsHeirs(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		assigned(t, h)
		delivered(t, h, 1001)
		if _, err := h.Request.Accept(h.As("3002"), 1001, request.When{}); err != nil {
			t.Fatal(err)
		}
		h.newPerson(t, "5001", "root", "")
		reorganise := func(in org.ReorganiseInput) {
			t.Helper()
			c, _, err := h.Org.PlanUnits(h.As("1001"), in, false)
			if err != nil {
				t.Fatal(err)
			}
			if c = over(t, h, c.ID); c.State != org.ChangeDone {
				t.Fatalf("%+v", c)
			}
		}
		reorganise(org.ReorganiseInput{Kind: org.Merge, From: []string{"finance"}, Into: []org.IntoInput{{Code: "centre", NameZh: "共享中心"}}})
		sees := agrees(t, h)
		for _, no := range []string{"2002", "2003", "3002"} {
			if !slices.Contains(sees[no], 1001) {
				t.Errorf("after the merge %s does not see the closed one: %v", no, sees[no])
			}
		}
		reorganise(org.ReorganiseInput{Kind: org.Split, From: []string{"centre"}, Into: []org.IntoInput{{Code: "pay", NameZh: "支付组", Percent: 60}, {Code: "plan", NameZh: "预算组", Percent: 40}}})
		h.newPerson(t, "5101", "pay", "head@pay")
		h.newPerson(t, "5102", "plan", "head@plan")
		sees = agrees(t, h)
		for _, no := range []string{"5101", "5102"} {
			if !slices.Contains(sees[no], 1001) {
				t.Errorf("after the split %s does not read what came before: %v", no, sees[no])
			}
		}
		for _, no := range []string{"5001", "4001"} {
			if len(sees[no]) != 0 {
				t.Errorf("%s has nothing to do with it and sees %v", no, sees[no])
			}
		}
		if both := strings.Contains(string(h.TokenOf("5001").Get("/api/v1/search?q=R-1001").Is(200).Body), "R-1001"); both {
			t.Error("a stranger finds what a unit left")
		}
	})
}

// delivered delivers one of the requests that assigned made.
func delivered(t *testing.T, h *House, number int64) {
	t.Helper()
	if _, err := h.Request.Deliver(h.As("2002"), number, "好了", nil, request.When{}); err != nil {
		t.Fatal(err)
	}
}

// newPerson makes somebody with one role, or none.
func (h *House) newPerson(t *testing.T, no, unit, role string) {
	t.Helper()
	p, err := h.Org.SavePerson(h.System(), org.PersonInput{No: no, Name: "某" + no, Unit: unit})
	if err == nil && role != "" {
		err = h.Org.SetRoles(h.System(), no, []string{role}, 0)
	}
	if err == nil {
		err = h.Signin.SetPasswords(h.System(), []org.ID{p.ID}, Password)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestThreeWhoStandInForEachOther: a circle of deputies, all away, opens what each of them has to the others, once, and
// closes with the first who is back; three who manage each other are refused.
func TestThreeWhoStandInForEachOther(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		assigned(t, h)
		delivered(t, h, 1001)
		h.newPerson(t, "3005", "root", "")
		h.newPerson(t, "3006", "root", "")
		day := func(n int) string { return time.Now().AddDate(0, 0, n).Format(time.DateOnly) }
		var first org.Absence
		for i, x := range [][2]string{{"3002", "3005"}, {"3005", "3006"}, {"3006", "3002"}} {
			a, err := h.Org.SetAbsence(h.As("1001"), x[0], org.AbsenceInput{From: day(0), Until: day(2), Kind: org.Leave, Deputy: x[1], Anyway: true})
			if err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				first = a
			}
		}
		sees := agrees(t, h)
		for _, no := range []string{"3005", "3006"} {
			if len(sees[no]) != 2 { // not the confidential one
				t.Errorf("%s stands in for the customer and sees %v", no, sees[no])
			}
		}
		h.TokenOf("3006").Post("/api/v1/requests/R-1001/accept", map[string]any{}).Is(200)
		h.TokenOf("3006").Post("/api/v1/requests/R-1001/rate", map[string]any{"score": 5}).Is(404) // an opinion is one's own
		h.TokenOf("3005").Post("/api/v1/requests/R-1003/accept", map[string]any{}).Is(404)         // and so is what is confidential
		if _, err := h.Org.EndAbsence(h.As("3002"), first.ID, first.Revision); err != nil {
			t.Fatal(err)
		}
		sees = agrees(t, h)
		if len(sees["3005"])+len(sees["3006"]) != 0 {
			t.Errorf("the customer is back, and they still see %v and %v", sees["3005"], sees["3006"])
		}
		h.TokenOf("3005").Post("/api/v1/requests/R-1002/answer", map[string]any{"text": "x"}).Is(404)

		manage := func(no, manager string) error {
			p, err := h.Org.PersonByNo(h.System(), no)
			if err != nil {
				t.Fatal(err)
			}
			_, err = h.Org.SavePerson(h.System(), org.PersonInput{No: no, Name: p.Name, Unit: "root", Manager: manager, Revision: p.Revision})
			return err
		}
		h.newPerson(t, "3008", "root", "")
		for no, manager := range map[string]string{"3005": "3006", "3006": "3008"} {
			if err := manage(no, manager); err != nil {
				t.Fatal(err)
			}
		}
		if err := manage("3008", "3005"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("three who manage each other: %v", err)
		}
	})
}
