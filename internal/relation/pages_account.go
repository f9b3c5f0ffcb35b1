package relation

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// accountRows is how many lines of an account a page shows.
const accountRows = 60

func (s *Service) accountRoutes() []web.Route {
	return []web.Route{{Pattern: "GET /relations/{provider}/{customer}/account", Action: "account.see", Do: s.showAccount}}
}

type accountView struct {
	Title, Lead string
	Back        string
	Facts       []ui.Pair
	Weights     []weightRow
	Rows        []entryRow
	More        int
	Listed      bool
}

type weightRow struct{ What, Points string }

type entryRow struct {
	Day, Datetime, What, Href, Points, Left string
	N                                       int64
}

func (s *Service) showAccount(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	a, err := s.Account(ctx, r.PathValue("provider"), r.PathValue("customer"))
	if err != nil {
		return err
	}
	v := accountView{Title: lang.T(ctx, "relation.account.of", "provider", a.Provider.Name.In(ctx), "customer", a.Customer.Name.In(ctx)), Lead: accountLine(ctx, a),
		Back: edgeHref(a.Provider.Code, a.Customer.Code, Period{}), Listed: a.Entries != nil}
	v.Facts = []ui.Pair{{Term: lang.T(ctx, "relation.account.deposits"), Text: lang.Number(ctx, a.Deposits, 1)}, {Term: lang.T(ctx, "relation.account.withdrawals"), Text: lang.Number(ctx, a.Withdrawals, 1)},
		{Term: lang.T(ctx, "relation.account.evidence"), Text: lang.Number(ctx, a.Evidence, 1)}}
	for _, x := range Weights {
		v.Weights = append(v.Weights, weightRow{lang.T(ctx, "relation.account.kind."+x.Kind), points(ctx, x.Points, 0)})
	}
	for i, e := range a.Entries {
		if i == accountRows {
			v.More = len(a.Entries) - accountRows
			break
		}
		v.Rows = append(v.Rows, entryRow{Day: lang.Date(ctx, e.At), Datetime: e.At.UTC().Format(time.RFC3339), What: lang.T(ctx, "relation.account.kind."+e.Kind), N: e.N,
			Href: s.entryHref(ctx, a, e), Points: points(ctx, float64(e.N)*e.Points, 0), Left: points(ctx, e.Left(a.Now), 1)})
	}
	return web.Show(w, r, http.StatusOK, accountPage(v), accountContent(v))
}

// points are written with their sign.
func points(ctx context.Context, x float64, decimals int) string {
	text := lang.Number(ctx, x, decimals)
	if x > 0 {
		return "+" + text
	}
	return text
}

// accountLine is the account in a sentence: a number only where there is enough to go by.
func accountLine(ctx context.Context, a Account) string {
	if !a.Enough {
		return lang.T(ctx, "relation.account.too-little")
	}
	return lang.T(ctx, "relation.account.line", "index", lang.Number(ctx, a.Index, 0), "low", lang.Number(ctx, a.Low, 0), "high", lang.Number(ctx, a.High, 0))
}

// entryHref is the list that a line counts: what the reader may open of it. A delivery sent back, or right at once, has none by itself: its day's requests.
func (s *Service) entryHref(ctx context.Context, a Account, e Entry) string {
	q := url.Values{}
	switch e.Kind {
	case PromiseKept, PromiseBroken:
		state := "kept"
		if e.Kind == PromiseBroken {
			state = "broken"
		}
		return "/promises?" + url.Values{"view": {"all"}, "giver_unit": {a.Provider.Code}, "receiver_unit": {a.Customer.Code}, "state": {state}}.Encode()
	case InTime:
		q.Set("outcome", "met")
	case Late:
		q.Set("outcome", "breached")
	default:
		return ""
	}
	q.Set("view", "all")
	q.Set("provider", a.Provider.Code)
	q.Set("customer", a.Customer.Code)
	q.Set("due_from", e.At.Format(time.RFC3339))
	q.Set("due_before", e.At.In(s.org.Company(ctx).Location()).AddDate(0, 0, 1).Format(time.RFC3339))
	return "/requests?" + q.Encode()
}

