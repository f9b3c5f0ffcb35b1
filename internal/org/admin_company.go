package org

import (
	"context"
	"net/http"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// companyForm is the company as the page and the API set it, whole.
type companyForm struct {
	NameZh           string `form:"name_zh" json:"name_zh" example:"华衡智能装备"`
	NameEn           string `form:"name_en" json:"name_en" doc:"Empty: as in Chinese" example:"Huaheng"`
	Zone             string `form:"zone" json:"zone" doc:"IANA" example:"Asia/Shanghai"`
	Locale           string `form:"locale" json:"locale" doc:"zh or en: of whoever has not chosen" example:"zh"`
	URL              string `form:"url" json:"url" doc:"Public address, for links and posters" example:"https://neike.example.com"`
	NumbersToAll     bool   `form:"numbers_to_all" json:"numbers_to_all" doc:"Everybody sees the numbers of all relations, not only of their own unit's"`
	SharedInUnit     bool   `form:"shared_in_unit" json:"shared_in_unit" doc:"Colleagues of the asking unit see its requests"`
	ReasonsToAgents  bool   `form:"reasons_to_agents" json:"reasons_to_agents" doc:"Agents read reasons and comments of ratings without the giver's leave"`
	IndividualScores bool   `form:"individual_scores" json:"individual_scores" doc:"Scores have an individual level"`
	AccountInScores  bool   `form:"account_in_scores" json:"account_in_scores" doc:"The relationship account counts in scores; needs account_reason"`
	AccountReason    string `form:"account_reason" json:"account_reason"`
	ShowNo           bool   `form:"show_no" json:"show_no" doc:"Everybody sees everybody's employee number"`
	StrictRoles      bool   `form:"strict_roles" json:"strict_roles" doc:"Administrator, security officer and auditor are three people"`
	Revision         int64  `form:"revision" json:"revision" doc:"The one that was read"`
}

func companyFormOf(c Company) companyForm {
	w := c.Switches
	return companyForm{c.Name.Zh, c.Name.En, c.Zone, c.Locale, c.URL, w.NumbersToAll, w.SharedInUnit, w.ReasonsToAgents, w.IndividualScores,
		w.AccountInScores, w.AccountReason, w.ShowNo, w.StrictRoles, c.Revision}
}

func (in companyForm) company() Company {
	return Company{
		Name: lang.Text{Zh: in.NameZh, En: in.NameEn}, Zone: in.Zone, Locale: in.Locale, URL: in.URL, Revision: in.Revision,
		Switches: Switches{NumbersToAll: in.NumbersToAll, SharedInUnit: in.SharedInUnit, ReasonsToAgents: in.ReasonsToAgents, IndividualScores: in.IndividualScores,
			AccountInScores: in.AccountInScores, AccountReason: in.AccountReason, ShowNo: in.ShowNo, StrictRoles: in.StrictRoles},
	}
}

type companyView struct {
	In     companyForm
	Fixed  string // public address, when it is given from outside
	Errors ui.Errors
}

func (s *Service) showCompany(w http.ResponseWriter, r *http.Request) error {
	v := companyView{Fixed: s.fixed, In: companyFormOf(s.Company(r.Context()))}
	return web.Show(w, r, http.StatusOK, companyPage(v), companyContent(v))
}

func (s *Service) submitCompany(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in companyForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	err := s.SetCompany(ctx, in.company())
	if refused(err) {
		v := companyView{Fixed: s.fixed, In: in, Errors: ui.ErrorsOf(ctx, err, labels(ctx, "name_zh", "name_en", "zone", "locale", "url", "account_reason"))}
		return web.Show(w, r, statusOf(err), companyPage(v), companyContent(v))
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "org.company-saved"), "")
	return web.See(w, r, "/settings/company")
}

type companyOutput struct{ Body companyForm }

func (s *Service) getCompany(ctx context.Context, _ *struct{}) (*companyOutput, error) {
	return &companyOutput{companyFormOf(s.Company(ctx))}, nil
}

func (s *Service) putCompany(ctx context.Context, in *companyOutput) (*companyOutput, error) {
	if err := s.SetCompany(ctx, in.Body.company()); err != nil {
		return nil, err
	}
	return s.getCompany(ctx, nil)
}
