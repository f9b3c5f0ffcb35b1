package access

var signinRules = []Rule{
	{Action: "signin.factors", Allow: Everyone, Title: t("设置自己的二次验证与通行密钥", "keep one's own second factors and passkeys")},
	{Action: "signin.factors.reset", Allow: Security, Title: t("清除他人的二次验证", "reset somebody's second factors"), Note: t("本人会收到通知", "the person is told")},
	{Action: "signin.policy.see", Allow: Admin | Security | Auditor, Title: t("查看登录规则", "see how strict the door is")},
	{Action: "signin.policy", Allow: Security, Title: t("修改登录规则：等保三级、二次验证、只用单点登录", "change how strict the door is: strict passwords, second factors, single sign-on only")},
}
