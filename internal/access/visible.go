package access

import (
	"context"
	"math"
	"slices"

	"neike/internal/kit/actor"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
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

// Subjects lists the ids of the newest records of a kind that the actor has by a grant, descending, below before (0: from
// the newest). It is the union of one short index range per holder. What a company-wide role sees beyond grants (the
// quality office sees every record that is not confidential) is for the room to list: see SeesAll.
func (s *Service) Subjects(ctx context.Context, rd sqldb.Reader, a actor.Actor, kind string, before ID, limit int) ([]ID, error) {
	if before <= 0 {
		before = math.MaxInt64
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	v := viewer{a: a, tree: tree, shared: s.org.Company(ctx).Switches.SharedInUnit}
	units := v.units()
	if len(units) > manyUnits {
		return v.walk(ctx, rd, kind, before, limit)
	}
	var ids []ID
	holders := make([]Holder, 0, len(units)+1)
	holders = append(holders, Person(a.Person))
	for _, u := range units {
		holders = append(holders, Unit(u))
	}
	if len(a.Roles) > 0 {
		holders = append(holders, Holder{Kind: "role"})
	}
	for _, h := range holders {
		list, err := v.range1(ctx, rd, h, kind, before, limit)
		if err != nil {
			return nil, err
		}
		ids = append(ids, list...)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	slices.Reverse(ids)
	return ids[:min(limit, len(ids))], nil
}

// SeesAll says whether the actor's company-wide roles open every record of the action that is not confidential.
func SeesAll(a actor.Actor, action string) bool {
	return a.System || May(action, roles(a)&^Everyone, false)
}

// manyUnits is where walking the newest grants becomes cheaper than one range per unit.
const manyUnits = 48

// viewer is an actor with what the organisation makes of it.
type viewer struct {
	a      actor.Actor
	tree   *org.Tree
	shared bool
}

// units lists the units whose grants could make the viewer anything.
func (v viewer) units() []ID {
	var out []ID
	for _, g := range v.a.Groups {
		switch g.Role {
		case "head", "quality", "hr", "executive":
			out = append(out, v.tree.Descendants(g.ID)...)
		case "owner":
		default:
			out = append(out, g.ID)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// has says whether a row makes the viewer anything but what everybody is.
func (v viewer) has(h Holder, row held) bool {
	g := Grant{Holder: Holder{Kind: h.Kind, ID: h.ID, Role: row.role}, Why: row.why}
	return relate(v.a, []Grant{g}, v.tree, v.shared)&^roles(v.a) != 0
}

// range1 reads one holder's range until limit different records count.
func (v viewer) range1(ctx context.Context, rd sqldb.Reader, h Holder, kind string, before ID, limit int) ([]ID, error) {
	var ids []ID
	for {
		batch := 2*limit + 64 // a record has fewer rows for one holder than 64
		rows, err := heldBy(ctx, rd, kindOf(h), h.ID, kind, before, batch)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if v.has(h, row) && (len(ids) == 0 || ids[len(ids)-1] != row.subject) {
				ids = append(ids, row.subject)
			}
		}
		if len(ids) >= limit || len(rows) < batch {
			return ids[:min(limit, len(ids))], nil
		}
		before = rows[len(rows)-1].subject + 1
		if len(ids) > 0 && ids[len(ids)-1] < before {
			before--
		}
	}
}

// walk reads the newest grants of all holders and keeps those that make the viewer anything.
func (v viewer) walk(ctx context.Context, rd sqldb.Reader, kind string, before ID, limit int) ([]ID, error) {
	const batch = 1000
	var ids []ID
	for {
		rows, err := newest(ctx, rd, kind, before, batch)
		if err != nil {
			return nil, err
		}
		whole := rows
		if len(rows) == batch { // the last record may have more grants
			for len(whole) > 0 && whole[len(whole)-1].subject == rows[batch-1].subject {
				whole = whole[:len(whole)-1]
			}
			if len(whole) == 0 {
				whole = rows
			}
		}
		for _, row := range whole {
			h := Holder{Kind: holderKinds[row.holderKind], ID: row.holder}
			if v.has(h, row) && (len(ids) == 0 || ids[len(ids)-1] != row.subject) {
				ids = append(ids, row.subject)
			}
		}
		if len(ids) >= limit || len(rows) < batch {
			return ids[:min(limit, len(ids))], nil
		}
		before = whole[len(whole)-1].subject
	}
}
