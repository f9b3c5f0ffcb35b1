package signin_test

import (
	"errors"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/webtest"
	"neike/internal/org"
	"neike/internal/signin"
)

const chosen = "brave new sentence"

func TestCodeFromASlip(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		slips, others, err := r.Slips(r.as("2001"), "finance", true, "")
		if err != nil || len(slips) != 1 || others != 0 || slips[0].Person.No != "2003" {
			t.Fatalf("%v %d %v", slips, others, err)
		}
		code := slips[0].Link.Code
		c := r.Fresh()
		c.Get("/activate").Is(200).Shows("form", "激活码")
		unknown := c.Form("/activate", "no", "9999", "code", code, "password", chosen, "again", chosen).Is(422)
		known := c.Form("/activate", "no", "2003", "code", "AAAA-AAAA", "password", chosen, "again", chosen).Is(422)
		if strings.ReplaceAll(string(unknown.Body), "9999", "NO") != strings.ReplaceAll(string(known.Body), "2003", "NO") {
			t.Error("a 工号 with a code and one without look different")
		}
		c.Form("/activate", "no", "２００３", "code", strings.ToLower(strings.ReplaceAll(code, "-", " ")), "password", chosen, "again", chosen).Is(303).Leads("/")
		if got := string(c.Get("/").Is(200).Body); got != "2003" {
			t.Errorf("signed in as %q", got)
		}
		r.Fresh().Form("/activate", "no", "2003", "code", code, "password", chosen, "again", chosen).Is(422)
	})
}

func TestCodesAreNotGuessed(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		link, err := r.MakeLink(r.as("2001"), r.ids["2003"], "")
		if err != nil {
			t.Fatal(err)
		}
		for range signin.MaxTries {
			_, err := r.SetByCode(t.Context(), "2003", "AAAA-AAAA", chosen, chosen, signin.In{})
			if key(err) != "signin.wrong-code" {
				t.Fatal(err)
			}
		}
		if _, err := r.SetByCode(t.Context(), "2003", link.Code, chosen, chosen, signin.In{}); key(err) != "signin.locked" {
			t.Errorf("guessing goes on: %v", err)
		}
		dbtest.Clock(r.db).Advance(signin.LockTime + time.Second)
		if _, err := r.SetByCode(t.Context(), "2003", link.Code, chosen, chosen, signin.In{}); err != nil {
			t.Errorf("the right one never opens: %v", err)
		}
	})
}

func TestSlipsOfAnotherUnit(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		if _, _, err := r.Slips(r.as("2001"), "root", true, ""); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("the secretary prints the whole company: %v", err)
		}
		if _, _, err := r.Slips(r.as("2002"), "finance", true, ""); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("anybody prints: %v", err)
		}
		c := r.Fresh()
		r.enter(c, "2001", password).Is(303)
		c.Form("/settings/activation/slips", "unit", "finance", "columns", "3").Is(201).
			Shows(".nk-slips.is-three li", "罗佳").Shows(".nk-slips", "neike.example.com/activate")
		c.Form("/settings/activation/slips", "unit", "nowhere").Is(422).Shows("#slips", "请选单位")
	})
}

// poster puts one up for finance and gives its key.
func (r *room) poster() (signin.Poster, string) {
	r.t.Helper()
	p, err := r.MakePoster(r.as("2001"), "finance", "", "")
	if err != nil {
		r.t.Fatal(err)
	}
	return p, strings.TrimPrefix(p.URL, "https://neike.example.com/join/")
}

func (r *room) join(c *webtest.Client, key string, fields ...string) *webtest.Answer {
	r.t.Helper()
	return c.Form("/join/"+key, append([]string{"password", chosen, "again", chosen}, fields...)...)
}

