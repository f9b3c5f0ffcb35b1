package catalog

import (
	"slices"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/org"
)

// maxAudience bounds the rules of an audience.
const maxAudience = 200

// compiled is an audience as it is asked of: sets instead of a walk up the tree.
type compiled struct{ in, out []rule }

// rule is one rule with the units it means.
type rule struct {
	Whom
	units map[org.ID]bool
}

func compile(a Audience, tree *org.Tree) *compiled {
	return &compiled{in: compileAll(a.In, tree), out: compileAll(a.Out, tree)}
}

func compileAll(list []Whom, tree *org.Tree) []rule {
	out := make([]rule, 0, len(list))
	for _, w := range list {
		k := rule{Whom: w}
		switch {
		case w.Kind == InUnit && w.Below:
			k.units = set(tree.Descendants(w.Unit))
		case w.Kind == InUnit:
			k.units = set([]org.ID{w.Unit})
		case w.Kind == AtSite:
			k.units = map[org.ID]bool{}
			for _, u := range tree.All() {
				if tree.SiteOf(u.ID) == w.Unit {
					k.units[u.ID] = true
				}
			}
		}
		out = append(out, k)
	}
	return out
}

func set(ids []org.ID) map[org.ID]bool {
	m := make(map[org.ID]bool, len(ids))
	for _, id := range ids {
		m[id] = true
	}
	return m
}

// matches says whether a rule means somebody. What one has as somebody's deputy does not count: a deputy asks as that
// person.
func (k rule) matches(who actor.Actor) bool {
	if k.Kind == InRole {
		return who.Has(k.Role) || slices.ContainsFunc(who.Groups, func(g actor.Group) bool { return g.Role == k.Role && g.For == 0 })
	}
	if k.units[who.Unit] {
		return true
	}
	return slices.ContainsFunc(who.Groups, func(g actor.Group) bool {
		return (g.Role == "member" || g.Role == "head") && g.For == 0 && k.units[g.ID]
	})
}

// admits decides whether somebody belongs to an audience.
func (c *compiled) admits(who actor.Actor) bool {
	if who.Person == 0 && (len(c.in) > 0 || len(c.out) > 0) {
		return false
	}
	for _, k := range c.out {
		if k.matches(who) {
			return false
		}
	}
	asked, met := map[bool]bool{}, map[bool]bool{} // by whether it is a role
	for _, k := range c.in {
		role := k.Kind == InRole
		asked[role] = true
		met[role] = met[role] || k.matches(who)
	}
	return (!asked[true] || met[true]) && (!asked[false] || met[false])
}

// because tells what every rule says of somebody.
func (c *compiled) because(who actor.Actor) []Because {
	var list []Because
	for _, k := range c.in {
		list = append(list, Because{Whom: k.Whom, Matches: k.matches(who)})
	}
	for _, k := range c.out {
		list = append(list, Because{Whom: k.Whom, Out: true, Matches: k.matches(who)})
	}
	return list
}

// checkAudience tells what is wrong with an audience.
func checkAudience(a Audience, tree *org.Tree) fault.Fields {
	var f fault.Fields
	if n := len(a.In) + len(a.Out); n > maxAudience {
		f.Add("include", "catalog.audience-many", "max", maxAudience)
	}
	for _, side := range []struct {
		name string
		list []Whom
	}{{"include", a.In}, {"exclude", a.Out}} {
		for i, w := range side.list {
			u, ok := tree.ByID(w.Unit)
			switch {
			case slices.Contains(side.list[:i], w):
				f.Add(side.name, "catalog.audience-twice")
			case w.Kind == InRole && !slices.Contains(Roles, w.Role):
				f.Add(side.name, "catalog.audience-role", "given", clip(w.Role, 40))
			case w.Kind == InUnit && !ok:
				f.Add(side.name, "catalog.audience-unit")
			case w.Kind == AtSite && (!ok || u.Level != org.Site):
				f.Add(side.name, "catalog.audience-site")
			}
		}
	}
	return f
}
