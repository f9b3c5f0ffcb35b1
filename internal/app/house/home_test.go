package house

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"neike/internal/kit/sqldb"
	"neike/internal/kit/webtest"
	"neike/internal/org"
	"neike/internal/relation"
)

// worked is the small company with six more departments, and two quarters of random numbers on most of their edges.
func worked(t *testing.T, h *House, draw *rand.Rand) {
	t.Helper()
	asked(t, h)
	ctx := h.System()
	for n := range 6 {
		if _, err := h.Org.SaveUnit(ctx, org.UnitInput{Code: fmt.Sprintf("d%d", n), NameZh: fmt.Sprintf("%d部", n), NameEn: fmt.Sprintf("Unit %d", n), Parent: "root"}); err != nil {
			t.Fatal(err)
		}
	}
	tree, err := h.Org.Tree(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var units []org.ID
	for _, u := range tree.All() {
		if u.Level == org.Department {
			units = append(units, u.ID)
		}
	}
	zone := h.Org.Company(ctx).Location()
	p := relation.CurrentPeriod(h.DB.Now().In(zone))
	err = h.DB.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		for _, from := range units {
			for _, to := range units {
				if from == to || draw.IntN(4) == 0 {
					continue
				}
				edge, err := h.Relation.Edge(ctx, tx, from, to)
				if err != nil {
					return err
				}
				for _, period := range []relation.Period{p, p.Before()} {
					n := int64(draw.IntN(60))
					late := min(n, int64(draw.IntN(40)))
					if err := h.Relation.Tally(ctx, tx, edge, period.Begin(zone).AddDate(0, 0, 5), relation.Delta{Opened: n, Met: n - late, Breached: late, Accepted: n, RightFirst: n - late/2}); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// itemsOf counts what a list by API gives in all.
func itemsOf(t *testing.T, c *webtest.Client, path string) (n int) {
	t.Helper()
	at, err := url.Parse(path)
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		var page struct {
			Items      []any
			NextCursor string `json:"next_cursor"`
		}
		c.Get(at.String()).Is(200).Decode(&page)
		if n += len(page.Items); page.NextCursor == "" {
			return n
		}
		q := at.Query()
		q.Set("cursor", page.NextCursor)
		at.RawQuery = q.Encode()
	}
	t.Fatalf("%s does not end", path)
	return 0
}

// TestATileIsItsList: whoever looks, the number of a tile is the number of what its list has for the same reader.
func TestATileIsItsList(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		seed := uint64(h.DB.Now().UnixNano())
		draw := rand.New(rand.NewPCG(seed, 1))
		worked(t, h, draw)
		for i := range 6 {
			h.TokenOf("3002", "read", "write").JSON("POST", "/api/v1/requests", map[string]any{"service": "finance.budget", "title": "调整", "confidential": i%3 == 0, "fields": budgetAnswers(t, h)}).Is(201)
		}
		for _, who := range []struct{ no, part string }{{"1001", "breaks"}, {"4001", "company"}, {"2001", "unit"}, {"3001", "unit"}, {"3002", ""}} {
			c := h.TokenOf(who.no, "read")
			var home struct {
				Parts []struct {
					Code  string
					Tiles []struct {
						Code, URL, List string
						Count           int
						NotShown        int `json:"not_shown"`
					}
				}
			}
			c.Get("/api/v1/home").Is(200).Decode(&home)
			page, has := h.SignedIn(who.no), who.part == ""
			for _, p := range home.Parts {
				has = has || p.Code == who.part
				for _, tile := range p.Tiles {
					if got := itemsOf(t, c, tile.List); got != tile.Count {
						t.Errorf("seed %d: %s reads %d on %s, its list has %d: %s", seed, who.no, tile.Count, tile.Code, got, tile.List)
					}
					if shown := page.Get(tile.URL).Is(200).Page(); strings.HasPrefix(tile.URL, "/relations?") {
						if got := shown.Find("#matrix tbody tr").Length(); got != tile.Count {
							t.Errorf("seed %d: %s reads %d on %s, its page has %d: %s", seed, who.no, tile.Count, tile.Code, got, tile.URL)
						}
					}
				}
			}
			if !has || who.part == "" && len(home.Parts) > 0 {
				t.Errorf("%s: the parts are %+v", who.no, home.Parts)
			}
		}
	})
}

// TestEveryEdgeIsInOneState: for random readers, periods and measures, the states make up what is shown, and a page lists what a program gets.
func TestEveryEdgeIsInOneState(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		seed := uint64(h.DB.Now().UnixNano())
		draw := rand.New(rand.NewPCG(seed, 2))
		worked(t, h, draw)
		zone := h.Org.Company(h.System()).Location()
		now := relation.CurrentPeriod(h.DB.Now().In(zone))
		for range 6 {
			who := []string{"1001", "4001", "2001", "3002"}[draw.IntN(4)]
			measure := []string{relation.Attainment, relation.RightFirst}[draw.IntN(2)]
			p := now
			if draw.IntN(2) == 0 {
				p = now.Before()
			}
			c, page := h.TokenOf(who, "read"), h.SignedIn(who)
			q := url.Values{"measure": {measure}, "from": {p.Begin(zone).Format("2006-01-02")}, "to": {p.End(zone).AddDate(0, 0, -1).Format("2006-01-02")}}
			var all struct {
				Items []struct{ Requests *int64 }
			}
			c.Get("/api/v1/relations?limit=200&" + q.Encode()).Is(200).Decode(&all)
			shown, sum := 0, 0
			for _, x := range all.Items {
				if x.Requests != nil {
					shown++
				}
			}
			for _, state := range relation.States {
				q.Set("state", state)
				n := itemsOf(t, c, "/api/v1/relations?limit=7&"+q.Encode())
				if state != relation.InWorse && state != relation.InBetter && state != relation.InLoose && state != relation.InSome {
					sum += n
				}
				path := "/relations?view=list&state=" + state + "&measure=" + measure + "&period=" + p.Code()
				if got := page.Get(path).Is(200).Page().Find("#matrix tbody tr").Length(); got != n {
					t.Errorf("seed %d: %s of %s: page %d, API %d", seed, path, who, got, n)
				}
			}
			if sum != shown {
				t.Errorf("seed %d: %s sees %d edges, and %d in states", seed, who, shown, sum)
			}
		}
	})
}

