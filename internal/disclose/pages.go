package disclose

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// Mount puts the pages and calls of the room into the door.
func (s *Service) Mount(m *web.Mux) {
	m.Page(
		web.Route{Pattern: "GET /relations/{provider}/{customer}/ratings", Action: doSee, Do: s.showLedger},
		web.Route{Pattern: "GET /settings/disclosure", Action: doPolicy, Do: s.showPolicy},
		web.Route{Pattern: "POST /settings/disclosure", Action: doSet, Do: s.submitPolicy},
	)
	s.api(m)
}

// Href is the ledger of a pair of units.
func Href(provider, customer string) string {
	return "/relations/" + url.PathEscape(provider) + "/" + url.PathEscape(customer) + "/ratings"
}

// Figure is what a score shows in a cell or a line: the share in percent, or of fewer than ten people the counts.
func (s Score) Figure() string {
	switch s.Size {
	case Waiting:
		return ""
	case Counted:
		return strconv.FormatInt(s.Good(), 10) + "/" + strconv.FormatInt(s.Cases, 10)
	}
	percent := int(s.Share*100 + 0.5)
	switch {
	case percent == 100 && s.Good() < s.Cases:
		percent = 99
	case percent == 0 && s.Good() > 0:
		percent = 1
	}
	return strconv.Itoa(percent)
}

// ratingRows is how many lines of a ledger a page shows.
const ratingRows = 100

type ledgerView struct {
	Title, Lead, Back string
	Ledger
	Rows []batchRow
	More int
}

type batchRow struct {
	Day, Datetime, What string
	People, Cases       string
	Share, Mean         string
}

func (s *Service) showLedger(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	l, err := s.Ledger(ctx, r.PathValue("provider"), r.PathValue("customer"))
	if err != nil {
		return err
	}
	v := ledgerView{Ledger: l, Lead: Line(ctx, l.Score, l.Least), Back: "/relations/" + url.PathEscape(l.Provider.Code) + "/" + url.PathEscape(l.Customer.Code),
		Title: lang.T(ctx, "disclose.ledger-of", "provider", l.Provider.Name.In(ctx), "customer", l.Customer.Name.In(ctx))}
	for i, b := range l.List {
		if i == ratingRows {
			v.More = len(l.List) - ratingRows
			break
		}
		v.Rows = append(v.Rows, s.rowOf(ctx, b))
	}
	return web.Show(w, r, http.StatusOK, ledgerPage(v), ledgerContent(v))
}

func (s *Service) rowOf(ctx context.Context, b Batch) batchRow {
	day, n := dateOf(b.Day), func(x int64) string { return strconv.FormatInt(x, 10) }
	score := Of(b.Sum)
	row := batchRow{Day: lang.Date(ctx, day), Datetime: day.Format(time.DateOnly), People: n(b.People), Cases: n(b.Cases),
		Share: n(b.Good()) + " / " + n(b.Cases), Mean: lang.Number(ctx, score.Mean, 1), What: lang.T(ctx, "disclose.of-edge")}
	if b.Level != "" {
		row.What = lang.T(ctx, "disclose.pooled")
	}
	return row
}

func dateOf(day int64) time.Time {
	return time.Date(int(day/10000), time.Month(day/100%100), int(day%100), 0, 0, 0, 0, time.UTC)
}

// Line is a score in a sentence.
func Line(ctx context.Context, s Score, least int) string {
	switch s.Size {
	case Waiting:
		return lang.T(ctx, "disclose.waiting", "least", least)
	case Counted:
		return lang.T(ctx, "disclose.line-counts", "good", s.Good(), "cases", s.Cases, "low", lang.Percent(ctx, s.Low, 0), "high", lang.Percent(ctx, s.High, 0))
	}
	return lang.T(ctx, "disclose.line", "share", lang.Percent(ctx, s.Share, 1), "low", lang.Percent(ctx, s.Low, 0), "high", lang.Percent(ctx, s.High, 0),
		"good", s.Good(), "cases", s.Cases)
}

// meanLine is the mean with its interval; "" where it is not shown.
func meanLine(ctx context.Context, s Score) string {
	if !s.Known() {
		return ""
	}
	low, high := lang.Number(ctx, s.MeanLow, 1), lang.Number(ctx, s.MeanHigh, 1)
	if s.Size == Counted {
		return lang.T(ctx, "disclose.mean-counts", "low", low, "high", high)
	}
	return lang.T(ctx, "disclose.mean", "mean", lang.Number(ctx, s.Mean, 2), "low", low, "high", high)
}

// countsLine is how often each score was given, the best first.
func countsLine(ctx context.Context, s Score) string {
	var parts []string
	for i := 4; i >= 0; i-- {
		parts = append(parts, lang.T(ctx, "disclose.count", "score", i+1, "n", s.Counts[i]))
	}
	return strings.Join(parts, " · ")
}

func whisker(s Score) ui.WhiskerProps {
	return ui.WhiskerProps{Value: s.Share * 100, Low: s.Low * 100, High: s.High * 100, Max: 100, NoTarget: true, Ends: true}
}

type policyView struct {
	Policy
	Value  string
	May    bool
	Errors ui.Errors
}

func (s *Service) showPolicy(w http.ResponseWriter, r *http.Request) error {
	p, err := s.Policy(r.Context())
	if err != nil {
		return err
	}
	return s.policyPage(w, r, http.StatusOK, policyView{Policy: p, Value: strconv.Itoa(p.Least)})
}

func (s *Service) policyPage(w http.ResponseWriter, r *http.Request, status int, v policyView) error {
	err := s.maySet(r.Context())
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	v.May = err == nil
	return web.Show(w, r, status, policyPage(v), policyContent(v))
}

func (s *Service) submitPolicy(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in struct {
		Least string `form:"least"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	least, err := strconv.Atoi(strings.TrimSpace(in.Least))
	if err != nil {
		least = -1 // no number: the use case says so
	}
	if err := s.SetPolicy(ctx, least); err != nil {
		if fault.KindOf(err) != fault.Invalid {
			return err
		}
		p, bad := s.Policy(ctx)
		if bad != nil {
			return bad
		}
		return s.policyPage(w, r, http.StatusUnprocessableEntity, policyView{Policy: p, Value: in.Least, Errors: ui.ErrorsOf(ctx, err, map[string]string{"least": lang.T(ctx, "disclose.least")})})
	}
	web.Toast(w, r, lang.T(ctx, "disclose.saved"), "")
	return web.See(w, r, "/settings/disclosure")
}
