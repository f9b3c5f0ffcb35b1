package signin

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
)

// The cookies.
const (
	cookie       = "neike"
	deviceCookie = "neike-device" // of a browser that somebody has signed in with
	claimCookie  = "neike-claim"  // of a phone that waits at a poster
	halfCookie   = "neike-half"   // between the first proof and the second
	onceCookie   = "neike-once"   // of a ceremony that this browser has begun
)

// known remembers for a few seconds whom a cookie or a token belongs to, so that a request costs no query.
// What this process ends is forgotten at once; another process (PostgreSQL) notices within knownFor.
type known struct {
	mu       sync.RWMutex
	sessions map[string]knownSession // by print
	tokens   map[string]knownToken
}

const (
	knownFor = 5 * time.Second
	maxKnown = 20_000 // then it starts afresh
	seenStep = 10 * time.Minute
)

type knownSession struct {
	Session
	at time.Time
}

type knownToken struct {
	Token
	at time.Time
}

func newKnown() *known {
	return &known{sessions: map[string]knownSession{}, tokens: map[string]knownToken{}}
}

func (k *known) session(print string, now time.Time) (Session, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	s, ok := k.sessions[print]
	return s.Session, ok && now.Sub(s.at) < knownFor
}

func (k *known) token(print string, now time.Time) (Token, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	t, ok := k.tokens[print]
	return t.Token, ok && now.Sub(t.at) < knownFor
}

func (k *known) keepSession(print string, s Session, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.sessions) > maxKnown {
		clear(k.sessions)
	}
	k.sessions[print] = knownSession{s, now}
}

func (k *known) keepToken(print string, t Token, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.tokens) > maxKnown {
		clear(k.tokens)
	}
	k.tokens[print] = knownToken{t, now}
}

func (k *known) forgetPrint(print string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.sessions, print)
	delete(k.tokens, print)
}

// forgetPerson forgets every session of the person. A look-up that began before and ends after this
// lasts knownFor at most.
func (k *known) forgetPerson(person ID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for print, s := range k.sessions {
		if s.Person == person {
			delete(k.sessions, print)
		}
	}
}

func (k *known) forgetToken(id ID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for print, t := range k.tokens {
		if t.ID == id {
			delete(k.tokens, print)
		}
	}
}

// Who says who asks: by the bearer token, or else by the cookie. A token that does not work is
// Unauthenticated; a cookie that does not is nobody. Somebody who must change the password first is nobody too.
func (s *Service) Who(r *http.Request) (actor.Actor, error) {
	if bearer := r.Header.Get("Authorization"); bearer != "" {
		return s.byToken(r.Context(), bearer)
	}
	session, ok, err := s.session(r)
	if err != nil || !ok || session.MustChange {
		return actor.Actor{}, err
	}
	a, err := s.org.ActorOf(r.Context(), session.Person)
	if gone(err) {
		return actor.Actor{}, nil
	}
	if err != nil || s.away(r.Context(), session, a) || s.mustEnrol(r.Context(), session, a) {
		return actor.Actor{}, err
	}
	a.Session = session.ID
	return a, nil
}

// mustEnrol says whether somebody needs a second factor before anything else.
func (s *Service) mustEnrol(ctx context.Context, session Session, who actor.Actor) bool {
	return session.factors == 0 && (who.Has("admin") || who.Has("security")) && s.Policy(ctx).Factors
}

// owner is whose session it is, also when a second factor must be set up before anything else.
func (s *Service) owner(r *http.Request) (actor.Actor, Session, error) {
	session, ok, err := s.session(r)
	if err == nil && (!ok || session.MustChange) {
		err = fault.New(fault.Unauthenticated, "web.sign-in")
	}
	if err != nil {
		return actor.Actor{}, session, err
	}
	a, err := s.org.ActorOf(r.Context(), session.Person)
	if gone(err) || err == nil && s.away(r.Context(), session, a) {
		err = fault.New(fault.Unauthenticated, "web.sign-in")
	}
	a.Session = session.ID
	return a, session, err
}

// away says whether the session has waited longer than its person may leave it.
func (s *Service) away(ctx context.Context, session Session, who actor.Actor) bool {
	m, now := s.Policy(ctx).measures(), s.db.Now()
	return now.Sub(session.Seen) > m.idleFor(who) || now.Sub(session.Made) > m.life
}

