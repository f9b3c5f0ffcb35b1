package todo

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/a-h/templ"

	"neike/internal/calendar"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/once"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// homeRows is how many lines of what I owe the home page shows before it leads to the whole list.
const homeRows = 12

// homeServed is how many of those lines are kept for what one gets from others.
const homeServed = 3

// Routes are the pages of the room.
func (s *Service) Routes() []web.Route {
	return []web.Route{
		{Pattern: "GET /{$}", Action: "todo.see", Do: s.showHome},
		{Pattern: "GET /todos", Action: "todo.see", Do: s.showTodos},
	}
}

// line is a todo as the page shows it.
type line struct {
	Icon, Title, Href, Note string
	Serving                 bool
	Due, Left, Tone         string
	Verb                    string
	Unclaimed               bool
	Behalf                  string // in whose place
}

type homeView struct {
	Day           string // "2026年10月9日 周五 · 明天（周六）因国庆节调休上班"
	Side          string
	Unit          string // code of the unit that was chosen; "": the first
	Counts        Counts
	Lines         []line
	More          bool
	Unclaimed     []line
	MoreUnclaimed bool
	Behalf        []line // of those the reader stands in for
	MoreBehalf    bool
	BehalfNames   string
	Waiting       []templ.Component
	Doing         []templ.Component
	Leading       []templ.Component
}

func (s *Service) showHome(w http.ResponseWriter, r *http.Request) error {
	side := sideOf(r)
	ctx := asking(once.With(r.Context()), asked{r.URL.Query().Get("unit"), side})
	headed, err := s.HeadedUnits(ctx)
	if err != nil {
		return err
	}
	unit, err := s.HomeUnit(ctx)
	if err != nil {
		return err
	}
	mine, err := s.Mine(ctx, Filter{Side: side, Holder: "person", Limit: homeRows})
	if err != nil {
		return err
	}
	if side == "" && mine.NextCursor != "" { // what others do for me waits for me too, and has seldom a due time
		served, err := s.Mine(ctx, Filter{Side: Served, Holder: "person", Limit: homeServed})
		if err != nil {
			return err
		}
		mine.Items = bothSides(mine.Items, served.Items)
	}
	units, err := s.Mine(ctx, Filter{Side: side, Holder: "unit", Limit: homeRows / 2})
	if err != nil {
		return err
	}
	counts, err := s.Count(ctx)
	if err != nil {
		return err
	}
	waiting, err := s.render(ctx, Waiting)
	if err != nil {
		return err
	}
	leading, err := s.render(ctx, Leading)
	if err != nil {
		return err
	}
	doing, err := s.render(ctx, Doing)
	if err != nil {
		return err
	}
	now, table := s.db.Now(), s.tableFor(ctx)
	behalf, err := s.Mine(ctx, Filter{Side: side, Holder: "deputy", Limit: homeRows})
	if err != nil {
		return err
	}
	v := homeView{Day: dayLine(ctx, now, table), Side: side, Unit: unitKept(r, headed, unit), Counts: counts, Leading: leading, Waiting: waiting, Doing: doing,
		Lines: s.lines(ctx, mine.Items, now, table), More: mine.NextCursor != "",
		Unclaimed: s.lines(ctx, units.Items, now, table), MoreUnclaimed: units.NextCursor != "",
		Behalf: s.lines(ctx, behalf.Items, now, table), MoreBehalf: behalf.NextCursor != ""}
	for _, p := range s.absent(ctx) {
		v.BehalfNames = joined(ctx, v.BehalfNames, p.Name)
	}
	return web.Show(w, r, http.StatusOK, homePage(v), homeContent(v))
}

type listView struct {
	Side, Holder string
	For          string      // 工号
	Absent       []absentOne // in whose place the reader is
	Counts       Counts
	Lines        []line
	Next         string
	First        bool
}

func (s *Service) showTodos(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	q := r.URL.Query()
	f := Filter{Side: sideOf(r), Holder: q.Get("holder"), For: q.Get("for"), Cursor: q.Get("cursor")}
	if f.Holder != "person" && f.Holder != "unit" && f.Holder != "deputy" {
		f.Holder = ""
	}
	page, err := s.Mine(ctx, f)
	if f.For != "" && fault.KindOf(err) == fault.Invalid { // no longer: the absence is over
		f.For = ""
		page, err = s.Mine(ctx, f)
	}
	if err != nil {
		return err
	}
	counts, err := s.Count(ctx)
	if err != nil {
		return err
	}
	v := listView{Side: f.Side, Holder: f.Holder, For: f.For, Absent: s.absent(ctx), Counts: counts, First: f.Cursor == "",
		Lines: s.lines(ctx, page.Items, s.db.Now(), s.tableFor(ctx))}
	if page.NextCursor != "" {
		v.Next = listHref(f.Side, f.Holder, f.For, page.NextCursor)
	}
	return web.Show(w, r, http.StatusOK, listPage(v), listContent(v))
}

func sideOf(r *http.Request) string {
	if side := r.URL.Query().Get("side"); side == Serving || side == Served {
		return side
	}
	return ""
}

// unitKept is the unit in the address, where it is one of the reader's.
func unitKept(r *http.Request, headed []org.Unit, unit org.Unit) string {
	if len(headed) > 1 && r.URL.Query().Get("unit") == unit.Code {
		return unit.Code
	}
	return ""
}

func homeHref(side, unit string) string {
	q := url.Values{}
	if side != "" {
		q.Set("side", side)
	}
	if unit != "" {
		q.Set("unit", unit)
	}
	if len(q) == 0 {
		return "/"
	}
	return "/?" + q.Encode()
}

