package review_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"neike/content"
	"neike/internal/app"
	"neike/internal/app/house"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/org"
	"neike/internal/request"
	"neike/internal/review"
	"neike/internal/todo"
)

// stage is a house with finance as the provider of finance.advance, project as its customer, 1001, 1002 and 1003 in the
// quality office, and a clock that the test moves.
type stage struct {
	*house.House
	now *atomic.Int64
}

func each(t *testing.T, fn func(t *testing.T, s stage)) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			var now atomic.Int64
			now.Store(time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC).UnixMilli())
			c := app.Config{Data: t.TempDir(), Fast: true, Now: func() time.Time { return time.UnixMilli(now.Load()).UTC() }}
			if engine == "postgres" {
				c.DatabaseURL = dbtest.URL(t, app.Schemas()...)
			}
			s := stage{house.With(t, c), &now}
			s.Settle()
			for _, p := range []string{"1002", "1003"} {
				made, err := s.Org.SavePerson(s.System(), org.PersonInput{No: p, Name: "质量" + p, Unit: "root"})
				s.must(err)
				s.must(s.Signin.SetPasswords(s.System(), []org.ID{made.ID}, house.Password))
				s.must(s.Org.SetRoles(s.System(), p, []string{"quality"}, 0))
			}
			data, _ := content.Pack("finance")
			_, err := s.Catalog.Import(s.System(), "finance", data, false)
			s.must(err)
			fn(t, s)
		})
	}
}

func (s stage) must(err error) {
	s.T.Helper()
	if err != nil {
		s.T.Fatal(err)
	}
}

func (s stage) later(d time.Duration) { s.now.Add(d.Milliseconds()) }

func (s stage) plan(p review.Plan) {
	s.T.Helper()
	_, err := s.Review.SetPlan(s.As("2001"), "finance.advance", p, web.IfMatch{})
	s.must(err)
}

// done opens, delivers and accepts a request of 3002.
func (s stage) done(confidential bool) request.Request {
	s.T.Helper()
	customer, agent := s.As("3002"), s.As("2002")
	ask := request.Ask{Service: "finance.advance", Title: "备用金", Fields: map[string]any{"amount": "5000", "reason": "备用金", "due": "2026-12-01"}, Confidential: confidential}
	if confidential {
		ask.Named = []string{"2002"}
	}
	r, err := s.Request.Open(customer, ask)
	s.must(err)
	_, err = s.Request.Take(agent, r.Number, request.When{})
	s.must(err)
	_, err = s.Request.Deliver(agent, r.Number, "已打款，请查收", nil, request.When{})
	s.must(err)
	s.later(time.Second)
	r, err = s.Request.Accept(customer, r.Number, request.When{})
	s.must(err)
	return r
}

func (s stage) caught() {
	s.T.Helper()
	s.must(s.Bus.Drain(s.System()))
}

func (s stage) all(no string, f review.Filter) []review.Line {
	s.T.Helper()
	f.Limit = 200
	page, err := s.Review.List(s.As(no), f, "")
	s.must(err)
	return page.Items
}

// todos are the verbs of the reviews that somebody owes.
func (s stage) todos(no string) (verbs []string) {
	s.T.Helper()
	page, err := s.Todo.Mine(s.As(no), todo.Filter{})
	s.must(err)
	for _, e := range page.Items {
		if e.Subject.Kind == review.Kind {
			verbs = append(verbs, e.Verb)
		}
	}
	return verbs
}

func (s stage) judge(no string, id review.ID, v review.Verdict, word string) error {
	_, err := s.Review.Judge(s.As(no), id, review.Judgement{Verdict: v, Word: word})
	return err
}

func (s stage) wants(name string, err error, kind fault.Kind) {
	s.T.Helper()
	if err == nil || fault.KindOf(err) != kind {
		s.T.Errorf("%s: %v", name, err)
	}
}

