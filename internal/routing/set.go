package routing

import (
	"context"
	"fmt"
	"slices"

	"neike/internal/access"
	"neike/internal/catalog"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// The rows of access/table that this room asks about.
const (
	doSee  = "routing.see"  // the rules of a unit, and dry runs without people
	doSet  = "routing.set"  // change them, and what people can do
	doTry  = "routing.try"  // begin a dry run
	doLoad = "routing.load" // what a dry run says of people
)

// unit is a unit towards which the actor may do something; otherwise not found.
func (s *Service) unit(ctx context.Context, code, action string) (org.Unit, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return org.Unit{}, err
	}
	u, ok := tree.ByCode(code)
	if !ok {
		return u, fault.ErrNotFound
	}
	return u, s.may(ctx, action, u.ID)
}

func (s *Service) may(ctx context.Context, action string, unit int64) error {
	set, err := s.Access.Towards(ctx, actor.From(ctx), unit)
	if err != nil {
		return err
	}
	return access.Allowed(ctx, action, set)
}

// Rules are the rules of a unit in force, and its draft; ok is false when there is none.
func (s *Service) Rules(ctx context.Context, code string) (live, draft Set, ok bool, err error) {
	u, err := s.unit(ctx, code, doSee)
	if err != nil {
		return live, draft, false, err
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		n, err := newest(ctx, rd, u.ID)
		if err != nil {
			return err
		}
		if live, _, err = setOf(ctx, rd, u.ID, n); err != nil {
			return err
		}
		if n == 0 {
			live = Set{Unit: u.ID}
		}
		if s.may(ctx, doSet, u.ID) != nil {
			return nil
		}
		draft, ok, err = setOf(ctx, rd, u.ID, 0)
		return err
	})
	return live, draft, ok, err
}

// RuleOf is a rule as it was when it gave something away; ok is false when it is not known any more.
func (s *Service) RuleOf(ctx context.Context, rd sqldb.Reader, unit int64, version int, id int64) (Rule, bool, error) {
	sets, err := s.live(ctx)
	if err != nil {
		return Rule{}, false, err
	}
	set := sets[unit]
	if set.Version != version {
		if set, _, err = setOf(ctx, rd, unit, version); err != nil {
			return Rule{}, false, err
		}
	}
	r, ok := set.Rule(id)
	return r, ok, nil
}

// edit changes the draft of a unit; the first change begins one on the rules in force.
func (s *Service) edit(ctx context.Context, code string, change func(ctx context.Context, tx *sqldb.Tx, u org.Unit, d *Set) error) error {
	u, err := s.unit(ctx, code, doSet)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if err := tx.Lock(ctx, "org_unit", u.ID); err != nil {
			return err
		}
		d, there, err := setOf(ctx, tx, u.ID, 0)
		if err != nil {
			return err
		}
		if !there {
			n, err := newest(ctx, tx, u.ID)
			if err != nil {
				return err
			}
			live, _, err := setOf(ctx, tx, u.ID, n)
			if err != nil {
				return err
			}
			d = Set{Unit: u.ID, Base: n, Rules: live.Rules}
		}
		d.By, d.At = actor.From(ctx).Person, tx.Now
		if err := change(ctx, tx, u, &d); err != nil {
			return err
		}
		return keepDraft(ctx, tx, d)
	})
}

// Keep puts a rule into the draft of a unit: a new one at the end, or in place of the one with its id. What is wrong comes all
// at once, as fields.
func (s *Service) Keep(ctx context.Context, code string, r Rule) (Rule, error) {
	r = r.settled()
	err := s.edit(ctx, code, func(ctx context.Context, tx *sqldb.Tx, u org.Unit, d *Set) error {
		k, err := s.known(ctx, tx, u)
		if err != nil {
			return err
		}
		f := r.check(k)
		if err := f.Err(); err != nil {
			return err
		}
		i := slices.IndexFunc(d.Rules, func(x Rule) bool { return x.ID == r.ID })
		switch {
		case i >= 0:
			d.Rules = slices.Clone(d.Rules)
			d.Rules[i] = r
		case r.ID != 0:
			return fault.ErrNotFound
		case len(d.Rules) >= mostRules:
			return fault.New(fault.Conflict, "routing.too-many-rules", "max", mostRules)
		default:
			r.ID = tx.NewID()
			d.Rules = append(slices.Clone(d.Rules), r)
		}
		return nil
	})
	return r, err
}

// Move puts a rule of the draft a place higher (-1) or lower (1); Drop takes it away.
func (s *Service) Move(ctx context.Context, code string, id int64, by int) error {
	return s.edit(ctx, code, func(_ context.Context, _ *sqldb.Tx, _ org.Unit, d *Set) error {
		d.Rules = moved(d.Rules, id, by)
		return nil
	})
}

// Drop takes a rule out of the draft.
func (s *Service) Drop(ctx context.Context, code string, id int64) error {
	return s.edit(ctx, code, func(_ context.Context, _ *sqldb.Tx, _ org.Unit, d *Set) error {
		d.Rules = slices.DeleteFunc(slices.Clone(d.Rules), func(r Rule) bool { return r.ID == id })
		return nil
	})
}

