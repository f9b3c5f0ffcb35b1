package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/web"
	"neike/internal/review"
)

// underReview are a service that is fast and often wrong, and two that are asked for often.
var underReview = []string{"it.device", "it.incident", "warehouse.receive"}

// sampled plans their accuracy reviews: everything of the last four months is drawn and judged twice, so that there are enough pairs to
// say how far two reviewers agree.
func (d *demo) sampled(ctx context.Context) {
	d.app.Review.SeedBy(rand.NewChaCha8([32]byte{'r', 'e', 'v', 'i', 'e', 'w'}))
	d.agenda.plan(d.today.AddDate(0, -4, 0), func() error {
		for _, service := range underReview {
			if _, err := d.app.Review.SetPlan(d.as(ctx, d.byNo["1001"]), service, review.Plan{Active: true, Share: 100, First: review.ByCustomer, Second: 100}, web.IfMatch{}); err != nil {
				return err
			}
		}
		return nil
	})
}

// judged lets people say what they think of what was drawn. The three newest of each wait for an answer; the quality office is a little
// stricter than whoever asked.
func (d *demo) judged(ctx context.Context) error {
	if err := d.app.Bus.Drain(ctx); err != nil {
		return err
	}
	office := d.as(ctx, d.byNo["1001"])
	chance := rand.New(rand.NewPCG(20261122, 7)) //nolint:gosec // a story, not a secret
	var open []review.Line
	for _, service := range underReview {
		page, err := d.app.Review.List(office, review.Filter{Service: service, State: review.Open, Limit: web.MaxLimit}, "")
		if err != nil {
			return err
		}
		open = append(open, page.Items[min(3, len(page.Items)):]...)
	}
	for _, l := range open {
		if l.Asker == 0 { // the office is not told who asked
			continue
		}
		first := review.Correct
		switch n := chance.Float64(); {
		case n < 0.14:
			first = review.Wrong
		case n < 0.38:
			first = review.Partly
		}
		second := first
		if chance.Float64() < 0.18 { // where one sees a flaw the other sees none, or the other way round
			second = map[review.Verdict]review.Verdict{review.Correct: review.Partly, review.Partly: review.Correct, review.Wrong: review.Partly}[first]
		}
		d.clock.set(d.clock.Now().Add(time.Second))
		if err := d.says(d.as(ctx, l.Asker), l.ID, first, true); err != nil {
			return err
		}
		if l.Twice {
			if err := d.says(office, l.ID, second, false); err != nil {
				return err
			}
		}
	}
	return nil
}

var notRight = map[review.Verdict]string{
	review.Partly: "能用，但少了一样，又补了一次", review.Wrong: "给的不是要的那个，还得再提一次",
}

func (d *demo) says(ctx context.Context, id review.ID, v review.Verdict, share bool) error {
	_, err := d.app.Review.Judge(ctx, id, review.Judgement{Verdict: v, Word: notRight[v], Share: share})
	if kind := fault.KindOf(err); err != nil && (kind == fault.NotFound || kind == fault.Conflict) { // the office itself asked, or has left
		return nil
	}
	if err != nil {
		return fmt.Errorf("review %d: %w", id, err)
	}
	return nil
}
