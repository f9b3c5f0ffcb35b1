package demo

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/kit/fault"
	"neike/internal/relation"
	"neike/internal/request"
)

// kase is the course of one request.
type kase struct {
	*demo
	ctx                            context.Context
	provider, customer, department string
	service                        *catalog.Service
	opened                         time.Time

	script *scene // what happens is written down; nil: it is invented

	id       int64
	number   int64
	asker    int64
	agent    int64
	habit    habit
	due      time.Time
	returned bool
}

// open asks, and plans what follows.
func (c *kase) open() error {
	if c.asker == 0 {
		c.asker = c.someone(c.customer)
	}
	year := float64(c.opened.Sub(c.begin)) / float64(c.today.Sub(c.begin))
	turned := relation.CurrentPeriod(c.today.In(shanghai)).Begin(shanghai)
	c.habit = habitOf(c.provider, c.department, c.service.Code, year, float64(turned.Sub(c.begin))/float64(c.today.Sub(c.begin)))
	thing := pick(c.demo, things[c.provider])
	ask := request.Ask{Service: c.service.Code, Title: c.service.Name.Zh + "：" + thing, Fields: c.answers(c.service.Form, c.opened, thing)}
	if c.script != nil {
		ask.Title, ask.Named, ask.Confidential = c.script.title, c.script.named, len(c.script.named) > 0
	} else if c.provider == "hr" && c.rand.Float64() < 0.15 {
		ask.Confidential = true
		ask.Named = []string{c.noOf[c.heads["hr"]], "1012"}
	}
	if strings.Contains(c.service.Code, "outage") {
		c.habit.speed = min(c.habit.speed, 0.4)
	}
	if err := c.attach(&ask); err != nil {
		return err
	}
	r, err := c.file(ask)
	if err != nil {
		return fmt.Errorf("ask for %s: %w", c.service.Code, err)
	}
	c.id, c.number = r.ID, r.Number
	if ask.Confidential && c.script == nil {
		c.veiled = append(c.veiled, r.Number)
	}
	if c.script != nil {
		return c.perform()
	}
	c.agent = c.server(ask.Confidential)
	return c.course(ask.Confidential)
}

// file asks for it, or has the agent write down what was said over the telephone.
func (c *kase) file(ask request.Ask) (request.Request, error) {
	if c.script == nil || c.script.said == "" {
		return c.app.Request.Open(c.as(c.ctx, c.asker), c.worked(ask))
	}
	return c.app.Request.Log(c.as(c.ctx, c.agent), request.Call{Service: ask.Service, For: c.noOf[c.asker], Title: ask.Title, Text: c.script.said, Via: request.ViaPhone})
}

// attach gives a required attachment its file.
func (c *kase) attach(ask *request.Ask) error {
	for _, f := range c.service.Form.Fields {
		if !f.Required || f.Type != "attachment" {
			continue
		}
		file, err := c.app.Talk.Upload(c.as(c.ctx, c.asker), "单据.txt", strings.NewReader("示例单据 / sample document\n"))
		if err != nil {
			return err
		}
		ask.Fields[f.Key] = []string{fmt.Sprint(file.ID)}
	}
	return nil
}

// server is who of the provider will do it. A confidential request is for the people named.
func (c *kase) server(confidential bool) int64 {
	if confidential {
		return c.byNo["1012"]
	}
	if c.provider == "finance" && c.rand.Float64() < 0.5 {
		return c.byNo["1005"]
	}
	return c.someone(c.provider)
}

