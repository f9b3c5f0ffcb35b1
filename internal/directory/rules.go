package directory

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"neike/internal/kit/chat"
	"neike/internal/kit/fault"
	"neike/internal/kit/ldap"
)

// The kinds of connections.
const (
	KindWeCom    = "wecom"
	KindFeishu   = "feishu"
	KindDingTalk = "dingtalk"
	KindLDAP     = "ldap"
	KindOIDC     = "oidc"
)

// Kinds lists them.
var Kinds = []string{KindWeCom, KindFeishu, KindDingTalk, KindLDAP, KindOIDC}

// Use is what a connection may be used for.
type Use struct{ SignIn, Sync, Notify bool }

// Uses says what a kind of connection can do.
func Uses(kind string) Use {
	switch kind {
	case KindWeCom, KindFeishu, KindDingTalk:
		return Use{true, true, true}
	case KindLDAP:
		return Use{SignIn: true, Sync: true}
	}
	return Use{SignIn: kind == KindOIDC}
}

// Field is one setting of a kind of connection.
type Field struct {
	Name     string
	Required bool
	Secret   bool
	Advanced bool   // needed by few: private installations, proxies
	Sort     string // "": text; "url", "yes", "proxy", "long"
	Preset   string // what holds when it is empty
}

var chatFields = []Field{
	{Name: "corp", Required: true}, {Name: "app", Required: true}, {Name: "secret", Required: true, Secret: true},
	{Name: "token", Secret: true}, {Name: "key", Secret: true},
}

var chatAdvanced = []Field{
	{Name: "api", Advanced: true, Sort: "url"}, {Name: "accounts", Advanced: true, Sort: "url"},
	{Name: "proxy", Advanced: true, Sort: "proxy"}, {Name: "private", Advanced: true, Sort: "yes"},
}

// FieldsOf lists the settings of a kind in the order of its form.
func FieldsOf(kind string) []Field {
	switch kind {
	case KindWeCom:
		return slices.Concat(chatFields, []Field{{Name: "no_field"}}, chatAdvanced)
	case KindFeishu:
		open := slices.Clone(chatFields)
		open[0].Required = false
		return slices.Concat(open, chatAdvanced)
	case KindDingTalk:
		return slices.Concat(chatFields, []Field{{Name: "agent"}}, chatAdvanced)
	case KindLDAP:
		return ldapFields
	case KindOIDC:
		return []Field{{Name: "issuer", Required: true, Sort: "url"}, {Name: "app", Required: true}, {Name: "secret", Required: true, Secret: true},
			{Name: "scopes", Preset: "openid profile email"}, {Name: "no_claim", Preset: "employee_no"}, {Name: "mail_claim", Preset: "email"},
			{Name: "proxy", Advanced: true, Sort: "proxy"}, {Name: "private", Advanced: true, Sort: "yes"}}
	}
	return nil
}

var ldapFields = []Field{
	{Name: "url", Required: true, Sort: "url"}, {Name: "start_tls", Sort: "yes"}, {Name: "bind_dn", Required: true}, {Name: "secret", Required: true, Secret: true},
	{Name: "base", Required: true}, {Name: "preset", Preset: "openldap"}, {Name: "user_filter"}, {Name: "unit_filter", Advanced: true},
	{Name: "attr_id", Advanced: true}, {Name: "attr_no", Advanced: true}, {Name: "attr_name", Advanced: true}, {Name: "attr_name_en", Advanced: true},
	{Name: "attr_mail", Advanced: true}, {Name: "attr_phone", Advanced: true}, {Name: "attr_position", Advanced: true}, {Name: "attr_manager", Advanced: true},
	{Name: "attr_unit", Advanced: true}, {Name: "unit_base", Advanced: true}, {Name: "plain", Advanced: true, Sort: "yes"},
	{Name: "ca", Advanced: true, Sort: "long"},
}

// setting is a value of the connection, or what holds when it is empty.
func (c Connection) setting(name string) string {
	if v := c.Settings[name]; v != "" {
		return v
	}
	for _, f := range FieldsOf(c.Kind) {
		if f.Name == name {
			return f.Preset
		}
	}
	return ""
}

// Owned lists what a directory may say of people and units, in the order of the form.
var Owned = []string{"unit", "more_units", "position", "manager", "dotted_managers", "name", "name_en", "phone", "email", "active", "unit_name", "unit_parent", "unit_head"}

