package notice

import (
	"context"
	"time"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/org"
	"neike/internal/talk"
)

// feed is what the inbox shows beside messages.
func (s *Service) feed() talk.Feed {
	return talk.Feed{Marks: marksFed, Stand: standFed, About: s.aboutOf, List: s.listFeed, Read: s.readAbout}
}

func marksFed(ctx context.Context, rd sqldb.Reader, before ID) ([]talk.Mark, error) {
	return unreadMarks(ctx, rd, actor.From(ctx).Person, before)
}

func standFed(ctx context.Context, rd sqldb.Reader) (talk.Stand, error) {
	return standOf(ctx, rd, actor.From(ctx).Person)
}

func (s *Service) listFeed(ctx context.Context, rd sqldb.Reader, before ID, limit int) ([]talk.FeedLine, ID, error) {
	list, err := unreadOf(ctx, rd, actor.From(ctx).Person, before, limit+1)
	if err != nil {
		return nil, 0, err
	}
	next := ID(0)
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].ID
	}
	lines, err := s.lines(ctx, rd, list, false)
	if err != nil {
		return nil, 0, err
	}
	out := make([]talk.FeedLine, len(lines))
	for i, l := range lines {
		out[i] = talk.FeedLine{ID: l.ID, Icon: l.kind.Icon, Title: l.text, Href: "/notices/" + idText(l.ID), Note: noteOf(l), Who: l.who, Tone: tagTone(l.kind.Tone), At: l.At}
	}
	return out, next, nil
}

// noteOf is the record's reference and title.
func noteOf(l line) string {
	if l.about.Ref != "" {
		return l.about.Ref + " · " + l.about.Title
	}
	return l.about.Title
}

func tagTone(tone string) string {
	switch tone {
	case "danger":
		return "bad"
	case "warning":
		return "warn"
	}
	return ""
}

// readAbout notes that a person has read the notices about a subject, or all listed ones up to an id.
func (s *Service) readAbout(ctx context.Context, person org.ID, sub *access.Subject, upTo ID) (bool, error) {
	any := false
	for {
		var ids []int64
		err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
			ids, err = idsUnread(ctx, rd, person, sub, upTo)
			return err
		})
		if err != nil || len(ids) == 0 {
			return any, err
		}
		any = true
		err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return markRead(ctx, tx, ids, tx.Now) })
		if err != nil || len(ids) < chunk {
			return any, err
		}
	}
}

// Read notes that the actor of ctx has read one notice, and says where it leads ("" nowhere).
func (s *Service) Read(ctx context.Context, id ID) (href string, err error) {
	person := actor.From(ctx).Person
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		n, err := noticeFor(ctx, rd, person, id)
		if err != nil {
			return err
		}
		lines, err := s.lines(ctx, rd, []Notice{n}, false)
		if err != nil {
			return err
		}
		if len(lines) == 0 {
			return fault.ErrNotFound
		}
		href = s.hrefOf(lines[0])
		return nil
	})
	if err != nil {
		return "", err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return markRead(ctx, tx, []int64{id}, tx.Now) })
	if err == nil {
		s.Talk.Announce(ctx, person)
	}
	return href, err
}

// Entry is a notice as a list shows it.
type Entry struct {
	Notice
	Text, Ref, Title, Link, Who string
}

// List gives the notices of the actor of ctx that may be seen, newest first; those not read alone when asked.
func (s *Service) List(ctx context.Context, unread bool, p web.Paging) (web.Page[Entry], error) {
	page := web.Page[Entry]{Items: []Entry{}}
	parts, err := web.ParseCursor(p.Cursor, 1)
	if err != nil {
		return page, err
	}
	var before ID
	if parts != nil {
		before = parts[0]
	}
	read := noticesOf
	if unread {
		read = unreadOf
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err := read(ctx, rd, actor.From(ctx).Person, before, p.Size()+1)
		if err != nil {
			return err
		}
		if len(list) > p.Size() {
			list = list[:p.Size()]
			page.NextCursor = web.Cursor(list[p.Size()-1].ID)
		}
		lines, err := s.lines(ctx, rd, list, false)
		for _, l := range lines {
			page.Items = append(page.Items, Entry{Notice: l.Notice, Text: l.text, Ref: l.about.Ref, Title: l.about.Title, Link: s.hrefOf(l), Who: l.who})
		}
		return err
	})
	return page, err
}

// DeadPost is a post that was given up, as its page shows it.
type DeadPost struct {
	Post
	Name  string // of the receiver
	About string
}

