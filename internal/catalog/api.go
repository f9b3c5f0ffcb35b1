package catalog

import (
	"context"
	"net/http"
	"strings"
	"time"

	"neike/internal/calendar"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
	"neike/internal/kit/web"
)

// Mount adds the pages and the API of the room.
func (c *Catalog) Mount(m *web.Mux) {
	m.Page(c.Routes()...)
	const tag = "Services"
	web.Op(m, web.Operation{ID: "list-services", Method: http.MethodGet, Path: "/api/v1/services", Action: "service.list", Tag: tag,
		Summary: "What units offer, and what they promise about it"}, c.getServices)
	web.Op(m, web.Operation{ID: "get-service", Method: http.MethodGet, Path: "/api/v1/services/{code}", Action: doSee, Tag: tag,
		Summary: "One service with its form and its standard", Detail: "`promise` says until when a request would be due that is opened now."}, c.getService)
	web.Op(m, web.Operation{ID: "write-service", Method: http.MethodPost, Path: "/api/v1/services", Action: "service.list", Tag: tag, Scope: "write",
		Summary: "Make a service, or replace what it says",
		Detail:  "The code tells which. 201 for a new one, 200 for another. A part that is left out stays; a new service is offered at once unless `state` is `draft`. `standards` takes a standard as a service pack writes it, in per cent. 403 with the reason for who has no part in the unit (the row `service.propose` of the permissions)."}, c.postService)
	web.Op(m, web.Operation{ID: "set-standard", Method: http.MethodPut, Path: "/api/v1/services/{code}/standard", Action: doDraft, Tag: tag, Scope: "write",
		Summary: "Change what is promised, for requests opened from now on"}, c.putStandard)
	c.mountTrials(m, tag)
	c.mountStarting(m, tag)
	c.mountForm(m, tag)
	c.mountRewording(m, tag)
	c.mountLadders(m, tag)
	c.mountTopics(m)
	web.Op(m, web.Operation{ID: "set-policy", Method: http.MethodPut, Path: "/api/v1/services/{code}/policy", Action: doPropose, Tag: tag, Scope: "write",
		Summary: "Change how requests go on: reopening, acceptance, quota, confidentiality",
		Detail:  "Holds at once, for open requests too. What is left out takes its usual value."}, c.putPolicy)
	c.mountAudience(m, tag)
	web.Op(m, web.Operation{ID: "set-supporters", Method: http.MethodPut, Path: "/api/v1/services/{code}/supporters", Action: doPropose, Tag: tag, Scope: "write",
		Summary: "Name the people to whom a personal-support service may be asked"}, c.putSupporters)
	web.Op(m, web.Operation{ID: "retire-service", Method: http.MethodPost, Path: "/api/v1/services/{code}/retire", Action: doEdit, Tag: tag, Scope: "write",
		Summary: "Take a service out of the catalogue; its open requests go on", Detail: "Its address leads to `successor`, when one is named."}, c.postRetire)
	web.Op(m, web.Operation{ID: "get-service-retire", Method: http.MethodGet, Path: "/api/v1/services/{code}/retire", Action: doEdit, Tag: tag,
		Summary: "What the end of a service would mean, and who would be told"}, c.getRetiring)
	web.Op(m, web.Operation{ID: "send-back-service", Method: http.MethodPost, Path: "/api/v1/services/{code}/send-back", Action: doApprove, Tag: tag, Scope: "write",
		Summary: "Send a proposed service back, with the reason"}, c.postSendBack)
	for _, v := range []struct {
		name, action, summary string
		do                    func(context.Context, string) (*Service, error)
	}{
		{"propose", doPropose, "Hand a draft over for review", c.Propose},
		{"publish", doEdit, "Offer a proposed, draft or retired service", c.Publish},
		{"confirm", doConfirm, "Stand by a starting value", c.Confirm},
	} {
		do := v.do
		web.Op(m, web.Operation{ID: v.name + "-service", Method: http.MethodPost, Path: "/api/v1/services/{code}/" + v.name, Action: v.action, Tag: tag, Scope: "write",
			Summary: v.summary}, func(ctx context.Context, in *codeInput) (*serviceOutput, error) {
			s, err := do(ctx, in.Code)
			return c.answer(ctx, s, http.StatusOK, err)
		})
	}
}

