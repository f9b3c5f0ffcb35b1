package notice

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/job"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/talk"
)

// announcement is the subject kind of what an administrator says to many.
const announcement = "announcement"

// Announcement is said to everybody, or to a unit and those below.
type Announcement struct {
	ID      ID
	Title   string
	Text    string
	Link    string // an address of the house, or ""
	Unit    org.ID // 0: everybody
	By      org.ID
	At      time.Time
	Reached org.ID
	Told    int
	DoneAt  time.Time
}

// WasAnnounced says that somebody spoke to many.
type WasAnnounced struct {
	Announcement ID     `json:"announcement"`
	Unit         org.ID `json:"unit,omitempty"`
	Title        string `json:"title"`
}

// EventKind of WasAnnounced.
func (WasAnnounced) EventKind() string { return "notice.was-announced" }

// EventSubject of WasAnnounced.
func (e WasAnnounced) EventSubject() (string, int64) { return announcement, e.Announcement }

// Announce says something to many. A job tells them in chunks, so that nobody waits for it.
func (s *Service) Announce(ctx context.Context, a Announcement) (Announcement, error) {
	a.Title, a.Text, a.Link = strings.TrimSpace(a.Title), strings.TrimSpace(a.Text), strings.TrimSpace(a.Link)
	var f fault.Fields
	if a.Title == "" || len([]rune(a.Title)) > 120 || strings.ContainsAny(a.Title, "\r\n") {
		f.Add("title", "notice.announce.title")
	}
	if len([]rune(a.Text)) > 4000 {
		f.Add("text", "notice.announce.too-long", "max", 4000)
	}
	if a.Link != "" && (!strings.HasPrefix(a.Link, "/") || strings.HasPrefix(a.Link, "//") || strings.ContainsAny(a.Link, "\\ \r\n")) {
		f.Add("link", "notice.announce.link")
	}
	may, err := s.announces(ctx)
	if err != nil {
		return a, err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return a, err
	}
	switch _, known := tree.ByID(a.Unit); {
	case a.Unit != 0 && !known:
		f.Add("unit", "notice.robot.need-unit")
	case !may(a.Unit) && a.Unit == 0:
		f.Add("unit", "notice.announce.own-unit")
	case !may(a.Unit):
		f.Add("unit", "notice.announce.not-yours")
	}
	if err := f.Err(); err != nil {
		return a, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		a.ID, a.At, a.By = tx.NewID(), tx.Now, actor.From(ctx).Person
		if err := insertAnnouncement(ctx, tx, a); err != nil {
			return err
		}
		if err := s.jobs.Enqueue(ctx, tx, announceJob, a.ID, job.Unique(idText(a.ID))); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, WasAnnounced{a.ID, a.Unit, a.Title})
	})
	return a, err
}

// spread tells the next people of an announcement, and comes back for the rest: other jobs have their turn in between.
func (s *Service) spread(ctx context.Context, id ID) error {
	ctx = s.house(ctx)
	var a Announcement
	var people []org.ID
	var list []told
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if a, err = announcementByID(ctx, rd, id); err != nil || !a.DoneAt.IsZero() {
			return err
		}
		if people, err = s.audience(ctx, rd, a); err != nil {
			return err
		}
		x, err := s.reach(ctx, rd, append([]org.ID(nil), people...))
		if err != nil {
			return err
		}
		for _, p := range people {
			one, err := s.one(ctx, x, Told{Kind: "house.announced", Person: p, As: AsSelf, By: a.By, At: a.At,
				Subject: access.Subject{Kind: announcement, ID: a.ID}}, rd.Instant())
			if err != nil {
				return err
			}
			list = append(list, one)
		}
		return nil
	})
	if err != nil || !a.DoneAt.IsZero() {
		return err
	}
	var shown []org.ID
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if err := tx.Lock(ctx, "notice_announcement", id); err != nil {
			return err
		}
		now, err := announcementByID(ctx, tx, id)
		if err != nil || now.Reached != a.Reached || !now.DoneAt.IsZero() { // somebody else told these
			return err
		}
		if len(people) == 0 {
			return finishAnnouncement(ctx, tx, id)
		}
		w := &writing{s: s, tx: tx, lanes: map[lane]bool{}}
		if err := w.tell(ctx, list); err != nil {
			return err
		}
		if err := reachAnnouncement(ctx, tx, id, people[len(people)-1], len(people)); err != nil {
			return err
		}
		if shown, err = w.done(ctx); err != nil {
			return err
		}
		if err := s.announceTold(ctx, tx, shown); err != nil {
			return err
		}
		return s.jobs.Enqueue(ctx, tx, announceJob, id, job.Unique(idText(id)))
	})
	if err != nil {
		return fmt.Errorf("tell an announcement: %w", err)
	}
	s.tellPages(ctx, shown)
	return nil
}

