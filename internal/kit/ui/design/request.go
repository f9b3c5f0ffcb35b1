package design

import (
	"context"
	"time"

	"neike/internal/kit/ui"
)

var shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

func at(month, day int, clock string) time.Time {
	t, err := time.ParseInLocation("2006-1-2 15:04", "2026-"+itoa(month)+"-"+itoa(day)+" "+clock, shanghai)
	if err != nil {
		panic(err) // written here
	}
	return t
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return string(rune('0'+n/10)) + string(rune('0'+n%10))
}

func workday(month, day int, from, to string) []ui.TimeSpan {
	var out []ui.TimeSpan
	for _, s := range [][2]string{{"08:30", "12:00"}, {"13:30", "18:00"}} {
		a, b := at(month, day, s[0]), at(month, day, s[1])
		if from != "" && a.Before(at(month, day, from)) {
			a = at(month, day, from)
		}
		if to != "" && b.After(at(month, day, to)) {
			b = at(month, day, to)
		}
		if a.Before(b) {
			out = append(out, ui.TimeSpan{From: a, To: b})
		}
	}
	return out
}

func hops(ctx context.Context) ui.HopLaneProps {
	day := func(month, day int, label, sub string, open []ui.TimeSpan) ui.HopDay {
		return ui.HopDay{Label: label, Sub: sub, Start: at(month, day, "00:00"), End: at(month, day, "23:59").Add(time.Minute), Open: open}
	}
	holiday := day(10, 1, tr(ctx, "10/1–7", "1–7 Oct"), tr(ctx, "国庆", "Holiday"), nil)
	holiday.End = at(10, 8, "00:00")
	return ui.HopLaneProps{
		Label: tr(ctx, "流转：财务部计入 9 小时 05 分，等项目一部暂停 2 小时 50 分，信息技术部子请求已用 7 小时 19 分",
			"Hops: Finance 9 h 05 m counted, paused 2 h 50 m for Project 1, IT sub-request 7 h 19 m used"),
		Days: []ui.HopDay{
			day(9, 29, tr(ctx, "9/29", "29 Sep"), tr(ctx, "周二", "Tue"), workday(9, 29, "16:40", "")),
			day(9, 30, tr(ctx, "9/30", "30 Sep"), tr(ctx, "周三", "Wed"), workday(9, 30, "", "")),
			holiday,
			day(10, 8, tr(ctx, "10/8", "8 Oct"), tr(ctx, "周四", "Thu"), workday(10, 8, "", "")),
			day(10, 9, tr(ctx, "10/9", "9 Oct"), tr(ctx, "今天", "today"), workday(10, 9, "", "")),
			day(10, 10, tr(ctx, "10/10", "10 Oct"), tr(ctx, "周六调休", "Sat, swapped"), workday(10, 10, "", "11:00")),
		},
		Lanes: []ui.HopLane{
			{Unit: tr(ctx, "项目一部", "Project 1"), Role: tr(ctx, "客户", "customer"), Segments: []ui.HopSegment{
				{From: at(9, 30, "16:20"), To: at(10, 8, "09:40"), Kind: "paused", Text: tr(ctx, "补单据 · 计时暂停", "papers · paused")},
			}},
			{Unit: tr(ctx, "财务部", "Finance"), Role: tr(ctx, "主办", "lead"), Segments: []ui.HopSegment{
				{From: at(9, 29, "16:40"), To: at(9, 30, "16:20"), Kind: "held", Text: tr(ctx, "核单", "Check papers")},
				{From: at(10, 8, "09:40"), To: at(10, 8, "11:05"), Kind: "held"},
				{From: at(10, 8, "11:05"), To: at(10, 9, "10:24"), Kind: "waiting", Text: tr(ctx, "等子请求", "waits for sub-request")},
				{From: at(10, 9, "10:24"), To: at(10, 10, "10:00"), Kind: "planned"},
			}},
			{Unit: tr(ctx, "信息技术部", "IT"), Role: tr(ctx, "子请求", "sub-request"), Segments: []ui.HopSegment{
				{From: at(10, 8, "11:05"), To: at(10, 9, "10:24"), Kind: "warn", Text: tr(ctx, "R-20433 · 已用 91%", "R-20433 · 91 % used")},
				{From: at(10, 9, "10:24"), To: at(10, 9, "11:05"), Kind: "planned"},
			}},
		},
		Now: &ui.HopFlag{At: at(10, 9, "10:24"), Text: tr(ctx, "此刻 10:24", "Now 10:24")},
		Due: &ui.HopFlag{At: at(10, 10, "10:00"), Text: tr(ctx, "到期 10:00", "Due 10:00")},
	}
}

