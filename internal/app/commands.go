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
	{key: "standards", icon: "certificate", action: "service.see", href: "/standards", words: "fuwubiaozhun fwbz 时限 承诺 标准 standards targets sla"},
	{key: "calendars", icon: "calendar", action: "calendar.see", href: "/settings/calendars", words: "gongzuorili gzrl 日历 节假日 放假 调休 班次 working calendars holidays shifts"},
	{key: "org", icon: "sitemap", action: "org.see", href: "/org", words: "zuzhi zz tongxunlu txl 通讯录 部门 单位 人员 组织架构 organisation organization units people directory"},
	{key: "import", icon: "upload", action: "org.import", href: "/settings/import", words: "daoru dr excel csv 导入 import upload"},
	{key: "settings", icon: "settings", action: "org.change", href: "/settings/org", words: "shezhi sz 设置 组织与人员 管理 settings administration"},
	{key: "audit", icon: "history", action: "audit.read", href: "/settings/audit", words: "shenji sj rizhi rz 审计 日志 操作记录 audit trail log"},
	{key: "activity", icon: "history", action: "audit.own", href: "/me/activity", words: "wodecaozuo wdcz 操作记录 历史 my activity history"},
	{key: "company", icon: "building", action: "settings.change", href: "/settings/company", words: "gongsishezhi gssz 公司 开关 company switches"},
	{key: "activation", icon: "key", action: "signin.activate", href: "/settings/activation", words: "jihuo jh zhanghao zh 账号 激活 海报 二维码 重置密码 activation activate accounts poster qr reset"},
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
