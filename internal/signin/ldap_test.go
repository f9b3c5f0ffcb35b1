package signin_test

import (
	"testing"

	"neike/internal/directory"
	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/ldap"
	"neike/internal/kit/ldap/ldaptest"
	"neike/internal/kit/sqldb"
	"neike/internal/signin"
)

// The password of the company's directory opens the door to whom it knows by 工号; nobody else, and not when it is wrong.
func TestThePasswordOfTheDirectory(t *testing.T) {
	r := furnish(t, dbtest.Open(t, sqldb.SQLite, schemas))
	d := ldaptest.Start(t, ldap.OpenLDAP)
	d.AddPerson(ldaptest.DN("质量部"), "csy", "陈思远", "2002")
	s := d.Settings()
	_, err := r.dir.SaveConnection(actor.System(t.Context()), 0, directory.ConnectionInput{Kind: "ldap", NameZh: "域账号", SignIn: true,
		Settings: map[string]string{"url": s.URL, "start_tls": "true", "ca": s.CA, "bind_dn": s.BindDN, "base": s.Base},
		Secrets:  map[string]string{"secret": s.Password}, Rules: directory.DefaultRules()})
	if err != nil {
		t.Fatal(err)
	}
	enter := func(login, word string) (signin.Session, error) {
		return r.SignIn(t.Context(), signin.In{Login: login, Password: word, Address: "192.0.2.1"})
	}
	for range 2 {
		if got, err := enter("csy", ldaptest.Password); err != nil || got.Person != r.ids["2002"] || got.How != "ldap" {
			t.Errorf("%+v, %v", got, err)
		}
	}
	if got, err := enter("2002", password); err != nil || got.How != "password" {
		t.Errorf("the password here: %+v, %v", got, err)
	}
	for name, c := range map[string][2]string{"a wrong one": {"csy", "wrong"}, "somebody unknown here": {"lisi", ldaptest.Password},
		"a pattern": {"cs*", ldaptest.Password}} {
		if _, err := enter(c[0], c[1]); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPeopleTypeTheirNumberWithThePasswordOfTheirComputer: at the door stands "工号、手机号或邮箱", and that is what they type;
// Windows puts the domain before the name.
func TestPeopleTypeTheirNumberWithThePasswordOfTheirComputer(t *testing.T) {
	for _, kind := range ldap.Kinds {
		t.Run(kind, func(t *testing.T) {
			r := furnish(t, dbtest.Open(t, sqldb.SQLite, schemas))
			d := ldaptest.Start(t, kind)
			d.AddPerson(ldaptest.DN("质量部"), "csy", "陈思远", "2002")
			d.AddPerson(ldaptest.DN("生产部"), "csy2", "王二", "2003")
			d.AddPerson(ldaptest.DN("质量部"), "csy2", "王二", "2003") // on two branches
			s := d.Settings()
			settings := map[string]string{"url": s.URL, "start_tls": "true", "ca": s.CA, "bind_dn": s.BindDN, "base": s.Base, "preset": kind}
			if kind == ldap.AD {
				settings["user_filter"] = "(objectClass=user)"
			}
			_, err := r.dir.SaveConnection(actor.System(t.Context()), 0, directory.ConnectionInput{Kind: "ldap", NameZh: "域账号", SignIn: true,
				Settings: settings, Secrets: map[string]string{"secret": s.Password}, Rules: directory.DefaultRules()})
			if err != nil {
				t.Fatal(err)
			}
			r.Fresh().Get("/signin").Is(200).Shows("#signin", "也可以用“域账号”的账号和密码")
			enter := func(login string) (int64, error) {
				got, err := r.SignIn(t.Context(), signin.In{Login: login, Password: ldaptest.Password, Address: "192.0.2.1"})
				return got.Person, err
			}
			if got, err := enter("csy2"); err != nil || got != r.ids["2003"] {
				t.Errorf("on two branches: %d, %v", got, err)
			}
			if _, err := enter("2002"); fault.KindOf(err) != fault.Invalid {
				t.Errorf("a 工号 whose account nobody knows yet: %v", err)
			}
			for _, login := range []string{`CORP\csy`, "csy", "2002", " ２００２", "CSY"} {
				if got, err := enter(login); err != nil || got != r.ids["2002"] {
					t.Errorf("%q: %d, %v", login, got, err)
				}
			}
			if _, _, err := r.BreakGlass(actor.System(t.Context())); err != nil {
				t.Fatal(err)
			}
			if _, err := r.dir.SaveConnection(actor.System(t.Context()), 0, directory.ConnectionInput{Kind: directory.KindOIDC, NameZh: "统一登录", SignIn: true,
				Settings: map[string]string{"issuer": "https://login.example.com", "app": "neike"}, Secrets: map[string]string{"secret": "x"}}); err != nil {
				t.Fatal(err)
			}
			if err := r.SetPolicy(r.as("1001"), signin.Policy{OnlySSO: true}); err != nil {
				t.Fatal(err)
			}
			r.Fresh().Get("/signin").Is(200).Shows("#signin", "用“域账号”的账号和密码")
			if got, err := enter("2002"); err != nil || got != r.ids["2002"] {
				t.Errorf("where no password of ours is taken: %d, %v", got, err)
			}
		})
	}
}