func gone(err error) bool {
	kind := fault.KindOf(err)
	return err != nil && (kind == fault.NotFound || kind == fault.Denied)
}

func (s *Service) byToken(ctx context.Context, bearer string) (actor.Actor, error) {
	refused := fault.New(fault.Unauthenticated, "signin.bad-token")
	scheme, key, _ := strings.Cut(bearer, " ")
	key = strings.TrimSpace(key)
	if !strings.EqualFold(scheme, "bearer") || !strings.HasPrefix(key, "nk_") || len(key) > 100 {
		return actor.Actor{}, refused
	}
	t, err := s.tokenByKey(ctx, key)
	if errors.Is(err, fault.ErrNotFound) {
		return actor.Actor{}, refused
	}
	if err != nil {
		return actor.Actor{}, err
	}
	a, err := s.org.ActorOf(ctx, t.Person)
	if gone(err) {
		return actor.Actor{}, refused
	}
	a.Token, a.Scopes = t.ID, t.Scopes
	a.Import = slices.Contains(t.Scopes, "import")
	return a, err
}

// session is the one of the request's cookie.
func (s *Service) session(r *http.Request) (Session, bool, error) {
	c, err := r.Cookie(cookie)
	if err != nil || len(c.Value) != 43 {
		return Session{}, false, nil
	}
	print := printOf(c.Value)
	if one, ok := s.known.session(print, time.Now()); ok {
		return one, true, nil
	}
	one, err := s.sessionByPrint(r.Context(), print)
	if errors.Is(err, fault.ErrNotFound) {
		return Session{}, false, nil
	}
	if err != nil {
		return Session{}, false, err
	}
	s.known.keepSession(print, one, time.Now())
	return one, true, nil
}

func (s *Service) sessionByPrint(ctx context.Context, print string) (one Session, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		one, err = liveSession(ctx, rd, print)
		return err
	})
	m := s.Policy(ctx).measures()
	if m.age > 0 && one.How == "password" && !one.changed.IsZero() && s.db.Now().Sub(one.changed) > m.age {
		one.MustChange = true
	}
	quiet := s.db.Now().Sub(one.Seen)
	if err != nil || quiet < min(seenStep, m.idlePower/20) || quiet > m.idle {
		return one, err
	}
	who, err := s.org.ActorOf(ctx, one.Person)
	if gone(err) || err == nil && s.away(ctx, one, who) {
		return one, nil
	}
	if err != nil {
		return one, err
	}
	err = s.db.Write(context.WithoutCancel(ctx), func(ctx context.Context, tx *sqldb.Tx) error {
		until := one.Made.Add(m.life)
		if idle := tx.Now.Add(m.idle); idle.Before(until) {
			until = idle
		}
		zone := s.org.Company(ctx).Location()
		if DayOf(one.Seen, zone) != DayOf(tx.Now, zone) {
			if err := s.Saw(ctx, tx, tx.Now, one.Person); err != nil {
				return err
			}
		}
		one.Seen = tx.Now
		return sawSession(ctx, tx, one.ID, tx.Now, until)
	})
	return one, err
}

// SignInPage is where a page sends nobody: to sign in, or to what must be done first.
func (s *Service) SignInPage(r *http.Request) string {
	one, ok, err := s.session(r)
	switch {
	case err != nil || !ok:
		return "/signin"
	case one.MustChange:
		return "/password"
	}
	a, err := s.org.ActorOf(r.Context(), one.Person)
	if err == nil && !s.away(r.Context(), one, a) && s.mustEnrol(r.Context(), one, a) {
		return "/me/factors"
	}
	return "/signin"
}

// Middleware puts the actor into the context, for handlers outside the door of kit/web. A bad token is
// answered with 401.
func (s *Service) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, err := s.Who(r)
		if err != nil {
			status := fault.KindOf(err).Status()
			http.Error(w, http.StatusText(status), status)
			return
		}
		next.ServeHTTP(w, r.WithContext(actor.With(r.Context(), who)))
	})
}

