package relation

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/web"
)

type healthCard struct {
	Line  string
	Parts []healthRow
	More  string // what it would be if all parts weighed the same, and the weakest
}

type healthRow struct {
	Name, Href, Value, Weight string
	Missing                   bool
}

func partName(ctx context.Context, part string) string {
	return lang.T(ctx, "relation.health.part."+part)
}

func healthCardOf(ctx context.Context, h PairHealth, zone *time.Location) healthCard {
	c := healthCard{Line: lang.T(ctx, "relation.health.unknown", "share", lang.Percent(ctx, h.Coverage, 0))}
	if h.Known {
		c.Line = lang.T(ctx, "relation.health.line", "score", lang.Number(ctx, h.Score, 0), "low", lang.Number(ctx, max(h.Low, 0), 0), "high", lang.Number(ctx, min(h.High, 100), 0), "share", lang.Percent(ctx, h.Coverage, 0))
		c.More = lang.T(ctx, "relation.health.more", "equal", lang.Number(ctx, h.Equal, 0), "part", partName(ctx, h.WeakestPart), "value", lang.Number(ctx, h.Weakest, 0))
	}
	for _, p := range h.Parts {
		row := healthRow{Name: partName(ctx, p.Name), Weight: lang.Percent(ctx, p.Weight, 0), Missing: p.Missing, Value: ratio(Measure{Hits: p.Hits, N: p.N}), Href: h.partHref(p, zone)}
		c.Parts = append(c.Parts, row)
	}
	return c
}

// partHref is the list of the cases of a part; of those right at once there is none by itself.
func (h PairHealth) partHref(p HealthPart, zone *time.Location) string {
	switch {
	case p.N == 0:
		return ""
	case p.Name == promisesPart:
		return "/promises?" + url.Values{"view": {"all"}, "giver_unit": {h.Provider.Code}, "receiver_unit": {h.Customer.Code}, "state": {"any"}}.Encode()
	case p.Name == responsePart:
		return casesHref(h.Provider.Code, h.Customer.Code, "", h.Period, zone) + "&clock=first_response"
	case p.Name == Attainment:
		return casesHref(h.Provider.Code, h.Customer.Code, "", h.Period, zone)
	}
	return ""
}

// healthJSON is an index on the wire.
type healthJSON struct {
	Provider string           `json:"provider" doc:"Code of the unit that serves" example:"finance"`
	Customer string           `json:"customer" doc:"Code of the unit that is served" example:"sales"`
	Index    *float64         `json:"index" doc:"0 to 100; null when less than 60 % of the weights are known"`
	Interval *[2]float64      `json:"interval" doc:"95 %"`
	Coverage float64          `json:"coverage" doc:"Share of the weights that is known"`
	Equal    *float64         `json:"equal_weights" doc:"What it would be if all known parts weighed the same"`
	Weakest  *string          `json:"weakest" doc:"The known part with the lowest value"`
	Parts    []healthPartJSON `json:"parts" nullable:"false"`
	Reason   *string          `json:"reason" enum:"too_little"`
}

type healthPartJSON struct {
	Part    string   `json:"part" enum:"attainment,right_first_time,response,promises"`
	Weight  float64  `json:"weight"`
	Hits    int64    `json:"hits"`
	N       int64    `json:"n"`
	Value   *float64 `json:"value" doc:"0 to 100; null: missing, which is neither good nor bad"`
	Missing bool     `json:"missing" doc:"Fewer than five cases"`
}

type healthInput struct {
	Provider string `path:"provider" doc:"Code of the unit that serves" example:"finance"`
	Customer string `path:"customer" doc:"Code of the unit that is served" example:"sales"`
	From     string `query:"from" doc:"First day, or an instant; default: twelve months back"`
	To       string `query:"to" doc:"Last day, or the instant before which; default: the end of this month"`
}

func (s *Service) mountHealth(m *web.Mux) {
	web.Op(m, web.Operation{ID: "get-relation-health", Method: http.MethodGet, Path: "/api/v1/relations/{provider}/{customer}/health", Action: "account.see",
		Summary: "The health index of one direction, with its parts", Tag: "Relations", Scope: "read"}, s.getHealth)
}

func (s *Service) getHealth(ctx context.Context, in *healthInput) (*struct{ Body healthJSON }, error) {
	var bad fault.Fields
	p := s.period(ctx, in.From, in.To, &bad)
	h, err := s.HealthOf(ctx, in.Provider, in.Customer, p)
	if err != nil {
		return nil, err
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	out := healthJSON{Provider: h.Provider.Code, Customer: h.Customer.Code, Coverage: h.Coverage, Parts: []healthPartJSON{}}
	if h.Known {
		out.Index, out.Interval, out.Equal, out.Weakest = &h.Score, &[2]float64{max(h.Low, 0), min(h.High, 100)}, &h.Equal, &h.WeakestPart
	} else {
		reason := "too_little"
		out.Reason = &reason
	}
	for _, x := range h.Parts {
		part := healthPartJSON{Part: x.Name, Weight: x.Weight, Hits: x.Hits, N: x.N, Missing: x.Missing}
		if !x.Missing {
			part.Value = &x.Value
		}
		out.Parts = append(out.Parts, part)
	}
	return &struct{ Body healthJSON }{out}, nil
}
