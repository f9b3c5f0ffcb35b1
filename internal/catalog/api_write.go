package catalog

import (
	"context"
	"net/http"
	"strings"

	"neike/internal/calendar"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/web"
)

type serviceInput struct {
	web.IfMatch
	Body definitionJSON
}

type definitionJSON struct {
	Code             string             `json:"code" example:"hr.onboard"`
	Unit             string             `json:"unit,omitempty" doc:"Code of the unit; default: what stands before the first dot of the code"`
	Name             *textJSON          `json:"name,omitempty"`
	Description      *textJSON          `json:"description,omitempty"`
	Kind             string             `json:"kind,omitempty" enum:"request,standing" doc:"Default request"`
	State            string             `json:"state,omitempty" enum:"draft,live" doc:"Default live"`
	Form             *formBody          `json:"form,omitempty" doc:"An object with fields, or the list of fields"`
	Standard         *standardJSON      `json:"standard,omitempty"`
	Standards        *packStandardsJSON `json:"standards,omitempty" doc:"As in a service pack; one of standard and standards"`
	Schedule         *Schedule          `json:"schedule,omitempty"`
	Deliverable      *textJSON          `json:"deliverable,omitempty"`
	QualityCriterion *textJSON          `json:"quality_criterion,omitempty"`
	Inputs           *textJSON          `json:"inputs,omitempty" doc:"What to bring or have ready"`
	Effort           *textJSON          `json:"effort,omitempty" doc:"What it takes the unit to do"`
	Topic            *string            `json:"topic,omitempty" doc:"Code of what it is about, of the company's list; empty: as the name suggests" example:"people"`
	Policy           *policyJSON        `json:"policy,omitempty" doc:"As a whole: what is left out inside takes its usual value"`
}

// packStandardsJSON is a standard as service packs write it: targets in per cent.
type packStandardsJSON struct {
	Response            *calendar.Duration `json:"response,omitempty"`
	ResponseTargetPct   float64            `json:"response_target_pct,omitempty" example:"95"`
	Completion          *calendar.Duration `json:"completion,omitempty"`
	CompletionTargetPct float64            `json:"completion_target_pct,omitempty" example:"90"`
	Quality             *packQualityJSON   `json:"quality,omitempty"`

	NextResponse          *calendar.Duration `json:"next_response,omitempty"`
	NextResponseTargetPct float64            `json:"next_response_target_pct,omitempty" example:"90"`
}

type packQualityJSON struct {
	Metric    textJSON `json:"metric"`
	TargetPct float64  `json:"target_pct" example:"98"`
}

func (j standardJSON) standard() Standard {
	std := Standard{ResponseTarget: j.ResponseTarget, CompletionTarget: j.CompletionTarget, NextResponseTarget: j.NextResponseTarget}
	if j.NextResponse != nil {
		std.NextResponse = *j.NextResponse
	}
	if j.Response != nil {
		std.Response = *j.Response
	}
	if j.Completion != nil {
		std.Completion = *j.Completion
	}
	if j.Accuracy != nil {
		std.Metric, std.Accuracy = j.Accuracy.Metric.text(), j.Accuracy.Target
	}
	std.ResponseCalendar, std.CompletionCalendar, std.Satisfaction, std.MinN = j.ResponseCalendar, j.CompletionCalendar, j.Satisfaction, j.MinN
	if j.Measured != nil {
		std.Measured = j.Measured.text()
	}
	if j.Urgent != nil && j.Urgent.Response != nil {
		std.Urgent.Response = *j.Urgent.Response
	}
	if j.Urgent != nil && j.Urgent.Completion != nil {
		std.Urgent.Completion = *j.Urgent.Completion
	}
	if j.Urgent != nil && j.Urgent.NextResponse != nil {
		std.Urgent.NextResponse = *j.Urgent.NextResponse
	}
	return std
}

