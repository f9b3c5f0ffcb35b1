package demo

import (
	"context"
	"fmt"
	"time"

	"neike/internal/calendar"
	"neike/internal/promise"
	"neike/internal/request"
)

// word is a promise of the past: given so many days ago, due so many days later, and what its receiver said of it.
type word struct {
	giver, receiver string // 工号
	unit            string // instead of a receiver
	what            string
	ago, days       int
	moved           int          // days by which another date was agreed
	said            promise.Verb // "": nothing; withdraw: the giver took it back
	why             string
}

var words = []word{
	{giver: "1005", receiver: "1008", what: "宁德项目的差旅报销三天内付款", ago: 70, days: 3, said: promise.VerbKept},
	{giver: "1005", receiver: "1008", what: "把差旅超标的审批口径整理成一页发给项目部", ago: 63, days: 5, said: promise.VerbKept},
	{giver: "1006", receiver: "1008", what: "补齐九月的费用明细，按安装队分开", ago: 55, days: 4, said: promise.VerbPartly, why: "越南安装队的没有分开"},
	{giver: "1004", unit: "proj1", what: "以后每月第三个工作日前给出项目成本报告", ago: 48, days: 10, said: promise.VerbKept},
	{giver: "1005", receiver: "1008", what: "当天查清 126 万到账是哪个合同的", ago: 40, days: 1, said: promise.VerbKept},
	{giver: "1006", receiver: "1008", what: "下周一前退回的发票都写明怎么改", ago: 33, days: 5, said: promise.VerbBroken, why: "三张没有写原因，又退了一次"},
	{giver: "1005", receiver: "1008", what: "给安装队开通费用预支的快速通道", ago: 30, days: 8, moved: 4, said: promise.VerbKept},
	{giver: "1004", unit: "proj1", what: "月底前派一位同事到宁德现场讲报销要求", ago: 28, days: 9, said: promise.VerbKept},
	{giver: "1005", receiver: "1008", what: "把借款余额表每周五发一次", ago: 24, days: 6},
	{giver: "1006", receiver: "1008", what: "十月的住宿发票换开后通知项目部", ago: 21, days: 5, said: promise.VerbKept},
	{giver: "1005", receiver: "1008", what: "提前一周告知年底关账的截止时间", ago: 17, days: 7, said: promise.VerbWithdraw, why: "关账安排改由财务部统一发通知"},
	{giver: "1008", receiver: "1005", what: "每次出差前先报预算", ago: 20, days: 6, said: promise.VerbKept},
	{giver: "1009", receiver: "1005", what: "三天内修好报销系统上传附件的问题", ago: 14, days: 3, said: promise.VerbBroken, why: "第五天才修好"},
	{giver: "1009", receiver: "1005", what: "给财务部换一台能扫双面的扫描仪", ago: 12, days: 6, said: promise.VerbKept},
}

// promised plans what people promised each other, and what became of it.
func (d *demo) promised(ctx context.Context) {
	for _, w := range words {
		var number int64
		given := d.today.AddDate(0, 0, -w.ago)
		due := given.AddDate(0, 0, w.days)
		first := calendar.DateOf(due).String()
		do := func(at time.Time, no string, deed promise.Deed) {
			d.agenda.plan(at, func() error {
				if _, err := d.app.Promise.Do(d.as(ctx, d.byNo[no]), number, deed); err != nil {
					return fmt.Errorf("%s %s: %w", w.what, deed.Verb, err)
				}
				return nil
			})
		}
		d.agenda.plan(given, func() error {
			p, err := d.app.Promise.Make(d.as(ctx, d.byNo[w.giver]), promise.Word{Receiver: w.receiver, Unit: w.unit, What: w.what, Due: first})
			number = p.Number
			return err
		})
		judge := w.receiver
		if judge == "" {
			judge = "1008" // secretary of the unit
		}
		if w.moved > 0 {
			to := due.AddDate(0, 0, w.moved)
			do(given.Add(26*time.Hour), w.giver, promise.Deed{Verb: promise.VerbPropose, Why: "要等系统上线", Due: calendar.DateOf(to).String()})
			do(given.Add(30*time.Hour), judge, promise.Deed{Verb: promise.VerbAgree})
			due = to
		}
		switch w.said {
		case "":
			for _, later := range []int{1, 4, 6, 9, 12} {
				d.agenda.plan(due.AddDate(0, 0, later), func() error { return d.app.Promise.GoOn(ctx) })
			}
		case promise.VerbWithdraw:
			do(due.Add(-50*time.Hour), w.giver, promise.Deed{Verb: w.said, Why: w.why})
		default:
			do(due.Add(-3*time.Hour), w.giver, promise.Deed{Verb: promise.VerbDone})
			do(due.Add(20*time.Hour), judge, promise.Deed{Verb: w.said, Why: w.why})
		}
	}
}

// openWords are the promises that are open when the story ends: one near its date, one that waits for the receiver's word,
// one whose giver asks for another date, one from a message of a request.
func (d *demo) openWords(ctx context.Context) error {
	zone := d.app.Org.Company(ctx).Location()
	day := func(n int) string { return calendar.DateOf(d.today.In(zone).AddDate(0, 0, n)).String() }
	give := func(no string, w promise.Word) (promise.Promise, error) {
		p, err := d.app.Promise.Make(d.as(ctx, d.byNo[no]), w)
		if err != nil {
			return p, fmt.Errorf("%s: %w", w.What, err)
		}
		return p, nil
	}
	if _, err := give("1005", promise.Word{Receiver: "1015", What: "给出供应商对账差异的说明", Due: day(1)}); err != nil {
		return err
	}
	asked, err := give("1005", promise.Word{Receiver: "1008", What: "把越南项目的备用金额度提到 8 万", Due: day(6)})
	if err != nil {
		return err
	}
	if _, err := d.app.Promise.Do(d.as(ctx, d.byNo["1005"]), asked.Number, promise.Deed{Verb: promise.VerbDone, Why: "已经批了，下周起按新额度借"}); err != nil {
		return err
	}
	moving, err := give("1009", promise.Word{Receiver: "1005", What: "装好报销系统的批量上传", Due: day(3)})
	if err != nil {
		return err
	}
	if _, err := d.app.Promise.Do(d.as(ctx, d.byNo["1009"]), moving.Number, promise.Deed{Verb: promise.VerbPropose, Why: "供应商的接口晚了一周", Due: day(10)}); err != nil {
		return err
	}
	return d.fromMessage(ctx, give, day(4))
}

// fromMessage is the promise that was made of a message in the conversation of a request.
func (d *demo) fromMessage(ctx context.Context, give func(string, promise.Word) (promise.Promise, error), due string) error {
	agent := d.as(ctx, d.byNo["1005"])
	page, err := d.app.Request.List(agent, request.Filter{Q: "备用金借款：越南安装队", State: "open", Limit: 1})
	if err != nil || len(page.Items) == 0 {
		return err
	}
	r := page.Items[0]
	const words = "钱到账后我当天把回单发给您"
	if _, err := d.app.Request.Message(agent, r.Number, words, nil, request.When{}); err != nil {
		return err
	}
	_, err = give("1005", promise.Word{Receiver: "1008", What: words, Due: due, About: r.Ref()})
	return err
}