func setCookie(w http.ResponseWriter, r *http.Request, key string) {
	if key == "" {
		web.SetCookie(w, r, cookie, "", -1)
		return
	}
	web.SetCookie(w, r, cookie, key, SessionLife)
}

// keepDevice lets the browser know its secret.
func keepDevice(w http.ResponseWriter, r *http.Request, made Session) {
	if c, err := r.Cookie(deviceCookie); made.Device != "" && (err != nil || c.Value != made.Device) {
		web.SetCookie(w, r, deviceCookie, made.Device, DeviceLife)
	}
}

// Sessions are the actor's own, newest first.
func (s *Service) Sessions(ctx context.Context) (list []Session, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err = sessionsOf(ctx, rd, actor.From(ctx).Person)
		return err
	})
	for i := range list {
		list[i].Browser, list[i].System = device(list[i].Agent)
	}
	return list, err
}

// EndSession ends one of the actor's own sessions. NotFound for another's.
func (s *Service) EndSession(ctx context.Context, id ID) error {
	who := actor.From(ctx)
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		n, err := deleteSession(ctx, tx, who.Person, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.ErrNotFound
		}
		return s.events.Emit(ctx, tx, SessionsWereEnded{Person: who.Person, Count: 1})
	})
	s.known.forgetPerson(who.Person)
	return err
}

// EndSessions ends all sessions of the actor but the one that asks; with all, that one too.
func (s *Service) EndSessions(ctx context.Context, all bool) (n int, err error) {
	who := actor.From(ctx)
	but := who.Session
	if all {
		but = 0
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if n, err = deleteSessions(ctx, tx, who.Person, but); err != nil || n == 0 {
			return err
		}
		return s.events.Emit(ctx, tx, SessionsWereEnded{Person: who.Person, Count: n})
	})
	s.known.forgetPerson(who.Person)
	return n, err
}

// guard makes an address wait that has sent many wrong passwords. It keeps its counts in memory: they
// protect this process's processors, and the lock of the account protects the account. A plant may have one address: each
// person who comes in from there outweighs some mistakes, once in cameLife, so that whoever tries one password on many
// names cannot pay with the own account.
type guard struct {
	mu        sync.Mutex
	addresses map[string]strikes
	now       func() time.Time
}

type strikes struct {
	count int
	last  time.Time
	came  map[ID]time.Time // who has come in from there, and when
}

const (
	freeStrikes = 30 // many people may share an address
	strikeLife  = time.Minute
	forgiven    = 2 // strikes that somebody who comes in makes good
	cameLife    = time.Hour
	mostCame    = 5000 // people of one address who are remembered
)

func newGuard() *guard { return &guard{addresses: map[string]strikes{}, now: time.Now} }

// left is what remains of the strikes: one is forgiven every strikeLife.
func (s strikes) left(now time.Time) int { return max(0, s.count-int(now.Sub(s.last)/strikeLife)) }

// wait is how long the address has to wait: nothing up to freeStrikes, then twice as long with each, up to ten minutes.
func (g *guard) wait(address string) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	s, ok := g.addresses[address]
	if !ok {
		return 0
	}
	over := s.left(g.now()) - freeStrikes
	if over < 0 {
		return 0
	}
	pause := min(time.Second<<min(over, 10), 10*time.Minute)
	return max(0, pause-g.now().Sub(s.last))
}

func (g *guard) failed(address string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	if len(g.addresses) > 10_000 {
		for a, s := range g.addresses {
			if s.left(now) == 0 {
				delete(g.addresses, a)
			}
		}
	}
	s := g.addresses[address]
	g.addresses[address] = strikes{s.left(now) + 1, now, s.came}
}

// came notes that a person has come in from an address.
func (g *guard) came(address string, person ID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	s, ok := g.addresses[address]
	if !ok || now.Sub(s.came[person]) < cameLife { // nothing to make good, or done already
		return
	}
	if len(s.came) >= mostCame {
		maps.DeleteFunc(s.came, func(_ ID, at time.Time) bool { return now.Sub(at) >= cameLife })
	}
	if len(s.came) >= mostCame {
		return
	}
	if s.came == nil {
		s.came = map[ID]time.Time{}
	}
	s.came[person] = now
	s.count, s.last = max(0, s.left(now)-forgiven), now
	g.addresses[address] = s
}
