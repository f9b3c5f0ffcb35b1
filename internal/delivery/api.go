package delivery

import (
	"context"
	"net/http"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/org"
	"neike/internal/talk"
)

// deliveryJSON is a delivery on the wire.
type deliveryJSON struct {
	Number       string              `json:"number" example:"D-1024"`
	State        State               `json:"state" enum:"due,delivered,returned,accepted,contested,dropped,skipped,cancelled,missed"`
	Origin       Origin              `json:"origin" enum:"schedule,push,feed" doc:"By an arrangement, brought unasked, or told by another system"`
	Standing     *string             `json:"standing" doc:"The arrangement, SD-101" example:"SD-101"`
	Period       *string             `json:"period" doc:"Of a scheduled one: what it is for" example:"2026-11"`
	Title        string              `json:"title"`
	Service      *string             `json:"service" example:"hr.payroll"`
	ServiceName  lang.Text           `json:"service_name"`
	ProviderUnit string              `json:"provider_unit"`
	CustomerUnit string              `json:"customer_unit"`
	Assignee     *string             `json:"assignee" doc:"工号 of who brings it"`
	Receiver     *string             `json:"receiver" doc:"工号 of who takes it over; null: the head of the customer"`
	OpenedAt     time.Time           `json:"opened_at"`
	DueAt        *time.Time          `json:"due_at"`
	DeliveredAt  *time.Time          `json:"delivered_at"`
	AcceptedAt   *time.Time          `json:"accepted_at"`
	AcceptBy     *time.Time          `json:"accept_by" doc:"Counts as accepted then, if nobody says anything"`
	ClosedAt     *time.Time          `json:"closed_at"`
	Outcome      *Outcome            `json:"outcome" enum:"met,breached,excluded" doc:"What its clock has come to; null: it runs, or there is none"`
	Returns      int                 `json:"returns"`
	RightFirst   *bool               `json:"right_first" doc:"Accepted without a return; null until it is accepted"`
	SkipAsked    bool                `json:"skip_asked"`
	Quantity     *string             `json:"quantity" example:"120.5"`
	Rated        bool                `json:"rated"`
	Imported     bool                `json:"imported"`
	External     *string             `json:"external"`
	Clocks       []deliveryClockJSON `json:"clocks,omitempty"`
	Verbs        []Verb              `json:"verbs,omitempty" doc:"What the caller may do now"`
}

type deliveryClockJSON struct {
	Kind           string     `json:"kind" example:"completion"`
	DueAt          *time.Time `json:"due_at"`
	State          string     `json:"state"`
	TargetSeconds  int64      `json:"target_seconds" doc:"Counted day and night: the due time is a moment of the calendar"`
	ElapsedSeconds int64      `json:"elapsed_seconds"`
}

