package view

import (
	"context"
	"net/http"
	"strconv"

	"neike/internal/kit/fault"
	"neike/internal/kit/web"
)

type savedViewJSON struct {
	ID       string  `json:"id"`
	List     string  `json:"list" example:"queue"`
	Name     string  `json:"name"`
	Query    string  `json:"query" doc:"The part of the list's address behind the question mark" example:"service=finance.expense&state=new"`
	Unit     *string `json:"unit" doc:"Code of the unit it is shared with; null: the caller's own"`
	Standard bool    `json:"standard" doc:"It opens the list when nothing is asked"`
	Locked   bool    `json:"locked" doc:"Only heads and secretaries of the unit change it"`
}

type listInput struct {
	List string `query:"list" doc:"Code of the list; default: all"`
}

type listOutput struct{ Body web.Page[savedViewJSON] }

type viewOutput struct{ Body savedViewJSON }

type saveInput struct {
	Body struct {
		List     string `json:"list" example:"queue"`
		Name     string `json:"name" maxLength:"40"`
		Query    string `json:"query"`
		Unit     string `json:"unit,omitempty" doc:"Code; without it the view is the caller's own"`
		Standard bool   `json:"standard,omitempty"`
		Locked   bool   `json:"locked,omitempty"`
	}
}

type changeInput struct {
	ID   string `path:"id" doc:"Of the view" example:"890909715144960"`
	Body struct {
		Do   string `json:"do" enum:"up,down,rename,standard,lock,remove" example:"rename"`
		Name string `json:"name,omitempty" doc:"Of rename"`
	}
}

func (s *Service) api(m *web.Mux) {
	web.Op(m, web.Operation{ID: "list-saved-views", Method: http.MethodGet, Path: "/api/v1/views", Action: "view.see",
		Summary: "The caller's views of lists, and those of the units", Tag: "Views"}, s.getViews)
	web.Op(m, web.Operation{ID: "save-view", Method: http.MethodPost, Path: "/api/v1/views", Action: "view.save", Status: http.StatusCreated,
		Summary: "Save a view, or replace the one of that name", Tag: "Views"}, s.postView)
	web.Op(m, web.Operation{ID: "change-view", Method: http.MethodPost, Path: "/api/v1/views/{id}/change", Action: "view.save", Status: http.StatusNoContent,
		Summary: "Move, rename, lock, remove a view, or make it the standard", Tag: "Views"}, s.postChange)
}

func (s *Service) wire(ctx context.Context, v View) (savedViewJSON, error) {
	out := savedViewJSON{ID: strconv.FormatInt(v.ID, 10), List: v.List, Name: v.Name, Query: v.Query, Standard: v.Standard, Locked: v.Locked}
	if v.Unit == 0 {
		return out, nil
	}
	tree, err := s.org.Tree(ctx)
	if u, ok := tree.ByID(v.Unit); ok {
		out.Unit = &u.Code
	}
	return out, err
}

func (s *Service) getViews(ctx context.Context, in *listInput) (*listOutput, error) {
	views, err := s.Mine(ctx, in.List)
	if err != nil {
		return nil, err
	}
	out := &listOutput{Body: web.Page[savedViewJSON]{Items: make([]savedViewJSON, len(views))}}
	for i, v := range views {
		if out.Body.Items[i], err = s.wire(ctx, v); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Service) postView(ctx context.Context, in *saveInput) (*viewOutput, error) {
	b := in.Body
	v, _, err := s.Save(ctx, Input{List: b.List, Query: b.Query, Name: b.Name, Unit: b.Unit, Standard: b.Standard, Locked: b.Locked})
	if err != nil {
		return nil, err
	}
	body, err := s.wire(ctx, v)
	return &viewOutput{Body: body}, err
}

func (s *Service) postChange(ctx context.Context, in *changeInput) (*struct{}, error) {
	id, err := strconv.ParseInt(in.ID, 10, 64)
	if err != nil {
		return nil, fault.ErrNotFound
	}
	return nil, s.Change(ctx, id, Do(in.Body.Do), in.Body.Name)
}
