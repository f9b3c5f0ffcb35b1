package org

import (
	"slices"

	"neike/internal/kit/actor"
)

// mayChangeRole says what keeps the actor from giving the person this role or taking it away.
func mayChangeRole(a actor.Actor, p Person, r Role, tree *Tree) []finding {
	if own := ownRole(a, p.ID, []Role{r}); own != nil {
		return own
	}
	if delegated(a, p, r, tree) {
		return nil
	}
	return mayGive(a, nil, []Role{r})
}

// ownRole: nobody gives or takes a company-wide role of their own, whatever else they may.
func ownRole(a actor.Actor, person ID, changed []Role) []finding {
	if a.System || a.Person == 0 || a.Person != person {
		return nil
	}
	for _, r := range changed {
		if slices.Contains(companyRoles, r.Code) {
			return []finding{wrong("roles", "org.role-own", "value", r.String())}
		}
	}
	return nil
}

// delegated: whoever heads a unit names the agents and secretaries of it and of what lies below, among the people there.
func delegated(a actor.Actor, p Person, r Role, tree *Tree) bool {
	if r.Code != "agent" && r.Code != "secretary" || r.Unit == 0 {
		return false
	}
	for _, g := range a.Groups {
		if g.Role == "head" && tree.Under(r.Unit, g.ID) && tree.Under(p.Unit, g.ID) {
			return true
		}
	}
	return false
}

const maxReason = 500

// checkReason: a change of rights says why, in up to 500 characters.
func checkReason(text string) []finding {
	if text == "" {
		return []finding{wrong("reason", "org.reason-needed")}
	}
	return checkText("reason", text, maxReason)
}

// MayChangeRole says whether the actor may give the person this role or take it away.
func MayChangeRole(a actor.Actor, p Person, r Role, tree *Tree) bool {
	return len(mayChangeRole(a, p, r, tree)) == 0
}