func words(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func instantOf(t time.Time) *time.Time {
	if t.IsZero() || t.Equal(never) {
		return nil
	}
	t = t.UTC()
	return &t
}

func unitCode(tree *org.Tree, id int64) string {
	u, _ := tree.ByID(id)
	return u.Code
}

// wire puts deliveries on the wire.
func (s *Service) wire(ctx context.Context, lines []Line) ([]deliveryJSON, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	numbers, err := s.standingNumbers(ctx, lines)
	if err != nil {
		return nil, err
	}
	out := make([]deliveryJSON, len(lines))
	for i, l := range lines {
		j := deliveryJSON{Number: l.Ref(), State: l.State, Origin: l.Origin, Period: words(l.Slot), Title: l.Title, ProviderUnit: unitCode(tree, l.Provider),
			CustomerUnit: unitCode(tree, l.Customer), Assignee: words(l.Bringer.No), Receiver: words(l.Taker.No), OpenedAt: l.OpenedAt.UTC(),
			DueAt: instantOf(l.Due), DeliveredAt: instantOf(l.DeliveredAt), AcceptedAt: instantOf(l.AcceptedAt), AcceptBy: instantOf(l.AcceptBy),
			ClosedAt: instantOf(l.ClosedAt), Returns: l.Returns, SkipAsked: l.SkipAsked, Quantity: words(l.Quantity), Rated: l.Rated, Imported: l.Imported,
			External: words(l.External)}
		if service, ok := snap.ByID(l.Service); ok {
			j.Service, j.ServiceName = &service.Code, service.Name
		}
		if l.CompletionIs != Pending {
			j.Outcome = &l.CompletionIs
		}
		if l.State == StateAccepted {
			right := l.Returns == 0
			j.RightFirst = &right
		}
		if n := numbers[l.Standing]; n != 0 {
			j.Standing = words(StandingRef(n))
		}
		out[i] = j
	}
	return out, nil
}

func (s *Service) standingNumbers(ctx context.Context, lines []Line) (map[int64]int64, error) {
	var ids []int64
	for _, l := range lines {
		if l.Standing != 0 {
			ids = append(ids, l.Standing)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	var out map[int64]int64
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		out, err = StandingNumbers(ctx, rd, unique(ids))
		return err
	})
	return out, err
}

type deliveriesInput struct {
	web.Paging
	View      string `query:"view" enum:"bring,receive" doc:"What I and my units have to bring, or are to get"`
	Provider  string `query:"provider" doc:"Code of the providing unit, units below it included"`
	Customer  string `query:"customer" doc:"Code of the customer unit, units below it included"`
	Service   string `query:"service" doc:"Code"`
	Standing  string `query:"standing" doc:"Number of the arrangement, SD-101"`
	State     string `query:"state" doc:"A state, or open (then the next due comes first)"`
	Origin    string `query:"origin" enum:"schedule,push,feed" doc:"How it came about"`
	Q         string `query:"q" doc:"A number, or part of the title"`
	DueFrom   string `query:"due_from" format:"date-time" doc:"Due at or after this instant"`
	DueBefore string `query:"due_before" format:"date-time" doc:"Due before this instant"`
	Outcome   string `query:"outcome" enum:"met,breached,pending,excluded" doc:"What the clock has come to"`
	External  string `query:"external" doc:"Number in the other system"`
}

func (in deliveriesInput) filter() (Filter, error) {
	var bad fault.Fields
	at := func(name, text string) time.Time {
		t, ok := instantText(text)
		if !ok {
			bad.Add(name, "delivery.not-a-time", "value", text)
		}
		return t
	}
	f := Filter{View: in.View, Provider: in.Provider, Customer: in.Customer, Service: in.Service, State: in.State, Origin: in.Origin, Q: in.Q,
		DueFrom: at("due_from", in.DueFrom), DueBefore: at("due_before", in.DueBefore), Outcome: in.Outcome, External: in.External,
		Cursor: in.Cursor, Limit: in.Limit}
	if in.Standing != "" {
		n, err := ParseStandingRef(in.Standing)
		if err != nil {
			bad.Add("standing", "delivery.standing-unknown")
		}
		f.Standing = n
	}
	return f, bad.Err()
}

// instantText reads an RFC 3339 instant; "" is none.
func instantText(text string) (time.Time, bool) {
	if text == "" {
		return noTime, true
	}
	t, err := time.Parse(time.RFC3339, text)
	return t.UTC().Truncate(time.Millisecond), err == nil
}

type deliveriesOutput struct {
	Body web.Page[deliveryJSON]
}

func (s *Service) getList(ctx context.Context, in *deliveriesInput) (*deliveriesOutput, error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	page, err := s.List(ctx, f)
	if err != nil {
		return nil, err
	}
	items, err := s.wire(ctx, page.Items)
	return &deliveriesOutput{Body: web.Page[deliveryJSON]{Items: items, NextCursor: page.NextCursor}}, err
}

type deliveryNumber struct {
	Number string `path:"number" doc:"D-1024" example:"D-1024"`
}

type deliveryOutput struct {
	ETag string `header:"ETag"`
	Body deliveryJSON
}

// etag changes with every event, and with what the clock comes to.
func etag(d Delivery) string { return web.ETag(d.ID, d.Events, string(d.CompletionIs)) }

// answer reads the delivery back as the caller sees it, or, for an import, as the person it acts for.
func (s *Service) answer(ctx context.Context, number int64, by string) (*deliveryOutput, error) {
	ctx, err := s.by(ctx, by)
	if err != nil {
		return nil, err
	}
	v, err := s.ByNumber(ctx, number)
	if err != nil {
		return nil, err
	}
	items, err := s.wire(ctx, []Line{v.Line})
	if err != nil {
		return nil, err
	}
	j := items[0]
	j.Verbs = v.Verbs
	for _, c := range v.Clocks {
		if c.Scope == "customer" && c.HasTarget() {
			j.Clocks = append(j.Clocks, deliveryClockJSON{c.Kind, instantOf(c.DueAt), c.State, c.TargetSeconds(), c.ElapsedSeconds()})
		}
	}
	return &deliveryOutput{ETag: etag(v.Delivery), Body: j}, nil
}

func (s *Service) getOne(ctx context.Context, in *deliveryNumber) (*deliveryOutput, error) {
	number, err := ParseRef(in.Number)
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, number, "")
}

