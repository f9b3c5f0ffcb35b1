package calendar

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sorting"
)

// Input is a calendar as people and programs write it. Publishing it makes a version.
type Input struct {
	Code      string    `json:"code" doc:"Stable code; the company's calendar is default" example:"default"`
	Name      lang.Text `json:"name" doc:"Name in both languages; defaults to the code"`
	Zone      string    `json:"zone" doc:"IANA zone" example:"Asia/Shanghai"`
	ValidFrom string    `json:"valid_from,omitempty" doc:"First day on which this version holds, 2026-12-01. Without it the version replaces all older ones for all days."`
	// Hours of each weekday.
	Hours Week `json:"hours,omitzero"`
	// A pattern instead of hours.
	Weeks  []Week  `json:"weeks,omitempty" doc:"Two to eight weeks in turn, each with hours of its own (大小周); instead of hours"`
	Cycle  []Hours `json:"cycle,omitempty" doc:"Days in turn, the rota of a shift team; [] is a day of rest; instead of hours. 20:00–08:00 goes on into the next day."`
	Anchor string  `json:"anchor,omitempty" doc:"A day of the first of the weeks, or the first day of the cycle" example:"2026-11-23"`
	// Base is the calendar that this one takes over what it does not set from.
	Base string `json:"base,omitempty" doc:"Calendar to inherit from: zone, hours, statutory days, days and shutdowns that this one does not set" example:"default"`
	// Statutory days of a country, as known at publication.
	Statutory       string `json:"statutory,omitempty" doc:"Country whose statutory days off and make-up workdays hold: cn; none for no country where the base names one" example:"cn"`
	StatutoryMakeup *bool  `json:"statutory_makeup,omitempty" doc:"Whether make-up workdays (调休) are worked; default true"`
	// Days of the company's own, above the statutory ones.
	Holidays []Day `json:"holidays,omitempty" doc:"Closed days"`
	Special  []Day `json:"special,omitempty" doc:"Days with hours of their own, make-up workdays, half days; they go before holidays"`
	// Stretches of days, below the single ones and above the statutory days.
	Shutdowns []Stretch `json:"shutdowns,omitempty" doc:"Shutdowns, seasonal hours and stretches that are worked throughout, from–to"`
	// StandardDaySeconds is for workdays_length.
	StandardDaySeconds int   `json:"standard_day_seconds,omitempty" doc:"Length of a standard day for workdays_length; default the longest ordinary weekday" example:"28800"`
	OfficialYears      []int `json:"official_years,omitempty" doc:"Years whose days are settled even if the statutory list calls them provisional"`
	Replaces           int   `json:"replaces,omitempty" doc:"Version that the caller has seen; 409 when another one was published meanwhile"`
}

// Hours is the openings of a day: pairs of wall-clock times, ["09:00","12:00"]. A shift over midnight is two openings,
// 22:00–24:00 and 00:00–06:00 of the next day.
type Hours [][]string

// Week is the openings of each weekday; a day that is absent is closed.
type Week struct {
	Mon Hours `json:"mon,omitempty"`
	Tue Hours `json:"tue,omitempty"`
	Wed Hours `json:"wed,omitempty"`
	Thu Hours `json:"thu,omitempty"`
	Fri Hours `json:"fri,omitempty"`
	Sat Hours `json:"sat,omitempty"`
	Sun Hours `json:"sun,omitempty"`
}

// Day is a date that is not like its weekday.
type Day struct {
	Date   string    `json:"date" example:"2026-12-31"`
	Name   lang.Text `json:"name,omitzero"`
	Hours  *Hours    `json:"hours,omitempty" doc:"Special days: the openings; without it the standard weekday hours, empty is closed"`
	Makeup bool      `json:"makeup,omitempty" doc:"Shown as a make-up workday"`
}

var weekdays = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func (w *Week) of(day time.Weekday) Hours {
	return [7]Hours{w.Sun, w.Mon, w.Tue, w.Wed, w.Thu, w.Fri, w.Sat}[day]
}

