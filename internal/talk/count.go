package talk

import (
	"context"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// unreadCap is where the badge stops counting: 99+.
const unreadCap = 100

// MarkPage is how many marks are looked at in one go.
const MarkPage = 200

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
		n, err = CountSeen(unreadCap, func(before ID) ([]Mark, error) {
			return unreadMarks(ctx, rd, person, before, MarkPage)
		}, func(kind string, ids []int64) (map[int64]About, error) { return s.AboutOf(ctx, rd, kind, ids) })
		if err != nil || s.feed.Count == nil || n >= unreadCap {
			return err
		}
		fed, err := s.feed.Count(ctx, rd, unreadCap-n)
		n += fed
		return err
	})
	return n, err
}

// CountSeen counts the marks about what one may see, up to limit. page gives marks with ids below before (0: any), newest
// first, at most MarkPage; about names those subjects of a kind that may be seen.
func CountSeen(limit int, page func(before ID) ([]Mark, error), about func(kind string, ids []int64) (map[int64]About, error)) (n int, err error) {
	for before := ID(0); ; {
		marks, err := page(before)
		if err != nil {
			return 0, err
		}
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
		if n >= limit || len(marks) < MarkPage {
			return min(n, limit), nil
		}
		before = marks[len(marks)-1].ID
	}
}
