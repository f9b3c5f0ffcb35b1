package app

import (
	"context"
	"net/http"

	"neike/internal/kit/web"
)

type setupJSON struct {
	Steps    []setupStepJSON `json:"steps" nullable:"false"`
	Next     *string         `json:"next" doc:"The first step that is not done; null when all are" example:"people"`
	Finished bool            `json:"finished" doc:"Every step is done, or an administrator has said that it is enough"`
	Units    int             `json:"units" example:"24"`
	People   int             `json:"people" doc:"Active ones"`
	Services int             `json:"services"`
}

type setupStepJSON struct {
	Key  string `json:"key" enum:"company,calendar,people,packs,sight,entry"`
	Done bool   `json:"done" doc:"Follows from what there is"`
	Path string `json:"path" doc:"Of its page" example:"/settings/first-run/people"`
}

type setupOutput struct{ Body setupJSON }

func (a *App) setupAPI(m *web.Mux) {
	web.Op(m, web.Operation{ID: "get-setup", Method: http.MethodGet, Path: "/api/v1/setup", Action: "settings.change", Scope: "admin", Tag: "Settings",
		Summary: "How far the company is set up", Detail: "The steps from an empty house to the first request. Each step has calls of its own: the company, calendars, import, connections."}, a.getSetup)
	web.Op(m, web.Operation{ID: "settle-setup-step", Method: http.MethodPost, Path: "/api/v1/setup/{step}/settle", Action: "settings.change", Scope: "admin", Tag: "Settings",
		Summary: "Settle a step as it is", Detail: "calendar, sight and entry leave no other trace when things stay as they came; finished ends the set-up. A step that is settled stays so."}, a.postSetup)
}

func (a *App) getSetup(ctx context.Context, _ *struct{}) (*setupOutput, error) {
	s, err := a.setupNow(ctx)
	if err != nil {
		return nil, err
	}
	out := &setupOutput{setupJSON{Finished: s.over(), Units: s.Units, People: s.People, Services: s.Services}}
	for _, x := range s.Steps {
		out.Body.Steps = append(out.Body.Steps, setupStepJSON{x.Key, x.Done, x.href()})
	}
	if next, more := s.next(); more {
		out.Body.Next = &next.Key
	}
	return out, nil
}

func (a *App) postSetup(ctx context.Context, in *struct {
	Step string `path:"step" enum:"calendar,sight,entry,finished" doc:"Step, or finished" example:"calendar"`
}) (*setupOutput, error) {
	if err := a.Org.MarkSetup(ctx, in.Step); err != nil {
		return nil, err
	}
	return a.getSetup(ctx, nil)
}
