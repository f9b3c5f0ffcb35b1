package signin

import (
	"encoding/json"
	"net/http"
	"net/url"

	"golang.org/x/oauth2"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/web"
)

// Of leaving the provider, too (OpenID Connect RP-Initiated Logout 1.0). What is needed for it lies sealed in the browser
// that came in that way, not in the database: it names a person to the provider.
const (
	leaveCookie = "neike-leave"
	sealedLeave = "signin.leave"
	mostLeave   = 3500 // bytes; browsers keep 4096 of a cookie with its name and attributes
)

// leave is how a session that a provider opened is ended there.
type leave struct {
	Person ID     `json:"p"`
	Way    ID     `json:"w"`
	End    string `json:"e"`           // the provider's end_session_endpoint
	Client string `json:"c"`           // our client_id there
	Hint   string `json:"h,omitempty"` // the id_token, so that the provider need not ask who
}

// leaving is what the provider says of its end of session; nil when it has none, or none that a browser should be sent to.
func (o openID) leaving(way ID, token *oauth2.Token) *leave {
	var said struct {
		End string `json:"end_session_endpoint"`
	}
	if o.provider.Claims(&said) != nil || said.End == "" {
		return nil
	}
	u, err := url.Parse(said.End)
	if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !o.Private) {
		return nil
	}
	hint, _ := token.Extra("id_token").(string)
	return &leave{Way: way, End: said.End, Client: o.ClientID, Hint: hint}
}

// address is where the browser goes to end the session there; after is where it is sent back to.
func (l leave) address(after string) string {
	u, err := url.Parse(l.End)
	if err != nil {
		return after
	}
	q := u.Query()
	q.Set("client_id", l.Client)
	q.Set("post_logout_redirect_uri", after)
	if l.Hint != "" {
		q.Set("id_token_hint", l.Hint)
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// keepLeave lets the browser keep how it leaves the provider; nil: it came in another way. What is too long for a cookie
// is kept without the id_token, and the provider asks who leaves.
func (p pages) keepLeave(w http.ResponseWriter, r *http.Request, l *leave) {
	sealed := p.sealLeave(l)
	if len(sealed) > mostLeave {
		short := *l
		short.Hint = ""
		sealed = p.sealLeave(&short)
	}
	if sealed != "" && len(sealed) <= mostLeave {
		web.SetCookie(w, r, leaveCookie, sealed, SessionLife)
		return
	}
	if _, err := r.Cookie(leaveCookie); err == nil {
		web.SetCookie(w, r, leaveCookie, "", -1)
	}
}

func (p pages) sealLeave(l *leave) string {
	if l == nil {
		return ""
	}
	raw, err := json.Marshal(l)
	if err != nil {
		return ""
	}
	return p.box.Seal(sealedLeave, string(raw))
}

// leaveOf is what keepLeave kept, with the way that it leads out of; false when there is nothing or the connection is no
// longer one to come in by.
func (p pages) leaveOf(r *http.Request) (l leave, way Way, ok bool) {
	c, err := r.Cookie(leaveCookie)
	if err != nil {
		return l, way, false
	}
	raw, err := p.box.Open(sealedLeave, c.Value)
	if err != nil || json.Unmarshal([]byte(raw), &l) != nil {
		return l, way, false
	}
	way, err = p.wayOf(r.Context(), l.Way)
	return l, way, err == nil
}

func (p pages) submitSignOut(w http.ResponseWriter, r *http.Request) error {
	session, ok, err := p.session(r)
	if err != nil {
		return err
	}
	if ok {
		ctx := actor.With(r.Context(), actor.Actor{Person: session.Person, Session: session.ID})
		if err := p.EndSession(ctx, session.ID); err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
	}
	setCookie(w, r, "")
	web.SetCookie(w, r, outCookie, "1", outLife)
	w.Header().Set("Clear-Site-Data", `"cache"`)
	if l, _, there := p.leaveOf(r); there && ok && l.Person == session.Person {
		return web.See(w, r, "/signin/left")
	}
	p.keepLeave(w, r, nil)
	return web.See(w, r, "/signin")
}

// showLeft says that one has left here, and lets leave the provider as well: on a shared computer whoever comes next would
// come in without being asked. It is a page and not a redirect: leaving the provider closes what else one has open.
func (p pages) showLeft(w http.ResponseWriter, r *http.Request) error {
	_, way, ok := p.leaveOf(r)
	if !ok || actor.From(r.Context()).Person != 0 {
		return web.See(w, r, "/signin")
	}
	w.Header().Set("Cache-Control", "no-store")
	return web.Show(w, r, http.StatusOK, leftPage(way), nil)
}

func (p pages) departForGood(w http.ResponseWriter, r *http.Request) error {
	l, _, ok := p.leaveOf(r)
	if !ok || actor.From(r.Context()).Person != 0 { // whoever is signed in is not sent away by a link
		return web.See(w, r, "/signin")
	}
	p.keepLeave(w, r, nil)
	web.SetCookie(w, r, outCookie, "1", outLife)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r, l.address(p.org.AddressFor(r)+"/signin"), http.StatusSeeOther)
	return nil
}
