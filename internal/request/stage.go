package request

import (
	"context"

	"neike/internal/catalog"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
)

// SetStage says how far the work is: a stage of the service by its code, or NoStage, with a few words if there is
// something to say. No clock hears of it, and it is no first response.
func (s *Service) SetStage(ctx context.Context, number int64, stage, why string, when When) (Request, error) {
	return s.turn(ctx, number, VerbStage, when, func(ctx context.Context, _ *sqldb.Tx, t *turn) error {
		snap, err := s.Catalog.Snapshot(ctx)
		if err != nil {
			return err
		}
		service, ok := snap.ByID(t.r.Service)
		if !ok || len(service.Policy.Stages) == 0 {
			return fault.New(fault.Conflict, "request.stage-none")
		}
		var f fault.Fields
		t.event.Code, t.event.Why = stageTo(&f, service, t.r.Stage, stage, why)
		if err := f.Err(); err != nil {
			return err
		}
		x, _ := service.StageOf(t.event.Code)
		t.said = func(a About) event.Event { return StageMoved{a, x.Code, x.Name.Zh, x.Name.En, x.Waits} }
		return nil
	})
}

// stageTag is a stage as lists and the page of a request show it; nil when there is none to show.
func stageTag(ctx context.Context, service *catalog.Service, code string, s State) *ui.TagProps {
	if service == nil || code == "" || !s.Open() {
		return nil
	}
	x, ok := service.StageOf(code)
	if !ok {
		return nil
	}
	if x.Waits {
		return &ui.TagProps{Text: x.Name.In(ctx), Icon: "hourglass", Tone: "line"}
	}
	return &ui.TagProps{Text: x.Name.In(ctx), Icon: "flag", Tone: "line"}
}

// stageOptions are the stages that a request can come to from the one it has.
func stageOptions(ctx context.Context, service *catalog.Service, now string) []ui.Option {
	var out []ui.Option
	for _, x := range service.Stages() {
		if x.Code != now {
			out = append(out, ui.Option{Value: x.Code, Text: x.Name.In(ctx)})
		}
	}
	if now != "" {
		out = append(out, ui.Option{Value: NoStage, Text: lang.T(ctx, "request.stage.none")})
	}
	return out
}

// serviceNow is a service as it is now; nil when there is none.
func (s *Service) serviceNow(ctx context.Context, id int64) *catalog.Service {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil
	}
	service, _ := snap.ByID(id)
	return service
}

// aimStage holds the stage that a filter names against the service that it names.
func (s *Service) aimStage(ctx context.Context, sc *scope, bad *fault.Fields) {
	if sc.Stage == "" || sc.Stage == NoStage {
		return
	}
	if sc.Service == "" {
		bad.Add("stage", "request.stage-of-what")
		return
	}
	if service := s.serviceNow(ctx, sc.service); service != nil {
		if _, ok := service.StageOf(sc.Stage); !ok {
			bad.Add("stage", "request.stage-unknown")
		}
	}
}

// stageFilter narrows a list of one service to a stage; false when that service has none.
func stageFilter(ctx context.Context, service *catalog.Service, chosen string) (ui.Filter, bool) {
	out := ui.Filter{Name: "stage", Label: lang.T(ctx, "request.filter.stage"), On: chosen != "", Options: []ui.Option{{Text: lang.T(ctx, "request.filter.any")}}}
	for _, x := range service.Policy.Stages {
		if !x.Retired || x.Code == chosen {
			out.Options = append(out.Options, ui.Option{Value: x.Code, Text: x.Name.In(ctx), Selected: x.Code == chosen})
		}
	}
	out.Options = append(out.Options, ui.Option{Value: NoStage, Text: lang.T(ctx, "request.stage.no"), Selected: chosen == NoStage})
	return out, len(out.Options) > 2
}
