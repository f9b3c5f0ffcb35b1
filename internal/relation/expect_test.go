package relation_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/relation"
)

// shelf is what providers can point to in these tests: standards and agreements that change and end.
type shelf map[string]map[int64]relation.Ground

// standards gives the house two kinds of grounds of finance.
func standards(h house) shelf {
	s := shelf{relation.ByStandard: {7: {ID: 7, Code: "finance.expense", Version: 1, Title: lang.Text{Zh: "费用报销", En: "Expenses"}, Note: "3 个工作日", Href: "/services/finance.expense"}},
		"agreement": {4: {ID: 4, Code: "A-4", Version: 1, Title: lang.Text{Zh: "财务与销售的约定", En: "Finance and Sales"}}}}
	for _, kind := range []string{relation.ByStandard, "agreement"} {
		h.rel.AddGrounds(relation.Grounds{Kind: kind, Label: "relation.expect.ground",
			Offer: func(_ context.Context, provider, _ org.ID) ([]relation.Ground, error) {
				if provider != h.unit("finance").ID {
					return nil, nil
				}
				var out []relation.Ground
				for _, g := range s[kind] {
					out = append(out, g)
				}
				return out, nil
			},
			Find: func(_ context.Context, ids []int64) (map[int64]relation.Ground, error) {
				out := map[int64]relation.Ground{}
				for _, id := range ids {
					if g, known := s[kind][id]; known {
						out[id] = g
					}
				}
				return out, nil
			}})
	}
	return s
}

func (h house) expect(no, provider, customer, text string) (relation.Expectation, error) {
	return h.rel.Expect(h.as(no), provider, customer, relation.ExpectationInput{Text: text, Importance: 4})
}

// TestAnExpectationIsAnswered: written by the customer, which makes the relation known; answered by a standard that changes later;
// reworded; refused with a reason; withdrawn, with all of it in its history. And who owes an answer meanwhile.
func TestAnExpectationIsAnswered(t *testing.T) {
	each(t, func(h house) {
		t := h.T
		speak(h)
		shelf := standards(h)
		x, err := h.expect("3001", "finance", "sales", " 报销单三个工作日内付款 ")
		if err != nil || x.State != relation.ExpectOpen || x.Text != "报销单三个工作日内付款" || !x.MayWrite || x.MayAnswer {
			t.Fatalf("%+v, %v", x, err)
		}
		if stand, err := h.rel.Stand(h.ctx, "finance", "sales"); err != nil || stand.Standing != relation.Proposed {
			t.Errorf("the relation is not proposed: %q, %v", stand.Standing, err)
		}
		if got := h.owed(); !slices.Equal(got, []string{"edge-confirm unit finance", "expectation-answer unit finance"}) {
			t.Errorf("owed %v", got)
		}
		if _, err := h.say("2001", "finance", "sales", relation.Yes, ""); err != nil {
			t.Fatal(err)
		}
		answer := func(no string, in relation.AnswerInput, want relation.ExpectState, owed ...string) {
			t.Helper()
			dbtest.Clock(h.db).Advance(time.Hour)
			x, err = h.rel.AnswerExpectation(h.as(no), x.ID, in)
			if err != nil || x.State != want || !slices.Equal(h.owed(), owed) {
				t.Fatalf("%s: %s, %v, owed %v", in.By, x.State, err, h.owed())
			}
		}
		answer("2001", relation.AnswerInput{By: relation.ByStandard, Code: "finance.expense", Version: x.Version}, relation.ExpectAnswered)
		g := shelf[relation.ByStandard][7]
		g.Version = 2
		shelf[relation.ByStandard][7] = g
		if err := h.rel.Recheck(h.ctx); err != nil {
			t.Fatal(err)
		}
		if x, err = h.rel.Expectation(h.as("3001"), x.ID); err != nil || x.State != relation.ExpectLapsed || !slices.Equal(h.owed(), []string{"expectation-answer unit finance"}) {
			t.Fatalf("the standard has changed: %s, %v, owed %v", x.State, err, h.owed())
		}
		answer("2001", relation.AnswerInput{By: "agreement", Code: "A-4"}, relation.ExpectAnswered)
		if x, err = h.rel.Reword(h.as("3001"), x.ID, x.Version, relation.ExpectationInput{Text: x.Text, Importance: 5}); err != nil || x.State != relation.ExpectAnswered {
			t.Fatalf("more important: %s, %v", x.State, err)
		}
		if x, err = h.rel.Reword(h.as("3001"), x.ID, x.Version, relation.ExpectationInput{Text: "报销单当天付款", Importance: 5}); err != nil || x.State != relation.ExpectOpen || len(h.owed()) != 1 {
			t.Fatalf("other words: %s, %v, owed %v", x.State, err, h.owed())
		}
		answer("2001", relation.AnswerInput{By: relation.Refusal, Why: "银行每天只批一次"}, relation.ExpectRefused)
		if x, err = h.rel.WithdrawExpectation(h.as("3001"), x.ID); err != nil || x.State != relation.ExpectWithdrawn || x.MayWrite {
			t.Fatalf("%s, %v", x.State, err)
		}
		var what []string
		for _, c := range x.Log {
			what = append(what, c.What)
		}
		if strings.Join(what, " ") != "withdrawn refused changed changed answered answered written" || x.Log[6].Text != "报销单三个工作日内付款" {
			t.Errorf("history %v", what)
		}
		if _, err := h.rel.AnswerExpectation(h.as("2001"), x.ID, relation.AnswerInput{By: relation.Refusal, Why: "晚了"}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("answered after all: %v", err)
		}
		for _, no := range []string{"3001", "4001"} { // who may not is told nothing, whatever the state
			if _, err := h.rel.AnswerExpectation(h.as(no), x.ID, relation.AnswerInput{}); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s answers what is withdrawn: %v", no, err)
			}
		}
	})
}

