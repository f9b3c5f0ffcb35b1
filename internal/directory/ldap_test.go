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