// UnmarshalJSON also takes "tz" for zone, a list of plain dates as holidays, a plain text as a name, and
// make_up_workdays, an object of date and hours.
func (in *Input) UnmarshalJSON(data []byte) error {
	type plain Input
	wire := struct {
		*plain
		Name     words            `json:"name"`
		TZ       string           `json:"tz"`
		Holidays []dayWire        `json:"holidays"`
		Special  []dayWire        `json:"special"`
		Ranges   []stretchWire    `json:"shutdowns"`
		Makeup   map[string]Hours `json:"make_up_workdays"`
	}{plain: (*plain)(in)}
	if err := json.Unmarshal(data, &wire); err != nil {
		return err
	}
	in.Name = lang.Text(wire.Name)
	if in.Zone == "" {
		in.Zone = wire.TZ
	}
	in.Holidays, in.Special = days(wire.Holidays), days(wire.Special)
	in.Shutdowns = nil
	for _, x := range wire.Ranges {
		in.Shutdowns = append(in.Shutdowns, Stretch(x))
	}
	for date, hours := range wire.Makeup {
		in.Special = append(in.Special, Day{Date: date, Hours: &hours, Makeup: true})
	}
	sorting.By(in.Special, func(a, b Day) int { return strings.Compare(a.Date, b.Date) })
	return nil
}

type words lang.Text

func (w *words) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) == nil {
		*w = words{Zh: text}
		return nil
	}
	return json.Unmarshal(data, (*lang.Text)(w))
}

type dayWire Day

func (d *dayWire) UnmarshalJSON(data []byte) error {
	var date string
	if json.Unmarshal(data, &date) == nil {
		*d = dayWire{Date: date}
		return nil
	}
	type plain Day
	wire := struct {
		*plain
		Name words `json:"name"`
	}{plain: (*plain)(d)}
	err := json.Unmarshal(data, &wire)
	d.Name = lang.Text(wire.Name)
	return err
}

func days(list []dayWire) []Day {
	var days []Day
	for _, d := range list {
		days = append(days, Day(d))
	}
	return days
}