// TestCapacityIsItsLists: each number of a unit's capacity is what its list has and what it leaves out; strangers find nothing.
func TestCapacityIsItsLists(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		asked(t, h)
		for i := range 5 {
			h.TokenOf("3002", "read", "write").JSON("POST", "/api/v1/requests", map[string]any{"service": "finance.budget", "title": "调整", "confidential": i == 0, "fields": budgetAnswers(t, h)}).Is(201)
		}
		type counted struct {
			Count    int
			NotShown int `json:"not_shown"`
			List     string
		}
		for _, who := range []string{"1001", "2001", "2002", "4001"} {
			c := h.TokenOf(who, "read")
			var one struct {
				Open     int
				OpenList counted `json:"open_list"`
				Ages     []counted
				Reason   *string
			}
			c.Get("/api/v1/units/finance/capacity").Is(200).Decode(&one)
			sum := 0
			for _, x := range append(one.Ages, one.OpenList) {
				if got := itemsOf(t, c, x.List); got != x.Count-x.NotShown {
					t.Errorf("%s reads %d, %d of them not shown; the list has %d: %s", who, x.Count, x.NotShown, got, x.List)
				}
				sum += x.Count
			}
			if sum != 2*one.Open || one.Open < 5 || one.Reason == nil {
				t.Errorf("%s: %+v", who, one)
			}
			h.SignedIn(who).Get("/capacity/finance").Is(200).Shows("h1", "说不准")
			var all struct {
				Items []struct {
					Unit     string
					Open     int
					OpenList counted `json:"open_list"`
				}
			}
			c.Get("/api/v1/capacity").Is(200).Decode(&all)
			page := h.SignedIn(who).Get("/capacity").Is(200).Page()
			for _, x := range all.Items {
				if got := itemsOf(t, c, x.OpenList.List); got != x.Open-x.OpenList.NotShown || x.Open != x.OpenList.Count {
					t.Errorf("%s reads %d of %s, %d of them not shown; the list has %d: %s", who, x.Open, x.Unit, x.OpenList.NotShown, got, x.OpenList.List)
				}
				if href, _ := page.Find("#unit-" + x.Unit + " td.num a").Attr("href"); href == "" {
					t.Errorf("the number of %s leads nowhere", x.Unit)
				} else {
					h.SignedIn(who).Get(href).Is(200)
				}
			}
			if len(all.Items) == 0 {
				t.Errorf("%s sees no unit", who)
			}
		}
		if n := h.SignedIn("2002").Get("/queue/load?unit=finance").Is(200).Page().Find(`a[href="/capacity/finance"]`).Length(); n != 1 {
			t.Errorf("%d ways from the load of the queue to capacity", n)
		}
		for who, ways := range map[string]int{"2002": 1, "4001": 0} { // executives see no work person by person
			if n := h.SignedIn(who).Get("/capacity/finance").Is(200).Page().Find(`a[href="/queue/load?unit=finance"]`).Length(); n != ways {
				t.Errorf("%s: %d ways from capacity to the load of the queue", who, n)
			}
		}
		h.TokenOf("3002", "read").Get("/api/v1/units/finance/capacity").Is(404)
		h.TokenOf("2001", "read").Get("/api/v1/units/project/capacity").Is(404)
		h.SignedIn("4001").Get("/wall").Is(200).Shows("#wall h1", "")
		h.SignedIn("3002").Get("/wall").Is(404)
	})
}

