package request

import (
	"context"
	"net/http"
	"strconv"

	"neike/internal/catalog"
	"neike/internal/kit/web"
)

type (
	limitsJSON struct {
		Work     int    `json:"work" doc:"Requests in hand over all services of the unit; 0: no limit" example:"40"`
		WhenFull string `json:"when_full,omitempty" enum:"line,refuse" doc:"Beyond it: wait in line, or refused unless urgent; default line"`
		Hands    int    `json:"hands" doc:"Requests in the hands of one person; 0: no limit" example:"8"`
		Beyond   string `json:"beyond,omitempty" enum:"warn,block" doc:"One more than that: a warning, or refused but by the head with a reason; default warn"`
	}
	unitHandsInput struct {
		Code string `path:"code" doc:"Code of the unit" example:"it"`
	}
	limitsInput struct {
		Code string `path:"code" doc:"Code of the unit" example:"it"`
		web.IfMatch
		Body limitsJSON
	}
	personHandsJSON struct {
		Person string `json:"person" doc:"工号" example:"00123"`
		Name   string `json:"name"`
		InHand int    `json:"in_hand" doc:"Requests of this unit that the person works on"`
	}
	unitHandsOutput struct {
		ETag string `header:"ETag"`
		Body struct {
			Unit    string            `json:"unit" example:"it"`
			Waiting int               `json:"waiting" doc:"Requests that nobody has taken"`
			Taken   int               `json:"taken" doc:"Requests that somebody works on"`
			Limits  limitsJSON        `json:"limits"`
			People  []personHandsJSON `json:"people" doc:"The agents of the unit by 工号"`
		}
	}
)

// loadCalls adds the calls of the work in hand.
func (s *Service) loadCalls(m *web.Mux) {
	web.Op(m, web.Operation{ID: "get-unit-load", Method: http.MethodGet, Path: "/api/v1/units/{code}/load", Action: "request.load", Tag: "Requests",
		Summary: "What a unit and its people have in hand, for its agents and heads"}, func(ctx context.Context, in *unitHandsInput) (*unitHandsOutput, error) {
		h, err := s.Hands(ctx, in.Code)
		return wireHands(ctx, h, err)
	})
	s.capacityCalls(m)
	web.Op(m, web.Operation{ID: "set-unit-limits", Method: http.MethodPut, Path: "/api/v1/units/{code}/limits", Action: "request.limit", Tag: "Requests", Scope: "write",
		Summary: "How much a unit and each of its people have in hand at most", Detail: "Limits of single services stand in their policy."}, s.putLimits)
}

func (s *Service) putLimits(ctx context.Context, in *limitsInput) (*unitHandsOutput, error) {
	b := in.Body
	l := Limits{Work: b.Work, WhenFull: catalog.WhenFull(b.WhenFull), Hands: b.Hands, Beyond: b.Beyond}
	if l.WhenFull == "" {
		l.WhenFull = catalog.FullLine
	}
	if l.Beyond == "" {
		l.Beyond = BeyondWarn
	}
	if in.IfMatch.IfMatch != "" {
		h, err := s.Hands(ctx, in.Code)
		if err != nil {
			return nil, err
		}
		if err := in.Check(tagOf(h)); err != nil {
			return nil, err
		}
		l.Revision = h.Limits.Revision + 1
	}
	h, err := s.SetLimits(ctx, in.Code, l)
	return wireHands(ctx, h, err)
}

// tagOf is the ETag of a unit's limits.
func tagOf(h InHand) string {
	return web.ETag(h.Unit.Code+"/"+strconv.Itoa(h.Limits.Work), h.Limits.Revision)
}

func wireHands(ctx context.Context, h InHand, err error) (*unitHandsOutput, error) {
	if err != nil {
		return nil, err
	}
	out := &unitHandsOutput{ETag: tagOf(h)}
	out.Body.Unit, out.Body.Waiting, out.Body.Taken = h.Unit.Code, h.Fresh, h.Taken
	out.Body.Limits = limitsJSON{h.Limits.Work, string(h.Limits.WhenFull), h.Limits.Hands, h.Limits.Beyond}
	out.Body.People = make([]personHandsJSON, 0, len(h.People))
	for _, p := range h.People {
		out.Body.People = append(out.Body.People, personHandsJSON{p.No, p.Plain(ctx), p.Has})
	}
	return out, nil
}
