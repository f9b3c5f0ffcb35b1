package design

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

// Names are the pages of /design, in order; "" is the catalogue of components.
var Names = []string{"", "request", "queue", "matrix", "home", "form", "states", "firstrun", "signin", "error", "slip"}

// View is the page of that name, or nil when there is none. The reader's
// language comes from the context, the frame from ui.Chrome if there is one.
func View(name string) templ.Component {
	switch name {
	case "":
		return catalogue()
	case "request":
		return requestPage()
	case "queue":
		return queuePage()
	case "matrix":
		return matrixPage()
	case "home":
		return homePage()
	case "form":
		return formPage()
	case "states":
		return statesPage()
	case "firstrun":
		return firstRunPage()
	case "signin":
		return signInPage()
	case "error":
		return errorPage()
	case "slip":
		return slipPage()
	}
	return nil
}

// tr chooses between the two texts of the sample data.
func tr(ctx context.Context, zh, en string) string {
	if lang.Locale(ctx) == "en" {
		return en
	}
	return zh
}

// Sample is a frame for the page on its own: the rail, the tabs and the person
// of the made-up company. The application uses the reader's own instead.
func Sample(ctx context.Context, path, theme string) ui.Chrome {
	item := func(key, zh, en, icon string) ui.NavItem {
		return ui.NavItem{Key: key, Label: tr(ctx, zh, en), Icon: icon, Href: "/design/" + key}
	}
	services := item("services", "服务", "Services", "briefcase")
	services.Href = "/design/queue"
	services.Sub = []ui.NavItem{
		item("form", "服务目录", "Catalogue", ""),
		item("request", "我的请求", "My requests", ""),
		item("queue", "待办队列", "Queue", ""),
		item("standards", "服务标准", "Standards", ""),
	}
	services.Sub[1].Count, services.Sub[2].Count = 4, 9
	c := ui.Chrome{
		Company: tr(ctx, "华衡智能装备", "Huaheng"),
		Person:  tr(ctx, "陈思远", "Chen Siyuan"),
		Role:    tr(ctx, "财务部 · 费用核算主管", "Finance · claims lead"),
		Nav: []ui.NavItem{
			item("home", "今日", "Today", "home"), item("matrix", "关系", "Relations", "topology-star-3"), services,
			item("listen", "倾听", "Listen", "message-2"), item("improve", "改进", "Improve", "refresh"),
			item("reward", "激励", "Reward", "award"), item("learn", "学习", "Learn", "school"),
			item("insight", "洞察", "Insight", "chart-bar"), item("settings", "设置", "Settings", "settings"),
		},
		Tabs: []ui.NavItem{
			item("home", "今日", "Today", "home"), item("form", "提请求", "Ask", "plus"),
			item("queue", "待办", "To do", "list-check"), item("states", "消息", "Inbox", "inbox"),
		},
		Menu:    []ui.NavItem{item("account", "账号与密码", "Account and password", "user")},
		AskHref: "/design/form", SearchHref: "/design/search", InboxHref: "/design/states",
		SignOutHref: "/design/signin", PrefsHref: "/look", Unread: 5,
		Theme: theme, Locale: lang.Locale(ctx), Path: path,
	}
	c.Tabs[3].Count = 5
	if strings.HasSuffix(path, "signin") {
		c.Person = ""
	}
	return c
}
