package org

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// Person is one person; fault.ErrNotFound when there is none.
func (s *Service) Person(ctx context.Context, id ID) (Person, error) {
	return read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) (Person, error) { return s.PersonIn(ctx, rd, id) })
}

// PersonByNo is the person with the 工号.
func (s *Service) PersonByNo(ctx context.Context, no string) (Person, error) {
	return read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) (Person, error) { return personByNo(ctx, rd, no) })
}

func read[T any](ctx context.Context, db *sqldb.DB, fn func(context.Context, sqldb.Reader) (T, error)) (T, error) {
	var value T
	err := db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		var err error
		value, err = fn(ctx, rd)
		return err
	})
	return value, err
}

// PersonIn is Person inside a transaction.
func (s *Service) PersonIn(ctx context.Context, rd sqldb.Reader, id ID) (Person, error) {
	p, err := personByID(ctx, rd, id)
	return s.markedOne(ctx, rd, p, err)
}

// PersonByNoIn is PersonByNo inside a transaction.
func (s *Service) PersonByNoIn(ctx context.Context, rd sqldb.Reader, no string) (Person, error) {
	p, err := personByNo(ctx, rd, no)
	return s.markedOne(ctx, rd, p, err)
}

// PeopleByNo finds several people at once; who does not exist is not in the map.
func (s *Service) PeopleByNo(ctx context.Context, rd sqldb.Reader, nos []string) (map[string]Person, error) {
	out := make(map[string]Person, len(nos))
	for chunk := range slices.Chunk(nos, 500) {
		people, err := peopleByNo(ctx, rd, chunk)
		if err != nil {
			return nil, err
		}
		for _, p := range people {
			out[p.No] = p
		}
	}
	return out, nil
}

// Names finds several people at once, for lists that show names. Zero ids are skipped.
func (s *Service) Names(ctx context.Context, rd sqldb.Reader, ids []ID) (map[ID]Person, error) {
	wanted := slices.Clone(ids)
	slices.Sort(wanted)
	wanted = slices.DeleteFunc(slices.Compact(wanted), func(id ID) bool { return id == 0 })
	out := make(map[ID]Person, len(wanted))
	for chunk := range slices.Chunk(wanted, 500) {
		people, err := peopleByID(ctx, rd, chunk)
		if err != nil {
			return nil, err
		}
		for _, p := range people {
			out[p.ID] = p
		}
	}
	return out, s.marked(ctx, rd, out)
}

// Heads are the people who answer for a unit now: its head, then acting heads; when it has none, those of the nearest
// unit above that has. Empty when nobody does.
func (s *Service) Heads(ctx context.Context, rd sqldb.Reader, unit ID) ([]ID, error) {
	heads, _, err := s.HeadsFrom(ctx, rd, unit)
	return heads, err
}

// HeadsFrom also says whose heads they are: the unit itself, or the one above that answers while it has none.
func (s *Service) HeadsFrom(ctx context.Context, rd sqldb.Reader, unit ID) ([]ID, ID, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, 0, err
	}
	path := pathTo(tree, unit)
	found, err := headsOf(ctx, rd, path, rd.Instant())
	if err != nil {
		return nil, 0, err
	}
	heads, of := nearest(found, path)
	return heads, of, nil
}

// unitsAtOnce is how many units a statement names.
const unitsAtOnce = 500

// HeadsOfEach is Heads of several units, by unit, with as many statements for hundreds of them as for one.
func (s *Service) HeadsOfEach(ctx context.Context, rd sqldb.Reader, units []ID) (map[ID][]ID, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	var all []ID
	for _, u := range units {
		all = append(all, pathTo(tree, u)...)
	}
	slices.Sort(all)
	found := map[ID][]ID{}
	for part := range slices.Chunk(slices.Compact(all), unitsAtOnce) {
		some, err := headsOf(ctx, rd, part, rd.Instant())
		if err != nil {
			return nil, err
		}
		maps.Copy(found, some)
	}
	out := make(map[ID][]ID, len(units))
	for _, u := range units {
		out[u], _ = nearest(found, pathTo(tree, u))
	}
	return out, nil
}

// pathTo is the path from the top to a unit, with it; of one that is not in the tree, itself.
func pathTo(tree *Tree, unit ID) []ID {
	if path := tree.Path(unit); len(path) > 0 {
		return path
	}
	return []ID{unit}
}

// nearest are the heads of the last unit of a path that has any, and that unit; without any, the unit the path leads to.
func nearest(found map[ID][]ID, path []ID) ([]ID, ID) {
	for _, u := range slices.Backward(path) {
		if len(found[u]) > 0 {
			return found[u], u
		}
	}
	return nil, path[len(path)-1]
}

// AgentsOf are the people who may serve for a unit: those it names, or all its members when it names none.
func (s *Service) AgentsOf(ctx context.Context, rd sqldb.Reader, unit ID) ([]ID, error) {
	return s.AgentsUpTo(ctx, rd, unit, 0)
}

