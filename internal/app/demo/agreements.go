package demo

import (
	"context"
	"fmt"
	"time"

	"neike/internal/agreement"
	"neike/internal/calendar"
	"neike/internal/kit/web"
	"neike/internal/relation"
)

// deal is what two units agreed on so many days ago: who drafted it, and who signed.
type deal struct {
	ago                int
	provider, customer string
	service            string
	completion         calendar.Duration
	share              float64
	terms              agreement.Terms
	days               int  // between the first day and the review
	both               bool // the customer signed, too
	object             string
	comments           map[agreement.Side]string // on the last whole quarter
}

func workdays(n int) calendar.Duration {
	return calendar.Duration{Value: n, Unit: calendar.WorkdaysEOD}
}

// deals: one that holds and was reviewed, one whose customer does not keep its part, one that waits for a signature, one that
// was sent back.
var deals = []deal{
	{ago: 210, provider: "finance", customer: "sales", service: "finance.expense", completion: workdays(4), share: 0.9, days: 120, both: true,
		terms: agreement.Terms{Attainment: 0.9, Purpose: "季度末销售出差集中，报销要赶在次月前到账。",
			Duties:     []agreement.Duty{{Kind: agreement.DutyComplete, Target: 0.9}, {Kind: agreement.DutyAnswer, Within: 8, Target: 0.85}},
			Exclusions: "月结三天（每月最后三个工作日）只收单，不审核。"},
		comments: map[agreement.Side]string{agreement.Customer: "到账比以前快，出差的人不再来问了。希望退单时一次说全。", agreement.Provider: "补单的追问仍偏多，请提单前对照清单。"}},
	{ago: 160, provider: "it", customer: "finance", service: "it.device", completion: workdays(2), share: 0.9, days: 90, both: true,
		terms: agreement.Terms{RightFirst: 0.9, Purpose: "结账周期间电脑故障要当天有人处理。", Duties: []agreement.Duty{{Kind: agreement.DutyAccept, Within: 2, Target: 0.8}}}},
	{ago: 5, provider: "hr", customer: "production", service: "hr.onboard", completion: workdays(3), share: 0.95, days: 90,
		terms: agreement.Terms{Purpose: "新线投产，十二月要到岗四十人。", Duties: []agreement.Duty{{Kind: agreement.DutyComplete, Target: 0.95}}, Also: "车间提前五个工作日给出到岗名单。"}},
	{ago: 3, provider: "legal", customer: "sales", service: "legal.contract", completion: workdays(2), share: 0.95, days: 60,
		terms: agreement.Terms{Purpose: "大客户合同两天内看完。"}, object: "普通合同三天够用，不必都两天；请只对五十万以上的写两天。"},
}

// signed plans what units agreed on.
func (d *demo) signed(ctx context.Context) {
	for _, x := range deals {
		service, ok := d.catalog.ByCode(x.service)
		if !ok {
			continue
		}
		first := d.today.AddDate(0, 0, -x.ago)
		day := func(t time.Time) int64 { return relation.DayOf(t.In(d.app.Org.Company(ctx).Location())) }
		x.terms.Targets = []agreement.Target{{Service: service.ID, Completion: x.completion, CompletionTarget: x.share}}
		draft := agreement.Draft{Terms: x.terms, From: day(first.AddDate(0, 0, 7)), To: day(first.AddDate(1, 0, 6)), Review: day(first.AddDate(0, 0, 7+x.days))}
		at := func(days int, after time.Duration, do func(number int64) error) {
			d.agenda.plan(first.AddDate(0, 0, days).Add(after), func() error {
				page, err := d.app.Agreement.List(ctx, agreement.Filter{Provider: x.provider, Customer: x.customer})
				if err != nil || len(page.Items) == 0 {
					return err
				}
				if err := do(page.Items[0].Number); err != nil {
					return fmt.Errorf("agreement %s → %s: %w", x.provider, x.customer, err)
				}
				return nil
			})
		}
		sign := func(unit string, side agreement.Side) func(int64) error {
			return func(number int64) error {
				_, err := d.app.Agreement.Sign(d.as(ctx, d.heads[unit]), number, side, web.IfMatch{})
				return err
			}
		}
		d.agenda.plan(first.Add(2*time.Hour), func() error {
			if _, err := d.app.Agreement.Write(d.as(ctx, d.heads[x.provider]), x.provider, x.customer, draft, web.IfMatch{}); err != nil {
				return fmt.Errorf("agreement %s → %s: %w", x.provider, x.customer, err)
			}
			return nil
		})
		at(0, 3*time.Hour, sign(x.provider, agreement.Provider))
		if x.both {
			at(2, 3*time.Hour, sign(x.customer, agreement.Customer))
		}
		if x.object != "" {
			at(1, 3*time.Hour, func(number int64) error {
				_, err := d.app.Agreement.Object(d.as(ctx, d.heads[x.customer]), number, agreement.Customer, x.object, web.IfMatch{})
				return err
			})
		}
		for _, side := range agreement.Sides { // in their order: the same options give the same company
			text, said := x.comments[side]
			if !said {
				continue
			}
			unit := x.provider
			if side == agreement.Customer {
				unit = x.customer
			}
			at(x.ago-9, 4*time.Hour, func(number int64) error {
				q := agreement.QuarterOf(d.today.AddDate(0, 0, -9).AddDate(0, -3, 0))
				return d.app.Agreement.Comment(d.as(ctx, d.heads[unit]), number, side, q, text)
			})
		}
	}
}
