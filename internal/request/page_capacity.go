package request

import (
	"context"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/relation"
	"neike/internal/todo"
)

type capacityLine struct {
	Name, Code, Href, Open, OpenHref, Hidden, Median, Load, Between string
}

type capacityView struct {
	Title, Lead string
	Crumbs      []ui.Crumb
	Lines       []capacityLine
	Stats       []ui.StatProps
	Ages        []ui.StatProps
	Weeks       []capacityWeekLine
	Waits       []waitsLine
	WaitsNote   string
	HandsHref   string // the work in hand person by person, for who may see it
	Trend       string
}

type capacityWeekLine struct {
	From               time.Time
	Came, Done, More   string
	CameHref, DoneHref string
}

type waitsLine struct {
	Name, Href, Cases, Hidden, Time, Share string
	Used                                   float64
}

func (s *Service) showCapacities(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	list, err := s.Capacities(ctx)
	if err != nil {
		return err
	}
	v := capacityView{Title: lang.T(ctx, "request.capacity.title"), Lead: lang.T(ctx, "request.capacity.lead")}
	for _, c := range list {
		l := capacityLine{Name: c.Unit.Name.In(ctx), Code: c.Unit.Code, Href: "/capacity/" + url.PathEscape(c.Unit.Code), Open: strconv.Itoa(c.Open.N), OpenHref: c.Open.Href(), Hidden: c.Open.hidden(ctx), Median: tenth(c.Median), Load: tenth(c.Load), Between: c.between(ctx)}
		v.Lines = append(v.Lines, l)
	}
	return web.Show(w, r, http.StatusOK, capacitiesPage(v), capacitiesContent(v))
}

func (s *Service) showCapacity(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	c, err := s.Capacity(ctx, r.PathValue("unit"))
	if err != nil {
		return err
	}
	v := capacityView{Title: c.finding(ctx), Lead: lang.T(ctx, "request.capacity.one-lead", "since", lang.Date(ctx, c.Since)),
		Crumbs: []ui.Crumb{{Label: lang.T(ctx, "request.capacity.title"), Href: "/capacity"}, {Label: c.Unit.Name.In(ctx)}}}
	v.Stats = []ui.StatProps{
		{Label: lang.T(ctx, "request.capacity.load"), Value: tenth(c.Load), Unit: lang.T(ctx, "request.capacity.weeks-unit"), Detail: c.between(ctx)},
		c.Open.stat(ctx, "request.capacity.open"),
		{Label: lang.T(ctx, "request.capacity.median"), Value: tenth(c.Median), Detail: lang.T(ctx, "request.capacity.n-weeks", "count", c.N)},
	}
	for i, key := range []string{"request.capacity.age-week", "request.capacity.age-month", "request.capacity.age-older"} {
		v.Ages = append(v.Ages, c.Ages[i].stat(ctx, key))
	}
	v.Trend = lang.T(ctx, "request.capacity.trend-"+c.Trend, "came", c.Came, "done", c.Done, "count", c.N)
	for _, w := range c.Weeks {
		v.Weeks = append(v.Weeks, capacityWeekLine{From: w.From, Came: strconv.FormatInt(w.Came, 10), Done: strconv.FormatInt(w.Done, 10), More: signed(w.Came - w.Done), CameHref: pageOf(w.came), DoneHref: pageOf(w.done)})
	}
	if _, no := s.mayLoad(ctx, "request.load", c.Unit.Code); no == nil {
		v.HandsHref = "/queue/load?" + url.Values{"unit": {c.Unit.Code}}.Encode()
	}
	v.Waits = waitLines(ctx, c.Waits)
	v.WaitsNote = lang.T(ctx, "request.capacity.waits-note", "count", c.Opened)
	return web.Show(w, r, http.StatusOK, capacityPage(v), capacityContent(v))
}

func waitLines(ctx context.Context, list []Upstream) []waitsLine {
	var out []waitsLine
	for _, u := range list {
		l := waitsLine{Name: u.Unit.Name.In(ctx), Href: u.Cases.Href(), Cases: strconv.Itoa(u.Cases.N), Time: lang.WorkDuration(ctx, int64(u.Time/time.Hour)*3600), Share: lang.Percent(ctx, u.Share, 0), Used: u.Share}
		l.Hidden = u.Cases.hidden(ctx)
		out = append(out, l)
	}
	return out
}

// waitsPanel says on the page of a relation whom its requests wait for, to those who may see its numbers.
func (s *Service) waitsPanel(ctx context.Context, p relation.Pair) (templ.Component, error) {
	if !p.Shown || p.Provider.ID == p.Customer.ID {
		return nil, nil
	}
	list, n, err := s.waitsFor(ctx, p.Provider, p.Customer)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return waitsCard(waitLines(ctx, list[:min(len(list), 5)]), lang.T(ctx, "request.capacity.waits-note", "count", n)), nil
}

// capacityTile is the work in hand of the unit that the reader heads.
func (s *Service) capacityTile(ctx context.Context) ([]todo.Tile, error) {
	u, err := s.Relation.Headed(ctx)
	if err != nil || !actor.From(ctx).In(u.ID, "head") {
		return nil, err
	}
	sc, _, err := s.scopeOf(ctx, Filter{OfferedBy: u.Code, State: InHandWord, Merged: "no"})
	if err != nil {
		return nil, err
	}
	n, err := s.inHandNow(ctx, sc)
	if err != nil {
		return nil, err
	}
	n.query = inHandQuery(u)
	return []todo.Tile{{Code: "in-hand", Label: lang.T(ctx, "request.capacity.open"), N: n.N - n.Hidden, Hidden: n.Hidden, Href: n.Href(), API: n.API()}}, nil
}

// finding is what the numbers come to, in a sentence.
func (c Capacity) finding(ctx context.Context) string {
	unit := c.Unit.Name.In(ctx)
	switch {
	case !c.tells() && math.IsNaN(c.Median):
		return lang.T(ctx, "request.capacity.found-few", "unit", unit, "open", c.Open.N, "count", c.N)
	case !c.tells():
		return lang.T(ctx, "request.capacity.found-nothing", "unit", unit, "open", c.Open.N)
	}
	return lang.T(ctx, "request.capacity.found", "unit", unit, "weeks", tenth(c.Load))
}

// between is the interval of the weeks of work.
func (c Capacity) between(ctx context.Context) string {
	switch {
	case !c.tells():
		return lang.T(ctx, "request.capacity.cannot-tell", "count", c.N)
	case math.IsInf(c.High, 1):
		return lang.T(ctx, "request.capacity.at-least", "low", tenth(c.Low), "count", c.N)
	}
	return lang.T(ctx, "request.capacity.between", "low", tenth(c.Low), "high", tenth(c.High), "count", c.N)
}

func (c Counted) stat(ctx context.Context, key string) ui.StatProps {
	p := ui.StatProps{Label: lang.T(ctx, key), Value: lang.Number(ctx, c.N), Href: c.Href()}
	p.Detail = c.hidden(ctx)
	return p
}

// hidden says how many of the number its list leaves out; "" where it leaves out nothing.
func (c Counted) hidden(ctx context.Context) string {
	if c.Hidden == 0 {
		return ""
	}
	return lang.T(ctx, "request.capacity.hidden", "count", c.Hidden)
}

// tenth is a number with one decimal; a dash for what cannot be told.
func tenth(x float64) string {
	if math.IsNaN(x) {
		return "–"
	}
	return strconv.FormatFloat(x, 'f', 1, 64)
}

func signed(n int64) string {
	if n > 0 {
		return "+" + strconv.FormatInt(n, 10)
	}
	return strconv.FormatInt(n, 10)
}
