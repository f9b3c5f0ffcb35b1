package signin

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// Pages puts the room's pages into the door.
func (s *Service) Pages(m *web.Mux) {
	p := pages{s, m}
	m.Page(p.activationRoutes()...)
	m.Page(p.factorRoutes()...)
	m.Page(p.ssoRoutes()...)
	m.Page(
		web.Route{Pattern: "GET /settings/door", Action: "signin.policy.see", Do: p.showPolicy},
		web.Route{Pattern: "POST /settings/door", Action: "signin.policy", Do: p.submitPolicy},
	)
	m.Page(
		web.Route{Pattern: "GET /signin", Action: web.Public, Do: p.showSignIn},
		web.Route{Pattern: "POST /signin", Action: web.Public, Do: p.submitSignIn},
		web.Route{Pattern: "GET /signin/help", Action: web.Public, Do: p.showHelp},
		web.Route{Pattern: "POST /signout", Action: web.Public, Do: p.submitSignOut, Viewed: true},
		web.Route{Pattern: "GET /activate/{key}", Action: web.Public, Do: p.showActivate, Quiet: true},
		web.Route{Pattern: "POST /activate/{key}", Action: web.Public, Do: p.submitActivate, Quiet: true},
		web.Route{Pattern: "GET /password", Action: web.Public, Do: p.showPassword},
		web.Route{Pattern: "POST /password", Action: web.Public, Do: p.submitPassword},
		web.Route{Pattern: "GET /me", Action: "signin.own", Do: p.showMe, Own: true},
		web.Route{Pattern: "POST /me/news/{id}/read", Action: "signin.own", Do: p.submitReadNews},
		web.Route{Pattern: "POST /me/look", Action: "signin.own", Do: p.submitLook},
		web.Route{Pattern: "POST /me/sessions/end", Action: "signin.own", Do: p.submitEndSessions},
		web.Route{Pattern: "POST /me/sessions/{id}/end", Action: "signin.own", Do: p.submitEndSession},
		web.Route{Pattern: "POST /me/tokens", Action: "signin.token", Do: p.submitToken},
		web.Route{Pattern: "POST /me/tokens/{id}/revoke", Action: "signin.token", Do: p.submitRevoke},
		web.Route{Pattern: "GET /people/{no}/account", Action: "signin.activate", Do: p.showAccount},
		web.Route{Pattern: "POST /people/{no}/account/link", Action: "signin.activate", Do: p.submitLink},
		web.Route{Pattern: "POST /people/{no}/account/reset", Action: "signin.reset", Do: p.submitReset},
		web.Route{Pattern: "POST /people/{no}/account/unlock", Action: "signin.reset", Do: p.submitUnlock},
	)
}

// pages are the room's handlers; the door says where a request comes from.
type pages struct {
	*Service
	door *web.Mux
}

func (p pages) in(r *http.Request) In { return p.inOf(r, p.door.Address(r)) }

func (p pages) showSignIn(w http.ResponseWriter, r *http.Request) error {
	to := r.URL.Query().Get("to")
	if actor.From(r.Context()).Person != 0 {
		return web.See(w, r, web.Local(to, "/"))
	}
	v := p.viewSignIn(r, "", to, nil)
	if via := p.byItself(r, v.Ways, v.To); via != "" {
		return web.See(w, r, via)
	}
	return web.Show(w, r, http.StatusOK, signInPage(v), nil)
}

func (p pages) submitSignIn(w http.ResponseWriter, r *http.Request) error {
	var form struct {
		Login string `form:"login"`
		To    string `form:"to"`
	}
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	in := p.in(r)
	in.Login, in.Password = form.Login, r.PostFormValue("password") // a password is not trimmed
	session, err := p.SignIn(r.Context(), in)
	if status, ok := refusal(err); err != nil && ok {
		return web.Show(w, r, status, signInPage(p.viewSignIn(r, form.Login, form.To, err)), nil)
	}
	if err != nil {
		return err
	}
	return p.letIn(w, r, session, form.To, "")
}

func (p pages) showHelp(w http.ResponseWriter, r *http.Request) error {
	return web.Show(w, r, http.StatusOK, helpPage(), nil)
}

func (p pages) showActivate(w http.ResponseWriter, r *http.Request) error {
	who, err := p.ByLink(r.Context(), r.PathValue("key"))
	if gone(err) {
		return web.Show(w, r, http.StatusNotFound, deadLinkPage(), nil)
	}
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return web.Show(w, r, http.StatusOK, passwordPage(passwordView{Action: r.URL.Path, Person: who, Least: p.Policy(r.Context()).measures().length}), nil)
}

