package relation

import (
	"context"
	"net/http"

	"neike/internal/kit/fault"
	"neike/internal/kit/web"
	"neike/internal/org"
)

type graphInput struct {
	Unit     string `query:"unit" doc:"Code of the unit in the middle; default: the caller's" example:"finance"`
	Depth    int    `query:"depth" default:"1" doc:"Steps from it, 1 to 3"`
	Level    string `query:"level" enum:"entity,site,department,team" default:"department" doc:"Edges of lower units are added up to units of this level"`
	Standing string `query:"standing" enum:"proposed,disputed,unspoken,confirmed,ended" doc:"Only edges that stand so between their sides"`
	Service  string `query:"service" doc:"Only edges of the unit that offers this service"`
	Verdict  string `query:"verdict" enum:"misses,undetermined,meets,few" doc:"Only edges of which this can be said of being in time"`
	From     string `query:"from" doc:"First day, or an instant; default: twelve months back"`
	To       string `query:"to" doc:"Last day, or the instant before which; default: the end of this month"`
}

type chainInput struct {
	Unit  string `query:"unit" doc:"Code of the unit; default: the caller's" example:"finance"`
	Level string `query:"level" enum:"entity,site,department,team" default:"department" doc:"Edges of lower units are added up to units of this level"`
	From  string `query:"from" doc:"First day, or an instant; default: twelve months back"`
	To    string `query:"to" doc:"Last day, or the instant before which; default: the end of this month"`
}

type flowInput struct {
	Level string `query:"level" enum:"entity,site,department,team" default:"department" doc:"Edges of lower units are added up to units of this level"`
	From  string `query:"from" doc:"First day, or an instant; default: twelve months back"`
	To    string `query:"to" doc:"Last day, or the instant before which; default: the end of this month"`
}

type graphJSON struct {
	Unit    string    `json:"unit" doc:"Code of the unit in the middle; empty: nobody works with it" example:"finance"`
	Units   []boxJSON `json:"units" nullable:"false" doc:"By layer; a unit that supplies and is served has two places"`
	Edges   []tieJSON `json:"edges" nullable:"false" doc:"Every edge between these units that the filter leaves, drawn or not"`
	Drawn   int       `json:"drawn"`
	TooMany bool      `json:"too_many" doc:"More units than a drawing takes: nothing is drawn, and the edges are all there"`
}

type boxJSON struct {
	Code  string `json:"code" example:"finance"`
	Name  string `json:"name"`
	Layer int    `json:"layer" doc:"Below 0: so many steps before the unit in the middle; above 0: after it"`
	Row   int    `json:"row" doc:"In its layer, from the top"`
}

type tieJSON struct {
	Provider   string      `json:"provider" doc:"Code of the unit that serves" example:"finance"`
	Customer   string      `json:"customer" doc:"Code of the unit that is served" example:"sales"`
	Standings  []string    `json:"standings" nullable:"false" doc:"How the edges stand that it is made of"`
	Drawn      bool        `json:"drawn"`
	Requests   *int64      `json:"requests" doc:"Opened in the period; null: not shown to the caller"`
	Attainment measureJSON `json:"attainment"`
}

func (t Tie) wire() tieJSON {
	out := tieJSON{Provider: t.Provider.Code, Customer: t.Customer.Code, Standings: []string{}, Drawn: t.Drawn, Attainment: wireMeasure(t.InTime, t.Shown)}
	for _, one := range t.Standings {
		out.Standings = append(out.Standings, one.word())
	}
	if t.Shown {
		out.Requests = &t.Opened
	}
	return out
}

type chainJSON struct {
	Unit string     `json:"unit" doc:"Code of the unit; empty: nobody works with it" example:"finance"`
	In   []linkJSON `json:"in" nullable:"false" doc:"What comes in, by who supplies it"`
	Out  []linkJSON `json:"out" nullable:"false" doc:"What goes out, by who is served"`
}

type linkJSON struct {
	tieJSON
	Late      *int64       `json:"late" doc:"Cases of the period that were done late; null: not shown to the caller"`
	HandOvers []handedJSON `json:"hand_overs" nullable:"false" doc:"What goes over the edge, in the words of both sides"`
}

