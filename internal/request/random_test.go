package request

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// TestRandomWalks does what it likes with a request, as whoever it likes, and looks after every step whether what is
// derived still follows from what happened.
func TestRandomWalks(t *testing.T) {
	for _, engine := range []sqldb.Engine{sqldb.SQLite, sqldb.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			h := build(t, dbtest.Open(t, engine, schemas))
			h.stages()
			h.standard(func(s *catalog.Standard) {
				s.NextResponse, s.NextResponseTarget = calendar.Duration{Value: 3, Unit: calendar.WorkingHours}, 0.9
				s.Urgent.NextResponse = calendar.Duration{Value: 1, Unit: calendar.WorkingHours}
			})
			walks := 0
			rapid.Check(t, func(rt *rapid.T) {
				limit := 40
				if engine == sqldb.Postgres {
					limit = 10
				}
				if os.Getenv("NEIKE_LONG") != "" {
					limit = 1000
				}
				if walks++; walks > limit {
					return
				}
				h.walk(rt)
			})
			h.prove(t)
		})
	}
}

var walkers = []string{"3002", "2001", "2002", "2003", "2101", "2102", "3003", "4001", "1001"}

func (h house) walk(t *rapid.T) {
	ask := advance()
	ask.Confidential = rapid.IntRange(0, 5).Draw(t, "confidential") == 0
	if ask.Confidential {
		ask.Named = []string{"2003"}
	}
	if rapid.Bool().Draw(t, "on behalf") {
		ask.For = "3003"
	}
	r, err := h.Open(h.as("3002"), ask)
	if err == nil && rapid.IntRange(0, 3).Draw(t, "by telephone") == 0 {
		r, err = h.Log(h.as("2002"), call(rapid.SampledFrom(Thens).Draw(t, "then")))
	}
	if err != nil {
		t.Fatal(err)
	}
	for range rapid.IntRange(1, 12).Draw(t, "steps") {
		dbtest.Clock(h.db).Advance(time.Duration(rapid.IntRange(0, 40*60).Draw(t, "minutes")) * time.Minute)
		if rapid.IntRange(0, 3).Draw(t, "breach job") == 0 {
			if err := h.Clock.Breach(h.ctx); err != nil {
				t.Fatal(err)
			}
		}
		verb := rapid.SampledFrom(Verbs).Draw(t, "verb")
		who := rapid.SampledFrom(walkers).Draw(t, "who")
		before, err := h.ByNumber(h.ctx, r.Number)
		if err != nil {
			t.Fatal(err)
		}
		after, err := h.any(t, verb, h.as(who), r.Number)
		if err != nil && !errors.Is(err, fault.ErrNotFound) && fault.KindOf(err) != fault.Conflict && fault.KindOf(err) != fault.Invalid {
			t.Fatalf("%s by %s in %s: %v", verb, who, before.State, err)
		}
		if rapid.IntRange(0, 3).Draw(t, "acceptance job") == 0 {
			if d := h.row(r.Number); d.Duplicate && (!d.AcceptBy.IsZero() || d.CompletionIs != Excluded && !d.Due.IsZero()) {
				t.Fatalf("a duplicate counts: %+v", d)
			}
			if err := h.AcceptSilent(h.ctx); err != nil {
				t.Fatal(err)
			}
		}
		if err == nil && after.ID == r.ID {
			to, legal := allowed(before.State, verb)
			if verb == VerbPutBack && (before.HandOvers > 0 || before.Returns > 0) { // nobody has it, and it is not new
				to = StateWorking
			}
			if legal != nil || to != after.State {
				t.Fatalf("%s led from %s to %s", verb, before.State, after.State)
			}
		}
		h.coherent(t, r.ID)
	}
}

