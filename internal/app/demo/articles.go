package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"neike/internal/article"
	"neike/internal/catalog"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
	"neike/internal/kit/web"
)

// written is an article of the company: of which unit, for which services, and how often it helps those who read it.
type written struct {
	unit     string
	services []string
	title    lang.Text
	body     lang.Text
	months   int     // until it is to be looked at again, from its writing
	read     int     // how many read it before asking, in the last twelve weeks
	solves   float64 // share of them who need not ask any more
}

// articles are what the departments answered again and again, until somebody wrote it down.
var articles = []written{
	{unit: "it", services: []string{"it.incident"}, months: 12, read: 64, solves: 0.66,
		title: lang.Text{Zh: "VPN 连不上，先试这四步", En: "VPN does not connect: four steps first"},
		body: lang.Text{Zh: "**多数情况是密码过期或网络没通，两分钟能自己解决。**\n\n1. 断开 VPN，打开任意网页。打不开就是网络问题：换手机热点再试。\n2. 能上网，提示“用户名或密码错误”：密码每 90 天到期，先在公司门户改密码，再用新密码登录 VPN。\n3. 提示“证书无效”：看电脑右下角的日期和时间，不对就改成自动同步。\n4. 提示“连接数已满”：退出手机上的 VPN，一个账号同时只能连一台。\n\n还是不行再报修，写上提示的原文和时间。",
			En: "**Usually the password has expired or there is no network: two minutes.**\n\n1. Disconnect the VPN and open any web page. Nothing opens: it is the network, try the hotspot of your phone.\n2. 'Wrong user name or password': passwords end after 90 days. Change it in the portal, then sign in to the VPN with the new one.\n3. 'Certificate invalid': look at date and time of the computer and let them be set automatically.\n4. 'Too many connections': leave the VPN on your phone, one account connects one device.\n\nStill nothing? Report it with the exact message and the time."}},
	{unit: "it", services: []string{"it.incident"}, months: 12, read: 31, solves: 0.5,
		title: lang.Text{Zh: "打印机不出纸怎么办", En: "The printer does not print"},
		body: lang.Text{Zh: "先看打印机屏幕：\n\n| 屏幕提示 | 怎么办 |\n|---|---|\n| 缺纸 | 二层纸柜取 A4，放平，不超过红线 |\n| 卡纸 | 开后盖，双手慢慢抽出，关盖后会自己重打 |\n| 碳粉不足 | 还能打 200 张左右，提一个报修，备注“换碳粉” |\n| 没有提示 | 在电脑上删除排队的文件，重新打印 |\n\n机身上的资产编号报修时要用。",
			En: "Look at its display first:\n\n| It says | Do |\n|---|---|\n| no paper | A4 is in the cupboard on floor 2; below the red line |\n| jam | open the back, pull the paper out slowly; it prints again by itself |\n| toner low | some 200 pages are left; report it, note 'toner' |\n| nothing | delete what is queued on your computer, print again |\n\nA report needs the asset number on its side."}},
	{unit: "it", services: []string{"it.account", "it.incident"}, months: 12, read: 22, solves: 0.72,
		title: lang.Text{Zh: "忘了密码、账号被锁，自己重置", En: "Password forgotten or account locked"},
		body: lang.Text{Zh: "连错五次会锁 15 分钟，等一等就好。\n\n- 记得密码：15 分钟后再登录。\n- 不记得：登录页点“忘记密码”，用手机收验证码。\n- 换了手机号：请本单位文员在“激活与重置”里给您一个链接。",
			En: "Five wrong tries lock it for 15 minutes; it opens by itself.\n\n- You know it: sign in after 15 minutes.\n- You do not: 'forgotten' on the sign-in page sends a code to your phone.\n- New phone number: the secretary of your unit gives you a link."}},
	{unit: "finance", services: []string{"finance.expense"}, months: 6, read: 58, solves: 0.4,
		title: lang.Text{Zh: "报销要附哪些票据", En: "What an expense claim needs"},
		body: lang.Text{Zh: "**票据不齐是退回最多的原因。** 提交前对一遍：\n\n| 费用 | 要附 |\n|---|---|\n| 交通 | 行程单或电子发票；打车写起止地点和事由 |\n| 住宿 | 增值税发票和水单，抬头写公司全称 |\n| 招待 | 发票、事前申请、参加人名单 |\n| 办公用品 | 发票和明细清单 |\n\n费用发生后 30 天内提交；当月 25 日前提交的，次月 10 日前付款。",
			En: "**Missing papers are why most claims come back.** Before you send it:\n\n| Cost | Attach |\n|---|---|\n| travel | itinerary or e-invoice; a taxi with from, to and why |\n| hotel | VAT invoice and folio, with the company's full name |\n| entertaining | invoice, the approval before, who was there |\n| office supplies | invoice with its items |\n\nWithin 30 days; what is sent by the 25th is paid by the 10th of the next month."}},
	{unit: "finance", services: []string{"finance.expense", "finance.issueinv"}, months: 12, read: 19, solves: 0.79,
		title: lang.Text{Zh: "发票抬头和税号", En: "Company name and tax number for invoices"},
		body: lang.Text{Zh: "抬头写公司全称，税号在公司门户首页“开票信息”。\n\n- 个人抬头、手写票不能报。\n- 电子发票发 PDF 或 OFD 原件，不要截图。",
			En: "The company's full name; the tax number stands on the first page of the portal.\n\n- Invoices to a person or by hand are not accepted.\n- Send the PDF or OFD itself, not a picture of it."}},
	{unit: "hr", services: []string{"hr.cert"}, months: 12, read: 41, solves: 0.24,
		title: lang.Text{Zh: "在职证明、收入证明怎么开，多久能拿到", En: "Certificates of employment and income"},
		body: lang.Text{Zh: "在线提交“证明开具”，写清用途和收件单位。\n\n- 普通在职证明：1 个工作日，电子版盖电子章。\n- 收入证明、签证用：2 个工作日，纸质原件到三楼人力资源部取，带工牌。\n- 银行有固定格式的，把空表一起传上来。",
			En: "Ask for 'certificate' and say what for and for whom.\n\n- Employment: one workday, electronic with an electronic seal.\n- Income, or for a visa: two workdays, on paper at HR on floor 3, with your badge.\n- The bank has a form of its own? Attach it."}},
	{unit: "admin", services: []string{"admin.seal"}, months: 12, read: 17, solves: 0.3,
		title: lang.Text{Zh: "哪些文件要用哪个章", En: "Which seal for which paper"},
		body: lang.Text{Zh: "- **合同章**：对外合同、协议。先走法务审核。\n- **公章**：证明、函件、申报材料。\n- **财务章**：由财务部保管，不在这里申请。\n\n空白纸、缺签字的不能盖。",
			En: "- **Contract seal**: contracts and agreements, after legal review.\n- **Company seal**: certificates, letters, filings.\n- **Finance seal**: kept by Finance, not asked for here.\n\nNothing blank and nothing unsigned is sealed."}},
	{unit: "admin", title: lang.Text{Zh: "访客进厂须知", En: "Visitors on site"}, months: 24,
		body: lang.Text{Zh: "访客凭身份证在门岗登记，由接待人带入；车间内穿安全鞋，不拍照。", En: "Visitors register at the gate with an identity card and are accompanied; safety shoes on the shop floor, no photographs."}},
}

