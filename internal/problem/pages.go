package problem

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"neike/internal/catalog"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
	"neike/internal/request"
)

func (s *Service) routes() []web.Route {
	return []web.Route{
		{Pattern: "GET /problems", Action: "problem.see", Do: s.showList},
		{Pattern: "GET /problems/export", Action: "problem.see", Do: s.showExport},
		{Pattern: "GET /problems/new", Action: "problem.mark", Do: s.showNew},
		{Pattern: "POST /problems", Action: "problem.mark", Do: s.submitNew},
		{Pattern: "GET /problems/{problem}", Action: "problem.see", Do: s.showOne},
		{Pattern: "GET /problems/{problem}/edit", Action: "problem.mark", Do: s.showEdit},
		{Pattern: "POST /problems/{problem}", Action: "problem.mark", Do: s.submitEdit},
		{Pattern: "POST /problems/{problem}/end", Action: "problem.mark", Do: s.submitEnd},
		{Pattern: "POST /problems/{problem}/me-too", Action: "problem.me-too", Do: s.submitMeToo},
		{Pattern: "POST /problems/{problem}/answer", Action: "problem.me-too", Do: s.submitAnswer},
	}
}

// Mount adds the pages and calls of the room.
func (s *Service) Mount(m *web.Mux) {
	m.Page(s.routes()...)
	s.calls(m)
}

func numberOf(r *http.Request) (int64, error) { return ParseRef(r.PathValue("problem")) }

// listView is the list of known problems.
type listView struct {
	Open, Ended []ui.ListItemProps
	MayMark     bool
	Filter      ui.FilterProps
	Self, File  string
	Query       string
	Instead     int // people of the last 90 days who said 'me, too' and made no request; of the reader's units
}

func (s *Service) showList(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	query := askedFor(r)
	open, err := s.Find(ctx, query, false)
	if err != nil {
		return err
	}
	ended, err := s.Find(ctx, query, true)
	if err != nil {
		return err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	v := listView{Open: lines(ctx, tree, open), Ended: lines(ctx, tree, ended[:min(len(ended), 20)])}
	v.arrangeBar(ctx, query)
	if units := served(ctx); len(units) > 0 {
		of, err := s.mayConcern(ctx)
		if err != nil {
			return err
		}
		v.MayMark = len(of) > 0
		err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
			v.Instead, err = insteadOf(ctx, rd, units, rd.Instant().AddDate(0, 0, -90))
			return err
		})
		if err != nil {
			return err
		}
	}
	return web.Show(w, r, http.StatusOK, listPage(v), nil)
}

// served are the units that the actor speaks for.
func served(ctx context.Context) []int64 {
	var out []int64
	for _, g := range actor.From(ctx).Groups {
		if g.Role == "agent" || g.Role == "head" {
			out = append(out, g.ID)
		}
	}
	return out
}

func lines(ctx context.Context, tree *org.Tree, list []Listed) []ui.ListItemProps {
	out := make([]ui.ListItemProps, len(list))
	for i, l := range list {
		note := l.Ref() + " · " + tree.FullName(ctx, l.Unit)
		if l.State == Open {
			note += " · " + expectedText(ctx, l.Problem)
		} else {
			note += " · " + lang.Short(ctx, l.EndedAt)
		}
		if c := countText(ctx, l.Count); c != "" {
			note += " · " + c
		}
		out[i] = ui.ListItemProps{Icon: stateTag(ctx, l.State).Icon, Title: l.Title.In(ctx), Href: link(l.Number), Note: note, Tag: ui.Tag(stateTag(ctx, l.State))}
	}
	return out
}

func stateTag(ctx context.Context, s State) ui.TagProps {
	t := ui.TagProps{Text: lang.T(ctx, "problem.state."+string(s)), Icon: "alert-triangle", Tone: "warn"}
	switch s {
	case Solved:
		t.Icon, t.Tone = "circle-check", "good"
	case Withdrawn:
		t.Icon, t.Tone = "ban", "na"
	}
	return t
}

