package request

import (
	"context"
	"strconv"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/org"
)

// dutySince is when the present duty of the unit of a queue began, the actor's own shift before those of others; without one
// the beginning of the day.
func (s *Service) dutySince(ctx context.Context, unit string) (since time.Time, shift org.Shift, err error) {
	since = s.tonight(ctx).AddDate(0, 0, -1)
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return since, shift, err
	}
	units := s.served(ctx)
	if u, ok := tree.ByCode(unit); ok {
		units = []int64{u.ID}
	}
	me := actor.From(ctx).Person
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		for _, u := range units[:min(len(units), 5)] {
			shifts, err := s.Org.ShiftsAt(ctx, rd, u, rd.Instant())
			if err != nil {
				return err
			}
			for _, h := range shifts {
				if shift.ID == 0 || h.Person == me && shift.Person != me {
					shift, since = h, h.From
				}
			}
		}
		return nil
	})
	return since, shift, err
}

// shiftNote says, above the view of who is on duty, since when, and leads to the hand-over note or to the duty list.
func (s *Service) shiftNote(ctx context.Context, in asking) (*ui.NoteProps, error) {
	if in.View != ViewDuty {
		return nil, nil
	}
	since, shift, err := s.dutySince(ctx, in.Unit)
	if err != nil {
		return nil, err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	n := &ui.NoteProps{Icon: "clock", Text: lang.T(ctx, "request.duty.since", "at", lang.Short(ctx, since))}
	switch {
	case shift.ID != 0 && shift.Person == actor.From(ctx).Person:
		n.Href, n.Link = "/duty/"+strconv.FormatInt(shift.ID, 10)+"/note", lang.T(ctx, "request.duty.note")
	case shift.ID != 0:
		n.Href, n.Link = "/units/"+unitCode(tree, shift.Unit)+"/duty", lang.T(ctx, "request.duty.list")
	default:
		n.Text = lang.T(ctx, "request.duty.nobody")
	}
	return n, nil
}
