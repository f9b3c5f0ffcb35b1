package demo

import (
	"context"
	"fmt"
	"time"

	"neike/internal/relation"
)

// spoken is a word about a relation: so many days ago, by the head of a unit, or by the quality office.
type spoken struct {
	ago                int
	by                 string // a unit, or "" for the quality office
	provider, customer string
	says               relation.Says
	note               string
}

// agreed are relations that both heads confirmed in spring, when the map was made.
var agreed = [][2]string{
	{"finance", "sales"}, {"finance", "proj1"}, {"finance", "procurement"}, {"it", "finance"}, {"it", "sales"}, {"it", "hr"}, {"hr", "sales"}, {"hr", "production"},
	{"procurement", "production"}, {"procurement", "rd"}, {"warehouse", "production"}, {"warehouse", "service"}, {"quality", "production"}, {"equipment", "production"},
	{"production", "sales"}, {"rd", "production"}, {"legal", "sales"}, {"admin", "rd"}, {"service", "sales"}, {"production", "quality"},
	{"marketing", "production"}, // said in spring, and nothing went over it since: the wall
}

// disagreed is what happened to others: a relation that one side does not know, one that the office ruled on, one that ended, one that waits.
var disagreed = []spoken{
	{150, "admin", "admin", "proj1", relation.Yes, "现场的住宿和用车由行政部安排"},
	{149, "proj1", "admin", "proj1", relation.No, "现场都是项目部自己订的"},
	{141, "", "admin", "proj1", relation.Yes, "五月起住宿由行政部统订，用车仍由项目部自理，这段关系成立"},
	{96, "legal", "legal", "equipment", relation.Yes, "设备采购合同的技术附件"},
	{95, "equipment", "legal", "equipment", relation.No, "合同都经采购部转，我们不直接找法务"},
	{92, "legal", "legal", "equipment", relation.No, "核对过往来，确实没有直接的"},
	{24, "marketing", "marketing", "service", relation.Yes, "每季度的市场活动素材"},
	{22, "service", "marketing", "service", relation.No, "半年没有收到过素材，也没有约定交付什么"},
	{6, "rd", "rd", "proj2", relation.Yes, "现场问题的技术支持，一个工作日内答复"},
	{4, "", "quality", "rd", relation.Asks, "近三个月有来件，请双方确认交付什么"},
}

// spokeOf plans what heads said of the relations of their units.
func (d *demo) spokeOf(ctx context.Context) {
	for i, pair := range agreed {
		day := 230 - i%9
		d.speak(ctx, spoken{day, pair[0], pair[0], pair[1], relation.Yes, ""}, 0)
		d.speak(ctx, spoken{day - 1 - i%3, pair[1], pair[0], pair[1], relation.Yes, ""}, time.Hour)
	}
	for _, w := range disagreed {
		d.speak(ctx, w, 2*time.Hour)
	}
}

func (d *demo) speak(ctx context.Context, w spoken, after time.Duration) {
	d.agenda.plan(d.today.AddDate(0, 0, -w.ago).Add(after), func() error {
		who := d.byNo["1001"]
		if w.by != "" {
			who = d.heads[w.by]
		}
		if _, err := d.app.Relation.Say(d.as(ctx, who), w.provider, w.customer, relation.Saying{Says: w.says, Note: w.note}); err != nil {
			return fmt.Errorf("%s → %s, %s: %w", w.provider, w.customer, w.says, err)
		}
		return nil
	})
}
