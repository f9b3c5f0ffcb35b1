package access

var placeRules = []Rule{
	{Action: "place.see", Allow: Everyone, Title: t("查看地点与设备，打印标签", "see places and equipment, print labels"), Note: t("标签上只有名称和编码；报修记录只列出本人看得到的", "a label says name and code alone; of the reports at a place one sees those one may see")},
	{Action: "place.edit", Allow: Agent | HeadServes | Secretary | Admin, Title: t("维护本单位负责的地点与设备", "keep the places that the own unit answers for"), Note: t("管理员：全部", "administrator: all of them")},
	{Action: "place.kind", Allow: Admin, Title: t("设定各类地点默认可报的服务", "say which services places of a kind offer")},
}
