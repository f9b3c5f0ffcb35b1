package catalog

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/stat"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// Spans of a dry run.
const (
	spanQuarter = "quarter"
	spanMonth   = "month"
	spanCustom  = "custom"
)

// spanOf is the span that was chosen, in the zone of now; what cannot be read is told.
func (in standardForm) spanOf(f *fault.Fields, now time.Time) (from, to time.Time) {
	y, m, _ := now.Date()
	switch in.Span {
	case spanMonth:
		to = time.Date(y, m, 1, 0, 0, 0, 0, now.Location())
		return to.AddDate(0, -1, 0), to
	case spanCustom:
		var err error
		if from, err = time.ParseInLocation(time.DateOnly, in.From, now.Location()); err != nil {
			f.Add("from", "catalog.trial-day")
		}
		if to, err = time.ParseInLocation(time.DateOnly, in.To, now.Location()); err != nil {
			f.Add("to", "catalog.trial-day")
		}
		return from, to.AddDate(0, 0, 1)
	}
	to = time.Date(y, (m-1)/3*3+1, 1, 0, 0, 0, 0, now.Location())
	return to.AddDate(0, -3, 0), to
}

// query is what was typed, as the address of the page.
func (in standardForm) query() url.Values {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" || name == "completion.value" {
			q.Set(name, value)
		}
	}
	for name, d := range map[string]durationText{"completion": in.Completion, "response": in.Response, "urgent.completion": in.Urgent.Completion, "urgent.response": in.Urgent.Response,
		"next_response": in.Next, "urgent.next_response": in.Urgent.Next} {
		q.Set(name+".value", d.Value)
		q.Set(name+".unit", d.Unit)
	}
	for name, value := range map[string]string{"completion_target": in.CompletionTarget, "response_target": in.ResponseTarget, "next_response_target": in.NextTarget, "metric.zh": in.Metric.Zh, "metric.en": in.Metric.En,
		"accuracy": in.Accuracy, "satisfaction": in.Satisfaction, "measured.zh": in.Measured.Zh, "measured.en": in.Measured.En, "min_n": in.MinN,
		"response_calendar": in.ResponseCalendar, "completion_calendar": in.CompletionCalendar} {
		q.Set(name, value)
	}
	set("example_at", in.ExampleAt)
	set("span", in.Span)
	set("from", in.From)
	set("to", in.To)
	set("open", in.Open)
	if in.Trial != 0 {
		q.Set("trial", strconv.FormatInt(in.Trial, 10))
	}
	return q
}

