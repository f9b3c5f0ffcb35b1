package request

import (
	"neike/internal/kit/actor"
	"neike/internal/org"
)

// mayAskFor says whether a may ask for another person: a colleague of one of a's units; anybody at or below a unit that a
// heads or is secretary of; and, whoever agents for the unit that serves, anybody (a call by telephone is written down).
// The person it is for is its customer: sees it, and may withdraw it.
func mayAskFor(a, other actor.Actor, serves int64, tree *org.Tree) bool {
	if a.System || a.In(serves, "agent") {
		return true
	}
	for _, g := range a.Groups {
		switch g.Role {
		case "member":
			if g.ID == other.Unit || other.In(g.ID, "member") {
				return true
			}
		case "head", "secretary":
			if tree.Under(other.Unit, g.ID) {
				return true
			}
		}
	}
	return false
}
