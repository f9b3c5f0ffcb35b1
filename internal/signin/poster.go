package signin

import (
	"context"
	"crypto/subtle"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Limits of posters and of who asks by them.
const (
	PosterDays    = 14               // that a poster works unless said otherwise
	maxPosterDays = 92               // at most
	ClaimLife     = 12 * time.Hour   // that an asking waits: a shift
	MaxWrong      = 3                // wrong numbers that a secretary may type before the asking is refused
	posterRate    = 1.0              // askings per second and poster
	posterBurst   = 120              // at once: a shift stands before it
	claimsAddress = 60               // askings from one address within claimsSpan; a plant has one address
	claimsSpan    = 10 * time.Minute // see claimsAddress
)

// The states of a claim.
const (
	ClaimWaiting   = "waiting"
	ClaimConfirmed = "confirmed" // the password is set; the phone may go in
	ClaimRefused   = "refused"
	ClaimUsed      = "used"    // the phone has gone in
	ClaimExpired   = "expired" // never kept: a waiting one whose time is over
)

// Poster is a printed page on the wall of a unit: who scans it asks for a password.
type Poster struct {
	ID    ID
	Unit  ID
	URL   string
	By    string
	Made  time.Time
	Until time.Time
	Ended bool // revoked
	sent  string
	maker ID
}

// Claim is somebody who has asked by a poster.
type Claim struct {
	ID      ID
	Poster  ID
	Unit    ID         // of the poster
	Person  org.Person // zero: what was typed fits nobody
	No      string     // as typed
	Name    string     // as typed
	Number  string     // four digits that the phone shows
	Digits  string     // "right", "none": not given although a phone is on file, "": none on file
	State   string
	Again   bool // the person has a password already
	Address string
	Made    time.Time
	Until   time.Time
	Secret  string // only from Join: for the cookie of the phone

	person ID
	hash   string
	wrong  int
}

// mayPost says whether somebody may put a poster up for a unit with this path.
func mayPost(who actor.Actor, path []org.ID) bool {
	secretary, head := standing(who, path)
	return who.System || who.Has("admin") || who.Has("security") || secretary || head
}

// MakePoster makes a poster for a unit and everything below it, for so many days. NotFound for a unit of others.
func (s *Service) MakePoster(ctx context.Context, unit, days, base string) (p Poster, err error) {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return p, err
	}
	var f fault.Fields
	u, ok := tree.ByCode(strings.TrimSpace(unit))
	if !ok {
		f.Add("unit", "signin.unit-missing")
	}
	n := daysOf(&f, days)
	if err := f.Err(); err != nil {
		return p, err
	}
	if !mayPost(actor.From(ctx), tree.Path(u.ID)) {
		return p, fault.ErrNotFound
	}
	key := secretKey()[:22] // 132 bits: the address is typed by nobody, but a code with fewer dots is read from further away
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		p = Poster{ID: tx.NewID(), Unit: u.ID, URL: s.base(ctx, base) + "/join/" + key, Made: tx.Now, Until: tx.Now.AddDate(0, 0, n)}
		if err := insertPoster(ctx, tx, p, printOf(key), s.box.Seal(sealedPoster, key), actor.From(ctx).Person); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, PosterWasMade{Poster: p.ID, Unit: p.Unit, Until: p.Until})
	})
	return p, err
}

// PosterByID is a poster of one's units, with its address, to print it again.
func (s *Service) PosterByID(ctx context.Context, id ID, base string) (p Poster, err error) {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return p, err
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		p, err = posterByID(ctx, rd, id)
		return err
	})
	if err != nil {
		return p, err
	}
	if !mayPost(actor.From(ctx), tree.Path(p.Unit)) {
		return Poster{}, fault.ErrNotFound
	}
	key, err := s.box.Open(sealedPoster, p.sent)
	p.URL = s.base(ctx, base) + "/join/" + key
	return p, err
}

// RevokePoster ends a poster of one's units; who waits behind it waits on.
func (s *Service) RevokePoster(ctx context.Context, id ID) error {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		p, err := posterByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if !mayPost(actor.From(ctx), tree.Path(p.Unit)) {
			return fault.ErrNotFound
		}
		n, err := endPoster(ctx, tx, id)
		if err != nil || n == 0 {
			return err
		}
		return s.events.Emit(ctx, tx, PosterWasRevoked{Poster: id, Unit: p.Unit})
	})
}

// ByPoster is the poster behind an address. NotFound for one that is revoked, too old, or was never made.
func (s *Service) ByPoster(ctx context.Context, key string) (p Poster, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		p, err = livePoster(ctx, rd, printOf(key))
		return err
	})
	return p, err
}

// JoinIn is what somebody types who has scanned a poster.
type JoinIn struct {
	No, Name, Digits string // Digits: the last four of the phone on file, or ""
	Password, Again  string
}

// Join asks for a password by a poster. The answer is the same whether what was typed fits somebody or nobody: a number
// to show. TooMany when too many ask by this poster or from this address.
func (s *Service) Join(ctx context.Context, key string, asked JoinIn, in In) (c Claim, err error) {
	p, err := s.ByPoster(ctx, key)
	if err != nil {
		return c, err
	}
	if err := s.crowded(ctx, p.ID, in.Address); err != nil {
		return c, err
	}
	asked.No, asked.Name, asked.Digits = strings.TrimSpace(lang.Narrow(asked.No)), clean(asked.Name), strings.TrimSpace(lang.Narrow(asked.Digits))
	if err := asked.check(s.Policy(ctx).measures()); err != nil {
		return c, err
	}
	hash, err := hashOf(ctx, in.Address, asked.Password)
	if err != nil {
		return c, err
	}
	secret := secretKey()
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		c = Claim{ID: tx.NewID(), Poster: p.ID, No: asked.No, Name: asked.Name, Number: digits(4), State: ClaimWaiting,
			Address: in.Address, Made: tx.Now, Until: tx.Now.Add(ClaimLife), Secret: secret, hash: hash}
		if err := s.fit(ctx, tx, p, asked, &c); err != nil {
			return err
		}
		if err := insertClaim(ctx, tx, c, printOf(secret), cut(in.Agent, 250)); err != nil {
			return err
		}
		return s.atOnce(ctx, tx, asked, &c)
	})
	return c, err
}

