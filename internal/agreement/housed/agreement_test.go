package housed_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"neike/content"
	"neike/internal/agreement"
	"neike/internal/app"
	"neike/internal/app/house"
	"neike/internal/calendar"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/org"
	"neike/internal/relation"
	"neike/internal/request"
	"neike/internal/todo"
)

// stage is a house with finance (2001 heads it), project (3001 heads it) and a clock that the test moves: Monday 2026-11-23, 10:00 in Shanghai.
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

func (s stage) until(text string) {
	s.T.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, time.FixedZone("CST", 8*3600))
	s.must(err)
	s.now.Store(at.UnixMilli())
	s.must(s.Catch(s.System()))
}

// terms are those of a draft: expenses within ten working hours instead of what the standard says, and two duties.
func (s stage) terms() agreement.Draft {
	s.T.Helper()
	snap, err := s.Catalog.Snapshot(s.System())
	s.must(err)
	service, ok := snap.ByCode("finance.advance")
	if !ok {
		s.T.Fatal("no service")
	}
	return agreement.Draft{From: 20261123, To: 20271122, Review: 20270223, Terms: agreement.Terms{Attainment: 0.99,
		Targets: []agreement.Target{{Service: service.ID, Completion: calendar.Duration{Value: 10, Unit: calendar.WorkingHours}, CompletionTarget: 0.98}},
		Duties:  []agreement.Duty{{Kind: agreement.DutyComplete, Target: 0.9}, {Kind: agreement.DutyAnswer, Within: 4, Target: 0.9}}}}
}

func (s stage) write(no string, d agreement.Draft) agreement.View {
	s.T.Helper()
	v, err := s.Agreement.Write(s.As(no), "finance", "project", d, web.IfMatch{})
	s.must(err)
	return v
}

// sign signs what the person sees.
func (s stage) sign(no string, number int64, side agreement.Side) (agreement.View, error) {
	s.T.Helper()
	return s.Agreement.Sign(s.As(no), number, side, web.IfMatch{IfMatch: s.etag(no, number)})
}

func (s stage) etag(no string, number int64) string {
	s.T.Helper()
	return s.TokenOf(no).Get("/api/v1/agreements/" + agreement.Ref(number)).Is(200).Header.Get("ETag")
}

// told says whether the inbox of a person has a notice with these words.
func (s stage) told(no, words string) bool {
	s.T.Helper()
	s.must(s.Catch(s.System()))
	return strings.Contains(s.SignedIn(no).Get("/inbox?only=notices").Is(200).Text("main"), words)
}

// TestTheOtherSideIsTold of a draft, of the first signature, and that it counts.
func TestTheOtherSideIsTold(t *testing.T) {
	each(t, func(t *testing.T, s stage) {
		v := s.write("2001", s.terms())
		if !s.told("3001", "有一份与贵部门有关的服务协议草案") {
			t.Error("nobody tells the customer of the draft")
		}
		_, err := s.sign("2001", v.Number, agreement.Provider)
		s.must(err)
		if !s.told("3001", "等您签") || s.told("2001", "等您签") {
			t.Error("the side that has not signed is told, and only that")
		}
		_, err = s.sign("3001", v.Number, agreement.Customer)
		s.must(err)
		if !s.told("2001", "双方已签服务协议") {
			t.Error("nobody tells the provider that it counts")
		}
	})
}

func (s stage) signed() agreement.View {
	s.T.Helper()
	v := s.write("2001", s.terms())
	_, err := s.sign("2001", v.Number, agreement.Provider)
	s.must(err)
	v, err = s.sign("3001", v.Number, agreement.Customer)
	s.must(err)
	return v
}

func (s stage) asks() request.Request {
	s.T.Helper()
	r, err := s.Request.Open(s.As("3002"), request.Ask{Service: "finance.advance", Title: "备用金", Fields: map[string]any{"amount": "5000", "reason": "备用金", "due": "2026-12-01"}})
	s.must(err)
	return r
}

