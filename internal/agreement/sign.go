package agreement

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"neike/internal/access"
	"neike/internal/catalog"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/org"
	"neike/internal/relation"
)

// The actions of the room in the access table.
const (
	doList  = "agreement.list"
	doSee   = "agreement.see"
	doDraft = "agreement.draft"
	doSign  = "agreement.sign"
)

// Write makes the draft of an agreement between two units: of a new agreement, of the next version of one that is signed, or the draft
// that is there already, whose signature falls away. codes name the units.
// Errors: ErrNotFound for a unit that is not there and for who may not write; Invalid; Precondition.
func (s *Service) Write(ctx context.Context, provider, customer string, d Draft, match web.IfMatch) (View, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return View{}, err
	}
	from, ok := tree.ByCode(provider)
	to, known := tree.ByCode(customer)
	if !ok || !known {
		return View{}, fault.ErrNotFound
	}
	pair := Agreement{Provider: from.ID, Customer: to.ID}
	if _, drafts, err := s.rights(ctx, pair); err != nil || !drafts {
		return View{}, orNotFound(err)
	}
	if err := s.checked(ctx, tree, from, to, &d); err != nil {
		return View{}, err
	}
	var number int64
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		a, err := ofPair(ctx, tx, from.ID, to.ID)
		switch {
		case err != nil && fault.KindOf(err) != fault.NotFound:
			return err
		case err != nil:
			a = Agreement{ID: tx.NewID(), Provider: from.ID, Customer: to.ID, Revision: 1, CreatedAt: tx.Now}
			if a.Number, err = tx.Next(ctx, "agreement_number"); err != nil {
				return err
			}
			if err := insert(ctx, tx, a); err != nil {
				return err
			}
		default:
			if a, err = s.hold(ctx, tx, a, match); err != nil {
				return err
			}
		}
		number = a.Number
		return s.draft(ctx, tx, a, d)
	})
	if sqldb.IsUnique(err) { // two began at once
		err = fault.New(fault.Conflict, "agreement.pair-has-one")
	}
	if err != nil {
		return View{}, err
	}
	return s.ByNumber(ctx, number)
}

func orNotFound(err error) error {
	if err == nil {
		err = fault.ErrNotFound
	}
	return err
}

// checked is check with what the catalogue and the organisation know; words are trimmed.
func (s *Service) checked(ctx context.Context, tree *org.Tree, from, to org.Unit, d *Draft) error {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	t := &d.Terms
	t.Also, t.Exclusions, t.Purpose = strings.TrimSpace(t.Also), strings.TrimSpace(t.Exclusions), strings.TrimSpace(t.Purpose)
	var bad fault.Fields
	now := s.db.Now()
	switch {
	case from.ID == to.ID || tree.Under(from.ID, to.ID) || tree.Under(to.ID, from.ID):
		bad.Add("customer", "agreement.with-itself")
	case !from.Valid(now) || !to.Valid(now):
		bad.Add("customer", "agreement.unit-ended")
	}
	if d.To != 0 && isDay(d.To) && d.To < relation.DayOf(now.In(s.Org.Company(ctx).Location())) {
		bad.Add("to", "agreement.over-already")
	}
	d.check(&bad, func(id catalog.ID) bool {
		x, ok := snap.ByID(id)
		return ok && x.Askable() && tree.Under(x.Unit, from.ID)
	})
	return bad.Err()
}

// unseen is the state that a program saw which does not say which.
const unseen = `"-"`

// hold locks an agreement and reads it anew; one that is ended, or was changed since, is refused.
func (s *Service) hold(ctx context.Context, tx *sqldb.Tx, a Agreement, match web.IfMatch) (Agreement, error) {
	if err := tx.Lock(ctx, "agreement", a.ID); err != nil {
		return a, err
	}
	a, err := byID(ctx, tx, a.ID)
	if err != nil {
		return a, err
	}
	if match.IfMatch == unseen {
		return a, fault.New(fault.Precondition, "agreement.if-match")
	}
	if err := match.Check(a.etag()); err != nil {
		return a, err
	}
	if !a.EndedAt.IsZero() {
		return a, fault.New(fault.Conflict, "agreement.is-ended")
	}
	a.Revision++
	return a, update(ctx, tx, a)
}

