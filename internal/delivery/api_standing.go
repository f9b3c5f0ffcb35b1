package delivery

import (
	"context"
	"net/http"
	"time"

	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
)

// standingJSON is an arrangement on the wire.
type standingJSON struct {
	Number       string             `json:"number" example:"SD-101"`
	State        string             `json:"state" enum:"active,paused,ended"`
	Service      string             `json:"service" example:"hr.payroll"`
	ServiceName  lang.Text          `json:"service_name"`
	ProviderUnit string             `json:"provider_unit"`
	Deliverable  string             `json:"deliverable"`
	Criterion    string             `json:"criterion"`
	Schedule     *Schedule          `json:"schedule" doc:"null: fed by other systems alone"`
	Words        string             `json:"schedule_words" doc:"The schedule in the asked language"`
	LeadWorkdays int                `json:"lead_workdays" doc:"A delivery opens so many workdays before it is due"`
	AcceptDays   int                `json:"accept_workdays" doc:"It counts as accepted so many workdays after it was delivered; 0: never"`
	From         string             `json:"from"`
	Until        *string            `json:"until"`
	Assignee     *string            `json:"assignee" doc:"工号 of who brings it"`
	Customers    []standingCustomer `json:"customers"`
	Next         []dueTimeJSON      `json:"next,omitempty" doc:"The next twelve due times"`
}

type standingCustomer struct {
	Unit     string  `json:"unit"`
	Receiver *string `json:"receiver"`
	State    string  `json:"state" enum:"told,agreed,objected,gone"`
	Reason   *string `json:"reason"`
}

type dueTimeJSON struct {
	Period  string    `json:"period" example:"2026-11"`
	DueAt   time.Time `json:"due_at"`
	Planned string    `json:"planned" doc:"The day that the schedule names"`
	Moved   bool      `json:"moved" doc:"That day is closed"`
}

type arrangeBody struct {
	Service      string    `json:"service" example:"hr.payroll"`
	Deliverable  string    `json:"deliverable,omitempty" doc:"Default: the service's"`
	Criterion    string    `json:"criterion,omitempty" doc:"Default: the service's"`
	Schedule     *Schedule `json:"schedule,omitempty" doc:"Left out: fed by other systems alone"`
	LeadWorkdays int       `json:"lead_workdays,omitempty"`
	AcceptDays   *int      `json:"accept_workdays,omitempty" doc:"Default 5"`
	From         string    `json:"from,omitempty" doc:"First day; default today" example:"2026-12-01"`
	Until        string    `json:"until,omitempty" doc:"Last day"`
	Assignee     string    `json:"assignee,omitempty" doc:"工号"`
	Customers    []struct {
		Unit     string `json:"unit" example:"production"`
		Receiver string `json:"receiver,omitempty" doc:"工号; default: whoever heads the unit"`
	} `json:"customers"`
}

func (b arrangeBody) arrangement() Arrangement {
	in := Arrangement{Service: b.Service, Deliverable: b.Deliverable, Criterion: b.Criterion, Lead: b.LeadWorkdays, AcceptDays: acceptDays,
		From: b.From, Until: b.Until, Assignee: b.Assignee}
	if b.AcceptDays != nil {
		in.AcceptDays = *b.AcceptDays
	}
	if b.Schedule != nil {
		in.Schedule = *b.Schedule
	}
	for _, c := range b.Customers {
		in.Customers = append(in.Customers, CustomerInput{c.Unit, c.Receiver})
	}
	return in
}

type standingOutput struct {
	ETag string `header:"ETag"`
	Body standingJSON
}

// StandingNumbered is the number of an arrangement in an address. It is embedded: huma fills exported types alone.
type StandingNumbered struct {
	Number string `path:"number" doc:"SD-101" example:"SD-101"`
}