func (p pages) submitActivate(w http.ResponseWriter, r *http.Request) error {
	key := r.PathValue("key")
	session, err := p.SetByLink(r.Context(), key, r.PostFormValue("password"), r.PostFormValue("again"), p.in(r))
	if gone(err) {
		return web.Show(w, r, http.StatusNotFound, deadLinkPage(), nil)
	}
	if status, ok := refusal(err); err != nil && ok {
		who, gone := p.ByLink(r.Context(), key)
		if gone != nil {
			return gone
		}
		return web.Show(w, r, status, passwordPage(passwordView{Action: r.URL.Path, Person: who, Least: p.Policy(r.Context()).measures().length, Said: ui.ErrorsOf(r.Context(), err, nil)}), nil)
	}
	if err != nil {
		return err
	}
	return p.letIn(w, r, session, "/", "signin.welcome")
}

func (p pages) showPassword(w http.ResponseWriter, r *http.Request) error {
	v, _, err := p.viewPassword(r)
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, passwordPage(v), nil)
}

func (p pages) viewPassword(r *http.Request) (passwordView, Session, error) {
	session, ok, err := p.session(r)
	if err != nil {
		return passwordView{}, session, err
	}
	if !ok {
		return passwordView{}, session, fault.New(fault.Unauthenticated, "web.sign-in")
	}
	who, err := p.org.Person(r.Context(), session.Person)
	return passwordView{Action: "/password", Person: who, Old: true, First: session.MustChange, Least: p.Policy(r.Context()).measures().length}, session, err
}

func (p pages) submitPassword(w http.ResponseWriter, r *http.Request) error {
	v, session, err := p.viewPassword(r)
	if err != nil {
		return err
	}
	ctx := actor.With(r.Context(), actor.Actor{Person: session.Person, Session: session.ID})
	made, err := p.ChangePassword(ctx, session, r.PostFormValue("old"), r.PostFormValue("password"), r.PostFormValue("again"), p.in(r))
	if status, ok := refusal(err); err != nil && ok {
		v.Said = ui.ErrorsOf(r.Context(), err, nil)
		return web.Show(w, r, status, passwordPage(v), nil)
	}
	if err != nil {
		return err
	}
	return p.letIn(w, r, made, "/", "signin.password-changed")
}

func (p pages) viewMe(r *http.Request) (v meView, err error) {
	ctx := r.Context()
	who := actor.From(ctx)
	if v.Person, err = p.org.Person(ctx, who.Person); err != nil {
		return v, err
	}
	tree, err := p.org.Tree(ctx)
	if err != nil {
		return v, err
	}
	if unit, ok := tree.ByID(v.Person.Unit); ok {
		v.Unit = unit.Name.In(ctx)
	}
	if p.own != nil {
		v.Own = p.own(ctx)
	}
	if v.Sessions, err = p.Sessions(ctx); err != nil {
		return v, err
	}
	if v.News, err = p.News(ctx); err != nil {
		return v, err
	}
	v.Tokens, err = p.Tokens(ctx)
	v.Current, v.Theme = who.Session, web.Theme(r)
	v.Scopes, v.Offer = []string{"read", "write"}, []string{"read", "write"}
	if who.Has("admin") {
		v.Offer = Scopes
	}
	return v, err
}

func (p pages) showMe(w http.ResponseWriter, r *http.Request) error {
	v, err := p.viewMe(r)
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, mePage(v), nil)
}

func (p pages) submitLook(w http.ResponseWriter, r *http.Request) error {
	locale := r.PostFormValue("locale")
	if !slices.Contains(lang.Locales, locale) {
		return fault.New(fault.Malformed, "web.malformed")
	}
	if err := p.org.SetLocale(r.Context(), actor.From(r.Context()).Person, locale); err != nil {
		return err
	}
	web.SetLook(w, r, locale, r.PostFormValue("theme"))
	return web.See(w, r, "/me")
}

func (p pages) submitEndSession(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	if err := p.EndSession(r.Context(), id); err != nil {
		return err
	}
	web.Toast(w, r, lang.T(r.Context(), "signin.session-ended"), "")
	return web.See(w, r, "/me")
}

func (p pages) submitEndSessions(w http.ResponseWriter, r *http.Request) error {
	n, err := p.EndSessions(r.Context(), false)
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(r.Context(), "signin.sessions-ended", "count", n), "")
	return web.See(w, r, "/me")
}

