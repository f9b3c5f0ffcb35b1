package request

import (
	"context"
	"strings"
	"time"

	"net/url"

	"neike/internal/catalog"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// lineJSON is a request in a list.
type lineJSON struct {
	Number       string     `json:"number" example:"R-1024"`
	State        State      `json:"state" enum:"new,working,waiting,delivered,done,withdrawn,cancelled"`
	Title        string     `json:"title"`
	Service      string     `json:"service"`
	ServiceName  lang.Text  `json:"service_name"`
	ProviderUnit string     `json:"provider_unit"`
	HoldingUnit  string     `json:"holding_unit"`
	CustomerUnit string     `json:"customer_unit"`
	AskedBy      string     `json:"asked_by"`
	AskedByName  string     `json:"asked_by_name"`
	Assignee     *string    `json:"assignee"`
	AssigneeName *string    `json:"assignee_name"`
	Confidential bool       `json:"confidential"`
	OpenedAt     time.Time  `json:"opened_at"`
	RespondDueAt *time.Time `json:"respond_due_at"`
	DueAt        *time.Time `json:"due_at"`
	NextDueAt    *time.Time `json:"next_due_at" doc:"What comes first of responses and completion; null: no clock runs"`
	ReplySince   *time.Time `json:"reply_since,omitempty" doc:"Since when the customer waits for an answer to its next word; left out: it does not, or nothing is promised of it"`
	ReplyDueAt   *time.Time `json:"reply_due_at,omitempty" doc:"By when that is answered"`
	Provisional  bool       `json:"provisional" doc:"next_due_at reaches into a year whose days off are not settled"`
	ClosedAt     *time.Time `json:"closed_at"`
	Rated        bool       `json:"rated"`
	Duplicate    bool       `json:"duplicate,omitempty" doc:"Goes, or went, along with another request of the same customer: left out of the counts, accepted and rated with that one"`
	Place        *spotJSON  `json:"place,omitempty" doc:"Where it was asked from"`
	Stage        *stageJSON `json:"stage,omitempty" doc:"How far the work is, of the stages of its service"`

	Fields map[string]any `json:"fields,omitempty" doc:"Answers to the fields named by columns, in canonical form"`
}

// ListInput is what lists are asked by. It is embedded, which only an exported type can be.
type ListInput struct {
	web.Paging
	Mine         bool   `query:"mine" doc:"Asked by the caller, or for the caller"`
	Unit         string `query:"unit" doc:"Code of the holding unit"`
	Provider     string `query:"provider" doc:"Code of the providing unit"`
	OfferedBy    string `query:"offered_by" doc:"Code of the unit whose services these are, units below it included"`
	Via          string `query:"via" doc:"Code of a unit that had it in hand for another, or a part of it"`
	OpenedFrom   string `query:"opened_from" format:"date-time" doc:"Opened at or after this instant"`
	OpenedBefore string `query:"opened_before" format:"date-time" doc:"Opened before this instant"`
	DoneFrom     string `query:"done_from" format:"date-time" doc:"Accepted at or after this instant"`
	DoneBefore   string `query:"done_before" format:"date-time" doc:"Accepted before this instant"`
	Below        bool   `query:"below" doc:"Units below provider count, too"`
	Customer     string `query:"customer" doc:"Code of the customer unit, units below it included"`
	Service      string `query:"service" doc:"Code"`
	State        string `query:"state" doc:"A state, open, or in-hand: open and not delivered yet"`
	Assignee     string `query:"assignee" doc:"工号, me, or none"`
	Q            string `query:"q" doc:"A number, or part of the title"`
	DueBefore    string `query:"due_before" format:"date-time" doc:"Due before this instant"`
	Due          string `query:"due" enum:"overdue,today,week" doc:"Of what is open: late already, due today, due from Monday to Sunday of this week"`
	DueFrom      string `query:"due_from" format:"date-time" doc:"Due at or after this instant"`
	Clock        string `query:"clock" enum:"completion,first_response,next_response" doc:"Which clock due_from, due_before and outcome read; default completion"`
	Cause        string `query:"cause" enum:"none,own,customer,third,force" doc:"Why that clock was late; none: nobody has said"`
	CauseIs      string `query:"cause_state" enum:"asked,stated,disputed,settled" doc:"Where its cause stands"`
	Place        string `query:"place" doc:"Code of a place, what lies under it included"`
	Stage        string `query:"stage" doc:"Code of a stage of service, or none"`
	Raised       string `query:"raised" enum:"self,behalf,program,import" doc:"By the one it is for, by somebody else for that person, by a program, from a file; confidential ones are left out"`
	Merged       string `query:"merged" enum:"yes,no,duplicate" doc:"Goes, or went, along with another request; duplicate: with one of the same customer"`
	Outcome      string `query:"outcome" enum:"met,breached,pending,excluded" doc:"What the clock has come to"`

	Sort    string   `query:"sort" doc:"place, or field.KEY: by the place, or by an indexed field of the form; with - before it the greatest first; default: the order of the list"`
	Columns []string `query:"columns" doc:"Keys of indexed form fields, with commas between them: their answers come as fields"`

	fields map[string][]string
}

// FillQuery takes the conditions on form fields out of the address: their names are those of the forms.
func (in *ListInput) FillQuery(q url.Values) {
	in.fields = fieldsNamed(q)
	in.Columns = nil // however they are given: by commas, or again and again
	for _, list := range q["columns"] {
		in.Columns = append(in.Columns, strings.FieldsFunc(list, func(r rune) bool { return r == ',' })...)
	}
}

// OwnQuery says whether a name of the address is a condition on a form field, or columns.
func (in *ListInput) OwnQuery(name string) bool {
	return name == "columns" || strings.HasPrefix(name, "field.")
}

// fieldsDetail documents what no parameter can.
const fieldsDetail = "Lists filter by indexed fields of the service's form: `field.KEY=VALUE` (given again: any of them; a text: begins with), `field.KEY.min` and `field.KEY.max` for numbers, amounts, days and months, both inclusive. Without `service` the field must be one that the services of the caller's units share."

type queueInput struct {
	ListInput
	View string `query:"view" enum:"unit,mine,unassigned,late,duty" default:"unit" doc:"Everything of my units, what I have in hand, what nobody has, what will be late today, what came since the present duty began or is with nobody"`
}

func (in ListInput) filter() (Filter, error) {
	var bad fault.Fields
	before, err := instant("due_before", in.DueBefore)
	if err := merge(&bad, err); err != nil {
		return Filter{}, err
	}
	from, err := instant("due_from", in.DueFrom)
	if err := merge(&bad, err); err != nil {
		return Filter{}, err
	}
	var spans [4]time.Time
	for i, x := range []struct{ name, text string }{{"opened_from", in.OpenedFrom}, {"opened_before", in.OpenedBefore}, {"done_from", in.DoneFrom}, {"done_before", in.DoneBefore}} {
		at, err := instant(x.name, x.text)
		if err := merge(&bad, err); err != nil {
			return Filter{}, err
		}
		spans[i] = at
	}
	return Filter{Mine: in.Mine, OfferedBy: in.OfferedBy, Via: in.Via, Opened: Span{spans[0], spans[1]}, Done: Span{spans[2], spans[3]}, Unit: in.Unit, Provider: in.Provider, Below: in.Below, Customer: in.Customer, Service: in.Service, State: in.State,
		Assignee: in.Assignee, Q: in.Q, DueBefore: before, DueFrom: from, Due: in.Due, Clock: in.Clock, Outcome: in.Outcome, Merged: in.Merged, Way: in.Raised, Place: in.Place, Stage: in.Stage, Cause: in.Cause, CauseIs: in.CauseIs,
		Fields: in.fields, Sort: in.Sort, Columns: in.Columns, Cursor: in.Cursor, Limit: in.Limit}, bad.Err()
}

type listOutput struct {
	Body web.Page[lineJSON]
}

func (s *Service) getList(ctx context.Context, in *ListInput) (*listOutput, error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	page, err := s.List(ctx, f)
	if err != nil {
		return nil, err
	}
	return s.listed(ctx, page)
}

func (s *Service) getQueue(ctx context.Context, in *queueInput) (*listOutput, error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	page, err := s.Queue(ctx, in.View, f)
	if err != nil {
		return nil, err
	}
	return s.listed(ctx, page)
}

func (s *Service) listed(ctx context.Context, page web.Page[Line]) (*listOutput, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	book, err := s.Calendar.Book(ctx)
	if err != nil {
		return nil, err
	}
	out := &listOutput{Body: web.Page[lineJSON]{Items: make([]lineJSON, 0, len(page.Items)), NextCursor: page.NextCursor}}
	for _, l := range page.Items {
		item := l.json(ctx, tree, snap)
		if item.NextDueAt != nil {
			table, err := s.tableOf(ctx, book, l.Provider, l.Service)
			if err != nil {
				return nil, err
			}
			item.Provisional = table.Provisional(l.OpenedAt, l.NextDue)
		}
		out.Body.Items = append(out.Body.Items, item)
	}
	return out, nil
}

func (l Line) json(ctx context.Context, tree *org.Tree, snap *catalog.Snapshot) lineJSON {
	out := lineJSON{Number: l.Ref(), State: l.State, Title: l.Title, ProviderUnit: unitCode(tree, l.Provider),
		HoldingUnit: unitCode(tree, l.Unit), CustomerUnit: unitCode(tree, l.Customer), AskedBy: l.Asker.No, AskedByName: l.Asker.Plain(ctx),
		Assignee: words(l.Holder.No), AssigneeName: words(l.Holder.Plain(ctx)), Fields: l.Given, Confidential: l.Confidential, OpenedAt: l.OpenedAt,
		RespondDueAt: moment1(l.ResponseDue), DueAt: moment1(l.Due), ClosedAt: moment1(l.ClosedAt), Rated: l.Rated, Duplicate: l.Duplicate, Place: spotWire(l.Place),
		ReplySince: moment1(l.ReplySince), ReplyDueAt: moment1(l.ReplyDue)}
	if service, ok := snap.ByID(l.Service); ok {
		out.Service, out.ServiceName = service.Code, service.Name
		out.Stage = stageWire(service, l.Stage)
	}
	if !l.NextDue.Equal(never) {
		out.NextDueAt = moment1(l.NextDue)
	}
	return out
}