// draft writes the newest version if it is a draft, else the next one.
func (s *Service) draft(ctx context.Context, tx *sqldb.Tx, a Agreement, d Draft) error {
	versions, err := versionsOf(ctx, tx, []ID{a.ID})
	if err != nil {
		return err
	}
	v := Version{Agreement: a.ID, N: 1, Terms: d.Terms, From: d.From, To: d.To, Review: d.Review, Person: actor.From(ctx).Person, At: tx.Now}
	list := versions[a.ID]
	if len(list) > 0 && list[0].SignedAt.IsZero() {
		was := list[0]
		v.N = was.N
		if v.Print(a.Number) == was.Print(a.Number) { // nothing else is said
			return nil
		}
		if err := unsign(ctx, tx, a.ID, v.N); err != nil {
			return err
		}
		if err := updateVersion(ctx, tx, v); err != nil {
			return err
		}
	} else {
		if len(list) > 0 {
			v.N = list[0].N + 1
		}
		if err := insertVersion(ctx, tx, v); err != nil {
			return err
		}
	}
	if err := s.owe(ctx, tx, a, v); err != nil {
		return err
	}
	return s.events.Emit(ctx, tx, WasDrafted{about(a, v.N)})
}

// Sign puts the actor's name under the draft for a side. When both have signed it counts from its first day on.
// Errors: ErrNotFound for who may not sign for the side; Conflict when there is no draft, or the side has signed it; Precondition
// when the words are others than those seen.
func (s *Service) Sign(ctx context.Context, number int64, side Side, match web.IfMatch) (View, error) {
	return s.turn(ctx, number, side, match, func(ctx context.Context, tx *sqldb.Tx, a Agreement, v Version) error {
		if _, signed := v.By(side); signed {
			return fault.New(fault.Conflict, "agreement.signed-already")
		}
		if v.To != 0 && v.To < relation.DayOf(tx.Now.In(s.Org.Company(ctx).Location())) {
			return fault.New(fault.Conflict, "agreement.over-already")
		}
		mark := Signature{Agreement: a.ID, N: v.N, Side: side, Person: actor.From(ctx).Person, At: tx.Now, Print: v.Print(a.Number)}
		if err := insertSignature(ctx, tx, mark); err != nil {
			return err
		}
		v.Signatures = append(v.Signatures, mark)
		if err := s.events.Emit(ctx, tx, WasSignedBy{about(a, v.N), side}); err != nil {
			return err
		}
		if len(v.Signatures) == len(Sides) {
			v.SignedAt = tx.Now
			if err := updateVersion(ctx, tx, v); err != nil {
				return err
			}
			if err := s.events.Emit(ctx, tx, CameIntoForce{about(a, v.N)}); err != nil {
				return err
			}
			tx.OnCommit(s.forget)
		}
		return s.owe(ctx, tx, a, v)
	})
}

// Object says why a side does not sign the draft as it is; signatures under it fall away.
func (s *Service) Object(ctx context.Context, number int64, side Side, text string, match web.IfMatch) (View, error) {
	return s.turn(ctx, number, side, match, func(ctx context.Context, tx *sqldb.Tx, a Agreement, v Version) error {
		text := strings.TrimSpace(text)
		if err := checkWord("text", text); err != nil {
			return err
		}
		if err := unsign(ctx, tx, a.ID, v.N); err != nil {
			return err
		}
		v.Signatures = nil
		w := Word{ID: tx.NewID(), Agreement: a.ID, N: v.N, Side: side, Person: actor.From(ctx).Person, Text: text, At: tx.Now}
		if err := insertWord(ctx, tx, w); err != nil {
			return err
		}
		if err := s.owe(ctx, tx, a, v); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, WasObjectedTo{about(a, v.N), side})
	})
}

func checkWord(name, text string) error {
	var bad fault.Fields
	if text == "" {
		bad.Add(name, "form.required")
	}
	if n := utf8.RuneCountInString(text); n > maxWord {
		bad.Add(name, "web.too-long", "most", maxWord, "count", n)
	}
	return bad.Err()
}

// Drop takes the draft back. An agreement of which nothing else was ever written ends with it.
func (s *Service) Drop(ctx context.Context, number int64, match web.IfMatch) (View, error) {
	return s.turn(ctx, number, either, match, func(ctx context.Context, tx *sqldb.Tx, a Agreement, v Version) error {
		if err := unsign(ctx, tx, a.ID, v.N); err != nil {
			return err
		}
		if v.N == 1 { // its words stay, as of something that came to nothing
			a.EndedAt, a.EndedBy = tx.Now, actor.From(ctx).Person
			if err := update(ctx, tx, a); err != nil {
				return err
			}
		} else if err := deleteVersion(ctx, tx, v); err != nil {
			return err
		}
		if err := s.Todo.Fulfil(ctx, tx, subject(a), verbSign); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, WasDropped{about(a, v.N)})
	})
}

// either is, in place of a side, whoever writes drafts of either.
const either Side = "either"

