package review

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/web"
	"neike/internal/request"
)

// Mount adds the pages and calls of the room.
func (s *Service) Mount(m *web.Mux) {
	m.Page(s.routes()...)
	web.Op(m, web.Operation{ID: "get-review-plan", Method: http.MethodGet, Path: "/api/v1/services/{code}/review-plan", Action: doPlanSee, Tag: "Reviews",
		Summary: "How accepted requests of a service are drawn for review", Detail: "The seed is there for the quality office and auditors alone."}, s.getPlan)
	web.Op(m, web.Operation{ID: "put-review-plan", Method: http.MethodPut, Path: "/api/v1/services/{code}/review-plan", Action: doPlan, Tag: "Reviews",
		Summary: "Change how accepted requests of a service are drawn", Detail: "A new revision with a new secret seed; the same plan again changes nothing.", Secret: true}, s.putPlan)
	web.Op(m, web.Operation{ID: "list-reviews", Method: http.MethodGet, Path: "/api/v1/reviews", Action: doList, Tag: "Reviews",
		Summary: "Cases drawn for review", Detail: "The quality office sees all but the own work; everybody else their own, and what is finished of the units whose numbers they see, without what was said of it."}, s.getList)
	web.Op(m, web.Operation{ID: "get-review", Method: http.MethodGet, Path: "/api/v1/reviews/{id}", Action: doSee, Tag: "Reviews", Summary: "One case"}, s.getCase)
	web.Op(m, web.Operation{ID: "judge-review", Method: http.MethodPost, Path: "/api/v1/reviews/{id}/judge", Action: doJudge, Tag: "Reviews",
		Summary: "Say whether the result is right", Detail: "Takes the place that is open for the caller: first, second, or deciding between two."}, s.postJudge)
	web.Op(m, web.Operation{ID: "report-accuracy", Method: http.MethodGet, Path: "/api/v1/reports/accuracy", Action: "report.see", Tag: "Reports",
		Summary: "What sampled reviews say of the accuracy, by service, unit or edge; a sample, so that it has only a signal"}, s.getAccuracy)
}

type reviewPlanJSON struct {
	Active   bool   `json:"active" doc:"Whether cases are drawn"`
	Share    int    `json:"share" doc:"Percent of the accepted requests, 1 to 100" example:"20"`
	Most     *int   `json:"most" required:"false" doc:"Cases a month; null: no limit" example:"12"`
	First    string `json:"first" enum:"customer,quality" doc:"Who judges first: whoever the request was for, or the quality office"`
	Second   int    `json:"second" required:"false" doc:"Percent of those drawn that somebody else judges as well, blind; 0 to 100" example:"25"`
	Revision int    `json:"revision" readOnly:"true" required:"false" doc:"0: there is no plan"`
	Seed     string `json:"seed,omitempty" readOnly:"true" doc:"Key of the draw, hexadecimal: a request is drawn when the first 53 bits of HMAC-SHA256(seed, R-number), as a fraction, are below the share; judged twice when those of 'R-number second' are below second"`
}

func wirePlan(p Plan) reviewPlanJSON {
	j := reviewPlanJSON{Active: p.Active, Share: p.Share, First: p.First, Second: p.Second, Revision: p.Revision, Seed: p.Seed}
	if p.Most != 0 {
		j.Most = &p.Most
	}
	return j
}

type reviewPlanInput struct {
	Code string `path:"code" doc:"Code of the service" example:"it.device"`
}

type reviewPlanEdit struct {
	Code string `path:"code" doc:"Code of the service" example:"it.device"`
	web.IfMatch
	Body reviewPlanJSON
}

type planOutput struct {
	ETag string `header:"ETag"`
	Body reviewPlanJSON
}

func (s *Service) getPlan(ctx context.Context, in *reviewPlanInput) (*planOutput, error) {
	p, err := s.PlanOf(ctx, in.Code)
	return &planOutput{p.etag(), wirePlan(p.Plan)}, err
}