type retireInput struct {
	Code string `path:"code" doc:"Code of the service" example:"hr.onboard"`
	Body *struct {
		Successor string `json:"successor,omitempty" doc:"Code of the service to ask for instead" example:"hr.cert"`
	}
}

func (c *Catalog) postRetire(ctx context.Context, in *retireInput) (*serviceOutput, error) {
	successor := ""
	if in.Body != nil {
		successor = in.Body.Successor
	}
	s, err := c.Retire(ctx, in.Code, successor)
	return c.answer(ctx, s, http.StatusOK, err)
}

type sendBackInput struct {
	Code string `path:"code" doc:"Code of the service" example:"hr.onboard"`
	Body struct {
		Reason string `json:"reason,omitempty" doc:"What is to be done about it" example:"请写明办理时限"`
	}
}

func (c *Catalog) postSendBack(ctx context.Context, in *sendBackInput) (*serviceOutput, error) {
	s, err := c.SendBack(ctx, in.Code, in.Body.Reason)
	return c.answer(ctx, s, http.StatusOK, err)
}

type textJSON struct {
	Zh string `json:"zh,omitempty" doc:"Chinese" example:"入职办理"`
	En string `json:"en,omitempty" doc:"English" example:"Getting a new colleague started"`
}

func wireText(t lang.Text) textJSON { return textJSON(t) }
func (t textJSON) text() lang.Text {
	return lang.Text{Zh: strings.TrimSpace(t.Zh), En: strings.TrimSpace(t.En)}
}

// serviceJSON is a service in a list.
type serviceJSON struct {
	Code             string        `json:"code" example:"hr.onboard"`
	Unit             string        `json:"unit" doc:"Code of the unit that provides it" example:"hr"`
	Name             textJSON      `json:"name"`
	Description      textJSON      `json:"description"`
	Kind             Kind          `json:"kind" enum:"request,standing" doc:"request: asked for; standing: owed on a schedule"`
	State            State         `json:"state" enum:"draft,review,live,retired"`
	Topic            string        `json:"topic" doc:"Code of what it is about, whichever unit does it; empty: the company has no topic for it" example:"people"`
	TopicSuggested   bool          `json:"topic_suggested" doc:"Nobody chose the topic: the name suggests it"`
	Version          int           `json:"version" doc:"Of form and standard together"`
	Standard         *standardJSON `json:"standard"`
	Schedule         *Schedule     `json:"schedule,omitempty" doc:"Of a standing service"`
	Deliverable      *textJSON     `json:"deliverable,omitempty"`
	QualityCriterion *textJSON     `json:"quality_criterion,omitempty"`
	Inputs           *textJSON     `json:"inputs,omitempty" doc:"What to bring or have ready"`
	Effort           *textJSON     `json:"effort,omitempty" doc:"What it takes the unit to do"`
	Policy           policyJSON    `json:"policy" doc:"How requests go on; of no version"`
	ChangedAt        time.Time     `json:"changed_at"`
}

// standardJSON is a standard. Targets are fractions.
type standardJSON struct {
	Response         *calendar.Duration `json:"response,omitempty"`
	ResponseTarget   float64            `json:"response_target,omitempty" doc:"Share of requests answered in time" example:"0.95"`
	Completion       *calendar.Duration `json:"completion,omitempty"`
	CompletionTarget float64            `json:"completion_target,omitempty" doc:"Share of requests done in time" example:"0.9"`
	Accuracy         *accuracyJSON      `json:"accuracy,omitempty"`

	NextResponse       *calendar.Duration `json:"next_response,omitempty" doc:"Within what each further word of the customer is answered, once the first response is given; counts in the calendar of the first response"`
	NextResponseTarget float64            `json:"next_response_target,omitempty" doc:"Share of those words answered in time" example:"0.9"`

	Satisfaction float64   `json:"satisfaction,omitempty" doc:"Share of ratings of 4 or 5" example:"0.9"`
	Measured     *textJSON `json:"measured,omitempty" doc:"How accuracy and satisfaction come about, in words"`
	MinN         int       `json:"min_n,omitempty" doc:"With fewer cases no share is judged; default 5" example:"20"`

	ResponseCalendar   string      `json:"response_calendar,omitempty" doc:"Code of the calendar in which the first response counts; default: the one of the providing unit"`
	CompletionCalendar string      `json:"completion_calendar,omitempty" doc:"Code of the calendar in which the completion counts; default: the one of the providing unit"`
	Urgent             *urgentJSON `json:"urgent,omitempty" doc:"Shorter times of urgent requests"`

	Starting bool `json:"starting" doc:"A starting value (建议值) that the head of the unit has not confirmed"`
}

