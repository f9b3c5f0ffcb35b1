package review

import (
	"context"
	"encoding/hex"
	"io"

	"neike/internal/access"
	"neike/internal/catalog"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/request"
)

// The actions of the room.
const (
	doPlan    = "review.plan"
	doPlanSee = "review.plan-see"
	doSeed    = "review.seed"
)

// Planned is a plan as one reader may see it, with what it comes to.
type Planned struct {
	Plan
	On      *catalog.Service
	First90 request.FirstTime // of the last ninety days: the volume, and what stands in until there are reviews
	May     bool              // the reader may change it
	SeeSeed bool              // otherwise Seed is empty
}

// PlanOf is the plan of a service, for whoever serves it or looks after quality; not found for all others.
func (s *Service) PlanOf(ctx context.Context, code string) (Planned, error) {
	sv, err := s.Catalog.Visible(ctx, code)
	if err != nil {
		return Planned{}, err
	}
	set, err := s.towards(ctx, sv)
	if err != nil {
		return Planned{}, err
	}
	if err := access.Allowed(ctx, doPlanSee, set); err != nil {
		return Planned{}, err
	}
	out := Planned{On: sv, May: access.Allowed(ctx, doPlan, set) == nil && !sv.Support(), SeeSeed: access.Allowed(ctx, doSeed, set) == nil}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		out.Plan, err = planNow(ctx, rd, sv.ID)
		return err
	})
	if err != nil {
		return out, err
	}
	out.First90, err = s.Request.Ninety(ctx, sv.ID)
	if !out.SeeSeed {
		out.Seed = ""
	}
	return out, err
}

// towards is what the actor is to a service.
func (s *Service) towards(ctx context.Context, sv *catalog.Service) (access.Set, error) {
	a := actor.From(ctx)
	set, err := s.Access.Towards(ctx, a, sv.Unit)
	if a.In(sv.ID, "owner") {
		set |= access.Owner
	}
	return set, err
}

// SetPlan makes p the plan of the service: a new revision with a new seed. on is the state that the actor saw. The same plan
// again changes nothing, so that nobody draws a luckier seed by saving once more.
func (s *Service) SetPlan(ctx context.Context, code string, p Plan, on web.IfMatch) (Plan, error) {
	sv, err := s.Catalog.Visible(ctx, code)
	if err != nil {
		return Plan{}, err
	}
	set, err := s.towards(ctx, sv)
	if err != nil {
		return Plan{}, err
	}
	if err := access.Allowed(ctx, doPlan, set); err != nil {
		return Plan{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		was, err := planNow(ctx, tx, sv.ID)
		if err != nil {
			return err
		}
		if err := on.Check(was.etag()); err != nil {
			return err
		}
		p.Service, p.Revision, p.Seed, p.By, p.At = was.Service, was.Revision, was.Seed, was.By, was.At
		if p == was {
			return nil
		}
		f := p.check()
		if sv.Support() && p.Active {
			f.Add("active", "review.not-support")
		}
		if err := f.Err(); err != nil {
			return err
		}
		seed := make([]byte, 32)
		if _, err := io.ReadFull(s.seeds, seed); err != nil {
			return err
		}
		p.Service, p.Revision, p.Seed, p.By, p.At = sv.ID, was.Revision+1, hex.EncodeToString(seed), actor.From(ctx).Person, tx.Now
		if err := insertPlan(ctx, tx, p); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, PlanWasSet{p.Service, p.Revision, p.Active, p.Share, p.Most, p.First, p.Second})
	})
	if sqldb.IsUnique(err) { // of two at once one was quicker
		err = fault.New(fault.Precondition, "web.changed-meanwhile")
	}
	return p, err
}

func (p Plan) etag() string { return web.ETag(p.Service, p.Revision) }

// Monthly is how many cases a month the share comes to, at the volume of the last ninety days and before the limit.
func (p Planned) Monthly() float64 { return float64(p.First90.Done) / 3 * float64(p.Share) / 100 }
