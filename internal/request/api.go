package request

import (
	"context"
	"net/http"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/talk"
)

// numbered is the path of one request.
type numbered struct {
	Number string `path:"number" doc:"R-1024" example:"R-1024"`
}

// whenBody is what an import adds to the body of every verb.
type whenBody struct {
	At string `json:"at,omitempty" format:"date-time" doc:"Import scope only: when it happened" example:"2026-11-20T09:30:00+08:00"`
	By string `json:"by,omitempty" doc:"Import scope only: 工号 of who did it" example:"00123"`
}

func (b whenBody) when() (When, error) {
	at, err := instant("at", b.At)
	return When{At: at, By: b.By}, err
}

// instant reads an RFC 3339 time of an import.
func instant(name, text string) (time.Time, error) {
	if text == "" {
		return noTime, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		var f fault.Fields
		f.Add(name, "request.not-a-time")
		return noTime, f.Err()
	}
	return t.UTC(), nil
}

// answered is the answer of nearly every call: the request.
type answered struct {
	ETag string `header:"ETag"`
	Body requestJSON
}

type openInput struct {
	Body struct {
		Service      string         `json:"service" example:"hr.onboard"`
		Title        string         `json:"title" maxLength:"200"`
		Fields       map[string]any `json:"fields,omitempty" doc:"Answers of the service's form by key"`
		CustomerUnit string         `json:"customer_unit,omitempty" doc:"Code; default: the main unit of whoever it is for"`
		OnBehalfOf   string         `json:"on_behalf_of,omitempty" doc:"工号 of the colleague it is for"`
		Place        string         `json:"place,omitempty" doc:"Code of the place or machine it is about" example:"hq-3f-02"`
		Urgent       string         `json:"urgent,omitempty" doc:"Why it is urgent; within the unit’s share of the month it is, beyond it the unit’s head agrees" example:"客户明天开工"`
		Confidential bool           `json:"confidential,omitempty" doc:"Only the asker and the people named see it"`
		Named        []string       `json:"named,omitempty" doc:"Of a confidential request: 工号 of those who may see it and work on it"`
		OpenedAt     string         `json:"opened_at,omitempty" format:"date-time" doc:"Import scope only"`
		By           string         `json:"by,omitempty" doc:"Import scope only: 工号 of the asker"`
	}
}

type logInput struct {
	Body struct {
		Service string         `json:"service" doc:"Of a unit that the caller agents for" example:"it.incident"`
		For     string         `json:"for" doc:"工号 of the colleague who called: the customer" example:"00123"`
		Text    string         `json:"text" maxLength:"8000" doc:"What was said; the first message" example:"三楼打印机卡纸，急用"`
		Title   string         `json:"title,omitempty" maxLength:"200" doc:"Default: the beginning of text"`
		Via     string         `json:"via,omitempty" enum:"phone,chat,counter" doc:"Default: phone"`
		Then    string         `json:"then,omitempty" enum:"take,queue,deliver" doc:"What becomes of it at once; default: the caller takes it"`
		Fields  map[string]any `json:"fields,omitempty" doc:"Answers of the service's form, as far as they are known"`
		Place   string         `json:"place,omitempty" doc:"Code of the place that it is about" example:"hq-3f-02"`
	}
}

// API adds the JSON calls of the room.
func (s *Service) API(m *web.Mux) {
	const one = "/api/v1/requests/{number}"
	web.Op(m, web.Operation{ID: "open-request", Method: http.MethodPost, Path: "/api/v1/requests", Action: "request.open",
		Summary: "Ask for a service", Tag: "Requests", Status: http.StatusCreated}, s.postOpen)
	web.Op(m, web.Operation{ID: "list-drafts", Method: http.MethodGet, Path: "/api/v1/drafts", Action: "request.open",
		Summary: "What the caller began to ask for and has not sent", Tag: "Requests"}, s.getDrafts)
	web.Op(m, web.Operation{ID: "keep-draft", Method: http.MethodPut, Path: "/api/v1/drafts/{service}", Action: "request.open",
		Summary: "Keep a draft, one per service, for 30 days", Tag: "Requests", Status: http.StatusNoContent}, s.putDraft)
	web.Op(m, web.Operation{ID: "drop-draft", Method: http.MethodDelete, Path: "/api/v1/drafts/{service}", Action: "request.open",
		Summary: "Throw a draft away", Tag: "Requests", Status: http.StatusNoContent}, s.deleteDraft)
	web.Op(m, web.Operation{ID: "log-request", Method: http.MethodPost, Path: "/api/v1/requests/log", Action: "request.log",
		Summary: "Write down a colleague's call as that colleague's request", Tag: "Requests", Status: http.StatusCreated}, s.postLog)
	web.Op(m, web.Operation{ID: "list-requests", Method: http.MethodGet, Path: "/api/v1/requests", Action: "request.list",
		Summary: "List requests one may see, newest first", Detail: fieldsDetail, Tag: "Requests"}, s.getList)
	web.Op(m, web.Operation{ID: "get-request", Method: http.MethodGet, Path: one, Action: "request.see",
		Summary: "One request", Tag: "Requests"}, s.getOne)
	web.Op(m, web.Operation{ID: "get-request-clocks", Method: http.MethodGet, Path: one + "/clocks", Action: "request.see",
		Summary: "The clocks of a request, interval by interval", Tag: "Requests"}, s.getClocks)
	web.Op(m, web.Operation{ID: "get-request-timeline", Method: http.MethodGet, Path: one + "/timeline", Action: "request.see",
		Summary: "What happened to a request", Tag: "Requests"}, s.getTimeline)
	web.Op(m, web.Operation{ID: "list-queue", Method: http.MethodGet, Path: "/api/v1/queue", Action: "request.list",
		Summary: "What the caller's units have to do, the next due first", Detail: fieldsDetail, Tag: "Requests"}, s.getQueue)
	web.Op(m, web.Operation{ID: "report-attainment", Method: http.MethodGet, Path: "/api/v1/reports/attainment", Action: "report.see",
		Summary: "How much was in time, by service, unit or edge", Tag: "Reports"}, s.getAttainment)
	web.Op(m, web.Operation{ID: "report-handling", Method: http.MethodGet, Path: "/api/v1/reports/handling", Action: "report.see",
		Summary: "Where requests went, whose lateness it is and what their time went on, by unit or service", Tag: "Reports"}, s.getHandling)
	s.verbCalls(m, one)
	s.linkedCalls(m)
	s.answerDraftCalls(m, one)
	s.bulkCalls(m)
	s.loadCalls(m)
}

