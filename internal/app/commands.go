package app

import (
	"context"
	"strings"

	"neike/internal/kit/lang"
)

// command is something that the search field does: it leads to a page, or changes something at once.
type command struct {
	key, icon, action string
	href              string // a page
	post, name, value string // instead: a form to send, with one field
	words             string // what it is found by beside its titles: other words for it, pinyin, initials
}

// commands are in the order in which they are offered to somebody who has typed nothing.
var commands = []command{
	{key: "ask", icon: "plus", action: "request.open", href: "/requests/new", words: "tiqingqiu tqq 新请求 提单 报修 申请 ask new request raise"},
	{key: "requests", icon: "send", action: "request.list", href: "/requests", words: "wodeqingqiu wdqq 我提的 进度 my requests status"},
	{key: "queue", icon: "list-check", action: "request.queue", href: "/queue", words: "daibanduilie dbdl 工单 队列 处理 queue worklist inbox of the unit"},
	{key: "todos", icon: "checkbox", action: "todo.see", href: "/todos", words: "wodedaiban wddb daiban db 我要处理的 to-do todo tasks"},
	{key: "inbox", icon: "inbox", action: "talk.inbox", href: "/inbox", words: "xiaoxi xx 收件箱 通知 未读 提到我 messages inbox mentions unread"},
	{key: "catalog", icon: "briefcase", action: "service.see", href: "/services", words: "fuwumulu fwml 服务 目录 services catalogue catalog"},
	{key: "relations", icon: "topology-star-3", action: "relation.list", href: "/relations", words: "guanxi gx juzhen 关系矩阵 谁服务谁 relations matrix"},
	{key: "home", icon: "home", action: "todo.see", href: "/", words: "jinri jr shouye sy 首页 主页 today home"},
	{key: "attainment", icon: "chart-bar", action: "report.see", href: "/reports/attainment", words: "shoushi ss dachenglv chaoqi 达成率 超期 改期 attainment breaches late"},
	{key: "measures", icon: "chart-line", action: "measure.list", href: "/measures", words: "zhibiao zb koujing 指标 口径 走势 控制图 满意度 measures indicators trend control chart"},
	{key: "handling", icon: "arrows-exchange", action: "report.see", href: "/reports/handling", words: "liuzhuan lz yongshi zhuanban 流转 转办 踢皮球 延误 用时 hand-overs ping-pong delay touch time"},
	{key: "standards", icon: "certificate", action: "service.see", href: "/standards", words: "fuwubiaozhun fwbz 时限 承诺 标准 standards targets sla"},
	{key: "calendars", icon: "calendar", action: "calendar.see", href: "/settings/calendars", words: "gongzuorili gzrl 日历 节假日 放假 调休 班次 working calendars holidays shifts"},
	{key: "org", icon: "sitemap", action: "org.see", href: "/org", words: "zuzhi zz tongxunlu txl 通讯录 部门 单位 人员 组织架构 organisation organization units people directory"},
	{key: "import", icon: "upload", action: "org.import", href: "/settings/import", words: "daoru dr excel csv 导入 import upload"},
	{key: "settings", icon: "settings", action: "org.change", href: "/settings/org", words: "shezhi sz 设置 组织与人员 管理 settings administration"},
	{key: "audit", icon: "history", action: "audit.read", href: "/settings/audit", words: "shenji sj rizhi rz 审计 日志 操作记录 audit trail log"},
	{key: "activity", icon: "history", action: "audit.own", href: "/me/activity", words: "wodecaozuo wdcz 操作记录 历史 my activity history"},
	{key: "company", icon: "building", action: "settings.change", href: "/settings/company", words: "gongsishezhi gssz 公司 开关 company switches"},
	{key: "first-run", icon: "list-check", action: "settings.change", href: firstRun, words: "shoucishezhi scsz 向导 初始化 建立公司 first set-up setup wizard"},
	{key: "activation", icon: "key", action: "signin.activate", href: "/settings/activation", words: "jihuo jh zhanghao zh 账号 激活 海报 二维码 重置密码 activation activate accounts poster qr reset"},
	{key: "absence", icon: "calendar", action: "person.absence.set", href: "/me/absence", words: "queqin qq qingjia qj xiujia xj daili dl 请假 休假 出差 代理人 缺勤 absence holiday leave deputy"},
	{key: "my-notices", icon: "bell", action: "notice.own", href: "/me/notices", words: "tongzhi tz wodetongzhi 免打扰 提醒 邮件通知 notices notifications quiet hours"},
	{key: "factors", icon: "shield-check", action: "signin.factors", href: "/me/factors", words: "erciyanzheng ecyz tongxingmiyao txmy 二次验证 动态码 通行密钥 totp 2fa mfa passkey factor"},
	{key: "accounts", icon: "link", action: "directory.own", href: "/me/accounts", words: "guanlian gl 企业微信 飞书 钉钉 绑定 linked accounts wecom feishu dingtalk"},
	{key: "told", icon: "eye", action: "access.told", href: "/me/access", words: "sheikanguo skg 隐私 查阅 who looked privacy"},
	{key: "why", icon: "key", action: "access.why", href: "/access/why", words: "weihekandedao whkdd quanxian qx 权限 为什么 why access visible"},
	{key: "places", icon: "building", action: "org.see", href: "/org/places", words: "didian dd faren fr 地点 法人 基地 工厂 地址 sites legal entities places address"},
	{key: "place", icon: "qrcode", action: "place.see", href: "/places", words: "didianyushebei ddysb saomabaoxiu smbx shebei dayinji biaoqian bq 设备 打印机 机房 房间 会议室 扫码 报修 标签 二维码 places equipment printers machines qr labels"},
	{key: "workdays", icon: "calendar", action: "calendar.see", href: "/calendars", words: "shangbanshijian sbsj 上班时间 放假 调休 日历订阅 working hours days off"},
	{key: "decided", icon: "building", action: "company.see", href: "/company", words: "gongsikaiguan gskg 公司开关 谁能看到 company switches"},
	{key: "connections", icon: "link", action: "directory.see", href: "/settings/connections", words: "lianjie lj tongbu tb 企业微信 飞书 钉钉 ldap 单点登录 通讯录同步 connections sync wecom feishu dingtalk oidc"},
	{key: "reorganise", icon: "sitemap", action: "org.reorganise", href: "/settings/org/reorganise", words: "danweitiaozheng dwtz hebing hb chaifen cf 合并 拆分 改名 组织调整 reorganise merge split move rename"},
	{key: "years", icon: "calendar", action: "calendar.import", href: "/settings/calendar-years", words: "fadingjiejiari fdjjr 法定节假日 国务院 放假 statutory days off year"},
	{key: "topics", icon: "tag", action: "service.topics", href: "/settings/topics", words: "fuwuzhuti fwzt zhuti zt 主题 分类 服务目录 topics categories of services"},
	{key: "notices", icon: "bell", action: "notice.settings", href: "/settings/notices", words: "tongzhishezhi tzsz 群机器人 通知默认 notice settings robots defaults"},
	{key: "announce", icon: "send", action: "notice.announce", href: "/settings/notices/announce", words: "gonggao gg fagonggao fgg 公告 announce announcement"},
	{key: "mail", icon: "mail", action: "notice.settings", href: "/settings/mail", words: "youjian yj 邮件 发信 smtp mail server"},
	{key: "my-data", icon: "download", action: "person.data", href: "/me/data", words: "gerenshuju grsj gerenxinxi grxx 个人数据 个人信息 导出 personal data export privacy"},
	{key: "privacy", icon: "user", action: "person.erase", href: "/settings/privacy", words: "liucun lc shanchu lizhi 个人信息保护 留存 删除 离职 privacy retention erase leavers"},
	{key: "dead", icon: "alert-triangle", action: "notice.dead", href: "/settings/notices/dead", words: "sixin sx 发不出去 失败 重发 dead letters failed undelivered"},
	{key: "door", icon: "lock", action: "signin.policy.see", href: "/settings/door", words: "dengluguize dlgz dengbao 等保 登录规则 密码强度 应急账号 door policy sign-in rules"},
	{key: "access", icon: "key", action: "access.held", href: "/settings/access", words: "juese js quanxian qx 角色 权限 授权 闲置账号 roles access idle"},
	{key: "permissions", icon: "key", action: "access.table", href: "/settings/access/table", words: "quanxianbiao qxb 权限表 permissions table"},
	{key: "view", icon: "eye", action: "access.view-as", href: "/settings/access/view", words: "yitarenshenfen ytrsf 身份 view as impersonate"},
	{key: "glass", icon: "eye", action: "access.glass.see", href: "/settings/access/glass", words: "jinjichayue jjcy 紧急 保密 break glass confidential"},
	{key: "me", icon: "user", action: "signin.own", href: "/me", words: "wodezhanghao wdzh xiugaimima xgmm 密码 修改密码 令牌 会话 account password token session"},
	{key: "api", icon: "code", action: "public", href: "/api/docs", words: "jiekou jk 接口 文档 api docs openapi"},
	{key: "dark", icon: "moon", action: "public", post: "/look", name: "theme", value: "dark", words: "shense ss 深色 暗色 夜间 dark theme night"},
	{key: "light", icon: "sun", action: "public", post: "/look", name: "theme", value: "light", words: "qianse qs 浅色 亮色 日间 light theme day"},
	{key: "auto", icon: "device-desktop", action: "public", post: "/look", name: "theme", value: "auto", words: "gensuixitong gsxt 外观 主题 跟随系统 auto theme system"},
	{key: "zh", icon: "language", action: "public", post: "/look", name: "locale", value: "zh", words: "zhongwen zw 语言 切换到中文 chinese language"},
	{key: "en", icon: "language", action: "public", post: "/look", name: "locale", value: "en", words: "yingwen yw 语言 英文 english language"},
	{key: "signout", icon: "logout", action: "signed-in", post: "/signout", words: "tuichu tc tuichudenglu tcdl 退出 登出 注销 sign out log out logout signout exit quit"},
}

func (c command) title(ctx context.Context) string { return lang.T(ctx, "app.command."+c.key) }

// answers says whether the command is meant: every word of the query stands in its title, or begins one of its words. A
// Chinese query may stand anywhere in them.
func (c command) answers(ctx context.Context, query string) bool {
	title, words := strings.ToLower(c.title(ctx)), c.words
	for _, part := range strings.Fields(strings.ToLower(query)) {
		if !beginsWord(title+" "+words, part) && (part[0] < 0x80 || !strings.Contains(title+" "+words, part)) {
			return false
		}
	}
	return true
}

func beginsWord(text, part string) bool {
	return strings.HasPrefix(text, part) || strings.Contains(text, " "+part)
}

// commandsFor lists the commands that a query means and the reader may use; all of them for an empty one.
func (a *App) commandsFor(ctx context.Context, query string, limit int) []command {
	var out []command
	for _, c := range commands {
		if len(out) < limit && c.answers(ctx, query) && a.allows(ctx, c.action) {
			out = append(out, c)
		}
	}
	return out
}