// TestWhoMayExpect: the customer's people and the quality office write, the provider's head answers, and who does not see the
// numbers of the relation sees nothing of it. Everything wrong is told at once.
func TestWhoMayExpect(t *testing.T) {
	h := quick(t)
	speak(h)
	standards(h)
	kind := func(err error) any {
		if err == nil {
			return nil
		}
		return fault.KindOf(err)
	}
	if _, err := h.expect("2002", "sales", "finance", "按周给回款预测"); kind(err) != fault.Conflict {
		t.Errorf("a member expects where there is no relation: %v", err)
	}
	for i, c := range []struct {
		who, provider, customer string
		want                    any
	}{
		{"3001", "finance", "sales", nil},            // head of the customer
		{"2001", "finance", "sales", fault.NotFound}, // head of the provider
		{"4001", "finance", "sales", fault.NotFound}, // of neither
		{"1001", "sales", "purchasing", nil},         // quality asks both
		{"3001", "finance", "nowhere", fault.NotFound},
	} {
		if _, err := h.expect(c.who, c.provider, c.customer, "要准"); kind(err) != c.want {
			t.Errorf("%d: %v", i, err)
		}
	}
	x, err := h.expect("3001", "finance", "sales", "要快")
	if err != nil {
		t.Fatal(err)
	}
	for no, want := range map[string]any{"3001": fault.NotFound, "4001": fault.NotFound, "2002": fault.NotFound, "1001": fault.NotFound, "2001": nil} {
		if _, err := h.rel.AnswerExpectation(h.as(no), x.ID, relation.AnswerInput{By: relation.Refusal, Why: "不行"}); kind(err) != want {
			t.Errorf("%s answers: %v", no, err)
		}
	}
	if _, err := h.rel.Expectation(h.as("4001"), x.ID); kind(err) != fault.NotFound {
		t.Errorf("a stranger reads: %v", err)
	}
	if l, err := h.rel.Expectations(h.as("4001"), relation.ExpectFilter{}); err != nil || l.Hidden != 2 || l.Counts.All() != 1 {
		t.Errorf("a stranger's list: %+v, %v", l, err)
	}
	fields := func(err error) string {
		f, _ := fault.As(err)
		var names []string
		if f != nil {
			for _, x := range f.Fields {
				names = append(names, x.Name)
			}
		}
		return strings.Join(names, " ")
	}
	_, err = h.rel.Expect(h.as("3001"), "finance", "sales", relation.ExpectationInput{Kano: "x", Service: "no.such"})
	if got := fields(err); got != "text importance kano service" {
		t.Errorf("all at once: %s", got)
	}
	for want, in := range map[string]relation.AnswerInput{"by": {}, "why": {By: relation.Refusal}, "code": {By: relation.ByStandard, Code: "gone"}, "why code": {By: relation.ByStandard, Why: strings.Repeat("长", 501)}} {
		if _, err := h.rel.AnswerExpectation(h.as("2001"), x.ID, in); fields(err) != want {
			t.Errorf("%s: %v", want, err)
		}
	}
	_, err = h.rel.Expectations(h.ctx, relation.ExpectFilter{Unit: "x", Provider: "y", Customer: "z", State: "w", Importance: "9"})
	if got := fields(err); got != "unit provider customer state importance" {
		t.Errorf("rubbish: %s", got)
	}
	if _, err := h.rel.Reword(h.as("3001"), x.ID, 1, relation.ExpectationInput{Text: "更快", Importance: 4}); kind(err) != fault.Conflict {
		t.Errorf("over what was answered meanwhile: %v", err)
	}
}

