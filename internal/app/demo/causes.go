package demo

import (
	"time"

	"neike/internal/request"
)

// whys are why work was late, as who did it says afterwards; the rest of the late ones nobody has explained.
var whys = map[int64]struct {
	cause       request.Cause
	unit        string // of another unit
	text, reply string // reply: why the customer disputes it
	ruled       string // what the quality office writes then
}{
	2: {cause: request.CauseOwn, text: "两位同事同时请假，没有及时转给代理人"},
	3: {cause: request.CauseOwn, text: "漏看了附件里的要求，重做了一遍"},
	4: {cause: request.CauseOwn, text: "月底集中，排期没有排好"},
	5: {cause: request.CauseCustomer, text: "规格改了两次，以最后一次为准重新办的"},
	6: {cause: request.CauseThird, unit: "it", text: "系统权限开通晚了一天"},
	7: {cause: request.CauseCustomer, text: "资料没有给全", reply: "资料在提请求时就附上了", ruled: "记录显示资料当天已附全，由服务部门承担"},
	8: {cause: request.CauseForce, text: "供应商园区停电两天"},
}

// explains states the cause of what was late a day of work after it was delivered; the customer answers in time of its own.
// Which cause it is follows from the number, so that the rest of the story stays as it is.
func (c *kase) explains() {
	w, ok := whys[c.number%10]
	if !ok || !c.clock.Now().After(c.due) || w.unit == c.provider || w.unit == c.customer {
		return
	}
	at := c.after(c.tables[c.provider], c.clock.Now(), 9*time.Hour)
	c.agenda.plan(at, func() error {
		said := request.CauseSaid{Cause: w.cause, Unit: w.unit, Text: w.text}
		if _, err := c.app.Request.StateCause(c.as(c.ctx, c.agent), c.number, said, request.When{}); err != nil {
			return c.gone(err)
		}
		if w.cause != request.CauseOwn {
			c.agenda.plan(c.after(c.tables[c.customer], at, 6*time.Hour), func() error { return c.replies(w.reply, w.ruled) })
		}
		return c.reads(c.agent)
	})
}

// replies accepts the cause that was stated, or disputes it; then the quality office decides what is not its own.
func (c *kase) replies(reply, ruled string) error {
	if reply == "" {
		_, err := c.app.Request.AgreeCause(c.as(c.ctx, c.asker), c.number, request.CauseSaid{}, request.When{})
		return c.did(c.asker, err)
	}
	r, err := c.app.Request.DisputeCause(c.as(c.ctx, c.asker), c.number, request.CauseSaid{Text: reply}, request.When{})
	if err != nil {
		return c.gone(err)
	}
	if r.Confidential || c.customer == "quality" || c.provider == "quality" { // not to be read by that office, or its own
		return c.reads(c.asker)
	}
	c.agenda.plan(c.after(c.tables[c.provider], c.clock.Now(), 12*time.Hour), func() error {
		_, err := c.app.Request.DecideCause(c.as(c.ctx, c.byNo["1001"]), c.number, request.CauseSaid{Cause: request.CauseOwn, Text: ruled}, request.When{})
		return c.gone(err)
	})
	return c.reads(c.asker)
}
