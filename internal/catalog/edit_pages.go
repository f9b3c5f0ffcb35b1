package catalog

import (
	"context"
	"net/http"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// editForm is the words of a service as they were typed.
type editForm struct {
	Name        textPair `form:"name"`
	Description textPair `form:"description"`
	Deliverable textPair `form:"deliverable"`
	Criterion   textPair `form:"quality_criterion"`
	Inputs      textPair `form:"inputs"`
	Effort      textPair `form:"effort"`
	Every       string   `form:"schedule.every"`
	On          string   `form:"schedule.on"`
	At          string   `form:"schedule.at"`
	Topic       string   `form:"topic"`
	Revision    int      `form:"revision"`
	Stamp       int64    `form:"stamp"` // of the prepared change of a live service; 0: there is none
}

func editFormOf(w Words, revision int, stamp int64) editForm {
	return editForm{
		Name: pairOf(w.Name), Description: pairOf(w.Description), Deliverable: pairOf(w.Deliverable), Criterion: pairOf(w.Criterion),
		Inputs: pairOf(w.Inputs), Effort: pairOf(w.Effort), Every: w.Schedule.Every, On: w.Schedule.On, At: w.Schedule.At, Topic: w.Topic, Revision: revision, Stamp: stamp,
	}
}

func (in editForm) words() Words {
	return Words{
		Name: in.Name.text(), Description: in.Description.text(), Deliverable: in.Deliverable.text(), Criterion: in.Criterion.text(),
		Inputs: in.Inputs.text(), Effort: in.Effort.text(), Schedule: Schedule{Every: in.Every, On: in.On, At: in.At}, Topic: in.Topic,
	}
}

type editView struct {
	*Service
	In                 editForm
	Title              string
	UnitName, UnitHref string
	MayApprove         bool
	MayRetire          bool
	Every, On, Topics  []ui.Option
	Errors             ui.Errors
}

// showEdit is /services/{code}/edit: the words of a service and whether it is offered. The form itself comes with the
// pack or the interface.
func (c *Catalog) showEdit(w http.ResponseWriter, r *http.Request) error {
	return c.editPage(w, r, r.PathValue("code"), http.StatusOK, nil, nil)
}

func (c *Catalog) submitEdit(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	var in editForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	s, err := c.Visible(ctx, code)
	if err != nil {
		return err
	}
	to, word := "/services/"+code, "catalog.saved"
	if s.State == Live {
		var re Rewording
		s, re, err = c.Reword(ctx, code, in.words(), in.Stamp)
		if to, word = rewordingURL(code), "catalog.reword-saved"; re.Stamp == 0 {
			to, word = "/services/"+code, "catalog.reword-none"
		}
	} else {
		s, err = c.Describe(ctx, in.words().definition(code), in.Revision)
	}
	switch fault.KindOf(err) {
	case fault.Invalid:
		return c.editPage(w, r, code, http.StatusUnprocessableEntity, &in, err)
	case fault.Precondition:
		return c.editPage(w, r, code, http.StatusPreconditionFailed, &in, err)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, word, "name", s.Name.In(ctx)), "")
	return web.See(w, r, to)
}

// editPage shows the form, with what was typed if it is there, and what is wrong.
func (c *Catalog) editPage(w http.ResponseWriter, r *http.Request, code string, status int, in *editForm, cause error) error {
	ctx := r.Context()
	s, err := c.Visible(ctx, code)
	if err != nil {
		return err
	}
	words, stamp := wordsOf(s), int64(0)
	if s.State == Live {
		_, re, none := c.RewordingOf(ctx, code)
		switch {
		case none == nil:
			words, _ = re.over(words)
			stamp = re.Stamp
		case fault.KindOf(none) != fault.NotFound || c.may(ctx, doPropose, s) != nil:
			return none
		}
	} else if err := c.may(ctx, writing(s), s); err != nil {
		return err
	}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return err
	}
	unit, _ := tree.ByID(s.Unit)
	v := editView{Service: s, In: editFormOf(words, s.Revision, stamp), Title: s.Name.In(ctx), UnitName: unit.Name.In(ctx), UnitHref: "/services?unit=" + unit.Code}
	if in != nil {
		v.In = *in
		v.In.Revision, v.In.Stamp = s.Revision, stamp
	}
	v.MayApprove, v.MayRetire = c.may(ctx, doApprove, s) == nil, c.may(ctx, doEdit, s) == nil
	v.Every, v.On = scheduleOptions(ctx, v.In)
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return err
	}
	v.Topics = topicOptions(ctx, snap, s, v.In.Topic)
	v.Errors = ui.ErrorsOf(ctx, cause, nil)
	return web.Show(w, r, status, editPage(v), nil)
}

// scheduleOptions are the words of a schedule as a form offers them. A day of the period that is not in the list is
// offered as it is.
func scheduleOptions(ctx context.Context, in editForm) (every, on []ui.Option) {
	for _, code := range everys {
		every = append(every, ui.Option{Value: code, Text: lang.T(ctx, "catalog.every."+code), Selected: in.Every == code})
	}
	known := false
	add := func(group, code, text string) {
		known = known || in.On == code
		on = append(on, ui.Option{Group: lang.T(ctx, "catalog.every."+group), Value: code, Text: text, Selected: in.On == code})
	}
	add("day", "workdays", lang.T(ctx, "catalog.on.workdays"))
	add("day", "every_day", lang.T(ctx, "catalog.on.every_day"))
	for _, code := range weekdays {
		add("week", code, lang.T(ctx, "catalog.weekday."+code))
	}
	for n := 1; n <= 15; n++ {
		add("month", "workday "+itoa(n), lang.T(ctx, "catalog.on.nth", "n", n))
	}
	for n := 1; n <= 10; n++ {
		add("month", "workday -"+itoa(n), lang.T(ctx, "catalog.on.last", "n", n))
	}
	if !known && in.On != "" {
		add("month", in.On, in.On)
	}
	return every, on
}
