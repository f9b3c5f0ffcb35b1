package signin

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// outLife is how long the platform's own browser stays out after signing out.
const outLife = time.Minute

// Cookies of signing in elsewhere.
const (
	ssoCookie  = "neike-sso"  // of the journeys that this browser is on
	linkCookie = "neike-link" // of a stranger who may be linked
	outCookie  = "neike-out"  // signed out just now: the platform's own browser does not go in by itself again
)

func (p pages) ssoRoutes() []web.Route {
	return []web.Route{
		{Pattern: "GET /signin/via/{id}", Action: web.Public, Do: p.depart},
		{Pattern: "GET /signin/back/{id}", Action: web.Public, Do: p.arrive, Quiet: true},
		{Pattern: "GET /signin/link", Action: web.Public, Do: p.showStranger},
		{Pattern: "POST /signin/link", Action: web.Public, Do: p.submitStranger},
		{Pattern: "GET /signin/left", Action: web.Public, Do: p.showLeft},
		{Pattern: "GET /signin/leave", Action: web.Public, Do: p.departForGood, Quiet: true},
	}
}

func (p pages) back(r *http.Request) string {
	return p.org.AddressFor(r) + "/signin/back/" + r.PathValue("id")
}

func (p pages) depart(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	way, err := p.wayOf(r.Context(), id)
	if err != nil {
		return err
	}
	to := web.Local(r.URL.Query().Get("to"), "/")
	address, key, err := p.Depart(r.Context(), id, p.back(r), to, inAppOf(r.UserAgent()) == way.Kind)
	if kind := fault.KindOf(err); err != nil && (kind == fault.Unavailable || kind == fault.Invalid || kind == fault.Internal) {
		p.log.WarnContext(r.Context(), "sign-in elsewhere cannot begin", "connection", id, "err", err)
		return web.Show(w, r, http.StatusServiceUnavailable, signInPage(p.viewSignIn(r, "", to, wrongCode("login", "signin.sso-away"))), nil)
	}
	if err != nil {
		return err
	}
	web.SetCookie(w, r, ssoCookie, strings.Join(append(journeys(r, maxJourneys-1), key), "."), ceremonyLife)
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, address, http.StatusSeeOther)
	return nil
}

// maxJourneys is how many a browser may be on at once: links are opened in many tabs, and each tab signs in.
const maxJourneys = 5

// journeys are the secrets of those that the browser is on, at most so many, the latest last.
func journeys(r *http.Request, most int) []string {
	c, err := r.Cookie(ssoCookie)
	if err != nil || c.Value == "" {
		return nil
	}
	keys := strings.Split(c.Value, ".")
	return keys[max(0, len(keys)-most):]
}

func keepJourneys(w http.ResponseWriter, r *http.Request, on []string) {
	if len(on) == 0 {
		web.SetCookie(w, r, ssoCookie, "", -1)
		return
	}
	web.SetCookie(w, r, ssoCookie, strings.Join(on, "."), ceremonyLife)
}

func (p pages) arrive(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	key, on := "", journeys(r, maxJourneys)
	for i, one := range on {
		if travelOf(one) == r.URL.Query().Get("state") {
			key, on = one, slices.Delete(on, i, i+1)
			break
		}
	}
	w.Header().Set("Referrer-Policy", "no-referrer")
	if key != "" {
		keepJourneys(w, r, on)
	}
	a, err := p.Arrive(r.Context(), id, key, r.URL.Query(), p.back(r), p.in(r))
	if key == "" && err != nil && actor.From(r.Context()).Person != 0 { // back and forth in a browser that is in already
		return web.See(w, r, "/")
	}
	if status, ok := refusal(err); err != nil && ok {
		web.SetCookie(w, r, outCookie, "1", outLife)
		return web.Show(w, r, status, signInPage(p.viewSignIn(r, "", a.To, err)), nil)
	}
	if err != nil {
		return err
	}
	if a.Link != "" {
		web.SetCookie(w, r, linkCookie, a.Link, ceremonyLife)
		return web.See(w, r, "/signin/link?"+url.Values{"via": {a.Way.Name}}.Encode())
	}
	p.keepLeave(w, r, a.leave)
	return p.letIn(w, r, a.Session, a.To, "")
}

// strangerView is the page for an account elsewhere that belongs to nobody here.
type strangerView struct {
	Way, Login string
	Known      bool // this browser may link it
	OnlySSO    bool
	Said       ui.Errors
}

func (p pages) viewStranger(r *http.Request) strangerView {
	_, err := r.Cookie(linkCookie)
	via := []rune(r.FormValue("via"))
	return strangerView{Way: string(via[:min(len(via), 40)]), Known: err == nil, OnlySSO: p.Policy(r.Context()).OnlySSO}
}

func (p pages) showStranger(w http.ResponseWriter, r *http.Request) error {
	return web.Show(w, r, http.StatusOK, strangerPage(p.viewStranger(r)), nil)
}

func (p pages) submitStranger(w http.ResponseWriter, r *http.Request) error {
	key := ""
	if c, err := r.Cookie(linkCookie); err == nil {
		key = c.Value
	}
	in := p.in(r)
	in.Login, in.Password = r.PostFormValue("login"), r.PostFormValue("password")
	made, to, err := p.LinkStranger(r.Context(), key, in)
	status, ok := refusal(err)
	if fault.KindOf(err) == fault.Conflict {
		status, ok = http.StatusConflict, true
	}
	if err != nil && ok {
		v := p.viewStranger(r)
		v.Login, v.Said = in.Login, ui.ErrorsOf(r.Context(), err, nil)
		return web.Show(w, r, status, strangerPage(v), nil)
	}
	if err != nil {
		return err
	}
	if made.Agreed != "" {
		web.SetCookie(w, r, linkCookie, made.Agreed, HalfLife)
		return p.letIn(w, r, made, to, "")
	}
	web.SetCookie(w, r, linkCookie, "", -1)
	return p.letIn(w, r, made, to, "signin.sso-linked")
}

// tie completes a link that waited for the second proof.
func (p pages) tie(w http.ResponseWriter, r *http.Request, person ID) error {
	c, err := r.Cookie(linkCookie)
	if err != nil {
		return nil
	}
	web.SetCookie(w, r, linkCookie, "", -1)
	return p.linkAgreed(r.Context(), c.Value, person)
}

// byItself is the way in that the platform's own browser takes without being asked; "" for none.
func (p pages) byItself(r *http.Request, ways []Way, to string) string {
	if _, err := r.Cookie(outCookie); err == nil {
		return ""
	}
	kind, found := inAppOf(r.UserAgent()), ""
	for _, w := range ways {
		if w.Kind == kind {
			if found != "" {
				return "" // two of a kind: let the person choose
			}
			found = viaPath(w, to)
		}
	}
	return found
}

func viaPath(w Way, to string) string {
	return "/signin/via/" + sqldbID(w.ID) + "?" + url.Values{"to": {web.Local(to, "/")}}.Encode()
}
