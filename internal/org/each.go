package org

import (
	"context"

	"neike/internal/kit/actor"
	"neike/internal/kit/sqldb"
)

// EachActor calls fn with everybody who works here now as what ActorOf says of units and roles, by id; neither deputies nor
// who owns services. One pass, for counting whom a rule means; fn must not use rd.
func (s *Service) EachActor(ctx context.Context, rd sqldb.Reader, fn func(actor.Actor)) error {
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	roles, err := allRoles(ctx, rd)
	if err != nil {
		return err
	}
	heads := map[ID][]ID{}
	for _, u := range tree.All() {
		if u.Head != 0 {
			heads[u.Head] = append(heads[u.Head], u.ID)
		}
	}
	var a actor.Actor
	done := func() {
		if a.Person == 0 {
			return
		}
		for _, unit := range heads[a.Person] {
			a.Groups = append(a.Groups, actor.Group{ID: unit, Role: "head"})
		}
		for _, r := range roles[a.Person] {
			if r.Scope == "" {
				a.Roles = append(a.Roles, r.Code)
			} else if r.Code != "owner" {
				a.Groups = append(a.Groups, actor.Group{ID: r.Unit, Role: r.Code})
			}
		}
		fn(a)
	}
	err = eachMember(ctx, rd, func(person, unit ID, main bool) {
		if person != a.Person {
			done()
			a = actor.Actor{Person: person}
		}
		if main {
			a.Unit = unit
		}
		a.Groups = append(a.Groups, actor.Group{ID: unit, Role: "member"})
		if !tree.NamesAgents(unit) {
			a.Groups = append(a.Groups, actor.Group{ID: unit, Role: "agent"})
		}
	})
	done()
	return err
}
