package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"neike/internal/access"
	"neike/internal/catalog"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
	"neike/internal/request"
)

// turned are the requests of the last weeks on which the two sides did not simply agree: each is played to its end, so that what
// can happen can be read in the log of one.
func (d *demo) turned(ctx context.Context) error {
	for _, tell := range []func(context.Context) error{d.reopened, d.silentlyAccepted, d.contested, d.causeJudged, d.replaced} {
		if err := tell(ctx); err != nil {
			return err
		}
	}
	return nil
}

// matter is a request whose course is told step by step.
type matter struct {
	*kase
	at time.Time // of the last step
}

// ask plans that a request is made some days before the end of the story.
func (d *demo) ask(ctx context.Context, days int, s scene) (*matter, error) {
	service, ok := d.catalog.ByCode(s.service)
	if !ok {
		return nil, fmt.Errorf("%s: no such service", s.service)
	}
	tree, err := d.app.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	unit, _ := tree.ByID(service.Unit)
	customer := d.homeOf(s.asker)
	opened := d.today.AddDate(0, 0, -days)
	c := &kase{demo: d, ctx: ctx, provider: unit.Code, customer: customer, department: customer, service: service, opened: opened, script: &s, asker: d.byNo[s.asker], agent: d.byNo[s.agent]}
	d.agenda.plan(opened, c.open)
	return &matter{kase: c, at: opened}, nil
}

// then plans the next step so long after the one before; whoever does it has read what there was.
func (m *matter) then(after time.Duration, no string, do func(ctx context.Context, number int64) error) {
	m.at = m.at.Add(after)
	who := m.byNo[no]
	m.agenda.plan(m.at, func() error {
		if err := do(m.as(m.ctx, who), m.number); err != nil {
			return fmt.Errorf("%s, %s: %w", m.script.title, no, err)
		}
		return m.reads(who)
	})
}

// begun is the agent who takes it and says so.
func (m *matter) begun() {
	no := m.script.agent
	m.then(40*time.Minute, no, func(ctx context.Context, n int64) error {
		_, err := m.app.Request.Take(ctx, n, request.When{})
		return err
	})
	m.then(5*time.Minute, no, m.message("收到，我来处理。"))
}

func (m *matter) message(text string) func(context.Context, int64) error {
	return func(ctx context.Context, n int64) error {
		_, err := m.app.Request.Message(ctx, n, text, nil, request.When{})
		return err
	}
}

func (m *matter) delivered(after time.Duration, text string) {
	m.then(after, m.script.agent, func(ctx context.Context, n int64) error {
		_, err := m.app.Request.Deliver(ctx, n, text, nil, request.When{})
		return err
	})
}

func (m *matter) accepted(after time.Duration) {
	m.then(after, m.script.asker, func(ctx context.Context, n int64) error {
		_, err := m.app.Request.Accept(ctx, n, request.When{})
		return err
	})
}

// seen lets both sides, and whoever may read a confidential one, have a look days later, as people do.
func (m *matter) seen(later time.Duration) {
	for _, no := range append([]string{m.script.asker, m.script.agent}, m.script.named...) {
		who := m.byNo[no]
		m.agenda.plan(m.at.Add(later), func() error { return m.reads(who) })
	}
}

// reopened was accepted, and turned out not to be right the next day.
func (d *demo) reopened(ctx context.Context) error {
	m, err := d.ask(ctx, 12, scene{service: "it.account", title: "账号与权限：新同事的图纸库权限", asker: "1018", agent: "1009"})
	if err != nil {
		return err
	}
	m.begun()
	m.delivered(3*hour, "图纸库的只读权限已开通，重新登录即可。")
	m.accepted(2 * hour)
	m.then(22*hour, "1018", func(ctx context.Context, n int64) error {
		_, err := m.app.Request.Reopen(ctx, n, "今天登录又看不到图纸了，昨晚同步后权限被收回", request.When{})
		return err
	})
	m.delivered(5*hour, "权限改在域组里授予，夜间同步不会再收回。")
	m.accepted(20 * hour)
	m.then(time.Hour, "1018", func(ctx context.Context, n int64) error {
		_, err := m.app.Request.Rate(ctx, n, request.Rating{Score: 4, Comment: "第二次处理得很快，也说清了原因", Share: true}, request.When{})
		return err
	})
	m.seen(5 * hour)
	return nil
}

// silentlyAccepted was handed over, and nobody said a word: the house accepted it.
func (d *demo) silentlyAccepted(ctx context.Context) error {
	m, err := d.ask(ctx, 26, scene{service: "admin.seal", title: "用印服务：年度框架协议", asker: "1017", agent: "1014"})
	if err != nil {
		return err
	}
	m.begun()
	m.delivered(4*hour, "已用印，原件放在前台。")
	m.seen(10 * 24 * hour)
	return nil
}

