package delivery

import (
	"context"
	"net/url"

	"neike/internal/kit/web"
	"neike/internal/view"
)

// Lists whose views people keep.
const (
	listDeliveries = "deliveries"
	listStandings  = "standings"
)

// offerViews lets people keep views of the room's lists, for themselves or with a unit.
func (s *Service) offerViews() {
	s.View.Register(view.List{Code: listDeliveries, Path: "/deliveries", Label: "delivery.title", Count: func(ctx context.Context, query url.Values, most int) (int, error) {
		var in asking
		if err := web.DecodeQuery(query, &in); err != nil {
			return 0, err
		}
		in.Cursor = ""
		if in.View == "all" {
			in.View = ""
		}
		f, err := in.filter()
		if err != nil {
			return 0, err
		}
		f.Limit = most
		page, err := s.List(ctx, f)
		return len(page.Items), err
	}})
	s.View.Register(view.List{Code: listStandings, Path: standingPath, Label: "delivery.standing.title", Count: func(ctx context.Context, query url.Values, most int) (int, error) {
		var in standingAsking
		if err := web.DecodeQuery(query, &in); err != nil {
			return 0, err
		}
		f := in.filter()
		f.Cursor, f.Limit = "", most
		page, err := s.Standings(ctx, f)
		return len(page.Items), err
	}})
}

// narrowed is what the address says beyond what every address of the list says: what a view would keep.
func (a asking) narrowed() url.Values {
	q := a.query()
	if len(q) == 2 && q.Get("view") != "" && q.Get("state") == "open" {
		return nil
	}
	return q
}
