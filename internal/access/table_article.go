package access

var articleRules = []Rule{
	{Action: "article.see", Allow: Everyone, Title: t("阅读知识条目", "read articles"), Note: t("随所挂服务的受众；不挂服务的所有人可读", "as the audience of its services; without a service everybody")},
	{Action: "article.keep", Allow: Agent | HeadServes | Owner | Quality | Self, Title: t("修改知识条目、提交审核、确认仍然有效", "change an article, propose it, confirm that it is right"), Note: t("条目负责人随时可以", "also whoever it is in the hands of")},
	{Action: "article.approve", Allow: HeadServes | Owner | Quality, Title: t("发布、退回、停用知识条目", "publish, send back and retire articles")},
	{Action: "article.rate", Allow: Everyone, Title: t("评价知识条目", "rate an article"), Note: t("每人每版一次；评价人不显示", "one for each person and version; nobody is told who")},
	{Action: "article.count", Allow: Everyone, Title: t("提请求前阅读（只计次数）", "read before asking (counts only)")},
	{Action: "article.report", Allow: Agent | HeadServes | Owner | Quality | Executive, Title: t("查看条目的阅读与解决统计", "see what articles solved"), Note: t("本单位的服务；质量办与高管看全部", "services of the own unit; quality office and executives all")},
	{Action: "search.misses", Allow: HeadServes | Owner | Quality, Title: t("查看搜不到的词，挂到服务或条目上", "see what searches miss, and let the words find a service or an article"), Note: t("只挂到自己能改的服务和条目", "of services and articles one keeps")},
	{Action: "search.desk", Allow: Quality, Title: t("指定首问服务", "name the front desk")},
}
