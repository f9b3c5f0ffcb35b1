package promise

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// Routes are the pages of the room.
func (s *Service) Routes() []web.Route {
	routes := []web.Route{
		{Pattern: "GET /promises", Action: "promise.list", Do: s.showList},
		{Pattern: "GET /promises/export", Action: "promise.list", Do: s.showExport},
		{Pattern: "GET /promises/new", Action: "promise.make", Do: s.showNew},
		{Pattern: "POST /promises", Action: "promise.make", Do: s.submitNew},
		{Pattern: "GET /promises/{number}", Action: "promise.see", Do: s.showOne},
		{Pattern: "GET /promises/{number}/{verb}", Action: "promise.see", Do: s.showVerb},
	}
	for _, v := range Verbs {
		routes = append(routes, web.Route{Pattern: "POST /promises/{number}/" + string(v), Action: action(v), Do: s.submitVerb(v)})
	}
	return routes
}

// action is the row of access/table for a verb.
func action(v Verb) string {
	if ways[v].side == GiverSide {
		return "promise.answer-for"
	}
	return "promise.judge"
}

// asking is what the address of a list says.
type asking struct {
	View      string `form:"view"`
	State     string `form:"state"`
	Giver     string `form:"giver_unit"`
	Receiver  string `form:"receiver_unit"`
	About     string `form:"about"`
	Q         string `form:"q"`
	DueFrom   string `form:"due_from"`
	DueBefore string `form:"due_before"`
	Cursor    string `form:"cursor"`
}

func (a asking) filter() (Filter, error) {
	if a.View == "all" {
		a.View = ""
	}
	return promisesInput{Paging: web.Paging{Cursor: a.Cursor}, View: a.View, State: a.State, Giver: a.Giver, Receiver: a.Receiver, About: a.About, Q: a.Q,
		DueFrom: a.DueFrom, DueBefore: a.DueBefore}.filter()
}

