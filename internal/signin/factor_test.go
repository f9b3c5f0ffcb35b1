package signin_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/pquerna/otp/totp"

	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/webtest"
	"neike/internal/signin"
)

// app is an authenticator app, with the clock of the house.
type app struct {
	r   *room
	key string
}

func (a app) code(off time.Duration) string {
	a.r.t.Helper()
	code, err := totp.GenerateCode(a.key, a.r.db.Now().Add(off))
	if err != nil {
		a.r.t.Fatal(err)
	}
	return code
}

// enrol sets an app up through the pages and gives it with the recovery codes.
func (r *room) enrol(c *webtest.Client) (app, []string) {
	r.t.Helper()
	offer := c.Form("/me/factors/totp").Is(200).Page()
	a := app{r, offer.Find("#offer .nk-copy input").AttrOr("value", "")}
	if offer.Find("#offer a[href^='otpauth://totp/']").Length() != 1 {
		r.t.Error("on the very phone there is nothing to press")
	}
	sealed := offer.Find("input[name=offer]").AttrOr("value", "")
	if strings.Contains(sealed, a.key) {
		r.t.Error("the key stands in the form")
	}
	wrong := c.Form("/me/factors/totp/confirm", "offer", sealed, "code", "000000", "name", "").Is(422).Shows("#offer", "验证码不对").Shows("#offer .nk-copy", "")
	if n := wrong.Page().Find("#offer .nk-field.is-bad").Length(); n != 1 {
		r.t.Errorf("a wrong code is %d mistakes", n)
	}
	page := c.Form("/me/factors/totp/confirm", "offer", sealed, "code", a.code(0), "name", "我的手机").Is(201).Page()
	if said := page.Find("#codes").Text(); !strings.Contains(said, "工号 2002") && !strings.Contains(said, "工号 1001") {
		r.t.Errorf("a printed sheet does not say whose it is: %s", said)
	}
	var codes []string
	page.Find("#codes li").Each(func(_ int, li *goquery.Selection) { codes = append(codes, strings.TrimSpace(li.Text())) })
	return a, codes
}

func TestTOTP(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		clock := dbtest.Clock(r.db)
		c := r.Fresh()
		r.enter(c, "2002", password).Is(303)
		a, codes := r.enrol(c)
		if len(codes) != signin.RecoveryCodes {
			t.Fatalf("%d recovery codes", len(codes))
		}
		c.Get("/me/factors").Is(200).Shows("#factors", "我的手机").Shows("#recovery", "还剩 10 个")

		other := r.Fresh()
		other.Form("/signin", "login", "2002", "password", password, "to", "/me").Is(303).Leads("/signin/factor?to=%2Fme")
		other.Get("/").Is(303)   // half is nobody
		other.Get("/me").Is(303) // nowhere
		other.Get("/signin/factor?to=https://evil.example").Is(200).Shows("form", "验证码")
		other.Form("/signin/factor", "code", a.code(0), "to", "/me").Is(422).Shows("form", "已经用过") // the code of enrolment is used up
		clock.Advance(30 * time.Second)
		code := a.code(0)
		other.Form("/signin/factor", "code", code[:3]+" "+code[3:], "to", "/me").Is(303).Leads("/me")
		other.Get("/").Is(200)

		replay := r.Fresh()
		r.enter(replay, "2002", password).Is(303)
		replay.Form("/signin/factor", "code", code).Is(422)
		clock.Advance(time.Minute)
		replay.Form("/signin/factor", "code", a.code(-time.Minute)).Is(422) // two steps late
		replay.Form("/signin/factor", "code", a.code(30*time.Second)).Is(303)
		replay.Form("/signin/factor", "code", a.code(0)).Is(303).Leads("/signin?to=%2F") // the half is used up

		lost := r.Fresh()
		r.enter(lost, "2002", password).Is(303)
		lost.Form("/signin/factor", "code", strings.ToLower(codes[3]), "remember", "on").Is(303)
		again := r.Fresh()
		r.enter(again, "2002", password).Is(303)
		again.Form("/signin/factor", "code", codes[3]).Is(422) // once
		lost.Form("/signout").Is(303)
		r.enter(lost, "2002", password).Is(303).Leads("/") // remembered
		clock.Advance(signin.RememberLife + time.Minute)
		r.enter(lost, "2002", password).Is(303).Leads("/signin/factor?to=%2F")
	})
}

