package org

import (
	"context"

	"neike/internal/kit/sqldb"
)

// passed is how many absences one transaction announces: everybody else waits for it.
const passed = 200

// Pass announces what has begun and what is over by the mere passing of time: absences, acting heads. Rights follow the
// clock and do not wait for it.
func (s *Service) Pass(ctx context.Context) error {
	for {
		var n int
		err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			due, err := dueAbsences(ctx, tx, tx.Now, passed)
			if err != nil {
				return err
			}
			acting, err := dueActing(ctx, tx, tx.Now, passed)
			if err != nil {
				return err
			}
			n = max(len(due), len(acting))
			for _, id := range due {
				if err := s.passAbsence(ctx, tx, id); err != nil {
					return err
				}
			}
			for _, id := range acting {
				if err := s.passActing(ctx, tx, id); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || n < passed {
			return err
		}
	}
}

func (s *Service) passAbsence(ctx context.Context, tx *sqldb.Tx, id ID) error {
	if err := tx.Lock(ctx, "org_absence", id); err != nil {
		return err
	}
	a, err := absenceByID(ctx, tx, id)
	if err != nil {
		return err
	}
	return s.stageAbsence(ctx, tx, a)
}

func (s *Service) passActing(ctx context.Context, tx *sqldb.Tx, id ID) error {
	if err := tx.Lock(ctx, "org_acting", id); err != nil {
		return err
	}
	a, err := actingByID(ctx, tx, id)
	if err != nil {
		return err
	}
	return s.stageActing(ctx, tx, a)
}
