package request

import (
	"context"

	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/relation"
)

// openAround fills the slot of open work of a unit's edges. What the list of the same edge leaves out is counted as hidden.
func (s *Service) openAround(ctx context.Context, unit org.ID) (map[[2]org.ID]relation.OpenNow, error) {
	e, tree, err := s.eyeOf(ctx)
	if err != nil {
		return nil, err
	}
	sc := scope{eye: e}
	ids := tree.Descendants(unit)
	out := map[[2]org.ID]relation.OpenNow{}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		sc.now = rd.Instant()
		all, err := sc.around(ctx, rd, ids, false)
		if err != nil {
			return err
		}
		seen, err := sc.around(ctx, rd, ids, true)
		if err != nil {
			return err
		}
		for _, x := range all {
			n := out[x.pair]
			n.Open, n.Late, n.HiddenOpen, n.HiddenLate = n.Open+x.open, n.Late+x.late, n.HiddenOpen+x.open, n.HiddenLate+x.late
			out[x.pair] = n
		}
		for _, x := range seen {
			n := out[x.pair]
			n.HiddenOpen, n.HiddenLate = n.HiddenOpen-x.open, n.HiddenLate-x.late
			out[x.pair] = n
		}
		return nil
	})
	return out, err
}
