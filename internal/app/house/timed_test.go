package house

import (
	"context"
	"slices"
	"testing"
	"time"

	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// day is a date so many days from today, in the company's time.
func day(h *House, n int) string {
	return h.DB.Now().In(h.Org.Company(h.System()).Location()).AddDate(0, 0, n).Format("2006-01-02")
}

// timed gives 2002 of finance what is held for a time: duty now and in two days, acting for the head of project, standing
// in for 3002 and 2003, and a holiday of his own. 2003 is on duty for a part of it, too.
func timed(t *testing.T, h *House) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, d := range []struct {
		unit, person string
		from, until  int
	}{{"finance", "2002", -1, 1}, {"finance", "2002", 2, 6}, {"finance", "2003", 3, 4}, {"project", "3003", 2, 3}, {"project", "2003", 3, 4}} {
		_, err := h.Org.AddShift(h.As("1001"), d.unit, org.ShiftInput{Person: d.person, From: day(h, d.from) + "T00:00", Until: day(h, d.until) + "T00:00", Anyway: true})
		must(err)
	}
	_, err := h.Org.SetActing(h.As("1001"), "project", org.ActingInput{Person: "2002"})
	must(err)
	_, err = h.Org.SetActing(h.As("1001"), "finance", org.ActingInput{Person: "3002", From: day(h, 5)})
	must(err)
	for no, from := range map[string]int{"3002": 1, "2003": 20} {
		_, err = h.Org.SetAbsence(h.As("1001"), no, org.AbsenceInput{Kind: org.Holiday, From: day(h, from), Until: day(h, from+2), Deputy: "2002"})
		must(err)
	}
	_, err = h.Org.SetAbsence(h.As("1001"), "2002", org.AbsenceInput{Kind: org.Leave, From: day(h, 30)})
	must(err)
}

// duty are the days from today on which somebody is on duty for a unit.
func duty(t *testing.T, h *House, unit, no string) (days []int) {
	t.Helper()
	tree, err := h.Org.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	u, _ := tree.ByCode(unit)
	noon := h.DB.Now().In(h.Org.Company(h.System()).Location())
	noon = time.Date(noon.Year(), noon.Month(), noon.Day(), 23, 59, 0, 0, noon.Location())
	err = h.DB.Read(h.System(), func(ctx context.Context, rd sqldb.Reader) error {
		for n := range 8 {
			on, err := h.Org.OnDuty(ctx, rd, u.ID, noon.AddDate(0, 0, n))
			if err != nil {
				return err
			}
			for _, id := range on {
				if id == h.ID(no) {
					days = append(days, n)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return days
}

func leaves(t *testing.T, h *House, receiver string) {
	t.Helper()
	c, _, err := h.Org.PlanPerson(h.As("1001"), "2002", org.ChangeInput{Kind: org.Leaving, Receiver: receiver}, false)
	if err != nil {
		t.Fatal(err)
	}
	if c = over(t, h, c.ID); c.State != org.ChangeDone {
		t.Fatalf("%+v", c)
	}
	for _, kind := range h.Org.Holdings(org.ByPerson) {
		if n := held(t, h, kind, h.ID("2002")); n != 0 {
			t.Errorf("still holds %d of %s", n, kind.Code)
		}
	}
}

func deputyOf(t *testing.T, h *House, no string) org.ID {
	t.Helper()
	list, err := h.Org.Absences(h.System(), no)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	return list[0].Deputy
}

func TestDutyActingAndStandingInGoToTheReceiver(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		timed(t, h.Settle())
		leaves(t, h, "2003")
		if got := duty(t, h, "finance", "2003"); !slices.Equal(got, []int{0, 2, 3, 4, 5}) {
			t.Errorf("2003 is on duty on %v", got)
		}
		if a, err := h.Org.ActorOf(t.Context(), h.ID("2003")); err != nil || !a.In(unitID(t, h, "project"), "head") {
			t.Errorf("the receiver does not act: %+v %v", a.Groups, err)
		}
		if got := deputyOf(t, h, "3002"); got != h.ID("2003") {
			t.Errorf("the deputy of 3002 is %d", got)
		}
		if got := deputyOf(t, h, "2003"); got != 0 {
			t.Errorf("2003 stands in for himself, or somebody who left does: %d", got)
		}
	})
}

func TestWithoutAReceiverNothingIsLeftBehind(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		timed(t, h.Settle())
		leaves(t, h, "")
		if got := duty(t, h, "finance", "2002"); len(got) != 0 {
			t.Errorf("who left is on duty on %v", got)
		}
		for _, no := range []string{"3002", "2003"} {
			if got := deputyOf(t, h, no); got != 0 {
				t.Errorf("the deputy of %s is %d", no, got)
			}
		}
	})
}

func TestADutyListFollowsItsUnit(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		timed(t, h.Settle())
		c, _, err := h.Org.PlanUnits(h.As("1001"), org.ReorganiseInput{Kind: org.Merge, From: []string{"project"}, Into: []org.IntoInput{{Code: "finance"}}}, false)
		if err != nil {
			t.Fatal(err)
		}
		if c = over(t, h, c.ID); c.State != org.ChangeDone {
			t.Fatalf("%+v", c)
		}
		for no, want := range map[string][]int{"2002": {0, 2, 3, 4, 5}, "2003": {3}, "3003": {2}} {
			if got := duty(t, h, "finance", no); !slices.Equal(got, want) {
				t.Errorf("%s is on duty on %v, not %v", no, got, want)
			}
			if got := duty(t, h, "project", no); len(got) != 0 {
				t.Errorf("%s is on duty for a unit that ended on %v", no, got)
			}
		}
		for _, kind := range h.Org.Holdings(org.ByUnit) {
			if n := held(t, h, kind, unitID(t, h, "project")); n != 0 {
				t.Errorf("has ended and holds %d of %s", n, kind.Code)
			}
		}
		if a, err := h.Org.ActorOf(t.Context(), h.ID("2002")); err != nil || a.In(unitID(t, h, "project"), "head") || a.In(unitID(t, h, "finance"), "head") {
			t.Errorf("acts as head of a unit that ended: %+v %v", a.Groups, err)
		}
	})
}

func unitID(t *testing.T, h *House, code string) org.ID {
	t.Helper()
	tree, err := h.Org.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	u, _ := tree.ByCode(code)
	return u.ID
}
