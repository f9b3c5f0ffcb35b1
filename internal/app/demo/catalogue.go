package demo

import (
	"context"
	"fmt"

	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
	"neike/internal/request"
)

// catalogue is the story of services that are not for everybody, or not there yet: business cards are for those who lead,
// rights of administrators wait for review, and whoever has something on the mind finds somebody to talk to.
func (d *demo) catalogue(ctx context.Context) error {
	if err := d.led(ctx); err != nil {
		return fmt.Errorf("the card of those who lead: %w", err)
	}
	if err := d.reviewed(ctx); err != nil {
		return fmt.Errorf("a service in review: %w", err)
	}
	if err := d.talked(ctx); err != nil {
		return fmt.Errorf("somebody to talk to: %w", err)
	}
	if err := d.reminded(ctx); err != nil {
		return fmt.Errorf("who is told as time runs out: %w", err)
	}
	if err := d.busy(ctx); err != nil {
		return fmt.Errorf("a service that is full: %w", err)
	}
	if err := d.repeated(ctx); err != nil {
		return fmt.Errorf("what is asked every month: %w", err)
	}
	clear(d.actors) // they may see more now
	return nil
}

func (d *demo) led(ctx context.Context) error {
	head := d.as(ctx, d.heads["finance"])
	if _, _, err := d.app.Catalog.Write(head, catalog.Definition{
		Code: "finance.card", Unit: "finance", Kind: catalog.OnRequest, Name: lang.Text{Zh: "公务卡", En: "Company card"},
		Description: lang.Text{Zh: "为部门负责人开通、调额、挂失公务卡。", En: "Issue, adjust or block the company card of those who lead a department."},
		Inputs:      lang.Text{Zh: "身份证复印件、上级同意的邮件", En: "A copy of the ID card, and the consent of the manager"}, Deliverable: lang.Text{Zh: "可用的公务卡", En: "A card that works"},
		Standard: promised(3), Form: &form.Form{Fields: []form.Field{
			{Key: "matter", Type: form.SingleSelect, Label: lang.Text{Zh: "办什么", En: "What"}, Required: true, Options: []form.Option{
				{Code: "open", Label: lang.Text{Zh: "开通", En: "Issue"}}, {Code: "limit", Label: lang.Text{Zh: "调额", En: "Limit"}}, {Code: "lost", Label: lang.Text{Zh: "挂失", En: "Block"}}}},
			{Key: "reason", Type: form.LongText, Label: lang.Text{Zh: "说明", En: "Reason"}},
		}},
	}, 0); err != nil {
		return err
	}
	if _, err := d.app.Catalog.SetAudience(head, "finance.card", catalog.Audience{In: []catalog.Whom{{Kind: catalog.InRole, Role: "head"}}}, 0); err != nil {
		return err
	}
	p := catalog.DefaultPolicy()
	p.Confidential, p.AcceptDays = catalog.PrivacyAlways, 10
	_, err := d.app.Catalog.SetPolicy(head, "finance.card", p, 0)
	return err
}

// reminded is IT's own ladder for devices: who is on duty hears of it early, the head before it is late.
func (d *demo) reminded(ctx context.Context) error {
	l := catalog.Ladder{Steps: [4]catalog.Rung{catalog.RungDuty, catalog.RungHead, catalog.RungHead, catalog.RungHeads}, Urgent: true}
	_, err := d.app.Catalog.SetLadder(d.as(ctx, d.heads["it"]), "it.device", l, 0)
	return err
}

// busy is the story of full hands: Quality analyses one failure at a time, and Finance has agreed how much each takes on.
func (d *demo) busy(ctx context.Context) error {
	p := catalog.DefaultPolicy()
	p.WorkLimit, p.WhenFull = 1, catalog.FullLine
	if _, err := d.app.Catalog.SetPolicy(d.as(ctx, d.heads["quality"]), "quality.rootcause", p, 0); err != nil {
		return err
	}
	_, err := d.app.Request.SetLimits(d.as(ctx, d.heads["finance"]), "finance", request.Limits{WhenFull: catalog.FullLine, Hands: 30, Beyond: request.BeyondWarn})
	return err
}

