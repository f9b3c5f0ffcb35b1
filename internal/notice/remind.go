package notice

import (
	"context"
	"fmt"
	"slices"
	"time"

	"neike/internal/access"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/mail"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/promise"
	"neike/internal/request"
	"neike/internal/todo"
)

// nearing is how long before its due time a todo is told of.
const nearing = 2 * time.Hour

// Nearing tells those who owe something that falls due soon, and of what has just passed. The once-key of a notice holds
// the due time: what is moved is told again.
func (s *Service) Nearing(ctx context.Context) error {
	ctx = s.house(ctx)
	for _, r := range []struct {
		mark string
		lead time.Duration
		tell func(ctx context.Context, rd sqldb.Reader, b *batch, t todo.Todo) ([]Told, error)
	}{
		{"due-soon", nearing, s.dueSoon},
		{"overdue", 0, s.overdue},
	} {
		if err := s.remind(ctx, r.mark, r.lead, r.tell); err != nil {
			return fmt.Errorf("remind of what is %s: %w", r.mark, err)
		}
	}
	return nil
}

// remind goes over what falls due within a lead from now, from where it was the last time.
func (s *Service) remind(ctx context.Context, mark string, lead time.Duration, tell func(context.Context, sqldb.Reader, *batch, todo.Todo) ([]Told, error)) error {
	now := s.db.Now()
	to := now.Add(lead)
	from, err := s.remindedUpTo(ctx, mark, now, to)
	if err != nil {
		return err
	}
	for after := todo.ID(0); ; {
		var plans []plan
		var list []todo.Todo
		err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
			var err error
			if list, err = s.Todo.DueBetween(ctx, rd, from, to, after, chunk); err != nil || len(list) == 0 {
				return err
			}
			b := &batch{s: s, agents: map[org.ID][]Told{}, heads: map[org.ID][]org.ID{}}
			var lists [][]Told
			for _, t := range list {
				told, err := tell(ctx, rd, b, t)
				if err != nil {
					return err
				}
				for i := range told {
					told[i].Subject, told[i].At = t.Subject, now
					told[i].Once = mark + ":" + idText(t.ID) + ":" + idText(t.Due.Unix())
				}
				plans, lists = append(plans, plan{subject: t.Subject, at: now}), append(lists, told)
			}
			if lists, err = fresh(ctx, rd, lists); err != nil {
				return err
			}
			return s.address(ctx, rd, plans, lists)
		})
		if err != nil {
			return err
		}
		if len(list) == 0 {
			break
		}
		if err := s.tellPlans(ctx, plans, nil); err != nil {
			return err
		}
		if len(list) < chunk {
			break
		}
		after = list[len(list)-1].ID
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if _, err := takeMark(ctx, tx, mark); err != nil {
			return err
		}
		return setMark(ctx, tx, mark, to.UnixMilli())
	})
}

// tellPlans writes what somebody is told without an event, and in the same transaction what comes before it.
func (s *Service) tellPlans(ctx context.Context, plans []plan, before func(ctx context.Context, tx *sqldb.Tx) error) error {
	plans = slices.DeleteFunc(plans, func(p plan) bool { return len(p.told) == 0 })
	if len(plans) == 0 && before == nil {
		return nil
	}
	var shown []org.ID
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		if before != nil {
			if err := before(ctx, tx); err != nil {
				return err
			}
		}
		if shown, err = s.write(ctx, tx, plans); err != nil {
			return err
		}
		return s.announceTold(ctx, tx, shown)
	})
	if err == nil {
		s.tellPages(ctx, shown)
	}
	return err
}

// remindedUpTo is where to go on: each todo is looked at once, when its time comes near. What fell due while nobody was up
// is told for an hour back.
func (s *Service) remindedUpTo(ctx context.Context, mark string, now, to time.Time) (time.Time, error) {
	from := now
	if !to.After(now) {
		from = now.Add(-time.Hour)
	}
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		at, err := markOf(ctx, rd, mark)
		if last := time.UnixMilli(at).UTC(); err == nil && last.After(from) {
			from = last
		}
		return err
	})
	return from, err
}

// fresh leaves out who was told before.
func fresh(ctx context.Context, rd sqldb.Reader, lists [][]Told) ([][]Told, error) {
	for i, list := range lists {
		var left []Told
		for _, t := range list {
			again, err := toldBefore(ctx, rd, t.Person, t.Once)
			if err != nil {
				return nil, err
			}
			if !again {
				left = append(left, t)
			}
		}
		lists[i] = left
	}
	return lists, nil
}

