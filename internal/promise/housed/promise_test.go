package housed_test

import (
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"neike/content"
	"neike/internal/app"
	"neike/internal/app/house"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/web"
	"neike/internal/org"
	"neike/internal/promise"
	"neike/internal/request"
	"neike/internal/todo"
)

// stage is a house with finance, project and a clock that the test moves: Monday 2026-11-23, 10:00 in Shanghai.
type stage struct {
	*house.House
	now *atomic.Int64
}

func each(t *testing.T, fn func(t *testing.T, s stage)) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			fn(t, open(t, engine))
		})
	}
}

func open(t *testing.T, engine string) stage {
	t.Helper()
	var now atomic.Int64
	now.Store(time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC).UnixMilli())
	c := app.Config{Data: t.TempDir(), Fast: true, Now: func() time.Time { return time.UnixMilli(now.Load()).UTC() }}
	if engine == "postgres" {
		c.DatabaseURL = dbtest.URL(t, app.Schemas()...)
	}
	s := stage{house.With(t, c), &now}
	s.Settle()
	data, _ := content.Pack("finance")
	_, err := s.Catalog.Import(s.System(), "finance", data, false)
	s.must(err)
	return s
}

func (s stage) must(err error) {
	s.T.Helper()
	if err != nil {
		s.T.Fatal(err)
	}
}

// until moves the clock to a local time and lets the house go on.
func (s stage) until(text string) {
	s.T.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, time.FixedZone("CST", 8*3600))
	s.must(err)
	s.now.Store(at.UnixMilli())
	s.must(s.Promise.GoOn(s.System()))
	s.must(s.Bus.Drain(s.System()))
}

// given is a promise of 2002 to 3002, by Friday.
func (s stage) given(w promise.Word) promise.Promise {
	s.T.Helper()
	if w.Receiver == "" && w.Unit == "" {
		w.Receiver = "3002"
	}
	if w.What == "" {
		w.What = "周五前把十月的成本明细发给您"
	}
	if w.Due == "" {
		w.Due = "2026-11-27"
	}
	p, err := s.Promise.Make(s.As("2002"), w)
	s.must(err)
	return p
}

func (s stage) do(no string, number int64, verb promise.Verb, why string) error {
	s.T.Helper()
	_, err := s.Promise.Do(s.As(no), number, promise.Deed{Verb: verb, Why: why})
	return err
}

func (s stage) state(number int64) promise.State {
	s.T.Helper()
	v, err := s.Promise.ByNumber(s.As("1001"), number)
	s.must(err)
	return v.State
}

// todos are the verbs that somebody owes on promises.
func (s stage) todos(no string) string {
	s.T.Helper()
	page, err := s.Todo.Mine(s.As(no), todo.Filter{})
	s.must(err)
	var verbs []string
	for _, e := range page.Items {
		if e.Subject.Kind == promise.Kind {
			verbs = append(verbs, e.Verb)
		}
	}
	return strings.Join(verbs, " ")
}

func keyOf(err error) string {
	if f, ok := fault.As(err); ok {
		return f.Key
	}
	return ""
}

// TestAPromiseIsJudgedByItsReceiver: the giver says it is done, the receiver says how it went, and nobody else.
func TestAPromiseIsJudgedByItsReceiver(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s stage) {
		p := s.given(promise.Word{})
		if p.Ref() != "P-1001" || !p.WholeDay || !p.Due.Equal(time.Date(2026, 11, 27, 10, 0, 0, 0, time.UTC)) {
			t.Fatalf("%+v", p)
		}
		if got := s.todos("2002"); got != "keep-promise" {
			t.Errorf("the giver owes %q", got)
		}
		for no, verb := range map[string]promise.Verb{"3002": promise.VerbDone, "2002": promise.VerbKept, "3001": promise.VerbKept, "2001": promise.VerbDone, "1001": promise.VerbKept} {
			if err := s.do(no, p.Number, verb, ""); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s says %s: %v", no, verb, err)
			}
		}
		for _, no := range []string{"4001", "2003"} { // an executive, a colleague of the giver
			if _, err := s.Promise.ByNumber(s.As(no), p.Number); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s sees it: %v", no, err)
			}
		}
		s.must(s.do("2002", p.Number, promise.VerbDone, ""))
		if s.todos("2002") != "" || s.todos("3002") != "say-promise" {
			t.Errorf("owed: %q and %q", s.todos("2002"), s.todos("3002"))
		}
		_, err := s.Promise.Do(s.As("3002"), p.Number, promise.Deed{Verb: promise.VerbPartly})
		if f, ok := fault.As(err); !ok || f.Kind != fault.Invalid || f.Fields[0].Name != "reason" {
			t.Errorf("in part, without a word: %v", err)
		}
		s.must(s.do("3002", p.Number, promise.VerbPartly, "只给了九月的"))
		if err := s.do("3002", p.Number, promise.VerbKept, ""); keyOf(err) != "promise.already-partly" {
			t.Errorf("said twice: %v", err)
		}
		if s.state(p.Number) != promise.StatePartly || s.todos("3002") != "" {
			t.Errorf("%s, owed %q", s.state(p.Number), s.todos("3002"))
		}
	})
}

