package access

import (
	"context"
	"embed"
	"fmt"
	"slices"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// Schema holds the migrations of access.
//
//go:embed schema/*.sql
var Schema embed.FS

// Locale holds the words of access.
//
//go:embed locale
var Locale embed.FS

// ID of a record, person or unit.
type ID = int64

// Subject is a record of any room: {"request", id}.
type Subject struct {
	Kind string
	ID   ID
}

// Holder is who has a record: a person, a unit or a company-wide role.
type Holder struct {
	Kind string // "person", "unit" or "role"
	ID   ID     // 0 for a role
	Role string // unit: "" its members, "agent", "head"; role: "quality" …
}

// Person is the holder that is one person.
func Person(id ID) Holder { return Holder{Kind: "person", ID: id} }

// Unit is the holder that is a unit.
func Unit(id ID) Holder { return Holder{Kind: "unit", ID: id} }

// The reasons of grants.
const (
	WhyAsked     = "asked"
	WhyOnBehalf  = "on-behalf"
	WhyAssigned  = "assigned"
	WhyServes    = "unit-serves"
	WhyAsks      = "unit-asks"
	WhyOwes      = "unit-owes" // another unit has it in hand
	WhyDelegated = "delegated"
	WhyWatches   = "watches"
	WhyMentioned = "mentioned"
	WhyHeads     = "heads"
	WhyHandles   = "handles"
	WhyNamed     = "named"
)

// Whys lists the reasons.
var Whys = []string{WhyAsked, WhyOnBehalf, WhyAssigned, WhyServes, WhyAsks, WhyOwes, WhyDelegated, WhyWatches, WhyMentioned, WhyHeads, WhyHandles, WhyNamed}

// Grant says that a holder has a record, and why.
type Grant struct {
	Subject Subject
	Holder  Holder
	Why     string
	At      time.Time // set when read
}

// Service of the room.
type Service struct {
	db     *sqldb.DB
	org    *org.Service
	events *event.Bus // nil in a house without news
	kinds  []Kind
	seen   func(ctx context.Context, rd sqldb.Reader, people []ID) (map[ID]time.Time, error) // slot: signin
}

// New makes the room.
func New(db *sqldb.DB, o *org.Service) *Service { return &Service{db: db, org: o} }

// Grant writes grants; one that is there already stays as it is.
func (s *Service) Grant(ctx context.Context, tx *sqldb.Tx, grants ...Grant) error {
	for _, g := range grants {
		if !slices.Contains(Whys, g.Why) || kindOf(g.Holder) == 0 || g.Subject.ID == 0 || g.Holder.ID == 0 && g.Holder.Kind != "role" {
			return fmt.Errorf("grant %+v: no such grant", g)
		}
	}
	return insertGrants(ctx, tx, grants)
}

// Revoke takes one grant away; why "" takes all of the holder's on the record.
func (s *Service) Revoke(ctx context.Context, tx *sqldb.Tx, sub Subject, h Holder, why string) error {
	return deleteGrants(ctx, tx, sub, h, why)
}

// RevokeAll takes away all grants of a record for one reason (its assignee, say, before another is assigned).
func (s *Service) RevokeAll(ctx context.Context, tx *sqldb.Tx, sub Subject, why string) error {
	return deleteGrantsFor(ctx, tx, sub, why)
}

// Relations is what the actor is to the record.
func (s *Service) Relations(ctx context.Context, rd sqldb.Reader, a actor.Actor, sub Subject) (Set, error) {
	set := roles(a)
	if !a.Known() {
		return set, nil
	}
	grants, err := grantsOf(ctx, rd, sub)
	if err != nil {
		return 0, err
	}
	if set, err = s.relations(ctx, a, grants); err != nil || a.Viewer != 0 || !a.Has("security") {
		return set, err
	}
	open, err := glassOpen(ctx, rd, sub, a.Person)
	if open {
		set |= Glass
	}
	return set, err
}

func (s *Service) relations(ctx context.Context, a actor.Actor, grants []Grant) (Set, error) {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return 0, err
	}
	return relate(a, grants, tree, s.org.Company(ctx).Switches.SharedInUnit), nil
}

// Require is the record check of a use case: the actor's relations when the action is allowed, fault.ErrNotFound when
// not. It is one indexed query. confidential says whether the record is.
func (s *Service) Require(ctx context.Context, rd sqldb.Reader, action string, sub Subject, confidential bool) (Set, error) {
	a := actor.From(ctx)
	if a.System {
		return 0, nil
	}
	set, err := s.Relations(ctx, rd, a, sub)
	if err != nil {
		return 0, err
	}
	if confidential && a.Viewer != 0 { // whoever looks with another's eyes does not see what is confidential
		return 0, fault.ErrNotFound
	}
	return admit(action, set, confidential)
}

