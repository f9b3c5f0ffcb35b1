package request

import (
	"strings"
	"sync"
	"testing"

	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/clock"
	"neike/internal/kit/fault"
)

// ask opens an urgent advance as somebody.
func (h house) urgent(no string) Request {
	h.t.Helper()
	ask := advance()
	ask.Urgent = "明天开工"
	r, err := h.Open(h.as(no), ask)
	must(h.t, err)
	return r
}

func TestUrgentStaysUrgent(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.on("2026-11-23 09:00")
		for range 3 { // three people have a share of three
			if r := h.urgent("3002"); r.Priority != Urgent {
				t.Fatalf("within the share: %q", r.Priority)
			}
		}
		r := h.urgent("3002")
		if r.Priority != Wanted {
			t.Fatalf("beyond the share: %q", r.Priority)
		}
		fails(t, second(h.AskUrgent(h.as("3002"), r.Number, "真的急", When{})), fault.Conflict, "request.urgent-already")
		r, err := h.GrantUrgent(h.as("3001"), r.Number, agreed, When{})
		must(t, err)
		if r.Priority != Urgent {
			t.Errorf("granted: %q", r.Priority)
		}
		fails(t, second(h.GrantUrgent(h.as("3001"), r.Number, agreed, When{})), fault.Conflict, "request.urgent-not-wanted")
		h.on("2026-12-01 09:00")
		if r := h.urgent("3002"); r.Priority != Urgent {
			t.Errorf("in a new month: %q", r.Priority)
		}
		h.sound()
	})
}

func TestTheLastOfTheShareIsTakenOnce(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.on("2026-11-23 09:00")
		h.urgent("3002")
		h.urgent("3002")
		var wg sync.WaitGroup
		got := make([]Priority, 4)
		for i := range got {
			wg.Go(func() {
				ask := advance()
				ask.Urgent = "都很急"
				r, err := h.Open(h.as("3003"), ask)
				if err != nil {
					t.Error(err)
				}
				got[i] = r.Priority
			})
		}
		wg.Wait()
		n := 0
		for _, p := range got {
			if p == Urgent {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%v", got)
		}
	})
}

// hasty gives finance.advance a shorter time for urgent requests: 4 working hours.
func (h house) hasty() {
	h.t.Helper()
	snap, err := h.Catalog.Snapshot(h.ctx)
	must(h.t, err)
	service, _ := snap.ByCode("finance.advance")
	std := service.Standard
	std.Urgent = catalog.Urgent{Completion: calendar.Duration{Value: 4, Unit: calendar.WorkingHours}}
	_, err = h.Catalog.SetStandard(h.as("2001"), "finance.advance", std, 0)
	must(h.t, err)
}

func TestAPriorityKeepsTheTimeUsed(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.on("2026-11-20 09:00")
		h.hasty()
		r := h.begun()
		plain := r.Due
		h.on("2026-11-23 11:00")
		v, err := h.ByNumber(h.as("2002"), r.Number)
		must(t, err)
		m, err := h.Preview(h.as("2002"), v, Urgent)
		must(t, err)
		if !m.Now.Equal(plain) || !m.Carry.Before(plain) {
			t.Fatalf("%+v", m)
		}
		_, err = h.SetPriority(h.as("2002"), r.Number, "very", "", "later", When{})
		if f, ok := fault.As(err); !ok || len(f.Fields) != 3 {
			t.Errorf("what is wrong does not come at once: %v", err)
		}
		after, err := h.SetPriority(h.as("2002"), r.Number, Urgent, "客户明天开工", "carry", When{})
		must(t, err)
		if !after.Due.Equal(m.Carry) || after.CompletionTook != 7200 {
			t.Errorf("due %s, want %s; took %d", after.Due, m.Carry, after.CompletionTook)
		}
		h.on("2026-11-23 14:20") // more than 80 % of 4 hours
		fails(t, second(h.SetPriority(h.as("2002"), r.Number, "normal", "其实不急", "", When{})), fault.Conflict, "request.downgrade-second")
		after, err = h.SetPriority(h.as("2003"), r.Number, "normal", "其实不急", "", When{})
		must(t, err)
		if after.Priority != Usual || !after.Due.After(m.Carry) {
			t.Errorf("%+v", after)
		}
		h.sound()
	})
}

