package org

import (
	"context"
	"strings"
	"time"

	"neike/internal/kit/lang"
)

// dateType is the kind of input for a day, or for a moment where the value is one.
func dateType(value string) string {
	if strings.Contains(value, "T") {
		return "datetime-local"
	}
	return "date"
}

// absenceNote is the small line of an absence.
func absenceNote(ctx context.Context, l absenceLine) string {
	deputy := ""
	if l.Deputy != "" {
		deputy = lang.T(ctx, "org.deputy-is", "name", l.Deputy)
	}
	return joined(l.Kind, deputy, l.Note)
}

// awayWord is until when somebody is away, for a small line.
func awayWord(ctx context.Context, a Absence) string {
	key := "org.away"
	if a.Long() {
		key = "org.on-leave"
	}
	if a.Until.IsZero() {
		return lang.T(ctx, key)
	}
	until := lang.Short(ctx, a.Until)
	if t := a.Until.In(lang.Zone(ctx)); t.Hour()+t.Minute() == 0 { // the whole of the day before
		until = lang.ShortDate(ctx, t.Add(-time.Minute))
	}
	return lang.T(ctx, key+"-short", "until", until)
}
