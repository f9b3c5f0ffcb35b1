package delivery

import (
	"context"
	"net/http"
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
		if err := decoded(query, &in); err != nil {
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
		if err := decoded(query, &in); err != nil {
			return 0, err
		}
		f := in.filter()
		f.Cursor, f.Limit = "", most
		page, err := s.Standings(ctx, f)
		return len(page.Items), err
	}})
}

// decoded reads the address of a list that is not open.
func decoded(query url.Values, in any) error {
	return web.Decode(&http.Request{Method: http.MethodGet, URL: &url.URL{RawQuery: query.Encode()}}, in)
}

// narrowed is what the address says beyond what every address of the list says: what a view would keep.
func (a asking) narrowed() url.Values {
	q := a.query()
	if len(q) == 2 && q.Get("view") != "" && q.Get("state") == "open" {
		return nil
	}
	return q
}

// standard sends whoever opens a list without a word to the view that opens it, if there is one.
func (s *Service) standard(w http.ResponseWriter, r *http.Request, list string) (sent bool, err error) {
	if r.URL.RawQuery != "" || web.IsHTMX(r) {
		return false, nil
	}
	query, err := s.View.StandardQuery(r.Context(), list)
	if err != nil || query == "" {
		return false, err
	}
	return true, web.See(w, r, r.URL.Path+"?"+query)
}
