package org

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// changeRoutes are the pages of what people hold and of changes of people and units.
func (s *Service) changeRoutes() []web.Route {
	return []web.Route{
		{Pattern: "GET /people/{no}/holds", Action: "person.holds", Do: s.showHolds},
		{Pattern: "POST /people/{no}/holds", Action: "person.move", Do: s.submitHolds},
		{Pattern: "GET /changes/{id}", Action: "person.holds", Do: s.showChange},
		{Pattern: "POST /changes/{id}/cancel", Action: "person.move", Do: s.submitCancel},
		{Pattern: "POST /changes/{id}/back", Action: "person.holds", Do: s.submitBack},
		{Pattern: "POST /changes/{id}/resume", Action: "person.move", Do: s.submitResume},
		{Pattern: "GET /settings/org/reorganise", Action: "org.reorganise", Do: s.showReorganise},
		{Pattern: "POST /settings/org/reorganise", Action: "org.reorganise", Do: s.submitReorganise},
	}
}

// heldRows is how many things of a kind the page lists at first.
const heldRows = 5

// heldGroup is a kind of things on the page.
type heldGroup struct {
	Code, Title string
	Count       int
	Ends        bool
	Items       []Held
	Hidden      int
	More        string // address of the rest
	Receiver    []ui.Option
	Value       string
	Error       string
}

type holdsView struct {
	Person     Person
	Name       string
	Href       string
	Title      string
	Crumbs     []ui.Crumb
	Do         string // hand-over, transfer, leave, leaving
	Own        bool   // one's own page: nothing to press
	In         changeForm
	Unit       []ui.Option
	All        []ui.Option
	Deputy     []ui.Option
	Back       []ui.Option // of a long leave: what may be wanted back
	AllHint    string
	Groups     []heldGroup
	Empty      bool
	Planned    []changeLine
	Forecast   *ui.DryRunProps
	Words      []string // what will happen
	Bad        []string // what stands in the way
	Errors     ui.Errors
	ReceiverID string
}

// changeForm is what the form of the page sends.
type changeForm struct {
	Kind     string              `form:"kind"`
	Date     string              `form:"date"`
	Unit     string              `form:"unit"`
	Position string              `form:"position"`
	EndRoles bool                `form:"end_roles"`
	Until    string              `form:"until"`
	Deputy   string              `form:"deputy"`
	Back     []string            `form:"back"`
	Receiver string              `form:"receiver"`
	To       map[string][]string `form:"to"`
	Sure     string              `form:"sure"` // the forecast was read
}

func (f changeForm) input() ChangeInput {
	in := ChangeInput{Kind: f.Kind, Date: f.Date, Unit: f.Unit, Position: f.Position, EndRoles: f.EndRoles, Receiver: f.Receiver, Until: f.Until, Deputy: f.Deputy, Back: f.Back, To: map[string]string{}}
	for code, list := range f.To {
		if len(list) > 0 && list[0] != "" {
			in.To[code] = list[0]
		}
	}
	return in
}

func (s *Service) showHolds(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	q := r.URL.Query()
	form := changeForm{Kind: q.Get("do"), EndRoles: true}
	v, err := s.holdsView(ctx, r.PathValue("no"), form, q.Get("kind"), q.Get("after"))
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, holdsPage(v), holdsContent(v))
}

// holdsView reads what somebody holds. kind and after open the rest of one list.
func (s *Service) holdsView(ctx context.Context, ref string, form changeForm, kind, after string) (holdsView, error) {
	p, err := s.ByRef(ctx, ref)
	if err != nil {
		return holdsView{}, err
	}
	if err := s.mayLook(ctx, p); err != nil {
		return holdsView{}, err
	}
	v := holdsView{Person: p, Name: NameOf(ctx, p), Href: s.personHref(ctx, p), In: form, Do: form.Kind, Own: s.mayMove(ctx, p) != nil}
	if v.Do != Transfer && v.Do != LongLeave && v.Do != Leaving {
		v.Do = HandOver
	}
	v.In.Kind = v.Do
	tree, err := s.Tree(ctx)
	if err != nil {
		return v, err
	}
	unit, _ := tree.ByID(p.Unit)
	v.Title = lang.T(ctx, "org.holds-title", "name", v.Name)
	v.Crumbs = []ui.Crumb{{Label: unit.Label(ctx), Href: unitHref(unit)}, {Label: v.Name, Href: v.Href}, {Label: lang.T(ctx, "org.holds")}}
	v.Unit = unitOption(ctx, tree, form.Unit)
	at, _ := parseID(after)
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		if !v.Own {
			if err := s.offerReceivers(ctx, rd, tree, p, &v); err != nil {
				return err
			}
		}
		changes, err := changesOf(ctx, rd, p.ID, 10)
		if err != nil {
			return err
		}
		for _, c := range changes {
			v.Planned = append(v.Planned, s.changeLine(ctx, tree, nil, c))
		}
		for _, h := range s.Holdings(ByPerson) {
			if h.Ends && v.Do == LongLeave { // sessions and roles go on
				continue
			}
			g, err := s.heldGroup(ctx, rd, v, h, kind, at)
			if err != nil {
				return err
			}
			if g.Count == 0 {
				continue
			}
			v.Groups = append(v.Groups, g)
			if !h.Ends && v.Do == LongLeave {
				v.Back = append(v.Back, ui.Option{Value: h.Code, Text: g.Title, Selected: slices.Contains(form.Back, h.Code)})
			}
		}
		return nil
	})
	v.Empty = len(v.Groups) == 0
	return v, err
}