// submitTrial begins a dry run and shows the form with it.
func (c *Catalog) submitTrial(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	var in standardForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	s, err := c.Visible(ctx, code)
	if err != nil {
		return err
	}
	if _, err := c.mayStandard(ctx, s); err != nil {
		return err
	}
	var f fault.Fields
	std := in.standard(&f)
	from, to := in.spanOf(&f, lang.Now(ctx))
	var t Trial
	if err = f.Err(); err == nil {
		t, err = c.Try(ctx, code, std, from, to)
	}
	if fault.KindOf(err) == fault.Invalid && err != nil {
		return c.standardPage(w, r, s, in, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	in.Trial = t.ID
	return web.See(w, r, "/services/"+code+"/standard?"+in.query().Encode()+"#dry-run")
}

// showTrial is the card of a dry run, for a page that waits for it.
func (c *Catalog) showTrial(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	s, err := c.Visible(ctx, r.PathValue("code"))
	if err != nil {
		return err
	}
	if _, err := c.mayStandard(ctx, s); err != nil {
		return err
	}
	id, _ := strconv.ParseInt(r.URL.Query().Get("trial"), 10, 64)
	if id == 0 {
		return web.See(w, r, "/services/"+s.Code+"/standard")
	}
	t, err := c.Tried(ctx, s.Code, id)
	if err != nil {
		return err
	}
	v, err := c.trialView(ctx, s, t)
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, trialPage(s, v), trialCard(v))
}

type trialView struct {
	Trial
	Title, Lead string
	Refresh     string
	Rows        []trialRow
	Enough      []string
	Spread      string // median and p90, before and after
	Response    string
	Next        *trialNextView
	Better      string // sentences with their addresses
	BetterHref  string
	Worse       string
	WorseHref   string
	Open        []string
	Left        string // what is not in the shares
	Column      string // what was promised before, in words
	NewColumn   string
}

// trialNextView are the answers to what customers said next: as they were, and as they would have been.
type trialNextView struct {
	Title, Left        string
	Rows               []trialNextRow
	Worse, WorseHref   string
	Better, BetterHref string
}

type trialNextRow struct {
	Name, N, Met, Late, Share, Interval, Verdict string
}

type trialRow struct {
	Name, N, Was, Would, Interval, Verdict string
	Sum                                    bool
}

func (c *Catalog) trialView(ctx context.Context, s *Service, t Trial) (*trialView, error) {
	v := &trialView{Trial: t, Refresh: "/services/" + s.Code + "/standard/dry-run?trial=" + strconv.FormatInt(t.ID, 10),
		Column: s.Standard.Completion.Label(ctx), NewColumn: t.Standard.Completion.Label(ctx)}
	span := lang.T(ctx, "catalog.trial-days", "from", lang.Date(ctx, t.From), "to", lang.Date(ctx, t.To.Add(-time.Second)))
	v.Title, v.Lead = lang.T(ctx, "catalog.trial"), span
	if t.Result == nil {
		return v, nil
	}
	v.Next = trialNext(ctx, s, t)
	was, n0 := t.Result.Completion.Was.Rate()
	would, n1 := t.Result.Completion.Would.Rate()
	n := t.Result.Completion.Was.N()
	v.Lead = lang.T(ctx, "catalog.trial-lead", "span", span, "count", n)
	switch {
	case !n0 || !n1:
		v.Title = lang.T(ctx, "catalog.trial-none")
		return v, c.trialOpen(ctx, v)
	default:
		v.Title = lang.T(ctx, "catalog.trial-title", "was", lang.Percent(ctx, was, 1), "would", lang.Percent(ctx, would, 1))
	}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	for _, u := range t.Result.Units {
		name := lang.T(ctx, "catalog.trial-others", "count", u.Others)
		if u.Unit != 0 {
			name = tree.FullName(ctx, u.Unit)
		}
		v.Rows = append(v.Rows, trialRowOf(ctx, name, u.Was, u.Would, t.Standard))
	}
	sum := trialRowOf(ctx, lang.T(ctx, "catalog.trial-sum"), t.Result.Completion.Was, t.Result.Completion.Would, t.Standard)
	sum.Sum = true
	v.Rows = append(v.Rows, sum)
	v.words(ctx, s)
	return v, c.trialOpen(ctx, v)
}

// trialRowOf is a line of the dry run: shares as facts, the interval of the new one as signal, and what it allows to say.
func trialRowOf(ctx context.Context, name string, was, would TrialSide, std Standard) trialRow {
	row := trialRow{Name: name, N: lang.Number(ctx, was.N()), Was: "–", Would: "–"}
	if rate, ok := was.Rate(); ok {
		row.Was = lang.Percent(ctx, rate, 1)
	}
	rate, ok := would.Rate()
	if !ok {
		return row
	}
	row.Would = lang.Percent(ctx, rate, 1)
	row.Interval, row.Verdict = judged(ctx, would, std.Least(), std.CompletionTarget)
	return row
}

// judged is the interval of a share, and what it allows to say of a target.
func judged(ctx context.Context, s TrialSide, least int64, target float64) (interval, verdict string) {
	low, high := stat.Wilson(s.Met, s.N())
	interval, verdict = lang.Percent(ctx, low, 1)+"–"+lang.Percent(ctx, high, 1), "undetermined"
	switch {
	case s.N() < least:
	case low >= target:
		verdict = "meets"
	case high < target:
		verdict = "misses"
	}
	return interval, verdict
}

// words are the sentences below the table.
func (v *trialView) words(ctx context.Context, s *Service) {
	r := v.Result
	for _, e := range r.Enough {
		low, high := stat.Wilson(e.Met, e.N)
		key := "catalog.trial-enough"
		if e.Sure {
			key = "catalog.trial-sure"
		}
		d := v.Standard.Completion
		d.Value = e.Value
		v.Enough = append(v.Enough, lang.T(ctx, key, "time", brief(ctx, d), "rate", lang.Percent(ctx, float64(e.Met)/float64(e.N), 1),
			"low", lang.Percent(ctx, low, 1), "high", lang.Percent(ctx, high, 1)))
	}
	if a, b := r.Completion.Was, r.Completion.Would; a.Median != nil && b.Median != nil {
		v.Spread = lang.T(ctx, "catalog.trial-spread", "median", lang.WorkDuration(ctx, *a.Median), "median2", lang.WorkDuration(ctx, *b.Median),
			"p90", lang.WorkDuration(ctx, *a.P90), "p902", lang.WorkDuration(ctx, *b.P90))
	}
	if was, ok := r.Response.Was.Rate(); ok {
		if would, ok := r.Response.Would.Rate(); ok {
			v.Response = lang.T(ctx, "catalog.trial-response", "was", lang.Percent(ctx, was, 1), "would", lang.Percent(ctx, would, 1), "n", r.Response.Would.N())
		}
	}
	v.Better, v.BetterHref = trialLink(ctx, s, v.Trial, TrialList{Better: true})
	v.Worse, v.WorseHref = trialLink(ctx, s, v.Trial, TrialList{})
	if w := r.Completion.Would; w.Pending+w.Excluded > 0 {
		v.Left = lang.T(ctx, "catalog.trial-left", "pending", w.Pending, "excluded", w.Excluded)
	}
}

// trialLink is the sentence that counts a list, with its address; "" when nothing stands on it.
func trialLink(ctx context.Context, s *Service, t Trial, list TrialList) (text, href string) {
	n := list.count(t.Result)
	if n == 0 {
		return "", ""
	}
	return lang.T(ctx, "catalog.trial-"+list.key(), "count", n), list.href(s, t)
}

// trialNext shows the answers to what customers said next; nil when nothing was and nothing would be promised of them.
func trialNext(ctx context.Context, s *Service, t Trial) *trialNextView {
	n := t.Result.Next
	if n == nil {
		return nil
	}
	v := &trialNextView{Title: lang.T(ctx, "catalog.trial-next")}
	side := func(key string, x TrialSide, std Standard) trialNextRow {
		row := trialNextRow{Name: lang.T(ctx, key, "time", std.NextResponse.Label(ctx)), N: lang.Number(ctx, x.N()), Met: lang.Number(ctx, x.Met), Late: lang.Number(ctx, x.Breached), Share: "–"}
		if std.NextResponse.IsZero() {
			row.Name = lang.T(ctx, key+"-none")
		}
		if rate, ok := x.Rate(); ok {
			row.Share = lang.Percent(ctx, rate, 1)
			row.Interval, row.Verdict = judged(ctx, x, std.Least(), std.NextResponseTarget)
		}
		return row
	}
	v.Rows = []trialNextRow{side("catalog.trial-next-was", n.Was, s.Standard), side("catalog.trial-next-would", n.Would, t.Standard)}
	v.Worse, v.WorseHref = trialLink(ctx, s, t, TrialList{Turns: true})
	v.Better, v.BetterHref = trialLink(ctx, s, t, TrialList{Turns: true, Better: true})
	if w := n.Would; w.Pending+w.Excluded > 0 {
		v.Left = lang.T(ctx, "catalog.trial-next-left", "pending", w.Pending, "excluded", w.Excluded)
	}
	return v
}

// trialOpen says what would become of the requests in hand.
func (c *Catalog) trialOpen(ctx context.Context, v *trialView) error {
	if v.Result.Open == 0 {
		return nil
	}
	v.Open = []string{openText(ctx, "catalog.open-carry", v.Result.Open, v.Result.Carry), openText(ctx, "catalog.open-from_start", v.Result.Open, v.Result.FromStart)}
	return nil
}

// openText says what would become of the completions in hand, and of first responses and answers where anything would.
func openText(ctx context.Context, key string, n int64, o TrialOpen) string {
	text := lang.T(ctx, key, "count", n) + lang.T(ctx, "catalog.open-effect", "earlier", o.Earlier, "later", o.Later, "late", o.Late)
	for _, x := range []struct {
		key   string
		moved TrialMoved
	}{{"catalog.open-response", o.Response}, {"catalog.open-next", o.Next}} {
		if x.moved != (TrialMoved{}) {
			text += lang.T(ctx, x.key, "earlier", x.moved.Earlier, "later", x.moved.Later, "late", x.moved.Late)
		}
	}
	return text
}

// viewTrial puts the dry run that was asked for, and the choice about open requests, into the form.
func (c *Catalog) viewTrial(ctx context.Context, v *standardView, in standardForm) error {
	for _, x := range []string{spanQuarter, spanMonth, spanCustom} {
		v.Spans = append(v.Spans, ui.Option{Value: x, Text: lang.T(ctx, "catalog.span-"+x), Selected: x == in.Span || x == spanQuarter && in.Span == ""})
	}
	if c.trials == nil {
		return nil
	}
	var result *TrialResult
	if in.Trial != 0 {
		t, err := c.trials.TrialOf(ctx, v.ID, in.Trial)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		if err == nil {
			if v.Trial, err = c.trialView(ctx, v.Service, t); err != nil {
				return err
			}
			result = t.Result
		}
	}
	if v.State != Live {
		return nil
	}
	var err error
	if v.OpenCount, err = c.trials.InHand(ctx, v.ID); err != nil || v.OpenCount == 0 {
		return err
	}
	texts := map[string]string{OpenKeep: lang.T(ctx, "catalog.open-keep")}
	for _, policy := range []string{OpenCarry, OpenFromStart} {
		texts[policy] = lang.T(ctx, "catalog.open-"+policy, "count", v.OpenCount)
	}
	if result != nil {
		texts[OpenCarry] = openText(ctx, "catalog.open-carry", result.Open, result.Carry)
		texts[OpenFromStart] = openText(ctx, "catalog.open-from_start", result.Open, result.FromStart)
	}
	for _, policy := range []string{OpenKeep, OpenCarry, OpenFromStart} {
		v.OpenChoices = append(v.OpenChoices, ui.Option{Value: policy, Text: texts[policy], Selected: policy == in.Open})
	}
	return nil
}

// seenEffects tells somebody who gives open requests new times that the effect has to be looked at first: a dry run of
// exactly that standard.
func (c *Catalog) seenEffects(ctx context.Context, f *fault.Fields, s *Service, std Standard, in standardForm) error {
	if in.Open == OpenKeep || c.trials == nil {
		return nil
	}
	t, err := c.trials.TrialOf(ctx, s.ID, in.Trial)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	if err != nil || t.Result == nil || !sameStandard(t.Standard, std) {
		f.Add("open", "catalog.open-look-first")
	}
	return nil
}
