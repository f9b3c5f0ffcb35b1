package demo

import (
	"context"
	"fmt"
	"time"

	"neike/internal/kit/lang"
	"neike/internal/problem"
	"neike/internal/request"
)

// meToos are who has the known problem, and what they add for the unit.
var meToos = []struct{ no, words string }{
	{"1005", "用客户端连也一样，提示超时"}, {"1006", ""}, {"1008", "宁德工地全都连不上"}, {"1004", ""}, {"1011", "酒店的网络也不行"}, {"1002", ""},
}

// together plans what is dealt with for several at once: a known problem that people have, too; two requests for the same,
// of which one goes along with the other, and a third that the same customer asked twice; and a request on which a colleague stands in.
func (d *demo) together(ctx context.Context) {
	var known problem.Problem
	at := func(ago time.Duration, do func() error) {
		d.agenda.plan(d.today.Add(-ago), do)
	}
	at(100*time.Minute, func() (err error) {
		known, err = d.app.Problem.Open(d.as(ctx, d.byNo["1009"]), problem.Input{Services: []string{"it.outage", "it.account"},
			Title: lang.Text{Zh: "VPN 连不上", En: "The VPN does not connect"}, Expected: d.today.Add(26 * time.Hour),
			Words: lang.Text{Zh: "运营商线路故障，正在切换备用线路。急用可先走网页邮箱。", En: "The carrier's line is down; we are moving to the spare one. For mail, the web works."}})
		return err
	})
	for i, m := range meToos {
		at(time.Duration(90-5*i)*time.Minute, func() error {
			if err := d.app.Problem.Share(d.as(ctx, d.byNo[m.no]), known.Number, m.words); err != nil {
				return fmt.Errorf("%s has it, too: %w", m.no, err)
			}
			return nil
		})
	}
	at(40*time.Minute, func() error {
		_, err := d.app.Problem.Update(d.as(ctx, d.byNo["1009"]), known.Number, problem.Input{Title: known.Title, Expected: known.Expected,
			Words: lang.Text{Zh: "备用线路已接通一半，总部已恢复，工地还在切换。", En: "Half of the spare line is up: headquarters is back, sites follow."}})
		return err
	})
	at(45*time.Minute, func() error { // of Finance, so that its people have one to look after
		p, err := d.app.Problem.Open(d.as(ctx, d.byNo["1005"]), problem.Input{Services: []string{"finance.receipt"},
			Title: lang.Text{Zh: "银行回单今天晚到", En: "Bank slips are late today"}, Words: lang.Text{Zh: "银行接口在维护，到账信息最迟明早补齐。", En: "The bank's interface is being serviced; what is missing comes tomorrow morning."}})
		if err != nil {
			return err
		}
		return d.app.Problem.Share(d.as(ctx, d.byNo["1008"]), p.Number, "等着确认一笔质保金")
	})
	var first, same, again int64
	ask := func(no, title string, number *int64) func() error {
		return func() error {
			r, err := d.app.Request.Open(d.as(ctx, d.byNo[no]), request.Ask{Service: "it.outage", Title: title,
				Fields: map[string]any{"system": "erp", "impact": "one", "steps": title}})
			if err != nil {
				return fmt.Errorf("%s: %w", title, err)
			}
			*number = r.Number
			return nil
		}
	}
	at(70*time.Minute, ask("1016", "ERP 打开采购单很慢", &first))
	at(66*time.Minute, ask("1018", "ERP 卡顿，采购单半天打不开", &same))
	at(60*time.Minute, func() error {
		agent := d.as(ctx, d.byNo["1009"])
		if _, err := d.app.Request.Message(agent, first, "看到了，正在查数据库锁。", nil, request.When{}); err != nil {
			return err
		}
		_, err := d.app.Request.Merge(agent, same, request.Ref(first), "和另一个同样的问题一并处理，好了您这边一起交付。", request.When{})
		return err
	})
	at(58*time.Minute, ask("1016", "ERP 采购单还是打不开", &again)) // who asked first asks again: a duplicate
	at(57*time.Minute, func() error {
		_, err := d.app.Request.Merge(d.as(ctx, d.byNo["1009"]), again, request.Ref(first), "和您刚才提的是同一件事，办好后在那一件上验收。", request.When{})
		return err
	})
	at(55*time.Minute, func() error { // begun and not sent: a colleague of IT may go on with it
		_, err := d.app.Request.KeepAnswer(d.as(ctx, d.byNo["1009"]), first, request.AnswerDraft{Box: request.BoxReply,
			Text: "锁已经清掉，采购单现在能打开。原因是昨晚的批处理没有跑完，"})
		return err
	})
	at(50*time.Minute, func() error {
		_, err := d.app.Request.NameStandIn(d.as(ctx, d.byNo["1016"]), first, "1017", d.today.AddDate(0, 0, 4), false, request.When{})
		return err
	})
}
