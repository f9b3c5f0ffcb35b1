package agreement

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/kit/fault"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// Mount adds the pages and calls of the room.
func (s *Service) Mount(m *web.Mux) {
	m.Page(s.routes()...)
	web.Op(m, web.Operation{ID: "list-agreements", Method: http.MethodGet, Path: "/api/v1/agreements", Action: doList, Tag: "Agreements",
		Summary: "Agreements between units that the caller may see, the newest first"}, s.getList)
	web.Op(m, web.Operation{ID: "write-agreement", Method: http.MethodPut, Path: "/api/v1/relations/{provider}/{customer}/agreement", Action: doDraft, Tag: "Agreements",
		Summary: "Write the draft of the agreement of two units", Detail: "The first call makes the agreement. A draft that changes loses the signature under it; once both have signed, the next call begins the next version. The same draft again changes nothing."}, s.putDraft)
	web.Op(m, web.Operation{ID: "get-agreement", Method: http.MethodGet, Path: "/api/v1/agreements/{number}", Action: doSee, Tag: "Agreements", Summary: "An agreement with its versions and signatures"}, s.getOne)
	web.Op(m, web.Operation{ID: "sign-agreement", Method: http.MethodPost, Path: "/api/v1/agreements/{number}/sign", Action: doSign, Tag: "Agreements",
		Summary: "Sign the draft for a side", Detail: "If-Match is required: it names the wording that was read."}, s.postSign)
	web.Op(m, web.Operation{ID: "object-to-agreement", Method: http.MethodPost, Path: "/api/v1/agreements/{number}/object", Action: doSign, Tag: "Agreements",
		Summary: "Say why a side does not sign the draft; signatures under it fall away"}, s.postObject)
	web.Op(m, web.Operation{ID: "drop-agreement-draft", Method: http.MethodPost, Path: "/api/v1/agreements/{number}/drop", Action: doDraft, Tag: "Agreements", Summary: "Take the draft back"}, s.postDrop)
	web.Op(m, web.Operation{ID: "end-agreement", Method: http.MethodPost, Path: "/api/v1/agreements/{number}/end", Action: doDraft, Tag: "Agreements",
		Summary: "End the agreement from now on", Detail: "Open requests keep what they were promised."}, s.postEnd)
	web.Op(m, web.Operation{ID: "try-agreement", Method: http.MethodGet, Path: "/api/v1/agreements/{number}/dry-run", Action: doSee, Tag: "Agreements",
		Summary: "The newest version over what was due in the last three months; the newest 2 000 requests of each service"}, s.getTry)
	web.Op(m, web.Operation{ID: "review-agreement", Method: http.MethodGet, Path: "/api/v1/agreements/{number}/review", Action: doSee, Tag: "Agreements",
		Summary: "A quarter of what was agreed: facts with n, the duties of the customer, the words of both sides"}, s.getReview)
	web.Op(m, web.Operation{ID: "comment-agreement", Method: http.MethodPost, Path: "/api/v1/agreements/{number}/comments", Action: doSign, Tag: "Agreements", Summary: "Say something of a quarter for a side"}, s.postComment)
}

type agreementTargetJSON struct {
	Service          string             `json:"service" doc:"Code" example:"it.device"`
	Completion       *calendar.Duration `json:"completion,omitempty"`
	CompletionTarget float64            `json:"completion_target,omitempty" doc:"Share in time, above 0 up to 1" example:"0.95"`
	Response         *calendar.Duration `json:"response,omitempty"`
	ResponseTarget   float64            `json:"response_target,omitempty"`
}

// AgreementDutyJSON is what the customer owes, on the wire.
type AgreementDutyJSON struct {
	Kind   string  `json:"kind" enum:"complete,answer,accept"`
	Within int     `json:"within,omitempty" doc:"Working hours (answer) or workdays (accept)" example:"8"`
	Target float64 `json:"target" doc:"Share of cases, above 0 up to 1" example:"0.9"`
}

