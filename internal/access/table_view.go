package access

var viewRules = []Rule{
	{Action: "view.see", Allow: Everyone, Title: t("使用视图（自己的和本单位的）", "use views (one's own and the unit's)"), Note: t("视图不带权限：列表只显示本人看得到的", "a view gives no rights: a list shows what its reader may see")},
	{Action: "view.save", Allow: Everyone, Title: t("保存、修改自己的视图", "save and change one's own views")},
	{Action: "view.share", Allow: Agent | HeadServes | Secretary, Title: t("保存、修改单位共享的视图", "save and change a unit's views")},
	{Action: "view.lock", Allow: HeadServes | Secretary, Title: t("锁定单位的视图、修改锁定的", "lock a unit's views and change locked ones")},
}
