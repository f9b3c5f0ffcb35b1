package promise

import (
	"context"

	"neike/internal/access"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Holdings are the open promises that people have given or wait for, and those of units. What is closed stays as it was.
// Whoever gave the word stays in the record; somebody else answers for it.
func (s *Service) Holdings() []org.Holding {
	return []org.Holding{
		s.holds("promise.given", "promise.holds-given", org.ByPerson, 56, byGiver, s.succeed(GiverSide)),
		s.holds("promise.received", "promise.holds-received", org.ByPerson, 57, byReceiver, s.succeed(ReceiverSide)),
		s.holds("promise.unit-given", "promise.holds-unit-given", org.ByUnit, 76, byGiverUnit, s.follow(GiverSide)),
		s.holds("promise.unit-received", "promise.holds-unit-received", org.ByUnit, 77, byReceiverUnit, s.follow(ReceiverSide)),
	}
}

// passing hands one promise over inside a turn, and says why it cannot.
type passing func(ctx context.Context, tx *sqldb.Tx, t *turn, h org.Handing) (why string, err error)

func (s *Service) holds(code, label string, by org.Keeper, order int, column string, pass passing) org.Holding {
	return org.Holding{Code: code, Label: label, By: by, Order: order,
		Count: func(ctx context.Context, rd sqldb.Reader, keeper int64) (int, error) {
			return countHeld(ctx, rd, column, keeper)
		},
		List: func(ctx context.Context, rd sqldb.Reader, keeper, after int64, limit int) ([]org.Held, error) {
			list, err := heldAfter(ctx, rd, column, keeper, after, limit)
			if err != nil {
				return nil, err
			}
			seen, err := s.among(ctx, rd, list)
			open := map[ID]bool{}
			for _, p := range seen {
				open[p.ID] = true
			}
			out := make([]org.Held, len(list))
			for i, p := range list {
				if out[i] = (org.Held{Key: p.ID, Hidden: true}); open[p.ID] {
					out[i] = org.Held{Key: p.ID, Title: p.What, Note: p.Ref() + " · " + lang.T(ctx, "promise.state."+string(p.State)), Href: link(p.Number)}
				}
			}
			return out, err
		},
		Hand: func(ctx context.Context, tx *sqldb.Tx, h org.Handing) (org.Handed, error) {
			var out org.Handed
			list, err := heldAfter(ctx, tx, column, h.From, h.After, h.Limit)
			for _, p := range list {
				out.Next = p.ID
				why, err := s.pass(ctx, tx, p, h, pass)
				if err != nil {
					return out, err
				}
				if why == "" {
					out.Moved++
					continue
				}
				title := p.Ref()
				if !p.Confidential {
					title += " " + p.What
				}
				out.Left = append(out.Left, org.Left{Title: title, Href: link(p.Number), Why: why})
			}
			if len(list) < h.Limit {
				out.Next = 0
			}
			return out, err
		}}
}

func (s *Service) pass(ctx context.Context, tx *sqldb.Tx, p Promise, h org.Handing, do passing) (why string, err error) {
	t, err := s.house(ctx, tx, p.Number, VerbSucceed)
	if f, ok := fault.As(err); ok && f.Kind == fault.Conflict {
		return f.Key, nil
	}
	if err != nil {
		return "", err
	}
	if why, err = do(ctx, tx, t, h); why != "" || err != nil {
		return why, err
	}
	_, err = s.finish(ctx, tx, t)
	return "", err
}

// succeed gives what somebody promised, or waits for, to the receiver of the hand-over. The units stay: whose word it was does
// not change.
func (s *Service) succeed(side Side) passing {
	return func(ctx context.Context, tx *sqldb.Tx, t *turn, h org.Handing) (string, error) {
		why, other := access.WhyAssigned, t.p.Receiver
		if side == ReceiverSide {
			why, other = access.WhyAsked, t.p.Giver
		}
		if h.To == other {
			return "promise.both-sides", nil
		}
		if t.p.Confidential {
			open, err := s.seenBy(ctx, tx, h.To, t.p.About)
			if err != nil || !open {
				return "promise.heir-cannot-see", err
			}
		}
		if side == GiverSide {
			t.p.Giver = h.To
		} else {
			t.p.Receiver = h.To
		}
		t.event.Person = h.To
		t.said = func(a About) event.Event { return WasSucceeded{a, h.From, side} }
		sub := subject(t.p.ID)
		if err := s.Access.Revoke(ctx, tx, sub, access.Person(h.From), why); err != nil {
			return "", err
		}
		return "", s.Access.Grant(ctx, tx, access.Grant{Subject: sub, Holder: access.Person(h.To), Why: why})
	}
}

// follow moves a promise along to the unit that follows the one whose people gave it, or were given it.
func (s *Service) follow(side Side) passing {
	return func(ctx context.Context, tx *sqldb.Tx, t *turn, h org.Handing) (string, error) {
		why := access.WhyServes
		to := h.Target("person", t.p.Giver)
		if side == ReceiverSide {
			why, to = access.WhyAsks, h.Target("person", t.p.Receiver)
			t.p.ReceiverUnit = to
		} else {
			t.p.GiverUnit = to
		}
		t.event.Kind, t.event.Unit = VerbFollow, to
		t.said = func(a About) event.Event { return HasFollowed{a, h.From, side} }
		if t.p.Confidential {
			return "", nil
		}
		sub := subject(t.p.ID)
		if err := s.Access.RevokeAll(ctx, tx, sub, why); err != nil {
			return "", err
		}
		return "", s.Access.Grant(ctx, tx, access.Grant{Subject: sub, Holder: access.Unit(to), Why: why})
	}
}
