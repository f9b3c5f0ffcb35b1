package signin_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"neike/internal/directory"
	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/sqldb"
)

// crooked is an OpenID provider that does as a test says: it signs by itself, whatever it is told to.
type crooked struct {
	*httptest.Server
	t      *testing.T
	mu     sync.Mutex
	key    *rsa.PrivateKey
	id     string                      // of the key
	say    func(claims map[string]any) // changes what the token says
	sign   func(head, body string) string
	info   map[string]any // what it says when asked; nil: it has no place to ask at
	page   string         // instead of what it should answer, at the place of "broken"
	at     string
	nonce  string            // of the journey that is being answered
	nonces map[string]string // by code
}

func startCrooked(t *testing.T) *crooked {
	c := &crooked{t: t, nonces: map[string]string{}}
	c.rotate("first")
	m := http.NewServeMux()
	m.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		said := map[string]any{"issuer": c.URL, "authorization_endpoint": c.URL + "/auth", "token_endpoint": c.URL + "/token", "jwks_uri": c.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256"}}
		if c.info != nil {
			said["userinfo_endpoint"] = c.URL + "/me"
		}
		c.answer(w, "description", said)
	})
	m.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		c.answer(w, "keys", map[string]any{"keys": []any{map[string]any{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": c.id,
			"n": base64.RawURLEncoding.EncodeToString(c.key.N.Bytes()), "e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(c.key.E)).Bytes())}}})
	})
	m.HandleFunc("GET /auth", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		code := fmt.Sprintf("code-%d", len(c.nonces))
		c.nonces[code] = q.Get("nonce")
		http.Redirect(w, r, q.Get("redirect_uri")+"?"+url.Values{"code": {code}, "state": {q.Get("state")}}.Encode(), http.StatusSeeOther)
	})
	m.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		c.nonce = c.nonces[r.FormValue("code")]
		c.answer(w, "token", map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": c.token()})
	})
	m.HandleFunc("GET /me", func(w http.ResponseWriter, _ *http.Request) { c.answer(w, "me", c.info) })
	c.Server = httptest.NewServer(m)
	t.Cleanup(c.Close)
	return c
}

func (c *crooked) answer(w http.ResponseWriter, at string, v any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.at == at {
		w.WriteHeader(http.StatusOK)
		fmt.Fprint(w, c.page)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		c.t.Error(err)
	}
}

func (c *crooked) rotate(id string) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		c.t.Fatal(err)
	}
	c.key, c.id = key, id
}

func part(v any) string {
	raw, _ := json.Marshal(v)
	return base64.RawURLEncoding.EncodeToString(raw)
}

