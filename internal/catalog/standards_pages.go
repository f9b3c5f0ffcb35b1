package catalog

import (
	"context"
	"net/http"
	"slices"

	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

type standardsView struct {
	Units    []ui.Option // to choose from
	Unit     string      // code; "" all that are mine
	Groups   []standardsGroup
	Starting int

	MayLadder bool // of the company
}

type standardsGroup struct {
	Name, Code string
	Starting   int
	MayConfirm bool
	Rows       []standardRow
}

type standardRow struct {
	serviceRow
	ResponseTarget, CompletionTarget, Quality string
	MayChange                                 bool
}

// showStandards is /standards: what the units of the reader promise, and what of it nobody has confirmed yet.
func (c *Catalog) showStandards(w http.ResponseWriter, r *http.Request) error {
	v, err := c.standardsView(r.Context(), r.URL.Query().Get("unit"))
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, standardsPage(v), nil)
}

func (c *Catalog) standardsView(ctx context.Context, unit string) (standardsView, error) {
	v := standardsView{Unit: unit, MayLadder: c.may(ctx, doLadderDefault, &Service{}) == nil}
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return v, err
	}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return v, err
	}
	mine, err := c.mine(ctx)
	if err != nil {
		return v, err
	}
	v.Units = []ui.Option{{Value: "", Text: lang.T(ctx, "catalog.my-units"), Selected: unit == ""}}
	for _, u := range tree.All() {
		list := slices.DeleteFunc(slices.Clone(snap.Of(u.ID)), func(s *Service) bool { return s.State == Retired || !c.sees(ctx, s) })
		if len(list) == 0 {
			continue
		}
		v.Units = append(v.Units, ui.Option{Value: u.Code, Text: u.Name.In(ctx), Selected: unit == u.Code})
		if unit == "" && !mine[u.ID] || unit != "" && unit != u.Code {
			continue
		}
		g := standardsGroup{Name: u.Name.In(ctx), Code: u.Code, MayConfirm: c.may(ctx, doConfirm, &Service{Unit: u.ID}) == nil}
		for _, s := range list {
			if s.Standard.Starting {
				g.Starting++
			}
			_, no := c.mayStandard(ctx, s)
			g.Rows = append(g.Rows, standardRowOf(ctx, s, no == nil))
		}
		v.Starting += g.Starting
		v.Groups = append(v.Groups, g)
	}
	return v, nil
}

func standardRowOf(ctx context.Context, s *Service, mayChange bool) standardRow {
	row := standardRow{
		serviceRow: rowOf(ctx, s), ResponseTarget: share(ctx, s.Standard.ResponseTarget), CompletionTarget: share(ctx, s.Standard.CompletionTarget),
		MayChange: mayChange,
	}
	if s.Kind == Standing {
		row.Completion = row.Schedule
	}
	if s.Standard.Accuracy > 0 {
		row.Quality = lang.T(ctx, "catalog.quality-of", "metric", s.Standard.Metric.In(ctx), "share", share(ctx, s.Standard.Accuracy))
	}
	return row
}

// mine are the units the reader belongs to, heads (with what is below) or owns a service of.
func (c *Catalog) mine(ctx context.Context) (map[int64]bool, error) {
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	a := actor.From(ctx)
	mine := map[int64]bool{a.Unit: true}
	for _, g := range a.Groups {
		switch g.Role {
		case "head":
			for _, u := range tree.Descendants(g.ID) {
				mine[u] = true
			}
		case "owner":
			if s, ok := snap.ByID(g.ID); ok {
				mine[s.Unit] = true
			}
		default:
			mine[g.ID] = true
		}
	}
	return mine, nil
}

// submitConfirmAll stands by all starting values of a unit.
func (c *Catalog) submitConfirmAll(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Unit string `form:"unit"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	n, err := c.ConfirmAll(r.Context(), in.Unit)
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(r.Context(), "catalog.confirmed-all", "count", n), "")
	return web.See(w, r, back(r, "/standards"))
}
