package app

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// first guards the door of an empty house: whoever has the code that this process wrote into its log becomes the first
// administrator. There is no password to begin with. Wrong codes are counted: after wrongCodes the door waits.
type first struct {
	mu    sync.Mutex
	code  string
	wrong int
	until time.Time // wrong codes make the door wait until then
	over  bool      // somebody is there: nobody has to look again
}

const (
	wrongCodes = 5
	firstWait  = time.Minute
)

// SetupCode is the code that lets its holder become the first administrator, while nobody is in the house; then "".
func (a *App) SetupCode(ctx context.Context) (string, error) {
	empty, err := a.empty(ctx)
	if err != nil || !empty {
		return "", err
	}
	a.first.mu.Lock()
	defer a.first.mu.Unlock()
	if a.first.code == "" {
		text := rand.Text()
		a.first.code = text[:4] + "-" + text[4:8] + "-" + text[8:12]
	}
	return a.first.code, nil
}

// empty says whether nobody is in the house yet.
func (a *App) empty(ctx context.Context) (bool, error) {
	a.first.mu.Lock()
	over := a.first.over
	a.first.mu.Unlock()
	if over {
		return false, nil
	}
	var people int
	err := a.DB.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		people, err = a.Org.CountActive(ctx, rd)
		return err
	})
	if err == nil && people > 0 {
		a.first.mu.Lock()
		a.first.over = true
		a.first.mu.Unlock()
	}
	return err == nil && people == 0, err
}

// signInPage is where a page sends nobody: into an empty house by the setup code, otherwise to sign in.
func (a *App) signInPage(r *http.Request) string {
	if empty, err := a.empty(r.Context()); err == nil && empty {
		return "/setup"
	}
	return a.Signin.SignInPage(r)
}

// firstForm is what the first visitor says.
type firstForm struct {
	Code   string `form:"code"`
	NameZh string `form:"name_zh"`
	NameEn string `form:"name_en"`
	Zone   string `form:"zone"`
	Locale string `form:"locale"`
	No     string `form:"employee_no"`
	Name   string `form:"name"`
}

type firstView struct {
	In      firstForm
	Errors  ui.Errors
	Locales []ui.Option
}

func (a *App) showFirst(w http.ResponseWriter, r *http.Request) error {
	if empty, err := a.empty(r.Context()); err != nil || !empty {
		if err != nil {
			return err
		}
		return web.See(w, r, "/signin")
	}
	return a.firstPage(w, r, http.StatusOK, firstForm{Zone: "Asia/Shanghai", Locale: lang.Locale(r.Context())}, nil)
}

func (a *App) firstPage(w http.ResponseWriter, r *http.Request, status int, in firstForm, cause error) error {
	ctx := r.Context()
	v := firstView{In: in}
	labels := map[string]string{}
	for _, name := range []string{"code", "name_zh", "name_en", "zone", "locale", "employee_no", "name"} {
		labels[name] = lang.T(ctx, "app.first."+name)
	}
	if cause != nil {
		v.Errors = ui.ErrorsOf(ctx, cause, labels)
	}
	for _, l := range lang.Locales {
		v.Locales = append(v.Locales, ui.Option{Value: l, Text: lang.T(ctx, "app.first.locale-"+l), Selected: l == in.Locale})
	}
	return web.Show(w, r, status, firstPage(v), nil)
}

func (a *App) submitFirst(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in firstForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	link, err := a.begin(ctx, in)
	switch kind := fault.KindOf(err); {
	case err == nil:
		return web.See(w, r, link)
	case kind == fault.Invalid || kind == fault.TooMany || kind == fault.Conflict || kind == fault.Precondition:
		return a.firstPage(w, r, kind.Status(), in, err)
	}
	return err
}

// begin makes the company, its first unit and its first administrator, and gives the address where that person sets a
// password. It goes on where an earlier try broke off. Of two at once one begins the house: the other gets a Conflict.
func (a *App) begin(ctx context.Context, in firstForm) (string, error) {
	empty, err := a.empty(ctx)
	if err != nil {
		return "", err
	}
	if !empty {
		return "/signin", nil
	}
	right, err := a.first.right(in.Code, a.DB.Now())
	if err != nil {
		return "", err
	}
	if err := in.check(right); err != nil {
		return "", err
	}
	a.first.mu.Lock() // one begins the house in this process; between processes the 工号 and the unit's code decide
	defer a.first.mu.Unlock()
	if a.first.over { // somebody was faster
		return "/signin", nil
	}
	ctx = lang.In(actor.System(ctx), lang.Locale(ctx))
	c := a.Org.Company(ctx)
	c.Name, c.Zone, c.Locale = lang.Text{Zh: in.NameZh, En: in.NameEn}, in.Zone, in.Locale
	if err := a.Org.SetCompany(ctx, c); err != nil {
		return "", err
	}
	unit, err := a.firstUnit(ctx, c)
	if err != nil {
		return "", err
	}
	p, err := a.Org.SavePerson(ctx, org.PersonInput{No: in.No, Name: in.Name, Unit: unit, Locale: in.Locale})
	if err != nil {
		return "", err
	}
	if err := a.Org.SetRoles(ctx, p.No, []string{"admin", "security"}, 0); err != nil {
		return "", err
	}
	made, err := a.Signin.MakeLink(ctx, p.ID, "")
	if err != nil {
		return "", err
	}
	at, err := url.Parse(made.URL)
	if err != nil {
		return "", err
	}
	a.first.over, a.first.code = true, ""
	return at.Path, nil
}

// check says everything that is wrong, the code first. A company with one name has it in both languages.
func (in *firstForm) check(rightCode bool) error {
	var f fault.Fields
	if !rightCode {
		f.Add("code", "app.first.wrong-code")
	}
	in.NameZh, in.NameEn = strings.TrimSpace(in.NameZh), strings.TrimSpace(in.NameEn)
	company, name := "name_zh", in.NameZh
	if in.Locale == "en" {
		company, name = "name_en", in.NameEn
	}
	for _, x := range [][2]string{{company, name}, {"employee_no", in.No}, {"name", in.Name}} {
		if strings.TrimSpace(x[1]) == "" {
			f.Add(x[0], "org.required")
		}
	}
	if _, err := time.LoadLocation(in.Zone); err != nil || in.Zone == "" {
		f.Add("zone", "org.zone-unknown", "value", in.Zone)
	}
	return f.Err()
}

// firstUnit is the code of the unit at the top: the one that is there, or a new one with the company's name.
func (a *App) firstUnit(ctx context.Context, c org.Company) (string, error) {
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return "", err
	}
	if units := tree.All(); len(units) > 0 {
		return units[0].Code, nil
	}
	u, err := a.Org.SaveUnit(ctx, org.UnitInput{Code: "company", NameZh: c.Name.Zh, NameEn: c.Name.En, Level: org.Entity})
	return u.Code, err
}

// right compares a code with the one in the log. Wrong ones make the door wait.
func (f *first) right(code string, now time.Time) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if wait := f.until.Sub(now); wait > 0 {
		return false, &fault.Error{Kind: fault.TooMany, Key: "app.first.wait", RetryAfter: wait}
	}
	typed := plainCode(code)
	if f.code != "" && subtle.ConstantTimeCompare([]byte(typed), []byte(plainCode(f.code))) == 1 {
		f.wrong = 0
		return true, nil
	}
	if f.wrong++; f.wrong >= wrongCodes {
		f.wrong, f.until = 0, now.Add(firstWait)
	}
	return false, nil
}

// plainCode forgives small letters, blanks and the strokes between.
func plainCode(code string) string {
	return strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(code))
}
