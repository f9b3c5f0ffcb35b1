package org

import (
	"context"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
)

type holdingJSON struct {
	Code  string `json:"code" doc:"Kind of holding" example:"request.assigned"`
	Label string `json:"label" example:"经办中的请求"`
	Count int    `json:"count"`
	Ends  bool   `json:"ends" doc:"It goes to nobody: it ends when its holder leaves"`
}

type heldJSON struct {
	Title  string `json:"title,omitempty"`
	Note   string `json:"note,omitempty"`
	Href   string `json:"href,omitempty"`
	Hidden bool   `json:"hidden,omitempty" doc:"There is one more that you may not see"`
}

type stageJSON struct {
	Holding string  `json:"holding" example:"request.assigned"`
	Label   string  `json:"label"`
	From    string  `json:"from" doc:"ref of a person, or code of a unit"`
	To      *string `json:"to" doc:"null: it ends"`
	Total   int     `json:"total"`
	Moved   int     `json:"moved"`
	Left    int     `json:"left" doc:"What could not be moved"`
	Done    bool    `json:"done"`

	Parts []partJSON `json:"parts,omitempty" doc:"Of a split: how many each unit gets"`
}

type partJSON struct {
	Code  string `json:"code" doc:"Of the unit" example:"delivery"`
	Count int    `json:"count"`
}

type remarkJSON struct {
	Text    string `json:"text"`
	Refuses bool   `json:"refuses" doc:"It stands in the way"`
}

type leftJSON struct {
	Holding string `json:"holding"`
	Title   string `json:"title"`
	Why     string `json:"why"`
}

type changeJSON struct {
	ID      string       `json:"id,omitempty" doc:"Absent in a dry run"`
	Kind    string       `json:"kind" example:"leaving"`
	State   string       `json:"state,omitempty" enum:"planned,running,done,cancelled,refused"`
	At      *time.Time   `json:"at" doc:"When it begins; null: at once"`
	Person  *string      `json:"person,omitempty" doc:"ref"`
	From    []string     `json:"from,omitempty" doc:"Codes of units"`
	Into    []intoJSON   `json:"into,omitempty"`
	Stages  []stageJSON  `json:"stages"`
	Remarks []remarkJSON `json:"remarks,omitempty" doc:"Of a dry run: what to know before"`
	Left    []leftJSON   `json:"left,omitempty" doc:"What could not be moved, the first of them"`
	Until   *time.Time   `json:"until,omitempty" doc:"Of a long leave: the first moment back; absent: not known yet"`
	Deputy  *string      `json:"deputy,omitempty" doc:"Of a long leave: ref of who stands in"`
	Back    []string     `json:"back,omitempty" doc:"Kinds of holding that are wanted back after a long leave"`
	Gave    []gaveJSON   `json:"gave,omitempty" doc:"What was handed over when the long leave began; to the person alone"`
	Trouble string       `json:"trouble,omitempty"`
	BeganAt *time.Time   `json:"began_at,omitempty"`
	EndedAt *time.Time   `json:"ended_at,omitempty"`
}

type gaveJSON struct {
	Holding string `json:"holding"`
	To      string `json:"to" doc:"ref of the receiver"`
	Title   string `json:"title,omitempty" doc:"Absent for what is confidential"`
	Href    string `json:"href,omitempty"`
}

type backInput struct {
	ID   string `path:"id" doc:"Of the change" example:"7043112200000001"`
	Body struct {
		Holdings []string `json:"holdings" doc:"Kinds of holding; an empty list: none" example:"[\"org.head\"]"`
	}
}

type intoJSON struct {
	Code    string  `json:"code"`
	Percent float64 `json:"percent"`
}

type changeOutput struct {
	Body changeJSON
}

type changeIDInput struct {
	ID string `path:"id" doc:"Of the change" example:"7043112200000001"`
}

type personChangeInput struct {
	No     string `path:"no" doc:"employee_no or ref" example:"00123"`
	DryRun bool   `query:"dry_run" doc:"Only say what it would do"`
	Body   ChangeInput
}

type reorganiseInput struct {
	DryRun bool `query:"dry_run" doc:"Only say what it would do"`
	Body   ReorganiseInput
}

type holdingsOutput struct {
	Body struct {
		Items []holdingJSON `json:"items" nullable:"false"`
	}
}

type heldInput struct {
	web.Paging
	No   string `path:"no" doc:"employee_no or ref" example:"00123"`
	Kind string `path:"kind" doc:"Kind of holding" example:"request.assigned"`
}

type heldOutput struct {
	Body web.Page[heldJSON]
}

type changesInput struct {
	web.Paging
	State string `query:"state" doc:"Only those in this state"`
}

type changesOutput struct {
	Body web.Page[changeJSON]
}

