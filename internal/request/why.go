package request

import (
	"context"
	"strings"

	"neike/internal/clock"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// Explained are the request's clocks with their intervals: all of them, of the turns the last one. With a name it is that
// clock alone, of whichever turn.
func (s *Service) Explained(ctx context.Context, number int64, name string) (View, []clock.Line, error) {
	var v View
	var lines, turns []clock.Line
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if v, err = s.view(ctx, rd, number); err != nil {
			return err
		}
		lines, turns, err = s.explain(ctx, rd, v.Log)
		return err
	})
	if err != nil || name == "" {
		return v, lines, err
	}
	list := explainable(lines, turns, v.Tree)
	if c, ok := pick(list, name); ok {
		return v, []clock.Line{c.Line}, nil
	}
	known := make([]string, 0, len(list))
	for _, c := range list {
		known = append(known, c.Name)
	}
	var f fault.Fields
	f.Add("clock", "request.why.unknown", "known", strings.Join(known, ", "))
	return v, nil, f.Err()
}

// explain replays a log with intervals. turns are all turns, where there is more than the one among the lines.
func (s *Service) explain(ctx context.Context, rd sqldb.Reader, log []Event) (lines, turns []clock.Line, err error) {
	book, err := s.Calendar.Book(ctx)
	if err != nil {
		return nil, nil, err
	}
	list := marks(log)
	if lines, err = clock.Explain(book, list, rd.Instant()); err != nil {
		return nil, nil, err
	}
	if n := len(lines); n > 0 && lines[n-1].Turn > 1 {
		turns, err = clock.ExplainTurns(book, list, rd.Instant())
	}
	return lines, turns, err
}
