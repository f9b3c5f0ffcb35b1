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

// subjectKind is how to-do entries speak of a service.
const subjectKind = "service"

// The verbs of what is owed about a service.
const (
	verbReview = "review" // the head: offer it, or send it back
	verbRevise = "revise" // who proposed it: it came back
)

// OweBy fills the slot through which people owe a review. Call it while wiring; without it nobody is reminded.
func (c *Catalog) OweBy(t *todo.Service) {
	c.todo = t
	t.AddVerb(verbReview, todo.Verb{Label: "catalog.verb-review", Icon: "clipboard-check", Serving: true})
	t.AddVerb(verbRevise, todo.Verb{Label: "catalog.verb-revise", Icon: "pencil", Serving: true})
}

// Propose hands a draft over for review: to the heads of its unit, or to the quality office where nobody heads it.
// Everything that would keep it from being offered comes at once.
func (c *Catalog) Propose(ctx context.Context, code string) (*Service, error) {
	return c.change(ctx, code, doPropose, 0, func(ctx context.Context, tx *sqldb.Tx, s *Service) error {
		if err := proposed(*s, c.main(ctx)); err != nil {
			return err
		}
		s.ProposedBy, s.ProposedAt, s.SentBack = actor.From(ctx).Person, tx.Now, ""
		if err := c.turn(ctx, tx, s, Review, ServiceWasProposed{Service: s.ID, Code: s.Code, Unit: s.Unit, By: s.ProposedBy}); err != nil {
			return err
		}
		if err := c.fulfil(ctx, tx, s, verbRevise); err != nil {
			return err
		}
		heads, err := c.reviewers(ctx, tx, s)
		for _, head := range heads {
			if err := c.owe(ctx, tx, s, verbReview, head); err != nil {
				return err
			}
		}
		return err
	})
}

// reviewers are the people who may offer a proposed service, at most five.
func (c *Catalog) reviewers(ctx context.Context, rd sqldb.Reader, s *Service) ([]int64, error) {
	list, err := c.org.Heads(ctx, rd, s.Unit)
	if err == nil && len(list) == 0 {
		list, err = c.org.Holders(ctx, rd, "quality")
	}
	return list[:min(len(list), 5)], err
}

// SendBack returns a proposed service to whoever proposed it, with the reason.
func (c *Catalog) SendBack(ctx context.Context, code, why string) (*Service, error) {
	return c.change(ctx, code, doApprove, 0, func(ctx context.Context, tx *sqldb.Tx, s *Service) error {
		if err := sentBack(*s, why); err != nil {
			return err
		}
		s.SentBack = strings.TrimSpace(why)
		if err := c.turn(ctx, tx, s, Draft, ServiceWasSentBack{Service: s.ID, Code: s.Code, Unit: s.Unit, To: s.ProposedBy}); err != nil {
			return err
		}
		if err := c.fulfil(ctx, tx, s, verbReview); err != nil || s.ProposedBy == 0 {
			return err
		}
		return c.owe(ctx, tx, s, verbRevise, s.ProposedBy)
	})
}

func (c *Catalog) owe(ctx context.Context, tx *sqldb.Tx, s *Service, verb string, person int64) error {
	if c.todo == nil {
		return nil
	}
	return c.todo.Owe(ctx, tx, todo.Todo{
		Holder: access.Person(person), For: s.ProposedBy, Unit: s.Unit, Subject: access.Subject{Kind: subjectKind, ID: s.ID}, Verb: verb,
		Title: s.Name.In(ctx), Ref: s.Code, Link: "/services/" + s.Code,
	})
}

func (c *Catalog) fulfil(ctx context.Context, tx *sqldb.Tx, s *Service, verbs ...string) error {
	if c.todo == nil {
		return nil
	}
	return c.todo.Fulfil(ctx, tx, access.Subject{Kind: subjectKind, ID: s.ID}, verbs...)
}

