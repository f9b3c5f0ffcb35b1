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

	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/request"
)

// following is the name of the input that says how many workdays a date follows the day of asking.
func following(key string) string { return "later." + key }

// follow reads those inputs: what is filled in stands instead of the date.
func follow(f *fault.Fields, of form.Form, posted url.Values, answers map[string]any) {
	for _, x := range of.Fields {
		text := strings.TrimSpace(posted.Get(following(x.Key)))
		if x.Type != form.Date || text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > maxLater {
			f.Add(following(x.Key), "repeat.later-range", "max", maxLater)
		}
		answers[x.Key] = laterText(text)
	}
}

// inputs draws the form of a service with the answers of a template, and beside it the inputs of dates that follow the day of asking.
func (s *Service) inputs(ctx context.Context, of form.Form, answers map[string]any, errs ui.Errors) (form.InputsProps, []ui.FieldProps, error) {
	shown := maps.Clone(answers)
	var follows []ui.FieldProps
	for _, x := range of.Fields {
		if x.Type != form.Date {
			continue
		}
		u := ui.FieldProps{Name: following(x.Key), Label: x.Label.In(ctx), Type: "number", Min: "0", Max: strconv.Itoa(maxLater), Optional: true, Suffix: lang.T(ctx, "repeat.workdays"), Error: errs.At(following(x.Key))}
		text, _ := answers[x.Key].(string)
		if rest, ok := strings.CutPrefix(text, "{"); ok {
			_, u.Value, _ = strings.Cut(strings.TrimSuffix(rest, "}"), "+")
			shown[x.Key] = ""
		}
		follows = append(follows, u)
	}
	p, err := s.Request.FormInputs(ctx, of, shown)
	if p.Errors = errs; err == nil {
		err = s.nameFiles(ctx, of, answers, &p)
	}
	return p, follows, err
}

// followWords say which dates follow the day of asking, and how.
func followWords(ctx context.Context, of form.Form, answers map[string]any) []ui.Pair {
	var out []ui.Pair
	for _, x := range of.Fields {
		if n, ok := laterBy(answers[x.Key]); ok && x.Type == form.Date {
			out = append(out, ui.Pair{Term: x.Label.In(ctx), Text: lang.T(ctx, "repeat.later-words", "count", n)})
		}
	}
	return out
}

// dateView is the page on which one date gets another title or other answers.
type dateView struct {
	Template
	Slot, Date, Opens string
	Given             string // the title of this date alone
	Inputs            form.InputsProps
	Follows           []ui.FieldProps
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
	v := dateView{Template: x.Template, Slot: c.Slot, Date: line.Date, Opens: line.Opens, Given: c.Given.Title, Changed: c.State == DateChanged}
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
