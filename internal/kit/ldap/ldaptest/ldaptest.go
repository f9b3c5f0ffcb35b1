// Package ldaptest starts a real directory server (OpenLDAP's slapd) for a test, on loopback, with its own files, as the
// user who runs the test, with a company in it:
//
//	d := ldaptest.Start(t, ldap.OpenLDAP)
//	ldap.SignIn(ctx, d.Settings(), "zhangsan", ldaptest.Password)
//
// With ldap.AD it names things as Active Directory does (slapd knows that schema). A missing slapd skips the test, unless
// NEIKE_SERVERS=require or CI is set. The machine's own slapd, if any, is left alone.
package ldaptest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	goldap "github.com/go-ldap/ldap/v3"

	"neike/internal/kit/ldap"
)

// The names and passwords of every directory.
const (
	Base     = "ou=company,dc=neike,dc=example"
	Password = "directory-2026" // of everybody
	reader   = "cn=reader,dc=neike,dc=example"
	Narrow   = "cn=narrow,dc=neike,dc=example" // reads as the other does, but gets no more than 2 entries
	admin    = "cn=admin,dc=neike,dc=example"
)

// Directory is a running server.
type Directory struct {
	Kind string
	URL  string // ldap://127.0.0.1:…, with and without StartTLS
	TLS  string // ldaps://127.0.0.1:…
	CA   string // that signed for it, in PEM
	t    testing.TB
}

// Start starts a directory of a kind; it ends with the test. More entries may be given in LDIF.
func Start(t testing.TB, kind string, more ...string) *Directory {
	t.Helper()
	slapd, err := exec.LookPath("slapd")
	if err != nil {
		slapd = "/usr/sbin/slapd"
	}
	if _, err := os.Stat(slapd); err != nil {
		if os.Getenv("NEIKE_SERVERS") == "require" || os.Getenv("CI") != "" {
			t.Fatal("no slapd is installed")
		}
		t.Skip("no slapd is installed")
	}
	d := &Directory{Kind: kind, t: t}
	home := t.TempDir()
	program := filepath.Join(home, "slapd") // a copy: a profile of AppArmor for the installed one would keep it out of here
	must(t, copyFile(slapd, program))
	d.certificate(home)
	config, ldif := filepath.Join(home, "slapd.conf"), filepath.Join(home, "company.ldif")
	must(t, os.Mkdir(filepath.Join(home, "db"), 0o700))
	must(t, os.WriteFile(config, []byte(d.config(home)), 0o600))
	must(t, os.WriteFile(ldif, []byte(company(kind)+strings.Join(more, "\n")), 0o600))
	if out, err := exec.Command(program, "-T", "add", "-q", "-f", config, "-l", ldif).CombinedOutput(); err != nil {
		t.Fatalf("slapadd: %v\n%s", err, out)
	}
	for try := range 5 { // another process may take the ports in between
		if err = d.run(program, config, home); err == nil {
			return d
		}
		t.Logf("slapd, try %d: %v", try, err)
	}
	t.Fatal(err)
	return nil
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func copyFile(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o700)
}

