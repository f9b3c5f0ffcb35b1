package org_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"neike/internal/kit/lang"
	"neike/internal/org"
)

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
