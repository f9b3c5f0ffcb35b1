package signin

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/web"
)

// API puts the room's calls into the door.
func (s *Service) API(m *web.Mux) {
	s.activationAPI(m)
	const tag = "Accounts"
	web.Op(m, web.Operation{ID: "get-me", Method: http.MethodGet, Path: "/api/v1/me", Action: "signin.own", Tag: tag, Own: true,
		Summary: "Who asks"}, s.getMe)
	web.Op(m, web.Operation{ID: "list-tokens", Method: http.MethodGet, Path: "/api/v1/tokens", Action: "signin.token", Tag: tag, Own: true,
		Summary: "List one's own tokens"}, s.getTokens)
	web.Op(m, web.Operation{ID: "create-token", Method: http.MethodPost, Path: "/api/v1/tokens", Action: "signin.token", Tag: tag, Status: http.StatusCreated, Secret: true,
		Summary: "Make a token", Detail: "The key is in the answer once. A token gives no more than the scopes it has itself."}, s.postToken)
	web.Op(m, web.Operation{ID: "revoke-token", Method: http.MethodDelete, Path: "/api/v1/tokens/{id}", Action: "signin.token", Tag: tag, Status: http.StatusNoContent,
		Summary: "Revoke a token"}, s.deleteToken)
	web.Op(m, web.Operation{ID: "list-sessions", Method: http.MethodGet, Path: "/api/v1/sessions", Action: "signin.own", Tag: tag, Own: true,
		Summary: "List one's own sessions"}, s.getSessions)
	web.Op(m, web.Operation{ID: "end-session", Method: http.MethodDelete, Path: "/api/v1/sessions/{id}", Action: "signin.own", Tag: tag, Status: http.StatusNoContent,
		Summary: "Sign a browser out"}, s.deleteSession)
	web.Op(m, web.Operation{ID: "create-activation-link", Method: http.MethodPost, Path: "/api/v1/people/{no}/activation-link", Action: "signin.activate", Tag: tag,
		Scope: "admin", Status: http.StatusCreated, Secret: true, Summary: "Make an activation link for a person"}, s.postLink)
	web.Op(m, web.Operation{ID: "reset-password", Method: http.MethodPost, Path: "/api/v1/people/{no}/reset", Action: "signin.reset", Tag: tag,
		Scope: "admin", Status: http.StatusCreated, Secret: true, Summary: "Give a person a temporary code",
		Detail: "It must be changed at the first sign-in; the person's sessions end."}, s.postReset)
}

type meJSON struct {
	No     string   `json:"employee_no"`
	Name   string   `json:"name"`
	Unit   string   `json:"unit" doc:"Code of the main unit"`
	Roles  []string `json:"roles" nullable:"false" doc:"Company-wide roles"`
	Scopes []string `json:"scopes,omitempty" doc:"Of the token; absent for a session"`
	Locale string   `json:"locale"`
	Zone   string   `json:"zone"`
}

func (s *Service) getMe(ctx context.Context, _ *struct{}) (*struct{ Body meJSON }, error) {
	who := actor.From(ctx)
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	me := meJSON{No: who.No, Name: who.Name, Roles: append([]string{}, who.Roles...), Scopes: who.Scopes, Locale: who.Locale, Zone: who.Zone}
	if unit, ok := tree.ByID(who.Unit); ok {
		me.Unit = unit.Code
	}
	return &struct{ Body meJSON }{me}, nil
}

type tokensOut struct{ Body web.Page[Token] }

func (s *Service) getTokens(ctx context.Context, _ *struct{}) (*tokensOut, error) {
	list, err := s.Tokens(ctx)
	if list == nil {
		list = []Token{}
	}
	return &tokensOut{web.Page[Token]{Items: list}}, err
}

type postTokenIn struct {
	Body struct {
		Name   string    `json:"name" example:"Payroll export"`
		Scopes []string  `json:"scopes,omitempty" doc:"read, write, import, admin; default read and write"`
		Until  time.Time `json:"expires_at,omitzero"`
	}
}

type postTokenOut struct {
	Body struct {
		Token
		Key string `json:"key" doc:"The token itself; shown once" example:"nk_…"`
	}
}

func (s *Service) postToken(ctx context.Context, in *postTokenIn) (*postTokenOut, error) {
	t, key, err := s.MakeToken(ctx, actor.From(ctx).Person, in.Body.Name, in.Body.Scopes, in.Body.Until)
	if err != nil {
		return nil, err
	}
	out := &postTokenOut{}
	out.Body.Token, out.Body.Key = t, key
	return out, nil
}

type idIn struct {
	ID string `path:"id" doc:"As the list gives it" example:"890772957307136"`
}

func (in idIn) id() (ID, error) {
	id, err := strconv.ParseInt(in.ID, 10, 64)
	if err != nil {
		return 0, fault.ErrNotFound
	}
	return id, nil
}

func (s *Service) deleteToken(ctx context.Context, in *idIn) (*struct{}, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	return nil, s.RevokeToken(ctx, id)
}

type sessionJSON struct {
	ID      ID        `json:"id,string"`
	Browser string    `json:"browser"`
	System  string    `json:"system"`
	Address string    `json:"address"`
	Made    time.Time `json:"created_at"`
	Seen    time.Time `json:"last_seen_at"`
	Current bool      `json:"current"`
}

type sessionsOut struct{ Body web.Page[sessionJSON] }

func (s *Service) getSessions(ctx context.Context, _ *struct{}) (*sessionsOut, error) {
	list, err := s.Sessions(ctx)
	if err != nil {
		return nil, err
	}
	out := &sessionsOut{web.Page[sessionJSON]{Items: []sessionJSON{}}}
	for _, one := range list {
		out.Body.Items = append(out.Body.Items, sessionJSON{ID: one.ID, Browser: one.Browser, System: one.System, Address: one.Address,
			Made: one.Made, Seen: one.Seen, Current: one.ID == actor.From(ctx).Session})
	}
	return out, nil
}

func (s *Service) deleteSession(ctx context.Context, in *idIn) (*struct{}, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	return nil, s.EndSession(ctx, id)
}

type personIn struct {
	No string `path:"no" doc:"工号" example:"00123"`
}

type linkOut struct {
	Body struct {
		URL   string    `json:"url" doc:"Works once"`
		Code  string    `json:"code" doc:"To type beside the 工号 at /activate, instead of the address"`
		Until time.Time `json:"expires_at"`
	}
}

func (s *Service) postLink(ctx context.Context, in *personIn) (*linkOut, error) {
	p, err := s.org.PersonByNo(ctx, in.No)
	if err != nil {
		return nil, err
	}
	link, err := s.MakeLink(ctx, p.ID, "")
	if err != nil {
		return nil, err
	}
	out := &linkOut{}
	out.Body.URL, out.Body.Code, out.Body.Until = link.URL, link.Code, link.Until
	return out, nil
}

type resetOut struct {
	Body struct {
		Code  string    `json:"code" doc:"Temporary password; shown once"`
		Until time.Time `json:"expires_at"`
	}
}

func (s *Service) postReset(ctx context.Context, in *personIn) (*resetOut, error) {
	p, err := s.org.PersonByNo(ctx, in.No)
	if err != nil {
		return nil, err
	}
	c, err := s.Reset(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	out := &resetOut{}
	out.Body.Code, out.Body.Until = c.Text, c.Until
	return out, nil
}
