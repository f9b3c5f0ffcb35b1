package repeat

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/request"
)

// followName is the name of the input that says how an answer follows the moment of asking; with .at that of its time.
func followName(key string) string { return "later." + key }

// followInput is what asks that of one field: a number of workdays, with a time where the field has one, or a month.
type followInput struct {
	ui.FieldProps
	Month bool
	At    *ui.FieldProps
}

// follow reads those inputs: what is filled in stands instead of the answer.
func follow(f *fault.Fields, of form.Form, posted url.Values, answers map[string]any) {
	for _, x := range of.Fields {
		name := followName(x.Key)
		text, at := strings.TrimSpace(posted.Get(name)), strings.TrimSpace(posted.Get(name+".at"))
		n, err := strconv.Atoi(text)
		switch {
		case text == "" && (at == "" || x.Type != form.DateTime):
			continue
		case x.Type == form.Month:
			if err != nil || n < -maxMonths || n > maxMonths {
				f.Add(name, "repeat.month-range", "max", maxMonths)
				continue
			}
			answers[x.Key] = monthText(n)
			continue
		case x.Type != form.Date && x.Type != form.DateTime:
			continue
		case err != nil || n < 0 || n > maxLater:
			f.Add(name, "repeat.later-range", "max", maxLater)
		}
		if x.Type == form.Date {
			at = ""
		} else if _, err := time.Parse("15:04", at); err != nil {
			f.Add(name+".at", "repeat.later-at")
		}
		answers[x.Key] = laterText(text, at)
	}
}

// inputs draws the form of a service with the answers of a template, and beside it the inputs of answers that follow the moment of
// asking.
func (s *Service) inputs(ctx context.Context, of form.Form, answers map[string]any, errs ui.Errors) (form.InputsProps, []followInput, error) {
	shown := maps.Clone(answers)
	var follows []followInput
	for _, x := range of.Fields {
		if x.Type != form.Date && x.Type != form.DateTime && x.Type != form.Month {
			continue
		}
		text, _ := answers[x.Key].(string)
		text = strings.TrimSpace(text)
		if strings.HasPrefix(text, "{") {
			shown[x.Key] = ""
		} else {
			text = ""
		}
		follows = append(follows, inputOf(ctx, x, text, errs))
	}
	p, err := s.Request.FormInputs(ctx, of, shown)
	if p.Errors = errs; err == nil {
		err = s.nameFiles(ctx, of, answers, &p)
	}
	return p, follows, err
}

// inputOf asks how the answer to one field follows; text is how it does so far.
func inputOf(ctx context.Context, x form.Field, text string, errs ui.Errors) followInput {
	name := followName(x.Key)
	u := followInput{FieldProps: ui.FieldProps{Name: name, Label: x.Label.In(ctx), Optional: true, Error: errs.At(name)}, Month: x.Type == form.Month}
	if u.Month {
		w, ok := followed(x.Type, text)
		u.Options = append(u.Options, ui.Option{Text: lang.T(ctx, "repeat.month-fixed"), Selected: !ok})
		for n := -maxMonths; n <= maxMonths; n++ {
			u.Options = append(u.Options, ui.Option{Value: strconv.Itoa(n), Text: monthWords(ctx, n), Selected: ok && n == w.n})
		}
		return u
	}
	u.Type, u.Min, u.Max, u.Suffix = "number", "0", strconv.Itoa(maxLater), lang.T(ctx, "repeat.workdays")
	_, days, _ := strings.Cut(strings.TrimSuffix(text, "}"), "+")
	days, at, _ := strings.Cut(days, " ")
	if u.Value = days; x.Type == form.DateTime {
		u.At = &ui.FieldProps{Name: name + ".at", Label: lang.T(ctx, "repeat.at-of", "field", x.Label.In(ctx)), Type: "time", Optional: true, Value: strings.TrimSpace(at), Error: errs.At(name + ".at")}
	}
	return u
}

// monthWords is a month beside the one of the date.
func monthWords(ctx context.Context, n int) string {
	switch {
	case n == 0:
		return lang.T(ctx, "repeat.month-this")
	case n == -1:
		return lang.T(ctx, "repeat.month-last")
	case n == 1:
		return lang.T(ctx, "repeat.month-next")
	case n < 0:
		return lang.T(ctx, "repeat.month-before", "count", -n)
	}
	return lang.T(ctx, "repeat.month-after", "count", n)
}