// wrote lets the departments write in the middle of the year; what is read before asking is counted from then on.
func (d *demo) wrote(ctx context.Context) {
	begin := d.today.AddDate(0, -5, 0)
	var numbers []int64
	d.agenda.plan(begin, func() error {
		for _, w := range articles {
			n, err := d.writes(ctx, w, begin)
			if err != nil {
				return fmt.Errorf("%s: %w", w.title.Zh, err)
			}
			numbers = append(numbers, n)
		}
		return nil
	})
	chance := rand.New(rand.NewPCG(20261122, 9)) //nolint:gosec // a story, not a secret
	for i, w := range articles {
		for range w.read {
			at := d.today.Add(-time.Duration(chance.Int64N(int64(83*24*time.Hour))) - time.Hour)
			solved, opened := chance.Float64() < w.solves, chance.Float64() < 0.8
			d.agenda.plan(at, func() error { return d.reads(ctx, w.services[0], numbers[i], opened, solved) })
		}
	}
}

func (d *demo) writes(ctx context.Context, w written, at time.Time) (int64, error) {
	head := d.as(ctx, d.heads[w.unit])
	a, err := d.app.Article.Write(head, article.Input{Unit: w.unit, Title: w.title, Body: w.body, Services: w.services, CheckBy: at.AddDate(0, w.months, 0).Format(time.DateOnly)})
	if err != nil {
		return 0, err
	}
	_, err = d.app.Article.Publish(head, a.Number)
	return a.Number, err
}

// reads is one form before which somebody read: shown, mostly opened, then solved or sent all the same.
func (d *demo) reads(ctx context.Context, service string, number int64, opened, solved bool) error {
	reader := d.as(ctx, d.byNo["1008"])
	sv, err := d.app.Catalog.Visible(reader, service)
	if err != nil {
		return err
	}
	f := article.Form{Service: sv.ID}
	if err := d.app.Article.WereShown(reader, f, []int64{number}); err != nil || !opened {
		return err
	}
	if err := d.app.Article.WasOpened(reader, f, number); err != nil {
		return err
	}
	if solved {
		return d.app.Article.Solved(reader, f, number)
	}
	f.Read = []int64{number}
	return d.app.Article.WasSent(reader, f)
}

