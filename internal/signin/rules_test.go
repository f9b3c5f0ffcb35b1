package signin

import (
	"strings"
	"testing"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
)

func TestTries(t *testing.T) {
	start := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name   string
		at     []time.Duration // of wrong passwords
		now    time.Duration
		left   int
		locked time.Duration
	}{
		{"one leaves four", []time.Duration{0}, 0, 4, 0},
		{"four leave one", []time.Duration{0, 1, 2, 3}, 3, 1, 0},
		{"five lock for a quarter of an hour", []time.Duration{0, 1, 2, 3, 4}, 4, 5, LockTime},
		{"the lock ends", []time.Duration{0, 0, 0, 0, 0}, LockTime, 5, 0},
		{"old ones are forgotten", []time.Duration{0, 1, 2, 3, 3 + LockTime + 1}, LockTime * 2, 4, 0},
		{"a pause just too short forgets nothing", []time.Duration{0, 1, 2, 3, 3 + LockTime}, 3 + LockTime, 5, LockTime},
	} {
		t.Run(c.name, func(t *testing.T) {
			var x try
			for _, at := range c.at {
				x = x.fail(start.Add(at))
			}
			if x.left() != c.left || x.locked(start.Add(c.now)) != c.locked {
				t.Errorf("left %d, locked %s", x.left(), x.locked(start.Add(c.now)))
			}
		})
	}
}

func TestPasswords(t *testing.T) {
	own := []string{"10372", "周敏", "Zhou Min", "13812345678", "zhoumin@example.com"}
	for _, c := range []struct{ name, password, want string }{
		{"a sentence", "下一道工序就是我们的客户", ""},
		{"eight signs that mean nothing", "k7#vQ2mz", ""},
		{"too short", "k7#vQ2m", "signin.too-short"},
		{"eight Chinese characters count as eight", "一二三四五六七八", ""},
		{"longer than anybody types", strings.Repeat("ab", 100), "signin.too-long"},
		{"known to everybody", "Password1", "signin.too-common"},
		{"one sign", "aaaaaaaaa", "signin.too-common"},
		{"signs in a row", "23456789", "signin.too-common"},
		{"signs in a row, down", "hgfedcba", "signin.too-common"},
		{"one's own phone", "13812345678", "signin.too-personal"},
		{"one's own name with a year", "zhou min01", "signin.too-personal"},
		{"one's own number inside a sentence", "my desk is 10372 west", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var f fault.Fields
			Policy{}.measures().checkPassword(&f, "password", c.password, own...)
			got := ""
			if f.Len() > 0 {
				got = f.All()[0].Key
			}
			if got != c.want {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestScopes(t *testing.T) {
	person, admin := actor.Actor{Person: 1}, actor.Actor{Person: 1, Roles: []string{"admin"}}
	token := actor.Actor{Person: 1, Roles: []string{"admin"}, Token: 5, Scopes: []string{"read"}}
	for _, c := range []struct {
		name   string
		who    actor.Actor
		asked  string
		got    string
		refuse int
	}{
		{"none asked means read and write", person, "", "read write", 0},
		{"a person may not import", person, "read import", "read import", 1},
		{"the administrator may", admin, "admin import", "import admin", 0},
		{"a token gives no more than it has", token, "read write", "read write", 1},
		{"a scope that does not exist", admin, "root", "", 1},
		{"the system gives all", actor.Actor{System: true}, "read write import admin", "read write import admin", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			var f fault.Fields
			got := tokenScopes(&f, strings.Fields(c.asked), c.who)
			if strings.Join(got, " ") != c.got || f.Len() != c.refuse {
				t.Errorf("got %v, %d refused", got, f.Len())
			}
		})
	}
}

func TestWhoMayHandleAnAccount(t *testing.T) {
	person := target{person: actor.Actor{Person: 9}}
	ours := target{person: actor.Actor{Person: 9}, ours: true}
	active := target{person: actor.Actor{Person: 9}, ours: true, password: true}
	boss := target{person: actor.Actor{Person: 9, Groups: []actor.Group{{ID: 3, Role: "head"}}}, ours: true, password: true}
	led := target{person: boss.person, led: true, password: true}
	auditor := target{person: actor.Actor{Person: 9, Roles: []string{"quality"}}, ours: true, led: true}
	glass := target{person: actor.Actor{Person: 9, Roles: []string{"admin"}}, glass: true}
	officer := target{person: actor.Actor{Person: 9, Roles: []string{"security"}}}
	for _, c := range []struct {
		name            string
		who             actor.Actor
		t               target
		activate, reset bool
	}{
		{"anybody may nothing", actor.Actor{Person: 1}, person, false, false},
		{"a secretary activates who has no password yet", actor.Actor{Person: 1}, ours, true, true},
		{"a secretary resets people of the unit", actor.Actor{Person: 1}, active, true, true},
		{"a secretary does not take over a head", actor.Actor{Person: 1}, boss, false, false},
		{"nor the own account without its password", actor.Actor{Person: 9}, active, false, false},
		{"nor a holder of a company-wide role, not even the first time", actor.Actor{Person: 1}, auditor, false, false},
		{"a head resets a head below", actor.Actor{Person: 1}, led, true, true},
		{"the administrator does not take over the emergency account", actor.Actor{Person: 1, Roles: []string{"admin"}}, glass, false, false},
		{"the administrator may both", actor.Actor{Person: 1, Roles: []string{"admin"}}, active, true, true},
		{"the administrator does not take over the security officer", actor.Actor{Person: 1, Roles: []string{"admin"}}, officer, false, false},
		{"the security officer may", actor.Actor{Person: 1, Roles: []string{"security"}}, officer, true, true},
		{"the command line may", actor.Actor{System: true}, officer, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if a, r := mayActivate(c.who, c.t), mayReset(c.who, c.t); a != c.activate || r != c.reset {
				t.Errorf("activate %v, reset %v", a, r)
			}
		})
	}
}

func TestNormal(t *testing.T) {
	for in, want := range map[string]string{
		" 10372 ": "10372", "007": "007", "Zhou.Min@Example.com": "zhou.min@example.com",
		"+86 138-1234-5678": "13812345678", "８６１３８１２３４５６７８": "13812345678", "0086 138.1234.5678": "13812345678",
		"\u202d+86 138\u00a01234\u00a05678\u202c": "13812345678", "138\u20131234\u20145678": "13812345678", "007\u200b": "007", "00 7": "007", "张\u201407": "张-07", "138 1234 5678": "13812345678", "AB12": "ab12",
	} {
		if got := normal(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestGuard(t *testing.T) {
	g := newGuard()
	now := time.Now()
	g.now = func() time.Time { return now }
	for range freeStrikes {
		if g.wait("a") != 0 {
			t.Fatal("the first ones are free: many people share an address")
		}
		g.failed("a")
	}
	first := g.wait("a")
	g.failed("a")
	if second := g.wait("a"); first <= 0 || second <= first || g.wait("b") != 0 {
		t.Errorf("waits %s, then %s; another address %s", first, second, g.wait("b"))
	}
	now = now.Add(time.Hour)
	if g.wait("a") != 0 {
		t.Error("an hour later all is forgiven")
	}
}

func TestDevice(t *testing.T) {
	b, s := device("Mozilla/5.0 (iPhone; CPU iPhone OS 16_0 like Mac OS X) AppleWebKit/605 Mobile wxwork/4.1 MicroMessenger/7.0 Safari")
	if b != "WeCom" || s != "iPhone" {
		t.Errorf("%s %s", b, s)
	}
}
