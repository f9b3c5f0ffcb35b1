package relation

import (
	"context"
	"net/http"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

type chainView struct {
	Title, Lead string
	Problem     string
	Unit        string
	In, Out     []tieRow
	Filter      ui.FilterProps
	Tabs        []ui.TabProps
	Delayed     string // what comes in later than agreed, and what goes out
}

func (s *Service) showChain(w http.ResponseWriter, r *http.Request) error {
	ctx, status := r.Context(), http.StatusOK
	var in graphAsking
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	in = graphAsking{Unit: in.Unit, Level: in.Level, Period: in.Period}
	f, tree, err := s.graphFilter(ctx, in)
	if err != nil {
		return err
	}
	c, err := s.Chain(ctx, f)
	v := chainView{Title: lang.T(ctx, "relation.chain.title"), Tabs: pictureTabs(ctx, in, "chain")}
	if err != nil && fault.KindOf(err) == fault.Invalid {
		v.Problem, status = ui.ErrorsOf(ctx, err, nil).Sentence(ctx), http.StatusUnprocessableEntity
	} else if err != nil {
		return err
	}
	if v.Filter, err = s.graphFilters(ctx, in, f, tree, "/relations/chain"); err != nil {
		return err
	}
	if c.Unit.ID != 0 {
		v.Unit = c.Unit.Name.In(ctx)
		v.Title = lang.T(ctx, "relation.chain.of", "unit", v.Unit)
		v.Lead = lang.T(ctx, "relation.chain.lead", "in", len(c.In), "out", len(c.Out), "period", periodName(ctx, c.Period))
		zone := s.org.Company(ctx).Location()
		v.In, v.Out = linkRows(ctx, in, c.Period, zone, c.In, true), linkRows(ctx, in, c.Period, zone, c.Out, false)
		if late, after := delayed(c.In), delayed(c.Out); late > 0 {
			v.Delayed = lang.T(ctx, "relation.chain.delayed", "count", late, "out", after)
		}
	}
	return web.Show(w, r, status, chainPage(v), chainContent(v))
}

// linkRows are the links of one side, in words.
func linkRows(ctx context.Context, in graphAsking, p Period, zone *time.Location, links []Link, upstream bool) []tieRow {
	var out []tieRow
	for _, l := range links {
		other := l.Customer
		if upstream {
			other = l.Provider
		}
		r := rowOf(ctx, p, zone, l.Tie, other, in)
		in.Unit = other.Code
		r.Centre = in.href("/relations/chain")
		for _, h := range l.HandOvers {
			who := l.Provider
			if h.Side == Customer {
				who = l.Customer
			}
			r.Hands = append(r.Hands, lang.T(ctx, "relation.handover.says", "unit", who.Name.In(ctx))+lang.T(ctx, "ui.colon")+handLine(ctx, h.Deliverable, h.Frequency, h.Criterion))
		}
		out = append(out, r)
	}
	return out
}
