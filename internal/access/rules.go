package access

import (
	"slices"

	"neike/internal/kit/actor"
	"neike/internal/org"
)

// roles are the bits that an actor has whatever the record.
func roles(a actor.Actor) Set {
	if !a.Known() {
		return 0
	}
	set := Everyone
	for _, role := range a.Roles {
		set |= roleBit(role)
	}
	return set
}

func roleBit(role string) Set {
	switch role {
	case "quality":
		return Quality
	case "hr":
		return HR
	case "executive":
		return Executive
	case "admin":
		return Admin
	case "security":
		return Security
	case "auditor":
		return Auditor
	}
	return 0
}

// relate adds what follows from the record's grants and the organisation.
func relate(a actor.Actor, grants []Grant, tree *org.Tree, shared bool) Set {
	set := roles(a)
	inside := false
	for _, g := range grants {
		switch g.Holder.Kind {
		case "person":
			if g.Holder.ID == a.Person {
				set |= personal(g.Why)
			}
		case "unit":
			set |= byUnit(a, g, tree, shared)
			inside = inside || g.Why == WhyServes && a.In(g.Holder.ID, "member", "agent")
		case "role":
			if a.Has(g.Holder.Role) {
				set |= personal(g.Why)
			}
		}
	}
	if inside {
		set |= Insider
	}
	if inside && set.Has(Watcher) {
		set |= InsideWatcher
	}
	if set.Has(Assignee | Agent | HeadServes) { // nobody accepts their own work in the customer's place
		set &^= Delegate
	}
	return set | deputised(a, set, grants)
}

// deputised is what an actor is to a record in the place of those it stands for: their customer's and their assignee's
// part. What they merely watch stays theirs, and so does what they are named for. Whoever serves a record does not stand
// in for its customer: nobody accepts their own work.
func deputised(a actor.Actor, own Set, grants []Grant) Set {
	if len(a.StandsFor) == 0 {
		return 0
	}
	set := Set(0)
	for _, g := range grants {
		if g.Holder.Kind != "person" || !slices.Contains(a.StandsFor, g.Holder.ID) {
			continue
		}
		switch personal(g.Why) {
		case Asked:
			set |= DeputyAsks
		case Assignee:
			set |= DeputyServes
		}
	}
	if own.Has(Asked) || (own | set).Has(Assignee|Agent|HeadServes|DeputyServes) {
		set &^= DeputyAsks
	}
	return set
}

// onBehalf is the person in whose place an actor does what the rule is about; 0: the deed is the actor's own. Whoever
// has the same part in the record acts for themselves; an agent who does what is in the hands of somebody who is away,
// and whose deputy the agent is, does it for that one.
func onBehalf(a actor.Actor, rule Rule, grants []Grant, tree *org.Tree, shared bool) int64 {
	alone := a
	alone.StandsFor = nil
	alone.Groups = slices.DeleteFunc(slices.Clone(a.Groups), func(g actor.Group) bool { return g.For != 0 })
	own := relate(alone, grants, tree, shared)
	if own.Has(Asked | Assignee) {
		return 0
	}
	all := relate(a, grants, tree, shared)
	for _, p := range a.StandsFor {
		alone.StandsFor = []int64{p}
		if part := relate(alone, grants, tree, shared) & all & (DeputyAsks | DeputyServes); rule.Allow.Has(part) {
			return p
		}
	}
	if rule.Allow.Has(own) {
		return 0
	}
	for _, p := range a.StandsFor {
		alone.StandsFor = nil
		alone.Groups = slices.DeleteFunc(slices.Clone(a.Groups), func(g actor.Group) bool { return g.For != 0 && g.For != p })
		if rule.Allow.Has(relate(alone, grants, tree, shared) &^ own) {
			return p
		}
	}
	return 0
}

// personal is what a grant for the person itself makes of that person.
func personal(why string) Set {
	switch why {
	case WhyAsked, WhyOnBehalf:
		return Asked
	case WhyDelegated:
		return Delegate
	case WhyAssigned, WhyHandles:
		return Assignee
	case WhyNamed:
		return Named
	case WhyHeads:
		return HeadServes
	case WhyWatches, WhyMentioned:
		return Watcher
	}
	return 0
}

// byUnit is what a grant for a unit makes of an actor: a member, an agent, a head of it or of one above.
func byUnit(a actor.Actor, g Grant, tree *org.Tree, shared bool) Set {
	t := towards(a, g.Holder.ID, tree)
	if tree.Followed(g.Holder.ID) { // what a unit had when it ended is its heirs' to read
		for _, heir := range tree.Heirs(g.Holder.ID) {
			t |= towards(a, heir.Unit, tree)
		}
	}
	scoped := t & (Quality | HR | Executive)
	switch {
	case g.Why == WhyServes || g.Why == WhyHandles:
		set := scoped
		if t.Has(Agent) && g.Holder.Role != "head" {
			set |= Agent
		}
		if t.Has(HeadServes) {
			set |= HeadServes
		}
		return set
	case g.Why == WhyOwes: // it reads on, and may speak; the deeds are those of the unit that has it in hand
		set := scoped
		if t.Has(Agent | HeadServes) {
			set |= Watcher
		}
		return set
	case g.Why == WhyAsks:
		set := scoped
		if shared && t.Has(Member) && g.Holder.Role == "" {
			set |= SameUnit
		}
		if t.Has(HeadServes) {
			set |= HeadAsks
		}
		return set
	case g.Why == WhyWatches || g.Why == WhyMentioned:
		if t.Has(Member) && g.Holder.Role == "" || t.Has(Agent) && g.Holder.Role == "agent" || t.Has(HeadServes) && g.Holder.Role == "head" {
			return Watcher
		}
	}
	return 0
}

