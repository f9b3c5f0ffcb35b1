package request

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/todo"
)

// scene brings finance.advance, asked by 3002, into a state: taken by 2002 where somebody has it.
func (h house) scene(s State) Request {
	h.t.Helper()
	customer, agent := h.as("3002"), h.as("2002")
	r := h.open("3002")
	do := func(_ Request, err error) { h.t.Helper(); must(h.t, err) }
	switch s {
	case StateWithdrawn:
		do(h.Withdraw(customer, r.Number, When{}))
	case StateNew:
	default:
		do(h.Take(agent, r.Number, When{}))
	}
	switch s {
	case StateWaiting:
		do(h.AskBack(agent, r.Number, "还差什么", nil, When{}))
		do(h.ProposeDate(agent, r.Number, Date{To: h.db.Now().AddDate(0, 0, 9), Reason: "缺货"}, When{}))
	case StateDelivered, StateDone:
		do(h.Deliver(agent, r.Number, "好了", nil, When{}))
	case StateCancelled:
		do(h.Cancel(customer, r.Number, "不需要了", When{}))
	}
	if s == StateDone {
		do(h.Accept(customer, r.Number, When{}))
	}
	return r
}

// attempt is one verb as one person would do it.
type attempt struct {
	verb Verb
	by   string
	in   State // a state that allows it
	do   func(h house, ctx context.Context, n int64) (Request, error)
}

var attempts = []attempt{
	{VerbTake, "2002", StateNew, func(h house, ctx context.Context, n int64) (Request, error) { return h.Take(ctx, n, When{}) }},
	{VerbAssign, "2001", StateWorking, func(h house, ctx context.Context, n int64) (Request, error) { return h.Assign(ctx, n, "2003", When{}) }},
	{VerbDecline, "2002", StateNew, func(h house, ctx context.Context, n int64) (Request, error) {
		return h.Decline(ctx, n, "it", "归信息技术部", "", When{})
	}},
	{VerbHandOver, "2002", StateWorking, func(h house, ctx context.Context, n int64) (Request, error) {
		return h.HandOver(ctx, n, "it", "要开权限", "", When{})
	}},
	{VerbAsk, "2002", StateWorking, func(h house, ctx context.Context, n int64) (Request, error) {
		return h.AskBack(ctx, n, "还差什么", nil, When{})
	}},
	{VerbDeliver, "2002", StateWorking, func(h house, ctx context.Context, n int64) (Request, error) {
		return h.Deliver(ctx, n, "好了", nil, When{})
	}},
	{VerbAgree, "3002", StateWaiting, func(h house, ctx context.Context, n int64) (Request, error) {
		yes := true
		return h.AgreeDate(ctx, n, &yes, When{})
	}},
	{VerbReopen, "3002", StateDone, func(h house, ctx context.Context, n int64) (Request, error) {
		return h.Reopen(ctx, n, "还是不对", When{})
	}},
	{VerbAnswer, "3002", StateWaiting, func(h house, ctx context.Context, n int64) (Request, error) {
		return h.Answer(ctx, n, "补了", nil, nil, When{})
	}},
	{VerbReturn, "3002", StateDelivered, func(h house, ctx context.Context, n int64) (Request, error) {
		return h.Return(ctx, n, "不对", When{})
	}},
	{VerbAccept, "3002", StateDelivered, func(h house, ctx context.Context, n int64) (Request, error) { return h.Accept(ctx, n, When{}) }},
	{VerbRate, "3002", StateDone, func(h house, ctx context.Context, n int64) (Request, error) {
		return h.Rate(ctx, n, Rating{Score: 4}, When{})
	}},
	{VerbNudge, "3002", StateNew, func(h house, ctx context.Context, n int64) (Request, error) { return h.Nudge(ctx, n, "", When{}) }},
	{VerbWithdraw, "3002", StateNew, func(h house, ctx context.Context, n int64) (Request, error) { return h.Withdraw(ctx, n, When{}) }},
	{VerbCancel, "3002", StateWorking, func(h house, ctx context.Context, n int64) (Request, error) {
		return h.Cancel(ctx, n, "不需要了", When{})
	}},
}

