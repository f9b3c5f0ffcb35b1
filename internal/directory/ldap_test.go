package directory_test

import (
	"slices"
	"strings"
	"testing"

	"neike/internal/directory"
	"neike/internal/kit/ldap"
	"neike/internal/kit/ldap/ldaptest"
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

// A real server, named as OpenLDAP and as Active Directory do, comes in with its branches and managers; who moves moves,
// who has another login name stays the same person, who is taken out is stopped.
func TestLDAPComesIn(t *testing.T) {
	for _, kind := range ldap.Kinds {
		t.Run(kind, func(t *testing.T) {
			d := ldaptest.Start(t, kind)
			each(t, func(w *world) {
				c := w.ldap(d)
				a, err := w.Test(w.ctx(), c.ID)
				if err != nil || !a.OK {
					w.t.Fatalf("%+v, %v", a, err)
				}
				r := w.applied(c)
				if r.State != directory.Done || r.Applied.PeopleNew == 0 || r.Applied.UnitsNew == 0 || r.Applied.Failed != 0 {
					w.t.Fatalf("%+v\n%s", r, strings.Join(w.items(r), "\n"))
				}
				if again := w.sync(c); again.Total != 0 {
					w.t.Errorf("the second run changes\n%s", strings.Join(w.items(again), "\n"))
				}
			})
		})
	}
}

func TestLDAPSaysWhatIsWrong(t *testing.T) {
	d := ldaptest.Start(t, ldap.OpenLDAP)
	each(t, func(w *world) {
		c := w.ldap(d)
		in := directory.ConnectionInput{NameZh: "域", Sync: true, Settings: c.Settings, Secrets: map[string]string{"secret": "wrong"}, Rules: c.Rules}
		_, err := w.SaveConnection(w.ctx(), c.ID, in)
		w.must(err)
		if a, err := w.Test(w.ctx(), c.ID); err != nil || a.OK || a.Key != "directory.why-ldap-refused" {
			w.t.Errorf("a wrong password: %+v, %v", a, err)
		}
		r := w.sync(c)
		if r.State != directory.Failed || r.Failure == nil || r.Failure.Key != "directory.why-ldap-refused" {
			w.t.Errorf("%+v", r)
		}
		if strings.Contains(r.Failure.In(w.ctx())+strings.Join(slices.Collect(values(r.Failure.Args)), ""), "wrong") {
			w.t.Error("the password is in the answer")
		}
	})
}
