package demo

import (
	"context"
	"fmt"

	"neike/internal/calendar"
	"neike/internal/kit/lang"
)

// plantCalendar is the calendar of the plant's day staff.
const plantCalendar = "plant-suzhou"

// calendars are the plant's: it takes over the company's days off, works every other Saturday (大小周), and closes for two
// weeks of the coming summer. The lines run on three shifts of their own. The days off of the next year are what the
// product knows of them: expected, until an administrator brings in the notice.
func (d *demo) calendars(ctx context.Context) error {
	day := calendar.Hours{{"08:00", "12:00"}, {"13:00", "17:00"}}
	small := calendar.Week{Mon: day, Tue: day, Wed: day, Thu: day, Fri: day}
	big := small
	big.Sat = day
	summer := d.today.Year() + 1
	_, err := d.app.Calendar.Publish(ctx, calendar.Input{
		Code: plantCalendar, Name: lang.Text{Zh: "苏州工厂（大小周）", En: "Suzhou plant, every other Saturday"}, Base: calendar.Default,
		Weeks: []calendar.Week{big, small}, Anchor: "2026-01-05",
		Shutdowns: []calendar.Stretch{
			{From: fmt.Sprintf("%d-07-19", summer), To: fmt.Sprintf("%d-08-01", summer), Name: lang.Text{Zh: "暑期停产检修", En: "Summer shutdown"}},
			{From: fmt.Sprintf("%d-08-02", summer), To: fmt.Sprintf("%d-08-31", summer), Kind: calendar.HoursRange, Name: lang.Text{Zh: "高温作息", En: "Summer hours"},
				Hours: &calendar.Hours{{"07:00", "11:00"}, {"14:00", "18:00"}}},
		},
	})
	return err
}