// contested was asked back without need, as its customer found; the head kept the pause, the quality office did not.
func (d *demo) contested(ctx context.Context) error {
	m, err := d.ask(ctx, 14, scene{service: "finance.report", title: "经营数据支持：外协成本按产线拆分", asker: "1020", agent: "1005"})
	if err != nil {
		return err
	}
	m.begun()
	m.then(2*hour, "1005", func(ctx context.Context, n int64) error {
		_, err := m.app.Request.AskBack(ctx, n, "口径是含税还是不含税？", nil, request.When{})
		return err
	})
	m.then(22*hour, "1020", func(ctx context.Context, n int64) error {
		_, err := m.app.Request.Answer(ctx, n, "不含税，表单里写了。", nil, nil, request.When{})
		return err
	})
	m.then(time.Hour, "1020", func(ctx context.Context, n int64) error {
		_, err := m.app.Request.Contest(ctx, n, 0, "表单第一行就写了不含税，这一天不该停表", request.When{})
		return err
	})
	m.then(20*hour, "1004", func(ctx context.Context, n int64) error {
		_, err := m.app.Request.KeepPause(ctx, n, "两个附件的口径不一样，问清楚才好算", request.When{})
		return err
	})
	m.then(3*hour, "1020", func(ctx context.Context, n int64) error {
		_, err := m.app.Request.Appeal(ctx, n, "附件是去年的，表单里说明了以表单为准", request.When{})
		return err
	})
	m.then(24*hour, "1001", func(ctx context.Context, n int64) error {
		_, err := m.app.Request.VoidPause(ctx, n, "表单已写明口径并说明以表单为准，这次追问不停表", request.When{})
		return err
	})
	m.delivered(4*hour, "按产线、不含税拆好了，明细在附表。")
	m.accepted(6 * hour)
	m.seen(5 * hour)
	return nil
}

// causeJudged is a confidential request that was late: both sides gave another cause, and the security officer, who opened it for
// that, decided.
func (d *demo) causeJudged(ctx context.Context) error {
	m, err := d.ask(ctx, 48, scene{service: "hr.cert", title: "在职/收入证明：公证用", asker: "1017", agent: "1012", named: []string{"1012", "1003"}})
	if err != nil {
		return err
	}
	m.begun()
	m.delivered(24*24*hour, "证明已盖章，可到人力资源部领取。")
	m.accepted(3 * hour)
	m.then(20*hour, "1012", func(ctx context.Context, n int64) error {
		_, err := m.app.Request.StateCause(ctx, n, request.CauseSaid{Cause: request.CauseCustomer, Text: "公证处要求的格式给晚了"}, request.When{})
		return err
	})
	m.then(5*hour, "1017", func(ctx context.Context, n int64) error {
		_, err := m.app.Request.DisputeCause(ctx, n, request.CauseSaid{Text: "格式在提请求的当天就附上了"}, request.When{})
		return err
	})
	m.then(30*hour, "1001", func(ctx context.Context, n int64) error {
		if _, err := m.app.Access.BreakGlass(ctx, request.Ref(n), "双方对超时原因说法不一，需要查看记录后裁定"); err != nil {
			return err
		}
		_, err := m.app.Request.DecideCause(ctx, n, request.CauseSaid{Cause: request.CauseOwn, Text: "记录显示格式当天已附，由人力资源部承担"}, request.When{})
		return err
	})
	m.seen(5 * hour)
	return nil
}

// replaced is a service that ended: what it was asked for is asked elsewhere now, and its address leads there.
func (d *demo) replaced(ctx context.Context) error {
	head := d.heads["it"]
	const code = "it.wiki"
	d.agenda.plan(d.today.AddDate(0, 0, -100), func() error {
		_, _, err := d.app.Catalog.Write(d.as(ctx, head), catalog.Definition{
			Code: code, Unit: "it", Kind: catalog.OnRequest, Name: lang.Text{Zh: "旧版知识库账号", En: "Account for the old wiki"},
			Description: lang.Text{Zh: "开通旧版知识库的账号。", En: "An account for the old wiki."}, Deliverable: lang.Text{Zh: "可登录的账号", En: "An account that works"},
			Standard: promised(2), Form: &form.Form{Fields: []form.Field{{Key: "reason", Type: form.LongText, Label: lang.Text{Zh: "用来做什么", En: "What for"}, Required: true}}},
		}, 0)
		return err
	})
	var number, id int64
	step := func(days int, no string, do func(ctx context.Context) error) {
		d.agenda.plan(d.today.AddDate(0, 0, -days), func() error {
			if err := do(d.as(ctx, d.byNo[no])); err != nil {
				return fmt.Errorf("%s, %s: %w", code, no, err)
			}
			return nil
		})
	}
	step(90, "1018", func(ctx context.Context) error {
		r, err := d.app.Request.Open(ctx, request.Ask{Service: code, Title: "旧版知识库账号：查历史工艺文件", Fields: map[string]any{"reason": "查三年前的工艺文件"}})
		number, id = r.Number, r.ID
		return err
	})
	step(89, "1009", func(ctx context.Context) error {
		if _, err := d.app.Request.Take(ctx, number, request.When{}); err != nil {
			return err
		}
		_, err := d.app.Request.Deliver(ctx, number, "账号已开通，密码发到您的邮箱。", nil, request.When{})
		return err
	})
	step(88, "1018", func(ctx context.Context) error {
		_, err := d.app.Request.Accept(ctx, number, request.When{})
		return errors.Join(err, d.app.Talk.MarkRead(ctx, access.Subject{Kind: request.Kind, ID: id}))
	})
	step(60, "1009", func(ctx context.Context) error {
		return d.app.Talk.MarkRead(ctx, access.Subject{Kind: request.Kind, ID: id})
	})
	step(20, d.noOf[head], func(ctx context.Context) error {
		_, err := d.app.Catalog.Retire(ctx, code, "it.account")
		return err
	})
	return nil
}
