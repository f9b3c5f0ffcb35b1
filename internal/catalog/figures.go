package catalog

import (
	"context"

	"neike/internal/kit/lang"
	"neike/internal/org"
)

// figures are what is shown of services beside what they promise: asked for once for all that a page shows.
type figures struct {
	period string
	kept   map[ID]Kept
	loads  map[ID]Load
}

func (c *Catalog) figuresOf(ctx context.Context, list []*Service) (f figures, err error) {
	if len(list) == 0 {
		return f, nil
	}
	if c.kept != nil {
		ids := make([]ID, 0, len(list))
		for _, s := range list {
			ids = append(ids, s.ID)
		}
		if f.period, f.kept, err = c.kept(ctx, ids); err != nil {
			return f, err
		}
	}
	f.loads, err = c.loads(ctx, list)
	return f, err
}

func (c *Catalog) group(ctx context.Context, snap *Snapshot, u org.Unit, list []*Service, f figures) (groupView, error) {
	g := c.rowsOf(ctx, list, f)
	g.Name, g.Mission = u.Name.In(ctx), snap.Mission(u.ID).In(ctx)
	table, err := c.calendars.TableFor(ctx, u.ID)
	if err != nil {
		return g, err
	}
	g.Hours = openingHours(ctx, table, lang.Now(ctx))
	return g, nil
}

// rowsOf are services as the lists show them, those on request and the standing ones apart.
func (c *Catalog) rowsOf(ctx context.Context, list []*Service, f figures) groupView {
	g := groupView{Period: f.period}
	for _, s := range list {
		row := rowOf(ctx, s)
		if l, ok := f.loads[s.ID]; ok {
			row.Load = l.Words(ctx, "")
		}
		row.Kept = keptOf(ctx, f.kept[s.ID], s.Standard.CompletionTarget)
		if s.Kind == Standing {
			g.Standing = append(g.Standing, row)
		} else {
			g.Asked = append(g.Asked, row)
		}
	}
	sameScale(g.Asked)
	return g
}