// TestSilenceIsNeverKept: reminded the workday before, asked when it is due, asked again, and then it is not said; it can
// still be said.
func TestSilenceIsNeverKept(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s stage) {
		p := s.given(promise.Word{})
		told := func(no string) string {
			s.must(s.Bus.Drain(s.System()))
			page, err := s.Notice.List(s.As(no), false, web.Paging{})
			s.must(err)
			var kinds []string
			for _, l := range page.Items {
				if strings.HasPrefix(l.Kind, "promise.") {
					kinds = append(kinds, strings.TrimPrefix(l.Kind, "promise."))
				}
			}
			return strings.Join(kinds, " ")
		}
		if got := told("3002"); got != "made" {
			t.Errorf("the receiver is told %q", got)
		}
		s.until("2026-11-26 15:59")
		if got := told("2002"); got != "" {
			t.Errorf("too early: %q", got)
		}
		s.until("2026-11-26 16:00")
		if got := told("2002"); got != "near" {
			t.Errorf("the workday before: %q", got)
		}
		s.until("2026-11-27 18:00")
		if got := s.todos("3002"); got != "say-promise" {
			t.Errorf("when it is due the receiver owes %q", got)
		}
		if got := told("3002"); got != "asked made" {
			t.Errorf("when it is due the receiver is told %q", got)
		}
		s.until("2026-12-03 18:00")
		v, err := s.Promise.ByNumber(s.As("3002"), p.Number)
		s.must(err)
		if last := v.Log[len(v.Log)-1]; last.Kind != promise.VerbAgain {
			t.Errorf("after three workdays: %s", last.Kind)
		}
		s.until("2026-12-07 17:59")
		if s.state(p.Number) != promise.StateOpen {
			t.Error("too early")
		}
		s.until("2026-12-07 18:01")
		if got := s.state(p.Number); got != promise.StateUnsaid || s.todos("3002") != "" {
			t.Errorf("after five workdays: %s, owed %q", got, s.todos("3002"))
		}
		r, shown, err := s.Promise.RateBetween(s.As("2001"), "finance", "project", p.MadeAt, p.Due.Add(time.Hour))
		s.must(err)
		if !shown || r.N() != 0 || r.Unsaid != 1 {
			t.Errorf("counted %+v", r)
		}
		s.must(s.do("3002", p.Number, promise.VerbBroken, "没有收到"))
		if got := s.state(p.Number); got != promise.StateBroken {
			t.Errorf("said afterwards: %s", got)
		}
	})
}

