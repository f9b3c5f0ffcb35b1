package agreement

import (
	"context"
	"net/url"

	"neike/internal/kit/lang"
	"neike/internal/todo"
)

// home adds the agreements that wait for somebody to the home pages of the quality office and of heads.
func (s *Service) home() {
	s.Todo.AddTiles(todo.OfOffice, 40, func(ctx context.Context) ([]todo.Tile, error) { return s.tiles(ctx, "") })
	s.Todo.AddTiles(todo.OfLoop, 20, func(ctx context.Context) ([]todo.Tile, error) {
		n, err := s.Waiting(ctx, "")
		q := url.Values{"state": {string(InForce)}}
		return []todo.Tile{{Code: "loop-agreed", Label: lang.T(ctx, "agreement.tile.agreements-in-force"), N: n.InForce, Note: lang.T(ctx, "agreement.tile.unsigned-note", "count", n.Unsigned),
			Href: "/agreements?" + q.Encode(), API: "/api/v1/agreements?" + q.Encode()}}, err
	})
	s.Todo.AddTiles(todo.OfUnit, 40, func(ctx context.Context) ([]todo.Tile, error) {
		u, err := s.Relation.Headed(ctx)
		if err != nil {
			return nil, err
		}
		return s.tiles(ctx, u.Code)
	})
}

func (s *Service) tiles(ctx context.Context, unit string) ([]todo.Tile, error) {
	n, err := s.Waiting(ctx, unit)
	if err != nil {
		return nil, err
	}
	var out []todo.Tile
	for _, x := range []struct {
		code, name, value string
		n                 int
	}{
		{"agreements-unsigned", "state", string(Drafted), n.Unsigned},
		{"agreements-review", "review", ReviewDue, n.Review},
	} {
		q := url.Values{x.name: {x.value}}
		if unit != "" {
			q.Set("unit", unit)
		}
		out = append(out, todo.Tile{Code: x.code, Label: lang.T(ctx, "agreement.tile."+x.code), N: x.n, Href: "/agreements?" + q.Encode(), API: "/api/v1/agreements?" + q.Encode()})
	}
	return out, nil
}
