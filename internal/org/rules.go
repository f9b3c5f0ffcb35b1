package org

import (
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/sorting"
)

// companyRoles may be held for the whole company; unitRoles only for a unit (owner: for a service). quality, hr and
// executive may also be held for a site or a unit and then count for what lies below it.
var (
	companyRoles = []string{"quality", "hr", "executive", "admin", "security", "auditor"}
	unitRoles    = []string{"agent", "owner", "head", "secretary"}
	eitherRoles  = []string{"quality", "hr", "executive"}
)

// RoleCodes lists all roles, scoped ones first.
func RoleCodes() []string { return append(slices.Clone(unitRoles), companyRoles...) }

// finding is one wrong input: the field, the message and its values.
type finding struct {
	field, key string
	args       []any
}

func wrong(field, key string, args ...any) finding { return finding{field, key, args} }

// ParseRole reads `code[@scope]`. ok is false for a code that does not exist.
func ParseRole(text string) (r Role, ok bool) {
	code, scope, _ := strings.Cut(strings.TrimSpace(text), "@")
	r = Role{Code: strings.ToLower(strings.TrimSpace(code)), Scope: strings.TrimSpace(scope)}
	return r, slices.Contains(companyRoles, r.Code) || slices.Contains(unitRoles, r.Code)
}

// scoped gives a unit role without a scope the person's main unit, and says what is wrong with the scope.
func (r Role) scoped(mainUnit string) (Role, string) {
	switch {
	case r.Code == "owner" && r.Scope == "":
		return r, "org.role-needs-service"
	case slices.Contains(unitRoles, r.Code) && r.Scope == "":
		r.Scope = mainUnit
	case r.Scope != "" && slices.Contains(companyRoles, r.Code) && !slices.Contains(eitherRoles, r.Code):
		return r, "org.role-takes-no-scope"
	}
	return r, ""
}

// MoreUnit is one entry of `unit[:position][@until]`.
type MoreUnit struct {
	Code, Position string
	Until          string // as written
}

// ParseMoreUnit reads `unit[:position][@until]`; until is a date such as 2027-03-31, the last day that counts.
func ParseMoreUnit(text string) MoreUnit {
	rest, until, _ := strings.Cut(text, "@")
	code, position, _ := strings.Cut(rest, ":")
	return MoreUnit{strings.TrimSpace(code), strings.TrimSpace(position), strings.TrimSpace(until)}
}

// dayLayouts are the ways in which people write a day.
var dayLayouts = []string{"2006-1-2", "2006/1/2", "2006.1.2", "2006年1月2日", "20060102"}

// lastDay reads a date and gives the first moment after it in the company's zone.
func lastDay(text string, zone *time.Location) (time.Time, bool) {
	for _, layout := range dayLayouts {
		if d, err := time.ParseInLocation(layout, lang.Narrow(text), zone); err == nil {
			return d.AddDate(0, 0, 1), true
		}
	}
	return time.Time{}, false
}

// split cuts a list at semicolons of both widths and drops empty entries.
func split(list string) []string {
	var out []string
	for _, part := range strings.FieldsFunc(list, func(r rune) bool { return r == ';' || r == '；' }) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func tooLong(text string, most int) bool { return utf8.RuneCountInString(text) > most }

func printable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError })
}

// codeOK: letters and digits of any script, joined by '.', '-' or '_'. It stands in addresses and in `code@scope` lists.
func codeOK(code string) bool {
	if code == "" || tooLong(code, 64) {
		return false
	}
	return !strings.ContainsFunc(code, func(r rune) bool {
		return !(unicode.IsLetter(r) || unicode.IsDigit(r) || r == '.' || r == '-' || r == '_')
	})
}

func noOK(no string) bool {
	if no == "" || tooLong(no, 32) {
		return false
	}
	return !strings.ContainsFunc(no, func(r rune) bool {
		return !(unicode.IsLetter(r) || unicode.IsDigit(r) || r == '.' || r == '-' || r == '_')
	})
}