// mountChanges adds the calls about holdings and changes.
func (s *Service) mountChanges(m *web.Mux) {
	op := func(id, method, path, action, summary string) web.Operation {
		return web.Operation{ID: id, Method: method, Path: "/api/v1" + path, Action: action, Summary: summary, Tag: "Organisation"}
	}
	admin := func(o web.Operation) web.Operation { o.Scope = "admin"; return o }
	web.Op(m, op("list-person-holdings", "GET", "/people/{no}/holdings", "person.holds", "What somebody holds, by kind"), s.getHoldings)
	web.Op(m, op("list-held", "GET", "/people/{no}/holdings/{kind}", "person.holds", "What somebody holds of one kind"), s.getHeld)
	web.Op(m, op("list-unit-holdings", "GET", "/units/{code}/holdings", "org.reorganise", "What a unit holds, by kind"), s.getUnitHoldings)
	web.Op(m, op("plan-person-change", "POST", "/people/{no}/changes", "person.move", "Hand over, transfer, long leave or leaving: at once or on a day"), s.postPersonChange)
	web.Op(m, admin(op("plan-reorganisation", "POST", "/reorganisations", "org.reorganise", "Merge, split, move or rename units: at once or on a day")), s.postReorganise)
	web.Op(m, op("list-changes", "GET", "/changes", "org.reorganise", "Changes of people and units, the latest first"), s.getChanges)
	web.Op(m, op("get-change", "GET", "/changes/{id}", "person.holds", "One change and how far it is"), s.getChange)
	web.Op(m, op("cancel-change", "POST", "/changes/{id}/cancel", "person.move", "Take back a change that has not begun"), s.postCancel)
	web.Op(m, op("want-back", "POST", "/changes/{id}/back", "person.holds", "Say what is wanted back after a long leave"), s.postBack)
	web.Op(m, op("resume-change", "POST", "/changes/{id}/resume", "person.move", "Let a change that stands still go on"), s.postResume)
}

func (s *Service) holdingsOf(ctx context.Context, by Keeper, keeper ID) (*holdingsOutput, error) {
	out := new(holdingsOutput)
	out.Body.Items = []holdingJSON{}
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		for _, h := range s.Holdings(by) {
			n, err := h.Count(ctx, rd, keeper)
			if err != nil {
				return err
			}
			out.Body.Items = append(out.Body.Items, holdingJSON{h.Code, lang.T(ctx, h.Label), n, h.Ends})
		}
		return nil
	})
	return out, err
}

func (s *Service) getHoldings(ctx context.Context, in *noInput) (*holdingsOutput, error) {
	p, err := s.ByRef(ctx, in.No)
	if err == nil {
		err = s.mayLook(ctx, p)
	}
	if err != nil {
		return nil, err
	}
	return s.holdingsOf(ctx, ByPerson, p.ID)
}

func (s *Service) getUnitHoldings(ctx context.Context, in *codeInput) (*holdingsOutput, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	u, ok := tree.ByCode(in.Code)
	if !ok {
		return nil, fault.ErrNotFound
	}
	return s.holdingsOf(ctx, ByUnit, u.ID)
}

func (s *Service) getHeld(ctx context.Context, in *heldInput) (*heldOutput, error) {
	p, err := s.ByRef(ctx, in.No)
	if err == nil {
		err = s.mayLook(ctx, p)
	}
	if err != nil {
		return nil, err
	}
	h, ok := s.holding(in.Kind)
	if !ok || h.By != ByPerson {
		return nil, fault.ErrNotFound
	}
	at, err := web.ParseCursor(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	after := ID(0)
	if at != nil {
		after = at[0]
	}
	list, err := read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) ([]Held, error) {
		return h.List(ctx, rd, p.ID, after, in.Size()+1)
	})
	if err != nil {
		return nil, err
	}
	page := web.Cut(list, in.Size(), func(x Held) string { return web.Cursor(x.Key) })
	out := &heldOutput{Body: web.Page[heldJSON]{Items: make([]heldJSON, len(page.Items)), NextCursor: page.NextCursor}}
	for i, x := range page.Items {
		out.Body.Items[i] = heldJSON{x.Title, x.Note, x.Href, x.Hidden}
	}
	return out, nil
}

func (s *Service) postPersonChange(ctx context.Context, in *personChangeInput) (*changeOutput, error) {
	c, f, err := s.PlanPerson(ctx, in.No, in.Body, in.DryRun)
	if err != nil {
		return nil, err
	}
	return s.changeWire(ctx, c, &f)
}

func (s *Service) postReorganise(ctx context.Context, in *reorganiseInput) (*changeOutput, error) {
	c, f, err := s.PlanUnits(ctx, in.Body, in.DryRun)
	if err != nil {
		return nil, err
	}
	return s.changeWire(ctx, c, &f)
}

func (s *Service) getChange(ctx context.Context, in *changeIDInput) (*changeOutput, error) {
	id, ok := parseID(in.ID)
	if !ok {
		return nil, fault.ErrNotFound
	}
	c, err := s.Change(ctx, id)
	if err != nil {
		return nil, err
	}
	if _, err := s.mayChange(ctx, c); err != nil {
		return nil, err
	}
	return s.changeWire(ctx, c, nil)
}

func (s *Service) postCancel(ctx context.Context, in *changeIDInput) (*changeOutput, error) {
	c, err := s.changeFor(ctx, in.ID)
	if err == nil {
		c, err = s.Cancel(ctx, c.ID)
	}
	if err != nil {
		return nil, err
	}
	return s.changeWire(ctx, c, nil)
}

