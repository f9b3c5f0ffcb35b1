package request

import (
	"testing"
	"time"

	"neike/internal/calendar"
	"neike/internal/clock"
	"neike/internal/kit/fault"
)

var t0 = time.Date(2026, 10, 9, 2, 0, 0, 0, time.UTC)

// TestStateMachine states, for every state and verb, where it leads; a missing pair is a Conflict.
func TestStateMachine(t *testing.T) {
	want := map[State]map[Verb]State{
		StateNew: {VerbConfirm: StateNew, VerbDisown: StateCancelled, VerbTake: StateWorking, VerbAssign: StateWorking, VerbDecline: StateNew, VerbNudge: StateNew, VerbWithdraw: StateWithdrawn, VerbMessage: StateNew, VerbNote: StateNew, VerbName: StateNew},
		StateWorking: {VerbConfirm: StateWorking, VerbDisown: StateCancelled, VerbTake: StateWorking, VerbAssign: StateWorking, VerbAsk: StateWaiting, VerbDeliver: StateDelivered, VerbNudge: StateWorking, VerbCancel: StateCancelled, VerbPropose: StateWorking, VerbStage: StateWorking, VerbAgree: StateWorking, VerbMessage: StateWorking, VerbNote: StateWorking, VerbName: StateWorking,
			VerbHandOver: StateWorking, VerbSettle: StateWorking, VerbSplit: StateWorking, VerbPutBack: StateNew},
		StateWaiting: {VerbConfirm: StateWaiting, VerbDisown: StateCancelled, VerbTake: StateWaiting, VerbHandOver: StateWaiting, VerbSettle: StateWaiting, VerbSplit: StateWaiting,
			VerbAssign: StateWaiting, VerbAnswer: StateWorking, VerbDeliver: StateDelivered, VerbCancel: StateCancelled, VerbPropose: StateWaiting, VerbStage: StateWaiting, VerbAgree: StateWaiting, VerbMessage: StateWaiting, VerbNote: StateWaiting, VerbName: StateWaiting},
		StateDelivered: {VerbConfirm: StateDelivered, VerbDisown: StateCancelled, VerbReturn: StateWorking, VerbAccept: StateDone, VerbMessage: StateDelivered, VerbNote: StateDelivered, VerbName: StateDelivered, VerbSettle: StateDelivered},
		StateDone:      {VerbConfirm: StateDone, VerbReopen: StateWorking, VerbRate: StateDone, VerbMessage: StateDone, VerbNote: StateDone},
		StateWithdrawn: {VerbMessage: StateWithdrawn, VerbNote: StateWithdrawn},
		StateCancelled: {VerbMessage: StateCancelled, VerbNote: StateCancelled},
	}
	for _, s := range []State{StateNew, StateWorking, StateWaiting} {
		want[s][VerbMerge] = StateWorking
	}
	for _, s := range States {
		if want[s][VerbStandDown] = s; s.Open() {
			want[s][VerbStandIn], want[s][VerbTakeOver] = s, s
		}
	}
	want[StateWorking][VerbUnmerge], want[StateDelivered][VerbUnmerge] = StateWorking, StateDelivered // the latter by the house alone
	for _, s := range []State{StateNew, StateWorking, StateWaiting} {
		for _, v := range []Verb{VerbUrgent, VerbGrant, VerbPriority} {
			want[s][v] = s
		}
	}
	for _, s := range living {
		for _, v := range []Verb{VerbCause, VerbCauseAgree, VerbCauseDispute, VerbCauseDecide, VerbContest, VerbAppeal, VerbVoid, VerbKeep} {
			want[s][v] = s
		}
	}
	for _, s := range States {
		for _, v := range Verbs {
			got, err := allowed(s, v)
			to, legal := want[s][v]
			switch {
			case legal && err != nil:
				t.Errorf("%s in %s: %v", v, s, err)
			case legal && got != to:
				t.Errorf("%s in %s leads to %s, want %s", v, s, got, to)
			case !legal && fault.KindOf(err) != fault.Conflict:
				t.Errorf("%s in %s: %v, want a conflict", v, s, err)
			case !legal && got != s:
				t.Errorf("%s refused in %s moved to %s", v, s, got)
			}
		}
	}
}