// oneView is the page of a problem.
type oneView struct {
	View
	Lead     string
	Tag      ui.TagProps
	Words    string
	Expect   string
	CountIs  string
	Names    []string // of its services
	Timeline []ui.TimelineItem
	Units    []ui.Pair
	Said     []ui.Pair
	AnswerIs string
	RequestR string
	Edit     formView
}

func (s *Service) showOne(w http.ResponseWriter, r *http.Request) error {
	return s.onePage(w, r, http.StatusOK, nil)
}

func (s *Service) onePage(w http.ResponseWriter, r *http.Request, status int, problem error) error {
	ctx := r.Context()
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	p, err := s.ByNumber(ctx, number)
	if err != nil {
		return err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	v := oneView{View: p, Tag: stateTag(ctx, p.State), Words: p.Problem.Words.In(ctx), Expect: expectedText(ctx, p.Problem), CountIs: countText(ctx, p.Count),
		Lead: lang.T(ctx, "problem.lead", "unit", tree.FullName(ctx, p.Unit), "when", lang.At(ctx, p.OpenedAt))}
	v.Edit.Errors = ui.ErrorsOf(ctx, problem, labels(ctx))
	for _, id := range p.Services {
		if sv, ok := snap.ByID(id); ok {
			v.Names = append(v.Names, sv.Name.In(ctx))
		}
	}
	if err := s.arrangeSteps(ctx, &v); err != nil {
		return err
	}
	if p.Serves {
		if err := s.arrangeAffected(ctx, tree, &v); err != nil {
			return err
		}
	}
	return web.Show(w, r, status, onePage(v), nil)
}

// arrangeSteps is the history; who wrote it is for those who serve the unit.
func (s *Service) arrangeSteps(ctx context.Context, v *oneView) error {
	var people map[int64]org.Person
	var ids []int64
	for _, x := range v.Steps {
		ids = append(ids, x.By)
	}
	for _, m := range v.MeToos {
		ids = append(ids, m.Person)
	}
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		people, err = s.Org.Names(ctx, rd, ids)
		return err
	})
	if err != nil {
		return err
	}
	for _, x := range v.Steps {
		item := ui.TimelineItem{When: lang.Short(ctx, x.At), At: x.At.Format(time.RFC3339), Icon: "alert-triangle",
			Text: lang.T(ctx, "problem.step."+x.Kind) + lang.T(ctx, "problem.step-words", "words", x.Words.In(ctx))}
		if !x.Expected.IsZero() {
			item.Note = lang.T(ctx, "problem.expected-at", "at", lang.At(ctx, x.Expected))
		}
		if v.Serves {
			item.Text = people[x.By].Display(ctx) + " · " + item.Text
		}
		v.Timeline = append(v.Timeline, item)
	}
	for _, m := range v.MeToos {
		v.Said = append(v.Said, ui.Pair{Term: people[m.Person].Display(ctx), Text: m.Words})
	}
	return nil
}

// arrangeAffected is what those who serve the unit see of those who have it.
func (s *Service) arrangeAffected(ctx context.Context, tree *org.Tree, v *oneView) error {
	v.CountIs = lang.T(ctx, "problem.count-units", "count", v.Count.People, "units", lang.T(ctx, "problem.of-units", "count", v.Count.Units))
	for _, a := range v.Affected {
		v.Units = append(v.Units, ui.Pair{Term: tree.FullName(ctx, a.Unit), Text: lang.T(ctx, "problem.people", "count", a.People)})
	}
	if yes, no := v.Answered["yes"], v.Answered["no"]; yes+no > 0 {
		v.AnswerIs = lang.T(ctx, "problem.answers", "yes", yes, "no", no)
	}
	if v.Request == 0 {
		return nil
	}
	_, err := s.Rooms.Request.ByNumber(ctx, v.Request)
	if err == nil {
		v.RequestR = request.Ref(v.Request)
	}
	if fault.KindOf(err) == fault.NotFound {
		err = nil
	}
	return err
}

// formView is the form of a problem.
type formView struct {
	Number   int64 // 0: new
	Title    string
	In       problemTyped
	Services []ui.Option
	Errors   ui.Errors
}