// promised is within how many working hours a request is to be done, and in what that is agreed.
func (s stage) promised(r request.Request) (calendar.Duration, string) {
	s.T.Helper()
	v, err := s.Request.ByNumber(s.As("3002"), r.Number)
	s.must(err)
	return v.Log[0].Terms.Completion, v.Log[0].Code
}

func (s stage) owed(no string) string {
	s.T.Helper()
	page, err := s.Todo.Mine(s.As(no), todo.Filter{})
	s.must(err)
	var verbs []string
	for _, e := range page.Items {
		if strings.HasPrefix(e.Verb, "agreement-") {
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

// TestTwoSignAndItCounts: from the second signature on for requests of that customer, and for nobody else's.
func TestTwoSignAndItCounts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s stage) {
		before := s.asks()
		usual, code := s.promised(before)
		if code != "" {
			t.Fatalf("agreed already: %s", code)
		}
		v := s.write("2001", s.terms())
		if v.Ref() != "OLA-1" || s.owed("2001") != "agreement-sign" || s.owed("3001") != "agreement-sign" {
			t.Fatalf("%s, owed %q and %q", v.Ref(), s.owed("2001"), s.owed("3001"))
		}
		for no, side := range map[string]agreement.Side{"2002": agreement.Provider, "3002": agreement.Customer, "1001": agreement.Provider, "3001": agreement.Provider, "2001": agreement.Customer} {
			if _, err := s.sign(no, v.Number, side); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s signs for the %s: %v", no, side, err)
			}
		}
		_, err := s.sign("2001", v.Number, agreement.Provider)
		s.must(err)
		if _, err := s.sign("2001", v.Number, agreement.Provider); keyOf(err) != "agreement.signed-already" {
			t.Errorf("signed twice: %v", err)
		}
		if s.owed("2001") != "" || s.owed("3001") != "agreement-sign" {
			t.Errorf("owed %q and %q", s.owed("2001"), s.owed("3001"))
		}
		if d, _ := s.promised(s.asks()); d != usual {
			t.Errorf("half signed it counts: %v", d)
		}
		v, err = s.sign("3001", v.Number, agreement.Customer)
		s.must(err)
		after := s.asks()
		if d, code := s.promised(after); d.Value != 10 || code != "OLA-1/1" {
			t.Errorf("promised %v by %q", d, code)
		}
		if d, _ := s.promised(before); d != usual {
			t.Errorf("an older request was changed: %v", d)
		}
		edge, err := s.Relation.Direction(s.As("3001"), "finance", "project", relation.CurrentPeriod(time.UnixMilli(s.now.Load())))
		s.must(err)
		if edge.Target.Attainment != 0.99 {
			t.Errorf("the edge is judged by %v", edge.Target)
		}
		page := s.SignedIn("3002").Get("/requests/" + after.Ref()).Is(200).Page()
		if page.Find("a[href='/agreements/OLA-1']").Length() != 1 {
			t.Error("the page of the request does not lead to the agreement")
		}
		s.must(s.Catch(s.System()))
		// the end: what comes then follows the standard, what is open stays
		_, err = s.Agreement.End(s.As("3001"), v.Number, "改回统一标准", web.IfMatch{IfMatch: s.etag("3001", v.Number)})
		s.must(err)
		if d, code := s.promised(s.asks()); d != usual || code != "" {
			t.Errorf("after the end: %v %q", d, code)
		}
		if d, _ := s.promised(after); d.Value != 10 {
			t.Errorf("the end changed an open request: %v", d)
		}
		if _, err := s.sign("3001", v.Number, agreement.Customer); keyOf(err) != "agreement.is-ended" && fault.KindOf(err) != fault.NotFound {
			t.Errorf("signed after the end: %v", err)
		}
		if again := s.write("3001", s.terms()); again.Ref() != "OLA-2" {
			t.Errorf("after the end: %s", again.Ref())
		}
	})
}