// From the plan to the result: drawn once, judged blind by two, decided by a third, and told to nobody who served it.
func TestAReviewFromDrawToDecision(t *testing.T) {
	each(t, func(t *testing.T, s stage) {
		s.done(false) // before there was a plan
		s.later(time.Minute)
		s.plan(review.Plan{Active: true, Share: 100, First: review.ByCustomer, Second: 100})
		s.later(time.Minute)
		s.done(true) // confidential
		r := s.done(false)
		s.caught()
		s.must(s.Bus.Drain(s.System()))
		list := s.all("1001", review.Filter{})
		if len(list) != 1 || list[0].Number != r.Number || !list[0].Twice || list[0].State != review.Open || list[0].Asker != s.ID("3002") {
			t.Fatalf("drawn: %+v", list)
		}
		id := list[0].ID
		if _, err := s.Bus.Rewind(t.Context(), "review.draw", 0); err != nil { // everything is seen again
			t.Fatal(err)
		}
		s.caught()
		if again := s.all("1001", review.Filter{}); len(again) != 1 || again[0].ID != id {
			t.Fatalf("drawn again: %+v", again)
		}
		for no, want := range map[string]int{"3002": 1, "1001": 1, "1002": 1, "2002": 0, "3003": 0} {
			if got := s.todos(no); len(got) != want {
				t.Errorf("%s owes %v", no, got)
			}
		}
		for _, no := range []string{"2002", "2001", "3003", "4001"} {
			_, err := s.Review.ByID(s.As(no), id)
			s.wants(no+" opens it", err, fault.NotFound)
			s.wants(no+" judges it", s.judge(no, id, review.Correct, ""), fault.NotFound)
		}
		s.wants("partly without a word", s.judge("3002", id, review.Partly, " "), fault.Invalid)
		_, err := s.Review.Judge(s.As("3002"), id, review.Judgement{Verdict: review.Partly, Word: "少了回执", Share: true})
		s.must(err)
		s.wants("a second time", s.judge("3002", id, review.Correct, ""), fault.Conflict)
		v, err := s.Review.ByID(s.As("1002"), id)
		if err != nil || v.Seat != 2 || v.Given != nil || v.Mine != nil || v.Result != "" {
			t.Fatalf("the second judge sees %+v, %v", v, err)
		}
		s.must(s.judge("1002", id, review.Correct, ""))
		v, err = s.Review.ByID(s.As("1002"), id)
		if err != nil || v.State != review.Split || v.Seat != 0 || v.Given != nil {
			t.Fatalf("after two: %+v, %v", v, err)
		}
		s.wants("one of the two decides", s.judge("1002", id, review.Correct, ""), fault.Conflict)
		if got := s.todos("1003"); len(got) != 1 || got[0] != "review-decide" || len(s.todos("3002")) != 0 {
			t.Errorf("1003 owes %v, 3002 %v", got, s.todos("3002"))
		}
		v, err = s.Review.ByID(s.As("1003"), id)
		if err != nil || v.Seat != 3 || len(v.Given) != 2 {
			t.Fatalf("who decides sees %+v, %v", v, err)
		}
		s.must(s.judge("1003", id, review.Partly, "回执在另一封邮件里"))
		list = s.all("1001", review.Filter{})
		if list[0].State != review.Done || list[0].Result != review.Partly || len(s.todos("1001")) != 0 {
			t.Errorf("decided: %+v", list[0])
		}
		served := s.all("2002", review.Filter{})
		if len(served) != 1 || served[0].Result != "" || served[0].Can || len(served[0].Words) != 1 || served[0].Words[0] != "少了回执" {
			t.Errorf("the agent sees %+v", served)
		}
		if strangers := s.all("3003", review.Filter{Mine: true}); len(strangers) != 0 {
			t.Errorf("a stranger sees %+v", strangers)
		}
	})
}

