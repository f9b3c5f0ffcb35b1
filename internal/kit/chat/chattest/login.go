package chattest

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"neike/internal/kit/chat"
)

// SignsIn is who presses "agree" on the sign-in pages from now on; "" nobody does. A browser that follows LoginURL comes
// back as this person.
func (f *Fake) SignsIn(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.signsIn = id
}

// LoginCode is what comes back to the sign-in's address when somebody has signed in: the query. It carries no state.
func (f *Fake) LoginCode(user string) url.Values { return f.newCode(&login{user: user}) }

// ForeignCode is what comes back when somebody of another company (WeCom: nobody's member) has signed in.
func (f *Fake) ForeignCode() url.Values { return f.newCode(&login{user: "stranger", foreign: true}) }

// InAppCode is what DingTalk gives a page inside its app.
func (f *Fake) InAppCode(user string) url.Values {
	q := f.newCode(&login{user: user})
	if code := q.Get("authCode"); code != "" {
		return url.Values{"code": {code}}
	}
	return q
}

func (f *Fake) newCode(l *login) url.Values {
	f.mu.Lock()
	defer f.mu.Unlock()
	code := f.name("code")
	f.codes[code] = l
	if f.Platform == chat.DingTalk {
		return url.Values{"authCode": {code}}
	}
	return url.Values{"code": {code}}
}

// take uses a code up.
func (f *Fake) take(code string) *login {
	l := f.codes[code]
	delete(f.codes, code)
	return l
}

// signInPage asks the person and sends the browser back, when the address is written as the platform wants it.
func (f *Fake) signInPage(want map[string]string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		for name, value := range want {
			value = strings.NewReplacer("APP", f.settings.App, "CORP", f.settings.Corp).Replace(value)
			if q.Get(name) == "" || value != "*" && q.Get(name) != value {
				http.Error(w, "the parameter "+name+" is wrong: "+q.Get(name), http.StatusBadRequest)
				return
			}
		}
		f.mu.Lock()
		who := f.signsIn
		_, known := f.user(who)
		f.mu.Unlock()
		back, err := url.Parse(q.Get("redirect_uri"))
		if err != nil || back.Host == "" || who == "" {
			http.Error(w, "nobody signs in", http.StatusForbidden)
			return
		}
		l := &login{user: who, back: back.String(), challenge: q.Get("code_challenge"), pkce: true, foreign: !known}
		add := f.newCode(l)
		add.Set("state", q.Get("state"))
		all := back.Query()
		for name := range add {
			all.Set(name, add.Get(name))
		}
		back.RawQuery = all.Encode()
		http.Redirect(w, r, back.String(), http.StatusFound)
	}
}

// proves says whether a verifier belongs to the challenge of a sign-in.
func (l *login) proves(verifier string) bool {
	if !l.pkce {
		return true
	}
	if l.challenge == "" {
		return verifier == ""
	}
	sum := sha256.Sum256([]byte(verifier))
	return strings.TrimRight(base64.URLEncoding.EncodeToString(sum[:]), "=") == l.challenge
}
