package access

var noticeRules = []Rule{
	{Action: "notice.own", Allow: Everyone, Title: t("查看通知、选择要收到哪些通知（自己的）", "read notices and choose which to get (one's own)")},
	{Action: "notice.settings", Allow: Admin, Title: t("设置通知的默认值、邮件服务器、群机器人", "set the defaults of notices, the mail server, robots of groups")},
	{Action: "notice.dead", Allow: Admin, Title: t("查看并重发发不出去的消息（不含内容）", "see and resend messages that could not be sent (without their words)")},
	{Action: "notice.announce", Allow: Admin | HR, Title: t("发公告", "announce something"), Note: t("限定单位的人力资源：只向所辖单位", "HR of a unit: only to that unit and below")},
}
