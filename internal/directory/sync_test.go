package directory_test

import (
	"slices"
	"strings"
	"testing"

	"neike/internal/directory"
	"neike/internal/kit/chat"
	"neike/internal/kit/fault"
)

func TestAnEmptyCompanyComesIn(t *testing.T) {
	each(t, func(w *world) {
		c := w.wecom(nil)
		w.of(small())
		r := w.sync(c)
		if r.State != directory.Planned || r.Planned.UnitsNew != 3 || r.Planned.PeopleNew != 4 || r.Asks != 0 || r.Guarded || r.Users != 4 {
			w.t.Fatalf("%+v\n%s", r, strings.Join(w.items(r), "\n"))
		}
		w.must(w.Apply(w.ctx(), r.ID, true, 0))
		r, err := w.Work(w.ctx(), r.ID)
		w.must(err)
		if r.State != directory.Done || r.Applied.UnitsNew != 3 || r.Applied.PeopleNew != 4 || r.Applied.Linked != 4 || r.Applied.Failed != 0 || r.Done != r.Total {
			w.t.Errorf("applied %+v", r)
		}
		u := w.units()
		if u["wecom-2"].Parent != u["wecom-1"].ID || u["wecom-2"].Head != w.no("02001").ID || u["wecom-3"].Head != w.no("03001").ID || u["wecom-1"].Level != "entity" {
			w.t.Errorf("units %+v", u)
		}
		if got := w.members("02002"); !slices.Equal(got, []string{"wecom-2", "wecom-3"}) {
			w.t.Errorf("02002 belongs to %v", got)
		}
		if p := w.no("02002"); p.Manager != w.no("02001").ID || p.Phone != "13800000001" {
			w.t.Errorf("%+v", p)
		}
		if w.personOf(c.ID, "CSY") != w.no("02002").ID {
			w.t.Error("02002 is not linked")
		}
		if again := w.sync(c); again.State != directory.Done || again.Planned.Changes() != 0 || again.Total != 0 {
			w.t.Errorf("the second run %+v\n%s", again, strings.Join(w.items(again), "\n"))
		}
	})
}

