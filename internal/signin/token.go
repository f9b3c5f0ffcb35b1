package signin

import (
	"context"
	"slices"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// Token lets a program act for a person within its scopes.
type Token struct {
	ID     ID        `json:"id,string"`
	Person ID        `json:"-"`
	No     string    `json:"person" doc:"工号 of the person it acts for"`
	Name   string    `json:"name"`
	Scopes []string  `json:"scopes" nullable:"false"`
	Made   time.Time `json:"created_at"`
	Used   time.Time `json:"last_used_at,omitzero"`
	Until  time.Time `json:"expires_at,omitzero"`
}

// MakeToken makes a token for a person: the actor's own, or anybody's for the system (the command line).
// The key is given once and never kept. No scopes means read and write; until zero means no end, and a token makes none that outlives it.
func (s *Service) MakeToken(ctx context.Context, person ID, name string, scopes []string, until time.Time) (t Token, key string, err error) {
	who := actor.From(ctx)
	if !who.System && who.Person != person {
		return Token{}, "", fault.ErrNotFound
	}
	var f fault.Fields
	name = tokenName(&f, name)
	if !until.IsZero() && until.Before(s.db.Now()) {
		f.Add("expires_at", "signin.token-past")
	}
	scopes = tokenScopes(&f, scopes, who)
	if err := f.Err(); err != nil {
		return Token{}, "", err
	}
	key = "nk_" + secretKey()
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if err := s.outlives(ctx, tx, until); err != nil {
			return err
		}
		p, err := s.org.PersonIn(ctx, tx, person)
		if err != nil {
			return err
		}
		t = Token{ID: tx.NewID(), Person: person, No: p.No, Name: name, Scopes: scopes, Made: tx.Now, Until: until}
		if err := insertToken(ctx, tx, t, printOf(key)); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, TokenWasMade{Token: t.ID, Person: person, Name: name, Scopes: scopes})
	})
	return t, key, err
}

// outlives refuses a token that would work longer than the token it is made with: a key that is stolen for an hour would
// be stolen for ever.
func (s *Service) outlives(ctx context.Context, tx *sqldb.Tx, until time.Time) error {
	who := actor.From(ctx)
	if who.Token == 0 {
		return nil
	}
	end, err := tokenUntil(ctx, tx, who.Token)
	if err != nil {
		return err
	}
	if end.IsZero() || !until.IsZero() && !until.After(end) {
		return nil
	}
	var f fault.Fields
	f.Add("expires_at", "signin.token-outlives")
	return f.Err()
}

// Tokens are the actor's own; everybody's for the system.
func (s *Service) Tokens(ctx context.Context) (list []Token, err error) {
	who := actor.From(ctx)
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		if who.System {
			list, err = allTokens(ctx, rd)
		} else {
			list, err = tokensOf(ctx, rd, who.Person)
		}
		return err
	})
	return list, err
}

// RevokeToken ends a token of the actor's own; any for the system. NotFound for another's.
func (s *Service) RevokeToken(ctx context.Context, id ID) error {
	who := actor.From(ctx)
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		person, err := deleteToken(ctx, tx, id, who.Person, who.System)
		if err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, TokenWasRevoked{Token: id, Person: person})
	})
	s.known.forgetToken(id)
	return err
}

func (s *Service) tokenByKey(ctx context.Context, key string) (t Token, err error) {
	print := printOf(key)
	if t, ok := s.known.token(print, time.Now()); ok && (t.Until.IsZero() || s.db.Now().Before(t.Until)) {
		return t, nil
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		t, err = liveToken(ctx, rd, print)
		return err
	})
	if err != nil {
		return Token{}, err
	}
	t.Scopes = slices.Clip(t.Scopes)
	s.known.keepToken(print, t, time.Now())
	if s.db.Now().Sub(t.Used) < seenStep {
		return t, nil
	}
	err = s.db.Write(context.WithoutCancel(ctx), func(ctx context.Context, tx *sqldb.Tx) error {
		return sawToken(ctx, tx, t.ID, tx.Now)
	})
	return t, err
}
