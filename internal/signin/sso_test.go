package signin_test

import (
	"bufio"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"neike/internal/directory"
	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/signin"
)

// provider starts a real OpenID provider and gives its address.
func provider(t *testing.T, redirect string) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	modules := filepath.Join(cache, "neike", "oidc-provider")
	if _, err := os.Stat(filepath.Join(modules, "ready")); err != nil {
		if os.Getenv("NEIKE_SERVERS") == "require" {
			t.Fatal("no OpenID provider on this machine: run scripts/servers.sh")
		}
		t.Skip("no OpenID provider on this machine: run scripts/servers.sh")
	}
	cmd := exec.Command("node", "testdata/oidc/provider.mjs", modules, redirect)
	cmd.Stderr = io.Discard
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal("the provider says nothing: ", err)
	}
	return strings.TrimSpace(line)
}

// sso is a house with a connection to a provider.
type sso struct {
	*room
	way int64
}

func withProvider(t *testing.T) sso {
	t.Helper()
	r := furnishAt(t, dbtest.Open(t, sqldb.SQLite, schemas), "")
	dbtest.Clock(r.db) // the house's own clock stands still; the provider's does not
	in := directory.ConnectionInput{Kind: directory.KindOIDC, NameZh: "集团统一登录", NameEn: "Group sign-in", SignIn: true,
		Settings: map[string]string{"issuer": "http://127.0.0.1:9", "app": "neike", "no_claim": "employee_no", "private": "true"},
		Secrets:  map[string]string{"secret": "a secret of the test"}}
	made, err := r.dir.SaveConnection(actor.System(t.Context()), 0, in)
	if err != nil {
		t.Fatal(err)
	}
	way := sso{r, made.ID}
	in.Settings["issuer"] = provider(t, way.back())
	in.Revision = made.Revision
	if _, err := r.dir.SaveConnection(actor.System(t.Context()), made.ID, in); err != nil {
		t.Fatal(err)
	}
	return way
}

func (s sso) id() string   { return strconv.FormatInt(s.way, 10) }
func (s sso) back() string { return s.Base + "/signin/back/" + s.id() }

// visitor is a browser without scripts that follows where it is sent, at both sides.
type visitor struct {
	t *testing.T
	*http.Client
}

func newVisitor(t *testing.T) visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return visitor{t, &http.Client{Jar: jar, Timeout: 20 * time.Second}}
}

func (v visitor) get(address string) (*goquery.Document, *url.URL) {
	v.t.Helper()
	res, err := v.Get(address)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.page(res)
}

