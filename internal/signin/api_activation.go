package signin

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/web"
)

// activationAPI puts the calls about getting in into the door.
func (s *Service) activationAPI(m *web.Mux) {
	const tag = "Accounts"
	web.Op(m, web.Operation{ID: "get-activation", Method: http.MethodGet, Path: "/api/v1/activation", Action: "signin.activate", Tag: tag, Scope: "admin",
		Summary: "Who waits for confirmation, and the posters in use", Detail: "Of the units of which one is secretary or head; the whole company for administrators."}, s.getActivation)
	web.Op(m, web.Operation{ID: "create-poster", Method: http.MethodPost, Path: "/api/v1/posters", Action: "signin.activate", Tag: tag, Scope: "admin", Status: http.StatusCreated, Secret: true,
		Summary: "Put up a poster by which people of a unit ask for a password"}, s.postPoster)
	web.Op(m, web.Operation{ID: "revoke-poster", Method: http.MethodDelete, Path: "/api/v1/posters/{id}", Action: "signin.activate", Tag: tag, Scope: "admin", Status: http.StatusNoContent,
		Summary: "Take a poster down"}, s.deletePoster)
	web.Op(m, web.Operation{ID: "confirm-claim", Method: http.MethodPost, Path: "/api/v1/claims/{id}/confirm", Action: "signin.activate", Tag: tag, Scope: "admin", Status: http.StatusNoContent,
		Summary: "Let somebody in who asked by a poster", Detail: "number is what the person's phone shows; three wrong ones refuse the asking."}, s.postConfirm)
	web.Op(m, web.Operation{ID: "refuse-claim", Method: http.MethodPost, Path: "/api/v1/claims/{id}/refuse", Action: "signin.activate", Tag: tag, Scope: "admin", Status: http.StatusNoContent,
		Summary: "Turn an asking down"}, s.postRefuse)
	web.Op(m, web.Operation{ID: "create-slips", Method: http.MethodPost, Path: "/api/v1/activation-slips", Action: "signin.activate", Tag: tag, Scope: "admin", Status: http.StatusCreated, Secret: true,
		Summary: "Make activation links for everybody of a unit who has no password"}, s.postSlips)
	web.Op(m, web.Operation{ID: "list-factors", Method: http.MethodGet, Path: "/api/v1/factors", Action: "signin.factors", Tag: tag, Own: true,
		Summary: "List one's own second factors", Detail: "They are set up and removed in a browser that has just signed in, never by a token."}, s.getFactors)
	web.Op(m, web.Operation{ID: "reset-factors", Method: http.MethodPost, Path: "/api/v1/people/{no}/factors/reset", Action: "signin.factors.reset", Tag: tag, Scope: "admin", Status: http.StatusNoContent,
		Summary: "Take all second factors of a person away"}, s.postResetFactors)
	web.Op(m, web.Operation{ID: "get-signin-policy", Method: http.MethodGet, Path: "/api/v1/signin-policy", Action: "signin.policy.see", Tag: tag,
		Summary: "How strict the door is"}, s.getPolicy)
	web.Op(m, web.Operation{ID: "set-signin-policy", Method: http.MethodPut, Path: "/api/v1/signin-policy", Action: "signin.policy", Tag: tag, Scope: "admin",
		Summary: "Set how strict the door is"}, s.putPolicy)
}

type claimJSON struct {
	ID    ID        `json:"id,string"`
	No    string    `json:"employee_no" doc:"As typed"`
	Name  string    `json:"name" doc:"As typed"`
	Fits  bool      `json:"fits" doc:"Somebody of the list is meant"`
	Again bool      `json:"has_password"`
	Phone string    `json:"phone,omitempty" enum:"right,none" doc:"right: the last four digits are; none: not given although a phone is on file"`
	Made  time.Time `json:"created_at"`
	Until time.Time `json:"expires_at"`
}

type posterJSON struct {
	ID    ID        `json:"id,string"`
	Unit  string    `json:"unit" doc:"Code"`
	By    string    `json:"made_by,omitempty"`
	URL   string    `json:"url,omitempty" doc:"Only when just made"`
	Until time.Time `json:"expires_at"`
}

type activationOut struct {
	Body struct {
		Claims  []claimJSON  `json:"claims" nullable:"false"`
		Posters []posterJSON `json:"posters" nullable:"false"`
	}
}

