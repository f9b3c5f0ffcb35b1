package relation

import (
	"context"

	"neike/internal/access"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// wordHolding is what has been said of the edges of a unit, by either side and by the office: it is said of the unit that follows,
// of several of the one with the largest share. Where something has been said of that edge already, the later word of a side counts.
func (s *Service) wordHolding() org.Holding {
	return org.Holding{Code: "relation.words", Label: "relation.holds-words", By: org.ByUnit, Order: 79,
		Count: countSpoken,
		List: func(ctx context.Context, rd sqldb.Reader, unit, after ID, limit int) ([]org.Held, error) {
			list, err := spokenAfter(ctx, rd, unit, after, limit)
			if err != nil {
				return nil, err
			}
			tree, err := s.org.Tree(ctx)
			if err != nil {
				return nil, err
			}
			out := make([]org.Held, len(list))
			for i, e := range list {
				provider, _ := tree.ByID(e.Provider)
				customer, _ := tree.ByID(e.Customer)
				out[i] = org.Held{Key: e.ID, Title: lang.T(ctx, "relation.holds-pair", "provider", provider.Name.In(ctx), "customer", customer.Name.In(ctx)),
					Note: lang.T(ctx, "relation.standing."+e.Standing.word()), Href: "/relations/" + provider.Code + "/" + customer.Code}
			}
			return out, nil
		},
		Hand: func(ctx context.Context, tx *sqldb.Tx, h org.Handing) (org.Handed, error) {
			var out org.Handed
			list, err := spokenAfter(ctx, tx, h.From, h.After, h.Limit)
			if err != nil {
				return out, err
			}
			for _, e := range list {
				if err := s.moveWords(ctx, tx, e, h); err != nil {
					return out, err
				}
				out.Next, out.Moved = e.ID, out.Moved+1
			}
			if len(list) < h.Limit {
				out.Next = 0
			}
			return out, nil
		}}
}

// moveWords takes what was said of an edge to that of the unit that follows. Both histories say so. Of units that became one
// nothing is left to say.
func (s *Service) moveWords(ctx context.Context, tx *sqldb.Tx, e edgeRow, h org.Handing) error {
	provider, customer := e.Provider, e.Customer
	if provider == h.From {
		provider = h.To
	}
	if customer == h.From {
		customer = h.To
	}
	words, err := wordsOf(ctx, tx, []ID{e.ID})
	if err != nil {
		return err
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return err
	}
	house := s.org.Company(ctx).Locale
	from, _ := tree.ByID(h.From)
	to, _ := tree.ByID(h.To)
	if provider != customer {
		next, err := wordEdge(ctx, tx, provider, customer)
		if err != nil {
			return err
		}
		if err := s.takeWords(ctx, tx, next, words[e.ID], from.Name.For(house)); err != nil {
			return err
		}
	}
	for _, w := range words[e.ID] {
		if err := dropWord(ctx, tx, e.ID, w.Side); err != nil {
			return err
		}
	}
	e.Standing = Unspoken
	if err := setStanding(ctx, tx, e.ID, e.Standing); err != nil {
		return err
	}
	if err := s.todo.Fulfil(ctx, tx, access.Subject{Kind: Kind, ID: e.ID}, verbConfirm, verbRule); err != nil {
		return err
	}
	tx.OnCommit(s.store.forget)
	return note(ctx, tx, e, "passed", Word{Note: to.Name.For(house)})
}

// takeWords adds words that were said of another edge to those of this one.
func (s *Service) takeWords(ctx context.Context, tx *sqldb.Tx, e edgeRow, words []Word, from string) error {
	have, err := wordsOf(ctx, tx, []ID{e.ID})
	if err != nil {
		return err
	}
	latest := map[Side]Word{}
	for _, w := range have[e.ID] {
		latest[w.Side] = w
	}
	for _, w := range words {
		if old, spoke := latest[w.Side]; spoke && !old.At.Before(w.At) {
			continue
		}
		latest[w.Side] = w
		if err := setWord(ctx, tx, e.ID, w); err != nil {
			return err
		}
	}
	now := said{}
	for side, w := range latest {
		now[side] = w.Says
	}
	e.Standing = standingOf(now, e.there())
	if err := setStanding(ctx, tx, e.ID, e.Standing); err != nil {
		return err
	}
	if err := note(ctx, tx, e, "taken", Word{Note: from}); err != nil {
		return err
	}
	return s.ask(ctx, tx, e, now, 0)
}
