package org_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	product "neike/internal/app/house"
	"neike/internal/kit/lang"
	"neike/internal/org"
)

// TestALargeOrganisationOpensLevelByLevel: what does not fit is opened by a link, stays open beside others, and closes.
func TestALargeOrganisationOpensLevelByLevel(t *testing.T) {
	h := product.Start(t).Settle()
	if err := org.Fill(t.Context(), h.DB, 600, 0); err != nil {
		t.Fatal(err)
	}
	h.Org.ForgetUnits()
	c := h.SignedIn("3002")
	page := c.Get("/org").Is(http.StatusOK).Page()
	rows := page.Find("#units tbody tr").Length()
	toggle := page.Find("#units a[aria-expanded=false]").First()
	href, has := toggle.Attr("href")
	if !has || rows > 200 {
		t.Fatalf("%d rows, and nothing to open", rows)
	}
	opened := c.Get(strings.Split(href, "#")[0]).Is(http.StatusOK).Page()
	if n := opened.Find("#units tbody tr").Length(); n <= rows {
		t.Errorf("%d rows, were %d", n, rows)
	}
	close, _ := opened.Find("#units a[aria-expanded=true]").Attr("href")
	if n := c.Get(strings.Split(close, "#")[0]).Is(http.StatusOK).Page().Find("#units tbody tr").Length(); n != rows {
		t.Errorf("closed: %d rows, were %d", n, rows)
	}
	c.Get("/org?open=nowhere&open=" + strings.Repeat("x", 300)).Is(http.StatusOK)
}

// TestManyRootsAreAllThere: where the second level does not fit, no root is cut off for the children of another.
func TestManyRootsAreAllThere(t *testing.T) {
	h := product.Start(t).Settle()
	for r := range 4 {
		root := fmt.Sprintf("r%d", r)
		if _, err := h.Org.SaveUnit(h.System(), org.UnitInput{Code: root, NameZh: "公司" + root, Level: org.Entity}); err != nil {
			t.Fatal(err)
		}
		for c := range 60 {
			if _, err := h.Org.SaveUnit(h.System(), org.UnitInput{Code: fmt.Sprintf("%s-%d", root, c), NameZh: "部门", Parent: root}); err != nil {
				t.Fatal(err)
			}
		}
	}
	c := h.SignedIn("3002")
	page := c.Get("/org").Is(http.StatusOK).Page()
	for r := range 4 {
		if page.Find(fmt.Sprintf("#u-r%d a[aria-expanded]", r)).Length() != 1 {
			t.Errorf("root %d is not there to be opened", r)
		}
	}
	if n := c.Get("/org?open=r3").Is(http.StatusOK).Page().Find("#units tbody tr").Length(); n != 5+60 {
		t.Errorf("%d rows", n)
	}
}

func TestOpenedUnitsStandUnderTheirParents(t *testing.T) {
	unit := func(id, parent org.ID) org.Unit {
		return org.Unit{ID: id, Code: org.IDText(id), Parent: parent, Level: org.Department, Name: lang.Text{Zh: "单位"}}
	}
	tree := org.NewTree([]org.Unit{unit(1, 0), unit(2, 1), unit(3, 1), unit(4, 2), unit(5, 4), unit(6, 3), unit(7, 3)}, nil)
	upper := []org.Unit{unit(1, 0), unit(2, 1), unit(3, 1)}
	for name, c := range map[string]struct {
		open []org.ID
		most int
		want string
	}{
		"nothing open":              {nil, 9, "1 2 3"},
		"one open":                  {[]org.ID{3}, 9, "1 2 3 6 7"},
		"a level deeper":            {[]org.ID{2, 4}, 9, "1 2 4 5 3"},
		"open under what is closed": {[]org.ID{4}, 9, "1 2 3"},
		"no more of one than fit":   {[]org.ID{3}, 1, "1 2 3 6"},
	} {
		var got []string
		for _, u := range tree.Opened(upper, tree.All()[0].ValidFrom, c.open, c.most) {
			got = append(got, u.Code)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestPickersAndFiltersOfACompanyOfManyRoots: no root is cut off for what is below another, and what is called exactly as was
// typed comes before what only contains it.
func TestPickersAndFiltersOfACompanyOfManyRoots(t *testing.T) {
	var units []org.Unit
	add := func(parent org.ID, level, code, name string) org.ID {
		id := org.ID(len(units) + 1)
		units = append(units, org.Unit{ID: id, Parent: parent, Level: level, Code: code, Name: lang.Text{Zh: name}})
		return id
	}
	for r := range 30 {
		root := add(0, org.Entity, fmt.Sprintf("r%d", r), fmt.Sprintf("公司%d", r))
		for c := range 5 {
			add(root, org.Department, fmt.Sprintf("r%d-%d", r, c), fmt.Sprintf("%d号财务部分部", c))
		}
	}
	add(1, org.Department, "money", "财务部")
	tree := org.NewTree(units, nil)
	roots := 0
	for _, u := range tree.Upper(time.Now(), 100) {
		if u.Parent == 0 {
			roots++
		}
	}
	if roots != 30 {
		t.Errorf("%d of 30 roots are offered", roots)
	}
	if found := tree.Matching("财务部", 20); len(found) != 20 || found[0].Code != "money" {
		t.Errorf("the unit of that name comes behind %v", found[0].Code)
	}
}
