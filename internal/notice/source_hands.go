package notice

import (
	"context"

	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
	"neike/internal/request"
)

// handSources says whom is told of what goes through several hands.
func (s *Service) handSources() {
	s.sources[request.WasHandedOver{}.EventKind()] = s.handedOver
	s.sources[request.WasSettled{}.EventKind()] = heard(s.settled)
	s.sources[request.PartHasEnded{}.EventKind()] = s.partEnded
	s.sources[request.WasMerged{}.EventKind()] = heard(func(_ context.Context, _ sqldb.Reader, _ *batch, _ said, p request.Party) ([]Told, error) {
		return each("request.merged", AsCustomer, p.Customers), nil
	})
	s.sources[request.StandInWasNamed{}.EventKind()] = s.standIn
	s.sources[request.AnswerDraftWasTaken{}.EventKind()] = s.draftTaken
	s.sources[request.WasUnmerged{}.EventKind()] = heard(s.unmerged)
}

// handedOver tells the unit that has it now, its customer, and the quality office when it has gone round too often.
func (s *Service) handedOver(ctx context.Context, rd sqldb.Reader, b *batch, r event.Record) ([]Told, error) {
	e, err := event.Decode[request.WasHandedOver](r)
	if err != nil {
		return nil, err
	}
	list, err := heard(func(ctx context.Context, rd sqldb.Reader, b *batch, a said, p request.Party) ([]Told, error) {
		list, err := s.serving(ctx, rd, b, "request.handed-over", a.Assignee, a.Unit, p)
		return append(list, each("request.handed-on", AsCustomer, p.Customers)...), err
	})(ctx, rd, b, r)
	p, there := b.parties[r.Subject]
	if err != nil || !there || e.Imported || !e.Unsettled || p.Confidential {
		return list, err
	}
	quality, err := s.Org.HoldersOver(ctx, rd, "quality", p.Unit)
	for _, t := range each("request.unsettled", AsHead, quality) {
		t.By = e.By
		list = append(list, t)
	}
	return list, err
}

// partEnded tells who has the whole that its parts are done, once the last one is.
func (s *Service) partEnded(ctx context.Context, rd sqldb.Reader, b *batch, r event.Record) ([]Told, error) {
	e, err := event.Decode[request.PartHasEnded](r)
	if err != nil || e.Again || e.Open > 0 {
		return nil, err
	}
	return heard(func(ctx context.Context, rd sqldb.Reader, b *batch, a said, p request.Party) ([]Told, error) {
		if !p.State.Open() {
			return nil, nil
		}
		return s.serving(ctx, rd, b, "request.parts-done", a.Assignee, a.Unit, p)
	})(ctx, rd, b, r)
}

// settled tells the unit that is to do it, and its customer when it moved.
func (s *Service) settled(ctx context.Context, rd sqldb.Reader, b *batch, a said, p request.Party) ([]Told, error) {
	list, err := s.serving(ctx, rd, b, "request.settled", a.Assignee, a.Unit, p)
	if int64(a.From) != a.Unit {
		list = append(list, each("request.handed-on", AsCustomer, p.Customers)...)
	}
	return list, err
}

// unmerged tells the customer of a request that it goes on by itself, and who has it in hand.
func (s *Service) unmerged(ctx context.Context, rd sqldb.Reader, b *batch, a said, p request.Party) ([]Told, error) {
	list, err := s.serving(ctx, rd, b, "request.unmerged", a.Assignee, a.Unit, p)
	return append(list, each("request.unmerged", AsCustomer, p.Customers)...), err
}

// standIn tells who stands in from now on, or no longer.
func (s *Service) standIn(ctx context.Context, rd sqldb.Reader, b *batch, r event.Record) ([]Told, error) {
	e, err := event.Decode[request.StandInWasNamed](r)
	if err != nil || e.Imported {
		return nil, err
	}
	kind := "request.stand-in"
	if e.Ended {
		kind = "request.stand-down"
	}
	return []Told{{Kind: kind, Person: e.Person, As: AsSelf, By: e.By}}, nil
}

// draftTaken tells whose draft it was that a colleague goes on with it.
func (s *Service) draftTaken(ctx context.Context, rd sqldb.Reader, b *batch, r event.Record) ([]Told, error) {
	e, err := event.Decode[request.AnswerDraftWasTaken](r)
	if err != nil {
		return nil, err
	}
	return []Told{{Kind: "request.draft-taken", Person: e.From, As: AsAgent, By: e.By}}, nil
}
