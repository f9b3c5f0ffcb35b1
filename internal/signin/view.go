package signin

import (
	"context"
	"net/http"
	"strings"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// signinView is the page at the door.
type signinView struct {
	Company string // "" until it has a name
	Login   string
	To      string
	Said    ui.Errors
	Ways    []Way
	Domain  string // whose accounts and passwords the form takes beside those of here: the company's directory server
	OnlySSO bool
	Own     bool   // show the form for a password although only single sign-on is taken: the emergency account
	Passkey bool   // the address allows them
	Other   string // the other language, "en" or "zh"
}

// passwordView sets a password: with the old one, or by a link.
type passwordView struct {
	Action string
	Person org.Person
	Old    bool // ask for the old one
	First  bool // the old one is a temporary code
	Least  int  // characters
	Said   ui.Errors
}

// meView is one's own account.
type meView struct {
	Person   org.Person
	Unit     string
	Theme    string
	News     []News
	Sessions []Session
	Current  ID
	Tokens   []Token
	NewKey   string // of a token just made; shown once
	NewName  string
	Name     string   // as typed
	Scopes   []string // as chosen
	Days     string   // as typed
	Offer    []string // scopes the person may give
	Said     ui.Errors
	Own      []ui.ListItemProps // the pages of other rooms about the reader
}

// accountView is somebody's account, for whoever looks after accounts.
type accountView struct {
	Account  Account
	Unit     string
	Link     *Link
	Warn     *ui.NoteProps // the link will not work for others
	Code     *Code
	Activate bool
	Reset    bool
	Factors  bool // may take away second factors, and there are some
}

func (s *Service) inOf(r *http.Request, address string) In {
	in := In{Address: address, Agent: r.UserAgent()}
	if c, err := r.Cookie(cookie); err == nil {
		in.Old = c.Value
	}
	if c, err := r.Cookie(deviceCookie); err == nil {
		in.Device = c.Value
	}
	return in
}

func (s *Service) viewSignIn(r *http.Request, login, to string, err error) signinView {
	ctx := r.Context()
	v := signinView{Login: login, To: web.Local(to, "/"), Other: "en", Passkey: PasskeysAt(s.org.AddressFor(r))}
	if name := s.org.Company(ctx).Name; name != org.NewCompany().Name { // 'sign in to our company' is said by nobody
		v.Company = name.In(ctx)
	}
	if lang.Locale(ctx) == "en" {
		v.Other = "zh"
	}
	ways, domain, broken := s.door(ctx)
	if broken != nil { // passwords still work
		s.log.WarnContext(ctx, "list the ways in", "err", broken)
	}
	v.Ways, v.Domain, v.OnlySSO = ways, domain, s.Policy(ctx).OnlySSO
	v.Own = r.URL.Query().Has("emergency") || r.Method == http.MethodPost
	if err != nil {
		v.Said = ui.ErrorsOf(ctx, err, nil)
	}
	return v
}

// domainHint says that the password of the computer is good here, too; where no password of ours is taken, only that one.
func domainHint(ctx context.Context, v signinView) string {
	switch {
	case v.Domain == "":
		return ""
	case v.OnlySSO:
		return lang.T(ctx, "signin.domain-only", "name", v.Domain)
	}
	return lang.T(ctx, "signin.domain", "name", v.Domain)
}

// refusal is what a page says itself: wrong input and too much of it. Other errors go to the door.
func refusal(err error) (status int, ok bool) {
	kind := fault.KindOf(err)
	return kind.Status(), kind == fault.Invalid || kind == fault.TooMany
}

// signInTitle names the company once it has a name.
func signInTitle(ctx context.Context, v signinView) string {
	if v.Company == "" {
		return lang.T(ctx, "signin.enter")
	}
	return lang.T(ctx, "signin.title", "company", v.Company)
}

func passwordTitle(ctx context.Context, v passwordView) string {
	if v.Old && !v.First {
		return lang.T(ctx, "signin.change.title")
	}
	return lang.T(ctx, "signin.set.title", "name", v.Person.Display(ctx))
}

func passwordLead(ctx context.Context, v passwordView) string {
	switch {
	case v.First:
		return lang.T(ctx, "signin.first.lead")
	case v.Old:
		return ""
	default:
		return lang.T(ctx, "signin.set.lead", "no", v.Person.No)
	}
}

func oldLabel(ctx context.Context, v passwordView) string {
	if v.First {
		return lang.T(ctx, "signin.code")
	}
	return lang.T(ctx, "signin.old")
}

func deviceName(ctx context.Context, s Session) string {
	switch {
	case s.Browser != "" && s.System != "":
		return s.Browser + " · " + s.System
	case s.Browser+s.System != "":
		return s.Browser + s.System
	default:
		return lang.T(ctx, "signin.me.unknown-device")
	}
}

func scopeNames(ctx context.Context, scopes []string) string {
	names := make([]string, len(scopes))
	for i, scope := range scopes {
		names[i] = lang.T(ctx, "signin.scope."+scope)
	}
	return strings.Join(names, " · ")
}

func whenOr(ctx context.Context, t time.Time, otherwise string) string {
	if t.IsZero() {
		return lang.T(ctx, otherwise)
	}
	return lang.Short(ctx, t)
}

func stateOf(ctx context.Context, a Account) string {
	switch {
	case !a.Locked.IsZero():
		return lang.T(ctx, "signin.account.locked", "until", lang.Short(ctx, a.Locked))
	case a.Must && a.Password:
		return lang.T(ctx, "signin.account.must")
	case a.Password:
		return lang.T(ctx, "signin.account.ready")
	default:
		return lang.T(ctx, "signin.account.none")
	}
}

// strangerWay names the platform in a sentence.
func strangerWay(ctx context.Context, v strangerView) string {
	if v.Way == "" {
		return lang.T(ctx, "signin.stranger.some")
	}
	return v.Way
}