type urgentJSON struct {
	Response   *calendar.Duration `json:"response,omitempty"`
	Completion *calendar.Duration `json:"completion,omitempty"`

	NextResponse *calendar.Duration `json:"next_response,omitempty"`
}

type accuracyJSON struct {
	Metric textJSON `json:"metric"`
	Target float64  `json:"target" example:"0.98"`
}

// serviceDetailJSON is a service on its own.
type serviceDetailJSON struct {
	serviceJSON
	Form    *form.Form   `json:"form" doc:"What a request has to answer; null for a standing service"`
	Promise *promiseJSON `json:"promise" doc:"If a request were opened now; null when none can be"`
	Load    *loadJSON    `json:"load" doc:"What is in hand now; null when it cannot be asked for"`
}

type promiseJSON struct {
	OpenedAt    time.Time  `json:"opened_at"`
	ResponseDue *time.Time `json:"response_due_at"`
	Due         *time.Time `json:"due_at"`
	Provisional bool       `json:"provisional" doc:"Reaches into a year whose holidays are not published yet"`
	Calendar    string     `json:"calendar"`
}

type codeInput struct {
	Code string `path:"code" doc:"Code of the service" example:"hr.onboard"`
}

type servicesInput struct {
	web.Paging
	Unit  string `query:"unit" doc:"Code of the providing unit"`
	Query string `query:"q" doc:"Part of a name, a code, pinyin or its initials"`
	Kind  string `query:"kind" enum:"request,standing" doc:"Only this kind"`
	State string `query:"state" enum:"draft,review,live,retired" doc:"Default live; others only for who governs the service"`
	Topic string `query:"topic" doc:"Code of a topic: what it is about, whichever unit does it" example:"money"`
	Sort  string `query:"sort" enum:"used,new,name" doc:"What is asked for most, what was offered last, or A to Z (Chinese by pinyin) first; default: as they were made"`
}

type servicesOutput struct {
	Body web.Page[serviceJSON]
}

type serviceOutput struct {
	Status int
	ETag   string `header:"ETag"`
	Body   serviceDetailJSON
}

