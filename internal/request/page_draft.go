package request

import (
	"context"
	"net/http"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// submitDraft keeps the form as it stands, with the files that came with it, unchecked.
func (s *Service) submitDraft(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in asked
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	service, err := s.Catalog.Visible(ctx, in.Service)
	if err != nil {
		return err
	}
	values, files, err := web.Input(r)
	if err != nil {
		return err
	}
	fields, err := s.answersOf(ctx, service.Form, values, files)
	if err != nil {
		return err
	}
	in.Once = ""
	kept, _, err := s.draftFor(ctx, service.ID)
	if err != nil {
		return err
	}
	if x, ok := s.onward(ctx, service.ID, in.Began, kept.Typed.Began); ok {
		in.Began = s.sealed(ctx, service.ID, x)
	} else {
		in.Began = kept.Typed.Began
	}
	if err := s.KeepDraft(ctx, Draft{Code: in.Service, Title: in.Title, Typed: in, Fields: fields}); err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "request.draft.saved"), "")
	return web.See(w, r, "/requests/new")
}

// submitDiscard throws the draft of a service away and shows its empty form.
func (s *Service) submitDiscard(w http.ResponseWriter, r *http.Request) error {
	var in asked
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	err := s.DropDraft(r.Context(), in.Service)
	if err != nil && fault.KindOf(err) != fault.NotFound { // pressed twice
		return err
	}
	web.Toast(w, r, lang.T(r.Context(), "request.draft.gone"), "")
	return web.See(w, r, "/requests/new")
}

// begun are the reader's drafts as the page of services offers them.
func (s *Service) begun(ctx context.Context, tree *org.Tree) ([]offer, error) {
	drafts, err := s.Drafts(ctx)
	if err != nil || len(drafts) == 0 {
		return nil, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	var out []offer
	for _, d := range drafts {
		service, ok := snap.ByID(d.Service)
		if !ok {
			continue
		}
		o := offerOf(ctx, tree, service)
		o.Note = lang.T(ctx, "request.draft.line", "when", lang.Short(ctx, d.SavedAt))
		if d.Title != "" {
			o.Name += lang.T(ctx, "request.because", "why", d.Title)
		}
		out = append(out, o)
	}
	return out, nil
}

type draftJSON struct {
	Service      string         `json:"service" example:"it.incident"`
	Title        string         `json:"title"`
	Fields       map[string]any `json:"fields" doc:"Answers of the service's form as they were typed, unchecked"`
	CustomerUnit string         `json:"customer_unit,omitempty"`
	OnBehalfOf   string         `json:"on_behalf_of,omitempty"`
	SavedAt      time.Time      `json:"saved_at"`
}

type draftsOutput struct {
	Body struct {
		Items []draftJSON `json:"items"`
	}
}

func (s *Service) getDrafts(ctx context.Context, _ *struct{}) (*draftsOutput, error) {
	drafts, err := s.Drafts(ctx)
	if err != nil {
		return nil, err
	}
	out := &draftsOutput{}
	out.Body.Items = make([]draftJSON, 0, len(drafts))
	for _, d := range drafts {
		out.Body.Items = append(out.Body.Items, draftJSON{Service: d.Code, Title: d.Title, Fields: d.Fields, CustomerUnit: d.Typed.Unit, OnBehalfOf: d.Typed.For, SavedAt: d.SavedAt})
	}
	return out, nil
}

type draftInput struct {
	Service string `path:"service" doc:"Code of the service" example:"it.incident"`
	Body    struct {
		Title        string         `json:"title,omitempty" maxLength:"200" example:"打印机卡纸"`
		Fields       map[string]any `json:"fields,omitempty"`
		CustomerUnit string         `json:"customer_unit,omitempty"`
		OnBehalfOf   string         `json:"on_behalf_of,omitempty"`
	}
}

func (s *Service) putDraft(ctx context.Context, in *draftInput) (*struct{}, error) {
	b := in.Body
	return nil, s.KeepDraft(ctx, Draft{Code: in.Service, Title: b.Title, Fields: b.Fields,
		Typed: asked{Service: in.Service, Title: b.Title, Unit: b.CustomerUnit, For: b.OnBehalfOf}})
}

type draftPath struct {
	Service string `path:"service" doc:"Code of the service" example:"it.incident"`
}

func (s *Service) deleteDraft(ctx context.Context, in *draftPath) (*struct{}, error) {
	return nil, s.DropDraft(ctx, in.Service)
}
