package request

import (
	"context"

	"neike/internal/kit/actor"
	"neike/internal/kit/sqldb"
)

// CountMost is where Counts stops counting.
const CountMost = 100

// Counts says how many open requests of the actor's own there are, and how many are open in the queue of the units the
// actor serves; each up to CountMost. They are what the lists of the same name show first.
func (s *Service) Counts(ctx context.Context) (mine, queue int, err error) {
	if !actor.From(ctx).Known() {
		return 0, 0, nil
	}
	e, _, err := s.eyeOf(ctx)
	if err != nil {
		return 0, 0, err
	}
	sc := scope{eye: e}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		if mine, err = countMine(ctx, rd, e.person, CountMost); err != nil {
			return err
		}
		queue, err = sc.countQueue(ctx, rd, CountMost)
		return err
	})
	return mine, queue, err
}