// TestAnotherWordTakesTheSignatureAway: what is signed is a wording.
func TestAnotherWordTakesTheSignatureAway(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s stage) {
		v := s.write("2001", s.terms())
		seen := s.etag("3001", v.Number)
		_, err := s.sign("2001", v.Number, agreement.Provider)
		s.must(err)
		if same := s.write("2001", s.terms()); len(same.Versions[0].Signatures) != 1 {
			t.Error("the same words took the signature away")
		}
		other := s.terms()
		other.Terms.Exclusions = "月末三天不受理"
		v = s.write("3001", other)
		if len(v.Versions) != 1 || len(v.Versions[0].Signatures) != 0 || s.owed("2001") != "agreement-sign" {
			t.Errorf("%d versions, %d signatures, owed %q", len(v.Versions), len(v.Versions[0].Signatures), s.owed("2001"))
		}
		if _, err := s.Agreement.Sign(s.As("3001"), v.Number, agreement.Customer, web.IfMatch{IfMatch: seen}); fault.KindOf(err) != fault.Precondition {
			t.Errorf("signed unseen: %v", err)
		}
		_, err = s.sign("3001", v.Number, agreement.Customer)
		s.must(err)
		_, err = s.Agreement.Object(s.As("2001"), v.Number, agreement.Provider, " ", web.IfMatch{})
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("sent back without a word: %v", err)
		}
		v, err = s.Agreement.Object(s.As("2001"), v.Number, agreement.Provider, "98% 做不到，改成 95%", web.IfMatch{})
		s.must(err)
		if len(v.Versions[0].Signatures) != 0 || len(v.Words) != 1 || s.owed("3001") != "agreement-sign" {
			t.Errorf("%+v", v)
		}
		v, err = s.Agreement.Drop(s.As("3001"), v.Number, web.IfMatch{})
		s.must(err)
		if v.EndedAt.IsZero() || s.owed("2001") != "" {
			t.Errorf("%+v, owed %q", v.Agreement, s.owed("2001"))
		}
	})
}

// TestTheNextVersion counts from its own day on, the one before until then.
func TestTheNextVersion(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s stage) {
		v := s.signed()
		next := s.terms()
		next.From, next.Terms.Targets[0].Completion.Value = 20261201, 6
		v = s.write("1001", next) // the quality office drafts
		if len(v.Versions) != 2 || v.Versions[0].N != 2 {
			t.Fatalf("%+v", v.Versions)
		}
		for no, side := range map[string]agreement.Side{"2001": agreement.Provider, "3001": agreement.Customer} {
			_, err := s.sign(no, v.Number, side)
			s.must(err)
		}
		if d, code := s.promised(s.asks()); d.Value != 10 || code != "OLA-1/1" {
			t.Errorf("before its day: %v %q", d, code)
		}
		s.until("2026-12-01 09:00")
		if d, code := s.promised(s.asks()); d.Value != 6 || code != "OLA-1/2" {
			t.Errorf("on its day: %v %q", d, code)
		}
		s.until("2027-02-10 09:00") // thirteen days before the review
		if got := s.owed("2001") + "|" + s.owed("3001"); got != "agreement-review|agreement-review" {
			t.Errorf("owed %q", got)
		}
		s.must(s.Agreement.Comment(s.As("3001"), v.Number, agreement.Customer, 20264, "比以前快了"))
		if got := s.owed("2001") + "|" + s.owed("3001"); got != "agreement-review|" {
			t.Errorf("after a word: %q", got)
		}
		s.until("2027-11-23 09:00")
		if d, code := s.promised(s.asks()); code != "" {
			t.Errorf("after the last day: %v %q", d, code)
		}
	})
}