// The month is full, a case lapses, a request is reopened, a judge leaves.
func TestReviewsEndWithoutAnAnswer(t *testing.T) {
	each(t, func(t *testing.T, s stage) {
		s.plan(review.Plan{Active: true, Share: 100, Most: 3, First: review.ByCustomer})
		s.later(time.Minute)
		var made []request.Request
		for range 4 {
			made = append(made, s.done(false))
		}
		s.caught()
		if list := s.all("1001", review.Filter{}); len(list) != 3 {
			t.Fatalf("%d drawn, at most 3", len(list))
		}
		_, err := s.Request.Reopen(s.As("3002"), made[0].Number, "没到账", request.When{})
		s.must(err)
		s.caught()
		if list := s.all("1001", review.Filter{State: review.Dropped}); len(list) != 1 || list[0].Number != made[0].Number {
			t.Errorf("dropped: %+v", list)
		}
		open := s.all("1001", review.Filter{State: review.Open})
		s.must(s.judge("3002", open[0].ID, review.Correct, ""))
		s.wants("what was dropped is judged", s.judge("3002", s.all("1001", review.Filter{State: review.Dropped})[0].ID, review.Correct, ""), fault.Conflict)
		last := s.all("1001", review.Filter{State: review.Open})[0]
		s.now.Store(last.LapseAt.Add(-time.Minute).UnixMilli())
		s.must(s.Review.LapseDue(s.System()))
		if len(s.todos("3002")) != 1 {
			t.Errorf("lapsed too early")
		}
		s.later(2 * time.Minute)
		s.wants("judged too late", s.judge("3002", last.ID, review.Correct, ""), fault.Conflict)
		s.must(s.Review.LapseDue(s.System()))
		if list := s.all("1001", review.Filter{State: review.Lapsed}); len(list) != 1 || list[0].ID != last.ID || len(s.todos("3002")) != 0 {
			t.Errorf("lapsed: %+v", list)
		}
		rows, err := s.Review.Accuracies(s.As("2001"), request.ByService, request.Span{From: made[0].DoneAt, To: s.DB.Now()})
		s.must(err)
		if len(rows) != 1 || rows[0].Accepted != 4 || rows[0].Drawn != 3 || rows[0].Lapsed != 1 || rows[0].Dropped != 1 || rows[0].Correct != 1 || !rows[0].Few() {
			t.Errorf("counted: %+v", rows)
		}
	})
}

func TestALeaversReviewGoesToTheQualityOffice(t *testing.T) {
	each(t, func(t *testing.T, s stage) {
		s.plan(review.Plan{Active: true, Share: 100, First: review.ByCustomer})
		s.later(time.Minute)
		s.done(false)
		s.caught()
		h := s.Review.Holdings()[0]
		var n int
		s.must(s.DB.Read(s.System(), func(ctx context.Context, rd sqldb.Reader) (err error) {
			n, err = h.Count(ctx, rd, s.ID("3002"))
			return err
		}))
		if n != 1 {
			t.Fatalf("holds %d", n)
		}
		s.must(s.DB.Write(s.System(), func(ctx context.Context, tx *sqldb.Tx) error {
			out, err := h.Hand(ctx, tx, org.Handing{From: s.ID("3002"), To: s.ID("3003"), Limit: 50})
			if out.Moved != 1 || out.Next != 0 {
				t.Errorf("handed: %+v", out)
			}
			return err
		}))
		if len(s.todos("3002"))+len(s.todos("3003")) != 0 || len(s.todos("1002")) != 1 {
			t.Errorf("owed by 3002 %v, 3003 %v, 1002 %v", s.todos("3002"), s.todos("3003"), s.todos("1002"))
		}
	})
}

