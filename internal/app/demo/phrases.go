package demo

import (
	"context"
	"fmt"

	"neike/internal/kit/web"
	"neike/internal/phrase"
)

// phrases are what Finance and IT say often, and what 陈思远 keeps for himself.
func (d *demo) phrases(ctx context.Context) error {
	for _, p := range []struct {
		no, unit string
		in       phrase.Input
	}{
		{"1004", "finance", phrase.Input{Name: "缺发票", Zh: "{asker}您好，{number} 还缺发票原件或电子发票，请在这里补上，收到后继续办。", En: "Dear {asker}, {number} still lacks the invoice. Please add it here and we go on.", Services: []string{"finance.expense", "finance.pay"}}},
		{"1004", "finance", phrase.Input{Name: "已付款", Zh: "{asker}您好，款项今天已付出，一般当天到账。回单明天可以在这里下载。", En: "Dear {asker}, it was paid today; the receipt can be downloaded here tomorrow."}},
		{"1005", "finance", phrase.Input{Name: "预计办结时间", Zh: "{asker}您好，“{service}”预计 {due} 前办好，有变化会先告诉您。{me}"}},
		{"1005", "finance", phrase.Input{Name: "超标说明", Zh: "{asker}您好，住宿超过标准，请补一句说明和负责人的同意。", Services: []string{"finance.expense"}}},
		{"1005", "", phrase.Input{Name: "谢谢", Zh: "谢谢{asker}，材料齐了，这就办。"}},
		{"1009", "it", phrase.Input{Name: "重启再试", Zh: "{asker}您好，请先保存工作、重启电脑再试一次；还不行就把报错截图贴在这里。", En: "Dear {asker}, please restart and try once more; if it still fails, paste a picture of the message here."}},
	} {
		if _, err := d.app.Phrase.Save(d.as(ctx, d.byNo[p.no]), p.unit, 0, p.in, web.IfMatch{}); err != nil {
			return fmt.Errorf("%s: %w", p.in.Name, err)
		}
	}
	return nil
}