// dueSoon: whoever holds it; a unit's agents see it in their queue and are told by the house alone.
func (s *Service) dueSoon(ctx context.Context, rd sqldb.Reader, b *batch, t todo.Todo) ([]Told, error) {
	if t.Subject.Kind == promise.Kind { // reminds by itself, the workday before
		return nil, nil
	}
	kind := "todo.due-soon"
	if t.Subject.Kind == request.Kind {
		kind = "request.due-soon"
	}
	if t.Holder.Kind == "person" {
		return []Told{{Kind: kind, Person: t.Holder.ID, As: AsAssignee}}, nil
	}
	list, err := b.crew(ctx, rd, t.Holder.ID)
	return kinded(kind, list), err
}

// overdue: requests have clocks that say so themselves, and promises tell when they fall due.
func (s *Service) overdue(_ context.Context, _ sqldb.Reader, _ *batch, t todo.Todo) ([]Told, error) {
	if t.Subject.Kind == request.Kind || t.Subject.Kind == promise.Kind || t.Holder.Kind != "person" {
		return nil, nil
	}
	return []Told{{Kind: "todo.overdue", Person: t.Holder.ID, As: AsAssignee}}, nil
}

// How long finished things are kept.
const (
	keepFinished = 60 * 24 * time.Hour
	keepDead     = 180 * 24 * time.Hour
	keepRead     = 90 * 24 * time.Hour
	keepUnread   = 365 * 24 * time.Hour
)

// Purge forgets what is old, in chunks.
func (s *Service) Purge(ctx context.Context) error {
	now := s.db.Now()
	for _, forget := range []func(ctx context.Context, tx *sqldb.Tx) (int64, error){
		func(ctx context.Context, tx *sqldb.Tx) (int64, error) {
			return purgePosts(ctx, tx, now.Add(-keepFinished), now.Add(-keepDead), chunk)
		},
		func(ctx context.Context, tx *sqldb.Tx) (int64, error) {
			return purgeNotices(ctx, tx, now.Add(-keepRead), now.Add(-keepUnread), chunk)
		},
		func(ctx context.Context, tx *sqldb.Tx) (int64, error) {
			return purgeUsed(ctx, tx, now.Add(-2*deedLife), chunk)
		},
	} {
		for {
			var n int64
			err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
				n, err = forget(ctx, tx)
				return err
			})
			if err != nil {
				return fmt.Errorf("forget old notices: %w", err)
			}
			if n < chunk {
				break
			}
		}
	}
	return nil
}

// tellDead tells the administrators, once a day, that posts were given up.
func (s *Service) tellDead(ctx context.Context) error {
	ctx = s.house(ctx)
	var plans []plan
	now := s.db.Now()
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		n, err := countDead(ctx, rd, 1000)
		if err != nil || n == 0 {
			return err
		}
		admins, err := s.Org.Holders(ctx, rd, "admin")
		if err != nil {
			return err
		}
		list := each("house.dead-letters", AsAdmin, admins)
		for i := range list {
			list[i].Note, list[i].At = lang.Number(ctx, n), now
			list[i].Once = "dead:" + now.In(lang.Zone(ctx)).Format(time.DateOnly)
		}
		lists, err := fresh(ctx, rd, [][]Told{list})
		if err != nil {
			return err
		}
		plans = []plan{{subject: access.Subject{}, at: now}}
		return s.address(ctx, rd, plans, lists)
	})
	if err != nil {
		return err
	}
	return s.tellPlans(ctx, plans, nil)
}

// TestMail sends one letter to the actor of ctx now, past the outbox, and says what the server answered.
func (s *Service) TestMail(ctx context.Context, to string) error {
	if !mail.Address(to) {
		var f fault.Fields
		f.Add("to", "notice.mail.no-address")
		return f.Err()
	}
	server, err := s.MailServer(ctx)
	if err != nil {
		return err
	}
	if server.Host == "" {
		return fault.New(fault.Conflict, "notice.mail.not-set")
	}
	settings, err := s.smtp(server)
	if err != nil {
		return fault.Wrap(fault.Conflict, err, "notice.mail.key")
	}
	settings.Patience = 10 * time.Second
	conn, err := mail.Dial(ctx, settings)
	if err == nil {
		defer conn.Close()
		b := mail.Body{Lang: lang.Locale(ctx), Company: s.Org.Company(ctx).Name.In(ctx), Title: lang.T(ctx, "notice.mail.test-title"),
			Blocks: []mail.Block{{Text: lang.T(ctx, "notice.mail.test-text")}}}
		err = conn.Send(ctx, mail.Letter{ID: "neike-test-" + idText(s.db.NewID()), To: to, Subject: b.Title, Text: b.Text(), HTML: b.HTML(), At: s.db.Now()})
	}
	if err != nil {
		return fault.Wrap(fault.Conflict, err, "notice.mail.refused", "reason", err.Error())
	}
	return nil
}
