package ldap_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	goldap "github.com/go-ldap/ldap/v3"

	"neike/internal/kit/ldap"
	"neike/internal/kit/ldap/ldaptest"
)

var ctx = context.Background()

func reason(err error) ldap.Reason {
	var e *ldap.Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return -1
}

func each(t *testing.T, run func(t *testing.T, d *ldaptest.Directory)) {
	for _, kind := range ldap.Kinds {
		t.Run(kind, func(t *testing.T) { run(t, ldaptest.Start(t, kind)) })
	}
}

func TestSignIn(t *testing.T) {
	each(t, func(t *testing.T, d *ldaptest.Directory) {
		p, err := ldap.SignIn(ctx, d.Settings(), "zhangsan", ldaptest.Password)
		if err != nil || p.No != "1001" || p.Name != "张三" || p.Phone != "13800000001" || p.Position != "班长" || len(p.Subject) != 36 ||
			p.Email != "zhangsan@neike.example" || !ldap.SameDN(p.UnitDN, ldaptest.DN("生产部", "一车间")) ||
			!ldap.SameDN(p.Manager, ldaptest.PersonDN(d.Kind, ldaptest.DN("生产部"), "lisi", "李四")) {
			t.Errorf("%+v, %v", p, err)
		}
		if p, err := ldap.SignIn(ctx, d.Settings(), "o'neil(1)*", ldaptest.Password); err != nil || p.No != "1004" {
			t.Errorf("a name with marks of filters: %+v, %v", p, err)
		}
		for _, c := range []struct {
			login, password string
			want            ldap.Reason
		}{
			{"zhangsan", "wrong", ldap.Password},
			{"zhangsan", "", ldap.Password}, // the server would say yes to nobody
			{"", ldaptest.Password, ldap.Password},
			{"nobody", ldaptest.Password, ldap.NoPerson},
			{"*", ldaptest.Password, ldap.NoPerson},
			{"zhangsan)(uid=*", ldaptest.Password, ldap.NoPerson},
			{"zhang*", ldaptest.Password, ldap.NoPerson},
			{strings.Repeat("很", 5000), ldaptest.Password, ldap.NoPerson},
		} {
			_, err := ldap.SignIn(ctx, d.Settings(), c.login, c.password)
			if reason(err) != c.want {
				t.Errorf("%.20q with %q: %v", c.login, c.password, err)
			}
			if err != nil && strings.Contains(err.Error(), ldaptest.Password) {
				t.Errorf("the password stands in the error: %v", err)
			}
		}
	})
}

func TestDisabledPeople(t *testing.T) {
	d := ldaptest.Start(t, ldap.AD)
	if _, err := ldap.SignIn(ctx, d.Settings(), "zhaoliu", ldaptest.Password); reason(err) != ldap.Disabled {
		t.Errorf("signed in though disabled: %v", err)
	}
	if _, err := ldap.SignIn(ctx, d.Settings(), "zhaoliu", "wrong"); reason(err) != ldap.Password {
		t.Errorf("who does not know the password learns nothing: %v", err)
	}
	for _, p := range people(t, d.Settings()) {
		if p.Disabled != (p.Login == "zhaoliu") {
			t.Errorf("%s disabled: %v", p.Login, p.Disabled)
		}
	}
}