func TestRefusalsSayWhatToDo(t *testing.T) {
	for _, c := range []struct {
		name  string
		state State
		verb  Verb
		key   string
	}{
		{"taking what is delivered", StateDelivered, VerbTake, "request.already-taken"},
		{"handing over what nobody has taken", StateNew, VerbHandOver, "request.decline-instead"},
		{"handing over what is delivered", StateDelivered, VerbHandOver, "request.already-delivered"},
		{"deciding about what nobody has taken", StateNew, VerbSettle, "request.nothing-to-settle"},
		{"giving back what nobody has", StateNew, VerbPutBack, "request.not-taken"},
		{"giving back what is delivered", StateDelivered, VerbPutBack, "request.not-put-back"},
		{"declining after taking", StateWorking, VerbDecline, "request.decline-only-new"},
		{"withdrawing after somebody took it", StateWorking, VerbWithdraw, "request.withdraw-only-new"},
		{"cancelling what nobody has taken", StateNew, VerbCancel, "request.withdraw-instead"},
		{"cancelling what is delivered", StateDelivered, VerbCancel, "request.return-instead"},
		{"delivering what nobody has taken", StateNew, VerbDeliver, "request.not-taken"},
		{"delivering twice", StateDelivered, VerbDeliver, "request.already-delivered"},
		{"asking while an answer is owed", StateWaiting, VerbAsk, "request.already-asked"},
		{"answering what was not asked", StateWorking, VerbAnswer, "request.nothing-asked"},
		{"nudging while the customer owes the answer", StateWaiting, VerbNudge, "request.waits-for-you"},
		{"accepting what nobody has taken", StateNew, VerbAccept, "request.not-delivered"},
		{"answering while nobody has taken it", StateNew, VerbAnswer, "request.nothing-asked"},
		{"accepting what is not delivered", StateWorking, VerbAccept, "request.not-delivered"},
		{"rating before acceptance", StateDelivered, VerbRate, "request.not-accepted"},
		{"proposing a date before anybody took it", StateNew, VerbPropose, "request.not-taken"},
		{"proposing a date after delivery", StateDelivered, VerbPropose, "request.already-delivered"},
		{"answering a date that was not proposed", StateNew, VerbAgree, "request.no-date-proposed"},
		{"reopening what is not done", StateDelivered, VerbReopen, "request.not-done"},
		{"reopening what was withdrawn", StateWithdrawn, VerbReopen, "request.already-withdrawn"},
		{"anything after acceptance", StateDone, VerbCancel, "request.already-done"},
		{"anything after a withdrawal", StateWithdrawn, VerbTake, "request.already-withdrawn"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := allowed(c.state, c.verb)
			if f, ok := fault.As(err); !ok || f.Kind != fault.Conflict || f.Key != c.key {
				t.Errorf("got %v, want %s", err, c.key)
			}
		})
	}
}

func TestTaking(t *testing.T) {
	for _, c := range []struct {
		name     string
		state    State
		assignee int64
		takenAt  time.Time
		person   int64
		ok       bool
	}{
		{"nobody has it", StateNew, 0, time.Time{}, 7, true},
		{"it was assigned to me", StateWorking, 7, time.Time{}, 7, true},
		{"I have taken it already", StateWorking, 7, t0, 7, false},
		{"it was handed over, nobody has it yet", StateWorking, 0, time.Time{}, 7, true},
		{"it was handed over while the customer owes an answer", StateWaiting, 0, time.Time{}, 7, true},
		{"somebody has it while the customer owes an answer", StateWaiting, 8, t0, 7, false},
		{"it was assigned to somebody else", StateWorking, 8, time.Time{}, 7, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := taken(c.state, c.assignee, c.takenAt, c.person); (err == nil) != c.ok {
				t.Error(err)
			}
		})
	}
}

