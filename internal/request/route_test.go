package request

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/routing"
)

// id is a person's by 工号.
func (h house) id(no string) int64 {
	h.t.Helper()
	p, err := h.Org.PersonByNo(h.ctx, no)
	must(h.t, err)
	return p.ID
}

func (h house) serviceID(code string) int64 {
	h.t.Helper()
	id, err := h.Catalog.IDByCode(h.ctx, code)
	must(h.t, err)
	return id
}

// rules puts rules of a unit in force.
func (h house) rules(no, unit string, rules ...routing.Rule) routing.Set {
	h.t.Helper()
	set, err := h.Routing.Replace(h.as(no), unit, rules, -1)
	must(h.t, err)
	return set
}

// has is the 工号 of who has a request.
func (h house) has(r Request) string {
	h.t.Helper()
	v, err := h.ByNumber(h.as("1001"), r.Number)
	must(h.t, err)
	if v.Assignee == 0 {
		return ""
	}
	p := v.People[v.Assignee]
	return p.No
}

func TestARuleGivesARequestToSomebody(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.on("2026-11-23 09:00")
		must(t, h.Calendar.Prepare(h.ctx))
		large := &form.Condition{All: []form.Rule{{Field: "amount", Op: form.AtLeast, Value: form.Operand{"4000"}}}}
		h.rules("2001", "finance",
			routing.Rule{Name: "大额预支", Services: []int64{h.serviceID("finance.advance")}, When: large, Priority: "urgent", Way: routing.ToPerson, People: []int64{h.id("2003")}},
			routing.Rule{Name: "预支轮流", Services: []int64{h.serviceID("finance.advance")}, Way: routing.InTurn, People: []int64{h.id("2002"), h.id("2003")}})
		first, second, urgent := h.open("3002"), h.open("3002"), h.urgent("3002")
		if a, b, c := h.has(first), h.has(second), h.has(urgent); a != "2002" || b != "2003" || c != "2003" {
			t.Errorf("given to %s, %s; the urgent one to %s", a, b, c)
		}
		if first.State != StateWorking || first.Assignee == 0 || !first.TakenAt.IsZero() {
			t.Errorf("%+v", first)
		}
		_, err := h.Org.SetAbsence(h.as("2002"), "2002", org.AbsenceInput{From: "2026-11-24", Until: "2026-11-24", Kind: "holiday"})
		must(t, err)
		h.on("2026-11-24 10:00")
		if a, b := h.has(h.open("3002")), h.has(h.open("3002")); a != "2003" || b != "2003" {
			t.Errorf("while 2002 is away: %s, %s", a, b)
		}
		h.on("2026-11-25 10:00")
		if a := h.has(h.open("3002")); a != "2002" {
			t.Errorf("the turn after 2003 is %s's", a)
		}
		if a := h.has(h.open("2002")); a != "2003" {
			t.Errorf("of what 2002 asks for herself, %s has it", a)
		}
		v, err := h.ByNumber(h.as("2002"), first.Number)
		must(t, err)
		must(t, h.db.Read(h.as("2002"), func(ctx context.Context, rd sqldb.Reader) error {
			g, err := h.whyGiven(ctx, rd, v)
			if err != nil || g == nil || g.Name != "预支轮流" || !strings.Contains(g.When, "轮流：陈思远") || g.Href != "/units/finance/routing" {
				t.Errorf("why: %+v %v", g, err)
			}
			return nil
		}))
		_, err = h.Take(h.as("2002"), first.Number, When{}) // she says so
		must(t, err)
		other := advance()
		other.Confidential, other.Named = true, []string{"2002"}
		secret, err := h.Open(h.as("3002"), other)
		must(t, err)
		if secret.Assignee != 0 {
			t.Error("a confidential request was given by a rule")
		}
		h.sound()
	})
}

func TestRulesSendDownAndGoOnThere(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		_, err := h.Org.SaveUnit(h.ctx, org.UnitInput{Code: "desk", NameZh: "报销组", Parent: "finance", Level: "team"})
		must(t, err)
		_, err = h.Org.SavePerson(h.ctx, org.PersonInput{No: "2004", Name: "许组", Unit: "desk"})
		must(t, err)
		tree, err := h.Org.Tree(h.ctx)
		must(t, err)
		desk, _ := tree.ByCode("desk")
		h.rules("2001", "finance", routing.Rule{Name: "都归报销组", Way: routing.ToUnit, Unit: desk.ID})
		r := h.open("3002")
		if r.Unit != desk.ID || r.Provider == desk.ID || r.Hops != 2 || r.State != StateNew || r.HandOvers != 0 {
			t.Fatalf("%+v", r)
		}
		h.rules("2001", "desk", routing.Rule{Name: "手上少的", Way: routing.ByLoad})
		down := h.open("3002")
		if down.Unit != desk.ID || h.has(down) != "2004" {
			t.Errorf("%+v", down)
		}
		h.rules("2101", "it", routing.Rule{Name: "来了就给孙", Way: routing.ToPerson, People: []int64{h.id("2102")}})
		_, err = h.Take(h.as("2004"), r.Number, When{})
		must(t, err)
		moved, err := h.HandOver(h.as("2004"), r.Number, "it", "要开权限", "", When{})
		must(t, err)
		if h.has(moved) != "2102" || moved.HandOvers != 1 {
			t.Errorf("handed over to %+v", moved)
		}
		gone := h.open("3002")
		_, err = h.Decline(h.as("2004"), must2(h.ByNumber(h.as("2004"), gone.Number)).Number, "it", "不归我们", "", When{})
		if err == nil {
			t.Error("what somebody was given is declined as if it were new")
		}
		h.rules("2001", "finance")
		if left := h.open("3002"); left.Assignee != 0 || left.Events != 1 {
			t.Errorf("without rules: %+v", left)
		}
		h.sound()
	})
}

