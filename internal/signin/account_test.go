package signin_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/signin"
)

func TestActivation(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		link, err := r.MakeLink(r.as("2001"), r.ids["2003"], "") // the secretary of the unit
		if err != nil {
			t.Fatal(err)
		}
		path := strings.TrimPrefix(link.URL, "https://neike.example.com")
		c := r.Fresh()
		for range 2 { // looking does not use it up
			c.Get(path).Is(200).Shows("h1", "罗佳")
		}
		c.Form(path, "password", "2003", "again", "other").Is(422).Shows("form", "至少 8 个字符").Shows("form", "不一样")
		c.Form(path, "password", "brave new sentence", "again", "brave new sentence").Is(303).Leads("/")
		if got := string(c.Get("/").Is(200).Body); got != "2003" {
			t.Errorf("signed in as %q", got)
		}
		r.Fresh().Get(path).Is(404)
		r.Fresh().Form(path, "password", "another sentence", "again", "another sentence").Is(404)
		r.enter(r.Fresh(), "2003", "brave new sentence").Is(303)
		if _, err := r.MakeLink(r.as("2001"), r.ids["1001"], ""); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("the secretary takes over the administrator: %v", err)
		}
		if _, err := r.MakeLink(r.as("2002"), r.ids["2003"], ""); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("anybody makes a link: %v", err)
		}
		old, err := r.MakeLink(r.as("1001"), r.ids["2003"], "")
		if err != nil {
			t.Fatal(err)
		}
		fresh, err := r.MakeLink(r.as("1001"), r.ids["2003"], "")
		if err != nil {
			t.Fatal(err)
		}
		r.Fresh().Get(strings.TrimPrefix(old.URL, "https://neike.example.com")).Is(404)
		dbtest.Clock(r.db).Advance(signin.LinkLife + time.Second)
		r.Fresh().Get(strings.TrimPrefix(fresh.URL, "https://neike.example.com")).Is(404)
	})
}

func TestAPhoneNumberThatSomebodyElseHadBefore(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		if err := r.SetPasswords(t.Context(), []int64{r.ids["2003"]}, password); err != nil {
			t.Fatal(err)
		}
		r.enter(r.Fresh(), "13800000001", password).Is(422) // two have it: it names nobody
		if err := r.org.Deactivate(actor.System(t.Context()), "2001"); err != nil {
			t.Fatal(err)
		}
		c := r.Fresh()
		r.enter(c, "13800000001", password).Is(303)
		if got := string(c.Get("/").Is(200).Body); got != "2003" {
			t.Errorf("signed in as %q", got)
		}
		if err := r.org.Deactivate(actor.System(t.Context()), "2003"); err != nil {
			t.Fatal(err)
		}
		r.enter(r.Fresh(), "13800000001", password).Is(422)
	})
}

func TestLinkWorksOnceAlsoAtOnce(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		link, err := r.MakeLink(r.as("1001"), r.ids["2003"], "")
		if err != nil {
			t.Fatal(err)
		}
		secret := link.URL[strings.LastIndex(link.URL, "/")+1:]
		var all sync.WaitGroup
		var won atomic.Int32
		for range 2 {
			all.Go(func() {
				_, err := r.SetByLink(t.Context(), secret, "brave new sentence", "brave new sentence", signin.In{})
				switch {
				case err == nil:
					won.Add(1)
				case !errors.Is(err, fault.ErrNotFound):
					t.Error(err)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 {
			t.Errorf("%d won", won.Load())
		}
	})
}

func TestReset(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		c := r.Fresh()
		r.enter(c, "2002", password).Is(303)
		if _, err := r.Reset(r.as("2002"), r.ids["2003"]); !errors.Is(err, fault.ErrNotFound) {
			t.Fatalf("a colleague resets: %v", err)
		}
		code, err := r.Reset(r.as("1001"), r.ids["2002"])
		if err != nil {
			t.Fatal(err)
		}
		c.Get("/").Is(303) // every session has ended
		r.enter(r.Fresh(), "2002", password).Is(422)
		for _, typed := range []string{strings.ToLower(code.Text), strings.ReplaceAll(code.Text, "-", ""), " " + strings.ToLower(strings.ReplaceAll(code.Text, "-", " ")), strings.ReplaceAll(code.Text, "-", "－")} {
			r.enter(r.Fresh(), "2002", typed).Is(303).Leads("/password") // read out on the telephone
		}
		r.enter(c, "2002", code.Text).Is(303).Leads("/password")
		c.Get("/").Is(303).Leads("/password") // nothing else opens before the change
		c.Get("/me").Is(303).Leads("/password")
		c.Get("/api/v1/me").Is(401)
		c.Get("/password").Is(200).Shows("form", "一次性代码")
		c.Form("/password", "old", code.Text, "password", code.Text, "again", code.Text).Is(422)
		c.Form("/password", "old", code.Text, "password", "brave new sentence", "again", "brave new sentence").Is(303).Leads("/")
		c.Get("/").Is(200)

		code, err = r.Reset(r.as("1001"), r.ids["2002"])
		if err != nil {
			t.Fatal(err)
		}
		dbtest.Clock(r.db).Advance(signin.CodeLife + time.Second)
		r.enter(r.Fresh(), "2002", code.Text).Is(422)
	})
}

func TestChangePassword(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		here, there := r.Fresh(), r.Fresh()
		r.enter(here, "2002", password).Is(303)
		r.enter(there, "2002", password).Is(303)
		before := here.Cookie("neike")
		here.Form("/password", "old", "wrong wrong", "password", "brave new sentence", "again", "brave new sentence").Is(422).Shows("form", "现在的密码不对")
		here.Form("/password", "old", password, "password", password, "again", password).Is(422).Shows("form", "和原来的一样")
		here.Form("/password", "old", password, "password", "brave new sentence", "again", "brave new sentence").Is(303)
		here.Get("/").Is(200)
		there.Get("/").Is(303)
		if here.Cookie("neike") == before {
			t.Error("the cookie stays the same")
		}
		r.enter(r.Fresh(), "2002", password).Is(422)
		r.Fresh().Get("/password").Is(303).Leads("/signin?to=%2Fpassword")
	})
}

func TestAccountsByAPI(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		admin := r.token("1001", "read", "write", "admin")
		admin.Post("/api/v1/people/2003/activation-link", nil).Is(201)
		admin.Post("/api/v1/people/2003/reset", nil).Is(201)
		admin.Post("/api/v1/people/9999/reset", nil).Is(404)
		r.token("1001").Post("/api/v1/people/2003/reset", nil).Is(403)
		r.token("2002").Post("/api/v1/people/2003/activation-link", nil).Is(403)
		a := r.Fresh()
		r.enter(a, "1001", password).Is(303)
		a.Get("/people/2003/account").Is(200).Shows("h1", "罗佳")
		shown := a.Form("/people/2003/account/link").Is(201).Page().Find("input[readonly]").AttrOr("value", "")
		if !strings.HasPrefix(shown, "https://neike.example.com/activate/") {
			t.Errorf("the link is shown as %q", shown)
		}
		a.Form("/people/2003/account/reset").Is(201)
		b := r.Fresh()
		r.enter(b, "2002", password).Is(303)
		foreign := b.Get("/people/1001/account").Is(404)
		nobody := b.Get("/people/9999/account").Is(404)
		if string(foreign.Body) != string(nobody.Body) {
			t.Error("not yours and not there differ")
		}
	})
}
