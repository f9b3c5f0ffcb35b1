package signin

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// The pages of one's own factors are public to the door: who must set one up before anything else is nobody to it yet.
func (p pages) factorRoutes() []web.Route {
	return []web.Route{
		{Pattern: "GET /me/factors", Action: web.Public, Do: p.showFactors},
		{Pattern: "POST /me/factors/totp", Action: web.Public, Do: p.submitOffer},
		{Pattern: "POST /me/factors/totp/confirm", Action: web.Public, Do: p.submitTOTP},
		{Pattern: "POST /me/factors/passkey/begin", Action: web.Public, Do: p.beginPasskey},
		{Pattern: "POST /me/factors/passkey", Action: web.Public, Do: p.submitPasskey},
		{Pattern: "POST /me/factors/codes", Action: web.Public, Do: p.submitCodes},
		{Pattern: "POST /me/factors/{id}/remove", Action: web.Public, Do: p.submitRemoveFactor},
		{Pattern: "POST /people/{no}/account/factors", Action: "signin.factors.reset", Do: p.submitResetFactors},
		{Pattern: "GET /signin/factor", Action: web.Public, Do: p.showSecond},
		{Pattern: "POST /signin/factor", Action: web.Public, Do: p.submitSecond},
		{Pattern: "POST /signin/passkey/begin", Action: web.Public, Do: p.askPasskey},
		{Pattern: "POST /signin/passkey", Action: web.Public, Do: p.signInByPasskey},
	}
}

// factorsView is the page of one's own factors.
type factorsView struct {
	Factors  []Factor
	Left     int    // recovery codes
	Set      string // of recovery codes
	No       string
	Owner    string
	Now      time.Time
	Must     bool // one must be set up before anything else
	Fresh    bool // may be changed now
	Passkeys bool // the address allows them
	Offer    *Offer
	Codes    []string // new ones; shown once
	Name     string   // as typed
	PassName string
	Said     ui.Errors // of the app's form
	PassSaid ui.Errors
}

// mine is the reader as the owner of a session, and the page.
func (p pages) mine(r *http.Request) (context.Context, factorsView, error) {
	who, session, err := p.owner(r)
	if err != nil {
		return nil, factorsView{}, err
	}
	ctx := actor.With(r.Context(), who)
	v := factorsView{Passkeys: PasskeysAt(p.org.AddressFor(r)), Fresh: p.db.Now().Sub(session.Made) < FreshFor, Must: p.mustEnrol(ctx, session, who),
		No: who.No, Now: p.db.Now()}
	person, err := p.org.Person(ctx, who.Person)
	if err != nil {
		return nil, v, err
	}
	v.Owner = person.Plain(ctx)
	if v.Factors, v.Left, err = p.Factors(ctx); err != nil {
		return nil, v, err
	}
	err = p.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		v.Set, err = recoverySet(ctx, rd, who.Person)
		return err
	})
	return ctx, v, err
}

// changing is mine for somebody who has signed in just now: a browser left open by its owner changes no factor.
func (p pages) changing(r *http.Request) (context.Context, factorsView, error) {
	ctx, v, err := p.mine(r)
	if err == nil && !v.Fresh {
		err = fault.New(fault.Forbidden, "signin.sign-in-anew")
	}
	return ctx, v, err
}

func (p pages) showFactors(w http.ResponseWriter, r *http.Request) error {
	ctx, v, err := p.mine(r)
	if err != nil {
		return err
	}
	return web.Show(w, r.WithContext(ctx), http.StatusOK, factorsPage(v), nil)
}

func (p pages) submitOffer(w http.ResponseWriter, r *http.Request) error {
	ctx, v, err := p.changing(r)
	if err != nil {
		return err
	}
	made, err := p.OfferTOTP(ctx)
	if err != nil {
		return err
	}
	v.Offer, v.Name = &made, lang.T(ctx, "signin.factor.own-phone")
	w.Header().Set("Cache-Control", "no-store")
	return web.Show(w, r.WithContext(ctx), http.StatusOK, factorsPage(v), nil)
}

