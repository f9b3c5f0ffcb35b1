package request

import (
	"context"
	"strconv"
	"time"

	"neike/internal/catalog"
	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/stat"
	"neike/internal/kit/ui"
	"neike/internal/org"
	"neike/internal/relation"
)

// promiseView is what the unit promises if it is sent now.
type promiseView struct {
	Due, By                                   string // alone, and inside a sentence
	Response, Target, ResponseTarget, Special string
	Accuracy, Metric                          string
	Provisional, Starting                     bool
	Agreed                                    string // in what the times are agreed, OLA-12/3
}

// keptView is what was kept last quarter: a fact.
type keptView struct {
	Title, Text, Detail, Tone string
	Whisker                   *ui.WhiskerProps
}

func (s *Service) promised(ctx context.Context, service *catalog.Service) (promiseView, error) {
	p, err := s.Catalog.Promise(ctx, service, actor.From(ctx).Unit, s.db.Now())
	if err != nil {
		return promiseView{}, err
	}
	std := p.Standard
	v := promiseView{Due: lang.Short(ctx, p.Due), By: lang.At(ctx, p.Due), Response: lang.At(ctx, p.Response), Target: std.Completion.Label(ctx),
		ResponseTarget: std.Response.Label(ctx), Provisional: p.Provisional, Starting: std.Starting && p.Agreed == "", Agreed: p.Agreed}
	if std.Accuracy > 0 {
		v.Accuracy, v.Metric = lang.Percent(ctx, std.Accuracy, 0), std.Metric.In(ctx)
	}
	for i, sp := range p.Special {
		if i > 0 {
			v.Special += lang.T(ctx, "ui.comma")
		}
		v.Special += sp.Reason.In(ctx)
	}
	return v, nil
}

// kept counts what was due last quarter for the reader's unit, or for everybody when that was little.
func (s *Service) kept(ctx context.Context, tree *org.Tree, service *catalog.Service) (keptView, error) {
	span := lastQuarter(s.db.Now().In(s.Org.Company(ctx).Location()))
	unit := actor.From(ctx).Unit
	var a Attainment
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if a, err = attainedBy(ctx, rd, service.ID, unit, span); err == nil && a.N() < relation.Few {
			unit = 0
			a, err = attainedBy(ctx, rd, service.ID, 0, span)
		}
		return err
	})
	if err != nil || a.N() == 0 {
		return keptView{}, err
	}
	whom := lang.T(ctx, "request.kept.everybody")
	if unit != 0 {
		whom = tree.FullName(ctx, unit)
	}
	rate, _ := a.Rate()
	v := keptView{Title: lang.T(ctx, "request.kept.title", "quarter", quarterName(ctx, span.From)),
		Detail: lang.T(ctx, "request.kept.detail", "met", a.Met, "n", a.N(), "whom", whom)}
	if a.Median != nil {
		v.Detail += lang.T(ctx, "request.kept.median", "median", lang.WorkDuration(ctx, *a.Median))
	}
	if a.N() < relation.Few {
		v.Text = lang.T(ctx, "request.kept.few", "count", a.N())
		return v, nil
	}
	target := service.Standard.CompletionTarget
	v.Text = lang.T(ctx, "request.kept.rate", "rate", lang.Percent(ctx, rate, 1))
	if target > 0 {
		v.Tone = "missed"
		if rate >= target {
			v.Tone = "met"
		}
	}
	if a.N() >= relation.Thin {
		low, high := stat.Wilson(a.Met, a.N())
		v.Whisker = &ui.WhiskerProps{Value: rate * 100, Low: low * 100, High: high * 100, Target: target * 100, NoTarget: target == 0, Verdict: verdict(low, high, target)}
	}
	return v, nil
}

// verdict is what the interval says of the target.
func verdict(low, high, target float64) string {
	switch {
	case target == 0:
		return "undetermined"
	case low >= target:
		return "meets"
	case high < target:
		return "misses"
	}
	return "undetermined"
}

// lastQuarter is the quarter before the one of now.
func lastQuarter(now time.Time) Span {
	y, m, _ := now.Date()
	first := time.Date(y, (m-1)/3*3+1, 1, 0, 0, 0, 0, now.Location())
	return Span{first.AddDate(0, -3, 0), first}
}

func quarterName(ctx context.Context, t time.Time) string {
	return lang.T(ctx, "request.quarter-"+strconv.Itoa((int(t.Month())-1)/3+1), "year", t.Year())
}

// special says what of the days ahead was reckoned with; "" when nothing was.
func special(ctx context.Context, p promiseView) string {
	if p.Special == "" {
		return ""
	}
	return lang.T(ctx, "request.promise.special", "what", p.Special)
}
