package demo

import (
	"context"
	"fmt"
	"time"

	"neike/internal/calendar"
	"neike/internal/delivery"
	"neike/internal/kit/actor"
)

// brought is what a unit of the demo company brings without being asked.
type brought struct {
	service, unit string
	customers     []string
	schedule      delivery.Schedule
	lead          int
	months        int           // of the past that are told of
	early         time.Duration // before it is due, as a rule
	quantity      string
}

var unasked = []brought{
	{"hr.payroll", "hr", []string{"production", "rd", "sales"}, delivery.Schedule{Every: "month", On: "workday 8", At: "17:00"}, 3, 6, 26 * time.Hour, ""},
	{"finance.costreport", "finance", []string{"proj1", "sales", "rd"}, delivery.Schedule{Every: "month", On: "workday 3", At: "17:00"}, 12, 6, 3 * time.Hour, ""},
	{"production.weekplan", "production", []string{"warehouse", "sales"}, delivery.Schedule{Every: "week", On: "fri", At: "15:00", Shift: calendar.Before}, 5, 1, 5 * time.Hour, ""},
	{"warehouse.linefeed", "warehouse", []string{"production"}, delivery.Schedule{Every: "day", On: "workdays", At: "07:30"}, 1, 1, 20 * time.Minute, "126"},
}

// deliveries are what units bring each other unasked: payroll that is always there, a cost report of which one came late
// and went back, material that the warehouse's system tells of, and something brought that nobody had ordered.
func (d *demo) deliveries(ctx context.Context) error {
	for _, b := range unasked {
		if err := d.bring(ctx, b); err != nil {
			return fmt.Errorf("%s: %w", b.service, err)
		}
	}
	if err := d.app.Delivery.OpenDue(ctx); err != nil {
		return err
	}
	return d.pushes(ctx)
}

// bring arranges one, confirms it for the first customer, and tells of the past.
func (d *demo) bring(ctx context.Context, b brought) error {
	head, err := d.app.Org.ActorOf(ctx, d.heads[b.unit])
	if err != nil {
		return err
	}
	in := delivery.Arrangement{Service: b.service, Schedule: b.schedule, Lead: b.lead, AcceptDays: 5}
	for _, c := range b.customers {
		in.Customers = append(in.Customers, delivery.CustomerInput{Unit: c})
	}
	st, err := d.app.Delivery.Arrange(actor.With(ctx, head), in)
	if err != nil {
		return err
	}
	customer, err := d.app.Org.ActorOf(ctx, d.heads[b.customers[0]])
	if err != nil {
		return err
	}
	if _, err := d.app.Delivery.Say(actor.With(ctx, customer), st.Number, b.customers[0], true, ""); err != nil {
		return err
	}
	head.Import = true
	return d.past(actor.With(ctx, head), b)
}

// past tells of what was brought before, all of it in time but one.
func (d *demo) past(ctx context.Context, b brought) error {
	var items []delivery.Item
	for i, o := range b.schedule.Between(d.tables[b.unit], d.today.AddDate(0, -b.months, 0), 0, 60) {
		if o.At.After(d.today.Add(-72 * time.Hour)) {
			break
		}
		for _, c := range b.customers {
			if b.service == "finance.costreport" && c == "proj1" && i == b.months-2 {
				if err := d.lateAndReturned(ctx, b, o, c); err != nil {
					return err
				}
				continue
			}
			at := o.At.Add(-b.early)
			items = append(items, delivery.Item{Service: b.service, Customer: c, DueAt: o.At, DeliveredAt: at, AcceptedAt: at.Add(40 * time.Minute),
				AcceptedBy: d.noOf[d.heads[c]], Quantity: b.quantity, External: fmt.Sprintf("%s-%s-%s", b.service, o.Slot, c)})
		}
	}
	_, err := d.app.Delivery.Feed(ctx, items)
	return err
}

// lateAndReturned is the cost report that came two days late, went back because a department was missing, and was accepted
// in the end.
func (d *demo) lateAndReturned(ctx context.Context, b brought, o delivery.Occurrence, customer string) error {
	out, err := d.app.Delivery.Feed(ctx, []delivery.Item{{Service: b.service, Customer: customer, DueAt: o.At, DeliveredAt: o.At.Add(42 * time.Hour),
		Text: "抱歉晚了两天，系统切换期间数据不全。", External: b.service + "-" + o.Slot + "-" + customer}})
	if err != nil {
		return err
	}
	provider, taker := d.noOf[d.heads[b.unit]], d.noOf[d.heads[customer]]
	when := func(after time.Duration, no string) delivery.When { return delivery.When{At: o.At.Add(after), By: no} }
	number := out[0].Number
	if _, err := d.app.Delivery.Return(ctx, number, "缺少越南项目的费用，合计对不上总账", when(46*time.Hour, taker)); err != nil {
		return err
	}
	if _, err := d.app.Delivery.Deliver(ctx, number, delivery.Goods{Text: "已补上越南项目，合计与总账一致。"}, when(50*time.Hour, provider)); err != nil {
		return err
	}
	if _, err := d.app.Delivery.Accept(ctx, number, when(66*time.Hour, taker)); err != nil {
		return err
	}
	_, err = d.app.Delivery.Rate(ctx, number, delivery.Rating{Score: 3, Comment: "内容补齐后可用，希望按时", Share: true}, when(67*time.Hour, taker))
	return err
}

// pushes are two things that Finance brought unasked: one is welcome, the other contested.
func (d *demo) pushes(ctx context.Context) error {
	agent, err := d.app.Org.ActorOf(ctx, d.byNo["1005"])
	if err != nil {
		return err
	}
	for _, p := range []delivery.Push{
		{Customer: "proj1", Title: "报销常见退回原因说明", Goods: delivery.Goods{Text: "整理了上季度退回最多的五种情况，供出差前对照。"}},
		{Customer: "sales", Title: "旧版客户信用额度表", Goods: delivery.Goods{Text: "请查收。"}},
	} {
		out, err := d.app.Delivery.Push(actor.With(ctx, agent), p)
		if err != nil {
			return err
		}
		if p.Customer != "sales" {
			continue
		}
		head, err := d.app.Org.ActorOf(ctx, d.heads["sales"])
		if err != nil {
			return err
		}
		if _, err := d.app.Delivery.Contest(actor.With(ctx, head), out.Number, "没有要过这份表，信用额度由法务部维护", delivery.When{}); err != nil {
			return err
		}
	}
	return nil
}
