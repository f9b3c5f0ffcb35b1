package org

import (
	"context"
	"errors"
	"fmt"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// chunk is how many things one transaction of a change looks at: everybody else waits for it.
const chunk = 100

// rounds is how often the holdings of units are looked through: what came to an ending unit meanwhile goes with the next.
const rounds = 5

// carryOut carries a change out, one transaction a chunk. What is done is written with the chunk, so that a job that was
// killed goes on behind it.
func (s *Service) carryOut(ctx context.Context, j changeJob) error {
	for {
		more, err := s.stretch(ctx, j.Change)
		if err != nil {
			return errors.Join(err, s.stumbled(ctx, j.Change, err))
		}
		if !more {
			return nil
		}
	}
}

// stumbled notes what a try died of, for the page.
func (s *Service) stumbled(ctx context.Context, id ID, cause error) error {
	if ctx.Err() != nil {
		return nil
	}
	key := "org.change-stumbled"
	if f, ok := fault.As(cause); ok {
		key = f.Key
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		c, err := lockChange(ctx, tx, id)
		if err != nil || c.State != ChangeRunning {
			return err
		}
		c.Trouble = key
		return updateChange(ctx, tx, &c)
	})
}

// stretch is one transaction of a change; more says that there is another one.
func (s *Service) stretch(ctx context.Context, id ID) (more bool, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		more = false
		c, err := lockChange(ctx, tx, id)
		if err != nil {
			return err
		}
		if c.State == ChangePlanned && tx.Now.Before(c.At) || c.State != ChangePlanned && c.State != ChangeRunning {
			return nil
		}
		ctx = s.onBehalf(ctx, c)
		if c.State == ChangePlanned {
			more, err = s.begin(ctx, tx, &c)
		} else if more = true; c.done() {
			more, err = s.conclude(ctx, tx, &c)
		} else {
			err = s.advance(ctx, tx, &c)
		}
		if err != nil {
			return err
		}
		return updateChange(ctx, tx, &c)
	})
	return more, err
}

// onBehalf is the context of the house that does what a person decided.
func (s *Service) onBehalf(ctx context.Context, c Change) context.Context {
	company := s.Company(ctx)
	return actor.With(ctx, actor.Actor{System: true, Person: c.By, Locale: company.Locale, Zone: company.Zone})
}

func (c Change) done() bool {
	for _, s := range c.Steps {
		if !s.Done {
			return false
		}
	}
	return true
}

// begin looks once more whether the change is possible, makes the units that it needs and lists what there is to move.
func (s *Service) begin(ctx context.Context, tx *sqldb.Tx, c *Change) (bool, error) {
	remarks, err := s.ready(ctx, tx, c)
	if err != nil {
		return false, err
	}
	for _, r := range remarks {
		if r.Bad {
			c.State, c.EndedAt, c.Trouble = ChangeRefused, tx.Now, r.Key
			if c.Kind == LongLeave {
				if err := s.stayHere(ctx, tx, *c); err != nil {
					return false, err
				}
			}
			return false, s.events.Emit(ctx, tx, ChangeWasRefused{c.about(), r.Key})
		}
	}
	c.State, c.BeganAt = ChangeRunning, tx.Now
	if c.Units() {
		if err := s.makeUnits(ctx, tx, c); err != nil {
			return false, err
		}
	}
	if c.Kind == Leaving {
		if err := s.close(ctx, tx, c.Person); err != nil {
			return false, err
		}
	}
	if c.Steps, err = s.stages(ctx, tx, *c); err != nil {
		return false, err
	}
	if c.Kind == LongLeave {
		if err := s.noteGiven(ctx, tx, *c); err != nil {
			return false, err
		}
	}
	return true, s.events.Emit(ctx, tx, ChangeHasBegun{c.about()})
}

