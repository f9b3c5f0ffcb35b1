package request

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

func openWords(ctx context.Context, n int) string {
	if n == 0 {
		return ""
	}
	return lang.T(ctx, "request.place-open", "count", n)
}

func placeWords(ctx context.Context, p askPlace) string {
	return strings.TrimSuffix(lang.T(ctx, "request.place-at", "name", p.Name, "way", p.Way), " · ")
}

// placeOf puts a place into a form: its name, what is around it and what is open there. A place that is not in use is left out;
// the form comes without it and says so.
func (s *Service) placeOf(ctx context.Context, v *askView, code string) error {
	if code == "" {
		return nil
	}
	p, err := s.Place.InUse(ctx, code)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		v.PlaceGone = true
		return nil
	}
	if err != nil {
		return err
	}
	v.spot = p
	v.Typed.Place = p.Code
	v.Place = askPlace{Code: p.Code, Name: p.Name.In(ctx), Without: "/requests/new/" + url.PathEscape(v.Code)}
	if v.Place.Way, err = s.Place.Way(ctx, p); err != nil {
		return err
	}
	n, seen, err := s.openAt(ctx, p)
	if err != nil || n == 0 {
		return err
	}
	v.Place.Open = lang.T(ctx, "request.place-open-already", "count", n)
	for _, l := range seen {
		v.Place.Seen = append(v.Place.Seen, historyLine{Ref: l.Ref(), Title: l.Title, Href: link(l.Number)})
	}
	return nil
}

// placeOption is what a picker calls the place that was chosen; nothing for a code that names none.
func (s *Service) placeOption(ctx context.Context, code string) ([]ui.Option, error) {
	if code == "" {
		return nil, nil
	}
	p, err := s.Place.ByCode(ctx, code)
	if err != nil && fault.KindOf(err) == fault.NotFound {
		return nil, nil
	}
	return []ui.Option{{Value: p.Code, Text: p.Name.In(ctx) + " " + p.Code, Selected: true}}, err
}

// draftKey names what is typed into the form on this device; what was typed at one machine is not offered at another.
func (v askView) draftKey() string {
	if v.Place.Code != "" {
		return "ask-" + v.Code + "@" + v.Place.Code
	}
	return "ask-" + v.Code
}

// fillPlace fills the place into the answers that nobody has typed yet.
func (s *Service) fillPlace(ctx context.Context, v *askView, drafted bool) error {
	if v.spot.ID == 0 {
		return nil
	}
	if v.Typed.Title == "" {
		v.Typed.Title = placeTitle(ctx, v.spot)
	}
	if drafted {
		return nil
	}
	raw, err := v.Inputs.Form.Defaults(ctx, s.resolveAt("", v.spot))
	if err != nil {
		return err
	}
	v.Inputs, err = s.inputs(ctx, v.Inputs.Form, raw)
	v.Inputs.Draft = v.draftKey()
	return err
}

// chooseByPlace lets a list be narrowed to a place and what lies under it, step by step: first one at the top, then one right
// under it. A company without places is offered nothing.
func (s *Service) chooseByPlace(ctx context.Context, v *listView, in asking) error {
	above, here, under, err := s.Place.Steps(ctx, in.Place)
	if err != nil || here.ID == 0 && len(under) == 0 {
		return err
	}
	f := ui.Filter{Name: "place", Label: lang.T(ctx, "request.field.place"), On: here.ID != 0, Options: []ui.Option{{Text: lang.T(ctx, "request.filter.any"), Selected: here.ID == 0}}}
	for _, p := range above {
		f.Options = append(f.Options, ui.Option{Value: p.Code, Text: p.Name.In(ctx)})
	}
	group := ""
	if here.ID != 0 {
		f.Options = append(f.Options, ui.Option{Value: here.Code, Text: here.Name.In(ctx), Selected: true})
		group = lang.T(ctx, "request.place-within", "name", here.Name.In(ctx))
	}
	for _, p := range under {
		f.Options = append(f.Options, ui.Option{Value: p.Code, Text: p.Name.In(ctx), Group: group})
	}
	delete(v.Filter.Hidden, "place")
	v.Filter.Filters = append(v.Filter.Filters, f)
	return nil
}

// sortByPlace offers the order of the places where a list shows some.
func (s *Service) sortByPlace(ctx context.Context, v *listView, in asking, lines []Line) {
	by := in.Sort == "place" || in.Sort == "-place"
	if !by && (in.Sort != "" || !slices.ContainsFunc(lines, func(l Line) bool { return l.Place.Code != "" })) {
		return
	}
	delete(v.Filter.Hidden, "sort")
	v.Filter.Filters = append(v.Filter.Filters, ui.Filter{Name: "sort", Label: lang.T(ctx, "request.sort"), On: by, Options: []ui.Option{{Text: lang.T(ctx, "request.sort-usual"), Selected: !by},
		{Value: "place", Text: lang.T(ctx, "request.sort-place"), Selected: in.Sort == "place"}, {Value: "-place", Text: lang.T(ctx, "request.sort-place-down"), Selected: in.Sort == "-place"}}})
}

// placePair is the place of a request as a fact.
func placePair(ctx context.Context, p Spot) ui.Pair {
	return ui.Pair{Term: lang.T(ctx, "request.field.place"), Text: p.Name.In(ctx) + " · " + p.Code, Href: "/places/" + url.PathEscape(p.Code)}
}

// spotJSON is the place of a request on the wire.
type spotJSON struct {
	Code string    `json:"code" example:"hq-3f-02"`
	Name lang.Text `json:"name" doc:"As it was when it was asked"`
}

func spotWire(p Spot) *spotJSON {
	if p.Code == "" {
		return nil
	}
	return &spotJSON{p.Code, p.Name}
}
