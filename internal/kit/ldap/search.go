package ldap

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	goldap "github.com/go-ldap/ldap/v3"
)

// pageSize is how many entries are asked for at once; Active Directory gives no more than 1000.
const pageSize = 500

// Entry is what the directory holds under a name.
type Entry struct {
	DN string
	to *goldap.Entry
}

// Get is the first value of an attribute as text, "" when there is none. The case of its name does not matter.
func (e Entry) Get(name string) string {
	if name == "" {
		return ""
	}
	raw := e.to.GetEqualFoldRawAttributeValue(name)
	if !utf8.Valid(raw) || strings.EqualFold(name, "objectGUID") {
		return binaryID(raw)
	}
	return strings.TrimSpace(string(raw))
}

// binaryID writes a GUID as Windows shows it, and anything else that is no text in hexadecimal digits.
func binaryID(raw []byte) string {
	if len(raw) != 16 {
		return hex.EncodeToString(raw)
	}
	turned := []byte{raw[3], raw[2], raw[1], raw[0], raw[5], raw[4], raw[7], raw[6]}
	text := hex.EncodeToString(append(turned, raw[8:]...))
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
}

// Search gives the entries below a base, page by page, in no order. The slice is the callee's.
func (c *Conn) Search(ctx context.Context, base, filter string, attributes []string, page func([]Entry) error) error {
	control := goldap.NewControlPaging(pageSize)
	for {
		r := goldap.NewSearchRequest(base, goldap.ScopeWholeSubtree, goldap.NeverDerefAliases, 0, 60, false, filter, attributes, []goldap.Control{control})
		var got *goldap.SearchResult
		err := c.while(ctx, func() (err error) { got, err = c.to.Search(r); return err })
		if err != nil {
			return err
		}
		list := make([]Entry, 0, len(got.Entries))
		for _, e := range got.Entries {
			list = append(list, Entry{e.DN, e})
		}
		if len(list) > 0 {
			if err := page(list); err != nil {
				return err
			}
		}
		next, _ := goldap.FindControl(got.Controls, goldap.ControlTypePaging).(*goldap.ControlPaging)
		if next == nil || len(next.Cookie) == 0 {
			return nil
		}
		control.SetCookie(next.Cookie)
	}
}

// Person is somebody as the directory knows them.
type Person struct {
	Subject  string // never changes
	DN       string
	Login    string
	No       string // 工号
	Name     string
	NameEn   string
	Phone    string
	Email    string
	Position string
	UnitDN   string // the branch that this person hangs on
	Unit     string // name of the unit, where an attribute holds it
	Manager  string // DN
	Disabled bool
}

// Unit is a branch of the tree.
type Unit struct {
	Subject  string
	DN       string
	ParentDN string // "" at the top of what is read
	Name     string
	Code     string
}

// People gives everybody below the base, in pages.
func (c *Conn) People(ctx context.Context, page func([]Person) error) error {
	return c.Search(ctx, c.s.Base, c.s.PersonFilter, c.personNames(), func(list []Entry) error {
		people := make([]Person, 0, len(list))
		for _, e := range list {
			people = append(people, c.person(e))
		}
		return page(people)
	})
}

// Units lists the branches below the base of units, parents before children. The base itself is none.
func (c *Conn) Units(ctx context.Context) ([]Unit, error) {
	var list []Unit
	n := c.s.Names
	err := c.Search(ctx, c.s.UnitBase, c.s.UnitFilter, []string{n.Subject, n.UnitName, n.UnitCode}, func(page []Entry) error {
		for _, e := range page {
			if !SameDN(e.DN, c.s.UnitBase) {
				list = append(list, Unit{Subject: e.Get(n.Subject), DN: e.DN, ParentDN: ParentDN(e.DN), Name: cmp.Or(e.Get(n.UnitName), firstOf(e.DN)), Code: e.Get(n.UnitCode)})
			}
		}
		return nil
	})
	return ordered(list), err
}

// ordered puts parents before children and takes away parents that are not in the list.
func ordered(list []Unit) []Unit {
	at := map[string]int{}
	for i, u := range list {
		at[Fold(u.DN)] = i
	}
	var out []Unit
	done := make([]bool, len(list))
	var put func(i int)
	put = func(i int) {
		if done[i] {
			return
		}
		done[i] = true
		if p, found := at[Fold(list[i].ParentDN)]; found {
			put(p)
			list[i].ParentDN = list[p].DN
		} else {
			list[i].ParentDN = ""
		}
		out = append(out, list[i])
	}
	for i := range list {
		put(i)
	}
	return out
}