func intervals(ctx context.Context) ui.IntervalsProps {
	row := func(span, zh, en, amount string) ui.IntervalRow {
		return ui.IntervalRow{Span: span, Reason: tr(ctx, zh, en), Amount: amount, Kind: "counted"}
	}
	skip := func(span, zh, en string) ui.IntervalRow {
		return ui.IntervalRow{Span: span, Reason: tr(ctx, zh, en), Amount: tr(ctx, "不计", "skipped"), Kind: "off_hours"}
	}
	paused := func(span, amount string) ui.IntervalRow {
		return ui.IntervalRow{Span: span, Reason: tr(ctx, "等项目一部补单据", "waiting for Project 1"), Amount: tr(ctx, "暂停 ", "paused ") + amount, Kind: "paused"}
	}
	return ui.IntervalsProps{
		Lead: tr(ctx, "协议 v3 约定 24 工作小时办结。日历“总部”：08:30–12:00，13:30–18:00。", "Agreement v3: 24 working hours. Calendar “Head office”: 08:30–12:00, 13:30–18:00."),
		Sum:  "24:00", Legend: true,
		Days: []ui.IntervalDay{
			{Label: tr(ctx, "9月29日 周二", "Tue 29 Sep"), Rows: []ui.IntervalRow{row("16:40–18:00", "提交后开始", "from submission", "1:20"), skip(tr(ctx, "18:00 起", "from 18:00"), "夜间", "night")}},
			{Label: tr(ctx, "9月30日 周三", "Wed 30 Sep"), Rows: []ui.IntervalRow{row("08:30–12:00", "", "", "3:30"), skip("12:00–13:30", "午休", "lunch"), row("13:30–16:20", "", "", "2:50"), paused("16:20–18:00", "1:40")}},
			{Label: tr(ctx, "10月1日–7日", "1–7 Oct"), Rows: []ui.IntervalRow{skip(tr(ctx, "全天", "all day"), "国庆节（法定）", "National Day (statutory)")}},
			{Label: tr(ctx, "10月8日 周四", "Thu 8 Oct"), Rows: []ui.IntervalRow{paused("08:30–09:40", "1:10"), row("09:40–12:00", "", "", "2:20"), skip("12:00–13:30", "午休", "lunch"), row("13:30–18:00", "", "", "4:30")}},
			{Label: tr(ctx, "10月9日 周五（今天）", "Fri 9 Oct (today)"), Rows: []ui.IntervalRow{row("08:30–10:24", "到此刻，已用 16:24", "so far 16:24 used", "1:54"), row("10:24–18:00", "其中午休 1:30 不计", "less 1:30 lunch", "6:06")}},
			{Label: tr(ctx, "10月10日 周六（国庆调休，上班）", "Sat 10 Oct (make-up workday)"), Rows: []ui.IntervalRow{row("08:30–10:00", "", "", "1:30")}},
		},
	}
}