func (s *Service) putPlan(ctx context.Context, in *reviewPlanEdit) (*planOutput, error) {
	p := Plan{Active: in.Body.Active, Share: in.Body.Share, First: in.Body.First, Second: in.Body.Second}
	if in.Body.Most != nil {
		if p.Most = *in.Body.Most; p.Most == 0 {
			p.Most = -1 // none a month is said by active
		}
	}
	if _, err := s.SetPlan(ctx, in.Code, p, in.IfMatch); err != nil {
		return nil, err
	}
	return s.getPlan(ctx, &reviewPlanInput{in.Code})
}

type reviewCaseJSON struct {
	ID         int64      `json:"id"`
	Request    string     `json:"request" example:"R-1024"`
	Service    string     `json:"service"`
	Provider   string     `json:"provider"`
	Customer   string     `json:"customer"`
	State      string     `json:"state" enum:"open,split,done,lapsed,dropped"`
	AcceptedAt time.Time  `json:"accepted_at"`
	LapsesAt   *time.Time `json:"lapses_at"`
	Due        bool       `json:"to_judge" doc:"The caller may judge it now"`
	Mine       *string    `json:"mine" enum:"correct,partly,wrong" doc:"What the caller said"`
	Result     *string    `json:"result" enum:"correct,partly,wrong" doc:"For the quality office, once it is done; null for all others"`
	Words      []string   `json:"words" nullable:"false" doc:"What the caller may read of what was said"`
}

func (s *Service) wireLine(ctx context.Context, l Line) (reviewCaseJSON, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return reviewCaseJSON{}, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return reviewCaseJSON{}, err
	}
	provider, _ := tree.ByID(l.Provider)
	customer, _ := tree.ByID(l.Customer)
	j := reviewCaseJSON{ID: l.ID, Request: l.Ref(), Provider: provider.Code, Customer: customer.Code, State: string(l.State), AcceptedAt: l.AcceptedAt,
		Due: l.Due, Mine: some(l.Mine), Result: some(l.Result), Words: append([]string{}, l.Words...)}
	if sv, ok := snap.ByID(l.Service); ok {
		j.Service = sv.Code
	}
	if l.State == Open {
		j.LapsesAt = &l.LapseAt
	}
	return j, nil
}

func some(v Verdict) *string {
	if v == "" {
		return nil
	}
	text := string(v)
	return &text
}

type reviewListInput struct {
	web.Paging
	State    string `query:"state" enum:"open,split,done,lapsed,dropped" doc:"Default: all"`
	Mine     bool   `query:"mine" doc:"Only what the caller judges or judged"`
	Service  string `query:"service" doc:"Code"`
	Provider string `query:"provider" doc:"Code of the unit that owed the result"`
	Customer string `query:"customer" doc:"Code of the unit that asked"`
	Result   string `query:"result" enum:"correct,partly,wrong" doc:"For the quality office"`
	From     string `query:"from" doc:"First day of acceptance, or an instant"`
	To       string `query:"to" doc:"Last day of acceptance, or the instant after it"`
}

type listOutput struct{ Body web.Page[reviewCaseJSON] }

func (s *Service) getList(ctx context.Context, in *reviewListInput) (*listOutput, error) {
	span, err := request.SpanIn(in.From, in.To, s.db.Now().In(s.Org.Company(ctx).Location()))
	if err != nil {
		return nil, err
	}
	if in.From == "" && in.To == "" {
		span = request.Span{}
	}
	page, err := s.List(ctx, Filter{State: State(in.State), Mine: in.Mine, Service: in.Service, Provider: in.Provider, Customer: in.Customer,
		Result: Verdict(in.Result), Span: span, Limit: in.Size()}, in.Cursor)
	if err != nil {
		return nil, err
	}
	out := &listOutput{}
	out.Body.Items, out.Body.NextCursor = []reviewCaseJSON{}, page.NextCursor
	for _, l := range page.Items {
		j, err := s.wireLine(ctx, l)
		if err != nil {
			return nil, err
		}
		out.Body.Items = append(out.Body.Items, j)
	}
	return out, nil
}

