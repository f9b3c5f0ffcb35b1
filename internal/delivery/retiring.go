package delivery

import (
	"context"
	"time"

	"neike/internal/catalog"
	"neike/internal/kit/sqldb"
)

// Concerned is whom the end of a standing service concerns: the units that it is brought to. It fills the catalogue's slot.
func (s *Service) Concerned(ctx context.Context, rd sqldb.Reader, service catalog.ID, _ time.Time) (x catalog.Concern, err error) {
	if x.Standing, err = countStandingOf(ctx, rd, service); err != nil || x.Standing == 0 {
		return x, err
	}
	x.Units, err = broughtTo(ctx, rd, service)
	return x, err
}
