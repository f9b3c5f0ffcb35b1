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

// durationText is a duration as it was typed.
type durationText struct {
	Value string `form:"value"`
	Unit  string `form:"unit"`
}

type textPair struct {
	Zh string `form:"zh"`
	En string `form:"en"`
}

func (t textPair) text() lang.Text { return lang.Text{Zh: t.Zh, En: t.En} }

func pairOf(t lang.Text) textPair { return textPair{Zh: t.Zh, En: t.En} }

// standardForm is a standard as it was typed.
type standardForm struct {
	Completion       durationText `form:"completion"`
	CompletionTarget string       `form:"completion_target"`
	Response         durationText `form:"response"`
	ResponseTarget   string       `form:"response_target"`
	Metric           textPair     `form:"metric"`
	Accuracy         string       `form:"accuracy"`
	Revision         int          `form:"revision"`
	Example          int          `form:"example"`
}

func standardFormOf(s *Service) standardForm {
	std := s.Standard
	return standardForm{
		Completion: typedDuration(std.Completion), CompletionTarget: typedPercent(std.CompletionTarget),
		Response: typedDuration(std.Response), ResponseTarget: typedPercent(std.ResponseTarget),
		Metric: pairOf(std.Metric), Accuracy: typedPercent(std.Accuracy), Revision: s.Revision,
	}
}

func typedDuration(d calendar.Duration) durationText {
	if d.IsZero() {
		return durationText{}
	}
	return durationText{strconv.Itoa(d.Value), d.Unit}
}

func typedPercent(share float64) string {
	if share == 0 {
		return ""
	}
	return percentOf(share)
}

// standard reads what was typed; what cannot be read is told under its name.
func (in standardForm) standard(f *fault.Fields) Standard {
	return Standard{
		Completion: in.Completion.read(f, "completion"), CompletionTarget: readPercent(f, "completion_target", in.CompletionTarget),
		Response: in.Response.read(f, "response"), ResponseTarget: readPercent(f, "response_target", in.ResponseTarget),
		Metric: in.Metric.text(), Accuracy: readPercent(f, "accuracy", in.Accuracy),
	}
}

func (d durationText) read(f *fault.Fields, name string) calendar.Duration {
	text := strings.TrimSpace(d.Value)
	if text == "" {
		return calendar.Duration{}
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		f.Add(name+".value", "catalog.whole", "given", clip(text, 20))
		return calendar.Duration{}
	}
	if d.Unit == "" { // told here: 0 without a unit would read as none
		f.Add(name+".unit", "catalog.unit-missing", "value", n)
		return calendar.Duration{}
	}
	return calendar.Duration{Value: n, Unit: d.Unit}
}

func readPercent(f *fault.Fields, name, text string) float64 {
	text = strings.TrimSpace(strings.TrimRight(strings.TrimSpace(text), "%％"))
	if text == "" {
		return 0
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || v <= 0 || v > 100 {
		f.Add(name, "catalog.share-range")
		return 0
	}
	return v / 100
}

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
	CompletionHint     string
	Hours              string
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
	}
	known := map[string]bool{}
	for _, x := range f.All() {
		known[strings.TrimSuffix(strings.TrimSuffix(x.Name, ".value"), ".unit")] = true
	}
	var more fault.Fields
	checkStandard(&more, s.Kind, std)
	for _, x := range more.All() { // what could not be read is not missing as well
		if !known[strings.TrimSuffix(strings.TrimSuffix(x.Name, ".value"), ".unit")] {
			f.Add(x.Name, x.Key, fault.Flat(x.Args)...)
		}
	}
	if err = f.Err(); err == nil {
		s, err = c.SetStandard(ctx, code, std, in.Revision)
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
		"metric.zh": "catalog.metric", "metric.en": "catalog.metric", "accuracy": "catalog.accuracy-target",
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
	table, err := c.calendars.TableFor(ctx, s.Unit)
	if err != nil {
		return v, err
	}
	moments := examples(table, nowOf(ctx))
	n := max(in.Example, 0) % len(moments)
	opened := moments[n]
	v.In.Example = n
	v.Example = lang.Short(ctx, opened)
	v.NextHref = "/services/" + s.Code + "/standard?example=" + strconv.Itoa((n+1)%len(moments))
	v.Hours = openingHours(ctx, table, opened)
	var ignored fault.Fields
	std := in.standard(&ignored)
	v.choices(ctx, table, opened)
	v.ExampleNotes = specialWords(ctx, specials(table, opened, due(table, std.Completion, opened)))
	if at := due(table, std.Response, opened); !at.IsZero() {
		v.ResponseHint = lang.T(ctx, "catalog.example-until", "at", lang.Short(ctx, at))
	}
	return v, nil
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