func TestPoster(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		_, key := r.poster()
		phone, secretary := r.Fresh(), r.Fresh()
		r.enter(secretary, "2001", password).Is(303)
		phone.Get("/join/"+key).Is(200).Shows("h1", "开通账号")
		for locale, title := range map[string]string{"en": "Get your account", "zh": "开通账号"} { // the switch brings the form along, and sends nothing
			page := phone.Form("/join/"+key, "no", "2003", "name", "罗佳", "digits", "12", "password", chosen, "again", chosen, "locale", locale).Is(200)
			page.Shows("h1", title)
			for name, want := range map[string]string{"no": "2003", "name": "罗佳", "digits": "12", "password": ""} {
				if got := page.Page().Find("#join input[name="+name+"]").AttrOr("value", ""); got != want {
					t.Errorf("%s in %s: %q", name, locale, got)
				}
			}
			if phone.Cookie("lang") != locale {
				t.Errorf("the language is %q", phone.Cookie("lang"))
			}
		}
		phone.Form("/activate", "no", "2003", "code", "ABCD1234", "locale", "zh").Is(200).Shows("#code-form", "")
		phone.Form("/join/"+key, "no", "", "name", "", "digits", "12a", "password", "1", "again", "2").Is(422).
			Shows("form", "请填工号").Shows("form", "请填姓名").Shows("form", "最后四位").Shows("form", "至少").Shows("form", "不一样")
		r.join(phone, key, "no", "2003", "name", "罗 佳").Is(303).Leads("/join")
		number := strings.TrimSpace(phone.Get("/join").Is(200).Text(".nk-four-big"))
		if len(number) != 4 {
			t.Fatalf("the phone shows %q", number)
		}
		phone.Get("/join/"+key).Is(200).Shows("#asked a[href='/join']", "看看好了没有") // scanned again
		if r.Fresh().Get("/join/"+key).Is(200).Text("#asked") != "" {
			t.Error("a phone that has asked for nothing is told that it has")
		}
		r.enter(r.Fresh(), "2003", chosen).Is(422) // not before it is confirmed
		phone.Form("/join").Is(303).Leads("/join") // nor by asking again
		secretary.Get("/settings/activation").Is(200).Shows("#waiting h2", "1 人等待确认").Shows("#claims", "罗佳").Shows("#claims", "没填手机尾号")
		list, err := r.ActivationList(r.as("2001"))
		if err != nil || len(list.Waiting) != 1 {
			t.Fatal(list, err)
		}
		at := "/settings/activation/claims/" + strconv.FormatInt(list.Waiting[0].ID, 10)
		secretary.Form(at+"/confirm", "number", "x").Is(422).Shows("#claims", "还可以试 2 次")
		stranger := r.Fresh()
		r.enter(stranger, "2002", password).Is(303)
		if _, err := r.ActivationList(r.as("2002")); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("anybody sees who waits: %v", err)
		}
		if err := r.Confirm(r.as("2002"), list.Waiting[0].ID, number); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("anybody confirms: %v", err)
		}
		secretary.Form(at+"/confirm", "number", number).Is(303)
		secretary.Form(at+"/confirm", "number", number).Is(409)
		phone.Get("/join").Is(200).Shows("#claim", "已经确认")
		phone.Form("/join").Is(303).Leads("/")
		if got := string(phone.Get("/").Is(200).Body); got != "2003" {
			t.Errorf("signed in as %q", got)
		}
		phone.Get("/me").Is(200).Shows("#account-news", "许慧确认了您扫码设置的密码")
		news, err := r.News(r.as("2003"))
		if err != nil || len(news) != 1 {
			t.Fatal(news, err)
		}
		phone.Form("/me/news/" + strconv.FormatInt(news[0].ID, 10) + "/read").Is(303).Leads("/me")
		if strings.Contains(string(phone.Get("/me").Body), "account-news") {
			t.Error("news stay after reading")
		}
		r.enter(r.Fresh(), "2003", chosen).Is(303)
	})
}

// TestAPosterTellsNobodyWhoExists compares everything a phone sees, byte by byte.
func TestAPosterTellsNobodyWhoExists(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		_, key := r.poster()
		pages := map[string]string{}
		for name, typed := range map[string][]string{
			"somebody":       {"no", "2003", "name", "罗佳"},
			"nobody":         {"no", "9999", "name", "罗佳"},
			"another name":   {"no", "2003", "name", "罗嘉"},
			"another unit":   {"no", "1001", "name", "顾清和"},
			"wrong phone":    {"no", "2003", "name", "罗佳", "digits", "9999"},
			"has a password": {"no", "2002", "name", "陈思远", "digits", "0002"},
		} {
			c := r.Fresh()
			r.join(c, key, typed...).Is(303).Leads("/join")
			a := c.Get("/join").Is(200)
			pages[name] = strings.Replace(string(a.Body), ">"+strings.TrimSpace(a.Text(".nk-four-big"))+"<", ">NNNN<", 1) // not in the name of a file
		}
		for name, page := range pages {
			if page != pages["nobody"] {
				t.Errorf("%s can be told from nobody", name)
			}
		}
		list, err := r.ActivationList(r.as("2001"))
		if err != nil || len(list.Waiting) != 2 || len(list.Unknown) != 4 {
			t.Fatalf("%d wait, %d fit nobody, %v", len(list.Waiting), len(list.Unknown), err)
		}
		if err := r.Confirm(r.as("2001"), list.Unknown[0].ID, list.Unknown[0].Number); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("somebody who fits nobody is confirmed: %v", err)
		}
	})
}

