package signin_test

import (
	"strings"
	"testing"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/proto"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/webtest/chromium"
	"neike/internal/signin"
)

func TestPasskeysNeedAnAddress(t *testing.T) {
	for base, want := range map[string]bool{
		"https://neike.example.com": true, "http://localhost:8080": true, "http://neike.example.com": false,
		"https://10.0.0.7": false, "http://127.0.0.1:8080": false, "": false,
	} {
		if signin.PasskeysAt(base) != want {
			t.Errorf("%s: %v", base, !want)
		}
	}
}

// authenticator puts a fingerprint reader into the page's browser.
func authenticator(t *testing.T, page *rod.Page, verified bool) proto.WebAuthnAuthenticatorID {
	t.Helper()
	if err := (proto.WebAuthnEnable{}).Call(page); err != nil {
		t.Fatal(err)
	}
	made, err := proto.WebAuthnAddVirtualAuthenticator{Options: &proto.WebAuthnVirtualAuthenticatorOptions{
		Protocol: proto.WebAuthnAuthenticatorProtocolCtap2, Transport: proto.WebAuthnAuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: verified, AutomaticPresenceSimulation: true,
	}}.Call(page)
	if err != nil {
		t.Fatal(err)
	}
	return made.AuthenticatorID
}

// TestPasskey registers one in a real browser, signs in with it without a password, and finds every misuse refused.
func TestPasskey(t *testing.T) {
	browser := chromium.Open(t)
	r := furnishAt(t, dbtest.Open(t, sqldb.SQLite, schemas), "")
	base := strings.Replace(r.Base, "127.0.0.1", "localhost", 1)
	page := browser.MustPage(base + "/signin").Timeout(40 * time.Second)
	finger := authenticator(t, page, true)
	page.MustElement("[name=login]").MustInput("2002")
	page.MustElement("[name=password]").MustInput(password)
	wait := page.MustWaitNavigation()
	page.MustElement("#signin button[type=submit]").MustClick()
	wait()
	page.MustNavigate(base + "/me/factors").MustWaitLoad()
	page.MustElement("#passkey [name=name]").MustInput("办公室电脑")
	page.MustElement("#passkey button[type=submit]").MustClick()
	page.MustElement("#codes li") // recovery codes with the first factor
	list, codes, err := r.Factors(r.as("2002"))
	if err != nil || len(list) != 1 || list[0].Kind != "passkey" || codes != signin.RecoveryCodes {
		t.Fatal(list, codes, err)
	}

	page.MustNavigate(base + "/me/factors").MustWaitLoad()
	page.MustElement("#passkey [name=name]").MustInput("再来一个")
	page.MustElement("#passkey button[type=submit]").MustClick()
	page.MustElementR("[data-passkey-said]", "已经有您的通行密钥|has a passkey of yours already")

	signOut := func() {
		t.Helper()
		page.MustEval(`() => fetch('/signout', { method: 'POST' }).then(() => true)`)
		page.MustNavigate(base + "/signin?to=/me").MustWaitLoad()
	}
	signOut()
	page.MustElement("form[data-passkey=get] button").MustClick()
	page.MustElement("#sessions") // to /me, without a password and without a second question
	if who := page.MustElement("main").MustText(); !strings.Contains(who, "陈思远") {
		t.Errorf("signed in as %s", who)
	}

	// without the finger: the house asks for it
	signOut()
	if err := (proto.WebAuthnSetUserVerified{AuthenticatorID: finger, IsUserVerified: false}).Call(page); err != nil {
		t.Fatal(err)
	}
	page.MustElement("form[data-passkey=get] button").MustClick()
	page.MustElement("[data-passkey-said]:not([hidden])")
	if err := (proto.WebAuthnSetUserVerified{AuthenticatorID: finger, IsUserVerified: true}).Call(page); err != nil {
		t.Fatal(err)
	}

	// an answer is good for one browser and once
	page.MustEval(`() => { document.querySelector('form[data-passkey=get]').submit = function () { window.held = this.querySelector('[name=credential]').value } }`)
	page.MustElement("form[data-passkey=get] button").MustClick()
	page.MustWait(`() => !!window.held`)
	held := page.MustEval(`() => window.held`).Str()
	if _, err := r.SignInByPasskey(t.Context(), base, "another browser's", held, signin.In{}); key(err) != "signin.passkey-refused" {
		t.Errorf("from another browser: %v", err)
	}
	ceremony := ""
	for _, c := range page.MustCookies() {
		if c.Name == "neike-once" {
			ceremony = c.Value
		}
	}
	if _, err := r.SignInByPasskey(t.Context(), "https://evil.example", ceremony, held, signin.In{}); key(err) != "signin.passkey-refused" {
		t.Errorf("at another address: %v", err)
	}
	if _, err := r.SignInByPasskey(t.Context(), base, ceremony, held, signin.In{}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a second time: %v", err)
	}
	if err := r.RemoveFactor(r.as("2002"), list[0].ID); err != nil {
		t.Fatal(err)
	}
	page.MustNavigate(base + "/signin").MustWaitLoad()
	page.MustElement("form[data-passkey=get] button").MustClick()
	page.MustElementR("main", "was not recognised")
}