// any does a verb with whatever it needs.
func (h house) any(t *rapid.T, verb Verb, ctx context.Context, n int64) (Request, error) {
	switch verb {
	case VerbTake:
		return h.Take(ctx, n, When{})
	case VerbAssign:
		return h.Assign(ctx, n, rapid.SampledFrom(walkers).Draw(t, "assignee"), When{})
	case VerbPutBack:
		return h.PutBack(ctx, n, When{})
	case VerbDecline:
		return h.Decline(ctx, n, rapid.SampledFrom([]string{"finance", "it", "sales"}).Draw(t, "unit"), "不归我们", "", When{})
	case VerbSplit:
		part, err := h.Split(ctx, n, accountPart("一项配合"), When{})
		if err == nil && rapid.Bool().Draw(t, "the part ends") {
			dbtest.Clock(h.db).Advance(time.Duration(rapid.IntRange(0, 60*60).Draw(t, "after minutes")) * time.Minute)
			must(h.t, second(h.Withdraw(ctx, part.Number, When{})))
		}
		return Request{State: h.stateOf(t, n)}, err
	case VerbMerge:
		asker := rapid.SampledFrom([]string{"3003", "3002"}).Draw(t, "other customer")
		other := h.open(asker)
		if rapid.Bool().Draw(t, "the other way round") {
			_, err := h.Merge(ctx, other.Number, Ref(n), "", When{})
			return Request{}, err
		}
		_, err := h.Merge(ctx, n, other.Ref(), rapid.SampledFrom([]string{"", "一并办理"}).Draw(t, "told"), When{})
		if err == nil && rapid.Bool().Draw(t, "the other is delivered") {
			must(h.t, second(h.Take(h.as("2002"), other.Number, When{})))
			must(h.t, second(h.Deliver(h.as("2002"), other.Number, "好了", nil, When{})))
			h.coherent(t, h.row(n).ID)
			switch rapid.SampledFrom([]Verb{"", VerbAccept, VerbReturn}).Draw(t, "its customer") {
			case VerbAccept:
				must(h.t, second(h.Accept(h.as(asker), other.Number, When{})))
			case VerbReturn:
				must(h.t, second(h.Return(h.as(asker), other.Number, "不对", When{})))
				h.coherent(t, h.row(n).ID)
				if rapid.Bool().Draw(t, "the other is called off") {
					must(h.t, second(h.Cancel(h.as(asker), other.Number, "不要了", When{})))
				}
			}
			h.coherent(t, other.ID)
		}
		return Request{}, err
	case VerbStage:
		to := rapid.SampledFrom([]string{"s1", "s2", NoStage}).Draw(t, "stage")
		if now := h.row(n).Stage; to == now || to == NoStage && now == "" {
			to = map[string]string{"s1": "s2"}[now]
			if to == "" {
				to = "s1"
			}
		}
		return h.SetStage(ctx, n, to, "", When{})
	case VerbStandIn:
		return h.NameStandIn(ctx, n, rapid.SampledFrom(walkers).Draw(t, "stand-in"), h.db.Now().AddDate(0, 0, 3), false, When{})
	case VerbStandDown:
		return h.StandDown(ctx, n, "", When{})
	case VerbTakeOver:
		return h.TakeOver(ctx, n, rapid.SampledFrom(walkers).Draw(t, "colleague"), When{})
	case VerbUnmerge:
		_, err := h.Unmerge(ctx, n, When{})
		return Request{}, err
	case VerbHandOver:
		return h.HandOver(ctx, n, rapid.SampledFrom([]string{"finance", "it", "sales", "project"}).Draw(t, "unit"), "请接着办", rapid.SampledFrom(walkers).Draw(t, "confidant"), When{})
	case VerbSettle:
		return h.Settle(ctx, n, rapid.SampledFrom([]string{"", "finance", "it"}).Draw(t, "unit"), "就这样定", "2102", When{})
	case VerbAsk:
		return h.AskBack(ctx, n, "还差什么", nil, When{})
	case VerbAnswer:
		return h.Answer(ctx, n, "补了", nil, nil, When{})
	case VerbDeliver:
		return h.Deliver(ctx, n, "好了", nil, When{})
	case VerbReturn:
		return h.Return(ctx, n, "不对", When{})
	case VerbAccept:
		return h.Accept(ctx, n, When{})
	case VerbRate:
		return h.Rate(ctx, n, Rating{Score: rapid.IntRange(0, 6).Draw(t, "score")}, When{})
	case VerbNudge:
		return h.Nudge(ctx, n, rapid.SampledFrom([]string{"", "请快一点"}).Draw(t, "nudge"), When{})
	case VerbWithdraw:
		return h.Withdraw(ctx, n, When{})
	case VerbCancel:
		return h.Cancel(ctx, n, "不需要了", When{})
	case VerbMessage:
		return h.Message(ctx, n, "你好", nil, When{})
	case VerbNote:
		return h.Note(ctx, n, "记一下", nil, When{})
	case VerbConfirm:
		return h.Confirm(ctx, n, When{})
	case VerbDisown:
		return h.Disown(ctx, n, "我没有提过", When{})
	case VerbPropose:
		to := h.db.Now().Add(time.Duration(rapid.IntRange(-600, 20*24*60).Draw(t, "to")) * time.Minute)
		return h.ProposeDate(ctx, n, Date{To: to, Reason: "缺货"}, When{})
	case VerbAgree:
		agree := rapid.IntRange(0, 3).Draw(t, "agree") > 0
		return h.AgreeDate(ctx, n, &agree, When{})
	case VerbCause, VerbCauseAgree, VerbCauseDispute, VerbCauseDecide:
		said := CauseSaid{Cause: rapid.SampledFrom(Causes).Draw(t, "cause"), Unit: "sales", Text: "缺料"}
		return map[Verb]func(context.Context, int64, CauseSaid, When) (Request, error){VerbCause: h.StateCause, VerbCauseAgree: h.AgreeCause,
			VerbCauseDispute: h.DisputeCause, VerbCauseDecide: h.DecideCause}[verb](ctx, n, said, When{})
	case VerbUrgent:
		return h.AskUrgent(ctx, n, "明天开工", When{})
	case VerbGrant:
		agree := rapid.Bool().Draw(t, "grant")
		return h.GrantUrgent(ctx, n, &agree, When{})
	case VerbPriority:
		return h.SetPriority(ctx, n, rapid.SampledFrom([]string{"normal", "urgent"}).Draw(t, "priority"), "看情况", rapid.SampledFrom([]string{"", "carry", "from_start"}).Draw(t, "policy"), When{})
	case VerbContest:
		return h.Contest(ctx, n, 0, "表单里有", When{})
	case VerbAppeal, VerbVoid, VerbKeep:
		return h.settlePause(ctx, n, verb, "看过了", When{})
	case VerbReopen:
		return h.Reopen(ctx, n, "还是不对", When{})
	default:
		return h.Name(ctx, n, rapid.SampledFrom(walkers).Draw(t, "named"), When{})
	}
}

