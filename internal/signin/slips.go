package signin

import (
	"context"
	"strings"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// MaxSlips are printed at once; more are printed unit by unit.
const MaxSlips = 600

// Slip is a printed activation link.
type Slip struct {
	Person org.Person
	Unit   string // code
	Link   Link
}

// Slips makes links for everybody of a unit, and with below of the units under it, who has no password yet, by unit and
// 工号. Those whom the actor may not activate are left out and counted. Invalid when there are more than MaxSlips.
func (s *Service) Slips(ctx context.Context, unit string, below bool, base string) (slips []Slip, others int, err error) {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return nil, 0, err
	}
	u, ok := tree.ByCode(strings.TrimSpace(unit))
	if !ok {
		return nil, 0, wrongCode("unit", "signin.unit-missing")
	}
	if !mayPost(actor.From(ctx), tree.Path(u.ID)) {
		return nil, 0, fault.ErrNotFound
	}
	units := []org.ID{u.ID}
	if below {
		units = append(units, tree.Descendants(u.ID)...)
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		slips, others = nil, 0
		people, err := withoutPassword(ctx, tx, units, MaxSlips+1)
		if err != nil {
			return err
		}
		if len(people) > MaxSlips {
			var f fault.Fields
			f.Add("unit", "signin.too-many-slips", "count", MaxSlips)
			return f.Err()
		}
		names, err := s.org.Names(ctx, tx, people)
		if err != nil {
			return err
		}
		for _, id := range people {
			t, err := s.target(ctx, tx, id)
			if err != nil {
				return err
			}
			if !mayActivate(actor.From(ctx), t) {
				others++
				continue
			}
			link, err := s.putLink(ctx, tx, t, secretKey(), shortCode(), base)
			if err != nil {
				return err
			}
			home, _ := tree.ByID(names[id].Unit)
			slips = append(slips, Slip{names[id], home.Code, link})
		}
		return nil
	})
	return slips, others, err
}
