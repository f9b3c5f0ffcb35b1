package house

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// staffed is the small company with twenty more people in finance and ten in project, of whom some came in.
func staffed(t *testing.T, h *House) {
	t.Helper()
	h.Settle()
	ctx := h.System()
	var came []org.ID
	for n := range 30 {
		in := org.PersonInput{No: fmt.Sprint(5001 + n), Name: fmt.Sprintf("员工%d", n), Unit: "finance"}
		if n >= 20 {
			in.Unit = "project"
		}
		p, err := h.Org.SavePerson(ctx, in)
		if err != nil {
			t.Fatal(err)
		}
		if n < 12 || n == 20 {
			came = append(came, p.ID)
		}
	}
	err := h.DB.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		for _, ago := range []int{21, 14, 1} { // again and again: one person counts once
			if err := h.Signin.Saw(ctx, tx, tx.Now.AddDate(0, 0, -ago), came[:8]...); err != nil {
				return err
			}
		}
		return h.Signin.Saw(ctx, tx, tx.Now.AddDate(0, 0, -20), came...)
	})
	if err != nil {
		t.Fatal(err)
	}
}

type adopted struct {
	Total struct {
		Unit   string
		People int
		In7    struct {
			Count *int
			Shown string
		} `json:"signed_in_7_days"`
		In30 struct {
			Count *int
			Shown string
		} `json:"signed_in_30_days"`
	}
	Units []struct {
		Unit, Scope string
		In30        struct {
			Count *int
			Shown string
		} `json:"signed_in_30_days"`
	}
	Weeks []struct {
		Signed struct{ Count *int } `json:"signed_in"`
	}
}

func TestAdoptionCountsAndHides(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		staffed(t, h)
		api := h.TokenOf("4001", "read")
		var whole adopted
		api.Get("/api/v1/reports/adoption").Is(200).Decode(&whole)
		if whole.Total.Unit != "root" || whole.Total.People != 38 || whole.Total.In30.Count == nil || *whole.Total.In30.Count != 13 || len(whole.Weeks) != 12 {
			t.Errorf("the whole: %+v", whole.Total)
		}
		if whole.Total.In7.Count == nil || *whole.Total.In7.Count != 8 {
			t.Errorf("seven days: %+v", whole.Total.In7)
		}
		for _, u := range whole.Units { // finance 12 of 23 must not give away project's one, nor root's nobody
			want := map[string]string{"finance": "withheld", "project": "fewer", "root": "fewer"}[u.Unit]
			if u.In30.Count != nil || u.In30.Shown != want {
				t.Errorf("%s: %+v, want %s", u.Unit, u.In30, want)
			}
		}
		c := h.SignedIn("4001")
		page := c.Get("/insight/adoption").Is(200).Shows("h1", "13 / 38").Shows("#unit-project", "人数少").Shows("#unit-finance", "略").Page().Text()
		for _, name := range []string{"员工1", "许慧", "5001"} {
			if strings.Contains(page, name) {
				t.Errorf("the page names %s", name)
			}
		}
		for _, format := range []string{"csv", "xlsx"} {
			c.Get("/insight/adoption/export?format=" + format).Is(200)
		}
		c.Get("/insight/adoption?from=gestern").Is(422).Shows("#adoption", "不是日期")
		c.Get("/insight/adoption?from=2026-11-20&to=2026-01-01").Is(422)
		api.Get("/api/v1/reports/adoption?from=x&to=y").Is(422)
		api.Get("/api/v1/reports/adoption?unit=nowhere").Is(404)
	})
}

func TestAdoptionIsOfOnesOwnUnits(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		staffed(t, h)
		if err := h.Org.SetRoles(h.System(), "3003", []string{"executive@project"}, 0); err != nil {
			t.Fatal(err)
		}
		for _, x := range []struct {
			no, unit string
			status   int
		}{
			{"1001", "root", 200}, {"4001", "project", 200}, {"2001", "", 200}, {"2001", "finance", 200}, {"2001", "project", 404}, {"2001", "root", 404},
			{"3003", "", 200}, {"3003", "project", 200}, {"3003", "finance", 404}, {"3003", "root", 404}, {"3002", "", 404}, {"2002", "finance", 404},
		} {
			c := h.SignedIn(x.no)
			address := "/insight/adoption?unit=" + x.unit
			c.Get(address).Is(x.status)
			c.Get("/insight/adoption/export?format=csv&unit=" + x.unit).Is(x.status)
			h.TokenOf(x.no, "read").Get("/api/v1/reports/adoption?unit=" + x.unit).Is(x.status)
		}
		rail := h.SignedIn("3002").Get("/").Page().Find(`a[href="/insight/adoption"]`).Length()
		if rail > 0 {
			t.Error("somebody without the right is led there")
		}
	})
}
