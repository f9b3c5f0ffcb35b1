package access

import (
	"context"
	"math"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/org"
)

type heldInput struct {
	web.Paging
	Q     string `query:"q" doc:"Name or 工号 of a person, or code or name of a unit (with all below it)"`
	Role  string `query:"role" doc:"Only who holds this role" example:"head"`
	Scope string `query:"scope" doc:"company: only roles of the whole company" example:"company"`
}

type holdingJSON struct {
	No     string    `json:"person" doc:"工号" example:"1004"`
	Name   string    `json:"name"`
	Role   string    `json:"role" example:"head"`
	Scope  string    `json:"scope,omitempty" doc:"Code of the unit or service; absent: the whole company" example:"finance"`
	Reason string    `json:"reason,omitempty"`
	By     string    `json:"given_by,omitempty"`
	At     time.Time `json:"given_at,omitzero"`
	Until  time.Time `json:"until,omitzero" doc:"First moment it no longer counts"`
	Seen   time.Time `json:"last_signed_in,omitzero" doc:"Only in the report of idle accounts; absent: never"`
}

type roleInput struct {
	Body struct {
		Person string `json:"person" doc:"工号" example:"1004"`
		Role   string `json:"role" example:"secretary"`
		Scope  string `json:"scope,omitempty" doc:"Code of the unit or service; absent: the whole company, of a role of units the person's main unit" example:"finance"`
		Reason string `json:"reason" example:"接替罗佳"`
		Until  string `json:"until,omitempty" doc:"Last day it counts" example:"2027-03-31"`
	}
}

type heldOutput struct{ Body web.Page[holdingJSON] }

type ruleJSON struct {
	Action       string `json:"action" example:"request.see"`
	Title        string `json:"title"`
	Who          string `json:"who" doc:"Who may, in words"`
	Never        string `json:"never,omitempty"`
	Confidential string `json:"confidential,omitempty" doc:"Who may on a confidential record"`
	Note         string `json:"note,omitempty"`
}

type whyInput struct {
	Record string `query:"record" doc:"Number of a request, code of a unit, 工号, or provider/customer of a relation" example:"R-1024"`
	Person string `query:"person" doc:"工号; absent: oneself. Others only for the security officer" example:"1004"`
}

type whyOutput struct {
	Body struct {
		Record  string     `json:"record"`
		Person  int64      `json:"person_id"`
		Sees    bool       `json:"sees"`
		WhyNot  string     `json:"why_not,omitempty"`
		Reasons []lineJSON `json:"reasons" nullable:"false"`
		Holders []lineJSON `json:"holders" nullable:"false" doc:"Everybody who has it, one line per grant"`
	}
}

type lineJSON struct {
	Who   string   `json:"who,omitempty"`
	Why   string   `json:"why"`
	Since string   `json:"since,omitempty"`
	Opens []string `json:"opens,omitempty"`
}

type glassInput struct {
	Body struct {
		Record string `json:"record" example:"R-1024"`
		Reason string `json:"reason"`
	}
}

func (s *Service) api(m *web.Mux) {
	op := func(id, method, path, action, summary string) web.Operation {
		return web.Operation{ID: id, Method: method, Path: "/api/v1" + path, Action: action, Summary: summary, Tag: "Access"}
	}
	admin := func(o web.Operation) web.Operation { o.Scope = "admin"; return o }
	web.Op(m, op("list-roles", "GET", "/roles", "access.held", "Who holds which role, where, why and until when"), s.getHeld)
	web.Op(m, admin(op("give-role", "POST", "/roles/give", "access.roles", "Give a person one role")), s.postGive)
	web.Op(m, admin(op("take-role", "POST", "/roles/take", "access.roles", "Take one role away")), s.postTake)
	web.Op(m, op("list-idle-accounts", "GET", "/roles/idle", "access.held", "Roles of people who have not signed in for 90 days"), s.getIdle)
	web.Op(m, op("list-permissions", "GET", "/access/table", "access.table", "The table of permissions in words"), s.getTable)
	web.Op(m, op("explain-access", "GET", "/access/why", "access.why", "Why somebody can see a record, or why not; of a unit, a person or a relation: what is open to somebody there"), s.getWhy)
	web.Op(m, op("list-glass", "GET", "/access/glass", "access.glass.see", "The register of confidential records opened"), s.getGlass)
	web.Op(m, admin(op("break-glass", "POST", "/access/glass", "access.glass", "Open one confidential record for 30 minutes, read only; its asker is told at once")), s.postGlass)
	web.Op(m, op("list-views", "GET", "/access/views", "access.view-as", "The register of views as somebody else"), s.getViews)
	told := op("list-told", "GET", "/me/access", "access.told", "Who looked with one's eyes, and who opened one's confidential records")
	told.Own = true
	web.Op(m, told, s.getTold)
}

func holdings(ctx context.Context, list []Holding) []holdingJSON {
	out := make([]holdingJSON, len(list))
	for i, h := range list {
		out[i] = holdingJSON{h.Who.No, h.Who.Plain(ctx), h.Role.Code, h.Role.Scope, h.Reason, h.GivenBy, h.At, h.Until, h.LastSeen}
	}
	return out
}

