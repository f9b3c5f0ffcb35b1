package talk

import (
	"context"

	"neike/internal/access"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Holdings are the records that somebody follows. A receiver who may see one follows it from then on; what a person has
// not read goes to nobody.
func (s *Service) Holdings() []org.Holding {
	return []org.Holding{
		{Code: "talk.watched", Label: "talk.holds-watched", By: org.ByPerson, Order: 70, Count: countFollowed, List: s.listWatched, Hand: s.handWatched},
		{Code: "talk.unread", Label: "talk.holds-unread", By: org.ByPerson, Order: 89, Ends: true, Count: countUnread, List: s.listUnread, Hand: s.endUnread},
	}
}

// listWatched names what the reader may see, too.
func (s *Service) listWatched(ctx context.Context, rd sqldb.Reader, person, after ID, limit int) ([]org.Held, error) {
	list, err := followedAfter(ctx, rd, person, after, limit)
	if err != nil {
		return nil, err
	}
	ids := map[string][]int64{}
	for _, sub := range list {
		ids[sub.Kind] = append(ids[sub.Kind], sub.ID)
	}
	about := map[access.Subject]About{}
	for kind, some := range ids {
		p, known := s.policies[kind]
		if !known || p.About == nil {
			continue
		}
		found, err := p.About(ctx, rd, some)
		if err != nil {
			return nil, err
		}
		for id, a := range found {
			about[access.Subject{Kind: kind, ID: id}] = a
		}
	}
	out := make([]org.Held, len(list))
	for i, sub := range list {
		a, seen := about[sub]
		out[i] = org.Held{Key: sub.ID, Title: a.Title, Note: a.Ref, Href: a.Link, Hidden: !seen}
	}
	return out, nil
}

// handWatched lets the receiver follow what may be told to them; the rest nobody follows any more.
func (s *Service) handWatched(ctx context.Context, tx *sqldb.Tx, h org.Handing) (org.Handed, error) {
	var out org.Handed
	list, err := followedAfter(ctx, tx, h.From, h.After, h.Limit)
	if err != nil {
		return out, err
	}
	to, err := s.org.PersonIn(ctx, tx, h.To)
	if err != nil {
		return out, err
	}
	for _, sub := range list {
		out.Next = sub.ID
		if err := s.Unwatch(ctx, tx, sub, h.From); err != nil {
			return out, err
		}
		for _, why := range []string{access.WhyWatches, access.WhyMentioned} {
			if err := s.access.Revoke(ctx, tx, sub, access.Person(h.From), why); err != nil {
				return out, err
			}
		}
		may, err := s.mayBeTold(ctx, tx, sub, "message", []org.Person{to})
		if err != nil {
			return out, err
		}
		if len(may) == 0 {
			continue
		}
		if err := s.access.Grant(ctx, tx, access.Grant{Subject: sub, Holder: access.Person(h.To), Why: access.WhyWatches}); err != nil {
			return out, err
		}
		if err := s.Watch(ctx, tx, sub, h.To, access.WhyWatches); err != nil {
			return out, err
		}
		out.Moved++
	}
	if len(list) < h.Limit {
		out.Next = 0
	}
	return out, nil
}

func countUnread(ctx context.Context, rd sqldb.Reader, person ID) (int, error) {
	return unreadCount(ctx, rd, person, org.CountMost)
}

// listUnread names nothing: it is about what others wrote to the person.
func (s *Service) listUnread(ctx context.Context, rd sqldb.Reader, person, after ID, limit int) ([]org.Held, error) {
	n, err := unreadCount(ctx, rd, person, limit)
	if after != 0 {
		n = 0
	}
	out := make([]org.Held, n)
	for i := range out {
		out[i] = org.Held{Key: ID(i + 1), Hidden: true}
	}
	return out, err
}

func (s *Service) endUnread(ctx context.Context, tx *sqldb.Tx, h org.Handing) (org.Handed, error) {
	n, err := countUnread(ctx, tx, h.From)
	if err != nil {
		return org.Handed{}, err
	}
	return org.Handed{Moved: n}, deleteAllUnread(ctx, tx, h.From, 1<<62)
}