// mobile is a number of mainland China, with or without the country.
var mobile = regexp.MustCompile(`^(?:\+86|0086|86)?(1[3-9]\d{9})$`)

// phoneOf is a phone number as it is kept: narrow; a mobile number of mainland China as its eleven digits, however it was
// written, so that everybody signs in by it.
func phoneOf(text string) string {
	text = clean(lang.Narrow(text))
	bare := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -().", r) {
			return -1
		}
		return r
	}, text)
	if m := mobile.FindStringSubmatch(bare); m != nil {
		return m[1]
	}
	return text
}

// phoneOK: digits with an optional + in front and the usual marks between, 5 to 20 digits, an extension allowed.
func phoneOK(phone string) bool {
	digits := 0
	for i, r := range phone {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '+' && i == 0, strings.ContainsRune(" -()（）./转x#", r):
		default:
			return false
		}
	}
	return digits >= 3 && digits <= 20
}

func emailOK(email string) bool {
	a, err := mail.ParseAddress(email)
	if err != nil || a.Address != email || tooLong(email, 254) {
		return false
	}
	_, domain, ok := strings.Cut(email, "@")
	return ok && strings.Contains(domain, ".") && !strings.HasPrefix(domain, ".") && !strings.HasSuffix(domain, ".")
}

// nameless says that a name is lacking in the company's main language; with "" it is there in one of the two. Files and directories
// carry the language that they have.
func nameless(name lang.Text, main string) []finding {
	if l := name.Lacks(main); l != "" {
		return []finding{wrong("name_"+l, "org.required")}
	}
	return nil
}

// checkUnit says all that is wrong with a unit by itself; main is as for nameless.
func checkUnit(u Unit, main string) []finding {
	var f []finding
	switch {
	case u.Code == "":
		f = append(f, wrong("code", "org.required"))
	case !codeOK(u.Code):
		f = append(f, wrong("code", "org.code-malformed", "value", u.Code))
	}
	f = append(f, nameless(u.Name, main)...)
	texts := []struct{ field, value string }{{"name_zh", u.Name.Zh}, {"name_en", u.Name.En}, {"short_zh", u.Short.Zh}, {"short_en", u.Short.En}, {"site", u.Site}, {"calendar", u.Calendar}}
	for _, t := range texts {
		f = append(f, checkText(t.field, t.value, 120)...)
	}
	if !slices.Contains(Levels, u.Level) {
		f = append(f, wrong("level", "org.level-unknown", "value", u.Level))
	}
	return f
}

func checkText(field, value string, most int) []finding {
	switch {
	case tooLong(value, most):
		return []finding{wrong(field, "org.too-long", "max", most)}
	case !printable(value):
		return []finding{wrong(field, "org.unreadable", "value", strings.ToValidUTF8(value, "�"))}
	}
	return nil
}

// checkPerson says all that is wrong with a person by itself.
func checkPerson(p Person) []finding {
	var f []finding
	switch {
	case p.No == "":
		f = append(f, wrong("employee_no", "org.required"))
	case !noOK(p.No):
		f = append(f, wrong("employee_no", "org.no-malformed", "value", p.No))
	}
	if p.Name == "" {
		f = append(f, wrong("name", "org.required"))
	}
	texts := []struct{ field, value string }{{"name", p.Name}, {"name_en", p.NameEn}, {"position", p.Position}}
	for _, t := range texts {
		f = append(f, checkText(t.field, t.value, 120)...)
	}
	if p.Phone != "" && !phoneOK(p.Phone) {
		f = append(f, wrong("phone", "org.phone-malformed", "value", p.Phone))
	}
	if p.Email != "" && !emailOK(p.Email) {
		f = append(f, wrong("email", "org.email-malformed", "value", p.Email))
	}
	if p.Locale != "" && p.Locale != "zh" && p.Locale != "en" {
		f = append(f, wrong("locale", "org.locale-unknown", "value", p.Locale))
	}
	return f
}

