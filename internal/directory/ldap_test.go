package directory_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	goldap "github.com/go-ldap/ldap/v3"

	"neike/internal/directory"
	"neike/internal/kit/fault"
	"neike/internal/kit/ldap"
	"neike/internal/kit/ldap/ldaptest"
	"neike/internal/org"
)

func (w *world) ldap(d *ldaptest.Directory) directory.Connection {
	w.t.Helper()
	s := d.Settings()
	settings := map[string]string{"url": s.URL, "bind_dn": s.BindDN, "base": s.Base, "unit_base": s.UnitBase, "preset": s.Kind, "ca": s.CA}
	if s.StartTLS {
		settings["start_tls"] = "true"
	}
	c, err := w.SaveConnection(w.ctx(), 0, directory.ConnectionInput{Kind: "ldap", NameZh: "域", SignIn: true, Sync: true, Settings: settings,
		Secrets: map[string]string{"secret": s.Password}, Rules: directory.DefaultRules()})
	w.must(err)
	return c
}

// TestLDAPSaysWhatIsWrong: each failure is named by what an administrator has to do about it, and without the password.
func TestLDAPSaysWhatIsWrong(t *testing.T) {
	d := ldaptest.Start(t, ldap.OpenLDAP)
	each(t, func(w *world) {
		c := w.ldap(d)
		for name, one := range map[string]struct {
			settings map[string]string
			key      string
		}{
			"a wrong password":            {map[string]string{"secret": "wrong"}, "directory.why-ldap-refused"},
			"an account that is not":      {map[string]string{"bind_dn": "cn=nobody,dc=neike,dc=example"}, "directory.why-ldap-refused"},
			"a certificate of nobody":     {map[string]string{"ca": ""}, "directory.why-ldap-untrusted"},
			"a base that is not there":    {map[string]string{"base": "ou=gone,dc=neike,dc=example"}, "directory.why-ldap-base"},
			"no more than two entries":    {map[string]string{"bind_dn": ldaptest.Narrow}, "directory.why-ldap-limit"},
			"nobody whom the filter fits": {map[string]string{"user_filter": "(uid=nobody)"}, "directory.test-ldap-nobody"},
			"numbers elsewhere":           {map[string]string{"attr_no": "carLicense"}, "directory.test-ldap-numbers"},
			"as it should be":             {nil, "directory.test-ldap"},
		} {
			in := directory.ConnectionInput{NameZh: "域", Sync: true, Settings: maps.Clone(c.Settings), Rules: c.Rules, Secrets: map[string]string{"secret": ldaptest.Password}}
			for field, value := range one.settings {
				if in.Settings[field] = value; field == "secret" {
					delete(in.Settings, field)
					in.Secrets[field] = value
				}
			}
			_, err := w.SaveConnection(w.ctx(), c.ID, in)
			w.must(err)
			a, err := w.Test(w.ctx(), c.ID)
			if err != nil || a.Key != one.key || a.OK != strings.HasPrefix(one.key, "directory.test-") {
				w.t.Errorf("%s: %+v, %v", name, a, err)
			}
			if !a.OK {
				if r := w.sync(c); r.State != directory.Failed || r.Failure == nil || r.Failure.Key != one.key {
					w.t.Errorf("%s: %+v", name, r)
				}
			}
			if strings.Contains(a.In(w.ctx())+strings.Join(slices.Collect(values(a.Args)), ""), "wrong") {
				w.t.Errorf("%s: the password is in the answer", name)
			}
		}
	})
}

// TestLDAPFormsAreReadAtOnce: what no server could understand is said at the field, all of it at once.
func TestLDAPFormsAreReadAtOnce(t *testing.T) {
	each(t, func(w *world) {
		_, err := w.SaveConnection(w.ctx(), 0, directory.ConnectionInput{Kind: "ldap", NameZh: "域", Sync: true, Rules: directory.DefaultRules(),
			Secrets: map[string]string{"secret": "x"}, Settings: map[string]string{"url": "ldap://dc1:389", "bind_dn": "reader@corp.local", "base": "生产部",
				"unit_base": "没有", "user_filter": "(uid=*", "unit_filter": "((", "ca": "hello"}})
		f, _ := fault.As(err)
		got := map[string]string{}
		if f != nil {
			for _, x := range f.Fields {
				got[x.Name] = x.Key
			}
		}
		for field, key := range map[string]string{"base": "dn", "unit_base": "dn", "user_filter": "filter", "unit_filter": "filter", "ca": "ca"} {
			if got["settings."+field] != "directory."+key+"-malformed" {
				w.t.Errorf("%s: %q", field, got["settings."+field])
			}
		}
		if got["settings.start_tls"] != "directory.not-encrypted" {
			w.t.Errorf("a password in the open: %v", got)
		}
	})
}

