package request

import (
	"context"

	"neike/internal/kit/form"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
)

// Result is what was asked and what was delivered, for somebody who is to say whether it is right.
type Result struct {
	View
	Asked     []ui.Pair // the answers of the form
	Delivered string    // the words of the last delivery; "": it came without any
	Files     int       // of that delivery
}

// ResultOf is the result of a request, as far as the actor may see the request; not found when not.
func (s *Service) ResultOf(ctx context.Context, number int64) (Result, error) {
	var out Result
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if out.View, err = s.view(ctx, rd, number); err != nil {
			return err
		}
		message := int64(0)
		for _, e := range out.Log {
			if e.Kind == VerbDeliver {
				message = e.Message
			}
		}
		if message == 0 {
			return nil
		}
		words, err := s.Talk.Words(ctx, rd, subject(out.ID), []int64{message})
		out.Delivered, out.Files = words[message].Text, len(words[message].Attachments)
		return err
	})
	if err != nil {
		return out, err
	}
	f, err := s.formOf(ctx, out.Request)
	if err != nil {
		return out, err
	}
	values, err := form.ParseValues(out.Fields)
	if err != nil {
		return out, err
	}
	out.Asked, err = f.Shown(ctx, s.resolve(), values)
	return out, err
}

// FirstTime is how many of a service's requests that were due in a span are done, and how many of those were right first
// time: never returned, reopened or asked again.
type FirstTime struct{ Right, Done int64 }

// Ninety is FirstTime of the last ninety days for one service.
func (s *Service) Ninety(ctx context.Context, service int64) (FirstTime, error) {
	now := s.db.Now()
	var out FirstTime
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		out, err = firstTime(ctx, rd, service, Span{now.AddDate(0, 0, -90), now})
		return err
	})
	return out, err
}
