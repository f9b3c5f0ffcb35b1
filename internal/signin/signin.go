package signin

import (
	"context"
	"embed"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"neike/internal/directory"
	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/secret"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// Schema holds the migrations of signin.
//
//go:embed schema/*.sql
var Schema embed.FS

// Locale holds the words of signin.
//
//go:embed locale
var Locale embed.FS

// ID of a person, a session or a token.
type ID = int64

// Service of the room.
type Service struct {
	db        *sqldb.DB
	events    *event.Bus
	org       *org.Service
	directory *directory.Service
	log       *slog.Logger
	box       *secret.Box
	known     *known
	guard     *guard
	posts     *web.Limiter // askings by a poster
	policy    atomic.Pointer[Policy]
	own       func(ctx context.Context) []ui.ListItemProps // slot: the house
}

// OwnBy fills the slot of what /me leads to beside its own: the pages of other rooms about the reader.
func (s *Service) OwnBy(pages func(ctx context.Context) []ui.ListItemProps) { s.own = pages }

// New makes the room. box seals what must be read again.
func New(db *sqldb.DB, bus *event.Bus, people *org.Service, dir *directory.Service, box *secret.Box) *Service {
	s := &Service{db: db, events: bus, org: people, directory: dir, log: slog.Default(), box: box,
		known: newKnown(), guard: newGuard(), posts: web.NewLimiter(posterRate, posterBurst)}
	event.Hear(bus, "signin", s.closeOld)
	event.Hear(bus, "signin", s.toldOfCopy)
	return s
}

// In is what somebody at the door says.
type In struct {
	Login, Password string // 工号, phone number or mail address
	Address         string // of the peer
	Agent           string // User-Agent
	Old             string // secret of the session the browser has now; it ends
	Device          string // secret of the browser, from an earlier sign-in

	try string // name by which wrong passwords are counted; "" the person's
}

// Session is a browser that stays signed in.
type Session struct {
	ID              ID
	Person          ID
	Made, Seen      time.Time
	Until           time.Time
	Address, Agent  string
	MustChange      bool   // the password must be changed before anything else
	How             string // it was opened: "password", "link", "poster", "passkey", "sso", "ldap"
	Secret          string // only when just opened; goes into the cookie
	Device          string // the same, for the cookie of the browser
	Agreed          string // with Half: the account elsewhere is tied after the second proof, by whoever has this
	Half            string // instead of Secret: the first proof was right, Second wants this and another
	Browser, System string // from Agent, "Chrome", "Windows"

	factors int       // second proofs of the person; 1 for the emergency account
	changed time.Time // when the password was set; zero: of no interest
}

// SignIn opens a session, by the password here or by that of the company's directory server. A wrong password, a name that nobody has and a person who has left get the same
// Invalid answer after the same work; MaxTries of them lock the name for LockTime, and many from one
// address make that address wait (TooMany).
func (s *Service) SignIn(ctx context.Context, in In) (Session, error) {
	who, fit, err := s.compare(ctx, in)
	if err != nil {
		return Session{}, err
	}
	in.try = who.name
	if !fit {
		person, err := s.byLDAP(ctx, in, who.person)
		if err != nil {
			return Session{}, err
		}
		if person != 0 {
			return s.enter(ctx, person, in, "ldap")
		}
		s.strike(who, in)
		return Session{}, s.failed(ctx, who, in)
	}
	return s.enter(ctx, who.person, in, "password")
}

// compare says whom a login names and whether the password is that one's. An address that has been wrong too often waits,
// but not the browsers in which their people have been here before: these count for themselves, and a plant that shares
// an address with somebody who guesses goes on.
func (s *Service) compare(ctx context.Context, in In) (who door, fit bool, err error) {
	slow := func() error {
		if who.known {
			return nil
		}
		return s.slow(in.Address)
	}
	if in.Device == "" {
		if err := slow(); err != nil {
			return who, false, err
		}
	}
	if err := in.missing(); err != nil {
		return who, false, err
	}
	if who, err = s.whoIs(ctx, in.Login, in.Device); err != nil {
		return who, false, err
	}
	if err := slow(); err != nil {
		return who, false, err
	}
	if wait := who.try.locked(s.db.Now()); wait > 0 {
		s.strike(who, in)
		return who, false, locked(wait)
	}
	fit, err = fits(ctx, in.Address, who.typed(in.Password), who.hash, slow)
	return who, fit, err
}

// strike counts a wrong password against the address, unless the browser counts for itself.
func (s *Service) strike(who door, in In) {
	if !who.known {
		s.guard.failed(in.Address)
	}
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

// door is what a login leads to: a person, or nobody with a name to count tries by.
type door struct {
	name   string // for signin_try
	person ID     // 0: nobody
	known  bool   // the person has signed in with this browser before
	code   bool   // what the hash is of was made here: a temporary code
	hash   string // "": none that works
	try    try
}

// typed is a password as it is compared. A temporary code is read out and typed by hand: small letters, spaces and full
// width are the code, as they are where codes are asked for.
func (d door) typed(password string) string {
	if plain := plainCode(password); d.code && len(plain) == codeLetters {
		return grouped(plain)
	}
	return password
}

// whoIs finds whom a login names. A browser that the person has signed in with before counts for itself.
func (s *Service) whoIs(ctx context.Context, login, device string) (d door, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		p, ok, err := s.personOf(ctx, rd, login)
		if err != nil {
			return err
		}
		d = door{name: "login:" + printOf(normal(login))}
		if ok {
			d.person = p.ID
			d.name = "person:" + p.No
		}
		known, err := isDevice(ctx, rd, printOf(device), d.person)
		if err != nil {
			return err
		}
		if d.known = known; known {
			d.name = "device:" + printOf(device)[:32] + ":" + p.No
		}
		a, err := accountOf(ctx, rd, d.person)
		if err != nil {
			return err
		}
		d.hash, d.code = a.works(rd.Instant()), !a.until.IsZero()
		policy, err := policyIn(ctx, rd)
		if err != nil {
			return err
		}
		if policy.OnlySSO && !a.breakGlass {
			d.hash = ""
		}
		d.try, err = tryOf(ctx, rd, d.name)
		return err
	})
	return d, err
}

