package access

import (
	"context"
	"errors"
	"slices"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// Explanation says why somebody can see a record, or why not.
type Explanation struct {
	Record  Found
	Person  ID
	Sees    bool
	Reasons []Line
	WhyNot  string // in words, when nothing opens it
	Holders []Line // who else has it, one line per grant
}

// Line is one reason in words.
type Line struct {
	Who   string // in Holders: the person or unit
	Why   string
	Since string // "" for a role
	Opens []string
}

// Explain says why a person (0: whoever asks) can see the record of that number; of a unit, a person or a relation it says
// what is open to that person there. Who is no security officer asks only
// about records they may see, and about themselves or people of units they head: anything else is NotFound.
func (s *Service) Explain(ctx context.Context, record string, person ID) (Explanation, error) {
	a := actor.From(ctx)
	if person == 0 {
		person = a.Person
	}
	var x Explanation
	noRecord := false
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		found, err := s.find(ctx, rd, record)
		if errors.Is(err, fault.ErrNotFound) {
			noRecord = true
			return nil
		}
		if err != nil {
			return err
		}
		see := found.Subject.Kind + ".see"
		_, err = s.Require(ctx, rd, see, found.Subject, found.Confidential)
		if !a.Has("security") || a.Viewer != 0 {
			if err != nil {
				return fault.ErrNotFound
			}
			if err := s.mayAskAbout(ctx, rd, a, person); err != nil {
				return err
			}
		} else if err != nil && !errors.Is(err, fault.ErrNotFound) {
			return err
		}
		if found.Confidential && err != nil {
			found.Title = "" // only those who may see it read what it is about
		}
		x, err = s.explain(ctx, rd, found, person, see)
		return err
	})
	if noRecord && err == nil {
		return s.explainPlace(ctx, record, person)
	}
	return x, err
}

// mayAskAbout is NotFound unless it is oneself, or somebody of a unit that one heads, or of one below it.
func (s *Service) mayAskAbout(ctx context.Context, rd sqldb.Reader, a actor.Actor, person ID) error {
	if person == a.Person {
		return nil
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return err
	}
	p, err := s.org.PersonIn(ctx, rd, person)
	if err == nil && (a.Viewer != 0 || !towards(a, p.Unit, tree).Has(HeadServes)) {
		err = fault.ErrNotFound
	}
	return err
}

// heads says whether somebody heads a unit and looks with their own eyes.
func heads(a actor.Actor) bool {
	return a.Viewer == 0 && slices.ContainsFunc(a.Groups, func(g actor.Group) bool { return g.Role == "head" })
}

func (s *Service) explain(ctx context.Context, rd sqldb.Reader, found Found, person ID, see string) (Explanation, error) {
	x := Explanation{Record: found, Person: person}
	grants, err := grantsWithTime(ctx, rd, found.Subject)
	if err != nil {
		return x, err
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return x, err
	}
	who, err := s.org.ActorOf(ctx, person)
	if err != nil && fault.KindOf(err) != fault.NotFound && fault.KindOf(err) != fault.Denied {
		return x, err
	}
	gone := err != nil
	if !gone {
		for _, r := range reasonsOf(who, grants, tree, s.org.Company(ctx).Switches.SharedInUnit, found.Confidential, see) {
			x.Reasons = append(x.Reasons, s.line(ctx, rd, r, found))
		}
	}
	if open, err := glassOpen(ctx, rd, found.Subject, person); err != nil {
		return x, err
	} else if open && who.Has("security") {
		x.Reasons = append(x.Reasons, Line{Why: lang.T(ctx, "access.why-glass"), Opens: titles(ctx, opened(found.Subject.Kind, Glass, true))})
	}
	x.Sees = len(x.Reasons) > 0
	switch {
	case x.Sees:
	case gone:
		x.WhyNot = lang.T(ctx, "access.not-gone")
	case found.Confidential:
		x.WhyNot = lang.T(ctx, "access.not-confidential")
	default:
		x.WhyNot = lang.T(ctx, "access.not-related")
	}
	x.Holders, err = s.holders(ctx, rd, grants)
	return x, err
}

func (s *Service) line(ctx context.Context, _ sqldb.Reader, r Reason, found Found) Line {
	l := Line{Opens: titles(ctx, opened(found.Subject.Kind, r.Bits, found.Confidential))}
	if r.Grant == nil {
		l.Why = lang.T(ctx, "access.why-role", "role", bitWords(ctx, r.Bits))
		return l
	}
	l.Since = lang.At(ctx, r.Grant.At)
	l.Why = lang.T(ctx, "access.why-"+r.Grant.Why)
	if r.Grant.Holder.Kind == "unit" {
		tree, err := s.org.Tree(ctx)
		if err == nil {
			l.Why = lang.T(ctx, "access.why-unit", "unit", tree.FullName(ctx, r.Grant.Holder.ID), "what", bitWords(ctx, r.Bits), "why", l.Why)
		}
	}
	return l
}

// holders are all grants of a record in words.
func (s *Service) holders(ctx context.Context, rd sqldb.Reader, grants []Grant) ([]Line, error) {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	var ids []ID
	for _, g := range grants {
		if g.Holder.Kind == "person" {
			ids = append(ids, g.Holder.ID)
		}
	}
	names, err := s.org.Names(ctx, rd, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Line, len(grants))
	for i, g := range grants {
		out[i] = Line{Why: lang.T(ctx, "access.why-"+g.Why), Since: lang.At(ctx, g.At)}
		switch g.Holder.Kind {
		case "person":
			p := names[g.Holder.ID]
			out[i].Who = p.Display(ctx)
			if u := tree.Name(ctx, p.Unit); u != "" {
				out[i].Who += " · " + u
			}
		case "unit":
			out[i].Who = tree.FullName(ctx, g.Holder.ID)
		default:
			out[i].Who = roleWord(ctx, g.Holder.Role)
		}
	}
	return out, nil
}

func titles(ctx context.Context, rules []Rule) []string {
	out := make([]string, len(rules))
	for i, r := range rules {
		out[i] = r.Title.In(ctx)
	}
	return out
}

// bitWords names what somebody is, from the headings of the table.
func bitWords(ctx context.Context, set Set) string {
	text := ""
	for _, c := range columns {
		if !set.Has(c.set) {
			continue
		}
		if text != "" {
			text += lang.T(ctx, "access.and")
		}
		if lang.Locale(ctx) == "en" {
			text += c.en
		} else {
			text += c.zh
		}
	}
	return text
}