// Rules say what a directory decides here.
type Rules struct {
	Root      string   `json:"root,omitempty" form:"root" doc:"Code of the unit under which the topmost departments come; empty: the top"`
	NewUnits  string   `json:"new_units,omitempty" form:"new_units" enum:"ask,create,ignore" doc:"A department that is not known here; default ask"`
	NewPeople bool     `json:"new_people,omitempty" form:"new_people" doc:"Somebody who is not known here is taken in"`
	Number    string   `json:"number,omitempty" form:"number" enum:"no,userid" doc:"What the 工号 is: the directory's number, or the account's id; default no"`
	ByPhone   bool     `json:"by_phone,omitempty" form:"by_phone" doc:"Link people by their phone number, too"`
	ByMail    bool     `json:"by_mail,omitempty" form:"by_mail" doc:"Link people by their mail address, too"`
	Owns      []string `json:"owns,omitempty" form:"owns" nullable:"false" doc:"What the directory decides; the rest the company keeps itself"`
	Close     bool     `json:"close,omitempty" form:"close" doc:"A unit whose department is gone ends, once it is empty"`
	Every     string   `json:"every,omitempty" form:"every" enum:"day,week" doc:"When a sync begins by itself; empty: never"`
	Hour      int      `json:"hour,omitempty" form:"hour" minimum:"0" maximum:"23" doc:"Hour of the day in the company's zone"`
	Apply     bool     `json:"apply,omitempty" form:"apply" doc:"A scheduled sync is applied by itself when nothing needs a decision"`
	Percent   int      `json:"percent,omitempty" form:"percent" minimum:"1" maximum:"100" doc:"Above this share of the people nobody is stopped without a decision, but for up to 5 who are less than a third; default 5"`
}

// DefaultRules are where a new connection begins.
func DefaultRules() Rules {
	return Rules{NewPeople: true, Owns: slices.Clone(Owned), Hour: 2}.filled()
}

func (r Rules) filled() Rules {
	if r.NewUnits == "" {
		r.NewUnits = "ask"
	}
	if r.Number == "" {
		r.Number = "no"
	}
	if r.Percent == 0 {
		r.Percent = 5
	}
	return r
}

func (r Rules) owns(what string) bool { return slices.Contains(r.Owns, what) }

// checkConnection says all that is wrong with a connection by itself. typed is what was sent, to name what is not one of
// the kind's settings.
func checkConnection(c Connection, main string, typed map[string]string) fault.Fields {
	var f fault.Fields
	if !slices.Contains(Kinds, c.Kind) {
		f.Add("kind", "directory.kind-unknown", "value", c.Kind)
		return f
	}
	if l := c.Name.Lacks(main); l != "" {
		f.Add("name_"+l, "directory.required")
	}
	for name, text := range map[string]string{"name_zh": c.Name.Zh, "name_en": c.Name.En} {
		if utf8.RuneCountInString(text) > 60 {
			f.Add(name, "directory.too-long", "max", 60)
		}
	}
	can := Uses(c.Kind)
	for name, no := range map[string]bool{"sign_in": c.SignIn && !can.SignIn, "sync": c.Sync && !can.Sync, "notify": c.Notify && !can.Notify} {
		if no {
			f.Add(name, "directory.cannot")
		}
	}
	fields := FieldsOf(c.Kind)
	for _, field := range fields {
		checkField(&f, c, field)
	}
	for name := range typed {
		if typed[name] != "" && !slices.ContainsFunc(fields, func(x Field) bool { return x.Name == name && !x.Secret }) {
			f.Add("settings."+name, "directory.setting-unknown", "value", name)
		}
	}
	for _, name := range c.Sealed {
		if !slices.ContainsFunc(fields, func(x Field) bool { return x.Name == name && x.Secret }) {
			f.Add("secrets."+name, "directory.setting-unknown", "value", name)
		}
	}
	if c.Kind == KindLDAP {
		checkLDAP(&f, c)
	}
	checkRules(&f, c.Rules)
	return f
}

// checkLDAP says what no server would understand.
func checkLDAP(f *fault.Fields, c Connection) {
	if !slices.Contains(ldap.Kinds, c.setting("preset")) {
		f.Add("settings.preset", "directory.preset-unknown")
	}
	for _, x := range []struct {
		key   string
		ok    func(string) bool
		names []string
	}{{"directory.dn-malformed", ldap.IsDN, []string{"base", "unit_base"}}, {"directory.filter-malformed", ldap.IsFilter, []string{"user_filter", "unit_filter"}},
		{"directory.ca-malformed", ldap.IsCA, []string{"ca"}}} {
		for _, name := range x.names {
			if v := c.Settings[name]; v != "" && !x.ok(v) {
				f.Add("settings."+name, x.key, "value", v)
			}
		}
	}
	if v := c.Settings["url"]; strings.HasPrefix(v, "ldap:") && c.Settings["start_tls"] == "" && c.Settings["plain"] == "" {
		f.Add("settings.start_tls", "directory.not-encrypted")
	}
}

