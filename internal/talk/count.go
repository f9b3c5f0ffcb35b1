package talk

import (
	"context"
	"fmt"
	"hash/fnv"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// unreadCap is where the badge stops counting: 99+.
const unreadCap = 100

// MarkPage is how many marks are looked at in one go.
const MarkPage = 100

// Mark is something unread and what it is about.
type Mark struct {
	ID      ID
	Subject access.Subject // ID 0: about nothing that could be hidden
}

// Unread counts the messages and notices that the person has not read and may see, up to 100: as many as the inbox lists.
func (s *Service) Unread(ctx context.Context, person org.ID) (n int, err error) {
	if person == 0 {
		return 0, nil
	}
	if actor.From(ctx).Person != person {
		who, err := s.org.ActorOf(ctx, person)
		if kind := fault.KindOf(err); err != nil && (kind == fault.NotFound || kind == fault.Denied) {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		ctx = actor.With(ctx, who)
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		print, err := s.printOf(ctx, rd, person)
		if err != nil {
			return err
		}
		if known, ok := s.counted.known(person, print, rd.Instant()); ok {
			n = known
			return nil
		}
		about := s.feed.About
		if about == nil {
			about = s.AboutOf
		}
		n, err = countSeen(unreadCap, func(kind string, ids []int64) (map[int64]About, error) { return about(ctx, rd, kind, ids) }, s.pagesOf(ctx, rd, person))
		if err == nil {
			s.counted.keep(person, print, rd.Instant(), n)
		}
		return err
	})
	return n, err
}

// Stand sums up the newest MarkPage marks of a reader: it changes whenever one of them comes or goes.
type Stand struct{ N, Sum, Last int64 }

// ScanStand reads count, sum and highest of ids.
func ScanStand(r sqldb.Row) (x Stand, err error) { return x, r.Scan(&x.N, &x.Sum, &x.Last) }

// printOf changes whenever one of the newest marks of both kinds, or what the reader is in the house, does.
func (s *Service) printOf(ctx context.Context, rd sqldb.Reader, person org.ID) (uint64, error) {
	h := fnv.New64a()
	who := actor.From(ctx)
	fmt.Fprint(h, who.Viewer, who.Scopes, who.Groups, who.Roles, who.StandsFor)
	own, err := standOf(ctx, rd, person)
	if err != nil {
		return 0, err
	}
	fmt.Fprint(h, own)
	if s.feed.Stand != nil {
		fed, err := s.feed.Stand(ctx, rd)
		if err != nil {
			return 0, err
		}
		fmt.Fprint(h, fed)
	}
	return h.Sum64(), nil
}

// pagesOf are what is unread of both kinds.
func (s *Service) pagesOf(ctx context.Context, rd sqldb.Reader, person org.ID) []func(before ID) ([]Mark, error) {
	pages := []func(ID) ([]Mark, error){func(before ID) ([]Mark, error) { return unreadMarks(ctx, rd, person, before, MarkPage) }}
	if s.feed.Marks != nil {
		pages = append(pages, func(before ID) ([]Mark, error) { return s.feed.Marks(ctx, rd, before) })
	}
	return pages
}

// countSeen counts the marks about what one may see, up to limit. Each of the pages gives marks of its own with ids below
// before (0: any), newest first, at most MarkPage; about names those subjects of a kind that may be seen.
func countSeen(limit int, about func(kind string, ids []int64) (map[int64]About, error), pages []func(before ID) ([]Mark, error)) (n int, err error) {
	before := make([]ID, len(pages))
	for {
		var marks []Mark
		more := false
		for i, page := range pages {
			if page == nil {
				continue
			}
			some, err := page(before[i])
			if err != nil {
				return 0, err
			}
			if marks = append(marks, some...); len(some) < MarkPage {
				pages[i] = nil
				continue
			}
			before[i], more = some[len(some)-1].ID, true
		}
		// whoever may see what is unread is asked about as much as could be missing; only of what is hidden the rest matters
		for part := limit - n; len(marks) > 0 && n < limit; part = len(marks) {
			part = min(part, len(marks))
			seen, err := seenOf(marks[:part], about)
			marks = marks[part:]
			if err != nil {
				return 0, err
			}
			n += seen
		}
		if n >= limit || !more {
			return min(n, limit), nil
		}
	}
}

// seenOf counts those of the marks that are about what one may see.
func seenOf(marks []Mark, about func(kind string, ids []int64) (map[int64]About, error)) (n int, err error) {
	byKind := map[string][]int64{}
	for _, m := range marks {
		if m.Subject.ID != 0 {
			byKind[m.Subject.Kind] = append(byKind[m.Subject.Kind], m.Subject.ID)
		}
	}
	seen := map[access.Subject]bool{}
	for kind, ids := range byKind {
		found, err := about(kind, unique(ids))
		if err != nil {
			return 0, err
		}
		for id := range found {
			seen[access.Subject{Kind: kind, ID: id}] = true
		}
	}
	for _, m := range marks {
		if m.Subject.ID == 0 || seen[m.Subject] {
			n++
		}
	}
	return n, nil
}
