package directory

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/kit/xlsx"
	"neike/internal/org"
)

// shownRows is how many items a page of a run shows; shownAsks how many departments it asks about at once.
const (
	shownRows = 100
	shownAsks = 200
)

// runView is a run with what it would do, does or did.
type runView struct {
	Run
	Name   string // of the connection
	Kind   string
	Show   string
	Items  []Item
	Next   string
	Asked  []askLine
	Log    []Entry
	Sync   bool // the reader may apply
	Errors ui.Errors
}

// askLine is a department that nobody has placed.
type askLine struct {
	Item
	Unit   []ui.Option
	Choice string
}

// shows are the parts of a run that can be looked at, with what they ask for.
var shows = []struct {
	key    string
	filter ItemFilter
	count  func(Run) int // negative: not counted
}{
	{"", ItemFilter{}, func(Run) int { return -1 }},
	{"units", ItemFilter{Sort: "unit"}, func(r Run) int { return r.Planned.UnitsNew + r.Planned.UnitsChanged + r.Asks }},
	{"people-new", ItemFilter{Sort: "person", Plan: "create"}, func(r Run) int { return r.Planned.PeopleNew }},
	{"people-changed", ItemFilter{Sort: "person", Plan: "update"}, func(r Run) int { return r.Planned.PeopleChanged }},
	{"people-stopped", ItemFilter{Sort: "stop", Plan: "stop"}, func(r Run) int { return r.Planned.PeopleStopped }},
	{"linked", ItemFilter{Plan: "link"}, func(r Run) int { return r.Planned.Linked - r.Planned.PeopleNew }},
	{"closed", ItemFilter{Sort: "close", Plan: "close"}, func(r Run) int { return r.Planned.UnitsClosed }},
	{"waiting", ItemFilter{Plan: "waits"}, func(r Run) int { return r.Planned.Waiting }},
	{"conflicts", ItemFilter{Plan: "conflict"}, func(r Run) int { return r.Planned.Conflicts }},
	{"kept", ItemFilter{Plan: "kept"}, func(r Run) int { return r.Planned.Kept }},
	{"failed", ItemFilter{State: Failed}, func(r Run) int { return r.Applied.Failed }},
}

func filterOf(show string) ItemFilter {
	for _, s := range shows {
		if s.key == show {
			return s.filter
		}
	}
	return ItemFilter{}
}

func (s *Service) showRun(w http.ResponseWriter, r *http.Request) error {
	id, err := idIn(r, "run")
	if err != nil {
		return err
	}
	return s.sendRun(w, r, http.StatusOK, id, ui.Errors{})
}

func (s *Service) sendRun(w http.ResponseWriter, r *http.Request, status int, id ID, errs ui.Errors) error {
	ctx := r.Context()
	v := runView{Show: r.URL.Query().Get("show"), Sync: mayChange(ctx), Errors: errs}
	var err error
	if v.Run, err = s.Run(ctx, id); err != nil {
		return err
	}
	c, err := s.Connection(ctx, v.Connection)
	if err != nil {
		return err
	}
	v.Name, v.Kind = c.Name.In(ctx), c.Kind
	if v.State != Reading && v.State != Planning {
		f := filterOf(v.Show)
		f.Cursor, _ = strconv.Atoi(r.URL.Query().Get("cursor"))
		f.Limit = shownRows
		next := 0
		if v.Items, next, err = s.Items(ctx, id, f); err != nil {
			return err
		}
		if next > 0 {
			v.Next = queryOf(pathOfRun(id), "show", v.Show, "cursor", number(next))
		}
	}
	if v.State == Planned && v.Asks > 0 {
		if v.Asked, err = s.asked(ctx, id, r.PostForm); err != nil {
			return err
		}
	}
	if v.Log, err = s.Log(ctx, id, 50); err != nil {
		return err
	}
	return web.Show(w, r, status, runPage(v), runContent(v))
}

func (s *Service) asked(ctx context.Context, run ID, typed url.Values) ([]askLine, error) {
	items, _, err := s.Items(ctx, run, ItemFilter{Plan: "ask", Limit: shownAsks})
	if err != nil {
		return nil, err
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]askLine, len(items))
	for n, i := range items {
		out[n] = askLine{Item: i, Choice: typed.Get("choice." + i.Department)}
		if u, ok := tree.ByCode(cmp.Or(typed.Get("unit."+i.Department), i.Suggest)); ok {
			out[n].Unit = []ui.Option{{Value: u.Code, Text: u.Name.In(ctx), Selected: true}}
		}
	}
	return out, nil
}

func (s *Service) submitApply(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := idIn(r, "run")
	if err != nil {
		return err
	}
	var form struct {
		Without bool `form:"without"`
		Confirm int  `form:"confirm"`
	}
	err = web.Decode(r, &form)
	if err == nil {
		err = s.Apply(ctx, id, !form.Without, form.Confirm)
	}
	if fault.KindOf(err) == fault.Invalid {
		return s.sendRun(w, r, http.StatusUnprocessableEntity, id, ui.ErrorsOf(ctx, err, map[string]string{"confirm": lang.T(ctx, "directory.confirm")}))
	}
	if err != nil {
		return err
	}
	return web.See(w, r, pathOfRun(id))
}

