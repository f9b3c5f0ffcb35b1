package request

import (
	"context"
	"time"

	"neike/internal/kit/lang"
	"neike/internal/org"
)

type handlingInput struct {
	By   string `query:"by" enum:"unit,service" default:"unit" doc:"What an item is about"`
	From string `query:"from" doc:"First day, 2026-10-01, or an instant; default: this quarter"`
	To   string `query:"to" doc:"Last day, or the instant after it"`
}

// handledJSON is a row of the report on the wire.
type handledJSON struct {
	Unit     *string   `json:"unit,omitempty"`
	Service  *string   `json:"service,omitempty"`
	Name     lang.Text `json:"name"`
	Requests int64     `json:"n" doc:"Requests it had in hand"`
	Sent     int64     `json:"handed_over" doc:"To another unit"`
	Declined int64     `json:"declined" doc:"To another unit, as not its own from the start"`
	Got      int64     `json:"received" doc:"From another unit in one of these ways"`
	Back     int64     `json:"came_back" doc:"Of received: to a unit that had it before"`
	Waiting  int64     `json:"waiting_seconds" doc:"Nobody had taken it; all times are working time of the unit"`
	InHand   int64     `json:"in_hand_seconds"`
	Parts    int64     `json:"parts_seconds" doc:"Other units did their parts first"`
	Paused   int64     `json:"paused_seconds" doc:"The customer was asked"`
	Median   *int64    `json:"in_hand_median_seconds" doc:"null: too few"`
	Late     int64     `json:"late" doc:"Of n, or of requests it had a part in: past due"`
	Delayed  *float64  `json:"delayed" doc:"How many of these it delayed: the sum of its shares of the time that each was in somebody's hands; null: too few late ones"`
	Share    *float64  `json:"delay_share" doc:"delayed / late; null: too few to tell"`
	Delay    *int64    `json:"delay_seconds" doc:"Lateness that is its own; null: too few to tell"`
	Reason   string    `json:"reason,omitempty" enum:"few" doc:"Why something is null"`
}

type handlingWayJSON struct {
	From     string `json:"from"`
	To       string `json:"to"`
	HandOver int64  `json:"handed_over"`
	Declined int64  `json:"declined"`
	Back     int64  `json:"came_back"`
}

type handlingOutput struct {
	Body struct {
		By       string            `json:"by"`
		From     time.Time         `json:"from"`
		To       time.Time         `json:"to" doc:"Not in the span any more"`
		Due      int64             `json:"due" doc:"Due in the span, but what was withdrawn or cancelled; of who sees the numbers of some units alone, as far as these had it, or a part"`
		Followed int64             `json:"followed" doc:"Of these, the last due ones: no more than 25 000"`
		Requests int64             `json:"n" doc:"Of these: those that a unit had whose numbers the caller sees"`
		Passed   int64             `json:"passed_on" doc:"Handed over or declined at least once"`
		CameBack int64             `json:"came_back" doc:"At least once to a unit that had had it"`
		Quality  int64             `json:"to_quality" doc:"Handed over so often that the quality office was asked"`
		Along    int64             `json:"along" doc:"Went along with another request: not in the times"`
		Median   int64             `json:"hops_median" doc:"Units, one after the other, that had a request; 1: only one"`
		P90      int64             `json:"hops_p90"`
		Most     int64             `json:"hops_most"`
		Items    []handledJSON     `json:"items"`
		Ways     []handlingWayJSON `json:"ways" doc:"From which unit to which, the most used first, no more than 200"`
	}
}

func (s *Service) getHandling(ctx context.Context, in *handlingInput) (*handlingOutput, error) {
	if in.By == "" {
		in.By = ByUnit
	}
	span, err := SpanIn(in.From, in.To, s.db.Now().In(s.Org.Company(ctx).Location()))
	if err != nil {
		return nil, err
	}
	h, err := s.HandlingOf(ctx, in.By, span)
	if err != nil {
		return nil, err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	out := &handlingOutput{}
	b := &out.Body
	b.By, b.From, b.To, b.Due, b.Followed = in.By, span.From.UTC(), span.To.UTC(), h.Of, h.Read
	b.Requests, b.Passed, b.CameBack, b.Quality, b.Along = h.Requests, h.Passed, h.CameBack, h.Quality, h.Along
	b.Median, b.P90, b.Most = h.HandlingTotals.Median, h.P90, h.Most
	b.Items, b.Ways = make([]handledJSON, 0, len(h.Rows)), make([]handlingWayJSON, 0, len(h.Ways))
	for _, x := range h.Rows {
		item, err := s.handledJSON(ctx, tree, x, in.By)
		if err != nil {
			return nil, err
		}
		b.Items = append(b.Items, item)
	}
	for _, w := range h.Ways {
		b.Ways = append(b.Ways, handlingWayJSON{From: unitCode(tree, w.From), To: unitCode(tree, w.To), HandOver: w.HandOver, Declined: w.Declined, Back: w.Back})
	}
	return out, nil
}

func (s *Service) handledJSON(ctx context.Context, tree *org.Tree, x Handled, by string) (handledJSON, error) {
	j := handledJSON{Requests: x.Requests, Sent: x.Sent, Declined: x.Declined, Got: x.Got, Back: x.Back, Waiting: x.Waiting, InHand: x.InHand, Parts: x.Parts,
		Paused: x.Paused, Late: x.Late}
	if by == ByUnit {
		u, _ := tree.ByID(x.Key)
		j.Unit, j.Name = &u.Code, u.Name
	} else {
		snap, err := s.Catalog.Snapshot(ctx)
		if err != nil {
			return j, err
		}
		if service, ok := snap.ByID(x.Key); ok {
			j.Service, j.Name = &service.Code, service.Name
		}
	}
	if share, ok := x.OwnShare(); ok {
		j.Delayed, j.Share, j.Delay = &x.Owed, &share, &x.Delay
	} else {
		j.Reason = "few"
	}
	if median, ok := x.Median(); ok {
		j.Median = &median
	} else {
		j.Reason = "few"
	}
	return j, nil
}