type handedJSON struct {
	Side        Side   `json:"side" enum:"provider,customer" doc:"Whose words"`
	Deliverable string `json:"deliverable"`
	Frequency   string `json:"frequency,omitempty"`
	Criterion   string `json:"criterion,omitempty" doc:"By what it is judged"`
}

func (s *Service) mountGraph(m *web.Mux) {
	const tag = "Relations"
	web.Op(m, web.Operation{ID: "get-relation-graph", Method: http.MethodGet, Path: "/api/v1/relation-graph", Action: "relation.list",
		Summary: "A unit with those that supply it and those that it serves, as a graph", Tag: tag, Scope: "read"}, s.getGraph)
	web.Op(m, web.Operation{ID: "get-relation-chain", Method: http.MethodGet, Path: "/api/v1/relation-chain", Action: "relation.list",
		Summary: "What comes in to a unit and what goes out, with its hand-overs", Tag: tag, Scope: "read"}, s.getChain)
	web.Op(m, web.Operation{ID: "get-relation-flow", Method: http.MethodGet, Path: "/api/v1/relation-flow", Action: "relation.list",
		Summary: "How many requests went between units in a period", Tag: tag, Scope: "read"}, s.getFlow)
}

// graphAsked is the filter of a call, with all that is wrong with its days.
func (s *Service) graphAsked(ctx context.Context, a graphAsking, depth int, from, to string) (GraphFilter, error) {
	f, tree, err := s.graphFilter(ctx, a)
	if err != nil {
		return f, err
	}
	var bad fault.Fields
	f.Depth = depth
	f.Period = s.period(ctx, from, to, &bad)
	f.check(tree, &bad)
	if _, err := s.serviceOffered(ctx, f.Service, &bad); err != nil {
		return f, err
	}
	return f, bad.Err()
}

func (s *Service) getGraph(ctx context.Context, in *graphInput) (*struct{ Body graphJSON }, error) {
	f, err := s.graphAsked(ctx, graphAsking{Unit: in.Unit, Level: in.Level, Standing: in.Standing, Service: in.Service, Verdict: in.Verdict}, in.Depth, in.From, in.To)
	if err != nil {
		return nil, err
	}
	g, err := s.Graph(ctx, f)
	if err != nil {
		return nil, err
	}
	out := graphJSON{Unit: g.Unit.Code, Units: []boxJSON{}, Edges: []tieJSON{}, Drawn: g.Drawn, TooMany: g.TooMany}
	for _, b := range g.Boxes {
		out.Units = append(out.Units, boxJSON{b.Unit.Code, b.Unit.Name.In(ctx), b.Layer, b.Row})
	}
	for _, t := range g.Ties {
		out.Edges = append(out.Edges, t.wire())
	}
	return &struct{ Body graphJSON }{out}, nil
}

func (s *Service) getChain(ctx context.Context, in *chainInput) (*struct{ Body chainJSON }, error) {
	f, err := s.graphAsked(ctx, graphAsking{Unit: in.Unit, Level: in.Level}, 1, in.From, in.To)
	if err != nil {
		return nil, err
	}
	c, err := s.Chain(ctx, f)
	if err != nil {
		return nil, err
	}
	return &struct{ Body chainJSON }{chainJSON{Unit: c.Unit.Code, In: wireLinks(c.In), Out: wireLinks(c.Out)}}, nil
}

func wireLinks(links []Link) []linkJSON {
	out := []linkJSON{}
	for _, l := range links {
		x := linkJSON{tieJSON: l.wire(), HandOvers: []handedJSON{}}
		if l.Shown {
			x.Late = &l.Breached
		}
		for _, h := range l.HandOvers {
			x.HandOvers = append(x.HandOvers, handedJSON{h.Side, h.Deliverable, h.Frequency, h.Criterion})
		}
		out = append(out, x)
	}
	return out
}

func (s *Service) getFlow(ctx context.Context, in *flowInput) (*struct{ Body flowJSON }, error) {
	var bad fault.Fields
	p := s.period(ctx, in.From, in.To, &bad)
	if in.Level == "" {
		in.Level = org.Department
	}
	if !validLevel(in.Level) {
		bad.Add("level", "relation.unknown-level")
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	f, err := s.Flow(ctx, p, in.Level)
	if err != nil {
		return nil, err
	}
	return &struct{ Body flowJSON }{f.wire()}, nil
}
