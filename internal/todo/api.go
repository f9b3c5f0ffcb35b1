package todo

import (
	"context"
	"net/http"
	"time"

	"neike/internal/kit/lang"
	"neike/internal/kit/web"
)

type todosInput struct {
	web.Paging
	Side   string `query:"side" enum:"serving,served" doc:"serving: owed to a customer of mine; served: owed as the customer"`
	Holder string `query:"holder" enum:"person,unit,deputy" doc:"person: my own; unit: held by a unit of mine, unclaimed; deputy: of those I stand in for"`
	For    string `query:"for" doc:"employee_no of one of those I stand in for: only what that one owes"`
}

type todosOutput struct{ Body web.Page[todoJSON] }

type todoJSON struct {
	Verb    string      `json:"verb" example:"answer"`
	Label   string      `json:"label" doc:"The verb in the asked language"`
	Side    string      `json:"side" enum:"serving,served"`
	Title   string      `json:"title"`
	Subject string      `json:"subject" doc:"Kind of the record" example:"request"`
	Ref     string      `json:"ref" example:"R-1024"`
	URL     string      `json:"url" doc:"Where the verb is done"`
	Holder  holderJSON  `json:"holder"`
	For     *personJSON `json:"for"`
	Behalf  *personJSON `json:"in_place_of,omitempty" doc:"Who owes it and is away; the caller is the deputy"`
	Unit    *string     `json:"unit" doc:"Code of the unit on the other side"`
	DueAt   *time.Time  `json:"due_at"`
	Since   time.Time   `json:"since"`
	Until   *time.Time  `json:"until" doc:"An invitation lapses then by itself; null: it stays until it is fulfilled"`
	Overdue bool        `json:"overdue"`
}

type holderJSON struct {
	Kind string  `json:"kind" enum:"person,unit"`
	Unit *string `json:"unit" doc:"Code of the unit that holds it"`
	Role string  `json:"role,omitempty" enum:"agent,head"`
}

type personJSON struct {
	No   string `json:"employee_no"`
	Name string `json:"name"`
}

// Mount adds the pages and the API of the room.
func (s *Service) Mount(m *web.Mux) {
	m.Page(s.Routes()...)
	web.Op(m, web.Operation{ID: "list-todos", Method: http.MethodGet, Path: "/api/v1/todos", Action: "todo.mine", Summary: "What I owe",
		Tag: "Todos", Scope: "read"}, s.getTodos)
	s.homeAPI(m)
}

func (s *Service) getTodos(ctx context.Context, in *todosInput) (*todosOutput, error) {
	page, err := s.Mine(ctx, Filter{Side: in.Side, Holder: in.Holder, For: in.For, Cursor: in.Cursor, Limit: in.Size()})
	if err != nil {
		return nil, err
	}
	out := &todosOutput{Body: web.Page[todoJSON]{Items: make([]todoJSON, len(page.Items)), NextCursor: page.NextCursor}}
	now := s.db.Now()
	for i, e := range page.Items {
		out.Body.Items[i] = s.wire(ctx, e, now)
	}
	return out, nil
}

func (s *Service) wire(ctx context.Context, e Entry, now time.Time) todoJSON {
	j := todoJSON{Verb: e.Verb, Label: lang.T(ctx, s.Verb(e.Verb).Label), Side: Served, Title: e.Title, Subject: e.Subject.Kind,
		Ref: e.Ref, URL: e.Link, Holder: holderJSON{Kind: e.Holder.Kind, Role: e.Holder.Role}, Since: e.Since}
	if e.Serving {
		j.Side = Serving
	}
	if e.Unclaimed() {
		j.Holder.Unit = &e.HolderCode
	}
	if e.For != 0 {
		j.For = &personJSON{No: e.ForNo, Name: e.ForName}
	}
	if e.Behalf != 0 {
		j.Behalf = &personJSON{No: e.BehalfNo, Name: e.BehalfName}
	}
	if e.UnitCode != "" {
		j.Unit = &e.UnitCode
	}
	if !e.Due.IsZero() {
		j.DueAt, j.Overdue = &e.Due, now.After(e.Due)
	}
	if !e.Until.IsZero() {
		j.Until = &e.Until
	}
	return j
}