func (c *crooked) rs256(text string) string {
	sum := sha256.Sum256([]byte(text))
	sig, err := rsa.SignPKCS1v15(rand.Reader, c.key, crypto.SHA256, sum[:])
	if err != nil {
		c.t.Error(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(sig)
}

func (c *crooked) token() string {
	now := time.Now()
	said := map[string]any{"iss": c.URL, "aud": "neike", "sub": "s-2002", "nonce": c.nonce, "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(), "name": "陈思远", "employee_no": "2002"}
	if c.say != nil {
		c.say(said)
	}
	head := part(map[string]any{"alg": "RS256", "kid": c.id})
	if c.sign != nil {
		return c.sign(head, part(said))
	}
	return c.rs256(head + "." + part(said))
}

// withCrooked is a house with a connection to such a provider.
func withCrooked(t *testing.T) (sso, *crooked) {
	t.Helper()
	r := furnishAt(t, dbtest.Open(t, sqldb.SQLite, schemas), "")
	c := startCrooked(t)
	made, err := r.dir.SaveConnection(actor.System(t.Context()), 0, directory.ConnectionInput{Kind: directory.KindOIDC, NameZh: "统一登录", SignIn: true,
		Settings: map[string]string{"issuer": c.URL, "app": "neike", "no_claim": "employee_no", "private": "true"}, Secrets: map[string]string{"secret": "x"}})
	if err != nil {
		t.Fatal(err)
	}
	return sso{r, made.ID}, c
}

// TestTokensOfProviders: what a provider may say and what it may not. Who is refused sees the door and why, never a page of
// errors.
func TestTokensOfProviders(t *testing.T) {
	s, c := withCrooked(t)
	set := func(name string, value any) func(*crooked) {
		return func(c *crooked) { c.say = func(said map[string]any) { said[name] = value } }
	}
	at := func(name string, after time.Duration) func(*crooked) {
		return func(c *crooked) {
			c.say = func(said map[string]any) { said[name] = time.Now().Add(after).Unix() }
		}
	}
	broken := func(at, page string) func(*crooked) { return func(c *crooked) { c.at, c.page = at, page } }
	infoOnly := func(info map[string]any) func(*crooked) {
		return func(c *crooked) {
			c.info = info
			c.say = func(said map[string]any) { delete(said, "employee_no") }
		}
	}
	for _, one := range []struct {
		name string
		do   func(*crooked)
		in   bool
	}{
		{"as it should be", func(*crooked) {}, true},
		{"the keys were changed since", func(c *crooked) { c.rotate("second") }, true},
		{"the provider's clock is a minute behind: the token has just ended", at("exp", -time.Minute), true},
		{"the provider's clock is ahead", at("nbf", time.Minute), true},
		{"the number is written as a number", set("employee_no", 2002), true},
		{"the number is a list of one", set("employee_no", []string{"2002"}), true},
		{"the number is only said when asked", infoOnly(map[string]any{"sub": "s-2002", "employee_no": "2002"}), true},
		{"asked, it speaks of somebody else", infoOnly(map[string]any{"sub": "other", "employee_no": "2002"}), false},
		{"a token that ended long ago", at("exp", -10*time.Minute), false},
		{"the nonce of another journey", set("nonce", "used before"), false},
		{"no nonce", set("nonce", nil), false},
		{"for another app", set("aud", "other"), false},
		{"of another provider", set("iss", "https://evil.example"), false},
		{"of nobody", set("sub", ""), false},
		{"a list of numbers", set("employee_no", []string{"2002", "2003"}), false},
		{"signed by nobody", func(c *crooked) {
			c.sign = func(_, body string) string { return part(map[string]string{"alg": "none"}) + "." + body + "." }
		}, false},
		{"signed by a key that the provider does not show", func(c *crooked) {
			other := &crooked{t: t}
			other.rotate("first")
			c.sign = func(head, body string) string { return other.rs256(head + "." + body) }
		}, false},
		{"changed after it was signed", func(c *crooked) {
			c.sign = func(head, body string) string {
				pieces := strings.Split(c.rs256(head+"."+body), ".")
				return pieces[0] + "." + part(map[string]any{"iss": c.URL, "aud": "neike", "sub": "s-1001", "nonce": c.nonce, "exp": time.Now().Add(time.Hour).Unix(), "employee_no": "1001"}) + "." + pieces[2]
			}
		}, false},
		{"the description is a page", broken("description", "<html>login</html>"), false},
		{"the keys are a page", broken("keys", "<html>"), false},
		{"the token is a page", broken("token", "<html>502"), false},
		{"the token is empty", broken("token", "{}"), false},
	} {
		c.mu.Lock()
		c.say, c.sign, c.info, c.at = nil, nil, nil, ""
		c.mu.Unlock()
		if err := s.forget(); err != nil {
			t.Fatal(err)
		}
		one.do(c)
		page, at := newVisitor(t).get(s.Base + "/signin/via/" + s.id() + "?to=/me")
		if in := at.Path == "/me"; in != one.in {
			t.Errorf("%s: led to %s: %s", one.name, at.Path, page.Find("main").Text())
		}
		if stranger := at.Path == "/signin/link"; !one.in && !stranger && page.Find("input[name=login]").Length() == 0 {
			t.Errorf("%s: no door, but %s", one.name, page.Text())
		}
	}
}

// forget takes the account of 2002 away, so that the next sign-in has to say the 工号 again.
func (s sso) forget() error {
	err := s.dir.Unlink(actor.System(s.t.Context()), s.way, s.ids["2002"])
	if key(err) == "not-found" {
		return nil
	}
	return err
}

// TestTwoTabs: links from mails are opened in several tabs, and each signs in; the answers come back in any order. Who comes
// back by the button of the browser, or twice, and is in already, goes on.
func TestTwoTabs(t *testing.T) {
	s, _ := withCrooked(t)
	v := newVisitor(t)
	var back []string
	v.CheckRedirect = func(q *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(q.URL.Path, "/signin/back/") {
			back = append(back, q.URL.String())
			return http.ErrUseLastResponse
		}
		return nil
	}
	for _, to := range []string{"/me", "/me/factors"} {
		v.get(s.Base + "/signin/via/" + s.id() + "?to=" + to)
	}
	v.CheckRedirect = nil
	if len(back) != 2 {
		t.Fatal(back)
	}
	for i, to := range []string{"/me", "/me/factors"} {
		if page, at := v.get(back[i]); at.Path != to {
			t.Errorf("tab %d leads to %s: %s", i, at, page.Find("main").Text())
		}
	}
	if page, at := v.get(back[1]); at.Path != "/" {
		t.Errorf("once more, signed in: %s %s", at, page.Find("main").Text())
	}
	if page, at := newVisitor(t).get(back[1]); at.Path == "/" || page.Find("input[name=login]").Length() == 0 {
		t.Errorf("once more, in another browser: %s", at)
	}
}

// TestAPasswordAloneTiesNobody: who has a second factor is tied to an account elsewhere only when both proofs were right, in
// the same browser, and by nobody else's sign-in in between.
func TestAPasswordAloneTiesNobody(t *testing.T) {
	s, c := withCrooked(t)
	c.say = func(said map[string]any) { said["employee_no"] = "unknown" }
	clock := dbtest.Clock(s.db)
	owner := s.Fresh()
	s.enter(owner, "2002", password).Is(303)
	a, codes := s.enrol(owner)
	clock.Advance(30 * time.Second)
	tied := func() (id int64) {
		t.Helper()
		err := s.db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) (err error) {
			id, _, err = s.dir.PersonOf(ctx, rd, s.way, "s-2002")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	v := newVisitor(t)
	if _, at := v.get(s.Base + "/signin/via/" + s.id() + "?to=/me"); at.Path != "/signin/link" {
		t.Fatal(at)
	}
	_, at := v.post(s.Base+"/signin/link", url.Values{"login": {"2002"}, "password": {password}})
	if at.Path != "/signin/factor" || tied() != 0 {
		t.Fatalf("with the password alone: %s, tied to %d", at, tied())
	}
	if _, at = v.post(s.Base+"/signin/factor", url.Values{"code": {a.code(0)}, "to": {"/me"}}); at.Path != "/me" || tied() != s.ids["2002"] {
		t.Errorf("with both: %s, tied to %d", at, tied())
	}
	if err := s.forget(); err != nil {
		t.Fatal(err)
	}
	kiosk := newVisitor(t) // a stranger leaves, and somebody else signs in there
	kiosk.get(s.Base + "/signin/via/" + s.id())
	kiosk.post(s.Base+"/signin", url.Values{"login": {"2002"}, "password": {password}})
	if _, at = kiosk.post(s.Base+"/signin/factor", url.Values{"code": {codes[0]}, "to": {"/me"}}); at.Path != "/me" || tied() != 0 {
		t.Errorf("somebody else's account is tied: %s, %d", at, tied())
	}
}
