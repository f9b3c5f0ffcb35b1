package signin

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

func (p pages) activationRoutes() []web.Route {
	return []web.Route{
		{Pattern: "GET /settings/activation", Action: "signin.activate", Do: p.showActivation},
		{Pattern: "POST /settings/activation/slips", Action: "signin.activate", Do: p.submitSlips},
		{Pattern: "POST /settings/activation/posters", Action: "signin.activate", Do: p.submitPoster},
		{Pattern: "GET /settings/activation/posters/{id}", Action: "signin.activate", Do: p.showPoster},
		{Pattern: "POST /settings/activation/posters/{id}/revoke", Action: "signin.activate", Do: p.submitRevokePoster},
		{Pattern: "POST /settings/activation/claims/{id}/confirm", Action: "signin.activate", Do: p.submitConfirm},
		{Pattern: "POST /settings/activation/claims/{id}/refuse", Action: "signin.activate", Do: p.submitRefuse},
		{Pattern: "GET /activate", Action: web.Public, Do: p.showCode},
		{Pattern: "POST /activate", Action: web.Public, Do: p.submitCode},
		{Pattern: "GET /join/{key}", Action: web.Public, Do: p.showJoin, Quiet: true},
		{Pattern: "POST /join/{key}", Action: web.Public, Do: p.submitJoin, Quiet: true},
		{Pattern: "GET /join", Action: web.Public, Do: p.showClaim},
		{Pattern: "POST /join", Action: web.Public, Do: p.submitClaim},
	}
}

// activationView is the list of whoever looks after accounts.
type activationView struct {
	Activation
	Units   []ui.Option // where slips and posters may be made
	Chosen  string      // unit of the forms
	Days    string
	Said    ui.Errors // of the forms
	Wrong   ID        // claim whose number was wrong
	WrongIs string
	tree    *org.Tree
}

func (p pages) viewActivation(r *http.Request) (v activationView, err error) {
	ctx := r.Context()
	if v.Activation, err = p.ActivationList(ctx); err != nil {
		return v, err
	}
	if v.tree, err = p.org.Tree(ctx); err != nil {
		return v, err
	}
	v.Chosen = r.FormValue("unit")
	who := actor.From(ctx)
	for _, u := range v.tree.All() {
		if !mayPost(who, v.tree.Path(u.ID)) {
			continue
		}
		indent := strings.Repeat("　", max(0, v.tree.Depth(u.ID)-1))
		v.Units = append(v.Units, ui.Option{Value: u.Code, Text: indent + u.Name.In(ctx), Selected: u.Code == v.Chosen})
	}
	return v, nil
}

func (p pages) showActivation(w http.ResponseWriter, r *http.Request) error {
	return p.activation(w, r, http.StatusOK, nil)
}

// activation shows the list, with what change says.
func (p pages) activation(w http.ResponseWriter, r *http.Request, status int, change func(v *activationView)) error {
	v, err := p.viewActivation(r)
	if err != nil {
		return err
	}
	if change != nil {
		change(&v)
	}
	return web.Show(w, r, status, activationPage(v), nil)
}

func formLabels(ctx context.Context) map[string]string {
	return map[string]string{"unit": lang.T(ctx, "signin.me.unit"), "days": lang.T(ctx, "signin.poster.days")}
}

func (p pages) submitSlips(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	slips, others, err := p.Slips(ctx, r.PostFormValue("unit"), r.PostFormValue("below") != "", org.AddressOf(r))
	if status, ok := refusal(err); err != nil && ok {
		return p.activation(w, r, status, func(v *activationView) { v.Said = ui.ErrorsOf(ctx, err, formLabels(ctx)) })
	}
	if err != nil {
		return err
	}
	tree, err := p.org.Tree(ctx)
	if err != nil {
		return err
	}
	if len(slips) == 0 {
		key := "signin.slips.nobody"
		if others > 0 {
			key = "signin.slips.not-yours"
		}
		web.Toast(w, r, lang.T(ctx, key, "count", others), "")
		return web.See(w, r, "/settings/activation")
	}
	v := slipsView{Others: others, Columns: 2, Base: p.org.AddressFor(r), Warn: p.org.AddressNote(r)}
	if r.PostFormValue("columns") == "3" {
		v.Columns = 3
	}
	for _, s := range slips {
		u, _ := tree.ByCode(s.Unit)
		v.Slips = append(v.Slips, slipView{s, u.Name.In(ctx)})
	}
	w.Header().Set("Cache-Control", "no-store")
	return web.Show(w, r, http.StatusCreated, slipsPage(v), nil)
}

