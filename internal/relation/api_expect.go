package relation

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/web"
)

type expectationsInput struct {
	web.Paging
	Unit       string `query:"unit" doc:"Code of a unit on either side, units below it included"`
	Provider   string `query:"provider" doc:"Code of the unit of which it is expected, units below it included"`
	Customer   string `query:"customer" doc:"Code of the unit that expects it, units below it included"`
	State      string `query:"state" enum:"uncovered,open,lapsed,answered,refused,withdrawn" doc:"uncovered: open and lapsed; default: all that are not withdrawn"`
	Importance string `query:"importance" doc:"At least so important, 1 to 5" example:"4"`
}

type expectationsJSON struct {
	Items      []expectationJSON `json:"items" nullable:"false"`
	Counts     expectCountsJSON  `json:"counts" doc:"Of the same filter, whatever state it asks for"`
	Hidden     int               `json:"hidden" doc:"Between units whose numbers the caller does not see"`
	NextCursor string            `json:"next_cursor,omitempty" doc:"Give it back as cursor for the next page; absent on the last"`
}

type expectCountsJSON struct {
	Open      int `json:"open"`
	Lapsed    int `json:"lapsed" doc:"What answered it has changed or is gone"`
	Answered  int `json:"answered"`
	Refused   int `json:"refused"`
	Withdrawn int `json:"withdrawn"`
	Uncovered int `json:"uncovered" doc:"Open and lapsed"`
}

type expectationJSON struct {
	ID           string          `json:"id"`
	Version      int             `json:"version" doc:"Counts every change; give it back with one to be sure that nobody else changed it meanwhile"`
	Provider     string          `json:"provider" doc:"Code of the unit of which it is expected" example:"finance"`
	Customer     string          `json:"customer" doc:"Code of the unit that expects it" example:"sales"`
	ProviderName string          `json:"provider_name"`
	CustomerName string          `json:"customer_name"`
	Text         string          `json:"text" doc:"As it was typed, in whatever language"`
	Importance   int             `json:"importance" doc:"1 to 5"`
	Kano         string          `json:"kano" enum:"unknown,must_be,one_dimensional,attractive,indifferent,reverse"`
	Service      string          `json:"service,omitempty" doc:"Code of the provider's service that it is about"`
	State        ExpectState     `json:"state" enum:"open,lapsed,answered,refused,withdrawn"`
	Answer       *answerJSON     `json:"answer" doc:"null: none"`
	WrittenBy    string          `json:"written_by" doc:"工号" example:"1004"`
	WrittenAt    time.Time       `json:"written_at"`
	MayWrite     bool            `json:"may_write"`
	MayAnswer    bool            `json:"may_answer"`
	Log          []expectLogJSON `json:"log,omitempty" doc:"Of one expectation alone: everything that became of it, the newest first"`
}

type answerJSON struct {
	By    string    `json:"by" doc:"standard, agreement: what kind of thing answers it; refused: no, because" example:"standard"`
	Code  string    `json:"code,omitempty" doc:"Of what answers it; absent where the caller may not see it, or where it is gone" example:"finance.expense"`
	Title string    `json:"title,omitempty"`
	Why   string    `json:"why,omitempty" doc:"Why it will not be met"`
	At    time.Time `json:"at"`
	Holds bool      `json:"holds" doc:"What was pointed to is as it was then"`
}

type expectLogJSON struct {
	At         time.Time `json:"at"`
	What       string    `json:"what" enum:"written,changed,withdrawn,answered,refused,moved"`
	By         string    `json:"by,omitempty" doc:"工号; absent: the house"`
	Text       string    `json:"text" doc:"The words after it"`
	Importance int       `json:"importance"`
	Note       string    `json:"note,omitempty" doc:"What answers it, why not, or which unit it came from"`
}

