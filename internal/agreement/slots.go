package agreement

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/job"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/relation"
	"neike/internal/todo"
)

// What the room asks of heads.
const (
	verbSign   = "agreement-sign"
	verbReview = "agreement-review"
)

// reviewAhead is how many days before its review day the heads are reminded.
const reviewAhead = 14

func (s *Service) fillSlots(jobs *job.Queue) {
	s.home()
	s.Todo.AddVerb(verbSign, todo.Verb{Label: "agreement.todo.sign", Icon: "signature"})
	s.Todo.AddVerb(verbReview, todo.Verb{Label: "agreement.todo.review", Icon: "chart-line"})
	s.Relation.AddPanel(relation.Panel{Place: relation.InDirection, Order: 20, Render: s.edgePanel})
	s.Relation.UseSigned(s.hasSigned)
	s.Catalog.AgreedBy(s.terms, s.shares)
	s.Relation.AddGrounds(relation.Grounds{Kind: Kind, Label: "agreement.title", Offer: s.groundsOffered, Find: s.groundsHeld})
	jobs.Every("agreement.review", time.Hour, s.remind)
	s.listen(s.events)
}

// hasSigned says of which pairs something is in force; nil while nothing was ever signed.
func (s *Service) hasSigned(ctx context.Context) (func(provider, customer org.ID) bool, error) {
	b, err := s.booked(ctx)
	if err != nil || len(b.of) == 0 {
		return nil, err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	now, zone := s.db.Now(), s.Org.Company(ctx).Location()
	return func(provider, customer org.ID) bool {
		_, _, ok := b.between(tree, provider, customer, now, zone)
		return ok
	}, nil
}

func subject(a Agreement) access.Subject { return access.Subject{Kind: Kind, ID: a.ID} }

// reviewOf is the subject of a side's turn in a review: each side does its own.
func reviewOf(a Agreement, side Side) access.Subject {
	return access.Subject{Kind: Kind + "-" + string(side), ID: a.ID}
}

// owe asks the heads of the sides that have not signed the draft.
func (s *Service) owe(ctx context.Context, tx *sqldb.Tx, a Agreement, v Version) error {
	if err := s.Todo.Fulfil(ctx, tx, subject(a), verbSign); err != nil || !v.SignedAt.IsZero() {
		return err
	}
	for _, side := range Sides {
		if _, signed := v.By(side); signed {
			continue
		}
		if err := s.oweHeads(ctx, tx, a, side, todo.Todo{Subject: subject(a), Verb: verbSign, Link: link(a.Number)}); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) oweHeads(ctx context.Context, tx *sqldb.Tx, a Agreement, side Side, owed todo.Todo) error {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	unit, other := a.Unit(side), a.Provider
	if side == Provider {
		other = a.Customer
	}
	_, holds, err := s.Org.HeadsFrom(ctx, tx, unit)
	if err != nil {
		return err
	}
	if holds == 0 { // nobody heads it, nor any above: whoever does one day finds it
		holds = unit
	}
	provider, _ := tree.ByID(a.Provider)
	customer, _ := tree.ByID(a.Customer)
	house := s.Org.Company(ctx).Locale
	owed.Title, owed.Ref = provider.Name.For(house)+" → "+customer.Name.For(house), a.Ref()
	owed.For, owed.Unit, owed.Holder = actor.From(ctx).Person, other, access.Holder{Kind: "unit", ID: holds, Role: "head"}
	return s.Todo.Owe(ctx, tx, owed)
}

// remind asks the heads of both sides for the review of what is in force, some days ahead, once for each version.
func (s *Service) remind(ctx context.Context) error {
	day := relation.DayOf(s.db.Now().In(s.Org.Company(ctx).Location()).AddDate(0, 0, reviewAhead))
	for more := true; more; {
		err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			list, err := toReview(ctx, tx, day, chunk)
			more = len(list) == chunk
			for _, v := range list {
				if err := s.remindOf(ctx, tx, v); err != nil {
					return err
				}
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) remindOf(ctx context.Context, tx *sqldb.Tx, v Version) error {
	if err := tx.Lock(ctx, "agreement", v.Agreement); err != nil {
		return err
	}
	a, err := byID(ctx, tx, v.Agreement)
	if err != nil {
		return err
	}
	v.Reviewed = true
	if err := updateVersion(ctx, tx, v); err != nil {
		return err
	}
	versions, err := versionsOf(ctx, tx, []ID{a.ID})
	if err != nil {
		return err
	}
	zone := s.Org.Company(ctx).Location()
	if now, ok := (View{Agreement: a, Versions: versions[a.ID]}).InForce(tx.Now, zone); !ok || now.N != v.N {
		return nil // ended, or another one has taken its place
	}
	due := time.Date(int(v.Review/10000), time.Month(v.Review/100%100), int(v.Review%100), 18, 0, 0, 0, zone).UTC()
	for _, side := range Sides {
		owed := todo.Todo{Subject: reviewOf(a, side), Verb: verbReview, Link: link(a.Number) + "/review", Due: due}
		if err := s.oweHeads(ctx, tx, a, side, owed); err != nil {
			return err
		}
	}
	return s.events.Emit(ctx, tx, IsToBeReviewed{about(a, v.N)})
}

// References are the numbers of agreements, for the trail.
func References(ctx context.Context, rd sqldb.Reader, ids []ID) (map[ID]string, error) {
	list, err := references(ctx, rd, ids)
	out := make(map[ID]string, len(list))
	for _, a := range list {
		out[a.ID] = a.Ref()
	}
	return out, err
}

// Called is what an agreement is called, and where it is.
type Called struct{ Ref, Title, Link string }

// AboutSubjects names agreements that the actor may see, for whoever is told of them.
func (s *Service) AboutSubjects(ctx context.Context, rd sqldb.Reader, ids []ID) (map[ID]Called, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	list, err := references(ctx, rd, ids)
	out := make(map[ID]Called, len(list))
	for _, a := range list {
		if s.sees(ctx, a) {
			out[a.ID] = Called{a.Ref(), title(ctx, tree, a), link(a.Number)}
		}
	}
	return out, err
}

// Holdings are the agreements of a unit: they follow it. One that would be of a unit with itself, or of a pair that has one,
// ends.
func (s *Service) Holdings() []org.Holding {
	return []org.Holding{{Code: "agreement.unit", Label: "agreement.holds", By: org.ByUnit, Order: 78, Count: countOfUnit,
		List: func(ctx context.Context, rd sqldb.Reader, unit, after org.ID, limit int) ([]org.Held, error) {
			list, err := ofUnit(ctx, rd, unit, after, limit)
			if err != nil {
				return nil, err
			}
			tree, err := s.Org.Tree(ctx)
			if err != nil {
				return nil, err
			}
			out := make([]org.Held, len(list))
			for i, a := range list {
				if out[i] = (org.Held{Key: a.ID, Hidden: true}); s.sees(ctx, a) {
					out[i] = org.Held{Key: a.ID, Title: title(ctx, tree, a), Note: a.Ref(), Href: link(a.Number)}
				}
			}
			return out, nil
		},
		Hand: s.follow,
	}}
}

func (s *Service) sees(ctx context.Context, a Agreement) bool {
	_, _, err := s.rights(ctx, a)
	return err == nil
}

func (s *Service) follow(ctx context.Context, tx *sqldb.Tx, h org.Handing) (org.Handed, error) {
	var out org.Handed
	list, err := ofUnit(ctx, tx, h.From, h.After, h.Limit)
	for _, a := range list {
		out.Next, out.Moved = a.ID, out.Moved+1
		if err := s.goAlong(ctx, tx, a, h); err != nil {
			return out, err
		}
	}
	if len(list) < h.Limit {
		out.Next = 0
	}
	return out, err
}

func (s *Service) goAlong(ctx context.Context, tx *sqldb.Tx, a Agreement, h org.Handing) error {
	if err := tx.Lock(ctx, "agreement", a.ID); err != nil {
		return err
	}
	was := a
	if a.Provider == h.From {
		a.Provider = h.To
	}
	if a.Customer == h.From {
		a.Customer = h.To
	}
	a.Revision++
	other, err := ofPair(ctx, tx, a.Provider, a.Customer)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	if a.Provider == a.Customer || err == nil && other.ID != a.ID {
		was.Revision++
		return s.end(ctx, tx, was, "") // by nobody, for no reason of its own: pages say that its units became one
	}
	if err := update(ctx, tx, a); err != nil {
		return err
	}
	versions, err := versionsOf(ctx, tx, []ID{a.ID})
	if err != nil {
		return err
	}
	if draft, ok := (View{Versions: versions[a.ID]}).Draft(); ok {
		if err := s.owe(ctx, tx, a, draft); err != nil {
			return err
		}
	}
	tx.OnCommit(s.forget)
	return s.events.Emit(ctx, tx, HasFollowed{about(a, 0), h.From})
}

type panelView struct {
	Title, Text, Href, New string
	Tag                    string
	Tone                   string
}

// edgePanel says what is agreed on a direction of the edge page, to who may see it.
func (s *Service) edgePanel(ctx context.Context, p relation.Pair) (templ.Component, error) {
	var v panelView
	pair := Agreement{Provider: p.Provider.ID, Customer: p.Customer.ID}
	_, drafts, err := s.rights(ctx, pair)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return nil, nil
		}
		return nil, err
	}
	var list []Version
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		a, err := ofPair(ctx, rd, pair.Provider, pair.Customer)
		if err != nil {
			if fault.KindOf(err) == fault.NotFound {
				return nil
			}
			return err
		}
		pair = a
		versions, err := versionsOf(ctx, rd, []ID{a.ID})
		list = versions[a.ID]
		return err
	})
	if err != nil {
		return nil, err
	}
	now, zone := s.db.Now(), s.Org.Company(ctx).Location()
	switch {
	case pair.ID != 0:
		state := stateAt(pair, list, now, zone)
		v = panelView{Title: pair.Ref(), Href: link(pair.Number), Tag: lang.T(ctx, "agreement.state."+string(state)), Tone: tones[state], Text: s.lineOf(ctx, View{Agreement: pair, Versions: list})}
	case drafts && p.Provider.ID != p.Customer.ID:
		v.New = "/agreements/new?provider=" + p.Provider.Code + "&customer=" + p.Customer.Code
	default:
		return nil, nil
	}
	return edgePanel(v), nil
}