func TestSecondProofIsNotGuessed(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		c := r.Fresh()
		r.enter(c, "2002", password).Is(303)
		a, _ := r.enrol(c)
		dbtest.Clock(r.db).Advance(30 * time.Second)
		for range signin.MaxTries {
			thief := r.Fresh() // a new first proof gives no new tries
			r.enter(thief, "2002", password).Is(303)
			thief.Form("/signin/factor", "code", "000000").Is(422)
		}
		thief := r.Fresh()
		r.enter(thief, "2002", password).Is(303)
		thief.Form("/signin/factor", "code", a.code(0)).Is(422).Shows("form", "锁定")
		if _, err := r.Second(t.Context(), "made up", a.code(0), false, signin.In{}); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("without the first proof: %v", err)
		}
		late := r.Fresh()
		r.enter(late, "2002", password).Is(303)
		dbtest.Clock(r.db).Advance(signin.HalfLife + signin.LockTime)
		late.Form("/signin/factor", "code", a.code(0)).Is(401).Shows("form", "超时")
	})
}

func TestOneCodeOneSession(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		c := r.Fresh()
		r.enter(c, "2002", password).Is(303)
		a, _ := r.enrol(c)
		dbtest.Clock(r.db).Advance(30 * time.Second)
		var all sync.WaitGroup
		var won atomic.Int32
		for range 3 {
			half, err := r.SignIn(t.Context(), signin.In{Login: "2002", Password: password})
			if err != nil || half.Half == "" || half.Secret != "" {
				t.Fatal(half, err)
			}
			code := a.code(0)
			all.Go(func() {
				if _, err := r.Second(t.Context(), half.Half, code, false, signin.In{}); err == nil {
					won.Add(1)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 {
			t.Errorf("one code opened %d sessions", won.Load())
		}
	})
}

// TestRecoveryCodesAreRenewedOnce: a page loaded again does not void the codes that it has just shown.
func TestRecoveryCodesAreRenewedOnce(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		c := r.Fresh()
		r.enter(c, "2002", password).Is(303)
		_, first := r.enrol(c)
		c.Form("/me/factors/codes").Is(303).Leads("/me/factors") // of no set
		form := c.Get("/me/factors").Is(200).Shows("#recovery", "立即作废").Shows("#factors", "最后一种验证方式").Page()
		set := form.Find("#recovery input[name=set]").AttrOr("value", "")
		shown := c.Form("/me/factors/codes", "set", set).Is(201).Page().Find("#codes li")
		if shown.Length() != signin.RecoveryCodes {
			t.Fatalf("%d new codes", shown.Length())
		}
		c.Form("/me/factors/codes", "set", set).Is(303).Leads("/me/factors")
		other := r.Fresh()
		r.enter(other, "2002", password).Is(303)
		other.Form("/signin/factor", "code", first[0]).Is(422)
		other.Form("/signin/factor", "code", strings.TrimSpace(shown.First().Text())).Is(303)
	})
}

