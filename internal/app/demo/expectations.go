package demo

import (
	"context"
	"fmt"
	"time"

	"neike/internal/calendar"
	"neike/internal/relation"
)

// wanted is what the head of a customer expects of a provider: so many days ago, and what came of it.
type wanted struct {
	ago                int
	provider, customer string
	text               string
	importance         int
	kano               relation.Kano
	service            string // that it is about, or ""
	after              int    // days until it was answered; 0: nobody has
	standard           string // the service whose standard answers it
	why                string // no, because
}

// expectedOf are the expectations of the demo company: one that no standard covers, one refused with a reason, one whose standard has
// become longer since, and those that are in order.
var expectedOf = []wanted{
	{120, "finance", "sales", "报销单提交后三个工作日内到账", 5, relation.MustBe, "finance.expense", 3, "finance.expense", ""},
	{41, "finance", "proj1", "周末要出差的预支款，周五下班前到账", 4, relation.OneDimensional, "finance.advance", 0, "", ""},
	{75, "equipment", "production", "夜班设备停机，半小时内有人到场", 5, relation.MustBe, "equipment.breakdown", 4, "", "夜班只有一名值班员，要先守住总装线，半小时到场做不到；整线停产时一小时内到场"},
	{90, "procurement", "rd", "试制件两周内到货，到不了提前三天说", 4, relation.MustBe, "procurement.sample", 2, "procurement.sample", ""},
	{64, "it", "sales", "报价前一天系统不停机维护", 3, relation.UnknownKano, "", 0, "", ""},
	{58, "warehouse", "production", "领料前一天确认缺件，不到现场才知道", 5, relation.MustBe, "", 6, "", "现有系统看不到次日工单；十二月接上排产后可以做到，届时再约定"},
	{33, "hr", "production", "新员工报到当天拿到工牌和账号", 3, relation.Attractive, "hr.onboard", 2, "hr.onboard", ""},
}

// longer is when procurement found that it cannot keep its standard for samples: so many days ago.
const longer = 9

// expected plans what customers wrote down and providers answered, and the standard that changed.
func (d *demo) expected(ctx context.Context) {
	for _, w := range expectedOf {
		at := d.today.AddDate(0, 0, -w.ago).Add(3 * time.Hour)
		var id relation.ID
		d.agenda.plan(at, func() error {
			x, err := d.app.Relation.Expect(d.as(ctx, d.heads[w.customer]), w.provider, w.customer, relation.ExpectationInput{Text: w.text, Importance: w.importance, Kano: w.kano, Service: w.service})
			if err != nil {
				return fmt.Errorf("%s expects %q: %w", w.customer, w.text, err)
			}
			id = x.ID
			return nil
		})
		if w.after == 0 {
			continue
		}
		d.agenda.plan(at.AddDate(0, 0, w.after), func() error {
			in := relation.AnswerInput{By: relation.ByStandard, Code: w.standard}
			if w.why != "" {
				in = relation.AnswerInput{By: relation.Refusal, Why: w.why}
			}
			if _, err := d.app.Relation.AnswerExpectation(d.as(ctx, d.heads[w.provider]), id, in); err != nil {
				return fmt.Errorf("%s answers %q: %w", w.provider, w.text, err)
			}
			return nil
		})
	}
	d.agenda.plan(d.today.AddDate(0, 0, -longer).Add(2*time.Hour), func() error {
		head := d.as(ctx, d.heads["procurement"])
		s, err := d.app.Catalog.Visible(head, "procurement.sample")
		if err != nil {
			return err
		}
		std := s.Standard
		std.Completion = calendar.Duration{Value: std.Completion.Value + 5, Unit: std.Completion.Unit}
		_, err = d.app.Catalog.SetStandard(head, s.Code, std, s.Revision)
		return err
	})
}

// said is a line of a sheet: about which unit, what, how often, by which criterion, what is expected.
type said struct {
	other, what, often, criterion, expects string
	importance                             int
}

// filled is the sheet of a unit in the workshop; handed in so many days ago, 0: still a draft.
type filled struct {
	unit                 string
	customers, providers []said
	handed               int
}

// opened is when the workshop began, in days ago; ends in so many days.
const (
	workshopOpened = 12
	workshopEnds   = 9
)

// workshopUnits take part; half of them have handed in.
var workshopUnits = []string{"finance", "sales", "procurement", "production", "warehouse", "quality", "rd", "proj1", "equipment", "service"}

