package request

import (
	"context"
	"time"

	"neike/internal/catalog"
	"neike/internal/kit/sqldb"
)

// concerned is whom the end of a service concerns: the customers of what is open, and the units that asked since a moment.
func (s *Service) concerned(ctx context.Context, rd sqldb.Reader, service catalog.ID, since time.Time) (x catalog.Concern, err error) {
	if x.Open, err = countOpenOf(ctx, rd, service); err != nil {
		return x, err
	}
	if x.People, err = openAskers(ctx, rd, service); err != nil {
		return x, err
	}
	list, err := askedSince(ctx, rd, service, since)
	for _, u := range list {
		x.Asked += u.n
		x.Units = append(x.Units, u.unit)
	}
	return x, err
}