type caseInput struct {
	ID int64 `path:"id" doc:"Of the case" example:"890909715144960"`
}

type judgeReviewInput struct {
	ID   int64 `path:"id" doc:"Of the case" example:"890909715144960"`
	Body struct {
		Verdict string `json:"verdict" enum:"correct,partly,wrong" example:"partly"`
		Word    string `json:"word" required:"false" doc:"What is not right; needed unless it is correct"`
		Share   bool   `json:"share" required:"false" doc:"The serving side may read the word"`
	}
}

type caseOutput struct{ Body reviewCaseJSON }

func (s *Service) getCase(ctx context.Context, in *caseInput) (*caseOutput, error) {
	v, err := s.ByID(ctx, in.ID)
	return s.wireView(ctx, v, err)
}

func (s *Service) postJudge(ctx context.Context, in *judgeReviewInput) (*caseOutput, error) {
	v, err := s.Judge(ctx, in.ID, Judgement{Verdict: Verdict(in.Body.Verdict), Word: in.Body.Word, Share: in.Body.Share})
	return s.wireView(ctx, v, err)
}

func (s *Service) wireView(ctx context.Context, v View, err error) (*caseOutput, error) {
	if err != nil {
		return nil, err
	}
	l := Line{Case: v.Case, Can: true, Due: v.Seat > 0}
	if !v.Quality {
		l.Result = ""
	}
	if v.Mine != nil {
		l.Mine = v.Mine.Verdict
	}
	for _, g := range v.Given {
		if g.Word != "" {
			l.Words = append(l.Words, g.Word)
		}
	}
	j, err := s.wireLine(ctx, l)
	return &caseOutput{j}, err
}

type reviewAccuracyInput struct {
	By   string `query:"by" enum:"service,unit,edge" default:"service" doc:"What a row is about"`
	From string `query:"from" doc:"First day of acceptance, 2026-10-01, or an instant; default: this quarter"`
	To   string `query:"to" doc:"Last day, or the instant after it"`
}

type kappaJSON struct {
	Pairs     int64       `json:"pairs" doc:"Cases that two judged independently"`
	Value     *float64    `json:"value" doc:"Cohen's kappa; null where it is not defined, and below 5 pairs"`
	Interval  *[2]float64 `json:"interval" doc:"95 %, standard error of Fleiss, Cohen and Everitt"`
	Agreement string      `json:"agreement" enum:"cannot-tell,poor,fair,moderate,good" doc:"cannot-tell below 20 pairs"`
}

type reviewAccuracyJSON struct {
	Service  *string     `json:"service,omitempty"`
	Unit     *string     `json:"unit,omitempty"`
	Provider *string     `json:"provider,omitempty"`
	Customer *string     `json:"customer,omitempty"`
	Name     lang.Text   `json:"name"`
	Accepted int64       `json:"accepted" doc:"Acceptances while a plan was on: what could be drawn"`
	Drawn    int64       `json:"drawn"`
	Open     int64       `json:"open"`
	Lapsed   int64       `json:"lapsed" doc:"Not answered in time"`
	Dropped  int64       `json:"dropped" doc:"Reopened before it was judged"`
	N        int64       `json:"n" doc:"Judged"`
	Correct  *int64      `json:"correct" doc:"null below 5"`
	Partly   *int64      `json:"partly"`
	Wrong    *int64      `json:"wrong"`
	Rate     *float64    `json:"rate" doc:"correct / n; null below 5"`
	Interval *[2]float64 `json:"interval" doc:"95 % Wilson interval"`
	Fraction *float64    `json:"sampling_fraction" doc:"n / accepted"`
	Target   *float64    `json:"target" doc:"Of the standard; null: none, or different ones"`
	Signal   *string     `json:"signal" enum:"meets,misses,undetermined" doc:"meets when the interval lies at or above the target, misses when below it"`
	Kappa    kappaJSON   `json:"kappa"`
	Reason   string      `json:"reason,omitempty" enum:"few,no_target,targets_differ" doc:"Why something is null"`
	List     string      `json:"list" doc:"Exactly the cases counted in n"`
}

