package signin

import (
	"context"

	"neike/internal/kit/lang"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Holdings are what lets somebody in: it ends when the person leaves.
func (s *Service) Holdings() []org.Holding {
	return []org.Holding{
		{Code: "signin.sessions", Label: "signin.holds-sessions", By: org.ByPerson, Order: 90, Ends: true, Count: countSessions, List: listSessions, Hand: s.endSessions},
		{Code: "signin.tokens", Label: "signin.holds-tokens", By: org.ByPerson, Order: 95, Ends: true, Count: countTokens, List: listTokens, Hand: s.endTokens},
	}
}

func countSessions(ctx context.Context, rd sqldb.Reader, person ID) (int, error) {
	list, err := sessionsOf(ctx, rd, person)
	return len(list), err
}

// listSessions says when sessions were last used; where from is the person's own matter.
func listSessions(ctx context.Context, rd sqldb.Reader, person, after ID, limit int) ([]org.Held, error) {
	list, err := sessionsOf(ctx, rd, person)
	sorting.By(list, func(a, b Session) int { return int(min(max(a.ID-b.ID, -1), 1)) })
	var out []org.Held
	for _, x := range list {
		if x.ID > after && len(out) < limit {
			out = append(out, org.Held{Key: x.ID, Title: lang.Short(ctx, x.Seen)})
		}
	}
	return out, err
}

// endSessions signs somebody out everywhere and makes every link and lock void.
func (s *Service) endSessions(ctx context.Context, tx *sqldb.Tx, h org.Handing) (org.Handed, error) {
	n, err := countSessions(ctx, tx, h.From)
	if err != nil {
		return org.Handed{}, err
	}
	if err := endAll(ctx, tx, h.From); err != nil {
		return org.Handed{}, err
	}
	tx.OnCommit(func() { s.known.forgetPerson(h.From) })
	if n == 0 {
		return org.Handed{}, nil
	}
	return org.Handed{Moved: n}, s.events.Emit(ctx, tx, SessionsWereEnded{Person: h.From, Count: n})
}

// closeOld closes what was opened before somebody left who is back now: password, second factors, sessions, links and
// tokens. The account opens by a new activation, or by the company's own sign-in where the person is linked.
func (s *Service) closeOld(ctx context.Context, tx *sqldb.Tx, e org.PersonCameBack) error {
	a, err := accountOf(ctx, tx, e.Person)
	if err != nil {
		return err
	}
	if a.hash != "" {
		if err := keepOld(ctx, tx, e.Person); err != nil {
			return err
		}
		if err := saveAccount(ctx, tx, account{person: e.Person, changed: tx.Now}); err != nil {
			return err
		}
	}
	if err := deleteFactors(ctx, tx, e.Person, 0, true); err != nil {
		return err
	}
	h := org.Handing{From: e.Person}
	if _, err := s.endSessions(ctx, tx, h); err != nil {
		return err
	}
	for {
		out, err := s.endTokens(ctx, tx, h)
		if err != nil || out.Next == 0 {
			return err
		}
	}
}

func countTokens(ctx context.Context, rd sqldb.Reader, person ID) (int, error) {
	list, err := tokensOf(ctx, rd, person)
	return len(list), err
}

func listTokens(ctx context.Context, rd sqldb.Reader, person, after ID, limit int) ([]org.Held, error) {
	list, err := tokensOf(ctx, rd, person)
	sorting.By(list, func(a, b Token) int { return int(min(max(a.ID-b.ID, -1), 1)) })
	var out []org.Held
	for _, x := range list {
		if x.ID > after && len(out) < limit {
			out = append(out, org.Held{Key: x.ID, Title: x.Name, Note: lang.Date(ctx, x.Made)})
		}
	}
	return out, err
}

func (s *Service) endTokens(ctx context.Context, tx *sqldb.Tx, h org.Handing) (org.Handed, error) {
	list, err := tokensOf(ctx, tx, h.From)
	if err != nil {
		return org.Handed{}, err
	}
	for _, t := range list {
		if _, err := deleteToken(ctx, tx, t.ID, h.From, true); err != nil {
			return org.Handed{}, err
		}
		tx.OnCommit(func() { s.known.forgetToken(t.ID) })
		if err := s.events.Emit(ctx, tx, TokenWasRevoked{Token: t.ID, Person: h.From}); err != nil {
			return org.Handed{}, err
		}
	}
	out := org.Handed{Moved: len(list)}
	if len(list) >= 200 { // as many as one look lists
		out.Next = list[len(list)-1].ID
	}
	return out, nil
}