// AgentsUpTo are the first of AgentsOf, no more than most (0: all): a unit may have thousands.
func (s *Service) AgentsUpTo(ctx context.Context, rd sqldb.Reader, unit ID, most int) ([]ID, error) {
	named, err := holdersIn(ctx, rd, unit, "agent")
	if err != nil {
		return nil, err
	}
	if len(named) == 0 {
		return membersOf(ctx, rd, unit, rd.Instant(), most)
	}
	if most > 0 {
		named = named[:min(most, len(named))]
	}
	return named, nil
}

// IsAgent says whether an active person is one of AgentsOf a unit.
func (s *Service) IsAgent(ctx context.Context, rd sqldb.Reader, person, unit ID) (bool, error) {
	named, err := holdersIn(ctx, rd, unit, "agent")
	if err != nil || len(named) > 0 {
		return slices.Contains(named, person), err
	}
	members, err := membershipsOf(ctx, rd, []ID{person})
	now := rd.Instant()
	return slices.ContainsFunc(members[person], func(m Membership) bool {
		return m.Unit == unit && (m.Until.IsZero() || m.Until.After(now))
	}), err
}

// MembersOf are the active people of a unit, those included for whom it is not the main one.
func (s *Service) MembersOf(ctx context.Context, rd sqldb.Reader, unit ID) ([]ID, error) {
	return membersOf(ctx, rd, unit, rd.Instant(), 0)
}

// Holders are the active people with a company-wide role ("quality").
func (s *Service) Holders(ctx context.Context, rd sqldb.Reader, role string) ([]ID, error) {
	return holdersOf(ctx, rd, role)
}

// HoldersOver are the active people with a role for a unit: in the whole company, or scoped to the unit or one above it (the
// quality office of a subsidiary).
func (s *Service) HoldersOver(ctx context.Context, rd sqldb.Reader, role string, unit ID) ([]ID, error) {
	list, err := holdersOf(ctx, rd, role)
	if err != nil {
		return nil, err
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	path := tree.Path(unit)
	if len(path) == 0 {
		return list, nil
	}
	scoped, err := holdersAt(ctx, rd, path, role)
	for _, p := range scoped {
		if !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	return list, err
}

// OwnersOf are the active people who own the service of a code.
func (s *Service) OwnersOf(ctx context.Context, rd sqldb.Reader, service string) ([]ID, error) {
	return ownersOf(ctx, rd, service)
}

// Memberships of a person, the main one first, ended ones included.
func (s *Service) Memberships(ctx context.Context, rd sqldb.Reader, person ID) ([]Membership, error) {
	m, err := membershipsOf(ctx, rd, []ID{person})
	return m[person], err
}

// Roles of a person.
func (s *Service) Roles(ctx context.Context, rd sqldb.Reader, person ID) ([]Role, error) {
	r, err := rolesOf(ctx, rd, []ID{person})
	return r[person], err
}

// CountActive is the number of active people, counted again when somebody was changed.
func (s *Service) CountActive(ctx context.Context, rd sqldb.Reader) (int, error) {
	c, err := s.counted(ctx, rd)
	return c.people, err
}

// counts are the active people and the members per unit, counted at a moment.
type counts struct {
	at     time.Time
	people int
	of     map[ID]int
}

// countsKept is how long memberships may have ended by themselves before the numbers say so.
const countsKept = time.Minute

// Sizes is how many active members each unit has, without those below it; who belongs to several counts in each.
func (s *Service) Sizes(ctx context.Context, rd sqldb.Reader) (map[ID]int, error) {
	return s.memberCounts(ctx, rd)
}

// memberCounts is the number of active members per unit.
func (s *Service) memberCounts(ctx context.Context, rd sqldb.Reader) (map[ID]int, error) {
	c, err := s.counted(ctx, rd)
	return c.of, err
}

// counted counts people when somebody was changed: it takes long in a large company.
func (s *Service) counted(ctx context.Context, rd sqldb.Reader) (counts, error) {
	now := rd.Instant()
	if c := s.counts.Load(); c != nil && now.Sub(c.at) < countsKept {
		return *c, nil
	}
	c := counts{at: now}
	var err error
	if c.people, err = countActive(ctx, rd); err != nil {
		return c, err
	}
	if c.of, err = memberCounts(ctx, rd); err == nil {
		s.generation.Keep(rd, func() { s.counts.Store(&c) })
	}
	return c, err
}

// FindPeople finds active people by the beginning of their 工号, name, pinyin (whole or initials) or English name; when
// that finds nobody, by the middle of a name.
func (s *Service) FindPeople(ctx context.Context, rd sqldb.Reader, q string, limit int) ([]Person, error) {
	return s.findPeople(ctx, rd, q, 0, limit)
}

// findPeople is FindPeople among the members of a unit; 0 means everybody.
func (s *Service) findPeople(ctx context.Context, rd sqldb.Reader, q string, unit ID, limit int) ([]Person, error) {
	q = strings.TrimSpace(q)
	if q == "" || tooLong(q, 60) {
		return nil, nil
	}
	found, err := peopleByKey(ctx, rd, q, unit, limit)
	if err != nil || len(found) > 0 || unit != 0 {
		return found, err
	}
	return s.peopleByMiddle(ctx, rd, q, limit)
}

// FindUnits finds valid units by code, name or pinyin.
func (s *Service) FindUnits(ctx context.Context, q string, limit int) ([]Unit, error) {
	tree, err := s.Tree(ctx)
	q = strings.TrimSpace(q)
	if err != nil || q == "" {
		return nil, err
	}
	return tree.matching(tree.All(), s.now(), q, limit), nil
}

// ActorOf is who a person is to the house: memberships, the units they are agent, head or secretary of, and roles.
// fault.ErrNotFound for nobody, Denied for somebody who is no longer active. It is cached; what time gives and takes is
// not: memberships that end, units it acts as head of, persons for whom it is the deputy, with the units they head.
func (s *Service) ActorOf(ctx context.Context, person ID) (actor.Actor, error) {
	a, err := s.lastingActor(ctx, person)
	if err != nil {
		return a, err
	}
	return s.placed(ctx, a)
}

// lastingActor is who a person is by themselves, until something is changed.
func (s *Service) lastingActor(ctx context.Context, person ID) (actor.Actor, error) {
	if a, ok := s.actors.get(person, s.now()); ok {
		return a, nil
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return actor.Actor{}, err
	}
	return read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) (actor.Actor, error) {
		a, lasting, until, err := s.actorIn(ctx, rd, tree, person)
		if err == nil && lasting {
			s.generation.Keep(rd, func() { s.actors.put(person, a, until) })
		}
		return a, err
	})
}

