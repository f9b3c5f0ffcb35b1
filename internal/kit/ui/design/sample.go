package design

import (
	"context"

	"neike/internal/kit/ui"
)

type todoRow struct {
	icon, title, note, due, left, verb string
	serving                            bool
}

func todos(ctx context.Context) []todoRow {
	return []todoRow{
		{"file-invoice", tr(ctx, "对公付款：苏州锐拓气动尾款", "Payment: final instalment, Suzhou Ruituo"), tr(ctx, "R-20431 · 项目二部 · 何俊", "R-20431 · Project 2 · He Jun"), tr(ctx, "今天 11:30 到期", "due today 11:30"), tr(ctx, "剩 1 小时 06 分", "1 h 06 m left"), tr(ctx, "办理", "Handle"), true},
		{"heart-handshake", tr(ctx, "每周五下班前，把在途单据清单发给项目一部", "Send the list of open vouchers to Project 1 every Friday"), tr(ctx, "承诺 · 答应 项目一部 · 周敏", "Promise · to Project 1 · Zhou Min"), tr(ctx, "今天 18:00 到期", "due today 18:00"), tr(ctx, "上周已兑现", "kept last week"), tr(ctx, "标记完成", "Done"), true},
		{"message-question", tr(ctx, "入职办理：对方问“工位放在 3 楼还是 5 楼？”", "Onboarding: they ask “desk on floor 3 or 5?”"), tr(ctx, "R-20402 · 人力资源部 · 沈佳", "R-20402 · HR · Shen Jia"), tr(ctx, "计时已暂停", "clock paused"), tr(ctx, "从今天 09:15 起在等您", "waits for you since 09:15"), tr(ctx, "回答", "Answer"), false},
		{"file-invoice", tr(ctx, "宁德产线项目 9 月差旅报销（6 人）", "September travel expenses, Ningde line (6 people)"), tr(ctx, "R-20418 · 项目一部 · 周敏 · 正等信息技术部子请求", "R-20418 · Project 1 · Zhou Min · waits for IT"), tr(ctx, "明天 10:00 到期", "due tomorrow 10:00"), tr(ctx, "剩 7 小时 36 分", "7 h 36 m left"), tr(ctx, "打开", "Open"), true},
		{"checkbox", tr(ctx, "显示器更换：已交付，请验收", "Monitor replaced: delivered, please accept"), tr(ctx, "R-20395 · 信息技术部 · 朱磊", "R-20395 · IT · Zhu Lei"), tr(ctx, "10月13日 自动验收", "accepted by itself on 13 Oct"), tr(ctx, "还有 3 个工作日", "3 workdays left"), tr(ctx, "验收", "Accept"), false},
		{"clipboard-check", tr(ctx, "复核 3 份已办结报销是否正确", "Check three finished claims for accuracy"), tr(ctx, "抽查 · 质量部 · 每月随机抽样", "Review · Quality · monthly random sample"), tr(ctx, "10月15日 到期", "due 15 Oct"), tr(ctx, "约 6 分钟", "about 6 minutes"), tr(ctx, "复核", "Check"), true},
		{"message-2", tr(ctx, "答复三季度调查结果：可靠性、响应性", "Answer the survey of the third quarter: reliability, response"), tr(ctx, "S-3 · 调查 · 212 人作答，都会看到答复", "S-3 · survey · 212 people answered and will read it"), tr(ctx, "10月16日 18:00 到期", "due 16 Oct 18:00"), tr(ctx, "还有 6 个工作日", "6 workdays left"), tr(ctx, "答复", "Answer"), true},
	}
}

type waitRow struct {
	title, note, due, left, tone string
	used                         float64
}

func waits(ctx context.Context) []waitRow {
	return []waitRow{
		{tr(ctx, "九月在建项目工时数据", "Working hours of September"), tr(ctx, "R-20388 · 项目一部 · 未接收", "R-20388 · Project 1 · not taken"), tr(ctx, "昨天 18:00 到期", "due yesterday 18:00"), tr(ctx, "已超 1 小时 54 分", "1 h 54 m over"), "bad", 1},
		{tr(ctx, "票据影像系统附件上传失败", "Voucher upload fails"), tr(ctx, "R-20433 · 信息技术部 · 朱磊", "R-20433 · IT · Zhu Lei"), tr(ctx, "今天 11:05 到期", "due today 11:05"), tr(ctx, "已用 91%", "91 % used"), "warn", .91},
		{tr(ctx, "上海出差机票改签", "Flight to Shanghai re-booked"), tr(ctx, "R-20412 · 行政部 · 已接收", "R-20412 · Admin · taken"), tr(ctx, "今天 18:00 到期", "due today 18:00"), tr(ctx, "已用 44%", "44 % used"), "", .44},
		{tr(ctx, "财务档案柜 2 组", "Two filing cabinets"), tr(ctx, "R-20399 · 采购部 → 等三家报价", "R-20399 · Purchasing → three quotes"), tr(ctx, "10月14日 18:00 到期", "due 14 Oct 18:00"), tr(ctx, "已用 38%", "38 % used"), "", .38},
	}
}