func promised(days int) *catalog.Standard {
	return &catalog.Standard{
		Response: calendar.Duration{Value: 4, Unit: calendar.WorkingHours}, ResponseTarget: 0.95,
		Completion: calendar.Duration{Value: days, Unit: calendar.WorkdaysEOD}, CompletionTarget: 0.9,
	}
}

func (d *demo) reviewed(ctx context.Context) error {
	agent := d.as(ctx, d.byNo["1009"])
	if _, _, err := d.app.Catalog.Write(agent, catalog.Definition{
		Code: "it.rights", Unit: "it", Kind: catalog.OnRequest, State: catalog.Draft, Name: lang.Text{Zh: "管理员权限", En: "Administrator rights"},
		Description: lang.Text{Zh: "在自己的电脑上临时安装软件，用完收回。", En: "Install software on one's own computer for a time."},
		Effort:      lang.Text{Zh: "10 分钟，一个人", En: "10 minutes, one person"}, Standard: promised(1),
		Form: &form.Form{Fields: []form.Field{{Key: "reason", Type: form.LongText, Label: lang.Text{Zh: "装什么、为什么", En: "What, and why"}, Required: true}}},
	}, 0); err != nil {
		return err
	}
	if _, err := d.app.Catalog.Propose(agent, "it.rights"); err != nil {
		return err
	}
	return d.reworded(ctx)
}

// reworded is the story of a live service's words that are to change: an agent of Finance has prepared them, its head is to
// compare and let them take effect.
func (d *demo) reworded(ctx context.Context) error {
	const code = "finance.expense"
	agent := d.as(ctx, d.byNo["1005"])
	s, err := d.app.Catalog.Visible(agent, code)
	if err != nil {
		return err
	}
	w := catalog.Words{Name: s.Name, Description: s.Description, Inputs: s.Inputs, Deliverable: s.Deliverable, Criterion: s.Criterion, Effort: s.Effort, Schedule: s.Schedule}
	w.Inputs = lang.Text{Zh: "发票原件、行程单；电子发票直接上传 PDF，不用打印", En: "Original invoices and itinerary; upload electronic invoices as PDF, no print needed"}
	w.Deliverable = lang.Text{Zh: "报销款到工资卡，并短信告知", En: "The money on the salary account, and a text message"}
	_, r, err := d.app.Catalog.Reword(agent, code, w, 0)
	if err != nil {
		return err
	}
	_, _, err = d.app.Catalog.ProposeWords(agent, code, r.Stamp)
	return err
}

func (d *demo) talked(ctx context.Context) error {
	head := d.as(ctx, d.heads["hr"])
	p := catalog.DefaultPolicy()
	p.Confidential, p.RetentionDays = catalog.PrivacySupport, 90
	p.Crisis = lang.Text{Zh: "有危险或想伤害自己时，请立即拨打 12356（心理援助热线，24 小时）或 120。", En: "In danger, or thinking of harming yourself: call 12356 (24 hours) or 120 at once."}
	if _, _, err := d.app.Catalog.Write(head, catalog.Definition{
		Code: "hr.talk", Unit: "hr", Kind: catalog.OnRequest, State: catalog.Draft, Policy: &p, Name: lang.Text{Zh: "聊一聊", En: "Somebody to talk to"},
		Description: lang.Text{Zh: "工作压力、同事关系、职业方向：找一位受过训练的同事谈谈。", En: "Pressure, colleagues, where to go from here: talk to a trained colleague."},
	}, 0); err != nil {
		return err
	}
	if _, err := d.app.Catalog.SetSupporters(head, "hr.talk", []string{"1012", "1003"}); err != nil {
		return err
	}
	if _, err := d.app.Catalog.Publish(head, "hr.talk"); err != nil {
		return err
	}
	c, err := d.app.Support.Ask(d.as(ctx, d.byNo["1008"]), "hr.talk", "1012", "项目赶得很紧，最近总睡不好，想找您聊聊，周四下午可以吗？")
	if err != nil {
		return err
	}
	_, err = d.app.Support.Say(d.as(ctx, d.byNo["1012"]), c.Ref, "可以，周四 15:00 在二楼的小会议室，不用带任何东西。")
	return err
}
