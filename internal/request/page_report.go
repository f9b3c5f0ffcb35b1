package request

import (
	"cmp"
	"context"
	"net/http"
	"net/url"

	"neike/internal/kit/lang"
	"neike/internal/kit/sorting"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/kit/xlsx"
)

// reportAsk is what the address of the report says.
type reportAsk struct {
	By    string `form:"by"`
	From  string `form:"from"`
	To    string `form:"to"`
	Clock string `form:"clock"`

	Service  string `form:"service"`
	Provider string `form:"provider"`
	Customer string `form:"customer"`
}

// reportRow is a service or unit of the report.
type reportRow struct {
	Attainment
	Name, Rate, Between                string
	Original, Score, SilentPart, Stood string // shares in words; "" what cannot be computed
	PausedMuch                         bool
	Half, Most, WithOpen, Rough        string // how long it takes; "" without any
	Breaches                           string // the address of exactly the late ones
}

// reportView is how much was in time, with what is counted apart.
type reportView struct {
	frame
	Ask  reportAsk
	Rows []reportRow
}

// attainmentRows is the report that an address asks for, the one with the most cases first.
func (s *Service) attainmentRows(ctx context.Context, in *reportAsk) ([]reportRow, Span, error) {
	in.By, in.Clock = cmp.Or(in.By, ByService), cmp.Or(in.Clock, "completion")
	span, err := SpanIn(in.From, in.To, s.db.Now().In(s.Org.Company(ctx).Location()))
	if err != nil {
		return nil, span, err
	}
	c := Cohort{in.By, in.Clock, span, in.Service, in.Provider, in.Customer}
	list, err := s.Attained(ctx, c)
	if err != nil {
		return nil, span, err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, span, err
	}
	out := make([]reportRow, 0, len(list))
	for _, a := range list {
		item, err := s.attainmentJSON(ctx, tree, a, c)
		if err != nil {
			return nil, span, err
		}
		out = append(out, reportRowOf(ctx, a, item))
	}
	sorting.Stable(out, func(a, b reportRow) int { return cmp.Compare(b.N(), a.N()) })
	return out, span, nil
}

func reportRowOf(ctx context.Context, a Attainment, item attainmentJSON) reportRow {
	r := reportRow{Attainment: a, Name: item.Name.In(ctx), PausedMuch: item.PausedMuch}
	share := func(p *float64) string {
		if p == nil {
			return ""
		}
		return lang.Percent(ctx, *p, 1)
	}
	r.Rate, r.Original, r.Score, r.SilentPart, r.Stood = share(item.Rate), share(item.OriginalRate), share(item.ScoreRate), share(item.SilentShare), share(item.PausedShare)
	if item.Interval != nil {
		r.Between = lang.Percent(ctx, item.Interval[0], 1) + "–" + lang.Percent(ctx, item.Interval[1], 1)
	}
	if r.Half, r.Most, r.WithOpen = lastsWords(ctx, a.Lasts); a.Lasts.Rough {
		r.Rough = lang.T(ctx, "request.report.lasts-rough", "count", exactly)
	}
	if u, err := url.Parse(item.Breaches); err == nil {
		q := u.Query()
		q.Del("outcome")
		r.Breaches = "/breaches?" + q.Encode()
	}
	return r
}

// lastsWords says how long it takes: half of them, nine in ten, and how many of them are open.
func lastsWords(ctx context.Context, l Lasts) (half, most, open string) {
	if l.TooMany {
		return lang.T(ctx, "request.report.lasts-many"), "", ""
	}
	if l.N == 0 {
		return "", "", ""
	}
	if l.Open > 0 {
		open = lang.T(ctx, "request.report.lasts-open", "count", l.Open)
	}
	longest := lang.WorkDuration(ctx, l.Longest)
	if l.Median == nil {
		return lang.T(ctx, "request.report.lasts-open-median", "time", longest), "", open
	}
	half = lang.T(ctx, "request.report.lasts-median", "time", lang.WorkDuration(ctx, *l.Median))
	if l.P90 == nil {
		return half, lang.T(ctx, "request.report.lasts-longer", "time", longest), open
	}
	return half, lang.T(ctx, "request.report.lasts-p90", "time", lang.WorkDuration(ctx, *l.P90)), open
}