// The calls for scripts and the pages, by what they show.
func TestReviewsByCallAndPage(t *testing.T) {
	each(t, func(t *testing.T, s stage) {
		head, agent, office := s.TokenOf("2001"), s.TokenOf("2002"), s.TokenOf("1001")
		const at = "/api/v1/services/finance.advance/review-plan"
		before := head.Get(at).Is(200)
		var bad struct {
			Fields []struct{ Name string }
		}
		head.JSON("PUT", at, map[string]any{"active": true, "share": 0, "first": "x", "second": 101}).Is(422).Decode(&bad)
		head.JSON("PUT", at, map[string]any{"active": true, "share": 100, "first": "customer", "second": 100}, "If-Match", `"other"`).Is(412)
		agent.JSON("PUT", at, map[string]any{"active": true, "share": 100, "first": "customer"}).Is(404)
		s.TokenOf("3002").Get(at).Is(404)
		head.JSON("PUT", at, map[string]any{"active": true, "share": 100, "first": "customer", "second": 100}, "If-Match", before.Header.Get("ETag")).Is(200)
		head.JSON("PUT", at, map[string]any{"active": true, "share": 50, "first": "customer"}, "If-Match", before.Header.Get("ETag")).Is(412)
		var seen, hidden struct {
			Seed     string
			Revision int
		}
		office.Get(at).Is(200).Decode(&seen)
		head.Get(at).Is(200).Decode(&hidden)
		if len(seen.Seed) != 64 || hidden.Seed != "" || hidden.Revision != 1 {
			t.Errorf("the office sees %+v, the head %+v", seen, hidden)
		}
		s.later(time.Minute)
		customer := s.TokenOf("3002")
		for range 6 {
			s.done(false)
		}
		s.later(time.Minute)
		s.caught()
		for i, l := range s.all("3002", review.Filter{Mine: true}) {
			verdict, word := "correct", ""
			if i == 0 {
				verdict, word = "wrong", "打错了账户"
			}
			path := "/api/v1/reviews/" + strconv.FormatInt(l.ID, 10)
			customer.Post(path+"/judge", map[string]any{"verdict": verdict, "word": word}).Is(200)
			agent.Get(path).Is(404)
			office.Post(path+"/judge", map[string]any{"verdict": "correct"}).Is(200)
		}
		var report struct {
			Items []struct {
				Service, Signal, Reason, List string
				N, Accepted                   int
				Rate                          *float64
				Kappa                         struct {
					Pairs     int
					Agreement string
				}
			}
		}
		head.Get("/api/v1/reports/accuracy?from=2026-11-01&to=2026-11-30").Is(200).Decode(&report)
		if len(report.Items) != 1 || report.Items[0].N != 5 || report.Items[0].Accepted != 6 || report.Items[0].Rate == nil || *report.Items[0].Rate != 1 || report.Items[0].Kappa.Pairs != 6 {
			t.Fatalf("report: %+v", report)
		}
		var listed struct {
			Items []map[string]any
		}
		office.Get(report.Items[0].List).Is(200).Decode(&listed)
		if len(listed.Items) != 5 {
			t.Errorf("%d cases listed, 5 counted", len(listed.Items))
		}
		agent.Get(report.Items[0].List).Is(200).Decode(&listed)
		if raw, _ := json.Marshal(listed); len(listed.Items) != 5 || strings.Contains(string(raw), `"result":"correct"`) {
			t.Errorf("the agent reads %s", raw)
		}
		agent.Get("/api/v1/reviews?result=wrong").Is(422)
		s.pages(t)
	})
}