func TestOpenedAsUrgentTheUrgentTimesHold(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.on("2026-11-23 09:00")
		plain := h.urgent("3002")
		if plain.Priority != Urgent || plain.Due.IsZero() {
			t.Fatalf("%+v", plain)
		}
		h.hasty() // 4 working hours
		want := h.on("2026-11-24 14:30")
		h.on("2026-11-24 09:00")
		usual, r := h.open("3002"), h.urgent("3002")
		v, err := h.ByNumber(h.as("2002"), r.Number)
		must(t, err)
		if !r.Due.Equal(want) || !usual.Due.After(want) {
			t.Errorf("due %s, want %s; a usual one %s", r.Due, want, usual.Due)
		}
		if first := v.Log[0].Terms.Completion; first.Value != 4 || len(v.Log) != 2 || !v.Log[1].Terms.Completion.IsZero() {
			t.Errorf("opened with %+v, then %+v", first, v.Log[1:])
		}
		if text := whyRetargeted(h.as("2002"), v.Log, completion); text != "提出时就是紧急，按紧急时限计。" {
			t.Errorf("explained as %q", text)
		}
		if p, err := h.ByNumber(h.as("2002"), plain.Number); err != nil || whyRetargeted(h.as("2002"), p.Log, completion) != "" {
			t.Error("a service without urgent times is said to have some")
		}
		h.on("2026-11-24 11:00")
		m, err := h.Preview(h.as("2002"), v, Usual)
		must(t, err)
		after, err := h.SetPriority(h.as("2002"), r.Number, "normal", "可以晚些", "carry", When{})
		must(t, err)
		if !after.Due.Equal(usual.Due) || !after.Due.Equal(m.Carry) {
			t.Errorf("made usual it is due %s, one that always was %s", after.Due, usual.Due)
		}
		v, err = h.ByNumber(h.as("2002"), r.Number)
		must(t, err)
		if text := whyRetargeted(h.as("2002"), v.Log, completion); !strings.HasSuffix(text, "改为普通，已用的时间接着算。") {
			t.Errorf("explained as %q", text)
		}
		must(t, second(h.urgently("3002", usual.Number)))
		h.sound()
	})
}

// urgently asks for urgency of an open request, after its form has said what that does.
func (h house) urgently(no string, number int64) (Request, error) {
	h.t.Helper()
	v, err := h.ByNumber(h.as(no), number)
	must(h.t, err)
	m, err := h.Preview(h.as(no), v, Urgent)
	must(h.t, err)
	said, err := h.urgentIntro(h.as(no), v, "")
	must(h.t, err)
	r, err := h.AskUrgent(h.as(no), number, "提前了", When{})
	if !r.Due.Equal(m.Carry) || !strings.Contains(said, "改为") {
		h.t.Errorf("said %q, became %s", said, r.Due)
	}
	return r, err
}

func TestWhoLowersAPriority(t *testing.T) {
	for _, c := range []struct {
		name             string
		from, to         Priority
		used             float64
		assignee, person int64
		ok               bool
	}{
		{"early, whoever has it may", Urgent, Usual, 0.79, 1, 1, true},
		{"late, who has it may not alone", Urgent, Usual, 0.8, 1, 1, false},
		{"late, a colleague may", Urgent, Usual, 0.95, 1, 2, true},
		{"raising it, anybody may", Usual, Urgent, 0.95, 1, 1, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := lowered(c.from, c.to, c.used, c.assignee, c.person); (err == nil) != c.ok {
				t.Error(err)
			}
		})
	}
}

// completion is the clock whose changes of target are told in these tests.
var completion = clock.Line{State: clock.State{Kind: clock.Completion, Scope: clock.Customer}}
