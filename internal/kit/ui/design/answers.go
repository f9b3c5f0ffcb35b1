package design

import (
	"context"

	"github.com/a-h/templ"

	"neike/internal/kit/ui"
)

// People is what the picker of people on these pages gets, whatever is typed.
const People = `{"items":[{"value":"10372","text":"陈思远","note":"财务部"},{"value":"10407","text":"罗佳","note":"财务部"}]}`

// Found is what the search field on these pages finds, whatever is typed.
func Found(ctx context.Context, query string) templ.Component {
	return ui.SearchList(ui.SearchProps{Query: query, More: "/design/queue", Groups: []ui.SearchGroup{
		{Label: tr(ctx, "请求", "Requests"), Hits: []ui.SearchHit{
			{Icon: "file-invoice", Title: tr(ctx, "宁德产线项目 9 月差旅报销", "Ningde line, September travel"), Note: "R-20418", Href: "/design/request"},
			{Icon: "file-invoice", Title: tr(ctx, "票据影像系统附件上传失败", "Voucher images: upload fails"), Note: "R-20433", Href: "/design/queue"},
		}},
		{Label: tr(ctx, "人员", "People"), Hits: []ui.SearchHit{{Icon: "user", Title: tr(ctx, "陈思远", "Chen Siyuan"), Note: tr(ctx, "财务部", "Finance"), Href: "/design/home"}}},
	}})
}
