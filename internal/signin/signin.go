package signin

import (
	"context"
	"embed"
	"log/slog"
	"strings"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Schema holds the migrations of signin.
//
//go:embed schema/*.sql
var Schema embed.FS

// Locale holds the words of signin.
//
//go:embed locale/*.toml
var Locale embed.FS

// ID of a person, a session or a token.
type ID = int64

// Service of the room.
type Service struct {
	db     *sqldb.DB
	events *event.Bus
	org    *org.Service
	log    *slog.Logger
	url    string // public address, before /activate/…
	known  *known
	guard  *guard
}

// New makes the room. url is the public address of the house, for links that are printed or sent; when it
// is empty the address of the request is used.
func New(db *sqldb.DB, bus *event.Bus, people *org.Service, url string) *Service {
	return &Service{db: db, events: bus, org: people, log: slog.Default(), url: strings.TrimSuffix(url, "/"),
		known: newKnown(), guard: newGuard()}
}

// In is what somebody at the door says.
type In struct {
	Login, Password string // 工号, phone number or mail address
	Address         string // of the peer
	Agent           string // User-Agent
	Old             string // secret of the session the browser has now; it ends
}

// Session is a browser that stays signed in.
type Session struct {
	ID              ID
	Person          ID
	Made, Seen      time.Time
	Until           time.Time
	Address, Agent  string
	MustChange      bool   // the password must be changed before anything else
	Secret          string // only from SignIn and SetByLink; goes into the cookie
	Browser, System string // from Agent, "Chrome", "Windows"
}

// SignIn opens a session. A wrong password, a name that nobody has and a person who has left get the same
// Invalid answer after the same work; MaxTries of them lock the name for LockTime, and many from one
// address make that address wait (TooMany).
func (s *Service) SignIn(ctx context.Context, in In) (Session, error) {
	if err := s.slow(in.Address); err != nil {
		return Session{}, err
	}
	if err := in.missing(); err != nil {
		return Session{}, err
	}
	who, err := s.whoIs(ctx, in.Login)
	if err != nil {
		return Session{}, err
	}
	if wait := who.try.locked(s.db.Now()); wait > 0 {
		s.guard.failed(in.Address)
		return Session{}, locked(wait)
	}
	fit, err := fits(ctx, in.Password, who.hash, func() error { return s.slow(in.Address) })
	if err != nil {
		return Session{}, err
	}
	if !fit {
		s.guard.failed(in.Address)
		return Session{}, s.failed(ctx, who, in.Address)
	}
	return s.open(ctx, who.person, in, "password")
}

// slow makes an address wait that has been wrong too often. It is asked at the door and again when a password's turn has
// come: of a thousand guesses sent at once all but the first would have passed the door.
func (s *Service) slow(address string) error {
	if wait := s.guard.wait(address); wait > 0 {
		return &fault.Error{Kind: fault.TooMany, Key: "signin.slow-down", RetryAfter: wait}
	}
	return nil
}

func (in In) missing() error {
	var f fault.Fields
	if strings.TrimSpace(in.Login) == "" {
		f.Add("login", "signin.login-missing")
	}
	if in.Password == "" {
		f.Add("password", "signin.password-missing")
	}
	return f.Err()
}

// claim is what a login leads to: a person, or nobody with a name to count tries by.
type claim struct {
	name   string // for signin_try
	person ID     // 0: nobody
	hash   string // "": none that works
	try    try
}

func (s *Service) whoIs(ctx context.Context, login string) (c claim, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		people, err := s.org.PeopleByLogin(ctx, rd, normal(login))
		if err != nil {
			return err
		}
		if len(people) == 0 && normal(login) != strings.TrimSpace(login) { // 工号 may have capitals
			if people, err = s.org.PeopleByLogin(ctx, rd, login); err != nil {
				return err
			}
		}
		c = claim{name: "login:" + printOf(normal(login))}
		if len(people) == 1 && people[0].Active {
			c.person = people[0].ID
			c.name = "person:" + people[0].No
		}
		a, err := accountOf(ctx, rd, c.person)
		if err != nil {
			return err
		}
		c.hash = a.works(rd.Instant())
		c.try, err = tryOf(ctx, rd, c.name)
		return err
	})
	return c, err
}

// failed counts a wrong password and gives the answer to it.
func (s *Service) failed(ctx context.Context, who claim, address string) error {
	var answer error
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		t, err := lockTry(ctx, tx, who.name)
		if err != nil {
			return err
		}
		t = t.fail(tx.Now)
		answer = t.wrong(tx.Now)
		if err := saveTry(ctx, tx, who.name, t); err != nil {
			return err
		}
		if who.person == 0 || t.locked(tx.Now) == 0 {
			return nil
		}
		return s.events.Emit(ctx, tx, WasLocked{Person: who.person, Address: address})
	})
	if err != nil {
		return err
	}
	return answer
}

// open writes a new session; the one the browser had before ends, so that nobody can prepare one for another. A name that
// was locked while the password was compared stays locked: of many guesses sent at once the right one is not let in late.
func (s *Service) open(ctx context.Context, person ID, in In, how string) (made Session, err error) {
	key := secret()
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if err := unlocked(ctx, tx, person); err != nil {
			return err
		}
		a, err := accountOf(ctx, tx, person)
		if err != nil {
			return err
		}
		made = Session{ID: tx.NewID(), Person: person, Made: tx.Now, Seen: tx.Now, Until: tx.Now.Add(SessionIdle),
			Address: in.Address, Agent: cut(in.Agent, 250), MustChange: a.mustChange, Secret: key}
		if err := insertSession(ctx, tx, made, printOf(key)); err != nil {
			return err
		}
		if in.Old != "" {
			if err := deleteSessionByPrint(ctx, tx, printOf(in.Old)); err != nil {
				return err
			}
		}
		if err := deleteTries(ctx, tx, person); err != nil {
			return err
		}
		if err := sawAccount(ctx, tx, person, tx.Now); err != nil {
			return err
		}
		by := actor.With(ctx, actor.Actor{Person: person, Session: made.ID})
		return s.events.Emit(by, tx, HasSignedIn{Person: person, Session: made.ID, Address: in.Address, How: how})
	})
	if err == nil && in.Old != "" {
		s.known.forgetPrint(printOf(in.Old))
	}
	return made, err
}

// unlocked is the answer to whoever comes with the right password too late.
func unlocked(ctx context.Context, tx *sqldb.Tx, person ID) error {
	t, err := tryOfPerson(ctx, tx, person)
	if err != nil {
		return err
	}
	if wait := t.locked(tx.Now); wait > 0 {
		return locked(wait)
	}
	return nil
}

func cut(text string, n int) string {
	if len(text) > n {
		text = text[:n]
	}
	return strings.ToValidUTF8(text, "")
}