// traps are days of a company whose directory has been taken in: what changes there, and what a run makes of it.
var traps = []struct {
	name   string
	rules  func(*directory.Rules)
	change func(*company)
	house  func(*world)
	lines  []string
	counts directory.Counts
	after  func(*world, directory.Run)
}{
	{name: "a name, a place and a manager change",
		change: func(c *company) {
			c.user("lin").Name, c.user("lin").Departments, c.user("lin").Manager = "林小小", []string{"2"}, "xuhui"
		},
		lines:  []string{`person update 03002 林小小: changed name "林晓"→"林小小" manager "03001"→"02001" unit "wecom-3"→"wecom-2"`},
		counts: directory.Counts{PeopleChanged: 1}},
	{name: "an empty value clears nothing",
		change: func(c *company) { c.user("csy").Phone, c.user("csy").Name, c.user("xuhui").Position = "", "", "" },
		counts: directory.Counts{}},
	{name: "what the company keeps itself stays",
		rules:  func(r *directory.Rules) { r.Owns = []string{"unit", "active"} },
		change: func(c *company) { c.user("lin").Name, c.user("lin").Phone = "别的", "13900000000" },
		counts: directory.Counts{}},
	{name: "one who has left is stopped",
		change: func(c *company) { c.user("lin").State = chat.Left },
		lines:  []string{"stop stop 03002 林晓: left"}, counts: directory.Counts{PeopleStopped: 1},
		after: func(w *world, _ directory.Run) {
			if w.no("03002").Active {
				w.t.Error("03002 is still active")
			}
		}},
	{name: "one who is invited has not left",
		change: func(c *company) { c.user("lin").State = chat.Waiting }},
	{name: "one who is gone from a whole directory is stopped",
		change: func(c *company) { c.drop("lin") },
		lines:  []string{"stop stop 03002 林晓: missing"}, counts: directory.Counts{PeopleStopped: 1}},
	{name: "an account has another name: the person stays",
		change: func(c *company) { c.user("lin").ID = "lin.xiao" },
		lines:  []string{"person link 03002 林晓: link-renamed"}, counts: directory.Counts{Linked: 1},
		after: func(w *world, r directory.Run) {
			if w.personOf(r.Connection, "lin.xiao") != w.no("03002").ID || w.personOf(r.Connection, "lin") != 0 {
				w.t.Error("the account is not renamed")
			}
		}},
	{name: "a second account with the same 工号",
		change: func(c *company) {
			c.users = append(c.users, chat.User{ID: "lin2", No: "03002", Name: "林晓", Departments: []string{"3"}})
		},
		lines: []string{"person conflict 03002 林晓: number-twice"}, counts: directory.Counts{Conflicts: 1}},
	{name: "two new accounts with one 工号 are nobody",
		change: func(c *company) {
			c.users = append(c.users, chat.User{ID: "a", No: "09", Name: "甲", Departments: []string{"3"}}, chat.User{ID: "b", No: "09", Name: "乙", Departments: []string{"3"}})
		},
		counts: directory.Counts{Conflicts: 2}},
	{name: "leading zeros count",
		change: func(c *company) {
			c.users = append(c.users, chat.User{ID: "other", No: "3002", Name: "林晓", Departments: []string{"3"}})
		},
		lines: []string{"person create 3002 林晓: new-person"}, counts: directory.Counts{PeopleNew: 1, Linked: 1}},
	{name: "nobody is somebody by a name, nor by a phone that no rule names",
		change: func(c *company) {
			c.users = append(c.users, chat.User{ID: "x", Name: "李四", Phone: "13811112222", Departments: []string{"3"}})
		},
		house: func(w *world) { w.person("08", "李四", "wecom-3") },
		lines: []string{"person conflict 李四: no-number"}, counts: directory.Counts{Conflicts: 1}},
	{name: "without a name nobody new comes in",
		change: func(c *company) {
			c.users = append(c.users, chat.User{ID: "x", No: "77", Departments: []string{"3"}})
		},
		lines: []string{"person conflict 77 x: no-name"}, counts: directory.Counts{Conflicts: 1}},
	{name: "somebody here already is linked by 工号",
		change: func(c *company) {
			c.users = append(c.users, chat.User{ID: "li", No: "08", Name: "李四", Departments: []string{"3"}})
		},
		house: func(w *world) { w.person("08", "李四", "wecom-3") },
		lines: []string{"person link 08 李四: link-no"}, counts: directory.Counts{Linked: 1}},
	{name: "or by the account's id, where that is the 工号",
		change: func(c *company) {
			c.users = append(c.users, chat.User{ID: "08", Name: "李四", Departments: []string{"3"}})
		},
		house: func(w *world) { w.person("08", "李四", "wecom-3") },
		lines: []string{"person link 08 李四: link-userid"}, counts: directory.Counts{Linked: 1}},
	{name: "a department moves under one that comes later",
		change: func(c *company) {
			c.departments = []chat.Department{{ID: "1", Name: "华衡"}, {ID: "2", Parent: "9", Name: "财务部"}, {ID: "3", Parent: "1", Name: "项目部"}, {ID: "9", Parent: "1", Name: "职能中心"}}
		},
		rules:  func(r *directory.Rules) { r.NewUnits = "create" },
		lines:  []string{"unit create wecom-9 职能中心: new-unit", `unit update wecom-2 财务部: unit-moved parent "wecom-1"→"wecom-9"`},
		counts: directory.Counts{UnitsNew: 1, UnitsChanged: 1}},
	{name: "a new department is asked about",
		change: func(c *company) {
			c.departments = append(c.departments, chat.Department{ID: "9", Parent: "1", Name: "质量部"})
			c.user("lin").Departments = []string{"9"}
		},
		lines: []string{"unit ask 质量部: ask", "person waits 03002 林晓: place-waits"}, counts: directory.Counts{Waiting: 1}},
	{name: "or left out, with its people in the one above",
		rules: func(r *directory.Rules) { r.NewUnits = "ignore" },
		change: func(c *company) {
			c.departments = append(c.departments, chat.Department{ID: "9", Parent: "2", Name: "临时组"})
			c.user("lin").Departments = []string{"9"}
		},
		lines:  []string{`person update 03002 林晓: changed unit "wecom-3"→"wecom-2"`},
		counts: directory.Counts{PeopleChanged: 1}},
	{name: "a department is renamed",
		change: func(c *company) { c.departments[1].Name = "财务中心" },
		lines:  []string{`unit update wecom-2 财务中心: unit-renamed name_zh "财务部"→"财务中心"`}, counts: directory.Counts{UnitsChanged: 1}},
	{name: "a department is gone: its unit stays until somebody says otherwise",
		change: func(c *company) {
			c.departments = c.departments[:2]
			for i := range c.users {
				c.users[i].Departments = []string{"2"}
				c.users[i].Leads = nil
			}
		},
		lines: []string{"close kept wecom-3 项目部: unit-gone"}, counts: directory.Counts{PeopleChanged: 3, Kept: 1}},
	{name: "or ends, empty, in the same run",
		rules: func(r *directory.Rules) { r.Close = true },
		change: func(c *company) {
			c.departments = c.departments[:2]
			for i := range c.users {
				c.users[i].Departments = []string{"2"}
				c.users[i].Leads = nil
			}
		},
		lines: []string{"close close wecom-3 项目部: unit-gone"}, counts: directory.Counts{PeopleChanged: 3, UnitsClosed: 1},
		after: func(w *world, _ directory.Run) {
			if w.units()["wecom-3"].ValidTo.IsZero() {
				w.t.Error("wecom-3 has not ended")
			}
		}},
	{name: "whom the company stopped itself no sync takes back",
		house:  func(w *world) { w.must(w.org.Deactivate(w.ctx(), "03002")) },
		change: func(*company) {},
		lines:  []string{"person kept 03002 林晓: inactive-here"}, counts: directory.Counts{Kept: 1}},
	{name: "an administrator is not stopped by a sync",
		house:  func(w *world) { w.must(w.org.SetRoles(w.system(), "03002", []string{"admin"}, 0)) },
		change: func(c *company) { c.drop("lin") },
		lines:  []string{"stop kept 03002 林晓: keeper"}, counts: directory.Counts{Kept: 1}},
	{name: "a unit that the company gave somebody itself stays",
		house: func(w *world) { w.unit("team", "专项组", ""); w.more("03002", "team:顾问@2027-03-31") },
		change: func(c *company) {
			c.user("lin").Departments = []string{"3", "2"}
		},
		lines:  []string{`person update 03002 林晓: changed more_units "team:顾问@2027-03-31"→"team:顾问@2027-03-31;wecom-2"`},
		counts: directory.Counts{PeopleChanged: 1}},
	{name: "a directory that names no main department moves nobody",
		change: func(c *company) {
			c.user("csy").Departments, c.user("csy").Unranked = []string{"3", "2"}, true
		}},
	{name: "but who has left the main one is moved",
		change: func(c *company) {
			c.user("csy").Departments, c.user("csy").Unranked = []string{"3", "1"}, true
		},
		lines: []string{`person update 02002 陈思远: changed unit "wecom-2"→"wecom-3" more_units "wecom-3"→"wecom-1"`}, counts: directory.Counts{PeopleChanged: 1}},
	{name: "whose main department is out of sight belongs there still",
		change: func(c *company) {
			c.part, c.departments = true, []chat.Department{{ID: "3", Name: "项目部", Order: 1}}
			c.user("csy").Departments, c.user("xuhui").Departments = []string{"3"}, []string{"3"}
		},
		lines: []string{`person update 02001 许慧: changed more_units ""→"wecom-3"`}, counts: directory.Counts{PeopleChanged: 1}},
	{name: "a phone that is none is left out, the rest comes in",
		change: func(c *company) { c.user("lin").Phone, c.user("lin").Position = "没有", "工程师" },
		lines:  []string{`person update 03002 林晓: changed position ""→"工程师"`}, counts: directory.Counts{PeopleChanged: 1}},
}

