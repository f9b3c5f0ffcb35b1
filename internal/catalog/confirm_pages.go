package catalog

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// startingView is the table of starting values that wait for their head.
type startingView struct {
	Units  []ui.Option
	Unit   string
	Opened string // of the example
	Rows   []startingRow
	Errors ui.Errors
	More   bool
}

// startingRow is a starting value with what was typed over it.
type startingRow struct {
	Code, Name, Href, Unit       string
	Revision                     int
	Ticked                       bool
	Standing                     bool
	Response, Completion         durationText
	CompletionTarget, Schedule   string
	ResponseDue, Due, Was, Error string
}

// showStarting is the table of all starting values that the reader may confirm, each with what it comes to.
func (c *Catalog) showStarting(w http.ResponseWriter, r *http.Request) error {
	return c.startingPage(w, r, r.URL.Query().Get("unit"), nil, http.StatusOK, nil)
}

// submitStarting confirms what is ticked, adjusted as it was typed, or shows what that would come to.
func (c *Catalog) submitStarting(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	values, _, err := web.Input(r)
	if err != nil {
		return err
	}
	unit := values.Get("unit")
	if values.Get("do") == "preview" {
		return c.startingPage(w, r, unit, values, http.StatusOK, nil)
	}
	var f fault.Fields
	var list []Confirming
	for _, code := range values["code"] {
		list = append(list, confirmingOf(values, code, &f))
	}
	if f.Len() == 0 {
		err = c.ConfirmMany(ctx, list)
	} else {
		err = f.Err()
	}
	if fault.KindOf(err) == fault.Invalid && err != nil {
		return c.startingPage(w, r, unit, values, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "catalog.confirmed-all", "count", len(list)), "")
	return web.See(w, r, "/standards/starting?"+url.Values{"unit": {unit}}.Encode())
}

// confirmingOf is one row as it was typed; what cannot be read is told under its name.
func confirmingOf(values url.Values, code string, f *fault.Fields) Confirming {
	x := Confirming{Code: code}
	x.Revision, _ = strconv.Atoi(values.Get(code + ".revision"))
	typed := func(name string) durationText {
		return durationText{values.Get(code + "." + name + ".value"), values.Get(code + "." + name + ".unit")}
	}
	if values.Has(code + ".completion.value") {
		response, completion := typed("response").read(f, code+".response"), typed("completion").read(f, code+".completion")
		x.Response, x.Completion = &response, &completion
	}
	if values.Has(code + ".completion_target") {
		target := ReadPercent(f, code+".completion_target", values.Get(code+".completion_target"))
		x.CompletionTarget = &target
	}
	return x
}

func (c *Catalog) startingPage(w http.ResponseWriter, r *http.Request, unit string, typed url.Values, status int, cause error) error {
	ctx := r.Context()
	list, err := c.StartingOf(ctx, unit)
	if err != nil {
		return err
	}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return err
	}
	all := list
	if unit != "" {
		if all, err = c.StartingOf(ctx, ""); err != nil {
			return err
		}
	}
	v := startingView{Unit: unit, Units: []ui.Option{{Text: lang.T(ctx, "catalog.my-units"), Selected: unit == ""}}}
	for _, x := range all {
		u, _ := tree.ByID(x.Unit)
		if !slices.ContainsFunc(v.Units, func(o ui.Option) bool { return o.Value == u.Code }) {
			v.Units = append(v.Units, ui.Option{Value: u.Code, Text: u.Name.In(ctx), Selected: u.Code == unit})
		}
	}
	faults := map[string][]string{}
	if e, ok := fault.As(cause); ok {
		for _, x := range e.Fields {
			code := x.Name
			for _, s := range list {
				if strings.HasPrefix(x.Name, s.Code+".") {
					code = s.Code
				}
			}
			faults[code] = append(faults[code], lang.T(ctx, x.Sentence(), fault.Flat(x.Args)...))
		}
		v.Errors = ui.ErrorsOf(ctx, cause, startingLabels(ctx, list))
	}
	for _, x := range list {
		row, err := c.startingRowOf(ctx, x, typed)
		if err != nil {
			return err
		}
		row.Unit, row.Error = tree.Name(ctx, x.Unit), strings.Join(faults[x.Code], lang.T(ctx, "ui.comma"))
		v.Rows, v.Opened = append(v.Rows, row), lang.Short(ctx, x.Opened)
	}
	return web.Show(w, r, status, startingPage(v), nil)
}

func startingLabels(ctx context.Context, list []Starting) map[string]string {
	out := map[string]string{"code": lang.T(ctx, "catalog.service")}
	labels := standardLabels(ctx)
	for _, s := range list {
		out[s.Code] = s.Name.In(ctx)
		for name, label := range labels {
			out[s.Code+"."+name] = s.Name.In(ctx) + " · " + label
		}
	}
	return out
}