// showAttainment is the report as a page.
func (s *Service) showAttainment(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in reportAsk
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	rows, span, err := s.attainmentRows(ctx, &in)
	if err != nil {
		return err
	}
	v := reportView{frame: frameOf(r, "attainment", []string{ByService, ByUnit}, in.By, span), Ask: in, Rows: rows}
	v.Filter.Filters = []ui.Filter{{Name: "clock", Label: lang.T(ctx, "request.report.clock"), Options: []ui.Option{
		{Value: "completion", Text: lang.T(ctx, "request.cause.clock-completion"), Selected: in.Clock == "completion"},
		{Value: "first_response", Text: lang.T(ctx, "request.cause.clock-first_response"), Selected: in.Clock == "first_response"},
		{Value: "next_response", Text: lang.T(ctx, "request.cause.clock-next_response"), Selected: in.Clock == "next_response"}}}}
	return web.Show(w, r, http.StatusOK, reportPage(v), reportContent(v))
}

// reportColumns are those of the file; their words are request.report.NAME.
var reportColumns = []string{"name", "n", "met", "breached", "pending", "excluded", "duplicates", "rate", "renegotiated", "met-as-agreed", "met-by-original",
	"rate-by-original", "excused", "score", "done", "silent", "reopened", "recurred", "along", "paused", "median-all", "p90-all", "open", "withdrawn"}

// showAttainmentExport sends the report as a file.
func (s *Service) showAttainmentExport(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in reportAsk
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	rows, _, err := s.attainmentRows(ctx, &in)
	if err != nil {
		return err
	}
	out, err := xlsx.Send(w, r.URL.Query().Get("format"), lang.T(ctx, "request.report.title")+"_"+lang.Now(ctx).Format("20060102"))
	if err != nil {
		return err
	}
	if err := out.Heading(ctx, "request.report.", reportColumns); err != nil {
		return err
	}
	share := func(v float64, ok bool) any {
		if !ok {
			return nil
		}
		return v
	}
	whole := func(v *int64) any {
		if v == nil {
			return nil
		}
		return *v
	}
	for _, row := range rows {
		a := row.Attainment
		err := out.Row(row.Name, a.N(), a.Met, a.Breached, a.Pending, a.Excluded, a.Duplicates, share(a.Rate()), a.Renegotiated, a.AsAgreed, a.ByOriginal,
			share(a.ByOriginalRate()), a.Excused, share(a.Score()), a.Done, a.Silent, a.Reopened, a.Recurred, a.Along,
			share(pausedShare(a.Paused, a.Took), a.Paused+a.Took > 0), whole(a.Lasts.Median), whole(a.Lasts.P90), a.Lasts.Open, a.Lasts.Withdrawn)
		if err != nil {
			return err
		}
	}
	return out.Close()
}

// excludedNote says how many are left out of the rate, and how many of those are duplicates.
func excludedNote(ctx context.Context, a Attainment) string {
	text := lang.T(ctx, "request.report.excluded-note", "count", a.Excluded)
	if a.Duplicates > 0 {
		text += lang.T(ctx, "request.in-brackets", "text", lang.T(ctx, "request.report.duplicates-note", "count", a.Duplicates))
	}
	return text
}

func reportHeads(ctx context.Context, v reportView) []ui.Column {
	out := []ui.Column{{Label: lang.T(ctx, "request.report.by-"+v.Ask.By)}}
	for _, name := range []string{"rate", "n", "breached", "lasts", "renegotiated", "silent", "paused", "reopened"} {
		out = append(out, ui.Column{Label: lang.T(ctx, "request.report."+name), Numeric: name != "lasts"})
	}
	return out
}