func listHref(side, holder, behalf, cursor string) string {
	q := url.Values{}
	for name, value := range map[string]string{"side": side, "holder": holder, "for": behalf, "cursor": cursor} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return "/todos"
	}
	return "/todos?" + q.Encode()
}

// tableFor is the working time of the actor's unit; nil when there is no calendar for the moment: then no working time
// is shown rather than a wrong one.
func (s *Service) tableFor(ctx context.Context) *calendar.Table {
	if s.calendars == nil {
		return nil
	}
	code, err := s.calendars.CodeFor(ctx, actor.From(ctx).Unit)
	if err != nil {
		return nil
	}
	table, err := s.calendars.Table(ctx, code)
	if err != nil {
		return nil
	}
	return table
}

func (s *Service) lines(ctx context.Context, entries []Entry, now time.Time, table *calendar.Table) []line {
	out := make([]line, len(entries))
	for i, e := range entries {
		verb := s.Verb(e.Verb)
		l := line{Icon: verb.Icon, Title: e.Title, Href: e.Link, Serving: e.Serving, Verb: lang.T(ctx, verb.Label), Unclaimed: e.Unclaimed(), Behalf: e.BehalfName}
		l.Note = noteOf(ctx, e)
		l.Due, l.Left, l.Tone = dueOfEntry(ctx, e, now, table)
		out[i] = l
	}
	return out
}

// noteOf is the small line: the reference, the unit on the other side, the person; for what a unit holds, the unit.
func noteOf(ctx context.Context, e Entry) string {
	note := e.Ref
	add := func(part string) {
		switch {
		case part == "":
		case note == "":
			note = part
		default:
			note += " · " + part
		}
	}
	add(e.UnitName.In(ctx))
	add(org.Person{Name: e.ForName, OnLeave: e.ForAway && e.ForName != ""}.Display(ctx))
	if e.Unclaimed() && !e.HolderName.Empty() {
		add(lang.T(ctx, "todo.held-by", "unit", e.HolderName.In(ctx)))
	}
	return note
}

// dueOfEntry says when it is due and what working time is left, or how late it is.
func dueOfEntry(ctx context.Context, e Entry, now time.Time, table *calendar.Table) (due, left, tone string) {
	if !e.Until.IsZero() {
		return lang.T(ctx, "todo.until", "when", lang.At(ctx, e.Until)), lang.T(ctx, "todo.since", "when", lang.At(ctx, e.Since)), ""
	}
	if e.Due.IsZero() {
		due, left = "todo.no-due", "todo.since"
		if !e.Serving {
			left = "todo.since-waiting"
		}
		if e.Verb == "answer" { // who is asked stops the clock
			due = "todo.paused"
		}
		return lang.T(ctx, due), lang.T(ctx, left, "when", lang.At(ctx, e.Since)), ""
	}
	due = lang.T(ctx, "todo.due", "when", lang.At(ctx, e.Due))
	if table != nil && e.Due.After(now) && table.Provisional(now, e.Due) {
		due = lang.T(ctx, "todo.due-expected", "when", lang.At(ctx, e.Due))
	}
	var worked time.Duration
	counted := false
	if table != nil {
		from, to := now, e.Due
		if now.After(e.Due) {
			from, to = e.Due, now
		}
		var err error
		worked, err = table.Elapsed(from, to)
		counted = err == nil
	}
	tone = urgency(e.Due, now, worked, lang.Zone(ctx))
	if !counted {
		return due, "", tone
	}
	amount := lang.WorkDuration(ctx, int64(worked/time.Second))
	if tone == "late" {
		return due, lang.T(ctx, "todo.over", "amount", amount), tone
	}
	return due, lang.T(ctx, "todo.left", "amount", amount), tone
}

// dayLine is today's date, and what is special about today or tomorrow: a holiday, a make-up workday.
func dayLine(ctx context.Context, now time.Time, table *calendar.Table) string {
	text := lang.Date(ctx, now)
	if table == nil {
		return text
	}
	zone := table.Location()
	y, m, d := now.In(zone).Date()
	for i, key := range []string{"todo.day-today", "todo.day-tomorrow"} {
		from := time.Date(y, m, d+i, 0, 0, 0, 0, zone)
		list, err := table.Explain(from, time.Date(y, m, d+i+1, 0, 0, 0, 0, zone))
		if err != nil {
			return text
		}
		for _, day := range table.ByDay(list) {
			if day.Date == calendar.DateOf(from) && day.Name.Key != "" {
				return text + " · " + lang.T(ctx, key, "what", day.Name.In(ctx))
			}
		}
	}
	return text
}

func statusOf(l line) ui.StatusProps {
	switch l.Tone {
	case "late":
		return ui.StatusProps{Text: l.Due, Tone: "bad", Icon: "alert-triangle"}
	case "soon":
		return ui.StatusProps{Text: l.Due, Tone: "warn", Icon: "clock-exclamation"}
	}
	return ui.StatusProps{Text: l.Due}
}

// shown is how many the card speaks of: those of the side chosen.
func shown(v homeView) int {
	switch v.Side {
	case Serving:
		return v.Counts.Serving
	case Served:
		return v.Counts.Served
	}
	return v.Counts.All()
}

// prevHref leads back to the beginning: a keyset knows no page before.
func prevHref(v listView) string {
	if v.First {
		return ""
	}
	return listHref(v.Side, v.Holder, v.For, "")
}
