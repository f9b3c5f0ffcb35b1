package talk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Feed is what a higher room puts into the inbox beside messages, so that people have one place to look. Its ids are
// those of the house, which rise with time.
type Feed struct {
	// Marks gives what the actor of ctx has not read, seen or not, newest first, with ids below before (0: any), at most
	// MarkPage. Of these About says what may be seen, and it knows the kinds of messages, too: List gives as many.
	Marks func(ctx context.Context, rd sqldb.Reader, before ID) ([]Mark, error)
	// Stand is what Marks would give first, summed up.
	Stand func(ctx context.Context, rd sqldb.Reader) (Stand, error)
	About func(ctx context.Context, rd sqldb.Reader, kind string, ids []int64) (map[int64]About, error)
	// List gives those that the actor of ctx has not read and may see, newest first, with ids below before (0: any).
	List func(ctx context.Context, rd sqldb.Reader, before ID, limit int) (lines []FeedLine, next ID, err error)
	// Read notes that a person has read those about a subject, or all up to an id; and says whether there were any.
	Read func(ctx context.Context, person org.ID, sub *access.Subject, upTo ID) (bool, error)
}

// FeedLine is one of them as the inbox shows it.
type FeedLine struct {
	ID                           ID
	Icon, Title, Href, Note, Who string
	Tone                         string // of a tag: "", "warn", "bad"
	At                           time.Time
}

// AddFeed fills the slot. Call it while wiring.
func (s *Service) AddFeed(f Feed) { s.feed = f }

func (f Feed) read(ctx context.Context, person org.ID, sub *access.Subject, upTo ID) (bool, error) {
	if f.Read == nil {
		return false, nil
	}
	return f.Read(ctx, person, sub, upTo)
}

// Only is a part of the inbox.
type Only string

// The parts.
const (
	OnlyAll      Only = ""
	OnlyMentions Only = "mentions"
	OnlyNotices  Only = "notices"
)

// InboxLine is a message or a line of the feed.
type InboxLine struct {
	Unread *Unread
	Fed    *FeedLine
}

// ID is its place.
func (l InboxLine) ID() ID {
	if l.Unread != nil {
		return l.Unread.ID
	}
	return l.Fed.ID
}

// Mixed lists what the actor of ctx has not read, messages and the feed by time, newest first. next is 0 at the end.
func (s *Service) Mixed(ctx context.Context, only Only, before ID, limit int) (list []InboxLine, next ID, err error) {
	if actor.From(ctx).Person == 0 {
		return nil, 0, nil
	}
	var ends []ID // up to where each source was read
	if only != OnlyNotices {
		messages, more, err := s.Inbox(ctx, only == OnlyMentions, before, limit)
		if err != nil {
			return nil, 0, err
		}
		for i := range messages {
			list = append(list, InboxLine{Unread: &messages[i]})
		}
		ends = append(ends, more)
	}
	if only != OnlyMentions && s.feed.List != nil {
		err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
			lines, more, err := s.feed.List(ctx, rd, before, limit)
			for i := range lines {
				list = append(list, InboxLine{Fed: &lines[i]})
			}
			ends = append(ends, more)
			return err
		})
		if err != nil {
			return nil, 0, err
		}
	}
	sorting.By(list, func(a, b InboxLine) int { return cmp.Compare(b.ID(), a.ID()) })
	// What lies beyond the end of a source that has more is for the next page: the other may have newer ones there.
	next = slices.Max(append(ends, 0))
	if next != 0 {
		list = slices.DeleteFunc(list, func(l InboxLine) bool { return l.ID() < next })
	}
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].ID()
	}
	return list, next, nil
}

// Words reads messages that the actor of ctx may read, for whoever tells about them.
func (s *Service) Words(ctx context.Context, rd sqldb.Reader, sub access.Subject, ids []ID) (map[ID]Entry, error) {
	sight, err := s.see(ctx, rd, sub)
	if err != nil || !sight.Messages || len(ids) == 0 {
		return nil, err
	}
	list, err := messagesByID(ctx, rd, sub, ids)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(e Entry) bool { return e.Kind == KindNote && !sight.Notes })
	if err := complete(ctx, rd, sub, list); err != nil {
		return nil, err
	}
	out := make(map[ID]Entry, len(list))
	for _, e := range list {
		out[e.ID] = e
	}
	return out, nil
}

// NamesIn are those of the people mentioned in it, by 工号, in the reader's language.
func (e Entry) NamesIn(ctx context.Context) map[string]string { return namesNow(ctx, e.Names) }

// StillUnread picks those of the messages that the person has not read.
func (s *Service) StillUnread(ctx context.Context, rd sqldb.Reader, person org.ID, ids []ID) ([]ID, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return unreadAmong(ctx, rd, person, ids)
}
