package design

import (
	"context"

	"neike/internal/kit/ui"
)

type queueRow struct {
	due, left, title, ref, customer, state, icon, tone, who string
	used                                                    float64
	bar                                                     string
	picked                                                  bool
}

func queue(ctx context.Context) []queueRow {
	working, fresh, sub := tr(ctx, "办理中", "In progress"), tr(ctx, "新请求", "New"), tr(ctx, "等子请求", "Waits for sub-request")
	chen, luo := tr(ctx, "陈思远", "Chen Siyuan"), tr(ctx, "罗佳", "Luo Jia")
	sales, p1, p2 := tr(ctx, "销售部", "Sales"), tr(ctx, "项目一部", "Project 1"), tr(ctx, "项目二部", "Project 2")
	pay, claim := tr(ctx, "对公付款", "Payment"), tr(ctx, "费用报销", "Expense claim")
	return []queueRow{
		{due: tr(ctx, "今天 11:05", "Today 11:05"), left: tr(ctx, "41 分", "41 min"), used: .91, bar: "warn", title: tr(ctx, "对公付款：越南报关代理费（附件等影像系统恢复）", "Payment: customs agent in Vietnam (papers wait for imaging)"), ref: "R-20427 · " + pay, customer: sales, state: sub, icon: "git-branch", tone: "warn", who: chen},
		{due: tr(ctx, "今天 11:30", "Today 11:30"), left: tr(ctx, "1 小时 06 分", "1 h 06 m"), used: .88, bar: "warn", title: tr(ctx, "对公付款：苏州锐拓气动尾款", "Payment: final instalment, Suzhou Ruituo"), ref: "R-20431 · " + pay, customer: p2, state: tr(ctx, "待我办理", "For me"), icon: "progress", who: chen, picked: true},
		{due: tr(ctx, "今天 15:00", "Today 15:00"), left: tr(ctx, "3 小时 06 分", "3 h 06 m"), used: .84, bar: "warn", title: tr(ctx, "开具发票：合肥二期验收款", "Invoice: Hefei phase two"), ref: "R-20436 · " + tr(ctx, "开具发票", "Invoice"), customer: sales, state: working, icon: "progress", who: luo, picked: true},
		{due: tr(ctx, "今天 18:00", "Today 18:00"), left: tr(ctx, "6 小时 06 分", "6 h 06 m"), used: .72, title: tr(ctx, "到账确认：南京博众 126 万元", "Receipt check: Nanjing Bozhong, CNY 1.26 m"), ref: "R-20440 · " + tr(ctx, "到账查询确认", "Receipt check"), customer: sales, state: fresh, icon: "sparkles", tone: "accent"},
		{due: tr(ctx, "明天 10:00", "Tomorrow 10:00"), left: tr(ctx, "7 小时 36 分", "7 h 36 m"), used: .68, title: tr(ctx, "宁德产线项目 9 月差旅报销（6 人）", "September travel expenses, Ningde line (6 people)"), ref: "R-20418 · " + claim, customer: p1, state: working, icon: "progress", who: chen},
		{due: tr(ctx, "明天 18:00", "Tomorrow 18:00"), left: tr(ctx, "14 小时 06 分", "14 h 06 m"), used: .55, title: tr(ctx, "备用金借款：越南安装队", "Petty cash: installation team, Vietnam"), ref: "R-20422 · " + tr(ctx, "备用金借款", "Petty cash"), customer: p2, state: working, icon: "progress", who: luo},
		{due: tr(ctx, "明天 18:00", "Tomorrow 18:00"), left: tr(ctx, "14 小时 06 分", "14 h 06 m"), used: .55, title: tr(ctx, "展会费用报销（上海工博会）", "Trade fair expenses, Shanghai"), ref: "R-20441 · " + claim, customer: tr(ctx, "市场部", "Marketing"), state: fresh, icon: "sparkles", tone: "accent"},
		{due: tr(ctx, "10月12日 18:00", "12 Oct 18:00"), left: tr(ctx, "22 小时 06 分", "22 h 06 m"), used: .41, title: tr(ctx, "预算调整：研发样机追加", "Budget change: one more prototype"), ref: "R-20425 · " + tr(ctx, "预算调整", "Budget change"), customer: tr(ctx, "产品研发部", "R&D"), state: working, icon: "progress", who: chen},
		{due: tr(ctx, "10月13日 18:00", "13 Oct 18:00"), left: tr(ctx, "30 小时 06 分", "30 h 06 m"), used: .22, title: tr(ctx, "三季度毛利口径与明细", "Gross margin of the third quarter: definition and detail"), ref: "R-20443 · " + tr(ctx, "经营数据支持", "Figures"), customer: sales, state: fresh, icon: "sparkles", tone: "accent"},
		{left: tr(ctx, "等客户 2 天", "2 days on the customer"), used: .46, bar: "pause", title: tr(ctx, "差旅报销：缺登机牌 2 张", "Travel claim: two boarding passes missing"), ref: "R-20409 · " + claim, customer: tr(ctx, "客户服务部", "Service"), state: tr(ctx, "等客户", "Waits for customer"), icon: "player-pause", tone: "na", who: chen},
	}
}

func queueColumns(ctx context.Context) []ui.Column {
	return []ui.Column{
		{Label: tr(ctx, "选择", "Pick"), Hidden: true, Width: "s"},
		{Label: tr(ctx, "到期", "Due"), SortHref: "?sort=-due", Sorted: "ascending"},
		{Label: tr(ctx, "剩余（工作时间）", "Left (working time)"), Width: "m"},
		{Label: tr(ctx, "请求", "Request")}, {Label: tr(ctx, "客户", "Customer")}, {Label: tr(ctx, "状态", "State")}, {Label: tr(ctx, "经办人", "Handled by")},
	}
}

func queueFilters(ctx context.Context) ui.FilterProps {
	all := ui.Option{Text: tr(ctx, "全部", "All")}
	return ui.FilterProps{
		Action: "/design/queue", Clear: "/design/queue",
		Filters: []ui.Filter{
			{Name: "view", Label: tr(ctx, "视图", "View"), On: true, Options: []ui.Option{{Value: "open", Text: tr(ctx, "我组未办结", "My group, open"), Selected: true}, {Value: "mine", Text: tr(ctx, "我经办的", "Mine")}}},
			{Name: "who", Label: tr(ctx, "经办人", "Handled by"), Options: []ui.Option{all, {Value: "10372", Text: tr(ctx, "陈思远", "Chen Siyuan")}}},
			{Name: "customer", Label: tr(ctx, "客户部门", "Customer"), Options: []ui.Option{all, {Value: "p1", Text: tr(ctx, "项目一部", "Project 1")}}},
			{Name: "service", Label: tr(ctx, "服务", "Service"), Options: []ui.Option{all, {Value: "claim", Text: tr(ctx, "费用报销", "Expense claim")}}},
			{Name: "state", Label: tr(ctx, "状态", "State"), Options: []ui.Option{{Text: tr(ctx, "未办结", "Open"), Selected: true}, {Value: "waiting", Text: tr(ctx, "等客户", "Waits for customer")}}},
		},
		Tools: exportButton(),
	}
}