// accountCard is the account as the page of a relation shows it to who may see it.
type accountCard struct {
	Line, Href string
}

func (s *Service) accountCard(ctx context.Context, d Direction) (accountCard, error) {
	if d.Provider.ID == d.Customer.ID || !d.Exists {
		return accountCard{}, nil
	}
	a, err := s.Account(ctx, d.Provider.Code, d.Customer.Code)
	if err != nil && fault.KindOf(err) == fault.NotFound {
		return accountCard{}, nil
	}
	return accountCard{accountLine(ctx, a), "/relations/" + url.PathEscape(d.Provider.Code) + "/" + url.PathEscape(d.Customer.Code) + "/account"}, err
}

// accountJSON is an account on the wire.
type accountJSON struct {
	Provider     string       `json:"provider" doc:"Code of the unit that serves" example:"finance"`
	Customer     string       `json:"customer" doc:"Code of the unit that is served" example:"sales"`
	Status       string       `json:"status" enum:"ok,insufficient" doc:"insufficient: less than three points of evidence are left, and no number is told"`
	Index        *float64     `json:"index" doc:"0 to 100; 50 stands for as much put in as taken out; null when insufficient"`
	Interval     *[2]float64  `json:"interval" doc:"Holds the index with 90 % probability (Beta); null when insufficient"`
	Deposits     float64      `json:"deposits" doc:"Points put in, as far as they are left"`
	Withdrawals  float64      `json:"withdrawals"`
	Evidence     float64      `json:"evidence" doc:"Both together"`
	HalfLifeDays int          `json:"half_life_days" doc:"After so many days half of a point is left"`
	Weights      []weightJSON `json:"weights" nullable:"false" doc:"The public table"`
	Entries      []entryJSON  `json:"entries" doc:"The newest first; null for who sees the balance alone"`
}

type weightJSON struct {
	Kind   string  `json:"kind" enum:"in_time,right_first_time,promise_kept,late,returned,promise_broken"`
	Points float64 `json:"points"`
}

type entryJSON struct {
	At     time.Time `json:"at" doc:"The day, or the moment a receiver spoke"`
	Kind   string    `json:"kind" enum:"in_time,right_first_time,promise_kept,late,returned,promise_broken"`
	N      int64     `json:"n" doc:"How often; below zero: a correction"`
	Points float64   `json:"points" doc:"Of all of them, when they happened"`
	Left   float64   `json:"left" doc:"Of these now"`
}

func (s *Service) mountAccount(m *web.Mux) {
	web.Op(m, web.Operation{ID: "get-relation-account", Method: http.MethodGet, Path: "/api/v1/relations/{provider}/{customer}/account", Action: "account.see",
		Summary: "The relationship account of one direction", Tag: "Relations", Scope: "read"}, s.getAccount)
}

func (s *Service) getAccount(ctx context.Context, in *pairInput) (*struct{ Body accountJSON }, error) {
	a, err := s.Account(ctx, in.Provider, in.Customer)
	if err != nil {
		return nil, err
	}
	out := accountJSON{Provider: a.Provider.Code, Customer: a.Customer.Code, Status: "insufficient", Deposits: a.Deposits, Withdrawals: a.Withdrawals, Evidence: a.Evidence,
		HalfLifeDays: int(HalfLife / (24 * time.Hour))}
	if a.Enough {
		out.Status, out.Index, out.Interval = "ok", &a.Index, &[2]float64{a.Low, a.High}
	}
	for _, w := range Weights {
		out.Weights = append(out.Weights, weightJSON(w))
	}
	for _, e := range a.Entries {
		out.Entries = append(out.Entries, entryJSON{e.At.UTC(), e.Kind, e.N, float64(e.N) * e.Points, e.Left(a.Now)})
	}
	return &struct{ Body accountJSON }{out}, nil
}