// course plans the verbs of the whole case by working time.
func (c *kase) course(confidential bool) error {
	table := c.tables[c.provider]
	std := c.service.Standard
	first, err := budget(table, c.opened, std.Response)
	if err != nil {
		return err
	}
	whole, err := budget(table, c.opened, std.Completion)
	if err != nil {
		return err
	}
	c.due = c.after(table, c.opened, whole)
	switch x := c.rand.Float64(); {
	case x < 0.02 && !confidential:
		return c.then(c.after(table, c.opened, time.Duration(0.3*float64(first))), c.withdraw)
	case x < 0.045 && !confidential:
		return c.then(c.after(table, c.opened, time.Duration(0.5*float64(first))), c.decline)
	}
	answer := 0.15 + 0.6*c.rand.Float64()
	if c.rand.Float64() < c.habit.silent {
		answer = 1.1 + c.rand.Float64()
	}
	taken := c.after(table, c.opened, time.Duration(answer*float64(first)))
	done := c.after(table, c.opened, time.Duration(c.pace()*float64(whole)))
	if !done.After(taken) {
		done = c.after(table, taken, 20*time.Minute)
	}
	c.agenda.plan(taken, c.take)
	at := taken.Add(time.Duration(2+c.rand.IntN(12)) * time.Minute)
	c.agenda.plan(at, c.greet)
	c.staged(table, at, done)
	if c.rand.Float64() < 0.18 {
		c.agenda.plan(at.Add(time.Duration(3+c.rand.IntN(20))*time.Minute), c.note)
	}
	if done.After(c.due) && c.rand.Float64() < 0.3 {
		c.agenda.plan(c.after(table, c.due, time.Hour), c.nudge)
	}
	if c.rand.Float64() < 0.015 && !confidential {
		return c.then(between(at, done), c.cancel)
	}
	if c.habit.on != "" && c.rand.Float64() < c.habit.waits {
		return c.then(at.Add(40*time.Minute), func() error { return c.waitFor(table, whole) })
	}
	if c.rand.Float64() < c.habit.asks {
		return c.then(between(at.Add(30*time.Minute), done), func() error { return c.askBack(done) })
	}
	return c.then(done, c.deliver)
}

// staged plans that the work goes through the stages of the service, each as long as the others.
func (c *kase) staged(table *calendar.Table, from, done time.Time) {
	stages := c.service.Stages()
	if c.script != nil || len(stages) == 0 {
		return
	}
	work, err := table.Elapsed(from, done)
	if err != nil {
		return // past the years of the calendar: without stages
	}
	for i, x := range stages {
		why := ""
		if x.Waits {
			why = "已催过，有消息马上告诉您"
		}
		c.agenda.plan(c.after(table, from, work*time.Duration(i+1)/time.Duration(len(stages)+1)), func() error {
			_, err := c.app.Request.SetStage(c.as(c.ctx, c.agent), c.number, x.Code, why, request.When{})
			return c.did(c.agent, err)
		})
	}
}

// pace is the share of the limit that this case needs: most are quick, some are not.
func (c *kase) pace() float64 {
	return c.habit.speed * math.Exp(c.habit.spread*c.rand.NormFloat64())
}

func (c *kase) then(at time.Time, do func() error) error {
	c.agenda.plan(at, do)
	return nil
}

// after counts on in working time; the plant's calendar never ends, an office's does at the end of what is known.
func (c *kase) after(table *calendar.Table, from time.Time, work time.Duration) time.Time {
	at, err := table.Add(from, work)
	if err != nil {
		return from.Add(work * 4)
	}
	return at.Add(time.Duration(c.rand.IntN(50)) * time.Second)
}

func budget(table *calendar.Table, from time.Time, target calendar.Duration) (time.Duration, error) {
	if target.IsZero() {
		return 4 * time.Hour, nil
	}
	return table.Budget(from, target)
}

func between(a, b time.Time) time.Time {
	if !b.After(a) {
		return a.Add(time.Minute)
	}
	return a.Add(b.Sub(a) / 2)
}

func (c *kase) take() error {
	ctx := c.as(c.ctx, c.agent)
	if head := c.heads[c.provider]; c.script == nil && c.rand.Float64() < 0.15 && head != c.agent {
		_, err := c.app.Request.Assign(c.as(c.ctx, head), c.number, c.noOf[c.agent], request.When{})
		return c.did(head, err)
	}
	_, err := c.app.Request.Take(ctx, c.number, request.When{})
	return c.did(c.agent, err)
}

// did ends what somebody did: whoever acts on a request has its page open, and has read it.
func (c *kase) did(who int64, err error) error {
	if err != nil {
		return c.gone(err)
	}
	return c.reads(who)
}

// reads is somebody reading the conversation.
func (c *kase) reads(who int64) error {
	return c.app.Talk.MarkRead(c.as(c.ctx, who), access.Subject{Kind: request.Kind, ID: c.id})
}

