package routing

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// span reads two days, both in it, in the company's time; empty ones are the last three months.
func (s *Service) span(ctx context.Context, from, to string) (a, b time.Time, err error) {
	zone := s.Org.Company(ctx).Location()
	now := s.db.Now().In(zone)
	a, b = now.AddDate(0, -3, 0), now
	var f fault.Fields
	for _, x := range []struct {
		name, text string
		to         *time.Time
	}{{"from", from, &a}, {"to", to, &b}} {
		if x.text == "" {
			continue
		}
		t, err := time.ParseInLocation("2006-01-02", x.text, zone)
		if err != nil {
			f.Add(x.name, "routing.day")
			continue
		}
		*x.to = t
	}
	day := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone) }
	return day(a), day(b).AddDate(0, 0, 1), f.Err()
}

func (s *Service) submitRun(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	from, to, err := s.span(ctx, r.FormValue("from"), r.FormValue("to"))
	if err == nil {
		var run Run
		if run, err = s.Try(ctx, code, from, to); err == nil {
			return web.See(w, r, routingHref(code)+"/dry-run?run="+strconv.FormatInt(run.ID, 10))
		}
	}
	if fault.KindOf(err) == fault.Invalid {
		return s.rulesPage(w, r, http.StatusUnprocessableEntity, err)
	}
	return err
}

// runView is what came of a dry run.
type runView struct {
	Unit        org.Unit
	Name, Lead  string
	Job         *ui.JobProps
	Rules       []countLine
	People      []personLine
	Units       []countLine
	Queue, Same string
	MayPeople   bool
}

type countLine struct{ Name, N, Share, Href string }

type personLine struct{ Name, Would, Had, Most string }

func runID(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.URL.Query().Get("run"), 10, 64)
	return n
}

func (s *Service) showRun(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	run, err := s.RunOf(ctx, code, runID(r))
	if err != nil {
		return err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	u, _ := tree.ByCode(code)
	v := runView{Unit: u, Name: u.Name.In(ctx), MayPeople: s.may(ctx, doLoad, u.ID) == nil,
		Lead: lang.T(ctx, "routing.run-lead", "from", lang.Date(ctx, run.From), "to", lang.Date(ctx, run.To.Add(-time.Minute)), "count", lang.Number(ctx, run.Total))}
	here := routingHref(code)
	if run.Result == nil {
		v.Job = &ui.JobProps{ID: "dry-run", Title: lang.T(ctx, "routing.dry-run"), State: "running", Done: run.Done, Total: run.Total, Refresh: here + "/dry-run?run=" + strconv.FormatInt(run.ID, 10),
			Progress: lang.T(ctx, "routing.run-progress", "done", lang.Number(ctx, run.Done), "total", lang.Number(ctx, run.Total)), Text: lang.T(ctx, "routing.run-goes")}
		return web.Show(w, r, http.StatusOK, runPage(v), nil)
	}
	share := func(n int64) string {
		if run.Total == 0 {
			return ""
		}
		return lang.Percent(ctx, float64(n)/float64(run.Total), 0)
	}
	list := func(rule int64) string {
		return here + "/cases?" + url.Values{"run": {strconv.FormatInt(run.ID, 10)}, "rule": {strconv.FormatInt(rule, 10)}}.Encode()
	}
	for _, x := range run.Result.Rules {
		rule, _ := (Set{Rules: run.Rules}).Rule(x.Rule)
		v.Rules = append(v.Rules, countLine{rule.Name, lang.Number(ctx, x.N), share(x.N), list(x.Rule)})
	}
	none := run.Result.Queue
	for _, x := range run.Result.Rules {
		if rule, _ := (Set{Rules: run.Rules}).Rule(x.Rule); rule.Way == ToQueue {
			none -= x.N
		}
	}
	v.Rules = append(v.Rules, countLine{lang.T(ctx, "routing.no-rule"), lang.Number(ctx, none), share(none), list(0)})
	v.Queue = lang.T(ctx, "routing.run-queue", "count", lang.Number(ctx, run.Result.Queue))
	v.Same = lang.T(ctx, "routing.run-same", "count", lang.Number(ctx, run.Result.Same))
	for _, x := range run.Result.Units {
		v.Units = append(v.Units, countLine{Name: tree.Name(ctx, x.Unit), N: lang.Number(ctx, x.N), Share: share(x.N)})
	}
	if v.People, err = s.personLines(ctx, run.Result.People); err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, runPage(v), nil)
}

// mostShown is how many people a dry run names.
const mostShown = 50

func (s *Service) personLines(ctx context.Context, list []PersonCount) ([]personLine, error) {
	list = list[:min(len(list), mostShown)]
	ids := make([]int64, len(list))
	for i, x := range list {
		ids[i] = x.Person
	}
	var names map[int64]org.Person
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		names, err = s.Org.Names(ctx, rd, ids)
		return err
	})
	var out []personLine
	for _, x := range list {
		p := names[x.Person]
		out = append(out, personLine{p.Display(ctx), lang.Number(ctx, x.Would), lang.Number(ctx, x.Had), lang.Number(ctx, x.Most)})
	}
	return out, err
}

// casesView is exactly the requests that a number of a dry run counts.
type casesView struct {
	Unit       org.Unit
	Name, Back string
	Title      string
	Rows       []caseLine
	Hidden     string
	Next       string
	MayPeople  bool
}

type caseLine struct {
	Ref, Href, Title, To, Had string
}

func (s *Service) showCases(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	run, err := s.RunOf(ctx, code, runID(r))
	if err != nil {
		return err
	}
	q := r.URL.Query()
	rule, after := int64(-1), int64(0)
	if text := q.Get("rule"); text != "" {
		rule, _ = strconv.ParseInt(text, 10, 64)
	}
	after, _ = strconv.ParseInt(q.Get("after"), 10, 64)
	list, hidden, following, err := s.CasesOf(ctx, code, run, rule, after, 50)
	if err != nil {
		return err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	u, _ := tree.ByCode(code)
	v := casesView{Unit: u, Name: u.Name.In(ctx), Back: routingHref(code) + "/dry-run?run=" + q.Get("run"), Title: lang.T(ctx, "routing.cases"), MayPeople: s.may(ctx, doLoad, u.ID) == nil}
	if x, ok := (Set{Rules: run.Rules}).Rule(rule); ok {
		v.Title = lang.T(ctx, "routing.cases-of", "name", x.Name)
	} else if rule == 0 {
		v.Title = lang.T(ctx, "routing.no-rule")
	}
	var ids []int64
	for _, x := range list {
		ids = append(ids, x.Person, x.Had)
	}
	var names map[int64]org.Person
	if err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		names, err = s.Org.Names(ctx, rd, ids)
		return err
	}); err != nil {
		return err
	}
	for _, x := range list {
		person, had := names[x.Person], names[x.Had]
		l := caseLine{Ref: x.Ref, Href: x.Link, Title: x.Title, To: person.Display(ctx), Had: had.Display(ctx)}
		if x.Unit != 0 {
			l.To = tree.Name(ctx, x.Unit)
		}
		v.Rows = append(v.Rows, l)
	}
	if hidden > 0 {
		v.Hidden = lang.T(ctx, "routing.hidden", "count", hidden)
	}
	if following != 0 {
		q.Set("after", strconv.FormatInt(following, 10))
		v.Next = routingHref(code) + "/cases?" + q.Encode()
	}
	return web.Show(w, r, http.StatusOK, casesPage(v), nil)
}