// Publish offers a service: one that was proposed, a draft, or one that was retired. Who reviews may; a retired one also
// comes back by whoever may retire it. Everything that keeps it from being offered comes at once.
func (c *Catalog) Publish(ctx context.Context, code string) (*Service, error) {
	return c.change(ctx, code, doEdit, 0, func(ctx context.Context, tx *sqldb.Tx, s *Service) error {
		if s.State != Retired {
			if err := c.may(ctx, doApprove, s); err != nil {
				return fault.Wrap(fault.Conflict, err, "catalog.review-first")
			}
		}
		if err := published(*s, c.main(ctx)); err != nil {
			return err
		}
		s.SentBack, s.Successor = "", 0
		if err := c.fulfil(ctx, tx, s, verbReview, verbRevise); err != nil {
			return err
		}
		return c.turn(ctx, tx, s, Live, ServiceWasPublished{Service: s.ID, Code: s.Code, Unit: s.Unit})
	})
}

// Retire takes a service out of the catalogue. Its open requests go on. The
// address of the service leads to its successor, when one is named by its code.
func (c *Catalog) Retire(ctx context.Context, code, successor string) (*Service, error) {
	return c.change(ctx, code, doEdit, 0, func(ctx context.Context, tx *sqldb.Tx, s *Service) error {
		if err := retired(*s); err != nil {
			return err
		}
		s.Successor = 0
		if successor = strings.TrimSpace(successor); successor != "" {
			next, err := c.successor(ctx, s, successor)
			if err != nil {
				return err
			}
			s.Successor = next.ID
		}
		if err := c.fulfil(ctx, tx, s, verbReview, verbRevise); err != nil {
			return err
		}
		return c.turn(ctx, tx, s, Retired, ServiceWasRetired{Service: s.ID, Code: s.Code, Unit: s.Unit, Successor: s.Successor})
	})
}

// successor is the service that shall be asked for instead: another one, offered, that the actor may know of.
func (c *Catalog) successor(ctx context.Context, s *Service, code string) (*Service, error) {
	next, err := c.Visible(ctx, code)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return nil, err
	}
	if err != nil || next.ID == s.ID || next.State != Live {
		var f fault.Fields
		f.Add("successor", "catalog.successor-unknown", "given", clip(code, 60))
		return nil, f.Err()
	}
	return next, nil
}

// SuccessorOf is the service that a retired one leads its readers to; not found when there is none, or none for them.
func (c *Catalog) SuccessorOf(ctx context.Context, code string) (*Service, error) {
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	s, ok := snap.ByCode(code)
	for range 10 { // a successor may have been retired, too
		if !ok || s.State != Retired || s.Successor == 0 {
			return nil, fault.ErrNotFound
		}
		if s, ok = snap.ByID(s.Successor); ok && s.State == Live && c.sees(ctx, s) {
			return s, nil
		}
	}
	return nil, fault.ErrNotFound
}

// The events of a review.
type (
	// ServiceWasProposed says that a draft waits for review, or a prepared change.
	ServiceWasProposed struct {
		Service ID     `json:"service"`
		Code    string `json:"code"`
		Unit    int64  `json:"unit"`
		By      int64  `json:"by"`
		Change  bool   `json:"change,omitempty"` // of the words of a live one
	}
	// ServiceWasSentBack says that a proposed service goes back to whoever proposed it.
	ServiceWasSentBack struct {
		Service ID     `json:"service"`
		Code    string `json:"code"`
		Unit    int64  `json:"unit"`
		To      int64  `json:"to"`
		Change  bool   `json:"change,omitempty"` // of the words of a live one
	}
)

// EventKind of ServiceWasProposed.
func (ServiceWasProposed) EventKind() string { return "catalog.service-was-proposed" }

// EventSubject of ServiceWasProposed.
func (e ServiceWasProposed) EventSubject() (string, int64) { return "service", e.Service }

// EventKind of ServiceWasSentBack.
func (ServiceWasSentBack) EventKind() string { return "catalog.service-was-sent-back" }

// EventSubject of ServiceWasSentBack.
func (e ServiceWasSentBack) EventSubject() (string, int64) { return "service", e.Service }
