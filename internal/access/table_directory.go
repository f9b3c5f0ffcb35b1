package access

var directoryRules = []Rule{
	{Action: "directory.see", Allow: Admin | Security, Title: t("查看连接与通讯录同步", "see connections and directory syncs")},
	{Action: "directory.change", Allow: Admin, Title: t("新建、修改、测试、停用连接", "make, change, test and end connections")},
	{Action: "directory.sync", Allow: Admin, Title: t("同步通讯录：读取、比对、应用", "sync the directory: read, compare, apply")},
	{Action: "directory.link", Allow: Admin | Security, Title: t("查看、关联、解除他人的账号", "see, link and unlink somebody's accounts")},
	{Action: "directory.own", Allow: Everyone, Title: t("查看自己关联的账号", "see one's own linked accounts")},
}
