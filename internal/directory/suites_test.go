package directory_test

import (
	"slices"
	"strings"
	"testing"

	"neike/internal/directory"
	"neike/internal/kit/chat"
	"neike/internal/kit/chat/chattest"
	"neike/internal/kit/fault"
	"neike/internal/kit/ldap"
	"neike/internal/kit/ldap/ldaptest"
)

// suite is a platform with a company of three departments and four people, one of them in two departments.
func suite(t *testing.T, platform string) *chattest.Fake {
	f := chattest.New(t, platform)
	top := "1"
	if platform == chat.Feishu {
		top = ""
	}
	f.AddDepartment(chat.Department{ID: "20", Parent: top, Name: "生产部", Heads: []string{"lisi"}, Order: 1},
		chat.Department{ID: "21", Parent: "20", Name: "一车间", Order: 2}, chat.Department{ID: "30", Parent: top, Name: "质量部", Order: 3})
	f.AddUser(chat.User{ID: "lisi", No: "1002", Name: "李四", Departments: []string{"20"}, Leads: []string{"20"}},
		chat.User{ID: "zhangsan", No: "1001", Name: "张三", Departments: []string{"21", "30"}, Manager: "lisi"},
		chat.User{ID: "wangwu", No: "1003", Name: "王五", Departments: []string{"30"}, State: chat.Waiting},
		chat.User{ID: "zhaoliu", No: "1004", Name: "赵六", Departments: []string{"30"}})
	return f
}

// connected makes a connection to a platform.
func (w *world) connected(f *chattest.Fake) directory.Connection {
	w.t.Helper()
	w.DialBy(chat.New)
	s := f.Settings()
	c, err := w.SaveConnection(w.ctx(), 0, directory.ConnectionInput{Kind: f.Platform, NameZh: "通讯", SignIn: true, Sync: true, Notify: true,
		Settings: map[string]string{"corp": s.Corp, "app": s.App, "agent": s.Agent, "api": s.API, "accounts": s.Accounts, "private": "true"},
		Secrets:  map[string]string{"secret": s.Secret, "token": s.Token, "key": s.Key}, Rules: directory.DefaultRules()})
	w.must(err)
	return c
}

// The real clients read what the platforms' stand-ins say, with their tricks, and the company comes in.
func TestSuitesComeIn(t *testing.T) {
	for _, platform := range chat.Platforms {
		t.Run(platform, func(t *testing.T) {
			each(t, func(w *world) {
				f := suite(w.t, platform)
				f.EmptyFirstPage()
				f.Page(1)
				c := w.connected(f)
				r := w.applied(c)
				if r.State != directory.Done || r.Applied.PeopleNew != 4 || r.Applied.Failed != 0 || r.Applied.Linked != 4 {
					w.t.Fatalf("%+v\n%s", r, strings.Join(w.items(r), "\n"))
				}
				if got := w.members("1001"); !slices.Equal(got, []string{platform + "-21", platform + "-30"}) {
					w.t.Errorf("张三 belongs to %v", got)
				}
				if u := w.units()[platform+"-20"]; u.Head != w.no("1002").ID {
					w.t.Errorf("the head of %+v", u)
				}
				if again := w.sync(c); again.State != directory.Done || again.Planned.Changes() != 0 {
					w.t.Errorf("the second run %+v\n%s", again, strings.Join(w.items(again), "\n"))
				}
				f.ExpireTokens()
				f.Scope("30")
				r = w.sync(c)
				if r.Whole || !r.Guarded && r.Leaving > 0 {
					w.t.Errorf("a part of the company: %+v", r)
				}
				if p := w.no("1002"); !p.Active {
					w.t.Error("who is out of sight was stopped")
				}
			})
		})
	}
}

