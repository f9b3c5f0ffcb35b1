package catalog

import (
	"context"
	"strconv"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/sqldb"
)

// SetForm changes what a service asks, for requests opened from now on: a new version, unless it asks the same. Requests keep the form
// they were asked with. revision is the one the caller has seen; 0 does not care.
func (c *Catalog) SetForm(ctx context.Context, code string, f form.Form, revision int) (*Service, error) {
	return c.change(ctx, code, doPropose, revision, func(ctx context.Context, tx *sqldb.Tx, s *Service) error {
		if err := c.may(ctx, writing(s), s); err != nil {
			return err
		}
		return c.setForm(ctx, tx, s, f)
	})
}

func (c *Catalog) setForm(ctx context.Context, tx *sqldb.Tx, s *Service, f form.Form) error {
	if s.Kind == Standing {
		return fault.New(fault.Conflict, "catalog.form-standing")
	}
	if s.State == Retired {
		return fault.New(fault.Conflict, "catalog.already-retired")
	}
	var bad fault.Fields
	bad.Join("form", checkForm(f, c.main(ctx)))
	if err := bad.Err(); err != nil {
		return err
	}
	next := *s
	next.Form = f
	after, err := c.store(ctx, tx, s, &next, false)
	if err == nil {
		*s = *after
	}
	return err
}

// token says which state of a service's form somebody has seen: the draft's stamp, or the version when there is none.
func (d formDraft) token() string {
	if d.Stamp == 0 {
		return "v" + strconv.Itoa(d.Base)
	}
	return strconv.FormatInt(d.Stamp, 10)
}

// formDraft is the form that is being changed, with its service, for those who may.
func (c *Catalog) formDraft(ctx context.Context, code string) (*Service, formDraft, error) {
	s, err := c.Visible(ctx, code)
	if err != nil {
		return nil, formDraft{}, err
	}
	if err := c.may(ctx, writing(s), s); err != nil {
		return nil, formDraft{}, err
	}
	if s.Kind == Standing {
		return nil, formDraft{}, fault.ErrNotFound
	}
	var d formDraft
	err = c.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		d, err = formDraftOf(ctx, rd, s)
		return err
	})
	return s, d, err
}

// drafting is the frame of what changes a draft: lock, may, seen, decide. token is what the caller has seen.
func (c *Catalog) drafting(ctx context.Context, code, token string, decide func(ctx context.Context, tx *sqldb.Tx, s *Service, d formDraft) error) (*Service, error) {
	return c.change(ctx, code, doPropose, 0, func(ctx context.Context, tx *sqldb.Tx, s *Service) error {
		if err := c.may(ctx, writing(s), s); err != nil {
			return err
		}
		if s.Kind == Standing {
			return fault.New(fault.Conflict, "catalog.form-standing")
		}
		d, err := formDraftOf(ctx, tx, s)
		if err != nil {
			return err
		}
		if token != d.token() {
			return fault.New(fault.Precondition, "catalog.form-changed-meanwhile")
		}
		return decide(ctx, tx, s, d)
	})
}

// EditForm changes the draft of a form; requests are asked with the form in force until it is published. A draft is without fault at
// every step: what would not be is refused, with what is wrong. A draft that asks what is asked already is none.
func (c *Catalog) EditForm(ctx context.Context, code, token string, change func(f form.Form) (form.Form, error)) (*Service, error) {
	return c.drafting(ctx, code, token, func(ctx context.Context, tx *sqldb.Tx, s *Service, d formDraft) error {
		f, err := form.Parse(d.Form.Canonical()) // a copy: the form in force is shared
		if err != nil {
			return err
		}
		if f, err = change(f); err != nil {
			return err
		}
		bad := checkForm(f, "") // which names are needed, the editor asks and publishing checks
		if err := bad.Err(); err != nil {
			return err
		}
		if sameForm(f, s.Form) {
			return dropFormDraft(ctx, tx, s.ID)
		}
		return saveFormDraft(ctx, tx, s.ID, formDraft{Form: f, Base: d.Base, Stamp: tx.NewID(), By: actor.From(ctx).Person, At: tx.Now})
	})
}

// PublishForm puts the draft in force: a new version, for requests opened from now on. When the form in force has changed since the
// draft was begun (by the interface, an import), it is refused unless over is given.
func (c *Catalog) PublishForm(ctx context.Context, code, token string, over bool) (*Service, error) {
	return c.drafting(ctx, code, token, func(ctx context.Context, tx *sqldb.Tx, s *Service, d formDraft) error {
		if d.Stamp == 0 {
			return fault.New(fault.Conflict, "catalog.form-nothing")
		}
		begun, _ := s.Numbered(d.Base)
		if !over && !sameForm(begun.Form, s.Form) {
			return fault.New(fault.Conflict, "catalog.form-overtaken", "base", d.Base, "version", s.Version)
		}
		if err := c.setForm(ctx, tx, s, d.Form); err != nil {
			return err
		}
		return dropFormDraft(ctx, tx, s.ID)
	})
}

// DiscardForm throws the draft away.
func (c *Catalog) DiscardForm(ctx context.Context, code, token string) (*Service, error) {
	return c.drafting(ctx, code, token, func(ctx context.Context, tx *sqldb.Tx, s *Service, _ formDraft) error {
		return dropFormDraft(ctx, tx, s.ID)
	})
}

// FormsInUse fills the slot through which the room of requests tells how many open requests of a service keep which version.
func (c *Catalog) FormsInUse(count func(ctx context.Context, service ID) (map[int]int, error)) {
	c.inUse = count
}

func (c *Catalog) setBy(ctx context.Context, service ID) (by map[int]int64, err error) {
	err = c.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		by, err = versionsBy(ctx, rd, service)
		return err
	})
	return by, err
}
