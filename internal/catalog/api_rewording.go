package catalog

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/web"
)

type rewordingBody struct {
	Name             *textJSON `json:"name,omitempty"`
	Description      *textJSON `json:"description,omitempty"`
	Inputs           *textJSON `json:"inputs,omitempty" doc:"What to bring or have ready"`
	Deliverable      *textJSON `json:"deliverable,omitempty"`
	QualityCriterion *textJSON `json:"quality_criterion,omitempty"`
	Effort           *textJSON `json:"effort,omitempty" doc:"What it takes the unit to do"`
	Schedule         *Schedule `json:"schedule,omitempty" doc:"Of a standing service"`
	Topic            *string   `json:"topic,omitempty" doc:"Code of a topic; empty: as the name suggests" example:"money"`
}

type rewordingJSON struct {
	Code       string     `json:"code" example:"hr.onboard"`
	State      State      `json:"state" enum:"draft,review"`
	Words      Words      `json:"words" doc:"As they will be: what the change does not touch is as it is live now"`
	Live       Words      `json:"live" doc:"As they are"`
	Changed    []string   `json:"changed" doc:"The parts that differ"`
	Both       []string   `json:"changed_on_both_sides" doc:"Parts that were changed in the live service, too, since the change was begun"`
	ChangedAt  time.Time  `json:"changed_at"`
	ProposedAt *time.Time `json:"proposed_at"`
	SentBack   string     `json:"sent_back,omitempty" doc:"Why the reviewer sent it back"`
}

type rewordingOutput struct {
	ETag string `header:"ETag"`
	Body rewordingJSON
}

type rewordingInput struct {
	Code string `path:"code" doc:"Code of the service" example:"hr.onboard"`
	web.IfMatch
	Body rewordingBody
}

type rewordingStep struct {
	Code string `path:"code" doc:"Code of the service" example:"hr.onboard"`
	web.IfMatch
}

type sendBackWords struct {
	Code string `path:"code" doc:"Code of the service" example:"hr.onboard"`
	web.IfMatch
	Body struct {
		Reason string `json:"reason" example:"请写明多久能拿到"`
	}
}

func (c *Catalog) mountRewording(m *web.Mux, tag string) {
	const at = "/api/v1/services/{code}/change"
	web.Op(m, web.Operation{ID: "get-service-change", Method: http.MethodGet, Path: at, Action: doPropose, Tag: tag,
		Summary: "The words of a live service as they are to become, beside those it has"}, c.getRewording)
	web.Op(m, web.Operation{ID: "put-service-change", Method: http.MethodPut, Path: at, Action: doPropose, Tag: tag, Scope: "write",
		Summary: "Prepare other words for a live service, which stays as it is",
		Detail:  "A part that is left out stays as it was prepared, or as it is live. Words like the live ones end the change: 404."}, c.putRewording)
	web.Op(m, web.Operation{ID: "drop-service-change", Method: http.MethodDelete, Path: at, Action: doPropose, Tag: tag, Scope: "write",
		Summary: "Throw a prepared change away", Status: http.StatusNoContent}, c.deleteRewording)
	web.Op(m, web.Operation{ID: "propose-service-change", Method: http.MethodPost, Path: at + "/propose", Action: doPropose, Tag: tag, Scope: "write",
		Summary: "Hand a prepared change over for review"}, c.postProposeWords)
	web.Op(m, web.Operation{ID: "send-back-service-change", Method: http.MethodPost, Path: at + "/send-back", Action: doApprove, Tag: tag, Scope: "write",
		Summary: "Send a change back to whoever proposed it, with the reason"}, c.postSendBackWords)
	web.Op(m, web.Operation{ID: "publish-service-change", Method: http.MethodPost, Path: at + "/publish", Action: doApprove, Tag: tag, Scope: "write",
		Summary: "Let a prepared change take the place of the live words"}, c.postPublishWords)
}

