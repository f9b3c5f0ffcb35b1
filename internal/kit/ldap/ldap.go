package ldap

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"time"

	goldap "github.com/go-ldap/ldap/v3"
)

// The kinds of directory.
const (
	OpenLDAP = "openldap" // and others with inetOrgPerson
	AD       = "ad"       // Active Directory
)

// Kinds lists them.
var Kinds = []string{OpenLDAP, AD}

// Settings say where a directory is and how it calls things. What is empty is as usual for its kind.
type Settings struct {
	Kind     string // OpenLDAP or AD
	URL      string // ldap://host:389 or ldaps://host:636
	StartTLS bool   // an ldap connection becomes an encrypted one before anything is said
	Plain    bool   // passwords may pass unencrypted; else an ldap connection without StartTLS is refused as Open
	CA       string // certificates in PEM that sign for the server; "" those of the system
	BindDN   string // account that may read, "" reads without one
	Password string // of that account
	Base     string // where people are, as a DN
	UnitBase string // where units are; "" where people are

	PersonFilter string // which entries are people
	UnitFilter   string // which entries are units
	Names        Names
}

// Names are the attributes that hold what is known of a person or unit.
type Names struct {
	Subject  string // never changes: entryUUID, objectGUID
	Login    string // what people type to sign in
	No       string // 工号
	Name     string
	NameEn   string
	Phone    string
	Email    string
	Position string
	Unit     string // name of the unit, where units are not branches of the tree
	Manager  string // DN
	UnitName string // of a unit
	UnitCode string // of a unit
}

var usual = map[string]Settings{
	OpenLDAP: {PersonFilter: "(objectClass=inetOrgPerson)", UnitFilter: "(objectClass=organizationalUnit)",
		Names: Names{Subject: "entryUUID", Login: "uid", No: "employeeNumber", Name: "cn", NameEn: "displayName", Phone: "mobile", Email: "mail",
			Position: "title", Unit: "departmentNumber", Manager: "manager", UnitName: "ou", UnitCode: "businessCategory"}},
	AD: {PersonFilter: "(&(objectClass=user)(!(objectClass=computer)))", UnitFilter: "(objectClass=organizationalUnit)",
		Names: Names{Subject: "objectGUID", Login: "sAMAccountName", No: "employeeID", Name: "displayName", NameEn: "cn", Phone: "mobile", Email: "mail",
			Position: "title", Unit: "department", Manager: "manager", UnitName: "ou", UnitCode: "description"}},
}

// whole fills in what is usual for the kind.
func (s Settings) whole() (Settings, error) {
	u, known := usual[s.Kind]
	if !known {
		return s, &Error{Reason: Malformed, Text: "no such kind of directory"}
	}
	or := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	or(&s.PersonFilter, u.PersonFilter)
	or(&s.UnitFilter, u.UnitFilter)
	or(&s.UnitBase, s.Base)
	for field, value := range map[*string]string{&s.Names.Subject: u.Names.Subject, &s.Names.Login: u.Names.Login, &s.Names.No: u.Names.No,
		&s.Names.Name: u.Names.Name, &s.Names.NameEn: u.Names.NameEn, &s.Names.Phone: u.Names.Phone, &s.Names.Email: u.Names.Email,
		&s.Names.Position: u.Names.Position, &s.Names.Unit: u.Names.Unit, &s.Names.Manager: u.Names.Manager,
		&s.Names.UnitName: u.Names.UnitName, &s.Names.UnitCode: u.Names.UnitCode} {
		or(field, value)
	}
	for _, base := range []string{s.Base, s.UnitBase} {
		if !IsDN(base) {
			return s, &Error{Reason: Malformed, Text: "no DN: " + base}
		}
	}
	for _, filter := range []string{s.PersonFilter, s.UnitFilter} {
		if !IsFilter(filter) {
			return s, &Error{Reason: Malformed, Text: "a filter is not understood: " + filter}
		}
	}
	return s, nil
}

// IsDN says whether a text is the name of an entry.
func IsDN(text string) bool {
	_, err := goldap.ParseDN(text)
	return err == nil && text != ""
}

// IsFilter says whether a text is a filter.
func IsFilter(text string) bool {
	_, err := goldap.CompileFilter(text)
	return err == nil
}

// IsCA says whether a text holds certificates in PEM.
func IsCA(text string) bool { return x509.NewCertPool().AppendCertsFromPEM([]byte(text)) }

// Reason says what to do about a failure.
type Reason int

// The reasons.
const (
	Away      Reason = iota // the server is not there, or did not answer in time: try again
	Refused                 // the account that reads, or what it asks for
	Open                    // the connection would not be encrypted
	Untrusted               // the server's certificate
	Malformed               // an address, a base, a filter, certificates that are none
	NoBase                  // the base is not there
	Limited                 // the server gives fewer entries than there are
	NoPerson                // nobody has this name, or several have
	Password                // the password is wrong
	Disabled                // the account is disabled, locked or has ended
	Expired                 // the password has to be changed first, in the directory
)

// Settings says whether somebody must change settings, here or at the server, before it works.
func (r Reason) Settings() bool { return r >= Refused && r <= Limited }

// Error is what went wrong. Its text never holds a password.
type Error struct {
	Reason Reason
	Code   uint16 // of LDAP; 0: none
	Text   string
	cause  error
}

func (e *Error) Error() string { return "ldap: " + e.Text }

func (e *Error) Unwrap() error { return e.cause }

