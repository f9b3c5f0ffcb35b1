package relation

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sorting"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// The steps of a sheet: who, and what, on both sides; then the look before it is handed in.
const (
	stepCustomers = 1
	stepGiven     = 2
	stepProviders = 3
	stepTaken     = 4
	stepCheck     = 5
)

// sideOf is whom a step is about.
func sideOf(step int) Side {
	if step <= stepGiven {
		return Customer
	}
	return Provider
}

// sheetForm is what a step sends. The maps are by the place of a line.
type sheetForm struct {
	Step        int               `form:"step"`
	Version     int               `form:"version"`
	Units       []string          `form:"units"`
	More        []string          `form:"more"`
	Add         string            `form:"add"` // the unit that gets one more line
	Other       map[string]string `form:"other"`
	Deliverable map[string]string `form:"deliverable"`
	Frequency   map[string]string `form:"frequency"`
	Criterion   map[string]string `form:"criterion"`
	Expects     map[string]string `form:"expects"`
	Importance  map[string]string `form:"importance"`
}

// lines are what a form of step 2 or 4 says, in its order.
func (f sheetForm) lines(tree *org.Tree) []SheetLine {
	var places []int
	for at := range f.Other {
		if n, err := strconv.Atoi(at); err == nil && n >= 0 {
			places = append(places, n)
		}
	}
	sorting.By(places, cmp.Compare[int])
	out := make([]SheetLine, 0, len(places))
	for _, n := range places {
		at := strconv.Itoa(n)
		u, _ := tree.ByCode(f.Other[at])
		importance, err := strconv.Atoi(f.Importance[at])
		if err != nil && f.Importance[at] != "" {
			importance = -1
		}
		out = append(out, SheetLine{Other: u.ID, Deliverable: f.Deliverable[at], Frequency: f.Frequency[at], Criterion: f.Criterion[at], Expects: f.Expects[at], Importance: importance})
	}
	return out
}

// chosen are the lines of a side once exactly these units are on it: those of a unit that stays stay.
func (f sheetForm) chosen(tree *org.Tree, have []SheetLine) ([]SheetLine, error) {
	var out []SheetLine
	var bad fault.Fields
	done := map[org.ID]bool{}
	for _, code := range slices.Concat(f.Units, f.More) {
		u, known := tree.ByCode(code)
		if !known {
			bad.Add("more", "relation.unknown-unit")
			continue
		}
		if done[u.ID] {
			continue
		}
		done[u.ID] = true
		n := len(out)
		for _, l := range have {
			if l.Other == u.ID {
				out = append(out, l)
			}
		}
		if len(out) == n {
			out = append(out, SheetLine{Other: u.ID})
		}
	}
	return out, bad.Err()
}

type sheetPageView struct {
	SheetView
	Step        int
	Title, Lead string
	Steps       []ui.Step
	Action      string
	BackHref    string
	Errors      ui.Errors
	Meanwhile   string // somebody else saved it: who and when
	Problem     string
	Choices     []ui.Option
	More        []ui.Option
	Blocks      []sheetBlock
	Given       []sheetBlock // of the last step
	Taken       []sheetBlock
	Lacks       string
	CameFrom    string
}

// sheetBlock is one unit on a side of a sheet, with its lines.
type sheetBlock struct {
	Unit, Code string
	Lines      []sheetRowEdit
}

type sheetRowEdit struct {
	At         string
	N          int // of the block, from 1
	Code       string
	Line       SheetLine
	Text       string
	Expects    string
	Frequency  []ui.Option
	Importance []ui.Option
}

func (s *Service) showSheet(w http.ResponseWriter, r *http.Request) error {
	return s.sheetPage(w, r, http.StatusOK, nil, nil)
}

