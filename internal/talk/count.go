package talk

import (
	"context"
	"encoding/binary"
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
		pages, print, err := s.firstMarks(ctx, rd, person)
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
		n, err = countSeen(unreadCap, func(kind string, ids []int64) (map[int64]About, error) { return about(ctx, rd, kind, ids) }, pages)
		if err == nil {
			s.counted.keep(person, print, rd.Instant(), n)
		}
		return err
	})
	return n, err
}

// firstMarks reads what is unread of both kinds, the first page of each at once; the print changes whenever one of the
// marks, or what the reader is in the house, does.
func (s *Service) firstMarks(ctx context.Context, rd sqldb.Reader, person org.ID) (pages []func(before ID) ([]Mark, error), print uint64, err error) {
	pages = append(pages, func(before ID) ([]Mark, error) { return unreadMarks(ctx, rd, person, before, MarkPage) })
	if s.feed.Marks != nil {
		pages = append(pages, func(before ID) ([]Mark, error) { return s.feed.Marks(ctx, rd, before) })
	}
	h := fnv.New64a()
	who := actor.From(ctx)
	fmt.Fprint(h, who.Viewer, who.Scopes, who.Groups, who.Roles, who.StandsFor)
	for i, read := range pages {
		marks, err := read(0)
		if err != nil {
			return nil, 0, err
		}
		var id [8]byte
		for _, m := range marks {
			binary.LittleEndian.PutUint64(id[:], uint64(m.ID)) //nolint:gosec // the same bits
			h.Write(id[:])
		}
		h.Write([]byte{'.'})
		pages[i] = func(before ID) ([]Mark, error) {
			if before == 0 {
				return marks, nil
			}
			return read(before)
		}
	}
	return pages, h.Sum64(), nil
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
