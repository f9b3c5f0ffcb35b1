package delivery

import (
	"context"

	"neike/internal/calendar"
	"neike/internal/kit/lang"
)

// Schedule says when deliveries of an arrangement are due. The zero value: at no time of its own, another system tells of
// each.
type Schedule = calendar.Schedule

// Occurrence is one due date of a schedule.
type Occurrence = calendar.Occurrence

// scheduleWords is a schedule in the reader's language.
func scheduleWords(ctx context.Context, s Schedule) string {
	if s.Every == "" {
		return lang.T(ctx, "delivery.schedule.fed")
	}
	return s.Words(ctx)
}
