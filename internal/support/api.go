package support

import (
	"context"
	"net/http"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/web"
)

type supportCaseJSON struct {
	Ref      string            `json:"ref" example:"P-7KQ2M4XWZA"`
	Service  string            `json:"service" doc:"Code"`
	Role     string            `json:"role" enum:"asker,supporter" doc:"What the reader is in it"`
	With     string            `json:"with" doc:"工号 of the other one"`
	State    State             `json:"state" enum:"open,closed"`
	OpenedAt time.Time         `json:"opened_at"`
	EraseAt  time.Time         `json:"erase_at" doc:"When all of it goes"`
	Words    []supportWordJSON `json:"words,omitempty"`
}

type supportWordJSON struct {
	By   string    `json:"by" enum:"asker,supporter"`
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

type caseOutput struct {
	Status int
	Body   supportCaseJSON
}

type casesOutput struct{ Body web.Page[supportCaseJSON] }

// SupportRefInput is the name of a case in an address. It is embedded: huma fills exported types alone.
type SupportRefInput struct {
	Ref string `path:"ref" doc:"Of the case" example:"P-7KQ2M4XWZA"`
}

type supportAskInput struct {
	Body struct {
		Service   string `json:"service,omitempty" doc:"Code of a personal-support service" example:"hr.counsel"`
		Supporter string `json:"supporter,omitempty" doc:"工号 of one of its supporters" example:"1024"`
		Text      string `json:"text,omitempty" example:"想找人聊聊"`
	}
}

type supportSayInput struct {
	SupportRefInput
	Body struct {
		Text string `json:"text,omitempty" example:"今天下午有空吗"`
	}
}

type supportPassInput struct {
	SupportRefInput
	Body struct {
		Supporter string `json:"supporter,omitempty" doc:"工号 of another supporter of the service" example:"1025"`
	}
}

// api adds the calls of the room: no line in the access log, no answer kept for a repeated key.
func (s *Service) api(m *web.Mux) {
	op := func(id, method, path, action, summary string) web.Operation {
		return web.Operation{ID: id, Method: method, Path: "/api/v1/support" + path, Action: action, Tag: "Personal support", Summary: summary, Quiet: true, Own: true, Secret: method != http.MethodGet}
	}
	web.Op(m, op("list-support", http.MethodGet, "", doAsk, "One's own cases, asked or supported"), s.getCases)
	web.Op(m, op("ask-support", http.MethodPost, "", doAsk, "Write to a supporter"), s.postCase)
	web.Op(m, op("get-support", http.MethodGet, "/{ref}", doSee, "A case with its words"), s.getCase)
	web.Op(m, op("say-support", http.MethodPost, "/{ref}/say", doSee, "Write in a case"), func(ctx context.Context, in *supportSayInput) (*caseOutput, error) {
		c, err := s.Say(ctx, in.Ref, in.Body.Text)
		return s.answer(ctx, c, nil, http.StatusOK, err)
	})
	web.Op(m, op("close-support", http.MethodPost, "/{ref}/close", doSee, "End a case"), func(ctx context.Context, in *SupportRefInput) (*caseOutput, error) {
		c, err := s.Close(ctx, in.Ref)
		return s.answer(ctx, c, nil, http.StatusOK, err)
	})
	web.Op(m, op("pass-support", http.MethodPost, "/{ref}/pass", doSee, "Choose another supporter"), func(ctx context.Context, in *supportPassInput) (*caseOutput, error) {
		c, err := s.Pass(ctx, in.Ref, in.Body.Supporter)
		return s.answer(ctx, c, nil, http.StatusOK, err)
	})
}

func (s *Service) postCase(ctx context.Context, in *supportAskInput) (*caseOutput, error) {
	c, err := s.Ask(ctx, in.Body.Service, in.Body.Supporter, in.Body.Text)
	return s.answer(ctx, c, nil, http.StatusCreated, err)
}

func (s *Service) getCase(ctx context.Context, in *SupportRefInput) (*caseOutput, error) {
	c, words, err := s.Case(ctx, in.Ref)
	return s.answer(ctx, c, words, http.StatusOK, err)
}

func (s *Service) getCases(ctx context.Context, _ *struct{}) (*casesOutput, error) {
	list, err := s.Mine(ctx)
	if err != nil {
		return nil, err
	}
	out := &casesOutput{Body: web.Page[supportCaseJSON]{Items: []supportCaseJSON{}}}
	for _, c := range list {
		one, err := s.answer(ctx, c, nil, 0, nil)
		if err != nil {
			return nil, err
		}
		out.Body.Items = append(out.Body.Items, one.Body)
	}
	return out, nil
}

func (s *Service) answer(ctx context.Context, c Case, words []Word, status int, err error) (*caseOutput, error) {
	if err != nil {
		return nil, err
	}
	out := &caseOutput{Status: status, Body: supportCaseJSON{Ref: c.Ref, State: c.State, Role: "supporter", OpenedAt: c.Opened.UTC(), EraseAt: c.Erase.UTC()}}
	other := c.Asker
	if actor.From(ctx).Person == c.Asker {
		out.Body.Role, other = "asker", c.Supporter
	}
	people, err := s.names(ctx, []int64{other})
	if err != nil {
		return nil, err
	}
	out.Body.With = people[other].No
	snap, err := s.catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	if x, ok := snap.ByID(c.Service); ok {
		out.Body.Service = x.Code
	}
	for _, w := range words {
		by := "supporter"
		if w.ByAsker {
			by = "asker"
		}
		out.Body.Words = append(out.Body.Words, supportWordJSON{By: by, Text: w.Text, At: w.At.UTC()})
	}
	return out, nil
}