func (s *Service) postBack(ctx context.Context, in *backInput) (*changeOutput, error) {
	id, ok := parseID(in.ID)
	if !ok {
		return nil, fault.ErrNotFound
	}
	c, err := s.WantBack(ctx, id, in.Body.Holdings)
	if err != nil {
		return nil, err
	}
	return s.changeWire(ctx, c, nil)
}

func (s *Service) postResume(ctx context.Context, in *changeIDInput) (*changeOutput, error) {
	c, err := s.changeFor(ctx, in.ID)
	if err == nil {
		err = s.Resume(ctx, c.ID)
	}
	if err != nil {
		return nil, err
	}
	return s.changeWire(ctx, c, nil)
}

func (s *Service) getChanges(ctx context.Context, in *changesInput) (*changesOutput, error) {
	at, err := web.ParseCursor(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	before := ID(0)
	if at != nil {
		before = at[0]
	}
	list, err := read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) ([]Change, error) {
		return changesBefore(ctx, rd, in.State, before, in.Size()+1)
	})
	if err != nil {
		return nil, err
	}
	page := web.Cut(list, in.Size(), func(c Change) string { return web.Cursor(c.ID) })
	out := &changesOutput{Body: web.Page[changeJSON]{Items: []changeJSON{}, NextCursor: page.NextCursor}}
	for _, c := range page.Items {
		one, err := s.changeWire(ctx, c, nil)
		if err != nil {
			return nil, err
		}
		out.Body.Items = append(out.Body.Items, one.Body)
	}
	return out, nil
}

// changeWire is a change as the API gives it: with its forecast when it is asked for, with what was left when it is over.
func (s *Service) changeWire(ctx context.Context, c Change, f *Forecast) (*changeOutput, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	j := changeJSON{Kind: c.Kind, State: c.State, At: orNever(c.At), BeganAt: orNever(c.BeganAt), EndedAt: orNever(c.EndedAt), Stages: []stageJSON{}}
	if c.ID != 0 {
		j.ID = idText(c.ID)
	}
	if c.Trouble != "" {
		j.Trouble = lang.T(ctx, c.Trouble, "value", "", "unit", "", "date", "")
	}
	made := map[ID]string{}
	for _, u := range c.Plan.Made {
		made[u.ID] = u.Code
	}
	code := func(id ID) string {
		if u, ok := tree.ByID(id); ok {
			return u.Code
		}
		return made[id]
	}
	for _, id := range c.Plan.From {
		j.From = append(j.From, code(id))
	}
	for _, x := range c.Plan.Into {
		j.Into = append(j.Into, intoJSON{code(x.Unit), x.Share * 100})
	}
	list := c.Steps
	if f != nil {
		list = f.Stages
		for _, some := range append([][]Remark{f.Remarks}, f.Of...) {
			for _, r := range some {
				j.Remarks = append(j.Remarks, remarkJSON{lang.T(ctx, r.Key, r.Args...), r.Bad})
			}
		}
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error { return s.fillWire(ctx, rd, c, list, code, &j) })
	return &changeOutput{Body: j}, err
}

// fillWire adds what stands in the database: who the people are, and what was left.
func (s *Service) fillWire(ctx context.Context, rd sqldb.Reader, c Change, list []Stage, code func(ID) string, j *changeJSON) error {
	ids := []ID{c.Person, c.Plan.Deputy}
	for _, st := range list {
		ids = append(ids, st.To)
	}
	names, err := s.Names(ctx, rd, ids)
	if err != nil {
		return err
	}
	name := func(id ID) string {
		if c.Units() {
			return code(id)
		}
		return s.Ref(ctx, names[id])
	}
	if !c.Units() {
		ref := name(c.Person)
		j.Person = &ref
	}
	if c.Kind == LongLeave {
		j.Until, j.Back = orNever(c.Plan.Until), c.Plan.Back
		if c.Plan.Deputy != 0 {
			j.Deputy = orNothing(name(c.Plan.Deputy))
		}
		if err := s.fillGave(ctx, rd, c, j); err != nil {
			return err
		}
	}
	for _, st := range list {
		h, _ := s.holding(st.Holding)
		one := stageJSON{Holding: st.Holding, Label: lang.T(ctx, h.Label), From: name(st.From), Total: st.Total, Moved: st.Moved, Left: st.Left, Done: st.Done}
		if st.To != 0 {
			one.To = orNothing(name(st.To))
		}
		for _, x := range c.Plan.Into {
			if n := st.Parts[x.Unit]; n > 0 {
				one.Parts = append(one.Parts, partJSON{code(x.Unit), n})
			}
		}
		j.Stages = append(j.Stages, one)
	}
	if c.ID == 0 {
		return nil
	}
	left, err := leftOf(ctx, rd, c.ID, leftRows)
	for _, l := range left {
		j.Left = append(j.Left, leftJSON{l.Holding, l.Title, lang.T(ctx, l.Why)})
	}
	return err
}