func TestPhoneDigits(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		_, key := r.poster()
		if err := r.SetPolicy(r.as("1001"), signin.Policy{PhoneDigits: true}); err != nil {
			t.Fatal(err)
		}
		c := r.Fresh()
		r.join(c, key, "no", "2003", "name", "罗佳", "digits", "0001").Is(303)
		c.Form("/join").Is(303).Leads("/")
		if got := string(c.Get("/").Is(200).Body); got != "2003" {
			t.Errorf("signed in as %q", got)
		}
		again := r.Fresh() // a second password is never given away by four digits
		r.join(again, key, "no", "2003", "name", "罗佳", "digits", "0001").Is(303)
		again.Get("/join").Is(200).Shows(".nk-four-big", "")
		again.Form("/join").Is(303).Leads("/join")
	})
}

func TestPhoneDigitsAreNotGuessed(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		_, key := r.poster()
		if err := r.SetPolicy(r.as("1001"), signin.Policy{PhoneDigits: true}); err != nil {
			t.Fatal(err)
		}
		asked := signin.JoinIn{No: "2003", Name: "罗佳", Password: chosen, Again: chosen}
		for i := range signin.MaxTries {
			asked.Digits = "999" + strconv.Itoa(i)
			if c, err := r.Join(t.Context(), key, asked, signin.In{}); err != nil || c.State != signin.ClaimWaiting {
				t.Fatal(c.State, err)
			}
		}
		asked.Digits = "0001"
		if c, err := r.Join(t.Context(), key, asked, signin.In{}); err != nil || c.State != signin.ClaimWaiting {
			t.Errorf("the sixth guess opens: %s %v", c.State, err)
		}
	})
}

func TestPosterEnds(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		p, key := r.poster()
		if err := r.RevokePoster(r.as("2002"), p.ID); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("anybody takes a poster down: %v", err)
		}
		c := r.Fresh()
		r.enter(c, "2001", password).Is(303)
		at := "/settings/activation/posters/" + strconv.FormatInt(p.ID, 10)
		c.Get(at).Is(200).Shows(".nk-poster", "neike.example.com/join/"+key)
		c.Form(at + "/revoke").Is(303)
		r.Fresh().Get("/join/" + key).Is(404)
		r.join(r.Fresh(), key, "no", "2003", "name", "罗佳").Is(404)
		_, key = r.poster()
		dbtest.Clock(r.db).Advance((signin.PosterDays + 1) * 24 * time.Hour)
		r.Fresh().Get("/join/" + key).Is(404)
		c = r.Fresh()
		r.enter(c, "2001", password).Is(303)
		c.Form("/settings/activation/posters", "unit", "finance", "days", "0").Is(422).Shows("#poster", "1 到 92")
	})
}

func TestTwoConfirmAtOnce(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		_, key := r.poster()
		c, err := r.Join(t.Context(), key, signin.JoinIn{No: "2003", Name: "罗佳", Password: chosen, Again: chosen}, signin.In{})
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		var won atomic.Int32
		for _, no := range []string{"2001", "1001"} {
			ctx := r.as(no)
			all.Go(func() {
				switch err := r.Confirm(ctx, c.ID, c.Number); {
				case err == nil:
					won.Add(1)
				case fault.KindOf(err) != fault.Conflict:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 {
			t.Errorf("%d won", won.Load())
		}
		_, err = r.UseClaim(t.Context(), c.Secret, signin.In{})
		_, twice := r.UseClaim(t.Context(), c.Secret, signin.In{})
		if err != nil || !errors.Is(twice, fault.ErrNotFound) {
			t.Errorf("used %v, twice %v", err, twice)
		}
	})
}

func TestThreeWrongNumbersRefuse(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		_, posterKey := r.poster()
		c, err := r.Join(t.Context(), posterKey, signin.JoinIn{No: "2003", Name: "罗佳", Password: chosen, Again: chosen}, signin.In{})
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []string{"signin.wrong-number", "signin.wrong-number", "signin.wrong-number-last", "signin.claim-decided"} {
			if err := r.Confirm(r.as("2001"), c.ID, "----"); key(err) != want {
				t.Errorf("%d: %v", i, err)
			}
		}
		if got, err := r.ClaimOf(t.Context(), c.Secret); err != nil || got.State != signin.ClaimRefused {
			t.Errorf("%s %v", got.State, err)
		}
	})
}

