package demo

import (
	"context"
	"fmt"
	"time"

	"neike/internal/calendar"
	"neike/internal/request"
)

// scene is a request that is open when the story ends, so that the homes of the people one signs in as are alive,
// whatever day and hour it is.
type scene struct {
	service, title string
	asker, agent   string        // 工号; agent "": nobody has taken it
	due            time.Duration // working time of the provider from the end of the story to the due time; negative: since then
	acts           []func(*kase) error
	named          []string // confidential: who of the provider may read it
	said           string   // over the telephone: the agent writes it down, the asker has not confirmed it
}

var (
	work    = []func(*kase) error{(*kase).take, (*kase).greet}
	paused  = append(work[:2:2], (*kase).asksOnly)
	handed  = append(work[:2:2], (*kase).handsOnly)
	nudged  = append(work[:2:2], (*kase).nudge)
	noted   = append(work[:2:2], (*kase).tellsHead)
	settled = append(work[:2:2], (*kase).handsOnly, (*kase).acceptsOnly)
	passed  = append(work[:2:2], (*kase).handsOver)
	tossed  = append(passed[:3:3], (*kase).comesBack, (*kase).handsOverAgain)
	shared  = append(work[:2:2], (*kase).splits)
	waiting = append(work[:2:2], (*kase).waits)
	moved   = append(work[:2:2], (*kase).proposesDate)
	pressed = append(work[:2:2], (*kase).saysUrgent, (*kase).nudge)
	nothing []func(*kase) error
)

const hour = time.Hour

var scenes = []scene{
	// 周敏 asks for Projects I: something to answer, to accept and to rate, three to wait for, one of them late.
	{service: "finance.expense", title: "费用报销：宁德产线项目 11 月差旅（4 人）", asker: "1008", agent: "1006", due: 14 * hour, acts: paused},
	{service: "it.device", title: "设备领用与更换：显示器更换 2 台", asker: "1008", agent: "1009", due: 6 * hour, acts: handed},
	{service: "procurement.quote", title: "询价比价：冲压模具加急", asker: "1008", agent: "1015", due: -2 * hour, acts: pressed},
	{service: "finance.advance", title: "备用金借款：越南安装队", asker: "1008", agent: "1005", due: 5 * hour, acts: moved},
	{service: "legal.contract", title: "合同审查：宁德二期设备采购", asker: "1008", agent: "1013", due: 20 * hour, acts: waiting},
	{service: "admin.repair", title: "办公环境报修：三楼会议室空调", asker: "1008", agent: "1014", due: 4 * hour, acts: settled},
	{service: "it.incident", title: "故障报修：项目现场 VPN 连不上", asker: "1008", agent: "1009", due: 3 * hour, said: "宁德现场 VPN 连不上，下午要传验收资料"},
	// 陈思远 serves: several due soon, one late, one that waits for its customer, one for whoever takes it; and he asks, too.
	{service: "finance.pay", title: "对公付款：供应商对账差异", asker: "1015", agent: "1005", due: 3 * hour, acts: noted},
	{service: "finance.expense", title: "费用报销：展会费用（上海工博会）", asker: "1016", agent: "1005", due: 7 * hour, acts: work},
	{service: "finance.issueinv", title: "开具发票：合肥二期验收款", asker: "1017", agent: "1005", due: 9 * hour, acts: work},
	{service: "finance.report", title: "经营数据支持：三季度毛利口径与明细", asker: "1020", agent: "1005", due: -3 * hour, acts: nudged},
	{service: "finance.budget", title: "预算调整：研发样机追加", asker: "1018", agent: "1005", due: 12 * hour, acts: paused},
	{service: "finance.receipt", title: "到账查询确认：南京博众 126 万元", asker: "1017", agent: "", due: 8 * hour, acts: nothing},
	{service: "it.incident", title: "故障报修：报销系统附件上传失败", asker: "1005", agent: "1009", due: 4 * hour, acts: handed},
	{service: "hr.cert", title: "在职/收入证明：落户用", asker: "1005", agent: "1012", due: 5 * hour, acts: work},
	// 许慧 heads Finance: a case of her own, one to answer, one to wait for.
	{service: "finance.budget", title: "预算调整：项目二部四季度外协", asker: "1011", agent: "1004", due: 10 * hour, acts: work},
	{service: "hr.training", title: "培训组织：费用制度宣讲", asker: "1004", agent: "1012", due: 40 * hour, acts: paused},
	{service: "it.data", title: "数据提取：往来账龄明细", asker: "1004", agent: "1009", due: 9 * hour, acts: work},
	// 江一帆 asks as everybody does.
	{service: "admin.travel", title: "差旅预订：上海客户签约", asker: "1002", agent: "1014", due: 6 * hour, acts: handed},
	{service: "finance.report", title: "经营数据支持：经营会材料", asker: "1002", agent: "1004", due: 9 * hour, acts: work},
	{service: "legal.consult", title: "法律咨询：合资框架协议", asker: "1002", agent: "1013", due: 12 * hour, acts: work},
	// 顾清和 serves in Quality, and waits for IT.
	{service: "quality.system", title: "体系与文件支持：项目部交付清单修订", asker: "1011", agent: "1001", due: 10 * hour, acts: work},
	{service: "quality.rootcause", title: "质量问题分析(8D)：焊缝超差", asker: "1017", agent: "1001", due: 30 * hour, acts: paused},
	{service: "it.account", title: "账号与权限：质量看板", asker: "1001", agent: "1009", due: 6 * hour, acts: handed},
	{service: "admin.seal", title: "用印服务：供应商质量协议", asker: "1001", agent: "1014", due: 6 * hour, acts: work},
	// What goes through several hands: Legal handed one over to Finance, where nobody has it yet; another
	// went to Finance, back, and to Finance again, so that the quality office is to decide; HR asked two units for a
	// part each, of which one is done and the other late.
	{service: "legal.consult", title: "法律咨询：越南质保条款与代扣税", asker: "1017", agent: "1013", due: 16 * hour, acts: passed},
	{service: "legal.contract", title: "合同审查：泰国代理佣金与预提税", asker: "1016", agent: "1013", due: 18 * hour, acts: tossed},
	{service: "hr.training", title: "培训组织：质量看板使用（40 人）", asker: "1001", agent: "1012", due: 30 * hour, acts: shared},
}

