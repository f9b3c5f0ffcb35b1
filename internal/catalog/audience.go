package catalog

import (
	"context"
	"slices"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Audience says who may know of a service. The zero one is everybody. Rules of one kind add up, rules of different kinds
// narrow each other: in one of these units, at one of these sites, and in one of these roles. Whom a rule of Out
// names is left out, whatever In says. Units are those whose member or head somebody is, by any membership.
type Audience struct{ In, Out []Whom }

// Whom is one rule of an audience.
type Whom struct {
	Kind  WhomKind
	Unit  org.ID // of InUnit and AtSite
	Below bool   // of InUnit: with the units below it
	Role  string // of InRole
}

// WhomKind says what a rule looks at.
type WhomKind string

// The kinds of rules.
const (
	InUnit WhomKind = "unit"
	AtSite WhomKind = "site"
	InRole WhomKind = "role"
)

// Roles are the roles by which an audience may be told apart.
var Roles = []string{"head", "secretary", "agent", "quality", "hr", "executive", "admin", "security", "auditor"}

// Everybody says whether nobody is left out.
func (a Audience) Everybody() bool { return len(a.In) == 0 && len(a.Out) == 0 }

// Equal says whether two audiences read the same.
func (a Audience) Equal(b Audience) bool {
	return slices.Equal(a.In, b.In) && slices.Equal(a.Out, b.Out)
}

// compiledBook holds what the audiences of one catalogue mean in one tree.
type compiledBook struct {
	snap *Snapshot
	tree *org.Tree
	of   map[ID]*compiled
}

// compiledIn gives the audiences of the catalogue compiled against the tree: once for each pair of them.
func (c *Catalog) compiledIn(snap *Snapshot, tree *org.Tree) map[ID]*compiled {
	if b := c.audiences.Load(); b != nil && b.snap == snap && b.tree == tree {
		return b.of
	}
	b := &compiledBook{snap: snap, tree: tree, of: map[ID]*compiled{}}
	for _, s := range snap.all {
		if !s.Audience.Everybody() {
			b.of[s.ID] = compile(s.Audience, tree)
		}
	}
	c.audiences.Store(b)
	return b.of
}

// Entitled says whether a service is there for somebody: by its audience, whatever its state.
func (c *Catalog) Entitled(ctx context.Context, who actor.Actor, s *Service) (bool, error) {
	if s.Audience.Everybody() || who.System || who.Import {
		return true, nil
	}
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return false, err
	}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return false, err
	}
	known := c.compiledIn(snap, tree)[s.ID]
	if known == nil { // a service that the snapshot does not hold, or holds otherwise
		known = compile(s.Audience, tree)
	}
	return known.admits(who), nil
}

// Sees says whether the actor may know of a service: see Visible.
func (c *Catalog) Sees(ctx context.Context, s *Service) bool { return c.sees(ctx, s) }

// ForEverybody says whether a poster on the wall may name the service.
func (s *Service) ForEverybody() bool { return s.Askable() && s.Audience.Everybody() && !s.Support() }

// SetAudience changes who may know of a service, from now on.
func (c *Catalog) SetAudience(ctx context.Context, code string, a Audience, revision int) (*Service, error) {
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	return c.change(ctx, code, doPropose, revision, func(ctx context.Context, tx *sqldb.Tx, s *Service) error {
		if err := c.may(ctx, writing(s), s); err != nil {
			return err
		}
		f := checkAudience(a, tree)
		if err := f.Err(); err != nil {
			return err
		}
		if s.Audience.Equal(a) {
			return nil
		}
		return c.setAudience(ctx, tx, s, a)
	})
}

func (c *Catalog) setAudience(ctx context.Context, tx *sqldb.Tx, s *Service, a Audience) error {
	if err := replaceAudience(ctx, tx, s.ID, a); err != nil {
		return err
	}
	s.Audience, s.Revision, s.Changed = a, s.Revision+1, tx.Now
	if err := updateService(ctx, tx, s); err != nil {
		return err
	}
	return c.announce(ctx, tx, ServiceWasChanged{Service: s.ID, Code: s.Code, What: []string{"audience"}, Version: s.Version})
}

// Reach is how many people and units an audience admits.
type Reach struct{ People, Units int }

// Reach counts whom an audience admits among everybody who works here now: one pass over all memberships.
func (c *Catalog) Reach(ctx context.Context, a Audience) (Reach, error) {
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return Reach{}, err
	}
	known := compile(a, tree)
	var r Reach
	units := map[org.ID]bool{}
	err = c.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		return c.org.EachActor(ctx, rd, func(who actor.Actor) {
			if !known.admits(who) {
				return
			}
			r.People++
			units[who.Unit] = true
		})
	})
	r.Units = len(units)
	return r, err
}

// Admission is whether somebody may know of a service, and why.
type Admission struct {
	Entitled bool
	Serves   bool // sees it as somebody of the unit that provides it
	Keeps    bool // sees it as somebody who keeps the catalogue
	Because  []Because
}

// Because is one rule and what it says of somebody.
type Because struct {
	Whom
	Out     bool
	Matches bool
}

// Admission tells whether a colleague sees a service, rule by rule. Who may edit the service may ask.
func (c *Catalog) Admission(ctx context.Context, code, no string) (Admission, org.Person, error) {
	var out Admission
	s, err := c.Visible(ctx, code)
	if err != nil {
		return out, org.Person{}, err
	}
	if err := c.may(ctx, writing(s), s); err != nil {
		return out, org.Person{}, err
	}
	p, err := c.org.PersonByNo(ctx, no)
	if err == nil && !p.Active {
		err = fault.ErrNotFound
	}
	if fault.KindOf(err) == fault.NotFound && err != nil {
		var f fault.Fields
		f.Add("person", "catalog.person-unknown")
		return out, p, f.Err()
	}
	if err != nil {
		return out, p, err
	}
	who, err := c.org.ActorOf(ctx, p.ID)
	if err != nil {
		return out, p, err
	}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return out, p, err
	}
	known := compile(s.Audience, tree)
	out.Entitled, out.Because = known.admits(who), known.because(who)
	as := actor.With(ctx, who)
	out.Serves, out.Keeps = c.serves(as, s), c.may(as, doEdit, s) == nil
	return out, p, nil
}

// serves says whether the actor is of the unit that provides a service.
func (c *Catalog) serves(ctx context.Context, s *Service) bool { return actor.From(ctx).In(s.Unit) }
