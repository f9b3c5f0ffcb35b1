package catalog

import (
	"context"
	"net/http"

	"neike/internal/kit/fault"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// audienceJSON is an audience on the wire.
type audienceJSON struct {
	Include []whomJSON `json:"include" required:"false" doc:"Empty: everybody. Rules of one kind add up, kinds narrow each other"`
	Exclude []whomJSON `json:"exclude" required:"false" doc:"Left out, whatever include says"`
}

// whomJSON is one rule: exactly one of unit, site and role.
type whomJSON struct {
	Unit  string `json:"unit,omitempty" doc:"Code of a unit" example:"sales"`
	Below bool   `json:"below,omitempty" doc:"With the units below it"`
	Site  string `json:"site,omitempty" doc:"Code of a site"`
	Role  string `json:"role,omitempty" doc:"head, secretary, agent, quality, hr, executive, admin, security, auditor"`
}

func (j audienceJSON) audience(f *fault.Fields, tree *org.Tree) Audience {
	side := func(name string, list []whomJSON) []Whom {
		var out []Whom
		for _, w := range list {
			kind, code := InRole, ""
			switch {
			case w.Unit != "":
				kind, code = InUnit, w.Unit
			case w.Site != "":
				kind, code = AtSite, w.Site
			}
			if kind == InRole {
				out = append(out, Whom{Kind: InRole, Role: w.Role})
				continue
			}
			u, ok := tree.ByCode(code)
			if !ok {
				f.Add(name, "catalog.unit-unknown-code", "given", clip(code, 40))
				continue
			}
			out = append(out, Whom{Kind: kind, Unit: u.ID, Below: w.Below && kind == InUnit})
		}
		return out
	}
	a := Audience{In: side("include", j.Include), Out: side("exclude", j.Exclude)}
	f.Join("", checkAudience(a, tree))
	return a
}

func wireAudience(a Audience, tree *org.Tree) audienceJSON {
	side := func(list []Whom) []whomJSON {
		out := []whomJSON{}
		for _, w := range list {
			u, _ := tree.ByID(w.Unit)
			switch w.Kind {
			case InUnit:
				out = append(out, whomJSON{Unit: u.Code, Below: w.Below})
			case AtSite:
				out = append(out, whomJSON{Site: u.Code})
			default:
				out = append(out, whomJSON{Role: w.Role})
			}
		}
		return out
	}
	return audienceJSON{Include: side(a.In), Exclude: side(a.Out)}
}

type audienceOutput struct {
	ETag string `header:"ETag"`
	Body struct {
		audienceJSON
		People int `json:"people" doc:"How many people who work here now it admits"`
		Units  int `json:"units" doc:"In how many main units"`
	}
}

func (c *Catalog) getAudience(ctx context.Context, in *codeInput) (*audienceOutput, error) {
	s, err := c.Visible(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	if err := c.may(ctx, writing(s), s); err != nil {
		return nil, err
	}
	return c.answerAudience(ctx, s)
}

func (c *Catalog) answerAudience(ctx context.Context, s *Service) (*audienceOutput, error) {
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	reach, err := c.Reach(ctx, s.Audience)
	out := &audienceOutput{ETag: etag(s)}
	out.Body.audienceJSON, out.Body.People, out.Body.Units = wireAudience(s.Audience, tree), reach.People, reach.Units
	return out, err
}

type audienceInput struct {
	Code string `path:"code" doc:"Code of the service" example:"hr.onboard"`
	web.IfMatch
	Body audienceJSON
}

func (c *Catalog) putAudience(ctx context.Context, in *audienceInput) (*audienceOutput, error) {
	s, err := c.Visible(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	revision := 0
	if in.IfMatch.IfMatch != "" {
		if err := in.Check(etag(s)); err != nil {
			return nil, err
		}
		revision = s.Revision
	}
	if err := c.may(ctx, writing(s), s); err != nil {
		return nil, err
	}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	var f fault.Fields
	a := in.Body.audience(&f, tree)
	if err := f.Err(); err != nil {
		return nil, err
	}
	if s, err = c.SetAudience(ctx, in.Code, a, revision); err != nil {
		return nil, err
	}
	return c.answerAudience(ctx, s)
}

type admissionInput struct {
	Code string `path:"code" doc:"Code of the service" example:"hr.onboard"`
	No   string `path:"person" doc:"工号" example:"1008"`
}

type admissionOutput struct {
	Body struct {
		Sees     bool          `json:"sees" doc:"Knows of the service"`
		Entitled bool          `json:"entitled" doc:"May ask for it"`
		Because  []becauseJSON `json:"because"`
	}
}

type becauseJSON struct {
	whomJSON
	Exclude bool `json:"exclude"`
	Matches bool `json:"matches"`
}

func (c *Catalog) getAdmission(ctx context.Context, in *admissionInput) (*admissionOutput, error) {
	a, _, err := c.Admission(ctx, in.Code, in.No)
	if err != nil {
		return nil, err
	}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	out := &admissionOutput{}
	out.Body.Entitled, out.Body.Sees = a.Entitled, a.Entitled || a.Serves || a.Keeps
	out.Body.Because = []becauseJSON{}
	for _, b := range a.Because {
		w := wireAudience(Audience{In: []Whom{b.Whom}}, tree).Include[0]
		out.Body.Because = append(out.Body.Because, becauseJSON{whomJSON: w, Exclude: b.Out, Matches: b.Matches})
	}
	return out, nil
}

// mountAudience adds the API of who may know of a service.
func (c *Catalog) mountAudience(m *web.Mux, tag string) {
	web.Op(m, web.Operation{ID: "get-audience", Method: http.MethodGet, Path: "/api/v1/services/{code}/audience", Action: doPropose, Tag: tag,
		Summary: "Who may know of a service, and how many they are"}, c.getAudience)
	web.Op(m, web.Operation{ID: "set-audience", Method: http.MethodPut, Path: "/api/v1/services/{code}/audience", Action: doPropose, Tag: tag, Scope: "write",
		Summary: "Change who may know of a service"}, c.putAudience)
	web.Op(m, web.Operation{ID: "check-audience", Method: http.MethodGet, Path: "/api/v1/services/{code}/audience/{person}", Action: doPropose, Tag: tag,
		Summary: "Whether a colleague sees a service, and why"}, c.getAdmission)
}