func (v visitor) page(res *http.Response) (*goquery.Document, *url.URL) {
	v.t.Helper()
	defer res.Body.Close()
	doc, err := goquery.NewDocumentFromReader(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return doc, res.Request.URL
}

func (v visitor) post(address string, fields url.Values) (*goquery.Document, *url.URL) {
	v.t.Helper()
	res, err := v.PostForm(address, fields)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.page(res)
}

// through signs in at the provider as name and consents; it ends where the house leads.
func (v visitor) through(address, name string) (*goquery.Document, *url.URL) {
	v.t.Helper()
	doc, at := v.get(address)
	for range 3 {
		form := doc.Find("form").First()
		prompt := form.Find("input[name=prompt]").AttrOr("value", "")
		if prompt == "" {
			return doc, at
		}
		to, err := at.Parse(form.AttrOr("action", ""))
		if err != nil {
			v.t.Fatal(err)
		}
		doc, at = v.post(to.String(), url.Values{"prompt": {prompt}, "login": {name}, "password": {"x"}})
	}
	return doc, at
}

func TestOpenID(t *testing.T) {
	s := withProvider(t)
	page, _ := newVisitor(t).get(s.Base + "/signin?to=/me")
	link := page.Find(".nk-ways a").AttrOr("href", "")
	if !strings.Contains(page.Find(".nk-ways").Text(), "集团统一登录") || link == "" {
		t.Fatalf("the door shows no way in: %q", link)
	}
	v := newVisitor(t)
	page, at := v.through(s.Base+link, "chen") // linked by the claim with the 工号
	if at.Path != "/me" || !strings.Contains(page.Find("main").Text(), "陈思远") {
		t.Fatalf("%s shows %s", at, page.Find("main").Text())
	}
	_, at = newVisitor(t).through(s.Base+"/signin/via/"+s.id()+"?to=https://evil.example/", "chen")
	if at.Host != strings.TrimPrefix(s.Base, "http://") {
		t.Errorf("led to %s", at)
	}
	if err := s.org.Deactivate(actor.System(t.Context()), "2002"); err != nil {
		t.Fatal(err)
	}
	page, at = newVisitor(t).through(s.Base+link, "chen")
	if at.Path == "/me" || !strings.Contains(page.Text(), "停用") {
		t.Errorf("somebody who has left comes in: %s", at)
	}
}

// asked starts the way in and says whether the provider asks who one is.
func (v visitor) asked(address string) bool {
	v.t.Helper()
	page, _ := v.get(address)
	return page.Find("input[name=login]").Length() > 0
}

// TestLeavingTheProvider: who signs out is told that the provider still knows them, and leaves it with one press.
func TestLeavingTheProvider(t *testing.T) {
	s := withProvider(t)
	v := newVisitor(t)
	way := s.Base + "/signin/via/" + s.id() + "?to=/me"
	if _, at := v.through(way, "chen"); at.Path != "/me" {
		t.Fatal(at)
	}
	if _, at := v.get(s.Base + "/signin/leave"); at.Path == "/session/end" {
		t.Error("a link sends away somebody who is signed in")
	}
	page, at := v.post(s.Base+"/signout", nil)
	if at.Path != "/signin/left" || !strings.Contains(page.Find("main").Text(), "集团统一登录") {
		t.Fatalf("signing out leads to %s: %s", at, page.Find("main").Text())
	}
	if v.asked(way) {
		t.Fatal("the provider has forgotten by itself: the test proves nothing")
	}
	v.post(s.Base+"/signout", nil)
	page, at = v.get(s.Base + page.Find("a[href='/signin/leave']").AttrOr("href", ""))
	form := page.Find("form").First()
	if at.Path != "/session/end" || form.Length() == 0 {
		t.Fatalf("leaving leads to %s: %s", at, page.Text())
	}
	to, err := at.Parse(form.AttrOr("action", ""))
	if err != nil {
		t.Fatal(err)
	}
	if _, at = v.post(to.String(), url.Values{"xsrf": {form.Find("input[name=xsrf]").AttrOr("value", "")}, "logout": {"yes"}}); at.String() != s.Base+"/signin" {
		t.Errorf("the provider sends back to %s", at)
	}
	if !v.asked(way) {
		t.Error("the provider still lets in without asking")
	}
	if _, at := v.get(s.Base + "/signin/left"); at.Path != "/signin" {
		t.Errorf("left twice: %s", at)
	}
}

// TestOnlyWhoCameThatWayLeavesThatWay: the password of another in the same browser ends with the house.
func TestOnlyWhoCameThatWayLeavesThatWay(t *testing.T) {
	s := withProvider(t)
	v := newVisitor(t)
	if _, at := v.through(s.Base+"/signin/via/"+s.id()+"?to=/me", "chen"); at.Path != "/me" {
		t.Fatal(at)
	}
	if _, at := v.post(s.Base+"/signin", url.Values{"login": {"1001"}, "password": {password}}); at.Path == "/signin" {
		t.Fatal("the password is refused")
	}
	if _, at := v.post(s.Base+"/signout", nil); at.Path != "/signin" {
		t.Errorf("led to %s", at)
	}
}

// TestTwoProviders: two connections of one kind stand beside each other, each with its own button, and an answer of one is
// none of the other.
func TestTwoProviders(t *testing.T) {
	s := withProvider(t)
	in := directory.ConnectionInput{Kind: directory.KindOIDC, NameZh: "合资公司统一登录", SignIn: true,
		Settings: map[string]string{"issuer": "http://127.0.0.1:9", "app": "neike", "no_claim": "employee_no", "private": "true"},
		Secrets:  map[string]string{"secret": "a secret of the test"}}
	made, err := s.dir.SaveConnection(actor.System(t.Context()), 0, in)
	if err != nil {
		t.Fatal(err)
	}
	other := sso{s.room, made.ID}
	in.Settings["issuer"], in.Revision = provider(t, other.back()), made.Revision
	if _, err := s.dir.SaveConnection(actor.System(t.Context()), made.ID, in); err != nil {
		t.Fatal(err)
	}
	page, _ := newVisitor(t).get(s.Base + "/signin")
	for way, name := range map[string]string{s.id(): "集团统一登录", other.id(): "合资公司统一登录"} {
		if said := page.Find(".nk-ways a[href^='/signin/via/" + way + "?']").Text(); strings.TrimSpace(said) != name {
			t.Errorf("the button of %s says %q", way, said)
		}
		if _, at := newVisitor(t).through(s.Base+"/signin/via/"+way+"?to=/me", "chen"); at.Path != "/me" {
			t.Errorf("%s leads to %s", name, at)
		}
	}
	v := newVisitor(t)
	v.CheckRedirect = func(q *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(q.URL.Path, "/signin/back/") {
			q.URL.Path = "/signin/back/" + other.id()
		}
		return nil
	}
	if _, at := v.through(s.Base+"/signin/via/"+s.id()+"?to=/me", "chen"); at.Path == "/me" {
		t.Error("the answer of one provider is taken for the other's")
	}
}

// TestStranger: the name fits, the 工号 does not. A name links nobody; the own password does.
func TestStranger(t *testing.T) {
	s := withProvider(t)
	v := newVisitor(t)
	page, at := v.through(s.Base+"/signin/via/"+s.id()+"?to=/me", "luo")
	if at.Path != "/signin/link" || !strings.Contains(page.Find("h1").Text(), "您的集团统一登录账号还没有和内客里的人员对应") {
		t.Fatalf("%s %s", at, page.Find("h1").Text())
	}
	fields := url.Values{"login": {"2002"}, "password": {"wrong wrong"}, "via": {"集团统一登录"}}
	if page, _ = v.post(s.Base+"/signin/link", fields); !strings.Contains(page.Find("form").Text(), "不对") {
		t.Error(page.Find("form").Text())
	}
	fields.Set("password", password)
	stranger := newVisitor(t) // a browser that has not been at the provider links nothing
	if _, at = stranger.post(s.Base+"/signin/link", fields); at.Path == "/me" {
		t.Error("linked from another browser")
	}
	if page, at = v.post(s.Base+"/signin/link", fields); at.Path != "/me" || !strings.Contains(page.Find("main").Text(), "陈思远") {
		t.Fatalf("%s %s", at, page.Find("main").Text())
	}
	if _, at = newVisitor(t).through(s.Base+"/signin/via/"+s.id()+"?to=/me", "luo"); at.Path != "/me" {
		t.Errorf("the second time leads to %s", at)
	}
}

// TestJourneysAreNotReplayed: what comes back is good once, in the browser that left, for the way it took.
func TestJourneysAreNotReplayed(t *testing.T) {
	s := withProvider(t)
	v := newVisitor(t)
	var arrived *url.URL
	v.CheckRedirect = func(q *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(q.URL.Path, "/signin/back/") {
			arrived = q.URL
			return http.ErrUseLastResponse
		}
		return nil
	}
	v.through(s.Base+"/signin/via/"+s.id(), "chen")
	if arrived == nil || arrived.Query().Get("code") == "" {
		t.Fatal("the provider sends nobody back")
	}
	victim := newVisitor(t) // login CSRF: the attacker's answer in the victim's browser
	page, _ := victim.get(arrived.String())
	if !strings.Contains(page.Text(), "不是从这个浏览器开始的") {
		t.Errorf("another browser comes in: %s", page.Find("main").Text())
	}
	victim.get(s.Base + "/signin/via/" + s.id()) // with a journey of its own
	if page, _ = victim.get(arrived.String()); !strings.Contains(page.Text(), "不是从这个浏览器开始的") {
		t.Errorf("another journey's answer is taken: %s", page.Find("main").Text())
	}
	v.CheckRedirect = nil
	key := ""
	for _, c := range v.Jar.Cookies(arrived) {
		if c.Name == "neike-sso" {
			key = c.Value
		}
	}
	if _, err := s.Arrive(t.Context(), s.way+1, key, arrived.Query(), s.back(), signin.In{}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("by another way: %v", err)
	}
	if _, at := v.get(arrived.String()); at.Path == "/" {
		t.Error("a journey that was misused is still good")
	}
}

func TestOnlySingleSignOn(t *testing.T) {
	s := withProvider(t)
	only := signin.Policy{OnlySSO: true}
	if err := s.SetPolicy(s.as("1001"), only); key(err) != "signin.no-way-in" {
		t.Errorf("without an emergency account: %v", err)
	}
	no, secret, err := s.BreakGlass(actor.System(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	link, err := s.MakeLink(s.as("1001"), s.ids["2003"], "")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetPolicy(s.as("1001"), only); err != nil {
		t.Fatal(err)
	}
	s.Fresh().Get("/signin").Is(200).Shows(".nk-ways", "集团统一登录")
	s.enter(s.Fresh(), "2002", password).Is(422)
	if _, err := s.SetByCode(t.Context(), "2003", link.Code, chosen, chosen, signin.In{}); key(err) != "signin.only-sso" {
		t.Errorf("a code comes in: %v", err)
	}
	c := s.Fresh()
	s.enter(c, no, secret).Is(303)
	c.Get("/").Is(200)
}

func TestInAppBrowsersGoInByThemselves(t *testing.T) {
	s := withProvider(t)
	made, err := s.dir.SaveConnection(actor.System(t.Context()), 0, directory.ConnectionInput{Kind: directory.KindWeCom, NameZh: "企业微信", SignIn: true,
		Settings: map[string]string{"corp": "ww1234567890abcdef", "app": "1000002"}, Secrets: map[string]string{"secret": "s"}})
	if err != nil {
		t.Fatal(err)
	}
	agent := "Mozilla/5.0 (iPhone) wxwork/4.1.20 MicroMessenger/7.0.1 Language/zh"
	s.Fresh().Get("/signin?to=/me", "User-Agent", agent).Is(303).Leads("/signin/via/" + strconv.FormatInt(made.ID, 10) + "?to=%2Fme")
	s.Fresh().Get("/signin").Is(200).Shows(".nk-ways", "企业微信")
	out := s.Fresh()
	out.Form("/signout").Is(303)
	out.Get("/signin", "User-Agent", agent).Is(200) // who has just signed out stays out
}

// TestProvidersOutsideStayOutside: an issuer inside the network is not even dialled when nobody has said that it is there.
func TestProvidersOutsideStayOutside(t *testing.T) {
	r := furnishAt(t, dbtest.Open(t, sqldb.SQLite, schemas), "")
	var dialled atomic.Int64
	inside := httptest.NewUnstartedServer(http.NotFoundHandler())
	inside.Config.ErrorLog = log.New(io.Discard, "", 0)
	inside.Config.ConnState = func(_ net.Conn, is http.ConnState) {
		if is == http.StateNew {
			dialled.Add(1)
		}
	}
	inside.StartTLS()
	t.Cleanup(inside.Close)
	in := directory.ConnectionInput{Kind: directory.KindOIDC, NameZh: "统一登录", SignIn: true,
		Settings: map[string]string{"issuer": inside.URL, "app": "neike"}, Secrets: map[string]string{"secret": "s"}}
	for _, private := range []bool{false, true} {
		if private {
			in.Settings["private"] = "true"
		}
		made, err := r.dir.SaveConnection(actor.System(t.Context()), 0, in)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := r.Depart(t.Context(), made.ID, r.Base, "/", false); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("private %v: %v", private, err)
		}
		if (dialled.Load() > 0) != private {
			t.Errorf("private %v: dialled %d times", private, dialled.Load())
		}
	}
}
