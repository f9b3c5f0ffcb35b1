package delivery

import (
	"context"
	"net/url"
	"time"

	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/relation"
	"neike/internal/todo"
)

// home adds the deliveries that came late, or not at all, to the home pages of the quality office and of heads.
func (s *Service) home() {
	s.Todo.AddTiles(todo.OfOffice, 50, func(ctx context.Context) ([]todo.Tile, error) { return s.missed(ctx, "", "") })
	s.Todo.AddTiles(todo.OfUnit, 50, func(ctx context.Context) ([]todo.Tile, error) {
		u, err := s.Relation.Headed(ctx)
		if err != nil {
			return nil, err
		}
		return s.missed(ctx, "provider", u.Code)
	})
}

// missed counts what was due in the period that pages show first and was late; of a unit, what it had to bring.
func (s *Service) missed(ctx context.Context, side, unit string) ([]todo.Tile, error) {
	zone := s.Org.Company(ctx).Location()
	p := relation.CurrentPeriod(s.db.Now().In(zone))
	f := Filter{Outcome: "breached", DueFrom: p.Begin(zone).UTC(), DueBefore: p.End(zone).UTC()}
	q := url.Values{"outcome": {f.Outcome}, "due_from": {f.DueFrom.Format(time.RFC3339)}, "due_before": {f.DueBefore.Format(time.RFC3339)}, "state": {"any"}}
	if side != "" {
		f.Provider = unit
		q.Set(side, unit)
	}
	n, err := s.Count(ctx, f)
	if err != nil {
		return nil, err
	}
	api := "/api/v1/deliveries?" + q.Encode()
	q.Set("view", "all")
	return []todo.Tile{{Code: "deliveries-missed", Label: lang.T(ctx, "delivery.tile-missed"), N: n, Href: "/deliveries?" + q.Encode(), API: api}}, nil
}

// Count is how many deliveries List gives in all.
func (s *Service) Count(ctx context.Context, f Filter) (n int, err error) {
	sc, err := s.scopeOf(ctx, f)
	if err != nil {
		return 0, err
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		sc.now = rd.Instant()
		n, err = countListed(ctx, rd, sc)
		return err
	})
	return n, err
}
