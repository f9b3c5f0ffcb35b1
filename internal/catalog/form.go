package catalog

import (
	"context"

	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/sqldb"
)

// SetForm changes what a service asks, for requests opened from now on: a new version, unless it asks the same. Requests keep the form
// they were asked with. revision is the one the caller has seen; 0 does not care.
func (c *Catalog) SetForm(ctx context.Context, code string, f form.Form, revision int) (*Service, error) {
	return c.change(ctx, code, doEdit, revision, func(ctx context.Context, tx *sqldb.Tx, s *Service) error {
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
	bad.Join("form", checkForm(f))
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
