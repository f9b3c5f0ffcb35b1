package catalog

import (
	"context"
	"net/http"
	"time"

	"neike/internal/clock"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/stat"
	"neike/internal/kit/web"
)

func (c *Catalog) mountTrials(m *web.Mux, tag string) {
	web.Op(m, web.Operation{ID: "dry-run-standard", Method: http.MethodPost, Path: "/api/v1/services/{code}/standard/dry-run", Action: doDraft, Tag: tag, Scope: "write",
		Summary: "What would have been: replay past requests under a standard",
		Detail:  "Every request due in the span is replayed, none is sampled; no record changes. A large one goes on by itself: `state` is `running` then, ask again with its `id`."}, c.postTrial)
	web.Op(m, web.Operation{ID: "get-dry-run", Method: http.MethodGet, Path: "/api/v1/services/{code}/standard/dry-run", Action: doDraft, Tag: tag,
		Summary: "A dry run of a standard, with how far it is"}, c.getTrial)
	web.Op(m, web.Operation{ID: "list-dry-run-cases", Method: http.MethodGet, Path: "/api/v1/services/{code}/standard/dry-run/cases", Action: doDraft, Tag: tag,
		Summary: "Exactly the requests, or the turns of them, that would be on the other side"}, c.getTrialCases)
}

type trialInput struct {
	Code string `path:"code" doc:"Code of the service" example:"hr.onboard"`
	Body struct {
		Standard standardJSON `json:"standard"`
		From     string       `json:"from,omitempty" doc:"First day, 2026-07-01; default: last quarter" example:"2026-07-01"`
		To       string       `json:"to,omitempty" doc:"Last day" example:"2026-09-30"`
	}
}

type trialSideJSON struct {
	Met      int64       `json:"met"`
	Breached int64       `json:"breached"`
	Pending  int64       `json:"pending" doc:"Open and not yet due: not in the rate"`
	Excluded int64       `json:"excluded" doc:"Withdrawn, cancelled, a duplicate, or made late by a change: not in the rate"`
	N        int64       `json:"n"`
	Rate     *float64    `json:"rate"`
	Interval *[2]float64 `json:"interval" doc:"95 % Wilson interval"`
	Median   *int64      `json:"median_seconds" doc:"Of those that have ended"`
	P90      *int64      `json:"p90_seconds"`
	Reason   string      `json:"reason,omitempty"`
}

type trialPairJSON struct {
	Was   trialSideJSON `json:"was"`
	Would trialSideJSON `json:"would"`
}

type trialUnitJSON struct {
	Unit   string `json:"unit,omitempty" doc:"Code of the customer unit; empty: all others"`
	Others int64  `json:"others,omitempty" doc:"How many units those are"`
	trialPairJSON
}

type trialJSON struct {
	ID         int64            `json:"id,string"`
	State      string           `json:"state" enum:"running,done,failed"`
	Done       int64            `json:"done"`
	Total      int64            `json:"total" doc:"Requests due in the span, those open now, and, for answers to what customers said next, those that were open in the span"`
	From       time.Time        `json:"from"`
	To         time.Time        `json:"to" doc:"Not in the span any more"`
	Standard   *standardJSON    `json:"standard"`
	Completion *trialPairJSON   `json:"completion"`
	Response   *trialPairJSON   `json:"first_response"`
	Next       *trialNextJSON   `json:"next_response" doc:"Answers to what customers said next, of the turns that began in the span; null where nothing was and nothing would be promised of it"`
	Customers  []trialUnitJSON  `json:"customers"`
	Better     int64            `json:"better" doc:"Late as it was, not late as it would have been"`
	Worse      int64            `json:"worse" doc:"Not late as it was, late as it would have been"`
	Enough     []TrialEnough    `json:"enough" doc:"Least times, in the unit of the standard, that would have kept the target; sure: by the interval, too"`
	Open       *openEffectsJSON `json:"open"`
}

type trialNextJSON struct {
	trialPairJSON
	Better int64 `json:"better" doc:"Late as it was, not late as it would have been"`
	Worse  int64 `json:"worse" doc:"Not late as it was, or not promised, late as it would have been"`
}

type openEffectsJSON struct {
	Requests  int64     `json:"requests" doc:"In hand now"`
	Carry     TrialOpen `json:"carry"`
	FromStart TrialOpen `json:"from_start"`
}

type trialOutput struct {
	Status int
	Body   trialJSON
}

func wireSide(s TrialSide) trialSideJSON {
	j := trialSideJSON{Met: s.Met, Breached: s.Breached, Pending: s.Pending, Excluded: s.Excluded, N: s.N(), Median: s.Median, P90: s.P90}
	rate, ok := s.Rate()
	if !ok {
		j.Reason = "nothing_due"
		return j
	}
	low, high := stat.Wilson(s.Met, s.N())
	j.Rate, j.Interval = &rate, &[2]float64{low, high}
	return j
}

