package request

import (
	"context"
	"math"
	"net/http"
	"time"

	"neike/internal/kit/web"
)

type (
	capacityInput struct {
		Code string `path:"code" doc:"Code of the unit" example:"it"`
	}
	capacityLineJSON struct {
		Unit     string      `json:"unit" example:"it"`
		Name     string      `json:"name"`
		Open     int         `json:"open" doc:"In hand: not delivered yet"`
		OpenList countedJSON `json:"open_list"`
		Done     int64       `json:"done" doc:"Accepted in the weeks"`
		N        int         `json:"weeks" doc:"Whole weeks that count, up to 12"`
		Median   *float64    `json:"median_done" doc:"Accepted in a week; null: fewer than 6 weeks"`
		Load     *float64    `json:"weeks_of_work" doc:"open / median_done; null: cannot tell"`
		Interval []*float64  `json:"interval" nullable:"false" doc:"Of weeks_of_work, 95 %; an end of null is open; empty: cannot tell"`
		Reason   *string     `json:"reason" enum:"few_weeks,nothing_done"`
	}
	countedJSON struct {
		Count    int    `json:"count"`
		NotShown int    `json:"not_shown" doc:"Confidential ones, which the list leaves out"`
		List     string `json:"list" doc:"The list by API"`
	}
	capacityWeekJSON struct {
		From     time.Time `json:"from"`
		Came     int64     `json:"came"`
		Done     int64     `json:"done"`
		CameList string    `json:"came_list"`
		DoneList string    `json:"done_list"`
	}
	upstreamJSON struct {
		Unit    string      `json:"unit"`
		Name    string      `json:"name"`
		Cases   countedJSON `json:"cases"`
		Seconds int64       `json:"elapsed_seconds" doc:"How long it had them, all together, nights and holidays included"`
		Share   float64     `json:"share" doc:"Of the elapsed time of all requests of the weeks"`
	}
	capacityOutput struct {
		Body struct {
			capacityLineJSON
			Ages  []countedJSON      `json:"ages" nullable:"false" doc:"Asked within a week, one to four weeks ago, before"`
			Trend string             `json:"trend" enum:"grows,shrinks,cannot_tell" doc:"Whether more comes than gets done, by the sign of the weekly difference"`
			Weeks []capacityWeekJSON `json:"by_week" nullable:"false" doc:"Newest first"`
			Waits []upstreamJSON     `json:"waits_for" nullable:"false" doc:"Other units that had these requests, or parts of them, in hand"`
		}
	}
	capacitiesOutput struct {
		Body struct {
			Items []capacityLineJSON `json:"items" nullable:"false" doc:"Most weeks of work first"`
		}
	}
)

// capacityCalls adds the calls of what units have in hand against what they get done.
func (s *Service) capacityCalls(m *web.Mux) {
	web.Op(m, web.Operation{ID: "list-capacity", Method: http.MethodGet, Path: "/api/v1/capacity", Action: "request.capacity", Tag: "Requests",
		Summary: "Weeks of work in hand of every department that the caller may see"}, func(ctx context.Context, _ *struct{}) (*capacitiesOutput, error) {
		list, err := s.Capacities(ctx)
		if err != nil {
			return nil, err
		}
		out := &capacitiesOutput{}
		out.Body.Items = make([]capacityLineJSON, 0, len(list))
		for _, c := range list {
			out.Body.Items = append(out.Body.Items, c.wire(ctx))
		}
		return out, nil
	})
	web.Op(m, web.Operation{ID: "get-unit-capacity", Method: http.MethodGet, Path: "/api/v1/units/{code}/capacity", Action: "request.capacity", Tag: "Requests",
		Summary: "What a unit has in hand against what it gets done, and whom its work waits for"}, s.getCapacity)
}

func (s *Service) getCapacity(ctx context.Context, in *capacityInput) (*capacityOutput, error) {
	c, err := s.Capacity(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	out := &capacityOutput{}
	b := &out.Body
	b.capacityLineJSON, b.Trend = c.wire(ctx), c.Trend
	b.Ages, b.Weeks, b.Waits = []countedJSON{}, []capacityWeekJSON{}, []upstreamJSON{}
	for _, a := range c.Ages {
		b.Ages = append(b.Ages, a.wire())
	}
	for _, w := range c.Weeks {
		b.Weeks = append(b.Weeks, capacityWeekJSON{w.From, w.Came, w.Done, Counted{query: w.came}.API(), Counted{query: w.done}.API()})
	}
	for _, u := range c.Waits {
		b.Waits = append(b.Waits, upstreamJSON{u.Unit.Code, u.Unit.Name.In(ctx), u.Cases.wire(), int64(u.Time / time.Second), u.Share})
	}
	return out, nil
}

func (c Counted) wire() countedJSON { return countedJSON{c.N, c.Hidden, c.API()} }

func (c Capacity) wire(ctx context.Context) capacityLineJSON {
	number := func(x float64) *float64 {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil
		}
		return &x
	}
	j := capacityLineJSON{Unit: c.Unit.Code, Name: c.Unit.Name.In(ctx), Open: c.Open.N, OpenList: c.Open.wire(), Done: c.Done, N: c.N, Median: number(c.Median), Load: number(c.Load), Interval: []*float64{}}
	if c.tells() {
		j.Interval = []*float64{number(c.Low), number(c.High)}
		return j
	}
	reason := "few_weeks"
	if !math.IsNaN(c.Median) {
		reason = "nothing_done"
	}
	j.Reason = &reason
	return j
}