// TestAnotherDateIsAgreedAndCounted: the first date stays.
func TestAnotherDateIsAgreedAndCounted(t *testing.T) {
	t.Parallel()
	s := open(t, "sqlite")
	p := s.given(promise.Word{})
	_, err := s.Promise.Do(s.As("2002"), p.Number, promise.Deed{Verb: promise.VerbPropose, Due: "2026-11-29", Workday: true})
	f, ok := fault.As(err)
	if !ok || len(f.Fields) != 2 || f.Fields[0].Name != "reason" || f.Fields[1].Key != "promise.day-off" {
		t.Fatalf("a Sunday without a reason: %v", err)
	}
	_, err = s.Promise.Do(s.As("2002"), p.Number, promise.Deed{Verb: promise.VerbPropose, Due: "2026-12-01T12:00", Why: "等系统关账"})
	s.must(err)
	if got := s.todos("3002"); got != "agree-date" {
		t.Errorf("owed %q", got)
	}
	if err := s.do("2002", p.Number, promise.VerbAgree, ""); fault.KindOf(err) != fault.NotFound {
		t.Errorf("the giver agrees: %v", err)
	}
	s.must(s.do("3002", p.Number, promise.VerbAgree, ""))
	v, err := s.Promise.ByNumber(s.As("3002"), p.Number)
	s.must(err)
	if v.Moves != 1 || !v.FirstDue.Equal(p.Due) || !v.Due.Equal(time.Date(2026, 12, 1, 4, 0, 0, 0, time.UTC)) || v.WholeDay || v.What != p.What {
		t.Errorf("%+v", v.Promise)
	}
	s.until("2026-11-28 12:00")
	if got := s.todos("3002"); got != "" {
		t.Errorf("asked at the first date: %q", got)
	}
}

// TestAUnitIsSpokenForByItsHead: and by its secretary, by nobody else and nobody above.
func TestAUnitIsSpokenForByItsHead(t *testing.T) {
	t.Parallel()
	s := open(t, "sqlite")
	s.must(s.Org.SetRoles(s.System(), "3003", []string{"secretary@project"}, 0))
	s.must(s.Org.SetRoles(s.System(), "4001", []string{"head@root"}, 0))
	for no, want := range map[string]bool{"3001": true, "3003": true, "3002": false, "4001": false} {
		p := s.given(promise.Word{Unit: "project"})
		err := s.do(no, p.Number, promise.VerbKept, "")
		if said := err == nil; said != want {
			t.Errorf("%s: %v", no, err)
		}
	}
}

// TestEverythingWrongIsSaidAtOnce, and nothing is written.
func TestEverythingWrongIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	s := open(t, "sqlite")
	for _, c := range []struct {
		name string
		w    promise.Word
		want string
	}{
		{"nothing at all", promise.Word{}, "what form.required, due form.required, receiver promise.no-receiver"},
		{"both, of the past, about nothing", promise.Word{What: "x", Due: "2026-11-20", Receiver: "3002", Unit: "project", About: "R-9"}, "due promise.due-passed, unit promise.one-receiver, about promise.about-unknown"},
		{"oneself, on a Sunday", promise.Word{What: strings.Repeat("长", 501), Due: "2026-11-29", Receiver: "2002", Workday: true}, "what form.too-long, due promise.day-off, receiver promise.to-oneself"},
		{"far away, to nobody", promise.Word{What: "x", Due: "2029-01-01", Receiver: "77"}, "due promise.due-far, receiver promise.nobody"},
	} {
		_, err := s.Promise.Make(s.As("2002"), c.w)
		f, _ := fault.As(err)
		var got []string
		if f != nil {
			for _, x := range f.Fields {
				got = append(got, x.Name+" "+x.Key)
			}
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
	}
	page, err := s.Promise.List(s.As("1001"), promise.Filter{})
	s.must(err)
	if len(page.Items) != 0 {
		t.Errorf("%d were written", len(page.Items))
	}
}

// asks opens a request of 3002 that 2002 has in hand.
func (s stage) asks(confidential bool) request.Request {
	s.T.Helper()
	ask := request.Ask{Service: "finance.advance", Title: "备用金", Fields: map[string]any{"amount": "5000", "reason": "备用金", "due": "2026-12-01"}, Confidential: confidential}
	if confidential {
		ask.Named = []string{"2002"}
	}
	r, err := s.Request.Open(s.As("3002"), ask)
	s.must(err)
	r, err = s.Request.Take(s.As("2002"), r.Number, request.When{})
	s.must(err)
	return r
}

