package demo

import (
	"context"

	"neike/internal/calendar"
	"neike/internal/repeat"
)

// repeated is the story of what is asked again and again: 周敏 asks for an advance and for figures every month, for a check of
// the network on site every second week, and an advance for a trip is one click.
func (d *demo) repeated(ctx context.Context) error {
	from := calendar.DateOf(d.today).String()
	clerk := d.as(ctx, d.byNo["1008"])
	for _, w := range []repeat.Wanted{
		{Service: "finance.advance", Title: "{月} 月现场备用金", Schedule: calendar.Schedule{Every: "month", On: "workday 3", At: "17:00"}, Lead: 3, CatchUp: repeat.CatchLast,
			Fields: map[string]any{"amount": "8000", "reason": "{月} 月宁德现场备用金", "due": "{workday+20}"}},
		{Service: "finance.report", Title: "{上月} 月项目成本明细", Schedule: calendar.Schedule{Every: "month", On: "workday -1", At: "12:00"}, Lead: 5, CatchUp: repeat.CatchLast,
			Fields: d.told("finance.report", "项目成本明细")},
		{Service: "it.incident", Title: "项目现场网络巡检（第 {周} 周）", Schedule: calendar.Schedule{Every: "week", On: "mon", At: "10:00", Shift: calendar.After}, Step: 2, Lead: 1, CatchUp: repeat.CatchLast,
			Fields: d.told("it.incident", "网络巡检")},
		{Service: "finance.advance", Title: "出差备用金", Fields: map[string]any{"amount": "3000", "reason": "出差备用金", "due": "{workday+20}"}},
	} {
		w.From = from
		if _, err := d.app.Repeat.Make(clerk, w); err != nil {
			return err
		}
	}
	return nil
}

// told is a good answer to the form of a service.
func (d *demo) told(code, thing string) map[string]any {
	service, _ := d.catalog.ByCode(code)
	return d.answers(service.Form, d.today, thing)
}
