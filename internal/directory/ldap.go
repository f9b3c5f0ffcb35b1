package directory

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"neike/internal/kit/chat"
	"neike/internal/kit/ldap"
)

// ldapError is an answer of an LDAP server that an administrator can do something about.
type ldapError struct{ key, text string }

func (e *ldapError) Error() string { return e.key + ": " + e.text }

// UserOf is somebody of an LDAP server as an account: known by the login name, and by what never changes when that does.
// Departments and manager are not in it.
func UserOf(p ldap.Person) chat.User {
	u := chat.User{ID: p.Login, Union: p.Subject, No: p.No, Name: p.Name, NameEn: p.NameEn, Phone: p.Phone, Email: p.Email, Position: p.Position}
	if u.NameEn == u.Name {
		u.NameEn = ""
	}
	if p.Disabled {
		u.State = chat.Disabled
	}
	return u
}

// ldapTree is an LDAP server as a directory that is read page by page. An LDAP server has no members of a unit to ask for:
// everybody is read once, when somebody is wanted first, and then handed out by units.
type ldapTree struct {
	conn    *ldap.Conn
	units   []ldap.Unit
	members map[string][]chat.User // id of the department → who hangs there, or is said to
	extra   []string               // units that only people's attributes name
	people  []ldap.Person
}

func (s *Service) ldapSource(ctx context.Context, c Connection) (source, func(), error) {
	l, err := s.ldapOf(c)
	if err != nil {
		return nil, func() {}, err
	}
	conn, err := ldap.Dial(ctx, l)
	if err != nil {
		return nil, func() {}, ldapWords(err)
	}
	return &ldapTree{conn: conn}, conn.Close, nil
}

// named is the id of a department that only an attribute of its people names.
func named(name string) string { return "name:" + name }

// read reads units and people, once.
func (t *ldapTree) read(ctx context.Context) error {
	if t.members != nil {
		return nil
	}
	units, err := t.conn.Units(ctx)
	if err != nil {
		return ldapWords(err)
	}
	at := map[string]string{} // DN → id
	for i, u := range units {
		if u.Subject == "" {
			units[i].Subject = u.DN
		}
		at[ldap.Fold(u.DN)] = units[i].Subject
	}
	hangs := func(dn string) string { // on the next unit above: between may be branches that are none
		for ; dn != ""; dn = ldap.ParentDN(dn) {
			if id := at[ldap.Fold(dn)]; id != "" {
				return id
			}
		}
		return ""
	}
	var people []ldap.Person
	err = t.conn.People(ctx, func(page []ldap.Person) error { people = append(people, page...); return nil })
	if err != nil {
		return ldapWords(err)
	}
	logins := map[string]string{}
	entries := map[string][]ldap.Person{} // by login: somebody in two branches has two entries
	for _, p := range people {
		logins[ldap.Fold(p.DN)] = p.Login
		entries[subjectKey(p.Login)] = append(entries[subjectKey(p.Login)], p)
	}
	members := map[string][]chat.User{}
	var extra []string
	for _, p := range people {
		u := UserOf(p)
		u.Manager = logins[ldap.Fold(p.Manager)]
		same := entries[subjectKey(p.Login)]
		u.Unranked = len(same) > 1
		u.Several = slices.ContainsFunc(same, func(other ldap.Person) bool { return other.No != p.No })
		where := hangs(p.UnitDN)
		if where == "" && p.Unit != "" {
			if where = named(p.Unit); members[where] == nil {
				extra = append(extra, p.Unit)
			}
		}
		if where != "" {
			u.Departments = []string{where}
		}
		members[where] = append(members[where], u)
	}
	slices.Sort(extra)
	t.units, t.members, t.extra, t.people = units, members, extra, people
	return nil
}

// seen says what a test has found: units, people, and how many of those say no 工号.
func (t *ldapTree) seen() *Why {
	without := 0
	for _, p := range t.people {
		if p.No == "" {
			without++
		}
	}
	key := "directory.test-ldap"
	switch {
	case len(t.people) == 0:
		key = "directory.test-ldap-nobody"
	case without > 0:
		key = "directory.test-ldap-numbers"
	}
	return why(key, "count", len(t.units)+len(t.extra), "people", len(t.people), "without", without)
}

// Departments lists the branches of the tree, and units that only people's attributes name. What the account may not read
// cannot be told from what is not there: the whole is what it reads.
func (t *ldapTree) Departments(ctx context.Context) (list []chat.Department, whole bool, err error) {
	if err := t.read(ctx); err != nil {
		return nil, false, err
	}
	at := map[string]string{}
	for i, u := range t.units {
		at[u.DN] = u.Subject
		list = append(list, chat.Department{ID: u.Subject, Parent: at[u.ParentDN], Code: u.Code, Name: u.Name, Order: i})
	}
	for i, name := range t.extra {
		list = append(list, chat.Department{ID: named(name), Name: name, Order: len(t.units) + i})
	}
	return list, true, nil
}

// Members are who hangs directly on a branch, in pages of 500.
func (t *ldapTree) Members(ctx context.Context, department, page string) ([]chat.User, string, error) {
	if err := t.read(ctx); err != nil {
		return nil, "", err
	}
	const size = 500
	all := t.members[department]
	from, _ := strconv.Atoi(page)
	from = min(max(from, 0), len(all))
	to := min(from+size, len(all))
	next := ""
	if to < len(all) {
		next = strconv.Itoa(to)
	}
	return all[from:to], next, nil
}

// ldapWords turns an error of an LDAP server into one that the room knows: a server that is away is asked again.
func ldapWords(err error) error {
	var e *ldap.Error
	switch {
	case !errors.As(err, &e):
		return err
	case e.Reason == ldap.Away:
		return &chat.Error{Platform: KindLDAP, Code: "away", Text: e.Text, Reason: chat.Broken}
	case ldapKeys[e.Reason] != "":
		return &ldapError{ldapKeys[e.Reason], e.Text}
	}
	return &ldapError{"directory.why-ldap-refused", e.Text}
}

// ldapKeys say what an administrator has to do about an answer.
var ldapKeys = map[ldap.Reason]string{ldap.Open: "directory.why-ldap-open", ldap.Untrusted: "directory.why-ldap-untrusted", ldap.Malformed: "directory.why-ldap-malformed",
	ldap.NoBase: "directory.why-ldap-base", ldap.Limited: "directory.why-ldap-limit", ldap.NoPerson: "directory.why-ldap-search"}
