package calendar

import (
	"cmp"
	"context"
	"net/http"
	"strings"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// newOne is the word in an address that stands for the calendar that is being made.
const newOne = "+"

// previewDays is how many days the preview shows one by one, previewYear how far it counts the rest.
const (
	previewDays = 14
	previewYear = 365
)

type editView struct {
	In     typed
	New    bool
	Name   string
	Title  string
	Post   string
	Errors ui.Errors
	Days   []dayInput
	Lists  []ui.Option // statutory days
	Bases  []ui.Option
	Kinds  []ui.Choice // patterns
	Ready  []ui.Crumb  // patterns to begin with
	Trial  *previewView
	Moves  *movesView
	Heirs  string // calendars that follow
}

// dayInput is the hours of a weekday.
type dayInput struct{ Name, Label, Value, Error string }

// previewView is what would change if the form were published now.
type previewView struct {
	Title string
	Rows  []previewRow
	Later string
}

type previewRow struct {
	Day, Old, New string
	Differs       bool
}

func mayPublish(ctx context.Context) bool { return actor.From(ctx).Has("admin") }

func (s *Service) showEdit(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := s.editView(ctx, r.PathValue("code"))
	if err != nil {
		return err
	}
	if in, ok := preset(r.URL.Query().Get("preset"), v.In.Anchor); ok && v.New {
		in.Zone = v.In.Zone
		v.In = written(ctx, in)
	}
	v.fill(ctx)
	if err := s.fillBases(ctx, &v); err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, editPage(v), editContent(v))
}

// editView is the form with the newest version in it, to hold from tomorrow on.
func (s *Service) editView(ctx context.Context, code string) (editView, error) {
	v := editView{New: code == newOne, Title: lang.T(ctx, "calendar.form.new"), Post: pathOf(code) + "/edit"}
	b, err := s.Book(ctx)
	if err != nil {
		return v, err
	}
	base := Default
	if !v.New {
		base = code
	}
	in, ok := b.Input(base)
	if !ok {
		return v, fault.New(fault.NotFound, "calendar.unknown", "code", code)
	}
	v.In = written(ctx, in)
	v.In.From = ""
	if v.New {
		v.In.Code, v.In.NameZh, v.In.NameEn = "", "", ""
		v.In.Anchor = DateOf(s.db.Now().In(lang.Zone(ctx))).String()
		return v, nil
	}
	table, err := b.Table(code, 0)
	if err != nil {
		return v, err
	}
	now, _ := b.Current(code)
	v.Name = now.Name.In(ctx)
	v.Title = lang.T(ctx, "calendar.form.title", "name", v.Name)
	v.In.From, v.In.Replaces = (DateOf(s.db.Now().In(table.loc)) + 1).String(), now.Number
	return v, nil
}

// fill adds what the form shows beside the values.
func (v *editView) fill(ctx context.Context) {
	v.Days = nil
	for i := range weekdays {
		day := weekdays[(i+1)%7]
		value := ""
		if text := v.In.Hours[day]; len(text) > 0 {
			value = text[0]
		}
		v.Days = append(v.Days, dayInput{"hours." + day, lang.T(ctx, "calendar.weekday."+day), value, v.Errors.At("hours." + day)})
	}
	v.Lists = []ui.Option{{Text: lang.T(ctx, "calendar.form.statutory-none"), Selected: v.In.Statutory == ""}}
	if v.In.Base != "" {
		v.Lists[0].Text = lang.T(ctx, "calendar.form.statutory-base")
		v.Lists = append(v.Lists, ui.Option{Value: noStatutory, Text: lang.T(ctx, "calendar.form.statutory-none"), Selected: v.In.Statutory == noStatutory})
	}
	v.Kinds = nil
	for _, kind := range []string{patternWeek, patternWeeks, patternCycle, patternBase} {
		v.Kinds = append(v.Kinds, ui.Choice{Value: kind, Title: lang.T(ctx, "calendar.form.pattern-"+kind), Text: lang.T(ctx, "calendar.form.pattern-"+kind+"-text"),
			Checked: kind == cmp.Or(v.In.Pattern, patternWeek)})
	}
	for _, name := range presets {
		v.Ready = append(v.Ready, ui.Crumb{Label: lang.T(ctx, "calendar.preset."+name), Href: editHref(newOne) + "?preset=" + name})
	}
	for _, country := range Countries {
		for _, code := range []string{country, country + noMakeup} {
			v.Lists = append(v.Lists, ui.Option{Value: code, Text: lang.T(ctx, "calendar.statutory-"+code), Selected: code == v.In.Statutory})
		}
	}
}

// submitEdit shows what would change, or publishes.
func (s *Service) submitEdit(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := s.editView(ctx, r.PathValue("code"))
	if err != nil {
		return err
	}
	code := v.In.Code
	v.In = typed{}
	if err := web.Decode(r, &v.In); err != nil {
		return err
	}
	if !v.New {
		v.In.Code = code
	}
	before, after, book, err := s.draftTyped(ctx, &v)
	if err == nil && v.In.Do == "publish" {
		var f fault.Fields
		_, err = s.Publish(ctx, s.publishable(ctx, &v, &f))
	}
	if err != nil {
		return s.refuseEdit(w, r, v, err)
	}
	if v.In.Do == "publish" {
		web.Toast(w, r, lang.T(ctx, "calendar.form.done"), "")
		return web.See(w, r, pathOf(v.In.Code))
	}
	plan, err := s.planOf(ctx, v.In.Code, before, after, book)
	if err != nil {
		return err
	}
	if v.In.Do == "csv" {
		return s.sendMoves(w, r, plan.Moves)
	}
	v.Trial = preview(ctx, before, after, DateOf(s.db.Now().In(after.loc)))
	moves, err := s.movesView(ctx, plan.Moves)
	if err != nil {
		return err
	}
	v.Moves = &moves
	var heirs []string
	for _, h := range plan.Heirs {
		heirs = append(heirs, h.Name.In(ctx))
	}
	v.Heirs = strings.Join(heirs, lang.T(ctx, "calendar.list-separator"))
	v.fill(ctx)
	if err := s.fillBases(ctx, &v); err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, editPage(v), editContent(v))
}