func (s *Service) getActivation(ctx context.Context, _ *struct{}) (*activationOut, error) {
	a, err := s.ActivationList(ctx)
	if err != nil {
		return nil, err
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	out := &activationOut{}
	out.Body.Claims, out.Body.Posters = []claimJSON{}, []posterJSON{}
	for _, c := range append(a.Waiting, a.Unknown...) {
		out.Body.Claims = append(out.Body.Claims, claimJSON{c.ID, c.No, c.Name, c.person != 0, c.Again, c.Digits, c.Made, c.Until})
	}
	for _, p := range a.Posters {
		u, _ := tree.ByID(p.Unit)
		out.Body.Posters = append(out.Body.Posters, posterJSON{ID: p.ID, Unit: u.Code, By: p.By, Until: p.Until})
	}
	return out, nil
}

type postPosterIn struct {
	Body struct {
		Unit string `json:"unit" doc:"Code" example:"workshop-1"`
		Days int    `json:"days,omitempty" doc:"1 to 92; default 14"`
	}
}

func (s *Service) postPoster(ctx context.Context, in *postPosterIn) (*struct{ Body posterJSON }, error) {
	days := ""
	if in.Body.Days != 0 {
		days = strconv.Itoa(in.Body.Days)
	}
	p, err := s.MakePoster(ctx, in.Body.Unit, days, "")
	if err != nil {
		return nil, err
	}
	return &struct{ Body posterJSON }{posterJSON{ID: p.ID, Unit: in.Body.Unit, URL: p.URL, Until: p.Until}}, nil
}

func (s *Service) deletePoster(ctx context.Context, in *idIn) (*struct{}, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	return nil, s.RevokePoster(ctx, id)
}

type confirmIn struct {
	ID   string `path:"id" doc:"As the list gives it" example:"890772957307136"`
	Body struct {
		Number string `json:"number" example:"4711"`
	}
}

func (s *Service) postConfirm(ctx context.Context, in *confirmIn) (*struct{}, error) {
	id, err := idIn{in.ID}.id()
	if err != nil {
		return nil, err
	}
	return nil, s.Confirm(ctx, id, in.Body.Number)
}

func (s *Service) postRefuse(ctx context.Context, in *idIn) (*struct{}, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	return nil, s.Refuse(ctx, id)
}

type slipJSON struct {
	No    string    `json:"employee_no"`
	URL   string    `json:"url"`
	Code  string    `json:"code" doc:"To type beside the 工号 at /activate"`
	Until time.Time `json:"expires_at"`
}

type slipsIn struct {
	Body struct {
		Unit  string `json:"unit" doc:"Code" example:"finance"`
		Below bool   `json:"below,omitempty" doc:"Units below too"`
	}
}

type slipsOut struct {
	Body struct {
		Items   []slipJSON `json:"items" nullable:"false"`
		LeftOut int        `json:"left_out" doc:"People whom one may not activate"`
	}
}

func (s *Service) postSlips(ctx context.Context, in *slipsIn) (*slipsOut, error) {
	slips, others, err := s.Slips(ctx, in.Body.Unit, in.Body.Below, "")
	if err != nil {
		return nil, err
	}
	out := &slipsOut{}
	out.Body.Items, out.Body.LeftOut = []slipJSON{}, others
	for _, one := range slips {
		out.Body.Items = append(out.Body.Items, slipJSON{one.Person.No, one.Link.URL, one.Link.Code, one.Link.Until})
	}
	return out, nil
}

type factorsOut struct {
	Body struct {
		Items []Factor `json:"items" nullable:"false"`
		Codes int      `json:"recovery_codes" doc:"Left"`
	}
}

func (s *Service) getFactors(ctx context.Context, _ *struct{}) (*factorsOut, error) {
	list, codes, err := s.Factors(ctx)
	out := &factorsOut{}
	out.Body.Items, out.Body.Codes = append([]Factor{}, list...), codes
	return out, err
}

func (s *Service) postResetFactors(ctx context.Context, in *personIn) (*struct{}, error) {
	p, err := s.org.PersonByNo(ctx, in.No)
	if err != nil {
		return nil, err
	}
	return nil, s.ResetFactors(ctx, p.ID)
}

type policyJSON struct {
	Policy
	Revision int64 `json:"revision" doc:"As given; when setting, the one that was read" example:"3"`
}

func (s *Service) getPolicy(ctx context.Context, _ *struct{}) (*struct{ Body policyJSON }, error) {
	p, err := s.PolicyNow(ctx)
	return &struct{ Body policyJSON }{policyJSON{p, p.Revision}}, err
}

func (s *Service) putPolicy(ctx context.Context, in *struct{ Body policyJSON }) (*struct{ Body policyJSON }, error) {
	p := in.Body.Policy
	p.Revision = in.Body.Revision
	if p.Revision < 0 {
		return nil, fault.New(fault.Malformed, "web.malformed")
	}
	if err := s.SetPolicy(ctx, p); err != nil {
		return nil, err
	}
	return s.getPolicy(ctx, nil)
}