// TestWhoMayReadAnAgreement: its units, those below, the office; for all others it is not there.
func TestWhoMayReadAnAgreement(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s stage) {
		v := s.signed()
		_, err := s.Org.SaveUnit(s.System(), org.UnitInput{Code: "site", NameZh: "现场组", NameEn: "Site", Parent: "project"})
		s.must(err)
		_, err = s.Org.SaveUnit(s.System(), org.UnitInput{Code: "legal", NameZh: "法务部", NameEn: "Legal", Parent: "root"})
		s.must(err)
		for no, unit := range map[string]string{"5001": "site", "6001": "legal"} {
			_, err := s.Org.SavePerson(s.System(), org.PersonInput{No: no, Name: "某某", Unit: unit})
			s.must(err)
		}
		for no, want := range map[string]bool{"2002": true, "3002": true, "5001": true, "1001": true, "4001": true, "6001": false} {
			_, err := s.Agreement.ByNumber(s.As(no), v.Number)
			if (err == nil) != want {
				t.Errorf("%s: %v", no, err)
			}
			page, err := s.Agreement.List(s.As(no), agreement.Filter{})
			s.must(err)
			if (len(page.Items) == 1) != want {
				t.Errorf("%s lists %d", no, len(page.Items))
			}
			for _, path := range []string{"", "/print", "/review", "?try=1"} {
				status := 200
				if !want {
					status = 404
				}
				s.TokenOf(no).Get("/agreements/OLA-1" + path).Is(status)
			}
		}
		// a request of a team below counts by the agreement of the department
		r, err := s.Request.Open(s.As("5001"), request.Ask{Service: "finance.advance", Title: "现场备用金", Fields: map[string]any{"amount": "5000", "reason": "备用金", "due": "2026-12-01"}})
		s.must(err)
		log, err := s.Request.ByNumber(s.As("5001"), r.Number)
		s.must(err)
		if log.Log[0].Code != "OLA-1/1" {
			t.Errorf("from below: %q", log.Log[0].Code)
		}
	})
}

// TestTheReviewCountsWhatHappened on the requests of the two units.
func TestTheReviewCountsWhatHappened(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s stage) {
		v := s.signed()
		for i := range 6 {
			r := s.asks()
			_, err := s.Request.Take(s.As("2002"), r.Number, request.When{})
			s.must(err)
			if i < 2 {
				_, err := s.Request.AskBack(s.As("2002"), r.Number, "哪个项目？", nil, request.When{})
				s.must(err)
			}
			if i == 0 {
				s.now.Add(int64(time.Hour / time.Millisecond))
				_, err := s.Request.Answer(s.As("3002"), r.Number, "三号", nil, nil, request.When{})
				s.must(err)
			}
		}
		s.until("2027-01-04 10:00")
		p, err := s.Agreement.Review(s.As("3001"), v.Number, 20264)
		s.must(err)
		if len(p.Kept) != 2 || p.Kept[0].N != 6 || p.Kept[0].Met != 4 || p.Kept[1].N != 2 || p.Kept[1].Met != 1 || p.Version.N != 1 {
			t.Errorf("%+v", p.Kept)
		}
		if len(p.Services) != 1 || p.Services[0].N() == 0 || p.Services[0].Met != 0 {
			t.Errorf("%+v", p.Services)
		}
		if n := len(p.Trend); n != 4 || p.Trend[3].N != p.Services[0].N() {
			t.Errorf("the trend and the service differ: %+v, %+v", p.Trend, p.Services)
		}
		tried, err := s.Agreement.Try(s.As("2001"), v.Number)
		s.must(err)
		if len(tried) != 1 || tried[0].N == 0 || tried[0].Was != tried[0].Would {
			t.Errorf("%+v", tried)
		}
	})
}

// TestAnAgreementFollowsItsUnit into the one that it becomes part of; what then is of one unit with itself ends.
func TestAnAgreementFollowsItsUnit(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s stage) {
		v := s.signed()
		_, err := s.Org.SaveUnit(s.System(), org.UnitInput{Code: "build", NameZh: "工程部", NameEn: "Engineering", Parent: "root"})
		s.must(err)
		holdings := s.Agreement.Holdings()
		tree, err := s.Org.Tree(s.System())
		s.must(err)
		project, _ := tree.ByCode("project")
		build, _ := tree.ByCode("build")
		finance, _ := tree.ByCode("finance")
		hand := func(from, to org.ID) {
			s.must(s.DB.Write(s.System(), func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := holdings[0].Hand(ctx, tx, org.Handing{From: from, To: to, Limit: 10})
				return err
			}))
		}
		hand(project.ID, build.ID)
		got, err := s.Agreement.ByNumber(s.As("1001"), v.Number)
		s.must(err)
		if got.Customer != build.ID || !got.EndedAt.IsZero() {
			t.Errorf("%+v", got.Agreement)
		}
		hand(build.ID, finance.ID)
		got, err = s.Agreement.ByNumber(s.As("1001"), v.Number)
		s.must(err)
		if got.EndedAt.IsZero() {
			t.Error("an agreement of a unit with itself")
		}
	})
}