func (j packStandardsJSON) standard() Standard {
	std := standardJSON{Response: j.Response, ResponseTarget: j.ResponseTargetPct / 100, Completion: j.Completion, CompletionTarget: j.CompletionTargetPct / 100,
		NextResponse: j.NextResponse, NextResponseTarget: j.NextResponseTargetPct / 100}.standard()
	if j.Quality != nil {
		std.Metric, std.Accuracy = j.Quality.Metric.text(), j.Quality.TargetPct/100
	}
	return std
}

// definition is what the body says, on top of what the service says already (nil: there is none).
func (j definitionJSON) definition(old *Service) Definition {
	d := Definition{Code: strings.TrimSpace(j.Code), Unit: j.Unit, Kind: Kind(j.Kind), State: State(j.State)}
	if old != nil {
		d.Name, d.Description, d.Schedule, d.Deliverable, d.Criterion = old.Name, old.Description, old.Schedule, old.Deliverable, old.Criterion
		d.Inputs, d.Effort, d.Topic = old.Inputs, old.Effort, old.Topic
	} else {
		if d.Unit == "" {
			d.Unit, _, _ = strings.Cut(d.Code, ".")
		}
		if d.Kind == "" {
			d.Kind = OnRequest
		}
	}
	for _, x := range []struct {
		from *textJSON
		to   *lang.Text
	}{{j.Name, &d.Name}, {j.Description, &d.Description}, {j.Deliverable, &d.Deliverable}, {j.QualityCriterion, &d.Criterion}, {j.Inputs, &d.Inputs}, {j.Effort, &d.Effort}} {
		if x.from != nil {
			*x.to = x.from.text()
		}
	}
	if j.Topic != nil {
		d.Topic = strings.TrimSpace(*j.Topic)
	}
	if j.Schedule != nil {
		d.Schedule = *j.Schedule
	}
	if j.Policy != nil {
		p := j.Policy.policy()
		d.Policy = &p
	}
	if j.Form != nil {
		f := j.Form.form()
		d.Form = &f
	}
	switch {
	case j.Standard != nil:
		std := j.Standard.standard()
		d.Standard = &std
	case j.Standards != nil:
		std := j.Standards.standard()
		d.Standard = &std
	}
	return d
}

func (c *Catalog) postService(ctx context.Context, in *serviceInput) (*serviceOutput, error) {
	var f fault.Fields
	if in.Body.State != "" && in.Body.State != string(Draft) && in.Body.State != string(Live) {
		f.Add("state", "catalog.state-unknown", "given", clip(in.Body.State, 20))
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	old, revision := (*Service)(nil), 0
	if s, ok := snap.ByCode(strings.TrimSpace(in.Body.Code)); ok && c.may(ctx, writing(s), s) == nil {
		old = s
		if err := in.Check(etag(s)); err != nil {
			return nil, err
		}
		if in.IfMatch.IfMatch != "" {
			revision = s.Revision
		}
	}
	s, created, err := c.Write(ctx, in.Body.definition(old), revision)
	status := http.StatusOK
	if created {
		status = http.StatusCreated
	}
	return c.answer(ctx, s, status, err)
}

type standardInput struct {
	Code string `path:"code" doc:"Code of the service" example:"hr.onboard"`
	web.IfMatch
	Body setStandardBody
}

type setStandardBody struct {
	standardJSON
	Open string `json:"open,omitempty" enum:"carry,from_start" doc:"Let open requests have the new times, too: carry counts what is used so far, from_start counts as if they had held from the beginning; default: only requests opened from now on"`
}

func (c *Catalog) putStandard(ctx context.Context, in *standardInput) (*serviceOutput, error) {
	s, err := c.Visible(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	revision := 0
	if in.IfMatch.IfMatch != "" {
		if err := in.Check(etag(s)); err != nil {
			return nil, err
		}
		revision = s.Revision
	}
	s, err = c.SetStandardFor(ctx, in.Code, in.Body.standard(), revision, in.Body.Open)
	return c.answer(ctx, s, http.StatusOK, err)
}