func people(t *testing.T, s ldap.Settings) (list []ldap.Person) {
	t.Helper()
	c, err := ldap.Dial(ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.People(ctx, func(page []ldap.Person) error { list = append(list, page...); return nil }); err != nil {
		t.Fatal(err)
	}
	return list
}

func TestTheTree(t *testing.T) {
	each(t, func(t *testing.T, d *ldaptest.Directory) {
		c, err := ldap.Dial(ctx, d.Settings())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		units, err := c.Units(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		known := map[string]string{"": "-"}
		for _, u := range units {
			if known[u.ParentDN] == "" {
				t.Errorf("%s comes before its parent %s", u.DN, u.ParentDN)
			}
			known[u.DN] = u.Name
			got = append(got, known[u.ParentDN]+"/"+u.Name)
		}
		slices.Sort(got)
		if want := "[-/生产部 -/质量部 生产部/一车间]"; fmt.Sprint(got) != want {
			t.Errorf("%v, want %s", got, want)
		}
		seen := map[string]bool{}
		for _, p := range people(t, d.Settings()) {
			if seen[p.Subject] || p.Subject == "" || known[p.UnitDN] == "" {
				t.Errorf("%+v", p)
			}
			seen[p.Subject] = true
		}
		if len(seen) != 5 {
			t.Errorf("%d people", len(seen))
		}
	})
}

// Whoever moves or is renamed stays the same subject.
func TestSubjectStays(t *testing.T) {
	d := ldaptest.Start(t, ldap.OpenLDAP)
	before, err := ldap.SignIn(ctx, d.Settings(), "zhangsan", ldaptest.Password)
	if err != nil {
		t.Fatal(err)
	}
	d.Move(before.DN, "uid=zhang3", ldaptest.DN("质量部"))
	after, err := ldap.SignIn(ctx, d.Settings(), "zhang3", ldaptest.Password)
	if err != nil || after.Subject != before.Subject || after.DN == before.DN || !ldap.SameDN(after.UnitDN, ldaptest.DN("质量部")) {
		t.Errorf("%+v, %v", after, err)
	}
}

// The server gives no more than a thousand entries at once; pages bring all.
func TestPages(t *testing.T) {
	var more strings.Builder
	const n = 1234
	for i := range n {
		fmt.Fprintf(&more, "dn: uid=p%d,%s\nobjectClass: inetOrgPerson\nuid: p%d\ncn: p%d\nsn: p\n\n", i, ldaptest.Base, i, i)
	}
	d := ldaptest.Start(t, ldap.OpenLDAP, more.String())
	if got := len(people(t, d.Settings())); got != n+5 {
		t.Errorf("%d people", got)
	}
	c, err := ldap.Dial(ctx, d.Settings())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	stop, pages := errors.New("enough"), 0
	err = c.Search(ctx, ldaptest.Base, "(objectClass=inetOrgPerson)", []string{"uid"}, func([]ldap.Entry) error { pages++; return stop })
	if err != stop || pages != 1 {
		t.Errorf("%d pages, %v", pages, err)
	}
}

func TestConnections(t *testing.T) {
	d := ldaptest.Start(t, ldap.OpenLDAP)
	with := func(change func(s *ldap.Settings)) error {
		s := d.Settings()
		change(&s)
		c, err := ldap.Dial(ctx, s)
		if err == nil {
			c.Close()
		}
		return err
	}
	other := ldaptest.Start(t, ldap.OpenLDAP)
	for name, change := range map[string]func(s *ldap.Settings){
		"StartTLS":             func(*ldap.Settings) {},
		"ldaps":                func(s *ldap.Settings) { s.URL, s.StartTLS = d.TLS, false },
		"plain, and allowed":   func(s *ldap.Settings) { s.StartTLS, s.Plain = false, true },
		"without an account":   func(s *ldap.Settings) { s.BindDN = "" },
		"a base with a filter": func(s *ldap.Settings) { s.PersonFilter = "(&(objectClass=inetOrgPerson)(!(uid=test*)))" },
	} {
		if err := with(change); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, one := range []struct {
		name   string
		why    ldap.Reason
		change func(s *ldap.Settings)
	}{
		{"plain, not allowed", ldap.Open, func(s *ldap.Settings) { s.StartTLS = false }},
		{"another's certificate", ldap.Untrusted, func(s *ldap.Settings) { s.CA = other.CA }},
		{"another's, ldaps", ldap.Untrusted, func(s *ldap.Settings) { s.CA, s.URL, s.StartTLS = other.CA, d.TLS, false }},
		{"a certificate of another host", ldap.Untrusted, func(s *ldap.Settings) { s.URL = strings.Replace(s.URL, "127.0.0.1", "localhost", 1) }},
		{"no certificate in it", ldap.Malformed, func(s *ldap.Settings) { s.CA = "hello" }},
		{"wrong account", ldap.Refused, func(s *ldap.Settings) { s.BindDN = "cn=nobody,dc=neike,dc=example" }},
		{"wrong password", ldap.Refused, func(s *ldap.Settings) { s.Password = "wrong" }},
		{"no password", ldap.Refused, func(s *ldap.Settings) { s.Password = "" }},
		{"no such scheme", ldap.Malformed, func(s *ldap.Settings) { s.URL = "http://127.0.0.1:1" }},
		{"secrets in the address", ldap.Malformed, func(s *ldap.Settings) { s.URL = "ldap://user:word@127.0.0.1" }},
		{"no base", ldap.Malformed, func(s *ldap.Settings) { s.Base = "" }},
		{"no DN", ldap.Malformed, func(s *ldap.Settings) { s.Base = "生产部" }},
		{"no filter", ldap.Malformed, func(s *ldap.Settings) { s.PersonFilter = "((" }},
		{"no such kind", ldap.Malformed, func(s *ldap.Settings) { s.Kind = "nis" }},
	} {
		if err := with(one.change); reason(err) != one.why || !one.why.Settings() {
			t.Errorf("%s: %v", one.name, err)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() // takes connections and says nothing
	soon, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	s := d.Settings()
	s.URL = "ldap://" + l.Addr().String()
	if _, err := ldap.Dial(soon, s); reason(err) != ldap.Away || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a silent server: %v", err)
	}
	l.Close()
	if _, err := ldap.Dial(ctx, s); reason(err) != ldap.Away {
		t.Errorf("no server: %v", err)
	}
	s = d.Settings()
	s.Base = "ou=gone,dc=neike,dc=example"
	if _, err := ldap.SignIn(ctx, s, "zhangsan", ldaptest.Password); reason(err) != ldap.NoBase {
		t.Errorf("a base that is not there: %v", err)
	}
}

// What Active Directory writes into a refused bind says more than its code.
func TestReasonsOfActiveDirectory(t *testing.T) {
	for data, want := range map[string]ldap.Reason{"52e": ldap.Password, "525": ldap.NoPerson, "533": ldap.Disabled, "775": ldap.Disabled,
		"532": ldap.Expired, "773": ldap.Expired, "999": ldap.Password} {
		err := ldap.Failure(ctx, goldap.NewError(49, errors.New("80090308: LdapErr: DSID-0C09042A, comment: AcceptSecurityContext error, data "+data+", v3839")))
		if reason(err) != want {
			t.Errorf("%s: %v", data, err)
		}
	}
}

func TestSettingsShowNoSecret(t *testing.T) {
	s := ldap.Settings{Kind: ldap.AD, URL: "ldaps://dc1", Password: "geheim-2026"}
	for _, form := range []string{"%v", "%+v", "%s", "%#v"} {
		if strings.Contains(fmt.Sprintf(form, s), "geheim-2026") {
			t.Errorf("%s shows the password", form)
		}
	}
}