// TestTwiceAtOnce fires every use case twice at once: exactly one wins, the other hears why not.
func TestTwiceAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		for _, a := range attempts {
			t.Run(string(a.verb), func(t *testing.T) {
				h.t = t
				r := h.scene(a.in)
				errs := h.both(a, r.Number)
				if errs[0] != nil {
					errs[0], errs[1] = errs[1], errs[0]
				}
				if errs[0] != nil || fault.KindOf(errs[1]) != fault.Conflict {
					t.Fatalf("got %v and %v, want one success and one conflict", errs[0], errs[1])
				}
				f, _ := fault.As(errs[1])
				if !h.book.Has(f.Key) {
					t.Errorf("%s has no sentence", f.Key)
				}
				h.prove(t)
			})
		}
		t.Run("open", func(t *testing.T) {
			var wg sync.WaitGroup
			numbers := make([]int64, 8)
			for i := range numbers {
				wg.Go(func() {
					r, err := h.Open(h.as("3002"), advance())
					if err != nil {
						t.Error(err)
					}
					numbers[i] = r.Number
				})
			}
			wg.Wait()
			if slices.Sort(numbers); len(slices.Compact(numbers)) != 8 {
				t.Errorf("a number was given twice: %v", numbers)
			}
			h.prove(t)
		})
	})
}

func (h house) both(a attempt, number int64) [2]error {
	var errs [2]error
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range errs {
		ctx := h.as(a.by)
		wg.Go(func() {
			<-start
			_, errs[i] = a.do(h, ctx, number)
		})
	}
	close(start)
	wg.Wait()
	return errs
}

// TestWhoMay proves that only the right side does a verb; for everybody else the request is not there.
func TestWhoMay(t *testing.T) {
	h := quick(t)
	provider := []string{"2001", "2002", "2003"}
	customer := []string{"3002"}
	for _, a := range attempts {
		t.Run(string(a.verb), func(t *testing.T) {
			h.t = t
			allowed := provider
			if a.by == "3002" {
				allowed = customer
			}
			for _, no := range []string{"1001", "2001", "2002", "2003", "2101", "2102", "3001", "3002", "3003", "4001", "9001"} {
				r := h.scene(a.in)
				_, err := a.do(h, h.as(no), r.Number)
				if slices.Contains(allowed, no) {
					if err != nil && fault.KindOf(err) != fault.Conflict {
						t.Errorf("%s may: %v", no, err)
					}
				} else if !errors.Is(err, fault.ErrNotFound) {
					t.Errorf("%s may not, got %v", no, err)
				}
			}
		})
	}
	if _, err := h.Take(h.as("2002"), 999_999, When{}); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("what is not there: %v", err)
	}
}

// TestTheAgentWhoIsTheCustomer is an agent of finance who asks finance: a customer, and nothing else, on that request.
func TestTheAgentWhoIsTheCustomer(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		me, colleague := h.as("2002"), h.as("2003")
		r := h.open("2002")
		if _, err := h.Take(me, r.Number, When{}); !errors.Is(err, fault.ErrNotFound) {
			// the table gives agents the verb; the rule of the customer goes before it
			t.Errorf("took the own request: %v", err)
		}
		must(t, second(h.Take(colleague, r.Number, When{})))
		must(t, second(h.Note(colleague, r.Number, "他自己的报销，单据要看仔细", nil, When{})))
		fails(t, second(h.Assign(colleague, r.Number, "2002", When{})), fault.Invalid, "")
		v, err := h.ByNumber(me, r.Number)
		must(t, err)
		if v.Side != CustomerSide || !v.NotesHidden() {
			t.Errorf("side %s, notes hidden %v", v.Side, v.NotesHidden())
		}
		for _, e := range v.Log {
			if e.Kind == VerbNote {
				t.Error("the customer knows of the note")
			}
		}
		if slices.Contains(v.Verbs, VerbDeliver) || !slices.Contains(v.Verbs, VerbNudge) {
			t.Errorf("verbs %v", v.Verbs)
		}
	})
}

