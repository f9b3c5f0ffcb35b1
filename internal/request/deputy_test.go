package request

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"neike/internal/access"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/todo"
)

// away lets somebody be away until the end of the day after tomorrow.
func (h house) away(no, deputy string) org.Absence {
	h.t.Helper()
	a, err := h.Org.SetAbsence(h.ctx, no, org.AbsenceInput{From: "2026-11-23", Until: "2026-11-25", Kind: "holiday", Deputy: deputy, Anyway: true})
	must(h.t, err)
	return a
}

// owes lists what somebody's list shows, as "verb number behalf".
func (h house) owes(no, holder string) []string {
	h.t.Helper()
	page, err := h.Todo.Mine(h.as(no), todo.Filter{Holder: holder})
	must(h.t, err)
	var out []string
	for _, e := range page.Items {
		out = append(out, strings.TrimSpace(e.Verb+" "+e.Ref+" "+e.BehalfNo))
	}
	return out
}

// sees says whether a list shows the request to somebody, and whether its page does.
func (h house) sees(no string, r Request) (list, page bool) {
	h.t.Helper()
	lines, err := h.List(h.as(no), Filter{})
	must(h.t, err)
	_, err = h.ByNumber(h.as(no), r.Number)
	return slices.ContainsFunc(lines.Items, func(l Line) bool { return l.ID == r.ID }), err == nil
}

// TestADeputyActsForTheCustomerAndForTheAssignee: 3002 asks, 2002 serves, both are away; a stranger and a colleague stand
// in, and each deed is remembered as done for them.
func TestADeputyActsForTheCustomerAndForTheAssignee(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		r := h.open("3002")
		_, err := h.Take(h.as("2002"), r.Number, When{})
		must(t, err)
		if list, page := h.sees("4001", r); list || page {
			t.Fatal("a stranger sees it")
		}
		if list, page := h.sees("2102", r); list || page {
			t.Fatal("an agent elsewhere sees it")
		}
		asker, server := h.away("3002", "4001"), h.away("2002", "2102")
		for _, no := range []string{"4001", "2102"} {
			if list, page := h.sees(no, r); !list || !page {
				t.Errorf("%s: list %v, page %v", no, list, page)
			}
		}
		if got := h.owes("2102", ""); !slices.Contains(got, "deliver "+r.Ref()+" 2002") {
			t.Errorf("the deputy of the assignee owes %q", got)
		}
		h.later(time.Minute)
		_, err = h.AskBack(h.as("2102"), r.Number, "还缺发票", nil, When{})
		must(t, err)
		if _, err := h.Answer(h.as("2102"), r.Number, "自己答", nil, nil, When{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("who serves answers: %v", err)
		}
		if got := h.owes("4001", "deputy"); !slices.Equal(got, []string{"answer " + r.Ref() + " 3002"}) {
			t.Errorf("the deputy of the customer owes %q", got)
		}
		_, err = h.Answer(h.as("4001"), r.Number, "补上了", nil, nil, When{})
		must(t, err)
		_, err = h.Deliver(h.as("2102"), r.Number, "办好了", nil, When{})
		must(t, err)
		if _, err := h.Deliver(h.as("4001"), r.Number, "x", nil, When{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the customer's deputy serves: %v", err)
		}
		v, err := h.ByNumber(h.as("4001"), r.Number)
		must(t, err)
		if !v.NotesHidden() || !v.May(VerbAccept) || v.May(VerbDeliver) {
			t.Errorf("the customer's deputy may %v", v.Verbs)
		}
		_, err = h.Accept(h.as("4001"), r.Number, When{})
		must(t, err)
		if _, err := h.Rate(h.as("4001"), r.Number, Rating{Score: 5}, When{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a deputy has no opinion of the customer's: %v", err)
		}
		if got := h.owes("4001", "deputy"); len(got) != 0 {
			t.Errorf("invited to rate: %q", got)
		}
		v, err = h.ByNumber(h.as("3002"), r.Number)
		must(t, err)
		var log []string
		for _, e := range v.timelineOf(h.as("3002"), nil) {
			behalf := "-"
			if e.For != nil {
				behalf = *e.For
			}
			log = append(log, string(e.Kind)+" "+*e.By+" "+behalf)
		}
		want := []string{"open 3002 -", "take 2002 -", "ask 2102 2002", "answer 4001 3002", "deliver 2102 2002", "accept 4001 3002"}
		if !slices.Equal(log, want) {
			t.Errorf("log %q", log)
		}
		if flaw := unlike(v.Request, v.Log); flaw.What != "" {
			t.Errorf("the row is not the fold of its log: %+v", flaw)
		}
		for absence, verbs := range map[org.ID][]string{asker.ID: {"验收", "回答"}, server.ID: {"交付", "补充"}} {
			deeds, err := h.Org.Deeds(h.ctx, absence)
			must(t, err)
			if len(deeds) != 2 || deeds[0].Ref != r.Ref() || !strings.Contains(deeds[0].Text, "代") {
				t.Errorf("done meanwhile (%v): %+v", verbs, deeds)
			}
		}
	})
}

// TestRightsOfADeputyEndWithTheAbsence: by hand at once, and by time.
func TestRightsOfADeputyEndWithTheAbsence(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		r := h.open("3002")
		a := h.away("3002", "4001")
		if list, page := h.sees("4001", r); !list || !page {
			t.Fatal("the deputy does not see it")
		}
		_, err := h.Org.EndAbsence(h.ctx, a.ID, 0)
		must(t, err)
		if list, page := h.sees("4001", r); list || page || len(h.owes("4001", "")) != 0 {
			t.Error("rights outlive the absence")
		}
		h.later(time.Second)
		h.away("3002", "4001")
		if _, page := h.sees("4001", r); !page {
			t.Fatal("named again")
		}
		h.later(3 * 24 * time.Hour)
		if list, page := h.sees("4001", r); list || page {
			t.Error("rights outlive their time")
		}
		if _, err := h.Withdraw(h.as("4001"), r.Number, When{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("withdrawn by a deputy that was: %v", err)
		}
	})
}

