package directory

import (
	"context"
	"net/http"
	"net/url"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

func (s *Service) showMine(w http.ResponseWriter, r *http.Request) error {
	v, err := s.accounts(r.Context(), actor.From(r.Context()).Person)
	if err != nil {
		return err
	}
	v.Own = true
	return web.Show(w, r, http.StatusOK, accountsPage(v), accountsContent(v))
}

func (s *Service) showAccounts(w http.ResponseWriter, r *http.Request) error {
	p, err := s.org.PersonByNo(r.Context(), r.PathValue("no"))
	if err != nil {
		return err
	}
	return s.sendAccounts(w, r, http.StatusOK, p, "", ui.Errors{})
}

func (s *Service) sendAccounts(w http.ResponseWriter, r *http.Request, status int, p org.Person, typed string, errs ui.Errors) error {
	v, err := s.accounts(r.Context(), p.ID)
	if err != nil {
		return err
	}
	v.Typed, v.Errors = typed, errs
	return web.Show(w, r, status, accountsPage(v), accountsContent(v))
}

func accountsOf(no string) string { return "/settings/org/people/" + url.PathEscape(no) + "/accounts" }

type accountForm struct {
	Connection ID     `form:"connection"`
	Subject    string `form:"subject"`
}

func (s *Service) submitLink(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	p, err := s.org.PersonByNo(ctx, r.PathValue("no"))
	if err != nil {
		return err
	}
	var in accountForm
	err = web.Decode(r, &in)
	if err == nil {
		err = s.LinkByHand(ctx, in.Connection, in.Subject, p.No)
	}
	if refusedBy(err) && fault.KindOf(err) != fault.NotFound {
		return s.sendAccounts(w, r, fault.KindOf(err).Status(), p, in.Subject, ui.ErrorsOf(ctx, err, map[string]string{"subject": lang.T(ctx, "directory.account")}))
	}
	if err != nil {
		return err
	}
	return web.See(w, r, accountsOf(p.No))
}

func (s *Service) submitUnlink(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	p, err := s.org.PersonByNo(ctx, r.PathValue("no"))
	if err != nil {
		return err
	}
	var in accountForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	if err := s.Unlink(ctx, in.Connection, p.ID); err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "directory.unlinked"), "")
	return web.See(w, r, accountsOf(p.No))
}

// Linked lists a person's accounts for the page of the person: org's slot.
func (s *Service) Linked(ctx context.Context, person org.ID) ([]org.Linked, error) {
	v, err := s.accounts(ctx, person)
	out := make([]org.Linked, len(v.Lines))
	for i, l := range v.Lines {
		out[i] = org.Linked{System: l.Name, Account: l.Subject, Note: lang.T(ctx, "directory.linked-by-"+l.Why) + " · " + lang.Date(ctx, l.Linked)}
	}
	return out, err
}