func (c *Catalog) getServices(ctx context.Context, in *servicesInput) (*servicesOutput, error) {
	after, err := web.ParseCursor(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	var wrong fault.Fields
	oneOf(&wrong, "topic", in.Topic, snap.topics.codes())
	oneOf(&wrong, "sort", Sort(in.Sort), Sorts)
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	f := Filter{Unit: in.Unit, Query: in.Query, Kind: Kind(in.Kind), State: State(in.State), Topic: in.Topic, Sort: Sort(in.Sort), After: first(after), Limit: in.Size() + 1}
	list, err := c.List(ctx, f)
	if err != nil {
		return nil, err
	}
	page := web.Cut(list, in.Size(), func(s *Service) string {
		if f.Sort != "" {
			return web.Cursor(f.After + int64(in.Size()))
		}
		return web.Cursor(s.ID)
	})
	out := &servicesOutput{Body: web.Page[serviceJSON]{Items: make([]serviceJSON, 0, len(page.Items)), NextCursor: page.NextCursor}}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range page.Items {
		unit, _ := tree.ByID(s.Unit)
		out.Body.Items = append(out.Body.Items, wireService(snap, s, unit.Code))
	}
	return out, nil
}

func first(parts []int64) int64 {
	if len(parts) == 0 {
		return 0
	}
	return parts[0]
}

// Filter of List.
type Filter struct {
	Unit  string // code
	Query string
	Kind  Kind
	State State  // empty: live
	Topic string // code
	Sort  Sort
	After ID // of the last one of the page before; in an order: how many stand before
	Limit int
}

// List gives the services that answer to a filter and that the actor may know of, in the order asked for, or in which they
// were made.
func (c *Catalog) List(ctx context.Context, f Filter) ([]*Service, error) {
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	state := f.State
	if state == "" {
		state = Live
	}
	list := snap.All()
	if f.Unit != "" {
		unit, ok := tree.ByCode(f.Unit)
		if !ok {
			return nil, nil
		}
		list = snap.Of(unit.ID)
	}
	var out []*Service
	for _, s := range list {
		if f.Sort == "" && s.ID <= f.After || f.Topic != "" && snap.about[s.ID] != f.Topic || s.State != state || f.Kind != "" && s.Kind != f.Kind || !snap.matches(s, f.Query) || !c.sees(ctx, s) {
			continue
		}
		if out = append(out, s); f.Sort == "" && len(out) == f.Limit {
			break
		}
	}
	if f.Sort == "" {
		return out, nil
	}
	used, err := c.usedByAll(ctx, f.Sort, snap)
	if err != nil {
		return nil, err
	}
	out = sorted(out, f.Sort, used, lang.Locale(ctx) == "en")
	from := min(max(int(f.After), 0), len(out))
	return out[from:min(from+f.Limit, len(out))], nil
}

func (c *Catalog) getService(ctx context.Context, in *codeInput) (*serviceOutput, error) {
	s, err := c.Visible(ctx, in.Code)
	return c.answer(ctx, s, http.StatusOK, err)
}

// answer is a use case's service on the wire, or its error.
func (c *Catalog) answer(ctx context.Context, s *Service, status int, err error) (*serviceOutput, error) {
	if err != nil {
		return nil, err
	}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	unit, _ := tree.ByID(s.Unit)
	out := &serviceOutput{Status: status, ETag: etag(s)}
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	out.Body.serviceJSON = wireService(snap, s, unit.Code)
	if s.Kind == OnRequest {
		out.Body.Form = wireForm(s.Form)
	}
	if s.Askable() {
		p, err := c.Promise(ctx, s, actor.From(ctx).Unit, nowOf(ctx))
		if err != nil {
			return nil, err
		}
		out.Body.Promise = wirePromise(p)
		if out.Body.Load, err = c.wireLoad(ctx, s); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func etag(s *Service) string { return web.ETag(s.Code, s.Revision) }

func wireService(snap *Snapshot, s *Service, unit string) serviceJSON {
	topic, _ := snap.TopicOf(s)
	j := serviceJSON{
		Code: s.Code, Unit: unit, Name: wireText(s.Name), Description: wireText(s.Description), Kind: s.Kind, State: s.State, Topic: topic.Code, TopicSuggested: topic.Code != s.Topic,
		Version: s.Version, Standard: wireStandard(s.Standard), ChangedAt: s.Changed,
	}
	j.Inputs, j.Effort, j.Policy = wireSome(s.Inputs), wireSome(s.Effort), wirePolicy(s.Policy)
	if s.Kind == Standing {
		deliverable, criterion, when := wireText(s.Deliverable), wireText(s.Criterion), s.Schedule
		j.Schedule, j.Deliverable, j.QualityCriterion = &when, &deliverable, &criterion
	} else {
		j.Deliverable = wireSome(s.Deliverable)
	}
	return j
}

func wireStandard(std Standard) *standardJSON {
	j := &standardJSON{ResponseTarget: std.ResponseTarget, CompletionTarget: std.CompletionTarget, Starting: std.Starting}
	if !std.Response.IsZero() {
		j.Response = &std.Response
	}
	if !std.Completion.IsZero() {
		j.Completion = &std.Completion
	}
	if !std.NextResponse.IsZero() {
		j.NextResponse, j.NextResponseTarget = &std.NextResponse, std.NextResponseTarget
	}
	if std.Accuracy > 0 {
		j.Accuracy = &accuracyJSON{Metric: wireText(std.Metric), Target: std.Accuracy}
	}
	j.ResponseCalendar, j.CompletionCalendar, j.Satisfaction, j.MinN = std.ResponseCalendar, std.CompletionCalendar, std.Satisfaction, std.MinN
	j.Measured = wireSome(std.Measured)
	if u := std.Urgent; u != (Urgent{}) {
		j.Urgent = &urgentJSON{}
		if !u.Response.IsZero() {
			j.Urgent.Response = &u.Response
		}
		if !u.Completion.IsZero() {
			j.Urgent.Completion = &u.Completion
		}
		if !u.NextResponse.IsZero() {
			j.Urgent.NextResponse = &u.NextResponse
		}
	}
	return j
}

func wirePromise(p Promise) *promiseJSON {
	j := &promiseJSON{OpenedAt: p.Opened.UTC(), Provisional: p.Provisional, Calendar: p.Calendar}
	if !p.Response.IsZero() {
		at := p.Response.UTC()
		j.ResponseDue = &at
	}
	if !p.Due.IsZero() {
		at := p.Due.UTC()
		j.Due = &at
	}
	return j
}
