package catalog

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"neike/internal/calendar"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

type standardView struct {
	*Service
	In                 standardForm
	Name               string
	UnitName, UnitHref string
	Example            string // 9月29日 周二 16:40
	ExampleNotes       []string
	NextHref           string
	Choices            []ui.Choice
	Spread             string // how far the units lie apart
	ResponseHint       string
	NextHint           string
	CompletionHint     string
	Hours              string
	ExampleAt          string // as an input takes it
	Calendars          []ui.Option
	Trial              *trialView
	Spans              []ui.Option
	OpenChoices        []ui.Option
	OpenCount          int64
	ResponseCalendars  []ui.Option
	UrgentHint         string
	Errors             ui.Errors
}

// showStandard is /services/{code}/standard. With completion.value in the query the printed examples follow what is
// being typed.
func (c *Catalog) showStandard(w http.ResponseWriter, r *http.Request) error {
	s, err := c.Visible(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	if _, err := c.mayStandard(r.Context(), s); err != nil {
		return err
	}
	in := standardFormOf(s)
	if q := r.URL.Query(); q.Has("completion.value") {
		seen := in.Revision
		if err := web.Decode(r, &in); err != nil { // what is not in the query stays as it is in force
			return err
		}
		in.Revision = seen
	} else {
		in.Example, _ = strconv.Atoi(q.Get("example")) // anything else is the first
	}
	return c.standardPage(w, r, s, in, http.StatusOK, nil)
}

// submitStandard sets the standard; what is wrong comes back beside its field.
func (c *Catalog) submitStandard(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	var in standardForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	s, err := c.Visible(ctx, code)
	if err != nil {
		return err
	}
	if _, err := c.mayStandard(ctx, s); err != nil {
		return err
	}
	var f fault.Fields
	std := in.standard(&f)
	if s.Kind == Standing {
		std.Response, std.Completion, std.ResponseTarget = calendar.Duration{}, calendar.Duration{}, 0
		std.ResponseCalendar, std.CompletionCalendar, std.Urgent = "", "", Urgent{}
		std.NextResponse, std.NextResponseTarget = calendar.Duration{}, 0
	}
	known := map[string]bool{}
	for _, x := range f.All() {
		known[strings.TrimSuffix(strings.TrimSuffix(x.Name, ".value"), ".unit")] = true
	}
	var more fault.Fields
	checkStandard(&more, c.main(ctx), s.Kind, std)
	for _, x := range more.All() { // what could not be read is not missing as well
		if !known[strings.TrimSuffix(strings.TrimSuffix(x.Name, ".value"), ".unit")] {
			f.Add(x.Name, x.Key, fault.Flat(x.Args)...)
		}
	}
	if err := c.seenEffects(ctx, &f, s, std, in); err != nil {
		return err
	}
	if err = f.Err(); err == nil {
		s, err = c.SetStandardFor(ctx, code, std, in.Revision, in.Open)
	}
	switch fault.KindOf(err) {
	case fault.Invalid:
		return c.standardPage(w, r, s, in, http.StatusUnprocessableEntity, err)
	case fault.Precondition:
		if s, err2 := c.Visible(ctx, code); err2 == nil {
			in.Revision = s.Revision
			return c.standardPage(w, r, s, in, http.StatusPreconditionFailed, err)
		}
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "catalog.standard-set", "name", s.Name.In(ctx), "version", s.Version), "")
	return web.See(w, r, "/services/"+code)
}

func (c *Catalog) standardPage(w http.ResponseWriter, r *http.Request, s *Service, in standardForm, status int, cause error) error {
	v, err := c.standardView(r.Context(), s, in)
	if err != nil {
		return err
	}
	v.Errors = ui.ErrorsOf(r.Context(), cause, standardLabels(r.Context()))
	return web.Show(w, r, status, standardPage(v), nil)
}

func standardLabels(ctx context.Context) map[string]string {
	labels := map[string]string{}
	for name, key := range map[string]string{
		"completion.value": "catalog.completion-limit", "completion.unit": "catalog.completion-unit", "completion_target": "catalog.completion-target",
		"response.value": "catalog.first-response", "response.unit": "catalog.first-response", "response_target": "catalog.response-target",
		"next_response.value": "catalog.next-response", "next_response.unit": "catalog.next-response", "next_response_target": "catalog.next-response-target",
		"metric.zh": "catalog.metric", "metric.en": "catalog.metric", "accuracy": "catalog.accuracy-target",
		"satisfaction": "catalog.satisfaction", "measured.zh": "catalog.measured", "measured.en": "catalog.measured", "min_n": "catalog.min-n",
		"urgent.response.value": "catalog.urgent-response", "urgent.response.unit": "catalog.urgent-response",
		"urgent.next_response.value": "catalog.urgent-next-response", "urgent.next_response.unit": "catalog.urgent-next-response",
		"urgent.completion.value": "catalog.urgent-completion", "urgent.completion.unit": "catalog.urgent-completion",
		"response_calendar": "catalog.response-calendar", "completion_calendar": "catalog.completion-calendar",
	} {
		labels[name] = lang.T(ctx, key)
	}
	return labels
}