// actorIn also says whether the answer lasts until something changes (not with an owner's service that does not exist
// yet), and when a membership in it ends by itself; zero: none does.
func (s *Service) actorIn(ctx context.Context, rd sqldb.Reader, tree *Tree, person ID) (a actor.Actor, lasting bool, until time.Time, err error) {
	p, err := personByID(ctx, rd, person)
	if err != nil {
		return a, false, until, err
	}
	if !p.Active {
		return a, false, until, fault.New(fault.Denied, "not-found")
	}
	members, err := membershipsOf(ctx, rd, []ID{person})
	if err != nil {
		return a, false, until, err
	}
	roles, err := rolesOf(ctx, rd, []ID{person})
	if err != nil {
		return a, false, until, err
	}
	headed, err := headedBy(ctx, rd, person)
	if err != nil {
		return a, false, until, err
	}
	company := s.Company(ctx)
	a = actor.Actor{Person: p.ID, No: p.No, Name: p.Name, NameEn: p.NameEn, Unit: p.Unit, Locale: p.Locale, Zone: company.Zone}
	if a.Locale == "" {
		a.Locale = company.Locale
	}
	lasting = true
	now := rd.Instant()
	for _, m := range members[person] {
		if !m.Until.IsZero() {
			if !m.Until.After(now) {
				continue
			}
			if until.IsZero() || m.Until.Before(until) {
				until = m.Until
			}
		}
		a.Groups = append(a.Groups, actor.Group{ID: m.Unit, Role: "member"})
		if !tree.NamesAgents(m.Unit) {
			a.Groups = append(a.Groups, actor.Group{ID: m.Unit, Role: "agent"})
		}
	}
	for _, unit := range headed {
		a.Groups = append(a.Groups, actor.Group{ID: unit, Role: "head"})
	}
	for _, r := range roles[person] {
		known, err := s.hold(ctx, &a, r)
		if err != nil {
			return a, false, until, err
		}
		lasting = lasting && known
	}
	return a, lasting, until, nil
}

// hold adds a role to the actor; known is false for the owner of a service that does not exist yet.
func (s *Service) hold(ctx context.Context, a *actor.Actor, r Role) (known bool, err error) {
	g := actor.Group{ID: r.Unit, Role: r.Code}
	switch {
	case r.Scope == "":
		a.Roles = append(a.Roles, r.Code)
		return true, nil
	case r.Code == "owner":
		if s.ownerOf == nil {
			return false, nil
		}
		g.ID, err = s.ownerOf(ctx, r.Scope)
		if errors.Is(err, fault.ErrNotFound) {
			return false, nil
		}
		if err != nil || g.ID == 0 {
			return false, err
		}
	}
	if !slices.Contains(a.Groups, g) {
		a.Groups = append(a.Groups, g)
	}
	return true, nil
}

// NameOf is a person's name for a sentence in the reader's language, with what Display says of it; 工号 when there is no name.
func NameOf(ctx context.Context, p Person) string {
	if name := p.Display(ctx); name != "" {
		return name
	}
	return plainName(ctx, p)
}

// plainName is NameOf where the page says by itself that somebody has left.
func plainName(ctx context.Context, p Person) string {
	if name := p.Plain(ctx); name != "" {
		return name
	}
	if p.No != "" {
		return p.No
	}
	return lang.T(ctx, "org.somebody")
}
