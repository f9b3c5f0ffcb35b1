package housed_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	product "neike/internal/app/house"
	"neike/internal/app/importer"
	"neike/internal/org"
)

// TestALargeOrganisationOpensLevelByLevel: what does not fit is opened by a link, stays open beside others, and closes.
func TestALargeOrganisationOpensLevelByLevel(t *testing.T) {
	h := product.Start(t).Settle()
	file := "code,name_zh,parent\nu0,单位0,\n"
	for n := 1; n < 600; n++ {
		file += fmt.Sprintf("u%d,单位%d,u%d\n", n, n, n/8)
	}
	if r, err := h.Importer.Import(h.System(), "units", strings.NewReader(file), importer.Options{Name: "units.csv"}); err != nil || r.Created != 600 {
		t.Fatalf("%+v, %v", r, err)
	}
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