func (c *Catalog) standardView(ctx context.Context, s *Service, in standardForm) (standardView, error) {
	v := standardView{Service: s, In: in, Name: s.Name.In(ctx)}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return v, err
	}
	unit, _ := tree.ByID(s.Unit)
	v.UnitName, v.UnitHref = unit.Name.In(ctx), "/standards?unit="+url.QueryEscape(unit.Code)
	if s.Kind == Standing {
		return v, nil
	}
	if err := c.viewTrial(ctx, &v, in); err != nil {
		return v, err
	}
	if v.Calendars, err = c.calendarOptions(ctx, s, in.CompletionCalendar); err != nil {
		return v, err
	}
	if v.ResponseCalendars, err = c.calendarOptions(ctx, s, in.ResponseCalendar); err != nil {
		return v, err
	}
	table, err := c.countingOr(ctx, s, in.CompletionCalendar)
	if err != nil {
		return v, err
	}
	moments := examples(table, nowOf(ctx))
	n := max(in.Example, 0) % len(moments)
	opened := moments[n]
	if at, err := time.ParseInLocation(momentLayout, in.ExampleAt, table.Location()); err == nil {
		opened = at
	}
	v.In.Example, v.ExampleAt = n, opened.In(table.Location()).Format(momentLayout)
	v.Example = lang.Short(ctx, opened)
	v.NextHref = "/services/" + s.Code + "/standard?example=" + strconv.Itoa((n+1)%len(moments))
	v.Hours = openingHours(ctx, table, opened)
	var ignored fault.Fields
	std := in.standard(&ignored)
	v.choices(ctx, table, opened)
	v.ExampleNotes = specialWords(ctx, specials(table, opened, due(table, std.Completion, opened)))
	response, err := c.countingOr(ctx, s, in.ResponseCalendar)
	if err != nil {
		return v, err
	}
	if at := due(response, std.Response, opened); !at.IsZero() {
		v.ResponseHint = lang.T(ctx, "catalog.example-until", "at", lang.At(ctx, at))
	}
	if at := due(response, std.NextResponse, opened); !at.IsZero() {
		v.NextHint = lang.T(ctx, "catalog.next-response-example", "from", v.Example, "at", lang.Short(ctx, at))
	}
	if at := due(table, std.Urgent.Completion, opened); !at.IsZero() {
		v.UrgentHint = lang.T(ctx, "catalog.example-until", "at", lang.At(ctx, at))
	}
	return v, nil
}

// momentLayout is a moment as an input of the browser takes and gives it.
const momentLayout = "2006-01-02T15:04"

// countingOr is counting for what somebody typed: of a calendar that is none, that of the unit.
func (c *Catalog) countingOr(ctx context.Context, s *Service, code string) (*calendar.Table, error) {
	table, _, err := c.counting(ctx, s, code)
	if code != "" && fault.KindOf(err) == fault.NotFound && err != nil {
		table, _, err = c.counting(ctx, s, "")
	}
	return table, err
}

// calendarOptions are the calendars in which a clock may count; the first is that of the unit.
func (c *Catalog) calendarOptions(ctx context.Context, s *Service, chosen string) ([]ui.Option, error) {
	book, err := c.calendars.Book(ctx)
	if err != nil {
		return nil, err
	}
	own, err := c.calendars.CodeFor(ctx, s.Unit)
	if err != nil {
		return nil, err
	}
	name := func(code string) string {
		v, _ := book.Current(code)
		return lang.T(ctx, "catalog.calendar-version", "name", v.Name.In(ctx), "version", v.Number)
	}
	out := []ui.Option{{Value: "", Text: lang.T(ctx, "catalog.calendar-own", "name", name(own)), Selected: chosen == ""}}
	for _, code := range book.Codes() {
		out = append(out, ui.Option{Value: code, Text: name(code), Selected: code == chosen})
	}
	return out, nil
}

// choices prints for every unit until when the same example would be due with the number that is typed.
func (v *standardView) choices(ctx context.Context, table *calendar.Table, opened time.Time) {
	value, err := strconv.Atoi(strings.TrimSpace(v.In.Completion.Value))
	if err != nil || value < 0 {
		value = -1
	}
	var least, most time.Time
	chosen := due(table, calendar.Duration{Value: max(value, 0), Unit: v.In.Completion.Unit}, opened)
	for _, unit := range calendar.Units {
		d := calendar.Duration{Value: value, Unit: unit}
		choice := ui.Choice{Value: unit, Title: calendar.UnitLabel(ctx, unit), Text: lang.T(ctx, "catalog.unit-hint."+unit, "value", v.In.Completion.Value), Checked: unit == v.In.Completion.Unit}
		var f fault.Fields
		if value >= 0 {
			d.Validate(&f, "completion")
		}
		if at := due(table, d, opened); value >= 0 && f.Len() == 0 && !at.IsZero() {
			choice.Title, choice.Example = brief(ctx, d), lang.Short(ctx, at)
			if unit == calendar.WorkingHours && v.Hours != "" {
				choice.Text = lang.T(ctx, "catalog.only-hours", "hours", v.Hours)
			}
			choice.Note = apart(ctx, chosen, at, choice.Checked)
			if least.IsZero() || at.Before(least) {
				least = at
			}
			if at.After(most) {
				most = at
			}
		}
		v.Choices = append(v.Choices, choice)
	}
	if days := int(most.Sub(least).Hours() / 24); days > 0 {
		v.Spread = lang.T(ctx, "catalog.units-differ", "count", days)
	}
}

// apart says how much earlier or later another unit is due than the chosen one.
func apart(ctx context.Context, chosen, at time.Time, same bool) string {
	if chosen.IsZero() || same {
		return ""
	}
	switch d := at.Sub(chosen); {
	case d == 0:
		return lang.T(ctx, "catalog.same-here")
	case d < 0:
		return lang.T(ctx, "catalog.earlier", "time", span(ctx, -d))
	default:
		return lang.T(ctx, "catalog.later", "time", span(ctx, d))
	}
}

func span(ctx context.Context, d time.Duration) string {
	if d >= 48*time.Hour {
		return lang.T(ctx, "catalog.days", "count", int(d.Hours()/24))
	}
	return lang.WorkDuration(ctx, int64(d.Seconds()))
}