func TestDaysOfADirectory(t *testing.T) {
	for _, day := range traps {
		t.Run(day.name, func(t *testing.T) {
			each(t, func(w *world) {
				rules := directory.DefaultRules()
				if day.rules != nil {
					day.rules(&rules)
				}
				first := directory.DefaultRules()
				c := w.wecom(func(in *directory.ConnectionInput) { in.Rules = first })
				there := small()
				w.of(there)
				if r := w.applied(c); r.State != directory.Done {
					w.t.Fatalf("%+v", r)
				}
				w.rule(c, rules)
				if day.house != nil {
					day.house(w)
				}
				day.change(there)
				r := w.sync(c)
				w.has(r, day.lines...)
				got := r.Planned
				got.Unchanged = 0
				if got != day.counts {
					w.t.Errorf("counts %+v, want %+v\n%s", got, day.counts, strings.Join(w.items(r), "\n"))
				}
				if r.State != directory.Planned || r.Asks > 0 {
					return
				}
				w.must(w.Apply(w.ctx(), r.ID, true, r.Leaving))
				r, err := w.Work(w.ctx(), r.ID)
				w.must(err)
				if r.State != directory.Done || r.Applied.Failed > 0 || r.Done != r.Total {
					w.t.Errorf("applied %+v", r)
				}
				if day.after != nil {
					day.after(w, r)
				}
				if again := w.sync(c); again.Total != 0 {
					w.t.Errorf("the run after it changes again\n%s", strings.Join(w.items(again), "\n"))
				}
			})
		})
	}
}