func (p pages) submitToken(w http.ResponseWriter, r *http.Request) error {
	var form struct {
		Name   string   `form:"name"`
		Scopes []string `form:"scopes"`
		Days   string   `form:"days"`
	}
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	key, err := p.makeOwnToken(r.Context(), form.Name, form.Scopes, form.Days)
	status, ok := refusal(err)
	if err != nil && !ok {
		return err
	}
	v, broken := p.viewMe(r)
	if broken != nil {
		return broken
	}
	if err != nil {
		v.Name, v.Scopes, v.Days = form.Name, form.Scopes, form.Days
		v.Said = ui.ErrorsOf(r.Context(), err, map[string]string{"name": lang.T(r.Context(), "signin.me.token-name"),
			"scopes": lang.T(r.Context(), "signin.me.scopes"), "days": lang.T(r.Context(), "signin.me.days")})
		return web.Show(w, r, status, mePage(v), nil)
	}
	v.NewKey, v.NewName = key, form.Name
	w.Header().Set("Cache-Control", "no-store")
	return web.Show(w, r, http.StatusCreated, mePage(v), nil)
}

// makeOwnToken makes a token as the form asks for it; everything wrong with the form is said at once.
func (p pages) makeOwnToken(ctx context.Context, name string, scopes []string, days string) (string, error) {
	who := actor.From(ctx)
	var f fault.Fields
	until := tokenEnd(&f, days, p.db.Now())
	if len(scopes) == 0 {
		f.Add("scopes", "signin.token-no-scope")
	}
	if f.Len() > 0 {
		tokenName(&f, name)
		return "", f.Err()
	}
	_, key, err := p.MakeToken(ctx, who.Person, name, scopes, until)
	return key, err
}

func (p pages) submitRevoke(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	if err := p.RevokeToken(r.Context(), id); err != nil {
		return err
	}
	web.Toast(w, r, lang.T(r.Context(), "signin.token-revoked"), "")
	return web.See(w, r, "/me")
}

func (p pages) viewAccount(r *http.Request) (v accountView, err error) {
	ctx := r.Context()
	who, err := p.org.ByRef(ctx, r.PathValue("no"))
	if err != nil {
		return v, err
	}
	if v.Account, err = p.AccountOf(ctx, who.ID); err != nil {
		return v, err
	}
	tree, err := p.org.Tree(ctx)
	if err != nil {
		return v, err
	}
	if unit, ok := tree.ByID(who.Unit); ok {
		v.Unit = unit.Name.In(ctx)
	}
	if v.Activate, v.Reset, err = p.mayHandle(ctx, who.ID); err != nil {
		return v, err
	}
	v.Factors = v.Account.Factors > 0 && actor.From(ctx).Has("security")
	return v, err
}

func (p pages) showAccount(w http.ResponseWriter, r *http.Request) error {
	v, err := p.viewAccount(r)
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, accountPage(v), nil)
}

func (p pages) submitLink(w http.ResponseWriter, r *http.Request) error {
	v, err := p.viewAccount(r)
	if err != nil {
		return err
	}
	link, err := p.MakeLink(r.Context(), v.Account.Person.ID, org.AddressOf(r))
	if err != nil {
		return err
	}
	v.Link, v.Warn = &link, p.org.AddressNote(r)
	w.Header().Set("Cache-Control", "no-store")
	return web.Show(w, r, http.StatusCreated, accountPage(v), nil)
}

func (p pages) submitReset(w http.ResponseWriter, r *http.Request) error {
	v, err := p.viewAccount(r)
	if err != nil {
		return err
	}
	made, err := p.Reset(r.Context(), v.Account.Person.ID)
	if err != nil {
		return err
	}
	if v, err = p.viewAccount(r); err != nil {
		return err
	}
	v.Code = &made
	w.Header().Set("Cache-Control", "no-store")
	return web.Show(w, r, http.StatusCreated, accountPage(v), nil)
}

func (p pages) submitUnlock(w http.ResponseWriter, r *http.Request) error {
	v, err := p.viewAccount(r)
	if err != nil {
		return err
	}
	if err := p.Unlock(r.Context(), v.Account.Person.ID); err != nil {
		return err
	}
	web.Toast(w, r, lang.T(r.Context(), "signin.unlocked"), "")
	return web.See(w, r, "/people/"+v.Account.Person.No+"/account")
}

func idOf(r *http.Request) (ID, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, fault.ErrNotFound
	}
	return id, nil
}

// Mount adds the pages and the API.
func (s *Service) Mount(m *web.Mux) {
	s.Pages(m)
	s.API(m)
}
