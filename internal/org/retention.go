package org

import (
	"context"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// RetentionCounts is how many people have left and wait, must be kept, and were erased.
type RetentionCounts struct {
	Left   int `json:"left"`
	Held   int `json:"held"`
	Erased int `json:"erased"`
}

// Retention is how long the house keeps the personal data of people who have left.
type Retention struct {
	Months   int   `json:"erase_after_months" doc:"Months after leaving; 0: never by itself"`
	Revision int64 `json:"-"`
	RetentionCounts
}

// retentionMost is the longest rule, in months.
const retentionMost = 240

// Retention reads the rule, and how many people it concerns.
func (s *Service) Retention(ctx context.Context) (Retention, error) {
	return read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) (Retention, error) {
		c, err := CompanyIn(ctx, rd)
		if err != nil {
			return Retention{}, err
		}
		r := Retention{Months: c.Switches.EraseMonths, Revision: c.Revision}
		r.RetentionCounts, err = leaverCounts(ctx, rd)
		return r, err
	})
}

// SetRetention sets the rule: so many months after somebody has left the house erases their personal data, 0 means never by
// itself. It is one of the company's decisions, shown to everybody.
func (s *Service) SetRetention(ctx context.Context, months int) error {
	if months < 0 || months > retentionMost {
		var f fault.Fields
		f.Add("erase_after_months", "org.personal-months", "most", retentionMost)
		return f.Err()
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		before, err := CompanyIn(ctx, tx)
		if err != nil || before.Switches.EraseMonths == months {
			return err
		}
		after := before
		after.Switches.EraseMonths = months
		return s.writeCompany(ctx, tx, before, after)
	})
}

// Due is when the rule erases somebody; zero: never by itself.
func (l Leaver) Due(months int) time.Time {
	if months == 0 || l.Left.IsZero() || l.Held || !l.Erased.IsZero() {
		return time.Time{}
	}
	return l.Left.AddDate(0, months, 0)
}

// Retain is the nightly round: it notes who has left, forgets the note of who came back, and begins to erase who is due.
// What was begun and given up is begun again.
func (s *Service) Retain(ctx context.Context) error {
	err := s.noteAll(ctx, gonePeople, func(l *Leaver, p Person, now time.Time) bool {
		if p.Active || !l.Left.IsZero() {
			return false
		}
		l.Left = now
		return true
	})
	if err != nil {
		return err
	}
	err = s.noteAll(ctx, backPeople, func(l *Leaver, p Person, _ time.Time) bool {
		if !p.Active {
			return false
		}
		l.Left, l.Began, l.BeganBy, l.step = time.Time{}, time.Time{}, 0, ""
		return true
	})
	if err != nil {
		return err
	}
	return s.eraseDue(ctx)
}

// noteAll changes the notes of the people that find finds, a chunk a transaction, until it finds fewer.
func (s *Service) noteAll(ctx context.Context, find func(context.Context, sqldb.Reader, int) ([]ID, error), change func(*Leaver, Person, time.Time) bool) error {
	for {
		var n int
		err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			ids, err := find(ctx, tx, retainChunk)
			n = len(ids)
			for _, id := range ids {
				l, p, err := lockLeaver(ctx, tx, id)
				if err != nil {
					return err
				}
				if !change(&l, p, tx.Now) {
					continue
				}
				if err := saveLeaver(ctx, tx, l); err != nil {
					return err
				}
			}
			return err
		})
		if err != nil || n < retainChunk {
			return err
		}
	}
}

func (s *Service) eraseDue(ctx context.Context) error {
	for after, n := ID(0), retainChunk; n == retainChunk; {
		err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			c, err := CompanyIn(ctx, tx)
			if err != nil {
				return err
			}
			var before time.Time // without a rule: what was begun alone
			if c.Switches.EraseMonths > 0 {
				before = tx.Now.AddDate(0, -c.Switches.EraseMonths, 0)
			}
			ids, err := duePeople(ctx, tx, before, after, retainChunk)
			if err != nil {
				return err
			}
			n = len(ids)
			for _, id := range ids {
				if err := s.eraseOne(ctx, tx, id, c.Switches.EraseMonths); err != nil {
					return err
				}
			}
			if n > 0 {
				after = ids[n-1]
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) eraseOne(ctx context.Context, tx *sqldb.Tx, id ID, months int) error {
	l, p, err := lockLeaver(ctx, tx, id)
	if err != nil {
		return err
	}
	by := ID(0)
	switch due := l.Due(months); {
	case !l.Began.IsZero():
		by = l.BeganBy
	case p.Active || l.Held || due.IsZero() || due.After(tx.Now):
		return nil
	}
	return s.beginErasing(ctx, tx, l, by)
}
