package agreement

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"neike/internal/disclose"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

func isInvalid(err error) bool { return err != nil && fault.KindOf(err) == fault.Invalid }

// quarterChoices is how many quarters a review offers.
const quarterChoices = 5

func (s *Service) reviewPage(w http.ResponseWriter, r *http.Request, status int, in wordForm, cause error) error {
	ctx := r.Context()
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	q, read := s.quarterIn(ctx, in.Quarter)
	p, err := s.Review(ctx, number, q)
	if err != nil {
		return err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	v := reviewView{Title: lang.T(ctx, "agreement.review-title", "quarter", quarterName(ctx, q)), Lead: p.Ref() + " · " + title(ctx, tree, p.Agreement), Back: link(number),
		Edge: edgeHref(tree, p.Agreement), Code: q.Code(), Hidden: !p.Shown, None: p.Version.N == 0, In: in, Errors: ui.ErrorsOf(ctx, cause, labels(ctx)), Also: p.Version.Terms.Also,
		Provider: tree.Name(ctx, p.Provider), Customer: tree.Name(ctx, p.Customer)}
	if !read {
		v.Errors.Form = lang.T(ctx, "agreement.quarter-unread")
	}
	if !v.None {
		v.Version = lang.T(ctx, "agreement.review-version", "ref", p.Version.ref(p.Agreement), "span", span(ctx, p.Version))
	}
	provider, _ := tree.ByID(p.Provider)
	customer, _ := tree.ByID(p.Customer)
	v.Rated, v.Score, v.Least, v.Ratings = p.Rated, p.Score, p.Least, disclose.Href(provider.Code, customer.Code)
	v.Promises = "/promises?view=all&giver_unit=" + provider.Code + "&receiver_unit=" + customer.Code
	last := QuarterOf(s.db.Now().In(s.Org.Company(ctx).Location()))
	for back := quarterChoices - 1; back >= 0; back-- {
		x := last.back(back)
		v.Quarters = append(v.Quarters, ui.SegmentProps{Text: fmt.Sprintf("%02dQ%d", int(x/10)%100, int(x%10)), Href: link(number) + "/review?quarter=" + x.Code(), On: x == q})
	}
	target := p.Version.Terms.Attainment
	if target == 0 {
		target = p.Edge.Target.Attainment
	}
	for _, x := range p.Trend {
		row := trendRow{Name: quarterName(ctx, x.Quarter), N: strconv.FormatInt(x.N, 10), Verdict: verdict(x.Hits, x.N, target), On: x.Quarter == q}
		if x.N >= few {
			row.Share, row.Width = lang.Percent(ctx, float64(x.Hits)/float64(x.N), 1), float64(x.Hits)/float64(x.N)*100
		}
		v.Trend = append(v.Trend, row)
	}
	v.Summary = summary(ctx, p, target)
	for _, x := range p.Services {
		row := serviceRow{Target: exact(x.Standard.CompletionTarget), N: lang.T(ctx, "agreement.of", "met", x.Met, "n", x.N()), Verdict: x.Verdict()}
		if service, ok := snap.ByID(x.Target.Service); ok {
			row.Service = service.Name.In(ctx)
		}
		row.Target = x.Standard.Completion.Label(ctx) + " · " + row.Target
		if x.N() >= few {
			row.Share = lang.Percent(ctx, float64(x.Met)/float64(x.N()), 1)
		}
		if x.Pending > 0 {
			row.Pending = lang.T(ctx, "agreement.pending", "count", x.Pending)
		}
		v.Services = append(v.Services, row)
	}
	for _, k := range p.Kept {
		row := dutyLine{Words: dutyWords(ctx, k.Duty), N: lang.T(ctx, "agreement.of", "met", k.Met, "n", k.N), Verdict: k.Verdict()}
		if k.N >= few {
			row.Share = lang.Percent(ctx, float64(k.Met)/float64(k.N), 1)
		}
		if k.Pending > 0 {
			row.Pending = lang.T(ctx, "agreement.pending", "count", k.Pending)
		}
		v.Duties = append(v.Duties, row)
	}
	for _, c := range p.Comments {
		v.Comments = append(v.Comments, saidView{Who: p.People[c.Person].Display(ctx) + " · " + tree.Name(ctx, p.Unit(c.Side)), When: lang.At(ctx, c.At), Text: c.Text})
	}
	for _, side := range p.Speaks {
		v.May = append(v.May, sideView{string(side), tree.Name(ctx, p.Unit(side))})
	}
	return web.Show(w, r, status, reviewPage(v), reviewContent(v))
}

func quarterName(ctx context.Context, q Quarter) string {
	return lang.T(ctx, "agreement.quarter", "year", int(q/10), "n", int(q%10))
}

// summary is the finding of a quarter in a sentence: a fact.
func summary(ctx context.Context, p Pack, target float64) string {
	if !p.Shown || len(p.Trend) == 0 {
		return ""
	}
	now := p.Trend[len(p.Trend)-1]
	switch verdict(now.Hits, now.N, target) {
	case "none":
		return lang.T(ctx, "agreement.summary.none")
	case "few":
		return lang.T(ctx, "agreement.summary.few", "n", now.N)
	case "met":
		return lang.T(ctx, "agreement.summary.met", "met", now.Hits, "n", now.N, "share", lang.Percent(ctx, float64(now.Hits)/float64(now.N), 1), "target", exact(target))
	}
	return lang.T(ctx, "agreement.summary.missed", "met", now.Hits, "n", now.N, "share", lang.Percent(ctx, float64(now.Hits)/float64(now.N), 1), "target", exact(target))
}