// slipsView is a sheet of slips to print and cut.
type slipsView struct {
	Slips   []slipView
	Others  int
	Columns int
	Base    string
	Warn    *ui.NoteProps // the address will not work for others
}

type slipView struct {
	Slip
	UnitName string
}

// short is an address as people type it: without the scheme.
func short(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Host + u.Path
	}
	return address
}

func (p pages) submitPoster(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	made, err := p.MakePoster(ctx, r.PostFormValue("unit"), r.PostFormValue("days"), org.AddressOf(r))
	if status, ok := refusal(err); err != nil && ok {
		return p.activation(w, r, status, func(v *activationView) {
			v.Said, v.Days = ui.ErrorsOf(ctx, err, formLabels(ctx)), r.PostFormValue("days")
		})
	}
	if err != nil {
		return err
	}
	return web.See(w, r, "/settings/activation/posters/"+strconv.FormatInt(made.ID, 10))
}

func (p pages) showPoster(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	made, err := p.PosterByID(ctx, id, org.AddressOf(r))
	if err != nil {
		return err
	}
	tree, err := p.org.Tree(ctx)
	if err != nil {
		return err
	}
	v := posterView{Poster: made, Unit: tree.Name(ctx, made.Unit), Company: p.org.Company(ctx).Name.In(ctx), Warn: p.org.AddressNote(r)}
	return web.Show(w, r, http.StatusOK, posterPage(v), nil)
}

// posterView is a poster to print.
type posterView struct {
	Poster
	Unit, Company string
	Warn          *ui.NoteProps
}

func (p pages) submitRevokePoster(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	if err := p.RevokePoster(r.Context(), id); err != nil {
		return err
	}
	web.Toast(w, r, lang.T(r.Context(), "signin.poster.revoked"), "")
	return web.See(w, r, "/settings/activation")
}

func (p pages) submitConfirm(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	err = p.Confirm(r.Context(), id, r.PostFormValue("number"))
	if status, ok := refusal(err); err != nil && ok {
		said := ui.ErrorsOf(r.Context(), err, nil)
		return p.activation(w, r, status, func(v *activationView) { v.Wrong, v.WrongIs = id, said.At("number") })
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(r.Context(), "signin.claim.confirmed"), "")
	return web.See(w, r, "/settings/activation")
}

func (p pages) submitRefuse(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	if err := p.Refuse(r.Context(), id); err != nil {
		return err
	}
	web.Toast(w, r, lang.T(r.Context(), "signin.claim.refused"), "")
	return web.See(w, r, "/settings/activation")
}

func (p pages) showCode(w http.ResponseWriter, r *http.Request) error {
	return web.Show(w, r, http.StatusOK, codePage(codeView{No: r.URL.Query().Get("no"), Least: p.Policy(r.Context()).measures().length}), nil)
}

// codeView is the page on which a code from a slip is typed.
type codeView struct {
	No    string
	Code  string // kept while the language is switched
	Least int
	Said  ui.Errors
}

func (p pages) submitCode(w http.ResponseWriter, r *http.Request) error {
	no := strings.TrimSpace(r.PostFormValue("no"))
	if other, switched := inOther(w, r); switched {
		v := codeView{No: no, Code: r.PostFormValue("code"), Least: p.Policy(r.Context()).measures().length}
		return web.Show(w, other, http.StatusOK, codePage(v), nil)
	}
	made, err := p.SetByCode(r.Context(), no, r.PostFormValue("code"), r.PostFormValue("password"), r.PostFormValue("again"), p.in(r))
	if gone(err) {
		err = wrongCode("code", "signin.wrong-code")
	}
	if status, ok := refusal(err); err != nil && ok {
		v := codeView{No: no, Least: p.Policy(r.Context()).measures().length, Said: ui.ErrorsOf(r.Context(), err, nil)}
		return web.Show(w, r, status, codePage(v), nil)
	}
	if err != nil {
		return err
	}
	return p.letIn(w, r, made, "/", "signin.welcome")
}

// joinView is the page behind a poster.
type joinView struct {
	Key, Unit string
	No, Name  string
	Digits    string
	Least     int
	Asked     bool // somebody has asked with this phone, and may come back to where it waits
	Said      ui.Errors
}

func (p pages) viewJoin(r *http.Request) (v joinView, err error) {
	v = joinView{Key: r.PathValue("key"), Least: p.Policy(r.Context()).measures().length}
	poster, err := p.ByPoster(r.Context(), v.Key)
	if err != nil {
		return v, err
	}
	tree, err := p.org.Tree(r.Context())
	if err != nil {
		return v, err
	}
	v.Unit = tree.Name(r.Context(), poster.Unit)
	if c, err := r.Cookie(claimCookie); err == nil {
		claim, err := p.ClaimOf(r.Context(), c.Value)
		v.Asked = err == nil && (claim.State == ClaimWaiting || claim.State == ClaimConfirmed)
	}
	return v, nil
}