// AgreementTermsJSON is what a version says, on the wire.
type AgreementTermsJSON struct {
	From       string                `json:"from" doc:"First day" example:"2026-12-01"`
	To         string                `json:"to,omitempty" doc:"Last day; absent: until it is ended" example:"2027-11-30"`
	Review     string                `json:"review" doc:"By when both look at it again" example:"2027-03-01"`
	Attainment float64               `json:"attainment,omitempty" doc:"Share in time over all services of the edge" example:"0.95"`
	RightFirst float64               `json:"right_first,omitempty" doc:"Share right the first time"`
	Targets    []agreementTargetJSON `json:"targets,omitempty" doc:"What overrides the standards of services, at most 30"`
	Duties     []AgreementDutyJSON   `json:"duties,omitempty" doc:"What the customer owes, measured"`
	Also       string                `json:"also,omitempty" doc:"What else the customer owes, in words"`
	Exclusions string                `json:"exclusions,omitempty"`
	Purpose    string                `json:"purpose,omitempty"`
}

type signatureJSON struct {
	Side  string    `json:"side" enum:"provider,customer"`
	No    string    `json:"no" doc:"工号 of who signed"`
	At    time.Time `json:"at"`
	Print string    `json:"print" doc:"SHA-256 of the wording"`
}

type agreementVersionJSON struct {
	Version int `json:"version"`
	AgreementTermsJSON
	SignedAt   *time.Time      `json:"signed_at" doc:"By both; null: a draft"`
	Signatures []signatureJSON `json:"signatures" nullable:"false"`
}

type agreementJSON struct {
	Ref      string                 `json:"ref" example:"OLA-12"`
	Provider string                 `json:"provider" doc:"Code"`
	Customer string                 `json:"customer" doc:"Code"`
	State    string                 `json:"state" enum:"draft,coming,in-force,expired,ended"`
	EndedAt  *time.Time             `json:"ended_at"`
	Versions []agreementVersionJSON `json:"versions" nullable:"false" doc:"The newest first"`
}

type agreementOutput struct {
	ETag string `header:"ETag"`
	Body agreementJSON
}

func (s *Service) wire(ctx context.Context, v View) (*agreementOutput, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	out := &agreementOutput{ETag: v.etag(), Body: agreementJSON{Ref: v.Ref(), Provider: codeOf(tree, v.Provider), Customer: codeOf(tree, v.Customer),
		State: string(stateAt(v.Agreement, v.Versions, s.db.Now(), s.Org.Company(ctx).Location())), EndedAt: some(v.EndedAt), Versions: []agreementVersionJSON{}}}
	for _, x := range v.Versions {
		one := agreementVersionJSON{Version: x.N, AgreementTermsJSON: wireTerms(snap, x), SignedAt: some(x.SignedAt), Signatures: []signatureJSON{}}
		for _, y := range x.Signatures {
			one.Signatures = append(one.Signatures, signatureJSON{string(y.Side), v.People[y.Person].No, y.At, y.Print})
		}
		out.Body.Versions = append(out.Body.Versions, one)
	}
	return out, nil
}

func codeOf(tree *org.Tree, id org.ID) string {
	u, _ := tree.ByID(id)
	return u.Code
}

