package house

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"neike/content"
	"neike/internal/kit/webtest"
	"neike/internal/org"
	"neike/internal/request"
)

// sites is a company of two sites, each with an office of quality, of people and an executive of its own. What was asked:
// east within east, west within west, across from east to west, and a confidential one within east.
type sites struct {
	*House
	east, west, across, secret request.Request
}

func twoSites(t *testing.T, h *House) sites {
	t.Helper()
	ctx := h.System()
	for _, u := range []org.UnitInput{
		{Code: "root", NameZh: "华衡", Level: "entity"},
		{Code: "east", NameZh: "东厂", Level: "site", Parent: "root"}, {Code: "west", NameZh: "西厂", Level: "site", Parent: "root"},
		{Code: "finance", NameZh: "财务部", Parent: "east"}, {Code: "project", NameZh: "项目部", Parent: "east"},
		{Code: "it", NameZh: "信息部", Parent: "west"}, {Code: "shop", NameZh: "车间", Parent: "west"},
	} {
		if _, err := h.Org.SaveUnit(ctx, u); err != nil {
			t.Fatal(err)
		}
	}
	var ids []org.ID
	for _, p := range []struct{ no, unit, role string }{
		{"1001", "root", "admin"}, {"1501", "east", "quality@east"}, {"1502", "east", "executive@east"}, {"1503", "east", "hr@east"},
		{"2001", "finance", "agent@finance"}, {"3001", "project", ""}, {"4001", "it", "agent@it"}, {"5001", "shop", ""},
	} {
		made, err := h.Org.SavePerson(ctx, org.PersonInput{No: p.no, Name: "某" + p.no, Unit: p.unit})
		if err == nil && p.role != "" {
			err = h.Org.SetRoles(ctx, p.no, []string{p.role}, 0)
		}
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, made.ID)
	}
	if err := h.Signin.SetPasswords(ctx, ids, Password); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"finance", "it"} {
		pack, _ := content.Pack(name)
		if out, err := h.Catalog.Import(ctx, name, pack, false); err != nil || len(out.Problems) > 0 {
			t.Fatal(out.Problems, err)
		}
	}
	s := sites{House: h}
	incident := map[string]any{"system": "oa", "impact": "one", "steps": "打不开", "device": "PC-1"}
	for _, x := range []struct {
		into             *request.Request
		who, service, to string
		fields           map[string]any
	}{
		{&s.east, "3001", "finance.budget", "", budgetAnswers(t, h)}, {&s.west, "5001", "it.incident", "", incident},
		{&s.across, "3001", "it.incident", "", incident}, {&s.secret, "3001", "finance.budget", "2001", budgetAnswers(t, h)},
	} {
		ask := request.Ask{Service: x.service, Title: "共同的暗号", Fields: x.fields, Confidential: x.to != ""}
		if x.to != "" {
			ask.Named = []string{x.to}
		}
		r, err := h.Request.Open(h.As(x.who), ask)
		if err != nil {
			t.Fatal(err)
		}
		*x.into = r
	}
	if err := h.Bus.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// refs are the numbers that a list of the API has.
func refs(a *webtest.Answer) []string {
	var got struct {
		Items []struct{ Number string }
	}
	a.Is(200).Decode(&got)
	out := []string{}
	for _, x := range got.Items {
		out = append(out, x.Number)
	}
	slices.Sort(out)
	return out
}

