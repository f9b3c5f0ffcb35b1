package notice

import (
	"context"

	"neike/internal/delivery"
	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
)

// deliverySources says whom the events of a delivery are told: who takes it over, who brings it, and the heads of both when
// it is contested. What falls due is told by the to-do.
func (s *Service) deliverySources() {
	if s.Delivery == nil {
		return
	}
	on := func(e event.Event, tell func(ctx context.Context, rd sqldb.Reader, b *batch, p delivery.Party) ([]Told, error)) {
		s.sources[e.EventKind()] = func(ctx context.Context, rd sqldb.Reader, b *batch, r event.Record) ([]Told, error) {
			a, err := event.Decode[delivery.WasSaid](r) // every event of the room begins with About
			if err != nil || a.Imported {
				return nil, err
			}
			p, err := s.Delivery.PartyOf(ctx, rd, a.Delivery)
			if err != nil {
				return nil, err
			}
			list, err := tell(ctx, rd, b, p)
			for i := range list {
				list[i].By = a.By
			}
			return list, err
		}
	}
	serving := func(kind string) func(context.Context, sqldb.Reader, *batch, delivery.Party) ([]Told, error) {
		return func(ctx context.Context, rd sqldb.Reader, b *batch, p delivery.Party) ([]Told, error) {
			if p.Assignee != 0 {
				return []Told{{Kind: kind, Person: p.Assignee, As: AsAssignee}}, nil
			}
			list, err := b.crew(ctx, rd, p.Provider)
			return kinded(kind, list), err
		}
	}
	on(delivery.WasDelivered{}, func(_ context.Context, _ sqldb.Reader, _ *batch, p delivery.Party) ([]Told, error) {
		return each("delivery.delivered", AsCustomer, p.Receivers), nil
	})
	on(delivery.SkipWasAsked{}, func(_ context.Context, _ sqldb.Reader, _ *batch, p delivery.Party) ([]Told, error) {
		return each("delivery.skip-asked", AsCustomer, p.Receivers), nil
	})
	on(delivery.WasReturned{}, serving("delivery.returned"))
	on(delivery.WasContested{}, func(_ context.Context, _ sqldb.Reader, _ *batch, p delivery.Party) ([]Told, error) {
		return append(each("delivery.contested", AsHead, p.ProviderHeads), each("delivery.contested", AsHead, p.Asks)...), nil
	})
}
