package org

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// Ref names a person in addresses: the 工号, or ~id for a reader to whom the company does not show it.
func (s *Service) Ref(ctx context.Context, p Person) string {
	if s.mayKnowNo(ctx, p) {
		return p.No
	}
	return "~" + strconv.FormatInt(p.ID, 10)
}

// ByRef is the person that an address names. A 工号 that its reader may not know finds nobody.
func (s *Service) ByRef(ctx context.Context, ref string) (Person, error) {
	return read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) (Person, error) { return s.byRefIn(ctx, rd, ref) })
}

func (s *Service) byRefIn(ctx context.Context, rd sqldb.Reader, ref string) (Person, error) {
	if text, ok := strings.CutPrefix(ref, "~"); ok {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return Person{}, fault.ErrNotFound
		}
		return personByID(ctx, rd, id)
	}
	p, err := personByNo(ctx, rd, ref)
	if err != nil {
		return Person{}, err
	}
	if !s.mayKnowNo(ctx, p) {
		return Person{}, fault.ErrNotFound
	}
	return p, nil
}

// looked is everything that the page of a person shows.
type looked struct {
	tree       *Tree
	person     Person
	manager    Person
	dotted     []Dotted
	leads      map[ID]Person // the dotted-line managers
	members    []Membership
	roles      []Role
	rolesShown bool // company-wide roles, too
	headOf     []ID
	actingIn   []ID   // acts as head of
	away       string // until when, and who stands in; "": here
	awayWire   *awayJSON
}

func (s *Service) look(ctx context.Context, ref string) (looked, error) {
	p, err := s.ByRef(ctx, ref)
	if err != nil {
		return looked{}, err
	}
	v := looked{person: p}
	if v.tree, err = s.Tree(ctx); err != nil {
		return v, err
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		names, err := s.Names(ctx, rd, []ID{p.Manager})
		if err != nil {
			return err
		}
		v.manager = names[p.Manager]
		if err := s.lookDotted(ctx, rd, &v); err != nil {
			return err
		}
		if v.members, err = s.Memberships(ctx, rd, p.ID); err != nil {
			return err
		}
		now := rd.Instant()
		v.members = slices.DeleteFunc(v.members, func(m Membership) bool { return !m.Until.IsZero() && !m.Until.After(now) })
		if v.roles, err = s.Roles(ctx, rd, p.ID); err != nil {
			return err
		}
		if v.away, err = s.awayFact(ctx, rd, p); err != nil {
			return err
		}
		if v.awayWire, err = s.awayWire(ctx, rd, p.ID); err != nil {
			return err
		}
		st, err := s.standing(ctx)
		if err != nil {
			return err
		}
		v.headOf, err = headedBy(ctx, rd, p.ID)
		v.actingIn = st.headed(p.ID, now)
		return err
	})
	a := actor.From(ctx)
	v.rolesShown = a.System || a.Person == p.ID || a.Has("security") || a.Has("admin")
	return v, err
}

func (s *Service) lookDotted(ctx context.Context, rd sqldb.Reader, v *looked) error {
	lines, err := s.DottedOf(ctx, rd, []ID{v.person.ID})
	if err != nil {
		return err
	}
	v.dotted = lines[v.person.ID]
	var ids []ID
	for _, d := range v.dotted {
		ids = append(ids, d.Manager)
	}
	v.leads, err = s.Names(ctx, rd, ids)
	return err
}