// stage plans the scenes, at most n, and says how many.
func (d *demo) stage(ctx context.Context, n int) (int, error) {
	shown := scenes[:min(n, len(scenes))]
	for i := range shown {
		s := &shown[i]
		service, ok := d.catalog.ByCode(s.service)
		if !ok {
			return 0, fmt.Errorf("scene %s: no such service", s.service)
		}
		tree, err := d.app.Org.Tree(ctx)
		if err != nil {
			return 0, err
		}
		unit, _ := tree.ByID(service.Unit)
		customer := d.homeOf(s.asker)
		table := d.tables[unit.Code]
		opened, err := d.openedFor(table, service.Standard.Completion, s.due)
		if err != nil {
			return 0, fmt.Errorf("scene %s: %w", s.service, err)
		}
		c := &kase{demo: d, ctx: ctx, provider: unit.Code, customer: customer, department: customer, service: service, opened: opened, script: s, asker: d.byNo[s.asker], agent: d.byNo[s.agent]}
		d.agenda.plan(opened, c.open)
	}
	return len(shown), nil
}

// homeOf is the unit of one of the cast.
func (d *demo) homeOf(no string) string {
	for _, k := range cast {
		if k.no == no {
			return k.unit
		}
	}
	panic("no " + no + " in the cast") // scenes name the cast only
}

// openedFor looks back from the end of the story for the last open hour at which a request had to be made to be due then:
// never after that time, unless nothing else is due after the end of the story.
func (d *demo) openedFor(table *calendar.Table, limit calendar.Duration, due time.Duration) (time.Time, error) {
	const step = 15 * time.Minute
	last, err := table.Add(d.today, due)
	if err != nil {
		return last, err
	}
	for due < 0 && last.After(d.today.AddDate(0, 0, -20)) {
		since, err := table.Elapsed(last, d.today)
		if err != nil {
			return last, err
		}
		if since >= -due {
			break
		}
		last = last.Add(-step)
	}
	var near time.Time // the last that is due after the end of the story
	for t := d.today.Add(-step); t.After(d.today.AddDate(0, 0, -90)); t = t.Add(-step) {
		begins, err := table.Add(t, 0)
		if err != nil {
			return t, err
		}
		ends, err := table.Due(t, limit)
		if err != nil {
			return t, err
		}
		switch {
		case !begins.Equal(t):
		case due >= 0 && !ends.After(d.today) && !near.IsZero():
			return near, nil
		case !ends.After(last):
			return t, nil
		case ends.After(d.today):
			near = t
		}
	}
	return last, fmt.Errorf("nothing opened within 90 days is due at %v", last)
}

// perform plans what is written down, spread over the working time since the request was made: first it is taken and
// answered, within the first response.
func (c *kase) perform() error {
	table := c.tables[c.provider]
	first, err := budget(table, c.opened, c.service.Standard.Response)
	if err != nil {
		return err
	}
	whole, err := table.Elapsed(c.opened, c.today)
	if err != nil {
		return err
	}
	acts := c.script.acts
	for i, do := range acts {
		worked := min(first/3, whole/4) + time.Duration(i)*time.Minute
		if i >= len(work) { // what comes last comes late
			worked = whole * 4 / 5
		}
		at, err := table.Add(c.opened, worked)
		if err != nil {
			return err
		}
		if at.After(c.today) {
			at = c.today
		}
		c.agenda.plan(at, func() error { return do(c) })
	}
	return nil
}

// waits moves it to the stage in which others have to act.
func (c *kase) waits() error {
	for _, x := range c.service.Stages() {
		if x.Waits {
			_, err := c.app.Request.SetStage(c.as(c.ctx, c.agent), c.number, x.Code, "修改意见已发设备商法务，约好两天内答复", request.When{})
			return c.did(c.agent, err)
		}
	}
	return nil
}

func (c *kase) asksOnly() error {
	_, err := c.asks()
	return err
}

func (c *kase) handsOnly() error {
	_, err := c.hands()
	return err
}

func (c *kase) acceptsOnly() error {
	_, err := c.app.Request.Accept(c.as(c.ctx, c.asker), c.number, request.When{})
	return c.did(c.asker, err)
}

// tellsHead leaves a note in which the head is mentioned.
func (c *kase) tellsHead() error {
	text := "@[" + c.noOf[c.heads[c.provider]] + "] 对方的单据口径不一致，按合同口径付还是先退回？"
	return c.writes(text)
}
