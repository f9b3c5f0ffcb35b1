package relation

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

type expectView struct {
	Expectation
	Title, Lead    string
	Tag            ui.TagProps
	Facts          []ui.Pair
	Answered       string
	AnsweredHref   string
	Edit           expectEdit
	EditOpen       bool
	Grounds        []ui.Option
	Answer         answerForm
	AnswerErrors   ui.Errors
	RefusalErrors  ui.Errors
	Lines          []expectLine
	Pair, PairHref string
}

type expectLine struct{ When, Datetime, Text, Words string }

// answerForm is what the form of an answer says.
type answerForm struct {
	By      string `form:"by"`     // Refusal, or empty: what Ground says
	Ground  string `form:"ground"` // "standard:finance.expense"
	Why     string `form:"why"`
	Version int    `form:"version"`
}

func (f answerForm) input() AnswerInput {
	in := AnswerInput{By: f.By, Why: f.Why, Version: f.Version}
	if f.By != Refusal {
		in.Why = ""
		in.By, in.Code, _ = strings.Cut(f.Ground, ":")
	}
	return in
}

func (s *Service) showExpectation(w http.ResponseWriter, r *http.Request) error {
	return s.expectPage(w, r, http.StatusOK, nil, nil, nil)
}

// pathID is the id in an address; what is none names nothing.
func pathID(r *http.Request) (ID, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id <= 0 {
		return 0, fault.ErrNotFound
	}
	return id, nil
}

// expectPage is one expectation; edit or answer is a form that could not be taken.
func (s *Service) expectPage(w http.ResponseWriter, r *http.Request, status int, edit *expectForm, answer *answerForm, cause error) error {
	ctx := r.Context()
	id, err := pathID(r)
	if err != nil {
		return err
	}
	x, err := s.Expectation(ctx, id)
	if err != nil {
		return err
	}
	v := expectView{Expectation: x, Title: lang.T(ctx, "relation.expect.one"), Tag: expectTag(ctx, x.State), Pair: x.Provider.Name.In(ctx) + " → " + x.Customer.Name.In(ctx),
		PairHref: pairExpectHref(x.Provider.Code, x.Customer.Code), Answered: x.answerLine(ctx), EditOpen: edit != nil, Answer: answerForm{Version: x.Version}}
	v.Lead = lang.T(ctx, "relation.expect.of", "customer", x.Customer.Name.In(ctx), "provider", x.Provider.Name.In(ctx))
	if x.There && !x.Ground.Hidden {
		v.AnsweredHref = x.Ground.Href
	}
	v.Facts = s.expectFacts(ctx, x)
	in := expectForm{x.Text, x.Importance, string(x.Kano), x.About.Code, x.Version}
	if edit != nil {
		in = *edit
	}
	editing := cause
	if edit == nil {
		editing = nil
	}
	if v.Edit, err = s.expectEdit(ctx, x.Provider.ID, x.Customer.ID, in, editing); err != nil {
		return err
	}
	v.Edit.ID, v.Edit.Action, v.Edit.Send = "f-reword", expectHref(x.ID), lang.T(ctx, "relation.expect.save")
	if x.MayAnswer {
		if err := s.answerChoices(ctx, &v, answer, cause); err != nil {
			return err
		}
	}
	for _, c := range x.Log {
		v.Lines = append(v.Lines, expectLine{When: lang.Date(ctx, c.At), Datetime: c.At.UTC().Format(time.RFC3339), Words: expectLogWords(ctx, c),
			Text: lang.T(ctx, "relation.expect.log."+c.What, "person", x.People[c.Person].Plain(ctx), "note", c.Note)})
	}
	return web.Show(w, r, status, expectPage(v), expectContent(v))
}

// expectLogWords are the words of an expectation after a change of them.
func expectLogWords(ctx context.Context, c ExpectationChange) string {
	if c.What != "written" && c.What != "changed" {
		return ""
	}
	return lang.T(ctx, "relation.expect.log-words", "text", c.Text, "importance", importanceWord(ctx, c.Importance))
}

func (s *Service) expectFacts(ctx context.Context, x Expectation) []ui.Pair {
	facts := []ui.Pair{{Term: lang.T(ctx, "relation.col.relation"), Text: x.Provider.Name.In(ctx) + " → " + x.Customer.Name.In(ctx), Href: edgeHref(x.Provider.Code, x.Customer.Code, Period{})},
		{Term: lang.T(ctx, "relation.expect.importance"), Text: importanceWord(ctx, x.Importance)}, {Term: lang.T(ctx, "relation.expect.kano"), Text: kanoWord(ctx, x.Kano)}}
	if x.About.Code != "" {
		facts = append(facts, ui.Pair{Term: lang.T(ctx, "relation.expect.service"), Text: x.About.Title.In(ctx), Href: x.About.Href})
	}
	return append(facts, ui.Pair{Term: lang.T(ctx, "relation.expect.written"), Text: lang.T(ctx, "relation.expect.by-on", "person", x.People[x.By].Plain(ctx), "day", lang.Date(ctx, x.At))})
}

// answerChoices are what the provider can point to, and what was typed.
func (s *Service) answerChoices(ctx context.Context, v *expectView, typed *answerForm, cause error) error {
	if typed != nil {
		v.Answer = *typed
		errs := ui.ErrorsOf(ctx, cause, map[string]string{"by": lang.T(ctx, "relation.expect.ground"), "code": lang.T(ctx, "relation.expect.ground"), "why": lang.T(ctx, "relation.expect.why")})
		if typed.By == Refusal {
			v.RefusalErrors = errs
		} else {
			v.AnswerErrors = errs
		}
	}
	for _, g := range s.grounds {
		list, err := g.Offer(ctx, v.Provider.ID, v.Customer.ID)
		if err != nil {
			return err
		}
		for _, x := range list {
			text, value := x.Title.In(ctx), g.Kind+":"+x.Code
			if x.Note != "" {
				text += " · " + x.Note
			}
			v.Grounds = append(v.Grounds, ui.Option{Value: value, Text: text, Group: lang.T(ctx, g.Label), Selected: value == v.Answer.Ground})
		}
	}
	return nil
}

func (s *Service) submitReword(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := pathID(r)
	if err != nil {
		return err
	}
	var in expectForm
	wrong := web.Decode(r, &in)
	_, err = s.Reword(ctx, id, in.Version, in.input())
	if status := refusedStatus(cmp.Or(err, wrong)); status != 0 && (err == nil || refusedStatus(err) != 0) {
		return s.expectPage(w, r, status, &in, nil, cmp.Or(err, wrong))
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "relation.expect.saved"), "")
	return web.See(w, r, expectHref(id))
}

func (s *Service) submitWithdraw(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if _, err := s.WithdrawExpectation(ctx, id); err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "relation.expect.withdrawn"), "")
	return web.See(w, r, expectHref(id))
}

func (s *Service) submitAnswer(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := pathID(r)
	if err != nil {
		return err
	}
	var in answerForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	_, err = s.AnswerExpectation(ctx, id, in.input())
	if status := refusedStatus(err); status != 0 {
		return s.expectPage(w, r, status, nil, &in, err)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "relation.expect.answer-given"), "")
	return web.See(w, r, expectHref(id))
}
