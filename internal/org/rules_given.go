package org

import (
	"slices"

	"neike/internal/kit/actor"
)

// mayChangeRole says what keeps the actor from giving the person, who belongs to these units, this role. To take it away
// the units do not count: give nil.
func mayChangeRole(a actor.Actor, p Person, units []ID, r Role, tree *Tree) []finding {
	if own := ownRole(a, p.ID, []Role{r}); own != nil {
		return own
	}
	if delegated(a, units, r, tree) {
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

// delegated: whoever heads a unit names the agents and secretaries of it and of what lies below, among the people there,
// also those for whom it is not the main unit; units nil: the role is taken away, from whomever.
func delegated(a actor.Actor, units []ID, r Role, tree *Tree) bool {
	if !slices.Contains(namedRoles, r.Code) || r.Unit == 0 {
		return false
	}
	for _, g := range a.Groups {
		under := func(unit ID) bool { return tree.Under(unit, g.ID) }
		if g.Role == "head" && under(r.Unit) && (units == nil || slices.ContainsFunc(units, under)) {
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

// MayTakeRole says whether the actor may take this role away from the person.
func MayTakeRole(a actor.Actor, p Person, r Role, tree *Tree) bool {
	return len(mayChangeRole(a, p, nil, r, tree)) == 0
}