// problemTyped is what a person put into the form.
type problemTyped struct {
	Services []string `form:"services"`
	TitleZh  string   `form:"title_zh"`
	TitleEn  string   `form:"title_en"`
	WordsZh  string   `form:"words_zh"`
	WordsEn  string   `form:"words_en"`
	Expected string   `form:"expected_at"`
	Request  string   `form:"request"`
	Revision int      `form:"revision"`
	State    string   `form:"state"`
}

func (t problemTyped) input(ctx context.Context) Input {
	in := Input{Services: t.Services, Title: lang.Text{Zh: t.TitleZh, En: t.TitleEn}, Words: lang.Text{Zh: t.WordsZh, En: t.WordsEn}, Request: strings.TrimSpace(t.Request), Revision: t.Revision}
	if t.Expected == "" {
		return in
	}
	at, err := time.ParseInLocation("2006-01-02T15:04", t.Expected[:min(len(t.Expected), 16)], lang.Zone(ctx))
	in.Expected, in.Unread = at, err != nil
	return in
}

func labels(ctx context.Context) map[string]string {
	out := map[string]string{}
	for _, name := range []string{"services", "title_zh", "title_en", "words_zh", "words_en", "expected_at", "request", "words"} {
		out[name] = lang.T(ctx, "problem.field."+name)
	}
	return out
}

func (s *Service) showNew(w http.ResponseWriter, r *http.Request) error {
	var in problemTyped
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	ctx := r.Context()
	if in.Request != "" {
		n, err := request.ParseRef(in.Request)
		if err != nil {
			return err
		}
		v, err := s.Rooms.Request.ByNumber(ctx, n)
		if err != nil {
			return err
		}
		snap, err := s.Catalog.Snapshot(ctx)
		if err != nil {
			return err
		}
		if sv, ok := snap.ByID(v.Service); ok {
			in.Services = append(in.Services, sv.Code)
		}
	}
	return s.formPage(w, r, http.StatusOK, formView{In: in})
}

// formPage shows the form with the services that the actor speaks for.
func (s *Service) formPage(w http.ResponseWriter, r *http.Request, status int, v formView) error {
	ctx := r.Context()
	v.Title = lang.T(ctx, "problem.new")
	if v.Number != 0 {
		v.Title = lang.T(ctx, "problem.edit", "number", Ref(v.Number))
		return web.Show(w, r, status, formPage(v), nil)
	}
	services, err := s.mayConcern(ctx)
	if err != nil {
		return err
	}
	for _, sv := range services {
		v.Services = append(v.Services, ui.Option{Value: sv.Code, Text: sv.Name.In(ctx), Selected: slices.Contains(v.In.Services, sv.Code)})
	}
	if len(v.Services) == 0 {
		return fault.ErrNotFound
	}
	return web.Show(w, r, status, formPage(v), nil)
}

// mayConcern are the services that a known problem of the actor's units may be about, 200 at most.
func (s *Service) mayConcern(ctx context.Context) ([]*catalog.Service, error) {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	var out []*catalog.Service
	for _, unit := range served(ctx) {
		for _, sv := range snap.Of(unit) {
			if sv.Askable() && !sv.Support() && len(out) < 200 {
				out = append(out, sv)
			}
		}
	}
	return out, nil
}

func (s *Service) submitNew(w http.ResponseWriter, r *http.Request) error {
	var in problemTyped
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	ctx := r.Context()
	p, err := s.Open(ctx, in.input(ctx))
	if fault.KindOf(err) == fault.Invalid && err != nil {
		return s.formPage(w, r, http.StatusUnprocessableEntity, formView{In: in, Errors: ui.ErrorsOf(ctx, err, labels(ctx))})
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "problem.done.opened"), "")
	return web.See(w, r, link(p.Number))
}

