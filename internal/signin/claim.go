package signin

import (
	"context"
	"crypto/subtle"
	"strings"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Activation is the list of whoever looks after the accounts of units.
type Activation struct {
	Waiting []Claim  // whom the actor may confirm, oldest first
	Unknown []Claim  // typed words that fit nobody, of the last day, newest first
	Posters []Poster // that work, of the actor's units
	Counts  []UnitCount
}

// UnitCount says how many people of a unit, itself and below, have a way in.
type UnitCount struct {
	Unit   org.Unit
	People int
	Ready  int // have a password
}

// Confirm lets somebody in who asked by a poster. number is what the person shows: a wrong one counts, and after MaxWrong
// the asking is refused. NotFound for somebody whom the actor may not handle, Conflict when it is decided already.
func (s *Service) Confirm(ctx context.Context, id ID, number string) error {
	var answer error
	var person ID
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		answer = nil
		c, err := s.decidable(ctx, tx, id)
		if err != nil {
			return err
		}
		if c.person == 0 {
			return fault.ErrNotFound
		}
		if subtle.ConstantTimeCompare([]byte(strings.TrimSpace(lang.Narrow(number))), []byte(c.Number)) != 1 {
			answer, err = s.wrongNumber(ctx, tx, c)
			return err
		}
		person = c.person
		return s.confirm(ctx, tx, &c, false)
	})
	if err != nil {
		return err
	}
	if answer == nil {
		s.known.forgetPerson(person)
	}
	return answer
}

// wrongNumber counts and gives the answer; the last one refuses the claim.
func (s *Service) wrongNumber(ctx context.Context, tx *sqldb.Tx, c Claim) (answer, err error) {
	if left := MaxWrong - c.wrong - 1; left > 0 {
		var f fault.Fields
		f.Add("number", "signin.wrong-number", "count", left)
		return f.Err(), countWrong(ctx, tx, c.ID)
	}
	if err := decideClaim(ctx, tx, c.ID, ClaimRefused, actor.From(ctx).Person); err != nil {
		return nil, err
	}
	var f fault.Fields
	f.Add("number", "signin.wrong-number-last")
	return f.Err(), s.events.Emit(ctx, tx, ClaimWasRefused{Claim: c.ID, Person: c.person})
}

// Refuse turns an asking down: it is somebody else, or a test.
func (s *Service) Refuse(ctx context.Context, id ID) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		c, err := s.decidable(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := decideClaim(ctx, tx, id, ClaimRefused, actor.From(ctx).Person); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, ClaimWasRefused{Claim: id, Person: c.person})
	})
}

// decidable locks a claim that the actor may decide and that waits.
func (s *Service) decidable(ctx context.Context, tx *sqldb.Tx, id ID) (Claim, error) {
	if err := tx.Lock(ctx, "signin_claim", id); err != nil {
		return Claim{}, err
	}
	c, err := claimByID(ctx, tx, id)
	if err != nil {
		return Claim{}, err
	}
	may, err := s.mayDecide(ctx, tx, &c)
	if err != nil {
		return Claim{}, err
	}
	if !may {
		return Claim{}, fault.ErrNotFound
	}
	if c.State != ClaimWaiting || !tx.Now.Before(c.Until) {
		return Claim{}, fault.New(fault.Conflict, "signin.claim-decided")
	}
	return c, nil
}

// mayDecide says whether the actor may decide a claim, and whether its person has a password already.
func (s *Service) mayDecide(ctx context.Context, rd sqldb.Reader, c *Claim) (bool, error) {
	who := actor.From(ctx)
	if c.person == 0 {
		tree, err := s.org.Tree(ctx)
		return err == nil && mayPost(who, tree.Path(c.Unit)), err
	}
	t, err := s.target(ctx, rd, c.person)
	if err != nil {
		return false, err
	}
	c.Again = t.password
	return mayActivate(who, t), nil
}

// ClaimOf is the asking of a phone, for the page on which it waits. NotFound for a secret of nobody's.
func (s *Service) ClaimOf(ctx context.Context, secret string) (c Claim, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		c, err = claimByPrint(ctx, rd, printOf(secret))
		if err == nil && c.State == ClaimWaiting && !rd.Instant().Before(c.Until) {
			c.State = ClaimExpired
		}
		return err
	})
	return c, err
}

