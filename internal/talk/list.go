package talk

import (
	"context"
	"strconv"
	"strings"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// PageSize is how many messages List gives at once.
const PageSize = 200

// Entry is a message as a conversation shows it.
type Entry struct {
	Message
	PersonNo    string
	PersonName  lang.Text
	PersonAway  bool // is on long leave now: no answer comes
	UnitName    lang.Text
	Attachments []File
	Names       map[string]lang.Text // 工号 → name of those mentioned
	fileCount   int
}

// Key is the place of a message in its conversation: the time it was written, then its id.
type Key struct{ At, ID int64 }

// Key is the entry's place.
func (e Entry) Key() Key { return Key{e.At.UnixMilli(), e.ID} }

// List reads the newest messages of a subject, oldest first, with names and files; notes only with withNotes: the
// caller has decided by access. One query, and one more each when there are files or mentions. before, when given,
// continues towards the beginning.
func (s *Service) List(ctx context.Context, rd sqldb.Reader, sub access.Subject, withNotes bool, before ...Key) ([]Entry, error) {
	var key Key
	if len(before) > 0 {
		key = before[0]
	}
	list, err := messages(ctx, rd, sub, withNotes, key, PageSize)
	if err != nil {
		return nil, err
	}
	away, err := s.org.AwayLong(ctx, rd)
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i].PersonAway = away(list[i].Person)
	}
	return list, complete(ctx, rd, sub, list)
}

// Whole is List from the beginning on: all messages of a subject that the caller may read, oldest first, PageSize in one query.
func (s *Service) Whole(ctx context.Context, rd sqldb.Reader, sub access.Subject, withNotes bool) ([]Entry, error) {
	var out []Entry
	for before := []Key(nil); ; {
		list, err := s.List(ctx, rd, sub, withNotes, before...)
		if err != nil {
			return nil, err
		}
		out = append(list[:len(list):len(list)], out...)
		if len(list) < PageSize {
			return out, nil
		}
		before = []Key{list[0].Key()}
	}
}

// AttachedFile is a file of a message as the API tells of it.
type AttachedFile struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Size int64  `json:"size" doc:"Bytes"`
	Type string `json:"type"`
	URL  string `json:"url" doc:"Where whoever may read the message downloads it"`
}

// Told is the files of the message as the API tells of them; nil when there are none.
func (e Entry) Told() []AttachedFile {
	var out []AttachedFile
	for _, f := range e.Attachments {
		out = append(out, f.Told())
	}
	return out
}

// Told is a file as the API tells of it.
func (f File) Told() AttachedFile {
	return AttachedFile{strconv.FormatInt(f.ID, 10), f.Name, f.Size, f.Type, f.Href()}
}

// Author is whose words they are, as a page names them.
func (e Entry) Author(ctx context.Context) string {
	return org.Person{Name: e.PersonName.In(ctx), OnLeave: e.PersonAway}.Display(ctx)
}

// complete adds files and the names of those mentioned.
func complete(ctx context.Context, rd sqldb.Reader, sub access.Subject, list []Entry) error {
	var filed, naming []ID
	for _, e := range list {
		if e.fileCount > 0 {
			filed = append(filed, e.ID)
		}
		if strings.Contains(e.Text, "@[") {
			naming = append(naming, e.ID)
		}
	}
	if len(filed) > 0 {
		files, err := filesOf(ctx, rd, sub, filed)
		if err != nil {
			return err
		}
		for i := range list {
			for _, f := range files {
				if f.Message == list[i].ID {
					list[i].Attachments = append(list[i].Attachments, f)
				}
			}
		}
	}
	if len(naming) > 0 {
		names, err := namesIn(ctx, rd, naming)
		if err != nil {
			return err
		}
		for i := range list {
			list[i].Names = names[list[i].ID]
		}
	}
	return nil
}

// UnreadIn lists the messages of a subject that the person has not read, for marking them on the page. Call it before
// MarkRead.
func (s *Service) UnreadIn(ctx context.Context, rd sqldb.Reader, person org.ID, sub access.Subject) ([]ID, error) {
	return unreadIn(ctx, rd, person, sub)
}

// MarkRead notes that the actor of ctx has the subject's page before the eyes. It writes only when something was
// unread. Not to be called inside a transaction.
func (s *Service) MarkRead(ctx context.Context, sub access.Subject) error {
	person := actor.From(ctx).Person
	if person == 0 {
		return nil
	}
	fed, err := s.feed.read(ctx, person, &sub, 0)
	if err != nil {
		return err
	}
	if fed {
		defer s.Announce(ctx, person)
	}
	var unread []ID
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		unread, err = unreadIn(ctx, rd, person, sub)
		return err
	})
	if err != nil || len(unread) == 0 {
		return err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		return deleteUnread(ctx, tx, person, unread)
	})
	if err == nil {
		s.Announce(ctx, person)
	}
	return err
}

// MarkAllRead empties the inbox of the actor of ctx, up to the newest message that was on the page.
func (s *Service) MarkAllRead(ctx context.Context, upTo ID) error {
	person := actor.From(ctx).Person
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		return deleteAllUnread(ctx, tx, person, upTo)
	})
	if err == nil {
		_, err = s.feed.read(ctx, person, nil, upTo)
	}
	if err == nil {
		s.Announce(ctx, person)
	}
	return err
}

// Unread is a line of the inbox.
type Unread struct {
	Entry
	Mentioned bool
	About     About
}

// Inbox lists what the actor of ctx has not read, newest first. A subject that the actor may no longer see is left
// out. next is 0 at the end.
func (s *Service) Inbox(ctx context.Context, mentionsOnly bool, before ID, limit int) (list []Unread, next ID, err error) {
	person := actor.From(ctx).Person
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err = unreadOf(ctx, rd, person, mentionsOnly, before, limit+1)
		if err != nil {
			return err
		}
		if len(list) > limit {
			list = list[:limit]
			next = list[limit-1].ID
		}
		away, err := s.org.AwayLong(ctx, rd)
		if err != nil {
			return err
		}
		for i := range list {
			list[i].PersonAway = away(list[i].Person)
		}
		list, err = s.describe(ctx, rd, list)
		return err
	})
	return list, next, err
}

// describe names the subjects and drops what the actor may not see.
func (s *Service) describe(ctx context.Context, rd sqldb.Reader, list []Unread) ([]Unread, error) {
	byKind := map[string][]int64{}
	var naming []ID
	for _, u := range list {
		byKind[u.Subject.Kind] = append(byKind[u.Subject.Kind], u.Subject.ID)
		if strings.Contains(u.Text, "@[") {
			naming = append(naming, u.ID)
		}
	}
	about := map[access.Subject]About{}
	for kind, ids := range byKind {
		p, known := s.policies[kind]
		if !known || p.About == nil {
			continue
		}
		found, err := p.About(ctx, rd, unique(ids))
		if err != nil {
			return nil, err
		}
		for id, a := range found {
			about[access.Subject{Kind: kind, ID: id}] = a
		}
	}
	names := map[ID]map[string]lang.Text{}
	if len(naming) > 0 {
		var err error
		if names, err = namesIn(ctx, rd, naming); err != nil {
			return nil, err
		}
	}
	out := list[:0]
	for _, u := range list {
		a, visible := about[u.Subject]
		if visible {
			u.About, u.Names = a, names[u.ID]
			out = append(out, u)
		}
	}
	return out, nil
}

func unique(ids []int64) []int64 {
	seen := map[int64]bool{}
	var out []int64
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}
