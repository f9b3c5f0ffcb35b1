package repeat

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"

	"neike/internal/calendar"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// Routes are the pages of the room.
func (s *Service) Routes() []web.Route {
	return []web.Route{
		{Pattern: "GET /repeats", Action: "repeat.list", Do: s.showList},
		{Pattern: "GET /repeats/new", Action: "repeat.keep", Do: s.showNew},
		{Pattern: "POST /repeats", Action: "repeat.keep", Do: s.submitNew},
		{Pattern: "GET /repeats/expected", Action: "repeat.forecast", Do: s.showExpected},
		{Pattern: "GET /repeats/{number}", Action: "repeat.list", Do: s.showOne},
		{Pattern: "GET /repeats/{number}/edit", Action: "repeat.keep", Do: s.showEdit},
		{Pattern: "POST /repeats/{number}/edit", Action: "repeat.keep", Do: s.submitEdit},
		{Pattern: "POST /repeats/{number}/state", Action: "repeat.keep", Do: s.submitState},
		{Pattern: "POST /repeats/{number}/date", Action: "repeat.keep", Do: s.submitDate},
		{Pattern: "GET /repeats/{number}/dates/{slot}", Action: "repeat.keep", Do: s.showDate},
		{Pattern: "POST /repeats/{number}/dates/{slot}", Action: "repeat.keep", Do: s.submitOneDate},
		{Pattern: "POST /repeats/{number}/ask", Action: "repeat.list", Do: s.submitAsk},
	}
}

// listView is what somebody asks again and again.
type listView struct {
	Tabs  []ui.TabProps
	Rows  []listRow
	Empty ui.EmptyProps
}

type listRow struct {
	Ref, Title, Href, Note, Words, Next string
	State                               ui.TagProps
	AskAt, Once                         string // a saved one: where one click asks it
}

func (s *Service) showList(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	unit := r.URL.Query().Get("view") == "unit"
	list, err := s.Mine(ctx, unit)
	if err != nil {
		return err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	v := listView{Tabs: []ui.TabProps{{Text: lang.T(ctx, "repeat.list.mine"), Href: "/repeats", On: !unit}, {Text: lang.T(ctx, "repeat.list.unit"), Href: "/repeats?view=unit", On: unit}},
		Empty: ui.EmptyProps{Icon: "refresh", Level: 2, Title: lang.T(ctx, "repeat.list.empty"), Text: lang.T(ctx, "repeat.list.empty-hint"),
			Actions: ui.Button(ui.ButtonProps{Text: lang.T(ctx, "repeat.new"), Href: "/repeats/new", Kind: "primary", Small: true})}}
	for _, t := range list {
		title, err := s.Heading(ctx, t)
		if err != nil {
			return err
		}
		row := listRow{Ref: t.Ref(), Title: title, Href: link(t.Number), Words: t.words(ctx), State: stateTag(ctx, t.State)}
		if x, ok := snap.ByID(t.Service); ok {
			row.Note = t.Ref() + " · " + x.Name.In(ctx)
		}
		if t.State == Active {
			table, err := s.Calendar.TableFor(ctx, t.Unit)
			if err != nil {
				return err
			}
			if next := t.after(table, t.Through, 1); len(next) > 0 {
				row.Next = lang.Short(ctx, next[0].At)
			}
		}
		if t.State == Saved {
			row.AskAt, row.Once = link(t.Number)+"/ask", rand.Text()
		}
		v.Rows = append(v.Rows, row)
	}
	return web.Show(w, r, http.StatusOK, listPage(v), nil)
}

// stateTag is a state as lists and pages show it.
func stateTag(ctx context.Context, state string) ui.TagProps {
	tone, icon := "line", "bookmark"
	switch state {
	case Active:
		tone, icon = "accent", "refresh"
	case Paused:
		tone, icon = "line", "player-pause"
	case Stopped:
		tone, icon = "bad", "alert-triangle"
	case Ended:
		tone, icon = "na", "ban"
	}
	return ui.TagProps{Text: lang.T(ctx, "repeat.state."+state), Icon: icon, Tone: tone}
}

// oneView is the page of a template.
type oneView struct {
	Shown
	Heading   string
	Tag       ui.TagProps
	Line      string
	Facts     []ui.Pair
	Wrong     []string
	Dates     []dateLine
	Past      []ui.ListItemProps
	Problem   string
	Once      string
	MayUse    bool
	EditTitle bool
}

// dateLine is one date ahead.
type dateLine struct {
	Slot, Date, Opens, Title, Moved string
	State                           string
	May                             bool
}

func numberOf(r *http.Request) (int64, error) { return ParseRef(r.PathValue("number")) }

func (s *Service) showOne(w http.ResponseWriter, r *http.Request) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	return s.onePage(w, r, number, http.StatusOK, nil)
}

