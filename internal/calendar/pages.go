package calendar

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
)

// Pages adds the room's pages.
func (s *Service) Pages(m *web.Mux) {
	m.Page(
		web.Route{Pattern: "GET /settings/calendars", Action: "calendar.see", Do: s.showCalendars},
		web.Route{Pattern: "GET /settings/calendars/{code}", Action: "calendar.see", Do: s.showCalendar},
		web.Route{Pattern: "GET /settings/calendars/{code}/edit", Action: "calendar.change", Do: s.showEdit},
		web.Route{Pattern: "POST /settings/calendars/{code}/edit", Action: "calendar.change", Do: s.submitEdit},
		web.Route{Pattern: "GET /settings/calendars/{code}/test", Action: "calendar.see", Do: s.showTest},
		web.Route{Pattern: "GET /calendars", Action: "calendar.see", Do: s.showUnit},
		web.Route{Pattern: "GET /calendars/{code}/days-off.ics", Action: "calendar.see", Do: s.sendFeed},
		web.Route{Pattern: "GET /settings/calendar-years", Action: "calendar.import", Do: s.showYears},
		web.Route{Pattern: "POST /settings/calendar-years", Action: "calendar.import", Do: s.submitYear, MaxBody: 4 * maxYearText},
	)
}

type listView struct {
	Items   []itemView
	Missing string // the year that should have been brought in
}

type itemView struct {
	Code, Name, Href, Zone, Hours, Version string
	Units                                  int
	Years                                  string // provisional ones
}

func (s *Service) showCalendars(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	b, err := s.Book(ctx)
	if err != nil {
		return err
	}
	units, err := s.unitsOf(ctx)
	if err != nil {
		return err
	}
	var v listView
	if missing, err := s.Missing(ctx); err != nil {
		return err
	} else if missing != 0 && mayPublish(ctx) {
		v.Missing = lang.T(ctx, "calendar.year.missing", "year", strconv.Itoa(missing))
	}
	for _, code := range b.Codes() {
		c, _ := b.Current(code)
		v.Items = append(v.Items, itemView{
			Code: code, Name: c.Name.In(ctx), Href: pathOf(code), Zone: c.Rules.Zone, Hours: summary(ctx, &c.Rules),
			Version: c.label(ctx), Units: units[code], Years: c.provisional(ctx, "calendar.year-provisional-short"),
		})
	}
	return web.Show(w, r, http.StatusOK, calendarsPage(v), nil)
}

// unitsOf counts the units of each calendar, with those that inherit it.
func (s *Service) unitsOf(ctx context.Context) (map[string]int, error) {
	tree, err := s.units.Tree(ctx)
	if err != nil {
		return nil, err
	}
	counts := map[string]int{}
	for _, u := range tree.All() {
		code, err := s.CodeFor(ctx, u.ID)
		if err != nil {
			return nil, err
		}
		counts[code]++
	}
	return counts, nil
}

func pathOf(code string) string { return "/settings/calendars/" + url.PathEscape(code) }

// label is 第 2 版 · 2026年11月21日 起.
func (v Version) label(ctx context.Context) string {
	if v.From == Always {
		return lang.T(ctx, "calendar.version", "version", v.Number)
	}
	return lang.T(ctx, "calendar.version-from", "version", v.Number, "date", v.From.String())
}

// provisional says which years of the statutory list are not settled; "" when all are.
func (v Version) provisional(ctx context.Context, key string) string {
	if v.Rules.Statutory == nil {
		return ""
	}
	for year := FirstYear; year <= LastYear; year++ {
		if known, ok := v.Rules.Statutory.Years[year]; ok && !known && !v.Rules.official(year) {
			return lang.T(ctx, key, "year", strconv.Itoa(year))
		}
	}
	return ""
}

type calendarView struct {
	Code, Name, Hours string
	Facts             []ui.Pair
	Warning           string
	Month             monthView
	MonthCode         string
	Trial             trialView
	Stretches         []stretchRow
	Versions          []versionRow
	Units             []ui.Crumb // that chose it
	Inherit           string     // how many take it over
	Heirs             []ui.Crumb
}