// TestThePagesOfAnAgreement: a draft by the form with everything wrong, then signed by both in the browser.
func TestThePagesOfAnAgreement(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s stage) {
		head, customer := s.SignedIn("2001"), s.SignedIn("3001")
		bad := head.Form("/agreements", "provider", "finance", "customer", "nowhere", "from", "morgen", "review", "", "attainment", "120",
			"targets.0.service", "", "targets.1.service", "finance.advance", "targets.1.completion.value", "x", "duties.answer.within", "y").Is(422).Page()
		text := bad.Find("#agreement-form").Text()
		for _, want := range []string{"没有这个单位", "2026-12-01", "100%", "填整数"} {
			if !strings.Contains(text, want) {
				t.Errorf("nothing is said of %q", want)
			}
		}
		if got, _ := bad.Find("[name='targets.1.completion.value']").Attr("value"); got != "x" {
			t.Errorf("what was typed is lost: %q", got)
		}
		more := head.Form("/agreements", "provider", "finance", "customer", "project", "do", "more", "targets.0.service", "finance.advance").Is(200).Page()
		if n := more.Find("fieldset[id^='targets.']").Length(); n != 2 {
			t.Errorf("%d rows", n)
		}
		head.Form("/agreements", "provider", "finance", "customer", "project", "from", "2026-11-23", "to", "", "review", "2027-02-01",
			"targets.0.service", "finance.advance", "targets.0.completion.value", "8", "targets.0.completion.unit", calendar.WorkingHours, "targets.0.completion_target", "95%",
			"duties.complete.target", "90").Is(303)
		page := head.Get("/agreements/OLA-1").Is(200).Page()
		revision, _ := page.Find("#signing-provider [name=revision]").Attr("value")
		if revision == "" || page.Find("#signing-customer").Length() != 0 {
			t.Fatal("the head of the provider cannot sign, or signs for the other")
		}
		head.Form("/agreements/OLA-1/sign", "side", "provider", "revision", revision).Is(303)
		head.Form("/agreements/OLA-1/sign", "side", "provider", "revision", revision).Is(409)
		page = customer.Get("/agreements/OLA-1").Is(200).Page()
		revision, _ = page.Find("#signing-customer [name=revision]").Attr("value")
		customer.Form("/agreements/OLA-1/sign", "side", "customer", "revision", revision).Is(303)
		page = customer.Get("/agreements/OLA-1").Is(200).Page()
		if page.Find("#now").Length() != 1 || page.Find("#draft").Length() != 0 {
			t.Error("it is not in force")
		}
		if !strings.Contains(customer.Get("/relations/finance/project").Is(200).Page().Find("main").Text(), "OLA-1") {
			t.Error("the edge page does not name it")
		}
		if n := customer.Get("/agreements/OLA-1/print").Is(200).Page().Find(".nk-sign").Length(); n != 2 {
			t.Errorf("%d boxes to sign in", n)
		}
		customer.Form("/agreements/OLA-1/review", "side", "customer", "quarter", "2026-Q3", "text", "").Is(422)
		customer.Form("/agreements/OLA-1/review", "side", "customer", "quarter", "2026-Q3", "text", "还行").Is(303)
		if !strings.Contains(customer.Get("/agreements/OLA-1/review?quarter=2026-Q3").Is(200).Page().Find("#comments").Text(), "还行") {
			t.Error("the word is not there")
		}
		if s.SignedIn("3002").Get("/agreements/new").Status != 404 {
			t.Error("somebody who heads nothing drafts")
		}
	})
}
