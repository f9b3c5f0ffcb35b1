package request

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/clock"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/sqldb"
)

// replying is a house whose finance.advance answers each further word within four working hours, on a Monday morning.
func (h house) replying() time.Time {
	h.t.Helper()
	start, _ := time.Parse(time.RFC3339, "2026-11-23T09:00:00+08:00")
	dbtest.Clock(h.db).Set(start)
	must(h.t, h.Calendar.Prepare(h.ctx))
	h.standard(func(s *catalog.Standard) {
		s.NextResponse, s.NextResponseTarget = calendar.Duration{Value: 4, Unit: calendar.WorkingHours}, 0.9
	})
	h.later(time.Minute)
	return start
}

// turnsIn reads the turns of a request.
func (h house) turnsIn(id ID) []Turn {
	h.t.Helper()
	var out []Turn
	must(h.t, h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) error {
		all, err := turnsBetween(ctx, rd, id, id)
		out = all[id]
		return err
	}))
	return out
}

// owedBy says by when the person, or the agents of finance with "", owe a request something of a kind; the zero time: nothing.
func (h house) owedBy(no string, id ID, verb string) (by time.Time, owed bool) {
	h.t.Helper()
	must(h.t, h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err := h.Todo.On(ctx, rd, subject(id))
		for _, t := range list {
			p, _ := h.Org.PersonByNo(h.ctx, no)
			if t.Verb == verb && (no == "" && t.Holder.Kind == "unit" || no != "" && t.Holder.ID == p.ID) {
				by, owed = t.Due, true
			}
		}
		return err
	}))
	return by, owed
}