// TestAHeadOfSeveralUnitsChoosesOne: the part of the unit and its neighbours are about the unit that was chosen; by default the own one; what is
// not headed is refused by the API alike, there or not, and passed over by the page.
func TestAHeadOfSeveralUnitsChoosesOne(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		seed := uint64(h.DB.Now().UnixNano())
		worked(t, h, rand.New(rand.NewPCG(seed, 3)))
		if err := h.Org.SetRoles(h.System(), "2001", []string{"head@finance", "agent@finance", "head@d1", "head@d2"}, 0); err != nil {
			t.Fatal(err)
		}
		type home struct {
			Units []struct{ Code, Name string }
			Unit  *string
			Parts []struct {
				Code  string
				Tiles []struct {
					Code, URL, List string
					Count           int
				}
			}
		}
		c, page := h.TokenOf("2001", "read"), h.SignedIn("2001")
		read := func(query string) (out home) {
			t.Helper()
			c.Get("/api/v1/home" + query).Is(200).Decode(&out)
			return out
		}
		for _, x := range []struct{ query, want string }{{"", "finance"}, {"?unit=d1", "d1"}, {"?unit=d2", "d2"}, {"?unit=finance", "finance"}} {
			got := read(x.query)
			if len(got.Units) != 3 || got.Units[0].Code != "finance" || got.Unit == nil || *got.Unit != x.want {
				t.Fatalf("%s: %+v, %v", x.query, got.Units, got.Unit)
			}
			own := 0
			for _, p := range got.Parts {
				if p.Code != "unit" {
					continue
				}
				for _, tile := range p.Tiles {
					if strings.Contains(tile.List, "="+x.want) {
						own++
					}
					if n := itemsOf(t, c, tile.List); n != tile.Count {
						t.Errorf("%s: %s reads %d, its list has %d: %s", x.query, tile.Code, tile.Count, n, tile.List)
					}
				}
				if own != len(p.Tiles) || own == 0 {
					t.Errorf("%s: %d of %d tiles are about it", x.query, own, len(p.Tiles))
				}
			}
			shown := page.Get("/" + x.query).Is(200).Page()
			if on := shown.Find("#unit .nk-seg [aria-current]").Length(); shown.Find("#unit .nk-seg a").Length() < 2 || on == 0 {
				t.Errorf("%s: no switch: %s", x.query, shown.Find("#unit").Text())
			}
			if href, _ := shown.Find("#customers header a").Attr("href"); !strings.Contains(href, "provider="+x.want) {
				t.Errorf("%s: its customers are %q", x.query, href)
			}
		}
		page.Get("/?unit=nowhere").Is(200).Shows("#unit", "")
		a, b := c.Get("/api/v1/home?unit=project").Is(422), c.Get("/api/v1/home?unit=nowhere").Is(422)
		if !strings.Contains(string(a.Body), "unit") || strings.ReplaceAll(string(a.Body), "project", "") != strings.ReplaceAll(string(b.Body), "nowhere", "") {
			t.Errorf("%s and %s", a.Body, b.Body)
		}
		if got := h.SignedIn("3001").Get("/").Is(200).Page().Find("#unit .nk-seg a").Length(); got != 0 {
			t.Error("who heads one unit has a switch")
		}
		if got := home(read("")); len(got.Parts) == 0 {
			t.Error("no parts")
		}
	})
}
