package demo

import (
	"context"
	"embed"
	"fmt"
	"strconv"

	"neike/internal/kit/form"
)

// forms are what some units of the company ask in place of what their packs brought: sections, conditions, a table of expenses.
//
//go:embed forms/*.json
var forms embed.FS

// redesign lets three heads design their own forms.
func (d *demo) redesign(ctx context.Context) error {
	for _, x := range [...]struct{ unit, service string }{{"finance", "finance.expense"}, {"admin", "admin.travel"}, {"it", "it.device"}} {
		data, err := forms.ReadFile("forms/" + x.service + ".json")
		if err != nil {
			return fmt.Errorf("form of %s: %w", x.service, err)
		}
		f, err := form.Parse(data)
		if err != nil {
			return fmt.Errorf("form of %s: %w", x.service, err)
		}
		if _, err := d.app.Catalog.SetForm(d.as(ctx, d.heads[x.unit]), x.service, f, 0); err != nil {
			return fmt.Errorf("form of %s: %w", x.service, err)
		}
	}
	return nil
}

// most is the upper bound of a number, or usual when it has none.
func most(x form.Field, usual int) int {
	if n, err := strconv.Atoi(x.Max); err == nil {
		return n
	}
	return usual
}

// rows fills a table with a few rows.
func (d *demo) rows(x form.Field) []any {
	var out []any
	for range 1 + d.rand.IntN(3) {
		row := map[string]any{}
		for _, c := range x.Fields {
			switch c.Type {
			case form.Text:
				row[c.Key] = pick(d, expenses)
			case form.Currency:
				row[c.Key] = money(2000 + d.rand.IntN(90_000))
			case form.Number:
				row[c.Key] = 1 + d.rand.IntN(3)
			}
		}
		out = append(out, row)
	}
	return out
}

var expenses = []string{"高铁二等座", "酒店住宿", "市内出租车", "客户工作餐", "打印耗材", "快递费", "机票经济舱", "停车与过路费"}

// way is one of the ways of a cascade to its end: "east/sh".
func (d *demo) way(options []form.Option) string {
	o := options[d.rand.IntN(len(options))]
	if len(o.Options) == 0 {
		return o.Code
	}
	return o.Code + "/" + d.way(o.Options)
}