func TestFactorsAreChangedByTheOwnerAlone(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		c := r.Fresh()
		r.enter(c, "2002", password).Is(303)
		r.enrol(c)
		list, _, err := r.Factors(r.as("2002"))
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		if err := r.RemoveFactor(r.as("2001"), list[0].ID); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("another's factor: %v", err)
		}
		if err := r.ResetFactors(r.as("2001"), r.ids["2002"]); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("a secretary resets factors: %v", err)
		}
		// a new password alone does not get past the second lock
		link, err := r.MakeLink(r.as("2001"), r.ids["2002"], "")
		if err != nil {
			t.Fatal(err)
		}
		r.Fresh().Form(strings.TrimPrefix(link.URL, "https://neike.example.com"), "password", chosen, "again", chosen).Is(303).Leads("/signin/factor?to=%2F")

		c = r.Fresh()
		r.enter(c, "2002", chosen)
		dbtest.Clock(r.db).Advance(time.Hour)
		if err := r.ResetFactors(r.as("1001"), r.ids["2002"]); err != nil {
			t.Fatal(err)
		}
		c = r.Fresh()
		r.enter(c, "2002", chosen).Is(303).Leads("/")
		c.Get("/me").Is(200).Shows("#account-news", "顾清和清除了您的二次验证")
		dbtest.Clock(r.db).Advance(signin.FreshFor + time.Second)
		c.Get("/me/factors").Is(200).Shows("main", "请重新登录")
		c.Form("/me/factors/totp").Is(403)
		r.Fresh().Form("/me/factors/totp").Is(303).Leads("/signin")
	})
}

func TestAdministratorsMustHaveAFactor(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		if err := r.SetPolicy(r.as("1001"), signin.Policy{Factors: true}); err != nil {
			t.Fatal(err)
		}
		c := r.Fresh()
		r.enter(c, "1001", password).Is(303)
		c.Get("/").Is(303).Leads("/me/factors")
		c.Get("/api/v1/me").Is(401)
		c.Get("/me/factors").Is(200).Shows("h1", "请先设置二次验证")
		r.enrol(c)
		c.Get("/").Is(200)
		d := r.Fresh()
		r.enter(d, "2002", password).Is(303)
		d.Get("/").Is(200) // nobody else
	})
}

func TestBreakGlass(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		if _, _, err := r.BreakGlass(r.as("1001")); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("the administrator makes one by the web: %v", err)
		}
		no, secret, err := r.BreakGlass(actor.System(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		if err := r.SetPolicy(r.as("1001"), signin.Policy{Factors: true}); err != nil {
			t.Fatal(err)
		}
		c := r.Fresh()
		r.enter(c, no, secret).Is(303).Leads("/")
		if got := string(c.Get("/").Is(200).Body); got != no {
			t.Errorf("signed in as %q", got)
		}
		news, err := r.News(r.as("1001"))
		if err != nil || len(news) != 1 || news[0].Kind != "break-glass" || news[0].About != "应急管理员" {
			t.Errorf("no alarm: %v %v", news, err)
		}
		if n := r.events("signin.break-glass-was-used"); n != 1 {
			t.Errorf("%d alarms in the trail", n)
		}
		if _, err := r.Reset(r.as("2001"), news[0].ID); err == nil {
			t.Error("anybody resets it")
		}
		again, fresh, err := r.BreakGlass(actor.System(t.Context()))
		if err != nil || again != no || fresh == secret {
			t.Fatal(again, err)
		}
		c.Get("/").Is(303)
		r.enter(r.Fresh(), no, secret).Is(422)
		r.enter(r.Fresh(), no, fresh).Is(303).Leads("/")
	})
}

// TestTheDoorSaysWhetherThereIsAnEmergencyAccount: the rules of the door give the command and show no password.
func TestTheDoorSaysWhetherThereIsAnEmergencyAccount(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		officer := r.Fresh()
		r.enter(officer, "1001", password).Is(303)
		officer.Get("/settings/door").Is(200).Shows("#glass", "还没有").Shows("#glass input", "")
		_, secret, err := r.BreakGlass(actor.System(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		page := officer.Get("/settings/door").Is(200).Shows("#glass", "已经有了")
		if strings.Contains(string(page.Body), secret) {
			t.Error("the page shows the password")
		}
	})
}