func (c *Catalog) wireTrial(ctx context.Context, t Trial) (*trialOutput, error) {
	j := trialJSON{ID: t.ID, State: "running", Done: t.Done, Total: t.Total, From: t.From.UTC(), To: t.To.UTC(), Standard: wireStandard(t.Standard), Customers: []trialUnitJSON{}, Enough: []TrialEnough{}}
	if t.Failed {
		j.State = "failed"
	}
	if t.Result == nil {
		return &trialOutput{Status: http.StatusAccepted, Body: j}, nil
	}
	r := t.Result
	j.State, j.Better, j.Worse = "done", r.Better, r.Worse
	j.Enough = append(j.Enough, r.Enough...)
	j.Completion = &trialPairJSON{wireSide(r.Completion.Was), wireSide(r.Completion.Would)}
	j.Response = &trialPairJSON{wireSide(r.Response.Was), wireSide(r.Response.Would)}
	if n := r.Next; n != nil {
		j.Next = &trialNextJSON{trialPairJSON{wireSide(n.Was), wireSide(n.Would)}, n.Better, n.Worse}
	}
	j.Open = &openEffectsJSON{r.Open, r.Carry, r.FromStart}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	for _, u := range r.Units {
		unit, _ := tree.ByID(u.Unit)
		j.Customers = append(j.Customers, trialUnitJSON{Unit: unit.Code, Others: u.Others, trialPairJSON: trialPairJSON{wireSide(u.Was), wireSide(u.Would)}})
	}
	return &trialOutput{Status: http.StatusOK, Body: j}, nil
}

func (c *Catalog) postTrial(ctx context.Context, in *trialInput) (*trialOutput, error) {
	form := standardForm{Span: spanQuarter}
	if in.Body.From != "" || in.Body.To != "" {
		form.Span, form.From, form.To = spanCustom, in.Body.From, in.Body.To
	}
	var f fault.Fields
	from, to := form.spanOf(&f, lang.Now(ctx))
	if err := f.Err(); err != nil {
		return nil, err
	}
	t, err := c.Try(ctx, in.Code, in.Body.Standard.standard(), from, to)
	if err != nil {
		return nil, err
	}
	return c.wireTrial(ctx, t)
}

type trialOfInput struct {
	Code string `path:"code" doc:"Code of the service" example:"hr.onboard"`
	ID   int64  `query:"id" doc:"Of the dry run"`
}

func (c *Catalog) getTrial(ctx context.Context, in *trialOfInput) (*trialOutput, error) {
	t, err := c.Tried(ctx, in.Code, in.ID)
	if err != nil {
		return nil, err
	}
	out, err := c.wireTrial(ctx, t)
	if err == nil {
		out.Status = http.StatusOK
	}
	return out, err
}

type trialCasesInput struct {
	Code  string `path:"code" doc:"Code of the service" example:"hr.onboard"`
	ID    int64  `query:"id" doc:"Of the dry run"`
	Clock string `query:"clock" enum:"completion,next_response" default:"completion" doc:"Of which target"`
	Side  string `query:"side" enum:"better,worse" default:"worse" doc:"Which of them"`
	web.Paging
}

type trialCaseJSON struct {
	Number     string     `json:"number"`
	Title      string     `json:"title"`
	Turn       int        `json:"turn,omitempty" doc:"Of next_response: which turn of the request"`
	Said       *time.Time `json:"said_at,omitempty" doc:"Of next_response: since when the customer waited"`
	Due        *time.Time `json:"due_at" doc:"Null: nothing was promised"`
	WouldBeDue *time.Time `json:"would_be_due_at" doc:"Null: nothing would be promised"`
}

type trialCasesOutput struct {
	Body struct {
		web.Page[trialCaseJSON]
		Hidden int `json:"hidden" doc:"Of this page, that the caller may not see"`
	}
}

func (c *Catalog) getTrialCases(ctx context.Context, in *trialCasesInput) (*trialCasesOutput, error) {
	list := TrialList{Turns: in.Clock == clock.NextResponse, Better: in.Side == "better", Limit: in.Size()}
	var err error
	if list.After, err = placeAt(in.Cursor); err != nil {
		return nil, err
	}
	t, err := c.Tried(ctx, in.Code, in.ID)
	if err != nil {
		return nil, err
	}
	page, err := c.trials.CasesOf(ctx, t, list)
	if err != nil {
		return nil, err
	}
	out := &trialCasesOutput{}
	out.Body.Items, out.Body.Hidden = make([]trialCaseJSON, 0, len(page.Items)), page.Hidden
	for _, x := range page.Items {
		out.Body.Items = append(out.Body.Items, trialCaseJSON{x.Ref, x.Title, x.Turn, optional(x.Said), optional(x.Due), optional(x.Would)})
	}
	out.Body.NextCursor = page.Next.cursor()
	return out, nil
}

// placeAt reads a cursor of a list of a dry run.
func placeAt(cursor string) (TrialPlace, error) {
	at, err := web.ParseCursor(cursor, 2)
	if err != nil || at == nil {
		return TrialPlace{}, err
	}
	return TrialPlace{at[0], int(at[1])}, nil
}

// cursor goes on after an entry; "" after none.
func (p TrialPlace) cursor() string {
	if p == (TrialPlace{}) {
		return ""
	}
	return web.Cursor(p.Request, int64(p.Turn))
}