// filledIn is half a workshop: two relations of which one side knows nothing, one that both describe differently, and drafts.
var filledIn = []filled{
	{"finance", []said{
		{"sales", "月度经营分析", "monthly", "每月第四个工作日前，口径与预算一致", "数据早一天给", 4},
		{"proj1", "项目成本台账", "monthly", "按合同拆到工序", "能看到未到票的部分", 3},
		{"quality", "质量损失成本表", "quarterly", "按缺陷代码归集", "", 0},
	}, []said{
		{"procurement", "三单一致的付款单据", "per_case", "合同、入库、发票一致", "单据一次交齐，不分批补", 5},
		{"sales", "回款预测", "weekly", "周五中午前，偏差一成以内", "大额回款提前一周说", 4},
	}, 7},
	{"sales", []said{
		{"production", "三个月滚动需求预测", "monthly", "偏差两成以内", "少改急单", 5},
		{"finance", "回款预测", "weekly", "周五中午前，偏差一成以内", "", 0},
	}, []said{
		{"finance", "月度经营分析", "monthly", "每月第二个工作日前，分到客户", "分析要能看到单个客户的毛利", 4},
		{"rd", "新品上市资料", "per_case", "上市前四周", "参数不再改", 4},
	}, 6},
	{"production", []said{
		{"quality", "首件送检", "per_case", "开机半小时内", "", 0},
		{"warehouse", "完工入库单", "daily", "当班结束前录完", "", 0},
	}, []said{
		{"warehouse", "按工单配好的料", "daily", "开工前一小时到工位", "缺件提前一天说", 5},
		{"sales", "三个月滚动需求预测", "monthly", "偏差两成以内", "急单提前三天", 5},
	}, 4},
	{"quality", []said{
		{"production", "首件检验结论", "per_case", "送检后两小时内", "结论当场说清", 4},
	}, []said{
		{"production", "首件送检", "per_case", "开机半小时内", "送检单填全", 3},
		{"sales", "客户投诉原件", "per_case", "收到当天转来", "照片和批次号一起给", 4},
	}, 3},
	{"procurement", []said{{"production", "到货预告", "weekly", "", "", 0}, {"finance", "付款单据", "per_case", "", "", 0}}, nil, 0},
	{"rd", []said{{"production", "工艺文件", "per_case", "试产前两周", "", 0}}, nil, 0},
}

// workshop plans 我的客户是谁 of the demo company: half done.
func (d *demo) workshop(ctx context.Context) {
	var w relation.Workshop
	d.agenda.plan(d.today.AddDate(0, 0, -workshopOpened).Add(time.Hour), func() (err error) {
		w, err = d.app.Relation.OpenWorkshop(d.as(ctx, d.byNo["1001"]), relation.WorkshopInput{Name: fmt.Sprintf("我的客户是谁（%d 年）", d.today.Year()),
			Until: d.today.AddDate(0, 0, workshopEnds).Format(time.DateOnly), Units: workshopUnits})
		if err != nil {
			return fmt.Errorf("workshop: %w", err)
		}
		return nil
	})
	for _, f := range filledIn {
		day := f.handed
		if day == 0 {
			day = 2
		}
		d.agenda.plan(d.today.AddDate(0, 0, -day).Add(5*time.Hour), func() error {
			if err := d.fillSheet(d.as(ctx, d.heads[f.unit]), w.ID, f); err != nil {
				return fmt.Errorf("sheet of %s: %w", f.unit, err)
			}
			return nil
		})
	}
}

func (d *demo) fillSheet(ctx context.Context, workshop relation.ID, f filled) error {
	tree, err := d.app.Org.Tree(ctx)
	if err != nil {
		return err
	}
	version := 0
	for _, side := range []relation.Side{relation.Customer, relation.Provider} {
		list := f.customers
		if side == relation.Provider {
			list = f.providers
		}
		var lines []relation.SheetLine
		for _, l := range list {
			u, _ := tree.ByCode(l.other)
			lines = append(lines, relation.SheetLine{Other: u.ID, Deliverable: l.what, Frequency: l.often, Criterion: l.criterion, Expects: l.expects, Importance: l.importance})
		}
		v, err := d.app.Relation.SaveSheet(ctx, workshop, f.unit, version, side, lines)
		if err != nil {
			return err
		}
		version = v.Version
	}
	if f.handed == 0 {
		return nil
	}
	_, err = d.app.Relation.HandIn(ctx, workshop, f.unit, version)
	return err
}
