package design

import (
	"context"

	"neike/internal/kit/ui"
)

func jobRunning(ctx context.Context) ui.JobProps {
	return ui.JobProps{
		Title: tr(ctx, "导入历史请求（ServiceNow）", "Import past requests (ServiceNow)"), State: "running",
		Done: 12480, Total: 19960, Progress: "12,480 / 19,960", Tools: jobTools(),
		Text: tr(ctx, "还要约 1 分钟，关掉页面也会继续", "About a minute left; goes on when you close the page"),
	}
}

func timeline(ctx context.Context) []ui.TimelineItem {
	return []ui.TimelineItem{
		{When: tr(ctx, "今天 10:02", "today 10:02"), Icon: "message-2", Text: tr(ctx, "陈思远回复 R-20418，影像系统预计 10:50 恢复", "Chen Siyuan replied on R-20418: imaging back at 10:50")},
		{When: tr(ctx, "9月30日", "30 Sep"), Icon: "clipboard-check", Text: tr(ctx, "三季度调查结果发布，财务部须在 10月16日 前答复", "Survey published; Finance answers by 16 Oct")},
		{When: tr(ctx, "9月25日", "25 Sep"), Icon: "message-report", Text: tr(ctx, "高远提出投诉 C-31", "Gao Yuan complained: C-31"), Href: "/design/home"},
		{When: tr(ctx, "8月17日", "17 Aug"), Icon: "switch-horizontal", Text: tr(ctx, "财务部切换票据影像系统，费用报销改为双人复核", "Finance changed its imaging system; claims are checked by two"), Note: tr(ctx, "由 许慧 记录", "noted by Xu Hui")},
	}
}

func board(ctx context.Context) []ui.BoardColumn {
	rows := queue(ctx)
	card := func(r queueRow) ui.BoardCard {
		return ui.BoardCard{Title: r.title, Href: "/design/request", Note: r.ref + " · " + r.customer, Foot: ui.Bar(ui.BarProps{Used: r.used, Tone: r.bar, Thin: true, Label: r.left})}
	}
	return []ui.BoardColumn{
		{Title: tr(ctx, "新请求", "New"), Count: 3, Cards: []ui.BoardCard{card(rows[3]), card(rows[6]), card(rows[8])}},
		{Title: tr(ctx, "办理中", "In progress"), Count: 4, Cards: []ui.BoardCard{card(rows[1]), card(rows[2]), card(rows[4])}},
		{Title: tr(ctx, "等客户", "Waits for customer"), Count: 1, Tone: "na", Cards: []ui.BoardCard{card(rows[9])}},
		{Title: tr(ctx, "已交付", "Delivered"), Count: 0},
	}
}

func choices(ctx context.Context) ui.ChoiceProps {
	return ui.ChoiceProps{
		Name: "unit", Label: tr(ctx, "“24 小时”怎么算？", "What does “24 hours” mean?"), Hint: tr(ctx, "必选。例：9月29日 周二 16:40 提交", "Required. Example: sent Tue 29 Sep 16:40"), Required: true,
		Choices: []ui.Choice{
			{Value: "working_hours", Title: tr(ctx, "工作小时", "Working hours"), Example: tr(ctx, "10月9日 周五 16:40", "Fri 9 Oct 16:40"), Text: tr(ctx, "只计工作日 08:30–12:00、13:30–18:00，约 3 个工作日", "Workdays 08:30–12:00 and 13:30–18:00, about 3 workdays"), Checked: true},
			{Value: "elapsed_hours", Title: tr(ctx, "自然小时（7×24）", "Hours, day and night"), Example: tr(ctx, "9月30日 周三 16:40", "Wed 30 Sep 16:40"), Text: tr(ctx, "夜间、周末、节假日都计", "Nights, weekends and holidays count"), Note: tr(ctx, "比工作小时早 9 天", "9 days earlier")},
			{Value: "workdays_eod", Title: tr(ctx, "工作日，到当日下班", "Workdays, to the end of the day"), Example: tr(ctx, "10月9日 周五 18:00", "Fri 9 Oct 18:00"), Text: tr(ctx, "折成 3 个工作日，第 3 个工作日 18:00 到期", "3 workdays, due at 18:00 of the third"), Note: tr(ctx, "晚 1 小时 20 分", "1 h 20 m later")},
		},
	}
}

func colours(ctx context.Context) [][3]string {
	return [][3]string{
		{"accent", tr(ctx, "黛青 accent", "accent"), tr(ctx, "操作、选中、焦点", "act, selected, focus")}, {"accent-soft", "accent-soft", tr(ctx, "选中底", "selected ground")},
		{"good", tr(ctx, "石青 good", "good"), tr(ctx, "达标", "met")}, {"warn", tr(ctx, "藤黄 warn", "warn"), tr(ctx, "临近到期", "due soon")}, {"bad", tr(ctx, "朱砂 bad", "bad"), tr(ctx, "未达标", "missed")},
		{"na", "na", tr(ctx, "无法判断", "cannot tell")}, {"note", "note", tr(ctx, "内部备注", "internal note")}, {"hi", tr(ctx, "heat 高", "heat high"), tr(ctx, "矩阵", "matrix")}, {"lo", tr(ctx, "heat 低", "heat low"), tr(ctx, "矩阵", "matrix")},
	}
}

func repeat(rows []queueRow, n int) []queueRow {
	out := make([]queueRow, n)
	for i := range out {
		out[i] = rows[i%len(rows)]
	}
	return out
}
