package relation

// Side is who speaks about an edge.
type Side string

// The sides.
const (
	Provider Side = "provider"
	Customer Side = "customer"
	Office   Side = "office" // quality: asks both sides, and rules where they differ
)

// Says is what a side says of an edge.
type Says string

// What can be said: that it exists, that it does not, and, by the office, the question.
const (
	Yes  Says = "yes"
	No   Says = "no"
	Asks Says = "asks"
)

// Standing is how an edge stands between its two sides.
type Standing string

// The standings. Unspoken: work runs over it or the catalogue declares it, and neither side has said a word.
const (
	Unspoken  Standing = ""
	Proposed  Standing = "proposed"  // one side, or the office, waits for the other
	Confirmed Standing = "confirmed" // both say so, or the office ruled so
	Disputed  Standing = "disputed"  // one says yes and the other no, or one says no of what is there
	Ended     Standing = "ended"     // both say no, or the office ruled so, or whoever proposed it took it back
)

// Standings lists them in the order of lists.
var Standings = []Standing{Proposed, Disputed, Unspoken, Confirmed, Ended}

// said is the last word of each side; "" is none.
type said map[Side]Says

// standingOf is what the words come to. there says that work runs over the edge, or that the catalogue declares it. Where both
// sides say the same, that is what counts, whatever the office ruled before.
func standingOf(w said, there bool) Standing {
	provider, customer := w[Provider], w[Customer]
	switch {
	case provider == Yes && customer == Yes:
		return Confirmed
	case provider == No && customer == No:
		return Ended
	case w[Office] == Yes:
		return Confirmed
	case w[Office] == No:
		return Ended
	case provider != "" && customer != "":
		return Disputed
	case provider == Yes || customer == Yes:
		return Proposed
	case provider == No || customer == No:
		if there {
			return Disputed
		}
		return Ended
	case w[Office] == Asks:
		return Proposed
	}
	return Unspoken
}

// forgets lists whose words no longer count once a side says something new. A ruling is about what the sides said before it: a
// side that changes its word reopens it. And who proposes again what both had ended asks the other side anew. The office's own
// words forget nothing.
func (w said) forgets(side Side, says Says, was Standing) []Side {
	if side == Office || w[side] == says {
		return nil
	}
	var out []Side
	if w[Office] == Yes || w[Office] == No {
		out = append(out, Office)
	}
	other := Customer
	if side == Customer {
		other = Provider
	}
	if was == Ended && says == Yes && w[other] == No && w[Office] != No {
		out = append(out, other)
	}
	return out
}

// silent are the sides that an edge waits for.
func (w said) silent(s Standing) []Side {
	if s != Proposed && s != Disputed {
		return nil
	}
	var out []Side
	for _, side := range []Side{Provider, Customer} {
		if w[side] == "" {
			out = append(out, side)
		}
	}
	return out
}

// Quiet is for how many whole months nothing was asked over a confirmed edge before it counts as quiet; Suggest how many cases
// in as long make an edge that nobody has confirmed worth a question.
const (
	Quiet   = 3
	Suggest = 2
)