// TestConfidential: only the asker and the people named.
func TestConfidential(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		ask := advance()
		ask.Confidential, ask.Named = true, []string{"2003"}
		r, err := h.Open(h.as("3002"), ask)
		must(t, err)
		for _, no := range []string{"1001", "2001", "2002", "2101", "3001", "3003", "9001"} {
			if _, err := h.ByNumber(h.as(no), r.Number); !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("%s sees it: %v", no, err)
			}
			page, err := h.List(h.as(no), Filter{})
			must(t, err)
			if len(page.Items) > 0 {
				t.Errorf("%s finds it in a list", no)
			}
		}
		mine, err := h.Todo.Mine(h.as("2003"), todo.Filter{})
		must(t, err)
		if len(mine.Items) != 1 || mine.Items[0].Verb != "take" {
			t.Errorf("the person named owes %+v", mine.Items)
		}
		must(t, second(h.Name(h.as("3002"), r.Number, "2001", When{})))
		must(t, second(h.Assign(h.as("2001"), r.Number, "2002", When{})))
		must(t, second(h.Deliver(h.as("2002"), r.Number, "好了", nil, When{})))
		if _, err := h.ByNumber(h.as("3003"), r.Number); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("a colleague of the customer sees it: %v", err)
		}
		h.prove(t)
	})
}

// TestDecline: the right unit must be named; the request goes on there.
func TestDecline(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		r := h.open("3002")
		agent := h.as("2002")
		err := second(h.Decline(agent, r.Number, "", "", "", When{}))
		fails(t, err, fault.Invalid, "form.invalid")
		if f, _ := fault.As(err); len(f.Fields) != 2 {
			t.Errorf("not all that is wrong comes at once: %v", f.Fields)
		}
		fails(t, second(h.Decline(agent, r.Number, "finance", "自己", "", When{})), fault.Invalid, "")
		fails(t, second(h.Decline(agent, r.Number, "nowhere", "x", "", When{})), fault.Invalid, "")
		h.later(time.Hour)
		got, err := h.Decline(agent, r.Number, "it", "归信息技术部", "", When{})
		must(t, err)
		if got.State != StateNew || got.RespondedAt.IsZero() || got.Hops != 2 || got.Unit == r.Unit {
			t.Fatalf("declined: %+v", got)
		}
		must(t, second(h.Take(h.as("2102"), r.Number, When{})))
		fails(t, second(h.Take(h.as("2003"), r.Number, When{})), fault.NotFound, "")
		v, err := h.ByNumber(h.as("3002"), r.Number)
		must(t, err)
		if len(v.Clocks) != 4 {
			t.Errorf("%d clocks, want first response, completion and two hops", len(v.Clocks))
		}
		h.prove(t)
	})
}

// TestNudgeCap: once in four working hours, three times in all.
func TestNudgeCap(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		r := h.open("3002")
		ctx := h.as("3002")
		must(t, second(h.Nudge(ctx, r.Number, "急", When{})))
		h.later(3 * time.Hour)
		fails(t, second(h.Nudge(ctx, r.Number, "", When{})), fault.Conflict, "request.nudged-too-soon")
		h.later(3 * time.Hour) // over lunch: four and a half working hours
		must(t, second(h.Nudge(ctx, r.Number, "", When{})))
		h.later(24 * time.Hour)
		must(t, second(h.Nudge(ctx, r.Number, "", When{})))
		h.later(48 * time.Hour)
		fails(t, second(h.Nudge(ctx, r.Number, "", When{})), fault.Conflict, "request.nudged-enough")
	})
}

// TestWhatIsWrongComesAtOnce: an ask with several mistakes names all of them.
func TestWhatIsWrongComesAtOnce(t *testing.T) {
	h := quick(t)
	_, err := h.Open(h.as("3002"), Ask{Service: "finance.advance", Fields: map[string]any{"amount": "viel", "nonsense": 1}, Customer: "sales", For: "9999"})
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.Invalid {
		t.Fatal(err)
	}
	var names []string
	for _, x := range f.Fields {
		names = append(names, x.Name)
		if !h.book.Has(x.Key) {
			t.Errorf("%s has no sentence", x.Key)
		}
	}
	for _, want := range []string{"title", "fields.amount", "fields.reason", "fields.due", "fields.nonsense", "customer_unit", "on_behalf_of"} {
		if !slices.Contains(names, want) {
			t.Errorf("nothing is said of %s: %v", want, names)
		}
	}
	fails(t, second(h.Open(h.as("3002"), Ask{Service: "finance.nothing", Title: "x"})), fault.Invalid, "")
	for _, bad := range []Ask{{}, {Service: "finance.advance", Title: "x", OpenedAt: h.db.Now()}} {
		fails(t, second(h.Open(h.as("3002"), bad)), fault.Invalid, "")
	}
}

