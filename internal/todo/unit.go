package todo

import (
	"context"
	"slices"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/ui"
	"neike/internal/org"
)

type askedKey struct{}

// asked is what a home page was asked for: the code of a unit, and the side of what is owed.
type asked struct{ unit, side string }

// asking is a context in which the home page is about the unit of a code, as far as the reader heads it.
func asking(ctx context.Context, a asked) context.Context {
	return context.WithValue(ctx, askedKey{}, a)
}

func askedIn(ctx context.Context) asked {
	a, _ := ctx.Value(askedKey{}).(asked)
	return a
}

// HeadedUnits are the departments and teams that the reader heads: the reader's own first, then in the order of the tree. A team below a
// department that the reader heads is a part of it.
func (s *Service) HeadedUnits(ctx context.Context) ([]org.Unit, error) {
	a := actor.From(ctx)
	var heads []org.ID
	for _, g := range a.Groups {
		if g.Role == "head" {
			heads = append(heads, g.ID)
		}
	}
	if len(heads) == 0 {
		return nil, nil
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	own, now := tree.At(org.Department, a.Unit), s.db.Now()
	var out []org.Unit
	for _, u := range tree.All() {
		if !slices.Contains(heads, u.ID) || !u.Valid(now) || slices.Index(org.Levels, u.Level) < slices.Index(org.Levels, org.Department) {
			continue
		}
		if dept := tree.At(org.Department, u.ID); dept != 0 && dept != u.ID && slices.Contains(heads, dept) {
			continue
		}
		if u.ID == own || own == 0 && u.ID == a.Unit {
			out = slices.Insert(out, 0, u)
		} else {
			out = append(out, u)
		}
	}
	return out, nil
}

// HomeUnit is the unit that the tiles and panels of the home page are about: of those that the reader heads the one asked for, otherwise the
// first. The zero unit: the reader heads none.
func (s *Service) HomeUnit(ctx context.Context) (org.Unit, error) {
	list, err := s.HeadedUnits(ctx)
	if err != nil || len(list) == 0 {
		return org.Unit{}, err
	}
	code := askedIn(ctx).unit
	if i := slices.IndexFunc(list, func(u org.Unit) bool { return u.Code == code }); i >= 0 {
		return list[i], nil
	}
	return list[0], nil
}

// unitSwitch leads from one of the reader's units to another; nothing for who heads one.
func unitSwitch(ctx context.Context, side string, list []org.Unit, chosen org.ID) []ui.SegmentProps {
	if len(list) < 2 {
		return nil
	}
	out := make([]ui.SegmentProps, len(list))
	for i, u := range list {
		out[i] = ui.SegmentProps{Text: u.Name.In(ctx), Href: homeHref(side, u.Code) + "#" + OfUnit, On: u.ID == chosen}
	}
	return out
}

// checkUnit refuses a unit that the caller does not head, whether it is there or not.
func checkUnit(code string, list []org.Unit) error {
	if code == "" || slices.ContainsFunc(list, func(u org.Unit) bool { return u.Code == code }) {
		return nil
	}
	var bad fault.Fields
	bad.Add("unit", "todo.unit-not-headed")
	return bad.Err()
}

// units is the switch of the page that ctx is about.
func (s *Service) units(ctx context.Context) ([]ui.SegmentProps, error) {
	list, err := s.HeadedUnits(ctx)
	if err != nil {
		return nil, err
	}
	u, err := s.HomeUnit(ctx)
	return unitSwitch(ctx, askedIn(ctx).side, list, u.ID), err
}