// UseClaim opens a session on the phone whose asking was confirmed, once.
func (s *Service) UseClaim(ctx context.Context, secret string, in In) (Session, error) {
	c, err := s.ClaimOf(ctx, secret)
	if err != nil {
		return Session{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return useClaim(ctx, tx, c.ID) })
	if err != nil {
		return Session{}, err
	}
	return s.enter(ctx, c.person, in, "poster")
}

// ActivationList is what the actor looks after. NotFound for somebody who looks after nobody.
func (s *Service) ActivationList(ctx context.Context) (a Activation, err error) {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return a, err
	}
	who := actor.From(ctx)
	tops := topsOf(who, tree)
	if len(tops) == 0 {
		return a, fault.ErrNotFound
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		if err := s.listClaims(ctx, rd, &a, claimsListed); err != nil {
			return err
		}
		posters, err := livePosters(ctx, rd)
		if err != nil {
			return err
		}
		for _, p := range posters {
			if mayPost(who, tree.Path(p.Unit)) {
				a.Posters = append(a.Posters, p)
			}
		}
		for _, top := range tops {
			n := UnitCount{Unit: top}
			if n.People, n.Ready, err = countReady(ctx, rd, append(tree.Descendants(top.ID), top.ID)); err != nil {
				return err
			}
			a.Counts = append(a.Counts, n)
		}
		return s.nameMakers(ctx, rd, a.Posters)
	})
	return a, err
}

func (s *Service) nameMakers(ctx context.Context, rd sqldb.Reader, posters []Poster) error {
	var ids []ID
	for _, p := range posters {
		ids = append(ids, p.maker)
	}
	names, err := s.org.Names(ctx, rd, ids)
	for i := range posters {
		posters[i].By = nameIn(ctx, names, posters[i].maker)
	}
	return err
}

func (s *Service) listClaims(ctx context.Context, rd sqldb.Reader, a *Activation, limit int) error {
	claims, err := waitingClaims(ctx, rd, limit)
	if err != nil {
		return err
	}
	var ids []ID
	for i := range claims {
		ids = append(ids, claims[i].person)
	}
	people, err := s.org.Names(ctx, rd, ids)
	if err != nil {
		return err
	}
	for _, c := range claims {
		may, err := s.mayDecide(ctx, rd, &c)
		if err != nil {
			return err
		}
		c.Person = people[c.person]
		switch {
		case may && c.person != 0:
			a.Waiting = append(a.Waiting, c)
		case may && len(a.Unknown) < 20:
			a.Unknown = append(a.Unknown, c)
		}
	}
	return nil
}

// topsOf are the units whose accounts somebody looks after, without those below another of them.
func topsOf(who actor.Actor, tree *org.Tree) []org.Unit {
	var all []org.Unit
	everything := who.System || who.Has("admin") || who.Has("security")
	for _, u := range tree.All() {
		if everything && u.Parent == 0 || !everything && who.In(u.ID, "secretary", "head") {
			all = append(all, u)
		}
	}
	var tops []org.Unit
	for _, u := range all {
		below := false
		for _, other := range all {
			below = below || other.ID != u.ID && tree.Under(u.ID, other.ID)
		}
		if !below {
			tops = append(tops, u)
		}
	}
	return tops
}

// The page of activation lists up to claimsListed askings; the home page looks at claimsLooked, for each is decided by
// itself.
const (
	claimsListed = 2000
	claimsLooked = 100
)

// CountWaiting is how many of the claimsLooked oldest askings wait for the actor's confirmation; 0 for somebody who looks
// after nobody.
func (s *Service) CountWaiting(ctx context.Context) (n int, err error) {
	tree, err := s.org.Tree(ctx)
	if err != nil || len(topsOf(actor.From(ctx), tree)) == 0 {
		return 0, err
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		var a Activation
		err := s.listClaims(ctx, rd, &a, claimsLooked)
		n = len(a.Waiting)
		return err
	})
	return n, err
}