// DeadPosts lists what was given up, newest first.
func (s *Service) DeadPosts(ctx context.Context, p web.Paging) (web.Page[DeadPost], error) {
	page := web.Page[DeadPost]{Items: []DeadPost{}}
	parts, err := web.ParseCursor(p.Cursor, 1)
	if err != nil {
		return page, err
	}
	var before ID
	if parts != nil {
		before = parts[0]
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err := deadPosts(ctx, rd, before, p.Size()+1)
		if err != nil {
			return err
		}
		if len(list) > p.Size() {
			list = list[:p.Size()]
			page.NextCursor = web.Cursor(list[p.Size()-1].ID)
		}
		page.Items, err = s.nameDead(ctx, rd, list)
		return err
	})
	return page, err
}

// nameDead names receivers and records; of a confidential record only that it is one.
func (s *Service) nameDead(ctx context.Context, rd sqldb.Reader, list []Post) ([]DeadPost, error) {
	var people []org.ID
	var ids []int64
	for _, p := range list {
		people = append(people, p.Person)
		if p.Subject.Kind == "request" {
			ids = append(ids, p.Subject.ID)
		}
	}
	names, err := s.Org.Names(ctx, rd, people)
	if err != nil {
		return nil, err
	}
	parties, err := s.Request.Parties(ctx, rd, ids)
	if err != nil {
		return nil, err
	}
	out := make([]DeadPost, len(list))
	for i, p := range list {
		out[i] = DeadPost{Post: p, Name: displayOf(ctx, names[p.Person])}
		if p.Channel == Group {
			if x, err := robotByID(ctx, rd, p.Target); err == nil {
				out[i].Name = x.Name
			}
		}
		if party, there := parties[p.Subject.ID]; there && !party.Confidential { // who keeps the channels reads no titles
			out[i].About = "R-" + idText(party.Number)
		}
	}
	return out, nil
}

// Revive lets dead posts be delivered again: one, or all of them (id 0). It says how many. What dies again meanwhile is
// not taken again.
func (s *Service) Revive(ctx context.Context, id ID) (int, error) {
	if id != 0 {
		n, err := s.revive(ctx, []ID{id})
		if err == nil && n == 0 {
			err = fault.ErrNotFound
		}
		return n, err
	}
	n, before := 0, ID(0)
	for {
		var ids []ID
		err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
			ids = nil
			list, err := deadPosts(ctx, rd, before, chunk)
			for _, p := range list {
				ids = append(ids, p.ID)
			}
			return err
		})
		if err != nil || len(ids) == 0 {
			return n, err
		}
		now, err := s.revive(ctx, ids)
		if n += now; err != nil {
			return n, err
		}
		before = ids[len(ids)-1]
	}
}

func (s *Service) revive(ctx context.Context, ids []ID) (n int, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		n = 0
		lanes := map[lane]bool{}
		for _, one := range ids {
			p, ok, err := revive(ctx, tx, one)
			if err != nil {
				return err
			}
			if ok {
				n++
				lanes[p.lane()] = true
			}
		}
		return s.wake(ctx, tx, lanes)
	})
	return n, err
}

// Healths is how every lane fares.
func (s *Service) Healths(ctx context.Context) (list []Health, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		if list, err = healthOf(ctx, rd); err != nil {
			return err
		}
		for i := range list {
			if list[i].Waiting, err = countWaiting(ctx, rd, list[i].lane, rd.Instant(), 1000); err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}

// Stuck says what an operator should look at: posts that have been due for an hour, those on channels that have failed for
// as long, and dead ones. A process that has worked for less than an hour, or does not work, has let nothing lie: after a
// weekend without power, Monday's messages leave in the first minutes.
func (s *Service) Stuck(ctx context.Context) (late, dead int, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		since := rd.Instant().Add(-time.Hour)
		if began := s.jobs.Since(); !began.IsZero() && began.Before(since) {
			if late, err = stuckPosts(ctx, rd, since, 10_000); err != nil {
				return err
			}
		}
		list, err := healthOf(ctx, rd)
		if err != nil {
			return err
		}
		for _, h := range list {
			if h.Failures >= 3 && h.OKAt.Before(since) {
				n, err := countWaiting(ctx, rd, h.lane, since, 10_000)
				if err != nil {
					return err
				}
				late += n
			}
		}
		dead, err = countDead(ctx, rd, 10_000)
		return err
	})
	return late, dead, err
}
