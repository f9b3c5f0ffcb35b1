package app

import (
	"context"
	"strings"

	"neike/internal/insight"
	"neike/internal/kit/lang"
)

// ask registers what the rooms ask of people: whose time, how many seconds one takes until the company says otherwise, and what it
// leaves in the trail. Whoever adds a room adds a line.
func (a *App) ask() {
	act := func(role insight.Role, code string, seconds int, zh, en, kinds string) {
		a.Insight.Asks(insight.Act{Code: code, Name: lang.Text{Zh: zh, En: en}, Role: role, Seconds: seconds, Kinds: strings.Fields(kinds)})
	}
	side := func(role insight.Role, code string, seconds int, zh, en, kinds string) {
		a.Insight.Asks(insight.Act{Code: code, Name: lang.Text{Zh: zh, En: en}, Role: role, Seconds: seconds, Kinds: strings.Fields(kinds), Side: role})
	}
	a.Insight.Asks(insight.Act{Code: "raise", Name: lang.Text{Zh: "提出请求", En: "raise a request"}, Role: insight.Customer, Seconds: 20, Kinds: []string{"request.opened"}, Measured: true})

	const customer, agent, head, office = insight.Customer, insight.Agent, insight.Head, insight.Office
	act(customer, "answer", 45, "回答追问", "answer a question", "request.answered")
	side(customer, "say", 30, "发消息（客户）", "write a message (customer)", "request.said delivery.said")
	act(customer, "accept", 5, "验收", "accept a result", "request.accepted delivery.accepted")
	act(customer, "return", 45, "退回", "send a result back", "request.returned request.reopened delivery.returned request.asked-again")
	act(customer, "rate", 10, "评价", "rate", "request.rated delivery.rated")
	act(customer, "urge", 5, "催办", "urge", "request.nudged")
	act(customer, "end", 10, "撤回、取消", "withdraw or cancel", "request.withdrawn request.cancelled")
	act(customer, "agree-date", 5, "确认改期", "answer a proposed date", "request.date-answered")
	act(customer, "confirm-call", 5, "确认代录", "confirm what was written down", "request.confirmed request.disowned")
	act(customer, "expect", 120, "写期望", "write an expectation", "relation.was-expected relation.expectation-changed")

	act(agent, "take", 3, "接单、转派", "take or assign", "request.taken request.assigned request.put-back")
	side(agent, "reply", 30, "发消息（服务方）", "write a message (provider)", "request.said delivery.said")
	act(agent, "ask", 30, "追问", "ask back", "request.asked")
	act(agent, "deliver", 20, "交付", "deliver a result", "request.delivered delivery.delivered")
	act(agent, "log", 60, "代录", "write a call down", "request.logged")
	act(agent, "pass", 20, "转交、拒绝、拆分、合并", "hand over, decline, split, merge", "request.handed-over request.declined request.split request.merged request.unmerged")
	act(agent, "propose-date", 15, "提议改期", "propose a date", "request.date-proposed delivery.skip-asked")
	act(agent, "stage", 3, "更新进度", "move a stage", "request.stage-moved")
	act(agent, "cause", 15, "说明超期原因", "say why it was late", "request.cause-moved")
	act(agent, "promise", 20, "作出、更新承诺", "make or move a promise", "promise.made promise.claimed promise.moved")

	act(head, "speak", 15, "确认往来关系", "confirm a relation", "relation.was-spoken-of")
	act(head, "answer-expectation", 120, "答复期望", "answer an expectation", "relation.expectation-answered relation.expectation-refused")
	act(head, "sheet", 900, "填写“我的客户是谁”", "fill in a workshop sheet", "relation.sheet-handed-in")
	act(head, "sign", 60, "签署服务协议", "sign an agreement", "agreement.signed agreement.objected agreement.followed")
	act(head, "standard", 60, "设定、确认标准", "set or confirm a standard", "catalog.standard-was-set catalog.standard-was-confirmed")
	act(head, "publish", 120, "发布、修改服务", "publish or change a service", "catalog.service-was-published catalog.service-was-changed")
	act(head, "duty", 60, "排值班", "arrange duty", "org.duty-was-changed")

	act(office, "judge", 90, "抽查评审", "judge a sample", "review.judged")
	act(office, "settle", 120, "裁定", "settle a dispute", "request.settled delivery.upheld")
	act(office, "ask-relations", 30, "请双方确认关系", "ask both sides about a relation", "relation.was-declared relation.was-undeclared")
	act(office, "values", 60, "录入指标数值", "enter values of a measure", "measure.values-recorded")
	act(office, "workshop", 300, "组织工作坊", "hold a workshop", "relation.workshop-opened relation.workshop-closed")

	a.Insight.DoneBy(func(ctx context.Context, since int64) (map[insight.ID]bool, error) {
		return a.Relation.DeliveredSince(ctx, since)
	})
}
