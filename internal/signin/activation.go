package signin

import (
	"cmp"
	"context"
	"crypto/subtle"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// purposes under which the room seals.
const (
	sealedCode   = "signin.code"
	sealedPoster = "signin.poster"
	sealedTOTP   = "signin.totp"
)

// Link lets its holder set a password, once: by its address, or by typing its code beside the 工号.
type Link struct {
	Person ID
	URL    string // with the secret; shown to whoever made it, never kept
	Code   string // "ABCD-EFGH"
	Until  time.Time
	Again  bool // the person has a password already, which works until the new one is set
}

// MakeLink makes a link for a person. Links made before stop to work. NotFound for somebody whom the actor may not
// activate, or, when the person has a password, may not reset. The person is told.
func (s *Service) MakeLink(ctx context.Context, person ID, base string) (link Link, err error) {
	key, short := secretKey(), shortCode()
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		t, err := s.target(ctx, tx, person)
		if err != nil {
			return err
		}
		if !mayActivate(actor.From(ctx), t) {
			return fault.ErrNotFound
		}
		link, err = s.putLink(ctx, tx, t, key, short, base)
		return err
	})
	return link, err
}

// putLink writes a link for a person who may have one.
func (s *Service) putLink(ctx context.Context, tx *sqldb.Tx, t target, key, short, base string) (Link, error) {
	person := t.person.Person
	link := Link{Person: person, URL: s.base(ctx, base) + "/activate/" + key, Code: short, Until: tx.Now.Add(LinkLife), Again: t.password}
	if err := deleteLinks(ctx, tx, person); err != nil {
		return Link{}, err
	}
	if err := insertLink(ctx, tx, printOf(key), s.box.Seal(sealedCode, plainCode(short)), link, actor.From(ctx).Person, tx.Now); err != nil {
		return Link{}, err
	}
	if t.password {
		if err := s.tell(ctx, tx, person, "link", 0, ""); err != nil {
			return Link{}, err
		}
	}
	return link, s.events.Emit(ctx, tx, LinkWasMade{Person: person, Again: t.password})
}

// base is the public address, or the one that whoever asks came by: the link goes back to that person alone.
func (s *Service) base(ctx context.Context, asked string) string {
	return cmp.Or(s.org.Address(ctx), asked)
}

// target looks up whose account is handled, and what the actor is to that person's units.
func (s *Service) target(ctx context.Context, rd sqldb.Reader, person ID) (target, error) {
	a, err := accountOf(ctx, rd, person)
	if err != nil {
		return target{}, err
	}
	t := target{password: a.hash != "" && a.until.IsZero(), glass: a.breakGlass}
	p, err := s.org.PersonIn(ctx, rd, person)
	if err != nil {
		return target{}, err
	}
	if t.person, err = s.org.ActorOf(ctx, person); gone(err) { // has left
		t.person, err = actor.Actor{Person: person}, nil
	}
	if err != nil {
		return target{}, err
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return target{}, err
	}
	t.ours, t.led = standing(actor.From(ctx), tree.Path(p.Unit))
	return t, nil
}

// standing says whether somebody is secretary or head of a unit on the way up.
func standing(who actor.Actor, path []org.ID) (secretary, head bool) {
	for _, unit := range path {
		secretary = secretary || who.In(unit, "secretary")
		head = head || who.In(unit, "head")
	}
	return secretary, head
}

// ByLink says whose link this is. NotFound for one that is used, too old, or was never made.
func (s *Service) ByLink(ctx context.Context, key string) (p org.Person, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		person, err := linkOwner(ctx, rd, printOf(key))
		if err != nil {
			return err
		}
		p, err = s.org.PersonIn(ctx, rd, person)
		if err == nil && !p.Active {
			err = fault.ErrNotFound
		}
		return err
	})
	return p, err
}

// SetByLink sets a password with a link, uses the link up, and lets in.
func (s *Service) SetByLink(ctx context.Context, key, password, again string, in In) (Session, error) {
	if err := s.slow(in.Address); err != nil {
		return Session{}, err
	}
	p, err := s.ByLink(ctx, key)
	if err != nil {
		s.guard.failed(in.Address)
		return Session{}, err
	}
	return s.setOnce(ctx, p, printOf(key), password, again, in)
}

