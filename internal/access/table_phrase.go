package access

// phraseRules say who keeps what is said often.
var phraseRules = []Rule{
	{Action: "phrase.see", Allow: Agent | Member | HeadServes | Secretary, Title: t("查看单位的常用语", "see a unit's phrases")},
	{Action: "phrase.edit", Allow: Agent | HeadServes, Title: t("维护单位的常用语", "keep a unit's phrases"), Note: t("服务人员和负责人", "its agents and heads")},
	{Action: "phrase.own", Allow: Everyone, Title: t("维护自己的常用语", "keep one's own phrases")},
	{Action: "phrase.find", Allow: Everyone, Title: t("在回复中插入常用语", "put a phrase into an answer"), Note: t("只限自己能回复的请求", "of a request that one may answer")},
}