// TestOnBehalf: whoever it is asked for is its customer too.
func TestOnBehalf(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		ask := advance()
		ask.For = "3003"
		stranger := ask
		stranger.For = "4001"
		fails(t, second(h.Open(h.as("3002"), stranger)), fault.Invalid, "")
		must(t, second(h.Open(h.as("2002"), stranger))) // agent of the unit that serves
		r, err := h.Open(h.as("3002"), ask)
		must(t, err)
		must(t, second(h.Take(h.as("2002"), r.Number, When{})))
		must(t, second(h.Deliver(h.as("2002"), r.Number, "好了", nil, When{})))
		must(t, second(h.Accept(h.as("3003"), r.Number, When{})))
		must(t, second(h.Rate(h.as("3003"), r.Number, Rating{Score: 5}, When{})))
		mine, err := h.Todo.Mine(h.as("3002"), todo.Filter{})
		must(t, err)
		if len(mine.Items) != 1 || mine.Items[0].Verb != "rate" {
			t.Errorf("the asker may still rate: %+v", mine.Items)
		}
		must(t, second(h.Rate(h.as("3002"), r.Number, Rating{Score: 3}, When{})))
		fails(t, second(h.Rate(h.as("3002"), r.Number, Rating{Score: 3}, When{})), fault.Conflict, "request.already-rated")
	})
}

// TestBreachIsTallied: a clock that passes its due time while nobody looks is counted by the job, and stays counted.
func TestBreachIsTallied(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		r := h.scene(StateWorking)
		h.later(20 * 24 * time.Hour)
		must(t, h.Clock.Breach(h.ctx))
		v, err := h.ByNumber(h.as("3002"), r.Number)
		must(t, err)
		if v.CompletionIs != Breached || v.ResponseIs != Breached {
			t.Errorf("completion %q, response %q", v.CompletionIs, v.ResponseIs)
		}
		h.prove(t)
		must(t, second(h.Deliver(h.as("2002"), r.Number, "晚了", nil, When{})))
		got, err := h.Accept(h.as("3002"), r.Number, When{})
		must(t, err)
		if got.CompletionIs != Breached {
			t.Errorf("accepted late: %q", got.CompletionIs)
		}
		h.prove(t)
		r = h.scene(StateWorking)
		h.later(20 * 24 * time.Hour)
		must(t, h.Clock.Breach(h.ctx))
		got, err = h.Cancel(h.as("3002"), r.Number, "太晚了", When{})
		must(t, err)
		if got.CompletionIs != Excluded {
			t.Errorf("cancelled late: %q", got.CompletionIs)
		}
		h.prove(t)
	})
}

// TestListsFollowAccess: for everybody, the list is exactly what may be opened.
func TestListsFollowAccess(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		var numbers []int64
		for _, no := range []string{"3002", "3003", "2002", "4001"} {
			numbers = append(numbers, h.open(no).Number)
		}
		secret := advance()
		secret.Confidential, secret.Named = true, []string{"2003"}
		r, err := h.Open(h.as("4001"), secret)
		must(t, err)
		numbers = append(numbers, r.Number)
		must(t, second(h.Decline(h.as("2003"), numbers[1], "it", "归信息技术部", "", When{})))
		must(t, second(h.Take(h.as("2002"), numbers[0], When{})))
		must(t, second(h.Message(h.as("2002"), numbers[0], "@[4001] 请看一下", nil, When{})))
		for _, no := range []string{"1001", "2001", "2002", "2003", "2101", "2102", "3001", "3002", "3003", "4001", "9001"} {
			ctx := h.as(no)
			page, err := h.List(ctx, Filter{})
			must(t, err)
			var listed []int64
			for _, l := range page.Items {
				listed = append(listed, l.Number)
			}
			for _, n := range numbers {
				_, err := h.ByNumber(ctx, n)
				if (err == nil) != slices.Contains(listed, n) {
					t.Errorf("%s: R-%d opens %v, listed %v", no, n, err == nil, listed)
				}
			}
			for _, f := range []Filter{{Unit: "finance"}, {Customer: "project"}, {State: "open"}, {Q: "备用金"}, {Service: "finance.advance"}} {
				part, err := h.List(ctx, f)
				must(t, err)
				for _, l := range part.Items {
					if !slices.Contains(listed, l.Number) {
						t.Errorf("%s: filter %+v shows R-%d", no, f, l.Number)
					}
				}
			}
		}
	})
}

