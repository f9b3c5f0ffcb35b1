package catalog

import (
	"context"
	"net/http"
	"strings"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// maxSupporters bounds who is named on one service.
const maxSupporters = 50

// SetSupporters names the people to whom a personal-support service may be asked, by their 工号.
func (c *Catalog) SetSupporters(ctx context.Context, code string, nos []string) (*Service, error) {
	return c.change(ctx, code, doPropose, 0, func(ctx context.Context, tx *sqldb.Tx, s *Service) error {
		if err := c.may(ctx, writing(s), s); err != nil {
			return err
		}
		var f fault.Fields
		people, err := c.org.PeopleByNo(ctx, tx, nos)
		if err != nil {
			return err
		}
		var ids []int64
		for _, no := range nos {
			if p := people[no]; p.ID == 0 || !p.Active {
				f.Add("supporters", "catalog.person-unknown")
			} else {
				ids = append(ids, p.ID)
			}
		}
		switch {
		case !s.Support():
			f.Add("supporters", "catalog.only-support")
		case len(nos) > maxSupporters:
			f.Add("supporters", "catalog.audience-many", "max", maxSupporters)
		case len(nos) == 0 && s.State == Live:
			f.Add("supporters", "catalog.supporter-missing")
		}
		if err := f.Err(); err != nil {
			return err
		}
		if err := replaceSupporters(ctx, tx, s.ID, ids); err != nil {
			return err
		}
		s.Supporters, s.Revision, s.Changed = ids, s.Revision+1, tx.Now
		if err := updateService(ctx, tx, s); err != nil {
			return err
		}
		return c.announce(ctx, tx, ServiceWasChanged{Service: s.ID, Code: s.Code, What: []string{"supporters"}, Version: s.Version})
	})
}

// AskAt is where one asks for the service: personal support has pages of its own; "" when nobody can.
func (s *Service) AskAt() string {
	switch {
	case s.Askable():
		return "/requests/new/" + s.Code
	case s.Support() && s.State == Live:
		return "/services/" + s.Code + "/support"
	}
	return ""
}

// submitSupporters names who supports, from the page of the policy.
func (c *Catalog) submitSupporters(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	s, err := c.SetSupporters(ctx, code, strings.FieldsFunc(r.FormValue("supporters"), separates))
	if fault.KindOf(err) == fault.Invalid {
		return c.policyPage(w, r, http.StatusUnprocessableEntity, nil, err)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "catalog.saved", "name", s.Name.In(ctx)), "")
	return web.See(w, r, "/services/"+code+"/policy")
}

type supportersInput struct {
	Code string `path:"code" doc:"Code of the service" example:"hr.counsel"`
	Body struct {
		People []string `json:"people,omitempty" doc:"工号 of those who support" example:"[\"1024\"]"`
	}
}

func (c *Catalog) putSupporters(ctx context.Context, in *supportersInput) (*serviceOutput, error) {
	s, err := c.SetSupporters(ctx, in.Code, in.Body.People)
	return c.answer(ctx, s, http.StatusOK, err)
}

// Supporters are the people to whom a personal-support service may be asked now: those named who still work here.
func (c *Catalog) Supporters(ctx context.Context, s *Service) (list []org.Person, err error) {
	if len(s.Supporters) == 0 {
		return nil, nil
	}
	err = c.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		people, err := c.org.Names(ctx, rd, s.Supporters)
		for _, id := range s.Supporters {
			if p := people[id]; p.Active {
				list = append(list, p)
			}
		}
		return err
	})
	return list, err
}
