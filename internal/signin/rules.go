package signin

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
)

// The numbers of the room.
const (
	MaxTries    = 5                    // wrong passwords in a row
	LockTime    = 15 * time.Minute     // that an account stays locked, and after which tries are forgotten
	LinkLife    = 7 * 24 * time.Hour   // of an activation link
	CodeLife    = 72 * time.Hour       // of a temporary code
	SessionIdle = 30 * 24 * time.Hour  // that a browser may stay away
	SessionLife = 180 * 24 * time.Hour // at most, whatever it does
	DeviceLife  = 365 * 24 * time.Hour // that a browser nobody signs in with is known
	MinPassword = 8                    // characters
	MaxPassword = 128

	maxTokenName = 100  // characters
	maxTokenDays = 3660 // ten years
)

// Scopes of a token, from the least.
var Scopes = []string{"read", "write", "import", "admin"}

// try is what is known about wrong passwords for one name.
type try struct {
	failed int
	until  time.Time // locked
	at     time.Time // last
}

// locked is how long the name stays locked; 0 when it is not.
func (t try) locked(now time.Time) time.Duration { return max(0, t.until.Sub(now)) }

// fail counts one more wrong password. Old ones are forgotten.
func (t try) fail(now time.Time) try {
	if now.Sub(t.at) > LockTime {
		t = try{}
	}
	t.failed++
	t.at = now
	if t.failed >= MaxTries {
		t.until = now.Add(LockTime)
		t.failed = 0
	}
	return t
}

// left is how many tries there are before the name is locked.
func (t try) left() int { return MaxTries - t.failed }

// wrong is the answer to a wrong password, the same for a name that nobody has. A phone number may belong to several
// people: then it names nobody, and whoever types one is told what else to type.
func (t try) wrong(now time.Time, phone bool) error {
	if wait := t.locked(now); wait > 0 {
		return locked(wait)
	}
	key := "signin.wrong"
	if phone {
		key = "signin.wrong-phone"
	}
	var f fault.Fields
	f.Add("password", key, "count", t.left(), "minutes", int(LockTime.Minutes()))
	return f.Err()
}

func locked(wait time.Duration) error {
	var f fault.Fields
	f.Add("password", "signin.locked", "count", int(wait.Minutes())+1)
	err, _ := fault.As(f.Err())
	err.RetryAfter = wait
	return err
}

// known passwords of a kind that guessing begins with.
var common = []string{
	"12345678", "123456789", "1234567890", "password", "password1", "passw0rd", "qwertyui", "qwerty123", "qwertyuiop",
	"11111111", "88888888", "00000000", "66666666", "87654321", "abcd1234", "abc12345", "a1234567", "aa123456",
	"1qaz2wsx", "iloveyou", "woaini1314", "5201314520", "147258369", "admin123", "administrator", "welcome1", "letmein1",
}

// checkPassword collects what is wrong with a new password. Long is what counts; classes of signs are asked for only by
// the strict policy. own are words that belong to the person: 工号, name, phone, mail.
func (m measures) checkPassword(f *fault.Fields, name, password string, own ...string) {
	n := utf8.RuneCountInString(password)
	low := strings.ToLower(password)
	switch {
	case n < m.length:
		f.Add(name, "signin.too-short", "count", m.length)
	case n > MaxPassword:
		f.Add(name, "signin.too-long", "count", MaxPassword)
	case slices.Contains(common, low) || oneSign(low) || steps(low):
		f.Add(name, "signin.too-common")
	case classes(password) < m.classes:
		f.Add(name, "signin.too-plain", "count", m.classes)
	default:
		for _, word := range own {
			word = strings.ToLower(word)
			if utf8.RuneCountInString(word) >= 4 && strings.Contains(low, word) && n-utf8.RuneCountInString(word) < 4 {
				f.Add(name, "signin.too-personal")
				return
			}
		}
	}
}

// classes counts the kinds of signs: small letters, capitals, digits, others (Han characters are others).
func classes(password string) int {
	var small, capital, digit, other int
	for _, r := range password {
		switch {
		case r >= 'a' && r <= 'z':
			small = 1
		case r >= 'A' && r <= 'Z':
			capital = 1
		case r >= '0' && r <= '9':
			digit = 1
		default:
			other = 1
		}
	}
	return small + capital + digit + other
}

func oneSign(s string) bool { return strings.Count(s, s[:1]) == len(s) }

// steps says whether every sign follows the one before, up or down.
func steps(s string) bool {
	up, down := true, true
	for i := 1; i < len(s); i++ {
		up = up && s[i] == s[i-1]+1
		down = down && s[i] == s[i-1]-1
	}
	return up || down
}