// audience are the next people of an announcement.
func (s *Service) audience(ctx context.Context, rd sqldb.Reader, a Announcement) ([]org.ID, error) {
	units := []org.ID(nil)
	if a.Unit != 0 {
		tree, err := s.Org.Tree(ctx)
		if err != nil {
			return nil, err
		}
		units = append([]org.ID{a.Unit}, tree.Descendants(a.Unit)...)
	}
	return peopleAfter(ctx, rd, units, a.Reached, spreadChunk)
}

// spreadChunk is how many people one transaction tells. Everybody else waits for it, so it is small.
const spreadChunk = 100

// nameAnnouncements lets whoever was told read it: everybody.
func (s *Service) nameAnnouncements(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]talk.About, error) {
	list, err := announcementsByID(ctx, rd, ids)
	out := make(map[int64]talk.About, len(list))
	for _, a := range list {
		out[a.ID] = talk.About{Title: a.Title, Link: "/announcements/" + idText(a.ID)}
	}
	return out, err
}

// Announcement is one, for those whom it was said to: everybody, or the people of its unit and below, whoever was told,
// and who may announce there. NotFound for others.
func (s *Service) Announcement(ctx context.Context, id ID) (a Announcement, err error) {
	may, err := s.announces(ctx)
	if err != nil {
		return a, err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return a, err
	}
	who := actor.From(ctx)
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		if a, err = announcementByID(ctx, rd, id); err != nil {
			return err
		}
		member := func(g actor.Group) bool { return g.Role == "member" && tree.Under(g.ID, a.Unit) }
		if a.Unit == 0 || may(a.Unit) || slices.ContainsFunc(who.Groups, member) {
			return nil
		}
		told, err := wasTold(ctx, rd, who.Person, access.Subject{Kind: announcement, ID: id})
		if err == nil && !told {
			err = fault.ErrNotFound
		}
		return err
	})
	if err != nil {
		return Announcement{}, err
	}
	return a, nil
}

// Announcements lists the latest of those that the reader might have made.
func (s *Service) Announcements(ctx context.Context, limit int) (list []Announcement, err error) {
	may, err := s.announces(ctx)
	if err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err = latestAnnouncements(ctx, rd, latestLooked)
		return err
	})
	list = slices.DeleteFunc(list, func(a Announcement) bool { return !may(a.Unit) })
	return list[:min(limit, len(list))], err
}

// latestLooked is how far back the list of announcements goes.
const latestLooked = 500

// announces says to which units the actor may announce something; unit 0 is everybody. Administration and the people
// office of the company speak to all, the people office of a unit to that unit and those below.
func (s *Service) announces(ctx context.Context) (func(unit org.ID) bool, error) {
	a := actor.From(ctx)
	tree, err := s.Org.Tree(ctx)
	return func(unit org.ID) bool {
		if a.System || a.Has("admin") || a.Has("hr") {
			return true
		}
		return unit != 0 && slices.ContainsFunc(a.Groups, func(g actor.Group) bool { return g.Role == "hr" && tree.Under(unit, g.ID) })
	}, err
}
