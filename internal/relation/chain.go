package relation

import (
	"context"
	"slices"

	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Link is an edge of a chain with what goes over it, in the words of both sides.
type Link struct {
	Tie
	HandOvers []HandOver // empty unless Shown
}

// Chain is a unit between the work that comes in and the work that goes out: 下一道工序是客户.
type Chain struct {
	Unit    org.Unit // of the level; zero: nobody works with it
	Period  Period
	In, Out []Link
}

// Chain reads what comes in to a unit, and what goes out, with the hand-overs that both sides described. Errors: Invalid.
func (s *Service) Chain(ctx context.Context, f GraphFilter) (Chain, error) {
	f.Depth = 1
	g, err := s.Graph(ctx, f)
	if err != nil {
		return Chain{}, err
	}
	c := Chain{Unit: g.Unit, Period: f.Period}
	in, out := g.direct()
	for _, t := range in {
		c.In = append(c.In, Link{Tie: t})
	}
	for _, t := range out {
		c.Out = append(c.Out, Link{Tie: t})
	}
	return c, s.handed(ctx, f.Level, &c)
}

// handed adds the hand-overs of all links at once.
func (s *Service) handed(ctx context.Context, level string, c *Chain) error {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return err
	}
	at := map[[2]org.ID]*Link{}
	for _, side := range [][]Link{c.In, c.Out} {
		for i := range side {
			if l := &side[i]; l.Shown {
				at[[2]org.ID{l.Provider.ID, l.Customer.ID}] = l
			}
		}
	}
	var ids []ID
	links := map[ID]*Link{}
	edges, _ := s.store.list()
	for _, e := range edges {
		if l := at[[2]org.ID{tree.At(level, e.Provider), tree.At(level, e.Customer)}]; l != nil {
			ids, links[e.ID] = append(ids, e.ID), l
		}
	}
	return s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		for some := range slices.Chunk(ids, edgesAtOnce) {
			list, err := handOvers(ctx, rd, some)
			if err != nil {
				return err
			}
			for _, h := range list {
				l := links[h.Edge]
				l.HandOvers = append(l.HandOvers, h)
			}
		}
		return nil
	})
}

// delayed counts the links on which work certainly comes later than agreed.
func delayed(links []Link) (n int) {
	for _, l := range links {
		if l.Shown && verdict(l.InTime) == "misses" {
			n++
		}
	}
	return n
}
