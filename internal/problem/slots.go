package problem

import (
	"context"
	"net/url"

	"github.com/a-h/templ"

	"neike/internal/catalog"
	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/talk"
)

// fillSlots puts what this room knows into the places that lower rooms leave for it.
func (s *Service) fillSlots() {
	s.Request.AboveAsk(s.askCard)
	s.Catalog.AddCard(s.serviceCard)
	s.Catalog.AboveList(s.listCard)
	s.Talk.AddPolicy(Kind, talk.Policy{About: s.talkAbout})
}

// link is the page of a problem.
func link(number int64) string { return "/problems/" + Ref(number) }

// askAt is where one asks for a service, with the title filled in.
func askAt(code, title string) string {
	return "/requests/new/" + url.PathEscape(code) + "?" + url.Values{"title": {title}}.Encode()
}

// askCard is what is known to be wrong with a service, above the form in which one asks for it.
func (s *Service) askCard(ctx context.Context, sv *catalog.Service) (templ.Component, error) {
	return s.card(ctx, sv.ID, "/requests/new/"+url.PathEscape(sv.Code))
}

// serviceCard is the same on the page of the service.
func (s *Service) serviceCard(ctx context.Context, sv *catalog.Service) (templ.Component, error) {
	return s.card(ctx, sv.ID, "/services/"+url.PathEscape(sv.Code))
}

func (s *Service) card(ctx context.Context, service int64, back string) (templ.Component, error) {
	list, err := s.OfService(ctx, service)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return knownCards(cardsOf(ctx, list, back)), nil
}

// listCard is what is known to be wrong with the services of a unit, or of all, above the list of services.
func (s *Service) listCard(ctx context.Context, unit int64) (templ.Component, error) {
	list, err := s.List(ctx, false)
	if err != nil {
		return nil, err
	}
	kept := list[:0]
	for _, l := range list {
		if unit == 0 || l.Unit == unit {
			kept = append(kept, l)
		}
	}
	if len(kept) == 0 {
		return nil, nil
	}
	return knownLines(cardsOf(ctx, kept, "/services")), nil
}

// knownCard is a problem before one asks.
type knownCard struct {
	Number   int64
	Title    string
	Words    string
	Expected string
	Count    string
	Shared   bool // the reader has said 'me, too'
	Back     string
}

func cardsOf(ctx context.Context, list []Listed, back string) []knownCard {
	out := make([]knownCard, len(list))
	for i, l := range list {
		out[i] = knownCard{Number: l.Number, Title: l.Title.In(ctx), Words: l.Words.In(ctx), Expected: expectedText(ctx, l.Problem), Count: countText(ctx, l.Count), Shared: l.Own.There(), Back: back}
	}
	return out
}

// expectedText says by when it is expected to be solved.
func expectedText(ctx context.Context, p Problem) string {
	switch {
	case p.Expected.IsZero():
		return lang.T(ctx, "problem.expected-unknown")
	case p.Expected.Before(lang.Now(ctx)):
		return lang.T(ctx, "problem.expected-was", "at", lang.At(ctx, p.Expected))
	}
	return lang.T(ctx, "problem.expected-at", "at", lang.At(ctx, p.Expected))
}

// countText says how many have it, as everybody may know.
func countText(ctx context.Context, c Counted) string {
	switch n := c.Public(); {
	case n == 0:
		return ""
	case n < 0:
		return lang.T(ctx, "problem.count-several")
	default:
		return lang.T(ctx, "problem.count", "count", n)
	}
}

// talkAbout names the problems among the ids that the actor may open.
func (s *Service) talkAbout(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]talk.About, error) {
	list, err := byIDs(ctx, rd, ids)
	if err != nil {
		return nil, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	own, err := ownMeToos(ctx, rd, ids, actor.From(ctx).Person)
	out := make(map[int64]talk.About, len(list))
	for _, p := range list {
		if s.sees(ctx, p, own[p.ID], snap) {
			out[p.ID] = talk.About{Ref: p.Ref(), Title: p.Title.In(ctx), Link: link(p.Number)}
		}
	}
	return out, err
}

// References name problems by their numbers, for the audit trail.
func References(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]string, error) {
	list, err := byIDs(ctx, rd, ids)
	out := make(map[int64]string, len(list))
	for _, p := range list {
		out[p.ID] = p.Ref()
	}
	return out, err
}

// People lists who has a problem, for whoever tells them.
func People(ctx context.Context, rd sqldb.Reader, id ID) ([]int64, error) {
	return peopleOf(ctx, rd, id)
}