// Discard throws the draft away.
func (s *Service) Discard(ctx context.Context, code string) error {
	u, err := s.unit(ctx, code, doSet)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return dropDraft(ctx, tx, u.ID) })
}

// Publish puts the draft of a unit in force, for requests that come from now on. What was published since the draft was begun is
// not overwritten unseen.
func (s *Service) Publish(ctx context.Context, code string) (Set, error) {
	return s.publish(ctx, code, func(ctx context.Context, tx *sqldb.Tx, u org.Unit) (Set, error) {
		d, there, err := setOf(ctx, tx, u.ID, 0)
		if err == nil && !there {
			err = fault.New(fault.Conflict, "routing.no-draft")
		}
		return d, err
	})
}

// Replace puts a whole set of rules in force. base is the version that was seen; negative: whatever it is.
func (s *Service) Replace(ctx context.Context, code string, rules []Rule, base int) (Set, error) {
	return s.publish(ctx, code, func(ctx context.Context, tx *sqldb.Tx, u org.Unit) (Set, error) {
		n, err := newest(ctx, tx, u.ID)
		if base >= 0 && base != n && err == nil {
			err = fault.New(fault.Precondition, "routing.changed")
		}
		d := Set{Unit: u.ID, Base: n}
		for _, r := range rules {
			if r = r.settled(); r.ID == 0 {
				r.ID = tx.NewID()
			}
			d.Rules = append(d.Rules, r)
		}
		return d, err
	})
}

func (s *Service) publish(ctx context.Context, code string, find func(context.Context, *sqldb.Tx, org.Unit) (Set, error)) (Set, error) {
	u, err := s.unit(ctx, code, doSet)
	if err != nil {
		return Set{}, err
	}
	var d Set
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if err := tx.Lock(ctx, "org_unit", u.ID); err != nil {
			return err
		}
		if d, err = find(ctx, tx, u); err != nil {
			return err
		}
		n, err := newest(ctx, tx, u.ID)
		if err != nil {
			return err
		}
		if d.Base != n {
			return fault.New(fault.Precondition, "routing.changed")
		}
		if err := s.checkSet(ctx, tx, u, d.Rules); err != nil {
			return err
		}
		d.Version, d.By, d.At = n+1, actor.From(ctx).Person, tx.Now
		for _, r := range d.Rules {
			if r.turns() {
				if err := makeTurn(ctx, tx, r.ID); err != nil {
					return err
				}
			}
		}
		if err := insertSet(ctx, tx, d); err != nil {
			return err
		}
		if err := dropDraft(ctx, tx, u.ID); err != nil {
			return err
		}
		tx.OnCommit(s.forget)
		return s.events.Emit(ctx, tx, RulesWereSet{Unit: u.ID, Version: d.Version, Rules: len(d.Rules)})
	})
	return d, err
}

// checkSet finds what is wrong with a whole set, by rule: rules[0].people.
func (s *Service) checkSet(ctx context.Context, rd sqldb.Reader, u org.Unit, rules []Rule) error {
	k, err := s.known(ctx, rd, u)
	if err != nil {
		return err
	}
	var f fault.Fields
	if len(rules) > mostRules {
		f.Add("rules", "routing.too-many-rules", "max", mostRules)
	}
	seen := map[int64]bool{}
	for i, r := range rules {
		f.Join(fmt.Sprintf("rules[%d]", i), r.check(k))
		if seen[r.ID] {
			f.Add(fmt.Sprintf("rules[%d].id", i), "routing.choice-unknown")
		}
		seen[r.ID] = true
	}
	return f.Err()
}

// known is what the rules of a unit may name.
func (s *Service) known(ctx context.Context, rd sqldb.Reader, u org.Unit) (known, error) {
	k := known{services: map[int64]form.Form{}, below: map[int64]bool{}, agents: map[int64]bool{}}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return k, err
	}
	for _, id := range tree.Descendants(u.ID) {
		if x, ok := tree.ByID(id); ok && id != u.ID && x.Valid(rd.Instant()) {
			k.below[id] = true
		}
	}
	k.units = func(id int64) bool { _, ok := tree.ByID(id); return ok }
	list, err := s.offered(ctx, u.ID, tree)
	if err != nil {
		return k, err
	}
	for _, x := range list {
		k.services[x.ID] = x.Form
	}
	agents, err := s.servers(ctx, rd, u.ID)
	for _, p := range agents {
		k.agents[p] = true
	}
	return k, err
}

// offered are the services whose requests may come to a unit: its own, and those of the units above that may send them down.
func (s *Service) offered(ctx context.Context, unit int64, tree *org.Tree) ([]*catalog.Service, error) {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	var out []*catalog.Service
	for _, u := range tree.Path(unit) {
		for _, x := range snap.Of(u) {
			if x.Kind == catalog.OnRequest && !x.Support() {
				out = append(out, x)
			}
		}
	}
	return out, nil
}

// Href is where the rules of a unit stand, of the actor's own for ""; "" when the actor does not see them.
func (s *Service) Href(ctx context.Context, code string) (string, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return "", err
	}
	u, ok := tree.ByCode(code)
	if code == "" {
		u, ok = tree.ByID(actor.From(ctx).Unit)
	}
	if !ok || s.may(ctx, doSee, u.ID) != nil {
		return "", nil
	}
	return routingHref(u.Code), nil
}