type accuracyOutput struct {
	Body struct {
		By    string               `json:"by"`
		From  time.Time            `json:"from"`
		To    time.Time            `json:"to" doc:"Not in the span any more"`
		Items []reviewAccuracyJSON `json:"items" nullable:"false"`
	}
}

func (s *Service) getAccuracy(ctx context.Context, in *reviewAccuracyInput) (*accuracyOutput, error) {
	if in.By == "" {
		in.By = request.ByService
	}
	span, err := request.SpanIn(in.From, in.To, s.db.Now().In(s.Org.Company(ctx).Location()))
	if err != nil {
		return nil, err
	}
	rows, err := s.Accuracies(ctx, in.By, span)
	if err != nil {
		return nil, err
	}
	out := &accuracyOutput{}
	out.Body.By, out.Body.From, out.Body.To, out.Body.Items = in.By, span.From.UTC(), span.To.UTC(), []reviewAccuracyJSON{}
	for _, a := range rows {
		j, err := s.wireAccuracy(ctx, a, in.By, span)
		if err != nil {
			return nil, err
		}
		out.Body.Items = append(out.Body.Items, j)
	}
	return out, nil
}

func (s *Service) wireAccuracy(ctx context.Context, a Accuracy, by string, span request.Span) (reviewAccuracyJSON, error) {
	j := reviewAccuracyJSON{Accepted: a.Accepted, Drawn: a.Drawn, Open: a.Open, Lapsed: a.Lapsed, Dropped: a.Dropped, N: a.N(), Kappa: wireKappa(a)}
	if rate, low, high, ok := a.Rate(); ok {
		j.Correct, j.Partly, j.Wrong, j.Rate, j.Interval = &a.Correct, &a.Partly, &a.Wrong, &rate, &[2]float64{low, high}
	}
	if share, ok := a.Fraction(); ok {
		j.Fraction = &share
	}
	if a.Target != 0 {
		j.Target = &a.Target
	}
	switch signal := a.Signal(); {
	case signal != "":
		j.Signal = &signal
	case a.Few():
		j.Reason = "few"
	case a.Differ:
		j.Reason = "targets_differ"
	default:
		j.Reason = "no_target"
	}
	q, err := s.nameRow(ctx, &j, a, by)
	if err != nil {
		return j, err
	}
	for k, v := range map[string]string{"state": string(Done), "from": span.From.UTC().Format(time.RFC3339), "to": span.To.UTC().Format(time.RFC3339)} {
		q.Set(k, v)
	}
	j.List = "/api/v1/reviews?" + q.Encode()
	return j, nil
}

func wireKappa(a Accuracy) kappaJSON {
	k := kappaJSON{Pairs: a.Paired(), Agreement: a.Agreement()}
	if value, low, high, ok := a.Kappa(); ok && a.Paired() >= fewest {
		k.Value, k.Interval = &value, &[2]float64{low, high}
	}
	return k
}

// nameRow says what a row is about, and gives the parameters of the list of its cases.
func (s *Service) nameRow(ctx context.Context, j *reviewAccuracyJSON, a Accuracy, by string) (url.Values, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	provider, _ := tree.ByID(a.Provider)
	customer, _ := tree.ByID(a.Customer)
	switch by {
	case request.ByService:
		sv, ok := snap.ByID(a.Key)
		if !ok {
			return nil, fault.ErrNotFound
		}
		j.Service, j.Name = &sv.Code, sv.Name
		return url.Values{"service": {sv.Code}}, nil
	case request.ByUnit:
		j.Unit, j.Name = &provider.Code, provider.Name
		return url.Values{"provider": {provider.Code}}, nil
	}
	j.Provider, j.Customer = &provider.Code, &customer.Code
	j.Name = lang.Text{Zh: provider.Name.Zh + " → " + customer.Name.Zh, En: provider.Name.In(lang.In(ctx, "en")) + " → " + customer.Name.In(lang.In(ctx, "en"))}
	return url.Values{"provider": {provider.Code}, "customer": {customer.Code}}, nil
}