func TestOfTwoAtOnceEachHasTheNextTurn(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.rules("2001", "finance", routing.Rule{Name: "轮流", Way: routing.InTurn, People: []int64{h.id("2002"), h.id("2003")}})
		got := map[string]int{}
		var mu sync.Mutex
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				r, err := h.Open(h.as("3003"), advance())
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				got[map[int64]string{h.id("2002"): "2002", h.id("2003"): "2003"}[r.Assignee]]++
			})
		}
		wg.Wait()
		if got["2002"] != 4 || got["2003"] != 4 {
			t.Errorf("%v", got)
		}
		h.sound()
	})
}

func TestLeastInHandSkillAndDuty(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		now, _ := time.Parse(time.RFC3339, "2026-11-24T09:00:00+08:00")
		dbtest.Clock(h.db).Set(now)
		must(t, h.Routing.SetSkills(h.as("2001"), "finance", map[string]string{"2003": "SAP，合同"}))
		_, err := h.Org.AddShift(h.as("2001"), "finance", org.ShiftInput{Person: "2003", From: "2026-11-24T08:00", Until: "2026-11-24T20:00"})
		must(t, err)
		for _, c := range []struct {
			name string
			rule routing.Rule
			want []string
		}{
			{"who has least in hand, and of two the next", routing.Rule{Way: routing.ByLoad, People: []int64{h.id("2002"), h.id("2003")}}, []string{"2002", "2003", "2002"}},
			{"who has the skill", routing.Rule{Way: routing.BySkill, Skill: "sap"}, []string{"2003", "2003"}},
			{"who is on duty", routing.Rule{Way: routing.ToDuty}, []string{"2003"}},
			{"a skill that nobody has leaves it in the queue", routing.Rule{Way: routing.BySkill, Skill: "税"}, []string{""}},
			{"the queue", routing.Rule{Way: routing.ToQueue}, []string{""}},
		} {
			c.rule.Name = c.name
			h.rules("2001", "finance", c.rule)
			for i, want := range c.want {
				if got := h.has(h.open("3002")); got != want {
					t.Errorf("%s: number %d went to %q, want %q", c.name, i+1, got, want)
				}
			}
		}
		_, err = h.Routing.Replace(h.as("2002"), "finance", nil, -1)
		fails(t, err, fault.NotFound, "not-found")
	})
}

func TestADryRunOfRulesCountsWhatTheyWouldHaveGiven(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.on("2026-11-02 09:00")
		must(t, h.Calendar.Prepare(h.ctx))
		_, err := h.Org.SetAbsence(h.as("2002"), "2002", org.AbsenceInput{From: "2026-11-04", Until: "2026-11-04", Kind: "holiday"})
		must(t, err)
		for _, at := range []string{"2026-11-02 10:00", "2026-11-03 10:00", "2026-11-04 10:00", "2026-11-04 11:00", "2026-11-05 10:00"} {
			h.on(at)
			r := h.open("3002")
			_, err := h.Take(h.as("2003"), r.Number, When{})
			must(t, err)
		}
		h.on("2026-11-06 09:00")
		_, err = h.Routing.Try(h.as("2001"), "finance", h.db.Now().AddDate(0, 0, -7), h.db.Now())
		fails(t, err, fault.Conflict, "routing.nothing-to-try")
		rule, err := h.Routing.Keep(h.as("2001"), "finance", routing.Rule{Name: "轮流", Way: routing.InTurn, People: []int64{h.id("2002"), h.id("2003")}})
		must(t, err)
		run, err := h.Routing.Try(h.as("2001"), "finance", h.db.Now().AddDate(0, 0, -7), h.db.Now())
		must(t, err)
		if run.Result == nil || run.Total != 5 || run.Result.Queue != 0 || len(run.Result.Rules) != 1 || run.Result.Rules[0].N != 5 {
			t.Fatalf("%+v %+v", run, run.Result)
		}
		want := map[int64][3]int64{h.id("2002"): {2, 0, 2}, h.id("2003"): {3, 5, 3}} // 2, 3, then away: 3, 3, then 2
		for _, p := range run.Result.People {
			if got := [3]int64{p.Would, p.Had, p.Most}; got != want[p.Person] {
				t.Errorf("%d would have %v, want %v", p.Person, got, want[p.Person])
			}
		}
		if run.Result.Same != 3 {
			t.Errorf("same %d", run.Result.Same)
		}
		list, hidden, next, err := h.Routing.CasesOf(h.as("2001"), "finance", run, rule.ID, 0, 3)
		must(t, err)
		if len(list) != 3 || hidden != 0 || next != 3 || list[0].Person != h.id("2002") || list[0].Had != h.id("2003") {
			t.Errorf("%+v %d %d", list, hidden, next)
		}
		seen, err := h.Routing.RunOf(h.as("1001"), "finance", run.ID) // quality sees what rules do, not what people would have
		must(t, err)
		if seen.Result.People != nil || len(seen.Result.Rules) != 1 {
			t.Errorf("%+v", seen.Result)
		}
		_, err = h.Routing.RunOf(h.as("3001"), "finance", run.ID)
		fails(t, err, fault.NotFound, "not-found")
		if r := h.open("3002"); r.Assignee != 0 {
			t.Error("a draft holds")
		}
		set, err := h.Routing.Publish(h.as("2001"), "finance")
		must(t, err)
		if set.Version != 1 || h.has(h.open("3002")) != "2002" {
			t.Errorf("%+v", set)
		}
	})
}
