package org

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// changeLine is a change in a list.
type changeLine struct {
	Href, Title, When, State, Tone, Note string
}

// changeTitle says whom a change is about and what is to happen.
func (s *Service) changeTitle(ctx context.Context, tree *Tree, p *Person, c Change) string {
	key := "org.change-" + c.Kind
	if !c.Units() {
		if p == nil {
			return lang.T(ctx, key)
		}
		return lang.T(ctx, "org.change-of", "what", lang.T(ctx, key), "name", NameOf(ctx, *p))
	}
	var from []string
	for _, id := range c.Plan.From {
		from = append(from, tree.FullName(ctx, id))
	}
	return lang.T(ctx, "org.change-of", "what", lang.T(ctx, key), "name", strings.Join(from, lang.T(ctx, "org.comma")))
}

var changeTones = map[string]string{ChangeDone: "good", ChangeRefused: "bad", ChangeRunning: "warn", ChangePlanned: "accent"}

func (s *Service) changeLine(ctx context.Context, tree *Tree, p *Person, c Change) changeLine {
	moved, left, _ := c.sums()
	l := changeLine{Href: changeHref(c.ID), Title: s.changeTitle(ctx, tree, p, c), State: lang.T(ctx, "org.change-state-"+c.State), Tone: changeTones[c.State],
		When: lang.Short(ctx, c.At)}
	if c.State == ChangeDone && len(c.Steps) > 0 {
		l.Note = lang.T(ctx, "org.change-moved", "moved", moved)
		if left > 0 {
			l.Note = lang.T(ctx, "org.change-result", "moved", moved, "left", left)
		}
	}
	return l
}

type changeView struct {
	ID                ID
	Title             string
	Crumbs            []ui.Crumb
	State, StateText  string
	Tone              string
	Facts             []ui.Pair
	Job               *ui.JobProps
	Stages            []stageLine
	Left              []leftLine
	MoreLeft          int
	Trouble           string
	MayStop, MayAgain bool
	Gave              []gaveLine
	Back              []ui.Option // of a long leave: what may be wanted back
	LeaveOver         bool        // the person is back
}

type stageLine struct {
	Title, From, To    string
	Total, Moved, Left int
	Done               bool
}

type leftLine struct{ Kind, Title, Href, Why string }

// leftRows is how many of what stayed the page names.
const leftRows = 100