const patience = 15 * time.Second // for one answer

// Conn is a connection that has signed in as the account of the settings. One caller at a time.
type Conn struct {
	s  Settings
	to *goldap.Conn
}

// Dial connects and signs in as the account that may read.
func Dial(ctx context.Context, s Settings) (*Conn, error) {
	c, err := connect(ctx, s)
	if err != nil {
		return nil, err
	}
	if err := c.own(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

func connect(ctx context.Context, s Settings) (*Conn, error) {
	s, err := s.whole()
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(s.URL)
	if err != nil || u.Hostname() == "" || u.Scheme != "ldap" && u.Scheme != "ldaps" || u.User != nil {
		return nil, &Error{Reason: Malformed, Text: "an address is ldap://host or ldaps://host"}
	}
	if u.Scheme == "ldap" && !s.StartTLS && !s.Plain {
		return nil, &Error{Reason: Open, Text: "the connection would not be encrypted"}
	}
	config := &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}
	if s.CA != "" {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM([]byte(s.CA)) {
			return nil, &Error{Reason: Malformed, Text: "the certificates are not in PEM"}
		}
	}
	dialer := &net.Dialer{Timeout: patience}
	if until, set := ctx.Deadline(); set {
		dialer.Deadline = until
	}
	to, err := goldap.DialURL(s.URL, goldap.DialWithDialer(dialer), goldap.DialWithTLSConfig(config))
	if err != nil {
		return nil, failure(ctx, err)
	}
	to.SetTimeout(patience)
	c := &Conn{s: s, to: to}
	if u.Scheme == "ldap" && s.StartTLS {
		if err := c.while(ctx, func() error { return to.StartTLS(config) }); err != nil {
			c.Close()
			return nil, err
		}
	}
	return c, nil
}

// Close ends the connection.
func (c *Conn) Close() { c.to.Close() }

// while does something on the connection, and closes the connection when the caller gives up.
func (c *Conn) while(ctx context.Context, do func() error) error {
	stop := context.AfterFunc(ctx, func() { c.to.Close() })
	defer stop()
	if err := do(); err != nil {
		return failure(ctx, err)
	}
	return nil
}

// own signs in as the account of the settings.
func (c *Conn) own(ctx context.Context) error {
	if c.s.BindDN == "" {
		return nil
	}
	err := c.Bind(ctx, c.s.BindDN, c.s.Password)
	var e *Error
	if errors.As(err, &e) && e.Reason != Away && !e.Reason.Settings() {
		e.Reason, e.Text = Refused, "the account that reads is refused: "+e.Text
	}
	return err
}

// Bind signs in on this connection. An empty password is refused: the server would take it for nobody and say yes.
func (c *Conn) Bind(ctx context.Context, dn, password string) error {
	if password == "" {
		return &Error{Reason: Password, Code: goldap.LDAPResultInvalidCredentials, Text: "no password"}
	}
	return c.while(ctx, func() error { return c.to.Bind(dn, password) })
}

// adCode is Active Directory's own reason within the text of a refused bind.
var adCode = regexp.MustCompile(`data ([0-9a-fA-F]{3,4})\b`)

var adReasons = map[string]Reason{"525": NoPerson, "52e": Password, "530": Disabled, "531": Disabled, "533": Disabled, "701": Disabled,
	"775": Disabled, "532": Expired, "773": Expired}

// failure names what went wrong.
func failure(ctx context.Context, err error) error {
	var already *Error
	if errors.As(err, &already) {
		return already
	}
	if cause := ctx.Err(); cause != nil {
		return &Error{Reason: Away, Text: cause.Error(), cause: cause}
	}
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	if errors.As(err, &unknown) || errors.As(err, &host) || errors.As(err, &invalid) {
		return &Error{Reason: Untrusted, Text: err.Error()}
	}
	var e *goldap.Error
	if !errors.As(err, &e) {
		return &Error{Reason: Away, Text: err.Error()}
	}
	out := &Error{Code: e.ResultCode, Text: e.Error()}
	switch e.ResultCode {
	case goldap.LDAPResultInvalidCredentials:
		out.Reason = Password
		if found := adCode.FindStringSubmatch(e.Error()); found != nil {
			if why, known := adReasons[found[1]]; known {
				out.Reason = why
			}
		}
	case goldap.LDAPResultNoSuchObject:
		out.Reason = NoBase
	case goldap.LDAPResultSizeLimitExceeded, goldap.LDAPResultAdminLimitExceeded:
		out.Reason = Limited
	case goldap.LDAPResultBusy, goldap.LDAPResultUnavailable, goldap.LDAPResultTimeLimitExceeded, goldap.ErrorNetwork,
		goldap.LDAPResultServerDown, goldap.LDAPResultTimeout, goldap.LDAPResultConnectError:
		out.Reason = Away
		if e.ResultCode == goldap.ErrorNetwork && certificate.MatchString(e.Error()) {
			out.Reason = Untrusted
		}
	case goldap.LDAPResultConstraintViolation: // too many wrong passwords, with OpenLDAP's policy
		out.Reason = Disabled
	default:
		out.Reason = Refused
	}
	return out
}

var certificate = regexp.MustCompile(`x509|certificate|tls:`)

func (s Settings) String() string { return fmt.Sprintf("%s %s %s", s.Kind, s.URL, s.Base) }

// GoString keeps the password out of what is printed for programmers.
func (s Settings) GoString() string { return s.String() }