// offerReceivers proposes the head of the unit, or the next one above, for all that nobody else is named for.
func (s *Service) offerReceivers(ctx context.Context, rd sqldb.Reader, tree *Tree, p Person, v *holdsView) error {
	head, err := s.standIn(ctx, rd, tree, p)
	if err != nil || head.ID == 0 {
		return err
	}
	v.AllHint = lang.T(ctx, "org.receiver-hint", "name", NameOf(ctx, head))
	if v.In.Receiver == "" {
		v.In.Receiver = s.Ref(ctx, head)
	}
	if v.All, err = s.personOption(ctx, rd, v.In.Receiver); err != nil {
		return err
	}
	v.Deputy, err = s.personOption(ctx, rd, v.In.Deputy)
	return err
}

// standIn is the active head of the person's unit, or of the next one above that has another one.
func (s *Service) standIn(ctx context.Context, rd sqldb.Reader, tree *Tree, p Person) (Person, error) {
	path := tree.Path(p.Unit)
	for i := len(path) - 1; i >= 0; i-- {
		heads, err := s.Heads(ctx, rd, path[i])
		if err != nil {
			return Person{}, err
		}
		names, err := s.Names(ctx, rd, heads)
		if err != nil {
			return Person{}, err
		}
		for _, id := range heads {
			if id != p.ID && !names[id].OnLeave {
				return names[id], nil
			}
		}
	}
	return Person{}, nil
}

func (s *Service) personOption(ctx context.Context, rd sqldb.Reader, ref string) ([]ui.Option, error) {
	if ref == "" || ref == stays {
		return nil, nil
	}
	p, err := s.byRefIn(ctx, rd, ref)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil
	}
	return []ui.Option{{Value: ref, Text: NameOf(ctx, p)}}, err
}

func (s *Service) heldGroup(ctx context.Context, rd sqldb.Reader, v holdsView, h Holding, kind string, after ID) (heldGroup, error) {
	g := heldGroup{Code: h.Code, Title: lang.T(ctx, h.Label), Ends: h.Ends}
	var err error
	if g.Count, err = h.Count(ctx, rd, v.Person.ID); err != nil || g.Count == 0 {
		return g, err
	}
	limit := heldRows
	if kind != h.Code {
		after = 0
	} else {
		limit = memberRows
	}
	list, err := h.List(ctx, rd, v.Person.ID, after, limit+1)
	if err != nil {
		return g, err
	}
	if len(list) > limit {
		list = list[:limit]
		next := ID(0)
		if kind == h.Code {
			next = list[limit-1].Key
		}
		g.More = "?" + url.Values{"do": {v.Do}, "kind": {h.Code}, "after": {idText(next)}}.Encode() + "#h-" + h.Code
	}
	for _, x := range list {
		if x.Hidden {
			g.Hidden++
			continue
		}
		g.Items = append(g.Items, x)
	}
	if list := v.In.To[h.Code]; len(list) > 0 {
		g.Value = list[0]
		g.Receiver, err = s.personOption(ctx, rd, g.Value)
	}
	return g, err
}

// submitHolds shows what a change will do and, when that was read, lets it happen.
func (s *Service) submitHolds(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var form changeForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	ref := r.PathValue("no")
	p, err := s.ByRef(ctx, ref)
	if err != nil {
		return err
	}
	if err := s.mayMove(ctx, p); err != nil {
		return err
	}
	c, forecast, err := s.PlanPerson(ctx, ref, form.input(), form.Sure == "")
	if err == nil && form.Sure != "" {
		web.Toast(w, r, lang.T(ctx, "org.change-planned"), "")
		return web.See(w, r, changeHref(c.ID))
	}
	if err != nil && !refused(err) {
		return err
	}
	status := http.StatusOK
	v, again := s.holdsView(ctx, ref, form, "", "")
	if again != nil {
		return again
	}
	if err != nil {
		status = statusOf(err)
		v.Errors = ui.ErrorsOf(ctx, err, s.holdLabels(ctx))
		for i := range v.Groups {
			v.Groups[i].Error = v.Errors.At("to." + v.Groups[i].Code)
		}
	} else {
		v.Forecast, v.Words, v.Bad, err = s.inWords(ctx, c, forecast)
		if err != nil {
			return err
		}
	}
	return web.Show(w, r, status, holdsPage(v), holdsContent(v))
}

func (s *Service) holdLabels(ctx context.Context) map[string]string {
	out := labels(ctx, "unit", "position")
	out["date"], out["receiver"] = lang.T(ctx, "org.date"), lang.T(ctx, "org.receiver")
	out["until"], out["deputy"], out["back"] = lang.T(ctx, "org.leave-until"), lang.T(ctx, "org.field-deputy"), lang.T(ctx, "org.leave-back")
	for _, h := range s.Holdings(ByPerson) {
		out["to."+h.Code] = lang.T(ctx, h.Label)
	}
	return out
}

func changeHref(id ID) string { return "/changes/" + strconv.FormatInt(id, 10) }

// mayChange says whether the actor may see a change, and whether it may be stopped or resumed.
func (s *Service) mayChange(ctx context.Context, c Change) (own bool, err error) {
	if c.Units() {
		if a := actor.From(ctx); a.System || a.Has("admin") {
			return false, nil
		}
		return false, fault.ErrNotFound
	}
	p, err := s.Person(ctx, c.Person)
	if err != nil {
		return false, err
	}
	if s.mayMove(ctx, p) == nil {
		return false, nil
	}
	return true, s.mayLook(ctx, p)
}