func (s *Service) onePage(w http.ResponseWriter, r *http.Request, number int64, status int, problem error) error {
	ctx := r.Context()
	x, err := s.Template(ctx, number)
	if err != nil {
		return err
	}
	v := oneView{Shown: x, Tag: stateTag(ctx, x.State), Once: rand.Text(), MayUse: x.State != Ended}
	if v.Heading, err = s.Heading(ctx, x.Template); err != nil {
		return err
	}
	if problem != nil {
		v.Problem = ui.ErrorsOf(ctx, problem, nil).Sentence(ctx)
	}
	j, err := s.wire(ctx, x.Template, x.People)
	if err != nil {
		return err
	}
	for _, f := range j.Fault {
		v.Wrong = append(v.Wrong, s.fieldLabel(ctx, x.Template, f.Field)+"："+f.Text)
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	name := ""
	service, ok := snap.ByID(x.Service)
	if ok {
		name = service.Name.In(ctx)
	}
	v.Line = lang.T(ctx, "repeat.line", "service", name, "unit", tree.FullName(ctx, x.Unit), "words", x.words(ctx))
	add := func(key, text string) {
		if text != "" {
			v.Facts = append(v.Facts, ui.Pair{Term: lang.T(ctx, key), Text: text})
		}
	}
	add("repeat.field.service", name)
	add("repeat.field.owner", x.Owner.Display(ctx))
	add("repeat.field.customer_unit", tree.FullName(ctx, x.Unit))
	if x.Repeats() {
		add("repeat.field.schedule", x.words(ctx))
		add("repeat.field.lead", lang.T(ctx, "repeat.lead-words", "count", x.Lead))
		add("repeat.field.catch_up", lang.T(ctx, "repeat.catch-up."+x.CatchUp))
		add("repeat.field.until", dayText(x.Until))
	}
	if ok {
		v.Facts = append(v.Facts, followWords(ctx, service.Form, x.Answers())...)
	}
	for _, c := range x.Coming {
		v.Dates = append(v.Dates, lineOf(ctx, x.Table, c, x.May && x.State != Ended))
	}
	for _, d := range x.Last {
		item := ui.ListItemProps{Icon: "calendar-event", Title: d.Slot, Note: lang.T(ctx, "repeat.date."+d.State)}
		if d.Number != 0 {
			item.Title, item.Href = d.Slot+" · R-"+lang.Number(ctx, d.Number), "/requests/R-"+plainNumber(d.Number)
			item.Title = d.Slot + " · R-" + plainNumber(d.Number)
		}
		v.Past = append(v.Past, item)
	}
	return web.Show(w, r, status, onePage(v), nil)
}

// lineOf is one date ahead in words: what the calendar did to it, and why.
func lineOf(ctx context.Context, table *calendar.Table, c Coming, may bool) dateLine {
	l := dateLine{Slot: c.Slot, Date: lang.Short(ctx, c.At), Opens: lang.Short(ctx, c.Opens), Title: c.Title, State: c.State, May: may}
	if c.Moved() {
		why := lang.T(ctx, "repeat.day-off")
		from := calendar.Moment(c.Planned, "00:00", table.Location())
		if list, err := table.Explain(from, from.AddDate(0, 0, 1)); err == nil {
			for _, day := range table.ByDay(list) {
				if text := day.Name.In(ctx); text != "" {
					why = text
				}
			}
		}
		l.Moved = lang.T(ctx, "repeat.moved", "from", lang.ShortDate(ctx, from), "why", why)
	}
	return l
}

func plainNumber(n int64) string {
	ref := Ref(n)
	return ref[3:]
}

// fieldLabel is what a field of a finding is called.
func (s *Service) fieldLabel(ctx context.Context, t Template, name string) string {
	snap, err := s.Catalog.Snapshot(ctx)
	if err == nil {
		if x, ok := snap.ByID(t.Service); ok {
			for _, f := range x.Form.Fields {
				if name == f.Key || name == "fields."+f.Key {
					return f.Label.In(ctx)
				}
			}
		}
	}
	switch name {
	case "service", "customer_unit", "title", "named", "owner":
		return lang.T(ctx, "repeat.field."+name)
	}
	return name
}

func (s *Service) submitState(w http.ResponseWriter, r *http.Request) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	var in struct {
		To string `form:"to"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	do := map[string]func(context.Context, int64) (Template, error){"pause": s.Pause, "resume": s.Resume, "end": s.End}[in.To]
	if do == nil {
		return fault.ErrNotFound
	}
	t, err := do(ctx, number)
	if fault.KindOf(err) == fault.Conflict && err != nil {
		return s.onePage(w, r, number, http.StatusConflict, err)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "repeat.done."+in.To, "number", t.Ref()), "")
	return web.See(w, r, link(number))
}

func (s *Service) submitDate(w http.ResponseWriter, r *http.Request) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	var in struct {
		Slot string `form:"slot"`
		Do   string `form:"do"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	switch in.Do {
	case "skip", "unskip":
		_, err = s.Skip(ctx, number, in.Slot, in.Do == "skip")
	default:
		return fault.ErrNotFound
	}
	if kind := fault.KindOf(err); err != nil && (kind == fault.Conflict || kind == fault.Invalid) {
		return s.onePage(w, r, number, map[fault.Kind]int{fault.Conflict: http.StatusConflict, fault.Invalid: http.StatusUnprocessableEntity}[kind], err)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "repeat.done."+in.Do, "slot", in.Slot), "")
	return web.See(w, r, link(number)+"#dates")
}