// towards is what an actor is to a unit: its members and agents belong to it directly, heads and offices also to what
// lies below.
func towards(a actor.Actor, unit ID, tree *org.Tree) Set {
	set := Set(0)
	for _, g := range a.Groups {
		switch g.Role {
		case "member":
			if g.ID == unit {
				set |= Member
			}
		case "agent":
			if g.ID == unit {
				set |= Agent
			}
		case "secretary":
			if g.ID == unit {
				set |= Secretary
			}
		case "head":
			if tree.Under(unit, g.ID) {
				set |= HeadServes
			}
		case "quality", "hr", "executive":
			if tree.Under(unit, g.ID) {
				set |= roleBit(g.Role)
			}
		}
	}
	return set | roles(a)
}

// veil takes away what does not count on a confidential record: all but its customer, and for people named for it what
// they are to it as people of the serving side. Roles never widen it.
func veil(set Set) Set {
	keep := set & (Everyone | Self | Asked | Glass)
	if set.Has(Named) {
		keep |= Named | set&(Assignee|Agent|Watcher|Insider|InsideWatcher)
	}
	return keep
}

// allows is the meaning of one row.
func (r Rule) allows(set Set, confidential bool) bool {
	if set.Has(r.Never) {
		return false
	}
	if !confidential || r.Open {
		return set.Has(r.Allow)
	}
	set = veil(set)
	if set.Has(Asked) && r.Allow.Has(Asked) || set.Has(Glass) && r.Allow.Has(Glass) {
		return true
	}
	return set.Has(Named) && r.Allow.Has(Named|Assignee|Agent|Watcher)
}

// reachable: the action is open to everyone, depends on the record, or the actor has one of its roles somewhere.
func reachable(action string, a actor.Actor) bool {
	rule, ok := index[action]
	if !ok {
		return false
	}
	set := roles(a)
	for _, g := range a.Groups {
		set |= roleBit(g.Role)
		switch g.Role {
		case "head":
			set |= Head
		case "owner":
			set |= Owner
		case "secretary":
			set |= Secretary
		case "agent":
			set |= Agent
		case "member":
			set |= Member
		}
	}
	if set.Has(Security) { // may have opened the record
		set |= Glass
	}
	return set.Has(rule.Allow) || rule.Allow.Has(byRecord)
}

// byRecord are the relations that only the record's grants show.
const byRecord = Self | Asked | SameUnit | Delegate | Assignee | Watcher | Named

func kindOf(h Holder) int { return slices.Index(holderKinds, h.Kind) }

// holderKinds are stored by their place.
var holderKinds = []string{"", "person", "unit", "role"}

// askers are the persons for whom a record is: who asked, and for whom it was asked.
func askers(grants []Grant) []ID {
	var out []ID
	for _, g := range grants {
		if g.Holder.Kind == "person" && (g.Why == WhyAsked || g.Why == WhyOnBehalf) && !slices.Contains(out, g.Holder.ID) {
			out = append(out, g.Holder.ID)
		}
	}
	return out
}

// Reason is one way in which a person has a record: what grants or roles make of that person, and what that opens.
type Reason struct {
	Bits  Set
	Grant *Grant // nil: a role of the whole company
}

// reasonsOf lists why a person has a record, one grant after the other, then the roles. On a confidential record only
// what counts there is left.
func reasonsOf(a actor.Actor, grants []Grant, tree *org.Tree, shared, confidential bool, see string) []Reason {
	all := relate(a, grants, tree, shared)
	if confidential {
		all = veil(all)
	}
	var out []Reason
	for i, g := range grants {
		bits := relate(a, grants[i:i+1], tree, shared) &^ roles(a) &^ (Insider | InsideWatcher) & all
		if bits != 0 && (May(see, bits|Everyone|all&Named, confidential)) {
			out = append(out, Reason{Bits: bits, Grant: &g})
		}
	}
	var wide Set
	for bit := Set(1); bit <= Glass; bit <<= 1 { // of the roles those that open it
		if roles(a)&^Everyone&all&bit != 0 && May(see, bit, confidential) {
			wide |= bit
		}
	}
	if wide != 0 {
		out = append(out, Reason{Bits: wide})
	}
	return out
}

// opened lists the actions on this kind of record that a set opens.
func opened(kind string, set Set, confidential bool) []Rule {
	var out []Rule
	for _, g := range Table {
		for _, r := range g.Rules {
			if len(r.Action) > len(kind) && r.Action[:len(kind)+1] == kind+"." && !r.Allow.Has(Everyone) && r.allows(set|Everyone, confidential) {
				out = append(out, r)
			}
		}
	}
	return out
}