// sheetPage is a step of a sheet; typed is a form that could not be taken.
func (s *Service) sheetPage(w http.ResponseWriter, r *http.Request, status int, typed *sheetForm, cause error) error {
	ctx := r.Context()
	id, err := pathID(r)
	if err != nil {
		return err
	}
	x, err := s.SheetOf(ctx, id, r.PathValue("unit"))
	if err != nil {
		return err
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return err
	}
	step, err := strconv.Atoi(r.URL.Query().Get("step"))
	if err != nil || step < stepCustomers || step > stepCheck {
		step = stepCustomers
	}
	if typed != nil {
		step = min(max(typed.Step, stepCustomers), stepCheck)
	}
	if !x.MayWrite {
		step = stepCheck
	}
	v := sheetPageView{SheetView: x, Step: step, Title: lang.T(ctx, "relation.sheet.step."+strconv.Itoa(step)), Lead: lang.T(ctx, "relation.sheet.lead."+strconv.Itoa(step), "unit", x.Unit.Name.In(ctx)),
		Action: sheetHref(id, x.Unit.Code)}
	if x.From.ID != 0 {
		v.CameFrom = lang.T(ctx, "relation.sheet.came-from", "unit", x.From.Name.In(ctx))
	}
	if step > stepCustomers {
		v.BackHref = v.Action + "?step=" + strconv.Itoa(step-1)
	}
	if !x.MayWrite {
		v.Title, v.Lead, v.BackHref = lang.T(ctx, "relation.sheet.of", "unit", x.Unit.Name.In(ctx)), x.Workshop.Name, ""
	}
	if fault.KindOf(cause) == fault.Conflict && cause != nil {
		v.Meanwhile = ui.ErrorsOf(ctx, cause, nil).Sentence(ctx)
		if x.ChangedBy != 0 {
			v.Meanwhile += " " + lang.T(ctx, "relation.sheet.saved-by", "person", x.People[x.ChangedBy].Plain(ctx), "time", lang.Short(ctx, x.ChangedAt))
		}
	} else {
		v.Errors = sheetErrors(ctx, cause)
	}
	if err := s.fillSheet(ctx, &v, tree, typed); err != nil {
		return err
	}
	for n := stepCustomers; n <= stepCheck; n++ {
		one := ui.Step{Text: lang.T(ctx, "relation.sheet.short."+strconv.Itoa(n)), State: "todo"}
		switch {
		case n < step:
			one.State = "done"
		case n == step:
			one.State = "now"
		}
		v.Steps = append(v.Steps, one)
	}
	return web.Show(w, r, status, sheetPage(v), sheetContent(v))
}

// sheetErrors are the sentences of a step, with the number of the line they are about.
func sheetErrors(ctx context.Context, cause error) ui.Errors {
	labels := map[string]string{"more": lang.T(ctx, "relation.sheet.more")}
	if f, ok := fault.As(cause); ok {
		for _, x := range f.Fields {
			for _, name := range []string{"deliverable.", "frequency.", "criterion.", "expects.", "importance.", "other."} {
				if len(x.Name) > len(name) && x.Name[:len(name)] == name {
					labels[x.Name] = lang.T(ctx, "relation.sheet."+name[:len(name)-1])
				}
			}
		}
	}
	return ui.ErrorsOf(ctx, cause, labels)
}

func (s *Service) fillSheet(ctx context.Context, v *sheetPageView, tree *org.Tree, typed *sheetForm) error {
	switch v.Step {
	case stepCustomers, stepProviders:
		return s.fillChoices(ctx, v, tree, typed)
	case stepCheck:
		v.Given, v.Taken = blocksOf(ctx, tree, v.Of(Customer)), blocksOf(ctx, tree, v.Of(Provider))
		if err := ready(v.Lines); err != nil {
			v.Lacks = s.lacks(ctx, tree, v.Lines, err)
		}
		return nil
	}
	lines := v.Of(sideOf(v.Step))
	if typed != nil {
		lines = typed.lines(tree)
	}
	v.Blocks = blocksOf(ctx, tree, lines)
	return nil
}

// lacks names the units of whose lines something is missing, each with its sentence once.
func (s *Service) lacks(ctx context.Context, tree *org.Tree, lines []SheetLine, err error) string {
	f, ok := fault.As(err)
	if !ok {
		return ""
	}
	var labeled ui.Errors
	for _, x := range f.Fields {
		one := ui.FieldError{Name: x.Name, Text: lang.T(ctx, x.Key)}
		if _, at, found := cutLast(x.Name); found && at < len(lines) {
			one.Label = tree.Name(ctx, lines[at].Other)
		}
		if !slices.Contains(labeled.Fields, one) {
			labeled.Fields = append(labeled.Fields, one)
		}
	}
	return labeled.Sentence(ctx)
}