// doubted are the articles of today: readers say what they think, one finds the rules for claims outdated, and an agent proposes
// a new one.
func (d *demo) doubted(ctx context.Context) error {
	reader := d.as(ctx, d.byNo["1008"])
	page, err := d.app.Article.List(reader, article.Filter{Query: "票据", Limit: 1}, "")
	if err != nil {
		return err
	}
	if len(page.Items) == 0 {
		return fmt.Errorf("nobody wrote about claims")
	}
	claims := page.Items[0].Number
	said := 0
	for _, no := range []string{"1002", "1009", "1012", "1024", "1010", "1011"} {
		id, known := d.byNo[no]
		if !known {
			continue
		}
		if err := d.app.Article.Rate(d.as(ctx, id), claims, said != 2, "unclear", "招待的“事前申请”在哪里提？"); err != nil {
			return err
		}
		said++
	}
	if err := d.app.Article.Rate(reader, claims, false, "outdated", "从 11 月起电子发票也收 XML，这里只写了 PDF 和 OFD"); err != nil {
		return err
	}
	agent := d.as(ctx, d.byNo["1005"])
	a, err := d.app.Article.Write(agent, article.Input{Unit: "finance", Services: []string{"finance.advance"}, CheckBy: d.today.AddDate(1, 0, 0).Format(time.DateOnly),
		Title: lang.Text{Zh: "借款多久要冲销", En: "When an advance is to be settled"},
		Body:  lang.Text{Zh: "出差借款：返回后 10 个工作日内冲销。备用金：每年 12 月 20 日前归还，次年再借。", En: "For a trip: within ten workdays after it. Petty cash: by 20 December, and again in the new year."}})
	if err != nil {
		return err
	}
	if _, err := d.app.Article.Propose(agent, a.Number); err != nil {
		return err
	}
	return d.nextVersion(ctx, claims)
}

// nextVersion is begun by the head of finance, who has seen the rating.
func (d *demo) nextVersion(ctx context.Context, number int64) error {
	head := d.as(ctx, d.heads["finance"])
	a, err := d.app.Article.ByNumber(head, number, 0)
	if err != nil {
		return err
	}
	in := article.Input{Title: a.Title, Body: a.Body, Services: []string{"finance.expense"}, Note: "电子发票也收 XML", CheckBy: d.today.AddDate(0, 6, 0).Format(time.DateOnly)}
	in.Body.Zh += "\n\n电子发票：PDF、OFD、XML 原件都可以。"
	in.Body.En += "\n\nE-invoices: the PDF, OFD or XML itself."
	_, err = d.app.Article.Edit(head, number, in, web.IfMatch{})
	return err
}

// missed are words that people search and do not find; the last ones the quality office has let find something.
var missed = []string{"班车时刻", "体检报告", "换工位", "贴票"}

// searched lets people look for what has another name here, on several days of the last weeks.
func (d *demo) searched(ctx context.Context) {
	for i, words := range missed {
		for n := range 4 + 3*i {
			at := d.today.AddDate(0, 0, -2-n*2).Add(time.Duration(9+i) * time.Minute)
			d.agenda.plan(at, func() error { return d.app.Article.Missed(d.as(ctx, d.byNo["1008"]), words) })
		}
	}
}

// welcomed opens a front desk, and lets one of the missed words find what people mean.
func (d *demo) welcomed(ctx context.Context) error {
	office := d.as(ctx, d.byNo["1001"])
	if _, _, err := d.app.Catalog.Write(office, catalog.Definition{
		Code: "quality.desk", Unit: "quality", Kind: catalog.OnRequest, State: catalog.Draft, Name: lang.Text{Zh: "不知道找谁，问这里", En: "Not sure whom to ask? Ask here"},
		Description: lang.Text{Zh: "说清您想办的事，我们告诉您找谁，或者直接转过去。", En: "Say what you need: we tell you whom to ask, or pass it on."},
		Standard:    promised(1),
		Form:        &form.Form{Fields: []form.Field{{Key: "what", Type: form.LongText, Label: lang.Text{Zh: "您想办什么事", En: "What you need"}, Required: true}}},
	}, 0); err != nil {
		return err
	}
	if _, err := d.app.Catalog.Publish(office, "quality.desk"); err != nil {
		return err
	}
	if err := d.app.Article.SetDesk(office, "quality.desk"); err != nil {
		return err
	}
	return d.app.Article.Attach(office, missed[len(missed)-1], "finance.expense")
}