// fillCalendar adds what stands beside the month: stretches, units, heirs, versions.
func (s *Service) fillCalendar(ctx context.Context, b *Book, v *calendarView, today Date) error {
	v.Stretches, v.Versions = b.stretches(ctx, b.newest(v.Code), today), b.history(ctx, v.Code)
	for _, code := range b.Codes() {
		if e := b.newest(code); e.input.Base == v.Code {
			v.Heirs = append(v.Heirs, ui.Crumb{Label: e.Name.In(ctx), Href: pathOf(code)})
		}
	}
	own, inherit, err := s.unitsIn(ctx, v.Code)
	v.Units = own
	if inherit > 0 {
		v.Inherit = lang.T(ctx, "calendar.units-inherit", "count", inherit)
	}
	return err
}

// trialView is the tester: a start and a duration, and what comes of them.
type trialView struct {
	Start, Value, Unit string
	Errors             ui.Errors
	Result             *trialResult
}

type trialResult struct {
	Due, Label  string
	Provisional bool
	Intervals   ui.IntervalsProps
}

func (s *Service) showCalendar(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	b, err := s.Book(ctx)
	if err != nil {
		return err
	}
	table, err := b.Table(r.PathValue("code"), 0)
	if err != nil {
		return err
	}
	v, _ := b.Current(table.Code)
	at := s.db.Now().In(table.loc)
	view := calendarView{Code: v.Code, Name: v.Name.In(ctx), Hours: summary(ctx, &v.Rules), Warning: v.provisional(ctx, "calendar.year-provisional"), Facts: b.factsOf(ctx, b.newest(v.Code), table)}
	if err := s.fillCalendar(ctx, b, &view, DateOf(at)); err != nil {
		return err
	}
	month, err := time.Parse("2006-01", r.URL.Query().Get("month"))
	if err != nil || month.Year() < FirstYear || month.Year() > LastYear {
		month = time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC)
	}
	view.MonthCode = month.Format("2006-01")
	view.Month = table.month(ctx, month.Year(), month.Month(), func(code string) string { return pathOf(v.Code) + "?month=" + code })
	view.Trial = try(ctx, table, r.URL.Query(), at)
	status := http.StatusOK
	if view.Trial.Errors.Any() {
		status = http.StatusUnprocessableEntity
	}
	return web.Show(w, r, status, calendarPage(view), nil)
}

// try reads the tester's fields from the address. Without a value there is only an empty form.
func try(ctx context.Context, t *Table, q url.Values, now time.Time) trialView {
	v := trialView{Start: q.Get("start"), Value: q.Get("target.value"), Unit: q.Get("target.unit")}
	if v.Value == "" && v.Unit == "" && v.Start == "" {
		v.Start = now.Format("2006-01-02T15:04")
		return v
	}
	var f fault.Fields
	start, err := time.ParseInLocation("2006-01-02T15:04", v.Start, t.loc)
	if err != nil || start.Year() < FirstYear || start.Year() > LastYear {
		f.Add("start", "calendar.trial.start-missing")
	}
	value, err := strconv.Atoi(v.Value)
	if err != nil {
		value = -1
	}
	target := Duration{Value: value, Unit: v.Unit}
	target.Validate(&f, "target")
	var d Deadline
	if f.Len() == 0 {
		if d, err = t.Deadline(start, target); err != nil {
			f.Add("target.value", "calendar.outside", "from", strconv.Itoa(FirstYear), "to", strconv.Itoa(LastYear))
		}
	}
	for _, field := range f.All() {
		v.Errors.Fields = append(v.Errors.Fields, ui.FieldError{Name: field.Name, Label: lang.T(ctx, "calendar.trial."+label(field.Name)), Text: lang.T(ctx, field.Key, fault.Flat(field.Args)...)})
	}
	if f.Len() > 0 {
		return v
	}
	days, sum := IntervalDays(ctx, t, d.Intervals)
	v.Result = &trialResult{Due: lang.DateTime(ctx, d.Due), Label: target.Label(ctx), Provisional: d.Provisional,
		Intervals: ui.IntervalsProps{Days: days, Sum: sum, Legend: true}}
	return v
}

func label(field string) string {
	if field == "start" {
		return "start"
	}
	return "target"
}

// unitOptions lists the seven units for a form.
func unitOptions(ctx context.Context, chosen string) []ui.Option {
	options := make([]ui.Option, len(Units))
	for i, u := range Units {
		options[i] = ui.Option{Value: u, Text: UnitLabel(ctx, u), Selected: u == chosen}
	}
	return options
}

// targetError is what is wrong with the duration, value or unit.
func (v trialView) targetError() string {
	for _, name := range []string{"target.unit", "target.value"} {
		if text := v.Errors.At(name); text != "" {
			return text
		}
	}
	return ""
}