// TestNobodyStandsInOnAConfidentialRequest: neither page, list nor to-do tells that it exists.
func TestNobodyStandsInOnAConfidentialRequest(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		ask := advance()
		ask.Confidential = true
		ask.Named = []string{"2002"}
		r, err := h.Open(h.as("3002"), ask)
		must(t, err)
		_, err = h.Take(h.as("2002"), r.Number, When{})
		must(t, err)
		_, err = h.AskBack(h.as("2002"), r.Number, "哪一天？", nil, When{})
		must(t, err)
		h.away("3002", "4001")
		h.away("2002", "2003")
		for _, no := range []string{"4001", "2003"} {
			if list, page := h.sees(no, r); list || page {
				t.Errorf("%s sees it: list %v, page %v", no, list, page)
			}
			for _, line := range h.owes(no, "") {
				if strings.Contains(line, r.Ref()) {
					t.Errorf("%s is told by a to-do: %q", no, line)
				}
			}
			if _, err := h.Cancel(h.as(no), r.Number, "x", When{}); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s cancels it: %v", no, err)
			}
		}
		_, err = h.Name(h.as("3002"), r.Number, "2003", When{})
		must(t, err)
		if _, page := h.sees("2003", r); !page {
			t.Error("somebody named does not see it")
		}
	})
}

// TestADeputyOfAHeadHeads: assigns in the head's place, sees the queue, and it is written down for whom.
func TestADeputyOfAHeadHeads(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		r := h.open("3002")
		if _, err := h.Assign(h.as("4001"), r.Number, "2003", When{}); fault.KindOf(err) != fault.NotFound {
			t.Fatalf("a stranger assigns: %v", err)
		}
		h.away("2001", "4001")
		page, err := h.Queue(h.as("4001"), ViewUnit, Filter{})
		must(t, err)
		if len(page.Items) != 1 {
			t.Errorf("the queue of who stands in for the head: %d", len(page.Items))
		}
		_, err = h.Assign(h.as("4001"), r.Number, "2003", When{})
		must(t, err)
		v, err := h.ByNumber(h.as("2001"), r.Number)
		must(t, err)
		last := v.Log[len(v.Log)-1]
		if v.People[last.For].No != "2001" || v.People[last.Actor].No != "4001" {
			t.Errorf("assigned by %d for %d", last.Actor, last.For)
		}
		h.away("2003", "2002") // the colleague was given it and is away: who stands in confirms it, and it stays the colleague's
		took, err := h.Take(h.as("2002"), r.Number, When{})
		must(t, err)
		if v.People[took.Assignee].No != "" && v.People[took.Assignee].No != "2003" || took.TakenAt.IsZero() {
			t.Errorf("in hand of %d, taken %v", took.Assignee, took.TakenAt)
		}
	})
}

// TestAListShowsADeputyWhatRequireLetsThrough, with many to stand in for.
func TestAListShowsADeputyWhatRequireLetsThrough(t *testing.T) {
	h := quick(t)
	var all []Request
	for _, no := range []string{"3001", "3002", "3003", "2101", "2102"} {
		all = append(all, h.open(no))
	}
	_, err := h.Take(h.as("2003"), all[1].Number, When{})
	must(t, err)
	for _, no := range []string{"3002", "2102", "2003"} {
		h.away(no, "9001")
	}
	ctx := h.as("9001")
	lines, err := h.List(ctx, Filter{})
	must(t, err)
	must(t, h.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		for _, r := range all {
			_, err := h.Access.Require(ctx, rd, "request.see", access.Subject{Kind: Kind, ID: r.ID}, false)
			listed := slices.ContainsFunc(lines.Items, func(l Line) bool { return l.ID == r.ID })
			if listed != (err == nil) {
				t.Errorf("%s: listed %v, %v", r.Ref(), listed, err)
			}
		}
		return nil
	}))
	if len(lines.Items) != 2 {
		t.Errorf("%d listed", len(lines.Items))
	}
}

// TestAListOfADeputyReadsShortRanges: one more index range per person, none of them sorted.
func TestAListOfADeputyReadsShortRanges(t *testing.T) {
	h := quick(t)
	must(t, h.db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
		sc := scope{eye: eye{person: 7, stands: []int64{8, 9}}, limit: 50}
		parts := append(sc.newestParts(), sc.queueParts()...)
		if len(parts) != 4+6+3 {
			t.Errorf("%d ranges", len(parts))
		}
		for _, p := range parts {
			text, args := sc.narrow(sqldb.Select("select "+lineColumns+"\nfrom request r").Where(p.cond, p.args...), p.seen).Limit(51).SQL()
			if plan := planOf(t, ctx, rd, text, args); strings.Contains(plan, "SCAN") {
				t.Errorf("%s: %s", p.cond, plan)
			}
		}
		plan := planOf(t, ctx, rd, "select at from request_event where behalf = $1 and at >= $2 and at < $3", []any{1, 2, 3})
		if !strings.Contains(plan, "request_event_behalf") {
			t.Error(plan)
		}
		return nil
	}))
}
