package access

var insightRules = []Rule{
	{Action: "insight.adoption", Allow: HeadServes | Quality | Executive | Admin, Title: t("查看使用情况（只计人数）", "see how far the product is used (counts only)"), Note: t("负责人与限定单位的角色：所辖单位及下级；人数少于规定的数字不显示", "heads and roles of a unit: theirs and below; numbers about fewer people than the rule asks are not shown")},
	{Action: "insight.assume", Allow: Quality, Title: t("改估算用时和用时上限", "change assumed times and budgets")},
}
