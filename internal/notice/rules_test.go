package notice_test

import (
	"testing"
	"time"

	"neike/internal/notice"
)

// office is open from Monday to Friday, 9:00–18:00, in a zone; Monday 2026-12-14 is a holiday.
type office struct{ zone *time.Location }

func (o office) Location() *time.Location { return o.zone }

func (o office) Add(at time.Time, _ time.Duration) (time.Time, error) {
	for at = at.In(o.zone); ; at = time.Date(at.Year(), at.Month(), at.Day()+1, 0, 0, 0, 0, o.zone) {
		opens := time.Date(at.Year(), at.Month(), at.Day(), 9, 0, 0, 0, o.zone)
		switch {
		case at.Weekday() == time.Saturday || at.Weekday() == time.Sunday || at.Hour() >= 18 || at.Format(time.DateOnly) == "2026-12-14":
		case at.Before(opens):
			return opens.UTC(), nil
		default:
			return at.UTC(), nil
		}
	}
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// Sunday 2026-11-22, and the nights on which clocks change.
func TestWhenAMessageMayLeave(t *testing.T) {
	hours := func(from, to int) notice.Habits {
		return notice.Habits{Quiet: notice.QuietHours, From: from * 60, To: to * 60}
	}
	for _, c := range []struct {
		name, zone string
		habits     notice.Habits
		urgent     bool
		now, want  string
	}{
		{"between the hours", "Asia/Shanghai", hours(8, 20), false, "2026-11-22 17:50", "2026-11-22 17:50"},
		{"their first minute", "Asia/Shanghai", hours(8, 20), false, "2026-11-22 08:00", "2026-11-22 08:00"},
		{"the minute after their last", "Asia/Shanghai", hours(8, 20), false, "2026-11-22 20:00", "2026-11-23 08:00"},
		{"before them", "Asia/Shanghai", hours(8, 20), false, "2026-11-22 07:59", "2026-11-22 08:00"},
		{"a night, before midnight", "Asia/Shanghai", hours(22, 6), false, "2026-11-22 23:30", "2026-11-22 23:30"},
		{"a night, after midnight", "Asia/Shanghai", hours(22, 6), false, "2026-11-23 05:59", "2026-11-23 05:59"},
		{"a night that is over", "Asia/Shanghai", hours(22, 6), false, "2026-11-23 06:00", "2026-11-23 22:00"},
		{"until midnight", "Asia/Shanghai", hours(8, 0), false, "2026-11-22 23:59", "2026-11-22 23:59"},
		{"after that midnight", "Asia/Shanghai", hours(8, 0), false, "2026-11-23 00:00", "2026-11-23 08:00"},
		{"what is urgent", "Asia/Shanghai", hours(8, 20), true, "2026-11-23 03:00", "2026-11-23 03:00"},
		{"whoever is never left alone", "Asia/Shanghai", notice.Habits{Quiet: notice.QuietNever}, false, "2026-11-22 03:00", "2026-11-22 03:00"},
		{"a Sunday", "Asia/Shanghai", notice.Habits{Quiet: notice.QuietCalendar}, false, "2026-11-22 10:00", "2026-11-23 09:00"},
		{"a Monday's lunch of an office that has none", "Asia/Shanghai", notice.Habits{Quiet: notice.QuietCalendar}, false, "2026-11-23 12:30", "2026-11-23 12:30"},
		{"elsewhere the hours are those of the place", "America/New_York", hours(8, 20), false, "2026-11-22 20:30", "2026-11-23 08:00"},
		{"the night of the spring change", "Europe/Berlin", hours(8, 20), false, "2026-03-28 21:00", "2026-03-29 08:00"},
		{"the night of the autumn change", "Europe/Berlin", hours(8, 20), false, "2026-10-24 21:00", "2026-10-25 08:00"},
	} {
		at := zone(t, c.zone)
		now, _ := time.ParseInLocation("2006-01-02 15:04", c.now, at)
		if got := notice.SendAt(now, c.urgent, c.habits, office{at}).In(at).Format("2006-01-02 15:04"); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestWhenADigestLeaves(t *testing.T) {
	at := zone(t, "Asia/Shanghai")
	for _, c := range []struct{ name, digest, now, want string }{
		{"on a Sunday", notice.Daily, "2026-11-22 17:50", "2026-11-23 09:00"},
		{"before the day begins", notice.Daily, "2026-11-23 08:59", "2026-11-23 09:00"},
		{"in the day: the next one", notice.Daily, "2026-11-23 09:01", "2026-11-24 09:00"},
		{"on a Friday: Monday", notice.Daily, "2026-11-27 15:00", "2026-11-30 09:00"},
		{"weekly, on a Sunday", notice.Weekly, "2026-11-22 17:50", "2026-11-23 09:00"},
		{"weekly, early on Monday", notice.Weekly, "2026-11-23 07:00", "2026-11-23 09:00"},
		{"weekly, later on Monday", notice.Weekly, "2026-11-23 12:00", "2026-11-30 09:00"},
		{"weekly, on a Monday that is a holiday: Tuesday", notice.Weekly, "2026-12-14 12:00", "2026-12-15 09:00"},
		{"weekly, on the Tuesday after it, early", notice.Weekly, "2026-12-15 07:00", "2026-12-15 09:00"},
		{"weekly, on the Tuesday after it, later", notice.Weekly, "2026-12-15 12:00", "2026-12-21 09:00"},
		{"weekly, on a Tuesday", notice.Weekly, "2026-11-24 12:00", "2026-11-30 09:00"},
	} {
		now, _ := time.ParseInLocation("2006-01-02 15:04", c.now, at)
		got := notice.DigestAt(now, 7, notice.Habits{Quiet: notice.QuietCalendar, Digest: c.digest}, office{at})
		if got.In(at).Format("2006-01-02 15:04") != c.want {
			t.Errorf("%s: %s, want %s", c.name, got.In(at), c.want)
		}
	}
}
