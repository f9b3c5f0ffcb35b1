package relation

import (
	"context"
	"math"
	"net/http"
	"time"

	"neike/internal/kit/web"
	"neike/internal/org"
)

type wallsInput struct {
	Level string `query:"level" enum:"entity,site,department,team" default:"department" doc:"Edges of lower units are added up to units of this level; a unit with fewer than five people to the one above it"`
}

type wallsJSON struct {
	At      time.Time         `json:"at" doc:"When it was added up; once a day"`
	Level   string            `json:"level" example:"department"`
	From    string            `json:"from" doc:"First day of what is looked at" example:"2026-08-01"`
	To      string            `json:"to" doc:"Last day" example:"2026-11-24"`
	Small   int               `json:"small_units" doc:"Units with fewer than five people, added to the ones above them"`
	Walls   []wallJSON        `json:"walls" nullable:"false" doc:"Those between which most would be expected first"`
	Quiet   []quietJSON       `json:"quiet" nullable:"false" doc:"Strong relations over which nothing was asked since the last whole month began"`
	Loaded  []loadedJSON      `json:"overloaded" nullable:"false"`
	Network *wallsNetworkJSON `json:"network" doc:"Of the whole company; null for who sees a part of it"`
}

type wallJSON struct {
	A        string   `json:"a" doc:"Code of a unit" example:"marketing"`
	B        string   `json:"b" doc:"Code of the other" example:"production"`
	Kinds    []string `json:"kinds" nullable:"false" doc:"nothing: hardly anything goes between them; unanswered: certainly less than half is answered in time; late: both are late for each other"`
	Cases    int64    `json:"cases"`
	List     string   `json:"list" doc:"The edges that the cases went over, by API"`
	Expected float64  `json:"expected" doc:"As many as there would be if each worked with the other as it does with everybody"`
}

type quietJSON struct {
	Provider string  `json:"provider" example:"finance"`
	Customer string  `json:"customer" example:"sales"`
	Usual    float64 `json:"usual_per_month" doc:"In the six whole months before"`
	Chance   float64 `json:"chance" doc:"That nothing comes for as long, at the usual pace (Poisson)"`
}

type loadedJSON struct {
	Provider string   `json:"provider" example:"finance"`
	Customer string   `json:"customer" example:"sales"`
	Open     int64    `json:"open"`
	PerWeek  float64  `json:"delivered_per_week"`
	Weeks    *float64 `json:"weeks" doc:"So long would what is open take; null: nothing is delivered"`
}

type wallsNetworkJSON struct {
	Ties        int           `json:"ties" doc:"Pairs of provider and customer with two cases or more"`
	TiesList    string        `json:"ties_list" doc:"They, by API"`
	MutualList  string        `json:"mutual_list" doc:"Those that go the other way, too, by API"`
	Reciprocity *float64      `json:"reciprocity" doc:"Share of the ties that go the other way, too; null without ties"`
	Density     *float64      `json:"density"`
	Insular     []insularJSON `json:"insular" nullable:"false"`
	Bridges     []bridgeJSON  `json:"bridges" nullable:"false"`
	Pillars     []pillarJSON  `json:"pillars" nullable:"false" doc:"Suppliers whose failure would hit others, those with most that hang on them alone first"`
}

type insularJSON struct {
	Group    string   `json:"groups" doc:"The level of the groups" example:"site"`
	External int      `json:"external" doc:"Pairs tied in either direction, of different groups"`
	Internal int      `json:"internal" doc:"Pairs tied in either direction, of the same group"`
	Across   string   `json:"external_list" doc:"They, by API"`
	Within   string   `json:"internal_list" doc:"They, by API"`
	Index    *float64 `json:"ei_index" doc:"−1: all ties stay within the groups, 1: all leave them (Krackhardt & Stern 1988); null without ties"`
	Expected float64  `json:"expected" doc:"What the sizes of the groups alone bring about"`
	Low      float64  `json:"p_low" doc:"Share of 2 000 deals of the groups (seed 1) at which it comes out as low"`
	High     float64  `json:"p_high"`
	Says     string   `json:"says" enum:"closed,open,cannot_tell"`
}

type bridgeJSON struct {
	Unit  string  `json:"unit" example:"finance"`
	Share float64 `json:"betweenness" doc:"On this share of the shortest ways between two others (Brandes 2001, directed, normalised)"`
}

type pillarJSON struct {
	Unit  string   `json:"unit" example:"finance"`
	Reach float64  `json:"reach" doc:"Units it would hit within three steps, each as far as it depends on it"`
	Sole  []string `json:"sole_supplier_of" nullable:"false" doc:"Units that get half of what they ask for, or more, from it alone"`
}

func (s *Service) mountWalls(m *web.Mux) {
	web.Op(m, web.Operation{ID: "get-relation-walls", Method: http.MethodGet, Path: "/api/v1/relation-walls", Action: "relation.walls",
		Summary: "Where units keep apart, what has gone quiet, who is overloaded, and on whom others hang", Tag: "Relations", Scope: "read"}, s.getWalls)
	web.Op(m, web.Operation{ID: "list-relation-wall-edges", Method: http.MethodGet, Path: "/api/v1/relation-walls/edges", Action: "relation.walls",
		Summary: "The edges that a number of the walls counts, as they were when it was added up", Tag: "Relations", Scope: "read"}, s.getWallEdges)
}