// stampIn reads which state of a change the caller saw.
func stampIn(m web.IfMatch) (int64, error) {
	if m.IfMatch == "" {
		return anyStamp, nil
	}
	n, err := strconv.ParseInt(strings.Trim(strings.TrimPrefix(strings.TrimSpace(m.IfMatch), "W/"), `"`), 10, 64)
	if err != nil || n <= 0 {
		return 0, fault.New(fault.Precondition, "web.changed-meanwhile")
	}
	return n, nil
}

func wireRewording(s *Service, r Rewording) *rewordingOutput {
	live := wordsOf(s)
	next, both := r.over(live)
	if both == nil {
		both = []string{}
	}
	out := &rewordingOutput{ETag: `"` + stampText(r.Stamp) + `"`}
	out.Body = rewordingJSON{Code: s.Code, State: r.State, Words: next, Live: live, Changed: changedParts(live, next), Both: both, ChangedAt: r.At, SentBack: r.SentBack}
	if !r.ProposedAt.IsZero() {
		out.Body.ProposedAt = &r.ProposedAt
	}
	return out
}

// changedParts names the parts that differ.
func changedParts(a, b Words) []string {
	out := []string{}
	for _, p := range wordParts {
		if *p.of(&a) != *p.of(&b) {
			out = append(out, p.name)
		}
	}
	if a.Topic != b.Topic {
		out = append(out, partTopic)
	}
	if a.Schedule != b.Schedule {
		out = append(out, schedulePart)
	}
	return slices.Clip(out)
}

func (c *Catalog) getRewording(ctx context.Context, in *codeInput) (*rewordingOutput, error) {
	s, r, err := c.RewordingOf(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	return wireRewording(s, r), nil
}

func (c *Catalog) putRewording(ctx context.Context, in *rewordingInput) (*rewordingOutput, error) {
	stamp, err := stampIn(in.IfMatch)
	if err != nil {
		return nil, err
	}
	s, err := c.Visible(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	w := wordsOf(s)
	if _, r, err := c.RewordingOf(ctx, in.Code); err == nil {
		w, _ = r.over(w)
	} else if fault.KindOf(err) != fault.NotFound {
		return nil, err
	}
	b := in.Body
	for _, x := range []struct {
		from *textJSON
		to   *lang.Text
	}{{b.Name, &w.Name}, {b.Description, &w.Description}, {b.Inputs, &w.Inputs}, {b.Deliverable, &w.Deliverable}, {b.QualityCriterion, &w.Criterion}, {b.Effort, &w.Effort}} {
		if x.from != nil {
			*x.to = x.from.text()
		}
	}
	if b.Schedule != nil {
		w.Schedule = *b.Schedule
	}
	if b.Topic != nil {
		w.Topic = *b.Topic
	}
	s, r, err := c.Reword(ctx, in.Code, w, stamp)
	if err == nil && r.Stamp == 0 {
		err = fault.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return wireRewording(s, r), nil
}

func (c *Catalog) deleteRewording(ctx context.Context, in *rewordingStep) (*struct{}, error) {
	stamp, err := stampIn(in.IfMatch)
	if err == nil {
		_, err = c.DropWords(ctx, in.Code, stamp)
	}
	return nil, err
}

func (c *Catalog) postProposeWords(ctx context.Context, in *rewordingStep) (*rewordingOutput, error) {
	stamp, err := stampIn(in.IfMatch)
	if err != nil {
		return nil, err
	}
	s, r, err := c.ProposeWords(ctx, in.Code, stamp)
	if err != nil {
		return nil, err
	}
	return wireRewording(s, r), nil
}

func (c *Catalog) postSendBackWords(ctx context.Context, in *sendBackWords) (*rewordingOutput, error) {
	stamp, err := stampIn(in.IfMatch)
	if err != nil {
		return nil, err
	}
	s, r, err := c.SendBackWords(ctx, in.Code, in.Body.Reason, stamp)
	if err != nil {
		return nil, err
	}
	return wireRewording(s, r), nil
}

func (c *Catalog) postPublishWords(ctx context.Context, in *rewordingStep) (*serviceOutput, error) {
	stamp, err := stampIn(in.IfMatch)
	if err != nil {
		return nil, err
	}
	s, err := c.PublishWords(ctx, in.Code, stamp)
	return c.answer(ctx, s, http.StatusOK, err)
}
