package demo

import (
	"context"
	"fmt"

	"neike/internal/kit/form"
	"neike/internal/kit/sqldb"
	"neike/internal/request"
	"neike/internal/routing"
)

// routing is the story of who gets what: Administration gives cars and supplies to its people in turn, and 林 asks for a car; the
// head of Finance has a draft that is worth a dry run.
func (d *demo) routing(ctx context.Context) error {
	head := d.as(ctx, d.heads["admin"])
	car, okCar := d.catalog.ByCode("admin.car")
	supplies, okSupplies := d.catalog.ByCode("admin.supplies")
	expense, okExpense := d.catalog.ByCode("finance.expense")
	if !okCar || !okSupplies || !okExpense {
		return fmt.Errorf("no such services")
	}
	staff, err := d.serving(ctx, car.Unit)
	if err != nil || len(staff) < 2 {
		return fmt.Errorf("who serves in Administration: %d, %w", len(staff), err)
	}
	if _, err := d.app.Routing.Replace(head, "admin", []routing.Rule{
		{Name: "用车、领用品轮流办", Services: []int64{car.ID, supplies.ID}, Way: routing.InTurn, People: staff[:min(3, len(staff))]},
	}, -1); err != nil {
		return err
	}
	if _, err := d.app.Request.Open(d.as(ctx, d.byNo["1008"]), request.Ask{Service: "admin.car", Title: "用车：周三去海宁见供应商，3 人", Fields: d.answers(car.Form, d.today, "用车")}); err != nil {
		return err
	}
	boss := d.as(ctx, d.heads["finance"])
	counters, err := d.serving(ctx, expense.Unit)
	if err != nil || len(counters) < 2 {
		return fmt.Errorf("who serves in Finance: %d, %w", len(counters), err)
	}
	rule := routing.Rule{Name: "报销给手上最少的人", Services: []int64{expense.ID}, Way: routing.ByLoad, People: counters[:min(4, len(counters))]}
	for _, f := range expense.Form.Fields {
		if f.Type == form.Currency {
			rule.Name = "小额报销给手上最少的人"
			rule.When = &form.Condition{All: []form.Rule{{Field: f.Key, Op: form.Below, Value: form.Operand{"5000"}}}}
			break
		}
	}
	if _, err = d.app.Routing.Keep(boss, "finance", rule); err != nil {
		return err
	}
	return d.routedByPlace(ctx)
}

// routedByPlace is the story of a colleague who sits on the fourth floor: what fails there, down to each printer and the server room, is
// given to that one, and a printer there fails.
func (d *demo) routedByPlace(ctx context.Context) error {
	incident, ok := d.catalog.ByCode("it.incident")
	if !ok {
		return fmt.Errorf("no such service")
	}
	staff, err := d.serving(ctx, incident.Unit)
	if err != nil || len(staff) < 2 {
		return fmt.Errorf("who serves in IT: %d, %w", len(staff), err)
	}
	floor, err := d.app.Place.ByCode(ctx, "hq-4f")
	if err != nil {
		return fmt.Errorf("the fourth floor: %w", err)
	}
	if _, err := d.app.Routing.Replace(d.as(ctx, d.heads["it"]), "it", []routing.Rule{
		{Name: "四层的故障由驻四层的同事处理", Services: []int64{incident.ID}, Places: []int64{floor.ID}, Way: routing.ToPerson, People: staff[1:2]},
	}, -1); err != nil {
		return err
	}
	_, err = d.app.Request.Open(d.as(ctx, d.byNo["1008"]), request.Ask{Service: "it.incident", Title: "打印机 4F-01：扫描件发不到邮箱", Place: "hq-4f-pr01",
		Fields: map[string]any{"system": "other", "impact": "one", "steps": "扫描后提示“发送失败”，昨天还能用", "device": "ZC-2024-0052"}})
	return err
}

// serving are the agents of a unit.
func (d *demo) serving(ctx context.Context, unit int64) (list []int64, err error) {
	err = d.app.DB.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err = d.app.Org.AgentsUpTo(ctx, rd, unit, 6)
		return err
	})
	return list, err
}