func TestNudging(t *testing.T) {
	for _, c := range []struct {
		name  string
		count int
		next  time.Time
		key   string
	}{
		{"the first is free", 0, time.Time{}, ""},
		{"four working hours have passed", 1, t0, ""},
		{"four working hours have not passed", 1, t0.Add(time.Minute), "request.nudged-too-soon"},
		{"three are enough", 3, time.Time{}, "request.nudged-enough"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := nudged(c.count, c.next, t0)
			f, _ := fault.As(err)
			if c.key == "" && err != nil || c.key != "" && (f == nil || f.Key != c.key || f.Kind != fault.Conflict) {
				t.Errorf("got %v, want %q", err, c.key)
			}
		})
	}
}

func TestRatingHasNoDefault(t *testing.T) {
	for _, c := range []struct {
		name    string
		score   int
		reasons []string
		field   string
	}{
		{"a score", 5, []string{"fast"}, ""},
		{"no score", 0, nil, "score"},
		{"above the scale", 6, nil, "score"},
		{"below the scale", -1, nil, "score"},
		{"an unknown reason", 3, []string{"weather"}, "reasons"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := rated(c.score, c.reasons, "")
			f, _ := fault.As(err)
			if c.field == "" && err != nil || c.field != "" && (f == nil || f.Fields[0].Name != c.field) {
				t.Errorf("got %v, want a finding on %q", err, c.field)
			}
		})
	}
}

