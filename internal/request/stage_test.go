package request

import (
	"context"
	"strings"
	"testing"
	"time"

	"neike/internal/catalog"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// stages gives the advance of finance stages of its own.
func (h house) stages() {
	h.t.Helper()
	p := catalog.DefaultPolicy()
	p.Stages = []catalog.Stage{{Name: lang.Text{Zh: "初审", En: "First review"}}, {Name: lang.Text{Zh: "等银行回单", En: "Waits for the bank"}, Waits: true}}
	_, err := h.Catalog.SetPolicy(h.as("2001"), "finance.advance", p, 0)
	must(h.t, err)
}

// row is a request as it is kept.
func (h house) row(number int64) (r Request) {
	h.t.Helper()
	must(h.t, h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		r, err = byNumber(ctx, rd, number)
		return err
	}))
	return r
}

func TestHowFarTheWorkIs(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		r := h.begun()
		n, customer, agent := r.Number, h.as("3002"), h.as("2002")
		set := func(stage, why string) error { return second(h.SetStage(agent, n, stage, why, When{})) }
		fails(t, set("s1", ""), fault.Conflict, "request.stage-none")
		h.stages()
		fails(t, second(h.SetStage(customer, n, "s1", "", When{})), fault.NotFound, "")
		for stage, key := range map[string]string{"": "form.required", "s9": "request.stage-unknown", NoStage: "request.stage-already"} {
			f, _ := fault.As(set(stage, strings.Repeat("长", maxStageWhy+1)))
			if f == nil || len(f.Fields) != 2 || f.Fields[0].Key != key || f.Fields[1].Key != "form.too-long" {
				t.Errorf("%q: %v", stage, f)
			}
		}
		before := h.row(n)
		h.on("2026-11-23 10:00")
		must(t, set("s1", ""))
		fails(t, set("s1", ""), fault.Invalid, "")
		h.on("2026-11-23 11:00")
		must(t, set("s2", "银行说周三"))
		after := h.row(n)
		if after.Stage != "s2" || after.Due != before.Due || after.NextDue != before.NextDue || !after.RespondedAt.IsZero() || after.State != StateWorking {
			t.Errorf("no clock hears of it: %+v", after)
		}
		v, err := h.ByNumber(customer, n)
		must(t, err)
		said := happenedText(lang.With(customer, h.book, "zh", ""), v, v.Log[len(v.Log)-1])
		if !strings.Contains(said, "等银行回单") || !strings.Contains(said, "银行说周三") {
			t.Errorf("the customer reads %q", said)
		}

		list := func(f Filter) (out string) {
			t.Helper()
			f.Unit = "finance"
			page, err := h.List(agent, f)
			must(t, err)
			for _, l := range page.Items {
				out += l.Ref() + l.Stage + " "
			}
			return strings.TrimSpace(out)
		}
		other := h.open("3002")
		for _, c := range []struct {
			stage, want string
		}{{"s2", r.Ref() + "s2"}, {"s1", ""}, {NoStage, other.Ref()}} {
			if got := list(Filter{Service: "finance.advance", Stage: c.stage}); got != c.want {
				t.Errorf("in %s: %q, want %q", c.stage, got, c.want)
			}
		}
		_, err = h.List(agent, Filter{Stage: "s2"})
		fails(t, err, fault.Invalid, "")

		// the stage stays through a question, and ends with the delivery
		must(t, second(h.AskBack(agent, n, "哪个账户？", nil, When{})))
		must(t, second(h.SetStage(agent, n, "s1", "", When{})))
		must(t, second(h.Answer(customer, n, "基本户", nil, nil, When{})))
		if got := h.row(n).Stage; got != "s1" {
			t.Errorf("after the answer: %q", got)
		}
		must(t, second(h.Deliver(agent, n, "好了", nil, When{})))
		if got := h.row(n).Stage; got != "" {
			t.Errorf("delivered in %q", got)
		}
		fails(t, set("s1", ""), fault.Conflict, "request.already-delivered")
		must(t, second(h.Return(customer, n, "还差一笔", When{})))
		must(t, set("s1", ""))

		// it is that of the unit that has it
		must(t, second(h.HandOver(agent, n, "it", "归他们", "", When{})))
		if got := h.row(n).Stage; got != "" {
			t.Errorf("handed over in %q", got)
		}
		h.sound()
	})
}

// TestAStageThatIsGoneKeepsItsName: what requests went through can be read after the service has other stages.
func TestAStageThatIsGoneKeepsItsName(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		r := h.begun()
		h.stages()
		h.on("2026-11-23 10:00")
		must(t, second(h.SetStage(h.as("2002"), r.Number, "s1", "", When{})))
		_, err := h.Catalog.SetPolicy(h.as("2001"), "finance.advance", catalog.DefaultPolicy(), 0)
		must(t, err)
		v, err := h.ByNumber(h.as("3002"), r.Number)
		must(t, err)
		ctx := lang.With(h.as("3002"), h.book, "zh", "")
		if tag := stageTag(ctx, v.service, v.Stage, v.State); tag == nil || tag.Text != "初审" {
			t.Errorf("shown as %v", tag)
		}
		must(t, second(h.SetStage(h.as("2002"), r.Number, NoStage, "", When{})))
		fails(t, second(h.SetStage(h.as("2002"), r.Number, "s1", "", When{})), fault.Invalid, "")
		if d := h.row(r.Number).Due.Sub(r.Due); d != 0*time.Second {
			t.Errorf("the due time moved by %s", d)
		}
	})
}