func (j JoinIn) check(m measures) error {
	var f fault.Fields
	if j.No == "" || utf8.RuneCountInString(j.No) > 40 {
		f.Add("no", "signin.no-missing")
	}
	if j.Name == "" || utf8.RuneCountInString(j.Name) > 60 {
		f.Add("name", "signin.name-missing")
	}
	if j.Digits != "" && (len(j.Digits) != 4 || strings.Trim(j.Digits, "0123456789") != "") {
		f.Add("digits", "signin.digits-four")
	}
	m.checkPassword(&f, "password", j.Password, j.No, j.Name)
	if j.Password != j.Again {
		f.Add("again", "signin.not-the-same")
	}
	return f.Err()
}

// clean is a name without the spaces that a keyboard leaves.
func clean(text string) string { return strings.Join(strings.Fields(lang.Narrow(text)), " ") }

// crowded holds back a poster or an address from which too many ask.
func (s *Service) crowded(ctx context.Context, poster ID, address string) error {
	if err := s.slow(address); err != nil {
		return err
	}
	if wait := s.posts.Take(poster); wait > 0 {
		return &fault.Error{Kind: fault.TooMany, Key: "signin.poster-crowded", RetryAfter: max(wait, time.Second)}
	}
	var n int
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		n, err = countClaims(ctx, rd, poster, address, rd.Instant().Add(-claimsSpan))
		return err
	})
	if err == nil && n >= claimsAddress {
		err = &fault.Error{Kind: fault.TooMany, Key: "signin.poster-crowded", RetryAfter: claimsSpan / 10}
	}
	return err
}

// fit finds the person whom the typed words name: an active one below the poster's unit, with this 工号, this name and,
// when given, the end of this phone number.
func (s *Service) fit(ctx context.Context, tx *sqldb.Tx, poster Poster, asked JoinIn, c *Claim) error {
	people, err := s.org.PeopleByLogin(ctx, tx, asked.No)
	if err != nil {
		return err
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return err
	}
	for _, p := range people {
		right := p.Active && strings.EqualFold(p.No, asked.No) && tree.Under(p.Unit, poster.Unit) && sameName(p, asked.Name)
		if !right || asked.Digits != "" && !endsIn(p.Phone, asked.Digits) {
			continue
		}
		c.person, c.Person = p.ID, p
		switch {
		case asked.Digits != "":
			c.Digits = "right"
		case p.Phone != "":
			c.Digits = "none"
		}
	}
	return nil
}

func sameName(p org.Person, typed string) bool {
	bare := func(s string) string { return strings.ToLower(strings.Map(dropNameSigns, lang.Narrow(s))) }
	return slices.Contains([]string{bare(p.Name), bare(p.NameEn)}, bare(typed))
}

// dropNameSigns leaves out what stands between the parts of a name and is typed in many ways: 买买提·艾力, 买买提•艾力.
func dropNameSigns(r rune) rune {
	if unicode.IsSpace(r) || strings.ContainsRune("·•・‧∙.", r) {
		return -1
	}
	return r
}

func endsIn(phone, digits string) bool {
	phone = strings.Map(dropPhoneSigns, phone)
	return len(phone) >= 8 && subtle.ConstantTimeCompare([]byte(phone[len(phone)-4:]), []byte(digits)) == 1
}

// atOnce confirms somebody who knows the phone number on file, where the company says that this is enough: never for a
// second password, never for holders of roles, and after MaxTries askings for one 工号 not before LockTime is over.
func (s *Service) atOnce(ctx context.Context, tx *sqldb.Tx, asked JoinIn, c *Claim) error {
	policy, err := policyIn(ctx, tx)
	if err != nil || !policy.PhoneDigits || asked.Digits == "" {
		return err
	}
	t, err := lockTry(ctx, tx, "join:"+printOf(normal(asked.No)), 0)
	if err != nil {
		return err
	}
	open := t.locked(tx.Now) == 0
	if err := saveTry(ctx, tx, "join:"+printOf(normal(asked.No)), t.fail(tx.Now)); err != nil || !open || c.person == 0 {
		return err
	}
	who, err := s.target(ctx, tx, c.person)
	if err != nil || who.password || len(who.person.Roles) > 0 || heads(who.person) {
		return err
	}
	return s.confirm(actor.With(ctx, actor.Actor{Person: c.person}), tx, c, true)
}

// confirm sets the claimed password.
func (s *Service) confirm(ctx context.Context, tx *sqldb.Tx, c *Claim, digits bool) error {
	if err := s.putPassword(ctx, tx, c.person, c.hash); err != nil {
		return err
	}
	if err := decideClaim(ctx, tx, c.ID, ClaimConfirmed, actor.From(ctx).Person); err != nil {
		return err
	}
	if err := s.tell(ctx, tx, c.person, "claim", 0, c.Address); err != nil {
		return err
	}
	c.State = ClaimConfirmed
	return s.events.Emit(ctx, tx, ClaimWasConfirmed{Claim: c.ID, Person: c.person, Digits: digits})
}