// pages looks at the pages after all but one case of six are done.
func (s stage) pages(t *testing.T) {
	head, office, customer := s.SignedIn("2001"), s.SignedIn("1002"), s.SignedIn("3002")
	head.Get("/services/finance.advance/review").Is(200).Shows("#numbers", "100.0").Shows("#plan", "抽取比例")
	if seed := head.Get("/services/finance.advance/review").Page().Find("#seed").Length(); seed != 0 {
		t.Error("the head sees the seed")
	}
	office.Get("/services/finance.advance/review").Is(200).Shows("#seed", "")
	refused := head.Form("/services/finance.advance/review", "active", "true", "share", "abc", "most", "0", "first", "", "second", "-3", "revision", "1").Is(422)
	if n := refused.Page().Find(".nk-field.is-bad, [aria-invalid=true]").Length(); n < 3 || refused.Page().Find("input[name=share]").AttrOr("value", "") != "abc" {
		t.Errorf("%d fields are marked, share is %q", n, refused.Page().Find("input[name=share]").AttrOr("value", ""))
	}
	head.Form("/services/finance.advance/review", "active", "true", "share", "10", "first", "quality", "second", "0", "revision", "0").Is(412)
	split := s.all("1002", review.Filter{State: review.Split})[0]
	path := fmt.Sprintf("/reviews/%d", split.ID)
	office.Get("/reviews").Is(200).Shows("#cases", split.Ref())
	page := office.Get(path).Is(200).Shows("#result", "已打款").Shows("#given", "打错了账户")
	if n := page.Page().Find("#judge input[name=verdict]").Length(); n != 3 || page.Page().Find("#judge input[checked]").Length() != 0 {
		t.Errorf("%d choices, or one is preset", n)
	}
	office.Form(path, "verdict", "partly").Is(422).Shows("#judge", "请写一句哪里不对")
	office.Form(path, "verdict", "wrong", "word", "账户确实错了").Is(http.StatusSeeOther)
	office.Get(path).Is(200).Shows("#outcome", "不对")
	customer.Get(path).Is(200).Shows("#mine", "打错了账户")
	if customer.Get(path).Page().Find("#given, #outcome").Length() != 0 {
		t.Error("the customer sees what others said")
	}
	head.Get(path).Is(404)
	head.Get("/reviews/accuracy?from=2026-11-01").Is(200).Shows("#rows", "6").Shows("#kappa", "不到 20 件")
	head.Get("/reviews/accuracy?by=edge&from=2026-11-01").Is(200).Shows("#rows", "财务部")
	head.Get("/reviews/accuracy?from=x").Is(422)
	head.Get("/reviews/accuracy?by=x").Is(422)
	file := office.Get("/reviews/export?show=all&format=csv").Is(200)
	if lines := strings.Count(string(file.Body), "R-"); lines != 6 || !strings.Contains(string(file.Body), "打错了账户") {
		t.Errorf("the file has %d cases: %s", lines, file.Body)
	}
	if hidden := head.Get("/reviews/export?show=all&format=csv").Is(200); strings.Contains(string(hidden.Body), "打错了账户") {
		t.Error("words that were not shared leave in a file")
	}
}

// What the same customer asked for twice is one result, drawn once.
func TestADuplicateIsNotDrawn(t *testing.T) {
	each(t, func(t *testing.T, s stage) {
		s.plan(review.Plan{Active: true, Share: 100, First: review.ByCustomer})
		s.later(time.Minute)
		var asked []request.Request
		for range 2 {
			r, err := s.Request.Open(s.As("3002"), request.Ask{Service: "finance.advance", Title: "备用金", Fields: map[string]any{"amount": "5000", "reason": "备用金", "due": "2026-12-01"}})
			s.must(err)
			asked = append(asked, r)
		}
		agent, lead := s.As("2002"), asked[0]
		_, err := s.Request.Merge(agent, asked[1].Number, lead.Ref(), "", request.When{})
		s.must(err)
		_, err = s.Request.Take(agent, lead.Number, request.When{})
		s.must(err)
		_, err = s.Request.Deliver(agent, lead.Number, "好了", nil, request.When{})
		s.must(err)
		_, err = s.Request.Accept(s.As("3002"), lead.Number, request.When{})
		s.must(err)
		s.caught()
		if list := s.all("1001", review.Filter{}); len(list) != 1 || list[0].Number != lead.Number {
			t.Errorf("drawn: %+v", list)
		}
	})
}
