package actor

import "testing"

func TestActor(t *testing.T) {
	a := Actor{Person: 1, Groups: []Group{{ID: 7, Role: "member"}, {ID: 9, Role: "owner"}}, Roles: []string{"quality"}}
	token := Actor{Person: 1, Token: 3, Scopes: []string{"read"}}
	for _, c := range []struct {
		name      string
		got, want bool
	}{
		{"a member is in the unit", a.In(7), true},
		{"a member is no head", a.In(7, "head", "agent"), false},
		{"owning a service is no membership", a.In(9), false},
		{"owner by name", a.In(9, "owner"), true},
		{"company role", a.Has("quality"), true},
		{"other company role", a.Has("admin"), false},
		{"a session writes", a.Allows("write"), true},
		{"a session does not import", a.Allows("import"), false},
		{"a token reads what it may", token.Allows("read"), true},
		{"a token without the scope", token.Allows("write"), false},
		{"nobody is unknown", From(t.Context()).Known(), false},
		{"the system is known", From(System(t.Context())).Known(), true},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %v", c.name, c.got)
		}
	}
}