// stages lists what the change will go through, with how many there are of each.
func (s *Service) stages(ctx context.Context, rd sqldb.Reader, c Change) ([]Stage, error) {
	var out []Stage
	add := func(h Holding, from, to ID) error {
		n, err := h.Count(ctx, rd, from)
		stage := Stage{Holding: h.Code, From: from, To: to, Total: n}
		if err == nil && n > 0 && c.Kind == Split && h.Spread != nil {
			stage.Parts, err = h.Spread(ctx, rd, s.handing(c, stage))
		}
		out = append(out, stage)
		return err
	}
	switch {
	case c.Kind == Merge || c.Kind == Split:
		for _, h := range s.Holdings(ByUnit) {
			for _, from := range c.Plan.From {
				if err := add(h, from, c.Plan.Into[0].Unit); err != nil {
					return nil, err
				}
			}
		}
	case c.Person != 0:
		for _, h := range s.Holdings(ByPerson) {
			to := c.Plan.To[h.Code]
			if h.Ends && c.Kind != Leaving || !h.Ends && to == 0 {
				continue
			}
			if err := add(h, c.Person, to); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// advance hands over the next chunk of the first stage that is not done.
func (s *Service) advance(ctx context.Context, tx *sqldb.Tx, c *Change) error {
	for i := range c.Steps {
		stage := &c.Steps[i]
		if stage.Done {
			continue
		}
		h, known := s.holding(stage.Holding)
		if !known {
			return fmt.Errorf("nobody keeps %s any more", stage.Holding)
		}
		out, err := h.Hand(ctx, tx, s.handing(*c, *stage))
		if err != nil {
			return fmt.Errorf("hand over %s: %w", h.Code, err)
		}
		stage.Moved, stage.Left, stage.After = stage.Moved+out.Moved, stage.Left+len(out.Left), out.Next
		stage.Done = out.Next == 0
		c.Trouble = ""
		if c.Kind == LongLeave {
			if err := keepNotGiven(ctx, tx, c.ID, h.Code, out.Left); err != nil {
				return err
			}
		}
		return insertLeft(ctx, tx, c.ID, h.Code, out.Left)
	}
	return nil
}

func (s *Service) handing(c Change, stage Stage) Handing {
	return Handing{Change: c.ID, From: stage.From, To: stage.To, Shares: c.Plan.Into, Assign: c.Plan.Assign, After: stage.After, Limit: chunk}
}

// conclude does what comes last, when everything has been handed over.
func (s *Service) conclude(ctx context.Context, tx *sqldb.Tx, c *Change) (more bool, err error) {
	switch c.Kind {
	case Transfer:
		err = s.arrive(ctx, tx, c)
	case Leaving:
		err = s.strip(ctx, tx, c.Person)
	case Merge, Split:
		if more, err = s.again(ctx, tx, c); more || err != nil {
			return more, err
		}
		err = s.endUnits(ctx, tx, c)
	case Move, Rename:
		err = s.alter(ctx, tx, c)
	}
	if err != nil {
		return false, err
	}
	moved, left, _ := c.sums()
	c.State, c.EndedAt, c.Trouble = ChangeDone, tx.Now, ""
	return false, s.events.Emit(ctx, tx, ChangeWasDone{c.about(), moved, left})
}

// again looks whether anything came to the ending units meanwhile, and lets it follow.
func (s *Service) again(ctx context.Context, tx *sqldb.Tx, c *Change) (bool, error) {
	more := false
	for i := range c.Steps {
		stage := &c.Steps[i]
		h, known := s.holding(stage.Holding)
		if !known {
			continue
		}
		n, err := h.Count(ctx, tx, stage.From)
		if err != nil {
			return false, err
		}
		if n == 0 {
			continue
		}
		if stage.Round >= rounds {
			return false, fault.New(fault.Conflict, "org.unit-not-empty")
		}
		stage.Round, stage.Done, stage.After, more = stage.Round+1, false, 0, true
		stage.Left = 0
	}
	if more {
		return true, forgetLeft(ctx, tx, c.ID)
	}
	return false, nil
}

// waits says whether a change has still to come.
func (c Change) waits(now time.Time) bool { return c.State == ChangePlanned && c.At.After(now) }