// TestAColleagueDoesNotLockTheOwnerOut is the scheme of device cookies.
func TestAColleagueDoesNotLockTheOwnerOut(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		owner, colleague := r.Fresh(), r.Fresh()
		r.enter(owner, "2002", password).Is(303)
		owner.Form("/signout").Is(303)
		for range signin.MaxTries {
			r.enter(colleague, "2002", "wrong wrong wrong").Is(422)
		}
		r.enter(colleague, "2002", password).Is(422).Shows("form", "锁定")
		r.enter(owner, "2002", password).Is(303)
		r.enter(r.Fresh(), "2002", password).Is(422).Shows("form", "锁定") // the owner's success gives a guesser no new tries
		owner.Form("/signout").Is(303)
		for range signin.MaxTries {
			r.enter(owner, "2002", "wrong wrong wrong").Is(422)
		}
		r.enter(owner, "2002", password).Is(422).Shows("form", "锁定") // a stolen device does not guess for ever
		thief := r.Fresh()
		thief.SetCookie("neike-device", owner.Cookie("neike-device"))
		r.enter(thief, "2001", password).Is(303) // one browser, several people
	})
}

func TestStrictPolicy(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		if err := r.SetPolicy(r.as("2001"), signin.Policy{Strict: true}); fault.KindOf(err) != fault.Denied {
			t.Errorf("a secretary sets it: %v", err)
		}
		if err := r.SetPolicy(r.as("1001"), signin.Policy{Strict: true}); err != nil {
			t.Fatal(err)
		}
		if err := r.SetPolicy(r.as("1001"), signin.Policy{}); fault.KindOf(err) != fault.Precondition {
			t.Errorf("the second of two tabs wins: %v", err)
		}
		first, second := r.Fresh(), r.Fresh()
		r.enter(first, "2002", password).Is(303)
		first.Form("/password", "old", password, "password", "onlysmallletters", "again", "onlysmallletters").Is(422).Shows("form", "3 种")
		first.Form("/password", "old", password, "password", "Sh0rt!", "again", "Sh0rt!").Is(422).Shows("form", "至少 10 个字符")
		first.Form("/password", "old", password, "password", "Brave-New-1", "again", "Brave-New-1").Is(303)
		first.Form("/password", "old", "Brave-New-1", "password", "Brave-New-2", "again", "Brave-New-2").Is(303)
		first.Form("/password", "old", "Brave-New-2", "password", "Brave-New-1", "again", "Brave-New-1").Is(422).Shows("form", "最近 5 次")

		r.enter(second, "2002", "Brave-New-2").Is(303) // one session at a time
		first.Get("/").Is(303)
		clock := dbtest.Clock(r.db)
		admin := r.enterAs("1001")
		clock.Advance(16 * time.Minute)
		if r.whoIs(admin) != 0 {
			t.Error("an administrator stays away for 16 minutes")
		}
		clock.Advance(15 * time.Minute)
		if made := r.enterAs("2002", "Brave-New-2"); r.whoIs(made) == 0 {
			t.Error("a new session does not work")
		}
		clock.Advance(91 * 24 * time.Hour)
		c := r.Fresh()
		r.enter(c, "2002", "Brave-New-2").Is(303).Leads("/password") // too old
		c.Get("/me").Is(303).Leads("/password")
	})
}

// enterAs opens a session and gives its secret.
func (r *room) enterAs(no string, with ...string) string {
	r.t.Helper()
	word := password
	if len(with) > 0 {
		word = with[0]
	}
	made, err := r.SignIn(r.t.Context(), signin.In{Login: no, Password: word})
	if err != nil {
		r.t.Fatal(err)
	}
	return made.Secret
}

// whoIs asks a process that has nothing in memory whose session this is.
func (r *room) whoIs(secret string) int64 {
	r.t.Helper()
	who, err := signin.New(r.db, r.bus, r.org, r.dir, r.box).Who(withCookie(r.t.Context(), secret))
	if err != nil {
		r.t.Fatal(err)
	}
	return who.Person
}

func TestAccountsOfHeadsAndSecretaries(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		ctx := actor.System(t.Context())
		tree, err := r.org.Tree(ctx)
		if err != nil {
			t.Fatal(err)
		}
		unit, _ := tree.ByCode("finance")
		if _, err := r.org.SaveUnit(ctx, org.UnitInput{Code: "finance", NameZh: "财务部", Parent: "root", Head: "2002", Revision: unit.Revision}); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name, who, whose string
			may              bool
		}{
			{"the secretary resets a colleague", "2001", "2003", true},
			{"the secretary does not take over the head", "2001", "2002", false},
			{"the head resets the secretary", "2002", "2001", true},
			{"nobody resets without the own password", "2002", "2002", false},
			{"the head does not take over the administrator", "2002", "1001", false},
		} {
			_, err := r.MakeLink(r.as(c.who), r.ids[c.whose], "")
			if may := err == nil; may != c.may {
				t.Errorf("%s: %v", c.name, err)
			}
		}
	})
}
