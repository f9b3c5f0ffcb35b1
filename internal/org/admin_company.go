package org

import (
	"net/http"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

type companyForm struct {
	NameZh           string `form:"name_zh"`
	NameEn           string `form:"name_en"`
	Zone             string `form:"zone"`
	Locale           string `form:"locale"`
	URL              string `form:"url"`
	NumbersToAll     bool   `form:"numbers_to_all"`
	SharedInUnit     bool   `form:"shared_in_unit"`
	ReasonsToAgents  bool   `form:"reasons_to_agents"`
	IndividualScores bool   `form:"individual_scores"`
	AccountInScores  bool   `form:"account_in_scores"`
	AccountReason    string `form:"account_reason"`
	ShowNo           bool   `form:"show_no"`
	StrictRoles      bool   `form:"strict_roles"`
	Revision         int64  `form:"revision"`
}

type companyView struct {
	In     companyForm
	Fixed  string // public address, when it is given from outside
	Errors ui.Errors
}

func (s *Service) showCompany(w http.ResponseWriter, r *http.Request) error {
	c := s.Company(r.Context())
	w1 := c.Switches
	v := companyView{Fixed: s.fixed, In: companyForm{c.Name.Zh, c.Name.En, c.Zone, c.Locale, c.URL, w1.NumbersToAll, w1.SharedInUnit, w1.ReasonsToAgents, w1.IndividualScores,
		w1.AccountInScores, w1.AccountReason, w1.ShowNo, w1.StrictRoles, c.Revision}}
	return web.Show(w, r, http.StatusOK, companyPage(v), companyContent(v))
}

func (s *Service) submitCompany(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in companyForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	err := s.SetCompany(ctx, Company{
		Name: lang.Text{Zh: in.NameZh, En: in.NameEn}, Zone: in.Zone, Locale: in.Locale, URL: in.URL, Revision: in.Revision,
		Switches: Switches{NumbersToAll: in.NumbersToAll, SharedInUnit: in.SharedInUnit, ReasonsToAgents: in.ReasonsToAgents, IndividualScores: in.IndividualScores,
			AccountInScores: in.AccountInScores, AccountReason: in.AccountReason, ShowNo: in.ShowNo, StrictRoles: in.StrictRoles},
	})
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