func TestASyncDoesNotUndoAReorganisation(t *testing.T) {
	each(t, func(w *world) {
		c := w.wecom(nil)
		w.of(small())
		w.applied(c)
		for _, no := range []string{"02001", "02002"} {
			w.move(no, "wecom-3")
		}
		w.must(w.org.CloseUnit(w.system(), "wecom-2", map[string]float64{"wecom-3": 1}))
		rules := directory.DefaultRules()
		rules.NewUnits = "create"
		w.rule(c, rules)
		r := w.applied(c)
		if r.State != directory.Done || r.Planned.UnitsNew != 0 || r.Asks != 0 {
			w.t.Errorf("%+v\n%s", r, strings.Join(w.items(r), "\n"))
		}
		if got := w.members("02001"); !slices.Equal(got, []string{"wecom-3"}) {
			w.t.Errorf("02001 belongs to %v", got)
		}
		if again := w.sync(c); again.Total != 0 || again.Asks != 0 {
			w.t.Errorf("the run after it %+v", again)
		}
	})
}

func TestAUnitThatWasEndedIsNotMadeAgainByItself(t *testing.T) {
	each(t, func(w *world) {
		c := w.wecom(nil)
		w.of(small())
		w.applied(c)
		for _, no := range []string{"02001", "02002"} {
			w.move(no, "wecom-3")
		}
		w.must(w.org.CloseUnit(w.system(), "wecom-2", nil))
		rules := directory.DefaultRules()
		rules.NewUnits = "create"
		w.rule(c, rules)
		r := w.sync(c)
		w.has(r, "unit ask 财务部: ask")
		if r.Asks != 1 || r.Planned.UnitsNew != 0 {
			w.t.Errorf("%+v\n%s", r, strings.Join(w.items(r), "\n"))
		}
	})
}

func TestAShrunkenScopeStopsNobody(t *testing.T) {
	each(t, func(w *world) {
		c := w.wecom(nil)
		there := small()
		w.of(there)
		w.applied(c)
		there.part = true
		there.drop("lin")
		r := w.sync(c)
		w.has(r, "stop stop 03002 林晓: out-of-sight")
		if !r.Guarded || r.Leaving != 1 {
			w.t.Fatalf("%+v", r)
		}
		for _, typed := range []int{0, 2} {
			if err := w.Apply(w.ctx(), r.ID, true, typed); fault.KindOf(err) != fault.Invalid {
				w.t.Errorf("typed %d: %v", typed, err)
			}
		}
		w.must(w.Apply(w.ctx(), r.ID, false, 0))
		r, err := w.Work(w.ctx(), r.ID)
		w.must(err)
		if r.State != directory.Done || r.Applied.PeopleStopped != 0 || !w.no("03002").Active {
			w.t.Errorf("%+v", r)
		}
		r = w.sync(c)
		w.must(w.Apply(w.ctx(), r.ID, true, 1))
		_, err = w.Work(w.ctx(), r.ID)
		w.must(err)
		if w.no("03002").Active {
			w.t.Error("a person has said so, and 03002 is still active")
		}
		there.part = false
		there.users = append(there.users, chat.User{ID: "lin", No: "03002", Name: "林晓", Departments: []string{"3"}, Manager: "zhou"})
		r = w.applied(c)
		if r.Applied.PeopleChanged != 1 || !w.no("03002").Active {
			w.t.Errorf("who is back is not taken back: %+v", r)
		}
	})
}