// tokenScopes checks the scopes asked for a token: none means read and write; import and admin need the
// administrator; a token gives no more than it has.
func tokenScopes(f *fault.Fields, asked []string, who actor.Actor) []string {
	if len(asked) == 0 {
		asked = []string{"read", "write"}
	}
	var scopes []string
	for _, s := range Scopes {
		if slices.Contains(asked, s) {
			scopes = append(scopes, s)
		}
	}
	for _, s := range asked {
		switch {
		case !slices.Contains(Scopes, s):
			f.Add("scopes", "signin.no-such-scope", "scope", s)
		case who.System:
		case (s == "import" || s == "admin") && !who.Has("admin"), who.Token != 0 && !slices.Contains(who.Scopes, s):
			f.Add("scopes", "signin.scope-refused", "scope", s)
		}
	}
	return scopes
}

// tokenName is a name of at most maxTokenName characters.
func tokenName(f *fault.Fields, name string) string {
	name = strings.TrimSpace(name)
	if name == "" {
		f.Add("name", "signin.token-name-missing")
	} else if utf8.RuneCountInString(name) > maxTokenName {
		f.Add("name", "signin.token-name-long", "count", maxTokenName)
	}
	return name
}

// tokenEnd is the end of a token that works for as many days as were typed; zero when nothing was: it has no end.
func tokenEnd(f *fault.Fields, days string, now time.Time) time.Time {
	if days = strings.TrimSpace(days); days == "" {
		return time.Time{}
	}
	n, err := strconv.Atoi(days)
	if err != nil || n < 1 || n > maxTokenDays {
		f.Add("days", "signin.token-days", "count", maxTokenDays)
		return time.Time{}
	}
	return now.AddDate(0, 0, n)
}

// target is the person whose account is handled.
type target struct {
	person   actor.Actor
	password bool // has chosen one
	ours     bool // belongs to a unit of which the actor is secretary
	led      bool // belongs to a unit of which the actor is head
	glass    bool // is the emergency account
}

// mayActivate says whether the actor may give a person the means to set a first password. Secretary and head may for
// people of their unit who have none yet.
func mayActivate(who actor.Actor, t target) bool {
	return mayReset(who, t) || (t.ours || t.led) && !t.password && len(t.person.Roles) == 0
}

// mayReset says whether the actor may set a new password in motion. The administrator may not take over those who watch
// over the house, nor the emergency account. A head may for people of the unit, a secretary for those who are not heads
// themselves; neither for holders of company-wide roles, nor for themselves: who has the password changes it with it.
func mayReset(who actor.Actor, t target) bool {
	own := who.Person != 0 && t.person.Person == who.Person
	switch {
	case who.System, who.Has("security"):
		return true
	case who.Has("admin"):
		return !t.glass && !t.person.Has("security") && !t.person.Has("auditor") || own
	case own || len(t.person.Roles) > 0:
		return false
	default:
		return t.led || t.ours && !heads(t.person)
	}
}

// heads says whether somebody is head of any unit.
func heads(a actor.Actor) bool {
	return slices.ContainsFunc(a.Groups, func(g actor.Group) bool { return g.Role == "head" })
}

// normal is a login as it is compared and counted: narrow, small, without spaces, a phone number without signs and the
// country's +86.
func normal(login string) string {
	login = strings.ToLower(strings.Join(strings.Fields(lang.Narrow(login)), ""))
	if !isPhone(login) {
		return login
	}
	digits := strings.Map(dropPhoneSigns, login)
	for _, country := range []string{"+86", "0086", "86"} {
		if rest, ok := strings.CutPrefix(digits, country); ok && len(rest) == 11 {
			return rest
		}
	}
	return digits
}

// isPhone says whether a login looks like a phone number: eleven digits or more with the usual signs between.
func isPhone(login string) bool {
	digits := strings.Map(dropPhoneSigns, strings.TrimSpace(lang.Narrow(login)))
	return len(digits) >= 11 && strings.Trim(strings.TrimPrefix(digits, "+"), "0123456789") == ""
}

func dropPhoneSigns(r rune) rune {
	if r == ' ' || r == '-' || r == '(' || r == ')' || r == '.' {
		return -1
	}
	return r
}

// device names a browser from its User-Agent: "Chrome · Windows".
func device(agent string) (browser, system string) {
	for _, b := range [][2]string{{"wxwork", "WeCom"}, {"MicroMessenger", "WeChat"}, {"DingTalk", "DingTalk"}, {"Lark", "Feishu"}, {"Edg", "Edge"},
		{"Firefox", "Firefox"}, {"Chrome", "Chrome"}, {"Safari", "Safari"}} {
		if strings.Contains(agent, b[0]) {
			browser = b[1]
			break
		}
	}
	for _, s := range [][2]string{{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"Mac OS", "macOS"}, {"Linux", "Linux"}} {
		if strings.Contains(agent, s[0]) {
			system = s[1]
			break
		}
	}
	return browser, system
}

// daysOf is for how long a poster works; "" is PosterDays.
func daysOf(f *fault.Fields, days string) int {
	if days = strings.TrimSpace(days); days == "" {
		return PosterDays
	}
	n, err := strconv.Atoi(days)
	if err != nil || n < 1 || n > maxPosterDays {
		f.Add("days", "signin.poster-days", "count", maxPosterDays)
	}
	return n
}
