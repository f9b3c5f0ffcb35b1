package calendar

import "neike/internal/kit/lang"

// presets are the patterns that a new calendar can begin with.
var presets = []string{"double", "single", "big-small", "day-night", "four-teams", "site"}

// preset is a calendar to begin with; anchor is a day of its first week, or the first day of its turn.
func preset(name, anchor string) (Input, bool) {
	office, day, night := Hours{{"08:30", "12:00"}, {"13:30", "18:00"}}, Hours{{"08:00", "20:00"}}, Hours{{"20:00", "08:00"}}
	five := Week{Mon: office, Tue: office, Wed: office, Thu: office, Fri: office}
	six := five
	six.Sat = office
	no := false
	switch name {
	case "double":
		return Input{Hours: five, Statutory: "cn"}, true
	case "single":
		return Input{Hours: six, Statutory: "cn"}, true
	case "big-small":
		return Input{Name: lang.Text{Zh: "大小周", En: "Big and small weeks"}, Weeks: []Week{six, five}, Anchor: anchor, Statutory: "cn"}, true
	case "day-night":
		all := func(h Hours) Week { return Week{Mon: h, Tue: h, Wed: h, Thu: h, Fri: h, Sat: h} }
		return Input{Name: lang.Text{Zh: "两班倒", En: "Day and night in turn"}, Weeks: []Week{all(day), all(night)}, Anchor: anchor, Statutory: "cn", StatutoryMakeup: &no}, true
	case "four-teams":
		early, late, nights := Hours{{"08:00", "16:00"}}, Hours{{"16:00", "24:00"}}, Hours{{"00:00", "08:00"}}
		return Input{Name: lang.Text{Zh: "四班三运转 甲班", En: "Four teams, three shifts: team A"}, Anchor: anchor,
			Cycle: []Hours{early, early, late, late, nights, nights, {}, {}}}, true
	case "site":
		return Input{Base: Default}, true
	}
	return Input{}, false
}