// Whoever was never synchronised is known by 工号 at the first sign-in, though DingTalk's sign-in does not tell it.
func TestSuitesRecognise(t *testing.T) {
	for _, platform := range chat.Platforms {
		t.Run(platform, func(t *testing.T) {
			each(t, func(w *world) {
				w.unit("root", "华衡", "")
				want := w.person("1001", "另一个名字", "root")
				w.person("9999", "赵六", "root") // of the same name as somebody there
				f := suite(w.t, platform)
				c := w.connected(f)
				client, err := w.Chat(w.ctx(), c.ID)
				w.must(err)
				sign := func(id string) (int64, error) {
					u, err := client.Login(w.ctx(), f.LoginCode(id), "https://neike.example/back")
					w.must(err)
					return w.Recognise(w.ctx(), c.ID, u)
				}
				for range 2 {
					if got, err := sign("zhangsan"); err != nil || got != want {
						w.t.Errorf("recognised as %d, %v", got, err)
					}
				}
				if got, err := sign("zhaoliu"); fault.KindOf(err) != fault.NotFound {
					w.t.Errorf("recognised by a name: %d, %v", got, err)
				}
			})
		})
	}
}

// fromLDAP makes a connection to a directory server.
func (w *world) fromLDAP(d *ldaptest.Directory) directory.Connection {
	w.t.Helper()
	s := d.Settings()
	settings := map[string]string{"url": s.URL, "start_tls": "true", "ca": s.CA, "bind_dn": s.BindDN, "base": s.Base, "preset": d.Kind}
	if d.Kind == ldap.AD {
		settings["user_filter"] = "(objectClass=user)" // that of the real one compares names of another sort
	}
	c, err := w.SaveConnection(w.ctx(), 0, directory.ConnectionInput{Kind: "ldap", NameZh: "域账号", SignIn: true, Sync: true, Settings: settings,
		Secrets: map[string]string{"secret": s.Password}, Rules: directory.DefaultRules()})
	w.must(err)
	return c
}

func TestLDAPComesIn(t *testing.T) {
	for _, kind := range ldap.Kinds {
		t.Run(kind, func(t *testing.T) {
			each(t, func(w *world) {
				d := ldaptest.Start(w.t, kind)
				c := w.fromLDAP(d)
				if a, err := w.Test(w.ctx(), c.ID); err != nil || !a.OK {
					w.t.Fatalf("%+v, %v", a, err)
				}
				r := w.applied(c)
				people := 5
				if kind == ldap.AD {
					people = 4 // one of them is disabled there
				}
				if r.State != directory.Done || r.Applied.PeopleNew != people || r.Applied.UnitsNew != 3 || r.Applied.Failed != 0 {
					w.t.Fatalf("%+v\n%s", r, strings.Join(w.items(r), "\n"))
				}
				if p := w.no("1001"); p.Name != "张三" || p.Manager != w.no("1002").ID || p.Phone != "13800000001" {
					w.t.Errorf("%+v", p)
				}
				if again := w.sync(c); again.State != directory.Done || again.Planned.Changes() != 0 {
					w.t.Errorf("the second run %+v\n%s", again, strings.Join(w.items(again), "\n"))
				}
				unit := ldaptest.DN("生产部", "一车间")
				d.Move(ldaptest.PersonDN(kind, unit, "zhangsan", "张三"), strings.SplitN(ldaptest.PersonDN(kind, unit, "zhang3", "张三丰"), ",", 2)[0], ldaptest.DN("质量部"))
				if kind == ldap.AD {
					d.Set(ldaptest.PersonDN(kind, ldaptest.DN("质量部"), "zhang3", "张三丰"), "sAMAccountName", "zhang3")
				}
				before := w.members("1001")
				r = w.applied(c)
				if got := w.members("1001"); r.State != directory.Done || r.Applied.PeopleNew != 0 || slices.Equal(got, before) || w.personOf(c.ID, "zhang3") != w.no("1001").ID {
					w.t.Errorf("moved and renamed: %v, %+v\n%s", got, r, strings.Join(w.items(r), "\n"))
				}
				l, err := w.LDAP(w.ctx(), c.ID)
				w.must(err)
				p, err := ldap.SignIn(w.ctx(), l, "lisi", ldaptest.Password)
				w.must(err)
				if id, err := w.Recognise(w.ctx(), c.ID, directory.UserOf(p)); err != nil || id != w.no("1002").ID {
					w.t.Errorf("recognised as %d, %v", id, err)
				}
			})
		})
	}
}