// fillBases lists the calendars that this one may stand on.
func (s *Service) fillBases(ctx context.Context, v *editView) error {
	b, err := s.Book(ctx)
	if err != nil {
		return err
	}
	v.Bases = []ui.Option{{Text: lang.T(ctx, "calendar.form.base-none"), Selected: v.In.Base == ""}}
	for _, code := range b.Codes() {
		if code != v.In.Code {
			v.Bases = append(v.Bases, ui.Option{Value: code, Text: b.newest(code).Name.In(ctx), Selected: code == v.In.Base})
		}
	}
	return nil
}

// publishable is the input of the form, with what the form does not show kept from the version before.
func (s *Service) publishable(ctx context.Context, v *editView, f *fault.Fields) Input {
	in := v.In.input(f)
	if b, err := s.Book(ctx); err == nil && !v.New {
		last, _ := b.Input(in.Code)
		in.OfficialYears = last.OfficialYears
	}
	return in
}

// draftTyped finds all that is wrong: what the form cannot read and what the rules refuse.
func (s *Service) draftTyped(ctx context.Context, v *editView) (before, after *Table, book *Book, err error) {
	var f fault.Fields
	in := s.publishable(ctx, v, &f)
	if v.New {
		if b, err := s.Book(ctx); err == nil && b.Has(in.Code) {
			f.Add("code", "calendar.form.code-taken", "code", in.Code)
			in.Replaces = 0
		}
	}
	before, after, book, err = s.Draft(ctx, in)
	if found, ok := fault.As(err); err != nil && (!ok || found.Kind != fault.Invalid) {
		return nil, nil, nil, err
	} else if ok {
		for _, x := range found.Fields {
			f.Add(x.Name, x.Key, fault.Flat(x.Args)...)
		}
	}
	return before, after, book, f.Err()
}

func (s *Service) refuseEdit(w http.ResponseWriter, r *http.Request, v editView, err error) error {
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.Invalid && f.Kind != fault.Conflict {
		return err
	}
	ctx := r.Context()
	v.Errors = ui.ErrorsOf(ctx, err, nil)
	if len(f.Fields) > 0 {
		v.Errors = v.In.errorsOf(ctx, f.Fields)
	}
	v.fill(ctx)
	if err := s.fillBases(ctx, &v); err != nil {
		return err
	}
	return web.Show(w, r, f.Kind.Status(), editPage(v), editContent(v))
}

// preview says what becomes of the next days, and how many days of a year after them differ.
func preview(ctx context.Context, before, after *Table, today Date) *previewView {
	v := &previewView{}
	differ := 0
	for _, c := range compare(before, after, today, previewDays) {
		row := previewRow{Day: lang.ShortDate(ctx, noon(ctx, c.Date)), New: c.New.words(ctx), Differs: c.Differs}
		if c.Old != nil {
			row.Old = c.Old.words(ctx)
		}
		if c.Differs {
			differ++
		}
		v.Rows = append(v.Rows, row)
	}
	v.Title = lang.T(ctx, "calendar.form.changes", "count", differ)
	if before == nil {
		v.Title = lang.T(ctx, "calendar.form.first-days")
		return v
	}
	if differ == 0 {
		v.Title = lang.T(ctx, "calendar.form.no-changes")
	}
	var first Date
	later := 0
	for _, c := range compare(before, after, today+previewDays, previewYear-previewDays) {
		if c.Differs {
			if later++; later == 1 {
				first = c.Date
			}
		}
	}
	v.Later = lang.T(ctx, "calendar.form.later-none")
	if later > 0 {
		v.Later = lang.T(ctx, "calendar.form.later", "count", later, "date", lang.Date(ctx, noon(ctx, first)))
	}
	return v
}

// words of a day: 08:30–12:00, 13:30–18:00（公司年会）, 周末.
func (p *plan) words(ctx context.Context) string {
	if len(p.spans) == 0 {
		_, why := closedReason(p)
		return why.In(ctx)
	}
	text := spansText(p.spans)
	if why := openReason(p).In(ctx); why != "" {
		text = lang.T(ctx, "calendar.day-named", "day", text, "name", why)
	}
	return text
}

func orDash(text string) string {
	if text == "" {
		return "—"
	}
	return text
}

func editCrumbs(ctx context.Context, v editView) []ui.Crumb {
	crumbs := []ui.Crumb{{Label: lang.T(ctx, "calendar.title"), Href: "/settings/calendars"}}
	if !v.New {
		crumbs = append(crumbs, ui.Crumb{Label: v.Name, Href: pathOf(v.In.Code)})
	}
	return append(crumbs, ui.Crumb{Label: lang.T(ctx, "calendar.form.publish")})
}

func backHref(v editView) string {
	if v.New {
		return "/settings/calendars"
	}
	return pathOf(v.In.Code)
}

func editHref(code string) string { return pathOf(code) + "/edit" }