// TestKeysetPages: page by page a list is the whole list, in order, without a gap.
func TestKeysetPages(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		for i := range 23 {
			h.open([]string{"3002", "3003", "4001"}[i%3])
			h.later(time.Duration(i%4) * time.Minute)
		}
		for _, c := range []struct {
			name string
			page func(cursor string) ([]int64, string, error)
		}{
			{"list", func(cursor string) ([]int64, string, error) {
				p, err := h.List(h.as("2002"), Filter{Cursor: cursor, Limit: 5})
				return idsOf(p.Items), p.NextCursor, err
			}},
			{"queue", func(cursor string) ([]int64, string, error) {
				p, err := h.Queue(h.as("2002"), ViewUnit, Filter{Cursor: cursor, Limit: 5})
				return idsOf(p.Items), p.NextCursor, err
			}},
		} {
			var all []int64
			for cursor := ""; ; {
				ids, next, err := c.page(cursor)
				must(t, err)
				all = append(all, ids...)
				if cursor = next; cursor == "" {
					break
				}
			}
			distinct := unique(slices.Clone(all))
			if len(all) != 23 || len(distinct) != 23 {
				t.Errorf("%s: %d rows, %d different ones", c.name, len(all), len(distinct))
			}
		}
		_, err := h.List(h.as("2002"), Filter{Cursor: "rubbish"})
		fails(t, err, fault.Invalid, "")
	})
}

func idsOf(list []Line) []int64 {
	var out []int64
	for _, l := range list {
		out = append(out, l.ID)
	}
	return out
}

// TestHistoryKeepsItsTime: an import says when and who, and not before the last event.
func TestHistoryKeepsItsTime(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		importer := h.importing("1001")
		at := h.db.Now().Add(-30 * 24 * time.Hour)
		ask := advance()
		ask.OpenedAt, ask.By = at, "3002"
		r, err := h.Open(importer, ask)
		must(t, err)
		if !r.OpenedAt.Equal(at) || !r.Imported {
			t.Fatalf("opened %+v", r)
		}
		must(t, second(h.Take(importer, r.Number, When{At: at.Add(time.Hour), By: "2002"})))
		fails(t, second(h.Deliver(importer, r.Number, "好了", nil, When{At: at, By: "2002"})), fault.Invalid, "")
		fails(t, second(h.Deliver(importer, r.Number, "好了", nil, When{At: h.db.Now().Add(time.Hour), By: "2002"})), fault.Invalid, "")
		fails(t, second(h.Accept(importer, r.Number, When{At: at.Add(2 * time.Hour), By: "2002"})), fault.NotFound, "")
		must(t, second(h.Deliver(importer, r.Number, "好了", nil, When{At: at.Add(3 * time.Hour), By: "2002"})))
		must(t, second(h.Accept(importer, r.Number, When{At: at.Add(4 * time.Hour), By: "3002"})))
		fails(t, second(h.Take(h.as("2002"), h.open("3002").Number, When{At: at})), fault.Invalid, "")
		unread, err := h.Talk.Unread(h.ctx, r.AskedBy)
		must(t, err)
		if unread != 0 {
			t.Errorf("an import notified: %d unread", unread)
		}
		h.prove(t)
	})
}

var _ sqldb.Engine
