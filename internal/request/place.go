package request

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/place"
)

// Spot is where a request was asked from: the code and the name of the place as they were then. The zero Spot is nowhere in
// particular.
type Spot struct {
	ID   place.ID
	Code string
	Name lang.Text
}

// spotOf is a place as a request keeps it.
func spotOf(p place.Place) Spot { return Spot{p.ID, p.Code, p.Name} }

// checkPlace finds the place that an ask names; it must be in use.
func (s *Service) checkPlace(ctx context.Context, o *order, code string, f *fault.Fields) error {
	code = strings.TrimSpace(code)
	if code == "" {
		return nil
	}
	p, err := s.Place.InUse(ctx, code)
	if err := missing(f, err, "place", "request.place-unknown"); err != nil {
		return err
	}
	o.request.Place, o.spot = spotOf(p), p
	return nil
}

// aimPlace finds the place that a filter names, and hears whether the list stands in the order of the places.
func (s *Service) aimPlace(ctx context.Context, sc *scope, bad *fault.Fields) error {
	if key, down := strings.CutPrefix(sc.Sort, "-"); key == "place" {
		sc.byPlace, sc.sortDown = true, down
	}
	if sc.Place == "" {
		return nil
	}
	p, err := s.Place.ByCode(ctx, sc.Place)
	sc.spot = p
	return missing(bad, err, "place", "request.place-unknown")
}

// findPlaces finds a place in use by its code, or by its name.
func (s *Service) findPlaces(ctx context.Context, text string) ([]form.Ref, error) {
	ref := func(p place.Place) form.Ref {
		return form.Ref{Code: p.Code, Name: p.Name.In(ctx), Link: "/places/" + p.Code}
	}
	p, err := s.Place.ByCode(ctx, text) // an answer keeps the place that it was given, in use or not
	if err == nil {
		return []form.Ref{ref(p)}, nil
	}
	if fault.KindOf(err) != fault.NotFound {
		return nil, err
	}
	page, err := s.Place.List(ctx, place.Filter{Q: text, Limit: 20})
	var out []form.Ref
	for _, p := range page.Items {
		if p.Name.Zh == strings.TrimSpace(text) || p.Name.En == strings.TrimSpace(text) {
			out = append(out, ref(p))
		}
	}
	return out, err
}

// placeGiven fills in what a default says of the place.
func placeGiven(ctx context.Context, p place.Place, name string) string {
	if p.ID == 0 {
		return ""
	}
	switch name {
	case "place":
		return p.Name.In(ctx) + " " + p.Code
	case "place.code":
		return p.Code
	case "place.name":
		return p.Name.In(ctx)
	case "place.asset":
		if p.Asset == "" {
			return p.Code
		}
		return p.Asset
	}
	return ""
}

// placeTitle is how the title of a request at a place begins.
func placeTitle(ctx context.Context, p place.Place) string {
	if p.ID == 0 {
		return ""
	}
	return lang.T(ctx, "request.place-title", "place", p.Name.In(ctx))
}

// titled is the title of an ask: what was typed, or, when that says only where, where and the first short answer; without either
// the service with that answer.
func titled(ctx context.Context, typed, service string, p place.Place, f form.Form, fields map[string]any) string {
	typed = strings.TrimSpace(typed)
	begins := placeTitle(ctx, p)
	switch {
	case typed == "" && begins == "":
		return proposedTitle(service, f, fields)
	case typed != "" && typed != strings.TrimSpace(begins):
		return typed
	}
	if _, said, ok := strings.Cut(proposedTitle("", f, fields), "："); ok {
		return begins + said
	}
	return begins + service
}

// openShown is how many of the open reports at a place are named.
const openShown = 3

// openAt counts what is open at a place and not confidential, up to a hundred, and names a few that the actor may see.
func (s *Service) openAt(ctx context.Context, p place.Place) (n int, seen []Line, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		n, err = countOpenAt(ctx, rd, p.ID)
		return err
	})
	if err != nil || n == 0 {
		return n, nil, err
	}
	page, err := s.List(ctx, Filter{Place: p.Code, exactly: true, State: "open", Limit: openShown})
	for _, l := range page.Items {
		if !l.Confidential {
			seen = append(seen, l)
		}
	}
	return n, seen, err
}

// historyShown is how many requests the page of a place shows.
const historyShown = 10

// PlacePanel is what was asked for lately at a place and under it, as far as the reader may see.
func (s *Service) PlacePanel(ctx context.Context, p place.Place) (templ.Component, error) {
	page, err := s.List(ctx, Filter{Place: p.Code, State: "any", Limit: historyShown})
	if err != nil {
		return nil, err
	}
	v := historyView{More: asking{View: "all", Place: p.Code, State: "any"}.href("/requests")}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	for _, l := range page.Items {
		item := historyLine{Ref: l.Ref(), Title: l.Title, Href: link(l.Number), When: lang.Short(ctx, l.OpenedAt), State: stateTag(ctx, l.State), Unit: tree.Name(ctx, l.Unit), Confidential: l.Confidential}
		if x, ok := snap.ByID(l.Service); ok {
			item.Note = x.Name.In(ctx)
		}
		if l.Place.ID != p.ID {
			item.Note = l.Place.Name.In(ctx) + " · " + item.Note
		}
		v.Lines = append(v.Lines, item)
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		v.Open, err = countOpenAt(ctx, rd, p.ID)
		return err
	})
	return historyCard(v), err
}

// historyView is what was asked for at a place.
type historyView struct {
	Lines []historyLine
	Open  int
	More  string
}