// TestAPromiseIsMadeFromAMessage: one click beside the message, the words and the receiver are there, and the page of the
// request shows it.
func TestAPromiseIsMadeFromAMessage(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s stage) {
		r := s.asks(false)
		_, err := s.Request.Message(s.As("2002"), r.Number, "周五下班前把付款回单发给您", nil, request.When{})
		s.must(err)
		agent, customer := s.SignedIn("2002"), s.SignedIn("3002")
		act := agent.Get("/requests/" + r.Ref()).Is(200).Page().Find(".nk-msg-act").First()
		href, _ := act.Attr("href")
		form := agent.Get(href).Is(200).Page()
		if got := form.Find("textarea[name=what]").Text(); got != "周五下班前把付款回单发给您" {
			t.Errorf("the words: %q", got)
		}
		if got, _ := form.Find("[name=receiver]").First().Attr("value"); got != "3002" && form.Find("[name=receiver] option[selected]").AttrOr("value", "") != "3002" {
			t.Errorf("the receiver: %q", got)
		}
		q, err := url.Parse(href)
		s.must(err)
		send := []string{"what", "周五下班前把付款回单发给您", "receiver", "3002", "about", q.Query().Get("about"), "message", q.Query().Get("message")}
		bad := agent.Form("/promises", append(send, "due", "2026-11-28")...).Is(422).Page() // a Saturday
		if bad.Find("[name=anyway]").Length() == 0 || bad.Find("textarea[name=what]").Text() == "" {
			t.Error("a day off is not asked about, or the words are lost")
		}
		agent.Form("/promises", append(send, "due", "2026-11-27")...).Is(303)
		if got := customer.Get("/requests/" + r.Ref()).Is(200).Page().Find("#promises").Text(); !strings.Contains(got, "P-1001") {
			t.Errorf("the card of the request: %q", got)
		}
		if got := customer.Get("/").Is(200).Page().Find("#promised").Text(); !strings.Contains(got, "付款回单") {
			t.Errorf("home of the receiver: %q", got)
		}
		customer.Form("/promises/P-1001/kept").Is(303)
		if got := customer.Get("/promises/P-1001").Is(200).Page().Find("#state h2").Text(); got != "已兑现" {
			t.Errorf("state %q", got)
		}
		if got := s.TokenOf("2002").Get("/api/v1/promises/P-1001").Is(200); !strings.Contains(string(got.Body), `"about":"`+r.Ref()+`"`) {
			t.Errorf("%s", got.Body)
		}
	})
}

// TestAConfidentialOneIsSeenByWhoSeesTheRequest: not by heads, not by the quality office, in no number of the edge, and it
// is given to nobody who could not see it.
func TestAConfidentialOneIsSeenByWhoSeesTheRequest(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s stage) {
		r := s.asks(true)
		_, err := s.Promise.Make(s.As("2002"), promise.Word{Receiver: "3003", What: "x", Due: "2026-11-27", About: r.Ref()})
		if f, ok := fault.As(err); !ok || f.Fields[0].Key != "promise.receiver-cannot-see" {
			t.Fatalf("to a stranger: %v", err)
		}
		_, err = s.Promise.Make(s.As("2003"), promise.Word{Receiver: "3002", What: "x", Due: "2026-11-27", About: r.Ref()})
		if f, ok := fault.As(err); !ok || f.Fields[0].Key != "promise.about-unknown" {
			t.Fatalf("by a stranger: %v", err)
		}
		p := s.given(promise.Word{About: r.Ref()})
		for no, want := range map[string]int{"2002": 1, "3002": 1, "2001": 0, "3001": 0, "3003": 0, "1001": 0} {
			page, err := s.Promise.List(s.As(no), promise.Filter{})
			s.must(err)
			_, err = s.Promise.ByNumber(s.As(no), p.Number)
			if len(page.Items) != want || (err == nil) != (want == 1) {
				t.Errorf("%s: %d listed, %v", no, len(page.Items), err)
			}
		}
		s.must(s.do("3002", p.Number, promise.VerbKept, ""))
		got, _, err := s.Promise.RateBetween(s.As("1001"), "finance", "project", p.MadeAt, p.Due.Add(time.Hour))
		s.must(err)
		if got != (promise.Rate{}) {
			t.Errorf("in the numbers: %+v", got)
		}
	})
}