// API adds the JSON calls of the room.
func (s *Service) API(m *web.Mux) {
	const one = "/api/v1/deliveries/{number}"
	web.Op(m, web.Operation{ID: "feed-deliveries", Method: http.MethodPost, Path: "/api/v1/deliveries", Action: "delivery.feed",
		Summary: "Tell of standing deliveries, many at once", Tag: "Deliveries", MaxBody: 8 << 20,
		Detail: "For ERP and MES: up to 1000 items, each with its `external`. A call may be repeated, and calls may overlap: an item whose `external` is known for its service makes no second delivery; the one there goes on where it stood (delivered, accepted). " +
			"All errors come at once, named by their place (`items[3].service`); with an error nothing is written."}, s.postFeed)
	web.Op(m, web.Operation{ID: "list-deliveries", Method: http.MethodGet, Path: "/api/v1/deliveries", Action: "delivery.list",
		Summary: "List deliveries one may see, newest first", Tag: "Deliveries"}, s.getList)
	web.Op(m, web.Operation{ID: "push-delivery", Method: http.MethodPost, Path: "/api/v1/deliveries/push", Action: "delivery.push",
		Summary: "Bring something without being asked", Tag: "Deliveries", Status: http.StatusCreated}, s.postPush)
	web.Op(m, web.Operation{ID: "get-delivery", Method: http.MethodGet, Path: one, Action: "delivery.see",
		Summary: "One delivery", Tag: "Deliveries"}, s.getOne)
	web.Op(m, web.Operation{ID: "get-delivery-timeline", Method: http.MethodGet, Path: one + "/timeline", Action: "delivery.see",
		Summary: "What happened to a delivery", Tag: "Deliveries"}, s.getTimeline)
	web.Op(m, web.Operation{ID: "report-deliveries", Method: http.MethodGet, Path: "/api/v1/reports/deliveries", Action: "report.see",
		Summary: "How many deliveries were in time, by service, unit or edge", Tag: "Reports"}, s.getReport)
	s.verbCalls(m, one)
	s.standingCalls(m)
}

type deliveryPushInput struct {
	Body struct {
		CustomerUnit string   `json:"customer_unit" doc:"Code of the unit that gets it" example:"production"`
		ProviderUnit string   `json:"provider_unit,omitempty" doc:"Code; default: the unit of the service, or the caller's own"`
		Service      string   `json:"service,omitempty" doc:"Code; may be left out"`
		Title        string   `json:"title,omitempty" maxLength:"200" doc:"Default: the service's name"`
		Receiver     string   `json:"receiver,omitempty" doc:"工号; default: whoever heads the customer"`
		Text         string   `json:"text,omitempty"`
		Quantity     string   `json:"quantity,omitempty" example:"120.5"`
		Files        []string `json:"files,omitempty" doc:"Ids of uploaded files"`
	}
}

func (s *Service) postPush(ctx context.Context, in *deliveryPushInput) (*deliveryOutput, error) {
	b := in.Body
	files, err := fileIDs(b.Files)
	if err != nil {
		return nil, err
	}
	d, err := s.Push(ctx, Push{Provider: b.ProviderUnit, Customer: b.CustomerUnit, Service: b.Service, Title: b.Title, Receiver: b.Receiver,
		Goods: Goods{b.Text, files, b.Quantity}})
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, d.Number, "")
}

type deliveryTimelineOutput struct {
	Body struct {
		Items []deliveryEventJSON `json:"items"`
	}
}

type deliveryEventJSON struct {
	At       time.Time  `json:"at"`
	Kind     Verb       `json:"kind"`
	By       *string    `json:"by" doc:"工号; null: the house"`
	Side     Side       `json:"side"`
	Text     *string    `json:"text"`
	Reason   *string    `json:"reason"`
	Quantity *string    `json:"quantity"`
	DueAt    *time.Time `json:"due_at"`
	Imported bool       `json:"imported"`

	Files []talk.AttachedFile `json:"files,omitempty" doc:"What came with the words"`
}

func (s *Service) getTimeline(ctx context.Context, in *deliveryNumber) (*deliveryTimelineOutput, error) {
	number, err := ParseRef(in.Number)
	if err != nil {
		return nil, err
	}
	v, err := s.ByNumber(ctx, number)
	if err != nil {
		return nil, err
	}
	said := map[int64]talk.Entry{}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		entries, err := s.Talk.Whole(ctx, rd, subject(v.ID), false)
		for _, e := range entries {
			said[e.ID] = e
		}
		return err
	})
	out := &deliveryTimelineOutput{}
	for _, e := range v.Log {
		out.Body.Items = append(out.Body.Items, deliveryEventJSON{At: e.At.UTC(), Kind: e.Kind, By: words(v.People[e.Actor].No), Side: e.Side, Text: words(said[e.Message].Text), Files: said[e.Message].Told(),
			Reason: words(e.Why), Quantity: words(e.Quantity), DueAt: instantOf(e.Due), Imported: e.Imported})
	}
	return out, err
}
