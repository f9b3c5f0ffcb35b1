package catalog

import (
	"context"
	"strconv"
	"strings"
	"time"

	"neike/internal/calendar"
	"neike/internal/kit/lang"
)

// brief is a duration in the few words of a list: 5 个工作日. What exactly it means is calendar.Duration.Label.
func brief(ctx context.Context, d calendar.Duration) string {
	if d.IsZero() {
		return ""
	}
	if d.Value == 0 {
		return d.Label(ctx)
	}
	return lang.T(ctx, "catalog.duration."+d.Unit, "count", d.Value)
}

// share is a target in words: 95%, 99.5%; none is "".
func share(ctx context.Context, target float64) string {
	if target == 0 {
		return ""
	}
	digits := 0
	if p := points(target); p%10 != 0 {
		digits = 2
	} else if p%100 != 0 {
		digits = 1
	}
	return lang.Percent(ctx, target, digits)
}

// schedule is when a standing service is due: 每月第 8 个工作日 17:00.
func schedule(ctx context.Context, s Schedule) string {
	switch n, ok := workdayOf(s.On); {
	case ok && n > 0:
		return lang.T(ctx, "catalog.schedule."+s.Every+"-nth", "n", n, "at", s.At)
	case ok:
		return lang.T(ctx, "catalog.schedule."+s.Every+"-last", "n", -n, "at", s.At)
	case s.Every == "week":
		return lang.T(ctx, "catalog.schedule.week", "day", lang.T(ctx, "catalog.weekday."+s.On), "at", s.At)
	case s.On == "every_day":
		return lang.T(ctx, "catalog.schedule.every-day", "at", s.At)
	}
	return lang.T(ctx, "catalog.schedule.workdays", "at", s.At)
}

// specialWords says which holidays lie on the way to a due time: 10月1日–10月8日 国庆节，不计.
func specialWords(ctx context.Context, list []Special) []string {
	var out []string
	for _, s := range list {
		days := dayOf(ctx, s.From)
		if s.To > s.From {
			days += "–" + dayOf(ctx, s.To)
		}
		key := "catalog.special-skipped"
		if s.Counts {
			key = "catalog.special-counted"
		}
		out = append(out, lang.T(ctx, key, "days", days, "name", s.Reason.In(ctx)))
	}
	return out
}

func dayOf(ctx context.Context, d calendar.Date) string {
	t := d.Time()
	if lang.Locale(ctx) == "en" {
		return t.Format("2 Jan")
	}
	return strconv.Itoa(int(t.Month())) + "月" + strconv.Itoa(t.Day()) + "日"
}

// openingHours are the hours of the next ordinary workday: 08:30–12:00、13:30–18:00; "" when none is found.
func openingHours(ctx context.Context, table *calendar.Table, now time.Time) string {
	loc := table.Location()
	today := calendar.DateOf(now.In(loc))
	for d := today; d < today+14; d++ {
		if !table.Workday(d) || d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
			continue
		}
		t := d.Time()
		from := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, loc)
		list, err := table.Explain(from, from.AddDate(0, 0, 1))
		if err != nil {
			return ""
		}
		var spans []string
		for _, x := range list {
			if x.Kind == calendar.Counted {
				spans = append(spans, x.From.In(loc).Format("15:04")+"–"+closing(x.To.In(loc), from))
			}
		}
		if lang.Locale(ctx) == "en" {
			return strings.Join(spans, ", ")
		}
		return strings.Join(spans, "、")
	}
	return ""
}

func closing(t, day time.Time) string {
	if t.Sub(day) >= 24*time.Hour-time.Minute {
		return "24:00"
	}
	return t.Format("15:04")
}

// icons of services whose code says what they are about; others have that of their department.
var icons = map[string]string{
	"expense": "receipt-2", "advance": "cash-banknote", "issueinv": "file-invoice", "pay": "building-bank", "receipt": "search", "budget": "adjustments",
	"report": "chart-bar", "costreport": "chart-bar", "aging": "hourglass", "recruit": "user-plus", "onboard": "user-check", "offboard": "logout",
	"cert": "certificate", "payq": "message-question", "training": "school", "move": "arrows-exchange", "payroll": "cash", "labourcost": "users-group",
	"incident": "device-desktop", "outage": "wifi-off", "account": "key", "device": "device-laptop", "software": "download", "change": "git-branch",
	"data": "database", "meetingit": "device-desktop", "changenotice": "calendar-event", "restoretest": "database", "supplies": "package", "room": "door",
	"car": "car", "seal": "circle-check", "repair": "tool", "travel": "bus", "reception": "users", "meal": "tools-kitchen-2", "safetycheck": "shield-check",
	"contract": "file-text", "template": "template", "consult": "message-question", "dispute": "gavel", "authz": "id-badge", "quote": "calculator",
	"sample": "test-pipe", "ship": "truck", "track": "route", "return": "package-import", "receive": "package-import", "issue": "package-export",
	"count": "clipboard-list", "lab": "test-pipe", "complaint": "message-report", "visit": "users", "design": "photo", "content": "edit", "event": "calendar-event",
	"scan": "qrcode", "utility": "bolt", "energy": "bolt", "breakdown": "tool", "spare": "puzzle", "forecast": "trending-up", "rush": "bolt",
}

var departmentIcons = map[string]string{
	"admin": "building-community", "equipment": "tool", "finance": "coin", "hr": "users", "it": "device-laptop", "legal": "gavel", "marketing": "speakerphone",
	"procurement": "shopping-cart", "production": "building-store", "quality": "shield-check", "rd": "bulb", "sales": "report-money", "service": "headset",
	"warehouse": "building-warehouse",
}

// iconOf is the name of the icon that stands for a service.
func iconOf(s *Service) string {
	department, word, _ := strings.Cut(s.Code, ".")
	if icon, ok := icons[word]; ok {
		return icon
	}
	if icon, ok := departmentIcons[department]; ok {
		return icon
	}
	if s.Kind == Standing {
		return "calendar-event"
	}
	return "briefcase"
}