// typed keeps what was typed, but for the passwords.
func (v *joinView) typed(in JoinIn) {
	v.No, v.Name, v.Digits = strings.TrimSpace(in.No), strings.TrimSpace(in.Name), strings.TrimSpace(in.Digits)
}

// inOther is the request in the language that the page's own switch asks for: its form came along, so that nothing that was
// typed is lost. false: the form itself was sent.
func inOther(w http.ResponseWriter, r *http.Request) (*http.Request, bool) {
	locale := r.PostFormValue("locale")
	if !slices.Contains(lang.Locales, locale) {
		return r, false
	}
	web.SetLook(w, r, locale, "")
	return r.WithContext(lang.In(r.Context(), locale)), true
}

func (p pages) showJoin(w http.ResponseWriter, r *http.Request) error {
	v, err := p.viewJoin(r)
	if gone(err) {
		return web.Show(w, r, http.StatusNotFound, deadPosterPage(), nil)
	}
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, joinPage(v), nil)
}

func (p pages) submitJoin(w http.ResponseWriter, r *http.Request) error {
	asked := JoinIn{No: r.PostFormValue("no"), Name: r.PostFormValue("name"), Digits: r.PostFormValue("digits"),
		Password: r.PostFormValue("password"), Again: r.PostFormValue("again")}
	if other, switched := inOther(w, r); switched {
		v, err := p.viewJoin(other)
		if gone(err) {
			return web.Show(w, other, http.StatusNotFound, deadPosterPage(), nil)
		}
		if err != nil {
			return err
		}
		v.typed(asked)
		return web.Show(w, other, http.StatusOK, joinPage(v), nil)
	}
	c, err := p.Join(r.Context(), r.PathValue("key"), asked, p.in(r))
	if gone(err) {
		return web.Show(w, r, http.StatusNotFound, deadPosterPage(), nil)
	}
	if status, ok := refusal(err); err != nil && ok {
		v, broken := p.viewJoin(r)
		if broken != nil {
			return broken
		}
		v.typed(asked)
		v.Said = ui.ErrorsOf(r.Context(), err, nil)
		return web.Show(w, r, status, joinPage(v), nil)
	}
	if err != nil {
		return err
	}
	web.SetCookie(w, r, claimCookie, c.Secret, ClaimLife)
	return web.See(w, r, "/join")
}

func (p pages) claimOf(r *http.Request) (Claim, string, error) {
	c, err := r.Cookie(claimCookie)
	if err != nil {
		return Claim{}, "", fault.ErrNotFound
	}
	claim, err := p.ClaimOf(r.Context(), c.Value)
	return claim, c.Value, err
}

func (p pages) showClaim(w http.ResponseWriter, r *http.Request) error {
	c, _, err := p.claimOf(r)
	if gone(err) || err == nil && c.State == ClaimUsed {
		return web.See(w, r, "/signin")
	}
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return web.Show(w, r, http.StatusOK, claimPage(c), claimState(c))
}

func (p pages) submitClaim(w http.ResponseWriter, r *http.Request) error {
	_, key, err := p.claimOf(r)
	if err == nil {
		var made Session
		if made, err = p.UseClaim(r.Context(), key, p.in(r)); err == nil {
			web.SetCookie(w, r, claimCookie, "", -1)
			return p.letIn(w, r, made, "/", "signin.welcome")
		}
	}
	if gone(err) {
		return web.See(w, r, "/join")
	}
	return err
}

// letIn gives a browser its session and sends it on; first to what must be done before.
func (p pages) letIn(w http.ResponseWriter, r *http.Request, made Session, to, said string) error {
	if made.Half != "" {
		web.SetCookie(w, r, halfCookie, made.Half, HalfLife)
		return web.See(w, r, "/signin/factor?to="+url.QueryEscape(web.Local(to, "/")))
	}
	setCookie(w, r, made.Secret)
	keepDevice(w, r, made)
	if made.MustChange {
		return web.See(w, r, "/password")
	}
	if said != "" {
		web.Toast(w, r, lang.T(r.Context(), said), "")
	}
	return web.See(w, r, web.Local(to, "/"))
}

func (p pages) submitReadNews(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	if err := p.ReadNews(r.Context(), id); err != nil && !gone(err) {
		return err
	}
	return web.See(w, r, web.Local(r.PostFormValue("back"), "/me"))
}