// Find gives the entries of the one person whose login name this is: who hangs on two branches has two, with the same 工号.
// NoPerson when there is nobody, or more than one.
func (c *Conn) Find(ctx context.Context, login string) ([]Person, error) {
	var found []Person
	filter := "(&" + c.s.PersonFilter + "(" + c.s.Names.Login + "=" + goldap.EscapeFilter(login) + "))"
	err := c.Search(ctx, c.s.Base, filter, c.personNames(), func(list []Entry) error {
		for _, e := range list {
			found = append(found, c.person(e))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	another := func(p Person) bool { return p.No == "" || p.No != found[0].No }
	if len(found) == 0 || len(found) > 1 && slices.ContainsFunc(found, another) {
		return nil, &Error{Reason: NoPerson, Text: "nobody, or more than one, has this login name"}
	}
	return found, nil
}

// nobody is the name of an entry that is not there.
const nobody = "neike-nobody"

// SignIn is the person with this login name and password. The account that reads finds the person, the server judges the
// password. A disabled person is Disabled though the password be right.
func SignIn(ctx context.Context, s Settings, login, password string) (Person, error) {
	if login == "" || password == "" {
		return Person{}, &Error{Reason: Password, Text: "no login name or no password"}
	}
	c, err := Dial(ctx, s)
	if err != nil {
		return Person{}, err
	}
	defer c.Close()
	found, err := c.Find(ctx, login)
	var e *Error
	if errors.As(err, &e) && e.Reason == NoPerson { // as many questions as for somebody: time tells nobody who exists
		_ = c.Bind(ctx, "cn="+nobody+","+c.s.Base, password)
	}
	if err != nil {
		return Person{}, err
	}
	for _, p := range found {
		if err = c.Bind(ctx, p.DN, password); err == nil && p.Disabled {
			err = &Error{Reason: Disabled, Text: "the account is disabled"}
		}
		if err == nil {
			return p, nil
		}
	}
	return Person{}, err
}

func (c *Conn) personNames() []string {
	n := c.s.Names
	return []string{n.Subject, n.Login, n.No, n.Name, n.NameEn, n.Phone, n.Email, n.Position, n.Unit, n.Manager,
		"userAccountControl", "pwdAccountLockedTime", "nsAccountLock"}
}

func (c *Conn) person(e Entry) Person {
	n := c.s.Names
	return Person{Subject: e.Get(n.Subject), DN: e.DN, Login: e.Get(n.Login), No: e.Get(n.No), Name: e.Get(n.Name), NameEn: e.Get(n.NameEn),
		Phone: e.Get(n.Phone), Email: e.Get(n.Email), Position: e.Get(n.Position), UnitDN: ParentDN(e.DN), Unit: e.Get(n.Unit),
		Manager: e.Get(n.Manager), Disabled: disabled(e)}
}

// disabled reads the marks of the known servers: Active Directory's bit 2, OpenLDAP's lock for good, 389's lock.
func disabled(e Entry) bool {
	const accountDisabled = 0x2
	control, _ := strconv.ParseInt(e.Get("userAccountControl"), 10, 64)
	return control&accountDisabled != 0 || e.Get("pwdAccountLockedTime") == "000001010000Z" || strings.EqualFold(e.Get("nsAccountLock"), "true")
}

// firstOf is the first value of a name: of ou=生产部,dc=example "生产部". A branch that has no other name is called so.
func firstOf(dn string) string {
	name, err := goldap.ParseDN(dn)
	if err != nil || len(name.RDNs) == 0 {
		return ""
	}
	return name.RDNs[0].Attributes[0].Value
}

// ParentDN is the branch above a name, "" above the top.
func ParentDN(dn string) string {
	name, err := goldap.ParseDN(dn)
	if err != nil || len(name.RDNs) < 2 {
		return ""
	}
	for i := 0; i < len(dn); i++ { // as the server writes it: what is parsed may be written otherwise
		if dn[i] == '\\' {
			i++
		} else if dn[i] == ',' || dn[i] == ';' {
			return strings.TrimLeft(dn[i+1:], " ")
		}
	}
	return ""
}

// SameDN says whether two names are the same entry's.
func SameDN(a, b string) bool { return Fold(a) == Fold(b) }

// Fold writes a name in one way, for maps: small letters, no spaces around, escapes undone. It is no DN any more.
func Fold(dn string) string {
	if dn == "" {
		return ""
	}
	name, err := goldap.ParseDN(dn)
	if err != nil {
		return strings.ToLower(dn)
	}
	var b strings.Builder
	for _, r := range name.RDNs {
		for _, a := range r.Attributes {
			b.WriteString(strings.ToLower(a.Type) + "\x01" + strings.ToLower(a.Value) + "\x02")
		}
		b.WriteByte(3)
	}
	return b.String()
}