func TestWhatTheCustomerSaysNextIsOwedAnAnswer(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		start := h.replying()
		at := func(clock string) time.Time {
			d, err := time.Parse(time.RFC3339, start.Format("2006-01-02")+"T"+clock+":00+08:00")
			must(t, err)
			return d
		}
		moveTo := func(clock string) { dbtest.Clock(h.db).Set(at(clock)) }
		r := h.open("3002")
		say := func(no, text string) Request {
			t.Helper()
			after, err := h.Message(h.as(no), r.Number, text, nil, When{})
			must(t, err)
			return after
		}
		if x := say("3002", "在吗"); !x.ReplyDue.IsZero() || len(h.turnsIn(r.ID)) > 0 {
			t.Fatalf("before the first response: %+v", x)
		}
		_, err := h.Take(h.as("2002"), r.Number, When{})
		must(t, err)
		say("2002", "收到")
		moveTo("10:00")
		x := say("3002", "还差什么吗")
		if !x.ReplySince.Equal(at("10:00")) || !x.ReplyDue.Equal(at("15:30")) || !x.NextDue.Equal(x.ReplyDue) {
			t.Fatalf("waits since %s, due %s, next %s", x.ReplySince, x.ReplyDue, x.NextDue)
		}
		if by, _ := h.owedBy("2002", r.ID, "deliver"); !by.Equal(x.ReplyDue) {
			t.Errorf("owed by %s", by)
		}
		moveTo("10:30")
		if x = say("3002", "急"); !x.ReplyDue.Equal(at("15:30")) {
			t.Errorf("a second word moves it to %s", x.ReplyDue)
		}
		line := func(no, outcome string, f Filter) []Line {
			t.Helper()
			f.Clock, f.Outcome, f.Limit = clock.NextResponse, outcome, 50
			page, err := h.List(h.as(no), f)
			must(t, err)
			return page.Items
		}
		if list := line("2002", "pending", Filter{}); len(list) != 1 || !list[0].ReplySince.Equal(at("10:00")) {
			t.Errorf("%+v", list)
		}
		h.sound()
		moveTo("15:00")
		if x = say("2002", "不差了"); !x.ReplyDue.IsZero() || !x.ReplySince.IsZero() || x.NextDue.Equal(at("15:30")) {
			t.Errorf("answered it still waits: %+v", x)
		}
		_, err = h.Nudge(h.as("3002"), r.Number, "", When{})
		must(t, err)
		if x, _ = h.stored(r.ID); !x.ReplyDue.IsZero() {
			t.Error("a nudge without words wants no answer")
		}
		_, err = h.AskBack(h.as("2002"), r.Number, "发票号多少", nil, When{})
		must(t, err)
		moveTo("16:00")
		if x = say("3002", "我找一下"); x.State != StateWaiting || x.ReplyDue.IsZero() || !x.NextDue.Equal(x.ReplyDue) {
			t.Errorf("a word during a question: %+v", x)
		}
		due := x.ReplyDue // next morning
		if by, _ := h.owedBy("2002", r.ID, "deliver"); !by.Equal(due) {
			t.Errorf("during a question it is owed by %s, not %s", by, due)
		}
		dbtest.Clock(h.db).Set(due.Add(time.Minute))
		must(t, h.Clock.Breach(h.ctx))
		if list := h.turnsIn(r.ID); len(list) != 2 || list[0].Is != Met || list[0].Took != 3*3600+1800 || list[1].Is != Breached {
			t.Fatalf("%+v", list)
		}
		h.sound()
		if x, err = h.Answer(h.as("3002"), r.Number, "0042", nil, nil, When{}); err != nil || !x.ReplyDue.Equal(due) {
			t.Errorf("%v, %s", err, x.ReplyDue)
		}
		h.later(time.Hour)
		x, err = h.Deliver(h.as("2002"), r.Number, "好了", nil, When{})
		must(t, err)
		if !x.ReplyDue.IsZero() || len(h.turnsIn(r.ID)) != 2 {
			t.Errorf("a delivery answers: %+v, %+v", x, h.turnsIn(r.ID))
		}
		if x = say("3002", "金额不对吧"); x.State != StateDelivered || x.ReplyDue.IsZero() || !x.NextDue.Equal(x.ReplyDue) {
			t.Errorf("a word about what is delivered: %+v", x)
		}
		if by, owed := h.owedBy("2002", r.ID, verbReply); !owed || !by.Equal(x.ReplyDue) {
			t.Errorf("nothing is owed of it: %s", by)
		}
		h.later(time.Minute)
		say("2002", "对的")
		if _, owed := h.owedBy("2002", r.ID, verbReply); owed {
			t.Error("answered it is still owed")
		}
		h.later(time.Minute)
		if x, err = h.Return(h.as("3002"), r.Number, "就是不对", When{}); err != nil || x.ReplyDue.IsZero() {
			t.Errorf("a return wants an answer: %v, %+v", err, x)
		}
		h.later(time.Minute)
		_, err = h.Cancel(h.as("3002"), r.Number, "算了", When{})
		must(t, err)
		if list := h.turnsIn(r.ID); len(list) != 4 || list[2].Is != Met || list[3].Is != Excluded {
			t.Errorf("%+v", list)
		}
		h.sound()

		span := Span{start, start.AddDate(0, 0, 7)}
		for _, by := range []string{ByService, ByUnit, ByEdge} {
			rows, err := h.Attained(h.as("1001"), Cohort{By: by, Clock: clock.NextResponse, Span: span})
			must(t, err)
			if len(rows) != 1 || rows[0].Met != 2 || rows[0].Breached != 1 || rows[0].Excluded != 1 || rows[0].Pending != 0 || rows[0].Done != 0 || rows[0].Median == nil {
				t.Errorf("by %s: %+v", by, rows)
			}
		}
		if rows, err := h.Attained(h.as("1001"), Cohort{By: ByUnit, Clock: clock.NextResponse, Span: Span{span.To, span.To.AddDate(0, 0, 7)}}); err != nil || len(rows) != 0 {
			t.Errorf("%+v, %v", rows, err)
		}
		if list := line("2002", "breached", Filter{DueFrom: span.From, DueBefore: span.To}); len(list) != 1 {
			t.Errorf("%d requests with a late turn", len(list))
		}
		if list := line("2002", "breached", Filter{DueFrom: due.Add(time.Second)}); len(list) != 0 {
			t.Errorf("%d requests with a turn that was late later", len(list))
		}

		must(t, h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, "update reply_turn set due_at = due_at + 1 where request = $1 and n = 2", r.ID)
			return err
		}))
		flaws, n, err := h.Check(h.ctx)
		must(t, err)
		if n != 1 || flaws[0].Field != "reply_turn" {
			t.Errorf("doctor says %+v", flaws)
		}
		n, err = h.Repair(h.ctx)
		must(t, err)
		if n != 1 {
			t.Errorf("%d repaired", n)
		}
		h.sound()
	})
}

// stored reads a request as its row is.
func (h house) stored(id ID) (r Request, err error) {
	err = h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) error {
		r, err = byID(ctx, rd, id)
		return err
	})
	return r, err
}