// startingRowOf is a row with what was typed laid over it; the due times follow what was typed where it can be read.
func (c *Catalog) startingRowOf(ctx context.Context, x Starting, typed url.Values) (startingRow, error) {
	std := x.Standard
	row := startingRow{Code: x.Code, Name: x.Name.In(ctx), Href: "/services/" + x.Code, Revision: x.Revision, Standing: x.Kind == Standing, Ticked: typed == nil,
		Response: typedDuration(std.Response), Completion: typedDuration(std.Completion), CompletionTarget: TypedPercent(std.CompletionTarget)}
	if row.Standing {
		row.Schedule = schedule(ctx, x.Schedule)
	}
	if typed != nil {
		row.Ticked = slices.Contains(typed["code"], x.Code)
		if seen, err := strconv.Atoi(typed.Get(x.Code + ".revision")); err == nil && seen != x.Revision {
			row.Was = lang.T(ctx, "catalog.confirm-was", "completion", brief(ctx, std.Completion)) // the state that is there now goes with the next attempt
		}
		if typed.Has(x.Code + ".completion.value") {
			row.Response = durationText{typed.Get(x.Code + ".response.value"), typed.Get(x.Code + ".response.unit")}
			row.Completion = durationText{typed.Get(x.Code + ".completion.value"), typed.Get(x.Code + ".completion.unit")}
		}
		if typed.Has(x.Code + ".completion_target") {
			row.CompletionTarget = typed.Get(x.Code + ".completion_target")
		}
		var f, bad fault.Fields
		next := confirmingOf(typed, x.Code, &f).over(std)
		checkStandard(&bad, c.main(ctx), x.Kind, next)
		if f.Len()+bad.Len() > 0 {
			return row, nil
		}
		if err := c.exampleOf(ctx, &x, next); err != nil {
			return row, err
		}
	}
	if !x.ResponseDue.IsZero() {
		row.ResponseDue = lang.Short(ctx, x.ResponseDue)
	}
	if !x.Due.IsZero() {
		row.Due = lang.Short(ctx, x.Due)
	}
	return row, nil
}

// libraryView is the typical standards of a function, beside those of the company.
type libraryView struct {
	Functions []ui.TabProps
	For       *Service // a service for which one is looked for
	Mine      libraryRow
	Rows      []libraryRow
}

// libraryRow is a typical standard and what the company promises itself.
type libraryRow struct {
	Code, Name, Kind              string
	Response, Completion, Quality string
	Mine, MineHref, Differs       string // what the company promises for the same service
	Use                           string // the form of a standard with these values typed in
}

// showLibrary is the typical standards of the packs, function by function. With for=CODE they are compared with that service; each can
// be typed into the form of a standard as a starting value, where its due times are printed before it is set.
func (c *Catalog) showLibrary(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	q := r.URL.Query()
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return err
	}
	v := libraryView{}
	function := q.Get("function")
	if s, ok := snap.ByCode(q.Get("for")); ok && c.sees(ctx, s) {
		v.For, v.Mine = s, libraryRowOf(ctx, s.Code, s.Name.In(ctx), s.Standard)
		if function == "" {
			function, _, _ = strings.Cut(s.Code, ".")
		}
	}
	if len(Library(function)) == 0 || function == "" {
		function = Library("")[0].Pack
	}
	for _, p := range Library("") {
		if n := len(v.Functions); n > 0 && v.Functions[n-1].Href == libraryHref(p.Pack, v.For) {
			continue
		}
		v.Functions = append(v.Functions, ui.TabProps{Text: p.Function.In(ctx), Href: libraryHref(p.Pack, v.For), On: p.Pack == function})
	}
	for _, p := range Library(function) {
		if p.Entry.Kind == Standing {
			continue
		}
		row := libraryRowOf(ctx, p.Entry.Code, p.Entry.Name.In(ctx), p.Entry.Standard)
		own, ok := snap.ByCode(p.Entry.Code)
		if v.For != nil {
			own, ok = v.For, true
		}
		if ok && own.State != Retired && c.sees(ctx, own) {
			mine := libraryRowOf(ctx, own.Code, own.Name.In(ctx), own.Standard)
			row.Mine, row.MineHref = mine.Response+" / "+mine.Completion, "/services/"+own.Code
			if mine.Response == row.Response && mine.Completion == row.Completion {
				row.Differs = lang.T(ctx, "catalog.library-same")
			}
			if _, no := c.mayStandard(ctx, own); no == nil && own.Kind != Standing {
				row.Use = useHref(own.Code, p.Entry.Standard)
			}
		}
		v.Rows = append(v.Rows, row)
	}
	return web.Show(w, r, http.StatusOK, libraryPage(v), nil)
}

func libraryHref(function string, of *Service) string {
	q := url.Values{"function": {function}}
	if of != nil {
		q.Set("for", of.Code)
	}
	return "/standards/library?" + q.Encode()
}

func libraryRowOf(ctx context.Context, code, name string, std Standard) libraryRow {
	row := libraryRow{Code: code, Name: name, Response: dash(brief(ctx, std.Response)), Completion: dash(brief(ctx, std.Completion))}
	if std.CompletionTarget > 0 {
		row.Completion += " · " + share(ctx, std.CompletionTarget)
	}
	if std.Accuracy > 0 {
		row.Quality = lang.T(ctx, "catalog.quality-of", "metric", std.Metric.In(ctx), "share", share(ctx, std.Accuracy))
	}
	return row
}

// useHref is the form of a service's standard with a typical one typed in.
func useHref(code string, std Standard) string {
	q := url.Values{}
	for name, d := range map[string]durationText{"response": typedDuration(std.Response), "completion": typedDuration(std.Completion), "next_response": typedDuration(std.NextResponse)} {
		q.Set(name+".value", d.Value)
		q.Set(name+".unit", d.Unit)
	}
	for name, text := range map[string]string{"response_target": TypedPercent(std.ResponseTarget), "completion_target": TypedPercent(std.CompletionTarget),
		"next_response_target": TypedPercent(std.NextResponseTarget), "metric.zh": std.Metric.Zh, "metric.en": std.Metric.En, "accuracy": TypedPercent(std.Accuracy)} {
		q.Set(name, text)
	}
	return "/services/" + code + "/standard?" + q.Encode()
}

func startingUntil(ctx context.Context, at string) string {
	if at == "" {
		return ""
	}
	return lang.T(ctx, "catalog.values-until", "at", at)
}