type expectBody struct {
	Text       string `json:"text" maxLength:"500" doc:"What is expected, as one would say it" example:"报销单三个工作日内付款"`
	Importance int    `json:"importance" minimum:"1" maximum:"5" doc:"1: would be nice; 5: without it the work stands still" example:"4"`
	Kano       string `json:"kano,omitempty" enum:"unknown,must_be,one_dimensional,attractive,indifferent,reverse" doc:"As far as it is known" example:"must_be"`
	Service    string `json:"service,omitempty" doc:"Code of a service of the provider; absent: none in particular"`
	Version    int    `json:"version,omitempty" minimum:"0" doc:"Of a change: the version that was read; 0 or absent: whatever it is"`
}

type expectInput struct {
	Provider string `path:"provider" doc:"Code of the unit of which it is expected" example:"finance"`
	Customer string `path:"customer" doc:"Code of the unit that expects it" example:"sales"`
	Body     expectBody
}

type expectationInput struct {
	ID ID `path:"id" doc:"Of the expectation" example:"889368576000004"`
}

type rewordInput struct {
	ID   ID `path:"id" doc:"Of the expectation" example:"889368576000004"`
	Body expectBody
}

type answerInput struct {
	ID   ID `path:"id" doc:"Of the expectation" example:"889368576000004"`
	Body struct {
		By      string `json:"by" doc:"standard or agreement with its code, or refused with why" example:"refused"`
		Code    string `json:"code,omitempty" doc:"Of the standard (the service's) or the agreement"`
		Why     string `json:"why,omitempty" maxLength:"500" doc:"Why it will not be met" example:"月末结账期间做不到"`
		Version int    `json:"version,omitempty" minimum:"0" doc:"The version that was read; 0 or absent: whatever it is"`
	}
}

type expectationOutput struct{ Body expectationJSON }

func (s *Service) mountExpect(m *web.Mux) {
	web.Op(m, web.Operation{ID: "list-expectations", Method: http.MethodGet, Path: "/api/v1/expectations", Action: "relation.list",
		Summary: "What customers expect of providers", Tag: "Relations", Scope: "read"}, s.getExpectations)
	web.Op(m, web.Operation{ID: "add-expectation", Method: http.MethodPost, Path: "/api/v1/relations/{provider}/{customer}/expectations", Action: "expectation.write",
		Summary: "Write down what a customer expects", Tag: "Relations", Scope: "write"}, s.postExpectation)
	web.Op(m, web.Operation{ID: "get-expectation", Method: http.MethodGet, Path: "/api/v1/expectations/{id}", Action: "relation.numbers",
		Summary: "One expectation, with its history", Tag: "Relations", Scope: "read"}, s.getExpectation)
	web.Op(m, web.Operation{ID: "change-expectation", Method: http.MethodPut, Path: "/api/v1/expectations/{id}", Action: "expectation.write",
		Summary: "Change an expectation", Tag: "Relations", Scope: "write"}, s.putExpectation)
	web.Op(m, web.Operation{ID: "withdraw-expectation", Method: http.MethodPost, Path: "/api/v1/expectations/{id}/withdraw", Action: "expectation.write",
		Summary: "Withdraw an expectation", Tag: "Relations", Scope: "write"}, s.postWithdraw)
	web.Op(m, web.Operation{ID: "answer-expectation", Method: http.MethodPost, Path: "/api/v1/expectations/{id}/answer", Action: "expectation.answer",
		Summary: "Say what meets an expectation, or why it will not be met", Tag: "Relations", Scope: "write"}, s.postAnswer)
}

const unknownKano = "unknown"

func (b expectBody) input() ExpectationInput {
	in := ExpectationInput{Text: b.Text, Importance: b.Importance, Kano: Kano(b.Kano), Service: b.Service}
	if b.Kano == unknownKano {
		in.Kano = UnknownKano
	}
	return in
}