// looksOn lets somebody have a look at it once a day for a week.
func (c *kase) looksOn(who int64) {
	for days := 1; days < 8; days++ {
		c.agenda.plan(c.clock.Now().Add(time.Duration(days)*24*time.Hour), func() error { return c.reads(who) })
	}
}

// soon lets somebody read it within hours of work.
func (c *kase) soon(who int64, unit string) {
	at := c.after(c.tables[unit], c.clock.Now(), time.Duration((0.3+5*c.rand.Float64())*float64(time.Hour)))
	c.agenda.plan(at, func() error { return c.reads(who) })
}

// gone forgives what a withdrawn or cancelled case makes impossible; nothing else.
func (c *kase) gone(err error) error {
	if fault.KindOf(err) == fault.Conflict {
		return nil
	}
	if err != nil {
		return fmt.Errorf("request R-%d (%s → %s): %w", c.number, c.provider, c.customer, err)
	}
	return nil
}

func (c *kase) greet() error {
	_, err := c.app.Request.Message(c.as(c.ctx, c.agent), c.number, pick(c.demo, greetings), nil, request.When{})
	c.soon(c.asker, c.customer)
	return c.did(c.agent, err)
}

func (c *kase) note() error {
	text := pick(c.demo, notes)
	if mate := c.other(c.provider, c.agent); c.rand.Float64() < 0.4 {
		text = "@[" + c.noOf[mate] + "] " + text
		c.soon(mate, c.provider)
	}
	return c.writes(text)
}

// writes leaves an internal note.
func (c *kase) writes(text string) error {
	_, err := c.app.Request.Note(c.as(c.ctx, c.agent), c.number, text, nil, request.When{})
	return c.did(c.agent, err)
}

func (c *kase) nudge() error {
	_, err := c.app.Request.Nudge(c.as(c.ctx, c.asker), c.number, pick(c.demo, nudges), request.When{})
	c.soon(c.agent, c.provider)
	return c.did(c.asker, err)
}

// proposesDate proposes to be done in three days; the customer has not answered yet.
func (c *kase) proposesDate() error {
	date := request.Date{To: c.clock.Now().Add(72 * time.Hour), Reason: "越南盾备付要等银行到账"}
	_, err := c.app.Request.ProposeDate(c.as(c.ctx, c.agent), c.number, date, request.When{})
	return c.did(c.agent, err)
}

// saysUrgent says for the customer that it is urgent.
func (c *kase) saysUrgent() error {
	_, err := c.app.Request.AskUrgent(c.as(c.ctx, c.asker), c.number, "模具停线，明天要开工", request.When{})
	return c.did(c.asker, err)
}

// asks asks the customer back, and says whether that was still possible.
func (c *kase) asks() (bool, error) {
	_, err := c.app.Request.AskBack(c.as(c.ctx, c.agent), c.number, pick(c.demo, questions), nil, request.When{})
	return err == nil, c.did(c.agent, err)
}

// hands hands the result over, and says whether that was still possible.
func (c *kase) hands() (bool, error) {
	_, err := c.app.Request.Deliver(c.as(c.ctx, c.agent), c.number, pick(c.demo, results), nil, request.When{})
	return err == nil, c.did(c.agent, err)
}

// askBack asks the customer; the answer comes in the customer's own time, and the work goes on from there.
func (c *kase) askBack(done time.Time) error {
	if ok, err := c.asks(); !ok {
		return err
	}
	now := c.clock.Now()
	left, err := c.tables[c.provider].Elapsed(now, done)
	if err != nil {
		left = time.Hour
	}
	answered := c.after(c.tables[c.customer], now, time.Duration((0.5+9*c.rand.Float64())*float64(time.Hour)))
	c.agenda.plan(answered, func() error {
		_, err := c.app.Request.Answer(c.as(c.ctx, c.asker), c.number, pick(c.demo, replies), nil, nil, request.When{})
		return c.did(c.asker, err)
	})
	return c.then(c.after(c.tables[c.provider], answered, max(left, 20*time.Minute)), c.deliver)
}

func (c *kase) deliver() error {
	if ok, err := c.hands(); !ok {
		return err
	}
	c.explains()
	now := c.clock.Now()
	look := c.after(c.tables[c.customer], now, time.Duration((0.2+8*c.rand.Float64())*float64(time.Hour)))
	wrong := c.habit.returned
	if c.returned {
		wrong /= 3
	}
	if c.rand.Float64() < wrong {
		return c.then(look, c.sendBack)
	}
	return c.then(look, c.accept)
}