func (p pages) submitTOTP(w http.ResponseWriter, r *http.Request) error {
	ctx, v, err := p.changing(r)
	if err != nil {
		return err
	}
	sealed := r.PostFormValue("offer")
	codes, err := p.ConfirmTOTP(ctx, sealed, r.PostFormValue("code"), r.PostFormValue("name"))
	if status, ok := refusal(err); err != nil && ok {
		if o, broken := p.opened(sealed); broken == nil && o.Person == actor.From(ctx).Person {
			v.Offer = &Offer{Sealed: sealed, Key: o.Key, URL: otpURL(issuer(p.org.Company(ctx).Name.In(ctx)), actor.From(ctx).No, o.Key)}
		}
		v.Name, v.Said = r.PostFormValue("name"), ui.ErrorsOf(ctx, err, nil)
		w.Header().Set("Cache-Control", "no-store")
		return web.Show(w, r.WithContext(ctx), status, factorsPage(v), nil)
	}
	if err != nil {
		return err
	}
	return p.showCodes(w, r, codes)
}

func otpURL(issuer, no, key string) string {
	q := url.Values{"secret": {key}, "issuer": {issuer}, "algorithm": {"SHA1"}, "digits": {"6"}, "period": {"30"}}
	return "otpauth://totp/" + url.PathEscape(issuer+":"+no) + "?" + q.Encode()
}

// showCodes shows new recovery codes once; without new ones the reader goes back to the page.
func (p pages) showCodes(w http.ResponseWriter, r *http.Request, codes []string) error {
	if len(codes) == 0 {
		web.Toast(w, r, lang.T(r.Context(), "signin.factor.added"), "")
		return web.See(w, r, "/me/factors")
	}
	ctx, v, err := p.mine(r)
	if err != nil {
		return err
	}
	v.Codes = codes
	w.Header().Set("Cache-Control", "no-store")
	return web.Show(w, r.WithContext(ctx), http.StatusCreated, factorsPage(v), nil)
}

func (p pages) submitCodes(w http.ResponseWriter, r *http.Request) error {
	ctx, _, err := p.changing(r)
	if err != nil {
		return err
	}
	codes, err := p.NewRecoveryCodes(ctx, r.PostFormValue("set"))
	if fault.KindOf(err) == fault.Conflict {
		web.Toast(w, r, lang.T(ctx, "signin.factor.codes-already"), "")
		return web.See(w, r, "/me/factors")
	}
	if err != nil {
		return err
	}
	return p.showCodes(w, r, codes)
}

func (p pages) submitRemoveFactor(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	ctx, _, err := p.changing(r)
	if err != nil {
		return err
	}
	if err := p.RemoveFactor(ctx, id); err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "signin.factor.removed"), "")
	return web.See(w, r, "/me/factors")
}

func showJSON(w http.ResponseWriter, v any) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(v)
}

func (p pages) beginPasskey(w http.ResponseWriter, r *http.Request) error {
	ctx, _, err := p.changing(r)
	if err != nil {
		return err
	}
	options, key, err := p.OfferPasskey(ctx, p.org.AddressFor(r))
	if err != nil {
		return err
	}
	web.SetCookie(w, r, onceCookie, key, ceremonyLife)
	return showJSON(w, options)
}

// once is the secret of the ceremony that this browser has begun; it is given up.
func once(w http.ResponseWriter, r *http.Request) string {
	c, err := r.Cookie(onceCookie)
	if err != nil {
		return ""
	}
	web.SetCookie(w, r, onceCookie, "", -1)
	return c.Value
}

func (p pages) submitPasskey(w http.ResponseWriter, r *http.Request) error {
	ctx, v, err := p.changing(r)
	if err != nil {
		return err
	}
	codes, err := p.ConfirmPasskey(ctx, p.org.AddressFor(r), once(w, r), r.PostFormValue("credential"), r.PostFormValue("name"))
	if status, ok := refusal(err); err != nil && ok {
		v.PassName, v.PassSaid = r.PostFormValue("name"), ui.ErrorsOf(ctx, err, nil)
		return web.Show(w, r.WithContext(ctx), status, factorsPage(v), nil)
	}
	if err != nil {
		return err
	}
	return p.showCodes(w, r, codes)
}

func (p pages) askPasskey(w http.ResponseWriter, r *http.Request) error {
	options, key, err := p.AskPasskey(r.Context(), p.org.AddressFor(r))
	if err != nil {
		return err
	}
	web.SetCookie(w, r, onceCookie, key, ceremonyLife)
	return showJSON(w, options)
}

