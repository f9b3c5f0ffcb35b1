package review

import (
	"context"
	"math"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

// stats are the figures of a sample. Only a signal: rate with its interval, never a fact.
func stats(ctx context.Context, a Accuracy) []ui.StatProps {
	rate := ui.StatProps{Label: lang.T(ctx, "review.rate"), Value: "–", Detail: lang.T(ctx, "review.few", "n", int(a.N()))}
	if share, low, high, ok := a.Rate(); ok {
		rate.Value, rate.Unit, rate.Verdict = lang.Number(ctx, share*100, 1), "%", a.Signal()
		rate.Whisker = &ui.WhiskerProps{Value: share * 100, Low: low * 100, High: high * 100, Target: a.Target * 100, Min: 0, Max: 100, Verdict: a.Signal(), NoTarget: a.Target == 0}
		rate.Detail = lang.T(ctx, "review.rate-detail", "low", lang.Percent(ctx, low, 1), "high", lang.Percent(ctx, high, 1), "hits", int(a.Correct), "n", int(a.N()))
		rate.Note = targetNote(ctx, a)
	}
	sample := ui.StatProps{Label: lang.T(ctx, "review.sample"), Value: lang.Number(ctx, a.N()), Detail: lang.T(ctx, "review.sample-detail", "n", int(a.N()), "accepted", int(a.Accepted)),
		Note: lang.T(ctx, "review.sample-note", "drawn", int(a.Drawn), "open", int(a.Open), "lapsed", int(a.Lapsed), "dropped", int(a.Dropped))}
	if share, ok := a.Fraction(); ok {
		sample.Detail = lang.T(ctx, "review.fraction", "share", lang.Percent(ctx, share, 1), "n", int(a.N()), "accepted", int(a.Accepted))
	}
	return []ui.StatProps{rate, sample, kappaStat(ctx, a)}
}

func targetNote(ctx context.Context, a Accuracy) string {
	switch {
	case a.Target != 0:
		return lang.T(ctx, "review.target", "target", lang.Percent(ctx, a.Target, 1), "said", lang.T(ctx, "review.signal."+a.Signal()))
	case a.Differ:
		return lang.T(ctx, "review.targets-differ")
	}
	return lang.T(ctx, "review.no-target")
}

func kappaStat(ctx context.Context, a Accuracy) ui.StatProps {
	p := ui.StatProps{Label: lang.T(ctx, "review.kappa"), Value: "–", Detail: lang.T(ctx, "review.kappa-none", "n", int(a.Paired())), Note: lang.T(ctx, "review.agreement."+a.Agreement())}
	if kappa, low, high, ok := a.Kappa(); ok && a.Paired() >= fewest {
		p.Value = "κ " + lang.Number(ctx, kappa, 2)
		p.Detail = lang.T(ctx, "review.kappa-detail", "low", lang.Number(ctx, low, 2), "high", lang.Number(ctx, high, 2), "n", int(a.Paired()))
	}
	return p
}

// shareMeans says what a share comes to.
func shareMeans(ctx context.Context, p Planned) string {
	switch {
	case p.First90.Done == 0:
		return lang.T(ctx, "review.share-unknown")
	case p.Share == 0:
		return lang.T(ctx, "review.share-volume", "monthly", lang.Number(ctx, float64(p.First90.Done)/3, 0), "tenth", lang.Number(ctx, float64(p.First90.Done)/30, 0))
	}
	return lang.T(ctx, "review.share-means", "share", p.Share, "count", int(math.Round(p.Monthly())), "monthly", lang.Number(ctx, float64(p.First90.Done)/3, 0))
}

// standIn is right-first-time, which stands in until there are reviews.
func standIn(ctx context.Context, p Planned) string {
	if p.First90.Done < fewest {
		return lang.T(ctx, "review.stand-in-few")
	}
	share := float64(p.First90.Right) / float64(p.First90.Done)
	return lang.T(ctx, "review.stand-in", "share", lang.Percent(ctx, share, 1), "right", int(p.First90.Right), "done", int(p.First90.Done))
}

func rateText(ctx context.Context, a Accuracy) string {
	share, low, high, ok := a.Rate()
	if !ok {
		return lang.T(ctx, "review.few-short")
	}
	return lang.T(ctx, "review.rate-short", "share", lang.Percent(ctx, share, 1), "low", lang.Percent(ctx, low, 0), "high", lang.Percent(ctx, high, 0))
}

func fractionText(ctx context.Context, a Accuracy) string {
	share, ok := a.Fraction()
	if !ok {
		return "–"
	}
	return lang.Percent(ctx, share, 1)
}

func kappaText(ctx context.Context, a Accuracy) string {
	kappa, _, _, ok := a.Kappa()
	if !ok || a.Paired() < fewest {
		return "–"
	}
	return lang.Number(ctx, kappa, 2) + " (" + lang.Number(ctx, a.Paired()) + ")"
}

func wordAfter(word string) string {
	if word == "" {
		return ""
	}
	return " · " + word
}

func emptyText(ctx context.Context, v listView) string {
	if v.Mine {
		return lang.T(ctx, "review.empty-mine")
	}
	return lang.T(ctx, "review.empty-all")
}

// resultText is what came of a case for who may know it, otherwise what the reader said.
func resultText(ctx context.Context, l Line) string {
	switch {
	case l.Result != "":
		return verdictWord(ctx, l.Result)
	case l.Mine != "":
		return lang.T(ctx, "review.mine-was", "verdict", verdictWord(ctx, l.Mine))
	}
	return "–"
}

func planPairs(ctx context.Context, p Plan) []ui.Pair {
	if !p.Active {
		return []ui.Pair{{Term: lang.T(ctx, "review.active"), Text: lang.T(ctx, "review.off")}}
	}
	most := lang.T(ctx, "review.no-limit")
	if p.Most != 0 {
		most = lang.Number(ctx, p.Most)
	}
	return []ui.Pair{
		{Term: lang.T(ctx, "review.plan-share"), Text: lang.Percent(ctx, float64(p.Share)/100, 0)},
		{Term: lang.T(ctx, "review.plan-most"), Text: most},
		{Term: lang.T(ctx, "review.plan-first"), Text: lang.T(ctx, "review.first."+p.First)},
		{Term: lang.T(ctx, "review.plan-second"), Text: lang.Percent(ctx, float64(p.Second)/100, 0)},
	}
}
