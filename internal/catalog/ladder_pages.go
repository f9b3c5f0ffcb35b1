package catalog

import (
	"context"
	"net/http"
	"slices"
	"time"

	"neike/internal/calendar"
	"neike/internal/clock"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// ladderForm is a ladder as it was chosen.
type ladderForm struct {
	Own      string `form:"own"` // "yes", "no": the company's
	S50      string `form:"step_50"`
	S75      string `form:"step_75"`
	S100     string `form:"step_100"`
	S150     string `form:"step_150"`
	Urgent   bool   `form:"urgent"`
	Response bool   `form:"first_response"`
	Next     bool   `form:"next_response"`
	Revision int    `form:"revision"`
}

func (in ladderForm) ladder() Ladder {
	if in.Own == "no" {
		return Ladder{}
	}
	return Ladder{Steps: [4]Rung{Rung(in.S50), Rung(in.S75), Rung(in.S100), Rung(in.S150)}, Urgent: in.Urgent, Response: in.Response, Next: in.Next}
}

// ladderView is a ladder as a form, and what it would come to now.
type ladderView struct {
	Title, Lead, Action string
	Crumbs              []ui.Crumb
	Own                 []ui.Choice // of a service: its own, or the company's
	Steps               []ladderStep
	Urgent              bool
	Response, Next      bool
	Revision            int
	Opened              string // when the request of the example is opened
	Examples            []ladderOf
	HasUrgent           bool
	Errors              ui.Errors
}

// ladderOf is the example of one clock.
type ladderOf struct {
	ID, Title string
	Rows      []ladderExample
}

type ladderStep struct {
	Name, Label string
	Options     []ui.Option
}

// ladderExample is one step of a request that is opened now.
type ladderExample struct {
	Step, At, Told, Urgent, Whom string
}

// rungPeople says in one line whom each rung is today, for a unit.
func (c *Catalog) rungPeople(ctx context.Context, unit int64) (map[Rung]string, error) {
	out := map[Rung]string{}
	if c.told == nil {
		return out, nil
	}
	who := map[Rung][]int64{}
	names := map[int64]org.Person{}
	err := c.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		var all []int64
		for _, r := range Rungs {
			list, err := c.told(ctx, rd, unit, r)
			if err != nil {
				return err
			}
			who[r] = list
			all = append(all, list...)
		}
		var err error
		slices.Sort(all)
		names, err = c.org.Names(ctx, rd, slices.Compact(all))
		return err
	})
	for r, list := range who {
		out[r] = ladderNames(ctx, list, names)
	}
	return out, err
}

// mostNames is how many people an example names.
const mostNames = 5

func ladderNames(ctx context.Context, list []int64, names map[int64]org.Person) string {
	text := ""
	for i, id := range list {
		if i == mostNames {
			return lang.T(ctx, "catalog.ladder-and-more", "names", text, "count", len(list))
		}
		if i > 0 {
			text += lang.T(ctx, "ui.comma")
		}
		p := names[id]
		text += p.Display(ctx)
	}
	return text
}

// ladderSteps are the four steps as a form shows them.
func ladderSteps(ctx context.Context, l Ladder) []ladderStep {
	out := make([]ladderStep, len(LadderSteps))
	for i, p := range LadderSteps {
		out[i] = ladderStep{Name: "step_" + itoa(p), Label: lang.T(ctx, "catalog.ladder-at", "percent", p)}
		for _, r := range Rungs {
			out[i].Options = append(out[i].Options, ui.Option{Value: string(r), Text: lang.T(ctx, "catalog.rung."+string(r)), Selected: r == l.Steps[i]})
		}
	}
	return out
}

// climbs are the steps of one clock of a request for the service that begins at a moment, and of an urgent one; none where
// nothing is promised.
func (c *Catalog) climbs(ctx context.Context, s *Service, l Ladder, kind string, now time.Time) (usual, urgent []LadderAt, err error) {
	std := s.At(now).Standard
	code, pick := std.ResponseCalendar, func(x Standard) calendar.Duration { return x.Response }
	switch kind {
	case clock.Completion:
		code, pick = std.CompletionCalendar, func(x Standard) calendar.Duration { return x.Completion }
	case clock.NextResponse:
		pick = func(x Standard) calendar.Duration { return x.NextResponse }
	}
	table, _, err := c.counting(ctx, s, code)
	if err != nil {
		return nil, nil, err
	}
	return climb(table, pick(std), now, false), climb(table, pick(std.For(true)), now, l.Urgent), nil
}

