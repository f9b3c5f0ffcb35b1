package access

// promiseRules say who makes, sees and judges promises. Whoever may see the record that one is about sees it as well.
var promiseRules = []Rule{
	{Action: "promise.list", Allow: Everyone, Title: t("查看承诺列表（只含看得到的）", "list promises (those one may see)")},
	{Action: "promise.make", Allow: Everyone, Title: t("作出承诺", "make a promise"), Note: t("只能代表自己", "for oneself alone")},
	{Action: "promise.see", Allow: asking | Assignee | DeputyServes | SameUnit | Named | Head | Quality, Title: t("查看承诺", "see a promise"), Note: t("保密请求里的承诺：只限能看到那条请求的人", "one about something confidential: who may see that, and nobody else")},
	{Action: "promise.answer-for", Allow: Assignee | DeputyServes, Title: t("承诺：说做到了、请求改期、收回", "promise: say it is done, ask for another date, take it back"), Note: t("承诺人或其代理人", "the giver or the giver's deputy")},
	{Action: "promise.judge", Allow: Asked | HeadAsks | Secretary, Title: t("说明承诺是否兑现、同意改期", "say whether a promise was kept, agree to another date"), Note: t("接受人本人；给单位的，由该单位负责人或文员", "the receiver; for a unit its head or secretary")},
}