func conversation(ctx context.Context) ui.ConversationProps {
	zhou, chen := tr(ctx, "周敏", "Zhou Min"), tr(ctx, "陈思远", "Chen Siyuan")
	p1, finance := tr(ctx, "项目一部", "Project 1"), tr(ctx, "财务部", "Finance")
	file := func(name string) ui.FileProps { return ui.FileProps{Name: name, Href: "/design/request"} }
	return ui.ConversationProps{Messages: []ui.MessageProps{
		{Kind: "message", Person: zhou, Unit: p1, Tone: 2, When: tr(ctx, "9月29日 16:40", "29 Sep 16:40"), At: "2026-09-29T08:40:00Z",
			Text:  tr(ctx, "宁德产线项目 9 月差旅，6 人 23 张单据，合计 38,462.50 元。项目月结在 10 月 12 日，希望赶上。", "September travel for the Ningde line: 6 people, 23 vouchers, CNY 38,462.50 in total. Our project closes on 12 October; please help us make it."),
			Files: []ui.FileProps{file(tr(ctx, "差旅明细.xlsx", "travel.xlsx")), file(tr(ctx, "单据扫描（20 页）.pdf", "vouchers, 20 pages.pdf"))}},
		{Kind: "message", Person: chen, Unit: finance, When: tr(ctx, "9月30日 09:12", "30 Sep 09:12"), Text: tr(ctx, "收到，由我办理。今天先把单据过一遍，有问题一次说清，不分几次退。", "Received, I am on it. I will go through all vouchers today and tell you every problem at once.")},
		{Kind: "note", Person: chen, Hidden: p1, When: tr(ctx, "9月30日 15:48", "30 Sep 15:48"), Text: tr(ctx, "@[罗佳] 有 3 晚住宿超宁德差标（350 元/晚），按 7 月口径要附说明。请在回复里一并提出。", "@[Luo Jia] Three nights exceed the Ningde limit (CNY 350). Since July that needs a note. Please put it into the same reply.")},
		{Kind: "ask", Person: chen, Unit: finance, When: tr(ctx, "9月30日 16:20", "30 Sep 16:20"), Tag: tr(ctx, "要求补充，计时暂停", "Asked back, clock paused"),
			Text: tr(ctx, "请补 3 项，其余 20 张已通过：\n1. 张弛、何平 9月17–19日 住宿水单\n2. 高铁改签凭证 1 张\n3. 超标 3 晚的情况说明", "Three items are missing; the other 20 are fine:\n1. Hotel bills of Zhang Chi and He Ping, 17–19 Sep\n2. One train re-booking receipt\n3. A note on the three nights above the limit")},
		{Kind: "answer", Person: zhou, Unit: p1, Tone: 2, When: tr(ctx, "10月8日 09:40", "8 Oct 09:40"), Text: tr(ctx, "1、2 已补。第 3 项的扫描件一直传不上去，影像系统报“存储不可用”。", "1 and 2 are attached. The scan for 3 will not upload: the imaging system says “storage unavailable”."),
			Files: []ui.FileProps{file(tr(ctx, "住宿水单.pdf", "hotel bills.pdf")), file(tr(ctx, "改签凭证.jpg", "re-booking.jpg"))}},
		{Kind: "system", Icon: "player-play", When: tr(ctx, "10月8日 09:40", "8 Oct 09:40"), Text: tr(ctx, "客户已回答，计时继续。暂停共 2 小时 50 分（工作时间）", "Customer answered, clock runs again. Paused 2 h 50 m (working time)")},
		{Kind: "system", Icon: "git-branch", When: tr(ctx, "10月8日 11:05", "8 Oct 11:05"), Body: splitLine()},
		{Kind: "note", Person: chen, Hidden: p1, When: tr(ctx, "10月8日 11:06", "8 Oct 11:06"), Text: tr(ctx, "故障不是客户原因，客户计时不停。这段延误记在信息技术部的流转上。", "Not the customer’s fault, so the customer clock keeps running. The delay counts on IT’s hop.")},
		{Kind: "message", Person: chen, Unit: finance, When: tr(ctx, "今天 10:02", "today 10:02"), Unread: true, Text: tr(ctx, "影像系统预计 10:50 恢复。恢复后我从后台取件，您不用重传；今天下班前给您结果。", "Imaging should be back at 10:50. I will fetch the file from the back end, no need to upload again. You will have the result today.")},
	}}
}

func composer(ctx context.Context) ui.ComposerProps {
	return ui.ComposerProps{
		Action: "/design/request", Note: true, NoteHidden: tr(ctx, "项目一部", "Project 1"), Files: true, Draft: "design",
		To: tr(ctx, "回复客户", "Reply to customer"), Send: tr(ctx, "发给项目一部", "Send to Project 1"), Mentions: "/design/people",
		Placeholder: tr(ctx, "回复会发给周敏和另外 2 位关注人。输入 @ 提到人员、部门或角色", "Goes to Zhou Min and 2 watchers. Type @ to mention a person, unit or role"),
	}
}

func clocks(ctx context.Context) []ui.ClockProps {
	return []ui.ClockProps{
		{Title: tr(ctx, "办结（客户计时）", "Completion (customer clock)"), Used: .683, Strong: true, Due: tr(ctx, "到期 10月10日 周六 10:00", "Due Sat 10 Oct 2026 10:00"), Detail: tr(ctx, "已用 16 小时 24 分，剩 7 小时 36 分（工作时间）", "16 h 24 m used, 7 h 36 m left (working time)")},
		{Title: tr(ctx, "信息技术部流转", "IT hop"), Used: .915, Tone: "warn", Status: tr(ctx, "41 分钟后到期", "due in 41 min"), Detail: tr(ctx, "已用 7 小时 19 分 / 8 小时", "7 h 19 m of 8 h used"), Label: "91%"},
		{Title: tr(ctx, "财务部流转", "Finance hop"), NoBar: true, Status: tr(ctx, "9 小时 05 分", "9 h 05 m")},
		{Title: tr(ctx, "首次响应", "First response"), NoBar: true, Tone: "good", Status: tr(ctx, "按时", "met"), Detail: tr(ctx, "用时 2 小时 02 分 / 4 小时", "2 h 02 m of 4 h")},
	}
}
