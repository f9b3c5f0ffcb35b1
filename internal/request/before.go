package request

import (
	"context"

	"github.com/a-h/templ"

	"neike/internal/catalog"
)

// readFirst is what another room shows above the form of a service, and hears when a request was sent from a form in which
// something had been opened. key is the form's own, random; read is what was opened in it.
type readFirst struct {
	show func(ctx context.Context, sv *catalog.Service, key string, read []string) (templ.Component, error)
	sent func(ctx context.Context, sv *catalog.Service, key string, read []string) error
}

// ReadFirstBy fills the slot of what there is to read before one asks. Call it while wiring.
func (s *Service) ReadFirstBy(show func(context.Context, *catalog.Service, string, []string) (templ.Component, error), sent func(context.Context, *catalog.Service, string, []string) error) {
	s.first = readFirst{show, sent}
}

// readBefore puts what there is to read into the view.
func (s *Service) readBefore(ctx context.Context, v *askView) error {
	if s.first.show == nil {
		return nil
	}
	sv, err := s.Catalog.Visible(ctx, v.Code)
	if err != nil {
		return err
	}
	v.ReadFirst, err = s.first.show(ctx, sv, v.Typed.Once, v.Typed.Read)
	return err
}

// sentAfter says that a request was sent from a form in which something had been read.
func (s *Service) sentAfter(ctx context.Context, in asked) error {
	if s.first.sent == nil || len(in.Read) == 0 {
		return nil
	}
	sv, err := s.Catalog.Visible(ctx, in.Service)
	if err != nil {
		return err
	}
	return s.first.sent(ctx, sv, in.Once, in.Read)
}