// ladderExamples are the steps of a request for the service that is opened at a moment, of every clock that the ladder counts for.
func (c *Catalog) ladderExamples(ctx context.Context, s *Service, l Ladder, now time.Time) ([]ladderOf, error) {
	people, err := c.rungPeople(ctx, s.Unit)
	if err != nil {
		return nil, err
	}
	var out []ladderOf
	for _, kind := range LadderClocks {
		if !l.Counts(kind) {
			continue
		}
		usual, urgent, err := c.climbs(ctx, s, l, kind, now)
		if err != nil {
			return nil, err
		}
		if rows := ladderRows(ctx, l, people, usual, urgent); len(rows) > 0 {
			out = append(out, ladderOf{"ladder-" + kind, lang.T(ctx, "catalog.ladder-example-"+kind, "at", lang.Short(ctx, now)), rows})
		}
	}
	if len(out) > 0 && out[0].ID == "ladder-"+clock.Completion {
		out[0].ID = "ladder-example"
	}
	return out, nil
}

func ladderRows(ctx context.Context, l Ladder, people map[Rung]string, usual, urgent []LadderAt) []ladderExample {
	var out []ladderExample
	for i, x := range usual {
		e := ladderExample{Step: lang.T(ctx, "catalog.ladder-at", "percent", x.Percent), At: moment(ctx, x.At), Told: moment(ctx, x.Told), Urgent: moment(ctx, urgent[i].Told)}
		e.Whom = lang.T(ctx, "catalog.rung."+string(l.Steps[i]))
		if l.Steps[i] == RungHeads {
			e.Whom = lang.T(ctx, "catalog.ladder-both", "names", people[RungHeads])
		} else if names := people[l.Steps[i]]; names != "" {
			e.Whom = lang.T(ctx, "catalog.ladder-today", "rung", e.Whom, "names", names)
		}
		out = append(out, e)
	}
	return out
}

func moment(ctx context.Context, t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return lang.Short(ctx, t)
}

// showLadder is /services/{code}/ladder: who is told when part of a request's time is used.
func (c *Catalog) showLadder(w http.ResponseWriter, r *http.Request) error {
	return c.ladderPage(w, r, http.StatusOK, nil, nil)
}

func (c *Catalog) submitLadder(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	var in ladderForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	s, err := c.SetLadder(ctx, code, in.ladder(), in.Revision)
	switch fault.KindOf(err) {
	case fault.Invalid:
		return c.ladderPage(w, r, http.StatusUnprocessableEntity, &in, err)
	case fault.Precondition:
		return c.ladderPage(w, r, http.StatusPreconditionFailed, &in, err)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "catalog.saved", "name", s.Name.In(ctx)), "")
	return web.See(w, r, "/services/"+code+"/ladder")
}

func (c *Catalog) ladderPage(w http.ResponseWriter, r *http.Request, status int, in *ladderForm, cause error) error {
	ctx := r.Context()
	s, err := c.laddered(ctx, r.PathValue("code"))
	if err != nil {
		return err
	}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return err
	}
	unit, _ := tree.ByID(s.Unit)
	name := s.Name.In(ctx)
	l, own := s.Ladder, s.OwnLadder
	if in != nil && in.ladder() != (Ladder{}) {
		l, own = in.ladder(), true
	}
	v := ladderView{Title: lang.T(ctx, "catalog.ladder-of", "name", name), Lead: lang.T(ctx, "catalog.ladder-lead"), Action: "/services/" + s.Code + "/ladder",
		Crumbs:   []ui.Crumb{{Label: lang.T(ctx, "catalog.title"), Href: "/services"}, {Label: unit.Name.In(ctx), Href: "/services?unit=" + unit.Code}, {Label: name, Href: "/services/" + s.Code}, {Label: lang.T(ctx, "catalog.ladder")}},
		Steps:    ladderSteps(ctx, l),
		Urgent:   l.Urgent,
		Response: l.Response, Next: l.Next,
		Revision: s.Revision, Errors: ui.ErrorsOf(ctx, cause, nil)}
	for _, x := range []string{"no", "yes"} {
		v.Own = append(v.Own, ui.Choice{Value: x, Title: lang.T(ctx, "catalog.ladder-own."+x), Text: lang.T(ctx, "catalog.ladder-own."+x+"-text"), Checked: own == (x == "yes")})
	}
	now := c.db.Now()
	v.Opened = lang.Short(ctx, now)
	if v.Examples, err = c.ladderExamples(ctx, s, s.Ladder, now); err != nil {
		return err
	}
	std := s.At(now).Standard
	v.HasUrgent = !std.Urgent.Completion.IsZero() || s.Ladder.Urgent
	return web.Show(w, r, status, ladderPage(v), nil)
}

