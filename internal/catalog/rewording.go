package catalog

import (
	"context"
	"strings"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/todo"
)

// anyStamp says that the actor did not say which state of a rewording they saw.
const anyStamp = -1

// RewordingOf is the prepared change of a live service's words; not found when there is none, or when the actor may not
// write for the service.
func (c *Catalog) RewordingOf(ctx context.Context, code string) (*Service, Rewording, error) {
	s, err := c.Visible(ctx, code)
	if err != nil {
		return nil, Rewording{}, err
	}
	if err := c.may(ctx, doPropose, s); err != nil {
		return nil, Rewording{}, err
	}
	var r Rewording
	var ok bool
	err = c.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		r, ok, err = rewordingOf(ctx, rd, s.ID)
		return err
	})
	if err == nil && (!ok || s.State != Live) {
		err = fault.ErrNotFound
	}
	return s, r, err
}

// rewording is the frame of what happens to a prepared change: the live service is locked, the change is as the actor saw
// it (stamp; anyStamp: whatever it is; 0: there is none yet).
func (c *Catalog) rewording(ctx context.Context, code, action string, stamp int64, decide func(ctx context.Context, tx *sqldb.Tx, s *Service, r *Rewording, there bool) error) (*Service, Rewording, error) {
	var r Rewording
	s, err := c.change(ctx, code, action, 0, func(ctx context.Context, tx *sqldb.Tx, s *Service) error {
		if err := mayReword(s); err != nil {
			return err
		}
		var there bool
		var err error
		if r, there, err = rewordingOf(ctx, tx, s.ID); err != nil {
			return err
		}
		if stamp != anyStamp && stamp != r.Stamp {
			return fault.New(fault.Precondition, "catalog.changed-meanwhile", "code", s.Code)
		}
		return decide(ctx, tx, s, &r, there)
	})
	return s, r, err
}

// Reword prepares other words for a live service, which stays as it is. What was handed over for review is a draft again.
// Words like the live ones end the change.
func (c *Catalog) Reword(ctx context.Context, code string, w Words, stamp int64) (*Service, Rewording, error) {
	return c.rewording(ctx, code, doPropose, stamp, func(ctx context.Context, tx *sqldb.Tx, s *Service, r *Rewording, there bool) error {
		if s.Kind != Standing {
			w.Schedule, w.Criterion = s.Schedule, s.Criterion
		}
		next := *s
		next.describe(w.definition(s.Code))
		var f fault.Fields
		checkWords(&f, c.main(ctx), next)
		if err := topicThere(ctx, tx, &f, s.Topic, next.Topic); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		if there && r.State == Review {
			if err := c.fulfil(ctx, tx, s, verbReview); err != nil {
				return err
			}
		}
		if w == wordsOf(s) {
			*r = Rewording{}
			if err := c.fulfil(ctx, tx, s, verbRevise); err != nil {
				return err
			}
			return dropRewording(ctx, tx, s.ID)
		}
		r.Words, r.Base, r.State, r.Stamp, r.By, r.At = w, wordsOf(s), Draft, tx.NewID(), actor.From(ctx).Person, tx.Now
		return saveRewording(ctx, tx, s.ID, *r)
	})
}

// ProposeWords hands a prepared change over to whoever reviews the service.
func (c *Catalog) ProposeWords(ctx context.Context, code string, stamp int64) (*Service, Rewording, error) {
	return c.rewording(ctx, code, doPropose, stamp, func(ctx context.Context, tx *sqldb.Tx, s *Service, r *Rewording, there bool) error {
		if !there || r.State != Draft {
			return fault.New(fault.Conflict, "catalog.only-drafts")
		}
		r.State, r.Stamp, r.ProposedBy, r.ProposedAt, r.SentBack = Review, tx.NewID(), actor.From(ctx).Person, tx.Now, ""
		if err := saveRewording(ctx, tx, s.ID, *r); err != nil {
			return err
		}
		if err := c.fulfil(ctx, tx, s, verbRevise); err != nil {
			return err
		}
		heads, err := c.reviewers(ctx, tx, s)
		if err != nil {
			return err
		}
		for _, head := range heads {
			if err := c.oweWords(ctx, tx, s, *r, verbReview, head); err != nil {
				return err
			}
		}
		return c.announce(ctx, tx, ServiceWasProposed{Service: s.ID, Code: s.Code, Unit: s.Unit, By: r.ProposedBy, Change: true})
	})
}