func (s *Service) standingCalls(m *web.Mux) {
	const all = "/api/v1/standing-deliveries"
	const one = all + "/{number}"
	web.Op(m, web.Operation{ID: "arrange-standing-delivery", Method: http.MethodPost, Path: all, Action: "delivery.arrange",
		Summary: "Arrange what a unit brings to others without being asked", Tag: "Deliveries", Status: http.StatusCreated},
		func(ctx context.Context, in *struct{ Body arrangeBody }) (*standingOutput, error) {
			st, err := s.Arrange(ctx, in.Body.arrangement())
			return s.standingAnswer(ctx, st, err)
		})
	web.Op(m, web.Operation{ID: "list-standing-deliveries", Method: http.MethodGet, Path: all, Action: "delivery.standing",
		Summary: "List the arrangements", Tag: "Deliveries"}, s.getStandings)
	web.Op(m, web.Operation{ID: "get-standing-delivery", Method: http.MethodGet, Path: one, Action: "delivery.standing",
		Summary: "One arrangement with its next due times", Tag: "Deliveries"}, func(ctx context.Context, in *StandingNumbered) (*standingOutput, error) {
		return s.onStanding(ctx, in.Number, s.Standing)
	})
	web.Op(m, web.Operation{ID: "change-standing-delivery", Method: http.MethodPut, Path: one, Action: "delivery.arrange",
		Summary: "Change an arrangement for what falls due from now on", Tag: "Deliveries"}, func(ctx context.Context, in *struct {
		web.IfMatch
		StandingNumbered
		Body arrangeBody
	}) (*standingOutput, error) {
		return s.onStanding(ctx, in.Number, func(ctx context.Context, n int64) (Standing, error) {
			return s.Rearrange(ctx, n, in.Body.arrangement(), in.IfMatch)
		})
	})
	for _, v := range []struct {
		verb, summary string
		do            func(context.Context, int64) (Standing, error)
	}{{"pause", "Let it rest", s.Rest}, {"resume", "Let it go on", s.Resume}, {"end", "End it", s.End}} {
		web.Op(m, web.Operation{ID: v.verb + "-standing-delivery", Method: http.MethodPost, Path: one + "/" + v.verb, Action: "delivery.arrange",
			Summary: v.summary, Tag: "Deliveries"}, func(ctx context.Context, in *StandingNumbered) (*standingOutput, error) {
			return s.onStanding(ctx, in.Number, v.do)
		})
	}
	type sayInput struct {
		StandingNumbered
		Body struct {
			Unit   string `json:"unit" doc:"Code of the customer that speaks" example:"production"`
			Reason string `json:"reason,omitempty"`
		}
	}
	for verb, agree := range map[string]bool{"agree": true, "object": false} {
		summary := "Confirm it for a customer"
		if !agree {
			summary = "Object to it for a customer: nothing falls due for it any more"
		}
		web.Op(m, web.Operation{ID: verb + "-standing-delivery", Method: http.MethodPost, Path: one + "/" + verb, Action: "delivery.agree",
			Summary: summary, Tag: "Deliveries"}, func(ctx context.Context, in *sayInput) (*standingOutput, error) {
			return s.onStanding(ctx, in.Number, func(ctx context.Context, n int64) (Standing, error) {
				return s.Say(ctx, n, in.Body.Unit, agree, in.Body.Reason)
			})
		})
	}
}

func (s *Service) onStanding(ctx context.Context, ref string, do func(context.Context, int64) (Standing, error)) (*standingOutput, error) {
	number, err := ParseStandingRef(ref)
	if err != nil {
		return nil, err
	}
	st, err := do(ctx, number)
	return s.standingAnswer(ctx, st, err)
}

func (s *Service) standingAnswer(ctx context.Context, st Standing, err error) (*standingOutput, error) {
	if err != nil {
		return nil, spoken(ctx, err)
	}
	items, err := s.wireStandings(ctx, []Standing{st})
	if err != nil {
		return nil, err
	}
	next, _, err := s.Upcoming(ctx, st.Provider, st.Schedule, 12)
	for _, o := range next {
		items[0].Next = append(items[0].Next, dueTimeJSON{o.Slot, o.At, o.Planned.String(), o.Moved()})
	}
	return &standingOutput{ETag: st.etag(), Body: items[0]}, err
}

type standingsInput struct {
	web.Paging
	Provider string `query:"provider" doc:"Code"`
	Customer string `query:"customer" doc:"Code"`
	Service  string `query:"service" doc:"Code"`
	State    string `query:"state" enum:"active,paused,ended,any" doc:"Default: what has not ended"`
}

type standingsOutput struct {
	Body web.Page[standingJSON]
}

func (s *Service) getStandings(ctx context.Context, in *standingsInput) (*standingsOutput, error) {
	page, err := s.Standings(ctx, StandingFilter{Provider: in.Provider, Customer: in.Customer, Service: in.Service, State: in.State, Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	items, err := s.wireStandings(ctx, page.Items)
	return &standingsOutput{Body: web.Page[standingJSON]{Items: items, NextCursor: page.NextCursor}}, err
}

func (s *Service) wireStandings(ctx context.Context, list []Standing) ([]standingJSON, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	people, err := s.peopleOf(ctx, list)
	if err != nil {
		return nil, err
	}
	out := make([]standingJSON, len(list))
	for i, st := range list {
		j := standingJSON{Number: st.Ref(), State: st.State, ProviderUnit: unitCode(tree, st.Provider), Deliverable: st.Deliverable, Criterion: st.Criterion,
			Words: scheduleWords(ctx, st.Schedule), LeadWorkdays: st.Lead, AcceptDays: st.AcceptDays, From: st.From.String(), Until: words(dayText(st.Until)),
			Assignee: words(people[st.Assignee].No), Customers: make([]standingCustomer, 0, len(st.Customers))}
		if service, ok := snap.ByID(st.Service); ok {
			j.Service, j.ServiceName = service.Code, service.Name
		}
		if st.Schedule.Every != "" {
			schedule := st.Schedule
			j.Schedule = &schedule
		}
		for _, c := range st.Customers {
			j.Customers = append(j.Customers, standingCustomer{unitCode(tree, c.Unit), words(people[c.Receiver].No), c.State, words(c.Reason)})
		}
		out[i] = j
	}
	return out, nil
}

// peopleOf are the people whom arrangements name.
func (s *Service) peopleOf(ctx context.Context, list []Standing) (people personNames, err error) {
	var ids []int64
	for _, st := range list {
		ids = append(ids, st.Assignee, st.CreatedBy)
		for _, c := range st.Customers {
			ids = append(ids, c.Receiver, c.SaidBy)
		}
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		people, err = s.Org.Names(ctx, rd, unique(ids))
		return err
	})
	return people, err
}