// cutLast parts "deliverable.3".
func cutLast(name string) (field string, at int, ok bool) {
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '.' {
			n, err := strconv.Atoi(name[i+1:])
			return name[:i], n, err == nil
		}
	}
	return name, 0, false
}

// fillChoices offers the units that work suggests first, then those on the sheet already.
func (s *Service) fillChoices(ctx context.Context, v *sheetPageView, tree *org.Tree, typed *sheetForm) error {
	side := sideOf(v.Step)
	list, err := s.Suggestions(ctx, v.Unit, side)
	if err != nil {
		return err
	}
	on, offered := map[string]bool{}, map[string]bool{}
	for _, l := range v.Of(side) {
		if u, known := tree.ByID(l.Other); known {
			on[u.Code] = true
		}
	}
	if typed != nil {
		on = map[string]bool{}
		for _, code := range typed.Units {
			on[code] = true
		}
	}
	for _, x := range list {
		text := x.Unit.Name.In(ctx)
		if x.Requests > 0 {
			text += " · " + lang.T(ctx, "relation.sheet.requests", "count", x.Requests)
		}
		if x.Known {
			text += " · " + lang.T(ctx, "relation.sheet.known."+x.Standing.word())
		}
		offered[x.Unit.Code] = true
		v.Choices = append(v.Choices, ui.Option{Value: x.Unit.Code, Text: text, Selected: on[x.Unit.Code]})
	}
	for _, u := range tree.All() {
		if on[u.Code] && !offered[u.Code] {
			v.Choices = append(v.Choices, ui.Option{Value: u.Code, Text: u.Name.In(ctx), Selected: true})
		}
	}
	if typed != nil {
		for _, code := range typed.More {
			if u, known := tree.ByCode(code); known {
				v.More = append(v.More, ui.Option{Value: code, Text: u.Name.In(ctx), Selected: true})
			}
		}
	}
	return nil
}

// blocksOf puts the lines of one side under their units.
func blocksOf(ctx context.Context, tree *org.Tree, lines []SheetLine) []sheetBlock {
	var out []sheetBlock
	at := map[org.ID]int{}
	for n, l := range lines {
		i, known := at[l.Other]
		if !known {
			u, _ := tree.ByID(l.Other)
			i = len(out)
			at[l.Other] = i
			out = append(out, sheetBlock{Unit: u.Name.In(ctx), Code: u.Code})
		}
		b := &out[i]
		row := sheetRowEdit{At: strconv.Itoa(n), N: len(b.Lines) + 1, Code: b.Code, Line: l, Text: handLine(ctx, l.Deliverable, l.Frequency, l.Criterion)}
		if l.Expects != "" {
			row.Expects = l.Expects
			if l.Importance > 0 {
				row.Expects += lang.T(ctx, "relation.expect.paren", "text", importanceWord(ctx, l.Importance))
			}
		}
		for _, f := range Frequencies {
			row.Frequency = append(row.Frequency, ui.Option{Value: f, Text: lang.T(ctx, "relation.sheet.frequency."+cmp.Or(f, "none")), Selected: f == l.Frequency})
		}
		row.Importance = []ui.Option{{Text: lang.T(ctx, "relation.expect.choose"), Selected: l.Importance == 0}}
		for k := importanceMost; k >= importanceLeast; k-- {
			row.Importance = append(row.Importance, ui.Option{Value: strconv.Itoa(k), Text: importanceWord(ctx, k), Selected: k == l.Importance})
		}
		b.Lines = append(b.Lines, row)
	}
	return out
}