func checkField(f *fault.Fields, c Connection, field Field) {
	if field.Secret {
		if field.Required && !slices.Contains(c.Sealed, field.Name) {
			f.Add("secrets."+field.Name, "directory.required")
		}
		return
	}
	name, v := "settings."+field.Name, c.Settings[field.Name]
	most := 500
	if field.Sort == "long" {
		most = 20_000
	}
	switch {
	case v == "" && field.Required:
		f.Add(name, "directory.required")
	case v == "":
	case utf8.RuneCountInString(v) > most:
		f.Add(name, "directory.too-long", "max", most)
	case strings.ContainsFunc(v, func(r rune) bool { return r < ' ' && (field.Sort != "long" || r != '\n') }):
		f.Add(name, "directory.unreadable")
	case field.Sort == "yes" && v != "true":
		f.Add(name, "directory.yes-or-nothing")
	case field.Sort == "url" && !addressOK(v, schemesOf(c)), field.Sort == "proxy" && !addressOK(v, []string{"http", "https", "socks5"}):
		f.Add(name, "directory.address-malformed", "value", v)
	}
}

// schemesOf are how a server may be reached: without encryption only inside the company, when somebody has said so.
func schemesOf(c Connection) []string {
	switch {
	case c.Kind == KindLDAP:
		return []string{"ldap", "ldaps"}
	case c.Settings["private"] == "true":
		return []string{"https", "http"}
	}
	return []string{"https"}
}

func addressOK(text string, schemes []string) bool {
	u, err := url.Parse(text)
	return err == nil && slices.Contains(schemes, u.Scheme) && u.Hostname() != "" && u.User == nil && u.Fragment == "" && u.RawQuery == ""
}

func checkRules(f *fault.Fields, r Rules) {
	one := func(name, value string, of ...string) {
		if !slices.Contains(of, value) {
			f.Add("rules."+name, "directory.choice-unknown", "value", value)
		}
	}
	one("new_units", r.NewUnits, "ask", "create", "ignore")
	one("number", r.Number, "no", "userid")
	one("every", r.Every, "", "day", "week")
	for _, name := range r.Owns {
		if !slices.Contains(Owned, name) {
			f.Add("rules.owns", "directory.choice-unknown", "value", name)
		}
	}
	if r.Hour < 0 || r.Hour > 23 {
		f.Add("rules.hour", "directory.hour-malformed", "value", r.Hour)
	}
	if r.Percent < 1 || r.Percent > 100 {
		f.Add("rules.percent", "directory.percent-malformed", "value", r.Percent)
	}
}

// nextRun is when a connection's next scheduled sync begins: at the hour of the day, a weekly one on Saturday. The minute
// comes from the id, so that not all apps of the world call on the hour.
func nextRun(c Connection, now time.Time, zone *time.Location) time.Time {
	if c.Rules.Every == "" || !c.Sync || !c.Active() {
		return time.Time{}
	}
	at := now.In(zone)
	at = time.Date(at.Year(), at.Month(), at.Day(), c.Rules.Hour, 3+int(c.ID%50), 0, 0, zone)
	for !at.After(now) || c.Rules.Every == "week" && at.Weekday() != time.Saturday {
		at = at.AddDate(0, 0, 1)
	}
	return at.UTC()
}

// least is how many people may leave without a decision as long as they are not a third of all.
const least = 5

// needsHuman says whether stopping so many people of those linked waits for a person: more than the share allows and more
// than a handful or than a third, or anybody at all while only a part of the company is in sight.
func needsHuman(leaving, linked, percent int, whole bool) bool {
	if leaving == 0 {
		return false
	}
	return !whole || leaving*100 > linked*percent && (leaving > least || leaving*3 > linked)
}

// subjectKey is how subjects are told apart: platforms write them in capitals here and in small letters there.
func subjectKey(subject string) string { return strings.ToLower(strings.TrimSpace(subject)) }

// shortID is how long an id of a department may be that people can read in a code.
const shortID = 12

// unitCode is a code for a department that is made here: the company's own when it has one that may stand as a code, a
// short id behind the kind, and else its name, behind the code above where that is in use. A code stands in addresses,
// sheets and reports: ids of 32 signs are none. taken are codes that are in use.
func unitCode(kind string, d chat.Department, above string, taken func(string) bool) string {
	wanted := []string{plainCode(d.Code)}
	if len(d.ID) > shortID {
		name := cmp.Or(d.Name, d.NameEn)
		wanted = append(wanted, plainCode(name), plainCode(above+"-"+name))
	}
	wanted = append(wanted, plainCode(kind+"-"+d.ID))
	for _, code := range wanted {
		if code != "" && !taken(code) {
			return code
		}
	}
	for n, base := 2, wanted[len(wanted)-1]; ; n++ {
		if code := base + "-" + strconv.Itoa(n); !taken(code) {
			return code
		}
	}
}

// plainCode keeps what may stand in a code of a unit.
func plainCode(text string) string {
	var b strings.Builder
	for _, r := range strings.TrimSpace(text) {
		switch {
		case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r == '.', r == '-', r == '_', r > 0x3000 && r < 0xa000:
			b.WriteRune(r)
		case b.Len() > 0:
			b.WriteByte('-')
		}
	}
	code := strings.Trim(b.String(), "-")
	if runes := []rune(code); len(runes) > 56 {
		code = strings.Trim(string(runes[len(runes)-56:]), "-")
	}
	return code
}
