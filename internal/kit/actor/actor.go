// Package actor says who asks: a person with roles, a token with scopes, or the system itself. It is
// carried by the context from the door to the last rule, so that no use case takes it as a parameter.
package actor

import (
	"context"
	"slices"
)

// Group is a membership or a scoped role: the unit (or, for "owner", the service) and the role in it.
type Group struct {
	ID   int64
	Role string // "member", "agent", "head", "secretary", "owner"
	For  int64  // the person for whom the actor has it as a deputy; 0: the actor's own
}

// Actor is who asks. The zero value is nobody, who may do nothing but what is public.
type Actor struct {
	Person   int64 // 0: nobody, or the system
	No, Name string
	NameEn   string // "": none
	Unit     int64  // main unit
	Groups   []Group
	Roles    []string // company-wide: "quality", "hr", "executive", "admin", "security", "auditor"
	Scopes   []string // of the API token: "read", "write", "import", "admin"; nil for a session
	Token    int64    // id of the API token, 0 for a session
	Session  int64    // id of the session, 0 for a token
	Viewer   int64    // person who looks with this person's eyes; nothing may be written meanwhile, 0: the person itself
	System   bool     // jobs and followers: no person behind it
	Import   bool     // token scope import, or `neike import`: may give the time and person of past events
	Unasked  bool     // the house does it in this person's name: nobody lifts a hand
	// StandsFor lists the persons for whom this one is the deputy now, in order of id.
	StandsFor []int64
	Locale    string // "zh" or "en"
	Zone      string // IANA
}

type key struct{}

// From is the actor of the context; the zero Actor when there is none.
func From(ctx context.Context) Actor {
	if a, ok := ctx.Value(key{}).(*Actor); ok {
		return *a
	}
	return Actor{}
}

// With puts the actor into the context.
func With(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, key{}, &a)
}

// System is the context of work that no person asked for.
func System(ctx context.Context) context.Context {
	return With(ctx, Actor{System: true, Locale: "zh", Zone: "Asia/Shanghai"})
}

// Known says whether there is somebody: a person or the system.
func (a Actor) Known() bool { return a.Person != 0 || a.System }

// Has says whether the actor has a company-wide role.
func (a Actor) Has(role string) bool { return slices.Contains(a.Roles, role) }

// In says whether the actor belongs to the unit, in one of the roles when roles are given.
func (a Actor) In(unit int64, roles ...string) bool {
	for _, g := range a.Groups {
		if g.ID == unit && (len(roles) == 0 && g.Role != "owner" || slices.Contains(roles, g.Role)) {
			return true
		}
	}
	return false
}

// Allows says whether the door the actor came through opens for the scope. A session opens for all but
// import; a token for its scopes.
func (a Actor) Allows(scope string) bool {
	switch {
	case scope == "" || a.System:
		return true
	case a.Token == 0:
		return scope != "import" || a.Import
	default:
		return slices.Contains(a.Scopes, scope)
	}
}

// Via names the door, for the audit trail: "web", "api", "import", "system".
func (a Actor) Via() string {
	switch {
	case a.System || a.Unasked:
		return "system"
	case a.Import:
		return "import"
	case a.Token != 0:
		return "api"
	default:
		return "web"
	}
}