func (x Expectation) wire(ctx context.Context) expectationJSON {
	out := expectationJSON{ID: strconv.FormatInt(x.ID, 10), Version: x.Version, Provider: x.Provider.Code, Customer: x.Customer.Code, ProviderName: x.Provider.Name.In(ctx),
		CustomerName: x.Customer.Name.In(ctx), Text: x.Text, Importance: x.Importance, Kano: string(x.Kano), Service: x.About.Code, State: x.State,
		WrittenBy: x.People[x.By].No, WrittenAt: x.At.UTC(), MayWrite: x.MayWrite, MayAnswer: x.MayAnswer}
	if x.Kano == UnknownKano {
		out.Kano = unknownKano
	}
	switch {
	case x.Why != "":
		out.Answer = &answerJSON{By: Refusal, Why: x.Why, At: x.AnsweredAt.UTC(), Holds: true}
	case x.Answer != "":
		out.Answer = &answerJSON{By: x.Answer, Code: x.Ground.Code, Title: x.groundTitle(ctx), At: x.AnsweredAt.UTC(), Holds: x.State == ExpectAnswered}
	}
	for _, c := range x.Log {
		out.Log = append(out.Log, expectLogJSON{c.At.UTC(), c.What, x.People[c.Person].No, c.Text, c.Importance, c.Note})
	}
	return out
}

func (s *Service) getExpectations(ctx context.Context, in *expectationsInput) (*struct{ Body expectationsJSON }, error) {
	var bad fault.Fields
	at, err := web.ParseCursor(in.Cursor, 1)
	if err != nil {
		bad.Add("cursor", "web.cursor")
		at = nil
	}
	f := ExpectFilter{Unit: in.Unit, Provider: in.Provider, Customer: in.Customer, State: in.State, Importance: in.Importance, Limit: in.Size()}
	if at != nil {
		f.Offset = int(max(at[0], 0))
	}
	l, err := s.Expectations(ctx, f)
	if bad.Len() > 0 && (err == nil || fault.KindOf(err) == fault.Invalid) {
		return nil, bad.Err()
	}
	if err != nil {
		return nil, err
	}
	out := expectationsJSON{Items: []expectationJSON{}, Hidden: l.Hidden, Counts: expectCountsJSON{Open: l.Counts[ExpectOpen], Lapsed: l.Counts[ExpectLapsed],
		Answered: l.Counts[ExpectAnswered], Refused: l.Counts[ExpectRefused], Withdrawn: l.Counts[ExpectWithdrawn], Uncovered: l.Counts.Uncovered()}}
	for _, x := range l.Items {
		out.Items = append(out.Items, x.wire(ctx))
	}
	if l.More {
		out.NextCursor = web.Cursor(int64(f.Offset + len(l.Items)))
	}
	return &struct{ Body expectationsJSON }{out}, nil
}

func (s *Service) postExpectation(ctx context.Context, in *expectInput) (*expectationOutput, error) {
	return wired(ctx)(s.Expect(ctx, in.Provider, in.Customer, in.Body.input()))
}

func (s *Service) getExpectation(ctx context.Context, in *expectationInput) (*expectationOutput, error) {
	return wired(ctx)(s.Expectation(ctx, in.ID))
}

func (s *Service) putExpectation(ctx context.Context, in *rewordInput) (*expectationOutput, error) {
	return wired(ctx)(s.Reword(ctx, in.ID, in.Body.Version, in.Body.input()))
}

func (s *Service) postWithdraw(ctx context.Context, in *expectationInput) (*expectationOutput, error) {
	return wired(ctx)(s.WithdrawExpectation(ctx, in.ID))
}

func (s *Service) postAnswer(ctx context.Context, in *answerInput) (*expectationOutput, error) {
	return wired(ctx)(s.AnswerExpectation(ctx, in.ID, AnswerInput{By: in.Body.By, Code: in.Body.Code, Why: in.Body.Why, Version: in.Body.Version}))
}

// wired is one expectation on the wire.
func wired(ctx context.Context) func(Expectation, error) (*expectationOutput, error) {
	return func(x Expectation, err error) (*expectationOutput, error) {
		if err != nil {
			return nil, err
		}
		return &expectationOutput{x.wire(ctx)}, nil
	}
}