// personOf is the one active person whom a 工号, a phone number or a mail address names. Who has left takes nobody's number
// along: phone numbers are given out again, and who comes back has a second 工号.
func (s *Service) personOf(ctx context.Context, rd sqldb.Reader, login string) (org.Person, bool, error) {
	for _, text := range []string{login, normal(login)} {
		people, err := s.org.PeopleByLogin(ctx, rd, text)
		if err != nil {
			return org.Person{}, false, err
		}
		people = slices.DeleteFunc(people, func(p org.Person) bool { return !p.Active })
		if len(people) == 1 {
			return people[0], true, nil
		}
	}
	return org.Person{}, false, nil
}

// failed counts a wrong password and gives the answer to it.
func (s *Service) failed(ctx context.Context, who door, in In) error {
	var answer error
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		t, err := lockTry(ctx, tx, who.name, who.person)
		if err != nil {
			return err
		}
		t = t.fail(tx.Now)
		answer = t.wrong(tx.Now, isPhone(in.Login))
		if err := saveTry(ctx, tx, who.name, t); err != nil {
			return err
		}
		if who.person == 0 || t.locked(tx.Now) == 0 {
			return nil
		}
		return s.events.Emit(ctx, tx, WasLocked{Person: who.person, Address: in.Address})
	})
	if err != nil {
		return err
	}
	return answer
}

// open writes a new session; the one the browser had before ends, so that nobody can prepare one for another. A name that
// was locked while the password was compared stays locked: of many guesses sent at once the right one is not let in late.
func (s *Service) open(ctx context.Context, person ID, in In, how string) (made Session, err error) {
	key := secretKey()
	device := in.Device
	if len(device) != len(key) {
		device = secretKey()
	}
	m := s.Policy(ctx).measures()
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if how == "password" || how == "ldap" {
			if err := unlocked(ctx, tx, person, in.try); err != nil {
				return err
			}
		}
		a, err := accountOf(ctx, tx, person)
		if err != nil {
			return err
		}
		made = Session{ID: tx.NewID(), Person: person, Made: tx.Now, Seen: tx.Now, Until: tx.Now.Add(min(m.idle, m.life)), How: how,
			Address: in.Address, Agent: cut(in.Agent, 250), MustChange: a.mustChange || a.tooOld(how, m, tx.Now), Secret: key, Device: device}
		if err := insertSession(ctx, tx, made, printOf(key)); err != nil {
			return err
		}
		if err := s.Saw(ctx, tx, tx.Now, person); err != nil {
			return err
		}
		strange, err := strangeDevice(ctx, tx, made, a)
		if err != nil {
			return err
		}
		if err := s.settle(ctx, tx, made, in, m); err != nil {
			return err
		}
		return s.announce(ctx, tx, made, a, strange)
	})
	if err == nil {
		s.guard.came(in.Address, person)
	}
	if err == nil && in.Old != "" {
		s.known.forgetPrint(printOf(in.Old))
	}
	if err == nil && m.single {
		s.known.forgetPerson(person)
	}
	return made, err
}

// settle does what follows from a new session: the one before ends, wrong passwords are forgiven, the browser is known.
func (s *Service) settle(ctx context.Context, tx *sqldb.Tx, made Session, in In, m measures) error {
	if in.Old != "" {
		if err := deleteSessionByPrint(ctx, tx, printOf(in.Old)); err != nil {
			return err
		}
	}
	if m.single {
		if _, err := deleteSessions(ctx, tx, made.Person, made.ID); err != nil {
			return err
		}
	}
	if err := forgive(ctx, tx, made.Person, in.try); err != nil {
		return err
	}
	if err := saveDevice(ctx, tx, printOf(made.Device), made.Person); err != nil {
		return err
	}
	return sawAccount(ctx, tx, made.Person, tx.Now)
}

// strangeDevice says whether a person who has been here before comes by a browser that is not known.
func strangeDevice(ctx context.Context, tx *sqldb.Tx, made Session, a account) (bool, error) {
	if a.last.IsZero() {
		return false, nil
	}
	known, err := isDevice(ctx, tx, printOf(made.Device), made.Person)
	return !known, err
}

// announce says that somebody has come in; the emergency account is an alarm.
func (s *Service) announce(ctx context.Context, tx *sqldb.Tx, made Session, a account, strange bool) error {
	by := actor.With(ctx, actor.Actor{Person: made.Person, Session: made.ID})
	if a.breakGlass {
		if err := s.alarm(by, tx, made); err != nil {
			return err
		}
	}
	return s.events.Emit(by, tx, HasSignedIn{Person: made.Person, Session: made.ID, Address: made.Address, How: made.How, New: strange})
}

// unlocked is the answer to whoever comes with the right password too late. name "" is the person's own.
func unlocked(ctx context.Context, tx *sqldb.Tx, person ID, name string) error {
	var t try
	var err error
	if name == "" {
		t, err = tryOfPerson(ctx, tx, person)
	} else {
		t, err = tryOf(ctx, tx, name)
	}
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