func (h house) stateOf(t *rapid.T, n int64) State {
	v, err := h.ByNumber(h.ctx, n)
	if err != nil {
		t.Fatal(err)
	}
	return v.State
}

// coherent checks one request against its own log.
func (h house) coherent(t rapid.TB, id ID) {
	err := h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) error {
		r, err := byID(ctx, rd, id)
		if err != nil {
			return err
		}
		log, err := eventsOf(ctx, rd, id)
		if err != nil {
			return err
		}
		if len(log) != r.Events || log[len(log)-1].N != r.Events || !log[len(log)-1].At.Equal(r.LastAt) {
			t.Fatalf("the request counts %d events, the log has %d", r.Events, len(log))
		}
		if flaw := unlike(r, log); flaw.What != "" {
			t.Fatalf("%+v", flaw)
		}
		h.sameClocks(ctx, t, rd, r, log)
		h.sameHops(ctx, t, rd, r)
		h.sameTodos(ctx, t, rd, r, log)
		h.sameBreaches(ctx, t, rd, r)
		turns, err := turnsBetween(ctx, rd, id, id)
		if err != nil {
			return err
		}
		if f, err := h.turnFlaw(ctx, rd, r, turns[id]); err != nil || f.What != "" {
			t.Fatalf("turns: %+v, %v", f, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	report, err := h.Clock.Check(h.ctx, nil)
	if err != nil || report.Wrong > 0 {
		t.Fatalf("clocks %+v, %v", report, err)
	}
}

// sameClocks: what lists read off the clocks is what a replay gives.
func (h house) sameClocks(ctx context.Context, t rapid.TB, rd sqldb.Reader, r Request, log []Event) {
	again := r
	if _, err := h.reclock(ctx, &again, log, r.LastAt); err != nil {
		t.Fatal(err)
	}
	if r.CompletionIs == Breached || r.ResponseIs == Breached || r.Unconfirmed() { // time may have passed since the last event
		again.CompletionIs, again.ResponseIs = r.CompletionIs, r.ResponseIs
	}
	if r.Agreed > 0 && r.State.Open() {
		again.OriginalIs = r.OriginalIs
	}
	if again != r {
		t.Fatalf("replayed %+v\nstored   %+v", again, r)
	}
}

// sameHops: exactly one hop is open while the request is, the holding unit's; none afterwards; they follow each other.
func (h house) sameHops(ctx context.Context, t rapid.TB, rd sqldb.Reader, r Request) {
	hops, err := hopsOf(ctx, rd, r.ID)
	if err != nil {
		t.Fatal(err)
	}
	open := 0
	for i, x := range hops {
		if x.To.IsZero() {
			open++
			if x.Unit != r.Unit {
				t.Fatalf("the open hop is of %d, the request is with %d", x.Unit, r.Unit)
			}
		}
		if i > 0 && !hops[i-1].To.Equal(x.From) {
			t.Fatalf("hop %d begins at %v, the one before ends at %v", x.N, x.From, hops[i-1].To)
		}
	}
	if want := map[bool]int{true: 1, false: 0}[r.State.Open()]; open != want || len(hops) != r.Hops {
		t.Fatalf("%d open hops of %d in %s", open, len(hops), r.State)
	}
}

// sameTodos: what people owe is what the state says.
func (h house) sameTodos(ctx context.Context, t rapid.TB, rd sqldb.Reader, r Request, log []Event) {
	have, err := sqldb.All(ctx, rd, func(row sqldb.Row) (string, error) {
		var verb, kind, role string
		var holder int64
		err := row.Scan(&verb, &kind, &holder, &role)
		return fmt.Sprint(verb, kind, holder, role), err
	}, `select verb, holder_kind, holder, holder_role from todo where subject_kind = 'request' and subject = $1 and verb not in ('cause', 'cause-answer', 'cause-decide', 'pause-decide')`, r.ID)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, d := range owed(r, takersIn(log), judgedIn(log), standing(log)...) {
		want = append(want, fmt.Sprint(d.verb, d.holder.Kind, d.holder.ID, d.holder.Role))
	}
	if r.Unsettled() {
		people, err := h.arbiters(ctx, rd, r)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range people {
			want = append(want, fmt.Sprint("settle", "person", p, ""))
		}
	}
	if press := fmt.Sprint("press", "unit", r.Unit, "head"); slices.Contains(have, press) && (r.CompletionIs == Breached || r.Unconfirmed()) && r.State.Open() {
		want = append(want, press) // of a late one, until it moves
	}
	slices.Sort(have)
	slices.Sort(want)
	want = slices.Compact(want)
	if !slices.Equal(have, want) {
		t.Fatalf("in %s owed %v, want %v", r.State, have, want)
	}
}

// sameBreaches: every late clock has its cause, and nothing else has one; who owes a word about it is asked.
func (h house) sameBreaches(ctx context.Context, t rapid.TB, rd sqldb.Reader, r Request) {
	list, err := breachesOf(ctx, rd, r.ID)
	if err != nil {
		t.Fatal(err)
	}
	var clocks []string
	for _, b := range list {
		clocks = append(clocks, b.name())
		if b.Excused && (b.State != CauseSettled || b.Cause == CauseOwn) {
			t.Fatalf("excused: %+v", b)
		}
	}
	want := lateNow(r)
	turns, err := turnsBetween(ctx, rd, r.ID, r.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range turns[r.ID] {
		if x.Is == Breached {
			want = append(want, Breach{Clock: "next_response", Turn: x.N}.name())
		}
	}
	if !r.Duplicate && !slices.Equal(clocks, want) { // of a duplicate they rest
		t.Fatalf("late are %v, causes are kept of %v", want, clocks)
	}
	owes, err := sqldb.Value[int64](ctx, rd, `select count(*) from todo where subject_kind = 'request' and subject = $1 and verb in ('cause', 'cause-answer', 'cause-decide')`, r.ID)
	if err != nil {
		t.Fatal(err)
	}
	open := !r.Duplicate && slices.ContainsFunc(list, func(b Breach) bool { return b.State != CauseSettled })
	if owes > 0 && !open || owes == 0 && open && !r.Confidential {
		t.Fatalf("%d owe a word about %+v", owes, list)
	}
}

// TestTheLogOfAnotherRequestReadsItsClocks: what is written into the log of a request by one that hangs on it, after its due
// time and before anybody noticed that, leaves nothing that a replay would tell otherwise.
func TestTheLogOfAnotherRequestReadsItsClocks(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		into, one := h.open("3002"), h.open("4001")
		whole := h.scene(StateWorking)
		part := h.split(t, "2002", whole.Number, "修电脑")
		dbtest.Clock(h.db).Advance(90 * 24 * time.Hour)
		must(t, second(h.Merge(h.as("2002"), one.Number, into.Ref(), "", When{})))
		must(t, second(h.Withdraw(h.as("2002"), part.Number, When{})))
		for _, id := range []ID{into.ID, one.ID, whole.ID, part.ID} {
			h.coherent(t, id)
		}
		if d := h.tallied(into.Edge); d.Breached != 2 { // of those two that it is the edge of
			t.Errorf("late on the edge: %+v", d)
		}
		must(t, h.Clock.Breach(h.ctx))
		if d := h.tallied(into.Edge); d.Breached != 2 {
			t.Errorf("counted again: %+v", d)
		}
		must(t, second(h.Unmerge(h.as("2002"), one.Number, When{})))
		h.coherent(t, into.ID)
		h.prove(t)
	})
}