// Record is one of many whose check is asked at once.
type Record struct {
	ID           ID
	Confidential bool
}

// Among picks those of the records of a kind that Require would let pass, by one query for all of them.
func (s *Service) Among(ctx context.Context, rd sqldb.Reader, action, kind string, records []Record) (map[ID]bool, error) {
	out := make(map[ID]bool, len(records))
	a := actor.From(ctx)
	grants, open := map[ID][]Grant{}, map[ID]bool{}
	if a.Known() && !a.System && len(records) > 0 {
		var err error
		if grants, open, err = s.handsOn(ctx, rd, a, kind, records); err != nil {
			return nil, err
		}
	}
	for _, r := range records {
		if a.System {
			out[r.ID] = true
			continue
		}
		set := roles(a)
		if a.Known() {
			var err error
			if set, err = s.relations(ctx, a, grants[r.ID]); err != nil {
				return nil, err
			}
		}
		if open[r.ID] {
			set |= Glass
		}
		if May(action, set, r.Confidential) && !(r.Confidential && a.Viewer != 0) {
			out[r.ID] = true
		}
	}
	return out, nil
}

// handsOn reads the grants of the records, and which of them a security officer has open by break-glass.
func (s *Service) handsOn(ctx context.Context, rd sqldb.Reader, a actor.Actor, kind string, records []Record) (grants map[ID][]Grant, open map[ID]bool, err error) {
	ids := make([]ID, len(records))
	for i, r := range records {
		ids[i] = r.ID
	}
	if grants, err = grantsOfMany(ctx, rd, kind, ids); err != nil || a.Viewer != 0 || !a.Has("security") {
		return grants, nil, err
	}
	open, err = glassesOpen(ctx, rd, kind, ids, a.Person)
	return grants, open, err
}

// Given is Require for a record that the caller has just made: grants are those it wrote.
func (s *Service) Given(ctx context.Context, action string, grants []Grant, confidential bool) (Set, error) {
	a := actor.From(ctx)
	if a.System {
		return 0, nil
	}
	set, err := s.relations(ctx, a, grants)
	if err != nil {
		return 0, err
	}
	return admit(action, set, confidential)
}

// For is the person in whose place the actor does the action on the record, as a deputy; 0 when the deed is the actor's
// own. Nobody stands in on a confidential record. It asks the database only for somebody who is a deputy now.
func (s *Service) For(ctx context.Context, rd sqldb.Reader, action string, sub Subject, confidential bool) (ID, error) {
	a := actor.From(ctx)
	rule, known := index[action]
	if len(a.StandsFor) == 0 || confidential || !known {
		return 0, nil
	}
	grants, err := grantsOf(ctx, rd, sub)
	if err != nil {
		return 0, err
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return 0, err
	}
	return onBehalf(a, rule, grants, tree, s.org.Company(ctx).Switches.SharedInUnit), nil
}

func admit(action string, set Set, confidential bool) (Set, error) {
	if !May(action, set, confidential) {
		return 0, fault.ErrNotFound
	}
	if confidential {
		set = veil(set)
	}
	return set, nil
}

// Allowed is Require for records without grants of their own (a service, a unit, an edge): set is what the calling room
// knows the actor to be; the actor's roles are added.
func Allowed(ctx context.Context, action string, set Set) error {
	a := actor.From(ctx)
	if a.System || May(action, set|roles(a), false) {
		return nil
	}
	return fault.ErrNotFound
}

// Towards is what an actor is to a unit as such: member, agent, head of it or of one above, secretary, and the roles.
func (s *Service) Towards(ctx context.Context, a actor.Actor, unit ID) (Set, error) {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return 0, err
	}
	return towards(a, unit, tree), nil
}

// Gate is the coarse check at the door: whether an actor with these roles could be allowed the action on some record.
func (s *Service) Gate() web.Gate {
	return func(ctx context.Context, action string) error {
		a := actor.From(ctx)
		switch {
		case action == "public" || a.System:
			return nil
		case !a.Known():
			return fault.New(fault.Unauthenticated, "unauthenticated")
		case action == "signed-in" || reachable(action, a):
			return nil
		}
		return fault.ErrNotFound
	}
}

// May is the table's answer for an action and a set.
func May(action string, set Set, confidential bool) bool {
	rule, ok := index[action]
	return ok && rule.allows(set, confidential)
}
