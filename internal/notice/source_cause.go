package notice

import (
	"context"

	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
	"neike/internal/request"
)

// causeSources says whom is told about causes of breaches and contested pauses.
func (s *Service) causeSources() {
	s.sources[request.CauseMoved{}.EventKind()] = s.causeMoved
	s.sources[request.PriorityMoved{}.EventKind()] = s.priorityMoved
	s.sources[request.PauseContested{}.EventKind()] = s.pauseContested
}

// causeMoved tells whoever is to speak next, and the provider what was settled.
func (s *Service) causeMoved(ctx context.Context, rd sqldb.Reader, b *batch, r event.Record) ([]Told, error) {
	e, err := event.Decode[request.CauseMoved](r)
	if err != nil {
		return nil, err
	}
	return heard(func(ctx context.Context, rd sqldb.Reader, _ *batch, a said, p request.Party) ([]Told, error) {
		switch {
		case e.State == request.CauseStated:
			return each("request.cause-stated", AsCustomer, p.Customers), nil
		case e.State == request.CauseSettled && a.Assignee != int64(a.By):
			return []Told{{Kind: "request.cause-settled", Person: a.Assignee, As: AsAssignee}}, nil
		case e.State == request.CauseDisputed && !p.Confidential:
			quality, err := s.Org.HoldersOver(ctx, rd, "quality", p.Unit)
			return each("request.cause-disputed", AsHead, quality), err
		}
		return nil, nil
	})(ctx, rd, b, r)
}

// pauseContested tells the head or the quality office, who decide, and both sides what came of it.
func (s *Service) pauseContested(ctx context.Context, rd sqldb.Reader, b *batch, r event.Record) ([]Told, error) {
	e, err := event.Decode[request.PauseContested](r)
	if err != nil {
		return nil, err
	}
	return heard(func(ctx context.Context, rd sqldb.Reader, b *batch, a said, p request.Party) ([]Told, error) {
		var people []int64
		var err error
		switch {
		case e.Stage == request.ContestHead && !p.Confidential:
			people, err = b.headsOf(ctx, rd, a.Unit)
		case e.Stage == request.ContestQuality && !p.Confidential:
			people, err = s.Org.HoldersOver(ctx, rd, "quality", p.Unit)
		case e.Stage == request.ContestKept, e.Stage == "":
			list := each("request.contest-settled", AsCustomer, p.Customers)
			return append(list, Told{Kind: "request.contest-settled", Person: a.Assignee, As: AsAssignee}), nil
		}
		return each("request.contested", AsHead, people), err
	})(ctx, rd, b, r)
}

// priorityMoved tells the provider what is urgent from now on, the head of the customer what waits for a word, and the
// customer what came of it.
func (s *Service) priorityMoved(ctx context.Context, rd sqldb.Reader, b *batch, r event.Record) ([]Told, error) {
	e, err := event.Decode[request.PriorityMoved](r)
	if err != nil {
		return nil, err
	}
	return heard(func(ctx context.Context, rd sqldb.Reader, b *batch, a said, p request.Party) ([]Told, error) {
		if e.Priority == request.Wanted {
			if p.Confidential {
				return nil, nil
			}
			heads, err := b.headsOf(ctx, rd, e.Customer)
			return each("request.urgent-wanted", AsHead, heads), err
		}
		var list []Told
		if e.Priority == request.Urgent {
			if list, err = s.serving(ctx, rd, b, "request.urgent", a.Assignee, a.Unit, p); err != nil {
				return nil, err
			}
		}
		if !e.Asked {
			list = append(list, each("request.priority", AsCustomer, p.Customers)...)
		}
		return list, nil
	})(ctx, rd, b, r)
}