// submitAsk is one click: the template is asked now.
func (s *Service) submitAsk(w http.ResponseWriter, r *http.Request) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	var in struct {
		Once string `form:"once"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	asked, err := s.Ask(ctx, number, in.Once)
	if href, before := filedAt(err); before {
		return web.See(w, r, href)
	}
	if kind := fault.KindOf(err); err != nil && (kind == fault.Invalid || kind == fault.Conflict) {
		return s.onePage(w, r, number, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "repeat.done.ask", "number", asked.Ref()), "")
	return web.See(w, r, "/requests/"+asked.Ref())
}

// expectedView is what a unit is to expect.
type expectedView struct {
	Unit  string
	Past  string // where what was asked so far is listed
	Units []ui.SegmentProps
	Rows  []expectedRow
}

type expectedRow struct {
	Service string
	Weeks   []string
	All     string
}

func (s *Service) showExpected(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	v := expectedView{}
	code := r.URL.Query().Get("unit")
	seen := map[int64]bool{}
	for _, g := range actor.From(ctx).Groups {
		if g.Role != "agent" && g.Role != "head" || seen[g.ID] {
			continue
		}
		seen[g.ID] = true
		u, _ := tree.ByID(g.ID)
		if code == "" {
			code = u.Code
		}
		v.Units = append(v.Units, ui.SegmentProps{Text: u.Name.In(ctx), Href: "/repeats/expected?unit=" + url.QueryEscape(u.Code), On: u.Code == code})
	}
	u, rows, err := s.Forecast(ctx, code)
	if err != nil {
		return err
	}
	v.Unit, v.Past = u.Name.In(ctx), "/requests?state=any&provider="+url.QueryEscape(u.Code)
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	for _, e := range rows {
		x, _ := snap.ByID(e.Service)
		row := expectedRow{Service: x.Name.In(ctx), All: lang.Number(ctx, e.All())}
		for _, n := range e.Weeks {
			row.Weeks = append(row.Weeks, lang.Number(ctx, n))
		}
		v.Rows = append(v.Rows, row)
	}
	return web.Show(w, r, http.StatusOK, expectedPage(v), nil)
}