func (s *Service) submitPlace(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := idIn(r, "run")
	if err != nil {
		return err
	}
	var form struct {
		Unit   map[string][]string `form:"unit"`
		Choice map[string][]string `form:"choice"`
		All    string              `form:"all"`
	}
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	choices := map[string]string{}
	for department, list := range form.Choice {
		if choice := cmp.Or(list[0], form.All); choice != "" {
			choices[department] = choice
		}
	}
	for department, list := range form.Unit {
		if code := list[0]; code != "" {
			choices[department] = "unit:" + code
		}
	}
	if form.All == placeCreate { // also those that the page has no room for
		items, _, err := s.Items(ctx, id, ItemFilter{Plan: "ask"})
		if err != nil {
			return err
		}
		for _, i := range items {
			choices[i.Department] = cmp.Or(choices[i.Department], placeCreate)
		}
	}
	if err = s.Place(ctx, id, choices); fault.KindOf(err) == fault.Invalid {
		return s.sendRun(w, r, http.StatusUnprocessableEntity, id, ui.ErrorsOf(ctx, err, nil))
	}
	if err != nil {
		return err
	}
	return web.See(w, r, pathOfRun(id))
}

func (s *Service) submitDrop(w http.ResponseWriter, r *http.Request) error {
	id, err := idIn(r, "run")
	if err != nil {
		return err
	}
	if err := s.Drop(r.Context(), id); err != nil {
		return err
	}
	return web.See(w, r, pathOfRun(id))
}

// showRunFile gives the items of a run as a table.
func (s *Service) showRunFile(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := idIn(r, "run")
	if err != nil {
		return err
	}
	if _, err := s.Run(ctx, id); err != nil {
		return err
	}
	table, err := xlsx.Send(w, r.URL.Query().Get("format"), lang.T(ctx, "directory.file", "id", strconv.FormatInt(id, 10)))
	if err != nil {
		return err
	}
	if err := table.Heading(ctx, "directory.", []string{"item-what", "item-plan", "item-changes", "item-why", "item-state", "item-account"}); err != nil {
		return err
	}
	filter := filterOf(r.URL.Query().Get("show"))
	filter.Limit = 500
	for more := true; more; {
		items, next, err := s.Items(ctx, id, filter)
		if err != nil {
			return err
		}
		for _, i := range items {
			if err := table.Row(i.Label, planOf(ctx, i).Text, changeWords(ctx, i), whyWords(ctx, i), itemState(ctx, i), i.Subject); err != nil {
				return err
			}
		}
		filter.Cursor, more = next, next > 0
	}
	return table.Close()
}

// planOf is what an item does, as a word with its shape.
func planOf(ctx context.Context, i Item) ui.StatusProps {
	out := ui.StatusProps{Text: lang.T(ctx, "directory.plan-"+i.Plan)}
	switch i.Plan {
	case "create":
		out.Tone, out.Icon = "good", "plus"
	case "update":
		out.Icon = "pencil"
	case "link":
		out.Icon = "link"
	case "stop", "close":
		out.Tone, out.Icon = "warn", "minus"
	case "ask", "waits":
		out.Tone, out.Icon = "warn", "clock"
	case "conflict":
		out.Tone, out.Icon = "bad", "alert-triangle"
	case "kept":
		out.Tone, out.Icon = "na", "minus"
	}
	if i.State == Failed {
		out.Tone, out.Icon, out.Text = "bad", "alert-triangle", lang.T(ctx, "directory.state-failed")
	}
	return out
}

func itemState(ctx context.Context, i Item) string {
	if i.State == "" {
		return ""
	}
	return lang.T(ctx, "directory.item-"+i.State)
}

func whyWords(ctx context.Context, i Item) string {
	switch {
	case i.Failure != nil:
		return i.Failure.In(ctx)
	case i.Why != nil:
		return i.Why.In(ctx)
	}
	return ""
}

// changeWords says what of a record would be another.
func changeWords(ctx context.Context, i Item) string {
	words := make([]string, len(i.Changes))
	for n, c := range i.Changes {
		words[n] = lang.T(ctx, "directory.change", "column", lang.T(ctx, "directory.column-"+strings.ReplaceAll(c.Column, "_", "-")),
			"old", cmp.Or(c.Old, lang.T(ctx, "directory.empty")), "new", cmp.Or(c.New, lang.T(ctx, "directory.empty")))
	}
	return strings.Join(words, lang.T(ctx, "directory.semicolon"))
}

// accountsView are the accounts of one person.
type accountsView struct {
	Person org.Person
	Own    bool // the reader's own: to be seen only
	Lines  []accountLine
	Free   []ui.Option // connections at which the person has none
	Typed  string
	Errors ui.Errors
}

type accountLine struct {
	Identity
	Name, Kind string
}

func (s *Service) accounts(ctx context.Context, person org.ID) (accountsView, error) {
	var v accountsView
	return v, s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if v.Person, err = s.org.PersonIn(ctx, rd, person); err != nil {
			return err
		}
		held, err := s.Accounts(ctx, rd, person)
		if err != nil {
			return err
		}
		all, err := allConnections(ctx, rd)
		for _, c := range all {
			linked := false
			for _, i := range held {
				if i.Connection == c.ID {
					linked = true
					v.Lines = append(v.Lines, accountLine{i, c.Name.In(ctx), c.Kind})
				}
			}
			if !linked && c.Active() {
				v.Free = append(v.Free, ui.Option{Value: strconv.FormatInt(c.ID, 10), Text: c.Name.In(ctx)})
			}
		}
		return err
	})
}
