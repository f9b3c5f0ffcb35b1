package signin

import (
	"context"
	"time"

	"github.com/alexedwards/argon2id"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// account is a person's password and what is known about it.
type account struct {
	person     ID
	hash       string // "": no password yet
	mustChange bool
	until      time.Time // of a temporary code; zero: no end
	changed    time.Time
	last       time.Time
	breakGlass bool
}

// tooOld says whether the password behind a session must be changed for its age.
func (a account) tooOld(how string, m measures, now time.Time) bool {
	return m.age > 0 && how == "password" && !a.breakGlass && now.Sub(a.changed) > m.age
}

// works is the hash a password is compared with now; "" when none would do.
func (a account) works(now time.Time) string {
	if !a.until.IsZero() && !now.Before(a.until) {
		return ""
	}
	return a.hash
}

// Account is what an administrator sees of somebody's account.
type Account struct {
	Person   org.Person
	Password bool      // has chosen one, or has a temporary code
	Must     bool      // must change it at the next sign-in
	Changed  time.Time // when the password was last set; zero: never
	Last     time.Time // last sign-in; zero: never
	Locked   time.Time // until when; zero: not locked
	Sessions int
	Factors  int       // second factors
	Link     time.Time // until when an unused activation link works; zero: none
}

// Code is a temporary password, shown once.
type Code struct {
	Person ID
	Text   string
	Until  time.Time
}

// Reset gives a person a temporary code that must be changed at the first sign-in, ends the sessions and
// lifts a lock. NotFound for somebody whom the actor may not reset.
func (s *Service) Reset(ctx context.Context, person ID) (c Code, err error) {
	c = Code{Person: person, Text: code()}
	hash, err := hashOf(ctx, "", c.Text)
	if err != nil {
		return Code{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		t, err := s.target(ctx, tx, person)
		if err != nil {
			return err
		}
		if !mayReset(actor.From(ctx), t) {
			return fault.ErrNotFound
		}
		c.Until = tx.Now.Add(CodeLife)
		if err := saveAccount(ctx, tx, account{person: person, hash: hash, mustChange: true, until: c.Until, changed: tx.Now}); err != nil {
			return err
		}
		if err := endAll(ctx, tx, person); err != nil {
			return err
		}
		if err := s.tell(ctx, tx, person, "reset", 0, ""); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, WasReset{Person: person})
	})
	if err != nil {
		return Code{}, err
	}
	s.known.forgetPerson(person)
	return c, nil
}

// endAll ends the sessions of a person, removes links and lifts a lock.
func endAll(ctx context.Context, tx *sqldb.Tx, person ID) error {
	if _, err := deleteSessions(ctx, tx, person, 0); err != nil {
		return err
	}
	if err := deleteLinks(ctx, tx, person); err != nil {
		return err
	}
	return deleteTries(ctx, tx, person)
}

// ChangePassword sets a new password for the person of the session, who gives the old one; a temporary
// code is the old one. Every other session ends. The session with the old secret ends too and a new one
// is given back.
func (s *Service) ChangePassword(ctx context.Context, current Session, old, password, again string, in In) (Session, error) {
	p, err := s.org.Person(ctx, current.Person)
	if err != nil {
		return Session{}, err
	}
	who, err := s.whoIs(ctx, p.No, in.Device)
	if err != nil {
		return Session{}, err
	}
	if wait := who.try.locked(s.db.Now()); wait > 0 {
		return Session{}, onOld(locked(wait))
	}
	fit, err := fits(ctx, in.Address, who.typed(old), who.hash, func() error { return nil }) // the lock below counts these
	if err != nil {
		return Session{}, err
	}
	if !fit {
		return Session{}, onOld(s.failed(ctx, who, in))
	}
	if who.typed(old) == who.typed(password) {
		var f fault.Fields
		f.Add("password", "signin.same-as-before")
		return Session{}, f.Err()
	}
	hash, err := s.newPassword(ctx, p, in.Address, password, again)
	if err != nil {
		return Session{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if err := unlocked(ctx, tx, p.ID, who.name); err != nil {
			return onOld(err)
		}
		return s.putPassword(ctx, tx, p.ID, hash)
	})
	if err != nil {
		return Session{}, err
	}
	s.known.forgetPerson(p.ID)
	in.try = who.name
	return s.open(ctx, p.ID, in, "password")
}

// onOld moves the answer to a wrong password beside the field of the old one.
func onOld(err error) error {
	if f, ok := fault.As(err); ok {
		for i := range f.Fields {
			f.Fields[i].Name = "old"
			if f.Fields[i].Key == "signin.wrong" {
				f.Fields[i].Key = "signin.wrong-old"
			}
		}
	}
	return err
}

// SetPasswords gives many people one password, hashed once and cheaply: for a demo company, whose password is printed in
// its manual. A password that somebody chooses is hashed as dearly as everywhere.
func (s *Service) SetPasswords(ctx context.Context, people []ID, password string) error {
	hash, err := argon2id.CreateHash(password, printed)
	if err != nil {
		return err
	}
	for len(people) > 0 {
		n := min(len(people), 500)
		err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			for _, p := range people[:n] {
				if err := saveAccount(ctx, tx, account{person: p, hash: hash, changed: tx.Now}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		people = people[n:]
	}
	return nil
}

// AccountOf is the account of a person, for whoever may activate or reset it.
func (s *Service) AccountOf(ctx context.Context, person ID) (a Account, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		t, err := s.target(ctx, rd, person)
		if err != nil {
			return err
		}
		who := actor.From(ctx)
		if !mayActivate(who, t) && !t.ours && !t.led && who.Person != person {
			return fault.ErrNotFound
		}
		if a.Person, err = s.org.PersonIn(ctx, rd, person); err != nil {
			return err
		}
		return fillAccount(ctx, rd, &a)
	})
	return a, err
}

// mayHandle says whether the actor may make a link for the person, and whether it may reset the account.
func (s *Service) mayHandle(ctx context.Context, person ID) (activate, reset bool, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		t, err := s.target(ctx, rd, person)
		if err != nil {
			return err
		}
		who := actor.From(ctx)
		activate, reset = mayActivate(who, t), mayReset(who, t)
		return nil
	})
	return activate, reset, err
}

// Unlock lifts a lock after wrong passwords.
func (s *Service) Unlock(ctx context.Context, person ID) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		t, err := s.target(ctx, tx, person)
		if err != nil {
			return err
		}
		if !mayReset(actor.From(ctx), t) {
			return fault.ErrNotFound
		}
		return deleteTries(ctx, tx, person)
	})
}
