package access

// routingRules are who may see, change and try the rules by which a unit gives out its requests.
var routingRules = []Rule{
	{Action: "routing.see", Allow: Agent | HeadServes | Quality, Title: t("查看单位的分派规则", "see a unit's routing rules")},
	{Action: "routing.set", Allow: HeadServes, Title: t("修改分派规则、填写技能", "change routing rules, and write down skills")},
	{Action: "routing.try", Allow: HeadServes | Quality, Title: t("用过去的请求试算分派规则", "try routing rules on the past")},
	{Action: "routing.load", Allow: HeadServes, Title: t("查看试算中每个人分到多少", "see what a dry run says of people"), Note: t("只限本单位负责人", "the unit's head alone")},
}
