package org

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// gaveLine is a thing that was handed over when a long leave began.
type gaveLine struct {
	Title, Href, Note string
	Wanted            bool
}

// fillLeave adds to the page of a long leave until when it is, who stands in, and what is wanted back; to the person also
// what was handed over.
func (s *Service) fillLeave(ctx context.Context, rd sqldb.Reader, c Change, v *changeView) error {
	a, err := s.leaveAbsence(ctx, rd, c)
	if err != nil {
		return err
	}
	zone, err := s.zoneOfPerson(ctx, rd, c.Person)
	if err != nil {
		return err
	}
	list, err := s.gaveTo(ctx, rd, c)
	if err != nil {
		return err
	}
	ids := []ID{a.Deputy}
	for _, g := range list {
		ids = append(ids, g.To)
	}
	names, err := s.Names(ctx, rd, ids)
	if err != nil {
		return err
	}
	v.Facts = append(v.Facts, ui.Pair{Term: lang.T(ctx, "org.absence-when"), Text: spanText(ctx, a, zone)})
	if p, ok := names[a.Deputy]; ok {
		v.Facts = append(v.Facts, ui.Pair{Term: lang.T(ctx, "org.field-deputy"), Text: NameOf(ctx, p), Href: s.personHref(ctx, p)})
	}
	for _, g := range list {
		h, _ := s.holding(g.Holding)
		v.Gave = append(v.Gave, gaveLine{Title: cmp.Or(g.Title, lang.T(ctx, "org.leave-private")), Href: g.Href,
			Note: joined(lang.T(ctx, h.Label), lang.T(ctx, "org.forecast-goes", "name", NameOf(ctx, names[g.To]))), Wanted: slices.Contains(c.Plan.Back, g.Holding)})
	}
	sorting.Stable(v.Gave, func(a, b gaveLine) int { return cmp.Compare(b.rank(), a.rank()) })
	if c.State == ChangeCancelled || c.State == ChangeRefused {
		return nil
	}
	v.LeaveOver = a.Over(rd.Instant())
	for code := range c.Plan.To {
		if h, ok := s.holding(code); ok {
			v.Back = append(v.Back, ui.Option{Value: code, Text: lang.T(ctx, h.Label), Selected: slices.Contains(c.Plan.Back, code)})
		}
	}
	order := map[string]int{}
	for i, h := range s.holdings {
		order[h.Code] = i
	}
	sorting.By(v.Back, func(a, b ui.Option) int { return order[a.Value] - order[b.Value] })
	return nil
}

func (g gaveLine) rank() int {
	if g.Wanted {
		return 1
	}
	return 0
}

// leaveAbsence is the absence of a long leave as it is now; as it was planned when there is none (any more).
func (s *Service) leaveAbsence(ctx context.Context, rd sqldb.Reader, c Change) (Absence, error) {
	a, err := absenceOfChange(ctx, rd, c.ID)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return Absence{Person: c.Person, From: c.At, Until: c.Plan.Until, Deputy: c.Plan.Deputy}, nil
	}
	return a, err
}

// gaveTo is what was handed over, to the person who had it; to others the counts of the change are enough.
func (s *Service) gaveTo(ctx context.Context, rd sqldb.Reader, c Change) ([]gave, error) {
	if a := actor.From(ctx); a.Person != c.Person {
		return nil, nil
	}
	return gaveOf(ctx, rd, c.ID)
}

func (s *Service) fillGave(ctx context.Context, rd sqldb.Reader, c Change, j *changeJSON) error {
	list, err := s.gaveTo(ctx, rd, c)
	if err != nil || len(list) == 0 {
		return err
	}
	var ids []ID
	for _, g := range list {
		ids = append(ids, g.To)
	}
	names, err := s.Names(ctx, rd, ids)
	for _, g := range list {
		j.Gave = append(j.Gave, gaveJSON{g.Holding, s.Ref(ctx, names[g.To]), g.Title, g.Href})
	}
	return err
}

func (s *Service) submitBack(w http.ResponseWriter, r *http.Request) error {
	id, ok := parseID(r.PathValue("id"))
	if !ok {
		return fault.ErrNotFound
	}
	var in struct {
		Back []string `form:"back"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	c, err := s.WantBack(r.Context(), id, in.Back)
	if err != nil && c.ID == 0 {
		return err
	}
	return s.backToChange(w, r, c, err, "org.leave-back-saved")
}