// TestTheEdgeCountsByUnits: with an interval once there are enough, and not before.
func TestTheEdgeCountsByUnits(t *testing.T) {
	t.Parallel()
	s := open(t, "sqlite")
	r := s.asks(false) // the edge is there
	_, err := s.Request.Deliver(s.As("2002"), r.Number, "好了", nil, request.When{})
	s.must(err)
	head := s.SignedIn("2001")
	read := func() string {
		return head.Get("/relations/finance/project").Is(200).Page().Find("#promises").First().Text()
	}
	for i := range 12 {
		p := s.given(promise.Word{Due: "2026-11-23T12:00"})
		if i == 0 {
			s.now.Add(time.Second.Milliseconds())
			s.must(s.do("3002", p.Number, promise.VerbKept, ""))
			if got := read(); !strings.Contains(got, "太少") {
				t.Errorf("of one: %s", got)
			}
			continue
		}
		s.must(s.do("3002", p.Number, promise.VerbKept, ""))
	}
	if got := read(); !strings.Contains(got, "100%") || !strings.Contains(got, "12 / 12") || strings.Contains(got, "陈思远") {
		t.Errorf("of twelve: %s", got)
	}
	a := s.TokenOf("2001").Get("/api/v1/relations/finance/project/promises").Is(200)
	if !strings.Contains(string(a.Body), `"kept":12`) || !strings.Contains(string(a.Body), `"interval":[0.7`) {
		t.Errorf("%s", a.Body)
	}
	if a := s.TokenOf("2002").Get("/api/v1/promises?view=given&limit=5").Is(200); !strings.Contains(string(a.Body), `"next_cursor":"`) {
		t.Errorf("no second page: %s", a.Body)
	}
}

// TestWhoLeavesHandsPromisesOn: the heir answers for it, the old giver stays in the record.
func TestWhoLeavesHandsPromisesOn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s stage) {
		p := s.given(promise.Word{})
		c, _, err := s.Org.PlanPerson(s.As("1001"), "2002", org.ChangeInput{Kind: org.Leaving, Date: "2026-11-23", Receiver: "2003"}, false)
		s.must(err)
		s.until("2026-11-24 09:00")
		s.must(s.Org.Pass(s.System()))
		for end := time.Now().Add(20 * time.Second); c.State == org.ChangePlanned || c.State == org.ChangeRunning; time.Sleep(5 * time.Millisecond) {
			if c, err = s.Org.Change(s.As("1001"), c.ID); err != nil || time.Now().After(end) {
				t.Fatalf("the change stands still: %+v %v", c, err)
			}
		}
		v, err := s.Promise.ByNumber(s.As("2003"), p.Number)
		s.must(err)
		if v.From.No != "2003" || v.People[v.FirstGiver].No != "2002" || !v.May(promise.VerbDone) {
			t.Errorf("%s answers, %s gave it, may %v", v.From.No, v.People[v.FirstGiver].No, v.Verbs)
		}
	})
}

// TestOfTwoAtOnceOneWins.
func TestOfTwoAtOnceOneWins(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s stage) {
		p := s.given(promise.Word{})
		s.must(s.do("2002", p.Number, promise.VerbDone, ""))
		kept, broken := s.As("3002"), s.As("3002")
		errs := make(chan error, 2)
		go func() {
			_, err := s.Promise.Do(kept, p.Number, promise.Deed{Verb: promise.VerbKept})
			errs <- err
		}()
		go func() {
			_, err := s.Promise.Do(broken, p.Number, promise.Deed{Verb: promise.VerbBroken, Why: "没有"})
			errs <- err
		}()
		won := 0
		for range 2 {
			if err := <-errs; err == nil {
				won++
			} else if fault.KindOf(err) != fault.Conflict {
				t.Error(err)
			}
		}
		if won != 1 {
			t.Errorf("%d won", won)
		}
	})
}

// TestAnEditIsOfWhatWasSeen: a verb with a stale ETag changes nothing.
func TestAnEditIsOfWhatWasSeen(t *testing.T) {
	t.Parallel()
	s := open(t, "sqlite")
	p := s.given(promise.Word{})
	_, err := s.Promise.Do(s.As("3002"), p.Number, promise.Deed{Verb: promise.VerbKept, On: web.IfMatch{IfMatch: `"stale"`}})
	if err == nil || s.state(p.Number) != promise.StateOpen {
		t.Errorf("%v, %s", err, s.state(p.Number))
	}
}