func (s *Service) submitSheet(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := pathID(r)
	if err != nil {
		return err
	}
	var in sheetForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	unit := r.PathValue("unit")
	x, err := s.SheetOf(ctx, id, unit)
	if err != nil {
		return err
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return err
	}
	side := sideOf(in.Step)
	var lines []SheetLine
	switch in.Step {
	case stepCustomers, stepProviders:
		lines, err = in.chosen(tree, x.Of(side))
	default:
		lines = in.lines(tree)
	}
	if err == nil {
		_, err = s.SaveSheet(ctx, id, unit, in.Version, side, lines)
	}
	if status := refusedStatus(err); status != 0 {
		return s.sheetPage(w, r, status, &in, err)
	}
	if err != nil {
		return err
	}
	next := min(in.Step+1, stepCheck)
	if in.Add != "" {
		next = in.Step
		if u, known := tree.ByCode(in.Add); known {
			return s.oneMoreLine(w, r, in, lines, u.ID)
		}
	}
	return web.See(w, r, sheetHref(id, x.Unit.Code)+"?step="+strconv.Itoa(next))
}

// oneMoreLine shows the step again, saved, with an empty line for a unit.
func (s *Service) oneMoreLine(w http.ResponseWriter, r *http.Request, in sheetForm, lines []SheetLine, unit org.ID) error {
	last := 0
	for i, l := range lines {
		if l.Other == unit {
			last = i + 1
		}
	}
	again := sheetForm{Step: in.Step, Other: map[string]string{}, Deliverable: map[string]string{}, Frequency: map[string]string{}, Criterion: map[string]string{}, Expects: map[string]string{}, Importance: map[string]string{}}
	tree, err := s.org.Tree(r.Context())
	if err != nil {
		return err
	}
	for i, l := range slices.Insert(slices.Clone(lines), last, SheetLine{Other: unit}) {
		at := strconv.Itoa(i)
		u, _ := tree.ByID(l.Other)
		again.Other[at], again.Deliverable[at], again.Frequency[at], again.Criterion[at], again.Expects[at] = u.Code, l.Deliverable, l.Frequency, l.Criterion, l.Expects
		if l.Importance > 0 {
			again.Importance[at] = strconv.Itoa(l.Importance)
		}
	}
	return s.sheetPage(w, r, http.StatusOK, &again, nil)
}

func (s *Service) submitHandIn(w http.ResponseWriter, r *http.Request) error {
	return s.submitSheetDeed(w, r, s.HandIn, "relation.sheet.handed-in")
}

func (s *Service) submitTakeBack(w http.ResponseWriter, r *http.Request) error {
	return s.submitSheetDeed(w, r, s.TakeBack, "relation.sheet.taken-back")
}

func (s *Service) submitSheetDeed(w http.ResponseWriter, r *http.Request, do func(context.Context, ID, string, int) (SheetView, error), said string) error {
	ctx := r.Context()
	id, err := pathID(r)
	if err != nil {
		return err
	}
	var in sheetForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	unit := r.PathValue("unit")
	_, err = do(ctx, id, unit, in.Version)
	if status := refusedStatus(err); status != 0 {
		in.Step = stepCheck
		return s.sheetPage(w, r, status, &in, err)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, said), "")
	if said == "relation.sheet.handed-in" {
		return web.See(w, r, workshopHref(id))
	}
	return web.See(w, r, sheetHref(id, unit))
}

// handOverCard is what goes over a direction, on the page of the relation.
type handOverCard struct {
	Given, Taken []handOverRow
	Provider     string
	Customer     string
}

type handOverRow struct{ Text, From string }

func (s *Service) handOverCard(ctx context.Context, d Direction) (handOverCard, error) {
	v := handOverCard{Provider: d.Provider.Name.In(ctx), Customer: d.Customer.Name.In(ctx)}
	if d.Provider.ID == d.Customer.ID {
		return v, nil
	}
	list, err := s.HandOversOf(ctx, d.Provider.ID, d.Customer.ID)
	if err != nil || len(list) == 0 {
		return v, err
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return v, err
	}
	for _, h := range list {
		row := handOverRow{Text: handLine(ctx, h.Deliverable, h.Frequency, h.Criterion)}
		if from, known := tree.ByID(h.From); known {
			row.From = lang.T(ctx, "relation.sheet.came-from", "unit", from.Name.In(ctx))
		}
		if h.Side == Provider {
			v.Given = append(v.Given, row)
		} else {
			v.Taken = append(v.Taken, row)
		}
	}
	return v, nil
}