func TestMomentOfAVerb(t *testing.T) {
	last, now := t0, t0.Add(time.Hour)
	for _, c := range []struct {
		name    string
		imports bool
		at      time.Time
		want    time.Time
		ok      bool
	}{
		{"nobody says a time", false, time.Time{}, now, true},
		{"an import says when", true, t0.Add(time.Minute), t0.Add(time.Minute), true},
		{"an import says the moment of the last event", true, t0, t0, true},
		{"an import says a time before the last event", true, t0.Add(-time.Second), time.Time{}, false},
		{"an import says a time to come", true, now.Add(time.Second), time.Time{}, false},
		{"a person says when", false, t0.Add(time.Minute), time.Time{}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := moment(c.imports, c.at, last, now)
			if (err == nil) != c.ok || c.ok && !got.Equal(c.want) {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
	if got, err := moment(false, time.Time{}, now, last); err != nil || !got.Equal(now) {
		t.Errorf("a clock that goes back keeps the order: got %v, %v", got, err)
	}
}

func TestNextDue(t *testing.T) {
	response, due := t0.Add(time.Hour), t0.Add(8*time.Hour)
	for _, c := range []struct {
		name      string
		state     State
		responded bool
		want      time.Time
	}{
		{"the response comes first", StateNew, false, response},
		{"taken alone is no response", StateWorking, false, response},
		{"after the response the completion", StateWorking, true, due},
		{"waiting for the customer stops the completion", StateWaiting, true, never},
		{"delivered: nothing runs", StateDelivered, true, never},
		{"done", StateDone, true, never},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := nextDue(c.state, c.responded, response, due); !got.Equal(c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestMarks(t *testing.T) {
	terms := Terms{Calendar: "default", Version: 1, Response: calendar.Duration{Value: 4, Unit: calendar.WorkingHours}, Completion: calendar.Duration{Value: 8, Unit: calendar.WorkingHours}}
	log := []Event{
		{Kind: VerbOpen, Unit: 1, Terms: terms},
		{Kind: VerbNudge, Side: CustomerSide, Unit: 1},
		{Kind: VerbMessage, Side: CustomerSide, Unit: 1},
		{Kind: VerbDecline, Side: ProviderSide, Unit: 2, Terms: Terms{Calendar: "plant", Version: 3}},
		{Kind: VerbTake, Side: ProviderSide, Unit: 2},
		{Kind: VerbMessage, Side: ProviderSide, Unit: 2},
		{Kind: VerbNote, Side: ProviderSide, Unit: 2},
		{Kind: VerbAsk, Unit: 2}, {Kind: VerbAnswer, Unit: 2}, {Kind: VerbDeliver, Unit: 2},
		{Kind: VerbReturn, Unit: 2}, {Kind: VerbDeliver, Unit: 2}, {Kind: VerbAccept, Unit: 2}, {Kind: VerbRate, Unit: 2},
	}
	want := []string{clock.Open, clock.Respond, clock.Hop, clock.Respond, clock.Pause, clock.Resume, clock.Deliver, clock.Return, clock.Deliver, clock.Accept}
	got := marks(log)
	if len(got) != len(want) {
		t.Fatalf("%d marks, want %d: %+v", len(got), len(want), got)
	}
	for i, m := range got {
		if m.Kind != want[i] {
			t.Errorf("mark %d is %s, want %s", i, m.Kind, want[i])
		}
	}
	if got[0].Completion != terms.Completion || got[0].Calendar != "default" {
		t.Errorf("open does not carry its terms: %+v", got[0])
	}
	if got[2].Unit != 2 || got[2].Calendar != "plant" || got[2].Version != 3 {
		t.Errorf("the hop does not carry the calendar of the next unit: %+v", got[2])
	}
}

func TestOutcome(t *testing.T) {
	target := calendar.Duration{Value: 8, Unit: calendar.WorkingHours}
	for _, c := range []struct {
		name  string
		clock clock.State
		want  Outcome
	}{
		{"met", clock.State{Target: target, State: clock.Met}, Met},
		{"breached", clock.State{Target: target, State: clock.Breached}, Breached},
		{"running", clock.State{Target: target, State: clock.Running}, Pending},
		{"paused", clock.State{Target: target, State: clock.Paused}, Pending},
		{"withdrawn or cancelled is excluded", clock.State{Target: target, State: clock.Cancelled}, Excluded},
		{"without a target there is nothing to keep", clock.State{State: clock.Met}, Pending},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := outcome(c.clock); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestWillBeLate(t *testing.T) {
	shop := calendar.Span{Open: 9 * 60, Close: 18 * 60}
	var week [7][]calendar.Span
	for d := range week {
		week[d] = []calendar.Span{shop}
	}
	table, err := calendar.Compile(calendar.Rules{Zone: "Asia/Shanghai", Week: week}, 2026, 2026)
	if err != nil {
		t.Fatal(err)
	}
	nine := time.Date(2026, 10, 9, 1, 0, 0, 0, time.UTC) // 09:00 in Shanghai
	usual := usualTime{response: 3600, completion: 4 * 3600}
	at := func(h int) time.Time { return nine.Add(time.Duration(h) * time.Hour) }
	answered := Line{OpenedAt: nine, LastAt: nine, RespondedAt: nine, ResponseDue: at(1)}
	for _, c := range []struct {
		name  string
		line  func(l Line) Line
		usual usualTime
		now   time.Time
		want  bool
	}{
		{"late already", func(l Line) Line { l.NextDue = at(1); return l }, usual, at(2), true},
		{"time enough for the usual", func(l Line) Line { l.NextDue = at(6); return l }, usual, at(1), false},
		{"less left than the usual still needs", func(l Line) Line { l.NextDue = at(3); return l }, usual, at(0), true},
		{"what was worked counts", func(l Line) Line { l.NextDue, l.Took = at(3), 3*3600; return l }, usual, at(0), false},
		{"longer than usual already: a quarter still", func(l Line) Line { l.NextDue, l.Took = at(3), 9*3600; return l }, usual, at(2).Add(time.Minute), true},
		{"nothing is known of the service", func(l Line) Line { l.NextDue = at(3); return l }, usualTime{}, at(2), false},
		{"the response comes first", func(l Line) Line { l.RespondedAt, l.NextDue = time.Time{}, at(1); return l }, usual, nine, false},
		{"the response will be late", func(l Line) Line { l.RespondedAt, l.NextDue, l.OpenedAt = time.Time{}, at(1), nine; return l }, usualTime{response: 7200}, nine, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := willBeLate(c.line(answered), table, c.usual, c.now); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