func (s *Service) getHeld(ctx context.Context, in *heldInput) (*heldOutput, error) {
	f := heldFilter{Q: clean(in.Q), Role: in.Role, Wide: in.Scope == "company", Limit: in.Size()}
	parts, err := web.ParseCursor(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	if parts != nil {
		f.After = parts[0]
	}
	list, next, err := s.held(ctx, f)
	out := &heldOutput{web.Page[holdingJSON]{Items: holdings(ctx, list)}}
	if next != 0 {
		out.Body.NextCursor = web.Cursor(next)
	}
	return out, err
}

func (in *roleInput) change() org.RoleChange {
	b := in.Body
	return org.RoleChange{No: b.Person, Role: b.Role, Scope: b.Scope, Reason: b.Reason, Until: b.Until}
}

func (s *Service) postGive(ctx context.Context, in *roleInput) (*heldOutput, error) {
	if err := s.org.GiveRole(ctx, in.change()); err != nil {
		return nil, err
	}
	return s.heldBy(ctx, in.Body.Person)
}

func (s *Service) postTake(ctx context.Context, in *roleInput) (*heldOutput, error) {
	if err := s.org.TakeRole(ctx, in.change()); err != nil {
		return nil, err
	}
	return s.heldBy(ctx, in.Body.Person)
}

// heldBy is what a person holds now.
func (s *Service) heldBy(ctx context.Context, no string) (*heldOutput, error) {
	p, err := s.org.PersonByNo(ctx, clean(no))
	if err != nil {
		return nil, err
	}
	out := &heldOutput{}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		given, _, err := s.org.Givens(ctx, rd, org.GivenFilter{People: []ID{p.ID}, Limit: 200})
		if err != nil {
			return err
		}
		list, err := s.inWords(ctx, rd, given)
		out.Body.Items = holdings(ctx, list)
		return err
	})
	return out, err
}

func (s *Service) getIdle(ctx context.Context, _ *struct{}) (*heldOutput, error) {
	list, err := s.Idle(ctx)
	return &heldOutput{web.Page[holdingJSON]{Items: holdings(ctx, list)}}, err
}

func (s *Service) getTable(ctx context.Context, _ *struct{}) (*struct{ Body web.Page[ruleJSON] }, error) {
	out := &struct{ Body web.Page[ruleJSON] }{}
	for _, g := range tableRows(ctx, "") {
		for _, r := range g.Rows {
			out.Body.Items = append(out.Body.Items, ruleJSON(r))
		}
	}
	return out, nil
}

func (s *Service) getWhy(ctx context.Context, in *whyInput) (*whyOutput, error) {
	if clean(in.Record) == "" {
		var f fault.Fields
		f.Add("record", "org.required")
		return nil, f.Err()
	}
	var person ID
	if in.Person != "" {
		p, err := s.org.ByRef(ctx, clean(in.Person))
		if err != nil {
			return nil, err
		}
		person = p.ID
	}
	x, err := s.Explain(ctx, in.Record, person)
	if err != nil {
		return nil, err
	}
	out := &whyOutput{}
	out.Body.Record, out.Body.Person, out.Body.Sees, out.Body.WhyNot = x.Record.Ref, x.Person, x.Sees, x.WhyNot
	out.Body.Reasons, out.Body.Holders = lines(x.Reasons), lines(x.Holders)
	return out, nil
}

func lines(list []Line) []lineJSON {
	out := make([]lineJSON, len(list))
	for i, l := range list {
		out[i] = lineJSON(l)
	}
	return out
}

func (s *Service) getGlass(ctx context.Context, _ *struct{}) (*struct{ Body web.Page[Opening] }, error) {
	out := &struct{ Body web.Page[Opening] }{}
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		out.Body.Items, err = glassesBefore(ctx, rd, math.MaxInt64, web.MaxLimit)
		return err
	})
	out.Body.Items = orEmpty(out.Body.Items)
	return out, err
}

func (s *Service) postGlass(ctx context.Context, in *glassInput) (*struct{ Body Opening }, error) {
	g, err := s.BreakGlass(ctx, in.Body.Record, in.Body.Reason)
	return &struct{ Body Opening }{g}, err
}

func (s *Service) getViews(ctx context.Context, _ *struct{}) (*struct{ Body web.Page[View] }, error) {
	out := &struct{ Body web.Page[View] }{}
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		out.Body.Items, err = viewsBefore(ctx, rd, math.MaxInt64, web.MaxLimit)
		return err
	})
	out.Body.Items = orEmpty(out.Body.Items)
	return out, err
}

type toldJSON struct {
	Told
	Text string `json:"text"`
}

func (s *Service) getTold(ctx context.Context, _ *struct{}) (*struct{ Body web.Page[toldJSON] }, error) {
	list, words, err := s.told(ctx, web.MaxLimit)
	out := &struct{ Body web.Page[toldJSON] }{}
	out.Body.Items = make([]toldJSON, len(list))
	for i, t := range list {
		out.Body.Items[i] = toldJSON{t, lang.T(ctx, "access.told-"+t.What, "by", words[i].By, "ref", t.Ref)}
	}
	return out, err
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