func (a asking) href(path string, changes ...string) string {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		} else {
			q.Del(name)
		}
	}
	for name, value := range map[string]string{"view": a.View, "state": a.State, "giver_unit": a.Giver, "receiver_unit": a.Receiver, "about": a.About, "q": a.Q,
		"due_from": a.DueFrom, "due_before": a.DueBefore} {
		set(name, value)
	}
	for i := 0; i+1 < len(changes); i += 2 {
		set(changes[i], changes[i+1])
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// listView is a list of promises.
type listView struct {
	Tabs    []ui.TabProps
	Filter  ui.FilterProps
	Rows    []row
	Pager   ui.PagerProps
	File    string
	Empty   ui.EmptyProps
	Problem string
	Self    string
	Live    []string
}

// row is a promise as the table shows it.
type row struct {
	Ref, Title, Href, Note string
	From, To               string
	Due, DueTitle, DueTone string
	State                  ui.TagProps
}

// showList is what one has promised, what one was promised, and what people of one's units did.
func (s *Service) showList(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in asking
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	sc, tree, err := s.eyeOf(ctx)
	if err != nil {
		return err
	}
	if in.View == "" {
		in.View = ViewGiven
	}
	if in.State == "" {
		in.State = "open"
	}
	v := listView{Self: in.href("/promises", "cursor", in.Cursor), File: in.href("/promises/export"), Live: []string{topicOfPerson(sc.person)}}
	var page web.Page[Line]
	f, err := in.filter()
	if err == nil {
		page, err = s.List(ctx, f)
	}
	if fault.KindOf(err) == fault.Invalid {
		v.Problem, err = ui.ErrorsOf(ctx, err, nil).Sentence(ctx), nil
	}
	if err != nil {
		return err
	}
	views := []string{ViewGiven, ViewReceived}
	if len(sc.serves) > 0 {
		views = append(views, ViewUnit)
	}
	for _, view := range append(views, "all") {
		v.Tabs = append(v.Tabs, ui.TabProps{Text: lang.T(ctx, "promise.list."+view), Href: asking{View: view}.href("/promises"), On: in.View == view})
	}
	for _, l := range page.Items {
		v.Rows = append(v.Rows, s.rowOf(ctx, tree, l))
	}
	if page.NextCursor != "" {
		v.Pager.NextHref = in.href("/promises", "cursor", page.NextCursor)
	}
	if in.Cursor != "" {
		v.Pager.PrevHref = in.href("/promises")
	}
	v.Filter = s.filterBar(ctx, in, tree)
	v.Empty = ui.EmptyProps{Icon: "heart-handshake", Level: 2, Title: lang.T(ctx, "promise.list.empty"), Text: lang.T(ctx, "promise.list.empty-hint")}
	if in.href("") != (asking{View: in.View, State: "open"}).href("") {
		v.Empty = ui.EmptyProps{Icon: "filter-off", Level: 2, Title: lang.T(ctx, "promise.list.narrow"),
			Actions: ui.Button(ui.ButtonProps{Text: lang.T(ctx, "promise.list.clear"), Href: asking{View: in.View, State: "any"}.href("/promises"), Small: true})}
	}
	return web.Show(w, r, http.StatusOK, listPage(v), listContent(v))
}

func (s *Service) rowOf(ctx context.Context, tree *org.Tree, l Line) row {
	now := s.db.Now()
	v := row{Ref: l.Ref(), Title: l.What, Href: link(l.Number), Note: l.Ref(), State: l.tag(ctx, now), From: l.From.Display(ctx), To: l.receiver(ctx, tree),
		Due: dueWords(ctx, l.Due, l.WholeDay), DueTitle: lang.DateTime(ctx, l.Due)}
	if l.Place.Ref != "" {
		v.Note += " · " + l.Place.Ref
	}
	if l.Moves > 0 {
		v.Note += " · " + lang.T(ctx, "promise.moved", "count", l.Moves)
	}
	switch left := l.Due.Sub(now); {
	case !l.State.Open():
	case left < 0:
		v.DueTone = "bad"
	case left < 24*time.Hour:
		v.DueTone = "warn"
	}
	return v
}

func (s *Service) filterBar(ctx context.Context, in asking, tree *org.Tree) ui.FilterProps {
	p := ui.FilterProps{Action: "/promises", Target: "list", Hidden: map[string]string{"view": in.View}, Clear: asking{View: in.View}.href("/promises"),
		Search: &ui.FilterSearch{Name: "q", Label: lang.T(ctx, "promise.filter.q"), Value: in.Q}}
	choose := func(name, value string, options []ui.Option) {
		f := ui.Filter{Name: name, Label: lang.T(ctx, "promise.filter."+name), Options: options}
		for i := range f.Options {
			f.Options[i].Selected = f.Options[i].Value == value
			f.On = f.On || f.Options[i].Selected && i > 0
		}
		p.Filters = append(p.Filters, f)
	}
	states := []ui.Option{{Value: "open", Text: lang.T(ctx, "promise.list.open")}, {Value: "overdue", Text: lang.T(ctx, "promise.state.overdue")}, {Value: "any", Text: lang.T(ctx, "promise.list.any")}}
	for _, st := range States[1:] {
		states = append(states, ui.Option{Value: string(st), Text: lang.T(ctx, "promise.state."+string(st))})
	}
	choose("state", in.State, states)
	if in.View != ViewGiven {
		choose("giver_unit", in.Giver, s.unitChoices(ctx, tree, in.Giver))
	}
	if in.View != ViewReceived {
		choose("receiver_unit", in.Receiver, s.unitChoices(ctx, tree, in.Receiver))
	}
	for name, value := range map[string]string{"about": in.About, "due_from": in.DueFrom, "due_before": in.DueBefore} {
		if value != "" {
			p.Hidden[name] = value
		}
	}
	return p
}

// unitsOffered is how many units a select offers.
const unitsOffered = 100

func (s *Service) unitChoices(ctx context.Context, tree *org.Tree, chosen string) []ui.Option {
	out := []ui.Option{{Text: lang.T(ctx, "promise.filter.any")}}
	known := chosen == ""
	for _, u := range tree.Upper(s.db.Now(), unitsOffered) {
		known = known || u.Code == chosen
		out = append(out, ui.Option{Value: u.Code, Text: u.Label(ctx)})
	}
	if u, ok := tree.ByCode(chosen); !known && ok {
		out = append(out, ui.Option{Value: u.Code, Text: u.Label(ctx)})
	}
	return out
}

func numberOf(r *http.Request) (int64, error) { return ParseRef(r.PathValue("number")) }

// labels are the names of the fields in the summary of errors.
func labels(ctx context.Context) map[string]string {
	out := map[string]string{}
	for _, name := range []string{"what", "due", "receiver", "unit", "about", "reason"} {
		out[name] = lang.T(ctx, "promise.field."+name)
	}
	return out
}

// newView is the form of a new promise.
type newView struct {
	In      newForm
	To      []ui.Option // the receiver chosen
	Unit    []ui.Option
	Place   string // what it is about
	Errors  ui.Errors
	AskDay  bool   // the day is one on which the giver's unit does not work
	MinDate string // today
}

// newForm is what was typed.
type newForm struct {
	What     string `form:"what"`
	Receiver string `form:"receiver"`
	Unit     string `form:"unit"`
	Date     string `form:"due"`
	Clock    string `form:"time"`
	About    string `form:"about"`
	Message  string `form:"message"`
	Anyway   bool   `form:"anyway"` // a day off is meant
}

// due is the day, or the moment when a time was given.
func (f newForm) due() string {
	if f.Clock == "" || f.Date == "" {
		return f.Date
	}
	return f.Date + "T" + f.Clock
}

func (f newForm) word() Word {
	message, err := strconv.ParseInt(f.Message, 10, 64)
	if err != nil {
		message = 0
	}
	return Word{Receiver: f.Receiver, Unit: f.Unit, What: f.What, Due: f.due(), About: f.About, Message: message, Workday: !f.Anyway}
}

// showNew is the form, with what the address knows already: the record, the words of its message, whom it is promised.
func (s *Service) showNew(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	in := newForm{About: q.Get("about"), Message: q.Get("message"), Unit: q.Get("unit"), Receiver: q.Get("receiver"), What: q.Get("what")}
	if in.About != "" {
		o, words, err := s.suggested(ctx, in.About, in.word().Message)
		if err != nil {
			return err
		}
		if in.What == "" {
			in.What = words
		}
		if in.Receiver == "" && in.Unit == "" && o.Person != 0 {
			p, err := s.Org.Person(ctx, o.Person)
			if err != nil {
				return err
			}
			in.Receiver = p.No
		} else if in.Receiver == "" && in.Unit == "" && o.Unit != 0 {
			tree, err := s.Org.Tree(ctx)
			if err != nil {
				return err
			}
			u, _ := tree.ByID(o.Unit)
			in.Unit = u.Code
		}
	}
	return s.newPage(w, r, http.StatusOK, in, nil)
}

func (s *Service) newPage(w http.ResponseWriter, r *http.Request, status int, in newForm, problem error) error {
	ctx := r.Context()
	v := newView{In: in, Errors: ui.ErrorsOf(ctx, problem, labels(ctx)), MinDate: lang.Now(ctx).In(lang.Zone(ctx)).Format(time.DateOnly)}
	if f, ok := fault.As(problem); ok {
		for _, x := range f.Fields {
			v.AskDay = v.AskDay || x.Key == "promise.day-off"
		}
	}
	if in.Receiver != "" {
		if p, err := s.Org.PersonByNo(ctx, in.Receiver); err == nil {
			v.To = []ui.Option{{Value: in.Receiver, Text: p.Display(ctx), Selected: true}}
		}
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	if u, ok := tree.ByCode(in.Unit); ok {
		v.Unit = []ui.Option{{Value: u.Code, Text: u.Label(ctx), Selected: true}}
	}
	if in.About != "" {
		if o, _, err := s.suggested(ctx, in.About, 0); err == nil {
			v.Place = o.Ref + " " + o.Title
		}
	}
	return web.Show(w, r, status, newPage(v), nil)
}

func (s *Service) submitNew(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in newForm
	err := web.Decode(r, &in)
	if err == nil {
		var p Promise
		if p, err = s.Make(ctx, in.word()); err == nil {
			web.Toast(w, r, lang.T(ctx, "promise.made", "number", p.Ref()), "")
			return web.See(w, r, link(p.Number))
		}
	}
	if fault.KindOf(err) == fault.Invalid {
		return s.newPage(w, r, http.StatusUnprocessableEntity, in, err)
	}
	return err
}