// followWords say which answers follow the moment of asking, and how.
func followWords(ctx context.Context, of form.Form, answers map[string]any) []ui.Pair {
	var out []ui.Pair
	for _, x := range of.Fields {
		w, ok := followed(x.Type, answers[x.Key])
		if !ok {
			continue
		}
		p := ui.Pair{Term: x.Label.In(ctx), Text: monthWords(ctx, w.n)}
		if x.Type != form.Month {
			p.Text = strings.TrimSpace(lang.T(ctx, "repeat.later-words", "count", w.n) + " " + w.at)
		}
		out = append(out, p)
	}
	return out
}

// dateView is the page on which one date gets another title or other answers.
type dateView struct {
	Template
	Slot, Date, Opens string
	Given             string // the title of this date alone
	Proposed          string // the one it has otherwise
	Inputs            form.InputsProps
	Follows           []followInput
	Changed           bool
	Errors            ui.Errors
}

func (s *Service) showDate(w http.ResponseWriter, r *http.Request) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	return s.datePage(w, r, number, http.StatusOK, nil, nil)
}

// dateForm is what was typed about one date.
type dateForm struct {
	Title   string
	Answers map[string]any
}

// datePage shows a date that is still to come, with what was typed or with what it will be asked with.
func (s *Service) datePage(w http.ResponseWriter, r *http.Request, number int64, status int, typed *dateForm, problem error) error {
	ctx := r.Context()
	x, err := s.Template(ctx, number)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(x.Coming, func(c Coming) bool { return c.Slot == r.PathValue("slot") })
	if !x.May || i < 0 {
		return fault.ErrNotFound
	}
	c := x.Coming[i]
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	service, ok := snap.ByID(x.Service)
	if !ok {
		return fault.ErrNotFound
	}
	line := lineOf(ctx, x.Table, c, true)
	v := dateView{Template: x.Template, Slot: c.Slot, Date: line.Date, Opens: line.Opens, Given: c.Given.Title, Proposed: filled(x.Title, c.Planned), Changed: c.State == DateChanged}
	answers := x.Answers()
	if c.Given.Fields != "" {
		if err := json.Unmarshal([]byte(c.Given.Fields), &answers); err != nil {
			return err
		}
	}
	if typed != nil {
		v.Given, answers = typed.Title, typed.Answers
	}
	v.Errors = ui.ErrorsOf(ctx, problem, request.FormLabels(ctx, service.Form, problem))
	if v.Inputs, v.Follows, err = s.inputs(ctx, withoutFiles(service.Form), answers, v.Errors); err != nil {
		return err
	}
	return web.Show(w, r, status, datePage(v), nil)
}

// submitOneDate keeps what one date is asked with, or takes that back.
func (s *Service) submitOneDate(w http.ResponseWriter, r *http.Request) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	ctx, slot := r.Context(), r.PathValue("slot")
	t, err := s.kept(ctx, number)
	if err != nil {
		return err
	}
	values, files, err := web.Input(r)
	if err != nil {
		return err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	service, ok := snap.ByID(t.Service)
	if !ok {
		return fault.ErrNotFound
	}
	in := dateForm{Title: strings.TrimSpace(values.Get("title"))}
	done := "change"
	if values.Get("do") == "back" {
		done = "back"
		_, err = s.ChangeDate(ctx, number, slot, "", nil)
	} else {
		if in.Answers, err = s.Request.FormAnswers(ctx, service.Form, values, files); in.Answers == nil {
			in.Answers = service.Form.Posted(values)
		}
		var f fault.Fields
		follow(&f, service.Form, values, in.Answers)
		if err == nil {
			err = f.Err()
		}
		if err == nil {
			_, err = s.ChangeDate(ctx, number, slot, in.Title, kept(withoutFiles(service.Form), in.Answers))
		}
	}
	switch kind := fault.KindOf(err); {
	case err == nil:
		web.Toast(w, r, lang.T(ctx, "repeat.done."+done, "slot", slot), "")
		return web.See(w, r, link(number)+"#dates")
	case kind == fault.Invalid || kind == fault.TooLarge:
		return s.datePage(w, r, number, http.StatusUnprocessableEntity, &in, err)
	case kind == fault.Conflict:
		return s.onePage(w, r, number, http.StatusConflict, err)
	}
	return err
}