// SendBackWords returns a change to whoever proposed it, with the reason.
func (c *Catalog) SendBackWords(ctx context.Context, code, why string, stamp int64) (*Service, Rewording, error) {
	return c.rewording(ctx, code, doApprove, stamp, func(ctx context.Context, tx *sqldb.Tx, s *Service, r *Rewording, _ bool) error {
		if err := sentBack(Service{State: r.State}, why); err != nil {
			return err
		}
		r.State, r.Stamp, r.SentBack = Draft, tx.NewID(), strings.TrimSpace(why)
		if err := saveRewording(ctx, tx, s.ID, *r); err != nil {
			return err
		}
		if err := c.fulfil(ctx, tx, s, verbReview); err != nil {
			return err
		}
		if err := c.oweWords(ctx, tx, s, *r, verbRevise, r.ProposedBy); err != nil {
			return err
		}
		return c.announce(ctx, tx, ServiceWasSentBack{Service: s.ID, Code: s.Code, Unit: s.Unit, To: r.ProposedBy, Change: true})
	})
}

// PublishWords lets a prepared change take the place of the live words. What it did not touch stays as it is now.
func (c *Catalog) PublishWords(ctx context.Context, code string, stamp int64) (*Service, error) {
	s, _, err := c.rewording(ctx, code, doApprove, stamp, func(ctx context.Context, tx *sqldb.Tx, s *Service, r *Rewording, there bool) error {
		if !there {
			return fault.New(fault.Conflict, "catalog.reword-gone")
		}
		words, _ := r.over(wordsOf(s))
		next := *s
		next.describe(words.definition(s.Code))
		var f fault.Fields
		checkWords(&f, c.main(ctx), next)
		if err := topicThere(ctx, tx, &f, s.Topic, next.Topic); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		if err := c.endRewording(ctx, tx, s); err != nil {
			return err
		}
		after, err := c.store(ctx, tx, s, &next, false)
		if err == nil {
			*s = *after
		}
		return err
	})
	return s, err
}

// DropWords throws a prepared change away.
func (c *Catalog) DropWords(ctx context.Context, code string, stamp int64) (*Service, error) {
	s, _, err := c.rewording(ctx, code, doPropose, stamp, func(ctx context.Context, tx *sqldb.Tx, s *Service, _ *Rewording, there bool) error {
		if !there {
			return fault.New(fault.Conflict, "catalog.reword-gone")
		}
		return c.endRewording(ctx, tx, s)
	})
	return s, err
}

func (c *Catalog) endRewording(ctx context.Context, tx *sqldb.Tx, s *Service) error {
	if err := c.fulfil(ctx, tx, s, verbReview, verbRevise); err != nil {
		return err
	}
	return dropRewording(ctx, tx, s.ID)
}

func (c *Catalog) oweWords(ctx context.Context, tx *sqldb.Tx, s *Service, r Rewording, verb string, person int64) error {
	if c.todo == nil || person == 0 {
		return nil
	}
	return c.todo.Owe(ctx, tx, todo.Todo{
		Holder: access.Person(person), For: r.ProposedBy, Unit: s.Unit, Subject: access.Subject{Kind: subjectKind, ID: s.ID}, Verb: verb,
		Title: s.Name.In(ctx), Ref: s.Code, Link: rewordingURL(s.Code),
	})
}

func rewordingURL(code string) string { return "/services/" + code + "/change" }
