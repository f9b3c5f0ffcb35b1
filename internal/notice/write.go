package notice

import (
	"context"
	"slices"
	"time"

	"neike/internal/access"
	"neike/internal/kit/job"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// writing collects what one transaction tells, so that many rows go in as one statement.
type writing struct {
	s       *Service
	tx      *sqldb.Tx
	lanes   map[lane]bool // true: something is due at once
	notices []Notice      // not written yet
	posts   []Post        // not written yet
	of      []ID          // the notice in each of posts
	shown   []org.ID
}

// item is a notice in a post.
type item struct{ post, notice ID }

// settle marks as read what an event made pointless; what was collected so far counts.
func (w *writing) settle(ctx context.Context, sub access.Subject, kinds []string, before time.Time) error {
	if err := w.flush(ctx); err != nil {
		return err
	}
	gone, err := settle(ctx, w.tx, sub, kinds, before)
	w.shown = append(w.shown, gone...)
	return err
}

// tell collects notices with their posts; those told once before are left out.
func (w *writing) tell(ctx context.Context, list []told) error {
	for _, t := range list {
		if t.Once != "" {
			if slices.ContainsFunc(w.notices, func(n Notice) bool { return n.Person == t.Person && n.Once == t.Once }) {
				continue
			}
			again, err := toldBefore(ctx, w.tx, t.Person, t.Once)
			if err != nil {
				return err
			}
			if again {
				continue
			}
		}
		w.one(t)
		if t.Shown {
			w.shown = append(w.shown, t.Person)
		}
	}
	return nil
}

func (w *writing) one(t told) {
	t.ID = w.tx.NewID()
	w.notices = append(w.notices, t.Notice)
	for _, to := range t.posts {
		p := Post{ID: w.tx.NewID(), Channel: to.channel, Target: to.target, Person: t.Person, Form: to.form, Subject: t.Subject, Urgent: t.urgent, Due: to.due}
		if to.form == Digest || to.channel == Group && t.Subject.ID == 0 {
			p.Subject = access.Subject{}
		}
		if p.Form == Now && p.Subject.ID == 0 {
			p.Subject = access.Subject{Kind: t.Kind} // of the house: by what it is
		}
		w.posts, w.of = append(w.posts, p), append(w.of, t.ID)
		l := lane{to.channel, to.target}
		w.lanes[l] = w.lanes[l] || !to.due.After(w.tx.Now)
	}
}

// flush writes what was collected.
func (w *writing) flush(ctx context.Context) error {
	if err := insertNotices(ctx, w.tx, w.notices); err != nil {
		return err
	}
	posts, err := joinPosts(ctx, w.tx, w.posts)
	if err != nil {
		return err
	}
	items := make([]item, len(posts))
	for i, post := range posts {
		items[i] = item{post, w.of[i]}
	}
	w.notices, w.posts, w.of = nil, nil, nil
	return insertItems(ctx, w.tx, items)
}

// done writes the rest, wakes the lanes and gives the people whose notices changed.
func (w *writing) done(ctx context.Context) ([]org.ID, error) {
	if err := w.flush(ctx); err != nil {
		return nil, err
	}
	return unique(w.shown), w.s.wake(ctx, w.tx, w.lanes)
}

// wake makes lanes known, and lets those that have something to deliver at once begin.
func (s *Service) wake(ctx context.Context, tx *sqldb.Tx, lanes map[lane]bool) error {
	for l, now := range lanes {
		if err := knowLane(ctx, tx, l); err != nil {
			return err
		}
		if now {
			if err := s.jobs.Enqueue(ctx, tx, deliverJob, l, job.Unique(l.key())); err != nil {
				return err
			}
		}
	}
	return nil
}
