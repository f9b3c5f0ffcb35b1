package demo

import (
	"cmp"
	"time"

	"neike/internal/calendar"
	"neike/internal/request"
)

// handsOver gives it to Finance, which goes on with it.
func (c *kase) handsOver() error {
	_, err := c.app.Request.HandOver(c.as(c.ctx, c.agent), c.number, "finance", "条款看过了，代扣税的口径由财务部定", "", request.When{})
	return c.did(c.agent, err)
}

// comesBack is Finance handing it back.
func (c *kase) comesBack() error {
	_, err := c.app.Request.HandOver(c.as(c.ctx, c.byNo["1005"]), c.number, "legal", "佣金算不算特许权使用费要看合同怎么写，请法务部先定", "", request.When{})
	return c.did(c.byNo["1005"], err)
}

// handsOverAgain sends it on to Finance once more; now the quality office is to decide.
func (c *kase) handsOverAgain() error {
	_, err := c.app.Request.HandOver(c.as(c.ctx, c.agent), c.number, "finance", "合同没有问题，卡在预提税率", "", request.When{})
	return c.did(c.agent, err)
}

// waitFor gives it to the unit that it waits for, which takes longer than was promised; then it is done.
func (c *kase) waitFor(table *calendar.Table, whole time.Duration) error {
	if _, err := c.app.Request.HandOver(c.as(c.ctx, c.agent), c.number, c.habit.on, "缺备件，请采购到货", "", request.When{}); err != nil {
		return c.gone(err)
	}
	if err := c.reads(c.agent); err != nil {
		return err
	}
	c.looksOn(c.agent)
	c.looksOn(c.asker)
	buyer := c.someone(c.habit.on)
	taken := c.after(c.tables[c.habit.on], c.clock.Now(), time.Duration(20+c.rand.IntN(90))*time.Minute)
	return c.then(taken, func() error {
		if _, err := c.app.Request.Take(c.as(c.ctx, buyer), c.number, request.When{}); err != nil {
			return c.gone(err)
		}
		back := c.after(table, c.clock.Now(), time.Duration((0.5+c.rand.Float64())*float64(whole))+4*time.Hour)
		return c.then(back, func() error {
			if _, err := c.app.Request.HandOver(c.as(c.ctx, buyer), c.number, c.provider, "备件到了，放在备件库", "", request.When{}); err != nil {
				return c.gone(err)
			}
			for _, who := range []int64{c.agent, c.asker, buyer} {
				c.looksOn(who)
			}
			if err := c.reads(buyer); err != nil {
				return err
			}
			return c.then(c.after(table, c.clock.Now(), time.Duration(40+c.rand.IntN(100))*time.Minute), c.deliver)
		})
	})
}

// splits asks IT and Administration for a part each. IT does its part at once; nobody takes the other.
func (c *kase) splits() error {
	agent := c.as(c.ctx, c.agent)
	for _, p := range []struct{ service, title, by string }{
		{"it.meetingit", "大会议室的投影、麦克风与录屏", "1009"}, {"admin.room", "大会议室，40 人，半天", ""},
	} {
		service, _ := c.catalog.ByCode(p.service)
		part, err := c.app.Request.Split(agent, c.number, request.Part{Service: p.service, Title: p.title, Fields: c.answers(service.Form, c.clock.Now(), p.title)}, request.When{})
		if err != nil {
			return c.did(c.agent, err)
		}
		if p.by == "" {
			continue
		}
		by := c.as(c.ctx, c.byNo[p.by])
		_, err = c.app.Request.Take(by, part.Number, request.When{})
		if err == nil {
			_, err = c.app.Request.Deliver(by, part.Number, "设备已调好，录屏放在培训目录。", nil, request.When{})
		}
		_, late := c.app.Request.Accept(agent, part.Number, request.When{})
		if err := c.did(c.byNo[p.by], cmp.Or(err, late)); err != nil {
			return err
		}
	}
	return c.reads(c.agent)
}
