package phrase

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/web"
)

// phraseJSON is a phrase on the wire.
type phraseJSON struct {
	ID       string     `json:"id" example:"891135590400023"`
	Unit     *string    `json:"unit" doc:"Code; null: the caller's own" example:"finance"`
	Name     string     `json:"name" example:"缺发票"`
	TextZh   string     `json:"text_zh" example:"{asker}您好，{number} 还缺发票，请补上。"`
	TextEn   string     `json:"text_en"`
	Services []string   `json:"services" doc:"Codes; none: all"`
	Used     int64      `json:"used" doc:"Answers in which it stands"`
	UsedAt   *time.Time `json:"used_at"`
}

func (s *Service) wire(ctx context.Context, p Phrase) (phraseJSON, error) {
	j := phraseJSON{ID: strconv.FormatInt(p.ID, 10), Name: p.Name, TextZh: p.Text.Zh, TextEn: p.Text.En, Services: []string{}, Used: p.Used}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return j, err
	}
	if u, ok := tree.ByID(p.Unit); ok {
		j.Unit = &u.Code
	}
	snap, err := s.catalog.Snapshot(ctx)
	for _, id := range p.Services {
		if sv, ok := snap.ByID(id); ok {
			j.Services = append(j.Services, sv.Code)
		}
	}
	if !p.UsedAt.IsZero() {
		at := p.UsedAt.UTC()
		j.UsedAt = &at
	}
	return j, err
}

type phraseListInput struct {
	Code string `path:"code" doc:"Code of the unit" example:"finance"`
}

type phraseListOutput struct {
	Body web.Page[phraseJSON]
}

func (s *Service) list(ctx context.Context, unit string) (*phraseListOutput, error) {
	list, err := s.Of(ctx, unit)
	out := &phraseListOutput{Body: web.Page[phraseJSON]{Items: []phraseJSON{}}}
	for _, p := range list {
		j, err := s.wire(ctx, p)
		if err != nil {
			return nil, err
		}
		out.Body.Items = append(out.Body.Items, j)
	}
	return out, err
}

type phraseBody struct {
	Name     string   `json:"name" example:"缺发票"`
	TextZh   string   `json:"text_zh,omitempty" doc:"With {asker}, {number}, {due}, {me}, {service}" example:"{asker}您好，{number} 还缺发票，请补上。"`
	TextEn   string   `json:"text_en,omitempty"`
	Services []string `json:"services,omitempty" doc:"Codes; none: all"`
}

type phraseMake struct {
	Code string `path:"code" doc:"Code of the unit" example:"finance"`
	Body phraseBody
}

type phraseOwnMake struct {
	Body phraseBody
}

type phraseSet struct {
	web.IfMatch
	Code string `path:"code" doc:"Code of the unit" example:"finance"`
	ID   string `path:"id" doc:"The phrase" example:"891135590400023"`
	Body phraseBody
}

type phraseOwnSet struct {
	web.IfMatch
	ID   string `path:"id" doc:"The phrase" example:"891135590400023"`
	Body phraseBody
}

type phraseGone struct {
	Code string `path:"code" doc:"Code of the unit" example:"finance"`
	ID   string `path:"id" doc:"The phrase" example:"891135590400023"`
}

type phraseOwnGone struct {
	ID string `path:"id" doc:"The phrase" example:"891135590400023"`
}

type phraseOutput struct {
	ETag string `header:"ETag"`
	Body phraseJSON
}

func (s *Service) keep(ctx context.Context, unit, id string, b phraseBody, on web.IfMatch) (*phraseOutput, error) {
	number := int64(0)
	if id != "" {
		var err error
		if number, err = strconv.ParseInt(id, 10, 64); err != nil || number <= 0 {
			return nil, fault.ErrNotFound
		}
	}
	p, err := s.Save(ctx, unit, number, Input{b.Name, b.TextZh, b.TextEn, b.Services}, on)
	if err != nil {
		return nil, err
	}
	j, err := s.wire(ctx, p)
	return &phraseOutput{ETag: p.ETag(), Body: j}, err
}

func (s *Service) drop(ctx context.Context, unit, id string) (*struct{}, error) {
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return nil, fault.ErrNotFound
	}
	return nil, s.Remove(ctx, unit, number)
}

// api adds the JSON calls of the room.
func (s *Service) api(m *web.Mux) {
	const units, own, tag = "/api/v1/units/{code}/phrases", "/api/v1/me/phrases", "Phrases"
	web.Op(m, web.Operation{ID: "list-unit-phrases", Method: http.MethodGet, Path: units, Action: "phrase.see", Tag: tag, Summary: "What a unit says often"},
		func(ctx context.Context, in *phraseListInput) (*phraseListOutput, error) { return s.list(ctx, in.Code) })
	web.Op(m, web.Operation{ID: "list-own-phrases", Method: http.MethodGet, Path: own, Action: "phrase.own", Tag: tag, Summary: "What one says often oneself"},
		func(ctx context.Context, _ *struct{}) (*phraseListOutput, error) { return s.list(ctx, "") })
	web.Op(m, web.Operation{ID: "make-unit-phrase", Method: http.MethodPost, Path: units, Action: "phrase.edit", Tag: tag, Status: http.StatusCreated, Summary: "Keep a phrase for a unit"},
		func(ctx context.Context, in *phraseMake) (*phraseOutput, error) {
			return s.keep(ctx, in.Code, "", in.Body, web.IfMatch{})
		})
	web.Op(m, web.Operation{ID: "make-own-phrase", Method: http.MethodPost, Path: own, Action: "phrase.own", Tag: tag, Status: http.StatusCreated, Summary: "Keep a phrase for oneself"},
		func(ctx context.Context, in *phraseOwnMake) (*phraseOutput, error) {
			return s.keep(ctx, "", "", in.Body, web.IfMatch{})
		})
	web.Op(m, web.Operation{ID: "set-unit-phrase", Method: http.MethodPut, Path: units + "/{id}", Action: "phrase.edit", Tag: tag, Summary: "Change a phrase of a unit"},
		func(ctx context.Context, in *phraseSet) (*phraseOutput, error) {
			return s.keep(ctx, in.Code, in.ID, in.Body, in.IfMatch)
		})
	web.Op(m, web.Operation{ID: "set-own-phrase", Method: http.MethodPut, Path: own + "/{id}", Action: "phrase.own", Tag: tag, Summary: "Change a phrase of one's own"},
		func(ctx context.Context, in *phraseOwnSet) (*phraseOutput, error) {
			return s.keep(ctx, "", in.ID, in.Body, in.IfMatch)
		})
	web.Op(m, web.Operation{ID: "remove-unit-phrase", Method: http.MethodDelete, Path: units + "/{id}", Action: "phrase.edit", Tag: tag, Status: http.StatusNoContent, Summary: "Take a phrase of a unit away"},
		func(ctx context.Context, in *phraseGone) (*struct{}, error) { return s.drop(ctx, in.Code, in.ID) })
	web.Op(m, web.Operation{ID: "remove-own-phrase", Method: http.MethodDelete, Path: own + "/{id}", Action: "phrase.own", Tag: tag, Status: http.StatusNoContent, Summary: "Take a phrase of one's own away"},
		func(ctx context.Context, in *phraseOwnGone) (*struct{}, error) { return s.drop(ctx, "", in.ID) })
}
