package trail

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"neike/internal/kit/audit"
	"neike/internal/kit/web"
)

type listInput struct {
	web.Paging
	Person string `query:"person" doc:"工号 of who did it" example:"1001"`
	Kind   string `query:"kind" doc:"Kind of event; ending in a dot, all that begin so" example:"org."`
	Record string `query:"record" doc:"Kind and id of a record" example:"person:123"`
	From   string `query:"from" doc:"First day, in the caller's zone" example:"2026-11-01"`
	To     string `query:"to" doc:"Last day" example:"2026-11-30"`
}

type listOutput struct{ Body web.Page[entryJSON] }

type entryJSON struct {
	N       int64           `json:"n" doc:"Place in the chain"`
	At      time.Time       `json:"at"`
	Kind    string          `json:"kind" example:"org.person-was-changed"`
	What    string          `json:"what" doc:"In the asked language"`
	Via     string          `json:"via" enum:"web,api,import,system"`
	Person  int64           `json:"person_id,omitempty" doc:"Who did it; absent: the house itself"`
	Who     string          `json:"who,omitempty"`
	About   string          `json:"about" doc:"Name of the record"`
	Record  string          `json:"record" doc:"Kind of the record" example:"person"`
	ID      int64           `json:"record_id"`
	Path    string          `json:"path,omitempty" doc:"Page of the record"`
	Content json.RawMessage `json:"content" doc:"The event as it was sealed"`
	Hash    string          `json:"hash" doc:"SHA-256 over this row and the hash before it"`
}

type verifyOutput struct{ Body audit.Report }

func (r *Reader) api(m *web.Mux) {
	const tag = "Audit"
	web.Op(m, web.Operation{ID: "list-audit", Method: http.MethodGet, Path: "/api/v1/audit", Action: "audit.read", Scope: "admin", Tag: tag,
		Summary: "Read the audit trail, newest first", Detail: "A page looks through a bounded part of the trail: it may be short, even empty, and still have a next_cursor."}, r.getTrail)
	web.Op(m, web.Operation{ID: "list-own-activity", Method: http.MethodGet, Path: "/api/v1/me/activity", Action: "audit.own", Tag: tag, Own: true,
		Summary: "Read what one did oneself"}, r.getOwn)
	web.Op(m, web.Operation{ID: "verify-audit", Method: http.MethodPost, Path: "/api/v1/audit/verify", Action: "audit.verify", Scope: "admin", Tag: tag,
		Summary: "Check every seal and link of the trail", Detail: "Reads the whole trail; some seconds per million events. Changes nothing."}, r.postVerify)
}

func (r *Reader) getTrail(ctx context.Context, in *listInput) (*listOutput, error) {
	return r.answer(ctx, question{Person: in.Person, Kind: in.Kind, Record: in.Record, From: in.From, To: in.To, Cursor: in.Cursor, Limit: in.Size()})
}

func (r *Reader) getOwn(ctx context.Context, in *struct{ web.Paging }) (*listOutput, error) {
	return r.answer(ctx, question{Own: true, Cursor: in.Cursor, Limit: in.Size()})
}

func (r *Reader) answer(ctx context.Context, q question) (*listOutput, error) {
	page, err := r.list(ctx, q)
	if err != nil {
		return nil, err
	}
	out := &listOutput{Body: web.Page[entryJSON]{Items: make([]entryJSON, len(page.Items)), NextCursor: page.NextCursor}}
	for i, e := range page.Items {
		out.Body.Items[i] = entryJSON{N: e.N, At: e.At, Kind: e.Kind, What: e.What, Via: e.Via, Person: e.Actor, Who: e.Who.Text,
			About: e.Subject.Text, Record: e.SubjectKind, ID: e.Entry.Subject, Path: e.Subject.Href, Content: json.RawMessage(e.Body), Hash: e.Hash}
	}
	return out, nil
}

func (r *Reader) postVerify(ctx context.Context, _ *struct{}) (*verifyOutput, error) {
	report, err := r.trail.Verify(ctx)
	return &verifyOutput{report}, err
}