// SetByCode sets a password with a 工号 and the code of a link for it, uses the link up, and lets in. A 工号 that nobody
// has, one without a link and a wrong code are one answer; MaxTries of them close the 工号 to codes for LockTime.
func (s *Service) SetByCode(ctx context.Context, no, typed, password, again string, in In) (Session, error) {
	if err := s.slow(in.Address); err != nil {
		return Session{}, err
	}
	p, print, err := s.byCode(ctx, no, plainCode(typed))
	if err != nil {
		s.guard.failed(in.Address)
		return Session{}, err
	}
	return s.setOnce(ctx, p, print, password, again, in)
}

// byCode counts a wrong code in the transaction that compares it: of many guesses at once no more than MaxTries compare.
func (s *Service) byCode(ctx context.Context, no, typed string) (p org.Person, print string, err error) {
	name := "code:" + printOf(normal(no))
	var answer error
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		t, err := lockTry(ctx, tx, name, 0)
		if err != nil {
			return err
		}
		if wait := t.locked(tx.Now); wait > 0 {
			answer = onField(locked(wait), "code")
			return nil
		}
		person, ok, err := s.personOf(ctx, tx, no)
		if err != nil {
			return err
		}
		kept, sealed, err := linkOf(ctx, tx, person.ID)
		if err != nil {
			return err
		}
		right, err := s.box.Open(sealedCode, sealed)
		if err == nil && ok && right != "" && subtle.ConstantTimeCompare([]byte(right), []byte(typed)) == 1 {
			p, print, answer = person, kept, nil
			return deleteTry(ctx, tx, name)
		}
		answer = wrongCode("code", "signin.wrong-code")
		return saveTry(ctx, tx, name, t.fail(tx.Now))
	})
	if err == nil {
		err = answer
	}
	return p, print, err
}

func wrongCode(field, key string) error {
	var f fault.Fields
	f.Add(field, key)
	return f.Err()
}

// onField moves an answer beside another field.
func onField(err error, name string) error {
	if f, ok := fault.As(err); ok {
		for i := range f.Fields {
			f.Fields[i].Name = name
		}
	}
	return err
}

// setOnce sets a password and uses up the link behind it.
func (s *Service) setOnce(ctx context.Context, p org.Person, print, password, again string, in In) (Session, error) {
	hash, err := s.newPassword(ctx, p, in.Address, password, again)
	if err != nil {
		return Session{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if err := useLink(ctx, tx, print); err != nil {
			return err // somebody else was faster
		}
		return s.putPassword(actor.With(ctx, actor.Actor{Person: p.ID}), tx, p.ID, hash)
	})
	if err != nil {
		return Session{}, err
	}
	s.known.forgetPerson(p.ID)
	return s.enter(ctx, p.ID, in, "link")
}

// putPassword keeps a new password: the one before goes into the history, sessions, links and locks end.
func (s *Service) putPassword(ctx context.Context, tx *sqldb.Tx, person ID, hash string) error {
	if err := keepOld(ctx, tx, person); err != nil {
		return err
	}
	if err := saveAccount(ctx, tx, account{person: person, hash: hash, changed: tx.Now}); err != nil {
		return err
	}
	if err := endAll(ctx, tx, person); err != nil {
		return err
	}
	return s.events.Emit(ctx, tx, PasswordWasSet{Person: person})
}

// newPassword checks a new password, typed twice, against the policy and gives what is kept of it.
func (s *Service) newPassword(ctx context.Context, p org.Person, address, password, again string) (string, error) {
	m := s.Policy(ctx).measures()
	var f fault.Fields
	m.checkPassword(&f, "password", password, p.No, p.Name, p.NameEn, p.Phone, p.Email)
	if password != again {
		f.Add("again", "signin.not-the-same")
	}
	if err := f.Err(); err != nil {
		return "", err
	}
	if m.history > 0 {
		if err := s.wasUsed(ctx, p.ID, address, password, m.history); err != nil {
			return "", err
		}
	}
	return hashOf(ctx, address, password)
}

// wasUsed refuses a password that is, or was, one of the person's last n.
func (s *Service) wasUsed(ctx context.Context, person ID, address, password string, n int) error {
	var hashes []string
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		hashes, err = lastHashes(ctx, rd, person, n)
		return err
	})
	if err != nil {
		return err
	}
	for _, hash := range hashes {
		same, err := fits(ctx, address, password, hash, func() error { return nil })
		if err != nil {
			return err
		}
		if same {
			var f fault.Fields
			f.Add("password", "signin.used-before", "count", n)
			return f.Err()
		}
	}
	return nil
}