// circle finds a unit that is its own ancestor, following parent from start; ok is false when there is none.
func circle(start string, parent func(code string) string) (path []string, ok bool) {
	seen := map[string]int{}
	for code := start; code != ""; code = parent(code) {
		if at, again := seen[code]; again {
			return path[at:], true
		}
		seen[code] = len(path)
		path = append(path, code)
	}
	return nil, false
}

// checkCompany says all that is wrong with the settings but the zone, which only the machine knows.
func checkCompany(c Company) []finding {
	main := c.Locale
	if main != "zh" && main != "en" {
		main = ""
	}
	f := nameless(c.Name, main)
	f = append(f, checkText("name_zh", c.Name.Zh, 120)...)
	f = append(f, checkText("name_en", c.Name.En, 120)...)
	if c.Locale != "zh" && c.Locale != "en" {
		f = append(f, wrong("locale", "org.locale-unknown", "value", c.Locale))
	}
	if c.Switches.AccountInScores && c.Switches.AccountReason == "" {
		f = append(f, wrong("account_reason", "org.account-needs-reason"))
	}
	return f
}

// apart says which two of administrator, security officer and auditor a person would be at once.
func apart(roles []Role) (a, b string, both bool) {
	var held []string
	for _, r := range roles {
		if r.Code == "admin" || r.Code == "security" || r.Code == "auditor" {
			held = append(held, r.Code)
		}
	}
	if len(held) < 2 {
		return "", "", false
	}
	return held[0], held[1], true
}

// readRoles reads a `;`-separated list and says what is wrong with it. A unit role without a scope is for the main unit.
func readRoles(tree *Tree, mainUnit, list string, strict bool) ([]Role, []finding) {
	var roles []Role
	var f []finding
	for _, text := range split(list) {
		r, ok := ParseRole(text)
		if !ok {
			f = append(f, wrong("roles", "org.role-unknown", "value", text))
			continue
		}
		r, key := r.scoped(mainUnit)
		if key != "" {
			f = append(f, wrong("roles", key, "value", text))
			continue
		}
		if r.Scope != "" && r.Code != "owner" {
			u, ok := tree.ByCode(r.Scope)
			if !ok {
				f = append(f, wrong("roles", "org.role-scope-unknown", "value", text, "unit", r.Scope))
				continue
			}
			r.Unit = u.ID
		}
		if !slices.Contains(roles, r) {
			roles = append(roles, r)
		}
	}
	if a, b, both := apart(roles); strict && both {
		f = append(f, wrong("roles", "org.roles-apart", "a", a, "b", b))
	}
	sortRoles(roles)
	return roles, f
}

func sortRoles(roles []Role) {
	sorting.By(roles, func(a, b Role) int {
		if c := strings.Compare(a.Code, b.Code); c != 0 {
			return c
		}
		return strings.Compare(a.Scope, b.Scope)
	})
}

func writeRoles(roles []Role) string {
	list := make([]string, len(roles))
	for i, r := range roles {
		list[i] = r.String()
	}
	return strings.Join(list, ";")
}

// mayGive: roles that reach the whole company are the security officer's to give and take; everything else is the
// administrator's. The machine itself and a file on its command line may do both.
func mayGive(a actor.Actor, old, next []Role) []finding {
	if a.System || a.Import && a.Person == 0 || a.Has("security") && a.Has("admin") {
		return nil
	}
	var f []finding
	for _, r := range changed(old, next) {
		switch {
		case slices.Contains(companyRoles, r.Code) && !a.Has("security"):
			f = append(f, wrong("roles", "org.role-needs-security", "value", r.String()))
		case slices.Contains(unitRoles, r.Code) && !a.Has("admin"):
			f = append(f, wrong("roles", "org.role-needs-admin", "value", r.String()))
		}
	}
	return f
}

// changed lists the roles that only one of the two has.
func changed(old, next []Role) []Role {
	var out []Role
	for _, r := range old {
		if !slices.Contains(next, r) {
			out = append(out, r)
		}
	}
	for _, r := range next {
		if !slices.Contains(old, r) {
			out = append(out, r)
		}
	}
	return out
}
