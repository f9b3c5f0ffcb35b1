package org

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// adminTab is what both tabs of the settings show.
type adminTab struct {
	Q             string
	People, Units int
	OnUnits       bool
}

type peopleView struct {
	adminTab
	People []personLine
	Next   string
}

type unitsView struct {
	adminTab
	Units   []unitLine
	Pending []ui.Pair // units whose head nobody is yet
}

func (s *Service) adminTab(ctx context.Context, r *http.Request, tree *Tree, onUnits bool) (adminTab, error) {
	t := adminTab{Q: clean(r.URL.Query().Get("q")), OnUnits: onUnits}
	now := s.now()
	for _, u := range tree.All() {
		if u.Valid(now) {
			t.Units++
		}
	}
	return t, s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		t.People, err = s.CountActive(ctx, rd)
		return err
	})
}

func (s *Service) showAdmin(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	tab, err := s.adminTab(ctx, r, tree, false)
	if err != nil {
		return err
	}
	v := peopleView{adminTab: tab}
	page, err := s.People(ctx, PeopleFilter{Q: v.Q, WithInactive: true, Cursor: r.URL.Query().Get("cursor"), Limit: memberRows})
	if err != nil {
		return err
	}
	v.People = s.personLines(ctx, tree, page.Items)
	for i, p := range page.Items {
		v.People[i].Href = "/settings/org/people/" + url.PathEscape(p.No)
	}
	if page.NextCursor != "" {
		v.Next = "/settings/org?" + url.Values{"q": {v.Q}, "cursor": {page.NextCursor}}.Encode()
	}
	return web.Show(w, r, http.StatusOK, adminPage(v.adminTab, adminPeople(v)), adminPeople(v))
}

func (s *Service) showAdminUnits(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	tab, err := s.adminTab(ctx, r, tree, true)
	if err != nil {
		return err
	}
	v := unitsView{adminTab: tab}
	units, err := s.shownUnits(ctx, tree, v.Q)
	if err != nil {
		return err
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		if v.Units, err = s.unitLines(ctx, rd, tree, units); err != nil {
			return err
		}
		waiting, err := s.PendingHeads(ctx, rd)
		for _, code := range slices.Sorted(maps.Keys(waiting)) {
			u, _ := tree.ByCode(code)
			v.Pending = append(v.Pending, ui.Pair{Term: u.Name.In(ctx), Text: waiting[code], Href: "/settings/org/units/" + url.PathEscape(code)})
		}
		return err
	})
	if err != nil {
		return err
	}
	for i := range v.Units {
		v.Units[i].Href = "/settings/org/units/" + url.PathEscape(v.Units[i].Code)
	}
	return web.Show(w, r, http.StatusOK, adminPage(v.adminTab, adminUnits(v)), adminUnits(v))
}

// labels of the fields, for the summary of errors.
func labels(ctx context.Context, names ...string) map[string]string {
	out := map[string]string{}
	for _, n := range names {
		out[n] = lang.T(ctx, "org.field-"+strings.ReplaceAll(n, "_", "-"))
	}
	return out
}

// refused says whether an error is one to show in the form.
func refused(err error) bool {
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Conflict, fault.Precondition:
		return true
	}
	return false
}

func statusOf(err error) int {
	if f, ok := fault.As(err); ok {
		return f.Kind.Status()
	}
	return http.StatusInternalServerError
}
