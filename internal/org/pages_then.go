package org

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/kit/xlsx"
)

// dayOf reads a day of an address: the moment at its end.
func (s *Service) dayOf(ctx context.Context, text string) (time.Time, bool) {
	after, ok := lastDay(text, s.Company(ctx).Location())
	return after.Add(-time.Millisecond), ok
}

// showOrgThen is the organisation as it was at the end of a day: units, their names and places. Heads and numbers are not
// kept over time and stay empty.
func (s *Service) showOrgThen(w http.ResponseWriter, r *http.Request, on string) error {
	ctx := r.Context()
	at, ok := s.dayOf(ctx, on)
	if !ok {
		v, err := s.orgView(ctx, "", nil)
		if err != nil {
			return err
		}
		v.On, v.Error = on, lang.T(ctx, "org.date-malformed", "value", on)
		return web.Show(w, r, http.StatusUnprocessableEntity, orgPage(v), orgContent(v))
	}
	tree, err := s.TreeAt(ctx, at)
	if err != nil {
		return err
	}
	now, err := s.orgView(ctx, "", nil)
	if err != nil {
		return err
	}
	units := tree.Upper(at, treeRows)
	v := orgView{On: on, OnText: lang.T(ctx, "org.as-of-note", "date", lang.Date(ctx, at), "count", tree.Len()), UnitCount: tree.Len(), PersonCount: now.PersonCount,
		Admin: actor.From(ctx).Has("admin"), Hidden: len(units) < tree.Len()}
	for _, u := range units {
		v.Units = append(v.Units, unitLine{Href: unitHref(u), Name: u.Name.In(ctx), Level: lang.T(ctx, "org.level-"+u.Level), Code: u.Code, Depth: tree.Depth(u.ID), Then: true})
	}
	return web.Show(w, r, http.StatusOK, orgPage(v), orgContent(v))
}

func exportUnitsHref(v orgView) string {
	q := url.Values{"what": {"units"}, "format": {"xlsx"}}
	if v.On != "" {
		q.Set("on", v.On)
	}
	return "/org/export?" + q.Encode()
}

// pageBelow cuts the units below into pages; those that have ended are shown below one that has ended itself.
func (v *unitView) pageBelow(tree *Tree, now time.Time, from string) {
	var all []Unit
	for _, u := range tree.Children(v.Unit.ID) {
		if u.Valid(now) || v.Ended {
			all = append(all, u)
		}
	}
	v.Below = len(all)
	first, err := strconv.Atoi(from)
	if err != nil || first < 0 || first > len(all) {
		first = 0
	}
	v.below = all[first:min(first+memberRows, len(all))]
	if next := first + memberRows; next < len(all) {
		v.NextUnit = unitHref(v.Unit) + "?below=" + strconv.Itoa(next) + "#below"
	}
}

// pastFacts say what a unit came from, what became of it and what it was called.
func (s *Service) pastFacts(ctx context.Context, rd sqldb.Reader, tree *Tree, u Unit) ([]ui.Pair, error) {
	list, err := lineageOf(ctx, rd, u.ID)
	if err != nil {
		return nil, err
	}
	var out []ui.Pair
	for _, l := range list {
		other, key := l.To, "org.became"
		if l.To == u.ID {
			other, key = l.From, "org.came-from"
		}
		o, _ := tree.ByID(other)
		text := joined(o.Name.In(ctx), lang.Date(ctx, l.At))
		if l.Share < 1 {
			text = joined(text, strconv.FormatFloat(l.Share*100, 'f', -1, 64)+" %")
		}
		out = append(out, ui.Pair{Term: lang.T(ctx, key), Text: text, Href: unitHref(o)})
	}
	was, err := pastsOf(ctx, rd, u.ID)
	if err != nil {
		return nil, err
	}
	name := u.Name
	for _, p := range was {
		if p.Name != name {
			out = append(out, ui.Pair{Term: lang.T(ctx, "org.was-called"), Text: lang.T(ctx, "org.was-until", "name", p.Name.In(ctx), "date", lang.Date(ctx, p.Until))})
		}
		name = p.Name
	}
	return out, nil
}

// showOrgExport sends units or people as a table, whole, with what their pages show.
func (s *Service) showOrgExport(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	q := r.URL.Query()
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	if q.Get("what") == "units" {
		at, then := s.dayOf(ctx, q.Get("on"))
		if !then {
			at = s.now()
		} else {
			if tree, err = s.TreeAt(ctx, at); err != nil {
				return err
			}
		}
		return s.exportUnits(ctx, w, q.Get("format"), tree, at)
	}
	return s.exportPeople(ctx, w, q.Get("format"), tree, q.Get("unit"))
}

func (s *Service) exportUnits(ctx context.Context, w http.ResponseWriter, format string, tree *Tree, at time.Time) error {
	heads, err := s.headsByID(ctx, tree.All())
	if err != nil {
		return err
	}
	out, err := xlsx.Send(w, format, lang.T(ctx, "org.units"))
	if err != nil {
		return err
	}
	if err := out.Heading(ctx, "org.", []string{"code", "unit", "level", "field-parent", "head"}); err != nil {
		return err
	}
	for _, u := range tree.All() {
		if !u.Valid(at) {
			continue
		}
		head := ""
		if p, ok := heads[u.Head]; ok {
			head = NameOf(ctx, p)
		}
		if err := out.Row(u.Code, u.Name.In(ctx), lang.T(ctx, "org.level-"+u.Level), tree.FullName(ctx, u.Parent), head); err != nil {
			return err
		}
	}
	return out.Close()
}

// exportPeople reads people page by page: of a unit, or all.
func (s *Service) exportPeople(ctx context.Context, w http.ResponseWriter, format string, tree *Tree, unit string) error {
	page, err := s.People(ctx, PeopleFilter{Unit: unit, Limit: 500})
	if err != nil {
		return err
	}
	out, err := xlsx.Send(w, format, strings.TrimSpace(lang.T(ctx, "org.people")+" "+unit))
	if err != nil {
		return err
	}
	if err := out.Heading(ctx, "org.", []string{"no", "person", "unit", "position", "phone", "email"}); err != nil {
		return err
	}
	for {
		for _, p := range page.Items {
			no := ""
			if known := s.shownNo(ctx, p); known != nil {
				no = *known
			}
			if err := out.Row(no, NameOf(ctx, p), tree.FullName(ctx, p.Unit), p.Position, p.Phone, p.Email); err != nil {
				return err
			}
		}
		if page.NextCursor == "" {
			return out.Close()
		}
		if page, err = s.People(ctx, PeopleFilter{Unit: unit, Cursor: page.NextCursor, Limit: 500}); err != nil {
			return err
		}
	}
}
