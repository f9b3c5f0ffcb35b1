package notice

import (
	"context"

	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
	"neike/internal/promise"
)

// promiseSources says whom the events of a promise are told: its giver, or whoever says how it went.
func (s *Service) promiseSources() {
	if s.Promise == nil {
		return
	}
	on := func(e event.Event, kind string, giver bool) {
		s.sources[e.EventKind()] = func(ctx context.Context, rd sqldb.Reader, b *batch, r event.Record) ([]Told, error) {
			a, err := event.Decode[promise.WasMade](r) // every event of the room begins with About
			if err != nil {
				return nil, err
			}
			var list []Told
			if giver {
				list = each(kind, AsAssignee, []int64{a.Giver})
			} else {
				p, err := s.Promise.PartyOf(ctx, rd, a.Promise)
				if err != nil {
					return nil, err
				}
				list = each(kind, AsCustomer, p.Receivers)
			}
			for i := range list {
				list[i].By = a.By
			}
			return list, nil
		}
	}
	on(promise.IsNear{}, "promise.near", true)
	on(promise.WasSaidNotYet{}, "promise.not-yet", true)
	on(promise.WasSaid{}, "promise.said", true)
	on(promise.WasMoved{}, "promise.date-answered", true)
	on(promise.WasRefused{}, "promise.date-answered", true)
	on(promise.WasMade{}, "promise.made", false)
	on(promise.WasClaimed{}, "promise.asked", false)
	on(promise.WasAskedAgain{}, "promise.asked", false)
	on(promise.WasProposed{}, "promise.date-proposed", false)
	on(promise.WasWithdrawn{}, "promise.withdrawn", false)
	s.sources[promise.FellDue{}.EventKind()] = func(ctx context.Context, rd sqldb.Reader, _ *batch, r event.Record) ([]Told, error) {
		a, err := event.Decode[promise.FellDue](r)
		if err != nil {
			return nil, err
		}
		p, err := s.Promise.PartyOf(ctx, rd, a.Promise)
		return append(each("promise.due", AsAssignee, []int64{a.Giver}), each("promise.asked", AsCustomer, p.Receivers)...), err
	}
}