// entry adds one of the directory's own kind.
func entry(d *ldaptest.Directory, dn string, attributes map[string]string) {
	r := goldap.NewAddRequest(dn, nil)
	for name, value := range attributes {
		r.Attribute(name, []string{value})
	}
	d.Change(func(c *goldap.Conn) error { return c.Add(r) })
}

// TestALoginIsGivenOutAgain: who has left is taken out of the directory, and somebody new gets the login name. Neither a
// sync nor a sign-in takes one for the other; the same person with a new entry stays the same.
func TestALoginIsGivenOutAgain(t *testing.T) {
	each(t, func(w *world) {
		d := ldaptest.Start(w.t, ldap.OpenLDAP)
		c := w.fromLDAP(d)
		if r := w.applied(c); r.State != directory.Done {
			w.t.Fatalf("%+v", r)
		}
		sign := func() (org.ID, error) {
			l, err := w.LDAP(w.ctx(), c.ID)
			w.must(err)
			p, err := ldap.SignIn(w.ctx(), l, "zhangsan", ldaptest.Password)
			w.must(err)
			return w.Recognise(w.ctx(), c.ID, directory.UserOf(p))
		}
		old, unit := w.no("1001").ID, ldaptest.DN("生产部", "一车间")
		again := func(name, no string) {
			d.Remove(ldaptest.PersonDN(ldap.OpenLDAP, unit, "zhangsan", ""))
			d.AddPerson(unit, "zhangsan", name, no)
		}
		again("张三", "1001")
		if id, err := sign(); err != nil || id != old {
			w.t.Errorf("the same person: %d, %v", id, err)
		}
		if r := w.sync(c); r.Planned.Conflicts != 0 || r.Planned.PeopleNew != 0 {
			w.t.Errorf("the same person: %+v", r.Planned)
		}
		again("张珊", "2099")
		if id, err := sign(); fault.KindOf(err) != fault.Conflict {
			w.t.Errorf("somebody new comes in as %d, %v", id, err)
		}
		r := w.applied(c)
		w.has(r, "person conflict 1001 张珊: reused")
		if p := w.no("1001"); p.Name != "张三" {
			w.t.Errorf("the one who has left is called %s", p.Name)
		}
		w.must(w.Unlink(w.ctx(), c.ID, old))
		r = w.applied(c)
		if id, err := sign(); err != nil || id != w.no("2099").ID || id == old {
			w.t.Errorf("after somebody has unlinked it: %d, %v\n%s", id, err, strings.Join(w.items(r), "\n"))
		}
	})
}

// TestBranchesOfLDAP: two entries with one login are one person in two units when the 工号 says so, and nobody when it does
// not; who hangs below a branch that is no unit belongs to the unit above; units of one name are told apart by where they
// are, and get codes that people can read.
func TestBranchesOfLDAP(t *testing.T) {
	each(t, func(w *world) {
		d := ldaptest.Start(w.t, ldap.OpenLDAP)
		first, second, quality := ldaptest.DN("生产部"), ldaptest.DN("生产部", "一车间"), ldaptest.DN("质量部")
		entry(d, "ou=一车间,"+quality, map[string]string{"objectClass": "organizationalUnit"})
		entry(d, "l=外协,"+quality, map[string]string{"objectClass": "locality"})
		d.AddPerson("l=外协,"+quality, "outside", "外协工", "1010")
		for _, unit := range []string{second, quality} {
			d.AddPerson(unit, "twin", "双岗位", "1011")
		}
		d.AddPerson(first, "zhang", "张甲", "1012")
		d.AddPerson(quality, "zhang", "张乙", "1013")
		d.AddPerson(ldaptest.Base, "loose", "无部门", "1014")
		c := w.fromLDAP(d)
		r := w.applied(c)
		w.has(r, "person conflict 张乙: login-twice", "person conflict 1014 无部门: no-department")
		if r.State != directory.Done || r.Applied.UnitsNew != 4 {
			w.t.Fatalf("%+v\n%s", r, strings.Join(w.items(r), "\n"))
		}
		tree, err := w.org.Tree(w.ctx())
		w.must(err)
		for no, want := range map[string]string{"1010": "质量部"} {
			if u, _ := tree.ByID(w.no(no).Unit); u.Name.Zh != want {
				w.t.Errorf("%s belongs to %q", no, u.Name.Zh)
			}
		}
		if got := w.members("1011"); len(got) != 2 {
			w.t.Errorf("in two branches: %v", got)
		}
		var codes []string
		for _, u := range tree.All() {
			codes = append(codes, u.Code)
			if len(u.Code) > 30 {
				w.t.Errorf("%s has the code %s", u.Name.Zh, u.Code)
			}
		}
		if again := w.sync(c); again.State != directory.Done || again.Planned.Changes() != 0 {
			w.t.Errorf("the second run %+v, units %v\n%s", again, codes, strings.Join(w.items(again), "\n"))
		}
	})
}