func (p pages) signInByPasskey(w http.ResponseWriter, r *http.Request) error {
	to := r.PostFormValue("to")
	made, err := p.SignInByPasskey(r.Context(), p.org.AddressFor(r), once(w, r), r.PostFormValue("credential"), p.in(r))
	if status, ok := refusal(err); err != nil && ok {
		return web.Show(w, r, status, signInPage(p.viewSignIn(r, "", to, err)), nil)
	}
	if err != nil {
		return err
	}
	web.SetCookie(w, r, halfCookie, "", -1)
	if err := p.tie(w, r, made.Person); err != nil {
		return err
	}
	return p.letIn(w, r, made, to, "")
}

// secondView is the page of the second proof.
type secondView struct {
	To       string
	Passkeys bool
	Said     ui.Errors
}

func (p pages) showSecond(w http.ResponseWriter, r *http.Request) error {
	if _, err := r.Cookie(halfCookie); err != nil {
		return web.See(w, r, "/signin")
	}
	v := secondView{To: web.Local(r.URL.Query().Get("to"), "/"), Passkeys: PasskeysAt(p.org.AddressFor(r))}
	return web.Show(w, r, http.StatusOK, secondPage(v), nil)
}

func (p pages) submitSecond(w http.ResponseWriter, r *http.Request) error {
	to := web.Local(r.PostFormValue("to"), "/")
	c, err := r.Cookie(halfCookie)
	if err != nil {
		return web.See(w, r, "/signin?to="+url.QueryEscape(to))
	}
	made, err := p.Second(r.Context(), c.Value, strings.TrimSpace(r.PostFormValue("code")), r.PostFormValue("remember") != "", p.in(r))
	if fault.KindOf(err) == fault.Unauthenticated {
		web.SetCookie(w, r, halfCookie, "", -1)
		return web.Show(w, r, http.StatusUnauthorized, signInPage(p.viewSignIn(r, "", to, err)), nil)
	}
	if status, ok := refusal(err); err != nil && ok {
		v := secondView{To: to, Passkeys: PasskeysAt(p.org.AddressFor(r)), Said: ui.ErrorsOf(r.Context(), err, nil)}
		return web.Show(w, r, status, secondPage(v), nil)
	}
	if err != nil {
		return err
	}
	web.SetCookie(w, r, halfCookie, "", -1)
	if err := p.tie(w, r, made.Person); err != nil {
		return err
	}
	return p.letIn(w, r, made, to, "")
}

func (p pages) submitResetFactors(w http.ResponseWriter, r *http.Request) error {
	v, err := p.viewAccount(r)
	if err != nil {
		return err
	}
	if err := p.ResetFactors(r.Context(), v.Account.Person.ID); err != nil {
		return err
	}
	web.Toast(w, r, lang.T(r.Context(), "signin.factor.reset-done"), "")
	return web.See(w, r, "/people/"+url.PathEscape(v.Account.Person.No)+"/account")
}

// policyView is the page of how strict the door is.
type policyView struct {
	Policy Policy
	May    bool // change it
	Glass  bool // the emergency administrator is there
	Said   ui.Errors
}

func (p pages) showPolicy(w http.ResponseWriter, r *http.Request) error {
	v, err := p.viewPolicy(r)
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, policyPage(v), nil)
}

func (p pages) viewPolicy(r *http.Request) (v policyView, err error) {
	v.Policy, err = p.PolicyNow(r.Context())
	v.May = actor.From(r.Context()).Has("security")
	if err == nil {
		v.Glass, err = p.HasBreakGlass(r.Context())
	}
	return v, err
}

func (p pages) submitPolicy(w http.ResponseWriter, r *http.Request) error {
	var form struct {
		Strict      string `form:"strict"`
		PhoneDigits string `form:"phone_digits"`
		Factors     string `form:"factors"`
		OnlySSO     string `form:"only_sso"`
		Revision    int64  `form:"revision"`
	}
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	asked := Policy{Strict: form.Strict != "", PhoneDigits: form.PhoneDigits != "", Factors: form.Factors != "", OnlySSO: form.OnlySSO != "", Revision: form.Revision}
	err := p.SetPolicy(r.Context(), asked)
	status, ok := refusal(err)
	if fault.KindOf(err) == fault.Precondition {
		status, ok = http.StatusPreconditionFailed, true
	}
	if err != nil && ok {
		v, broken := p.viewPolicy(r)
		if broken != nil {
			return broken
		}
		asked.Revision = v.Policy.Revision
		v.Policy, v.Said = asked, ui.ErrorsOf(r.Context(), err, nil)
		return web.Show(w, r, status, policyPage(v), nil)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(r.Context(), "signin.policy.kept"), "")
	return web.See(w, r, "/settings/door")
}