func stats(ctx context.Context) []ui.StatProps {
	return []ui.StatProps{
		{Label: tr(ctx, "办结准时率", "Completed in time"), Value: "89.9", Unit: "%", Verdict: "undetermined", Detail: tr(ctx, "95% 区间 87.4–92.0 · 580 / 645 件 · 目标 90%", "95 % interval 87.4–92.0 · 580 of 645 · target 90 %"), Note: tr(ctx, "区间跨过目标，还不能说达标或未达标。", "The interval crosses the target: neither met nor missed for certain."), Whisker: &ui.WhiskerProps{Value: 89.9, Low: 87.4, High: 92, Target: 90, Min: 80, Max: 100, Ends: true}},
		{Label: tr(ctx, "一次正确率", "Right first time"), Value: "92.9", Unit: "%", Verdict: "misses", Detail: tr(ctx, "95% 区间 90.5–94.7 · 561 / 604 件 · 目标 98%", "95 % interval 90.5–94.7 · 561 of 604 · target 98 %"), Note: tr(ctx, "主要错在费用报销：单据分次退回 31 件。", "Mostly expense claims: 31 returned in pieces."), Whisker: &ui.WhiskerProps{Value: 92.9, Low: 90.5, High: 94.7, Target: 98, Min: 80, Max: 100, Verdict: "misses", Ends: true}},
		{Label: tr(ctx, "开具发票，按时", "Invoices in time"), Value: "97.5", Unit: "%", Verdict: "meets", Detail: tr(ctx, "95% 区间 93.8–99.0 · 156 / 160 件 · 目标 90%", "95 % interval 93.8–99.0 · 156 of 160 · target 90 %"), Whisker: &ui.WhiskerProps{Value: 97.5, Low: 93.8, High: 99, Target: 90, Min: 80, Max: 100, Verdict: "meets", Ends: true}},
	}
}

func claimErrors(ctx context.Context) ui.Errors {
	return ui.Errors{Fields: []ui.FieldError{
		{Name: "amount", Label: tr(ctx, "金额", "Amount"), Text: tr(ctx, "金额最多两位小数，例如 38462.50", "At most two decimals, such as 38462.50")},
		{Name: "vouchers", Label: tr(ctx, "发票/单据", "Vouchers"), Text: tr(ctx, "“行程单.heic” 打不开，请转成 JPG 或 PDF 再传", "“itinerary.heic” cannot be opened; convert it to JPG or PDF")},
	}}
}

func wizard(ctx context.Context) []ui.Step {
	return []ui.Step{
		{Text: tr(ctx, "公司与语言", "Company, language"), State: "done", Href: "/design/firstrun"}, {Text: tr(ctx, "管理员", "Administrator"), State: "done", Href: "/design/firstrun"},
		{Text: tr(ctx, "工作日历", "Calendar"), State: "done", Href: "/design/firstrun"}, {Text: tr(ctx, "导入组织", "Organisation"), State: "now"},
		{Text: tr(ctx, "选服务包", "Service packs")}, {Text: tr(ctx, "完成", "Done")},
	}
}

func dryRun(ctx context.Context) ui.DryRunProps {
	row := func(line, columnZh, columnEn, content, zh, en, doZh, doEn string) ui.DryRunRow {
		return ui.DryRunRow{Line: line, Column: tr(ctx, columnZh, columnEn), Content: content, Reason: tr(ctx, zh, en), Kind: "error",
			Decide: decide(tr(ctx, "第 "+line+" 行怎么办", "What to do with line "+line), tr(ctx, doZh, doEn))}
	}
	return ui.DryRunProps{
		Title:  tr(ctx, "试算结果：312 行可以导入，4 行要您决定", "Dry run: 312 lines are fine, 4 need your decision"),
		Create: 312, Skip: 2, Errors: 4, More: 2,
		Rows: []ui.DryRunRow{
			row("47", "工号", "No.", "10288", "与第 31 行重复（都是“王磊”）", "Same as line 31 (both “Wang Lei”)", "两人同名，请补工号", "Two people, add a number"),
			row("112", "部门", "Unit", tr(ctx, "仓储部", "Storage"), "没有这个部门，最接近“仓储物流部”", "No such unit, closest is “Warehouse”", "归入仓储物流部", "Take Warehouse"),
			row("203", "手机", "Phone", "1380013800", "少一位", "One digit is missing", "留空，以后补", "Leave empty"),
			row("260", "入职日期", "Joined", "2026/13/02", "没有 13 月", "There is no month 13", "留空，以后补", "Leave empty"),
			{Line: "317–318", Column: tr(ctx, "整行", "Line"), Content: tr(ctx, "合计、制表人", "Total, made by"), Reason: tr(ctx, "不是人员", "Not a person"), Kind: "skip"},
		},
	}
}
