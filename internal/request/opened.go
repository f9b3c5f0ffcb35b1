package request

import (
	"context"
	"slices"
	"time"

	"neike/internal/access"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
)

// AccessKind is how the access pages find a request: by its number.
func (s *Service) AccessKind() access.Kind {
	return access.Kind{Name: Kind, Example: "R-1024", Find: func(ctx context.Context, rd sqldb.Reader, text string) (access.Found, error) {
		number, err := ParseRef(text)
		if err != nil {
			return access.Found{}, fault.ErrNotFound
		}
		r, err := byNumber(ctx, rd, number)
		return access.Found{Subject: subject(r.ID), Ref: Ref(number), Href: link(number), Title: r.Title, Confidential: r.Confidential}, err
	}}
}

// openings are the times a security officer opened the request: only a confidential one has any.
func (s *Service) openings(ctx context.Context, rd sqldb.Reader, v View) ([]access.Opening, error) {
	if !v.Confidential {
		return nil, nil
	}
	list, err := s.Access.Glasses(ctx, rd, subject(v.ID))
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var missing []int64
	for _, g := range list {
		if v.People[g.Officer].ID == 0 {
			missing = append(missing, g.Officer)
		}
	}
	names, err := s.Org.Names(ctx, rd, missing)
	for id, p := range names {
		v.People[id] = p
	}
	return list, err
}

// withOpenings puts the openings into the timeline, which is newest first.
func withOpenings(ctx context.Context, items []ui.TimelineItem, m material) []ui.TimelineItem {
	for _, g := range m.opened {
		at := g.Opened.Format(time.RFC3339)
		item := ui.TimelineItem{When: lang.Short(ctx, g.Opened), At: at, Icon: "eye",
			Text: lang.T(ctx, "access.timeline", "by", m.People[g.Officer].Display(ctx), "reason", g.Reason)}
		place := slices.IndexFunc(items, func(i ui.TimelineItem) bool {
			t, err := time.Parse(time.RFC3339, i.At)
			return err == nil && !t.After(g.Opened)
		})
		if place < 0 {
			place = len(items)
		}
		items = slices.Insert(items, place, item)
	}
	return items
}
