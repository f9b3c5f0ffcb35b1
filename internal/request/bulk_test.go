package request

import (
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"neike/internal/kit/fault"
)

// TestManyAreTakenAndPutBack: each is done or says why not; within a minute all are taken back, once, but what moved on.
func TestManyAreTakenAndPutBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h house) {
		a, b, c := h.open("3002"), h.open("3003"), h.open("4001")
		agent := h.as("2002")
		_, err := h.Take(h.as("2003"), c.Number, When{})
		must(t, err)
		refs := []string{a.Ref(), b.Ref(), c.Ref(), "R-999999", a.Ref()}
		done, err := h.Many(agent, VerbTake, refs, h.taking)
		must(t, err)
		if done.Done() != 2 || len(done.Rows) != 4 || done.Rows[2].Why == "" || done.Rows[3].Why == "" {
			t.Fatalf("%+v", done)
		}
		if _, err := h.Undo(h.as("2003"), done.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("somebody else takes it back: %v", err)
		}
		must(t, second(h.AskBack(agent, b.Number, "还差什么？", nil, When{})))
		back, err := h.Undo(agent, done.ID)
		must(t, err)
		if back.Done() != 1 || back.Rows[1].Why == "" {
			t.Errorf("%+v", back)
		}
		v, err := h.ByNumber(agent, a.Number)
		must(t, err)
		if v.State != StateNew || v.Assignee != 0 {
			t.Errorf("after it was put back: %s %d", v.State, v.Assignee)
		}
		if page, err := h.Queue(agent, ViewUnassigned, Filter{}); err != nil || !strings.Contains(titles(page.Items), a.Title) {
			t.Errorf("the queue of what nobody has: %v %v", titles(page.Items), err)
		}
		if _, err := h.Undo(agent, done.ID); fault.KindOf(err) != fault.Conflict {
			t.Errorf("taken back twice: %v", err)
		}
		again, err := h.Many(agent, VerbTake, []string{a.Ref()}, h.taking)
		must(t, err)
		h.later(2 * time.Minute)
		if _, err := h.Undo(agent, again.ID); fault.KindOf(err) != fault.Conflict {
			t.Errorf("after two minutes: %v", err)
		}
	})
}

// TestOfTwoWhoUndoOneWins
func TestOfTwoWhoUndoOneWins(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h house) {
		a := h.open("3002")
		agent := h.as("2002")
		_, err := h.Assign(agent, a.Number, "2003", When{})
		must(t, err)
		done, err := h.Many(agent, VerbAssign, []string{a.Ref()}, h.assigning("2002"))
		must(t, err)
		var wg sync.WaitGroup
		var errs [2]error
		for i := range errs {
			wg.Go(func() { _, errs[i] = h.Undo(agent, done.ID) })
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatal(errs)
		}
		v, err := h.ByNumber(agent, a.Number)
		must(t, err)
		if p, _ := h.Org.Person(h.ctx, v.Assignee); p.No != "2003" {
			t.Errorf("it is with %q", p.No)
		}
	})
}

// TestWritingToManyIsConfirmed: the first press says how many customers will read it, the second sends.
func TestWritingToManyIsConfirmed(t *testing.T) {
	t.Parallel()
	h := quick(t)
	a, b := h.open("3002"), h.open("3002")
	d := h.open4()
	form := url.Values{"n": {a.Ref(), b.Ref()}, "back": {"/queue?view=unit"}}
	page := d.page(d.post("2002", "/queue/message", form), 200)
	if text := page.Find(".nk-lead, main header").Text(); !strings.Contains(page.Text(), "1 位客户") {
		t.Errorf("says %q", text)
	}
	form.Set("sure", "on")
	d.page(d.post("2002", "/queue/message", form), 422)
	form.Set("text", "系统今晚停机")
	if w := d.post("2002", "/queue/message", form); w.Code != 303 || w.Header().Get("Location") != "/queue?view=unit" {
		t.Fatal(w.Code, w.Header())
	}
	if n := strings.Count(d.get("3002", "/requests/"+b.Ref()).Body.String(), "系统今晚停机"); n == 0 {
		t.Error("the customer does not read it")
	}
}

// The interface names what is wrong with the list of many, and what with the verb, at once.
func TestManyByTheAPIOfNoneOrTooMany(t *testing.T) {
	h := quick(t)
	d := h.open4()
	for body, want := range map[string][]string{
		`{"verb":"take","numbers":[]}`: {`"numbers"`, "form.required"},
		`{"verb":"take","numbers":["R-1"` + strings.Repeat(`,"R-1"`, maxBulk) + `]}`: {`"numbers"`},
		`{"verb":"dance","numbers":[]}`:                                              {`"numbers"`, `"verb"`},
	} {
		w := d.call("2002", "POST", "/api/v1/queue/many", body)
		if w.Code != 422 {
			t.Errorf("%d for %.60s", w.Code, body)
		}
		for _, part := range want {
			if !strings.Contains(w.Body.String(), part) {
				t.Errorf("%.60s: no %s in %s", body, part, w.Body)
			}
		}
	}
}

// What was handed over and is taken by nobody is shown as such, as what is new.
func TestNobodyHasIt(t *testing.T) {
	h := quick(t)
	d := h.open4()
	r := h.open("3002")
	must(t, second(h.Take(h.as("2002"), r.Number, When{})))
	must(t, second(h.HandOver(h.as("2002"), r.Number, "it", "要开权限", "", When{})))
	row := d.page(d.get("3002", "/requests"), 200).Find("#" + r.Ref()).Text()
	if !strings.Contains(row, "未分派") {
		t.Errorf("the row says %q", row)
	}
}