func (s *Service) showEdit(w http.ResponseWriter, r *http.Request) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	p, err := s.ByNumber(r.Context(), number)
	if err == nil && !p.Serves {
		err = fault.ErrNotFound
	}
	if err != nil {
		return err
	}
	if p.State != Open {
		return web.See(w, r, link(number))
	}
	in := problemTyped{TitleZh: p.Title.Zh, TitleEn: p.Title.En, WordsZh: p.Problem.Words.Zh, WordsEn: p.Problem.Words.En, Revision: p.Revision}
	if !p.Expected.IsZero() {
		in.Expected = p.Expected.In(lang.Zone(r.Context())).Format("2006-01-02T15:04")
	}
	return s.formPage(w, r, http.StatusOK, formView{Number: number, In: in})
}

func (s *Service) submitEdit(w http.ResponseWriter, r *http.Request) error {
	return s.submitChange(w, r, "problem.done.updated", func(ctx context.Context, number int64, in problemTyped) error {
		_, err := s.Update(ctx, number, in.input(ctx))
		return err
	}, true)
}

func (s *Service) submitEnd(w http.ResponseWriter, r *http.Request) error {
	return s.submitChange(w, r, "problem.done.ended", func(ctx context.Context, number int64, in problemTyped) error {
		_, err := s.End(ctx, number, State(in.State), lang.Text{Zh: in.WordsZh, En: in.WordsEn}, Input{})
		return err
	}, false)
}

// submitChange does what a form of the unit says; what is wrong comes back with the form, or with the page as it now is.
func (s *Service) submitChange(w http.ResponseWriter, r *http.Request, word string, do func(context.Context, int64, problemTyped) error, form bool) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	var in problemTyped
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	ctx := r.Context()
	err = do(ctx, number, in)
	switch kind := fault.KindOf(err); {
	case err == nil:
		web.Toast(w, r, lang.T(ctx, word), "")
		return web.See(w, r, link(number))
	case form && (kind == fault.Invalid || kind == fault.Conflict):
		status := http.StatusUnprocessableEntity
		if kind == fault.Conflict {
			status = http.StatusConflict
		}
		return s.formPage(w, r, status, formView{Number: number, In: in, Errors: ui.ErrorsOf(ctx, err, labels(ctx))})
	case kind == fault.Invalid:
		return s.onePage(w, r, http.StatusUnprocessableEntity, err)
	case kind == fault.Conflict:
		return s.onePage(w, r, http.StatusConflict, err)
	}
	return err
}

// meTooTyped is what a person put into 'me, too'.
type meTooTyped struct {
	Words string `form:"words"`
	Stop  bool   `form:"stop"`
	Back  string `form:"back"`
	Yes   string `form:"solved"`
}

func (s *Service) submitMeToo(w http.ResponseWriter, r *http.Request) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	var in meTooTyped
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	ctx, word := r.Context(), "problem.done.shared"
	if in.Stop {
		word, err = "problem.done.left", s.Leave(ctx, number)
	} else {
		err = s.Share(ctx, number, in.Words)
	}
	switch kind := fault.KindOf(err); {
	case err == nil:
		web.Toast(w, r, lang.T(ctx, word), "")
		return web.See(w, r, link(number))
	case kind == fault.Invalid:
		return s.onePage(w, r, http.StatusUnprocessableEntity, err)
	case kind == fault.Conflict:
		return s.onePage(w, r, http.StatusConflict, err)
	}
	return err
}

func (s *Service) submitAnswer(w http.ResponseWriter, r *http.Request) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	var in meTooTyped
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	ctx := r.Context()
	made, ask, err := s.Answer(ctx, number, in.Yes == "yes")
	switch {
	case fault.KindOf(err) == fault.Conflict && err != nil:
		return s.onePage(w, r, http.StatusConflict, err)
	case err != nil:
		return err
	case ask != "":
		return web.See(w, r, ask)
	case made != 0:
		web.Toast(w, r, lang.T(ctx, "problem.done.asked", "number", request.Ref(made)), "")
		return web.See(w, r, "/requests/"+request.Ref(made))
	}
	web.Toast(w, r, lang.T(ctx, "problem.done.thanks"), "")
	return web.See(w, r, link(number))
}