// laddered is a service that has a ladder, for somebody who may set it.
func (c *Catalog) laddered(ctx context.Context, code string) (*Service, error) {
	s, err := c.Visible(ctx, code)
	if err != nil {
		return nil, err
	}
	if s.Kind == Standing || s.Support() {
		return nil, fault.ErrNotFound
	}
	return s, c.may(ctx, doLadder, s)
}

// showCompanyLadder is /standards/ladder: the ladder of services without one of their own.
func (c *Catalog) showCompanyLadder(w http.ResponseWriter, r *http.Request) error {
	return c.companyLadderPage(w, r, http.StatusOK, nil, nil)
}

func (c *Catalog) submitCompanyLadder(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in ladderForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	err := c.SetCompanyLadder(ctx, in.ladder(), in.Revision)
	switch fault.KindOf(err) {
	case fault.Invalid:
		return c.companyLadderPage(w, r, http.StatusUnprocessableEntity, &in, err)
	case fault.Precondition:
		return c.companyLadderPage(w, r, http.StatusPreconditionFailed, &in, err)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "catalog.ladder-saved"), "")
	return web.See(w, r, "/standards/ladder")
}

func (c *Catalog) companyLadderPage(w http.ResponseWriter, r *http.Request, status int, in *ladderForm, cause error) error {
	ctx := r.Context()
	if err := c.may(ctx, doLadderDefault, &Service{}); err != nil {
		return err
	}
	l, revision, err := c.CompanyLadder(ctx)
	if err != nil {
		return err
	}
	if in != nil {
		l = in.ladder()
	}
	own, of, err := c.ladders(ctx)
	if err != nil {
		return err
	}
	v := ladderView{Title: lang.T(ctx, "catalog.ladder-company"), Lead: lang.T(ctx, "catalog.ladder-company-lead", "own", own, "count", of), Action: "/standards/ladder",
		Crumbs: []ui.Crumb{{Label: lang.T(ctx, "catalog.standards"), Href: "/standards"}, {Label: lang.T(ctx, "catalog.ladder-company")}},
		Steps:  ladderSteps(ctx, l), Urgent: l.Urgent, Response: l.Response, Next: l.Next, Revision: revision, Errors: ui.ErrorsOf(ctx, cause, nil)}
	return web.Show(w, r, status, ladderPage(v), nil)
}

// ladders counts the services that are asked for, and those of them with a ladder of their own.
func (c *Catalog) ladders(ctx context.Context) (own, of int, err error) {
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return 0, 0, err
	}
	for _, s := range snap.All() {
		if s.State == Live && s.Kind == OnRequest && !s.Support() {
			of++
			if s.OwnLadder {
				own++
			}
		}
	}
	return own, of, nil
}

func ladderColumns(ctx context.Context, v ladderView) []ui.Column {
	list := []ui.Column{{Label: lang.T(ctx, "catalog.ladder-step")}, {Label: lang.T(ctx, "catalog.ladder-reached")}, {Label: lang.T(ctx, "catalog.ladder-told")}}
	if v.HasUrgent {
		list = append(list, ui.Column{Label: lang.T(ctx, "catalog.ladder-told-urgent")})
	}
	return append(list, ui.Column{Label: lang.T(ctx, "catalog.ladder-whom")})
}

// ladderNote stands at the first example.
func ladderNote(ctx context.Context, i int) string {
	if i > 0 {
		return ""
	}
	return lang.T(ctx, "catalog.ladder-example-note")
}