func (c *kase) sendBack() error {
	if _, err := c.app.Request.Return(c.as(c.ctx, c.asker), c.number, pick(c.demo, faults), request.When{}); err != nil {
		return c.gone(err)
	}
	c.returned = true
	c.soon(c.agent, c.provider)
	if err := c.reads(c.asker); err != nil {
		return err
	}
	again := time.Duration((0.5 + 4*c.rand.Float64()) * float64(time.Hour))
	return c.then(c.after(c.tables[c.provider], c.clock.Now(), again), c.deliver)
}

func (c *kase) accept() error {
	if _, err := c.app.Request.Accept(c.as(c.ctx, c.asker), c.number, request.When{}); err != nil {
		return c.gone(err)
	}
	c.soon(c.agent, c.provider)
	if err := c.reads(c.asker); err != nil {
		return err
	}
	if c.rand.Float64() < 0.55 {
		return c.then(c.clock.Now().Add(time.Duration(1+c.rand.IntN(90))*time.Minute), c.rate)
	}
	return nil
}

func (c *kase) rate() error {
	score := 5
	switch x := c.rand.Float64(); {
	case c.clock.Now().After(c.due) && c.returned:
		score = 1 + c.rand.IntN(3)
	case c.clock.Now().After(c.due) || c.returned:
		score = 2 + c.rand.IntN(3)
	case x < 0.4:
		score = 4
	case x < 0.48:
		score = 3
	}
	rating := request.Rating{Score: score, Share: c.rand.Float64() < 0.6}
	if score <= 3 {
		rating.Comment = pick(c.demo, complaints)
	}
	_, err := c.app.Request.Rate(c.as(c.ctx, c.asker), c.number, rating, request.When{})
	return c.did(c.asker, err)
}

func (c *kase) withdraw() error {
	_, err := c.app.Request.Withdraw(c.as(c.ctx, c.asker), c.number, request.When{})
	return c.did(c.asker, err)
}

func (c *kase) cancel() error {
	_, err := c.app.Request.Cancel(c.as(c.ctx, c.asker), c.number, pick(c.demo, changes), request.When{})
	c.soon(c.agent, c.provider)
	return c.did(c.asker, err)
}

// decline hands a request that came to the wrong place to the right unit, which then does it.
func (c *kase) decline() error {
	var known []string // units that serve this customer as a rule
	for _, u := range units {
		serves := busy[u.code][c.department] > 0 || u.code == "admin" || u.code == "hr" || u.code == "it"
		if serves && u.code != c.provider && u.code != c.department {
			known = append(known, u.code)
		}
	}
	right := pick(c.demo, known)
	_, err := c.app.Request.Decline(c.as(c.ctx, c.agent), c.number, right, pick(c.demo, wrongPlace), "", request.When{})
	if err != nil {
		return c.gone(err)
	}
	c.looksOn(c.agent) // goes on watching what was handed on
	c.provider = right
	c.agent = c.someone(right)
	table := c.tables[right]
	now := c.clock.Now()
	taken := c.after(table, now, time.Hour)
	c.agenda.plan(taken, c.take)
	c.agenda.plan(taken.Add(4*time.Minute), c.greet)
	return c.then(c.after(table, taken, 6*time.Hour), c.deliver)
}

// longForm is the service whose form takes too long; everybody else keeps to twenty seconds, or nearly.
const longForm = "it.incident"

// worked gives the form the time that it took whoever filled it in: a minute and more where it is long. One in fourteen went away and
// came back, one in ten asked before times were measured.
func (c *kase) worked(ask request.Ask) request.Ask {
	who := c.noOf[c.asker] + c.opened.Format(time.RFC3339)
	seconds := 8 + lot(who, "form", 14)
	if ask.Service == longForm {
		return ask.Worked(time.Duration(48+lot(who, "form", 70))*time.Second, false)
	}
	if lot(who, "before", 10) == 0 {
		return ask
	}
	return ask.Worked(time.Duration(seconds)*time.Second, lot(who, "left", 14) == 0)
}