// TestTwoAnswersAtOnce: of two that read the same version exactly one counts.
func TestTwoAnswersAtOnce(t *testing.T) {
	each(t, func(h house) {
		t := h.T
		speak(h)
		x, err := h.expect("3001", "finance", "sales", "要快")
		if err != nil {
			t.Fatal(err)
		}
		ctx := h.as("2001")
		var group sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			group.Go(func() {
				_, errs[i] = h.rel.AnswerExpectation(ctx, x.ID, relation.AnswerInput{By: relation.Refusal, Why: strconv.Itoa(i), Version: x.Version})
			})
		}
		group.Wait()
		won := 0
		for _, err := range errs {
			switch {
			case err == nil:
				won++
			case fault.KindOf(err) != fault.Conflict:
				t.Error(err)
			}
		}
		if won != 1 {
			t.Errorf("%d of four count", won)
		}
	})
}

// TestExpectationsFollowTheirUnits: what is expected of a unit that ends is expected of the one that follows it.
func TestExpectationsFollowTheirUnits(t *testing.T) {
	each(t, func(h house) {
		t := h.T
		speak(h)
		x, err := h.expect("3001", "finance", "sales", "要快")
		if err != nil {
			t.Fatal(err)
		}
		for _, hold := range h.rel.Holdings() {
			if hold.Code != "relation.expected" {
				continue
			}
			err := h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
				from := h.unit("finance").ID
				if n, err := hold.Count(ctx, tx, from); err != nil || n != 1 {
					t.Errorf("%d, %v", n, err)
				}
				out, err := hold.Hand(ctx, tx, org.Handing{From: from, To: h.unit("purchasing").ID, Limit: 10})
				if out.Moved != 1 || out.Next != 0 {
					t.Errorf("%+v", out)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		x, err = h.rel.Expectation(h.as("3001"), x.ID)
		if err != nil || x.Provider.Code != "purchasing" || x.Log[0].What != "moved" || x.Log[0].Note != "财务部" {
			t.Errorf("%+v, %v", x, err)
		}
		if got := h.owed(); !slices.Contains(got, "expectation-answer unit purchasing") {
			t.Errorf("owed %v", got)
		}
	})
}

// TestExpectationsOfAUnitOfItself: when both units become one, nobody expects anything of another any more.
func TestExpectationsOfAUnitOfItself(t *testing.T) {
	h := quick(t)
	speak(h)
	x, err := h.expect("3001", "finance", "sales", "要快")
	if err != nil {
		t.Fatal(err)
	}
	for _, hold := range h.rel.Holdings() {
		if hold.Code == "relation.expected" {
			err := h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := hold.Hand(ctx, tx, org.Handing{From: h.unit("finance").ID, To: h.unit("sales").ID, Limit: 10})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if x, err = h.rel.Expectation(h.as("3001"), x.ID); err != nil || x.State != relation.ExpectWithdrawn || slices.Contains(h.owed(), "expectation-answer unit sales") {
		t.Errorf("%s, %v, owed %v", x.State, err, h.owed())
	}
}

// TestExpectationsOnPages: the form, what is wrong with it, the list and its counts, the page of the relation, the answer.
func TestExpectationsOnPages(t *testing.T) {
	h := quick(t)
	speak(h)
	standards(h)
	h.as("3001")
	const path = "/relations/finance/sales/expectations"
	if w := h.post(path, url.Values{"text": {" "}, "importance": {"many"}}); w.Code != 422 || !strings.Contains(w.Body.String(), "请写下期望") {
		t.Errorf("nothing: %d", w.Code)
	}
	if w := h.post(path, url.Values{"text": {"留着我"}, "importance": {""}}); w.Code != 422 || !strings.Contains(w.Body.String(), "留着我") || !strings.Contains(w.Body.String(), "请选择重要程度") {
		t.Errorf("no importance: %d", w.Code)
	}
	if w := h.post(path, url.Values{"text": {"三个工作日内付款"}, "importance": {"5"}, "kano": {"must_be"}, "service": {"finance.expense"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	doc := h.page("/relations/expectations?state=uncovered")
	row := doc.Find("#expects tbody tr")
	if doc.Find("h1").Text() != "1 条期望，1 条还没有着落" || row.Length() != 1 || !strings.Contains(row.Text(), "财务部 → 销售部") || !strings.Contains(row.Text(), "必须做到") {
		t.Errorf("%s: %s", doc.Find("h1").Text(), row.Text())
	}
	if n := h.page(doc.Find("#expected-of td.num a").First().AttrOr("href", "")).Find("#expects tbody tr").Length(); n != 1 {
		t.Errorf("the number leads to a list of %d", n)
	}
	one := row.Find("a").AttrOr("href", "")
	if text := h.page("/relations/finance/sales").Find("#edge").Text(); !strings.Contains(text, "三个工作日内付款") || !strings.Contains(text, "1 条还没有着落") {
		t.Error("the page of the relation does not show it")
	}
	if text := h.page("/relations/map").Find("#edges").Text(); !strings.Contains(text, "1 条期望没有着落") {
		t.Error("the map does not tell of it")
	}
	if page := h.page(one); page.Find("form#f-answer").Length() != 0 || page.Find("form#f-reword").Length() != 1 {
		t.Error("the customer's forms")
	}
	h.as("2001")
	page := h.page(one)
	if page.Find("form#f-answer option[value='standard:finance.expense']").Length() != 1 || page.Find("form#f-reword").Length() != 0 {
		t.Error("the provider's forms")
	}
	if w := h.post(one+"/answer", url.Values{"ground": {""}}); w.Code != 422 || !strings.Contains(w.Body.String(), "请选用哪一项来满足") {
		t.Errorf("%d", w.Code)
	}
	if w := h.post(one+"/answer", url.Values{"by": {"refused"}, "why": {" "}}); w.Code != 422 || !strings.Contains(w.Body.String(), "请写明为什么不能满足") {
		t.Errorf("%d", w.Code)
	}
	if w := h.post(one+"/answer", url.Values{"ground": {"standard:finance.expense"}, "version": {"1"}}); w.Code != http.StatusSeeOther {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := h.post(one+"/answer", url.Values{"by": {"refused"}, "why": {"还是算了"}, "version": {"1"}}); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "还是算了") {
		t.Errorf("over the other tab: %d", w.Code)
	}
	if text := h.page(one).Find("#expectation").Text(); !strings.Contains(text, "由“费用报销 · 3 个工作日”回应") {
		t.Error(text)
	}
	h.as("4001")
	if w := h.get(path); w.Code != http.StatusNotFound {
		t.Errorf("a stranger: %d", w.Code)
	}
	h.as("3001")
	got := h.json("/api/v1/expectations?importance=5")
	if item := got["items"].([]any)[0].(map[string]any); item["state"] != "answered" || item["answer"].(map[string]any)["code"] != "finance.expense" || got["counts"].(map[string]any)["uncovered"] != 0.0 {
		t.Errorf("%v", got)
	}
}
