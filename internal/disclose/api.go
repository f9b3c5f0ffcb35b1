package disclose

import (
	"context"
	"net/http"
	"strconv"

	"neike/internal/kit/web"
)

// ScoreJSON is a score on the wire: null with a reason where there is none. Counts, not shares, below ten people.
type ScoreJSON struct {
	Share    *float64    `json:"share" doc:"Of the cases rated 4 or 5; null below ten people, where good and cases are there"`
	Interval *[2]float64 `json:"interval" doc:"95 %, Wilson, by people"`
	Good     *int64      `json:"good" doc:"Cases rated 4 or 5"`
	Cases    *int64      `json:"cases"`
	Mean     *float64    `json:"mean" doc:"Of the scores 1 to 5; null below ten people"`
	Around   *[2]float64 `json:"mean_interval" doc:"95 %, t, by people"`
	Counts   *[5]int64   `json:"counts" doc:"Of the scores 1 to 5"`
	Size     *string     `json:"size" enum:"counts,small,full" doc:"counts: below ten people; small: below thirty"`
	Reason   *string     `json:"reason" enum:"waiting,not_shown" doc:"waiting: not shown until enough different people have rated"`
}

// Wire is a score on the wire. shown: the reader may see it.
func Wire(s Score, shown bool) ScoreJSON {
	reason := "waiting"
	if !shown {
		reason = "not_shown"
	}
	if !shown || !s.Known() {
		return ScoreJSON{Reason: &reason}
	}
	size, good := string(s.Size), s.Good()
	j := ScoreJSON{Interval: &[2]float64{s.Low, s.High}, Good: &good, Cases: &s.Cases, Around: &[2]float64{s.MeanLow, s.MeanHigh}, Counts: &s.Counts, Size: &size}
	if s.Size != Counted {
		j.Share, j.Mean = &s.Share, &s.Mean
	}
	return j
}

type batchJSON struct {
	ID     string   `json:"id" example:"891135590400023"`
	Day    string   `json:"released_on" example:"2026-11-24"`
	Pooled *string  `json:"pooled_at" enum:"department,site,entity" doc:"Put together from what was left of the edges below; null: of one edge"`
	Least  int      `json:"least" doc:"How many people a number was about at least on that day"`
	People int64    `json:"people" doc:"Different people"`
	Cases  int64    `json:"cases"`
	Good   int64    `json:"good" doc:"Cases rated 4 or 5"`
	Counts [5]int64 `json:"counts" doc:"Of the scores 1 to 5"`
}

type ledgerInput struct {
	web.Paging
	Provider string `path:"provider" doc:"Code of the unit that serves" example:"finance"`
	Customer string `path:"customer" doc:"Code of the unit that is served" example:"sales"`
}

type ledgerJSON struct {
	web.Page[batchJSON]
	Total ScoreJSON `json:"total" doc:"Of all batches"`
	Least int       `json:"least"`
}

type policyJSON struct {
	Least   int   `json:"least" doc:"How many different people a number is about at least, for what is released from now on"`
	Batches int64 `json:"batches" doc:"Released so far"`
	Cases   int64 `json:"cases" doc:"In them"`
}

type policyEdit struct {
	Body struct {
		Least int `json:"least" doc:"3 to 10" example:"5"`
	}
}

func (s *Service) api(m *web.Mux) {
	web.Op(m, web.Operation{ID: "list-released-ratings", Method: http.MethodGet, Path: "/api/v1/relations/{provider}/{customer}/ratings", Action: doSee, Tag: "Relations", Scope: "read",
		Summary: "The batches of ratings that the satisfaction of one direction is made of, the newest first"}, s.getLedger)
	web.Op(m, web.Operation{ID: "get-disclosure", Method: http.MethodGet, Path: "/api/v1/disclosure", Action: doPolicy, Tag: "Relations", Scope: "read",
		Summary: "How many different people a number is about at least"}, s.getPolicy)
	web.Op(m, web.Operation{ID: "set-disclosure", Method: http.MethodPut, Path: "/api/v1/disclosure", Action: doSet, Tag: "Relations", Scope: "write",
		Summary: "Set how many different people a number is about at least", Detail: "For what is released from now on; what has been released stays."}, func(ctx context.Context, in *policyEdit) (*struct{ Body policyJSON }, error) {
		if err := s.SetPolicy(ctx, in.Body.Least); err != nil {
			return nil, err
		}
		return s.getPolicy(ctx, nil)
	})
}

func (s *Service) getPolicy(ctx context.Context, _ *struct{}) (*struct{ Body policyJSON }, error) {
	p, err := s.Policy(ctx)
	return &struct{ Body policyJSON }{policyJSON(p)}, err
}

func (s *Service) getLedger(ctx context.Context, in *ledgerInput) (*struct{ Body ledgerJSON }, error) {
	l, err := s.Ledger(ctx, in.Provider, in.Customer)
	if err != nil {
		return nil, err
	}
	after, err := web.ParseCursor(in.Cursor, 1)
	if err != nil {
		return nil, badCursor()
	}
	out := ledgerJSON{Page: web.Page[batchJSON]{Items: []batchJSON{}}, Total: Wire(l.Score, true), Least: l.Least}
	from := 0
	if after != nil {
		for i, b := range l.List {
			if b.ID == after[0] {
				from = i + 1
			}
		}
	}
	for i, b := range l.List[from:] {
		if len(out.Items) == in.Size() {
			out.NextCursor = web.Cursor(l.List[from+i-1].ID)
			break
		}
		j := batchJSON{ID: strconv.FormatInt(b.ID, 10), Day: dateOf(b.Day).Format("2006-01-02"), Least: b.Least, People: b.People, Cases: b.Cases, Good: b.Good(), Counts: b.Counts}
		if b.Level != "" {
			j.Pooled = &b.Level
		}
		out.Items = append(out.Items, j)
	}
	return &struct{ Body ledgerJSON }{out}, nil
}