func (s *Service) postOpen(ctx context.Context, in *openInput) (*answered, error) {
	b := in.Body
	at, err := instant("opened_at", b.OpenedAt)
	if err != nil {
		return nil, err
	}
	ctx, o, err := s.opened(ctx, Ask{Place: b.Place, Service: b.Service, Title: b.Title, Fields: b.Fields, Customer: b.CustomerUnit, For: b.OnBehalfOf,
		Confidential: b.Confidential, Urgent: b.Urgent, Named: b.Named, OpenedAt: at, By: b.By})
	if err != nil {
		return nil, err
	}
	v, err := s.seen(ctx, o)
	if err != nil {
		return nil, err
	}
	return s.wire(ctx, v)
}

func (s *Service) postLog(ctx context.Context, in *logInput) (*answered, error) {
	b := in.Body
	r, err := s.Log(ctx, Call{Service: b.Service, For: b.For, Text: b.Text, Title: b.Title, Via: b.Via, Then: b.Then, Fields: b.Fields, Place: b.Place})
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, r, "")
}

// answer reads the request back as the caller sees it. An import that acts for somebody may not see it itself: then it
// gets what that person sees.
func (s *Service) answer(ctx context.Context, r Request, by string) (*answered, error) {
	ctx, err := s.by(ctx, by)
	if err != nil {
		return nil, err
	}
	v, err := s.ByNumber(ctx, r.Number)
	if err != nil {
		return nil, err
	}
	return s.wire(ctx, v)
}

func (s *Service) wire(ctx context.Context, v View) (*answered, error) {
	body, err := s.json(ctx, v)
	return &answered{ETag: etag(v), Body: body}, err
}

// etag changes with every event that the reader may know of: a note is not told by it either.
func etag(v View) string {
	return web.ETag(v.ID, int64(len(v.Log)), string(v.CompletionIs), string(v.ResponseIs))
}

func (s *Service) getOne(ctx context.Context, in *numbered) (*answered, error) {
	number, err := ParseRef(in.Number)
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, Request{Number: number}, "")
}

type clocksOutput struct {
	Body struct {
		Number string      `json:"number"`
		Clocks []clockJSON `json:"clocks"`
	}
}

type clocksInput struct {
	Number string `path:"number" doc:"R-1024" example:"R-1024"`
	Clock  string `query:"clock" doc:"Only one, by its name: completion, first_response, next_response (the running or last turn), next_response:2 (the second turn), hop:finance (of a unit); left out: all, of the turns the last"`
}

func (s *Service) getClocks(ctx context.Context, in *clocksInput) (*clocksOutput, error) {
	number, err := ParseRef(in.Number)
	if err != nil {
		return nil, err
	}
	v, lines, err := s.Explained(ctx, number, in.Clock)
	if err != nil {
		return nil, err
	}
	out := &clocksOutput{}
	out.Body.Number = v.Ref()
	out.Body.Clocks = make([]clockJSON, 0, len(lines))
	for _, l := range lines {
		c := clockOf(v.Tree, l.State)
		c.Intervals = intervalsOf(ctx, l.Intervals)
		out.Body.Clocks = append(out.Body.Clocks, c)
	}
	return out, nil
}

type timelineOutput struct {
	Body struct {
		Items []eventJSON `json:"items"`
	}
}

func (s *Service) getTimeline(ctx context.Context, in *numbered) (*timelineOutput, error) {
	number, err := ParseRef(in.Number)
	if err != nil {
		return nil, err
	}
	out := &timelineOutput{}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		v, err := s.view(ctx, rd, number)
		if err != nil {
			return err
		}
		entries, err := s.Talk.Whole(ctx, rd, subject(v.ID), !v.NotesHidden())
		if err != nil {
			return err
		}
		said := make(map[int64]talk.Entry, len(entries))
		for _, e := range entries {
			said[e.ID] = e
		}
		out.Body.Items = v.timelineOf(ctx, said)
		return nil
	})
	return out, err
}