func (d *Directory) run(program, config, home string) error {
	plain, secure := freePort(d.t), freePort(d.t)
	d.URL, d.TLS = fmt.Sprintf("ldap://127.0.0.1:%d", plain), fmt.Sprintf("ldaps://127.0.0.1:%d", secure)
	said, err := os.Create(filepath.Join(home, "log"))
	if err != nil {
		return err
	}
	defer said.Close()
	cmd := exec.Command(program, "-f", config, "-h", d.URL+" "+d.TLS, "-d", "0")
	cmd.Stdout, cmd.Stderr = said, said
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // nothing stays when the test process dies
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	stop := func() {
		cmd.Process.Kill()
		<-ended
	}
	for until := time.Now().Add(20 * time.Second); ; {
		conn, err := net.DialTimeout("tcp", d.TLS[len("ldaps://"):], time.Second)
		if err == nil {
			conn.Close()
			d.t.Cleanup(stop)
			return nil
		}
		select {
		case err := <-ended:
			text, _ := os.ReadFile(said.Name())
			return fmt.Errorf("slapd ended: %v %s", err, bytes.TrimSpace(text))
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(until) {
			stop()
			return fmt.Errorf("slapd does not listen: %w", err)
		}
	}
}

func freePort(t testing.TB) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// certificate makes an authority that signs for itself and for the server.
func (d *Directory) certificate(home string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(d.t, err)
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test directory"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	must(d.t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	must(d.t, err)
	d.CA = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	must(d.t, os.WriteFile(filepath.Join(home, "cert.pem"), []byte(d.CA), 0o600))
	must(d.t, os.WriteFile(filepath.Join(home, "key.pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600))
}

func (d *Directory) config(home string) string {
	schemas := []string{"core", "cosine", "inetorgperson"}
	if d.Kind == ldap.AD {
		schemas = append(schemas, "nis")
	}
	var b strings.Builder
	for _, s := range schemas {
		fmt.Fprintf(&b, "include /etc/ldap/schema/%s.schema\n", s)
	}
	if d.Kind == ldap.AD { // slapd's copy of the schema leaves out how names compare, and classes that give people some of them
		schema, err := os.ReadFile("/etc/ldap/schema/msuser.schema")
		must(d.t, err)
		text := strings.Replace(string(schema), "NAME 'sAMAccountName'", "NAME 'sAMAccountName' EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch", 1)
		must(d.t, os.WriteFile(filepath.Join(home, "ad.schema"), []byte(text), 0o600))
		fmt.Fprintf(&b, "include %s/ad.schema\n", home)
		b.WriteString("objectclass ( 1.3.6.1.4.1.4203.666.11.99.1 NAME 'accountOfAD' AUXILIARY MAY ( sAMAccountName $ employeeID $ objectGUID $ mobile $ department ) )\n")
	}
	// The account that reads may read everything but passwords, and no search may give more than 1000 entries at once.
	fmt.Fprintf(&b, `modulepath /usr/lib/ldap
moduleload back_mdb
TLSCertificateFile %[1]s/cert.pem
TLSCertificateKeyFile %[1]s/key.pem
sizelimit size=1000 size.pr=1000 size.prtotal=unlimited
database mdb
maxsize 268435456
dbnosync
suffix "dc=neike,dc=example"
rootdn "%[2]s"
rootpw %[3]s
directory %[1]s/db
access to attrs=userPassword by anonymous auth by * none
limits dn.exact="%[5]s" size=2 size.prtotal=2
access to * by dn.exact="%[4]s" read by dn.exact="%[5]s" read by anonymous auth by * none
`, home, admin, Password, reader, Narrow)
	return b.String()
}

// Settings read the directory over StartTLS with the account that may read.
func (d *Directory) Settings() ldap.Settings {
	return ldap.Settings{Kind: d.Kind, URL: d.URL, StartTLS: true, CA: d.CA, BindDN: reader, Password: Password, Base: Base}
}

// Change lets the administrator of the directory change it.
func (d *Directory) Change(do func(c *goldap.Conn) error) {
	d.t.Helper()
	c, err := goldap.DialURL(d.URL)
	must(d.t, err)
	defer c.Close()
	must(d.t, c.Bind(admin, Password))
	must(d.t, do(c))
}

// Move renames or moves an entry: its DN's first part, and the branch it hangs on from now on.
func (d *Directory) Move(dn, first, branch string) {
	d.t.Helper()
	d.Change(func(c *goldap.Conn) error { return c.ModifyDN(goldap.NewModifyDNRequest(dn, first, true, branch)) })
}

// Set gives an attribute these values; none takes it away.
func (d *Directory) Set(dn, attribute string, values ...string) {
	d.t.Helper()
	r := goldap.NewModifyRequest(dn, nil)
	r.Replace(attribute, values)
	d.Change(func(c *goldap.Conn) error { return c.Modify(r) })
}

// Remove takes an entry out.
func (d *Directory) Remove(dn string) {
	d.t.Helper()
	d.Change(func(c *goldap.Conn) error { return c.Del(goldap.NewDelRequest(dn, nil)) })
}

// AddPerson adds somebody to a unit (a DN), with a login name, a name and a 工号, and Password.
func (d *Directory) AddPerson(unit, login, name, no string) {
	d.t.Helper()
	e, err := parse(person(d.Kind, unit, login, name, no, nil))
	must(d.t, err)
	d.Change(func(c *goldap.Conn) error { return c.Add(e) })
}

// parse reads one entry of LDIF as this package writes it.
func parse(ldif string) (*goldap.AddRequest, error) {
	var r *goldap.AddRequest
	for line := range strings.SplitSeq(strings.TrimSpace(ldif), "\n") {
		name, value, _ := strings.Cut(line, ":")
		if coded, found := strings.CutPrefix(value, ":"); found {
			raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(coded))
			if err != nil {
				return nil, err
			}
			value = string(raw)
		}
		value = strings.TrimPrefix(value, " ")
		if r == nil {
			r = goldap.NewAddRequest(value, nil)
			continue
		}
		r.Attribute(name, []string{value})
	}
	merged := goldap.NewAddRequest(r.DN, nil)
	at := map[string]int{}
	for _, a := range r.Attributes {
		if i, seen := at[a.Type]; seen {
			merged.Attributes[i].Vals = append(merged.Attributes[i].Vals, a.Vals...)
			continue
		}
		at[a.Type] = len(merged.Attributes)
		merged.Attributes = append(merged.Attributes, a)
	}
	return merged, nil
}