// turn does something with the draft of an agreement, for a side whose head the actor is, or for whoever writes drafts.
func (s *Service) turn(ctx context.Context, number int64, side Side, match web.IfMatch, do func(context.Context, *sqldb.Tx, Agreement, Version) error) (View, error) {
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		a, err := byNumber(ctx, tx, number)
		if err != nil {
			return err
		}
		speaks, drafts, err := s.rights(ctx, a)
		if err != nil {
			return err
		}
		if side == either && !drafts {
			return fault.ErrNotFound
		}
		if side != either {
			if err := mayFor(speaks, side); err != nil {
				return err
			}
		}
		if a, err = s.hold(ctx, tx, a, match); err != nil {
			return err
		}
		versions, err := versionsOf(ctx, tx, []ID{a.ID})
		if err != nil {
			return err
		}
		v := View{Agreement: a, Versions: versions[a.ID]}
		draft, ok := v.Draft()
		if !ok {
			return fault.New(fault.Conflict, "agreement.no-draft")
		}
		return do(ctx, tx, a, draft)
	})
	if err != nil {
		return View{}, err
	}
	return s.ByNumber(ctx, number)
}

// mayFor is nil for whoever may speak for the side. Who speaks for one is told when it is none.
func mayFor(speaks []Side, side Side) error {
	switch {
	case slices.Contains(speaks, side):
		return nil
	case len(speaks) == 0 || slices.Contains(Sides, side):
		return fault.ErrNotFound
	}
	var bad fault.Fields
	bad.Add("side", "agreement.side-unknown")
	return bad.Err()
}

// End ends an agreement from now on, with the reason. Open requests keep what they were promised.
func (s *Service) End(ctx context.Context, number int64, why string, match web.IfMatch) (View, error) {
	why = strings.TrimSpace(why)
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		a, err := byNumber(ctx, tx, number)
		if err != nil {
			return err
		}
		if _, drafts, err := s.rights(ctx, a); err != nil || !drafts {
			return orNotFound(err)
		}
		if err := checkWord("why", why); err != nil {
			return err
		}
		if a, err = s.hold(ctx, tx, a, match); err != nil {
			return err
		}
		return s.end(ctx, tx, a, why)
	})
	if err != nil {
		return View{}, err
	}
	return s.ByNumber(ctx, number)
}

func (s *Service) end(ctx context.Context, tx *sqldb.Tx, a Agreement, why string) error {
	a.EndedAt, a.EndedBy, a.EndedWhy = tx.Now, actor.From(ctx).Person, why
	if err := update(ctx, tx, a); err != nil {
		return err
	}
	if err := s.Todo.Fulfil(ctx, tx, subject(a), verbSign, verbReview); err != nil {
		return err
	}
	tx.OnCommit(s.forget)
	return s.events.Emit(ctx, tx, WasEnded{about(a, 0)})
}

// Comment notes what a side says of a quarter; with it the side has done its part of a review.
func (s *Service) Comment(ctx context.Context, number int64, side Side, q Quarter, text string) error {
	text = strings.TrimSpace(text)
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		a, err := byNumber(ctx, tx, number)
		if err != nil {
			return err
		}
		speaks, _, err := s.rights(ctx, a)
		if err := cmp.Or(err, mayFor(speaks, side)); err != nil {
			return err
		}
		var bad fault.Fields
		if !q.valid() {
			bad.Add("quarter", "agreement.quarter-unread")
		}
		if err := cmp.Or(bad.Err(), checkWord("text", text)); err != nil {
			return err
		}
		w := Word{ID: tx.NewID(), Agreement: a.ID, Quarter: int(q), Side: side, Person: actor.From(ctx).Person, Text: text, At: tx.Now}
		if err := insertWord(ctx, tx, w); err != nil {
			return err
		}
		if err := s.Todo.Fulfil(ctx, tx, reviewOf(a, side), verbReview); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, WasCommented{about(a, 0), side, int(q)})
	})
}

// rights says for which sides the actor may sign, and whether they may write drafts. Nobody who may not see it learns that it is there.
func (s *Service) rights(ctx context.Context, a Agreement) (speaks []Side, drafts bool, err error) {
	who := actor.From(ctx)
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, false, err
	}
	seen := false
	for _, side := range Sides {
		set, err := s.Access.Towards(ctx, who, a.Unit(side))
		if err != nil {
			return nil, false, err
		}
		seen = seen || access.May(doSee, set, false) || below(who, tree, a.Unit(side))
		if set.Has(access.HeadServes) {
			speaks = append(speaks, side)
		}
		drafts = drafts || set.Has(access.HeadServes) || set.Has(access.Quality)
	}
	if !seen && !who.System {
		return nil, false, fault.ErrNotFound
	}
	return speaks, drafts, nil
}

// below says whether somebody belongs to a unit under another, or serves there: what is agreed for it counts for them, too.
func below(who actor.Actor, tree *org.Tree, unit org.ID) bool {
	return slices.ContainsFunc(who.Groups, func(g actor.Group) bool {
		return (g.Role == "member" || g.Role == "agent") && tree.Under(g.ID, unit)
	})
}