// Nothing is kept, and nothing more is written, where nothing is promised of what is said next.
func TestWithoutThePromiseNothingIsKept(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		r := h.open("3002")
		_, err := h.Message(h.as("2002"), r.Number, "收到", nil, When{})
		must(t, err)
		h.later(time.Minute)
		x, err := h.Message(h.as("3002"), r.Number, "好", nil, When{})
		must(t, err)
		if !x.ReplyDue.IsZero() || len(h.turnsIn(r.ID)) > 0 || len(h.clocks(r.ID)) != 2 {
			t.Errorf("%+v, %+v", x, h.clocks(r.ID))
		}
		if turns(Event{Kind: VerbMessage, Side: CustomerSide}) {
			t.Error("a word of the customer writes clocks")
		}
	})
}

// A new standard and urgency change what holds of further words, and a published calendar moves the turn that runs.
func TestTheTargetOfFurtherWordsChanges(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.replying()
		r := h.open("3002")
		_, err := h.Message(h.as("2002"), r.Number, "收到", nil, When{})
		must(t, err)
		h.later(time.Minute)
		x, err := h.Message(h.as("3002"), r.Number, "好", nil, When{})
		must(t, err)
		s, err := h.Catalog.Visible(h.ctx, "finance.advance")
		must(t, err)
		std := s.Standard
		std.NextResponse.Value, std.Urgent.NextResponse = 2, calendar.Duration{Value: 1, Unit: calendar.WorkingHours}
		h.later(time.Minute)
		_, err = h.Catalog.SetStandardFor(h.as("2001"), "finance.advance", std, 0, catalog.OpenCarry)
		must(t, err)
		h.settle()
		y, err := h.stored(r.ID)
		must(t, err)
		if !y.ReplySince.Equal(x.ReplySince) || !y.ReplyDue.Before(x.ReplyDue) {
			t.Errorf("due %s, before %s", y.ReplyDue, x.ReplyDue)
		}
		h.sound()
		_, err = h.Calendar.Publish(h.ctx, withHoliday(t, "2026-11-23"))
		must(t, err)
		h.later(time.Minute)
		h.settle()
		z, err := h.stored(r.ID)
		must(t, err)
		if !z.ReplyDue.After(y.ReplyDue) {
			t.Errorf("a day off moves it from %s to %s", y.ReplyDue, z.ReplyDue)
		}
		h.sound()

		fresh := h.open("3003")
		_, err = h.Take(h.as("2002"), fresh.Number, When{})
		must(t, err)
		h.later(time.Minute)
		_, err = h.SetPriority(h.as("2001"), fresh.Number, "urgent", "要紧", clock.FromStart, When{})
		must(t, err)
		h.later(time.Minute)
		_, err = h.Message(h.as("2002"), fresh.Number, "在办", nil, When{})
		must(t, err)
		h.later(time.Minute)
		_, err = h.Message(h.as("3003"), fresh.Number, "多久", nil, When{})
		must(t, err)
		if c := h.clocks(fresh.ID)[clock.NextResponse]; c.Target.Value != 1 {
			t.Errorf("urgent it is %+v", c)
		}
		h.sound()
	})
}

// The pages say who waits since when, the report and the list of breaches count turns.
func TestPagesOfFurtherWords(t *testing.T) {
	d := quick(t).open4()
	d.replying()
	r := d.open("3002")
	_, err := d.Message(d.as("2002"), r.Number, "收到", nil, When{})
	must(t, err)
	d.later(time.Minute)
	_, err = d.Message(d.as("3002"), r.Number, "好", nil, When{})
	must(t, err)
	for path, want := range map[string][]string{
		"/queue": {"来话，待答复"}, "/requests/" + r.Ref(): {"答复来话", "前答复"},
		"/api/v1/requests/" + r.Ref(): {`"reply_due_at"`, `"next_response"`, `"turn":1`}, "/api/v1/queue": {`"reply_since"`},
	} {
		w := d.get("2002", path)
		for _, text := range want {
			if !strings.Contains(w.Body.String(), text) {
				t.Errorf("%s %d does not say %s", path, w.Code, text)
			}
		}
	}
	d.later(48 * time.Hour)
	must(t, d.Clock.Breach(d.ctx))
	q := url.Values{"clock": {clock.NextResponse}}
	if w := d.get("2001", "/breaches?"+q.Encode()); !strings.Contains(w.Body.String(), r.Ref()) {
		t.Errorf("breaches %d: %s", w.Code, w.Body)
	}
	if w := d.get("1001", "/api/v1/reports/attainment?"+q.Encode()); !strings.Contains(w.Body.String(), `"breached":1`) {
		t.Errorf("report %d: %s", w.Code, w.Body)
	}
}
