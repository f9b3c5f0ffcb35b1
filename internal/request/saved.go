package request

import (
	"context"
	"net/url"

	"neike/internal/kit/web"
	"neike/internal/view"
)

// Lists whose views people keep.
const (
	listQueue    = "queue"
	listRequests = "requests"
)

// offerViews lets people keep views of the room's lists.
func (s *Service) offerViews() {
	s.View.Register(view.List{Code: listQueue, Path: "/queue", Label: "request.queue.title", Count: func(ctx context.Context, query url.Values, most int) (int, error) {
		in, f, err := askedBy(query)
		if err != nil {
			return 0, err
		}
		f.Limit = most
		page, err := s.Queue(ctx, in.View, f)
		return len(page.Items), err
	}})
	s.View.Register(view.List{Code: listRequests, Path: "/requests", Label: "request.list.title", Count: func(ctx context.Context, query url.Values, most int) (int, error) {
		in, f, err := askedBy(query)
		if err != nil {
			return 0, err
		}
		if f.Mine, f.Limit = in.View == "", most; in.View == "unit" {
			if f.Customer, err = s.myUnit(ctx); err != nil {
				return 0, err
			}
		}
		page, err := s.List(ctx, f)
		return len(page.Items), err
	}})
}

// askedBy reads the address of a list that is not open.
func askedBy(query url.Values) (asking, Filter, error) {
	var in asking
	err := web.DecodeQuery(query, &in)
	if err != nil {
		return in, Filter{}, err
	}
	f, err := in.filter()
	return in, f, err
}

// narrowed is what the address says beyond what every address of the list says: what a view would keep.
func (a asking) narrowed(path string) url.Values {
	q := a.query()
	plain := len(q) == 0 || len(q) == 1 && (path == "/queue" && q.Get("view") == ViewUnit || path == "/requests" && q.Get("state") == "open")
	if plain {
		return nil
	}
	return q
}
