package app

import (
	"context"
	"net/http"

	"neike/internal/kit/fault"
	"neike/internal/kit/web"
)

type searchInput struct {
	web.Paging
	Q    string `query:"q" required:"true" maxLength:"100" doc:"Words, pinyin or its initials, or a number: R-1024" example:"报销"`
	Kind string `query:"kind" enum:"person,unit,service,article,place,request,delivery,promise" doc:"One kind; without it a few of each, and no next page"`
}

type searchOutput struct{ Body web.Page[foundJSON] }

type foundJSON struct {
	Kind  string  `json:"kind" enum:"person,unit,service,article,place,request,delivery,promise"`
	Ref   string  `json:"ref" doc:"工号 (or its stand-in), code, or number" example:"R-1024"`
	Title string  `json:"title" doc:"In the asked language"`
	Note  string  `json:"note" doc:"Where it belongs"`
	State *string `json:"state" doc:"Of a request, in words"`
	Path  string  `json:"path" doc:"Of its page" example:"/requests/R-1024"`
}

func (a *App) searchAPI(m *web.Mux) {
	web.Op(m, web.Operation{ID: "search", Method: http.MethodGet, Path: "/api/v1/search", Action: "search.use", Scope: "read", Tag: "Search",
		Summary: "Who does this? Find people, units, services, articles, places, requests and deliveries", Detail: "Only what the caller may see. Requests are found by number, title, service, units and the texts of their form, newest first and page by page; people, units, services, articles and places by name, by what people call them, pinyin and initials."}, a.getSearch)
}

func (a *App) getSearch(ctx context.Context, in *searchInput) (*searchOutput, error) {
	f, err := a.finderFor(ctx, in.Q)
	if err != nil {
		return nil, err
	}
	if f.query == "" {
		var bad fault.Fields
		bad.Add("q", "form.required")
		return nil, bad.Err()
	}
	var groups []group
	out := &searchOutput{Body: web.Page[foundJSON]{Items: []foundJSON{}}}
	if in.Kind == "" {
		groups, err = f.all(ctx, inGroup)
	} else {
		var g group
		g, err = f.of(ctx, in.Kind, in.Cursor, in.Size())
		groups, out.Body.NextCursor = []group{g}, g.next
	}
	if err != nil {
		return nil, err
	}
	if in.Kind == "" && len(groups) == 0 {
		if err := a.Article.Missed(ctx, f.query); err != nil {
			return nil, err
		}
	}
	for _, g := range groups {
		for _, h := range g.hits {
			x := foundJSON{Kind: h.kind, Ref: h.ref, Title: h.title, Note: h.note, Path: h.href}
			if h.state != nil {
				x.State = &h.state.Text
			}
			out.Body.Items = append(out.Body.Items, x)
		}
	}
	return out, nil
}