func (s *Service) showChange(w http.ResponseWriter, r *http.Request) error {
	v, err := s.changeView(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if r.Header.Get("HX-Target") == "change-job" && v.Job != nil && v.Job.State == "running" {
		return web.Show(w, r, http.StatusOK, ui.Job(*v.Job), ui.Job(*v.Job))
	}
	if r.Header.Get("HX-Target") == "change-job" { // it is over: the whole page says how
		w.Header().Set("HX-Refresh", "true")
	}
	return web.Show(w, r, http.StatusOK, changePage(v), changeContent(v))
}

func (s *Service) changeView(ctx context.Context, ref string) (changeView, error) {
	id, ok := parseID(ref)
	if !ok {
		return changeView{}, fault.ErrNotFound
	}
	c, err := s.Change(ctx, id)
	if err != nil {
		return changeView{}, err
	}
	own, err := s.mayChange(ctx, c)
	if err != nil {
		return changeView{}, err
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return changeView{}, err
	}
	v := changeView{ID: id, State: c.State, StateText: lang.T(ctx, "org.change-state-"+c.State), Tone: changeTones[c.State],
		MayStop: !own && c.State == ChangePlanned, MayAgain: !own && c.State == ChangeRunning && c.Trouble != ""}
	if c.Trouble != "" {
		v.Trouble = lang.T(ctx, c.Trouble, "value", "", "unit", "", "date", "")
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error { return s.fillChange(ctx, rd, tree, c, &v) })
	moved, left, total := c.sums()
	if c.State == ChangeRunning || c.State == ChangePlanned && !c.waits(s.now()) {
		v.Job = &ui.JobProps{ID: "change-job", Title: v.Title, State: "running", Done: int64(moved + left), Total: int64(total),
			Progress: lang.Number(ctx, moved+left) + " / " + lang.Number(ctx, total), Text: lang.T(ctx, "org.change-goes-on"), Refresh: changeHref(id)}
	}
	return v, err
}

func (s *Service) fillChange(ctx context.Context, rd sqldb.Reader, tree *Tree, c Change, v *changeView) error {
	ids := append([]ID{c.Person, c.By}, c.receivers()...)
	for _, st := range c.Steps {
		if !c.Units() {
			ids = append(ids, st.To)
		}
	}
	names, err := s.Names(ctx, rd, ids)
	if err != nil {
		return err
	}
	p := names[c.Person]
	v.Title = s.changeTitle(ctx, tree, &p, c)
	if c.Units() {
		v.Crumbs = []ui.Crumb{{Label: lang.T(ctx, "org.reorganise"), Href: "/settings/org/reorganise"}, {Label: v.Title}}
	} else {
		v.Crumbs = []ui.Crumb{{Label: NameOf(ctx, p), Href: s.personHref(ctx, p)}, {Label: lang.T(ctx, "org.holds"), Href: s.personHref(ctx, p) + "/holds"}, {Label: v.Title}}
	}
	fact := func(key, text string) {
		if text != "" {
			v.Facts = append(v.Facts, ui.Pair{Term: lang.T(ctx, key), Text: text})
		}
	}
	if c.Kind == Leaving {
		fact("org.last-workday", lang.Date(ctx, c.At.Add(-time.Minute)))
	}
	fact("org.change-at", lang.Short(ctx, c.At))
	fact("org.receiver", listNames(ctx, c.receivers(), names))
	if c.Kind == Transfer {
		fact("org.unit", joined(tree.FullName(ctx, c.Plan.Unit), c.Plan.Position))
	}
	for _, x := range c.Plan.Into {
		name := tree.FullName(ctx, x.Unit)
		for _, u := range c.Plan.Made {
			if u.ID == x.Unit && name == "" {
				name = u.Name.In(ctx)
			}
		}
		if c.Kind == Split {
			name += " · " + strconv.FormatFloat(x.Share*100, 'f', -1, 64) + " %"
		}
		fact("org.into", name)
	}
	if c.Kind == Move {
		fact("org.field-parent", tree.FullName(ctx, c.Plan.Parent))
	}
	if c.Kind == Rename {
		fact("org.field-name-zh", c.Plan.Name.In(ctx))
	}
	if c.Kind == LongLeave {
		if err := s.fillLeave(ctx, rd, c, v); err != nil {
			return err
		}
	}
	fact("org.change-by", NameOf(ctx, names[c.By]))
	if !c.EndedAt.IsZero() {
		fact("org.change-ended", lang.Short(ctx, c.EndedAt))
	}
	for _, st := range c.Steps {
		h, _ := s.holding(st.Holding)
		line := stageLine{Title: lang.T(ctx, h.Label), Total: max(st.Total, st.Moved+st.Left), Moved: st.Moved, Left: st.Left, Done: st.Done}
		if line.Total == 0 {
			continue
		}
		if c.Units() {
			line.From, line.To = tree.FullName(ctx, st.From), s.wherePartsGo(ctx, tree, c, st)
		} else if st.To != 0 {
			line.To = NameOf(ctx, names[st.To])
		}
		v.Stages = append(v.Stages, line)
	}
	left, err := leftOf(ctx, rd, c.ID, leftRows)
	for _, l := range left {
		h, _ := s.holding(l.Holding)
		v.Left = append(v.Left, leftLine{lang.T(ctx, h.Label), l.Title, l.Href, lang.T(ctx, l.Why)})
	}
	if _, all, _ := c.sums(); all > len(v.Left) {
		v.MoreLeft = all - len(v.Left)
	}
	return err
}

// receivers are those who get something, each once, as long as nothing has begun; after that the stages say who got what.
func (c Change) receivers() []ID {
	if c.Units() || len(c.Steps) > 0 {
		return nil
	}
	out := slices.Sorted(maps.Values(c.Plan.To))
	return slices.DeleteFunc(slices.Compact(out), func(id ID) bool { return id == 0 })
}

// named reads the change of an address for somebody who may stop it.
func (s *Service) changeFor(ctx context.Context, ref string) (Change, error) {
	id, ok := parseID(ref)
	if !ok {
		return Change{}, fault.ErrNotFound
	}
	c, err := s.Change(ctx, id)
	if err != nil {
		return c, err
	}
	own, err := s.mayChange(ctx, c)
	if err == nil && own {
		err = fault.ErrNotFound
	}
	return c, err
}

func (s *Service) submitCancel(w http.ResponseWriter, r *http.Request) error {
	c, err := s.changeFor(r.Context(), r.PathValue("id"))
	if err == nil {
		_, err = s.Cancel(r.Context(), c.ID)
	}
	return s.backToChange(w, r, c, err, "org.change-taken-back")
}

func (s *Service) submitResume(w http.ResponseWriter, r *http.Request) error {
	c, err := s.changeFor(r.Context(), r.PathValue("id"))
	if err == nil {
		err = s.Resume(r.Context(), c.ID)
	}
	return s.backToChange(w, r, c, err, "org.change-resumed")
}

// backToChange leads to the change; somebody who came too late is told so there.
func (s *Service) backToChange(w http.ResponseWriter, r *http.Request, c Change, err error, done string) error {
	if f, ok := fault.As(err); ok && f.Kind == fault.Conflict {
		done = f.Key
	} else if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(r.Context(), done), "")
	return web.See(w, r, changeHref(c.ID))
}
