package access

import (
	"context"
	"slices"

	"neike/internal/kit/actor"
	"neike/internal/kit/sqldb"
)

// Why lists the grants by which a person has a record: its own, those of its units, and those of units it heads.
func (s *Service) Why(ctx context.Context, rd sqldb.Reader, person ID, sub Subject) ([]Grant, error) {
	a, err := s.org.ActorOf(ctx, person)
	if err != nil {
		return nil, err
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	grants, err := grantsWithTime(ctx, rd, sub)
	if err != nil {
		return nil, err
	}
	shared := s.org.Company(ctx).Switches.SharedInUnit
	return slices.DeleteFunc(grants, func(g Grant) bool { return relate(a, []Grant{g}, tree, shared)&^roles(a) == 0 }), nil
}

// Grants lists all grants of a record, oldest first.
func (s *Service) Grants(ctx context.Context, rd sqldb.Reader, sub Subject) ([]Grant, error) {
	return grantsWithTime(ctx, rd, sub)
}

// SeesAll says whether the actor's company-wide roles open every record of the action that is not confidential.
func SeesAll(a actor.Actor, action string) bool {
	return a.System || May(action, roles(a)&^Everyone, false)
}