func some(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func wireTerms(snap *catalog.Snapshot, v Version) AgreementTermsJSON {
	t := v.Terms
	j := AgreementTermsJSON{From: typedDay(v.From), To: typedDay(v.To), Review: typedDay(v.Review), Attainment: t.Attainment, RightFirst: t.RightFirst,
		Also: t.Also, Exclusions: t.Exclusions, Purpose: t.Purpose}
	for _, x := range t.Targets {
		one := agreementTargetJSON{CompletionTarget: x.CompletionTarget, ResponseTarget: x.ResponseTarget, Completion: given(x.Completion), Response: given(x.Response)}
		if service, ok := snap.ByID(x.Service); ok {
			one.Service = service.Code
		}
		j.Targets = append(j.Targets, one)
	}
	for _, d := range t.Duties {
		j.Duties = append(j.Duties, AgreementDutyJSON(d))
	}
	return j
}

func given(d calendar.Duration) *calendar.Duration {
	if d.IsZero() {
		return nil
	}
	return &d
}

// draft reads the terms; days that cannot be read are told under their names.
func (j AgreementTermsJSON) draft(snap *catalog.Snapshot) Draft {
	var bad fault.Fields
	d := Draft{From: readDay(&bad, "from", j.From), To: readDay(&bad, "to", j.To), Review: readDay(&bad, "review", j.Review),
		Terms: Terms{Attainment: j.Attainment, RightFirst: j.RightFirst, Also: j.Also, Exclusions: j.Exclusions, Purpose: j.Purpose}}
	for _, x := range j.Targets {
		t := Target{CompletionTarget: x.CompletionTarget, ResponseTarget: x.ResponseTarget}
		if x.Completion != nil {
			t.Completion = *x.Completion
		}
		if x.Response != nil {
			t.Response = *x.Response
		}
		if service, ok := snap.ByCode(x.Service); ok {
			t.Service = service.ID
		}
		d.Terms.Targets = append(d.Terms.Targets, t)
	}
	for _, x := range j.Duties {
		d.Terms.Duties = append(d.Terms.Duties, Duty(x))
	}
	d.Unread = bad
	return d
}

type agreementListInput struct {
	web.Paging
	State    string `query:"state" enum:"draft,coming,in-force,expired,ended" doc:"Default: all that are not ended"`
	Unit     string `query:"unit" doc:"Code of a unit on either side; those below it count, too"`
	Provider string `query:"provider" doc:"Code"`
	Customer string `query:"customer" doc:"Code"`
	Review   string `query:"review" enum:"due" doc:"due: in force, and its review should have been held by today"`
}

type agreementLineJSON struct {
	Ref      string   `json:"ref" example:"OLA-12"`
	Provider string   `json:"provider"`
	Customer string   `json:"customer"`
	State    string   `json:"state" enum:"draft,coming,in-force,expired,ended"`
	From     string   `json:"from,omitempty" doc:"First day of what is in force, or else of the newest version"`
	To       string   `json:"to,omitempty"`
	Review   string   `json:"review,omitempty"`
	Waiting  []string `json:"waits_for" nullable:"false" doc:"Sides that have not signed the draft"`
}

type agreementListOutput struct {
	Body web.Page[agreementLineJSON]
}

func (s *Service) getList(ctx context.Context, in *agreementListInput) (*agreementListOutput, error) {
	page, err := s.List(ctx, Filter{State: State(in.State), Unit: in.Unit, Provider: in.Provider, Customer: in.Customer, Review: in.Review, Paging: in.Paging})
	if err != nil {
		return nil, err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	out := &agreementListOutput{Body: web.Page[agreementLineJSON]{Items: []agreementLineJSON{}, NextCursor: page.NextCursor}}
	for _, l := range page.Items {
		j := agreementLineJSON{Ref: l.Ref(), Provider: codeOf(tree, l.Provider), Customer: codeOf(tree, l.Customer), State: string(l.State),
			From: typedDay(l.Now.From), To: typedDay(l.Now.To), Review: typedDay(l.Now.Review), Waiting: []string{}}
		for _, side := range l.Waiting {
			j.Waiting = append(j.Waiting, string(side))
		}
		out.Body.Items = append(out.Body.Items, j)
	}
	return out, nil
}

type agreementDraftInput struct {
	Provider string `path:"provider" doc:"Code of the provider unit" example:"it"`
	Customer string `path:"customer" doc:"Code of the customer unit" example:"finance"`
	web.IfMatch
	Body AgreementTermsJSON
}

func (s *Service) putDraft(ctx context.Context, in *agreementDraftInput) (*agreementOutput, error) {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	v, err := s.Write(ctx, in.Provider, in.Customer, in.Body.draft(snap), in.IfMatch)
	if err != nil {
		return nil, err
	}
	return s.wire(ctx, v)
}

type agreementInput struct {
	Number string `path:"number" doc:"OLA-12, or 12" example:"OLA-1"`
}

func (s *Service) getOne(ctx context.Context, in *agreementInput) (*agreementOutput, error) {
	number, err := ParseRef(in.Number)
	if err != nil {
		return nil, err
	}
	v, err := s.ByNumber(ctx, number)
	if err != nil {
		return nil, err
	}
	return s.wire(ctx, v)
}

type agreementSideJSON struct {
	Side string `json:"side" enum:"provider,customer" example:"customer"`
}

type agreementSignInput struct {
	AgreementNumbered
	Body agreementSideJSON
}

// AgreementNumbered names an agreement and the state of it that was seen.
type AgreementNumbered struct {
	Number string `path:"number" doc:"OLA-12, or 12" example:"OLA-1"`
	web.IfMatch
}

// read gives the number, and the state that was seen: a program has to say which.
func (in AgreementNumbered) read() (int64, web.IfMatch, error) {
	number, err := ParseRef(in.Number)
	return number, web.IfMatch{IfMatch: cmp.Or(in.IfMatch.IfMatch, unseen)}, err
}