// hears says whether the topic is open to somebody.
func hears(t *testing.T, c *webtest.Client, topic string) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.Base+"/live?topics="+topic, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: "neike", Value: c.Cookie("neike")})
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// TestAnOfficeOfASiteSeesItsSite holds the quality office, the executive and the people office of one site against every
// list, count, file, search, stream and report: what is of the site, and nothing else.
func TestAnOfficeOfASiteSeesItsSite(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		s := twoSites(t, h)
		for _, x := range []struct {
			no       string
			requests []request.Request
			numbers  string // edges whose numbers are shown
			rows     string // units of the report
			adoption bool
		}{
			{"1501", []request.Request{s.east, s.across}, "finance<project it<project", "finance", true},
			{"1502", nil, "finance<project it<project", "finance", true},
			{"1503", nil, "", "", false},
			{"2001", []request.Request{s.east, s.secret}, "finance<project", "finance", false},
		} {
			api, page := h.TokenOf(x.no, "read", "write", "admin"), h.SignedIn(x.no)
			want := []string{}
			for _, r := range x.requests {
				want = append(want, r.Ref())
			}
			slices.Sort(want)
			if got := refs(api.Get("/api/v1/requests?limit=50")); !slices.Equal(got, want) {
				t.Errorf("%s lists %v, not %v", x.no, got, want)
			}
			for _, unit := range []string{"it", "finance", "shop"} {
				for _, ref := range refs(api.Get("/api/v1/requests?unit=" + unit)) {
					if !slices.Contains(want, ref) {
						t.Errorf("%s lists %s by its unit", x.no, ref)
					}
				}
			}
			found := string(api.Get("/api/v1/search?q=共同的暗号").Is(200).Body) + string(page.Get("/search?q=共同的暗号").Is(200).Body)
			for _, r := range []request.Request{s.east, s.west, s.across, s.secret} {
				mine := slices.Contains(want, r.Ref())
				status := map[bool]int{true: 200, false: 404}[mine]
				if strings.Contains(found, r.Ref()) != mine {
					t.Errorf("%s finds %s: %v", x.no, r.Ref(), !mine)
				}
				api.Get("/api/v1/requests/" + r.Ref()).Is(status)
				api.Get("/api/v1/requests/" + r.Ref() + "/clocks").Is(status)
				page.Get("/requests/" + r.Ref()).Is(status)
				page.Get("/access/why?record=" + r.Ref()).Is(status)
				if got := hears(t, page, fmt.Sprintf("request:%d", r.ID)); got != mine {
					t.Errorf("%s hears %s: %v", x.no, r.Ref(), got)
				}
			}
			if got := shownEdges(t, api); got != x.numbers {
				t.Errorf("%s sees the numbers of %q, not of %q", x.no, got, x.numbers)
			}
			if got := reported(t, api); got != x.rows {
				t.Errorf("%s reads a report about %q, not %q", x.no, got, x.rows)
			}
			status := map[bool]int{true: 200, false: 404}[x.adoption]
			api.Get("/api/v1/reports/adoption").Is(status)
			api.Get("/api/v1/reports/adoption?unit=finance").Is(status)
			api.Get("/api/v1/reports/adoption?unit=west").Is(404)
			api.Get("/api/v1/reports/adoption?unit=root").Is(404)
			page.Get("/insight/adoption/export?format=csv&unit=it").Is(404)
			// the unit's own people prepare other words of a service, too; they take effect by the office or the head
			if mine := x.no == "1501" || x.no == "2001"; mine != (page.Get("/services/finance.budget/edit").Status == 200) {
				t.Errorf("%s edits a service of the site: %v", x.no, !mine)
			}
			page.Get("/services/it.incident/edit").Is(404)
			for _, shut := range []string{"/api/v1/audit", "/api/v1/roles", "/api/v1/connections", "/api/v1/access/glass", "/api/v1/units/finance/roles"} {
				api.Get(shut).Is(404)
			}
		}
	})
}

// shownEdges are the edges whose numbers somebody sees, "provider<customer".
func shownEdges(t *testing.T, c *webtest.Client) string {
	t.Helper()
	var got struct {
		Items []struct {
			Provider, Customer string
			Requests           *int64
		}
	}
	c.Get("/api/v1/relations?limit=200").Is(200).Decode(&got)
	var out []string
	for _, e := range got.Items {
		if e.Requests != nil {
			out = append(out, e.Provider+"<"+e.Customer)
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// reported are the units of the report of attainment.
func reported(t *testing.T, c *webtest.Client) string {
	t.Helper()
	a := c.Get("/api/v1/reports/attainment?by=unit")
	if a.Status == http.StatusNotFound { // nobody's business
		return ""
	}
	var got struct{ Items []struct{ Unit string } }
	a.Is(200).Decode(&got)
	var out []string
	for _, r := range got.Items {
		out = append(out, r.Unit)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// TestThePeopleOfficeOfASiteKeepsItsPeople: absences, what people hold, and announcements, inside the site only.
func TestThePeopleOfficeOfASiteKeepsItsPeople(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		twoSites(t, h)
		page, api := h.SignedIn("1503"), h.TokenOf("1503")
		for no, status := range map[string]int{"3001": 200, "2001": 200, "4001": 404, "5001": 404, "1001": 404} {
			page.Get("/people/" + no + "/absence").Is(status)
			page.Get("/people/" + no + "/holds").Is(status)
		}
		tell := func(unit string) *webtest.Answer {
			return api.Post("/api/v1/announcements", map[string]any{"title": "体检安排", "unit": unit})
		}
		tell("west").Is(422)
		tell("shop").Is(422)
		tell("root").Is(422)
		tell("").Is(422)
		page.Form("/settings/notices/announce", "title", "体检安排").Is(422).Shows("main", "请选择要通知的单位")
		var made struct{ ID int64 }
		tell("finance").Is(201).Decode(&made)
		h.TokenOf("1001").Post("/api/v1/announcements", map[string]any{"title": "西厂的事", "unit": "west"}).Is(201)
		listed := string(api.Get("/api/v1/announcements").Is(200).Body)
		if !strings.Contains(listed, "体检安排") || strings.Contains(listed, "西厂的事") {
			t.Errorf("the list of announcements: %s", listed)
		}
		link := fmt.Sprintf("/announcements/%d", made.ID)
		for no, status := range map[string]int{"2001": 200, "1503": 200, "1001": 200, "4001": 404, "3001": 404} {
			h.SignedIn(no).Get(link).Is(status)
		}
	})
}
