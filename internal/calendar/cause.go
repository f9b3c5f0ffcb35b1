package calendar

import (
	"context"

	"neike/internal/kit/lang"
)

// CauseOf says what a version of a calendar came of, in the middle of a sentence: 2027 年放假安排调整, 日历「工厂」调整.
func (s *Service) CauseOf(ctx context.Context, code string, version int) string {
	b, err := s.Book(ctx)
	if err != nil {
		return lang.T(ctx, "calendar.cause.published", "name", code)
	}
	list := b.calendars[code]
	name := code
	for _, e := range list {
		if e.Number != version {
			continue
		}
		base, year := e.Follows()
		switch {
		case year != "":
			return lang.T(ctx, "calendar.cause.statutory", "year", year)
		case base:
			if under := b.newest(e.input.Base); under != nil {
				return lang.T(ctx, "calendar.cause.published", "name", under.Name.In(ctx))
			}
		}
		name = e.Name.In(ctx)
	}
	return lang.T(ctx, "calendar.cause.published", "name", name)
}