type wallEdgesInput struct {
	web.Paging
	Level  string `query:"level" enum:"entity,site,department,team" default:"department" doc:"As of the walls"`
	Of     string `query:"of" enum:"ties,mutual,within,across" doc:"ties: two cases or more; mutual: those that go the other way, too; within, across: pairs tied in either direction, of one of groups or of two"`
	Groups string `query:"groups" enum:"entity,site,department" doc:"The level of the groups, above level; for within and across alone"`
	A      string `query:"a" doc:"Code of a unit; with b: what goes between the two" example:"marketing"`
	B      string `query:"b" doc:"Code of the other" example:"production"`
}

type wallEdgeJSON struct {
	Provider     string `json:"provider" example:"finance"`
	ProviderName string `json:"provider_name"`
	Customer     string `json:"customer" example:"sales"`
	CustomerName string `json:"customer_name"`
	Cases        int64  `json:"cases" doc:"Of within and across those of both directions"`
	Met          int64  `json:"met"`
	Breached     int64  `json:"breached"`
	Open         int64  `json:"open"`
	Back         *int64 `json:"cases_back" doc:"Of within and across: how many of cases the customer does for the provider; null: there is no such edge, or it was not asked for"`
	URL          string `json:"url" doc:"The page of the relation"`
}

func (s *Service) getWallEdges(ctx context.Context, in *wallEdgesInput) (*struct{ Body web.Page[wallEdgeJSON] }, error) {
	after, err := web.ParseCursor(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	w, list, err := s.WallEdges(ctx, WallFilter{Level: in.Level, Of: in.Of, Group: in.Groups, A: in.A, B: in.B})
	if err != nil {
		return nil, err
	}
	from := 0
	if after != nil {
		from = min(max(int(after[0]), 0), len(list))
	}
	to := min(from+in.Size(), len(list))
	out := web.Page[wallEdgeJSON]{Items: []wallEdgeJSON{}}
	if to < len(list) {
		out.NextCursor = web.Cursor(int64(to))
	}
	for _, p := range list[from:to] {
		provider, customer := w.Units[p.Provider], w.Units[p.Customer]
		j := wallEdgeJSON{Provider: provider.Code, ProviderName: provider.Name.In(ctx), Customer: customer.Code, CustomerName: customer.Name.In(ctx),
			Cases: p.cases(), Met: p.Met, Breached: p.Breached, Open: p.Open, URL: w.href(p.Provider, p.Customer)}
		if p.Back != nil {
			j.Back = &p.Back.Opened
		}
		out.Items = append(out.Items, j)
	}
	return &struct{ Body web.Page[wallEdgeJSON] }{out}, nil
}

func (s *Service) getWalls(ctx context.Context, in *wallsInput) (*struct{ Body wallsJSON }, error) {
	if in.Level == "" {
		in.Level = org.Department
	}
	x, err := s.Walls(ctx, in.Level)
	if err != nil {
		return nil, err
	}
	return &struct{ Body wallsJSON }{x.wire()}, nil
}

func finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

func (w *Walls) wire() wallsJSON {
	code := func(i int) string { return w.Units[i].Code }
	out := wallsJSON{At: w.At.UTC(), Level: w.Level, From: dayText(w.Period.From), To: dayText(w.Period.To), Small: w.Small, Walls: []wallJSON{}, Quiet: []quietJSON{}, Loaded: []loadedJSON{}}
	for _, x := range w.Walls {
		out.Walls = append(out.Walls, wallJSON{code(x.A), code(x.B), x.Kinds, x.Cases, WallFilter{Level: w.Level, A: code(x.A), B: code(x.B)}.api(), x.Expected})
	}
	for _, x := range w.Quiet {
		out.Quiet = append(out.Quiet, quietJSON{code(x.Provider), code(x.Customer), x.Usual, x.Chance})
	}
	for _, x := range w.Loaded {
		out.Loaded = append(out.Loaded, loadedJSON{code(x.Provider), code(x.Customer), x.Open, x.PerWeek, finite(x.Weeks())})
	}
	c := w.Company
	if c == nil {
		return out
	}
	n := &wallsNetworkJSON{Ties: c.Arcs, TiesList: WallFilter{Level: w.Level, Of: TiesOnly}.api(), MutualList: WallFilter{Level: w.Level, Of: MutualOnly}.api(), Reciprocity: finite(c.Reciprocity), Density: finite(c.Density), Insular: []insularJSON{}, Bridges: []bridgeJSON{}, Pillars: []pillarJSON{}}
	for _, i := range c.Insular {
		n.Insular = append(n.Insular, insularJSON{i.Group, i.External, i.Internal, WallFilter{Level: w.Level, Of: AcrossOnly, Group: i.Group}.api(), WallFilter{Level: w.Level, Of: WithinOnly, Group: i.Group}.api(), finite(i.EI), i.Expected, i.Low, i.High, i.Says()})
	}
	for _, b := range c.Bridges {
		n.Bridges = append(n.Bridges, bridgeJSON{code(b.Unit), b.Share})
	}
	for _, p := range c.Pillars {
		if p.Reach == 0 {
			continue
		}
		x := pillarJSON{Unit: code(p.Unit), Reach: p.Reach, Sole: []string{}}
		for _, u := range p.Sole {
			x.Sole = append(x.Sole, code(u))
		}
		n.Pillars = append(n.Pillars, x)
	}
	out.Network = n
	return out
}
