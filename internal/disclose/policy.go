package disclose

import (
	"context"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// Policy is what applies to every number about people, and what has come of it so far.
type Policy struct {
	Least   int   // how many different people a number is about at least
	Batches int64 // released so far
	Cases   int64 // in them
}

// Policy reads what applies: it is there for everybody.
func (s *Service) Policy(ctx context.Context) (Policy, error) {
	return read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) (p Policy, err error) {
		if p.Least, err = LeastIn(ctx, rd); err != nil {
			return p, err
		}
		p.Batches, p.Cases, err = releasedWhole(ctx, rd)
		return p, err
	})
}

// Least is how many different people a number is about at least.
func (s *Service) Least(ctx context.Context) (int, error) { return read(ctx, s.db, LeastIn) }

// maySet says whether the actor sets the policy of the company: the quality office of the whole of it.
func (s *Service) maySet(ctx context.Context) error {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	top := ID(0)
	for _, u := range tree.All() {
		if u.Parent == 0 {
			top = u.ID
			break
		}
	}
	set, err := s.Access.Towards(ctx, actor.From(ctx), top)
	if err != nil {
		return err
	}
	return access.Allowed(ctx, doSet, set)
}

// SetPolicy sets how many people a number is about at least, for what is released from now on. What has been released stays: it was about enough
// people then.
func (s *Service) SetPolicy(ctx context.Context, least int) error {
	if err := s.maySet(ctx); err != nil {
		return err
	}
	if least < SmallestLeast || least > LargestLeast {
		var f fault.Fields
		f.Add("least", "disclose.least-range", "least", SmallestLeast, "most", LargestLeast)
		return f.Err()
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		before, err := LeastIn(ctx, tx)
		if err != nil || before == least {
			return err
		}
		if err := putLeast(ctx, tx, least); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, PolicyWasSet{Least: least, Before: before})
	})
}

// badCursor is an address of a page that no page was given.
func badCursor() error {
	var f fault.Fields
	f.Add("cursor", "web.cursor")
	return f.Err()
}