var codeLike = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,39}$`)

// check reads the input into rules; everything that is wrong is added to f. Statutory days are looked up by known.
func (in *Input) check(f *fault.Fields, known func(country string) (*Statutory, bool)) (Rules, Date) {
	r := Rules{Zone: in.Zone, Holidays: map[Date]lang.Text{}, Special: map[Date]Special{}, Official: map[int]bool{}}
	if !codeLike.MatchString(in.Code) {
		f.Add("code", "calendar.code-malformed", "code", in.Code)
	}
	if in.Name.Empty() {
		in.Name = lang.Text{Zh: in.Code, En: in.Code}
	}
	if _, err := time.LoadLocation(in.Zone); err != nil || in.Zone == "" && in.Base == "" || in.Zone == "Local" {
		f.Add("zone", "calendar.zone-unknown", "zone", in.Zone)
	}
	from := Always
	if in.ValidFrom != "" {
		from = checkDate(f, "valid_from", in.ValidFrom)
	}
	in.checkPattern(f, &r)
	in.checkDays(f, &r)
	in.checkStretches(f, &r)
	in.checkStatutory(f, &r, known)
	if s := in.StandardDaySeconds; s < 0 || s > 24*3600 {
		f.Add("standard_day_seconds", "calendar.standard-day-out-of-range")
	}
	if in.StandardDaySeconds > 0 {
		r.StandardDay = time.Duration(in.StandardDaySeconds) * time.Second
	}
	if in.Base != "" && (!codeLike.MatchString(in.Base) || in.Base == in.Code) {
		f.Add("base", "calendar.base-unknown", "code", in.Base)
	}
	for i, y := range in.OfficialYears {
		if y < FirstYear || y > LastYear {
			f.Add(fmt.Sprintf("official_years.%d", i), "calendar.year-out-of-range", "from", strconv.Itoa(FirstYear), "to", strconv.Itoa(LastYear))
		}
		r.Official[y] = true
	}
	return r, from
}

func (in *Input) checkDays(f *fault.Fields, r *Rules) {
	for i, d := range in.Holidays {
		name := fmt.Sprintf("holidays.%d", i)
		date := checkDate(f, name+".date", d.Date)
		if _, twice := r.Holidays[date]; twice {
			f.Add(name+".date", "calendar.date-twice", "date", d.Date)
		}
		r.Holidays[date] = d.Name
	}
	for i, d := range in.Special {
		name := fmt.Sprintf("special.%d", i)
		date := checkDate(f, name+".date", d.Date)
		if _, twice := r.Special[date]; twice {
			f.Add(name+".date", "calendar.date-twice", "date", d.Date)
		}
		s := Special{Name: d.Name, Makeup: d.Makeup}
		if d.Hours != nil {
			s.Hours = append([]Span{}, checkHours(f, name+".hours", *d.Hours, false)...)
		}
		r.Special[date] = s
	}
}

func (in *Input) checkStatutory(f *fault.Fields, r *Rules, known func(string) (*Statutory, bool)) {
	r.unset.makeup = in.StatutoryMakeup
	if in.Statutory == "" || in.Statutory == noStatutory {
		r.unset.statutory = in.Statutory == "" && in.Base != ""
		return
	}
	list, ok := known(in.Statutory)
	if !ok {
		f.Add("statutory", "calendar.statutory-unknown", "code", in.Statutory)
		return
	}
	own := *list
	own.Makeup = in.StatutoryMakeup == nil || *in.StatutoryMakeup
	r.Statutory = &own
}

func checkDate(f *fault.Fields, name, text string) Date {
	d, err := ParseDate(text)
	if err != nil {
		f.Add(name, "calendar.date-malformed", "date", text)
	} else if y := d.Year(); y < FirstYear || y > LastYear {
		f.Add(name, "calendar.year-out-of-range", "from", strconv.Itoa(FirstYear), "to", strconv.Itoa(LastYear))
	}
	return d
}

// longestShift is the longest opening that may go over midnight, in minutes: 09:00–08:00 is a slip of the hand.
const longestShift = 16 * 60

// checkHours reads the openings of a day in order; they may touch but not overlap. Where a shift may go on into the next
// day its end is counted on past 24:00.
func checkHours(f *fault.Fields, name string, hours Hours, overnight bool) []Span {
	var spans []Span
	for i, pair := range hours {
		at := fmt.Sprintf("%s.%d", name, i)
		if len(pair) != 2 {
			f.Add(at, "calendar.opening-malformed")
			continue
		}
		open, ok1 := minuteOf(pair[0])
		shut, ok2 := minuteOf(pair[1])
		over := shut == 0 && open > 0 || shut < open
		switch {
		case !ok1 || !ok2 || open == dayMinutes:
			f.Add(at, "calendar.opening-malformed")
		case over && (!overnight || shut+dayMinutes-open > longestShift):
			f.Add(at, "calendar.opening-over-midnight")
		case shut == open:
			f.Add(at, "calendar.opening-empty")
		case over:
			spans = append(spans, Span{open, shut + dayMinutes})
		default:
			spans = append(spans, Span{open, shut})
		}
	}
	sortSpans(spans)
	for i := 1; i < len(spans); i++ {
		if spans[i].Open < spans[i-1].Close {
			f.Add(name, "calendar.openings-overlap")
			break
		}
	}
	return spans
}

// minuteOf reads 08:30, and 24:00 for the end of the day.
func minuteOf(text string) (int, bool) {
	if len(text) != 5 || text[2] != ':' {
		return 0, false
	}
	h, err1 := strconv.Atoi(text[:2])
	m, err2 := strconv.Atoi(text[3:])
	n := h*60 + m
	return n, err1 == nil && err2 == nil && h >= 0 && m >= 0 && m < 60 && n <= 24*60
}

// clockOf writes 08:30.
func clockOf(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

// Compile makes a table of an input that is not published, for the years from to to: a trial, a test.
func (in Input) Compile(from, to int) (*Table, error) {
	var f fault.Fields
	rules, _ := in.check(&f, embedded)
	if in.Base != "" {
		f.Add("base", "calendar.base-unknown", "code", in.Base) // a trial stands alone
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	return Compile(rules, from, to)
}
